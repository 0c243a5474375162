package histories_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/internal/histories"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// broken is a backend that is wrong in one way, and what is said of it.
type broken struct {
	fault string
	open  func() store.Backend
	says  string
}

// caught runs a check with many seeds, as whether goroutines meet is a matter of
// chance, and expects it to fail with what is said.
func caught(t *testing.T, b broken, check func(context.Context, store.Backend, store.Tenant, uint64) error) {
	t.Run(strings.ReplaceAll(b.fault, " ", "-"), func(t *testing.T) {
		backend := b.open()
		for seed := range uint64(200) {
			err := check(t.Context(), backend, store.Tenant(fmt.Sprint("broken ", seed)), seed)
			if err == nil {
				continue
			}
			if !strings.Contains(err.Error(), b.says) {
				t.Fatalf("a backend that %s is caught with %v, which does not say %q", b.fault, err, b.says)
			}
			return
		}
		t.Errorf("a backend that %s was not caught", b.fault)
	})
}

const disorder = "the operations cannot have come one after the other:"

func TestKeysCatches(t *testing.T) {
	for _, b := range []broken{
		{"writes blindly", func() store.Backend { return wrapped(func(tx store.Tx) store.Tx { return blind{tx} }, nil) }, disorder},
		{"remembers what it has read for a while", remembers, disorder},
		{"reads each page anew", readCommitted, disorder},
		{"reads what is not committed and then is not", readUncommitted, disorder},
	} {
		caught(t, b, histories.Keys)
	}
}

func TestCountersCatches(t *testing.T) {
	for _, b := range []broken{
		{"loses updates", func() store.Backend { return sideBySide() }, disorder},
		{"takes back numbers that others have", givesBack, disorder},
		{"does not jump to After", func() store.Backend { return wrapped(func(tx store.Tx) store.Tx { return short{tx} }, nil) }, disorder},
	} {
		caught(t, b, histories.Counters)
	}
}

// TestProgramsCatches: each fault is found, and the program that shows it is told.
func TestProgramsCatches(t *testing.T) {
	// What is found is no finding to keep, nor to make shorter, which ends when the
	// time is over. One seed, as a fault can show itself in more ways than one.
	for name, value := range map[string]string{"rapid.nofailfile": "true", "rapid.shrinktime": "0s", "rapid.seed": "1"} {
		before := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = flag.Set(name, before) })
	}
	for _, b := range []broken{
		{"writes blindly", func() store.Backend { return wrapped(func(tx store.Tx) store.Tx { return blind{tx} }, nil) }, ", want store: "},
		{"adds terms to the old ones", func() store.Backend {
			terms := &sync.Map{}
			return wrapped(func(tx store.Tx) store.Tx { return hoarder{tx, terms} }, nil)
		}, " counts "},
		{"cannot reverse", func() store.Backend { return wrapped(func(tx store.Tx) store.Tx { return forward{tx} }, nil) }, "Desc:true"},
		{"commits what was to be undone", commitsErrors, "afterwards: "},
		{"does not jump to After", func() store.Backend { return wrapped(func(tx store.Tx) store.Tx { return short{tx} }, nil) }, ": next after "},
		{"keeps the salt of what is erased", func() store.Backend { return salty{memory.New()} }, `salt "s" digest "d" erased true`},
	} {
		t.Run(strings.ReplaceAll(b.fault, " ", "-"), func(t *testing.T) {
			seen := &recorder{name: t.Name()}
			seen.run(func() { histories.Programs(seen, b.open(), "broken") })
			text := seen.text.String()
			if !seen.failed || !strings.Contains(text, b.says) {
				t.Fatalf("a backend that %s is caught: %t, with\n%s\nwhich does not say %q", b.fault, seen.failed, text, b.says)
			}
			if _, program, _ := strings.Cut(text, "[rapid] draw program"); !strings.Contains(program, "\n\t\t") {
				t.Errorf("the program that shows that a backend %s is not told:\n%s", b.fault, text)
			}
		})
	}
}

// recorder is a test that is expected to fail.
type recorder struct {
	name   string
	failed bool
	text   strings.Builder
}

// run runs a test to its end, which may be one of its goroutine.
func (r *recorder) run(test func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		test()
	}()
	<-done
}

