package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
)

// The test program is also the process that TestKilled kills: started with these,
// it writes until it is.
const (
	crashFile = "ITSM_CRASH_FILE"
	crashSync = "ITSM_CRASH_SYNCHRONOUS"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		err := writeUntilKilled(path, sqlite.Synchronous(os.Getenv(crashSync)), os.Stdout)
		fmt.Fprintln(os.Stderr, "the writer ended:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const crashTenant = "acme"

var errEnough = errors.New("enough")

func agent() itsm.Actor {
	return itsm.Actor{ID: "ann", Tenant: crashTenant, Roles: []itsm.Role{incident.Agent}}
}

func incidents(b store.Backend) (*register.Register[incident.Incident], error) {
	process, err := incident.Process(nil)
	if err != nil {
		return nil, err
	}
	return register.New(b, process, nil)
}

func outage(title string) incident.Report {
	return incident.Report{Title: title, Caller: "carl", ServiceUnknown: true, Impact: itsm.High, Urgency: itsm.Low}
}

// writeUntilKilled gives commands from several goroutines and reports each one
// that was committed in a line of its own: id, number, revision.
func writeUntilKilled(path string, s sqlite.Synchronous, out io.Writer) error {
	ctx := context.Background()
	b, err := sqlite.Open(ctx, path, &sqlite.Options{Synchronous: s})
	if err != nil {
		return err
	}
	desk, err := incidents(b)
	if err != nil {
		return err
	}
	w := &crashWriter{ctx: ctx, backend: b, desk: desk, out: out}
	for inc, err := range desk.Find(ctx, agent(), itsm.Selection[incident.Incident]{}) {
		if err != nil {
			return err
		}
		w.known = append(w.known, inc.ID)
	}
	const workers = 4
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			for errs[i] == nil {
				errs[i] = w.step()
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

type crashWriter struct {
	ctx     context.Context
	backend store.Backend
	desk    *register.Register[incident.Incident]
	out     io.Writer

	mu    sync.Mutex
	known []uuid.UUID
}

// acknowledge tells what was committed. Lines of one write come out of a pipe
// together.
func (w *crashWriter) acknowledge(list ...incident.Incident) error {
	lines := ""
	for _, inc := range list {
		lines += fmt.Sprintf("%s %s %d\n", inc.ID, inc.Number, inc.Revision)
	}
	_, err := io.WriteString(w.out, lines)
	return err
}

func (w *crashWriter) step() error {
	switch w.mu.Lock(); {
	case len(w.known) == 0 || rand.N(4) == 0:
		w.mu.Unlock()
		return w.family()
	default:
		id := w.known[rand.N(len(w.known))]
		w.mu.Unlock()
		return w.change(id)
	}
}

// change notes something with a record, or moves it on; most refusals are fine,
// since others change it too.
func (w *crashWriter) change(id uuid.UUID) error {
	commands := []itsm.Command[incident.Incident]{
		incident.Log{Text: "Looked at it."},
		incident.Assign{Group: fmt.Sprint("group ", rand.N(3)), To: fmt.Sprint("person ", rand.N(5))},
		incident.Start{},
		incident.Watch{Who: fmt.Sprint("person ", rand.N(50))},
	}
	inc, err := w.desk.Do(w.ctx, agent(), id, commands[rand.N(len(commands))])
	if errors.Is(err, itsm.ErrRefused) || errors.Is(err, itsm.ErrInvalid) {
		return nil
	}
	if err != nil {
		return err
	}
	return w.acknowledge(inc)
}

// family makes two incidents, one part of the other, in one unit; or begins to and
// gives up, which leaves no trace.
func (w *crashWriter) family() error {
	var parent, child incident.Incident
	enough := rand.N(8) == 0
	err := store.Retry(w.ctx, nil, func(ctx context.Context) error {
		return w.backend.Write(ctx, crashTenant, func(ctx context.Context, tx store.Tx) (err error) {
			desk := w.desk.In(tx)
			if parent, err = desk.Create(ctx, agent(), outage("parent")); err != nil {
				return err
			}
			if child, err = desk.Create(ctx, agent(), outage("child")); err != nil {
				return err
			}
			if enough {
				return errEnough
			}
			child, err = desk.Do(ctx, agent(), child.ID, incident.Join{Parent: parent.ID})
			return err
		})
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.known = append(w.known, parent.ID, child.ID)
	w.mu.Unlock()
	return w.acknowledge(parent, child)
}
