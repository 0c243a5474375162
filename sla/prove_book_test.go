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

// pairOf is two agreements of one kind with one party, and a target each.
func pairOf(change func(a, b *sla.Version)) [2]sla.Version {
	make := func(agreement string) sla.Version {
		return sla.Version{
			Agreement: agreement, Number: 1, Kind: sla.ServiceLevel, Party: "acme", From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
			Terms: sla.Terms{
				When:    sla.Given("priority"),
				Targets: []sla.Target{{Name: "all", Metric: sla.Resolution, Within: "4h"}},
			},
		}
	}
	a, b := make("A"), make("B")
	change(&a, &b)
	return [2]sla.Version{a, b}
}

func TestBookProve(t *testing.T) {
	t.Parallel()
	july := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	cases := []struct {
		name   string
		change func(a, b *sla.Version)
		want   []string
	}{
		{"alike", func(a, b *sla.Version) {}, []string{
			`error: A v1: resolution, target "all": same claim with "B v1: all": both claim such work with as many fields, the same time and calendar; only a name decides; witness: phase "open", priority 1`,
		}},
		{"one after the other", func(a, b *sla.Version) { a.Until, b.From = july, july }, nil},
		{"for a while", func(a, b *sla.Version) { a.Until, b.From = july, july.Add(-1) }, []string{
			`error: A v1: resolution, target "all": same claim with "B v1: all": both claim such work with as many fields, the same time and calendar; only a name decides; witness: phase "open", priority 1`,
		}},
		{"another kind", func(a, b *sla.Version) { b.Kind = sla.OperationalLevel }, nil},
		{"another party", func(a, b *sla.Version) { b.Party = "else" }, nil},
		{"other work", func(a, b *sla.Version) {
			a.Terms.Services = []itsm.Ref{mail()}
			b.Terms.Services = []itsm.Ref{{Kind: "service", ID: "web"}}
		}, nil},
		{"more fields", func(a, b *sla.Version) { b.Terms.Services = []itsm.Ref{mail()} }, []string{
			`warning: A v1: resolution, target "all": overlaps with "B v1: all": both claim such work; "B v1: all" wins, as it asks for more fields; witness: phase "open", priority 1, service "service:mail"`,
		}},
		{"shorter", func(a, b *sla.Version) { a.Terms.Targets[0].Within = "1h" }, []string{
			`warning: A v1: resolution, target "all": overlaps with "B v1: all": both claim such work; "all" wins, as it is due first; witness: phase "open", priority 1`,
		}},
		{"by another calendar", func(a, b *sla.Version) {
			b.Terms.Calendar = "office"
			b.Terms.Calendars = map[string]sla.Hours{"office": {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})}}
		}, []string{
			`warning: A v1: resolution, target "all": overlaps with "B v1: all": both claim such work with as many fields; which is due first depends on when the clock begins; witness: phase "open", priority 1`,
		}},
		{"longer, and by less of the time", func(a, b *sla.Version) {
			b.Terms.Targets[0].Within = "5h"
			b.Terms.Calendar = "office"
			b.Terms.Calendars = map[string]sla.Hours{"office": {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})}}
		}, []string{
			`warning: A v1: resolution, target "all": overlaps with "B v1: all": both claim such work; "all" wins, as it is due first; witness: phase "open", priority 1`,
		}},
		{"a calendar written twice", func(a, b *sla.Version) {
			for _, v := range []*sla.Version{a, b} {
				name := "office of " + v.Agreement
				v.Terms.Calendar = name
				v.Terms.Calendars = map[string]sla.Hours{name: {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})}}
			}
		}, []string{
			`error: A v1: resolution, target "all": same claim with "B v1: all": both claim such work with as many fields, the same time and calendar; only a name decides; witness: phase "open", priority 1`,
		}},
		{"counted from another time", func(a, b *sla.Version) {
			b.Terms.Metrics = sla.Metrics()
			for i := range b.Terms.Metrics {
				b.Terms.Metrics[i].Since = "opened"
			}
		}, []string{
			`warning: A v1: resolution, target "all": overlaps with "B v1: all": both claim such work with as many fields; which is due first depends on when the clock begins; witness: phase "open", priority 1`,
		}},
		{"a clock that another agreement began", func(a, b *sla.Version) {
			b.Terms.Metrics = sla.Metrics()
			b.Terms.Metrics[2].Start = sla.Missing("priority")
		}, []string{
			`warning: B v1: resolution, target "all": only takes over: start, priority is missing, holds at no event that meets the scope; witness: priority 1`,
		}},
		{"a metric with which none begins", func(a, b *sla.Version) {
			b.Terms.Metrics = sla.Metrics()
			b.Terms.Metrics[2].Start = sla.All(sla.OneOf("phase", itsm.Open), sla.OneOf("phase", itsm.Done))
		}, []string{
			`warning: B v1: resolution, target "all": only takes over: start, phase is "open" and phase is "done", holds at no event that meets the scope; witness: priority 1`,
		}},
		{"and that none began", func(a, b *sla.Version) {
			b.Kind = sla.Underpinning
			b.Terms.Metrics = sla.Metrics()
			b.Terms.Metrics[2].Start = sla.Missing("priority")
		}, []string{
			`error: B v1: resolution, target "all": never begins: start, priority is missing, holds at no event that meets the scope; witness: priority 1`,
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			versions := pairOf(c.change)
			b, err := sla.NewBook(desk(), versions[:]...)
			require.NoError(t, err)
			found, err := b.Prove()
			require.NoError(t, err)
			var lines []string
			for _, d := range found {
				if d.Kind != sla.Gap && d.Kind != sla.NeverPauses {
					lines = append(lines, d.String())
				}
			}
			assert.Equal(t, c.want, lines)
		})
	}
}

