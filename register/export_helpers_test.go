package register_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// dpo may erase.
var dpo = itsm.Actor{ID: "dpo", Tenant: "acme", Roles: []itsm.Role{"privacy"}}

// desk is a tenant's registers of two kinds over one backend.
type desk struct {
	fixture
	cases  *register.Register[Ticket]
	change []func(*register.Options[Ticket])
}

func newDesk(t testing.TB, b store.Backend, change ...func(*register.Options[Ticket])) desk {
	t.Helper()
	f := setup(t, b, change...)
	other := process(t, func(d *itsm.Definition[Ticket]) { d.Kind = "case" })
	other.Prefix = "CAS"
	o := &register.Options[Ticket]{Now: f.clock.Now, Erasers: dpo.Roles, Migrators: oleg.Roles, Retry: &store.RetryOptions{Attempts: 10_000, MinWait: 1, MaxWait: 1}}
	for _, c := range change {
		c(o)
	}
	cases, err := register.New(b, other, o)
	require.NoError(t, err)
	return desk{f, cases, change}
}

func (d desk) kinds() []register.Kind { return []register.Kind{d.Register, d.cases} }

// fill gives the tenant one of everything that can be in a file, and returns the
// ids of its tickets.
func (d desk) fill() []uuid.UUID {
	d.t.Helper()
	var ids []uuid.UUID
	create := func(cmd Open) Ticket { rec := d.create(cmd); ids = append(ids, rec.ID); return rec }

	parent := create(Open{Title: "parent", Group: "g", Watchers: []string{"bob", "cyd", "<&> \u2028 \"Größe\" \U0001F600 \\ \x00"}, Slug: "one"})
	child := create(Open{Title: "child", Parent: parent.ID, Budget: money("12.50 EUR"), Custom: map[string]itsm.Value{
		"site": itsm.TextValue("north"), "floor": itsm.IntValue(-3), "since": itsm.InstantValue(start), "lost": itsm.SpanValue(time.Hour),
		"vip": itsm.TruthValue(true), "ci": itsm.ReferenceValue(itsm.Ref{Kind: "ci", ID: "4711"}),
	}})
	locked := create(Open{Title: "locked", Parent: parent.ID})
	d.do(locked.ID, Lock{On: true})
	d.do(parent.ID, Finish{Code: "fixed"}) // the child follows, the locked one refuses
	require.Equal(d.t, done, d.get(child.ID).State)

	silent := create(Open{Title: "silent"})
	d.do(silent.ID, Finish{Code: "x"}, Lock{On: true})
	require.NotEmpty(d.t, d.tick(start.Add(6*day), 10).Refused)
	paused := create(Open{Title: "waits", Group: "h"})
	d.do(paused.ID, Wait{Until: start.Add(90 * day)})

	// One that was in a state of yesterday's lifecycle.
	old := setupProcess(d.t, d.backend, process(d.t, renamed), d.change...)
	old.clock.add(100 * day)
	moved, err := old.Create(ctx, ann, Open{Title: "moved"})
	require.NoError(d.t, err)
	ids = append(ids, moved.ID)
	old.do(moved.ID, Wait{Until: start.Add(300 * day)})
	d.migrate(map[itsm.State]itsm.State{parked: waiting}, nil)

	erased := create(Open{Title: "secret"})
	d.do(erased.ID, Edit{Title: "harmless", Times: []time.Time{start}, Tags: []string{"t"}})
	for _, err := range []error{
		d.Erase(ctx, dpo, erased.ID, 1, "on request"),
		d.Erase(ctx, dpo, locked.ID, 3, "a refusal too"),
	} {
		require.NoError(d.t, err)
	}
	for i := range 3 {
		_, err := d.With(register.Call{Key: fmt.Sprint("key <", i)}).Do(ctx, ann, paused.ID, Edit{Title: fmt.Sprint("waits ", i)})
		require.NoError(d.t, err)
		rec, err := d.cases.With(register.Call{Key: fmt.Sprint("key <", i)}).Create(ctx, ann, Open{Title: fmt.Sprint("case ", i), Slug: fmt.Sprint(i)})
		require.NoError(d.t, err)
		_, err = d.cases.With(callAt(rec.Opened, "found later")).Do(ctx, ann, rec.ID, Edit{Slug: fmt.Sprint("s", i)})
		require.NoError(d.t, err)
	}
	_, err = d.Create(ctx, eve, Open{Title: "another tenant's"})
	require.NoError(d.t, err)
	return ids
}

// dump is the export of a tenant.
func dump(t testing.TB, kinds []register.Kind) []byte {
	t.Helper()
	for {
		var out bytes.Buffer
		_, err := register.Export(ctx, &out, "acme", kinds, nil)
		if !errors.Is(err, store.ErrRetry) {
			require.NoError(t, err)
			return out.Bytes()
		}
	}
}

func (d desk) dump() []byte { d.t.Helper(); return dump(d.t, d.kinds()) }

