package config

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/google/uuid"
)

// none stands where there is no CI, and no group.
const none uint32 = math.MaxUint32

// idTable finds the place of an id in a list, faster than a map as it holds places
// only. It gives up on an id for which it would have to look too far, whatever the
// ids are that somebody made up, and leaves it to a map.
type idTable struct {
	ids   []uuid.UUID
	slots []uint32 // a place and one; 0: free
	shift uint
	rest  map[uuid.UUID]uint32
}

// farthest is how many slots are looked at.
const farthest = 24

func newIDTable(ids []uuid.UUID) *idTable {
	size := max(bits.Len(uint(len(ids))), 3) + 1
	t := &idTable{ids: ids, slots: make([]uint32, 1<<size), shift: uint(64 - size)}
	return t
}

func (t *idTable) first(id *uuid.UUID) uint64 {
	a, b := binary.LittleEndian.Uint64(id[:8]), binary.LittleEndian.Uint64(id[8:])
	x := a*0x9E3779B97F4A7C15 ^ bits.RotateLeft64(b*0xC2B2AE3D27D4EB4F, 29)
	x ^= x >> 32
	return (x * 0xD6E8FEB86659FD93) >> t.shift
}

// add puts in the id at a place, unless the same id is in; it gives the place of
// the one that is.
func (t *idTable) add(place uint32) uint32 {
	id := &t.ids[place]
	at, mask := t.first(id), uint64(len(t.slots)-1)
	for i := range uint64(farthest) {
		slot := &t.slots[(at+i)&mask]
		if *slot == 0 {
			*slot = place + 1
			return place
		}
		if t.ids[*slot-1] == *id {
			return *slot - 1
		}
	}
	if other, in := t.rest[*id]; in {
		return other
	}
	if t.rest == nil {
		t.rest = map[uuid.UUID]uint32{}
	}
	t.rest[*id] = place
	return place
}

// find is the place of an id; none: it is not in.
func (t *idTable) find(id *uuid.UUID) uint32 {
	at, mask := t.first(id), uint64(len(t.slots)-1)
	for i := range uint64(farthest) {
		slot := t.slots[(at+i)&mask]
		if slot == 0 {
			return none
		}
		if t.ids[slot-1] == *id {
			return slot - 1
		}
	}
	if place, in := t.rest[*id]; in {
		return place
	}
	return none
}

// idKey is an id to sort by.
type idKey struct {
	high, low uint64
	place     uint32
}

func keyOf(id *uuid.UUID, place uint32) idKey {
	return idKey{binary.BigEndian.Uint64(id[:8]), binary.BigEndian.Uint64(id[8:]), place}
}

func compareKeys(a, b idKey) int {
	switch {
	case a.high < b.high:
		return -1
	case a.high > b.high:
		return 1
	}
	return cmp.Or(cmp.Compare(a.low, b.low), cmp.Compare(a.place, b.place))
}

// sortKeys sorts keys. Most ids are drawn, and so fall by their first bits into many
// small parts, each of which is soon sorted.
func sortKeys(keys []idKey) []idKey {
	if slices.IsSortedFunc(keys, compareKeys) {
		return keys
	}
	first := min(bits.Len(uint(len(keys))), 16)
	part := func(k idKey) uint64 { return k.high >> (64 - first) }
	ends := make([]uint32, 1<<first+1) // of the part before each, until it is filled
	for _, k := range keys {
		ends[part(k)+1]++
	}
	for i := range ends[1:] {
		ends[i+1] += ends[i]
	}
	sorted := make([]idKey, len(keys))
	for _, k := range keys {
		end := &ends[part(k)]
		sorted[*end] = k
		*end++
	}
	start := uint32(0)
	for _, end := range ends {
		slices.SortFunc(sorted[start:end], compareKeys)
		start = end
	}
	return sorted
}
