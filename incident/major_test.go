package incident_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

func TestR14_CriteriaAndOwner(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	itsmtest.RequireField(t, w.Refused(mia, incident.Declare{Owner: "mia"}), "criteria")
	itsmtest.RequireField(t, w.Refused(mia, incident.Declare{Criteria: []string{"loud"}, Owner: "mia"}), "criteria[0]")
	itsmtest.RequireField(t, w.Refused(mia, incident.Declare{Criteria: []string{"many users affected", ""}, Owner: "mia"}), "criteria[1]")
	itsmtest.RequireField(t, w.Refused(mia, incident.Declare{Criteria: []string{"many users affected"}}), "owner")
	require.False(t, w.Record().IsMajor())

	w.Do(mia, major())
	require.True(t, w.Record().IsMajor())
	require.Equal(t, &incident.Major{Criteria: []string{"many users affected"}, Owner: "mia", Declared: w.Now()}, w.Record().Major)

	any := in(t, under(t, func(p *incident.Policy) { p.Criteria = nil }), incident.New)
	any.Do(mia, incident.Declare{Criteria: []string{"loud"}, Owner: "mia"})
	itsmtest.RequireField(t, any.Refused(mia, incident.Declare{Criteria: []string{"two\nlines"}, Owner: "mia"}), "criteria[0]")
}

func TestR14_DeclaredAgain(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	w.Do(mia, major())
	declared := w.Now()
	w.Do(mia, incident.Inform{Audience: incident.Management, Text: "We work on it."})
	w.Wait(hour).Do(mia, incident.Declare{Criteria: []string{"safety or security at risk"}, Owner: "moe"})
	require.Equal(t, &incident.Major{
		Criteria: []string{"safety or security at risk"}, Owner: "moe", Declared: declared,
		ManagementInformed: declared, Updates: 1,
	}, w.Record().Major)
}

func TestR14_Inform(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	word := incident.Inform{Audience: incident.Users, Text: "Mail is down; we work on it."}
	itsmtest.RequireRule(t, w.Refused(mia, word), "R14 major")
	w.Do(mia, major())
	itsmtest.RequireField(t, w.Refused(mia, incident.Inform{Audience: "the press", Text: "Hm."}), "audience")
	itsmtest.RequireField(t, w.Refused(mia, incident.Inform{Audience: incident.Users}), "text")
	for i, audience := range incident.Audiences() {
		fork := w.Fork()
		fork.Wait(hour).Do(mia, incident.Inform{Audience: audience, Text: "We work on it."})
		require.Equal(t, 1, fork.Record().Major.Updates)
		require.Equal(t, audience == incident.Management, !fork.Record().Major.ManagementInformed.IsZero(), i)
	}
	w.Do(mia, fixed())
	w.Do(mia, word) // of a resolved one too
}

func TestR14_Demote(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	itsmtest.RequireRule(t, w.Refused(mia, incident.Demote{Reason: "One user only."}), "R14 major")
	w.Do(mia, major())
	itsmtest.RequireField(t, w.Refused(mia, incident.Demote{}), "reason")
	w.Do(mia, incident.Demote{Reason: "One user only."})
	require.False(t, w.Record().IsMajor())
	w.Do(bob, fixed()) // an ordinary one again
	w.Do(carl, incident.Close{})
}

func TestR14_NotCancelled(t *testing.T) {
	for _, s := range []itsm.State{incident.New, incident.Assigned, incident.InProgress, incident.OnHold} {
		w := in(t, lifecycle(t, nil), s)
		w.Do(mia, major())
		itsmtest.RequireRule(t, w.Refused(mia, incident.Cancel{Reason: "It was a drill."}), "R14 major")
	}
}

// TestR14_ReviewGatesClosure: report and review gate the closing, never the
// resolution.
func TestR14_ReviewGatesClosure(t *testing.T) {
	lc := lifecycle(t, nil)
	w := in(t, lc, incident.InProgress)
	w.Do(mia, major())
	itsmtest.RequireRule(t, w.Refused(mia, incident.Review{Report: paper, Findings: "Nothing."}), itsm.RuleState)
	w.Do(mia, fixed())
	for _, by := range []itsm.Actor{carl, mia} {
		itsmtest.RequireRule(t, w.Refused(by, incident.Close{}), "R14 review")
	}
	itsmtest.RequireRule(t, w.Fork().Wait(30*day).Refused(system, incident.Close{}), "R14 review")

	itsmtest.RequireField(t, w.Refused(mia, incident.Review{Findings: "Nothing."}), "report")
	itsmtest.RequireField(t, w.Refused(mia, incident.Review{Report: paper}), "findings")
	itsmtest.RequireRule(t, w.Refused(ann, incident.Review{Report: paper, Findings: "Nothing."}), itsm.RuleRole)
	w.Wait(day).Do(mia, incident.Review{Report: paper, Findings: "Watch the queue."})
	require.Equal(t, paper, w.Record().Major.Report)
	require.Equal(t, w.Now(), w.Record().Major.Reviewed)
	w.Fork().Do(carl, incident.Close{})
	w.Fork().Wait(30*day).Do(system, incident.Close{})
}

func TestR14_ReviewedAfterTheLastResolution(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	w.Do(mia, major())
	w.Do(mia, fixed())
	w.Wait(hour).Do(mia, incident.Review{Report: paper, Findings: "Watch the queue."})
	w.Wait(hour).Do(carl, incident.Reopen{Reason: "It came back."})
	w.Wait(hour).Do(mia, fixed())
	itsmtest.RequireRule(t, w.Refused(carl, incident.Close{}), "R14 review")
	w.Wait(hour).Do(mia, incident.Review{Report: paper, Findings: "Replace the queue."})
	w.Do(carl, incident.Close{})
}

// TestR14_NotByCascade: resolving a parent does not resolve a major child past its
// manager.
func TestR14_NotByCascade(t *testing.T) {
	parent := in(t, lifecycle(t, nil), incident.InProgress)
	child := parent.Another()
	child.Do(ann, outage())
	child.Do(ann, incident.Join{Parent: parent.Record().ID}, parent.Record())
	child.Do(mia, major())
	err := child.Refused(system, incident.Resolve{Code: "fixed", Notes: "With its parent.", Cascade: parent.Record().ID})
	itsmtest.RequireRule(t, err, "R14 resolver")
}
