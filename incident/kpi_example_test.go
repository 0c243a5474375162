package incident_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// threeIncidents are those of a Friday in Berlin, clocks in UTC: one resolved on
// the day, one that waited for its caller over the weekend, one still open.
func threeIncidents(lc *itsm.Lifecycle[incident.Incident]) []*incident.Incident {
	friday := time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC)
	ann := itsm.Actor{ID: "ann", Roles: []itsm.Role{incident.Agent}}
	report := incident.Report{Title: "Mail is down", Caller: "carl", ServiceUnknown: true, Impact: itsm.High, Urgency: itsm.High, Group: "messaging", To: "ann"}
	slow := report
	slow.Title, slow.Impact = "Mail is slow", itsm.Low
	resolve := incident.Resolve{Code: "fixed", Notes: "Restarted the queue."}
	ask := incident.Hold{Reason: incident.AwaitingCaller, Question: "Since when?"}

	type step struct {
		at      time.Duration
		command itsm.Command[incident.Incident]
	}
	var list []*incident.Incident
	for i, steps := range [][]step{
		{{8 * time.Hour, report}, {8*time.Hour + 15*time.Minute, incident.Start{}}, {11 * time.Hour, resolve}},
		{{13 * time.Hour, slow}, {14 * time.Hour, incident.Start{}}, {15 * time.Hour, ask}, {81 * time.Hour, incident.Resume{}}, {82 * time.Hour, resolve}},
		{{15 * time.Hour, slow}},
	} {
		inc := &incident.Incident{Header: itsm.Header{ID: uuid.UUID{15: byte(i + 1)}, Number: fmt.Sprintf("INC%07d", i+1)}}
		for _, s := range steps {
			if _, err := lc.Fire(inc, s.command, itsm.Stamp{At: friday.Add(s.at), By: ann}); err != nil {
				fmt.Println(err)
			}
		}
		list = append(list, inc)
	}
	return list
}

// The figures of two weeks: times in calendar and in business time, rates with what
// they are made of, and the same for each priority.
func ExampleMeasure() {
	process, err := incident.Process(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	office, err := sla.NewCalendar(sla.Hours{Zone: "Europe/Berlin", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})})
	if err != nil {
		fmt.Println(err)
		return
	}
	k, err := incident.Measure(
		slices.Values(threeIncidents(process.Lifecycle)), process.Lifecycle,
		sla.Period{
			From: time.Date(2026, 3, 2, 0, 0, 0, 0, berlin),
			To:   time.Date(2026, 3, 16, 0, 0, 0, 0, berlin),
			Zone: berlin,
		},
		&incident.KPIOptions{
			Calendar: office,
			By:       []string{"priority"},
			Promise: func(inc *incident.Incident, resolved time.Time) incident.Outcome {
				if inc.Priority > 2 {
					return incident.Unpromised
				}
				if office.Between(inc.Opened, resolved) > 4*time.Hour {
					return incident.Breached
				}
				return incident.Met
			},
		})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d opened, %d resolved, %d open\n", k.Opened, k.Resolved, k.Backlog)
	fmt.Println("response:", k.Response.Calendar)
	fmt.Println("resolution:", k.Resolution.Calendar)
	fmt.Println("in business time:", k.Resolution.Business)
	fmt.Println("held:", k.Holds[0].Reason, k.Holds[0].Percent())
	fmt.Println("breached:", k.Breached)
	for _, g := range k.By[0].Groups {
		fmt.Printf("priority %s: %d opened, breached: %s\n", g.Key, g.Opened, g.Breached)
	}
	friday := k.Days[4]
	fmt.Printf("%s: %d opened, %d resolved, %d open\n", friday.Date, friday.Opened, friday.Resolved, friday.Backlog)
	// Output:
	// 3 opened, 2 resolved, 1 open
	// response: 2, mean 37m30s, 50 % in 15m0s, 90 % in 1h0m0s, 95 % in 1h0m0s
	// resolution: 2, mean 36h0m0s, 50 % in 3h0m0s, 90 % in 69h0m0s, 95 % in 69h0m0s
	// in business time: 2, mean 4h0m0s, 50 % in 3h0m0s, 90 % in 5h0m0s, 95 % in 5h0m0s
	// held: caller 91.66 %
	// breached: 0/1, 0.00 %
	// priority 1: 1 opened, breached: 0/1, 0.00 %
	// priority 3: 2 opened, breached: no data
	// 2026-03-06: 3 opened, 1 resolved, 2 open
}

// A meter takes incidents one by one, as they come from a register's Find, and can
// be looked at in between.
func ExampleMeter() {
	process, _ := incident.Process(nil)
	march := sla.Period{From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}
	meter, err := incident.NewMeter(process.Lifecycle, march, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, inc := range threeIncidents(process.Lifecycle) { // for inc, err := range incidents.Find(ctx, ann, …)
		if err := meter.Add(inc); err != nil {
			fmt.Println(err)
			return
		}
		k := meter.KPIs()
		fmt.Println(k.Opened, "opened, resolved at the first assignment:", k.FirstAssignment)
	}
	// Output:
	// 1 opened, resolved at the first assignment: 1/1, 100.00 %
	// 2 opened, resolved at the first assignment: 2/2, 100.00 %
	// 3 opened, resolved at the first assignment: 2/2, 100.00 %
}
