package config

import (
	"bytes"
	"encoding/binary"
	"iter"
	"slices"

	"github.com/google/uuid"
)

// shelf is the histories of many CIs or relations by ascending id, as a tree of which
// all leaves are equally deep: another with one more history copies one branch of each
// depth and shares the rest.
type shelf struct {
	top   branch
	facts int
}

// branch is a leaf of some histories, or some branches; only the top of an empty shelf
// is of nothing. The ids stand by themselves, so that a search reads little memory, and
// that in a row.
type branch struct {
	ids   []uuid.UUID // of the histories, or the first of each branch; ascending
	list  []history   // of a leaf
	below []branch    // of another
}

// fullBranch is how much is in a branch at most. It weighs the copying of branches
// against their depth.
const fullBranch = 32

// history is what was said of one CI or relation, by attribute. All of it but what was
// recorded long before the rest of the same attribute stands in two rows, so that
// reading every attribute as of a point is reading memory forward.
type history struct {
	id     uuid.UUID
	names  []string // of the attributes, ascending; those of one class mostly share them
	newest []newest // of each
	rest   []said   // of each the few recorded before, the latest first
}

// newest is what was said last of an attribute.
type newest struct {
	said
	end    int   // where of the rest ends what is of the attribute
	before *tree // what was recorded before that
}

func (h history) compare(id uuid.UUID) int { return compareIDs(h.id, id) }

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

// attributes are those of which something was said; of nil none.
func (h *history) attributes() []string {
	if h == nil {
		return nil
	}
	return h.names
}

// about is the place of an attribute of which something was said.
func (h *history) about(attribute string) (int, bool) {
	return slices.BinarySearch(h.attributes(), attribute)
}

// of is what was said of the attribute at a place.
func (h *history) of(i int) sayings {
	n := &h.newest[i]
	start := 0
	if i > 0 {
		start = h.newest[i-1].end
	}
	return sayings{&n.said, h.rest[start:n.end], n.before}
}

// believed is of what was said of the attribute at a place the latest that was recorded
// by then and holds at the time; nil: none does.
func (h *history) believed(i int, valid, recorded int64) *said {
	if n := &h.newest[i]; n.recorded <= recorded && n.holds(valid) {
		return &n.said
	}
	return h.of(i).earlier(valid, recorded)
}

// upTo is how many ids are not above one. It goes through them, as that costs no more
// than halving them, and much less where they come from memory.
func upTo(ids []uuid.UUID, id uuid.UUID) int {
	high, low := halves(id)
	for i := range ids {
		if h, l := halves(ids[i]); h > high || h == high && l > low {
			return i
		}
	}
	return len(ids)
}

func halves(id uuid.UUID) (high, low uint64) {
	return binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:])
}

// find is the history of an id; nil if there is none.
func (s *shelf) find(id uuid.UUID) *history {
	b := &s.top
	for {
		i := upTo(b.ids, id) - 1
		switch {
		case i < 0:
			return nil
		case b.below != nil:
			b = &b.below[i]
		case b.ids[i] != id:
			return nil
		default:
			return &b.list[i]
		}
	}
}

// all are the histories by id.
func (s *shelf) all() iter.Seq[*history] {
	return func(yield func(*history) bool) { s.top.each(yield) }
}

func (b *branch) each(yield func(*history) bool) bool {
	for i := range b.list {
		if !yield(&b.list[i]) {
			return false
		}
	}
	for i := range b.below {
		if !b.below[i].each(yield) {
			return false
		}
	}
	return true
}

// put is the shelf with histories, by ascending id, added or in the place of older
// ones.
func (s *shelf) put(list []history) branch {
	if len(list) == 0 {
		return s.top
	}
	top := s.top.put(list)
	for len(top) > 1 {
		top = branches(top)
	}
	return top[0]
}

// put are the branches in the place of one, of the same depth.
func (b *branch) put(list []history) []branch {
	if b.below == nil {
		return leaves(merged(b.list, list))
	}
	below := make([]branch, 0, len(b.below)+len(list)/fullBranch+1)
	for i := range b.below {
		mine := len(list)
		if i+1 < len(b.below) {
			mine, _ = slices.BinarySearchFunc(list, b.ids[i+1], history.compare)
		}
		if mine == 0 {
			below = append(below, b.below[i])
		} else {
			below = append(below, b.below[i].put(list[:mine])...)
		}
		list = list[mine:]
	}
	return branches(below)
}

// merged is the list of a leaf with histories added or replaced.
func merged(old, list []history) []history {
	p := make([]history, 0, len(old)+len(list))
	for _, h := range list {
		i, found := slices.BinarySearchFunc(old, h.id, history.compare)
		p = append(append(p, old[:i]...), h)
		if found {
			i++
		}
		old = old[i:]
	}
	return append(p, old...)
}

func leaves(list []history) []branch {
	all := parts(list)
	nodes := make([]branch, len(all))
	for i, part := range all {
		nodes[i] = branch{ids: make([]uuid.UUID, len(part)), list: part}
		for j := range part {
			nodes[i].ids[j] = part[j].id
		}
	}
	return nodes
}

func branches(list []branch) []branch {
	all := parts(list)
	nodes := make([]branch, len(all))
	for i, part := range all {
		nodes[i] = branch{ids: make([]uuid.UUID, len(part)), below: part}
		for j := range part {
			nodes[i].ids[j] = part[j].ids[0]
		}
	}
	return nodes
}

// parts divides what has become too long for a branch into parts of like length, each
// a copy, so that none keeps the others in memory.
func parts[T any](list []T) [][]T {
	n := (len(list) + fullBranch - 1) / fullBranch
	if n == 1 {
		return [][]T{list}
	}
	all := make([][]T, 0, n)
	for ; n > 0; n-- {
		m := len(list) / n
		all = append(all, slices.Clone(list[:m]))
		list = list[m:]
	}
	return all
}
