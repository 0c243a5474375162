package sqlite_test

import (
	"io"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// TestRoundTrip takes a tenant with one of everything from memory into a file and
// back into memory: every export has the same bytes. In the file the records then
// go on where they were, rules of time and keys of calls included.
func TestRoundTrip(t *testing.T) {
	ctx := t.Context()
	process, err := incident.Process(nil)
	require.NoError(t, err)
	clock := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	options := &register.Options[incident.Incident]{
		Now:     func() time.Time { return clock },
		Erasers: []itsm.Role{incident.Manager},
	}
	over := func(b store.Backend) []register.Kind {
		r, err := register.New(b, process, options)
		require.NoError(t, err)
		return []register.Kind{r}
	}
	backend := memory.New()
	from := over(backend)
	desk := from[0].(*register.Register[incident.Incident])
	w := &crashWriter{ctx: ctx, backend: backend, desk: desk, out: io.Discard}
	for range 60 {
		clock = clock.Add(time.Second)
		require.NoError(t, w.step())
	}

	mia := itsm.Actor{ID: "mia", Tenant: crashTenant, Roles: []itsm.Role{incident.Agent, incident.Manager}}
	major := uuid.Nil
	for _, c := range []itsm.Command[incident.Incident]{
		outage("Mail is down ☎"),
		incident.Assign{Group: "mail", To: "mia"}, incident.Start{},
		incident.Log{Text: "Zoë called about her \"mail\".\n", Spent: time.Hour},
		incident.Hold{Reason: incident.AwaitingVendor, Awaits: itsm.Ref{Kind: "vendor", ID: "v1"}},
		incident.Declare{Criteria: []string{"many users affected"}, Owner: "mia"},
		incident.Resolve{Code: "fixed", Notes: "Restarted."},
	} {
		clock = clock.Add(time.Minute)
		o, err := desk.Perform(ctx, mia, major, c)
		require.NoError(t, err)
		major = o.Record.ID
	}
	keyed := func(desk *register.Register[incident.Incident]) register.Outcome[incident.Incident] {
		o, err := desk.With(register.Call{Key: "a call"}).Perform(ctx, mia, uuid.Nil, outage("Reported twice"))
		require.NoError(t, err)
		return o
	}
	require.False(t, keyed(desk).Repeated)
	require.NoError(t, desk.Erase(ctx, mia, major, 4, "Asked for by the caller."))
	clock = clock.AddDate(0, 0, 6) // nobody has reviewed it, so that it refuses to close, once (R35)
	ticked, err := desk.Tick(ctx, crashTenant, clock, 1000)
	require.NoError(t, err)
	require.Len(t, ticked.Refused, 1)

	there := itsmtest.RoundTrip(t, crashTenant, from, over, func() store.Backend { return open(t, file(t), nil) })
	desk = there[0].(*register.Register[incident.Incident])
	_, err = desk.Verify(ctx, mia, major)
	require.NoError(t, err)
	ticked, err = desk.Tick(ctx, crashTenant, clock, 1000)
	require.NoError(t, err)
	require.Empty(t, ticked.Refused, "it was refused before")
	require.True(t, keyed(desk).Repeated)
	next, err := desk.Create(ctx, mia, outage("Next"))
	require.NoError(t, err)
	_, err = desk.Do(ctx, mia, major, incident.Inform{Audience: incident.Management, Text: "Under review."})
	require.NoError(t, err)
	before, err := desk.Get(ctx, mia, major)
	require.NoError(t, err)
	require.Greater(t, next.Number, before.Number)
}
