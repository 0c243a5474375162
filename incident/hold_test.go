package incident_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

func TestR11_ReviewByOfThePolicy(t *testing.T) {
	lc := under(t, func(p *incident.Policy) { p.HoldReview = itsm.Wait{Days: 7}; p.HoldLimit = itsm.Wait{Days: 30} })
	w := in(t, lc, incident.OnHold)
	require.Equal(t, w.Record().Updated.Add(7*day), w.Record().Hold.ReviewBy)

	w = in(t, lc, incident.InProgress)
	w.Do(ann, incident.Hold{Reason: incident.AwaitingVendor, Awaits: ticket, ReviewBy: w.Now().Add(30 * day)})
	w = in(t, lc, incident.InProgress)
	late := incident.Hold{Reason: incident.AwaitingVendor, Awaits: ticket, ReviewBy: w.Now().Add(30*day + time.Microsecond)}
	itsmtest.RequireField(t, w.Refused(ann, late), "review_by")

	for _, past := range []time.Duration{0, -time.Microsecond, -time.Hour} {
		now := incident.Hold{Reason: incident.AwaitingVendor, Awaits: ticket, ReviewBy: w.Now().Add(past)}
		itsmtest.RequireField(t, w.Refused(ann, now), "review_by")
	}
}

// TestR11_WhatTheDecisionFillsIn cannot be given.
func TestR11_WhatTheDecisionFillsIn(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	hold := forVendor()
	hold.Back, hold.Extensions = incident.New, -7
	w.Do(ann, hold)
	require.Equal(t, incident.InProgress, w.Record().Hold.Back)
	require.Zero(t, w.Record().Hold.Extensions)
}

func TestR11_LimitIsShorterThanReview(t *testing.T) {
	w := in(t, under(t, func(p *incident.Policy) { p.HoldLimit = itsm.Wait{Time: hour} }), incident.OnHold)
	require.Equal(t, w.Record().Updated.Add(hour), w.Record().Hold.ReviewBy)
}

func TestR11_WhatAHoldNeeds(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	itsmtest.RequireField(t, w.Refused(ann, incident.Hold{}), "reason")
	itsmtest.RequireField(t, w.Refused(ann, incident.Hold{Reason: "lunch", Awaits: ticket}), "reason")
	for _, reason := range incident.HoldReasons() {
		field := "awaits"
		if reason == incident.AwaitingCaller {
			field = "question"
		}
		itsmtest.RequireField(t, w.Refused(ann, incident.Hold{Reason: reason}), field)
		w.Fork().Do(ann, incident.Hold{Reason: reason, Awaits: ticket, Question: "Which mailbox?"})
	}
}

func TestR11_ExtensionsAtMost(t *testing.T) {
	w := in(t, under(t, func(p *incident.Policy) { p.Extensions = 2 }), incident.OnHold)
	itsmtest.RequireField(t, w.Wait(day).Refused(ann, forVendor()), "why")
	extend := forVendor()
	extend.Why, extend.Extensions = "The part is on its way.", -5 // what the decision counts cannot be given
	for n := 1; n <= 2; n++ {
		w.Wait(day).Do(ann, extend)
		require.Equal(t, n, w.Record().Hold.Extensions)
		require.Equal(t, w.Now().Add(7*day), w.Record().Hold.ReviewBy)
	}
	was := w.Record().Hold.ReviewBy
	itsmtest.RequireRule(t, w.Wait(day).Refused(ann, extend), "R11")
	require.Equal(t, was, w.Record().Hold.ReviewBy)
	require.Equal(t, 1, w.Record().Counts.Holds, "it was put on hold once")

	w.Do(ann, forCaller())
	require.Equal(t, was, w.Record().Hold.ReviewBy, "another reason keeps the date")
	require.Equal(t, 2, w.Record().Hold.Extensions)
	require.Equal(t, incident.InProgress, w.Record().Hold.Back)
	require.Equal(t, itsm.Ref{}, w.Record().Hold.Awaits)
	require.Equal(t, 1, w.Record().Counts.Holds)
}

// TestR11_AnotherReasonIsNoWayRound: a hold that changes its reason every few days
// is extended as any other.
func TestR11_AnotherReasonIsNoWayRound(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.OnHold)
	reasons := []incident.HoldReason{incident.AwaitingProblem, incident.AwaitingVendor}
	for n := 0; ; n++ {
		again := incident.Hold{Reason: reasons[n%2], Awaits: ticket, ReviewBy: w.Wait(5 * day).Now().Add(7 * day)}
		if n == incident.DefaultPolicy().Extensions {
			itsmtest.RequireRule(t, w.Refused(ann, again), "R11")
			return
		}
		itsmtest.RequireField(t, w.Refused(ann, again), "why")
		again.Why = "Now the other one has to look."
		w.Do(ann, again)
		require.Equal(t, n+1, w.Record().Hold.Extensions)
	}
}

