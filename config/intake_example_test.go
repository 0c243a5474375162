package config_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// A spreadsheet of servers and a file of applications come in together. One server is
// wrong; so nothing comes in, or, when asked, all but that and what depends on it.
func ExampleNewIntake() {
	servers := config.SourceOf("servers.csv", "Host,RAM,Cores,Stage\nweb-1,64,16,In use\nweb-2,much,16,In use\n", &config.Table{
		Of:      config.Kind,
		Columns: map[string]string{"Host": "name", "RAM": "memory", "Cores": "cpus", "Stage": "state"},
		Values:  map[string]map[string]string{"state": {"In use": "live"}},
		Always:  map[string]string{"class": "server", "change": "change:CHG0007"},
	})
	shop := config.SourceOf("shop.jsonl", `{"register":{"name":"shop","class":"application","state":"planned"}}
{"register":{"name":"desk","class":"application","state":"planned"}}
{"relate":{"type":"runs on","from":"application/shop","to":"server/web-1"}}
{"relate":{"type":"runs on","from":"application/desk","to":"server/web-2"}}
`, nil)
	stamp := itsm.Stamp{At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), By: itsm.Actor{ID: "ann", Roles: []itsm.Role{config.Administrator}}}
	for _, lenient := range []bool{false, true} {
		in, err := config.NewIntake(nil, stamp, []config.Source{servers, shop}, &config.IntakeOptions{Lenient: lenient, Namespace: uuid.Max})
		if err != nil {
			fmt.Println(err)
			return
		}
		for step, err := range in.Steps() {
			if err != nil {
				fmt.Println(err)
				break
			}
			for _, c := range step.CI {
				r := c.(config.Register)
				fmt.Println(step.Source, step.Line, "registers", r.Name, r.State)
			}
			for _, c := range step.Relation {
				fmt.Println(step.Source, step.Line, "relates", c.(config.Relate).Type)
			}
		}
		fmt.Printf("%+v\n", in.Counts())
	}
	// Output:
	// servers.csv:3:7: attributes.memory: "much" is not a decimal of at most 60 digits
	// shop.jsonl:4:60: to: is no CI, neither here nor there already, unless it is in a row that could not be read
	// {CIs:3 Changed:0 Relations:1 Confirmed:0 Refused:2}
	// servers.csv 2 registers web-1 live
	// shop.jsonl 1 registers shop planned
	// shop.jsonl 2 registers desk planned
	// shop.jsonl 3 relates runs on
	// {CIs:3 Changed:0 Relations:1 Confirmed:0 Refused:2}
}

// A table becomes lines.
func ExampleReadCSV() {
	table := &config.Table{Of: config.RelationKind, Comma: ';'}
	text := "type;from;to;group\nstored on;database/orders;storage/san;\nruns on;application/shop;server/web-1;web\nruns on;shop;server/web-1;web\n"
	for l, err := range config.ReadCSV(strings.NewReader(text), table, config.DefaultModel(), 0) {
		if err != nil {
			fmt.Println(err)
			continue
		}
		if err := config.WriteJSONLine(os.Stdout, l); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// {"relate":{"type":"stored on","from":"database/orders","to":"storage/san"}}
	// {"relate":{"type":"runs on","from":"application/shop","to":"server/web-1","group":"web"}}
	// 4:9: from: "shop" is neither a UUID nor class/name, as in "server/web-1"
}
