package config_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// A memory upgrade on Saturday was recorded only on Tuesday. What did we believe on
// Monday about Sunday, and what do we believe now?
func ExampleTimeline() {
	host := uuid.UUID{15: 1}
	day := func(d, hour int) time.Time { return time.Date(2026, 3, d, hour, 0, 0, 0, time.UTC) }
	saturday, sunday, monday, tuesday := day(7, 22), day(8, 12), day(9, 12), day(10, 9)

	var facts []config.Fact // a host takes them from its registers, see FactsOf
	for name, v := range map[string]itsm.Value{
		"state": itsm.TextValue(config.Live), "class": itsm.TextValue("server"), "name": itsm.TextValue("web-1"), "memory": itsm.IntValue(64),
	} {
		facts = append(facts, config.Fact{Subject: host, Attribute: name, Value: v, From: day(2, 9), Recorded: day(2, 9), By: "ann"})
	}
	facts = append(facts, config.Fact{
		Subject: host, Attribute: "memory", Value: itsm.IntValue(128), From: saturday, Recorded: tuesday,
		By: "bob", Change: itsm.Ref{Kind: "change", ID: "CHG7"}, Reason: "The weekend's work was written up late.",
	})
	timeline, err := config.NewTimeline(slices.Values(facts), nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("believed on Monday: ", timeline.Value(host, "memory", config.AsOf{Valid: sunday, Recorded: monday}))
	fmt.Println("believed now:       ", timeline.Value(host, "memory", config.AsOf{Valid: sunday}))

	learnt, err := timeline.Diff(config.AsOf{Valid: sunday, Recorded: monday}, config.AsOf{Valid: sunday}, config.Scope{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(learnt)
	for _, b := range timeline.Blame(host, "memory", config.AsOf{Valid: sunday}) {
		fmt.Println(b)
	}
	// Output:
	// believed on Monday:  64
	// believed now:        128
	// changed "web-1" (server) 00000000-0000-0000-0000-000000000001 memory: "64" → "128"; since 2026-03-07T22:00:00Z, recorded 2026-03-10T09:00:00Z by bob under change:CHG7: "The weekend's work was written up late."
	//   memory: "64"; since 2026-03-02T09:00:00Z, recorded 2026-03-02T09:00:00Z by ann
	// * memory: "128", was "64"; since 2026-03-07T22:00:00Z, recorded 2026-03-10T09:00:00Z by bob under change:CHG7: "The weekend's work was written up late."
}

// A baseline is taken; later the record and what discovery sees are held against it.
// What it sees of CIs is in the facts of their events; what was seen otherwise, as here
// by another scanner, is put into a timeline for the question.
func ExampleTimeline_Drift() {
	host := uuid.UUID{15: 1}
	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	say := func(name string, v itsm.Value, at time.Time, change string) config.Fact {
		f := config.Fact{Subject: host, Attribute: name, Value: v, From: at, Recorded: at, By: "ann"}
		if change != "" {
			f.Change = itsm.Ref{Kind: "change", ID: change}
		}
		return f
	}
	timeline, err := config.NewTimeline(slices.Values([]config.Fact{
		say("state", itsm.TextValue(config.Live), monday, "CHG1"), say("class", itsm.TextValue("server"), monday, "CHG1"),
		say("name", itsm.TextValue("web-1"), monday, "CHG1"), say("criticality", itsm.TextValue(itsm.High), monday, "CHG1"),
		say("memory", itsm.IntValue(64), monday, "CHG1"), say("cpus", itsm.IntValue(8), monday, "CHG1"), say("firmware", itsm.TextValue("1.0"), monday, ""),
	}), nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	baseline, err := timeline.Baseline("release 7", config.Scope{}, config.AsOf{Valid: monday, Recorded: monday})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(baseline.Name, baseline.Digest()[:16])

	friday := monday.AddDate(0, 0, 4)
	timeline, err = timeline.With(slices.Values([]config.Fact{
		say("memory", itsm.IntValue(128), friday, "CHG7"), say("firmware", itsm.TextValue("1.1"), friday, ""),
	}), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	seen, err := timeline.With(slices.Values([]config.Fact{
		{Subject: host, Attribute: "drift:cpus", Value: itsm.IntValue(16), From: friday, Recorded: friday, By: "scan"},
	}), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	findings, err := seen.Drift(config.DriftQuestion{Baseline: baseline, Now: config.AsOf{Valid: friday, Recorded: friday}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range findings {
		fmt.Println(f)
	}
	// Output:
	// release 7 b56becc4957665fc
	// high: "web-1" (server) cpus: not as recorded, baseline "8", recorded "8", seen "16", controlled and covered by no change
	// medium: "web-1" (server) firmware: changed since the baseline, baseline "1.0", recorded "1.1"
	// low: "web-1" (server) memory: changed since the baseline, baseline "64", recorded "128", covered by change:CHG7
}

// The health of a small estate, as fractions with the ids behind them.
func ExampleHealthOf() {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	ci := func(n byte, name, class, owner string) *config.CI {
		return &config.CI{Header: itsm.Header{ID: uuid.UUID{15: n}, State: config.Live, Opened: now}, Name: name, Class: class, Owner: owner}
	}
	cis := []*config.CI{ci(1, "shop", "business service", ""), ci(2, "shop-app", "application", "bob"), ci(3, "db", "database", "bob"), ci(4, "db", "database", "eve")}
	relations := []*config.Relation{{Header: itsm.Header{ID: uuid.UUID{15: 9}, State: config.Active}, Type: "depends on", From: cis[0].ID, To: cis[1].ID}}
	health, err := config.HealthOf(nil, slices.Values(cis), slices.Values(relations), now)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range []config.Aspect{config.Orphaned, config.Duplicated, config.Unowned, config.Dangling} {
		fmt.Print(health.Measure(a))
	}
	fmt.Println(health.Measure(config.Unowned).IDs)
	// Output:
	// without relations: 2/4, 50.00 %
	//   application: 0/1, 0.00 %
	//   business service: 0/1, 0.00 %
	//   database: 2/2, 100.00 %
	// not told apart: 2/4, 50.00 %
	//   application: 0/1, 0.00 %
	//   business service: 0/1, 0.00 %
	//   database: 2/2, 100.00 %
	// service without owner: 1/1, 100.00 %
	//   business service: 1/1, 100.00 %
	// relation dangles: 0/1, 0.00 %
	//   depends on: 0/1, 0.00 %
	// [00000000-0000-0000-0000-000000000001]
}

// What is to be verified within the week, and how the estate stands.
func ExampleVerificationsOf() {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	ci := func(n byte, name string, level itsm.Level, due int) *config.CI {
		return &config.CI{
			Header: itsm.Header{ID: uuid.UUID{15: n}, Number: fmt.Sprintf("CI%d", n), State: config.Live},
			Name:   name, Class: "server", Criticality: level, NextVerify: now.AddDate(0, 0, due),
		}
	}
	cis := []*config.CI{ci(1, "web-1", itsm.High, -2), ci(2, "web-2", itsm.High, 5), ci(3, "test-1", itsm.Low, 200)}
	v, err := config.VerificationsOf(nil, slices.Values(cis), now, now.AddDate(0, 0, 7))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(v.Measures[0])
	for _, d := range v.Due {
		fmt.Println(d.Name, d.Due.Format(time.DateOnly), d.Overdue)
	}
	// Output:
	// verification overdue: 1/3, 33.33 %
	//   high: 1/2, 50.00 %
	//   low: 0/1, 0.00 %
	// web-1 2026-02-28 true
	// web-2 2026-03-07 false
}
