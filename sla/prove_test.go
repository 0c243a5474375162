package sla_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

// desk is what the agreements of these tests ask for: schema with four priorities,
// and two services.
func desk() sla.Schema {
	s := schema()
	for i := range s {
		if s[i].Name == "service" {
			s[i].Domain = []itsm.Value{itsm.ReferenceValue(mail()), itsm.ReferenceValue(itsm.Ref{Kind: "service", ID: "web"})}
		}
		if s[i].Name == "priority" {
			s[i].Domain = []itsm.Value{priority(1), priority(2), priority(3), priority(4)}
		}
	}
	return s
}

func mail() itsm.Ref { return itsm.Ref{Kind: "service", ID: "mail"} }

// sane is a usual agreement about one service: the usual metrics, a target for each
// priority.
func sane() sla.Terms {
	t := sla.Terms{
		Services:  []itsm.Ref{mail()},
		Calendars: map[string]sla.Hours{"office": {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})}},
		Calendar:  "office",
		Targets:   []sla.Target{{Name: "news", Metric: sla.Update, Within: "8h"}},
		Exceptions: []sla.Exception{
			{Name: "vendor", When: sla.OneOf("hold_reason", "vendor")},
		},
		Workload: []sla.Workload{{Name: "urgent", When: sla.Is("priority", priority(1)), Limit: 5, Per: sla.Daily}},
	}
	for i, within := range []string{"4h", "8h", "24h", "40h"} {
		when := sla.Is("priority", priority(int64(i+1)))
		t.Targets = append(t.Targets,
			sla.Target{Name: fmt.Sprintf("answer P%d", i+1), Metric: sla.Response, When: when, Within: "1h"},
			sla.Target{Name: fmt.Sprintf("P%d", i+1), Metric: sla.Resolution, When: when, Within: within, Levels: []sla.Level{
				{Name: "warn", Share: "75", Who: []string{"lead"}, What: "notify"},
				{Name: "due", After: "0s", Who: []string{"manager"}, What: "notify", Repeat: sla.Repeat{Every: "4h", Times: 3}},
			}})
	}
	return t
}

// target is one of the terms.
func target(t *sla.Terms, name string) *sla.Target {
	return &t.Targets[slices.IndexFunc(t.Targets, func(x sla.Target) bool { return x.Name == name })]
}

// metric is one of the usual ones, which the terms define anew.
func metric(t *sla.Terms, name string) *sla.Metric {
	for _, m := range sla.Metrics() {
		if m.Name == name {
			t.Metrics = append(t.Metrics, m)
		}
	}
	return &t.Metrics[len(t.Metrics)-1]
}

func level(name string) sla.Level {
	return sla.Level{Name: name, Who: []string{"lead"}, What: "notify"}
}

func levels(t *sla.Terms, change func(list []sla.Level)) {
	list := []sla.Level{level("first"), level("second")}
	list[0].Share, list[1].After = "50", "1h"
	change(list)
	target(t, "P1").Levels = list
}

