package itsm

import "slices"

// witness finds the ways to the states of findings.
type witness struct {
	*table
	walk     *walk
	patience int              // how many steps its searches still try, all together
	paths    map[State][]Step // those found before
}

func newWitness(t *table, w *walk) *witness {
	return &witness{t, w, 100_000, make(map[State][]Step)}
}

// path is the shortest way to a state, nil when there is none; see [Finding].
func (t *witness) path(to State) []Step {
	path, known := t.paths[to]
	if known || !t.walk.reached(to) {
		return path
	}
	way, found := t.shortest(to)
	if !found {
		way = t.shortened(to)
	}
	if way != nil {
		path = make([]Step, len(way))
		for i, m := range way {
			path[i] = Step{m.name, m.to}
		}
	}
	t.paths[to] = path
	return path
}

// shortest searches breadth first, through nothing but what can matter for getting
// there. It gives up when it has lost patience.
func (t *witness) shortest(to State) (way []*move, found bool) {
	useful, matters := t.towards(to)
	type place struct {
		state  State
		filled set
	}
	type reached struct {
		place
		parent int
		by     *move
	}
	queue := []reached{{place{state: None}, -1, nil}}
	seen := map[place]bool{queue[0].place: true}
	for i := 0; i < len(queue) && t.patience > 0; i++ {
		at := queue[i]
		if at.state == to {
			way := []*move{}
			for ; queue[i].parent >= 0; i = queue[i].parent {
				way = append(way, queue[i].by)
			}
			slices.Reverse(way)
			return way, true
		}
		for _, m := range t.from[at.state] {
			t.patience--
			next := place{m.to, at.filled.with(m.sets.and(matters))}
			if useful[m.to] && at.filled.has(m.needs) && !seen[next] {
				seen[next] = true
				queue = append(queue, reached{next, i, m})
			}
		}
	}
	return nil, false
}

// towards is the states from which arrows lead to one, and the fields that matter
// on the way.
func (t *witness) towards(to State) (useful map[State]bool, matters set) {
	useful = map[State]bool{to: true}
	for grown := true; grown; {
		grown = false
		for from, moves := range t.from {
			leads := slices.ContainsFunc(moves, func(m *move) bool { return useful[m.to] })
			if leads && !useful[from] {
				useful[from], grown = true, true
			}
		}
	}
	for _, moves := range t.from {
		for _, m := range moves {
			if useful[m.to] {
				matters = matters.with(m.needs)
			}
		}
	}
	return useful, matters
}

// shortened is the way that a walk happened to take, without the detours that can
// be left out. It is nil when the walk merged nodes on it.
func (t *witness) shortened(to State) []*move {
	nodes, i := t.walk.nodes, t.walk.at[to][0]
	if nodes[i].merged {
		return nil
	}
	var way []*move
	for ; nodes[i].parent >= 0; i = nodes[i].parent {
		way = append(way, nodes[i].by)
	}
	slices.Reverse(way)
	for from := 0; from < len(way); from++ {
		for end := len(way); end > from; end-- {
			if way[end-1].to != way[from].from {
				continue // not a detour: it does not come back
			}
			if without := slices.Delete(slices.Clone(way), from, end); open(without) {
				way = without
				end = len(way) + 1
			}
		}
	}
	return way
}

// open reports whether each move finds what it needs.
func open(way []*move) bool {
	var filled set
	for _, m := range way {
		if !filled.has(m.needs) {
			return false
		}
		filled = filled.with(m.sets)
	}
	return true
}
