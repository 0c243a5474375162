package sla_test

import (
	"context"
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/sla"
	"github.com/itsmkit/itsm/store/memory"
)

// Work in a register: a level of escalation fires when the host ticks, once, however
// many workers do.
func ExampleWorkProcess() {
	ctx := context.Background()
	now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC) // a Monday
	priority := itsm.FieldDef{Name: "priority", Type: itsm.Number}
	phase := itsm.FieldDef{Name: "phase", Type: itsm.Text}
	waits := itsm.FieldDef{Name: "hold_reason", Type: itsm.Text}
	book, err := sla.NewBook(sla.Schema{priority, phase, waits}, sla.Version{
		Agreement: "AGR0000001", Number: 1, Kind: sla.ServiceLevel, Party: "acme", From: now.AddDate(-1, 0, 0),
		Terms: sla.Terms{Targets: []sla.Target{{
			Name: "P1", Metric: sla.Resolution, When: sla.Is("priority", itsm.IntValue(1)), Within: "4h",
			Levels: []sla.Level{
				{Name: "warn", Share: "75", Who: []string{"team lead"}, What: "take over"},
				{Name: "breach", After: "0s", Repeat: sla.Repeat{Every: "1h", Times: 2}, Who: []string{"manager"}, What: "call the customer"},
			},
		}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	process, _ := sla.WorkProcess(func(tenant string) *sla.Book { return book }, nil)
	works, _ := register.New(memory.New(), process, &register.Options[sla.Work]{Now: func() time.Time { return now }})

	desk := itsm.Actor{ID: "desk", Tenant: "acme", Roles: []itsm.Role{sla.Recorder}}
	_, err = works.Create(ctx, desk, sla.Begin{
		Item:  itsm.Ref{Kind: "incident", ID: "INC0000042"},
		Facts: sla.Facts{"phase": itsm.TextValue(itsm.Open), "priority": itsm.IntValue(1)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		now = now.Add(3*time.Hour + 30*time.Minute)
		ticked, err := works.Tick(ctx, "acme", now, 100)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, fired := range ticked.Fired {
			for _, a := range fired.Event.Command.(sla.Reach).Alarms {
				fmt.Println(now.Format("15:04"), a.Level, "of", a.At.Format("15:04"), a.Who, a.What)
			}
		}
	}
	// Output:
	// 12:30 warn of 12:00 [team lead] take over
	// 16:00 breach of 13:00 [manager] call the customer
	// 16:00 breach of 14:00 [manager] call the customer
	// 16:00 breach of 15:00 [manager] call the customer
}

// A view makes a schema of a process, and facts of its records.
func ExampleNewView() {
	process, _ := sla.ServiceProcess(nil)
	view, err := sla.NewView(process.Lifecycle)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(view.Schema().Names())

	service := sla.Service{Header: itsm.Header{Number: "SVC0000001", State: sla.Live}, Owner: "ann"}
	facts := view.Only("state", "phase", "owner").Facts(&service)
	fmt.Println(facts)
	fmt.Println(sla.All(sla.OneOf("phase", itsm.Active), sla.Given("owner")).Holds(nil, facts))
	// Output:
	// [kind number state phase opened name owner criticality ci]
	// owner "ann", phase "active", state "live"
	// true
}
