package incident_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

// The table of the process, written down a second time. States: – before birth, N
// new, A assigned, I in progress, H on hold, R resolved, C closed, X cancelled;
// "=" is the same state. Who: A agent, M manager, S system, C the caller; O is
// anybody else and is named nowhere. What is not listed is refused.
const table = `
–     | report      | N | A S C M O   everybody is the caller of what he reports for himself
–     | follow up   | N | A C
NAIHR | classify    | = | A
NAIHR | link        | = | A
NAIHR | log         | = | A
NAI   | acknowledge | = | A
NAI   | assign      | A | A M S
H     | assign      | = | A M S
NA    | start       | I | A
NAI   | hold        | H | A
H     | hold        | = | A
H     | resume      | I | A S C
NAIH  | resolve     | R | A S
R     | reopen      | I | A S C
R     | close       | C | M S C
N     | cancel      | X | A M C
AIH   | cancel      | X | A M
NAIH  | declare     | = | M
NAIH  | demote      | = | M
NAIHR | inform      | = | M
R     | review      | = | M

NAIH  | join        | = | A         parent and children
NAIHR | affect      | = | A S       CIs; the graph computes some
NAIHR | watch       | = | A C
NAIHR | attach      | = | A C
NAIHR | correct     | = | A         back-dated facts (R34)
NAIH  | escalate    | = | A M S     hierarchical escalation
NAIH  | add task    | = | A
NAIH  | move task   | = | A
RC    | rate        | = | C         satisfaction, also of the closed (R5)
`

var letters = map[string]itsm.State{
	"–": itsm.None, "N": incident.New, "A": incident.Assigned, "I": incident.InProgress, "H": incident.OnHold,
	"R": incident.Resolved, "C": incident.Closed, "X": incident.Cancelled,
}

// cell is what one row says about one state.
type cell struct {
	to  itsm.State
	who string
}

func readTable(t *testing.T) map[string]map[itsm.State]cell {
	t.Helper()
	cells := make(map[string]map[itsm.State]cell)
	for line := range strings.Lines(table) {
		parts := strings.Split(line, "|")
		if len(parts) != 4 {
			continue
		}
		command := strings.TrimSpace(parts[1])
		if cells[command] == nil {
			cells[command] = make(map[itsm.State]cell)
		}
		for _, letter := range strings.TrimSpace(parts[0]) {
			from := letters[string(letter)]
			to := from
			if letter := strings.TrimSpace(parts[2]); letter != "=" {
				to = letters[letter]
			}
			_, twice := cells[command][from]
			require.False(t, twice, "%s from %q stands twice", command, from)
			cells[command][from] = cell{to, strings.TrimSpace(parts[3])}
		}
	}
	return cells
}

// as lists the letters of the table with an actor each.
func as() map[string]itsm.Actor {
	return map[string]itsm.Actor{"A": ann, "M": mia, "S": system, "C": carl, "O": otto}
}

// TestTable gives every command in every state in every role, each time so that
// nothing but the table can stand against it.
func TestTable(t *testing.T) {
	lc := lifecycle(t, nil)
	cells := readTable(t)
	for _, command := range lc.Commands() {
		require.Contains(t, cells, command, "is not in the table")
	}
	for command, rows := range cells {
		for _, from := range append([]itsm.State{itsm.None}, states()...) {
			inc, near := standing(t, lc, command, from)
			for letter, actor := range as() {
				want, listed := rows[from]
				listed = listed && slices.Contains(strings.Fields(want.who), letter)
				tryCell(t, lc, command, inc, near, actor, listed, want.to)
			}
		}
	}
}

