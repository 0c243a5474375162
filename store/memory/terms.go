package memory

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// convert returns the terms in the kind's form and order. Those that the
// document already has keep their memory.
func (k *kind) convert(terms []store.Term, old []term) []term {
	if len(terms) == 0 {
		return nil
	}
	converted := make([]term, len(terms))
	for i, t := range terms {
		c := term{index: k.number(t.Index), unique: t.Unique}
		at, found := slices.BinarySearchFunc(old, t.Key, func(o term, key []byte) int {
			if d := cmp.Compare(o.index, c.index); d != 0 {
				return d
			}
			return compareKey(o.key, key)
		})
		if found {
			c.key = old[at].key
		} else {
			c.key = string(t.Key)
		}
		converted[i] = c
	}
	slices.SortFunc(converted, compareTerms)
	if slices.Equal(converted, old) {
		return old
	}
	return converted
}

// taken returns the first unique term that another document holds, and its
// holder. Those that are among the document's old terms need no search.
func (k *kind) taken(id uuid.UUID, terms, old []term) (uuid.UUID, *term) {
	for i, t := range terms {
		if !t.unique || slices.Contains(old, t) {
			continue
		}
		h, found := k.indexes[t.index].unique.get(holding{key: t.key})
		if found && h.holder != id {
			return h.holder, &terms[i]
		}
	}
	return uuid.Nil, nil
}

// reindex replaces the terms of a document in the indexes, leaving alone those
// that stay.
func (k *kind) reindex(epoch uint64, id uuid.UUID, old, terms []term) {
	i, j := 0, 0
	for i < len(old) || j < len(terms) {
		c := 1
		switch {
		case j == len(terms):
			c = -1
		case i < len(old):
			c = compareTerms(old[i], terms[j])
		}
		switch {
		case c < 0:
			k.removeTerm(epoch, id, old[i])
			i++
		case c > 0:
			k.addTerm(epoch, id, terms[j])
			j++
		default:
			if old[i].unique != terms[j].unique {
				k.removeTerm(epoch, id, old[i])
				k.addTerm(epoch, id, terms[j])
			}
			i++
			j++
		}
	}
}

func (k *kind) addTerm(epoch uint64, id uuid.UUID, t term) {
	x := &k.indexes[t.index]
	x.terms.set(epoch, newPosting(t.key, id))
	if t.unique {
		x.unique.set(epoch, holding{t.key, id})
	}
}

func (k *kind) removeTerm(epoch uint64, id uuid.UUID, t term) {
	x := &k.indexes[t.index]
	x.terms.remove(epoch, newPosting(t.key, id))
	if t.unique {
		x.unique.remove(epoch, holding{key: t.key})
	}
}

func compareTerms(a, b term) int {
	if c := cmp.Compare(a.index, b.index); c != 0 {
		return c
	}
	return strings.Compare(a.key, b.key)
}

// compareKey is strings.Compare without converting b, which would allocate.
func compareKey(a string, b []byte) int {
	switch {
	case a == string(b):
		return 0
	case a < string(b):
		return -1
	}
	return 1
}