// proofs has for each kind of defect terms that have it, and the same terms mended.
func proofs() []proof {
	return []proof{
		{"nothing in scope", sla.Defect{Kind: sla.NeverBegins},
			func(t *sla.Terms) {
				t.When = sla.All(sla.OneOf("group", "mail"), sla.Missing("group"))
			}, func(t *sla.Terms) { t.When = sla.OneOf("group", "mail") }},
		{"a metric that is stopped when it starts", sla.Defect{Kind: sla.NeverBegins, Metric: sla.Resolution},
			func(t *sla.Terms) { metric(t, sla.Resolution).Stop = sla.Given("phase") },
			func(t *sla.Terms) { metric(t, sla.Resolution) }},
		{"a target for what is stopped", sla.Defect{Kind: sla.NeverBegins, Metric: sla.Resolution, Target: "P1"},
			func(t *sla.Terms) { target(t, "P1").When = sla.OneOf("phase", itsm.Done) },
			func(t *sla.Terms) { target(t, "P1").When = sla.OneOf("phase", itsm.Active) }},
		{"a target outside of the scope", sla.Defect{Kind: sla.NeverBegins, Metric: sla.Resolution, Target: "P1"},
			func(t *sla.Terms) { t.When = sla.Not(sla.Is("priority", priority(1))) },
			func(t *sla.Terms) { t.When = sla.Given("priority") }},
		{"a metric without an end", sla.Defect{Kind: sla.NeverStops, Metric: sla.Resolution},
			func(t *sla.Terms) {
				metric(t, sla.Resolution).Stop = sla.All(sla.OneOf("phase", itsm.Done), sla.OneOf("phase", itsm.Final))
			},
			func(t *sla.Terms) { metric(t, sla.Resolution).Stop = sla.OneOf("phase", itsm.Done, itsm.Final) }},
		{"a reset that is a stop", sla.Defect{Kind: sla.NeverResets, Metric: sla.Update},
			func(t *sla.Terms) { metric(t, sla.Update).Reset = sla.OneOf("phase", itsm.Done) },
			func(t *sla.Terms) { metric(t, sla.Update).Reset = sla.Changed("group") }},
		{"a pause that is the start", sla.Defect{Kind: sla.AlwaysPaused, Metric: sla.Resolution, Target: "P1"},
			func(t *sla.Terms) {
				m := metric(t, sla.Resolution)
				m.Pause = sla.Any(m.Pause, sla.Is("priority", priority(1)))
			},
			func(t *sla.Terms) {
				m := metric(t, sla.Resolution)
				m.Pause = sla.Any(m.Pause, sla.Is("vip", itsm.TruthValue(true)))
			}},
		{"two for one", sla.Defect{Kind: sla.SameClaim, Metric: sla.Resolution, Target: "P1", Other: "P2"},
			func(t *sla.Terms) {
				target(t, "P2").When, target(t, "P2").Within = sla.Is("priority", priority(1), priority(2)), "4h"
			},
			func(t *sla.Terms) { target(t, "P2").Within = "4h" }},
		{"a deadline for two", sla.Defect{Kind: sla.SameClaim, Metric: sla.Resolution, Target: "P1", Other: "P2"},
			func(t *sla.Terms) {
				for _, name := range []string{"P1", "P2"} {
					x := target(t, name)
					x.When, x.Within, x.By, x.Levels = sla.Given("priority"), "", sla.Deadline{Days: 1, At: "16:00"}, nil
				}
			},
			func(t *sla.Terms) {
				x := target(t, "P1")
				x.Within, x.By = "", sla.Deadline{Days: 1, At: "16:00"}
			}},
		{"covered by another that is shorter", sla.Defect{Kind: sla.NeverChosen, Metric: sla.Resolution, Target: "P2", Other: "P1"},
			func(t *sla.Terms) { target(t, "P1").When = sla.Is("priority", priority(1), priority(2)) },
			func(t *sla.Terms) {
				target(t, "P1").When, target(t, "P1").Within = sla.Is("priority", priority(1), priority(2)), "9h"
			}},
		{"covered by all others", sla.Defect{Kind: sla.NeverChosen, Metric: sla.Resolution, Target: "rest", Other: "P1"},
			func(t *sla.Terms) {
				t.When = sla.Given("priority")
				t.Targets = append(t.Targets, sla.Target{Name: "rest", Metric: sla.Resolution, Within: "80h"})
			},
			func(t *sla.Terms) {
				t.Targets = append(t.Targets, sla.Target{Name: "rest", Metric: sla.Resolution, Within: "80h"})
			}},
		{"before the start", sla.Defect{Kind: sla.TooEarly, Metric: sla.Resolution, Target: "P1", Level: "first"},
			func(t *sla.Terms) {
				levels(t, func(l []sla.Level) { l[0].Share, l[0].Before = "", "4h1s" })
			},
			func(t *sla.Terms) {
				levels(t, func(l []sla.Level) { l[0].Share, l[0].Before = "", "4h" })
			}},
		{"never so far", sla.Defect{Kind: sla.NeverReached, Metric: sla.Resolution, Target: "P1", Level: "warn"},
			func(t *sla.Terms) { metric(t, sla.Resolution).Pause = sla.Not(sla.OneOf("phase", itsm.Done)) },
			func(t *sla.Terms) { metric(t, sla.Resolution).Pause = sla.Not(sla.OneOf("phase", itsm.Active)) }},
		{"an exception for nothing", sla.Defect{Kind: sla.NeverExcuses, Exception: "vendor"},
			func(t *sla.Terms) { t.Exceptions[0].When = sla.Changed("group") },
			func(t *sla.Terms) { t.Exceptions[0].When = sla.Given("group") }},
		{"an exception for all", sla.Defect{Kind: sla.ExcusesAll, Exception: "vendor"},
			func(t *sla.Terms) { t.Exceptions[0].When = sla.Given("service") },
			func(t *sla.Terms) {
				t.Exceptions[0].When = sla.Given("service")
				t.Exceptions[0].From, t.Exceptions[0].Until = time.Unix(0, 0), time.Unix(1, 0)
			}},
		{"a limit for nothing", sla.Defect{Kind: sla.NeverCounts, Workload: "urgent"},
			func(t *sla.Terms) { t.Workload[0].When = sla.Missing("service") },
			func(t *sla.Terms) { t.Workload[0].When = sla.Missing("group") }},
		{"work that comes later", sla.Defect{Kind: sla.OnlyTakesOver, Metric: sla.Resolution, Target: "P1"},
			func(t *sla.Terms) { metric(t, sla.Resolution).Start = sla.Is("priority", priority(2)) },
			func(t *sla.Terms) {
				metric(t, sla.Resolution).Start = sla.Is("priority", priority(1), priority(2))
			}},
		{"done for others", sla.Defect{Kind: sla.StopsElsewhere, Metric: sla.Resolution, Target: "P1"},
			func(t *sla.Terms) { target(t, "P1").When = sla.OneOf("phase", itsm.Active) },
			func(t *sla.Terms) { target(t, "P1").When = sla.OneOf("phase", itsm.Active, itsm.Done) }},
		{"a stop that hides the cancellation", sla.Defect{Kind: sla.NeverCancels, Metric: sla.Resolution},
			func(t *sla.Terms) { metric(t, sla.Resolution).Stop = sla.OneOf("phase", itsm.Done, itsm.Final) },
			func(t *sla.Terms) { metric(t, sla.Resolution).Stop = sla.OneOf("phase", itsm.Done) }},
		{"a pause after the end", sla.Defect{Kind: sla.NeverPauses, Metric: sla.Resolution},
			func(t *sla.Terms) { metric(t, sla.Resolution).Pause = sla.OneOf("phase", itsm.Done) },
			func(t *sla.Terms) { metric(t, sla.Resolution).Pause = sla.OneOf("phase", itsm.Paused) }},
		{"the special case", sla.Defect{Kind: sla.Overlaps, Metric: sla.Resolution, Target: "P1", Other: "P1 vip"},
			func(t *sla.Terms) {
				when := sla.All(sla.Is("priority", priority(1)), sla.Is("vip", itsm.TruthValue(true)))
				t.Targets = append(t.Targets, sla.Target{Name: "P1 vip", Metric: sla.Resolution, When: when, Within: "2h"})
			},
			func(t *sla.Terms) {
				when := sla.All(sla.Missing("priority"), sla.Is("vip", itsm.TruthValue(true)))
				t.Targets = append(t.Targets, sla.Target{Name: "P1 vip", Metric: sla.Resolution, When: when, Within: "2h"})
			}},
		{"a priority forgotten", sla.Defect{Kind: sla.Gap, Metric: sla.Resolution},
			func(t *sla.Terms) {
				t.When = sla.Given("priority")
				target(t, "P4").When = sla.Is("priority", priority(3))
			},
			func(t *sla.Terms) { t.When = sla.Given("priority") }},
		{"work that is due at no time", sla.Defect{Kind: sla.Gap, Metric: sla.Resolution},
			func(t *sla.Terms) {
				t.When = sla.All(sla.Given("priority"), sla.Not(sla.Given("due")))
				x := target(t, "P1")
				x.Within, x.By, x.Levels = "", sla.Deadline{Field: "due"}, nil
			},
			func(t *sla.Terms) {
				t.When = sla.All(sla.Given("priority"), sla.Given("due"))
				x := target(t, "P1")
				x.Within, x.By, x.Levels = "", sla.Deadline{Field: "due"}, nil
			}},
		{"the same point", sla.Defect{Kind: sla.SamePoint, Metric: sla.Resolution, Target: "P1", Level: "second", Other: "first"},
			func(t *sla.Terms) {
				levels(t, func(l []sla.Level) { l[1].After, l[1].Before = "", "2h" })
			},
			func(t *sla.Terms) { levels(t, func(l []sla.Level) {}) }},
		{"out of order", sla.Defect{Kind: sla.OutOfOrder, Metric: sla.Resolution, Target: "P1", Level: "second", Other: "first"},
			func(t *sla.Terms) {
				levels(t, func(l []sla.Level) { l[1].After, l[1].Share = "", "7.5" })
			},
			func(t *sla.Terms) {
				levels(t, func(l []sla.Level) { l[1].After, l[1].Share = "", "75" })
			}},
		{"too often", sla.Defect{Kind: sla.RepeatsPast, Metric: sla.Resolution, Target: "P1", Level: "first", Other: "second"},
			func(t *sla.Terms) {
				levels(t, func(l []sla.Level) { l[0].Repeat = sla.Repeat{Every: "1h", Times: 4} })
			},
			func(t *sla.Terms) {
				levels(t, func(l []sla.Level) { l[0].Repeat = sla.Repeat{Every: "1h", Times: 3} })
			}},
		{"without end", sla.Defect{Kind: sla.LongLadder, Metric: sla.Resolution, Target: "P1"},
			func(t *sla.Terms) {
				levels(t, func(l []sla.Level) { l[1].Repeat = sla.Repeat{Every: "1h", Times: 99} })
			},
			func(t *sla.Terms) {
				levels(t, func(l []sla.Level) { l[1].Repeat = sla.Repeat{Every: "1h", Times: 98} })
			}},
		{"without end, together", sla.Defect{Kind: sla.LongLadder, Metric: sla.Resolution},
			func(t *sla.Terms) {
				for i, name := range []string{"P1", "P2"} {
					l := level(name)
					l.After, l.Repeat = "1h", sla.Repeat{Every: "1h", Times: 49 + i}
					target(t, name).Levels = []sla.Level{l}
				}
			},
			func(t *sla.Terms) {
				for i, name := range []string{"P1", "P2"} {
					l := level("same")
					l.After, l.Repeat = "1h", sla.Repeat{Every: "1h", Times: 49 + i}
					target(t, name).Levels = []sla.Level{l}
				}
			}},
		{"an exception for others", sla.Defect{Kind: sla.OtherWork, Exception: "vendor"},
			func(t *sla.Terms) { t.Exceptions[0].When = sla.Missing("service") },
			func(t *sla.Terms) { t.Exceptions[0].When = sla.Missing("group") }},
	}
}

