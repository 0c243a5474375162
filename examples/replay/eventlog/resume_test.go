package eventlog

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
	"github.com/itsmkit/itsm/store/storetest"
)

// eventful has rows of every kind: steps filled in, refusals in the middle of a
// row and of the report, follow-ups, holds, a row that says nothing.
const eventful = tinyHeader +
	"A,work,2026-03-01 10:00,0,red,eve,big\n" +
	"B,open,2026-03-01 10:10,0,red,bob,tiny\n" + // no such impact: the report is refused,
	"C,ask,2026-03-01 10:20,0,?,bob,big\n" +
	"A,open,2026-03-01 11:00,1,red,eve,big\n" + // back to new
	"B,open,2026-03-01 11:10,1,red,bob,low\n" + // and given again
	"A,over,2026-03-01 12:00,2,blue,eve,big\n" +
	"C,work,2026-03-01 12:30,1,blue,bob,big\n" +
	"A,work,2026-03-02 12:00,3,red,ada,low\n" + // goes on after closing
	"B,done,2026-03-02 13:00,2,red,bob,low\n" +
	"C,junk,2026-03-02 14:00,2,blue,bob,big\n" +
	"A,over,2026-03-03 12:00,4,red,ada,low\n" +
	"A,over,2026-03-03 12:00,5,red,ada,low\n" + // after the end
	"B,work,2026-03-20 12:00,3,red,bob,low\n" + // the window is over
	"C,over,2026-03-20 13:00,3,blue,bob,big\n" +
	"A,work,2026-03-21 12:00,6,red,ada,low\n" // and goes on again

// seeded gives the same salts for a row whenever it is asked.
func seeded(row int) io.Reader {
	return rand.NewChaCha8(sha256.Sum256(binary.AppendVarint([]byte("salts"), int64(row))))
}

// contents is everything that a backend holds of a replay, but for the versions.
type contents struct {
	Documents []string
	ByState   []uuid.UUID
	Journal   []store.Entry
	Next      uint64
}

func everything(t *testing.T, backend store.Backend) contents {
	t.Helper()
	ctx := context.Background()
	var c contents
	require.NoError(t, backend.Read(ctx, tenant, func(ctx context.Context, tx store.Tx) error {
		for _, kind := range []string{incident.Kind, progressKind} {
			page, err := tx.Page(ctx, store.Query{Kind: kind, Limit: 1e6})
			if err != nil {
				return err
			}
			for _, d := range page.Documents {
				c.Documents = append(c.Documents, fmt.Sprintf("%s %s %x %s", kind, d.ID, d.Head, d.Body))
			}
		}
		page, err := tx.Page(ctx, store.Query{Kind: incident.Kind, Index: "state", Limit: 1e6})
		for _, d := range page.Documents {
			c.ByState = append(c.ByState, d.ID)
		}
		return err
	}))
	var err error
	c.Journal, _, err = backend.Journal(ctx, tenant, store.JournalQuery{Limit: 1e6})
	require.NoError(t, err)
	look := errors.New("only looking")
	require.ErrorIs(t, backend.Write(ctx, tenant, func(ctx context.Context, tx store.Tx) (err error) {
		if c.Next, err = tx.Next(ctx, store.NextParams{Sequence: "INC"}); err != nil {
			return err
		}
		return look
	}), look)
	return c
}

// timeless is a result without what may differ between an uninterrupted run and
// one that was taken up again.
func timeless(r *Result) *Result {
	copied := *r
	copied.Elapsed, copied.Resumed = 0, 0
	return &copied
}

// replaceOnce is a text with one part replaced, which must be in it.
func replaceOnce(t *testing.T, text, old, new string) string {
	t.Helper()
	require.Contains(t, text, old)
	return strings.Replace(text, old, new, 1)
}

// How a unit of cut ends.
const (
	passes        = iota
	breaksBefore  // the unit never runs
	breaksBetween // it is rolled back
	breaksAfter   // it is committed, and nobody knows
	canceled      // the context ends while it runs
	ways
)

var errCut = errors.New("cut")

// cut ends a replay at its nth unit from now.
type cut struct {
	store.Backend
	in, how int
	cancel  context.CancelFunc
	units   int
}

func (c *cut) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	c.units++
	c.in--
	if c.in != 0 {
		return c.Backend.Write(ctx, t, fn)
	}
	switch c.how {
	case breaksBefore:
		return errCut
	case breaksBetween:
		return c.Backend.Write(ctx, t, func(ctx context.Context, tx store.Tx) error { return errors.Join(fn(ctx, tx), errCut) })
	case breaksAfter:
		if err := c.Backend.Write(ctx, t, fn); err != nil {
			return err
		}
		return &store.UnknownError{Err: errCut}
	case canceled:
		return c.Backend.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
			c.cancel()
			return fn(ctx, tx)
		})
	}
	return c.Backend.Write(ctx, t, fn)
}

