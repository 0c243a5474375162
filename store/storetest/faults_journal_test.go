package storetest_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// keepsErased marks what is erased and leaves it where it was.
func keepsErased() store.Backend {
	type name struct {
		recordOf
		revision uint64
	}
	kept := map[name]store.Entry{}
	restore := func(t store.Tenant, entries []store.Entry, err error) ([]store.Entry, error) {
		for i, e := range entries {
			if was, ok := kept[name{recordOf{t, e.Kind, e.ID}, e.Revision}]; ok && e.Erased {
				entries[i].Payload, entries[i].Salt = was.Payload, was.Salt
			}
		}
		return entries, err
	}
	inside := memory.New()
	return &bent{
		Backend: inside,
		append: func(ctx context.Context, tx store.Tx, entries ...store.Entry) error {
			err := tx.Append(ctx, entries...)
			for _, e := range entries {
				if err == nil {
					e.Payload, e.Salt = bytes.Clone(e.Payload), bytes.Clone(e.Salt)
					kept[name{recordOf{tx.Tenant(), e.Kind, e.ID}, e.Revision}] = e
				}
			}
			return err
		},
		history: func(ctx context.Context, tx store.Tx, q store.HistoryQuery) ([]store.Entry, error) {
			entries, err := tx.History(ctx, q)
			return restore(tx.Tenant(), entries, err)
		},
		journal: func(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
			entries, next, err := inside.Journal(ctx, t, q)
			entries, err = restore(t, entries, err)
			return entries, next, err
		},
	}
}

func dropsErased() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, journal: func(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
		entries, next, err := inside.Journal(ctx, t, q)
		return slices.DeleteFunc(entries, func(e store.Entry) bool { return e.Erased }), next, err
	}}
}

func roundsTimes() store.Backend {
	return &bent{Backend: memory.New(), append: func(ctx context.Context, tx store.Tx, entries ...store.Entry) error {
		entries = slices.Clone(entries)
		for i := range entries {
			entries[i].Time = entries[i].Time.Truncate(1_000_000)
		}
		return tx.Append(ctx, entries...)
	}}
}

// losesLate gives out positions when entries are appended and lets units that
// began later commit first, as a database sequence does: whoever has read
// beyond a position does not come back for it.
func losesLate() store.Backend {
	type placed struct {
		place uint64
		store.Entry
	}
	var mu sync.Mutex
	var last uint64
	var committed []placed
	b := &bent{Backend: memory.New()}
	b.write = func(ctx context.Context, _ store.Tenant, fn unitFunc) error {
		own := &appendTx{place: func() uint64 { mu.Lock(); defer mu.Unlock(); last++; return last }}
		if err := fn(ctx, own); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for i, e := range own.entries {
			committed = append(committed, placed{own.places[i], e})
		}
		return nil
	}
	b.journal = func(_ context.Context, t store.Tenant, q store.JournalQuery) (entries []store.Entry, next store.Position, err error) {
		var from uint64
		if err := store.DecodePosition(t, q.From, &from); err != nil {
			return nil, "", err
		}
		mu.Lock()
		defer mu.Unlock()
		slices.SortFunc(committed, func(a, b placed) int { return int(a.place) - int(b.place) })
		for _, p := range committed {
			if p.place > from && len(entries) < q.Limit {
				entries, from = append(entries, p.Entry), p.place
			}
		}
		return entries, store.EncodePosition(t, from), nil
	}
	return b
}

// appendTx can append and nothing else.
type appendTx struct {
	store.Tx
	place   func() uint64
	places  []uint64
	entries []store.Entry
}

func (tx *appendTx) Append(_ context.Context, entries ...store.Entry) error {
	for _, e := range entries {
		tx.places, tx.entries = append(tx.places, tx.place()), append(tx.entries, e)
	}
	return nil
}

func ignoresAfter() store.Backend {
	return &bent{Backend: memory.New(), history: func(ctx context.Context, tx store.Tx, q store.HistoryQuery) ([]store.Entry, error) {
		q.After = 0
		return tx.History(ctx, q)
	}}
}

// journalOf returns the whole journal of a tenant.
func journalOf(ctx context.Context, b store.Backend, t store.Tenant) ([]store.Entry, error) {
	entries, _, err := b.Journal(ctx, t, store.JournalQuery{Limit: 1_000_000})
	return entries, err
}

// journalPage returns the part of a journal that a query asks for, by numbers of
// entries for positions.
func journalPage(t store.Tenant, q store.JournalQuery, all []store.Entry) ([]store.Entry, store.Position, error) {
	var from uint64
	if err := store.DecodePosition(t, q.From, &from); err != nil {
		return nil, "", err
	}
	from = min(from, uint64(len(all)))
	page := all[from:min(int(from)+q.Limit, len(all))]
	return page, store.EncodePosition(t, from+uint64(len(page))), nil
}

func byRecord() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, journal: func(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
		all, err := journalOf(ctx, inside, t)
		if err != nil {
			return nil, "", err
		}
		slices.SortStableFunc(all, func(a, b store.Entry) int { return bytes.Compare(a.ID[:], b.ID[:]) })
		return journalPage(t, q, all)
	}}
}

