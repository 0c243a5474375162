package config_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// A server is registered, changed, and looked at by discovery, without any
// database.
func Example() {
	process, err := config.Process(nil) // nil: config.DefaultPolicy()
	if err != nil {
		fmt.Println(err)
		return
	}
	ann := itsm.Actor{ID: "ann", Roles: []itsm.Role{config.Administrator}}
	scan := itsm.Actor{ID: "probe", Roles: []itsm.Role{config.Discovery}}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

	ci := config.CI{Header: itsm.Header{ID: uuid.UUID{15: 1}, Number: "CI0000001"}}
	for _, step := range []struct {
		by      itsm.Actor
		command itsm.Command[config.CI]
	}{
		{ann, config.Register{
			Name: "web-1", Class: "server", Owner: "bob", Criticality: itsm.High,
			Attributes: map[string]itsm.Value{"memory": itsm.IntValue(64), "serial_number": itsm.TextValue("S-1")},
		}},
		{ann, config.Deploy{}}, // refused: no change is named
		{ann, config.Deploy{Change: itsm.Ref{Kind: "change", ID: "CHG1"}}},
		{ann, config.SetAttributes{Values: map[string]itsm.Value{"memory": itsm.IntValue(128)}}}, // refused as well
		{scan, config.Observe{Source: "network scan", Values: map[string]itsm.Value{
			"memory": itsm.IntValue(128), "hostname": itsm.TextValue("web-1.example"), "operating_system": itsm.TextValue("Debian"),
		}}},
	} {
		now = now.Add(24 * time.Hour)
		event, err := process.Lifecycle.Fire(&ci, step.command, itsm.Stamp{At: now, By: step.by})
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s by %s: %s, memory %s\n", event.Name, step.by.ID, ci.State, ci.Value("memory"))
	}
	for _, f := range config.Findings(nil, &ci, now) {
		fmt.Println(f)
	}
	// Output:
	// register by ann: planned, memory 64
	// CI0000001: deploy refused: R20: from planned to live it goes only under a change; name it
	// deploy by ann: live, memory 64
	// CI0000001: set attributes refused: R20: controlled and so changed only under a change: memory; name it
	// observe by probe: live, memory 64
	// CI0000001 memory: drifted: is recorded as 64 and seen as 128 by network scan since 2026-03-07T09:00:00Z
	// CI0000001 operating_system: drifted: is recorded as nothing and seen as Debian by network scan since 2026-03-07T09:00:00Z
	// CI0000001 operating_system: recommended missing: a server should have one
}

// A host adds a class of its own to the default model, and is told what is wrong
// with another.
func ExampleModel_With() {
	m, err := config.DefaultModel().With([]config.Class{{
		Name: "mainframe", Parent: "computer", Attributes: []config.Attribute{
			{Name: "memory", Type: itsm.Number, Required: true, From: itsm.IntValue(64)}, // narrows what computers have
			{Name: "partitions", Type: itsm.Number, From: itsm.IntValue(1)},
		},
	}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range m.Attributes("mainframe") {
		if a.Required {
			fmt.Println(a.Name, "of at least", a.From, a.Unit)
		}
	}
	fmt.Println(m.Allows("runs on", "database", "mainframe"))

	_, err = m.With([]config.Class{{Name: "tape", Parent: "storage", Attributes: []config.Attribute{
		{Name: "capacity", Type: itsm.Text},
		{Name: "label", Type: itsm.Text, Pattern: "[A-Z"},
	}}}, nil)
	fmt.Println(err)
	// Output:
	// memory of at least 64 GiB
	// true
	// classes[21].attributes[0].type: is text; the class "storage" declares it as number
	// classes[21].attributes[1].pattern: error parsing regexp: missing closing ]: `[A-Z`
}

func ExampleAttribute_Check() {
	port := config.Attribute{Name: "port", Type: itsm.Number, From: itsm.IntValue(1), Below: itsm.IntValue(65536)}
	fmt.Println(port.Check("port", itsm.IntValue(443)))
	fmt.Println(port.Check("port", itsm.IntValue(70000)))
	fmt.Println(port.Check("port", itsm.TextValue("443")))
	// Output:
	// <nil>
	// port: is 70000; give less than 65536
	// port: is a text; give a number
}

// Relations are held against the model, and against those that are there.
func ExampleModel_CheckRelation() {
	m := config.DefaultModel()
	web := config.End{ID: uuid.UUID{15: 1}, Class: "application", State: config.Live}
	host := config.End{ID: uuid.UUID{15: 2}, Class: "server", State: config.Live}
	fmt.Println(m.CheckRelation(&config.Relation{Type: "runs on", From: web.ID, To: host.ID}, web, host, nil))
	fmt.Println(m.CheckRelation(&config.Relation{Type: "stored on", From: web.ID, To: host.ID}, web, host, nil))
	fmt.Println(m.CheckRelation(&config.Relation{Type: "hosts", From: host.ID, To: web.ID}, host, web, nil))
	// Output:
	// <nil>
	// type: "stored on" leads from no application to a server; what does: runs on
	// type: "hosts" is how "runs on" reads from the second; give that, with the ends the other way round
}

// What an event asserts, for a timeline: a fact of the past says why it is told
// only now.
func ExampleFactsOf() {
	process, _ := config.Process(nil)
	ann := itsm.Actor{ID: "ann", Roles: []itsm.Role{config.Administrator}}
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	ci := config.CI{Header: itsm.Header{ID: uuid.UUID{15: 1}, Number: "CI0000001"}}
	var events []itsm.Event[config.CI]
	for _, c := range []itsm.Command[config.CI]{
		config.Register{Name: "web-1", Class: "server", Owner: "bob"},
		config.Own{Owner: "eve", Since: now.AddDate(0, 0, -10), Reason: "Nobody had told us."},
	} {
		e, err := process.Lifecycle.Fire(&ci, c, itsm.Stamp{At: now, By: ann})
		if err != nil && !errors.Is(err, itsm.ErrRefused) {
			fmt.Println(err)
		}
		events = append(events, e)
	}
	for _, e := range events {
		for _, f := range config.FactsOf(e) {
			fmt.Printf("%s is %s from %s, said on %s: %q\n", f.Attribute, f.Value, f.From.Format(time.DateOnly), f.Recorded.Format(time.DateOnly), f.Reason)
		}
	}
	// Output:
	// state is planned from 2026-03-02, said on 2026-03-02: ""
	// class is server from 2026-03-02, said on 2026-03-02: ""
	// name is web-1 from 2026-03-02, said on 2026-03-02: ""
	// owner is bob from 2026-03-02, said on 2026-03-02: ""
	// owner is eve from 2026-02-20, said on 2026-03-02: "Nobody had told us."
}
