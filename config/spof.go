package config

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config/topology"
)

// SinglePoint is a CI whose loss alone loses others.
type SinglePoint struct {
	CI    uuid.UUID
	Takes []uuid.UUID // those of the CIs asked about that are lost with it, by id
}

// SinglePoints lists the single points of failure of some CIs, services for example:
// a CI is one when the others, or some of them, are in its [Graph.Impact]. What loses
// most of them comes first, then what has the smaller id. A CI is not listed for
// itself. [Graph.Impact] of the point says how.
//
// These are not the dominators of who needs whom: where k of n are enough, two lost
// members may be too many although no way leads through one of them alone. For each CI
// asked about, all that it needs at any distance is gone through some times, at worst
// as often as there are CIs in it.
func (g *Graph) SinglePoints(of ...uuid.UUID) ([]SinglePoint, error) {
	list, err := g.findAll("of", of)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, g.compare)
	list = slices.Compact(list)
	takes := map[uint32][]uint32{}
	for _, v := range list {
		s := g.supportOf(v, nil)
		points, _ := s.points(nil)
		for _, p := range points {
			takes[s.list[p]] = append(takes[s.list[p]], v)
		}
	}
	points := make([]uint32, 0, len(takes))
	for p := range takes {
		points = append(points, p)
	}
	slices.SortFunc(points, func(a, b uint32) int {
		return cmp.Or(-cmp.Compare(len(takes[a]), len(takes[b])), g.compare(a, b))
	})
	result := make([]SinglePoint, len(points))
	for i, p := range points {
		result[i] = SinglePoint{g.id(p), g.ids(takes[p])}
	}
	return result, nil
}

// RankOptions say how the CIs of a graph are ranked. Nil means the zero value.
type RankOptions struct {
	Criticalities []itsm.Level // the highest first; empty: high, medium, low
	Limit         int          // how many are listed; 0: all

	// MaxWork is how many lost CIs are looked at in all; 0: as many as there are. The
	// work is what each CI loses beyond another one that cannot do without it, which at
	// worst is the square of the graph's size.
	MaxWork int
}

// Weight is what the loss of a CI alone takes down.
type Weight struct {
	CI            uuid.UUID
	Lost          int   // other CIs
	Services      int   // of them
	Criticalities []int // of these services: how many of each level of [RankOptions], the highest first
}

// Ranking is the CIs whose loss alone loses others, the heaviest first.
type Ranking struct {
	List []Weight
	Left int // how many CIs were not looked at for [RankOptions.MaxWork]
}

// Rank lists the CIs whose loss alone loses others: those first that lose most
// services of the highest criticality, then of the next, then most services, then
// most CIs, then by id.
//
// CIs that need each other without anything to spare have the same impact, which is
// found once.
func (g *Graph) Rank(o *RankOptions) (*Ranking, error) {
	if o == nil {
		o = &RankOptions{}
	}
	if err := countsNotNegative(count{"limit", o.Limit}, count{"max_work", o.MaxWork}); err != nil {
		return nil, err
	}
	levels := o.Criticalities
	if len(levels) == 0 {
		levels = []itsm.Level{itsm.High, itsm.Medium, itsm.Low}
	}
	k := &ranker{g: g, w: &weigher{g, levels}, live: g.live(), loss: loss{lost: make([]bool, g.size()), hits: make([]uint32, g.groupCount())}}
	k.sum.Criticalities = make([]int, len(levels))
	together := g.together()
	for i := range together.Len() {
		k.parts = append(k.parts, together.Part(i))
	}
	k.rank(o.MaxWork)
	r := &Ranking{List: k.list, Left: len(k.live) - k.looked}
	slices.SortFunc(r.List, compareWeights)
	if o.Limit > 0 && len(r.List) > o.Limit {
		r.List = r.List[:o.Limit]
	}
	return r, nil
}

func compareWeights(a, b Weight) int {
	return cmp.Or(slices.Compare(b.Criticalities, a.Criticalities), cmp.Compare(b.Services, a.Services),
		cmp.Compare(b.Lost, a.Lost), slices.Compare(a.CI[:], b.CI[:]))
}

// together finds the CIs that need each other without anything to spare, by their
// places among all.
func (g *Graph) together() *topology.Components {
	live := g.live()
	place := newTally(g.size())
	for i, v := range live {
		place.set(v, uint32(i))
	}
	var edges []topology.Edge
	for i, v := range live {
		for _, d := range g.dependents(v) {
			if d.group == 0 || g.group(d.group-1).spare() == 0 {
				edges = append(edges, topology.Edge{From: uint32(i), To: place.get(d.node)})
			}
		}
	}
	t, err := topology.New(len(live), edges, nil)
	if err != nil { // more edges than there can be
		return (&topology.Topology{}).Components()
	}
	return t.Components()
}

type weigher struct {
	g      *Graph
	levels []itsm.Level
}

func (w *weigher) count(sum *Weight, v uint32, n int) {
	if !w.g.isService(v) {
		return
	}
	sum.Services += n
	if at := slices.Index(w.levels, w.g.criticalityOf(v)); at >= 0 {
		sum.Criticalities[at] += n
	}
}