func (r *recorder) Helper()                       {}
func (r *recorder) Name() string                  { return r.name }
func (r *recorder) Logf(format string, a ...any)  { fmt.Fprintf(&r.text, format+"\n", a...) }
func (r *recorder) Log(a ...any)                  { fmt.Fprintln(&r.text, a...) }
func (r *recorder) Skipf(format string, a ...any) { r.Logf(format, a...); runtime.Goexit() }
func (r *recorder) Skip(a ...any)                 { r.Log(a...); runtime.Goexit() }
func (r *recorder) SkipNow()                      { runtime.Goexit() }
func (r *recorder) Errorf(format string, a ...any) {
	r.Logf(format, a...)
	r.failed = true
}
func (r *recorder) Error(a ...any)                 { r.Log(a...); r.failed = true }
func (r *recorder) Fatalf(format string, a ...any) { r.Errorf(format, a...); runtime.Goexit() }
func (r *recorder) Fatal(a ...any)                 { r.Error(a...); runtime.Goexit() }
func (r *recorder) FailNow()                       { r.failed = true; runtime.Goexit() }
func (r *recorder) Fail()                          { r.failed = true }
func (r *recorder) Failed() bool                   { return r.failed }

type unitFunc = func(context.Context, store.Tx) error

// wrapping is a backend whose every Tx is wrapped.
type wrapping struct {
	store.Backend
	wrap  func(store.Tx) store.Tx
	write func(ctx context.Context, t store.Tenant, fn unitFunc) error
}

func wrapped(wrap func(store.Tx) store.Tx, inside store.Backend) store.Backend {
	if inside == nil {
		inside = memory.New()
	}
	return &wrapping{inside, wrap, inside.Write}
}

func (w *wrapping) Read(ctx context.Context, t store.Tenant, fn unitFunc) error {
	return w.Backend.Read(ctx, t, func(ctx context.Context, tx store.Tx) error { return fn(ctx, w.wrap(tx)) })
}

func (w *wrapping) Write(ctx context.Context, t store.Tenant, fn unitFunc) error {
	return w.write(ctx, t, func(ctx context.Context, tx store.Tx) error { return fn(ctx, w.wrap(tx)) })
}

type blind struct{ store.Tx }

func (tx blind) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	d, _ := tx.Get(ctx, store.GetParams{Kind: p.Kind, ID: p.ID})
	p.Expect = d.Version
	return tx.Tx.Put(ctx, p)
}

// remembers answers a Get from a cache that nobody empties in time.
func remembers() store.Backend {
	cache := &cache{kept: map[cacheKey]cached{}}
	return wrapped(func(tx store.Tx) store.Tx { return cachingTx{tx, cache} }, nil)
}

type cacheKey struct {
	store.Tenant
	uuid.UUID
}

type cached struct {
	store.Document
	until time.Time
}

type cache struct {
	mu   sync.Mutex
	kept map[cacheKey]cached
}

type cachingTx struct {
	store.Tx
	*cache
}

func (tx cachingTx) Get(ctx context.Context, p store.GetParams) (store.Document, error) {
	d, err := tx.Tx.Get(ctx, p)
	tx.mu.Lock()
	defer tx.mu.Unlock()
	key := cacheKey{tx.Tenant(), p.ID}
	if c, ok := tx.kept[key]; ok && time.Now().Before(c.until) {
		return c.Document, nil
	}
	if err == nil {
		tx.kept[key] = cached{d, time.Now().Add(time.Millisecond)}
	}
	return d, err
}

// readCommitted reads each page from what is committed by then.
func readCommitted() store.Backend {
	inside := memory.New()
	return wrapped(func(tx store.Tx) store.Tx { return pagingTx{tx, inside} }, inside)
}

type pagingTx struct {
	store.Tx
	inside store.Backend
}

func (tx pagingTx) Page(_ context.Context, q store.Query) (page store.Page, err error) {
	err = tx.inside.Read(context.Background(), tx.Tenant(), func(ctx context.Context, tx store.Tx) error {
		page, err = tx.Page(ctx, q)
		return err
	})
	return page, err
}

// readUncommitted puts first in a unit that it makes ready and undoes, which
// readers see.
func readUncommitted() store.Backend {
	dirty := &cache{kept: map[cacheKey]cached{}}
	return wrapped(func(tx store.Tx) store.Tx { return dirtyTx{tx, dirty} }, nil)
}

type dirtyTx struct {
	store.Tx
	*cache
}

func (tx dirtyTx) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	tx.mu.Lock()
	tx.kept[cacheKey{tx.Tenant(), p.ID}] = cached{store.Document{Kind: p.Kind, ID: p.ID, Version: p.Expect + 1, Body: bytes.Clone(p.Body)}, time.Time{}}
	tx.mu.Unlock()
	time.Sleep(50 * time.Microsecond)
	version, err := tx.Tx.Put(ctx, p)
	tx.mu.Lock()
	defer tx.mu.Unlock()
	delete(tx.kept, cacheKey{tx.Tenant(), p.ID})
	return version, err
}

