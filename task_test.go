package itsm_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

func TestTasks(t *testing.T) {
	var list itsm.Tasks
	list = list.With(itsm.Task{ID: 9, Title: "call", State: itsm.TaskDone, Ended: monday}, monday)
	list = list.With(itsm.Task{Title: "order", Group: "stores"}, monday.Add(time.Hour))
	require.Equal(t, itsm.Tasks{
		{ID: 1, Title: "call", State: itsm.TaskOpen, Opened: monday},
		{ID: 2, Title: "order", State: itsm.TaskOpen, Group: "stores", Opened: monday.Add(time.Hour)},
	}, list)

	before := slices.Clone(list)
	done := list.Moved(1, itsm.TaskDone, monday.Add(2*time.Hour))
	again := done.Moved(1, itsm.TaskActive, monday.Add(3*time.Hour))
	require.Equal(t, before, list, "moving gives a new list")
	require.Equal(t, monday.Add(2*time.Hour), done[0].Ended)
	require.Zero(t, again[0].Ended)
	require.Equal(t, []itsm.Task{list[1]}, done.Unfinished()) // R8
	require.Len(t, again.Unfinished(), 2)
	require.Empty(t, itsm.Tasks(nil).Unfinished())

	// Two lists that grow out of one do not share what they add.
	roomy := append(make(itsm.Tasks, 0, 8), list...)
	one, two := roomy.With(itsm.Task{Title: "one"}, monday), roomy.With(itsm.Task{Title: "two"}, monday)
	require.Equal(t, "one", one[2].Title)
	require.Equal(t, "two", two[2].Title)
}

func TestTaskMoves(t *testing.T) {
	may := map[itsm.TaskState]string{
		itsm.TaskOpen: "active done skipped", itsm.TaskActive: "open done skipped", itsm.TaskDone: "active", itsm.TaskSkipped: "",
	}
	for _, from := range itsm.TaskStates() {
		list := itsm.Tasks{{ID: 1, State: from}}
		for _, to := range append(itsm.TaskStates(), "odd") {
			err := list.CheckMove(1, to)
			if slices.Contains(from.Next(), to) {
				require.NoError(t, err)
				continue
			}
			require.ErrorIs(t, err, itsm.ErrInvalid)
		}
		var next string
		for i, to := range from.Next() {
			if i > 0 {
				next += " "
			}
			next += string(to)
		}
		require.Equal(t, may[from], next)
		require.Equal(t, from == itsm.TaskDone || from == itsm.TaskSkipped, from.Final())
	}
	for _, id := range []int{-1, 0, 2} {
		require.ErrorContains(t, itsm.Tasks{{ID: 1}}.CheckMove(id, itsm.TaskDone), "is none of the record's 1 tasks")
	}
	require.Empty(t, itsm.TaskState("odd").Next())
}
