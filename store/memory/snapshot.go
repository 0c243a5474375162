package memory

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// snapshot is what a unit can see of a tenant. A copy of the value can be changed
// under an epoch of its own without changing the first.
type snapshot struct {
	kinds   []*kind // in the order of their names
	journal journal
}

// kind is the documents of one kind, their indexes and their history.
type kind struct {
	epoch     uint64 // in which it may be changed in place
	name      string
	documents tree[row]
	histories tree[history]
	indexes   []index // in the order of first use, so that a number names one for good
}

type row struct {
	id       uuid.UUID
	document *document
}

// document is never changed once it is in a tree.
type document struct {
	version store.Version
	head    int    // how much of bytes is the head; the rest is the body
	bytes   []byte // one allocation for both
	terms   []term // in the order of (index, key)
}

// term is a store.Term whose index is named by its number in the kind.
type term struct {
	key    string
	index  int32
	unique bool
}

// history is the positions in the journal of one record's entries.
type history struct {
	id      uuid.UUID
	entries []int
}

type index struct {
	name   string
	terms  tree[posting]
	unique tree[holding] // of the terms that are unique
}

// posting says that a document has a term. Make one with newPosting.
type posting struct {
	start uint64 // of the key: most comparisons end here, without a look at memory elsewhere
	key   string
	id    uuid.UUID
}

type holding struct {
	key    string
	holder uuid.UUID
}

func newKind(epoch uint64, name string) *kind {
	return &kind{
		epoch:     epoch,
		name:      strings.Clone(name),
		documents: tree[row]{compare: func(a, b row) int { return compareIDs(a.id, b.id) }},
		histories: tree[history]{compare: func(a, b history) int { return compareIDs(a.id, b.id) }},
	}
}

func newIndex(name string) index {
	return index{
		name:   strings.Clone(name),
		terms:  tree[posting]{compare: comparePostings},
		unique: tree[holding]{compare: func(a, b holding) int { return strings.Compare(a.key, b.key) }},
	}
}

func newPosting(key string, id uuid.UUID) posting {
	var start [8]byte
	copy(start[:], key)
	return posting{binary.BigEndian.Uint64(start[:]), key, id}
}

func comparePostings(a, b posting) int {
	if a.start != b.start {
		return cmp.Compare(a.start, b.start)
	}
	if c := strings.Compare(a.key, b.key); c != 0 {
		return c
	}
	return compareIDs(a.id, b.id)
}

// compareIDs is bytes.Compare of the two.
func compareIDs(a, b uuid.UUID) int {
	if c := cmp.Compare(binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(b[:8])); c != 0 {
		return c
	}
	return cmp.Compare(binary.BigEndian.Uint64(a[8:]), binary.BigEndian.Uint64(b[8:]))
}

// kind returns the kind of that name to read, or nil.
func (s *snapshot) kind(name string) *kind {
	if i, ok := s.search(name); ok {
		return s.kinds[i]
	}
	return nil
}

// writableKind returns the kind of that name, new if need be, to change in place.
func (s *snapshot) writableKind(epoch uint64, name string) *kind {
	i, ok := s.search(name)
	if ok && s.kinds[i].epoch == epoch {
		return s.kinds[i]
	}
	s.kinds = slices.Clone(s.kinds)
	if !ok {
		s.kinds = slices.Insert(s.kinds, i, newKind(epoch, name))
		return s.kinds[i]
	}
	k := *s.kinds[i]
	k.epoch = epoch
	k.indexes = slices.Clone(k.indexes)
	s.kinds[i] = &k
	return &k
}

func (s *snapshot) search(name string) (int, bool) {
	return slices.BinarySearchFunc(s.kinds, name, func(k *kind, name string) int { return strings.Compare(k.name, name) })
}

// get returns a document, or nil.
func (k *kind) get(id uuid.UUID) *document {
	if k == nil {
		return nil
	}
	r, _ := k.documents.get(row{id: id})
	return r.document
}

// replace makes next the document of that id in place of old, and brings the
// indexes in line. Either may be nil for none.
func (k *kind) replace(epoch uint64, id uuid.UUID, old, next *document) {
	var oldTerms, terms []term
	if old != nil {
		oldTerms = old.terms
	}
	if next != nil {
		terms = next.terms
	}
	k.reindex(epoch, id, oldTerms, terms)
	if next != nil {
		k.documents.set(epoch, row{id, next})
	} else if old != nil {
		k.documents.remove(epoch, row{id: id})
	}
}

// history returns the journal positions of a record's entries.
func (k *kind) history(id uuid.UUID) []int {
	if k == nil {
		return nil
	}
	h, _ := k.histories.get(history{id: id})
	return h.entries
}

// addEntry notes that the record has an entry at a position of the journal. Like
// the journal, the list grows behind the end that snapshots know.
func (k *kind) addEntry(epoch uint64, id uuid.UUID, at int) {
	k.histories.set(epoch, history{id, append(k.history(id), at)})
}

// dropEntry takes back addEntry.
func (k *kind) dropEntry(epoch uint64, id uuid.UUID) {
	entries := k.history(id)
	if last := len(entries) - 1; last > 0 {
		k.histories.set(epoch, history{id, entries[:last]})
	} else {
		k.histories.remove(epoch, history{id: id})
	}
}

// index returns the index of that name to read, or nil.
func (k *kind) index(name string) *index {
	if k == nil {
		return nil
	}
	for i := range k.indexes {
		if k.indexes[i].name == name {
			return &k.indexes[i]
		}
	}
	return nil
}

// number returns the number of an index of a writable kind, new if need be.
func (k *kind) number(name string) int32 {
	for i := range k.indexes {
		if k.indexes[i].name == name {
			return int32(i)
		}
	}
	k.indexes = append(k.indexes, newIndex(name))
	return int32(len(k.indexes) - 1)
}

// export returns the document as the contract has it, in memory of its own.
func (d *document) export(kind string, id uuid.UUID) store.Document {
	b := bytes.Clone(d.bytes)
	return store.Document{
		Kind:    kind,
		ID:      id,
		Version: d.version,
		Head:    b[:d.head:d.head],
		Body:    b[d.head:len(b):len(b)],
	}
}
