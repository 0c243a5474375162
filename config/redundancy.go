package config

import (
	"bytes"
	"slices"

	"github.com/google/uuid"
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
// The impact of what is shared shows the way to each member. It looks for it group by
// group, in all that the group needs at any distance.
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
//
// A point is the nearest if each point that is lost with it loses it as well. What it
// needs by a chain that has nothing to spare loses it, so it is at best one of several
// that are lost with each other, and need not be looked at; nor need what loses one
// that is listed.
func (g *Graph) shared(group uint32) []SinglePoint {
	s := g.supportOfGroup(group)
	points, _ := s.points(nil)
	points = slices.DeleteFunc(points, func(v uint32) bool { return s.list[v] == g.group(group).ci })
	slices.Sort(points) // the nearest first
	isPoint, doneBy := make([]bool, len(s.point)), make([]uint32, len(s.point))
	for _, v := range points {
		isPoint[v] = true
	}
	clear(s.point) // a loss is followed until one that is listed is lost
	var list []SinglePoint
	for _, v := range points {
		if doneBy[v] > 0 {
			continue
		}
		by := v + 1
		doneBy[v] = by
		s.certain(v, func(w uint32) bool {
			fresh := doneBy[w] == 0
			if fresh {
				doneBy[w] = by
			}
			return fresh
		})
		before := s.mark()
		listed := s.lose(v)
		together := slices.Clone(s.queue)
		var takes []uint32
		for _, a := range s.needs.of(s.goal) {
			if s.lost[a.node] {
				takes = append(takes, s.list[a.node])
			}
		}
		s.takeBack(before)
		if listed {
			continue
		}
		together = slices.DeleteFunc(together, func(w uint32) bool { return !isPoint[w] })
		s.point[v] = true // while it is asked whether each loses it too
		s.point[v] = !slices.ContainsFunc(together, func(w uint32) bool {
			if doneBy[w] == by {
				return false
			}
			mutual := s.lose(w)
			s.takeBack(before)
			return !mutual
		})
		if !s.point[v] {
			continue
		}
		for i, w := range together {
			together[i] = s.list[w]
		}
		slices.SortFunc(takes, g.compare)
		list = append(list, SinglePoint{g.id(slices.MinFunc(together, g.compare)), g.ids(takes)})
	}
	slices.SortFunc(list, func(a, b SinglePoint) int { return bytes.Compare(a.CI[:], b.CI[:]) })
	return list
}
