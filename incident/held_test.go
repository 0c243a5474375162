package incident_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
)

// TestHeldTime: the record says how long it waited for each reason, once the wait
// is over.
func TestHeldTime(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	held := func() []incident.Held { return w.Record().Held }

	w.Do(bob, forVendor())
	began := w.Now()
	w.Wait(hour).Do(ann, incident.Assign{Group: "network"})
	w.Wait(hour).Do(bob, incident.Hold{Reason: incident.AwaitingVendor, Awaits: ticket, Why: "They still look."})
	require.Empty(t, held(), "the wait goes on")
	require.Equal(t, began, w.Record().Hold.Since, "assigning and extending do not begin it anew")

	w.Wait(hour).Do(bob, forCaller())
	require.Equal(t, []incident.Held{{incident.AwaitingVendor, 3 * hour}}, held())
	require.Equal(t, w.Now(), w.Record().Hold.Since)
	w.Wait(2*hour).Do(carl, incident.Resume{Reply: "All of them."})
	w.Wait(hour).Do(bob, forVendor())
	ends := w.Fork()
	w.Wait(time.Minute).Do(bob, fixed())
	want := []incident.Held{{incident.AwaitingCaller, 2 * hour}, {incident.AwaitingVendor, 3*hour + time.Minute}}
	require.Equal(t, want, held(), "sorted by reason")
	require.Equal(t, 2, w.Record().Counts.Holds)

	w.Wait(hour).Do(carl, incident.Reopen{Reason: "It came back."})
	w.Wait(hour).Do(ann, toBob())
	require.Equal(t, want, held(), "no longer on hold")

	ends.Wait(2*time.Minute).Do(ann, incident.Cancel{Reason: "It was a drill."})
	require.Equal(t, 3*hour+2*time.Minute, ends.Record().Held[1].For)
}

// TestHeldTimeOfAnOlderHold: where the record does not say since when it waits, it
// is since it is on hold.
func TestHeldTimeOfAnOlderHold(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.OnHold)
	w.Record().Hold.Since = time.Time{}
	inc := *w.Record()
	incident.Resume{}.Apply(&inc, itsm.Stamp{At: inc.Since.Add(hour)})
	require.Equal(t, []incident.Held{{incident.AwaitingVendor, hour}}, inc.Held)
}

// TestHeldTimeOfAHost: a wait in a state of the host's own counts under the host's
// reason, whichever command ends it.
func TestHeldTimeOfAHost(t *testing.T) {
	for name, end := range map[string]itsm.Command[incident.Incident]{"approve": Approve{}, "start": incident.Start{}, "resolve": fixed()} {
		t.Run(name, func(t *testing.T) {
			w := in(t, withOwnStates(t), incident.InProgress)
			w.Do(bob, AskApproval{Question: "May we?"})
			require.Equal(t, &incident.OnHoldFor{Reason: "approval", Since: w.Now(), Back: incident.InProgress}, w.Record().Hold)
			require.Equal(t, 1, w.Record().Counts.Holds)
			w.Wait(3*hour).Do(ann, end)
			require.Equal(t, []incident.Held{{"approval", 3 * hour}}, w.Record().Held)
			require.Nil(t, w.Record().Hold)
		})
	}
}

func TestBeginHold(t *testing.T) {
	at := func(d time.Duration) itsm.Stamp { return itsm.Stamp{At: midnight.Add(d)} }
	inc := incident.Incident{Header: itsm.Header{State: incident.Assigned, Since: midnight}}
	inc.EndHold(at(0))
	require.Empty(t, inc.Held, "there was no wait")
	inc.BeginHold("b", at(0))
	inc.BeginHold("b", at(hour))
	require.Equal(t, midnight, inc.Hold.Since, "the wait goes on")
	inc.State = awaitingApproval
	inc.BeginHold("a", at(2*hour))
	was := inc.Held
	require.Equal(t, []incident.Held{{"b", 2 * hour}}, was)
	require.Equal(t, incident.Assigned, inc.Hold.Back, "where it was before it waited")
	require.Equal(t, 1, inc.Counts.Holds)
	inc.BeginHold("b", at(3*hour))
	inc.EndHold(at(5 * hour))
	inc.EndHold(at(6 * hour))
	require.Equal(t, []incident.Held{{"a", hour}, {"b", 4 * hour}}, inc.Held)
	require.Equal(t, []incident.Held{{"b", 2 * hour}}, was, "a copy that somebody kept stays true")

	inc.BeginHold("a", at(6*hour))
	inc.EndHold(at(6 * hour))
	require.Equal(t, hour, inc.Held[0].For)
	inc.Held = []incident.Held{{"a", math.MaxInt64 - 1}}
	inc.BeginHold("a", at(6*hour))
	inc.EndHold(at(7 * hour))
	require.Equal(t, time.Duration(math.MaxInt64), inc.Held[0].For, "cut, not wrapped")
	inc.BeginHold("c", at(7*hour))
	inc.EndHold(at(7 * hour))
	require.Len(t, inc.Held, 1, "no time is no entry")
}