type proof struct {
	name    string
	want    sla.Defect
	defect  func(*sla.Terms)
	without func(*sla.Terms)
}

func hasDefect(list []sla.Defect, want sla.Defect) bool {
	return slices.ContainsFunc(list, func(d sla.Defect) bool {
		d.Problem, d.Witness = "", sla.Witness{}
		return d.String() == want.String() && d.Other == want.Other
	})
}

func TestProve(t *testing.T) {
	t.Parallel()
	kinds := make(map[sla.DefectKind]bool)
	for _, p := range proofs() {
		kinds[p.want.Kind] = true
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			bad, good := sane(), sane()
			p.defect(&bad)
			p.without(&good)
			found, err := bad.Prove(desk())
			require.NoError(t, err)
			assert.True(t, hasDefect(found, p.want), "%v is not in %v", p.want, found)
			for _, d := range found {
				requireWitness(t, desk(), &bad, d)
			}
			found, err = good.Prove(desk())
			require.NoError(t, err)
			assert.False(t, hasDefect(found, p.want), "%v", found)
			for _, d := range found {
				requireWitness(t, desk(), &good, d)
			}
		})
	}
	assert.Len(t, kinds, len(sla.DefectKinds()))
}

// TestProveSane: a usual agreement has no errors, and what it is warned of is true:
// that a priority may be missing.
func TestProveSane(t *testing.T) {
	t.Parallel()
	terms := sane()
	found, err := terms.Prove(desk())
	require.NoError(t, err)
	require.NoError(t, sla.Refuse(found))
	var lines []string
	for _, d := range found {
		lines = append(lines, d.String())
	}
	assert.Equal(t, []string{
		`warning: response: gap: no target is for work with such values missing: priority; witness: phase "open", service "service:mail"`,
		`warning: resolution: gap: no target is for work with such values missing: priority; witness: phase "open", service "service:mail"`,
	}, lines)

	terms.When = sla.Given("priority")
	found, err = terms.Prove(desk())
	require.NoError(t, err)
	assert.Empty(t, found)
}

