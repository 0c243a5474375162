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
	// Trap: a state that is reached, or was by a command that is retired, is not final
	// and has no way out.
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

// Defects lists every defect, in the order in which they are declared.
func Defects() []Defect {
	return []Defect{Trap, NoEnd, FinalExit, Ambiguous, Unfillable, NoRole, BadTimer, Unborn, Unreachable, Dead}
}

func (d Defect) isError() bool { return d != Unreachable && d != Dead }

// Step is one step of a witness path.
type Step struct {
	Name string
	To   State
}

// Finding is a defect of a lifecycle, with the shortest sequence of commands that
// leads to it. (Finding the shortest can take for ever in a lifecycle where dozens
// of fields can be filled in any order; there it is a short one from which no step
// can be left out.)
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
		b.WriteString(" can be left only by " + Listed(f.Roles))
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
// means all that the rows name. Relational roles and [Anyone] count as always
// there; so does the system where a timer acts, and anywhere once a row has a
// [Follow].
//
// Records may be where a command led them that is now retired. A state that nothing
// else leads to is reported as unreachable, and all the same must have a way out and
// an end to them.
func (lc *Lifecycle[R]) Verify(roles ...Role) []Finding {
	v := verifier[R]{lc: lc, roles: roles, table: newTable(lc)}
	v.walk = v.table.explore([]node{{state: None}}, func(State) bool { return false })
	v.past = v.table.explore(lc.formerTargets(), func(State) bool { return false })
	v.witness = newWitness(v.table, v.walk)
	v.findAmbiguous()
	if len(v.walk.nodes) == 1 {
		v.report(Finding{Defect: Unborn})
		for i := range lc.def.Transitions {
			if t := &lc.def.Transitions[i]; slices.Contains(t.From, None) {
				v.unfillable(t, None)
			}
		}
		return v.findings
	}
	for _, s := range lc.def.States {
		v.findInState(s)
	}
	v.findTimers()
	v.findInRows()
	return v.findings
}

type verifier[R any] struct {
	lc       *Lifecycle[R]
	roles    []Role
	table    *table
	walk     *walk // from before birth
	past     *walk // from where commands led that are retired
	witness  *witness
	findings []Finding
}

func (v *verifier[R]) report(f Finding) {
	f.Path = v.witness.path(f.State)
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
	if !v.walk.reached(s) {
		v.report(Finding{Defect: Unreachable, State: s})
		if !v.past.reached(s) {
			return
		}
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

// ends reports whether a final state can be reached from s by a record that has
// filled what it can on the way there. It is a walk of its own: what records that
// came another way have filled further on does not help this one.
func (v *verifier[R]) ends(s State) bool {
	from := v.walk
	if !from.reached(s) {
		from = v.past
	}
	var start []node
	for _, i := range from.at[s] {
		start = append(start, from.nodes[i])
	}
	final := func(s State) bool { return v.lc.phases[s] == Final }
	onward := v.table.explore(start, final)
	return slices.ContainsFunc(onward.nodes, func(n node) bool { return final(n.state) })
}

// someoneMay reports whether a role that may fire t from s is handed out.
func (v *verifier[R]) someoneMay(t *Transition[R], s State) bool {
	for _, g := range t.grants {
		switch {
		case g.Holds != nil, g.Role == Anyone, slices.Contains(v.roles, g.Role):
			return true
		case g.Role == SystemRole:
			if v.timerFires(t, s) || v.follows() {
				return true
			}
		case len(v.roles) == 0:
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

// follows reports whether what happens to one record may have the system act on
// another; on which and how cannot be seen from here.
func (v *verifier[R]) follows() bool {
	return slices.ContainsFunc(v.lc.def.Transitions, func(t Transition[R]) bool { return t.follow != nil })
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
// that never fire for another reason.
func (v *verifier[R]) findInRows() {
	for i := range v.lc.def.Transitions {
		t := &v.lc.def.Transitions[i]
		fires, reported := false, false
		for _, s := range t.From {
			switch {
			case !v.walk.reached(s):
				fires = fires || v.past.reached(s) && v.someoneMay(t, s)
			case v.unfillable(t, s):
				reported = true
			default:
				fires = fires || v.someoneMay(t, s) || slices.Contains(t.Roles, SystemRole)
			}
		}
		if !fires && !reported {
			v.report(Finding{Defect: Dead, State: t.From[0], Transition: t.Name})
		}
	}
}

// unfillable reports the fields that a row requires and that no way to s has
// filled together.
func (v *verifier[R]) unfillable(t *Transition[R], s State) bool {
	var least []string
	for n, i := range v.walk.at[s] {
		missing := v.table.missing(t.Requires, v.walk.nodes[i].filled)
		if n == 0 || len(missing) < len(least) || len(missing) == len(least) && slices.Compare(missing, least) < 0 {
			least = missing
		}
	}
	if len(least) > 0 {
		v.report(Finding{Defect: Unfillable, State: s, Transition: t.Name, Fields: least})
	}
	return len(least) > 0
}
