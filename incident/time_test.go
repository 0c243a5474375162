package incident_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

// TestR34_Correct: a corrected fact keeps its reason, its recording time and the
// value it replaced.
func TestR34_Correct(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	was := w.Record().Times
	for _, c := range []struct {
		fact incident.Fact
		was  time.Time
		to   time.Time
	}{
		{incident.Detected, was.Detected, w.Record().Opened.Add(-hour)},
		{incident.Responded, was.Responded, w.Record().Opened},
		{incident.RepairStarted, was.RepairStarted, w.Record().Opened.Add(time.Second)},
	} {
		correct := incident.Correct{Fact: c.fact, To: c.to, Reason: "Noted on paper.", Was: c.to} // the value replaced cannot be given
		e := w.Wait(hour).Do(ann, correct)
		require.Equal(t, incident.Correct{Fact: c.fact, To: c.to, Reason: "Noted on paper.", Was: c.was}, e.Command)
		require.Equal(t, w.Now(), e.Stamp.At, "when it was recorded")
		require.Equal(t, "ann", e.Stamp.By.ID)
		correct.To = c.to.Add(time.Minute)
		if c.fact == incident.Detected {
			correct.To = c.to.Add(-time.Minute)
		}
		again := w.Do(ann, correct).Command.(incident.Correct)
		require.Equal(t, c.to, again.Was)
	}
	times := w.Record().Times
	require.Equal(t, w.Record().Opened.Add(-hour-time.Minute), times.Detected)
	require.Equal(t, w.Record().Opened.Add(time.Minute), times.Responded)
	require.Equal(t, w.Record().Opened.Add(time.Second+time.Minute), times.RepairStarted)
	require.Equal(t, was.Assigned, times.Assigned, "the others stay")
}

func TestR34_CorrectedFactsMakeSense(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.Resolved)
	opened, resolved := w.Record().Opened, w.Record().Times.Resolved
	w.Wait(hour)
	for _, c := range []struct {
		fact incident.Fact
		to   time.Time
		why  string
	}{
		{incident.Detected, opened.Add(time.Microsecond), "after the opening"},
		{incident.Responded, opened.Add(-time.Microsecond), "before the opening"},
		{incident.RepairStarted, opened.Add(-time.Microsecond), "before the opening"},
		{incident.Responded, resolved.Add(time.Microsecond), "after the resolution"},
		{incident.Responded, w.Now().Add(time.Microsecond), "has not come yet"},
		{incident.Detected, time.Time{}, "zero time"},
	} {
		err := w.Refused(ann, incident.Correct{Fact: c.fact, To: c.to, Reason: "Noted on paper."})
		itsmtest.RequireField(t, err, "to")
		require.ErrorContains(t, err, c.why)
	}
	itsmtest.RequireField(t, w.Refused(ann, incident.Correct{Fact: incident.Detected, To: opened}), "reason")
	itsmtest.RequireField(t, w.Refused(ann, incident.Correct{Fact: "resolved", To: opened, Reason: "To be in time."}), "fact")
	itsmtest.RequireField(t, w.Refused(ann, incident.Correct{}), "fact")
}

// TestR34_BackdatedStamp: what is recorded late says so, and never lies before
// what is known already.
func TestR34_BackdatedStamp(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	fact, recorded := w.Now().Add(hour), w.Now().Add(5*hour)
	stamp := itsm.Stamp{At: fact, By: bob, Recorded: recorded}
	_, err := w.Fire(fixed(), stamp)
	itsmtest.RequireField(t, err, "reason")

	stamp.Reason = "The lift had no network."
	e, err := w.Fire(fixed(), stamp)
	require.NoError(t, err)
	require.Equal(t, stamp, e.Stamp)
	require.Equal(t, fact, w.Record().Times.Resolved)

	_, err = w.Fire(incident.Log{Text: "Earlier."}, itsm.Stamp{At: fact.Add(-time.Microsecond), By: bob})
	itsmtest.RequireField(t, err, "at")
}

func TestTimes(t *testing.T) {
	w := reported(t, lifecycle(t, nil))
	opened := w.Now()
	w.Wait(hour).Do(ann, incident.Acknowledge{Text: "We have it.", Automatic: true})
	require.Zero(t, w.Record().Times.Responded, "an automatic reply is no response")
	w.Wait(hour).Do(ann, toBob())
	w.Wait(hour).Do(ann, incident.Acknowledge{Text: "Bob looks at it."})
	w.Wait(hour).Do(ann, incident.Acknowledge{})
	w.Wait(hour).Do(bob, incident.Start{})
	w.Wait(hour).Do(ann, incident.Assign{Group: "network", To: "nina"})
	w.Wait(hour).Do(bob, incident.Start{})
	w.Wait(hour).Do(bob, fixed())
	w.Wait(hour).Do(carl, incident.Reopen{Reason: "It came back."})
	w.Wait(hour).Do(bob, fixed())
	w.Wait(hour).Do(carl, incident.Close{})
	after := func(hours int) time.Time { return opened.Add(time.Duration(hours) * hour) }
	require.Equal(t, incident.Times{
		Detected: opened, Assigned: after(2), Responded: after(3), RepairStarted: after(5),
		Resolved: after(10), Closed: after(11),
	}, w.Record().Times)
	require.Equal(t, incident.Counts{Reassignments: 1, Reopens: 1}, w.Record().Counts)
}

func TestStartResponds(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	w.Do(ann, incident.Assign{Group: "messaging"})
	var refusal *itsm.TransitionError
	require.ErrorAs(t, w.Refused(ann, incident.Start{}), &refusal)
	require.Equal(t, []string{"assignee"}, refusal.Missing)
	w.Do(ann, incident.Assign{To: "bob"})
	w.Wait(hour).Do(bob, incident.Start{})
	require.Equal(t, w.Now(), w.Record().Times.Responded)
}

func TestDetectedBeforeTheReport(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New).Another()
	report := outage()
	report.Detected = w.Now().Add(time.Microsecond)
	itsmtest.RequireField(t, w.Refused(ann, report), "detected")
	for _, year := range []int{0, -1, 10000} {
		report.Detected = time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		_, err := lifecycle(t, nil).Fire(w.Record(), report, w.Stamp(ann))
		itsmtest.RequireField(t, err, "detected")
	}
	report.Detected = w.Now().Add(-3 * hour)
	w.Do(ann, report)
	require.Equal(t, w.Now().Add(-3*hour), w.Record().Times.Detected)
}
