// Package incident is incident management after ISO/IEC 20000-1:2018, 8.6.1, and
// ITIL: restoring a service that has failed or got worse, as soon as may be. The
// standard asks that incidents are recorded and classified, prioritised by impact
// and urgency, escalated if needed, resolved and closed, and that their records
// say what was done; and that major incidents are told from the others by
// criteria, have somebody responsible, are kept before top management, and are
// reported and reviewed after their resolution.
//
// [Process] gives the rules under a [Policy], which holds what differs from host
// to host. They need no database: see the example, and package register for
// running them over one.
//
// # States
//
//	report                                    ┌──── reopen ─────┐
//	  │                                       ▼                 │
//	  ▼      assign          start                   resolve    │       close
//	 new ─────────▶ assigned ───────▶ in progress ─────────▶ resolved ─────────▶ closed
//	  └───────────────┬────────────────────┘                                        ┊
//	         hold │   ▲ resume                                                  follow up
//	              ▼   │                                                             ┊
//	             on hold                                                            ▼
//	                                                                            another new
//
//	from new, assigned, in progress and on hold also:
//	resolve ─────────▶ resolved
//	cancel ──────────▶ cancelled
//
// An incident resumes where it was, a new one that has got a group in the meantime
// in assigned. It is reopened in progress, or in assigned when its assignee is
// gone. One in progress that goes to another group, or to nobody, is assigned
// again. Closed and cancelled are final: nothing changes there any more but the
// caller's satisfaction with a closed one (R5).
//
// # Commands
//
// Each command is a struct of the name. States: – before birth, N new, A assigned,
// I in progress, H on hold, R resolved, C closed, X cancelled; "=" is where it
// was. What is not listed is refused.
//
//	from   command      to    who
//	–      report       N     agent, system, caller
//	–      follow up    N     agent, caller
//	NAIHR  classify     =     agent
//	NAIHR  link         =     agent
//	NAIH   join         =     agent
//	NAIHR  affect       =     agent, system
//	NAIHR  watch        =     agent, caller
//	NAIHR  attach       =     agent, caller
//	NAIHR  log          =     agent
//	NAIHR  correct      =     agent
//	NAI    acknowledge  =     agent
//	NA     assign       A     agent, manager, system
//	I      assign       A, I  agent, manager, system
//	H      assign       =     agent, manager, system
//	NAIH   escalate     =     agent, manager, system
//	NA     start        I     agent
//	NAI    hold         H     agent
//	H      hold         =     agent
//	H      resume       NAI   agent, system, caller
//	NAIH   add task     =     agent
//	NAIH   move task    =     agent
//	NAIH   resolve      R     agent, manager, system
//	R      reopen       I, A  agent, system, caller
//	R      close        C     manager, system, caller
//	N      cancel       X     agent, manager, caller
//	AIH    cancel       X     agent, manager
//	RC     rate         =     caller
//	NAIH   declare      =     manager
//	NAIH   demote       =     manager
//	NAIHR  inform       =     manager
//	R      review       =     manager
//
// # Roles
//
// Agent and manager stand for the roles of the policy; a manager is not by that an
// agent. [Caller] follows from the incident: whom it concerns. Whoever reports or
// follows up is the caller of what he reports. The system is what happens by
// itself: an alarm that is reported, a rule of time, a parent's resolution. A major
// incident is resolved by a manager, any other by an agent or with its parent; the
// caller resumes only what waits for him.
//
// # Time
//
// Two things happen by themselves, each once it is due, with the system as actor:
//
//   - A hold is over at its review date, unless it is extended with a reason, at
//     most so many times (R11).
//   - A resolved incident closes when the window for reopening has passed, counted
//     from the last resolution (R13). From that instant on it is not reopened; once
//     closed it is followed up by a new one. A major incident that nobody has
//     reviewed stays open: the refusal is reported once (R35).
//
// Package register finds and carries them out (Tick); without it, ask the
// lifecycle's Due.
//
// # Families
//
// [Join] makes an incident part of another, its parent. Resolving the parent
// resolves the open ones among its children; a child that refuses, for a task
// unfinished or because it is major, is listed, and the parent proceeds. Reopening
// the parent reopens those that its resolution resolved and that are not closed yet
// (R18). [Resolve] names a duplicate's target, never in a circle (R17).
//
// # Record and events
//
// The record holds what rules, selections and figures ask for, and stays small.
// Texts of any length are in the events only: the description, notes and replies,
// the reasons of commands, what was done to resolve it, findings of a review,
// comments. So is each earlier value of what changed; a corrected time keeps the
// value it replaced, its reason and when it was recorded (R34). The events of an
// incident, in order, give the record again to the byte.
//
// # Figures
//
// [Measure] computes from incidents what is reported of the process: volumes and
// the backlog by day, times to response and resolution, rates, ages, and the share
// of time on hold, of all and by service, group, priority or any other declared
// field. Each figure keeps what it is made of. It asks the phase of a state, never
// its name; [Incident.BeginHold] has a wait in a host's own state count as one.
// [Figures] defines each of them.
//
// # Other rules
//
// The number behind a rule names it in refusals and tests: unfinished tasks keep an
// incident from ending (R8), its priority is that of the matrix or an override with
// a reason (R10), a resolution has a code and notes (R12), a major incident is
// declared by criteria with an owner and closes only after report and review (R14).
//
// A host adds states and rows, or tightens what is there, with the lifecycle's With,
// Without, Tighten and Retire: see the examples.
package incident