// logs are what the tests of this file replay.
func logs(t *testing.T) map[string]func() (*Log, *Mapping) {
	t.Helper()
	return map[string]func() (*Log, *Mapping){
		"eventful": func() (*Log, *Mapping) {
			log, err := read(t, eventful)
			require.NoError(t, err)
			return log, tiny(t)
		},
		"promised": func() (*Log, *Mapping) {
			log, err := read(t, eventful)
			require.NoError(t, err)
			m, err := ParseMapping([]byte(replaceOnce(t, tinyMapping, `"policy"`, promising(t, "", "")+`"policy"`)))
			require.NoError(t, err)
			return log, m
		},
		"built in": func() (*Log, *Mapping) {
			log, m, err := BuiltIn(context.Background())
			require.NoError(t, err)
			return part(log, 30), m
		},
	}
}

func TestEachRowIsOneUnit(t *testing.T) {
	log, err := read(t, eventful)
	require.NoError(t, err)
	counted := &cut{Backend: memory.New()}
	result, err := Register(context.Background(), counted, log, tiny(t), nil)
	require.NoError(t, err)
	require.Equal(t, log.Len(), counted.units)
	require.Greater(t, result.Commands, log.Len())
	require.Equal(t, 2, result.FollowUps)
	require.Equal(t, 1, result.Skipped)
	require.Len(t, result.Refusals, 4)
}

// An interrupted replay is taken up until it is complete. Then result and backend
// are those of one that was never interrupted, to the byte.
func TestAnInterruptedReplayGoesOnWhereItWas(t *testing.T) {
	for name, open := range logs(t) {
		t.Run(name, func(t *testing.T) {
			log, m := open()
			options := &Options{salt: seeded}
			whole := memory.New()
			want, err := Register(context.Background(), whole, log, m, options)
			require.NoError(t, err)
			wantHeld := everything(t, whole)
			for seed := range uint64(8) {
				random := rand.New(rand.NewPCG(seed, 3))
				inside := memory.New()
				var under store.Backend = inside
				if seed%2 == 1 {
					under = storetest.Flaky(inside, 2+random.IntN(4))
				}
				var got *Result
				runs, seen := 0, 0
				for got == nil {
					runs++
					require.Less(t, runs, 10*log.Len(), "seed %d: no end", seed)
					ctx, cancel := context.WithCancel(context.Background())
					c := &cut{Backend: under, in: 1 + random.IntN(log.Len()), how: random.IntN(ways), cancel: cancel}
					result, err := Register(ctx, c, log, m, options)
					cancel()
					switch {
					case err == nil:
						got = result
					case errors.Is(err, errCut):
						require.Contains(t, []int{breaksBefore, breaksBetween, breaksAfter}, c.how)
						require.Equal(t, c.how == breaksAfter, errors.Is(err, store.ErrUnknown))
					default:
						require.ErrorIs(t, err, context.Canceled, "seed %d", seed)
						require.Equal(t, canceled, c.how)
					}
					done := rowsDone(t, inside)
					require.GreaterOrEqual(t, done, seen, "nothing is lost")
					seen = done
				}
				require.Equal(t, timeless(want), timeless(got), "seed %d, %d runs", seed, runs)
				require.Equal(t, m.Agreement != nil, got.Compliance != nil)
				require.Equal(t, wantHeld, everything(t, inside), "seed %d, %d runs", seed, runs)
			}
		})
	}
}

func rowsDone(t *testing.T, backend store.Backend) int {
	t.Helper()
	rows := 0
	require.NoError(t, backend.Read(context.Background(), tenant, func(ctx context.Context, tx store.Tx) error {
		d, err := tx.Get(ctx, store.GetParams{Kind: progressKind, ID: progressID()})
		if err != nil {
			return nil
		}
		var p progress
		err = json.Unmarshal(d.Body, &p)
		rows = p.Rows
		return err
	}))
	return rows
}

// What an attempt that was run again had counted does not count.
func TestRetriesCountNothingTwice(t *testing.T) {
	for name, open := range logs(t) {
		log, m := open()
		options := &Options{salt: seeded}
		whole := memory.New()
		want, err := Register(context.Background(), whole, log, m, options)
		require.NoError(t, err)
		for _, n := range []int{2, 3, 7} {
			inside := memory.New()
			got, err := Register(context.Background(), storetest.Flaky(inside, n), log, m, options)
			require.NoError(t, err)
			require.Equal(t, timeless(want), timeless(got), "%s, %d", name, n)
			require.Equal(t, everything(t, whole), everything(t, inside), "%s, %d", name, n)
		}
	}
}