// TestBookProveWinner: who is said to win is the one whose target a clock begins with.
func TestBookProveWinner(t *testing.T) {
	t.Parallel()
	versions := pairOf(func(a, b *sla.Version) { b.Terms.Targets[0].Name, b.Terms.Targets[0].Within = "b", "3h" })
	b, err := sla.NewBook(desk(), versions[:]...)
	require.NoError(t, err)
	found, err := b.Prove()
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Contains(t, found[0].Problem, `"B v1: b" wins`)
	w, err := b.Track(itsm.Ref{Kind: "incident", ID: "1"}, sla.Moment{At: at(t, "02 09:00"), Facts: found[0].Witness.After})
	require.NoError(t, err)
	require.Len(t, w.Promises, 1)
	assert.Equal(t, "b", w.Promises[0].Target)
}

// A priority was forgotten, one target hides another, and no clock of a third ever
// begins.
func ExampleTerms_Prove() {
	fields := sla.Schema{
		{Name: "phase", Type: itsm.Text, Domain: []itsm.Value{
			itsm.TextValue(itsm.Open), itsm.TextValue(itsm.Active), itsm.TextValue(itsm.Done),
		}},
		{Name: "priority", Type: itsm.Number, Domain: []itsm.Value{itsm.IntValue(1), itsm.IntValue(2), itsm.IntValue(3)}},
	}
	terms := sla.Terms{
		Metrics: []sla.Metric{{Name: sla.Resolution, Start: sla.OneOf("phase", itsm.Open, itsm.Active), Stop: sla.OneOf("phase", itsm.Done)}},
		Targets: []sla.Target{
			{Name: "urgent", Metric: sla.Resolution, When: sla.Is("priority", itsm.IntValue(1), itsm.IntValue(2)), Within: "4h"},
			{Name: "P2", Metric: sla.Resolution, When: sla.Is("priority", itsm.IntValue(2)), Within: "8h"},
			{Name: "after", Metric: sla.Resolution, When: sla.OneOf("phase", itsm.Done), Within: "1h"},
		},
	}
	defects, err := terms.Prove(fields)
	if err != nil {
		fmt.Println(err)
	}
	for _, d := range defects {
		fmt.Println(d)
	}
	// Output:
	// warning: resolution: gap: no target is for such work; witness: phase "open", priority 3
	// error: resolution, target "P2": never chosen with "urgent": better targets claim all its work; such work goes to "urgent"; witness: phase "open", priority 2
	// error: resolution, target "after": never begins: start, phase is "open" or "active", holds at no event that meets when; witness: phase "done"
}
