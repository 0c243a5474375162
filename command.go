package itsm

// Command is one thing that somebody does to a record of type R: a small struct
// such as incident.Assign, always passed by value.
//
// Check refuses a command that is incomplete or makes no sense for this record;
// it changes nothing. Apply carries it out on a record and cannot fail: whatever
// it needs to know is in the command, in the record and in the stamp. It replaces
// slices and maps, never edits them in place, so that a copy somebody kept stays
// true.
type Command[R any] interface {
	Check(r *R, s Stamp) error
	Apply(r *R, s Stamp)
}

// Clause is one part of a row of a transition table: [From], [To], [Stay], [By],
// [Requires], [Sets], [Guard], [Decide], [DecideAmong], [Pick], [Needs],
// [Follow] or [Version].
type Clause interface{ clause() }

type (
	fromClause     struct{ states []State }
	toClause       struct{ states []State }
	stayClause     struct{}
	byClause       struct{ roles []Role }
	requiresClause struct{ fields []string }
	setsClause     struct{ fields []string }
	versionClause  struct{ version int }

	guardClause[R any]     struct{ guard NamedGuard[R] }
	decideClause[R, C any] struct {
		decide func(*R, C, Stamp, []*R) (C, error)
	}
	pickClause[R, C any]  struct{ pick func(*R, C, Stamp) State }
	needsClause[R, C any] struct {
		needs func(*R, C, []*R) []Selection[R]
	}
	followClause[R, C any] struct {
		follow func(*R, C, Stamp, []*R) []FollowUp[R]
	}
)

func (fromClause) clause()         {}
func (toClause) clause()           {}
func (stayClause) clause()         {}
func (byClause) clause()           {}
func (requiresClause) clause()     {}
func (setsClause) clause()         {}
func (versionClause) clause()      {}
func (guardClause[R]) clause()     {}
func (decideClause[R, C]) clause() {}
func (pickClause[R, C]) clause()   {}
func (needsClause[R, C]) clause()  {}
func (followClause[R, C]) clause() {}

// From names the states in which the command is open; [None] for a birth.
func From(states ...State) Clause { return fromClause{states} }

// To names the states that the command may lead to. Several need a [Pick].
func To(states ...State) Clause { return toClause{states} }

// Stay says that the command leaves the record in the state it is in.
func Stay() Clause { return stayClause{} }

// By names the roles that may give the command. The first that the actor holds
// is the one recorded.
func By(roles ...Role) Clause { return byClause{roles} }

// Requires names declared fields that the record must have before the command.
func Requires(fields ...string) Clause { return requiresClause{fields} }

// Sets names declared fields that the command fills or may fill. It is what
// [Lifecycle.Verify] believes when it looks for required fields that nobody can
// have filled.
func Sets(fields ...string) Clause { return setsClause{fields} }

// Version is the version of the command's encoded form; 1 without this clause.
func Version(n int) Clause { return versionClause{n} }

// Guard names a condition on record and stamp. The error it returns is shown to
// the person refused, so it says what would be right.
func Guard[R any](name string, test func(*R, Stamp) error) Clause {
	return guardClause[R]{NamedGuard[R]{name, test}}
}

// NamedGuard is a condition of a transition.
type NamedGuard[R any] struct {
	Name string
	Test func(*R, Stamp) error
}

// Decide completes the command before it is checked: derives a priority, fills a
// deadline. It may use the policy; what it decides is kept in the event, so that
// a later policy never changes history. It must not change the record.
func Decide[R, C any](decide func(*R, C, Stamp) (C, error)) Clause {
	if decide == nil {
		return decideClause[R, C]{}
	}
	return decideClause[R, C]{func(r *R, c C, s Stamp, _ []*R) (C, error) { return decide(r, c, s) }}
}

// DecideAmong is [Decide] for a rule over several records of one kind: it also
// sees those that [Needs] asked for. It must not change any of them.
func DecideAmong[R, C any](decide func(r *R, c C, s Stamp, near []*R) (C, error)) Clause {
	return decideClause[R, C]{decide}
}

// Pick chooses among several to-states, from the record before the completed
// command is applied.
func Pick[R, C any](pick func(*R, C, Stamp) State) Clause { return pickClause[R, C]{pick} }

// Needs says which other records of the kind the decision must see. It is asked
// again with those already found, until it asks for nothing or a round finds
// nothing new, and so can walk a chain.
func Needs[R, C any](needs func(r *R, c C, near []*R) []Selection[R]) Clause {
	return needsClause[R, C]{needs}
}

// Follow says what the system does to other records of the kind once the command
// was carried out on r. It is given the records that [Needs] found.
func Follow[R, C any](follow func(r *R, c C, s Stamp, near []*R) []FollowUp[R]) Clause {
	return followClause[R, C]{follow}
}
