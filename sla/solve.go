package sla

import (
	"errors"
	"fmt"

	"github.com/itsmkit/itsm"
)

// Witness is an event at which something is so: the facts before and after it.
// Before has only the fields whose change is asked for.
type Witness struct {
	Before Facts `json:"before,omitzero"`
	After  Facts `json:"after,omitzero"`
}

// String is the witness on one line: phase "open", priority 1; before: priority 2.
func (w Witness) String() string {
	if len(w.Before) == 0 {
		return w.After.String()
	}
	return w.After.String() + "; before: " + w.Before.String()
}

// UndecidedError says that a condition has too many possibilities to go through.
// It matches [itsm.ErrInvalid].
type UndecidedError struct {
	Condition Condition
	Steps     int // after which the search ended
}

func (e *UndecidedError) Error() string {
	return fmt.Sprintf("sla: not decided within %d steps: %s; ask for fewer fields at once", e.Steps, cut(e.Condition.String()))
}

// Unwrap makes errors.Is(err, itsm.ErrInvalid) true.
func (e *UndecidedError) Unwrap() error { return itsm.ErrInvalid }

// Satisfy finds an event at which a condition holds, or proves that there is none:
// that no facts of the schema, before and after, make it hold. The search is exact,
// also for fields without a domain, of which it tries every value mentioned and one
// of every kind of value that is not. It repeats: the same question has the same
// answer.
//
// The event is the smallest there is: it gives the fewest facts, one before the
// event counting for two, and of those events the one with the first values in the
// order of the schema and its domains. Where finding that out takes long it is one
// as small as was found.
//
// The zero Condition holds always, also inside of others; so do conditions of any
// size and depth have an answer. Tests that [Condition.Check] would refuse are
// errors, and what takes too many steps is an *[UndecidedError].
func Satisfy(schema Schema, c Condition) (Witness, bool, error) {
	s, err := newSearch(schema, &c)
	if err != nil {
		return Witness{}, false, err
	}
	found := s.find()
	if s.steps > maxSteps {
		return Witness{}, false, &UndecidedError{c.clone(), maxSteps}
	}
	if !found {
		return Witness{}, false, nil
	}
	s.shrink()
	return s.witness(), true, nil
}

// Implies reports whether b holds at every event at which a does. When it does not,
// the witness is one at which a holds and b does not, as of [Satisfy].
func Implies(schema Schema, a, b Condition) (Witness, bool, error) {
	w, found, err := Satisfy(schema, All(a, Not(b)))
	return w, err == nil && !found, err
}

// Overlap finds an event at which both conditions hold, as [Satisfy] does.
func Overlap(schema Schema, a, b Condition) (Witness, bool, error) {
	return Satisfy(schema, All(a, b))
}

// The most steps of a search, each a look at one part of the condition.
const (
	maxSteps    = 50_000_000
	shrinkSteps = 2_000_000 // to find a smaller witness than the first
)

// search is a condition made ready for trying out values. Its unknowns are, for
// each field that is asked for, which of its values it has after the event; and if
// its change is asked for, also what it was before. That is one of two: missing, or
// else the value after, or any value if it is missing after. Between them they are
// a change and none, whatever the value after.
type search struct {
	root     node
	unknowns []unknown
	steps    int
}

type unknown struct {
	field  string
	values []itsm.Value // those to try, a missing one first
	some   itsm.Value   // one that is not missing
	cost   int          // of any but the first value
	choice int          // of values, or unmade
}

// unmade is a choice that is still open.
const unmade = -1

// node is a part of a condition, or of its opposite: there is no node for not, it
// is carried down to the tests.
type node struct {
	kind  nodeKind
	parts []node
	about int    // test, change: the unknown after the event
	from  int    // change: the unknown before the event
	truth []bool // test: by the values of the unknown; change: of no change and of one
	ways  int    // test, change: how much of that is true, in thousandths
}

type nodeKind int

const (
	isAll nodeKind = iota // of nothing: always true
	isAny                 // of nothing: never true
	isTest
	isChange
)

// truth is what is known of a condition while some choices are open.
type truth int

const (
	no truth = iota
	maybe
	yes
)

// newSearch finds the fields that are asked for and their values.
func newSearch(schema Schema, c *Condition) (*search, error) {
	k := checker{schema: schema}
	asked := make(map[string]*inquiry)
	c.each(func(c *Condition) {
		if !c.isLeaf() {
			return
		}
		k.values = 0
		if k.test(c, "condition"); len(k.wrong) > 0 {
			return
		}
		if asked[c.Field] == nil {
			asked[c.Field] = new(inquiry)
		}
		asked[c.Field].add(c)
	})
	if len(k.wrong) > 0 {
		return nil, errors.Join(k.wrong...)
	}
	s := new(search)
	places := make(map[string][2]int, len(asked)) // the unknowns after and before
	for i := range schema {
		if q := asked[schema[i].Name]; q != nil {
			places[schema[i].Name] = [2]int{len(s.unknowns), unmade}
			s.unknowns = append(s.unknowns, q.unknown(&schema[i]))
		}
	}
	for i := range s.unknowns {
		if u := &s.unknowns[i]; asked[u.field].changes {
			places[u.field] = [2]int{i, len(s.unknowns)}
			s.unknowns = append(s.unknowns, unknown{
				field: u.field, values: make([]itsm.Value, 2), some: u.some, cost: 2, choice: unmade,
			})
		}
	}
	s.root = s.node(c, true, places)
	return s, nil
}

// isLeaf reports whether the condition is a test, not a group and not unset.
func (c *Condition) isLeaf() bool {
	return c.All == nil && c.Any == nil && c.Not == nil && !c.isZero()
}

