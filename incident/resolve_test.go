package incident_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

func TestR12_CodeAndNotes(t *testing.T) {
	w := in(t, under(t, func(p *incident.Policy) { p.Codes = []string{"fixed", "workaround"} }), incident.InProgress)
	itsmtest.RequireField(t, w.Refused(ann, incident.Resolve{Notes: "Restarted."}), "code")
	itsmtest.RequireField(t, w.Refused(ann, incident.Resolve{Code: "magic", Notes: "Restarted."}), "code")
	itsmtest.RequireField(t, w.Refused(ann, incident.Resolve{Code: "fixed"}), "notes")
	itsmtest.RequireField(t, w.Refused(ann, incident.Resolve{Code: "fixed", Notes: " \n"}), "notes")
	w.Do(ann, fixed())
	require.Equal(t, &incident.Resolution{Code: "fixed", By: "ann"}, w.Record().Solution)
	require.Equal(t, w.Now(), w.Record().Times.Resolved)

	w = in(t, lifecycle(t, nil), incident.InProgress) // any code, but one
	err := w.Refused(ann, incident.Resolve{})
	itsmtest.RequireField(t, err, "code")
}

func TestR12_ResolvingEndsAHold(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.OnHold)
	w.Do(ann, fixed())
	require.Nil(t, w.Record().Hold)
	w = in(t, lifecycle(t, nil), incident.OnHold)
	w.Do(ann, incident.Cancel{Reason: "It was a drill."})
	require.Nil(t, w.Record().Hold)
	require.Equal(t, w.Now(), w.Record().Times.Closed)
}

// TestR13_Window looks at both sides of the instant at which the window ends.
func TestR13_Window(t *testing.T) {
	lc := under(t, func(p *incident.Policy) { p.Window = itsm.Wait{Days: 5} })
	w := in(t, lc, incident.Resolved)
	end := w.Record().Times.Resolved.Add(5 * day)
	due := lc.Due(w.Record())
	require.Len(t, due, 1)
	require.Equal(t, end, due[0].At)
	require.Equal(t, incident.Close{}, due[0].Command)

	w.Wait(end.Sub(w.Now()) - time.Microsecond)
	itsmtest.RequireRule(t, w.Refused(system, due[0].Command), "R13 window")
	w.Fork().Do(carl, incident.Reopen{Reason: "It came back."})

	w.Wait(time.Microsecond)
	itsmtest.RequireRule(t, w.Refused(carl, incident.Reopen{Reason: "It came back."}), "R13 window")
	itsmtest.RequireRule(t, w.Refused(ann, incident.Reopen{Reason: "It came back."}), "R13 window")
	w.Do(system, due[0].Command)
	require.Equal(t, incident.Closed, w.Record().State)
	require.Equal(t, w.Now(), w.Record().Times.Closed)
	require.Empty(t, lc.Due(w.Record()))
}

func TestR13_WindowCountsFromTheLastResolution(t *testing.T) {
	lc := under(t, func(p *incident.Policy) { p.Window = itsm.Wait{Days: 5} })
	w := in(t, lc, incident.Resolved)
	first := w.Record().Times.Resolved
	w.Wait(4*day).Do(carl, incident.Reopen{Reason: "It came back."})
	w.Wait(hour).Do(bob, fixed())
	last := w.Record().Times.Resolved
	require.True(t, last.After(first))
	require.Equal(t, last.Add(5*day), lc.Due(w.Record())[0].At)

	w.Wait(4 * day) // more than five days after the first
	itsmtest.RequireRule(t, w.Refused(system, incident.Close{}), "R13 window")
	w.Do(carl, incident.Reopen{Reason: "And again."})
	require.Equal(t, 2, w.Record().Counts.Reopens)
}

// TestR13_Calendar has the window count business days and the timer agree.
func TestR13_Calendar(t *testing.T) {
	lc := under(t, func(p *incident.Policy) { p.Window = itsm.Wait{Days: 2, Time: hour, Calendar: doubled{}} })
	w := in(t, lc, incident.Resolved)
	end := w.Record().Times.Resolved.Add(4*day + 2*hour)
	require.Equal(t, end, lc.Due(w.Record())[0].At)
	w.Wait(4*day+2*hour-time.Microsecond).Fork().Do(carl, incident.Reopen{Reason: "It came back."})
	itsmtest.RequireRule(t, w.Wait(time.Microsecond).Refused(carl, incident.Reopen{Reason: "It came back."}), "R13 window")
}

// doubled is a calendar in which everything takes twice as long.
type doubled struct{}

func (doubled) Add(t time.Time, d time.Duration) time.Time { return t.Add(2 * d) }
func (doubled) AddDays(t time.Time, n int) time.Time       { return t.AddDate(0, 0, 2*n) }

