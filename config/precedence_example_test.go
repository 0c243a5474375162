package config_test

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// An agent on the server knows its name better than a scan of the network, until it has
// been silent for ten days; what an administrator corrects stands above both.
func ExamplePrecedence() {
	policy := config.DefaultPolicy()
	policy.Precedence = []config.Precedence{
		{Class: "server", Attributes: []string{"hostname"}, Sources: []string{config.ByHand, "agent", "scan"}, Yields: itsm.Wait{Days: 10}},
	}
	process, err := config.Process(policy)
	if err != nil {
		fmt.Println(err)
		return
	}
	ann := itsm.Actor{ID: "ann", Roles: []itsm.Role{config.Administrator}}
	probe := itsm.Actor{ID: "probe", Roles: []itsm.Role{config.Discovery}}
	hostname := func(name string) map[string]itsm.Value {
		return map[string]itsm.Value{"hostname": itsm.TextValue(name)}
	}
	began := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	ci := config.CI{Header: itsm.Header{ID: uuid.UUID{15: 1}, Number: "CI0000001"}}
	for _, step := range []struct {
		day     int
		by      itsm.Actor
		command itsm.Command[config.CI]
	}{
		{0, ann, config.Register{Name: "web-1", Class: "server", Attributes: map[string]itsm.Value{"serial_number": itsm.TextValue("S-1")}}},
		{1, probe, config.Observe{Source: "agent", Values: hostname("web-1")}},
		{2, probe, config.Observe{Source: "scan", Values: hostname("old-name")}},
		{11, probe, config.Observe{Source: "scan", Values: hostname("old-name")}}, // the agent has been silent for ten days
		{12, ann, config.SetAttributes{Values: hostname("web-1.example")}},
		{13, probe, config.Observe{Source: "scan", Values: hostname("old-name")}},
	} {
		now := began.AddDate(0, 0, step.day)
		if _, err := process.Lifecycle.Fire(&ci, step.command, itsm.Stamp{At: now, By: step.by}); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("day %d: hostname %q\n", step.day, ci.Value("hostname").Text())
		for _, f := range config.Findings(policy, &ci, now) {
			if f.Deficiency == config.Disagreed {
				fmt.Println(" ", f)
			}
		}
	}
	// Output:
	// day 0: hostname ""
	// day 1: hostname "web-1"
	// day 2: hostname "web-1"
	//   CI0000001 hostname: sources disagree: is web-1 (agent), and was seen as old-name by scan since 2026-03-03T09:00:00Z
	// day 11: hostname "old-name"
	// day 12: hostname "web-1.example"
	// day 13: hostname "web-1.example"
	//   CI0000001 hostname: sources disagree: is web-1.example (by hand), and was seen as old-name by scan since 2026-03-14T09:00:00Z
}
