package itsm

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// Definition is a process's rules as data, from which [NewLifecycle] builds a
// lifecycle. It is also how a host extends one: see [Lifecycle.With].
type Definition[R any] struct {
	Kind        string // of record: "incident"
	States      []StateDef
	Roles       []Role        // the plain roles that are handed out; empty: all that the rows name
	Relations   []Relation[R] // the relational roles
	Fields      []Field[R]
	Transitions []Transition[R]
	Timers      []Timer[R]
	Legacy      []Legacy // how commands were encoded earlier

	// Retired are rows of commands that nobody can give any more. Of these only the
	// name, the command's type and its version count, so that events of the past decode
	// and apply for ever; and To, where records may be that Verify looks after.
	Retired []Transition[R]
}

// Relation is a role that follows from the record: "the caller". It is not
// handed out.
type Relation[R any] struct {
	Role  Role
	Holds func(*R, Actor) bool
}

// Lifecycle is a verified set of process rules for records of type R. It never
// changes and is safe for concurrent use.
type Lifecycle[R any] struct {
	def      Definition[R]
	commands map[reflect.Type]*command[R]
	names    []string // of commands that are not retired, in table order
	byName   map[string]*command[R]
	phases   map[State]Phase
	warnings []Finding
}

// command is one command of a lifecycle with the rows that take it.
type command[R any] struct {
	name  string
	typ   reflect.Type
	names *names // of the fields in its encoded form
	rows  []*Transition[R]

	retired bool
}

// version is that of the command's encoded form, the same in all its rows.
func (c *command[R]) version() int { return c.rows[0].Version }

// row is the command's row from a state, nil when there is none. Rows are few
// and short, so a walk beats a map.
func (c *command[R]) row(from State) *Transition[R] {
	if c.retired {
		return nil
	}
	for _, t := range c.rows {
		if slices.Contains(t.From, from) {
			return t
		}
	}
	return nil
}

// NewLifecycle builds and verifies a lifecycle. A malformed definition, and every
// error that [Lifecycle.Verify] finds, refuses it with a [LifecycleError] that
// lists them all; what is merely odd is kept as [Lifecycle.Warnings].
func NewLifecycle[R any](def Definition[R]) (*Lifecycle[R], error) {
	lc := &Lifecycle[R]{
		def:      def.clone(),
		commands: make(map[reflect.Type]*command[R]),
		byName:   make(map[string]*command[R]),
		phases:   make(map[State]Phase),
	}
	if err := lc.resolve(); err != nil {
		return nil, &LifecycleError{Kind: def.Kind, Malformed: err}
	}
	found := lc.Verify(def.Roles...)
	if slices.ContainsFunc(found, Finding.isError) {
		return nil, &LifecycleError{Kind: def.Kind, Findings: found}
	}
	lc.warnings = found
	return lc, nil
}

// LifecycleError says why a lifecycle was refused. It matches [ErrInvalid].
type LifecycleError struct {
	Kind      string
	Malformed error     // what could not be understood, joined
	Findings  []Finding // what verification found, errors and warnings
}

func (e *LifecycleError) Error() string {
	text := "lifecycle of " + Quoted(e.Kind) + " refused"
	if e.Malformed != nil {
		return text + ": " + e.Malformed.Error()
	}
	for _, f := range e.Findings {
		if f.isError() {
			text += "\n\t" + f.String()
		}
	}
	return text
}

// Unwrap makes errors.Is(err, ErrInvalid) true.
func (e *LifecycleError) Unwrap() error { return ErrInvalid }

