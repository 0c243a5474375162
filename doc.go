// Package itsm is the ground floor of an embeddable SDK for IT service management
// after ISO/IEC 20000-1: the vocabulary that all processes share, and lifecycles,
// which are process rules as data. It does no input or output, reads no clock and
// keeps no state; everything it needs comes in as a value.
//
// # Records, commands, events
//
// A record embeds a [Header]: id, number, state, revision, times, and the host's
// own fields. It changes only by a [Command], a small struct such as
// incident.Assign, that an [Actor] gives at a time (a [Stamp]). A [Lifecycle]
// decides whether the command may be given, completes it, applies it, and returns
// the [Event]. A record is the fold of its events: [Lifecycle.Replay] rebuilds it
// without asking any rule again.
//
// # A lifecycle is a table
//
// The rows of a lifecycle are made by [On]; what the table does not list is
// refused:
//
//	itsm.On("assign", Assign{}, itsm.From(New, Assigned), itsm.To(Assigned), itsm.By(Agent), itsm.Decide(assign))
//
// A command has three moments. Decide, a clause of the row, completes it and may
// ask the policy: it derives the priority, fills the deadline. Check, a method of
// the command, refuses what is incomplete. Apply, the other method, carries it out
// and cannot fail. The event keeps the completed command, so that a policy applies
// once and never changes history.
//
// A state has a [Phase], which reports, clocks and figures ask instead of its name,
// so that a host's own states count as they should. Rules that fire by themselves
// are rows too: see [Timer]. Rules over several records of one kind are told by
// [Needs] what else to look at and by [Follow] what else to do.
//
// # Customised, and proved
//
// A host changes a lifecycle by [Lifecycle.With], [Lifecycle.Without],
// [Lifecycle.Tighten] and [Lifecycle.Retire], which ends the use of a command whose
// events of the past stay readable. Each gives a new lifecycle, and each time
// [Lifecycle.Verify] walks through every sequence of commands: a state without a way
// out, a required field that nobody can have filled, an exit for which nobody has the
// role, and more, refuse the lifecycle with the shortest sequence that shows it.
//
// # Figures
//
// Figures are exact and keep what they are made of: a [Ratio] its numerator and
// denominator, a [Spread] of elapsed times their number, sum and percentiles. What
// there is nothing to count of is no data, which is neither none nor all.
//
// # Errors
//
// What is wrong in itself matches [ErrInvalid] and is a [FieldError], which names
// the field and what would be right. What the rules refuse here and now matches
// [ErrRefused] and is a [TransitionError]: the rule, the missing fields, the roles
// that may, the commands that are open instead. On any error the record is exactly
// as it was.
//
// # The other packages
//
// sla is service level management, from business calendars to agreements and what
// became of them; config is configuration items and the graph of their relations;
// incident and the other processes have a record, a policy and a table each. register
// runs any of them over a store.Backend, which a host implements over its own
// database; store/memory is one, store/storetest tells whether another keeps the
// promises. itsmtest tries out commands.
package itsm
