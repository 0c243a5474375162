package config

import (
	"slices"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/config/topology"
)

// Apparent is a group of suppliers with some to spare of which one loss takes too
// many.
type Apparent struct {
	CI     uuid.UUID // that needs the group
	Need   Need
	Size   int
	Shared []SinglePoint // what its members share, by id; Takes lists the members
}

// ApparentRedundancy lists the groups of some CIs, or of all if none is given, that
// have some to spare, and yet a single CI whose loss leaves fewer than are needed:
// by CI, then by the name of the group. Of what takes too many only the nearest is
// listed: not what does so only by the loss of another that is, and of several that
// are lost with each other the one with the smallest id. A group is not said to
// share the CI that needs it.
//
// The impact of what is shared shows the way to each member.
func (g *Graph) ApparentRedundancy(of ...uuid.UUID) ([]Apparent, error) {
	list, err := g.findAll("of", of)
	if err != nil {
		return nil, err
	}
	if len(of) == 0 {
		list = g.live()
	}
	slices.SortFunc(list, g.compare)
	var result []Apparent
	for _, v := range slices.Compact(list) {
		for _, p := range g.groupsOf(v) {
			if g.group(p).soft() || g.group(p).spare() == 0 {
				continue
			}
			if shared := g.shared(p); len(shared) > 0 {
				q := g.group(p)
				result = append(result, Apparent{g.id(v), Need{q.name, int(q.need)}, int(q.size), shared})
			}
		}
	}
	return result, nil
}

// shared lists the nearest CIs that take too many of a group.
func (g *Graph) shared(group uint32) []SinglePoint {
	s := g.supportOfGroup(group)
	points, _ := s.points(nil)
	points = slices.DeleteFunc(points, func(v uint32) bool { return s.list[v] == g.group(group).ci })
	slices.SortFunc(points, func(a, b uint32) int { return g.compare(s.list[a], s.list[b]) })
	place := make(map[uint32]uint32, len(points))
	for i, v := range points {
		place[v] = uint32(i)
	}
	loses := make([]*topology.Set, len(points)) // which other points each point loses
	takes := make([][]uint32, len(points))
	for i, v := range points {
		loses[i] = topology.NewSet(len(points))
		for _, w := range s.fall(false, v) {
			if j, is := place[w]; is && w != v {
				loses[i].Add(j)
			}
		}
		for _, a := range s.needs.of(s.goal) {
			if s.failed[a.node] == s.round {
				takes[i] = append(takes[i], s.list[a.node])
			}
		}
	}
	var list []SinglePoint
	for i, v := range points {
		if nearest(loses, uint32(i)) {
			slices.SortFunc(takes[i], g.compare)
			list = append(list, SinglePoint{g.id(s.list[v]), g.ids(takes[i])})
		}
	}
	return list
}

// nearest reports whether a point loses no other, or only such as lose it too and
// come after it.
func nearest(loses []*topology.Set, i uint32) bool {
	for j := range loses[i].All() {
		if !loses[j].Has(i) || j < i {
			return false
		}
	}
	return true
}