func beginsAgain() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, journal: func(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
		entries, next, err := inside.Journal(ctx, t, q)
		if len(entries) == 0 {
			next = ""
		}
		return entries, next, err
	}}
}

// journalsLater moves the entries of a unit to the journal when it has committed,
// which others do meanwhile.
func journalsLater() store.Backend {
	inside := memory.New()
	var mu sync.Mutex
	moved := map[store.Tenant][]store.Entry{}
	return &bent{
		Backend: inside,
		write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
			unit := &outboxTx{}
			err := inside.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
				unit.Tx = tx
				return fn(ctx, unit)
			})
			if err != nil || len(unit.outbox) == 0 {
				return err
			}
			time.Sleep(time.Duration(unit.outbox[0].ID[15]%3) * time.Millisecond)
			mu.Lock()
			defer mu.Unlock()
			moved[t] = append(moved[t], unit.outbox...)
			return nil
		},
		journal: func(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
			if _, _, err := inside.Journal(ctx, t, store.JournalQuery{Limit: q.Limit}); err != nil {
				return nil, "", err
			}
			mu.Lock()
			defer mu.Unlock()
			return journalPage(t, q, slices.Clone(moved[t]))
		},
	}
}

type outboxTx struct {
	store.Tx
	outbox []store.Entry
}

func (tx *outboxTx) Append(ctx context.Context, entries ...store.Entry) error {
	err := tx.Tx.Append(ctx, entries...)
	if err == nil {
		tx.outbox = append(tx.outbox, entries...)
	}
	return err
}

// forgetsPositions keeps the last ten.
func forgetsPositions() store.Backend {
	inside := memory.New()
	kept := []store.Position{""}
	return &bent{Backend: inside, journal: func(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
		entries, next, err := inside.Journal(ctx, t, q)
		if err == nil && q.From != "" && !slices.Contains(kept, q.From) {
			return nil, "", &store.CursorError{Text: string(q.From), Problem: "is too old"}
		}
		kept = append(kept, next)
		kept = kept[max(0, len(kept)-10):]
		return entries, next, err
	}}
}

func anyPosition() store.Backend {
	inside := memory.New()
	const home = store.Tenant("home")
	return &bent{Backend: inside, journal: func(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
		var from uint64
		if err := store.DecodePosition(home, q.From, &from); err != nil {
			return nil, "", err
		}
		if from > 0 {
			q.From = store.EncodePosition(t, from)
		}
		entries, _, err := inside.Journal(ctx, t, q)
		return entries, store.EncodePosition(home, from+uint64(len(entries))), err
	}}
}

func passesOver() store.Backend {
	return &bent{Backend: memory.New(), append: func(ctx context.Context, tx store.Tx, entries ...store.Entry) error {
		if err := tx.Append(ctx, entries...); !errors.Is(err, store.ErrConflict) {
			return err
		}
		return nil
	}}
}

func foreignKey() store.Backend {
	return &bent{Backend: memory.New(), append: func(ctx context.Context, tx store.Tx, entries ...store.Entry) error {
		for _, e := range entries {
			if _, err := tx.Get(ctx, store.GetParams{Kind: e.Kind, ID: e.ID}); errors.Is(err, store.ErrNotFound) {
				return errors.New("insert into journal violates foreign key")
			}
		}
		return tx.Append(ctx, entries...)
	}}
}

func oneByOne() store.Backend {
	return &bent{Backend: memory.New(), append: func(ctx context.Context, tx store.Tx, entries ...store.Entry) error {
		for _, e := range entries {
			if err := tx.Append(ctx, e); err != nil {
				return err
			}
		}
		return nil
	}}
}

func erasesNothing() store.Backend {
	return &bent{Backend: memory.New(), erase: func(ctx context.Context, tx store.Tx, p store.EraseParams) error {
		if err := tx.Erase(ctx, p); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	}}
}

// erasesAtOnce throws away the key of a payload as soon as it is asked to.
func erasesAtOnce() store.Backend {
	type name struct {
		recordOf
		revision uint64
	}
	inside := memory.New()
	thrown := map[name]bool{}
	return &bent{
		Backend: inside,
		erase: func(ctx context.Context, tx store.Tx, p store.EraseParams) error {
			err := tx.Erase(ctx, p)
			if err == nil {
				thrown[name{recordOf{tx.Tenant(), p.Kind, p.ID}, p.Revision}] = true
			}
			return err
		},
		journal: func(ctx context.Context, t store.Tenant, q store.JournalQuery) ([]store.Entry, store.Position, error) {
			entries, next, err := inside.Journal(ctx, t, q)
			for i, e := range entries {
				if thrown[name{recordOf{t, e.Kind, e.ID}, e.Revision}] {
					entries[i].Payload, entries[i].Salt, entries[i].Erased = nil, nil, true
				}
			}
			return entries, next, err
		},
	}
}
