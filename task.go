package itsm

import (
	"fmt"
	"slices"
	"time"
)

// TaskState is where a task of a record stands.
type TaskState string

// The states of a task. Done and skipped are final, but a done task may be taken
// up again while its record is open.
const (
	TaskOpen    TaskState = "open"
	TaskActive  TaskState = "active"
	TaskDone    TaskState = "done"
	TaskSkipped TaskState = "skipped"
)

// TaskStates lists every state of a task.
func TaskStates() []TaskState { return []TaskState{TaskOpen, TaskActive, TaskDone, TaskSkipped} }

// Next lists the states that a task in s may be moved to.
func (s TaskState) Next() []TaskState {
	switch s {
	case TaskOpen:
		return []TaskState{TaskActive, TaskDone, TaskSkipped}
	case TaskActive:
		return []TaskState{TaskOpen, TaskDone, TaskSkipped}
	case TaskDone:
		return []TaskState{TaskActive}
	}
	return nil
}

// Final reports whether nothing is left to do.
func (s TaskState) Final() bool { return s == TaskDone || s == TaskSkipped }

// Task is a piece of work within a record.
type Task struct {
	ID       int       `json:"id"` // 1, 2, … within the record
	Title    string    `json:"title"`
	State    TaskState `json:"state"`
	Group    string    `json:"group,omitzero"`
	Assignee string    `json:"assignee,omitzero"`
	Opened   time.Time `json:"opened"`
	Ended    time.Time `json:"ended,omitzero"` // when it became final
}

// Tasks are the tasks of a record, in the order they were added. Its methods give
// new lists and leave the old alone.
type Tasks []Task

// With adds a task at its end, numbered and open.
func (list Tasks) With(t Task, at time.Time) Tasks {
	t.ID, t.State, t.Opened, t.Ended = len(list)+1, TaskOpen, at, time.Time{}
	return append(slices.Clip(list), t)
}

// CheckMove refuses a task that is not there and a step that its state does not
// allow.
func (list Tasks) CheckMove(id int, to TaskState) error {
	if id < 1 || id > len(list) {
		return &FieldError{"task", fmt.Sprintf("%d is none of the record's %d tasks", id, len(list))}
	}
	if from := list[id-1].State; !slices.Contains(from.Next(), to) {
		return &FieldError{"to", fmt.Sprintf("is %s; task %d is %s and can become: %s", Quoted(to), id, from, Listed(from.Next()))}
	}
	return nil
}

// Moved is the list after a step that CheckMove allows.
func (list Tasks) Moved(id int, to TaskState, at time.Time) Tasks {
	moved := slices.Clone(list)
	t := &moved[id-1]
	t.State, t.Ended = to, time.Time{}
	if to.Final() {
		t.Ended = at
	}
	return moved
}

// Unfinished lists the tasks that are not final (R8).
func (list Tasks) Unfinished() []Task {
	var open []Task
	for _, t := range list {
		if !t.State.Final() {
			open = append(open, t)
		}
	}
	return open
}