// tryCell gives a command once, to a copy of an incident.
func tryCell(t *testing.T, lc *itsm.Lifecycle[incident.Incident], command string, inc incident.Incident, near []*incident.Incident, by itsm.Actor, permitted bool, to itsm.State) {
	t.Helper()
	from := inc.State
	cmd := sample(command, by, &inc)
	s := itsm.Stamp{At: inc.Updated.Add(time.Minute), By: by}
	if by.Has(itsm.SystemRole) && (command == "resume" || command == "close") {
		s.At = inc.Updated.Add(30 * day) // when the timer has long been due
	}
	where := fmt.Sprintf("%s from %q by %s", command, from, by.ID)
	was := text(t, inc)
	permits := slices.ContainsFunc(lc.Permitted(&inc, s), func(o itsm.Option) bool { return o.Name == command && o.Refusal == nil })
	e, err := lc.Fire(&inc, cmd, s, near...)
	if !permitted {
		require.ErrorIs(t, err, itsm.ErrRefused, where)
		require.Equal(t, was, text(t, inc), where)
		if from != itsm.None { // before birth everybody may be the caller of something
			require.False(t, permits, where)
		}
		return
	}
	require.NoError(t, err, where)
	require.Equal(t, to, inc.State, where)
	require.Equal(t, to, e.To, where)
	require.True(t, permits, where)
}

// standing is an incident in a state, made so that a command fits it, and the
// incidents near it.
func standing(t *testing.T, lc *itsm.Lifecycle[incident.Incident], command string, from itsm.State) (incident.Incident, []*incident.Incident) {
	t.Helper()
	if from == itsm.None {
		old := in(t, lc, incident.Closed).Record()
		return incident.Incident{Header: itsm.Header{ID: id(200), Updated: old.Updated}}, []*incident.Incident{old}
	}
	w := reported(t, lc)
	w.Do(ann, incident.AddTask{Title: "Look at the queue"})
	if command != "move task" {
		w.Do(ann, incident.MoveTask{Task: 1, To: itsm.TaskDone})
	} else if from == incident.Resolved || from == incident.Closed {
		w.Do(ann, incident.MoveTask{Task: 1, To: itsm.TaskSkipped}) // refused there whatever it moves
	}
	inc := lead(w, from).Record()
	inc.Assignee = "bob" // a new one has none by any command
	switch command {
	case "demote", "inform", "review":
		inc.Major = &incident.Major{Criteria: []string{"many users affected"}, Owner: "mia", Declared: inc.Opened}
	case "resolve":
		inc.Parent = id(100)
	case "reopen":
		if inc.Solution != nil {
			inc.Solution.Cascade = id(100)
		}
	case "resume":
		if inc.Hold != nil {
			inc.Hold.Reason = incident.AwaitingCaller
		}
	}
	parent := incident.Incident{Header: itsm.Header{ID: id(101), Number: "P", State: incident.New}}
	return *inc, []*incident.Incident{&parent}
}

// sample is a command that nothing but the table can refuse.
func sample(command string, by itsm.Actor, inc *incident.Incident) itsm.Command[incident.Incident] {
	var cascade uuid.UUID
	if by.Has(itsm.SystemRole) {
		cascade = id(100)
	}
	report := outage()
	if !by.Has(incident.Agent, itsm.SystemRole) {
		report.Caller = "" // for himself
	}
	return map[string]itsm.Command[incident.Incident]{
		"ask approval": AskApproval{Question: "May we?"}, "approve": Approve{}, "watching": Watching{}, "reject": Reject{}, "archive": Archive{}, // a host's

		"report":      report,
		"follow up":   incident.FollowUp{Of: id(1), Reason: "It came back."},
		"classify":    incident.Classify{Impact: itsm.Low},
		"link":        incident.Link{As: incident.Related, To: mail},
		"log":         incident.Log{Text: "Looked at it."},
		"acknowledge": incident.Acknowledge{},
		"assign":      incident.Assign{Group: "network", To: "nina"},
		"start":       incident.Start{},
		"hold":        incident.Hold{Reason: incident.AwaitingEvidence, Awaits: ticket},
		"resume":      incident.Resume{Reply: "Mine."},
		"resolve":     incident.Resolve{Code: "fixed", Notes: "Restarted.", Cascade: cascade},
		"reopen":      incident.Reopen{Reason: "It came back.", Cascade: cascade},
		"close":       incident.Close{},
		"cancel":      incident.Cancel{Reason: "It was a drill."},
		"declare":     major(),
		"demote":      incident.Demote{Reason: "One user only."},
		"inform":      incident.Inform{Audience: incident.Management, Text: "We work on it."},
		"review":      incident.Review{Report: paper, Findings: "Nothing."},
		"join":        incident.Join{Parent: id(101)},
		"affect":      incident.Affect{CI: mail, How: incident.Computed},
		"watch":       incident.Watch{Who: "wanda"},
		"attach":      incident.Attach{File: paper, Name: "log.txt"},
		"correct":     incident.Correct{Fact: incident.Detected, To: inc.Opened.Add(-time.Minute), Reason: "The caller said so."},
		"escalate":    incident.Escalate{To: "the director", Reason: "Nobody answers."},
		"add task":    incident.AddTask{Title: "Look again"},
		"move task":   incident.MoveTask{Task: 1, To: itsm.TaskActive},
		"rate":        incident.Rate{Score: 4},
	}[command]
}

