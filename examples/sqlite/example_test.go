package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/register"
)

// check keeps the examples short; a program handles its errors.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Incidents that outlive the process.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "itsm")
	check(err)
	defer os.RemoveAll(dir)
	ctx, path := context.Background(), filepath.Join(dir, "itsm.db")
	ann := itsm.Actor{ID: "ann", Tenant: "acme"}
	mail := itsm.Ref{Kind: "service", ID: "mail"}
	process, err := incident.Process(nil)
	check(err)

	backend, err := sqlite.Open(ctx, path, nil)
	check(err)
	incidents, err := register.New(backend, process, nil)
	check(err)
	inc, err := incidents.Create(ctx, ann, incident.Report{
		Title: "Mail is down", Caller: "ann", Service: mail, Impact: itsm.High, Urgency: itsm.High,
	})
	check(err)
	check(backend.Close())

	backend, err = sqlite.Open(ctx, path, &sqlite.Options{Synchronous: sqlite.Normal})
	check(err)
	defer backend.Close()
	incidents, err = register.New(backend, process, nil)
	check(err)
	inc, err = incidents.Get(ctx, ann, inc.ID)
	check(err)
	fmt.Println(inc.Number, inc.State, inc.Title)
	// Output:
	// INC0000001 new Mail is down
}

// A host keeps visits in a table of its own, in the same file. That a visit is
// booked and that the incident waits for it is one transaction.
func ExampleJoin() {
	dir, err := os.MkdirTemp("", "itsm")
	check(err)
	defer os.RemoveAll(dir)
	ctx, path := context.Background(), filepath.Join(dir, "host.db")
	backend, err := sqlite.Open(ctx, path, nil)
	check(err)
	defer backend.Close()
	process, err := incident.Process(nil)
	check(err)
	incidents, err := register.New(backend, process, nil)
	check(err)
	bob := itsm.Actor{ID: "bob", Tenant: "acme", Roles: []itsm.Role{incident.Agent}}
	printing := itsm.Ref{Kind: "service", ID: "printing"}
	inc, err := incidents.Create(ctx, bob, incident.Report{
		Title: "Printer on fire", Caller: "eve", Service: printing, Impact: itsm.Low, Urgency: itsm.High,
	})
	check(err)

	// The host's own connection: its transactions begin with BEGIN IMMEDIATE, and
	// wait while somebody else writes.
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_busy_timeout=5000&_synchronous=FULL")
	check(err)
	defer db.Close()
	_, err = db.ExecContext(ctx, "CREATE TABLE visits (incident TEXT PRIMARY KEY, technician TEXT NOT NULL)")
	check(err)

	book := func(technician string, then error) error {
		t, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer t.Rollback() // does nothing after the commit
		if _, err := t.ExecContext(ctx, "INSERT INTO visits VALUES (?, ?)", inc.Number, technician); err != nil {
			return err
		}
		tx, err := sqlite.Join(ctx, t, "acme")
		if err != nil {
			return err
		}
		if _, err := incidents.In(tx).Do(ctx, bob, inc.ID, incident.Assign{Group: "field service", To: technician}); err != nil {
			return err
		}
		if then != nil {
			return then
		}
		return t.Commit()
	}
	show := func() {
		var visits int
		check(db.QueryRowContext(ctx, "SELECT count(*) FROM visits").Scan(&visits))
		inc, err := incidents.Get(ctx, bob, inc.ID)
		check(err)
		fmt.Printf("%d visits, %s %s %q\n", visits, inc.Number, inc.State, inc.Assignee)
	}
	fmt.Println(book("cyd", errors.New("the calendar is full")))
	show()
	fmt.Println(book("dan", nil))
	show()
	// Output:
	// the calendar is full
	// 0 visits, INC0000001 new ""
	// <nil>
	// 1 visits, INC0000001 assigned "dan"
}
