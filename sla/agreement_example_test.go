package sla_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// An agreement from its draft to its second version, which takes effect while the
// first still governs the work that began under it.
func ExampleAgreement() {
	policy := sla.DefaultAgreementPolicy()
	process, err := sla.AgreementProcess(policy)
	if err != nil {
		fmt.Println(err)
		return
	}
	manager := itsm.Actor{ID: "mia", Roles: []itsm.Role{sla.Manager}}
	approver := itsm.Actor{ID: "ben", Roles: []itsm.Role{sla.Approver}}
	terms := func(within string) sla.Terms {
		return sla.Terms{Targets: []sla.Target{{Name: "resolution", Metric: sla.Resolution, Within: within}}}
	}
	day := func(month time.Month, d int) time.Time { return time.Date(2026, month, d, 9, 0, 0, 0, time.UTC) }

	a := sla.Agreement{Header: itsm.Header{ID: uuid.UUID{15: 1}, Number: "AGR0000001"}}
	for _, step := range []struct {
		at      time.Time
		by      itsm.Actor
		command itsm.Command[sla.Agreement]
	}{
		{day(time.March, 2), manager, sla.Draft{Kind: sla.ServiceLevel, Party: "Sales", Title: "Support", Owner: "mia", Terms: terms("8h"), Signatories: []string{"mia", "mr sales"}}},
		{day(time.March, 3), approver, sla.Agree{From: day(time.April, 1), Signed: []string{"mia"}}},
		{day(time.March, 4), approver, sla.Agree{From: day(time.April, 1), Signed: []string{"mia", "mr sales"}}},
		{day(time.April, 1), itsm.System(""), sla.Activate{}}, // register.Tick does this
		{day(time.May, 4), manager, sla.Revise{Terms: terms("4h"), Summary: "Four hours."}},
		{day(time.May, 5), approver, sla.Agree{From: day(time.June, 1), Signed: []string{"mia", "mr sales"}}},
		{day(time.June, 1), itsm.System(""), sla.Activate{}},
	} {
		event, err := process.Lifecycle.Fire(&a, step.command, itsm.Stamp{At: step.at, By: step.by})
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s: %s, version %d is in force\n", event.Name, a.State, a.Current)
	}

	book, err := sla.NewBook(policy.Schema, a.InForce()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	open := sla.Facts{"phase": itsm.TextValue(itsm.Open)}
	for _, opened := range []time.Time{day(time.June, 1).Add(-time.Hour), day(time.June, 1)} {
		work, err := book.Track(itsm.Ref{Kind: "incident", ID: opened.Format(time.TimeOnly)},
			sla.Moment{At: opened, Facts: open},
			sla.Moment{At: day(time.June, 1).Add(time.Hour), Facts: sla.Facts{"priority": itsm.IntValue(1)}})
		if err != nil {
			fmt.Println(err)
			return
		}
		p := work.Promises[0]
		fmt.Printf("opened at %s: version %d, %s\n", opened.Format(time.TimeOnly), p.Version, p.Goal)
	}
	// Output:
	// draft: draft, version 0 is in force
	// AGR0000001: agree refused: signatories: mr sales has to agree too
	// agree: agreed, version 0 is in force
	// activate: active, version 1 is in force
	// revise: active, version 1 is in force
	// agree: active, version 1 is in force
	// activate: active, version 2 is in force
	// opened at 08:00:00: version 1, 8h0m0s
	// opened at 09:00:00: version 2, 4h0m0s
}

// The catalogue and its agreements, examined.
func ExampleExamine() {
	launched := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	mail := &sla.Service{
		Header: itsm.Header{ID: uuid.UUID{15: 1}, Number: "SVC0000001", State: sla.Live, Opened: launched},
		Name:   "Mail", Owner: "olga", CI: itsm.Ref{Kind: "ci", ID: "mail"}, Criticality: itsm.High, Launched: launched,
		DependsOn: []itsm.Ref{{Kind: "ci", ID: "directory"}},
	}
	support := &sla.Agreement{
		Header: itsm.Header{ID: uuid.UUID{15: 2}, Number: "AGR0000001", State: sla.Active},
		Kind:   sla.Underpinning, Party: "Carrier", Owner: "olga", NextReview: launched.AddDate(0, 6, 0),
		Versions: []sla.AgreementVersion{{Number: 1, From: launched, Terms: sla.Terms{
			Scope:        "Repair of lines",
			Services:     []itsm.Ref{mail.CI},
			Requirements: []string{"REQ-1"},
			Authorities:  []sla.Authority{{Who: "olga", May: "order repairs"}},
			Targets:      []sla.Target{{Name: "repair", Metric: sla.Resolution, Within: "8h"}},
		}}},
	}
	found := sla.Examine(slices.Values([]*sla.Service{mail}), slices.Values([]*sla.Agreement{support}),
		time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC), nil)
	for _, f := range found {
		fmt.Println(f)
	}
	// Output:
	// SVC0000001: 8.2.2 no requirements: no requirement is documented (since 2026-01-01T00:00:00Z)
	// SVC0000001: 8.3.3 no SLA in force: no service level agreement for it is in force (since 2026-01-01T00:00:00Z)
	// SVC0000001: 8.2.2 bad dependency: it depends on ci:directory, which is not in the catalogue (since 2026-01-01T00:00:00Z)
	// AGR0000001: 8.3.4.1 review overdue: it was to be reviewed by 2026-07-01T00:00:00Z (since 2026-07-01T00:00:00Z)
	// AGR0000001: 8.3.4.1 no interfaces: version 1 does not say where the processes of both sides meet (since 2026-01-01T00:00:00Z)
}

