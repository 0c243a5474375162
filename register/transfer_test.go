package register_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

func TestRoundTripGivesTheSameBytes(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		roundTrip(t, func() store.Backend { return b })
	})
}

func TestRoundTripOfAnEmptyTenant(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		d := newDesk(t, b)
		file := d.dump()
		assert.Len(t, lines(file), 2)
		assert.Zero(t, d.mustLoad(file, nil))
		assert.Equal(t, file, d.dump())
	})
}

// The order of the registers and the size of pages and units leave no mark, and
// registers that the file does not need do no harm.
func TestFileDependsOnTheDataAlone(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		d := newDesk(t, b)
		d.fill()
		file := d.dump()
		for _, page := range []int{1, 2, 1000} {
			var out bytes.Buffer
			var told []register.Transferred
			// So little is written at the end, and what the backend asks for before
			// is done again unseen.
			done, err := register.Export(ctx, &out, "acme", []register.Kind{d.cases, d.Register},
				&register.ExportOptions{Page: page, Progress: func(n register.Transferred) { told = append(told, n) }})
			require.NoError(t, err)
			assert.Equal(t, done.Entries, told[len(told)-1].Entries)
			require.Equal(t, string(file), out.String())
		}
		theirs, err := register.New(memory.New(), process(t), nil)
		require.NoError(t, err)
		var out bytes.Buffer
		_, err = register.Export(ctx, &out, "evil", []register.Kind{theirs}, nil)
		require.NoError(t, err)
		other := newDesk(t, memory.New())
		_, err = register.Import(ctx, &out, "evil", other.kinds(), nil)
		require.NoError(t, err)
	})
}

// Journals that lie across each other are looked up where they are too many to be
// kept in mind.
func TestManyJournalsAcrossEachOther(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		from := newDesk(t, memory.New())
		ids := from.fill()
		for n := range 3 {
			for _, id := range ids {
				if rec := from.get(id); rec.State == open {
					from.do(id, Ping{N: n})
				}
			}
		}
		file := from.dump()
		d := newDesk(t, b)
		for i := range 12 {
			most := i%2 + 1
			x, m := &register.ExportOptions{Page: 5}, &register.ImportOptions{Unit: i + 1}
			register.LimitChains(x, m, most)
			d.mustLoad(file, m)
			var out bytes.Buffer
			_, err := register.Export(ctx, &out, "acme", d.kinds(), x)
			require.NoError(t, err)
			require.Equal(t, string(file), out.String())
		}
	})
}

// Several that import one file at once do it once.
func TestImportUnderSeveralWorkers(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		from := newDesk(t, memory.New())
		from.fill()
		file := from.dump()
		d := newDesk(t, b)
		taken := make([]int, 4)
		atOnce(len(taken), func(i int) {
			done, err := newDesk(t, b).load(file, &register.ImportOptions{Unit: 3 + i})
			if err != nil {
				t.Error(err)
			}
			taken[i] = done.Entries + done.Records + done.Keys - done.Present
		})
		sum := 0
		for _, n := range taken {
			sum += n
		}
		assert.Equal(t, len(lines(file))-2, sum)
		assert.Equal(t, string(file), string(d.dump()))
	})
}

