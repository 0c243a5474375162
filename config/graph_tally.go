package config

// tally keeps a number for some nodes out of many, 0 for the others. What it costs
// is in proportion to how many have one: it hashes while they are few and has a
// place for each node once they are many.
type tally struct {
	limit int      // nodes are below
	many  []uint32 // by node; nil: still few
	key   []uint32 // a node and one; 0: free
	value []uint32
	used  int
	shift uint
}

// fewest is how many slots it begins with; manyOf is from which share of all on
// there are many.
const (
	fewest = 64
	manyOf = 32
)

func newTally(limit int) *tally {
	t := &tally{limit: limit}
	if limit <= 4*fewest {
		t.many = make([]uint32, limit)
	} else {
		t.key, t.value, t.shift = make([]uint32, fewest), make([]uint32, fewest), 32-6
	}
	return t
}

// slot is where a node is, or would be.
func (t *tally) slot(v uint32) int {
	mask := len(t.key) - 1
	at := int((v * 0x9E3779B1) >> t.shift)
	for t.key[at] != 0 && t.key[at] != v+1 {
		at = (at + 1) & mask
	}
	return at
}

// get is the number of a node.
func (t *tally) get(v uint32) uint32 {
	if t.many != nil {
		return t.many[v]
	}
	return t.value[t.slot(v)] // 0 in a free slot
}

// set gives a node its number.
func (t *tally) set(v, value uint32) {
	if t.many != nil {
		t.many[v] = value
		return
	}
	at := t.slot(v)
	if t.key[at] == 0 {
		if t.grow() {
			t.set(v, value)
			return
		}
		t.key[at] = v + 1
		t.used++
	}
	t.value[at] = value
}

// increase adds one to the number of a node and gives the sum.
func (t *tally) increase(v uint32) uint32 {
	n := t.get(v) + 1
	t.set(v, n)
	return n
}

// grow makes room when there is little, and reports whether slots have moved.
func (t *tally) grow() bool {
	if 2*t.used < len(t.key) {
		return false
	}
	keys, values := t.key, t.value
	if t.used > t.limit/manyOf {
		t.many = make([]uint32, t.limit)
		t.key, t.value = nil, nil
	} else {
		t.key, t.value = make([]uint32, 2*len(keys)), make([]uint32, 2*len(keys))
		t.shift--
	}
	for i, k := range keys {
		if k == 0 {
			continue
		}
		if t.many != nil {
			t.many[k-1] = values[i]
		} else {
			at := t.slot(k - 1)
			t.key[at], t.value[at] = k, values[i]
		}
	}
	return true
}
