package itsm

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Defect names what [Lifecycle.Verify] looks for.
type Defect string

// The defects. Those that could trap or lose a record are errors and refuse the
// lifecycle; the last two are warnings.
const (
	// Trap: a state that is reached, is not final and has no way out.
	Trap Defect = "trap"
	// NoEnd: a state that is reached and from which no final state can be.
	NoEnd Defect = "no end"
	// FinalExit: a way out of a final state (R5).
	FinalExit Defect = "way out of a final state"
	// Ambiguous: two rows that match the same state and command.
	Ambiguous Defect = "ambiguous"
	// Unfillable: a required field that no earlier command can have filled.
	Unfillable Defect = "unfillable"
	// NoRole: a state every exit of which needs a role that is not handed out.
	NoRole Defect = "no role"
	// BadTimer: a time-driven rule whose command the system may not give in one
	// of its states, so that it would always be refused (R35).
	BadTimer Defect = "refused timer"
	// Unborn: no command leads into the lifecycle.
	Unborn Defect = "no birth"
	// Unreachable: a state that no sequence of commands reaches.
	Unreachable Defect = "unreachable"
	// Dead: a transition that can never fire.
	Dead Defect = "never fires"
)

func (d Defect) isError() bool { return d != Unreachable && d != Dead }

// Step is one step of a witness path.
type Step struct {
	Name string
	To   State
}

// Finding is a defect of a lifecycle, with the shortest sequence of commands that
// leads to it.
type Finding struct {
	Defect     Defect
	State      State    // where
	Transition string   // which command, if one is concerned
	Fields     []string // Unfillable
	Roles      []Role   // NoRole: those that could leave the state
	Path       []Step   // from birth to State; nil when nothing leads there
}

func (f Finding) isError() bool { return f.Defect.isError() }

// IsError reports whether the defect refuses the lifecycle.
func (f Finding) IsError() bool { return f.Defect.isError() }

// String is the finding in one line, witness included.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: ", f.Defect)
	if f.Transition != "" {
		fmt.Fprintf(&b, "%q from ", f.Transition)
	}
	b.WriteString(f.State.describe())
	if len(f.Fields) > 0 {
		b.WriteString(" requires " + strings.Join(f.Fields, ", "))
	}
	if len(f.Roles) > 0 {
		b.WriteString(" can be left only by " + joined(f.Roles))
	}
	if f.Path != nil {
		b.WriteString("; shortest way there: " + pathText(f.Path))
	}
	return b.String()
}

func pathText(path []Step) string {
	if len(path) == 0 {
		return "(none needed)"
	}
	steps := make([]string, len(path))
	for i, s := range path {
		steps[i] = fmt.Sprintf("%s → %s", s.Name, s.To)
	}
	return strings.Join(steps, ", ")
}

// Verify proves the lifecycle by walking through every sequence of commands it
// allows, taking guards and checks to be satisfiable, and reports what is wrong
// in a fixed order. Roles are the plain roles that are handed out; none given
// means all that the rows name. Relational roles, [Anyone], and the system where
// a timer acts count as always there.
func (lc *Lifecycle[R]) Verify(roles ...Role) []Finding {
	v := verifier[R]{lc: lc, roles: roles}
	v.number()
	v.explore()
	v.findAmbiguous()
	if len(v.nodes) == 1 {
		return append(v.findings, Finding{Defect: Unborn})
	}
	for _, s := range lc.def.States {
		v.findInState(s)
	}
	v.findTimers()
	v.findInRows()
	return v.findings
}

// verifier walks the graph whose nodes are a state and which of the fields that
// some row requires are filled. Commands only ever fill fields and requirements
// only ever ask for filled ones, so a node with fewer fields filled than another
// in the same state, found no earlier, adds nothing and is left out; the rest is
// small.
type verifier[R any] struct {
	lc       *Lifecycle[R]
	roles    []Role
	fields   map[string]int // bit of each required field
	nodes    []node
	byState  map[State][]int // nodes of a state, in the order found
	findings []Finding
}