// An import that ends anywhere, before a commit or in doubt about it, is run again.
func TestImportIsResumedAfterEveryUnit(t *testing.T) {
	from := newDesk(t, memory.New())
	from.fill()
	file := from.dump()
	for _, late := range []bool{false, true} {
		for n := 1; ; n++ {
			b := &plugged{Backend: memory.New(), n: n, late: late}
			d := newDesk(t, b)
			units := 0
			done, err := d.load(file, &register.ImportOptions{Unit: 2, Progress: func(register.Transferred) { units++ }})
			if err == nil {
				assert.Greater(t, n, 20)
				break
			}
			require.ErrorIs(t, err, errPlug)
			require.Equal(t, late, errors.Is(err, store.ErrUnknown))
			assert.Equal(t, n-1, units)
			assert.Equal(t, 2*(n-1), done.Entries+done.Records+done.Keys)
			assert.Contains(t, err.Error(), fmt.Sprintf("lines %d to", 2*n))
			d.mustLoad(file, nil)
			require.Equal(t, string(file), string(d.dump()))
			// The sequence stands where one import would have left it, but for gaps.
			assert.Regexp(t, `^TKT00000(08|09)$`, d.create(Open{Title: "next"}).Number)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	d := newDesk(t, memory.New())
	_, err := register.Import(ended, bytes.NewReader(file), "acme", d.kinds(), &register.ImportOptions{Unit: 5, Progress: func(register.Transferred) { cancel() }})
	require.ErrorIs(t, err, context.Canceled)
	d.mustLoad(file, nil)
	require.Equal(t, string(file), string(d.dump()))
}

// Whatever happens to a file, nothing of what is behind the damage is taken: the
// whole file imports afterwards and gives the same bytes.
func TestDamageIsRefused(t *testing.T) {
	from := newDesk(t, memory.New())
	from.fill()
	file := from.dump()
	all := lines(file)
	refused := func(what string, damaged []byte, line int) {
		t.Helper()
		d := newDesk(t, memory.New())
		_, err := d.load(damaged, &register.ImportOptions{Unit: 4})
		require.ErrorIs(t, err, register.ErrImport, what)
		if line > 0 {
			require.Equal(t, line, requireAs[*register.LineError](t, err).Line, "%s: %v", what, err)
		}
		d.mustLoad(file, nil)
		require.Equal(t, string(file), string(d.dump()), what)
	}
	join := func(parts ...[]string) []byte {
		var b []byte
		for _, part := range parts {
			b = append(b, strings.Join(part, "")...)
		}
		return b
	}
	for i := range all {
		at := i + 1
		refused(fmt.Sprint("dropped ", at), join(all[:i], all[at:]), at)
		if i+1 < len(all) {
			refused(fmt.Sprint("doubled ", at), join(all[:at], all[i:]), at+1)
			refused(fmt.Sprint("swapped ", at), join(all[:i], []string{all[at], all[i]}, all[i+2:]), at)
		}
		refused(fmt.Sprint("cut off before ", at), join(all[:i]), at)
		refused(fmt.Sprint("cut off in ", at), append(join(all[:i]), all[i][:len(all[i])/2]...), at)
		refused(fmt.Sprint("without the end of ", at), append(join(all[:i]), all[i][:len(all[i])-1]...), at)
		for _, where := range []int{0, 2, len(all[i]) / 3, len(all[i]) / 2, len(all[i]) - 12, len(all[i]) - 2, len(all[i]) - 1} {
			flipped := []byte(all[i])
			flipped[where] ^= 1
			refused(fmt.Sprintf("flipped %d of %d", where, at), append(append(join(all[:i]), flipped...), join(all[at:])...), at)
		}
	}
	refused("something behind the end", append(bytes.Clone(file), all[1]...), len(all)+1)
	refused("an empty line", append(bytes.Clone(file), '\n'), len(all)+1)
	refused("twice", append(bytes.Clone(file), file...), len(all)+1)
}

func TestExportRefuses(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		d := newDesk(t, b)
		d.create(Open{Title: "x"})
		_, err := d.cases.Create(ctx, ann, Open{Title: "x"})
		require.NoError(t, err)
		far, err := register.New(memory.New(), process(t, func(d *itsm.Definition[Ticket]) { d.Kind = "far" }), nil)
		require.NoError(t, err)
		export := func(tenant string, kinds ...register.Kind) error {
			for {
				_, err := register.Export(ctx, io.Discard, tenant, kinds, nil)
				if !errors.Is(err, store.ErrRetry) {
					return err
				}
			}
		}
		for name, c := range map[string]struct {
			err   error
			field string
			says  string
		}{
			"no tenant":       {export("", d.Register), "tenant", ""},
			"no kinds":        {export("acme"), "kinds", ""},
			"nil":             {export("acme", d.Register, nil), "kinds[1]", ""},
			"nil register":    {export("acme", (*register.Register[Ticket])(nil)), "kinds", "not made by New"},
			"empty register":  {export("acme", new(register.Register[Ticket])), "kinds", "not made by New"},
			"twice":           {export("acme", d.Register, d.Register), "kinds[1]", "second ticket"},
			"another backend": {export("acme", d.Register, far), "kinds[1]", "far is kept in another backend"},
			"a kind short":    {export("acme", d.Register), "kinds", `"case"`},
		} {
			wrong := requireAs[*itsm.FieldError](t, c.err)
			assert.Equal(t, c.field, wrong.Field, name)
			assert.Contains(t, wrong.Problem, c.says, name)
		}
		_, err = register.Export(ctx, io.Discard, "acme", d.kinds(), &register.ExportOptions{Page: -1})
		assert.Equal(t, "options.page", requireAs[*itsm.FieldError](t, err).Field)
		f := d.fixture
		f.unit(b.Read, func(_ context.Context, tx store.Tx) error {
			err := export("acme", f.In(tx))
			assert.Equal(t, "kinds", requireAs[*itsm.FieldError](t, err).Field)
			return nil
		})
		ended, cancel := context.WithCancel(ctx)
		cancel()
		_, err = register.Export(ended, io.Discard, "acme", d.kinds(), nil)
		require.ErrorIs(t, err, context.Canceled)
		full := errors.New("disk full")
		_, err = register.Export(ctx, failing{full}, "acme", d.kinds(), nil)
		for errors.Is(err, store.ErrRetry) {
			_, err = register.Export(ctx, failing{full}, "acme", d.kinds(), nil)
		}
		require.ErrorIs(t, err, full)
	})
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// What Import would not take, Export does not write.
func TestExportChecksWhatItWrites(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		d := newDesk(t, b)
		rec := d.create(Open{Title: "x"})
		d.do(rec.ID, Lock{On: true})
		good := d.body(rec.ID)
		export := func() error {
			for {
				_, err := register.Export(ctx, io.Discard, "acme", d.kinds(), nil)
				if !errors.Is(err, store.ErrRetry) {
					return err
				}
			}
		}
		require.NoError(t, export())
		for name, c := range map[string]struct {
			head, body []byte
			want       error
		}{
			"body":            {good.Head, []byte(`{"title":`), register.ErrUnreadable},
			"line break":      {good.Head, bytes.Replace(good.Body, []byte(","), []byte(",\n"), 1), register.ErrUnreadable},
			"forgotten state": {good.Head, bytes.Replace(good.Body, []byte(`"open"`), []byte(`"limbo"`), 1), register.ErrUnreadable},
			"head":            {[]byte("x"), good.Body, register.ErrUnreadable},
			"another seal":    {append(good.Head[:40:40], good.Head[40]^1), good.Body, register.ErrTampered},
			"cut journal":     {append([]byte{1, 0, 0, 0, 0, 0, 0, 0, 3}, good.Head[9:]...), good.Body, register.ErrTampered},
		} {
			d.tamper(rec.ID, func(p *store.PutParams) { p.Head, p.Body = c.head, c.body })
			require.ErrorIs(t, export(), c.want, name)
		}
		d.tamper(rec.ID, func(p *store.PutParams) { p.Head, p.Body = good.Head, good.Body })
		require.NoError(t, export())
		_, err := register.Export(ctx, io.Discard, "acme", []register.Kind{setupProcess(t, b, process(t, func(d *itsm.Definition[Ticket]) {
			d.Transitions = slices.DeleteFunc(d.Transitions, func(t itsm.Transition[Ticket]) bool { return t.Name == "lock" })
		})).Register}, nil)
		require.ErrorIs(t, err, register.ErrUnreadable, "an event of a command that is gone")
		d.unit(b.Write, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Put(ctx, store.PutParams{Kind: "register.key", ID: uuid.Max, Body: []byte(`{"kind":"ticket","key":"k","command":"","id":"` +
				rec.ID.String() + `","revision":1,"at":"2026-03-02T09:00:00Z"}`)})
			return err
		})
		require.ErrorIs(t, export(), register.ErrUnreadable, "a key that is not where it belongs")
	})
}