// resolve checks the definition's form and binds names to what they name.
func (lc *Lifecycle[R]) resolve() error {
	var wrong []error
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }

	if r, ok := any(new(R)).(Headed); !ok || r.Head() == nil {
		complain("records of type %T embed no itsm.Header, by value", *new(R))
	}
	// Names stand in events and indexes: what is no line of text would not come
	// back as it was.
	name := func(what, s string) {
		if err := CheckLine(what+" "+Quoted(s), s); err != nil {
			wrong = append(wrong, err)
		}
	}
	name("kind", lc.def.Kind)
	for _, s := range lc.def.States {
		name("state", string(s.State))
		switch {
		case lc.phases[s.State] != "":
			complain("state %q is declared twice", s.State)
		case !s.Phase.IsValid():
			complain("state %q has the phase %q; give one of: %s", s.State, s.Phase, Listed(Phases()))
		}
		lc.phases[s.State] = s.Phase
	}
	fields := make(map[string]Field[R])
	for _, f := range lc.def.Fields {
		name("field", f.Name)
		if _, twice := fields[f.Name]; twice {
			complain("field %q is declared twice", f.Name)
		}
		if f.Get == nil || !slices.Contains(Types(), f.Type) {
			complain("field %q needs a type and a function that gets it", f.Name)
		}
		fields[f.Name] = f
	}
	relations := make(map[Role]Relation[R])
	for _, r := range lc.def.Roles {
		name("role", string(r))
	}
	for _, r := range lc.def.Relations {
		name("role", string(r.Role))
		switch {
		case r.Role == "" || r.Holds == nil || relations[r.Role].Holds != nil:
			complain("relation %q has no name, no function or is declared twice", r.Role)
		case r.Role == Anyone || r.Role == SystemRole || slices.Contains(lc.def.Roles, r.Role):
			complain("relation %q has the name of a role that is handed out", r.Role)
		}
		relations[r.Role] = r
	}
	for i := range lc.def.Transitions {
		wrong = append(wrong, lc.resolveRow(&lc.def.Transitions[i], fields, relations)...)
	}
	for i, t := range lc.def.Timers {
		name("timer", t.Name)
		switch {
		case t.Name == "" || t.Since == nil || t.Command == nil || len(t.In) == 0:
			complain("timer %q needs a name, states, an instant to count from and a command", t.Name)
		case slices.ContainsFunc(lc.def.Timers[:i], func(other Timer[R]) bool { return other.Name == t.Name }):
			complain("timer %q is declared twice", t.Name)
		case t.Wait.Days < 0 || t.Wait.Time < 0:
			complain("timer %q waits a negative time", t.Name)
		case lc.commands[reflect.TypeOf(t.Command)] == nil: // retired ones come after
			complain("timer %q gives a %T, which no transition takes", t.Name, t.Command)
		}
		wrong = append(wrong, lc.undeclared(fmt.Sprintf("timer %q", t.Name), t.In)...)
	}
	if n := len(requiredFields(lc.def.Transitions)); n > maxRequired {
		complain("the transitions require %d different fields; %d are the most", n, maxRequired)
	}
	wrong = append(wrong, lc.resolveRetired()...)
	wrong = append(wrong, lc.resolveLegacy()...)
	return errors.Join(wrong...)
}

func (lc *Lifecycle[R]) resolveRow(t *Transition[R], fields map[string]Field[R], relations map[Role]Relation[R]) []error {
	if err := t.checkMade(); err != nil {
		return []error{err}
	}
	var wrong []error
	complain := func(format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("transition %q: "+format, append([]any{t.Name}, args...)...))
	}
	switch {
	case len(t.From) == 0:
		complain("names no state it leads from")
	case t.stay == (len(t.To) > 0):
		complain("says either where it leads to or that it stays")
	case len(t.To) > 1 && t.pick == nil:
		complain("leads to several states and has nothing to pick one")
	case len(t.Roles) == 0:
		complain("names no role that may; say itsm.Anyone if all may")
	case t.Version < 1:
		complain("has the version %d; the first is 1", t.Version)
	}
	t.required, t.grants = nil, nil
	for _, name := range t.Requires {
		f, known := fields[name]
		if !known {
			complain("requires the field %q, which is not declared", name)
		}
		t.required = append(t.required, f)
	}
	for _, name := range t.Sets {
		if _, known := fields[name]; !known {
			complain("sets the field %q, which is not declared", name)
		}
	}
	for _, role := range t.Roles {
		if err := CheckLine("role", string(role)); err != nil {
			complain("%w", err)
		}
		t.grants = append(t.grants, Relation[R]{role, relations[role].Holds})
	}
	for _, g := range t.Guards {
		if g.Name == "" || g.Test == nil {
			complain("a guard has no name or no test")
		}
	}
	var states []State
	for _, s := range t.From {
		if s != None {
			states = append(states, s)
		} else if t.Stays() {
			complain("stays before birth; a birth leads to a state")
		}
	}
	wrong = append(wrong, lc.undeclared(fmt.Sprintf("transition %q", t.Name), append(states, t.To...))...)

	if !slices.Contains(lc.names, t.Name) {
		lc.names = append(lc.names, t.Name)
	}
	_, err := lc.take(t)
	return append(wrong, err)
}

