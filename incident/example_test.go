package incident_test

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
)

// An incident from its report to its end, without any database.
func Example() {
	process, err := incident.Process(nil) // nil: incident.DefaultPolicy()
	if err != nil {
		fmt.Println(err)
		return
	}
	lc := process.Lifecycle
	ann := itsm.Actor{ID: "ann", Roles: []itsm.Role{incident.Agent}}
	bob := itsm.Actor{ID: "bob", Roles: []itsm.Role{incident.Agent}}
	carl := itsm.Actor{ID: "carl"}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

	inc := incident.Incident{Header: itsm.Header{ID: uuid.UUID{15: 1}, Number: "INC0000001"}}
	for _, step := range []struct {
		by      itsm.Actor
		command itsm.Command[incident.Incident]
	}{
		{ann, incident.Report{
			Title: "Mail is down", Caller: "carl", Service: itsm.Ref{Kind: "ci", ID: "mail"},
			Impact: itsm.High, Urgency: itsm.Medium,
		}},
		{ann, incident.Assign{Group: "messaging", To: "bob"}},
		{bob, incident.Start{}},
		{carl, incident.Resolve{Code: "fixed", Notes: "Works again."}},
		{bob, incident.Resolve{Code: "fixed", Notes: "Restarted the queue."}},
		{carl, incident.Close{}},
	} {
		now = now.Add(10 * time.Minute)
		event, err := lc.Fire(&inc, step.command, itsm.Stamp{At: now, By: step.by})
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s by %s as %s: %s, %s\n", event.Name, step.by.ID, event.Role, inc.State, inc.Priority)
	}
	// Output:
	// report by ann as incident.agent: new, P2
	// assign by ann as incident.agent: assigned, P2
	// start by bob as incident.agent: in progress, P2
	// INC0000001: resolve refused: needs one of the roles: incident.agent, incident.manager, system
	// resolve by bob as incident.agent: resolved, P2
	// close by carl as caller: closed, P2
}

// What somebody may do with an incident now, and why not the rest.
func ExampleIncident_permitted() {
	process, _ := incident.Process(nil)
	inc := incident.Incident{
		Header: itsm.Header{Number: "INC0000001", State: incident.Resolved},
		Caller: "carl",
		Times:  incident.Times{Resolved: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)},
	}
	later := itsm.Stamp{At: time.Date(2026, 3, 8, 9, 0, 0, 0, time.UTC), By: itsm.Actor{ID: "carl"}}
	for _, option := range process.Lifecycle.Permitted(&inc, later) {
		switch {
		case option.Refusal == nil:
			fmt.Println(option.Name, "→", option.To)
		case option.Refusal.Rule != itsm.RuleState && option.Refusal.Rule != itsm.RuleRole:
			fmt.Println(option.Refusal)
		}
	}
	// Output:
	// watch → [resolved]
	// attach → [resolved]
	// INC0000001: reopen refused: R13 window: could be reopened until 2026-03-07T09:00:00Z; follow it up with a new incident once it is closed
	// close → [closed]
	// rate → [resolved]
}

// A host with its own matrix, codes and waits.
func ExamplePolicy() {
	policy := incident.DefaultPolicy()
	policy.Matrix = itsm.Matrix{
		Impacts:    []itsm.Level{"site", "person"},
		Urgencies:  []itsm.Level{"now", "soon"},
		Priorities: [][]itsm.Priority{{1, 2}, {3, 4}},
	}
	policy.Codes = []string{"fixed", "workaround", "duplicate", "no fault found"}
	policy.Window = itsm.Wait{Days: 3}
	policy.Extensions = -1

	_, err := incident.Process(policy)
	fmt.Println(err)
	// Output:
	// extensions: is -1; give 0 or more
}

