package config

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config/topology"
)

// part is some CIs of a graph as a topology of their own.
type part struct {
	w    *walker
	list []uint32 // by id
	t    *topology.Topology
}

// part holds the steps of the walk between some CIs, which are listed by id.
func (w *walker) part(list []uint32) *part {
	local := newTally(w.g.size())
	for i, v := range list {
		local.set(v, uint32(i+1))
	}
	var edges []topology.Edge
	for i, v := range list {
		w.each(v, false, func(s step) {
			if to := local.get(s.node); to > 0 {
				edges = append(edges, topology.Edge{From: uint32(i), To: to - 1})
			}
		})
	}
	t, err := topology.New(len(list), edges, nil)
	if err != nil { // more edges than there can be
		t, _ = topology.New(len(list), nil, nil)
	}
	return &part{w, list, t}
}

func (p *part) path(local []uint32) *Path {
	list := make([]uint32, len(local))
	for i, v := range local {
		list[i] = p.list[v]
	}
	return p.w.path(list)
}

// round is the path along a cycle.
func (p *part) round(cycle []uint32) *Path { return p.path(append(slices.Clip(cycle), cycle[0])) }

func (p *part) ids(local []uint32) []uuid.UUID {
	ids := make([]uuid.UUID, len(local))
	for i, v := range local {
		ids[i] = p.w.g.id(p.list[v])
	}
	return ids
}

// Topology is the shape of the graph as a walk sees it, and the CIs by the numbers
// that they have there, for all that can be asked of a [topology.Topology]. It does not look at
// MaxDistance.
func (g *Graph) Topology(o *WalkOptions) (*topology.Topology, []uuid.UUID, error) {
	w, err := g.walker(o)
	if err != nil {
		return nil, nil, err
	}
	p := w.part(g.live())
	return p.t, g.ids(p.list), nil
}

// Path is a shortest way from one CI to another as [Walk.Path] gives it; nil: there is
// none.
func (g *Graph) Path(from, to uuid.UUID, o *WalkOptions) (*Path, error) {
	w, list, err := g.ends(from, to, o)
	if err != nil {
		return nil, err
	}
	return w.walk(list[:1], list[1]).Path(to), nil
}

func (g *Graph) ends(from, to uuid.UUID, o *WalkOptions) (*walker, []uint32, error) {
	w, err := g.walker(o)
	if err != nil {
		return nil, nil, err
	}
	list := []uint32{g.find(from), g.find(to)}
	for i, field := range []string{"from", "to"} {
		if list[i] == none {
			return nil, nil, &itsm.FieldError{Field: field, Problem: []uuid.UUID{from, to}[i].String() + " is not in the graph"}
		}
	}
	return w, list, nil
}

// Paths lists simple ways from one CI to another, which come to no CI twice: short
// ones first, then those with the smallest ids first, at most so many. MaxDistance
// limits their length. More says that there are more. It takes what
// [topology.Topology.Paths] does, on the CIs that are near enough to both ends.
func (g *Graph) Paths(from, to uuid.UUID, limit int, o *WalkOptions) (paths []*Path, more bool, err error) {
	w, list, err := g.ends(from, to, o)
	if err != nil {
		return nil, false, err
	}
	reached := w.walk(list[:1], none)
	if reached.at.get(list[1]) == 0 {
		return nil, false, nil
	}
	near := slices.Clone(reached.queue)
	g.sort(g.sorter(), near)
	p := w.part(near)
	most := w.most
	if most == 0 {
		most = len(near)
	}
	at := func(v uint32) uint32 {
		i, _ := slices.BinarySearchFunc(near, v, g.compare)
		return uint32(i)
	}
	found, err := p.t.Paths(at(list[0]), at(list[1]), most, limit)
	if err != nil {
		return nil, false, err
	}
	for _, local := range found.List {
		paths = append(paths, p.path(local))
	}
	return paths, found.More, nil
}

// Order lists the CIs in levels: what a CI needs is in earlier levels than it, so it
// is an order in which to start them. Within a level they go by id. Where CIs need
// each other in a circle there is none; the error is then a [*LoopError]. A circle with
// a soft relation is no obstacle to a walk that is [WalkOptions.Hard]. Options that
// walk another way put first what the walk comes to last.
func (g *Graph) Order(o *WalkOptions) ([][]uuid.UUID, error) {
	w, err := g.walker(o)
	if err != nil {
		return nil, err
	}
	p := w.part(g.live())
	order, err := p.t.Reverse().Order()
	if err != nil {
		return nil, &LoopError{p.cycles()}
	}
	levels := make([][]uuid.UUID, order.Len())
	for i := range levels {
		levels[i] = p.ids(order.Level(i))
	}
	return levels, nil
}

// Cycle is some CIs from each of which the walk leads to each other one.
type Cycle struct {
	CIs []uuid.UUID // all of them, by id

	// Witness is a minimal way round: among any part of its CIs there is none. Of an
	// undeclared cycle it has an undeclared relation, and among any part of its CIs there
	// is no way round with one. It begins and ends at the CI with the smallest id.
	//
	// It is found among the CIs of a shortest way round through the first of all CIs, or
	// through the first of the undeclared relations, and is the shortest there. So it is
	// no longer than that one, but elsewhere there may be a shorter one.
	Witness *Path
}

