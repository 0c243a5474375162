package incident_test

import (
	"context"
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/sla"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// A host keeps incidents and what agreements promise for them in one transaction:
// each change of an incident is told to the work that tracks it. Levels of
// escalation then fire by themselves, when the host ticks.
func ExampleProcess_agreement() {
	ctx := context.Background()
	now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC) // a Monday
	clock := func() time.Time { return now }
	backend := memory.New()

	process, _ := incident.Process(nil)
	view, _ := sla.NewView(process.Lifecycle)
	book, err := sla.NewBook(view.Schema(), sla.Version{
		Agreement: "AGR0000001", Number: 1, Kind: sla.ServiceLevel, Party: "acme",
		From: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC),
		Terms: sla.Terms{
			Calendars: map[string]sla.Hours{"office": {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})}},
			Calendar:  "office",
			Targets: []sla.Target{{
				Name: "P1 resolution", Metric: sla.Resolution, When: sla.Is("priority", itsm.IntValue(1)), Within: "4h",
				Levels: []sla.Level{{Name: "warn", Share: "75", Who: []string{"team lead"}, What: "take over"}},
			}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	tracking, _ := sla.WorkProcess(func(string) *sla.Book { return book }, nil)
	works, _ := register.New(backend, tracking, &register.Options[sla.Work]{Now: clock})

	told := func(ctx context.Context, tx store.Tx, c register.Change[incident.Incident]) error {
		item, facts := itsm.RefTo(incident.Kind, c.Record.ID), view.Facts(&c.Record)
		system := itsm.System("acme")
		if c.Event.From == itsm.None {
			_, err := works.In(tx).Create(ctx, system, sla.Begin{Item: item, Facts: facts})
			return err
		}
		for w, err := range works.In(tx).Find(ctx, system, sla.OfItem(item)) {
			if err == nil {
				_, err = works.In(tx).Do(ctx, system, w.ID, sla.Observe{Facts: facts})
			}
			return err
		}
		return nil
	}
	incidents, _ := register.New(backend, process, &register.Options[incident.Incident]{Now: clock, Observe: told})

	ann := itsm.Actor{ID: "ann", Tenant: "acme"}
	bob := itsm.Actor{ID: "bob", Tenant: "acme", Roles: []itsm.Role{incident.Agent}}
	inc, err := incidents.Create(ctx, ann, incident.Report{
		Title: "Mail is down", Service: itsm.Ref{Kind: "service", ID: "mail"}, Impact: itsm.High, Urgency: itsm.High,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	now = now.Add(time.Hour)
	_, err = incidents.Do(ctx, bob, inc.ID, incident.Hold{Reason: incident.AwaitingCaller, Question: "All of you?"})
	if err != nil {
		fmt.Println(err)
		return
	}
	now = now.Add(time.Hour)
	if _, err = incidents.Do(ctx, ann, inc.ID, incident.Resume{Reply: "All of us."}); err != nil {
		fmt.Println(err)
		return
	}

	now = now.Add(3 * time.Hour)
	ticked, err := works.Tick(ctx, "acme", now, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, fired := range ticked.Fired {
		for _, a := range fired.Event.Command.(sla.Reach).Alarms {
			fmt.Println(a.At.Format("15:04"), a.Level, a.Who, a.What)
		}
	}
	for w := range works.Find(ctx, bob, sla.OfItem(itsm.RefTo(incident.Kind, inc.ID))) {
		account, _ := book.Explain(&w, 1, now)
		fmt.Println(account.Reading.Elapsed, "elapsed, due", account.Reading.Due.Format("15:04"))
	}
	// Output:
	// 13:00 warn [team lead] take over
	// 4h0m0s elapsed, due 14:00
}
