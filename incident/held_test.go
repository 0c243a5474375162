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

// TestHeldTimeOfAHost: a wait in a state of the host's own counts when the host's
// command says so.
func TestHeldTimeOfAHost(t *testing.T) {
	w := in(t, withOwnStates(t), incident.InProgress)
	w.Do(bob, AskApproval{Question: "May we restart it?"})
	w.Wait(3*hour).Do(ann, Agree{})
	require.Equal(t, []incident.Held{{"approval", 3 * hour}}, w.Record().Held)
}

func TestAddHeld(t *testing.T) {
	var inc incident.Incident
	inc.AddHeld("b", 0)
	inc.AddHeld("b", -hour)
	require.Empty(t, inc.Held)
	inc.AddHeld("b", hour)
	was := inc.Held
	inc.AddHeld("a", hour)
	inc.AddHeld("b", hour)
	require.Equal(t, []incident.Held{{"a", hour}, {"b", 2 * hour}}, inc.Held)
	require.Equal(t, []incident.Held{{"b", hour}}, was, "a copy that somebody kept stays true")
	inc.AddHeld("b", math.MaxInt64)
	require.Equal(t, time.Duration(math.MaxInt64), inc.Held[1].For, "cut, not wrapped")
}
