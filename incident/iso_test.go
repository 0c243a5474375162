package incident_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

// The clauses of ISO/IEC 20000-1:2018 8.6.1, incident management, one test each.

// "Incidents shall be recorded and classified."
func TestISO_8_6_1_RecordedAndClassified(t *testing.T) {
	lc := lifecycle(t, nil)
	w := reported(t, lc)
	inc := w.Record()
	require.NotEmpty(t, inc.Number)
	require.Equal(t, []string{"Mail is down", "carl", "ann"}, []string{inc.Title, inc.Caller, inc.Reporter})
	require.Equal(t, w.Now(), inc.Opened)
	require.Equal(t, mail, inc.Service)
	w.Do(ann, incident.Classify{Category: "mail", Subcategory: "queue"})
	require.Equal(t, "mail", inc.Category)

	_, err := lc.Fire(&incident.Incident{}, incident.Report{}, w.Stamp(ann))
	itsmtest.RequireField(t, err, "impact")
	for field, report := range map[string]incident.Report{
		"title":           {Caller: "carl", Service: mail, Impact: itsm.Low, Urgency: itsm.Low},
		"caller":          {Title: "Mail is down", Service: mail, Impact: itsm.Low, Urgency: itsm.Low},
		"service":         {Title: "Mail is down", Caller: "carl", Impact: itsm.Low, Urgency: itsm.Low},
		"service_unknown": {Title: "Mail is down", Caller: "carl", Service: mail, ServiceUnknown: true, Impact: itsm.Low, Urgency: itsm.Low},
		"impact":          {Title: "Mail is down", Caller: "carl", Service: mail, Urgency: itsm.Low},
		"urgency":         {Title: "Mail is down", Caller: "carl", Service: mail, Impact: itsm.Low},
	} {
		itsmtest.RequireField(t, w.Another().Refused(ann, report), field)
	}
}

// "… prioritized taking into consideration impact and urgency."
func TestISO_8_6_1_Prioritised(t *testing.T) {
	w := reported(t, lifecycle(t, nil))
	require.Equal(t, itsm.Priority(1), w.Record().Priority)
	w.Do(ann, incident.Classify{Urgency: itsm.Low})
	require.Equal(t, itsm.Priority(3), w.Record().Priority)
	w.Do(ann, incident.Classify{Impact: itsm.Low})
	require.Equal(t, itsm.Priority(5), w.Record().Priority)
}

// "… escalated if needed."
func TestISO_8_6_1_Escalated(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	functional := incident.Assign{Group: "vendor desk", Escalate: true}
	itsmtest.RequireField(t, w.Refused(ann, functional), "reason")
	functional.Reason = "Needs the vendor's tools."
	w.Do(ann, functional)
	require.Equal(t, incident.Counts{Escalations: 1, Reassignments: 1}, w.Record().Counts)

	itsmtest.RequireField(t, w.Refused(ann, incident.Escalate{Reason: "Two days without an answer."}), "to")
	itsmtest.RequireField(t, w.Refused(ann, incident.Escalate{To: "the director"}), "reason")
	w.Do(mia, incident.Escalate{To: "the director", Reason: "Two days without an answer."})
	w.Do(system, incident.Escalate{To: "the director", Reason: "The deadline is near."})
	require.Equal(t, incident.Counts{Escalations: 3, Reassignments: 1}, w.Record().Counts)
	require.Equal(t, "vendor desk", w.Record().Group, "whose it is does not change")
}

// "… resolved, closed."
func TestISO_8_6_1_ResolvedAndClosed(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	itsmtest.RequireRule(t, w.Refused(carl, incident.Close{}), itsm.RuleState)
	w.Do(bob, fixed())
	require.Equal(t, "fixed", w.Record().Solution.Code)
	itsmtest.RequireRule(t, w.Refused(bob, incident.Close{}), itsm.RuleRole)
	w.Do(carl, incident.Close{Notes: "It works again."})
	require.Equal(t, incident.Closed, w.Record().State)
	require.NotNil(t, w.Record().Solution, "the record keeps how it was resolved")
}

// "Records of incidents shall be updated with actions taken."
func TestISO_8_6_1_UpdatedWithActions(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	revision := w.Record().Revision
	w.Wait(hour).Do(bob, incident.Log{Text: "Called the vendor.", Spent: 20 * 60e9})
	w.Wait(hour).Do(bob, incident.Log{Text: "We are on it.", Public: true, Spent: 5 * 60e9})
	w.Do(bob, fixed())
	w.Wait(hour).Do(bob, incident.Log{Text: "The vendor agrees."})
	require.Equal(t, incident.Counts{Notes: 3, PublicNotes: 1, Spent: 25 * 60e9, LastNote: w.Now()}, w.Record().Counts)
	require.Equal(t, revision+4, w.Record().Revision)

	// Who did what and when is in the events, each note to the letter.
	events := w.Events()
	require.Equal(t, incident.Log{Text: "The vendor agrees."}, events[len(events)-1].Command)
	require.Equal(t, "bob", events[len(events)-1].Stamp.By.ID)
	itsmtest.RequireField(t, w.Refused(bob, incident.Log{}), "text")
}

// "The organization shall determine criteria to identify a major incident. Major
// incidents shall be classified and managed according to a documented procedure.
// Top management shall be kept informed of major incidents. The organization shall
// assign responsibility for managing major incidents. After the incident has been
// resolved, the major incident shall be reported and reviewed to identify
// opportunities for improvement."
func TestISO_8_6_1_MajorIncident(t *testing.T) {
	require.NotEmpty(t, incident.DefaultPolicy().Criteria)
	w := in(t, lifecycle(t, nil), incident.InProgress)
	w.Do(mia, major())
	require.Equal(t, "mia", w.Record().Major.Owner)
	w.Wait(hour).Do(mia, incident.Inform{Audience: incident.Management, Text: "Mail is down; back at noon."})
	require.Equal(t, w.Now(), w.Record().Major.ManagementInformed)
	w.Do(mia, fixed())
	itsmtest.RequireRule(t, w.Refused(mia, incident.Close{}), "R14 review")
	w.Wait(day).Do(mia, incident.Review{Report: paper, Findings: "Watch the queue."})
	w.Do(mia, incident.Close{})
	require.Equal(t, paper, w.Record().Major.Report)
	require.True(t, w.Record().IsMajor(), "it stays known as one")
}
