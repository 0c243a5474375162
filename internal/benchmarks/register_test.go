package benchmarks

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/go-memdb"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store/memory"
)

// kept is how many records there are while one is changed.
const kept = 10_000

// row is a record as go-memdb keeps it, with the terms it is found by. Nothing is
// encoded: readers share the value.
type row struct {
	ID, State, Assignee string
	Record              *ticket
}

// journalRow is what happened, kept in the same transaction.
type journalRow struct {
	ID     string // record and revision
	Record string
	Event  any
}

func memdbSchema() *memdb.DBSchema {
	text := func(name, field string) *memdb.IndexSchema {
		return &memdb.IndexSchema{Name: name, Unique: name == "id", Indexer: &memdb.StringFieldIndex{Field: field}}
	}
	return &memdb.DBSchema{Tables: map[string]*memdb.TableSchema{
		"tickets": {Name: "tickets", Indexes: map[string]*memdb.IndexSchema{
			"id": text("id", "ID"), "state": text("state", "State"), "assignee": text("assignee", "Assignee"),
		}},
		"journal": {Name: "journal", Indexes: map[string]*memdb.IndexSchema{
			"id": text("id", "ID"), "record": text("record", "Record"),
		}},
	}}
}

// registerOf keeps the same records in the library's own memory store, under the
// same terms.
func registerOf(tb testing.TB) (*register.Register[ticket], []uuid.UUID) {
	tb.Helper()
	state := itsm.TextField("state", func(t *ticket) itsm.State { return t.State })
	assignee := itsm.TextField("assignee", func(t *ticket) string { return t.Assignee })
	process := itsm.Process[ticket]{
		Prefix: "TCK", Lifecycle: tickets(tb),
		Indexes: []itsm.Index[ticket]{itsm.IndexBy("state", state), itsm.IndexBy("assignee", assignee)},
	}
	r, err := register.New(memory.New(), process, nil)
	if err != nil {
		tb.Fatal(err)
	}
	ids := make([]uuid.UUID, kept)
	for i := range ids {
		t, err := r.Create(context.Background(), bob, open{})
		if err != nil {
			tb.Fatal(err)
		}
		ids[i] = t.ID
	}
	return r, ids
}

func BenchmarkDo(b *testing.B) {
	b.Run("impl=itsm", func(b *testing.B) { // with encoding and the sealed journal
		r, ids := registerOf(b)
		ctx := context.Background()
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			var cmd itsm.Command[ticket] = hold{Reason: "vendor", Until: noon}
			if n/kept%2 == 1 { // each record in turn, back and forth
				cmd = resume{Note: "they called"}
			}
			if _, err := r.Do(ctx, bob, ids[n*7919%kept], cmd); err != nil {
				b.Fatal(err)
			}
			n++
		}
	})
	b.Run("impl=memdb", func(b *testing.B) {
		db, err := memdb.NewMemDB(memdbSchema())
		if err != nil {
			b.Fatal(err)
		}
		ids := make([]string, kept)
		txn := db.Txn(true)
		for i := range ids {
			t := newTicket()
			t.ID = uuid.NewSHA1(uuid.Nil, fmt.Append(nil, i))
			ids[i] = t.ID.String()
			if err := txn.Insert("tickets", &row{ids[i], string(t.State), t.Assignee, t}); err != nil {
				b.Fatal(err)
			}
		}
		txn.Commit()

		b.ReportAllocs()
		n := 0
		for b.Loop() {
			if err := memdbStep(db, ids[n*7919%kept], n); err != nil {
				b.Fatal(err)
			}
			n++
		}
	})
}

// memdbStep changes one record and tells the journal, by the rules of no process.
func memdbStep(db *memdb.MemDB, id string, n int) error {
	txn := db.Txn(true)
	defer txn.Abort() // does nothing after the commit
	found, err := txn.First("tickets", "id", id)
	if err != nil {
		return err
	}
	next := *found.(*row).Record
	if next.State == working {
		next.State = waiting
	} else {
		next.State = working
	}
	next.Revision++
	if err := txn.Insert("tickets", &row{id, string(next.State), next.Assignee, &next}); err != nil {
		return err
	}
	event := itsm.Event[ticket]{ID: next.ID, Revision: next.Revision, Name: "hold", Command: hold{Reason: "vendor"}}
	if err := txn.Insert("journal", &journalRow{fmt.Sprintf("%s/%09d", id, next.Revision), id, event}); err != nil {
		return err
	}
	txn.Commit()
	return nil
}
