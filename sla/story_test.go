package sla_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// The stories of these tests happen in November 2026 in UTC, where the office is
// open from nine to five from Monday to Friday. The 23rd is a Monday.

// at is a time of a story: "23 09:00".
func at(t testing.TB, text string) time.Time {
	t.Helper()
	parsed, err := time.Parse("2006-01-02 15:04", "2026-11-"+text)
	require.NoError(t, err)
	return parsed
}

// schema is what the agreements of these tests may ask for.
func schema() sla.Schema {
	texts := func(list ...string) []itsm.Value {
		values := make([]itsm.Value, len(list))
		for i, s := range list {
			values[i] = itsm.TextValue(s)
		}
		return values
	}
	s := sla.Schema{
		{Name: "phase", Type: itsm.Text, Domain: texts("open", "active", "paused", "done", "final")},
		{Name: "priority", Type: itsm.Number, Domain: []itsm.Value{itsm.IntValue(1), itsm.IntValue(2), itsm.IntValue(3)}},
		{Name: "service", Type: itsm.Reference},
		{Name: "customer", Type: itsm.Text},
		{Name: "group", Type: itsm.Text},
		{Name: "hold_reason", Type: itsm.Text, Domain: texts("caller", "vendor")},
		{Name: "responded", Type: itsm.Instant},
		{Name: "public_notes", Type: itsm.Number},
		{Name: "opened", Type: itsm.Instant},
		{Name: "due", Type: itsm.Instant},
	}
	for _, flag := range []string{"start", "stop", "cancel", "reset", "pause", "vip"} {
		s = append(s, itsm.FieldDef{Name: flag, Type: itsm.Truth})
	}
	return s
}

// facts reads "phase open, priority 2, due 24 16:00, vip": a flag alone is true, and
// a name with "-" before it has no value any more.
func facts(t testing.TB, text string) sla.Facts {
	t.Helper()
	f := sla.Facts{}
	for _, part := range strings.Split(text, ", ") {
		name, value, _ := strings.Cut(part, " ")
		if gone, found := strings.CutPrefix(name, "-"); found {
			f[gone] = itsm.Value{}
			continue
		}
		def, ok := schema().Field(name)
		require.True(t, ok, "the field %q", name)
		switch {
		case def.Type == itsm.Truth && value == "":
			f[name] = itsm.TruthValue(true)
		case def.Type == itsm.Instant:
			f[name] = itsm.InstantValue(at(t, value))
		default:
			v, err := itsm.ParseValue(def.Type, value)
			require.NoError(t, err)
			f[name] = v
		}
	}
	return f
}

// story is moments, one a line: time, who, what changed.
//
//	23 09:00 ann: phase open, priority 2
func story(t testing.TB, text string) []sla.Moment {
	t.Helper()
	var list []sla.Moment
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		when, what, _ := strings.Cut(line, ": ")
		clock, by := when[:len("23 09:00")], strings.TrimSpace(when[len("23 09:00"):])
		m := sla.Moment{At: at(t, clock), By: by}
		if reason, found := strings.CutPrefix(what, "recompute "); found {
			m.Recompute = reason
		} else {
			m.Facts = facts(t, what)
		}
		list = append(list, m)
	}
	return list
}

func item() itsm.Ref { return itsm.Ref{Kind: "incident", ID: "INC1"} }

// told is the work of a story under versions of agreements.
func told(t testing.TB, text string, versions ...sla.Version) (sla.Work, *sla.Book) {
	t.Helper()
	b, err := sla.NewBook(schema(), versions...)
	require.NoError(t, err)
	w, err := b.Track(item(), story(t, text)...)
	require.NoError(t, err)
	return w, b
}

// agreement is an SLA with acme, in force from the first of November on, with
// metrics and targets over office hours.
func agreement(number string, metrics []sla.Metric, targets ...sla.Target) sla.Version {
	return sla.Version{
		Agreement: number, Number: 1, Kind: sla.ServiceLevel, Party: "acme",
		From: time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC),
		Terms: sla.Terms{
			Calendars: map[string]sla.Hours{
				"office": {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})},
				"always": {Zone: "UTC", Week: sla.EveryDay(sla.Span{"00:00", "24:00"})},
			},
			Calendar: "office", Metrics: metrics, Targets: targets,
		},
	}
}

// byPriority is a resolution target for one priority.
func byPriority(p int64, within string) sla.Target {
	return sla.Target{
		Name: "P" + string(rune('0'+p)), Metric: sla.Resolution, Within: within,
		When: sla.Is("priority", priority(p)),
	}
}

// only is the one promise of a piece of work.
func only(t testing.TB, w sla.Work) sla.Promise {
	t.Helper()
	require.Len(t, w.Promises, 1)
	return w.Promises[0]
}

// read is what the clock of a promise shows.
func read(t testing.TB, b *sla.Book, p sla.Promise, text string) sla.Reading {
	t.Helper()
	c, err := b.Clock(p)
	require.NoError(t, err)
	return c.At(at(t, text))
}

func priority(n int64) itsm.Value   { return itsm.IntValue(n) }
func phase(p itsm.Phase) itsm.Value { return itsm.TextValue(p) }