type node struct {
	state  State
	filled bits
	parent int
	by     string // the command that led here
}

// number gives each required field a bit.
func (v *verifier[R]) number() {
	v.fields = make(map[string]int)
	for _, t := range v.lc.def.Transitions {
		for _, f := range t.Requires {
			if _, known := v.fields[f]; !known {
				v.fields[f] = len(v.fields)
			}
		}
	}
}

func (v *verifier[R]) mask(fields []string) bits {
	b := newBits(len(v.fields))
	for _, f := range fields {
		if i, known := v.fields[f]; known {
			b.set(i)
		}
	}
	return b
}

// explore finds every node breadth first, so that parents give shortest paths.
func (v *verifier[R]) explore() {
	v.byState = make(map[State][]int)
	v.add(node{state: None, filled: newBits(len(v.fields)), parent: -1})
	for i := 0; i < len(v.nodes); i++ {
		from := v.nodes[i]
		for _, t := range v.lc.def.Transitions {
			if !slices.Contains(t.From, from.state) || !from.filled.has(v.mask(t.Requires)) {
				continue
			}
			filled := from.filled.union(v.mask(t.Sets))
			for _, to := range t.targets(from.state) {
				v.add(node{to, filled, i, t.Name})
			}
		}
	}
}

func (v *verifier[R]) add(n node) {
	for _, i := range v.byState[n.state] {
		if v.nodes[i].filled.has(n.filled) {
			return
		}
	}
	v.byState[n.state] = append(v.byState[n.state], len(v.nodes))
	v.nodes = append(v.nodes, n)
}

func (v *verifier[R]) reached(s State) bool { return len(v.byState[s]) > 0 }

// path is the shortest way to a state.
func (v *verifier[R]) path(s State) []Step {
	if !v.reached(s) {
		return nil
	}
	path := []Step{}
	for i := v.byState[s][0]; v.nodes[i].parent >= 0; i = v.nodes[i].parent {
		path = append(path, Step{v.nodes[i].by, v.nodes[i].state})
	}
	slices.Reverse(path)
	return path
}

func (v *verifier[R]) report(f Finding) {
	f.Path = v.path(f.State)
	v.findings = append(v.findings, f)
}

// findAmbiguous compares the rows of each command.
func (v *verifier[R]) findAmbiguous() {
	for _, name := range v.lc.names {
		var seen []State
		for _, t := range v.lc.byName[name].rows {
			for _, s := range t.From {
				if slices.Contains(seen, s) {
					v.report(Finding{Defect: Ambiguous, State: s, Transition: name})
				}
				seen = append(seen, s)
			}
		}
	}
}

func (v *verifier[R]) findInState(def StateDef) {
	s := def.State
	if !v.reached(s) {
		v.report(Finding{Defect: Unreachable, State: s})
		return
	}
	exits := v.exits(s)
	if def.Phase == Final {
		for _, t := range exits {
			v.report(Finding{Defect: FinalExit, State: s, Transition: t.Name})
		}
		return
	}
	if len(exits) == 0 {
		v.report(Finding{Defect: Trap, State: s})
		return
	}
	if !v.ends(s) {
		v.report(Finding{Defect: NoEnd, State: s})
	}
	if !slices.ContainsFunc(exits, func(t *Transition[R]) bool { return v.someoneMay(t, s) }) {
		var could []Role
		for _, t := range exits {
			for _, role := range t.Roles {
				if !slices.Contains(could, role) {
					could = append(could, role)
				}
			}
		}
		v.report(Finding{Defect: NoRole, State: s, Roles: could})
	}
}

// exits are the rows that lead out of a state.
func (v *verifier[R]) exits(s State) []*Transition[R] {
	var exits []*Transition[R]
	for i := range v.lc.def.Transitions {
		t := &v.lc.def.Transitions[i]
		leads := slices.ContainsFunc(t.To, func(to State) bool { return to != s })
		if leads && slices.Contains(t.From, s) {
			exits = append(exits, t)
		}
	}
	return exits
}

