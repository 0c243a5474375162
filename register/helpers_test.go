package register_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
	"github.com/itsmkit/itsm/store/storetest"
)

var ctx = context.Background()

// start is when the tests' clocks begin.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// clock goes on by a second with each look, and by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: start} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Second)
	return c.now
}

func (c *clock) add(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return c.now
}

// everywhere runs a test over the memory backend, and over some where every nth
// unit has to be run again.
func everywhere(t *testing.T, test func(t *testing.T, b store.Backend)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { test(t, memory.New()) })
	for _, n := range []int{2, 3, 5} {
		t.Run(fmt.Sprint("flaky ", n), func(t *testing.T) { test(t, unsteady(storetest.Flaky(memory.New(), n))) })
	}
}

// unsteady lets a unit go by now and then. Something that takes n units each time
// it is tried would otherwise meet the same failure for ever.
func unsteady(b store.Backend) store.Backend {
	return &spending{Backend: b, chance: rand.New(rand.NewPCG(1, 2))}
}

type spending struct {
	store.Backend
	mu     sync.Mutex
	chance *rand.Rand
}

func (b *spending) spend() {
	b.mu.Lock()
	unlucky := b.chance.IntN(4) == 0
	b.mu.Unlock()
	if unlucky {
		_ = b.Backend.Read(ctx, "acme", func(context.Context, store.Tx) error { return nil })
	}
}

func (b *spending) Read(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	b.spend()
	return b.Backend.Read(ctx, t, fn)
}

func (b *spending) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	b.spend()
	return b.Backend.Write(ctx, t, fn)
}

// atOnce runs n functions at once and waits for all.
func atOnce(n int, fn func(i int)) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { fn(i) })
	}
	group.Wait()
}

// fixture is a register of tickets with its clock and backend.
type fixture struct {
	*register.Register[Ticket]
	t       testing.TB
	clock   *clock
	backend store.Backend
}

func setup(t testing.TB, b store.Backend, change ...func(*register.Options[Ticket])) fixture {
	return setupProcess(t, b, process(t), change...)
}

func setupProcess(t testing.TB, b store.Backend, p itsm.Process[Ticket], change ...func(*register.Options[Ticket])) fixture {
	t.Helper()
	c := newClock()
	o := &register.Options[Ticket]{Now: c.Now, Erasers: []itsm.Role{"privacy"}, Migrators: []itsm.Role{"operator"}, Retry: &store.RetryOptions{Attempts: 10_000, MinWait: 1, MaxWait: 1}}
	for _, f := range change {
		f(o)
	}
	r, err := register.New(b, p, o)
	require.NoError(t, err)
	return fixture{r, t, c, b}
}

func (f fixture) create(cmd itsm.Command[Ticket]) Ticket {
	f.t.Helper()
	rec, err := f.Create(ctx, ann, cmd)
	require.NoError(f.t, err)
	return rec
}

func (f fixture) do(id uuid.UUID, cmds ...itsm.Command[Ticket]) Ticket {
	f.t.Helper()
	var rec Ticket
	for _, cmd := range cmds {
		var err error
		rec, err = f.Do(ctx, ann, id, cmd)
		require.NoError(f.t, err)
	}
	return rec
}

func (f fixture) get(id uuid.UUID) Ticket {
	f.t.Helper()
	rec, err := f.Get(ctx, ann, id)
	require.NoError(f.t, err)
	return rec
}

func (f fixture) history(id uuid.UUID) []register.Entry[Ticket] {
	f.t.Helper()
	return collect(f.t, f.History(ctx, ann, id))
}

// told is the history in short: "open", "refusal of finish".
func (f fixture) told(id uuid.UUID) []string {
	f.t.Helper()
	var list []string
	for _, e := range f.history(id) {
		switch {
		case e.Event != nil:
			list = append(list, e.Event.Name)
		case e.Refusal != nil:
			list = append(list, "refusal of "+e.Refusal.Command)
		default:
			list = append(list, e.Type)
		}
	}
	return list
}

// body is what the backend keeps of a record.
func (f fixture) body(id uuid.UUID) (d store.Document) {
	f.t.Helper()
	f.unit(f.backend.Read, func(ctx context.Context, tx store.Tx) (err error) {
		d, err = tx.Get(ctx, store.GetParams{Kind: "ticket", ID: id})
		return err
	})
	return d
}

// journal is what the backend keeps of the tenant.
func (f fixture) journal() (entries []store.Entry) {
	f.t.Helper()
	err := store.Retry(ctx, nil, func(ctx context.Context) (err error) {
		entries, _, err = f.backend.Journal(ctx, store.Tenant(ann.Tenant), store.JournalQuery{Limit: 10_000})
		return err
	})
	require.NoError(f.t, err)
	return entries
}

type unitFunc func(context.Context, store.Tenant, func(context.Context, store.Tx) error) error

// unit runs a unit of the tests' own.
func (f fixture) unit(run unitFunc, fn func(context.Context, store.Tx) error) {
	f.t.Helper()
	err := store.Retry(ctx, &store.RetryOptions{Attempts: 10_000, MinWait: 1, MaxWait: 1}, func(ctx context.Context) error {
		return run(ctx, store.Tenant(ann.Tenant), fn)
	})
	require.NoError(f.t, err)
}

func collect[T any](t testing.TB, seq iter.Seq2[T, error]) []T {
	t.Helper()
	var list []T
	for v, err := range seq {
		require.NoError(t, err)
		list = append(list, v)
	}
	return list
}

func (f fixture) find(sel itsm.Selection[Ticket]) []string {
	f.t.Helper()
	return names(collect(f.t, f.Find(ctx, ann, sel)))
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

// requireAs asserts that err is of a typed error's type, and gives it.
func requireAs[E error](t testing.TB, err error) E {
	t.Helper()
	var target E
	require.Error(t, err)
	require.Truef(t, errors.As(err, &target), "is a %T: %v", err, err)
	return target
}

// breakBody makes a stored record unreadable.
func (f fixture) breakBody(id uuid.UUID) {
	f.t.Helper()
	f.tamper(id, func(p *store.PutParams) { p.Body = []byte(`{"title":`) })
}

// tamper rewrites a document behind the register's back.
func (f fixture) tamper(id uuid.UUID, change func(*store.PutParams)) {
	f.t.Helper()
	f.unit(f.backend.Write, func(ctx context.Context, tx store.Tx) error {
		d, err := tx.Get(ctx, store.GetParams{Kind: "ticket", ID: id})
		if err != nil {
			return err
		}
		p := store.PutParams{Kind: d.Kind, ID: d.ID, Expect: d.Version, Head: d.Head, Body: d.Body}
		change(&p)
		_, err = tx.Put(ctx, p)
		return err
	})
}
