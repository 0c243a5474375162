package incident_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// week is the period of these tests; midnight is when it begins.
var (
	midnight = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	week     = sla.Period{From: midnight, To: midnight.Add(7 * day)}
)

// step is a command at a time after midnight.
type step struct {
	at      time.Duration
	by      itsm.Actor
	command itsm.Command[incident.Incident]
}

// story is an incident after its steps.
func story(t testing.TB, lc *itsm.Lifecycle[incident.Incident], n byte, steps ...step) *incident.Incident {
	t.Helper()
	inc := &incident.Incident{Header: itsm.Header{ID: id(n), Number: "INC"}}
	target := &incident.Incident{Header: itsm.Header{ID: id(200), Number: "INC200"}}
	for _, s := range steps {
		_, err := lc.Fire(inc, s.command, itsm.Stamp{At: midnight.Add(s.at), By: s.by}, target)
		require.NoError(t, err, "%T at %s", s.command, s.at)
	}
	return inc
}

// Commands of a host, into states of its own.
type (
	Watching struct{}
	Reject   struct{}
	Archive  struct{}
)

func (Watching) Check(*incident.Incident, itsm.Stamp) error { return nil }
func (Watching) Apply(*incident.Incident, itsm.Stamp)       {}
func (Reject) Check(*incident.Incident, itsm.Stamp) error   { return nil }
func (Reject) Apply(*incident.Incident, itsm.Stamp)         {}
func (Archive) Check(*incident.Incident, itsm.Stamp) error  { return nil }
func (Archive) Apply(*incident.Incident, itsm.Stamp)        {}

func withOwnStates(t testing.TB) *itsm.Lifecycle[incident.Incident] {
	t.Helper()
	const watched, rejected, archived itsm.State = "watched", "rejected", "archived"
	lc, err := lifecycle(t, nil).With(itsm.Definition[incident.Incident]{
		States: []itsm.StateDef{
			{State: awaitingApproval, Phase: itsm.Paused}, {State: watched, Phase: itsm.Done},
			{State: rejected, Phase: itsm.Final}, {State: archived, Phase: itsm.Final},
		},
		Transitions: []itsm.Transition[incident.Incident]{
			itsm.On("ask approval", AskApproval{}, itsm.From(incident.InProgress), itsm.To(awaitingApproval), itsm.By(incident.Agent), itsm.Sets("hold_reason")),
			itsm.On("resolve", incident.Resolve{}, itsm.From(awaitingApproval), itsm.To(incident.Resolved), itsm.By(incident.Agent), itsm.Sets("resolution_code", "resolved")),
			itsm.On("start", incident.Start{}, itsm.From(awaitingApproval), itsm.To(incident.InProgress), itsm.By(incident.Agent)),
			itsm.On("approve", Approve{}, itsm.From(awaitingApproval), itsm.To(incident.InProgress), itsm.By(incident.Agent)),
			itsm.On("watching", Watching{}, itsm.From(incident.InProgress), itsm.To(watched), itsm.By(incident.Agent)),
			itsm.On("reject", Reject{}, itsm.From(incident.InProgress, watched), itsm.To(rejected), itsm.By(incident.Agent)),
			itsm.On("archive", Archive{}, itsm.From(incident.Resolved), itsm.To(archived), itsm.By(incident.Manager)),
		},
	})
	require.NoError(t, err)
	return lc
}

// weekOfDesk is a small desk's week, in which everything happens.
func weekOfDesk(t testing.TB, lc *itsm.Lifecycle[incident.Incident]) []*incident.Incident {
	printer := incident.Report{Title: "The printer jams", Caller: "carl", ServiceUnknown: true, Impact: itsm.Low, Urgency: itsm.Low}
	duplicate := fixed()
	duplicate.DuplicateOf = id(200)
	return []*incident.Incident{
		story(t, lc, 1, step{9 * hour, ann, outage()}, step{9*hour + 10*time.Minute, ann, toBob()}, step{9*hour + 30*time.Minute, bob, incident.Start{}},
			step{10 * hour, bob, forVendor()}, step{11 * hour, bob, forCaller()}, step{11*hour + 15*time.Minute, carl, incident.Resume{Reply: "All."}},
			step{15 * hour, bob, fixed()}),
		story(t, lc, 2, step{33 * hour, ann, printer}, step{33*hour + time.Minute, ann, incident.Assign{Group: "print", To: "bob"}},
			step{34 * hour, ann, incident.Assign{Group: "network", To: "nina"}}, step{35 * hour, bob, incident.Start{}}, step{36 * hour, bob, fixed()},
			step{37 * hour, carl, incident.Reopen{Reason: "It jams."}}, step{38 * hour, bob, AskApproval{"A new one?"}}, step{62 * hour, bob, Approve{}},
			step{63 * hour, bob, fixed()}),
		story(t, lc, 3, step{34 * hour, ann, outage()}, step{35 * hour, bob, duplicate}),
		story(t, lc, 4, step{40 * hour, ann, printer}, step{41 * hour, ann, incident.Cancel{Reason: "It was a drill."}}),
		story(t, lc, 5, step{-100 * hour, ann, outage()}, step{-90 * hour, ann, toBob()}),
		story(t, lc, 6, step{160 * hour, ann, printer}, step{161 * hour, ann, incident.Acknowledge{Text: "We look."}}),
	}
}

// withTargets promises the priorities 1 and 2 four business hours.
func withTargets(t testing.TB) *incident.KPIOptions {
	office, err := sla.NewCalendar(sla.Hours{Zone: "Europe/Berlin", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})})
	require.NoError(t, err)
	return &incident.KPIOptions{Calendar: office, Promise: func(inc *incident.Incident, resolved time.Time) incident.Outcome {
		switch {
		case inc.Priority > 2:
			return incident.Unpromised
		case office.Between(inc.Opened, resolved) > 4*hour:
			return incident.Breached
		}
		return incident.Met
	}}
}
