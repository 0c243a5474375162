package incident

import (
	"slices"

	"github.com/itsmkit/itsm"
)

// The states.
const (
	New        itsm.State = "new"
	Assigned   itsm.State = "assigned"
	InProgress itsm.State = "in progress"
	OnHold     itsm.State = "on hold"
	Resolved   itsm.State = "resolved"
	Closed     itsm.State = "closed"
	Cancelled  itsm.State = "cancelled"
)

// definition is the process as one table. Deny by default: what it does not list
// is refused.
func (p *Policy) definition() itsm.Definition[Incident] {
	system := itsm.SystemRole
	agents, managers := p.Agents, p.Managers
	staff := slices.Concat(agents, managers)

	from, to, stay, sets := itsm.From, itsm.To, itsm.Stay, itsm.Sets
	by := func(groups ...[]itsm.Role) itsm.Clause { return itsm.By(slices.Concat(groups...)...) }
	also := func(roles ...itsm.Role) []itsm.Role { return roles }
	classified := slices.Concat([]string{"title", "service", "category", "subcategory", "impact", "urgency", "priority"}, p.Custom.Names())
	reported := slices.Concat([]string{"caller", "source", "detected"}, classified)
	tasksFinal := itsm.Guard("R8 tasks", tasksFinal)
	major := itsm.Guard("R14 major", isMajor)
	notMajor := itsm.Guard("R14 major", isNotMajor)

	return itsm.Definition[Incident]{
		Kind: Kind,
		States: []itsm.StateDef{
			{State: New, Phase: itsm.Open},
			{State: Assigned, Phase: itsm.Open},
			{State: InProgress, Phase: itsm.Active},
			{State: OnHold, Phase: itsm.Paused},
			{State: Resolved, Phase: itsm.Done},
			{State: Closed, Phase: itsm.Final},
			{State: Cancelled, Phase: itsm.Final},
		},
		Roles:     staff,
		Relations: []itsm.Relation[Incident]{{Role: Caller, Holds: isCaller}},
		Fields:    fields(p),
		Transitions: []itsm.Transition[Incident]{
			itsm.On("report", Report{}, from(itsm.None), to(New), by(agents, also(system, Caller)), sets(reported...), sets("group", "assignee"), itsm.Decide(p.report)),
			itsm.On("follow up", FollowUp{}, from(itsm.None), to(New), by(agents, also(Caller)), sets(reported...),
				itsm.Needs(aroundFollowUp), itsm.DecideAmong(p.followUp)),

			itsm.On("classify", Classify{}, from(New, Assigned, InProgress, OnHold, Resolved), stay(), by(agents), sets(classified...), itsm.Decide(p.classify)),
			itsm.On("link", Link{}, from(New, Assigned, InProgress, OnHold, Resolved), stay(), by(agents)),
			itsm.On("join", Join{}, from(New, Assigned, InProgress, OnHold), stay(), by(agents), sets("parent"),
				itsm.Needs(aroundJoin), itsm.DecideAmong(join)),
			itsm.On("affect", Affect{}, from(New, Assigned, InProgress, OnHold, Resolved), stay(), by(agents, also(system))),
			itsm.On("watch", Watch{}, from(New, Assigned, InProgress, OnHold, Resolved), stay(), by(agents, also(Caller))),
			itsm.On("attach", Attach{}, from(New, Assigned, InProgress, OnHold, Resolved), stay(), by(agents, also(Caller))),
			itsm.On("log", Log{}, from(New, Assigned, InProgress, OnHold, Resolved), stay(), by(agents), sets("public_notes")),
			itsm.On("correct", Correct{}, from(New, Assigned, InProgress, OnHold, Resolved), stay(), by(agents), sets("detected", "responded"), itsm.Decide(correct)),

			itsm.On("acknowledge", Acknowledge{}, from(New, Assigned, InProgress), stay(), by(agents), sets("responded")),
			itsm.On("assign", Assign{}, from(New, Assigned), to(Assigned), by(staff, also(system)), sets("group", "assignee"), itsm.Decide(p.assign)),
			itsm.On("assign", Assign{}, from(InProgress), to(Assigned, InProgress), by(staff, also(system)), sets("group", "assignee"),
				itsm.Decide(p.assign), itsm.Pick(assignTo)),
			itsm.On("assign", Assign{}, from(OnHold), stay(), by(staff, also(system)), sets("group", "assignee"), itsm.Decide(p.assign)),
			itsm.On("escalate", Escalate{}, from(New, Assigned, InProgress, OnHold), stay(), by(staff, also(system))),
			itsm.On("start", Start{}, from(New, Assigned), to(InProgress), by(agents), sets("responded"), itsm.Requires("assignee")),
			itsm.On("hold", Hold{}, from(New, Assigned, InProgress), to(OnHold), by(agents), sets("hold_reason"), itsm.Decide(p.hold)),
			itsm.On("hold", Hold{}, from(OnHold), stay(), by(agents), sets("hold_reason"), itsm.Decide(p.hold)),
			itsm.On("resume", Resume{}, from(OnHold), to(New, Assigned, InProgress), by(agents, also(system, Caller)),
				itsm.Decide(p.resume), itsm.Pick(resumeTo)),
			itsm.On("add task", AddTask{}, from(New, Assigned, InProgress, OnHold), stay(), by(agents)),
			itsm.On("move task", MoveTask{}, from(New, Assigned, InProgress, OnHold), stay(), by(agents)),

			itsm.On("resolve", Resolve{}, from(New, Assigned, InProgress, OnHold), to(Resolved), by(staff, also(system)),
				tasksFinal, itsm.Guard("R14 resolver", p.resolvable), sets("resolution_code", "resolved"),
				itsm.Needs(aroundResolve), itsm.DecideAmong(p.resolve), itsm.Follow(resolveChildren)),
			itsm.On("reopen", Reopen{}, from(Resolved), to(InProgress, Assigned), by(agents, also(system, Caller)),
				itsm.Guard("R13 window", p.inWindow),
				itsm.Needs(aroundReopen), itsm.Decide(p.reopen), itsm.Pick(reopenTo), itsm.Follow(reopenChildren)),
			itsm.On("close", Close{}, from(Resolved), to(Closed), by(managers, also(system, Caller)), sets("closed"),
				tasksFinal, itsm.Guard("R13 window", p.afterWindow), itsm.Guard("R14 review", lookedBack)),
			itsm.On("cancel", Cancel{}, from(New), to(Cancelled), by(staff, also(Caller)), notMajor, sets("closed"),
				itsm.Needs(aroundCancel), itsm.DecideAmong(cancel)),
			itsm.On("cancel", Cancel{}, from(Assigned, InProgress, OnHold), to(Cancelled), by(staff), notMajor, sets("closed"),
				itsm.Needs(aroundCancel), itsm.DecideAmong(cancel)),
			itsm.On("rate", Rate{}, from(Resolved, Closed), stay(), by(also(Caller))),

			itsm.On("declare", Declare{}, from(New, Assigned, InProgress, OnHold), stay(), by(managers), sets("major"), itsm.Decide(p.declare)),
			itsm.On("demote", Demote{}, from(New, Assigned, InProgress, OnHold), stay(), by(managers), sets("major"), major),
			itsm.On("inform", Inform{}, from(New, Assigned, InProgress, OnHold, Resolved), stay(), by(managers), major),
			itsm.On("review", Review{}, from(Resolved), stay(), by(managers), major),
		},
		Timers: []itsm.Timer[Incident]{
			{Name: "review the hold", In: []itsm.State{OnHold}, Since: reviewBy, Command: Resume{}},
			{Name: "close", In: []itsm.State{Resolved}, Since: resolvedAt, Wait: p.Window, Command: Close{}},
		},
	}
}

// isCaller holds for whoever is about to report, and then for the caller.
func isCaller(inc *Incident, a itsm.Actor) bool {
	return inc.State == itsm.None || inc.Caller != "" && inc.Caller == a.ID
}