// node makes a part of a condition ready, or its opposite.
func (s *search) node(c *Condition, is bool, places map[string][2]int) node {
	all, any := isAll, isAny
	if !is {
		all, any = isAny, isAll
	}
	switch {
	case c.All != nil:
		return node{kind: all, parts: s.nodes(c.All, is, places)}
	case c.Any != nil:
		return node{kind: any, parts: s.nodes(c.Any, is, places)}
	case c.Not != nil:
		return s.node(c.Not, !is, places)
	case c.isZero():
		return node{kind: all}
	case c.Changed:
		at := places[c.Field]
		return node{kind: isChange, about: at[0], from: at[1], truth: []bool{!is, is}, ways: 500}
	}
	about := places[c.Field][0]
	values := s.unknowns[about].values
	n := node{kind: isTest, about: about, truth: make([]bool, len(values))}
	count := 0
	for i, v := range values {
		n.truth[i] = c.accepts(v) == is
		count += b2i(n.truth[i])
	}
	switch count {
	case 0:
		return node{kind: isAny}
	case len(values):
		return node{kind: isAll}
	}
	n.ways = 1000 * count / len(values)
	return n
}

func (s *search) nodes(list []Condition, is bool, places map[string][2]int) []node {
	nodes := make([]node, len(list))
	for i := range list {
		nodes[i] = s.node(&list[i], is, places)
	}
	return nodes
}

// hint is where to go on while a part of a condition may be true: an unknown that
// it depends on, and how many ways there still are to make it true. The fewer there
// are, the sooner a wrong choice shows.
type hint struct{ about, ways int }

// eval says what is known of a part under the choices made, with a hint if that is
// maybe.
func (s *search) eval(n *node) (truth, hint) {
	s.steps++
	switch n.kind {
	case isTest:
		choice := s.unknowns[n.about].choice
		if choice == unmade {
			return maybe, hint{n.about, n.ways}
		}
		return truthOf(n.truth[choice]), hint{}
	case isChange:
		return s.evalChange(n)
	case isAll:
		return s.evalAll(n)
	default:
		return s.evalAny(n)
	}
}

func (s *search) evalAll(n *node) (truth, hint) {
	known, best := yes, hint{}
	for i := range n.parts {
		switch t, h := s.eval(&n.parts[i]); {
		case t == no:
			return no, hint{}
		case t == maybe && (known == yes || h.ways < best.ways):
			known, best = maybe, h
		}
	}
	return known, best
}

func (s *search) evalAny(n *node) (truth, hint) {
	known, first := no, hint{}
	for i := range n.parts {
		switch t, h := s.eval(&n.parts[i]); {
		case t == yes:
			return yes, hint{}
		case t == maybe && known == no:
			known, first = maybe, h
		case t == maybe:
			first.ways += h.ways
		}
	}
	return known, first
}

// evalChange holds a value after against the one before: see search.
func (s *search) evalChange(n *node) (truth, hint) {
	after, before := s.unknowns[n.about].choice, s.unknowns[n.from].choice
	switch {
	case after == unmade:
		return maybe, hint{n.about, n.ways}
	case before == unmade:
		return maybe, hint{n.from, n.ways}
	}
	return truthOf(n.truth[b2i((after == 0) == (before == 1))]), hint{}
}

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// find makes choices until the condition holds, and reports whether it can. It
// chooses only what the condition still depends on.
func (s *search) find() bool {
	t, next := s.eval(&s.root)
	if t != maybe {
		return t == yes
	}
	u := &s.unknowns[next.about]
	for u.choice = range u.values {
		if s.find() {
			return true
		}
		if s.steps > maxSteps {
			break
		}
	}
	u.choice = unmade
	return false
}

// shrink replaces the choices that find made by the smallest.
func (s *search) shrink() {
	best := make([]int, len(s.unknowns))
	most := 0
	for i := range s.unknowns {
		if best[i] = s.unknowns[i].choice; best[i] > 0 {
			most += s.unknowns[i].cost
		}
	}
	s.steps = 0
	for cost := 0; cost <= most; cost++ {
		s.choose(unmade)
		if s.findWithin(0, cost) {
			return
		}
		if s.steps > shrinkSteps {
			break
		}
	}
	for i := range s.unknowns {
		s.unknowns[i].choice = best[i]
	}
}

// choose makes the same choice for all unknowns.
func (s *search) choose(choice int) {
	for i := range s.unknowns {
		s.unknowns[i].choice = choice
	}
}

// findWithin makes choices from the unknown i on, in order, that cost no more than
// what is left.
func (s *search) findWithin(i, left int) bool {
	if t, _ := s.eval(&s.root); t != maybe || s.steps > shrinkSteps {
		return t == yes
	}
	u := &s.unknowns[i]
	for u.choice = range u.values {
		if u.choice == 1 {
			if left -= u.cost; left < 0 {
				break
			}
		}
		if s.findWithin(i+1, left) {
			return true
		}
	}
	u.choice = unmade
	return false
}

// witness is the event that was chosen; what is open is missing.
func (s *search) witness() Witness {
	w := Witness{Before: Facts{}, After: Facts{}}
	for i := range s.unknowns {
		u := &s.unknowns[i]
		if u.choice <= 0 {
			continue
		}
		if u.cost == 1 {
			w.After[u.field] = u.values[u.choice]
			continue
		}
		w.Before[u.field] = u.some
		if after, given := w.After[u.field]; given {
			w.Before[u.field] = after
		}
	}
	return Witness{Before: w.Before.With(nil), After: w.After.With(nil)}
}
