package incident_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

// TestR5_ClosedIsImmutable gives every command to closed and cancelled incidents.
func TestR5_ClosedIsImmutable(t *testing.T) {
	lc := lifecycle(t, nil)
	for _, s := range []itsm.State{incident.Closed, incident.Cancelled} {
		w := in(t, lc, s)
		for _, command := range lc.Commands() {
			for _, by := range as() {
				cmd := sample(command, by, w.Record())
				if command == "rate" && s == incident.Closed {
					continue
				}
				itsmtest.RequireRule(t, w.Refused(by, cmd), itsm.RuleState)
			}
		}
	}
}

func TestR5_SatisfactionOfTheClosed(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.Closed)
	before := *w.Record()
	for _, by := range []itsm.Actor{ann, mia, otto, system} {
		itsmtest.RequireRule(t, w.Refused(by, incident.Rate{Score: 5}), itsm.RuleRole)
	}
	w.Wait(40*day).Do(carl, incident.Rate{Score: 2, Comment: "Took long."})
	require.Equal(t, 2, w.Record().Satisfaction)

	after := *w.Record()
	after.Satisfaction, after.Revision, after.Updated = 0, before.Revision, before.Updated
	require.Equal(t, text(t, before), text(t, after), "nothing else has changed")

	for _, score := range []int{-1, 0, 6} {
		itsmtest.RequireField(t, w.Refused(carl, incident.Rate{Score: score}), "score")
	}
}

func TestR5_NobodyRatesWithoutCaller(t *testing.T) {
	lc := lifecycle(t, nil)
	w := in(t, lc, incident.New).Another()
	w.Do(system, incident.Report{Title: "Disk full", Source: "monitoring", ServiceUnknown: true, Impact: itsm.Low, Urgency: itsm.Low})
	w.Do(ann, fixed())
	itsmtest.RequireRule(t, w.Refused(otto, incident.Rate{Score: 1}), itsm.RuleRole)
	for _, o := range lc.Permitted(w.Record(), itsm.Stamp{At: w.Now()}) { // nobody in particular asks
		require.NotNil(t, o.Refusal, o.Name)
	}
}

func TestR8_TasksBeforeResolution(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	w.Do(ann, incident.AddTask{Title: "Empty the queue", Group: "messaging", To: "bob"})
	w.Do(ann, incident.AddTask{Title: "Tell the users"})
	itsmtest.RequireRule(t, w.Refused(bob, fixed()), "R8 tasks")
	w.Do(bob, incident.MoveTask{Task: 1, To: itsm.TaskDone, Note: "Empty."})
	itsmtest.RequireRule(t, w.Refused(bob, fixed()), "R8 tasks")
	w.Do(bob, incident.MoveTask{Task: 2, To: itsm.TaskSkipped})
	w.Do(bob, fixed())
}

// TestR8_TasksBeforeClosing needs a host that lets tasks be added to a resolved
// incident: by the process's own table there is none unfinished.
func TestR8_TasksBeforeClosing(t *testing.T) {
	own := lifecycle(t, nil)
	lc, err := own.With(itsm.Definition[incident.Incident]{Transitions: []itsm.Transition[incident.Incident]{
		also(t, own, "add task", incident.Resolved), also(t, own, "move task", incident.Resolved),
	}})
	require.NoError(t, err)
	w := in(t, lc, incident.Resolved)
	w.Do(ann, incident.AddTask{Title: "Tidy up"})
	itsmtest.RequireRule(t, w.Refused(carl, incident.Close{}), "R8 tasks")
	w.Do(ann, incident.MoveTask{Task: 1, To: itsm.TaskDone})
	w.Do(carl, incident.Close{})
}

// also is a row of a command made to lead from one state.
func also(t testing.TB, lc *itsm.Lifecycle[incident.Incident], command string, from itsm.State) itsm.Transition[incident.Incident] {
	t.Helper()
	for _, row := range lc.Transitions() {
		if row.Name == command {
			row.From = []itsm.State{from}
			return row
		}
	}
	t.Fatalf("no command is called %q", command)
	return itsm.Transition[incident.Incident]{}
}

func TestTasksHaveTheirOwnLifecycle(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	w.Do(ann, incident.AddTask{Title: "One"})
	w.Do(ann, incident.AddTask{Title: "Two"})
	for _, from := range itsm.TaskStates() {
		for _, to := range append(itsm.TaskStates(), "", "nonsense") {
			fork := w.Fork()
			if from != itsm.TaskOpen {
				fork.Do(ann, incident.MoveTask{Task: 2, To: from})
			}
			allowed := false
			for _, next := range from.Next() {
				allowed = allowed || next == to
			}
			if !allowed {
				itsmtest.RequireField(t, fork.Refused(ann, incident.MoveTask{Task: 2, To: to}), "to")
				continue
			}
			fork.Wait(time.Minute).Do(ann, incident.MoveTask{Task: 2, To: to})
			task := fork.Record().Tasks[1]
			require.Equal(t, to, task.State)
			require.Equal(t, to.Final(), !task.Ended.IsZero())
			require.Equal(t, itsm.TaskOpen, fork.Record().Tasks[0].State, "the other stays as it was")
		}
	}
	for _, task := range []int{-1, 0, 3} {
		itsmtest.RequireField(t, w.Refused(ann, incident.MoveTask{Task: task, To: itsm.TaskDone}), "task")
	}
	itsmtest.RequireField(t, w.Refused(ann, incident.AddTask{}), "title")
}
