package config

import (
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Scope says which CIs are meant. The zero Scope is all of them.
type Scope struct {
	IDs   []uuid.UUID       // these; empty: all
	Where func(CIView) bool // and of them those for which it is true, asked as of each point in question; nil: all
}

// ids are the listed ones, ascending, each once.
func (s Scope) ids() []uuid.UUID {
	return slices.Compact(slices.SortedFunc(slices.Values(s.IDs), compareIDs))
}

// check refuses an id that is none.
func (s Scope) check(field string) error {
	for i, id := range s.IDs {
		if id == uuid.Nil {
			return &itsm.FieldError{Field: fmt.Sprintf("%s.ids[%d]", field, i), Problem: "is the zero id; name a CI"}
		}
	}
	return nil
}

// whole reports whether it is everything.
func (s Scope) whole() bool { return len(s.IDs) == 0 && s.Where == nil }

// holds reports whether a CI that is listed is present and within the scope.
func (s Scope) holds(v CIView) bool { return v.Present() && (s.Where == nil || s.Where(v)) }

// listed are the histories of the CIs that the scope lists, by id.
func (t *Timeline) listed(s Scope) iter.Seq[*history] {
	if len(s.IDs) == 0 {
		return t.cis.all()
	}
	return func(yield func(*history) bool) {
		for _, id := range s.ids() {
			if h := t.cis.find(id); h != nil && !yield(h) {
				return
			}
		}
	}
}
