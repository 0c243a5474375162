package memory

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// tx is the view of a unit. Only calls that change something need the lock of
// the tenant: readers who take a snapshot meanwhile change nothing that the unit
// reads.
type tx struct {
	name   store.Tenant
	now    *snapshot
	tenant *tenant // nil: read-only
	guard  store.Guard
}

var _ store.Tx = (*tx)(nil)

// Tenant is whose unit it is.
func (tx *tx) Tenant() store.Tenant { return tx.name }

// Get implements store.Tx.
func (tx *tx) Get(ctx context.Context, p store.GetParams) (store.Document, error) {
	if err := tx.guard.Enter(ctx); err != nil {
		return store.Document{}, err
	}
	defer tx.guard.Leave()
	if err := p.Validate(); err != nil {
		return store.Document{}, err
	}
	d := tx.now.kind(p.Kind).get(p.ID)
	if d == nil {
		return store.Document{}, &store.NotFoundError{Kind: p.Kind, ID: p.ID}
	}
	return d.export(p.Kind, p.ID), nil
}

// Put implements store.Tx.
func (tx *tx) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	if err := tx.guard.EnterWrite(ctx); err != nil {
		return 0, err
	}
	defer tx.guard.Leave()
	if err := p.Validate(); err != nil {
		return 0, err
	}
	t := tx.tenant
	t.mu.Lock()
	defer t.mu.Unlock()
	k := t.now.writableKind(t.epoch, p.Kind)
	old := k.get(p.ID)
	if old != nil && p.Expect == 0 {
		return 0, &store.ExistsError{Kind: p.Kind, ID: p.ID, Holder: p.ID}
	}
	if err := expect(p.Kind, p.ID, p.Expect, old); err != nil {
		return 0, err
	}
	var oldTerms []term
	if old != nil {
		oldTerms = old.terms
	}
	terms := k.convert(p.Terms, oldTerms)
	if holder, taken := k.taken(p.ID, terms, oldTerms); taken != nil {
		return 0, &store.ExistsError{
			Kind: p.Kind, ID: p.ID,
			Index: k.indexes[taken.index].name, Key: []byte(taken.key), Holder: holder,
		}
	}
	b := make([]byte, len(p.Head)+len(p.Body))
	copy(b, p.Head)
	copy(b[len(p.Head):], p.Body)
	t.version++
	t.changes = append(t.changes, change{kind: k.name, id: p.ID, document: old})
	k.replace(t.epoch, p.ID, old, &document{t.version, len(p.Head), b, terms})
	return t.version, nil
}

// Delete implements store.Tx.
func (tx *tx) Delete(ctx context.Context, p store.DeleteParams) error {
	if err := tx.guard.EnterWrite(ctx); err != nil {
		return err
	}
	defer tx.guard.Leave()
	if err := p.Validate(); err != nil {
		return err
	}
	t := tx.tenant
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.now.kind(p.Kind).get(p.ID)
	if err := expect(p.Kind, p.ID, p.Expect, old); err != nil {
		return err
	}
	k := t.now.writableKind(t.epoch, p.Kind)
	t.changes = append(t.changes, change{kind: k.name, id: p.ID, document: old})
	k.replace(t.epoch, p.ID, old, nil)
	return nil
}

// Next implements store.Tx.
func (tx *tx) Next(ctx context.Context, p store.NextParams) (uint64, error) {
	if err := tx.guard.EnterWrite(ctx); err != nil {
		return 0, err
	}
	defer tx.guard.Leave()
	if err := p.Validate(); err != nil {
		return 0, err
	}
	t := tx.tenant
	last, ok := t.sequences[p.Sequence]
	if !ok {
		p.Sequence = strings.Clone(p.Sequence)
	}
	number := max(last, p.After) + 1
	t.sequences[p.Sequence] = number
	t.drawn = append(t.drawn, draw{p.Sequence, last})
	return number, nil
}

// expect returns a conflict unless the document is at that version; 0 expects
// that there is none.
func expect(kind string, id uuid.UUID, version store.Version, d *document) error {
	var current store.Version
	if d != nil {
		current = d.version
	}
	if current != version {
		return &store.ConflictError{Kind: kind, ID: id, Expected: version, Current: current}
	}
	return nil
}
