package incident_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

// The people of the tests.
var (
	ann    = itsm.Actor{ID: "ann", Tenant: "acme", Roles: []itsm.Role{incident.Agent}}
	bob    = itsm.Actor{ID: "bob", Tenant: "acme", Roles: []itsm.Role{incident.Agent}}
	mia    = itsm.Actor{ID: "mia", Tenant: "acme", Roles: []itsm.Role{incident.Manager}}
	carl   = itsm.Actor{ID: "carl", Tenant: "acme"} // the caller
	otto   = itsm.Actor{ID: "otto", Tenant: "acme"} // anybody else
	system = itsm.System("acme")
)

// The things of the tests.
var (
	mail   = itsm.Ref{Kind: "ci", ID: "mail"}
	ticket = itsm.Ref{Kind: "vendor ticket", ID: "V-7"}
	paper  = itsm.Ref{Kind: "document", ID: "report-1"}
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

type walk = itsmtest.Walk[incident.Incident]

func lifecycle(t testing.TB, policy *incident.Policy) *itsm.Lifecycle[incident.Incident] {
	t.Helper()
	process, err := incident.Process(policy)
	require.NoError(t, err)
	return process.Lifecycle
}

// under is the lifecycle of the default policy with changes.
func under(t testing.TB, change func(*incident.Policy)) *itsm.Lifecycle[incident.Incident] {
	t.Helper()
	policy := incident.DefaultPolicy()
	change(policy)
	return lifecycle(t, policy)
}

func outage() incident.Report {
	return incident.Report{Title: "Mail is down", Caller: "carl", Service: mail, Impact: itsm.High, Urgency: itsm.High}
}

func toBob() incident.Assign { return incident.Assign{Group: "messaging", To: "bob"} }

func forVendor() incident.Hold {
	return incident.Hold{Reason: incident.AwaitingVendor, Awaits: ticket}
}

func forCaller() incident.Hold {
	return incident.Hold{Reason: incident.AwaitingCaller, Question: "Which mailbox?"}
}

func fixed() incident.Resolve { return incident.Resolve{Code: "fixed", Notes: "Restarted the queue."} }

func major() incident.Declare {
	return incident.Declare{Criteria: []string{"many users affected"}, Owner: "mia"}
}

// reported begins a walk with an incident that has been reported.
func reported(t testing.TB, lc *itsm.Lifecycle[incident.Incident]) *walk {
	t.Helper()
	w := itsmtest.New(t, lc)
	w.Do(ann, outage())
	return w
}

// in begins a walk with an incident in a state.
func in(t testing.TB, lc *itsm.Lifecycle[incident.Incident], s itsm.State) *walk {
	t.Helper()
	return lead(reported(t, lc), s)
}

// lead takes a new incident to a state by the usual way.
func lead(w *walk, s itsm.State) *walk {
	if s == incident.New {
		return w
	}
	if s == incident.Cancelled {
		w.Do(ann, incident.Cancel{Reason: "It was a drill."})
		return w
	}
	steps := []struct {
		by      itsm.Actor
		command itsm.Command[incident.Incident]
	}{{ann, toBob()}, {bob, incident.Start{}}, {bob, forVendor()}, {bob, fixed()}, {carl, incident.Close{}}}
	for _, step := range steps {
		w.Wait(time.Minute).Do(step.by, step.command)
		if w.Record().State == s {
			break
		}
	}
	return w
}

func states() []itsm.State {
	return []itsm.State{
		incident.New, incident.Assigned, incident.InProgress, incident.OnHold,
		incident.Resolved, incident.Closed, incident.Cancelled,
	}
}

func text(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

func id(n byte) uuid.UUID { return uuid.UUID{6: 0x80, 8: 0x80, 15: n} }

// typed reports whether an error is wrong input or a refusal, as all are that a
// lifecycle gives.
func typed(err error) bool {
	return errors.Is(err, itsm.ErrInvalid) || errors.Is(err, itsm.ErrRefused)
}
