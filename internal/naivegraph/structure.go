package naivegraph

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config/topology"
)

// checkPartition compares parts, in whatever order, told by the nodes of each.
func (g *graph) checkPartition(p *topology.Partition, together func(v, w uint32) bool) error {
	nodes := 0
	for i := range p.Len() {
		list := p.Part(i)
		if len(list) == 0 || !slices.IsSorted(list) {
			return fmt.Errorf("part %d is %v", i, list)
		}
		for _, v := range list {
			if p.Of(v) != uint32(i) {
				return fmt.Errorf("%d is in part %d and says %d", v, i, p.Of(v))
			}
		}
		nodes += len(list)
	}
	for v := range uint32(g.n) {
		for w := range uint32(g.n) {
			if together(v, w) != (p.Of(v) == p.Of(w)) {
				return fmt.Errorf("%d is in part %d, %d in %d", v, p.Of(v), w, p.Of(w))
			}
		}
	}
	return same("nodes in parts", nodes, g.n)
}

func (g *graph) checkComponents(t *topology.Topology) error {
	reached := make([]map[uint32]int, g.n)
	for v := range reached {
		reached[v] = g.distances([]uint32{uint32(v)}, nothing, nothing)
	}
	c := t.Components()
	err := g.checkPartition(&c.Partition, func(v, w uint32) bool {
		_, there := reached[v][w]
		_, back := reached[w][v]
		return there && back
	})
	for _, e := range g.edges {
		if c.Of(e.From) < c.Of(e.To) {
			return fmt.Errorf("an edge leads from component %d to %d", c.Of(e.From), c.Of(e.To))
		}
	}
	var cyclic []int
	for i := range c.Len() {
		cycle := g.cycle(c.Part(i)[0])
		if cycle != nil {
			cyclic = append(cyclic, i)
			cycle = g.least(cycle)
			err = errors.Join(err, g.checkMinimal(c.Cycle(i)))
		}
		err = errors.Join(err, same(fmt.Sprint("cycle of ", i), c.Cycle(i), cycle), same(fmt.Sprint("cyclic ", i), c.Cyclic(i), cycle != nil))
	}
	return errors.Join(err, same("cyclic", slices.Collect(c.AllCyclic()), cyclic))
}

// checkMinimal asks that without any one of the nodes of a cycle there is none among the
// others.
func (g *graph) checkMinimal(cycle []uint32) error {
	for _, without := range cycle {
		rest := &graph{n: g.n}
		for _, e := range g.edges {
			if e.From != without && e.To != without && slices.Contains(cycle, e.From) && slices.Contains(cycle, e.To) {
				rest.edges = append(rest.edges, e)
			}
		}
		for _, v := range cycle {
			if smaller := rest.cycle(v); smaller != nil {
				return fmt.Errorf("the cycle %v is not minimal: %v is one", cycle, smaller)
			}
		}
	}
	return nil
}

func (g *graph) checkConnected(t *topology.Topology) error {
	_, least := g.parts(nothing, nothing)
	p := t.Connected()
	err := g.checkPartition(p, func(v, w uint32) bool { return least[v] == least[w] })
	for i := 1; i < p.Len(); i++ {
		if p.Part(i - 1)[0] >= p.Part(i)[0] {
			return fmt.Errorf("parts %d and %d are out of order", i-1, i)
		}
	}
	return err
}

func (g *graph) checkOrder(t *topology.Topology) error {
	cyclic := false
	for v := range uint32(g.n) {
		cyclic = cyclic || g.cycle(v) != nil
	}
	order, err := t.Order()
	if cyclic {
		var e *topology.CycleError
		if !errors.As(err, &e) || !errors.Is(err, itsm.ErrInvalid) {
			return fmt.Errorf("error is %v, want one about cycles", err)
		}
		return g.checkPartition(&e.Components.Partition, func(v, w uint32) bool { return t.Components().Of(v) == t.Components().Of(w) })
	}
	if err != nil {
		return err
	}
	at := make(map[uint32]int)
	for v := range uint32(g.n) {
		g.level(v, at)
	}
	return checkLevels(order, levels(at))
}

func (g *graph) checkDominators(t *topology.Topology, roots []uint32) error {
	d, err := t.Dominators(roots)
	if err != nil {
		return err
	}
	reached := g.distances(roots, nothing, nothing)
	chains := make(map[uint32][]uint32) // what is reached through it only
	counts := make(map[uint32]int)
	for v := range reached {
		without := g.distances(roots, int(v), nothing)
		for w := range reached {
			if _, still := without[w]; !still {
				chains[w] = append(chains[w], v)
				counts[v]++
			}
		}
	}
	tree := d.Tree()
	for v := range uint32(g.n) {
		chain := chains[v]
		// Whoever dominates more of them comes first.
		slices.SortFunc(chain, func(a, b uint32) int { return cmp.Compare(len(chains[a]), len(chains[b])) })
		above := topology.None
		if len(chain) > 1 {
			above = chain[len(chain)-2]
		}
		var children []uint32
		for w := range uint32(g.n) {
			if c := chains[w]; len(c) > 1 && slices.Contains(c, v) && len(c) == len(chain)+1 {
				children = append(children, w)
			}
		}
		var parent []uint32
		if above != topology.None {
			parent = []uint32{above}
		}
		_, there := reached[v]
		err = errors.Join(err,
			same(fmt.Sprint("chain to ", v), d.Chain(v), chain),
			same(fmt.Sprint("above ", v), d.Above(v), above),
			same(fmt.Sprint("count of ", v), d.Count(v), counts[v]),
			same(fmt.Sprint("reached ", v), d.Reached(v), there),
			same(fmt.Sprint("in the tree after ", v), tree.Out(v), children),
			same(fmt.Sprint("in the tree before ", v), tree.In(v), parent))
	}
	return err
}

func (g *graph) checkCuts(t *topology.Topology) error {
	whole, _ := g.parts(nothing, nothing)
	want := topology.Cuts{}
	for v := range g.n {
		if parts, _ := g.parts(v, nothing); parts > whole {
			want.Points = append(want.Points, topology.CutPoint{Node: uint32(v), Parts: parts - whole + 1})
		}
	}
	for i, e := range g.edges {
		if parts, _ := g.parts(nothing, i); parts > whole {
			want.Bridges = append(want.Bridges, e)
		}
	}
	slices.SortFunc(want.Bridges, func(a, b topology.Edge) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return same("cuts", *t.Cuts(), want)
}
