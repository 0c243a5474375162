package incident_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

// Who may, and who has it: the caller, agents, groups.

func TestAnybodyReportsForHimself(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	self := outage()
	self.Caller = ""
	for _, by := range []itsm.Actor{carl, otto, mia} {
		other := w.Another()
		e := other.Do(by, self)
		require.Equal(t, incident.Caller, e.Role)
		require.Equal(t, by.ID, other.Record().Caller)
		require.Equal(t, by.ID, other.Record().Reporter)
	}
	own := outage()
	own.Caller = "otto"
	itsmtest.RequireRule(t, w.Another().Refused(carl, own), "on behalf")
	w.Another().Do(otto, own)
}

func TestAgentsAndTheSystemReportForOthers(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	w.Another().Do(ann, outage())
	w.Another().Do(system, outage())
	alarm := outage()
	alarm.Caller = ""
	itsmtest.RequireField(t, w.Another().Refused(ann, alarm), "caller")
	itsmtest.RequireField(t, w.Another().Refused(system, alarm), "caller")
	alarm.Source = "monitoring"
	other := w.Another()
	other.Do(system, alarm)
	require.Empty(t, other.Record().Caller)
}

func TestSources(t *testing.T) {
	lc := under(t, func(p *incident.Policy) { p.Sources = []string{"phone", "portal"} })
	w := in(t, lc, incident.New)
	report := outage()
	report.Source = "pigeon"
	itsmtest.RequireField(t, w.Another().Refused(ann, report), "source")
	report.Source = "phone"
	w.Another().Do(ann, report)
}

func TestTheCallerIsARelation(t *testing.T) {
	lc := lifecycle(t, nil)
	w := in(t, lc, incident.New)
	itsmtest.RequireRule(t, w.Refused(otto, incident.Cancel{Reason: "It works."}), itsm.RuleRole)
	impostor := itsm.Actor{ID: "otto", Roles: []itsm.Role{incident.Caller}} // a relation is not handed out
	itsmtest.RequireRule(t, w.Refused(impostor, incident.Cancel{Reason: "It works."}), itsm.RuleRole)
	w.Fork().Do(carl, incident.Cancel{Reason: "It works."})

	lead(w, incident.Assigned)
	itsmtest.RequireRule(t, w.Refused(carl, incident.Cancel{Reason: "It works."}), itsm.RuleRole)
}

func TestAssign(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	itsmtest.RequireField(t, w.Refused(ann, incident.Assign{}), "group")
	itsmtest.RequireField(t, w.Refused(ann, incident.Assign{To: "bob"}), "group")

	w.Do(ann, incident.Assign{Group: "messaging"})
	require.Equal(t, "", w.Record().Assignee, "the group has it")
	w.Do(system, incident.Assign{To: "bob"})
	require.Equal(t, "messaging bob", w.Record().Group+" "+w.Record().Assignee)
	require.Equal(t, 0, w.Record().Counts.Reassignments, "within the group is no reassignment")
	w.Do(mia, incident.Assign{Group: "network"})
	w.Do(ann, incident.Assign{Group: "network", To: "nina"})
	w.Do(ann, incident.Assign{Group: "messaging", To: "bob"})
	require.Equal(t, 2, w.Record().Counts.Reassignments)
}

func TestBelongs(t *testing.T) {
	groups := map[string]string{"bob": "messaging", "nina": "network"}
	lc := under(t, func(p *incident.Policy) {
		p.Belongs = func(group, person string) bool { return groups[person] == group }
	})
	w := in(t, lc, incident.New)
	itsmtest.RequireField(t, w.Refused(ann, incident.Assign{Group: "network", To: "bob"}), "to")
	itsmtest.RequireField(t, w.Refused(ann, incident.Assign{To: "bob"}), "group")
	w.Do(ann, toBob())
	itsmtest.RequireField(t, w.Refused(ann, incident.Assign{To: "nina"}), "to")
	w.Do(ann, incident.Assign{Group: "unknown"}) // without a person nothing is asked
}

func TestWatchers(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	w.Do(carl, incident.Watch{Who: "carl"})
	w.Do(ann, incident.Watch{Who: "wanda"})
	w.Do(ann, incident.Watch{Who: "carl"})
	require.Equal(t, []string{"carl", "wanda"}, w.Record().Watchers)
	w.Do(carl, incident.Watch{Who: "carl", Stop: true})
	w.Do(carl, incident.Watch{Who: "nobody", Stop: true})
	require.Equal(t, []string{"wanda"}, w.Record().Watchers)
	w.Do(ann, incident.Watch{Who: "wanda", Stop: true})
	require.Nil(t, w.Record().Watchers)
	itsmtest.RequireField(t, w.Refused(ann, incident.Watch{}), "who")
}

func TestReportedWatchersAndCIs(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New).Another()
	report := outage()
	report.Watchers = []string{"wanda", "carl", "wanda"}
	report.CIs = []itsm.Ref{mail, mail}
	w.Do(ann, report)
	require.Equal(t, []string{"wanda", "carl"}, w.Record().Watchers)
	require.Equal(t, []incident.AffectedCI{{CI: mail, How: incident.Manual}}, w.Record().CIs)

	report.Watchers, report.CIs = []string{"wanda", ""}, []itsm.Ref{mail, {}}
	err := w.Another().Refused(ann, report)
	itsmtest.RequireField(t, err, "watchers[1]")
	itsmtest.RequireField(t, err, "cis[1]")
}

// TestReportThatSaysWhoseItIs: a dispatch rule or an agent may, a caller may not.
func TestReportThatSaysWhoseItIs(t *testing.T) {
	lc := under(t, func(p *incident.Policy) {
		p.Belongs = func(group, person string) bool { return group == "messaging" && person == "bob" }
	})
	routed := outage()
	routed.Group, routed.To = "messaging", "bob"

	w := itsmtest.New(t, lc)
	w.Do(itsm.System("acme"), routed)
	require.Equal(t, incident.New, w.Record().State)
	require.Equal(t, "bob", w.Record().Assignee)
	require.Equal(t, w.Record().Opened, w.Record().Times.Assigned)
	w.Wait(hour).Do(bob, incident.Start{})
	require.Equal(t, incident.InProgress, w.Record().State)
	w.Do(ann, incident.Assign{Group: "messaging", To: "bob"})
	require.Zero(t, w.Record().Counts.Reassignments)

	var refusal *itsm.TransitionError
	routed.Caller = ""
	require.ErrorAs(t, itsmtest.New(t, lc).Refused(carl, routed), &refusal)
	require.Equal(t, "on behalf", refusal.Rule)
	routed.Caller, routed.To = "carl", "eve"
	require.ErrorContains(t, itsmtest.New(t, lc).Refused(ann, routed), `to: "eve" does not belong to the group "messaging"`)
	routed.Group = ""
	require.ErrorContains(t, itsmtest.New(t, lc).Refused(ann, routed), "group: is missing")
}