// forgedJournal is a backend to whose journal somebody has been.
type forgedJournal struct {
	store.Backend
	forge func(*store.Entry)
}

func (b forgedJournal) Journal(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
	page, next, err := b.Backend.Journal(ctx, t, q)
	for i := range page {
		b.forge(&page[i])
	}
	return page, next, err
}

func TestR30_ExportVerifiesTheJournal(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		newDesk(t, b).fill()
		for name, forge := range map[string]func(*store.Entry){
			"payload":  func(e *store.Entry) { e.Payload = append(e.Payload, ' ') },
			"time":     func(e *store.Entry) { e.Time = e.Time.Add(1000) },
			"previous": func(e *store.Entry) { e.Previous = nil },
			"hash":     func(e *store.Entry) { e.Hash = make([]byte, 32) },
			"place":    func(e *store.Entry) { e.Revision++ },
		} {
			d := newDesk(t, forgedJournal{b, forge})
			for {
				_, err := register.Export(ctx, io.Discard, "acme", d.kinds(), nil)
				if !errors.Is(err, store.ErrRetry) {
					require.ErrorIs(t, err, register.ErrTampered, name)
					break
				}
			}
		}
	})
}

// busyJournal writes between the pages of an export.
type busyJournal struct {
	store.Backend
	between func()
}

func (b busyJournal) Journal(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
	b.between()
	return b.Backend.Journal(ctx, t, q)
}