// ends reports whether a final state can be reached from some node of s: the
// walk goes on from all that is filled there.
func (v *verifier[R]) ends(s State) bool {
	seen := make([]bool, len(v.nodes))
	todo := slices.Clone(v.byState[s])
	for len(todo) > 0 {
		i := todo[0]
		todo = todo[1:]
		if seen[i] {
			continue
		}
		seen[i] = true
		from := v.nodes[i]
		if v.lc.phases[from.state] == Final {
			return true
		}
		for _, t := range v.lc.def.Transitions {
			if !slices.Contains(t.From, from.state) || !from.filled.has(v.mask(t.Requires)) {
				continue
			}
			filled := from.filled.union(v.mask(t.Sets))
			for _, to := range t.targets(from.state) {
				for _, j := range v.byState[to] {
					if v.nodes[j].filled.has(filled) {
						todo = append(todo, j)
					}
				}
			}
		}
	}
	return false
}

// someoneMay reports whether a role that may fire t from s is handed out.
func (v *verifier[R]) someoneMay(t *Transition[R], s State) bool {
	for _, g := range t.grants {
		switch {
		case g.Holds != nil, g.Role == Anyone:
			return true
		case g.Role == SystemRole:
			if v.timerFires(t, s) {
				return true
			}
		case len(v.roles) == 0, slices.Contains(v.roles, g.Role):
			return true
		}
	}
	return false
}

func (v *verifier[R]) timerFires(t *Transition[R], s State) bool {
	return slices.ContainsFunc(v.lc.def.Timers, func(timer Timer[R]) bool {
		return reflect.TypeOf(timer.Command) == t.command && slices.Contains(timer.In, s)
	})
}

func (v *verifier[R]) findTimers() {
	for _, timer := range v.lc.def.Timers {
		c := v.lc.commands[reflect.TypeOf(timer.Command)]
		for _, s := range timer.In {
			if t := c.row(s); t == nil || !slices.Contains(t.Roles, SystemRole) && !slices.Contains(t.Roles, Anyone) {
				v.report(Finding{Defect: BadTimer, State: s, Transition: c.name})
			}
		}
	}
}

// findInRows looks for required fields that nobody can have filled, and for rows
// that never fire.
func (v *verifier[R]) findInRows() {
	for i := range v.lc.def.Transitions {
		t := &v.lc.def.Transitions[i]
		fires := false
		for _, s := range t.From {
			if !v.reached(s) {
				continue
			}
			if missing := v.neverFilled(s, t.Requires); len(missing) > 0 {
				v.report(Finding{Defect: Unfillable, State: s, Transition: t.Name, Fields: missing})
				continue
			}
			fires = fires || v.someoneMay(t, s) || slices.Contains(t.Roles, SystemRole)
		}
		if !fires {
			v.report(Finding{Defect: Dead, State: t.From[0], Transition: t.Name})
		}
	}
}

// neverFilled lists which of the fields no way to s has filled together with the
// others; nil when some way fills them all.
func (v *verifier[R]) neverFilled(s State, fields []string) []string {
	need := v.mask(fields)
	var least []string
	for _, i := range v.byState[s] {
		if v.nodes[i].filled.has(need) {
			return nil
		}
		var missing []string
		for _, f := range fields {
			if !v.nodes[i].filled.has(v.mask([]string{f})) {
				missing = append(missing, f)
			}
		}
		if least == nil || len(missing) < len(least) {
			least = missing
		}
	}
	return least
}

// bits is a small set of numbers.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) set(i int) { b[i/64] |= 1 << (i % 64) }

// has reports whether b includes all of c.
func (b bits) has(c bits) bool {
	for i := range c {
		if c[i]&^b[i] != 0 {
			return false
		}
	}
	return true
}

func (b bits) union(c bits) bits {
	u := slices.Clone(b)
	for i := range c {
		u[i] |= c[i]
	}
	return u
}