// Cycles lists the cycles of the graph as a walk sees it, which without options is
// who needs whom: by the first CI of each. What is on several that share a CI is in
// one of them.
func (g *Graph) Cycles(o *WalkOptions) ([]Cycle, error) {
	w, err := g.walker(o)
	if err != nil {
		return nil, err
	}
	return w.part(g.live()).cycles(), nil
}

func (p *part) cycles() []Cycle {
	components := p.t.Components()
	var list []Cycle
	for i := range components.AllCyclic() {
		list = append(list, Cycle{p.ids(components.Part(i)), p.round(components.Cycle(i))})
	}
	sortCycles(list)
	return list
}

func sortCycles(list []Cycle) {
	slices.SortFunc(list, func(a, b Cycle) int { return slices.Compare(a.CIs[0][:], b.CIs[0][:]) })
}

// UndeclaredCycles lists the cycles of who needs whom with a relation whose type does
// not say that cycles are meant (R22), by the first CI of each.
func (g *Graph) UndeclaredCycles() []Cycle {
	w := &walker{g: g, way: ToSuppliers, undeclared: true}
	p := w.part(g.live())
	components := p.t.Components()
	var list []Cycle
	for i := range components.AllCyclic() {
		if round := p.undeclared(components, i); round != nil {
			list = append(list, Cycle{p.ids(components.Part(i)), round})
		}
	}
	sortCycles(list)
	return list
}

// undeclared is a minimal way round with a relation that should not be on any: among the
// CIs of a shortest one through the first such relation of a component.
func (p *part) undeclared(components *topology.Components, i int) *Path {
	for _, v := range components.Part(i) {
		to := none
		p.w.each(p.list[v], false, func(s step) {
			if p.w.g.declares(s) {
				return
			}
			local, _ := slices.BinarySearchFunc(p.list, s.node, p.w.g.compare)
			if w := uint32(local); components.Of(w) == uint32(i) {
				to = min(to, w)
			}
		})
		if to != none {
			back, _ := p.t.Path(to, v)
			return p.round(p.least(back))
		}
	}
	return nil
}

// least is the shortest cycle with an undeclared relation among the CIs of a shortest
// way, from whose end such a relation leads back to its beginning. As where a topology
// looks for a minimal cycle, those among them are a stretch of the way and one relation
// back.
func (p *part) least(way []uint32) []uint32 {
	at := make(map[uint32]int, len(way))
	for i, v := range way {
		at[p.list[v]] = i
	}
	undeclared := make([]int, len(way)) // how many undeclared steps lead up to each
	steps := func(do func(i, j int, undeclared bool)) {
		for i, v := range way {
			p.w.each(p.list[v], false, func(s step) {
				if j, on := at[s.node]; on {
					do(i, j, !p.w.g.declares(s))
				}
			})
		}
	}
	steps(func(i, j int, is bool) {
		if is && j == i+1 {
			undeclared[j] = 1
		}
	})
	for i := range undeclared[1:] {
		undeclared[i+1] += undeclared[i]
	}
	first, last := 0, len(way)-1
	steps(func(i, j int, is bool) {
		if j <= i && i-j < last-first && (is || undeclared[i] > undeclared[j]) {
			first, last = j, i
		}
	})
	cycle := way[first : last+1]
	smallest := slices.Index(cycle, slices.Min(cycle))
	return slices.Concat(cycle[smallest:], cycle[:smallest])
}

// LoopError says that CIs need each other in circles, and which. It matches
// [itsm.ErrInvalid].
type LoopError struct {
	Cycles []Cycle
}

func (e *LoopError) Error() string {
	if len(e.Cycles) == 0 || e.Cycles[0].Witness == nil {
		return fmt.Sprintf("%d cycles", len(e.Cycles))
	}
	round := e.Cycles[0].Witness.CIs
	text := fmt.Sprintf("%d cycles", len(e.Cycles))
	if len(e.Cycles) == 1 {
		text = "1 cycle"
	}
	text += "; the first: " + round[0].String()
	const most = 8
	for i, id := range round[1:] {
		if i == most && len(round) > most+3 { // not for one
			return text + fmt.Sprintf(" → … %d more → %s", len(round)-2-most, round[0])
		}
		text += " → " + id.String()
	}
	return text
}

// Unwrap makes errors.Is(err, itsm.ErrInvalid) true.
func (e *LoopError) Unwrap() error { return itsm.ErrInvalid }

// Cut is a CI without which what hangs together falls apart.
type Cut struct {
	CI    uuid.UUID
	Parts int // into how many, two or more
}

// Cuts lists the articulation points of the graph, whatever the direction of its
// relations, by id. Types limit it to some types. It is another view than
// [Graph.SinglePoints]: it knows neither who needs whom nor of groups.
func (g *Graph) Cuts(types ...string) ([]Cut, error) {
	t, ids, err := g.Topology(&WalkOptions{Way: Forward, Types: types})
	if err != nil {
		return nil, err
	}
	var list []Cut
	for _, c := range t.Cuts().Points {
		list = append(list, Cut{ids[c.Node], c.Parts})
	}
	return list, nil
}
