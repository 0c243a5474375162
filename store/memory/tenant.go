package memory

import (
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// tenant is the data of one tenant. One unit writes at a time, in place and
// with a list of what to undo. Readers get the snapshot of the last commit,
// which is made when the first of them asks for it: the nodes it consists of
// belong to an epoch that ends there, so that the writer copies them before it
// changes them further. Units that no reader comes between copy nothing.
type tenant struct {
	turn chan struct{} // holds one value while a unit writes

	// For the unit whose turn it is, alone.
	version   store.Version     // the last one given to any document; a rollback does not take it back
	sequences map[string]uint64 // the last number of each
	drawn     []draw            // the numbers that the unit took, to put them back
	unit      uint64            // counts the units that wrote

	mu        sync.Mutex // held for the time of one change or one snapshot
	epoch     uint64     // of the nodes the writer may change in place
	now       snapshot   // as the unit at work has it
	changes   []change   // what that unit did to documents and histories
	journal   journal    // as committed
	committed *snapshot  // for readers; nil until one asks
}

// change is what to undo: the document as it was, nil if there was none; or,
// with entry set, the last entry of the record's history.
type change struct {
	kind     string
	id       uuid.UUID
	document *document
	entry    bool
}

// draw is what the last number of a sequence was before a unit took one.
type draw struct {
	sequence string
	last     uint64
}

func newTenant() *tenant {
	return &tenant{turn: make(chan struct{}, 1), sequences: make(map[string]uint64), epoch: 1}
}

// snapshot returns the committed data. When a unit is at work, that is what the
// unit has made of it, undone in a copy. The undoing and the unit may share the
// new epoch: no node that one of them makes is ever part of the other's trees.
func (t *tenant) snapshot() *snapshot {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.committed == nil {
		t.epoch++
		s := t.now
		s.undo(t.epoch, t.changes)
		s.journal = t.journal
		t.committed = &s
	}
	return t.committed
}

// committedJournal returns the journal of the committed data. It needs no
// snapshot: nothing that a unit does to the journal shows in an older value.
func (t *tenant) committedJournal() journal {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.journal
}

// commit makes what the unit did the committed data.
func (t *tenant) commit() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.changes) > 0 || t.now.journal.unit == t.unit {
		t.committed = nil
	}
	t.journal = t.now.journal
	t.forget()
}

// rollback undoes what the unit did. After a commit there is nothing to undo.
func (t *tenant) rollback() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now.undo(t.epoch, t.changes)
	t.now.journal = t.journal
	for _, d := range slices.Backward(t.drawn) {
		t.sequences[d.sequence] = d.last
	}
	t.forget()
}

// forget empties the list of changes. It keeps the memory of a usual one.
func (t *tenant) forget() {
	clear(t.changes)
	t.changes, t.drawn = t.changes[:0], t.drawn[:0]
	if cap(t.changes) > 1024 {
		t.changes = nil
	}
}

// undo takes back changes, the last first.
func (s *snapshot) undo(epoch uint64, changes []change) {
	for _, c := range slices.Backward(changes) {
		k := s.writableKind(epoch, c.kind)
		if c.entry {
			k.dropEntry(epoch, c.id)
		} else {
			k.replace(epoch, c.id, k.get(c.id), c.document)
		}
	}
}
