package incident

import (
	"errors"
	"fmt"

	"github.com/itsmkit/itsm"
)

// AddTask adds a piece of work. The incident neither resolves nor closes before
// every task is done or skipped (R8).
type AddTask struct {
	Title string `json:"title"`
	Group string `json:"group,omitzero"`
	To    string `json:"to,omitzero"`
}

// Check asks for a title.
func (c AddTask) Check(*Incident, itsm.Stamp) error {
	return errors.Join(itsm.CheckLine("title", c.Title),
		itsm.CheckOptional(itsm.CheckLine, "group", c.Group), itsm.CheckOptional(itsm.CheckLine, "to", c.To))
}

// Apply adds the task, open.
func (c AddTask) Apply(inc *Incident, s itsm.Stamp) {
	inc.Tasks = inc.Tasks.With(itsm.Task{Title: c.Title, Group: c.Group, Assignee: c.To}, s.At)
}

// MoveTask moves a task through its own lifecycle (see [itsm.TaskState]).
type MoveTask struct {
	Task int            `json:"task"`
	To   itsm.TaskState `json:"to"`
	Note string         `json:"note,omitzero"`
}

// Check asks for a task that is there and a step it allows.
func (c MoveTask) Check(inc *Incident, _ itsm.Stamp) error {
	return errors.Join(inc.Tasks.CheckMove(c.Task, c.To), itsm.CheckOptional(itsm.CheckText, "note", c.Note))
}

// Apply moves the task.
func (c MoveTask) Apply(inc *Incident, s itsm.Stamp) {
	if c.Task >= 1 && c.Task <= len(inc.Tasks) {
		inc.Tasks = inc.Tasks.Moved(c.Task, c.To, s.At)
	}
}

// tasksFinal keeps an incident with unfinished tasks from ending (R8).
func tasksFinal(inc *Incident, _ itsm.Stamp) error {
	if open := inc.Tasks.Unfinished(); len(open) > 0 {
		return fmt.Errorf("task %d (%s) is %s, and %d more; finish or skip them", open[0].ID, open[0].Title, open[0].State, len(open)-1)
	}
	return nil
}
