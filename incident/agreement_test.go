package incident_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

// TestISO_8_3_3_IncidentsAreMeasured: the usual metrics ask for what an incident
// declares, and its journal alone gives the same clocks as telling each event when
// it happens.
func TestISO_8_3_3_IncidentsAreMeasured(t *testing.T) {
	lc := lifecycle(t, nil)
	view, err := sla.NewView(lc, itsm.Field[incident.Incident]{
		Name: "service.criticality", Type: itsm.Text, Get: func(*incident.Incident) itsm.Value { return itsm.TextValue("high") },
	})
	require.NoError(t, err)
	critical := sla.OneOf("service.criticality", "high")
	book, err := sla.NewBook(view.Schema(), sla.Version{
		Agreement: "AGR1", Number: 1, Kind: sla.ServiceLevel, Party: "acme", From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Terms: sla.Terms{Targets: []sla.Target{
			{Name: "answer", Metric: sla.Response, When: critical, Within: "30m"},
			{Name: "news", Metric: sla.Update, When: critical, Within: "2h"},
			{Name: "mend", Metric: sla.Resolution, When: critical, Within: "8h"},
		}},
	})
	require.NoError(t, err)

	w := itsmtest.New(t, lc)
	told := sla.Work{Item: itsm.RefTo(incident.Kind, w.Record().ID)}
	for _, step := range []struct {
		by  itsm.Actor
		cmd itsm.Command[incident.Incident]
	}{
		{carl, incident.Report{Title: "Mail is down", Service: mail, Impact: itsm.High, Urgency: itsm.High}},
		{bob, incident.Assign{Group: "messaging", To: "bob"}},
		{bob, incident.Acknowledge{Text: "We have it."}},
		{bob, incident.Hold{Reason: incident.AwaitingCaller, Question: "All of you?"}},
		{carl, incident.Resume{Reply: "Yes."}},
		{bob, incident.Log{Text: "Nearly there.", Public: true}},
		{bob, incident.Resolve{Code: "fixed", Notes: "It was the queue."}},
		{carl, incident.Reopen{Reason: "Not for me."}},
		{bob, incident.Resolve{Code: "fixed", Notes: "Now it is."}},
	} {
		w.Wait(time.Hour)
		w.Do(step.by, step.cmd)
		inc := w.Record()
		told, err = book.Observe(&told, sla.Moment{At: inc.Updated, By: step.by.ID, Facts: view.Facts(inc)})
		require.NoError(t, err)
	}
	moments, err := view.Moments(w.Events()...)
	require.NoError(t, err)
	again, err := book.Track(told.Item, moments...)
	require.NoError(t, err)
	assert.Equal(t, told, again)

	var got []string
	for _, p := range told.Promises {
		got = append(got, p.Metric+" "+p.Elapsed.String()+" "+string(p.Ending))
	}
	assert.Equal(t, []string{
		"response 2h0m0s done", "update 4h0m0s renewed", "resolution 6h0m0s done", "update 1h0m0s done", "update 1h0m0s done",
	}, got)
}