func TestACompleteReplayIsToldAgain(t *testing.T) {
	log, err := read(t, eventful)
	require.NoError(t, err)
	backend := &cut{Backend: memory.New()}
	want, err := Register(context.Background(), backend, log, tiny(t), nil)
	require.NoError(t, err)
	require.Zero(t, want.Resumed)
	held, units := everything(t, backend.Backend), backend.units
	got, err := Register(context.Background(), backend, log, tiny(t), nil)
	require.NoError(t, err)
	require.Equal(t, log.Len(), got.Resumed)
	require.Zero(t, got.PerSecond())
	require.Equal(t, timeless(want), timeless(got))
	require.Equal(t, units, backend.units, "nothing is written")
	require.Equal(t, held, everything(t, backend.Backend))
}

// half is a backend that holds the first rows of the eventful log.
func half(t *testing.T, rows int) (*memory.Backend, *Log) {
	t.Helper()
	log, err := read(t, eventful)
	require.NoError(t, err)
	backend := memory.New()
	_, err = Register(context.Background(), &cut{Backend: backend, in: rows + 1, how: breaksBefore}, log, tiny(t), nil)
	require.ErrorIs(t, err, errCut)
	require.ErrorContains(t, err, fmt.Sprintf("stopped after %d of %d events", rows, log.Len()))
	return backend, log
}

func TestWhatIsNotThisReplayIsLeftAlone(t *testing.T) {
	ctx := context.Background()
	change := func(fn func(context.Context, store.Tx) error) func(*testing.T, *memory.Backend) {
		return func(t *testing.T, b *memory.Backend) { require.NoError(t, b.Write(ctx, tenant, fn)) }
	}
	rewrite := func(kind string, id uuid.UUID, body func(string) string) func(*testing.T, *memory.Backend) {
		return change(func(ctx context.Context, tx store.Tx) error {
			d, err := tx.Get(ctx, store.GetParams{Kind: kind, ID: id})
			if err != nil {
				return err
			}
			_, err = tx.Put(ctx, store.PutParams{Kind: kind, ID: id, Expect: d.Version, Head: d.Head, Body: []byte(body(string(d.Body)))})
			return err
		})
	}
	for name, test := range map[string]struct {
		spoil func(*testing.T, *memory.Backend)
		want  string
	}{
		"a record changed": {func(t *testing.T, b *memory.Backend) {
			process, err := tiny(t).process()
			require.NoError(t, err)
			r, err := register.New(b, process, nil)
			require.NoError(t, err)
			_, err = r.Do(ctx, (&translator{}).agent("eve"), replayID(2), incident.Log{Text: "One more."})
			require.NoError(t, err)
		}, "first 8 events: INC0000003 is different"},
		"a record more": {change(func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Put(ctx, store.PutParams{Kind: incident.Kind, ID: uuid.Max})
			return err
		}), "it has a record ffffffff-ffff-ffff-ffff-ffffffffffff more"},
		"a record less": {change(func(ctx context.Context, tx store.Tx) error {
			d, err := tx.Get(ctx, store.GetParams{Kind: incident.Kind, ID: replayID(2)})
			if err != nil {
				return err
			}
			return tx.Delete(ctx, store.DeleteParams{Kind: incident.Kind, ID: d.ID, Expect: d.Version})
		}), "3 records, not 4"},
		"a record unreadable": {rewrite(incident.Kind, replayID(2), func(string) string { return "{" }), "cannot be read"},
		"a journal entry more": {change(func(ctx context.Context, tx store.Tx) error {
			return tx.Append(ctx, store.Entry{Kind: incident.Kind, ID: replayID(1), Revision: 1000, Type: register.EventEntry})
		}), "20 journal entries, not 19"},
		"progress unreadable": {rewrite(progressKind, progressID(), func(string) string { return "half" }), "progress cannot be read"},
		"progress and more":   {rewrite(progressKind, progressID(), func(s string) string { return s + "1" }), "progress cannot be read"},
		"another version": {rewrite(progressKind, progressID(), func(s string) string {
			return replaceOnce(t, s, `"format":1`, `"format":2`)
		}), "another version has begun (format 2, here 1)"},
		"too many rows": {rewrite(progressKind, progressID(), func(s string) string {
			return replaceOnce(t, s, `"rows":8`, `"rows":80`)
		}), "80 events; the log has 15"},
		"fewer rows": {rewrite(progressKind, progressID(), func(s string) string {
			return replaceOnce(t, s, `"rows":8`, `"rows":7`)
		}), "first 7 events"},
		"no rows": {rewrite(progressKind, progressID(), func(s string) string {
			return replaceOnce(t, s, `"rows":8`, `"rows":0`)
		}), "progress is 0 rows"},
		"no progress": {change(func(ctx context.Context, tx store.Tx) error {
			d, err := tx.Get(ctx, store.GetParams{Kind: progressKind, ID: progressID()})
			if err != nil {
				return err
			}
			return tx.Delete(ctx, store.DeleteParams{Kind: d.Kind, ID: d.ID, Expect: d.Version})
		}), "4 incidents that are not from a replay"},
	} {
		t.Run(name, func(t *testing.T) {
			backend, log := half(t, 8)
			test.spoil(t, backend)
			held := everything(t, backend)
			_, err := Register(ctx, backend, log, tiny(t), nil)
			var resume *ResumeError
			require.ErrorAs(t, err, &resume)
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "\n")
			require.Equal(t, held, everything(t, backend), "nothing is written")
		})
	}
}

