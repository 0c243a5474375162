package benchmarks

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// BenchmarkImport takes a tenant's export, JSON Lines of incidents of one entry
// each, into a backend, with every check. ITSM_IMPORT says how many incidents
// they are.
func BenchmarkImport(b *testing.B) {
	n := 2000
	if text := os.Getenv("ITSM_IMPORT"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 {
			b.Fatalf("ITSM_IMPORT is %q; give a number of records", text)
		}
	}
	file := exportOf(b, n)
	for _, backend := range []struct {
		name string
		open func() store.Backend
	}{
		{"memory", func() store.Backend { return memory.New() }},
		{"sqlite", func() store.Backend {
			s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "import.db"), &sqlite.Options{Synchronous: sqlite.Normal})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { s.Close() })
			return s
		}},
	} {
		b.Run(fmt.Sprintf("records=%d/backend=%s", n, backend.name), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				to := incidentRegister(b, backend.open())
				in, err := os.Open(file)
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				done, err := register.Import(b.Context(), in, noted.Tenant, []register.Kind{to}, nil)
				if err != nil || done.Records != n {
					b.Fatal(done, err)
				}
				b.StopTimer()
				in.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/record")
		})
	}
}

func incidentRegister(b *testing.B, backend store.Backend) *register.Register[incident.Incident] {
	process, err := incident.Process(nil)
	if err != nil {
		b.Fatal(err)
	}
	r, err := register.New(backend, process, nil)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// exportOf writes the export of n incidents to a file.
func exportOf(b *testing.B, n int) string {
	r := incidentRegister(b, memory.New())
	ctx := context.Background()
	for i := range n {
		_, err := r.With(register.Call{At: noon.Add(time.Duration(i) * time.Millisecond), Reason: "from elsewhere"}).Create(ctx, noted, incident.Report{
			Title: fmt.Sprint("Outage of system ", i), Caller: fmt.Sprint("caller ", i%5000), Source: "monitoring",
			Service: itsm.Ref{Kind: "service", ID: fmt.Sprint(i % 100)}, Category: "network", Impact: itsm.Medium, Urgency: itsm.High,
			Group: fmt.Sprint("group ", i%30), To: fmt.Sprint("person ", i%200), CIs: []itsm.Ref{{Kind: "ci", ID: fmt.Sprint(i % 3000)}},
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	path := filepath.Join(b.TempDir(), "export.jsonl")
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	if _, err := register.Export(ctx, out, noted.Tenant, []register.Kind{r}, nil); err != nil {
		b.Fatal(err)
	}
	return path
}
