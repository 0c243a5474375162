package itsm

import "slices"

// table is what a lifecycle's rows do to a record as far as verification goes: in
// which states they move it, and which of the fields that some row requires they
// ask for and fill.
type table struct {
	fields []string // that some row requires; their places are the numbers in a set
	from   map[State][]*move
}

// move is a row as it leads from one state to one other, or to the same.
type move struct {
	name        string
	from, to    State
	needs, sets set
}

func newTable[R any](lc *Lifecycle[R]) *table {
	t := &table{fields: requiredFields(lc.def.Transitions), from: make(map[State][]*move)}
	for _, row := range lc.def.Transitions {
		needs, sets := t.set(row.Requires), t.set(row.Sets)
		for _, from := range row.From {
			for _, to := range row.targets(from) {
				t.from[from] = append(t.from[from], &move{row.Name, from, to, needs, sets})
			}
		}
	}
	return t
}

func requiredFields[R any](rows []Transition[R]) []string {
	var list []string
	for _, row := range rows {
		for _, f := range row.Requires {
			if !slices.Contains(list, f) {
				list = append(list, f)
			}
		}
	}
	return list
}

// set is the set of some fields, without those that no row requires.
func (t *table) set(fields []string) set {
	var s set
	for _, f := range fields {
		if i := slices.Index(t.fields, f); i >= 0 {
			s[i/64] |= 1 << (i % 64)
		}
	}
	return s
}

// missing lists the fields that are not in a set, each once.
func (t *table) missing(fields []string, filled set) []string {
	var list []string
	for _, f := range fields {
		if !filled.has(t.set([]string{f})) && !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

// node is a state with what a record has filled in it.
type node struct {
	state  State
	filled set
	parent int   // place of the node it was reached from; -1: a start
	by     *move // how
	stale  bool  // another node of the state has filled all this and more
	merged bool  // stands for several, of which none need be real: see add
}

// walk is where one can get to from some nodes.
type walk struct {
	nodes []node
	at    map[State][]int // the places of a state's nodes, without stale ones
	todo  []int
}

func (w *walk) reached(s State) bool { return len(w.at[s]) > 0 }

// explore walks wherever the table leads. Commands only ever fill fields and
// requirements only ever ask for filled ones, so of two nodes of a state of which
// one has filled all that the other has, only the fuller one matters. Going deep
// first, the walk soon has nodes that are full and leaves all others out. It ends
// early in a state that enough says yes to.
func (t *table) explore(start []node, enough func(State) bool) *walk {
	w := &walk{at: make(map[State][]int)}
	for _, n := range start {
		w.add(node{state: n.state, filled: n.filled, parent: -1, merged: n.merged})
	}
	for len(w.todo) > 0 {
		i := w.todo[len(w.todo)-1]
		w.todo = w.todo[:len(w.todo)-1]
		n := w.nodes[i]
		if n.stale {
			continue
		}
		if enough(n.state) {
			break
		}
		for _, m := range t.from[n.state] {
			if n.filled.has(m.needs) {
				w.add(node{state: m.to, filled: n.filled.with(m.sets), parent: i, by: m, merged: n.merged})
			}
		}
	}
	return w
}

// crowd is how many nodes of one state a walk tells apart.
const crowd = 32

// add takes a node in unless it brings nothing new. Telling apart all ways of
// filling fields in a lifecycle made to be difficult is as hard as satisfiability;
// when a state gets crowded, its nodes are merged into one that has filled all they
// have. That may overlook a defect, and never invents one.
func (w *walk) add(n node) {
	live := w.at[n.state][:0:0]
	for _, i := range w.at[n.state] {
		switch old := &w.nodes[i]; {
		case old.filled.has(n.filled):
			return
		case n.filled.has(old.filled):
			old.stale = true
		default:
			live = append(live, i)
		}
	}
	if len(live) >= crowd {
		for _, i := range live {
			n.filled = n.filled.with(w.nodes[i].filled)
			w.nodes[i].stale = true
		}
		live, n.merged = live[:0], true
	}
	w.at[n.state] = append(live, len(w.nodes))
	w.todo = append(w.todo, len(w.nodes))
	w.nodes = append(w.nodes, n)
}

// set is a small set of numbers.
type set [maxRequired / 64]uint64

// maxRequired is how many different fields the rows of a lifecycle may require.
const maxRequired = 256

// has reports whether s includes all of u.
func (s *set) has(u set) bool {
	for i := range u {
		if u[i]&^s[i] != 0 {
			return false
		}
	}
	return true
}

func (s set) with(u set) set {
	for i := range u {
		s[i] |= u[i]
	}
	return s
}

func (s set) and(u set) set {
	for i := range u {
		s[i] &= u[i]
	}
	return s
}
