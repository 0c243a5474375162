package benchmarks

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// writeEstate writes so many CIs, with five relations each, as JSON Lines; by names
// the relations name them by class and name and not by id.
func writeEstate(w io.Writer, n int, byName bool) error {
	id := func(i int) string { return fmt.Sprintf("01890000-0000-7000-8000-%012x", i+1) }
	end := func(i int) string {
		if byName {
			return fmt.Sprintf("application/app-%d", i)
		}
		return id(i)
	}
	b := bufio.NewWriter(w)
	for i := range n {
		fmt.Fprintf(b, `{"register":{"id":"%s","name":"app-%d","class":"application","owner":"team-%d","state":"live","attributes":{"port":%d,"vendor":"us"}}}`+"\n", id(i), i, i%50, 1+i%60000)
	}
	for i := range 5 * n {
		from := i / 5
		to := (from + 1 + (i%5)*(i%5)*7919) % n
		if to == from {
			to = (to + 1) % n
		}
		fmt.Fprintf(b, `{"relate":{"type":"depends on","from":"%s","to":"%s","group":"g%d"}}`+"\n", end(from), end(to), i%5)
	}
	return b.Flush()
}

// BenchmarkIntake checks a file of lines, and then yields what is to be done;
// held-B/ci is what the intake keeps in between.
func BenchmarkIntake(b *testing.B) {
	n := graphSizes(b)[0]
	stamp := itsm.Stamp{At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), By: itsm.Actor{ID: "import", Tenant: "acme", Roles: []itsm.Role{config.Discovery}}}
	for _, ends := range []string{"id", "name"} {
		path := filepath.Join(b.TempDir(), ends+".jsonl")
		file, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		if err := writeEstate(file, n, ends == "name"); err != nil {
			b.Fatal(err)
		}
		size, _ := file.Seek(0, io.SeekCurrent)
		file.Close()
		source := config.Source{Name: path, Open: func() (io.Reader, error) { return os.Open(path) }}
		check := func(b *testing.B) *config.Intake {
			in, err := config.NewIntake(nil, stamp, []config.Source{source}, &config.IntakeOptions{Namespace: uuid.Max})
			if err != nil {
				b.Fatal(err)
			}
			if err := in.Err(); err != nil {
				b.Fatal(err)
			}
			return in
		}
		b.Run(fmt.Sprintf("op=check/ends=%s/cis=%d", ends, n), func(b *testing.B) {
			b.SetBytes(size)
			var in *config.Intake
			before := heap()
			for b.Loop() {
				in = check(b)
			}
			b.ReportMetric(float64(heap()-before)/float64(n), "held-B/ci")
			runtime.KeepAlive(in)
		})
		b.Run(fmt.Sprintf("op=steps/ends=%s/cis=%d", ends, n), func(b *testing.B) {
			in := check(b)
			b.SetBytes(size)
			for b.Loop() {
				steps := 0
				for _, err := range in.Steps() {
					if err != nil {
						b.Fatal(err)
					}
					steps++
				}
				if steps != 6*n {
					b.Fatalf("%d steps", steps)
				}
			}
		})
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
