package topology

import (
	"iter"
	"math/bits"
	"slices"
)

// Set is a set of nodes, a bit for each. The zero Set is empty and ready to use; it
// grows with what is added. One that is nil is empty where it is only read. Reading one
// is safe for concurrent use, changing it is not.
type Set struct {
	words []uint64
}

// NewSet is an empty set that takes nodes below n without growing.
func NewSet(n int) *Set { return &Set{make([]uint64, wordsFor(n))} }

// all are the bits of a set.
func (s *Set) all() []uint64 {
	if s == nil {
		return nil
	}
	return s.words
}

// wordsFor is how many words have a bit for each node below n.
func wordsFor(n int) int { return n/64 + (n%64+63)/64 }

// Has reports whether v is in the set.
func (s *Set) Has(v uint32) bool {
	i, words := int(v/64), s.all()
	return i < len(words) && words[i]>>(v%64)&1 != 0
}

// Add puts v into the set and reports whether it was new.
func (s *Set) Add(v uint32) bool {
	i := int(v / 64)
	if i >= len(s.words) {
		s.words = append(s.words, make([]uint64, i+1-len(s.words))...)
	}
	old := s.words[i]
	s.words[i] = old | 1<<(v%64)
	return s.words[i] != old
}

// Remove takes v out of the set and reports whether it was in.
func (s *Set) Remove(v uint32) bool {
	if !s.Has(v) {
		return false
	}
	s.words[v/64] &^= 1 << (v % 64)
	return true
}

// Len is how many nodes are in the set. It counts them.
func (s *Set) Len() int {
	n := 0
	for _, w := range s.all() {
		n += bits.OnesCount64(w)
	}
	return n
}

// All yields the nodes in ascending order. The set must not change meanwhile.
func (s *Set) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i, w := range s.all() {
			for ; w != 0; w &= w - 1 {
				if !yield(uint32(i)*64 + uint32(bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}

// Clone is a copy that shares nothing.
func (s *Set) Clone() *Set { return &Set{slices.Clone(s.all())} }

// Or adds all nodes of o.
func (s *Set) Or(o *Set) {
	words := o.all()
	if len(words) > len(s.words) {
		s.words = append(s.words, make([]uint64, len(words)-len(s.words))...)
	}
	for i, w := range words {
		s.words[i] |= w
	}
}

// And leaves only the nodes that are in o too.
func (s *Set) And(o *Set) {
	words := o.all()
	for i := range s.words {
		if i < len(words) {
			s.words[i] &= words[i]
		} else {
			s.words[i] = 0
		}
	}
}

// AndNot takes out all nodes of o.
func (s *Set) AndNot(o *Set) {
	words := o.all()
	for i, w := range words[:min(len(words), len(s.words))] {
		s.words[i] &^= w
	}
}

// Equal reports whether both hold the same nodes.
func (s *Set) Equal(o *Set) bool {
	short, long := s.all(), o.all()
	if len(short) > len(long) {
		short, long = long, short
	}
	return slices.Equal(short, long[:len(short)]) &&
		!slices.ContainsFunc(long[len(short):], func(w uint64) bool { return w != 0 })
}

// Sorter sorts many lists of nodes, each free of duplicates: long ones through a bit
// for each node that there can be, which it keeps from list to list. It is not
// safe for concurrent use.
type Sorter struct {
	n    int
	bits []uint64 // all zero between two lists
}

// dense is from which share of all nodes on a list is sorted through a bit for
// each: reading 64 nodes' bits takes about as long as comparing two numbers, and a
// list of k takes about 30 k of that time.
const dense = 2048

// NewSorter sorts lists of nodes below n.
func NewSorter(n int) *Sorter { return &Sorter{n: n} }

// Sort sorts a list, ascending.
func (s *Sorter) Sort(list []uint32) {
	if len(list) <= s.n/dense || len(list) < 32 {
		slices.Sort(list)
		return
	}
	if s.bits == nil {
		s.bits = make([]uint64, wordsFor(s.n))
	}
	words := s.bits
	for _, v := range list {
		words[v/64] |= 1 << (v % 64)
	}
	k := 0
	for i, w := range words {
		if w == 0 {
			continue
		}
		words[i] = 0
		for base := uint32(i) * 64; w != 0; w &= w - 1 {
			list[k] = base + uint32(bits.TrailingZeros64(w))
			k++
		}
	}
}

// ranks finds the place of a node among the nodes of a set in ascending order, so
// that what is kept for each needs room for those in the set only.
type ranks struct {
	words  []uint64
	before []uint32 // how many nodes are in the words before
}

func newRanks(words []uint64) ranks {
	r := ranks{words, make([]uint32, len(words))}
	n := 0
	for i, w := range words {
		r.before[i] = uint32(n)
		n += bits.OnesCount64(w)
	}
	return r
}

func (r *ranks) has(v uint32) bool {
	i := int(v / 64)
	return i < len(r.words) && r.words[i]>>(v%64)&1 != 0
}

// of is the place of v, which must be in the set.
func (r *ranks) of(v uint32) uint32 {
	below := r.words[v/64] & (1<<(v%64) - 1)
	return r.before[v/64] + uint32(bits.OnesCount64(below))
}
