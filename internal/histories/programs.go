package histories

import (
	"context"
	"errors"
	"fmt"

	"github.com/itsmkit/itsm/store"
	"pgregory.net/rapid"
)

// Programs has programs generated and run, each with two tenants of its own whose
// names begin with prefix. A failure shows the shortest program that was found.
func Programs(t rapid.TB, b store.Backend, prefix string) {
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		// A name that is the beginning of the other.
		first := store.Tenant(fmt.Sprintf("%s %d", prefix, runs))
		program := rapid.SliceOfN(rapid.Custom(drawUnit), 1, 12).Draw(t, "program")
		if err := run(context.Background(), b, [2]store.Tenant{first, first + "k"}, program); err != nil {
			t.Fatal(err)
		}
	})
}

// unit is one Write of a program.
type unit struct {
	Tenant int // of two
	Undo   bool
	Calls  []call
}

// GoString is how a failure shows the unit.
func (u unit) GoString() string {
	line := fmt.Sprintf("\n\ttenant %d undo %t:", u.Tenant, u.Undo)
	for _, c := range u.Calls {
		line += c.GoString()
	}
	return line
}

func drawUnit(t *rapid.T) unit {
	return unit{
		Tenant: rapid.IntRange(0, 1).Draw(t, "tenant"),
		Undo:   rapid.IntRange(0, 4).Draw(t, "undo") == 4,
		Calls:  rapid.SliceOfN(rapid.Custom(drawCall), 1, 8).Draw(t, "calls"),
	}
}

// state is how far a program has come with a tenant.
type state struct {
	tenant store.Tenant
	*world
	drawn    map[uint64]bool // numbers that any unit had, committed or not
	position store.Position  // up to which the journal was read
	read     int             // how many entries that were
}

// run runs a program and compares all that it sees with the model.
func run(ctx context.Context, b store.Backend, tenants [2]store.Tenant, program []unit) error {
	var states [2]*state
	for i, t := range tenants {
		states[i] = &state{tenant: t, world: newWorld(), drawn: map[uint64]bool{}}
	}
	for i, u := range program {
		s := states[u.Tenant]
		var after *world
		err := store.Retry(ctx, patient(), func(ctx context.Context) error {
			return b.Write(ctx, s.tenant, func(ctx context.Context, tx store.Tx) error {
				after = s.clone()
				for n, c := range u.Calls {
					if err := c.run(ctx, tx, after, s.drawn); err != nil {
						return fmt.Errorf("call %d: %w", n, err)
					}
				}
				if u.Undo {
					return errUndo
				}
				return nil
			})
		})
		if u.Undo && errors.Is(err, errUndo) {
			err = nil
		} else {
			s.world = after
		}
		for n, s := range states {
			if err != nil {
				break
			}
			if err = s.compare(ctx, b); err != nil {
				err = fmt.Errorf("tenant %d afterwards: %w", n, err)
			}
		}
		if err != nil {
			// Without the tenant's name, which is another in each run: rapid wants
			// the same words from the same program.
			return fmt.Errorf("unit %d: %w", i, err)
		}
	}
	return nil
}

// compare looks at everything that a tenant has.
func (s *state) compare(ctx context.Context, b store.Backend) error {
	err := store.Retry(ctx, patient(), func(ctx context.Context) error {
		return b.Read(ctx, s.tenant, func(ctx context.Context, tx store.Tx) error {
			for _, kind := range kinds {
				for _, index := range append(indexes[:], "") {
					for _, desc := range []bool{false, true} {
						if err := compareQuery(ctx, tx, s.world, store.Query{Kind: kind, Index: index, Desc: desc, Limit: 3}); err != nil {
							return err
						}
					}
				}
				for n := range records {
					if err := compareHistory(ctx, tx, s.world, ref{kind, id(n)}); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return s.tail(ctx, b)
}

// tail reads on in the journal, and then all of it.
func (s *state) tail(ctx context.Context, b store.Backend) error {
	lines := func(from store.Position) (lines []string, end store.Position, err error) {
		for {
			var page []store.Entry
			err := store.Retry(ctx, patient(), func(ctx context.Context) (err error) {
				page, end, err = b.Journal(ctx, s.tenant, store.JournalQuery{From: from, Limit: 3})
				return err
			})
			if err != nil || len(page) == 0 {
				return lines, end, err
			}
			for _, e := range page {
				lines = append(lines, entryText(e))
			}
			from = end
		}
	}
	want := []string{}
	for _, e := range s.journal {
		want = append(want, entryText(e))
	}
	fresh, end, err := lines(s.position)
	if err != nil {
		return err
	}
	if err := differ("the journal from where it was read to", fresh, want[s.read:]); err != nil {
		return err
	}
	s.position, s.read = end, len(want)
	all, _, err := lines("")
	if err != nil {
		return err
	}
	return differ("the journal", all, want)
}

func compareQuery(ctx context.Context, tx store.Tx, w *world, q store.Query) error {
	lines, count := []string{}, 0
	for at := q; ; {
		page, err := tx.Page(ctx, at)
		if err != nil {
			return err
		}
		for _, d := range page.Documents {
			lines = append(lines, documentText(d))
		}
		if len(page.Documents) > q.Limit || len(page.Documents) == 0 && page.Next != "" {
			return fmt.Errorf("a page of %d documents for a limit of %d, and then %q", len(page.Documents), q.Limit, page.Next)
		}
		if at.Cursor = page.Next; page.Next == "" {
			break
		}
	}
	count, err := tx.Count(ctx, q)
	if err != nil {
		return err
	}
	want := w.find(q)
	if count != len(want) {
		return fmt.Errorf("%+v counts %d, want %d", q, count, len(want))
	}
	return differ(fmt.Sprintf("%+v", q), lines, want)
}

func compareHistory(ctx context.Context, tx store.Tx, w *world, r ref) error {
	entries, err := tx.History(ctx, store.HistoryQuery{Kind: r.kind, ID: r.id, Limit: 1000})
	if err != nil {
		return err
	}
	lines := []string{}
	for _, e := range entries {
		lines = append(lines, entryText(e))
	}
	return differ(fmt.Sprintf("the history of %s %x", r.kind, r.id[15]), lines, w.history(r))
}