// TestProveGolden is what defects read like.
func TestProveGolden(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, p := range proofs() {
		terms := sane()
		terms.When = sla.Given("priority")
		p.defect(&terms)
		found, err := terms.Prove(desk())
		require.NoError(t, err)
		require.True(t, slices.IsSortedFunc(found, func(a, b sla.Defect) int { return strings.Compare(a.Exception+a.Workload, b.Exception+b.Workload) }))
		fmt.Fprintf(&b, "# %s\n", p.name)
		for _, d := range found {
			b.WriteString(d.String() + "\n")
		}
		b.WriteByte('\n')
	}
	itsmtest.Golden(t, "testdata/defects.txt", []byte(b.String()))
}

// TestProveNeverBegins feeds 2,000 random works to a target that is proved never to
// begin, and to one that is proved to take over only; the one that is sane does begin.
func TestProveNeverBegins(t *testing.T) {
	t.Parallel()
	terms := sane()
	terms.Services = nil
	target(&terms, "P1").When = sla.All(sla.Is("priority", priority(1)), sla.OneOf("phase", itsm.Done))
	metric(&terms, sla.Resolution).Start = sla.All(sla.OneOf("phase", itsm.Open, itsm.Active), sla.Not(sla.Is("priority", priority(3))))
	found, err := terms.Prove(desk())
	require.NoError(t, err)
	require.True(t, hasDefect(found, sla.Defect{Kind: sla.NeverBegins, Metric: sla.Resolution, Target: "P1"}))
	require.True(t, hasDefect(found, sla.Defect{Kind: sla.OnlyTakesOver, Metric: sla.Resolution, Target: "P3"}))
	b, err := sla.NewBook(desk(), sla.Version{Agreement: "A", Number: 1, Kind: sla.ServiceLevel, Party: "acme", From: at(t, "01 00:00"), Terms: terms})
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(3, 4))
	began := make(map[string]int)
	for range 2000 {
		var moments []sla.Moment
		now := at(t, "02 09:00")
		for range 6 {
			now = now.Add(time.Duration(r.IntN(300)) * time.Minute)
			moments = append(moments, sla.Moment{At: now, Facts: sla.Facts{
				"phase": phase(itsm.Phases()[r.IntN(5)]), "priority": priority(1 + r.Int64N(4)),
			}})
			w, err := b.Track(itsm.Ref{Kind: "incident", ID: "1"}, moments...)
			require.NoError(t, err)
			for _, p := range w.Promises {
				require.NotEqual(t, "P1", p.Target)
				if p.Metric == sla.Resolution && p.Started.Equal(now) {
					began[p.Target]++
				} else if p.Target == "P3" {
					began["took over P3"]++
				}
			}
		}
	}
	assert.Zero(t, began["P3"])
	assert.NotZero(t, began["took over P3"])
	assert.NotZero(t, began["P2"])
}

