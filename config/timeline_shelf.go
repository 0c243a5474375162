package config

import (
	"bytes"
	"iter"
	"slices"

	"github.com/google/uuid"
)

// shelf is the histories of many CIs or relations by ascending id, in leaves: another
// with one more history copies one leaf and the list of leaves, and shares the rest.
type shelf struct {
	leaves []leaf
	facts  int
}

// leaf is some histories, by id; never empty.
type leaf struct {
	first uuid.UUID // the id of the first
	list  []entry
}

type entry struct {
	id      uuid.UUID
	history *history
}

// fullLeaf is how many histories a leaf has at most. It weighs the copying of a leaf
// against that of the list of leaves, for a million of them.
const fullLeaf = 512

// history is what was said of one CI or relation, by attribute.
type history struct {
	id     uuid.UUID
	names  []string // of the attributes, ascending; those of one class mostly share them
	newest []*said  // of each, what was said last
}

func (e entry) compare(id uuid.UUID) int { return bytes.Compare(e.id[:], id[:]) }

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

// last is what was said last of an attribute; nil for nothing.
func (h *history) last(attribute string) *said {
	names, newest := h.all()
	if i, found := slices.BinarySearch(names, attribute); found {
		return newest[i]
	}
	return nil
}

// all are the attributes, and what was said last of each.
func (h *history) all() (names []string, newest []*said) {
	if h == nil {
		return nil, nil
	}
	return h.names, h.newest
}

// leafOf is the leaf where the id stands or would stand; 0 also without leaves.
func (s *shelf) leafOf(id uuid.UUID) int {
	i, found := slices.BinarySearchFunc(s.leaves, id, func(p leaf, id uuid.UUID) int { return compareIDs(p.first, id) })
	if !found && i > 0 {
		i--
	}
	return i
}

// find is the history of an id; nil if there is none.
func (s *shelf) find(id uuid.UUID) *history {
	if len(s.leaves) == 0 {
		return nil
	}
	p := s.leaves[s.leafOf(id)].list
	if i, found := slices.BinarySearchFunc(p, id, entry.compare); found {
		return p[i].history
	}
	return nil
}

// all are the histories by id.
func (s *shelf) all() iter.Seq[*history] {
	return func(yield func(*history) bool) {
		for _, p := range s.leaves {
			for _, e := range p.list {
				if !yield(e.history) {
					return
				}
			}
		}
	}
}

// put is a shelf with histories, by ascending id, added or in the place of older
// ones.
func (s *shelf) put(list []*history) []leaf {
	if len(list) == 0 {
		return s.leaves
	}
	leaves := make([]leaf, 0, len(s.leaves)+len(list)/fullLeaf+1)
	done := 0
	for len(list) > 0 {
		i := s.leafOf(list[0].id)
		leaves = append(leaves, s.leaves[done:i]...)
		var old []entry
		mine := len(list)
		if i < len(s.leaves) {
			old = s.leaves[i].list
		}
		if i+1 < len(s.leaves) {
			next := s.leaves[i+1].first
			mine, _ = slices.BinarySearchFunc(list, next, func(h *history, id uuid.UUID) int { return compareIDs(h.id, id) })
		}
		leaves = appendLeaves(leaves, merged(old, list[:mine]))
		list, done = list[mine:], i+1
	}
	return append(leaves, s.leaves[min(done, len(s.leaves)):]...)
}

// merged is the list of a leaf with histories added or replaced.
func merged(old []entry, list []*history) []entry {
	p := make([]entry, 0, len(old)+len(list))
	for _, h := range list {
		i, found := slices.BinarySearchFunc(old, h.id, entry.compare)
		p = append(p, old[:i]...)
		p = append(p, entry{h.id, h})
		if found {
			i++
		}
		old = old[i:]
	}
	return append(p, old...)
}

// appendLeaves divides what has become too long into leaves of like length.
func appendLeaves(leaves []leaf, p []entry) []leaf {
	parts := (len(p) + fullLeaf - 1) / fullLeaf
	for ; parts > 1; parts-- {
		n := len(p) / parts
		leaves = append(leaves, leaf{p[0].id, slices.Clip(p[:n])})
		p = p[n:]
	}
	return append(leaves, leaf{p[0].id, p})
}
