package sla_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// schema is what the agreements of these tests ask for.
func schema() sla.Schema {
	phases := make([]itsm.Value, 0, 5)
	for _, p := range itsm.Phases() {
		phases = append(phases, itsm.TextValue(p))
	}
	return sla.Schema{
		{Name: "phase", Type: itsm.Text, Domain: phases},
		{Name: "priority", Type: itsm.Number, Domain: []itsm.Value{itsm.IntValue(1), itsm.IntValue(2), itsm.IntValue(3)}},
		{Name: "service", Type: itsm.Reference},
		{Name: "group", Type: itsm.Text},
		{Name: "hold_reason", Type: itsm.Text, Domain: []itsm.Value{itsm.TextValue("caller"), itsm.TextValue("vendor")}},
		{Name: "responded", Type: itsm.Instant},
		{Name: "public_notes", Type: itsm.Number},
		{Name: "opened", Type: itsm.Instant},
		{Name: "due", Type: itsm.Instant},
		{Name: "vip", Type: itsm.Truth},
	}
}

func priority(n int64) itsm.Value { return itsm.IntValue(n) }

// at is a time of November 2026 in UTC, "23 09:00"; the 23rd is a Monday.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse("2006-01-02 15:04:05", "2026-11-"+text+":00")
	require.NoError(t, err)
	return parsed
}

// gold is an agreement over office hours with a target for each priority.
func gold() sla.Version {
	return sla.Version{
		Agreement: "AGR1", Number: 1, Kind: sla.ServiceLevel, Party: "acme",
		From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Terms: sla.Terms{
			Calendars: map[string]sla.Hours{"office": {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})}},
			Calendar:  "office",
			Targets: []sla.Target{
				{Name: "P1", Metric: sla.Resolution, When: sla.Is("priority", priority(1)), Within: "4h", Levels: []sla.Level{
					{Name: "warn", Share: "75", Who: []string{"lead"}, What: "notify"},
					{Name: "due", After: "0s", Who: []string{"manager"}, What: "notify"},
				}},
				{Name: "P2", Metric: sla.Resolution, When: sla.Is("priority", priority(2)), Within: "8h"},
				{Name: "answer", Metric: sla.Response, Within: "1h"},
			},
		},
	}
}

// moments reads a story, each line a time, who, and the facts that changed.
type line struct {
	at, by string
	facts  sla.Facts
}

func follow2(t testing.TB, b *sla.Book, lines ...line) sla.Work {
	t.Helper()
	var moments []sla.Moment
	for _, l := range lines {
		moments = append(moments, sla.Moment{At: at(t, l.at), By: l.by, Facts: l.facts})
	}
	w, err := b.Track(itsm.Ref{Kind: "incident", ID: "1"}, moments...)
	require.NoError(t, err)
	return w
}

func phase(p itsm.Phase) itsm.Value { return itsm.TextValue(p) }

func TestLook(t *testing.T) {
	b, err := sla.NewBook(schema(), gold())
	require.NoError(t, err)
	w := follow2(t, b,
		line{"23 09:00", "ann", sla.Facts{"phase": phase(itsm.Open), "priority": priority(2)}},
		line{"23 10:00", "bob", sla.Facts{"phase": phase(itsm.Paused), "hold_reason": itsm.TextValue("caller")}},
		line{"23 12:00", "ann", sla.Facts{"phase": phase(itsm.Active), "hold_reason": {}, "responded": itsm.InstantValue(at(t, "23 12:00"))}},
		line{"23 15:00", "bob", sla.Facts{"priority": priority(1)}},
		line{"23 16:30", "bob", sla.Facts{"phase": phase(itsm.Done)}},
		line{"24 10:00", "bob", sla.Facts{"phase": phase(itsm.Active)}},
		line{"24 11:00", "bob", sla.Facts{"phase": phase(itsm.Done)}},
	)
	for _, p := range w.Promises {
		fmt.Printf("%+v\n", p)
		a, err := b.Explain(&w, p.ID, at(t, "25 10:00"))
		require.NoError(t, err)
		fmt.Println(a)
	}
	assert.True(t, true)
}
