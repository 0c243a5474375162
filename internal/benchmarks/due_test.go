package benchmarks

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/sla"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// dueAtOnce is how many of the open clocks have reached a level of escalation.
const dueAtOnce = 100

// openClocks is how many clocks are open; ITSM_RECORDS names other numbers.
func openClocks(tb testing.TB) []int {
	tb.Helper()
	names := os.Getenv("ITSM_RECORDS")
	if names == "" {
		return []int{1_000}
	}
	var list []int
	for name := range strings.SplitSeq(names, ",") {
		n, err := strconv.Atoi(name)
		if err != nil || n < dueAtOnce {
			tb.Fatalf("ITSM_RECORDS: %q is no number of %d or more", name, dueAtOnce)
		}
		list = append(list, n)
	}
	return list
}

// resolution is an agreement with one target and a level of escalation at three
// quarters of it.
func resolution(tb testing.TB) *sla.Book {
	tb.Helper()
	phases := []itsm.Value{itsm.TextValue(itsm.Open), itsm.TextValue(itsm.Active), itsm.TextValue(itsm.Paused), itsm.TextValue(itsm.Done), itsm.TextValue(itsm.Final)}
	book, err := sla.NewBook(
		sla.Schema{
			{Name: "phase", Type: itsm.Text, Domain: phases}, {Name: "hold_reason", Type: itsm.Text},
			{Name: "priority", Type: itsm.Number}, {Name: "group", Type: itsm.Text},
		},
		sla.Version{
			Agreement: "AGR0000001", Number: 1, Kind: sla.ServiceLevel, Party: "acme", From: noon.AddDate(-1, 0, 0),
			Terms: sla.Terms{
				Calendars: map[string]sla.Hours{"office": {Zone: "Europe/Berlin", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})}},
				Calendar:  "office",
				Targets: []sla.Target{{
					Name: "P3 resolution", Metric: sla.Resolution, When: sla.Is("priority", itsm.IntValue(3)), Within: "40h",
					Levels: []sla.Level{{Name: "warn", Share: "75", Who: []string{"team lead"}, What: "notify"}},
				}},
			},
		})
	if err != nil {
		tb.Fatal(err)
	}
	return book
}

// openWork keeps so many pieces of work whose clocks run, a minute apart, and says
// when a hundred of them have reached their level.
func openWork(tb testing.TB, backend store.Backend, n int) (*register.Register[sla.Work], time.Time) {
	tb.Helper()
	book := resolution(tb)
	process, err := sla.WorkProcess(func(string) *sla.Book { return book }, nil)
	if err != nil {
		tb.Fatal(err)
	}
	count := 0
	now := noon
	works, err := register.New(backend, process, &register.Options[sla.Work]{
		Now: func() time.Time { return now },
		NewID: func() uuid.UUID {
			var id uuid.UUID
			binary.BigEndian.PutUint64(id[:], uint64(count))
			binary.BigEndian.PutUint64(id[8:], uint64(count)*0x9e3779b97f4a7c15)
			return id
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	recorder := itsm.Actor{ID: "desk", Tenant: "acme", Roles: []itsm.Role{sla.Recorder}}
	facts := sla.Facts{"phase": itsm.TextValue(itsm.Open), "priority": itsm.IntValue(3), "group": itsm.TextValue("messaging")}
	var due time.Time
	const batch = 1000
	for count < n {
		err := backend.Write(context.Background(), "acme", func(ctx context.Context, tx store.Tx) error {
			for range min(batch, n-count) {
				count++
				now = noon.Add(time.Duration(count) * time.Minute)
				w, err := works.In(tx).Create(ctx, recorder, sla.Begin{Item: itsm.Ref{Kind: "incident", ID: fmt.Sprintf("INC%07d", count)}, Facts: facts})
				if err != nil {
					return err
				}
				if count == dueAtOnce {
					due = w.Next()
				}
			}
			return nil
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return works, due
}

// BenchmarkDue finds the hundred that have reached a level among all that are
// open, without firing them. The cost is to follow the due, not the open.
func BenchmarkDue(b *testing.B) {
	for _, n := range openClocks(b) {
		for _, run := range []struct {
			name string
			open func() store.Backend
		}{
			{"memory", func() store.Backend { return memory.New() }},
			{"sqlite", func() store.Backend {
				backend, err := sqlite.Open(context.Background(), filepath.Join(b.TempDir(), "due.db"), &sqlite.Options{Synchronous: sqlite.Normal})
				if err != nil {
					b.Fatal(err)
				}
				b.Cleanup(func() { backend.Close() })
				return backend
			}},
		} {
			works, due := openWork(b, run.open(), n)
			b.Run(fmt.Sprintf("open=%d/backend=%s", n, run.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					found := 0
					for _, err := range works.Due(context.Background(), "acme", due) {
						if err != nil {
							b.Fatal(err)
						}
						found++
					}
					if found != dueAtOnce {
						b.Fatalf("%d are due, not %d", found, dueAtOnce)
					}
				}
			})
		}
	}
}