// checkMade refuses what is no row.
func (t *Transition[R]) checkMade() error {
	switch {
	case t.malformed != nil:
		return t.malformed
	case t.command == nil:
		return fmt.Errorf("transition %q was not made by itsm.On", t.Name)
	}
	return CheckLine("transition "+Quoted(t.Name), t.Name)
}

// take adds a row to those of its command.
func (lc *Lifecycle[R]) take(t *Transition[R]) (c *command[R], err error) {
	c, named := lc.byName[t.Name]
	if !named {
		if other := lc.commands[t.command]; other != nil {
			err = fmt.Errorf("transition %q: takes %v, as %q does; a command's type has one name", t.Name, t.command, other.name)
		}
		c = &command[R]{name: t.Name, typ: t.command, names: namesOf(t.command, make(map[reflect.Type]*names))}
		lc.byName[t.Name], lc.commands[t.command] = c, c
	} else if c.typ != t.command || c.version() != t.Version {
		err = fmt.Errorf("transition %q: takes %v version %d here and %v version %d in another row", t.Name, t.command, t.Version, c.typ, c.version())
	}
	c.rows = append(c.rows, t)
	return c, err
}

func (lc *Lifecycle[R]) undeclared(where string, states []State) []error {
	var wrong []error
	for _, s := range states {
		if lc.phases[s] == "" {
			wrong = append(wrong, fmt.Errorf("%s names the state %q, which is not declared", where, s))
		}
	}
	return wrong
}

// Kind is the kind of record.
func (lc *Lifecycle[R]) Kind() string { return lc.def.Kind }

// States lists the states with their phases, as declared.
func (lc *Lifecycle[R]) States() []StateDef { return slices.Clone(lc.def.States) }

// Phase is the phase of a state, "" for one the lifecycle does not have.
func (lc *Lifecycle[R]) Phase(s State) Phase { return lc.phases[s] }

// Fields lists the declared fields.
func (lc *Lifecycle[R]) Fields() []Field[R] { return cloneFields(lc.def.Fields) }

// Field is the declared field of that name.
func (lc *Lifecycle[R]) Field(name string) (Field[R], bool) {
	i := slices.IndexFunc(lc.def.Fields, func(f Field[R]) bool { return f.Name == name })
	if i < 0 {
		return Field[R]{}, false
	}
	f := lc.def.Fields[i]
	f.Domain = slices.Clone(f.Domain)
	return f, true
}

// Commands lists the names of the commands in the order of the table.
func (lc *Lifecycle[R]) Commands() []string { return slices.Clone(lc.names) }

// Transitions lists the rows of the table.
func (lc *Lifecycle[R]) Transitions() []Transition[R] { return lc.def.clone().Transitions }

// Warnings lists what verification found odd but harmless.
func (lc *Lifecycle[R]) Warnings() []Finding { return slices.Clone(lc.warnings) }

// clone copies the definition deeply enough that neither side sees the other's
// edits.
func (d Definition[R]) clone() Definition[R] {
	d.States = slices.Clone(d.States)
	d.Roles = slices.Clone(d.Roles)
	d.Relations = slices.Clone(d.Relations)
	d.Fields = cloneFields(d.Fields)
	d.Timers = slices.Clone(d.Timers)
	for i := range d.Timers {
		d.Timers[i].In = slices.Clone(d.Timers[i].In)
	}
	d.Legacy = slices.Clone(d.Legacy)
	d.Transitions, d.Retired = cloneRows(d.Transitions), cloneRows(d.Retired)
	return d
}

func cloneRows[R any](rows []Transition[R]) []Transition[R] {
	rows = slices.Clone(rows)
	for i := range rows {
		t := &rows[i]
		t.From, t.To, t.Roles = slices.Clone(t.From), slices.Clone(t.To), slices.Clone(t.Roles)
		t.Requires, t.Sets, t.Guards = slices.Clone(t.Requires), slices.Clone(t.Sets), slices.Clone(t.Guards)
	}
	return rows
}

func cloneFields[R any](fields []Field[R]) []Field[R] {
	fields = slices.Clone(fields)
	for i := range fields {
		fields[i].Domain = slices.Clone(fields[i].Domain)
	}
	return fields
}

// head is the header of a record whose type NewLifecycle has checked.
func head[R any](r *R) *Header { return any(r).(Headed).Head() }