// A host that wants to know the root cause before an incident is resolved declares
// a field of its own and requires it.
func ExampleProcess_requiredField() {
	policy := incident.DefaultPolicy()
	policy.Custom = itsm.CustomFields{{Name: "root_cause", Type: itsm.Text}}
	process, err := incident.Process(policy)
	if err != nil {
		fmt.Println(err)
		return
	}
	process.Lifecycle, err = process.Lifecycle.Tighten("resolve", itsm.Requires("root_cause"))
	if err != nil {
		fmt.Println(err)
		return
	}

	ann := itsm.Stamp{At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), By: itsm.Actor{ID: "ann", Roles: policy.Agents}}
	inc := incident.Incident{Header: itsm.Header{Number: "INC0000001"}}
	for _, cmd := range []itsm.Command[incident.Incident]{
		incident.Report{Title: "Mail is down", Caller: "carl", ServiceUnknown: true, Impact: itsm.Low, Urgency: itsm.Low},
		incident.Resolve{Code: "fixed", Notes: "Restarted the queue."},
		incident.Classify{Custom: map[string]itsm.Value{"root_cause": itsm.TextValue("disk full")}},
		incident.Resolve{Code: "fixed", Notes: "Emptied the disk."},
	} {
		if _, err := process.Lifecycle.Fire(&inc, cmd, ann); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(inc.State, inc.Custom["root_cause"])
	// Output:
	// INC0000001: resolve refused: missing: root_cause
	// resolved disk full
}

// AskApproval is a command of a host: work stops until a manager has agreed.
type AskApproval struct {
	Question string `json:"question"`
}

func (c AskApproval) Check(*incident.Incident, itsm.Stamp) error {
	return itsm.CheckText("question", c.Question)
}

// Apply begins a wait, so that it counts as time on hold.
func (AskApproval) Apply(inc *incident.Incident, s itsm.Stamp) { inc.BeginHold("approval", s) }

// Approve is the answer.
type Approve struct{}

func (Approve) Check(*incident.Incident, itsm.Stamp) error { return nil }
func (Approve) Apply(inc *incident.Incident, s itsm.Stamp) { inc.EndHold(s) }

const awaitingApproval itsm.State = "awaiting approval"

// A host adds a state with its phase, and the rows that lead there and back. What
// asks the phase, such as reports and clocks, takes it as it should.
func ExampleProcess_ownState() {
	process, _ := incident.Process(nil)
	lc, err := process.Lifecycle.With(itsm.Definition[incident.Incident]{
		States: []itsm.StateDef{{State: awaitingApproval, Phase: itsm.Paused}},
		Transitions: []itsm.Transition[incident.Incident]{
			itsm.On("ask approval", AskApproval{}, itsm.From(incident.InProgress), itsm.To(awaitingApproval), itsm.By(incident.Agent)),
			itsm.On("approve", Approve{}, itsm.From(awaitingApproval), itsm.To(incident.InProgress), itsm.By(incident.Manager)),
			itsm.On("log", incident.Log{}, itsm.From(awaitingApproval), itsm.Stay(), itsm.By(incident.Agent)),
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	inc := incident.Incident{Header: itsm.Header{Number: "INC0000001", State: awaitingApproval}}
	mia := itsm.Stamp{At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), By: itsm.Actor{ID: "mia", Roles: []itsm.Role{incident.Manager}}}
	fmt.Println(lc.Phase(inc.State))
	_, err = lc.Fire(&inc, incident.Start{}, mia)
	fmt.Println(err)
	_, err = lc.Fire(&inc, Approve{}, mia)
	fmt.Println(inc.State, err)
	// Output:
	// paused
	// INC0000001: start refused: not open from "awaiting approval"; open are: log, approve
	// in progress <nil>
}

// A customisation that would leave incidents without a way out is refused when it
// is built, with the shortest way there.
func ExampleProcess_refused() {
	process, _ := incident.Process(nil)
	_, err := process.Lifecycle.With(itsm.Definition[incident.Incident]{
		States: []itsm.StateDef{{State: awaitingApproval, Phase: itsm.Paused}},
		Transitions: []itsm.Transition[incident.Incident]{
			itsm.On("ask approval", AskApproval{}, itsm.From(incident.InProgress), itsm.To(awaitingApproval), itsm.By(incident.Agent)),
		},
	})
	fmt.Println(err)
	// Output:
	// lifecycle of "incident" refused
	// 	trap: "awaiting approval"; shortest way there: report → new, start → in progress, ask approval → awaiting approval
}