func TestR11_NoExtensions(t *testing.T) {
	w := in(t, under(t, func(p *incident.Policy) { p.Extensions = 0 }), incident.OnHold)
	extend := forVendor()
	extend.Why = "The part is on its way."
	itsmtest.RequireRule(t, w.Wait(day).Refused(ann, extend), "R11")
}

func TestR11_ResumesByItselfAtReview(t *testing.T) {
	lc := lifecycle(t, nil)
	w := in(t, lc, incident.OnHold)
	review := w.Record().Hold.ReviewBy

	due := lc.Due(w.Record())
	require.Len(t, due, 1)
	require.Equal(t, review, due[0].At)
	require.Equal(t, incident.Resume{}, due[0].Command)

	w.Wait(review.Sub(w.Now()) - time.Microsecond)
	itsmtest.RequireRule(t, w.Refused(system, due[0].Command), "R11")
	w.Wait(time.Microsecond).Do(system, due[0].Command)
	require.Equal(t, incident.InProgress, w.Record().State)
	require.Nil(t, w.Record().Hold)
	require.Empty(t, lc.Due(w.Record()))
}

func TestR11_ResumesWhenTheAwaitedIsFinished(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.OnHold)
	itsmtest.RequireField(t, w.Refused(system, incident.Resume{Finished: mail}), "finished")
	w.Do(system, incident.Resume{Finished: ticket})
	require.Equal(t, incident.InProgress, w.Record().State)

	w.Do(ann, forCaller())
	itsmtest.RequireField(t, w.Refused(system, incident.Resume{Finished: ticket}), "finished")
}

func TestR11_CallerReplies(t *testing.T) {
	lc := lifecycle(t, nil)
	w := in(t, lc, incident.OnHold)
	itsmtest.RequireRule(t, w.Refused(carl, incident.Resume{Reply: "Hurry up."}), "reply")

	w.Do(ann, forCaller())
	itsmtest.RequireField(t, w.Refused(carl, incident.Resume{}), "reply")
	itsmtest.RequireRule(t, w.Refused(otto, incident.Resume{Reply: "Mine."}), itsm.RuleRole)
	itsmtest.RequireRule(t, w.Refused(mia, incident.Resume{Reply: "His."}), itsm.RuleRole)
	e := w.Do(carl, incident.Resume{Reply: "Mine."})
	require.Equal(t, incident.Caller, e.Role)
	require.Equal(t, incident.InProgress, w.Record().State)
}

func TestResumeLeadsBack(t *testing.T) {
	lc := lifecycle(t, nil)
	for _, from := range []itsm.State{incident.New, incident.Assigned, incident.InProgress} {
		w := in(t, lc, from)
		w.Do(ann, forVendor())
		w.Do(ann, incident.Hold{Reason: incident.AwaitingEvidence, Awaits: paper}) // another reason does not change where
		w.Do(ann, incident.Resume{})
		require.Equal(t, from, w.Record().State)
	}
}

func TestResumeAfterAssigningOnHold(t *testing.T) {
	lc := lifecycle(t, nil)
	for _, c := range []struct {
		from   itsm.State
		assign incident.Assign
		back   itsm.State
	}{
		{incident.New, toBob(), incident.Assigned}, // N with a group: A
		{incident.Assigned, incident.Assign{Group: "network"}, incident.Assigned},
		{incident.InProgress, incident.Assign{To: "ann"}, incident.InProgress},
		{incident.InProgress, incident.Assign{Group: "network", To: "nina"}, incident.Assigned}, // the others have not started
		{incident.InProgress, incident.Assign{}, incident.Assigned},                             // nobody has it
	} {
		w := in(t, lc, c.from)
		w.Do(ann, forVendor())
		w.Do(ann, c.assign)
		require.Equal(t, incident.OnHold, w.Record().State)
		w.Do(ann, incident.Resume{})
		require.Equal(t, c.back, w.Record().State, "%s, %+v", c.from, c.assign)
	}
}

func TestHoldCounts(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	for n := 1; n <= 3; n++ {
		w.Do(ann, forVendor())
		require.Equal(t, n, w.Record().Counts.Holds)
		w.Do(ann, incident.Resume{})
	}
}