func (d desk) load(file []byte, o *register.ImportOptions) (register.Transferred, error) {
	return register.Import(ctx, bytes.NewReader(file), "acme", d.kinds(), o)
}

func (d desk) mustLoad(file []byte, o *register.ImportOptions) register.Transferred {
	d.t.Helper()
	done, err := d.load(file, o)
	require.NoError(d.t, err)
	return done
}

// lines are the lines of a file, each with its end.
func lines(file []byte) []string {
	list := strings.SplitAfter(string(file), "\n")
	return list[:len(list)-1]
}

// roundTrip takes a tenant from memory into the backend that open gives and back
// into memory, and compares what each gives out. To run it over a backend of your
// own, that is all.
func roundTrip(t *testing.T, open func() store.Backend) {
	from := newDesk(t, memory.New())
	ids := from.fill()
	file := from.dump()
	over := newDesk(t, open())
	done := over.mustLoad(file, &register.ImportOptions{Rebuild: true, Unit: 7})
	assert.Equal(t, register.Transferred{Entries: strings.Count(string(file), `{"entry"`), Records: len(ids) + 3, Keys: 6}, done)
	require.Equal(t, string(file), string(over.dump()))
	back := newDesk(t, memory.New())
	back.mustLoad(over.dump(), nil)
	require.Equal(t, string(file), string(back.dump()))

	// Once more changes nothing, and says so.
	again := over.mustLoad(file, nil)
	all := done.Entries + done.Records + done.Keys
	assert.Equal(t, register.Transferred{Entries: done.Entries, Records: done.Records, Keys: done.Keys, Present: all}, again)
	require.Equal(t, string(file), string(over.dump()))
	over.lives(from, ids)
}

// lives asserts that an imported tenant is as alive as the one it came from.
func (d desk) lives(from desk, ids []uuid.UUID) {
	t := d.t
	for _, id := range ids {
		rec := d.get(id)
		assert.Equal(t, from.get(id), rec)
		byNumber, err := d.ByNumber(ctx, ann, rec.Number)
		require.NoError(t, err)
		assert.Equal(t, rec, byNumber)
		_, err = d.Verify(ctx, ann, id)
		require.NoError(t, err)
		assert.Equal(t, from.told(id), d.told(id))
		if _, err := d.Replay(ctx, ann, id); err != nil {
			require.ErrorIs(t, err, register.ErrErased)
		} else {
			d.checked(id)
		}
	}
	_, err := d.Get(ctx, eve, ids[0])
	require.ErrorIs(t, err, store.ErrNotFound, "nothing came in under another tenant")
	assert.Len(t, collect(t, d.Find(ctx, eve, itsm.Selection[Ticket]{})), 0)

	for _, sel := range []itsm.Selection[Ticket]{byGroup("g"), byWatcher("bob"), {Index: "budget"}, {}} {
		assert.Equal(t, from.find(sel), d.find(sel))
		n, err := d.Count(ctx, ann, sel)
		require.NoError(t, err)
		assert.Len(t, from.find(sel), n)
	}
	// The silent stay silent (R35), and what is due fires.
	assert.Equal(t, from.dueTerms(), d.dueTerms())
	assert.Empty(t, d.tick(start.Add(7*day), 10).Refused)
	ticked := d.tick(start.Add(91*day), 10)
	require.Len(t, ticked.Fired, 1)
	assert.Equal(t, "resume", ticked.Fired[0].Timer)

	// Keys are known, numbers go on, unique keys are held, commands are taken.
	again, err := d.With(register.Call{Key: "key <1"}).Perform(ctx, ann, ticked.Fired[0].Record.ID, Edit{Title: "waits 1"})
	require.NoError(t, err)
	assert.True(t, again.Repeated)
	_, err = d.With(register.Call{Key: "key <1"}).Create(ctx, ann, Open{Title: "x"})
	require.ErrorIs(t, err, register.ErrKeyUsed)
	_, err = d.Create(ctx, ann, Open{Title: "x", Slug: "one"})
	require.ErrorIs(t, err, store.ErrExists)
	next := d.create(Open{Title: "next"})
	assert.Greater(t, next.Number, d.get(ids[len(ids)-1]).Number)
	made, err := d.cases.Create(ctx, ann, Open{Title: "next"})
	require.NoError(t, err)
	assert.Greater(t, made.Number, "CAS0000003")
	d.do(ids[2], Lock{On: false}, Finish{Code: "later"})
	d.do(next.ID, Finish{Code: "y"})
	n, err := d.ForgetKeys(ctx, "acme", start.Add(999*day), 10)
	require.NoError(t, err)
	assert.Equal(t, 3, n)
}

// plugged fails the nth unit that writes, or, if late, after it was committed.
type plugged struct {
	store.Backend
	n    int
	late bool
}

var errPlug = errors.New("pulled the plug")

func (p *plugged) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	p.n--
	if p.n == 0 && !p.late {
		return errPlug
	}
	err := p.Backend.Write(ctx, t, fn)
	if p.n == 0 && err == nil {
		return &store.UnknownError{Err: errPlug}
	}
	return err
}