// A service, as two audiences see it.
func ExampleService_Visible() {
	mail := sla.Service{
		Header: itsm.Header{State: sla.Live}, Name: "Mail", Audiences: []string{"staff", "sales"},
		Offerings: []sla.Offering{{Name: "Mailbox"}, {Name: "Shared mailbox", Audiences: []string{"sales"}}},
	}
	for _, audience := range []string{"staff", "sales", "the public"} {
		entry, ok := mail.Visible(audience)
		fmt.Println(audience, ok, len(entry.Offerings))
	}
	// Output:
	// staff true 1
	// sales true 2
	// the public false 0
}

// A supplier who works office hours, and a customer who was promised an evening.
func ExampleBook_Align() {
	from := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	promise := func(number string, kind sla.Kind, until string) sla.Version {
		return sla.Version{Agreement: number, Number: 1, Kind: kind, Party: number, From: from, Terms: sla.Terms{
			Calendars: map[string]sla.Hours{"hours": {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", until})}},
			Calendar:  "hours",
			Targets:   []sla.Target{{Name: "repair", Metric: sla.Resolution, Within: "4h"}},
		}}
	}
	book, err := sla.NewBook(sla.DefaultAgreementPolicy().Schema,
		promise("AGR0000001", sla.ServiceLevel, "20:00"), promise("AGR0000002", sla.Underpinning, "17:00"))
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := book.Align(from, from.AddDate(1, 0, 0))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range found {
		fmt.Println(m.Customer, "and", m.Supplier)
		fmt.Println("worst at", m.Start.Format(time.RFC3339Nano), "by", m.Excess())
	}
	// Output:
	// AGR0000001 version 1 "repair" and AGR0000002 version 1 "repair"
	// worst at 2026-01-02T13:00:00.000001Z by 64h0m0s
}

// What a service asks for before it is launched.
func ExampleService() {
	process, err := sla.ServiceProcess(nil) // nil: sla.DefaultServicePolicy()
	if err != nil {
		fmt.Println(err)
		return
	}
	actor := itsm.Actor{ID: "mia", Roles: []itsm.Role{sla.Manager, sla.Approver}}
	at := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	mail := sla.Service{Header: itsm.Header{ID: uuid.UUID{15: 1}, Number: "SVC0000001"}}
	for _, command := range []itsm.Command[sla.Service]{
		sla.Propose{Name: "Mail", Description: "Mail and calendars.", Owner: "olga", Criticality: itsm.High},
		sla.Require{ID: "REQ-1", Text: "Mail arrives within a minute.", Source: "Sales", Agreed: at},
		sla.Launch{},
		sla.Describe{Name: "Mail", Description: "Mail and calendars.", Criticality: itsm.High, CI: itsm.Ref{Kind: "ci", ID: "mail"}},
		sla.Launch{},
	} {
		event, err := process.Lifecycle.Fire(&mail, command, itsm.Stamp{At: at, By: actor})
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(event.Name, "→", mail.State)
	}
	// Output:
	// propose → proposed
	// require → proposed
	// SVC0000001: launch refused: R21 CI: there is none; describe it with the CI that it is
	// describe → proposed
	// launch → live
}