func (tx dirtyTx) Get(ctx context.Context, p store.GetParams) (store.Document, error) {
	tx.mu.Lock()
	c, ok := tx.kept[cacheKey{tx.Tenant(), p.ID}]
	tx.mu.Unlock()
	if ok {
		return c.Document, nil
	}
	return tx.Tx.Get(ctx, p)
}

// sideBySide lets units run at the same time, each on a snapshot, and then writes
// what they put, over whatever is there.
func sideBySide() store.Backend {
	inside := memory.New()
	w := &wrapping{Backend: inside, wrap: func(tx store.Tx) store.Tx { return tx }}
	w.write = func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		late := &lateTx{inside: inside}
		err := inside.Read(ctx, t, func(ctx context.Context, tx store.Tx) error {
			late.Tx = tx
			return fn(ctx, late)
		})
		if err != nil {
			return err
		}
		return inside.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
			for _, p := range late.puts {
				if _, err := (blind{tx}).Put(ctx, p); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return w
}

type lateTx struct {
	store.Tx
	inside store.Backend
	puts   []store.PutParams
}

func (tx *lateTx) Put(_ context.Context, p store.PutParams) (store.Version, error) {
	tx.puts = append(tx.puts, p)
	return p.Expect + 1, nil
}

func (tx *lateTx) Next(_ context.Context, p store.NextParams) (number uint64, err error) {
	err = tx.inside.Write(context.Background(), tx.Tenant(), func(ctx context.Context, tx store.Tx) error {
		number, err = tx.Next(ctx, p)
		return err
	})
	return number, err
}

// givesBack counts sequences beside the transaction, and when one is undone takes
// a number back without asking whether it was the last.
func givesBack() store.Backend {
	inside, numbers := memory.New(), &numbers{last: map[string]uint64{}}
	w := &wrapping{Backend: inside, wrap: func(tx store.Tx) store.Tx { return numberTx{tx, numbers} }}
	w.write = func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		err := inside.Write(ctx, t, fn)
		if err != nil {
			numbers.mu.Lock()
			defer numbers.mu.Unlock()
			for name := range numbers.last {
				numbers.last[name] -= min(1, numbers.last[name])
			}
		}
		return err
	}
	return w
}

type numbers struct {
	mu   sync.Mutex
	last map[string]uint64
}

type numberTx struct {
	store.Tx
	*numbers
}

func (tx numberTx) Next(_ context.Context, p store.NextParams) (uint64, error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	name := string(tx.Tenant()) + "/" + p.Sequence
	tx.last[name] = max(tx.last[name], p.After) + 1
	return tx.last[name], nil
}

type short struct{ store.Tx }

func (tx short) Next(ctx context.Context, p store.NextParams) (uint64, error) {
	p.After = 0
	return tx.Tx.Next(ctx, p)
}

// hoarder keeps the terms that a document had.
type hoarder struct {
	store.Tx
	terms *sync.Map
}

func (tx hoarder) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	key := [3]string{string(tx.Tenant()), p.Kind, p.ID.String()}
	old, _ := tx.terms.Load(key)
	kept, _ := old.([]store.Term)
	for _, t := range kept {
		if !slices.ContainsFunc(p.Terms, func(o store.Term) bool { return o.Index == t.Index && bytes.Equal(o.Key, t.Key) }) {
			p.Terms = append(slices.Clone(p.Terms), t)
		}
	}
	version, err := tx.Tx.Put(ctx, p)
	if err == nil {
		tx.terms.Store(key, p.Terms)
	}
	return version, err
}

// forward pages in one direction alone.
type forward struct{ store.Tx }

func (tx forward) Page(ctx context.Context, q store.Query) (store.Page, error) {
	q.Desc = false
	return tx.Tx.Page(ctx, q)
}

func commitsErrors() store.Backend {
	inside := memory.New()
	w := &wrapping{Backend: inside, wrap: func(tx store.Tx) store.Tx { return tx }}
	w.write = func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		var failed error
		err := inside.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
			failed = fn(ctx, tx)
			return nil
		})
		return errors.Join(failed, err)
	}
	return w
}

// salty forgets one of the two that Erase removes.
type salty struct{ store.Backend }

func (b salty) Journal(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
	entries, next, err := b.Backend.Journal(ctx, t, q)
	for i := range entries {
		entries[i].Salt = []byte("s")
	}
	return entries, next, err
}
