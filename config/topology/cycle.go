package topology

import (
	"fmt"
	"slices"

	"github.com/itsmkit/itsm"
)

// Cycle is a minimal cycle of a component: the edges among any part of its nodes have
// none. It starts at its smallest node, and from its last node an edge leads back. It
// is nil when there is none.
//
// It is found among the nodes of a shortest cycle through the smallest node of the
// component, of several the one with the smallest nodes first, and is the shortest among
// these, of several the first on the way round. So it is no longer than that one, but
// elsewhere in the component there may be a shorter one.
func (c *Components) Cycle(i int) []uint32 {
	if !c.Cyclic(i) {
		return nil
	}
	first := c.Part(i)[0]
	distance := c.back(i, first)
	cycle := []uint32{first}
	nearer := func(v uint32, than uint32) (next, at uint32) {
		next, at = None, than
		for _, w := range c.t.out.of(v) {
			if d, ok := distance[w]; ok && d < at {
				next, at = w, d
			}
		}
		return next, at
	}
	for v, d := nearer(first, None); d > 0; v, d = nearer(v, d) {
		cycle = append(cycle, v)
	}
	return c.least(cycle)
}

// least is the shortest cycle among the nodes of a shortest one through its first node.
//
// No edge leads from one of these nodes on to a later one but the next, or that cycle
// would not be a shortest one. So whatever cycle there is among them goes up node by
// node from its first on the way to its last, and from there by one edge back: the
// least of these edges closes one that has no other within.
func (c *Components) least(cycle []uint32) []uint32 {
	at := make(map[uint32]int, len(cycle))
	for i, v := range cycle {
		at[v] = i
	}
	first, last := 0, len(cycle)-1
	for i, v := range cycle {
		for _, w := range c.t.out.of(v) {
			if j, on := at[w]; on && j <= i && i-j < last-first {
				first, last = j, i
			}
		}
	}
	return fromSmallest(cycle[first : last+1])
}

// fromSmallest is a cycle that starts at its smallest node.
func fromSmallest(cycle []uint32) []uint32 {
	at := slices.Index(cycle, slices.Min(cycle))
	return slices.Concat(cycle[at:], cycle[:at])
}

// back walks against the edges from the first node of a component, within it, until
// it sees a node that an edge leads to from the first. It gives the distances to the
// first of all that are no farther than that one.
func (c *Components) back(i int, first uint32) map[uint32]uint32 {
	distance := map[uint32]uint32{first: 0}
	queue := []uint32{first}
	out := c.t.out.of(first)
	_, found := slices.BinarySearch(out, first)
	for begin, end := 0, 1; !found && begin < end; begin, end = end, len(queue) {
		for _, v := range queue[begin:end] {
			for _, u := range c.t.in.of(v) {
				if _, seen := distance[u]; seen || c.part[u] != uint32(i) {
					continue
				}
				distance[u] = distance[v] + 1
				queue = append(queue, u)
				if !found {
					_, found = slices.BinarySearch(out, u)
				}
			}
		}
	}
	return distance
}

// CycleError says that there is no topological order, and why: the components that
// have a cycle. It matches [itsm.ErrInvalid].
type CycleError struct {
	Components *Components
}

func (e *CycleError) Error() string {
	count, first := 0, -1
	for i := range e.Components.AllCyclic() {
		if count == 0 {
			first = i
		}
		count++
	}
	if count == 0 {
		return "no topological order"
	}
	cycle := cycleText(e.Components.Cycle(first))
	if count == 1 {
		return "no topological order: 1 component has a cycle: " + cycle
	}
	return fmt.Sprintf("no topological order: %d components have cycles; the first: %s", count, cycle)
}

// Unwrap makes errors.Is(err, itsm.ErrInvalid) true.
func (e *CycleError) Unwrap() error { return itsm.ErrInvalid }

// cycleText is a cycle as a person reads it, cut where it gets long.
func cycleText(cycle []uint32) string {
	const most = 8
	text := ""
	for i, v := range cycle {
		if i == most {
			text += fmt.Sprintf("… %d more → ", len(cycle)-most)
			break
		}
		text += fmt.Sprintf("%d → ", v)
	}
	return text + fmt.Sprint(cycle[0])
}