func TestAnotherLogOrMappingIsRefused(t *testing.T) {
	backend, log := half(t, 8)
	held := everything(t, backend)
	for name, other := range map[string]func() (*Log, *Mapping){
		"a row changed": func() (*Log, *Mapping) {
			other, err := read(t, replaceOnce(t, eventful, "blue,bob", "teal,bob"))
			require.NoError(t, err)
			return other, tiny(t)
		},
		"a row less": func() (*Log, *Mapping) {
			less := &Log{texts: log.texts, rows: log.rows[:log.Len()-1]}
			return less, tiny(t)
		},
		"another mapping": func() (*Log, *Mapping) {
			m, err := ParseMapping([]byte(replaceOnce(t, tinyMapping, `"window_days": 5`, `"window_days": 6`)))
			require.NoError(t, err)
			return log, m
		},
	} {
		t.Run(name, func(t *testing.T) {
			log, m := other()
			_, err := Register(context.Background(), backend, log, m, nil)
			require.EqualError(t, err, "the backend holds the replay of another log or mapping")
			require.Equal(t, held, everything(t, backend))
		})
	}
}

// A backend may leave a gap in the numbers after a unit that was run again.
func TestAGapInTheNumbersIsNoDifference(t *testing.T) {
	ctx := context.Background()
	backend, log := half(t, 6)
	require.NoError(t, backend.Write(ctx, tenant, func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Next(ctx, store.NextParams{Sequence: "INC"})
		return err
	}))
	_, err := Register(ctx, &cut{Backend: backend, in: 5, how: breaksBefore}, log, tiny(t), nil)
	require.ErrorIs(t, err, errCut)
	r, err := Register(ctx, backend, log, tiny(t), nil)
	require.NoError(t, err)
	require.Equal(t, 10, r.Resumed)
	require.Contains(t, strings.Join(everything(t, backend).Documents, "\n"), `"number":"INC0000007"`)
}

func TestRemarksInAMappingMayChange(t *testing.T) {
	backend, log := half(t, 8)
	m, err := ParseMapping([]byte(replaceOnce(t, tinyMapping, `"source": "made for this test"`, `"source": "made up", "notes": ["a remark"]`)))
	require.NoError(t, err)
	r, err := Register(context.Background(), backend, log, m, nil)
	require.NoError(t, err)
	require.Equal(t, 8, r.Resumed)
}

// meanwhile lets another replay run in front of the first unit.
type meanwhile struct {
	store.Backend
	other func()
}

func (m *meanwhile) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	if other := m.other; other != nil {
		m.other = nil
		other()
	}
	return m.Backend.Write(ctx, t, fn)
}

func TestTwoReplaysDoNotMix(t *testing.T) {
	for _, rows := range []int{0, 8} {
		log, err := read(t, eventful)
		require.NoError(t, err)
		backend := memory.New()
		if rows > 0 {
			backend, log = half(t, rows)
		}
		var held contents
		first := &meanwhile{Backend: backend}
		first.other = func() {
			_, err := Register(context.Background(), backend, log, tiny(t), nil)
			require.NoError(t, err)
			held = everything(t, backend)
		}
		_, err = Register(context.Background(), first, log, tiny(t), nil)
		require.ErrorContains(t, err, "another replay writes to this backend")
		require.Equal(t, held, everything(t, backend))
	}
}