func TestProveRefuses(t *testing.T) {
	t.Parallel()
	terms := sane()
	terms.Targets[1].When = sla.Given("weather")
	_, err := terms.Prove(desk())
	itsmtest.RequireField(t, err, "targets[1].when.field")
	_, err = terms.Prove(append(desk(), desk()[0]))
	require.ErrorIs(t, err, itsm.ErrInvalid)

	terms = sane()
	target(&terms, "P1").When = sla.OneOf("phase", itsm.Done)
	found, err := terms.Prove(desk())
	require.NoError(t, err)
	var refused *sla.DefectsError
	require.ErrorAs(t, sla.Refuse(found), &refused)
	require.ErrorIs(t, refused, itsm.ErrInvalid)
	require.Len(t, refused.Defects, 1)
	assert.Contains(t, refused.Error(), refused.Defects[0].String())
	assert.NoError(t, sla.Refuse(nil))
}

// TestProveUndecided: a condition with too many possibilities is an error that says
// where it stands.
func TestProveUndecided(t *testing.T) {
	t.Parallel()
	// Ten are to sit on nine chairs, none on another's.
	const chairs = 9
	var domain []itsm.Value
	for i := range chairs {
		domain = append(domain, priority(int64(i)))
	}
	var s sla.Schema
	c := sla.All()
	for i := range chairs + 1 {
		s = append(s, itsm.FieldDef{Name: fmt.Sprint("f", i), Type: itsm.Number, Domain: domain})
		c.All = append(c.All, sla.Given(s[i].Name))
		for _, chair := range domain {
			others := sla.Any()
			for _, f := range s[:i] {
				others.Any = append(others.Any, sla.Is(f.Name, chair))
			}
			if i > 0 {
				c.All = append(c.All, sla.Not(sla.All(sla.Is(s[i].Name, chair), others)))
			}
		}
	}
	terms := sla.Terms{When: c}
	_, err := terms.Prove(s)
	var undecided *sla.UndecidedError
	require.True(t, errors.As(err, &undecided), "%v", err)
	assert.Contains(t, err.Error(), "when: ")
}
