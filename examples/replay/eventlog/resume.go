package eventlog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/store"
)

// pageSize is how many documents or entries are read at once.
const pageSize = 1000

// agree compares what a backend holds with what the rules alone made of the same
// rows: the same records to the byte, and an entry in the journal for each command
// that was carried out. The number of an incident may differ, since a unit that
// was run again may have left a gap. A difference is a [ResumeError].
func agree(ctx context.Context, backend store.Backend, rows int, rules *rulesOnly) error {
	fail := func(format string, args ...any) error {
		return &ResumeError{fmt.Sprintf("does not hold what the rules make of the first %d events: ", rows) + fmt.Sprintf(format, args...)}
	}
	var records int
	err := store.Retry(ctx, nil, func(ctx context.Context) error {
		records = 0
		return backend.Read(ctx, tenant, func(ctx context.Context, tx store.Tx) error {
			q := store.Query{Kind: incident.Kind, Limit: pageSize}
			for {
				page, err := tx.Page(ctx, q)
				if err != nil {
					return err
				}
				for _, d := range page.Documents {
					records++
					ours := rules.byID[d.ID]
					if ours == nil {
						return fail("it has a record %s more", d.ID)
					}
					if err := sameRecord(d.Body, ours); err != nil {
						return fail("%v", err)
					}
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					return nil
				}
			}
		})
	})
	if err != nil {
		return err
	}
	if records != len(rules.byID) {
		return fail("%d records, not %d", records, len(rules.byID))
	}
	entries, err := countEntries(ctx, backend)
	if err != nil {
		return err
	}
	if entries != rules.events {
		return fail("%d journal entries, not %d", entries, rules.events)
	}
	return nil
}

// sameRecord compares a stored record with one of the rules, but for the number.
func sameRecord(body []byte, ours *incident.Incident) error {
	var theirs incident.Incident
	if err := json.Unmarshal(body, &theirs); err != nil {
		return fmt.Errorf("%s cannot be read: %w", ours.Number, err)
	}
	copied := *ours
	copied.Number = theirs.Number
	want, err := json.Marshal(&copied)
	if err != nil {
		return err
	}
	if !bytes.Equal(body, want) {
		return fmt.Errorf("%s is different", theirs.Number)
	}
	return nil
}

// countEntries counts the journal of the replay.
func countEntries(ctx context.Context, backend store.Backend) (int, error) {
	n := 0
	q := store.JournalQuery{Limit: pageSize}
	for {
		var page []store.Entry
		err := store.Retry(ctx, nil, func(ctx context.Context) error {
			var next store.Position
			var err error
			if page, next, err = backend.Journal(ctx, tenant, q); err == nil {
				q.From = next
			}
			return err
		})
		if err != nil {
			return 0, err
		}
		n += len(page)
		if len(page) < pageSize {
			return n, nil
		}
	}
}