func TestR13_ReopenLeadsToTheAssignee(t *testing.T) {
	gone := false
	lc := under(t, func(p *incident.Policy) {
		p.Belongs = func(group, person string) bool { return group == "messaging" && person == "bob" && !gone }
	})
	w := in(t, lc, incident.Resolved)
	itsmtest.RequireField(t, w.Refused(carl, incident.Reopen{}), "reason")
	itsmtest.RequireRule(t, w.Refused(otto, incident.Reopen{Reason: "Mine too."}), itsm.RuleRole)
	itsmtest.RequireRule(t, w.Refused(mia, incident.Reopen{Reason: "Really?"}), itsm.RuleRole)

	there := w.Fork()
	there.Do(carl, incident.Reopen{Reason: "It came back.", AssigneeGone: true}) // what the decision finds cannot be given
	require.Equal(t, incident.InProgress, there.Record().State)
	require.Equal(t, "bob", there.Record().Assignee)
	require.Nil(t, there.Record().Solution)

	gone = true
	w.Do(carl, incident.Reopen{Reason: "It came back."})
	require.Equal(t, incident.Assigned, w.Record().State)
	require.Empty(t, w.Record().Assignee)
	require.Equal(t, "messaging", w.Record().Group)
}

func TestR13_ReopenWithoutAssignee(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	w.Do(ann, fixed())
	w.Do(carl, incident.Reopen{Reason: "It came back."})
	require.Equal(t, incident.Assigned, w.Record().State)
}

func TestR13_ClosingEarly(t *testing.T) {
	for _, by := range []itsm.Actor{carl, mia} {
		w := in(t, lifecycle(t, nil), incident.Resolved)
		w.Do(by, incident.Close{Notes: "Works."})
		itsmtest.RequireRule(t, w.Refused(carl, incident.Reopen{Reason: "It came back."}), itsm.RuleState)
	}
}

func TestR13_FollowUp(t *testing.T) {
	lc := under(t, func(p *incident.Policy) {
		p.Custom = itsm.CustomFields{{Name: "site", Type: itsm.Text}}
	})
	w := reported(t, lc).Another()
	report := outage()
	report.Source, report.Category, report.Subcategory = "phone", "mail", "queue"
	report.CIs, report.Watchers = []itsm.Ref{mail}, []string{"wanda"}
	report.Custom = map[string]itsm.Value{"site": itsm.TextValue("Berlin")}
	w.Do(ann, report)
	again := incident.FollowUp{Of: w.Record().ID, Reason: "It came back."}

	for _, s := range []itsm.State{incident.New, incident.Assigned, incident.InProgress, incident.OnHold, incident.Resolved} {
		other := lead(w.Fork(), s)
		itsmtest.RequireRule(t, w.Another().Refused(ann, again, other.Record()), "R13")
	}
	cancelled := lead(w.Fork(), incident.Cancelled)
	itsmtest.RequireRule(t, w.Another().Refused(ann, again, cancelled.Record()), "R13")

	lead(w, incident.Closed)
	itsmtest.RequireField(t, w.Another().Refused(ann, again), "of")
	itsmtest.RequireField(t, w.Another().Refused(ann, incident.FollowUp{Of: w.Record().ID}, w.Record()), "reason")
	itsmtest.RequireRule(t, w.Another().Refused(otto, again, w.Record()), "R13")
	itsmtest.RequireRule(t, w.Another().Refused(mia, again, w.Record()), "R13")

	n := w.Another()
	n.Wait(90*day).Do(carl, again, w.Record())
	old, inc := w.Record(), n.Record()
	require.Equal(t, incident.New, inc.State)
	require.Equal(t, old.ID, inc.Follows)
	require.Equal(t, []string{"carl", "carl", "phone", "mail", "queue", old.Title},
		[]string{inc.Caller, inc.Reporter, inc.Source, inc.Category, inc.Subcategory, inc.Title})
	require.Equal(t, old.Service, inc.Service)
	require.Equal(t, old.CIs, inc.CIs)
	require.Equal(t, old.Custom, inc.Custom)
	require.Equal(t, old.Priority, inc.Priority)
	require.Equal(t, n.Now(), inc.Times.Detected)
	require.Zero(t, inc.Counts)
	require.Nil(t, inc.Solution)

	m := w.Another()
	m.Do(ann, incident.FollowUp{Of: old.ID, Reason: "It came back.", Title: "Mail is slow", Impact: itsm.Low, Priority: 1, Caller: "mallory"}, old)
	require.Equal(t, itsm.Priority(3), m.Record().Priority)
	require.Equal(t, "Mail is slow", m.Record().Title)
	require.Equal(t, "carl", m.Record().Caller)

	needs := lc.Needs(&incident.Incident{}, again, nil)
	require.Len(t, needs, 1)
	require.Equal(t, old.ID, needs[0].IDs[0])
	require.Empty(t, lc.Needs(&incident.Incident{}, again, []*incident.Incident{old}))
}
