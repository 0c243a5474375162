package config

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// CauseOptions limit a search for causes. Nil means the zero value.
type CauseOptions struct {
	Limit int // how many are listed; 0: all

	// MaxWork is how many CIs are looked at in all; 0: 100 million. Half of it may be
	// spent on what could be a cause at all, of which that is looked at first which was
	// found to explain most.
	MaxWork int
}

// Cause is a CI whose loss would explain failures.
type Cause struct {
	CI       uuid.UUID
	Explains []uuid.UUID // of the failed CIs, by id
	Others   int         // CIs that would be lost too, and of which it is not known that they are
	Distance int         // the sum of its distances to those it explains
}

// Causes are the likely causes of some failures, the likeliest first.
type Causes struct {
	List        []Cause
	Unexplained []uuid.UUID // failed CIs that no cause in the list explains, by id
	Left        int         // CIs that may be others, not looked at for [CauseOptions.MaxWork], and failed ones for which none was looked for; 0: there are no others
}

// Causes lists the CIs whose loss alone would explain that some have failed, or some
// of these: those that have the failed CI in their [Graph.Impact], itself included.
// What is known to work excludes every CI whose loss would have lost it, and itself.
// First comes what explains most, then what would have lost the fewest others, itself
// included if it is not known to have failed, then the nearest, then the smaller
// id. The impact of a cause says how it explains a failure.
//
// It is exact: the candidates are the single points of failure of the failed CIs, and
// the impact of each is found, until that takes more than the options allow: what is
// listed is a cause then too, and [Causes.Left] says what may be missing. What no
// single loss explains, such as that of a service that does with one of two
// databases, and failures that have several causes at once, are for
// [Graph.Diagnoses].
func (g *Graph) Causes(failed, working []uuid.UUID, o *CauseOptions) (*Causes, error) {
	if o == nil {
		o = &CauseOptions{}
	}
	if err := countsNotNegative(count{"limit", o.Limit}, count{"max_work", o.MaxWork}); err != nil {
		return nil, err
	}
	down, up, err := g.symptoms(failed, working)
	if err != nil {
		return nil, err
	}
	c := &causeSearch{g: g, down: down, up: up, work: cmp.Or(o.MaxWork, defaultWork), fall: g.newFall(), known: map[uint32]int{}}
	return c.search(o.Limit), nil
}

const defaultWork = 100_000_000

// count is an option that is a number of something.
type count struct {
	field string
	n     int
}

func countsNotNegative(list ...count) error {
	for _, c := range list {
		if c.n < 0 {
			return &itsm.FieldError{Field: c.field, Problem: fmt.Sprintf("is %d; give 0 or more", c.n)}
		}
	}
	return nil
}

// symptoms are the failed CIs, by id and each once, and the working ones.
func (g *Graph) symptoms(failed, working []uuid.UUID) (down, up []uint32, err error) {
	if down, err = g.findAll("failed", failed); err != nil {
		return nil, nil, err
	}
	if up, err = g.findAll("working", working); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(down, g.compare)
	down = slices.Compact(down)
	for i, v := range up {
		if _, both := slices.BinarySearchFunc(down, v, g.compare); both {
			return nil, nil, &itsm.FieldError{Field: fmt.Sprintf("working[%d]", i), Problem: working[i].String() + " is among the failed as well"}
		}
	}
	return down, up, nil
}

type causeSearch struct {
	g        *Graph
	down, up []uint32
	work     int // what is left of it
	fall     *fall
	known    map[uint32]int // of each candidate how many failures it is known to explain
}

func (c *causeSearch) search(limit int) *Causes {
	result := &Causes{Left: c.look()}
	candidates := make([]uint32, 0, len(c.known))
	for v := range c.known {
		candidates = append(candidates, v)
	}
	slices.SortFunc(candidates, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(c.known[b], c.known[a]), c.g.compare(a, b))
	})
	for i, v := range candidates {
		if c.work <= 0 {
			result.Left += len(candidates) - i
			break
		}
		if cause, possible := c.examine(v); possible {
			result.List = append(result.List, cause)
		}
	}
	slices.SortFunc(result.List, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(len(b.Explains), len(a.Explains)), cmp.Compare(a.Others, b.Others),
			cmp.Compare(a.Distance, b.Distance), slices.Compare(a.CI[:], b.CI[:]))
	})
	if limit > 0 && len(result.List) > limit {
		result.List = result.List[:limit]
	}
	explained := map[uuid.UUID]bool{}
	for _, cause := range result.List {
		for _, id := range cause.Explains {
			explained[id] = true
		}
	}
	for _, id := range c.g.ids(c.down) {
		if !explained[id] {
			result.Unexplained = append(result.Unexplained, id)
		}
	}
	return result
}

// look finds candidates with half of the work, and counts the failed for which it did
// not look any more.
func (c *causeSearch) look() (left int) {
	most := c.work / 2
	work := most
	for i, v := range c.down {
		c.known[v]++
		if i > 0 && work <= 0 {
			left++
			continue
		}
		s := c.g.supportOf(v, &work)
		points, undecided := s.points(nil)
		for _, p := range points {
			c.known[s.list[p]]++
		}
		for _, p := range undecided {
			c.known[s.list[p]] += 0 // it may be one
		}
	}
	c.work -= most - max(work, 0)
	return left
}

// examine holds a candidate against what works.
func (c *causeSearch) examine(v uint32) (Cause, bool) {
	f := c.fall
	f.again(v)
	c.work -= len(f.queue)
	if f.holdsAny(c.up) {
		return Cause{}, false
	}
	explains, distance := f.among(c.down)
	return Cause{CI: c.g.id(v), Explains: explains, Others: len(f.queue) - len(explains), Distance: distance}, len(explains) > 0
}
