// Command quickstart is the shortest way through the library: an incident from
// its report to its closing, over a backend in memory.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store/memory"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) // a host leaves the clock to the register
	process, err := incident.Process(nil)
	if err != nil {
		return err
	}
	incidents, err := register.New(memory.New(), process, &register.Options[incident.Incident]{Now: func() time.Time { return now }})
	if err != nil {
		return err
	}
	ann := itsm.Actor{ID: "ann", Tenant: "acme"}
	bob := itsm.Actor{ID: "bob", Tenant: "acme", Roles: []itsm.Role{incident.Agent}}

	inc, err := incidents.Create(ctx, ann, incident.Report{
		Title:   "Mail is down",
		Service: itsm.Ref{Kind: "service", ID: "mail"},
		Impact:  itsm.High,
		Urgency: itsm.High,
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(out, inc.Number, inc.Priority, inc.State)

	for _, command := range []itsm.Command[incident.Incident]{
		incident.Assign{Group: "messaging", To: "bob"},
		incident.Start{},
		incident.Resolve{Code: "restarted", Notes: "The queue was full."},
		incident.Close{},
	} {
		now = now.Add(10 * time.Minute)
		after, err := incidents.Do(ctx, bob, inc.ID, command)
		if err != nil {
			fmt.Fprintln(out, err) // closing is not bob's to do
			continue
		}
		fmt.Fprintln(out, after.Number, after.State)
	}

	options, err := incidents.Permitted(ctx, ann, inc.ID)
	if err != nil {
		return err
	}
	for _, o := range options {
		if o.Refusal == nil {
			fmt.Fprintln(out, "ann may", o.Name)
		}
	}

	// Five days later the time-driven rule closes it.
	now = now.AddDate(0, 0, 6)
	if _, err := incidents.Tick(ctx, "acme", now, 100); err != nil {
		return err
	}
	for inc, err := range incidents.Find(ctx, bob, incident.ByAssignee("bob")) {
		if err != nil {
			return err
		}
		fmt.Fprintln(out, inc.Number, inc.State, "after", inc.Times.Resolved.Sub(inc.Opened))
	}
	return nil
}
