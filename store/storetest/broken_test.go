package storetest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
	"github.com/itsmkit/itsm/store/storetest"
)

// broken is a backend with one fault, the clause that is there to catch it, and
// what that clause says of it, so that it is not caught by accident.
type broken struct {
	fault  string
	open   func() store.Backend
	clause string
	says   string
}

// TestBrokenStoresAreCaught: the suite itself is tested, by backends that are
// wrong in one way each.
func TestBrokenStoresAreCaught(t *testing.T) {
	clauses := map[string]storetest.Clause{}
	for _, c := range storetest.Clauses() {
		clauses[c.Name] = c
	}
	for _, b := range brokenStores() {
		t.Run(strings.ReplaceAll(b.fault, " ", "-"), func(t *testing.T) {
			t.Parallel()
			clause, ok := clauses[b.clause]
			if !ok {
				t.Fatalf("there is no clause %s", b.clause)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			if err := clause.Check(ctx, func() store.Backend { return memory.New() }); err != nil {
				t.Fatalf("a sound backend is refused: %v", err)
			}
			err := clause.Check(ctx, b.open)
			if err == nil {
				t.Fatalf("%s did not catch a backend that %s", b.clause, b.fault)
			}
			if text := err.Error(); !strings.Contains(text, b.says) || !strings.HasPrefix(text, b.clause+": ") {
				t.Errorf("a backend that %s is caught with\n%v\nwhich does not say %q", b.fault, err, b.says)
			}
		})
	}
}

// TestEveryClauseHasALaw: names are unique and of the form subject/case, and
// each clause has a sentence.
func TestEveryClauseHasALaw(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range storetest.Clauses() {
		if subject, name, ok := strings.Cut(c.Name, "/"); !ok || subject == "" || name == "" || seen[c.Name] {
			t.Errorf("clause name %q is not subject/case, or not the only one", c.Name)
		}
		seen[c.Name] = true
		if !strings.HasSuffix(c.Law, ".") {
			t.Errorf("%s: the law %q is not a sentence", c.Name, c.Law)
		}
	}
}

// TestCheckReportsPanics: a backend that panics fails the clause, not the test
// program.
func TestCheckReportsPanics(t *testing.T) {
	b := &bent{Backend: memory.New(), get: func(context.Context, store.Tx, store.GetParams) (store.Document, error) { panic("no such table") }}
	for _, c := range storetest.Clauses() {
		if c.Name == "get/absent" {
			if err := c.Check(t.Context(), func() store.Backend { return b }); err == nil || !strings.Contains(err.Error(), "panic: no such table") {
				t.Errorf("got %v", err)
			}
		}
	}
}

// TestLacksAreSkipped: a clause that needs what the backend lacks is skipped, and
// the others run.
func TestLacksAreSkipped(t *testing.T) {
	opened := 0
	storetest.Run(t, func(*testing.T) store.Backend { opened++; return justBackend{memory.New()} },
		storetest.Lack{Capability: storetest.Closing, Reason: "the host closes the database"},
		storetest.Lack{Capability: storetest.ReadWhileWriting, Reason: "pretended, to test the suite"})
	needy := 0
	for _, c := range storetest.Clauses() {
		if c.Needs != "" {
			needy++
		}
	}
	// One clause is about two backends.
	if want := len(storetest.Clauses()) - needy + 1; needy < 4 || opened != want {
		t.Errorf("%d backends were opened, want %d; %d clauses need something", opened, want, needy)
	}
}

// justBackend has the methods of store.Backend and no others.
type justBackend struct{ store.Backend }