// The file of a tenant in use is the snapshot of one moment.
func TestExportOfATenantInUse(t *testing.T) {
	b := memory.New()
	d := newDesk(t, b)
	ids := d.fill()
	before := d.dump()
	n := 0
	busy := newDesk(t, busyJournal{b, func() {
		if n++; n > 20 {
			return
		}
		d.create(Open{Title: "meanwhile"})
		d.do(ids[4], Edit{Title: fmt.Sprint("meanwhile ", n)})
	}})
	var out bytes.Buffer
	_, err := register.Export(ctx, &out, "acme", busy.kinds(), &register.ExportOptions{Page: 3})
	require.NoError(t, err)
	assert.Equal(t, string(before), out.String())
	assert.NotEqual(t, before, d.dump())
}

// lagging is a backend whose journal does not show yet what units that began later
// have committed, as one that orders by the beginning of units.
type lagging struct {
	store.Backend
	hidden int
}

func (b *lagging) Journal(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
	if q.From != "" {
		return nil, q.From, nil
	}
	page, next, err := b.Backend.Journal(ctx, t, q)
	if err != nil || b.hidden == 0 {
		return page, next, err
	}
	b.hidden--
	return b.Backend.Journal(ctx, t, store.JournalQuery{Limit: len(page) - b.hidden - 1})
}

// An export waits for a journal that comes after its records.
func TestExportOfAJournalThatLags(t *testing.T) {
	b := memory.New()
	d := newDesk(t, b)
	d.fill()
	file := d.dump()
	for _, attempts := range []int{2, 6} {
		late := newDesk(t, &lagging{b, 4}, func(o *register.Options[Ticket]) { o.Retry = &store.RetryOptions{Attempts: attempts, MinWait: 1} })
		var out bytes.Buffer
		_, err := register.Export(ctx, &out, "acme", late.kinds(), nil)
		if attempts == 2 {
			require.ErrorIs(t, err, store.ErrRetry)
			assert.Zero(t, out.Len())
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, string(file), out.String())
	}
}

func TestExportWhileWriting(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		d := newDesk(t, b)
		ids := d.fill()
		atOnce(3, func(i int) {
			if i > 0 {
				for n := range 60 {
					if _, err := d.Do(ctx, ann, ids[4], Edit{Title: fmt.Sprint(n)}); err != nil {
						t.Error(err)
					}
					if _, err := d.Create(ctx, ann, Open{Title: "x"}); err != nil {
						t.Error(err)
					}
				}
				return
			}
			for range 5 {
				file := dump(t, d.kinds())
				to := newDesk(t, memory.New())
				if _, err := to.load(file, &register.ImportOptions{Rebuild: true}); err != nil {
					t.Error(err)
				}
				if !bytes.Equal(file, to.dump()) {
					t.Error("the import gives other bytes")
				}
			}
		})
	})
}

// Long lines make short units, so that memory is bounded.
func TestImportUnitsAreBoundedInBytes(t *testing.T) {
	from := newDesk(t, memory.New())
	for range 5 {
		from.do(from.create(Open{Title: "x"}).ID, Edit{Tags: []string{strings.Repeat("long ", 200_000)}})
	}
	file := from.dump()
	units := 0
	d := newDesk(t, memory.New())
	o := &register.ImportOptions{Progress: func(register.Transferred) { units++ }}
	register.LimitBytes(o, 4<<20)
	d.mustLoad(file, o)
	assert.Equal(t, 2, units)
	assert.True(t, bytes.Equal(file, d.dump()))
}

// Lines come in pieces of any size.
func TestImportReadsAnyReader(t *testing.T) {
	from := newDesk(t, memory.New())
	from.fill()
	file := from.dump()
	for _, r := range []io.Reader{iotest.OneByteReader(bytes.NewReader(file)), iotest.DataErrReader(bytes.NewReader(file))} {
		d := newDesk(t, memory.New())
		_, err := register.Import(ctx, r, "acme", d.kinds(), nil)
		require.NoError(t, err)
		assert.Equal(t, file, d.dump())
	}
	broken := errors.New("the line broke")
	d := newDesk(t, memory.New())
	_, err := register.Import(ctx, io.MultiReader(bytes.NewReader(file[:len(file)/2]), iotest.ErrReader(broken)), "acme", d.kinds(), nil)
	require.ErrorIs(t, err, broken)
	_, err = register.Import(ctx, io.MultiReader(bytes.NewReader(file), iotest.ErrReader(broken)), "acme", d.kinds(), nil)
	require.ErrorIs(t, err, broken)
}