// The rows whose target or role hangs on more than the state.

func TestTableAssignInProgress(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	w.Do(ann, incident.Assign{To: "ann"})
	require.Equal(t, incident.InProgress, w.Record().State, "it stays in progress within the group")
	require.Equal(t, "messaging", w.Record().Group)

	other := w.Fork()
	other.Do(ann, incident.Assign{Group: "network", To: "nina"})
	require.Equal(t, incident.Assigned, other.Record().State)

	w.Do(ann, incident.Assign{Group: "messaging"})
	require.Equal(t, incident.Assigned, w.Record().State, "nobody has it, so nobody works on it")
}

func TestTableResolveMajor(t *testing.T) {
	for _, s := range []itsm.State{incident.New, incident.Assigned, incident.InProgress, incident.OnHold} {
		w := in(t, lifecycle(t, nil), s)
		w.Do(mia, major())
		itsmtest.RequireRule(t, w.Refused(ann, fixed()), "R14 resolver")
		itsmtest.RequireRule(t, w.Refused(carl, fixed()), itsm.RuleRole)
		w.Do(mia, fixed())
		require.Equal(t, incident.Resolved, w.Record().State)
	}
}

// TestEveryRowFires drives each row from each of its states at least once.
func TestEveryRowFires(t *testing.T) {
	lc := lifecycle(t, nil)
	first := reported(t, lc)
	walks := []*walk{first}
	for range 6 {
		w := first.Another()
		w.Do(ann, outage())
		walks = append(walks, w)
	}
	parent := first.Another()
	parent.Do(ann, outage())
	for i, from := range states() {
		w := lead(walks[i], from)
		for _, command := range lc.Commands() {
			for _, by := range []itsm.Actor{ann, mia, carl} {
				fork := w.Fork()
				if command == "demote" || command == "inform" {
					_, _ = fork.Fire(major(), fork.Stamp(mia))
				}
				_, _ = fork.Fire(incident.AddTask{Title: "Look at the queue"}, fork.Stamp(ann))
				cmd := sample(command, by, fork.Record())
				if join, ok := cmd.(incident.Join); ok {
					join.Parent = parent.Record().ID
					cmd = join
				}
				if command == "resolve" {
					_, _ = fork.Fire(incident.MoveTask{Task: 1, To: itsm.TaskDone}, fork.Stamp(ann))
				}
				if resume, ok := cmd.(incident.Resume); ok {
					resume.Reply = ""
					cmd = resume
				}
				_, _ = fork.Fire(cmd, fork.Stamp(by), parent.Record())
			}
		}
	}
	late := first.Another() // a major incident stays one until it is resolved
	late.Do(ann, outage())
	late.Do(mia, major())
	lead(late.Fork(), incident.New).Do(mia, fixed())
	late.Do(mia, fixed())
	late.Do(mia, incident.Inform{Audience: incident.Users, Text: "It works again."})
	late.Do(mia, incident.Review{Report: paper, Findings: "Watch the queue."})
	next := first.Another()
	next.Do(carl, incident.FollowUp{Of: walks[5].Record().ID, Reason: "It came back."}, walks[5].Record())

	routed := first.Another() // by a dispatch rule, from the start
	report := outage()
	report.Group, report.To = "messaging", "bob"
	routed.Do(bob, report)
	routed.Do(bob, incident.Start{})

	require.Empty(t, first.NotFired())
}
