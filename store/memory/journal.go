package memory

import (
	"context"
	"slices"
	"sort"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// journal is the entries of a tenant in commit order. Chunks are shared between
// snapshots: a unit that appends writes behind the end that all committed
// snapshots know, so that it disturbs none, and when it is rolled back the next
// unit writes over it. Only Erase has to copy.
type journal struct {
	unit   uint64 // the last to change it
	own    bool   // that unit may change the slice of chunks in place
	chunks []*chunk
	len    int
}

const chunkSize = 256

type chunk struct {
	unit    uint64 // the one that may change any entry in place
	entries [chunkSize]packed
}

func (j *journal) at(i int) packed { return j.chunks[i/chunkSize].entries[i%chunkSize] }

func (j *journal) append(unit uint64, e packed) {
	j.touch(unit)
	at := j.len % chunkSize
	if at == 0 {
		j.chunks = append(j.chunks, &chunk{unit: unit})
	}
	j.chunks[len(j.chunks)-1].entries[at] = e
	j.len++
}

func (j *journal) replace(unit uint64, i int, e packed) {
	j.touch(unit)
	if !j.own {
		j.chunks, j.own = slices.Clone(j.chunks), true
	}
	c := j.chunks[i/chunkSize]
	if c.unit != unit {
		writable := *c
		writable.unit = unit
		c = &writable
		j.chunks[i/chunkSize] = c
	}
	c.entries[i%chunkSize] = e
}

func (j *journal) touch(unit uint64) {
	if j.unit != unit {
		j.unit, j.own = unit, false
	}
}

// Append implements store.Tx.
func (tx *tx) Append(ctx context.Context, entries ...store.Entry) error {
	if err := tx.guard.EnterWrite(ctx); err != nil {
		return err
	}
	defer tx.guard.Leave()
	for i := range entries {
		if err := entries[i].Validate(); err != nil {
			return err
		}
	}
	// All entries are checked before the first is added, so that there is
	// nothing to undo.
	if err := tx.now.follow(entries); err != nil {
		return err
	}
	t := tx.tenant
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range entries {
		e := &entries[i]
		k := t.now.writableKind(t.epoch, e.Kind)
		k.addEntry(t.epoch, e.ID, t.now.journal.len)
		t.changes = append(t.changes, change{kind: k.name, id: e.ID, entry: true})
		t.now.journal.append(t.unit, pack(e))
	}
	return nil
}

// follow returns an error unless each entry comes after the last one of its
// record, those in front of it in the list included.
func (s *snapshot) follow(entries []store.Entry) error {
	type record struct {
		kind string
		id   uuid.UUID
	}
	var seen map[record]uint64
	for i := range entries {
		e := &entries[i]
		r := record{e.Kind, e.ID}
		last, ok := seen[r]
		if !ok {
			if at := s.kind(e.Kind).history(e.ID); len(at) > 0 {
				last = s.journal.at(at[len(at)-1]).revision()
			}
		}
		if e.Revision <= last {
			return &store.RevisionError{Kind: e.Kind, ID: e.ID, Revision: e.Revision, Last: last}
		}
		if len(entries) > 1 {
			if seen == nil {
				seen = make(map[record]uint64, len(entries))
			}
			seen[r] = e.Revision
		}
	}
	return nil
}

// History implements store.Tx.
func (tx *tx) History(ctx context.Context, q store.HistoryQuery) ([]store.Entry, error) {
	if err := tx.guard.Enter(ctx); err != nil {
		return nil, err
	}
	defer tx.guard.Leave()
	if err := q.Validate(); err != nil {
		return nil, err
	}
	at := tx.now.kind(q.Kind).history(q.ID)
	if q.Desc {
		if q.After > 0 {
			at = at[:tx.now.journal.search(at, q.After)]
		}
		at = at[max(0, len(at)-q.Limit):]
	} else {
		at = at[tx.now.journal.search(at, q.After+1):]
		at = at[:min(len(at), q.Limit)]
	}
	entries := make([]store.Entry, 0, len(at))
	for _, i := range at {
		entries = append(entries, tx.now.journal.at(i).unpack())
	}
	if q.Desc {
		slices.Reverse(entries)
	}
	return entries, nil
}

// search returns how many of the record's entries have a lesser revision.
func (j *journal) search(at []int, revision uint64) int {
	return sort.Search(len(at), func(i int) bool { return j.at(at[i]).revision() >= revision })
}

// Erase implements store.Tx.
func (tx *tx) Erase(ctx context.Context, p store.EraseParams) error {
	if err := tx.guard.EnterWrite(ctx); err != nil {
		return err
	}
	defer tx.guard.Leave()
	if err := p.Validate(); err != nil {
		return err
	}
	at := tx.now.kind(p.Kind).history(p.ID)
	i := tx.now.journal.search(at, p.Revision)
	if i == len(at) || tx.now.journal.at(at[i]).revision() != p.Revision {
		return &store.NotFoundError{Kind: p.Kind, ID: p.ID, Revision: p.Revision}
	}
	e := tx.now.journal.at(at[i]).unpack()
	if e.Erased {
		return nil
	}
	e.Payload, e.Salt, e.Erased = nil, nil, true
	t := tx.tenant
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now.journal.replace(t.unit, at[i], pack(&e))
	return nil
}
