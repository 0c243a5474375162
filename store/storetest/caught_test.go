package storetest_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/itsmkit/itsm/store/storetest"
)

// manual is the page that lists the broken stores.
const manual = "../../docs/storage.md"

// TestEveryClauseHasABrokenStore: a clause that catches nothing may check nothing.
func TestEveryClauseHasABrokenStore(t *testing.T) {
	needed := map[string]bool{}
	for _, b := range brokenStores() {
		needed[b.clause] = true
	}
	for _, c := range storetest.Clauses() {
		if !needed[c.Name] {
			t.Errorf("no broken store is there for %s", c.Name)
		}
	}
}

// byChance says of the clauses that run units side by side, or against the
// clock, and of those that do a bit of everything, that which other faults they
// notice depends on the day or means little.
func byChance(clause string) bool {
	subject, _, _ := strings.Cut(clause, "/")
	return subject == "serial" || subject == "model" || slices.Contains([]string{
		"unique/concurrent", "unit/retry", "context/deadline", "context/wait", "snapshot/uncommitted", "snapshot/whole",
		"journal/concurrent", "journal/overtaken", "sequence/concurrent",
	}, clause)
}

// sketched says of the clauses whose broken stores run units side by side. They
// can do no more than their clause asks of them, so that others fail for that.
func sketched(clause string) bool {
	subject, _, _ := strings.Cut(clause, "/")
	return subject == "serial" || slices.Contains([]string{"unique/concurrent", "journal/overtaken", "sequence/concurrent"}, clause)
}

// TestManualListsBrokenStores holds the table in docs/storage.md: every broken
// store, the clause for it, and the other clauses that it does not pass. A clause
// that comes or goes there was made sharper or blunter. None fails for the reason
// that the backend panics or hangs. With ITSM_UPDATE=1 in the environment it
// writes the table.
func TestManualListsBrokenStores(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the suite on every broken store")
	}
	stores := brokenStores()
	rows := make([]string, len(stores))
	var wg sync.WaitGroup
	for i, b := range stores {
		wg.Go(func() {
			others := []string{}
			for _, c := range storetest.Clauses() {
				if c.Name == b.clause || byChance(c.Name) || sketched(b.clause) {
					continue
				}
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				start := time.Now()
				err := c.Check(ctx, b.open)
				cancel()
				if err == nil {
					continue
				}
				others = append(others, c.Name)
				if text := err.Error(); strings.HasPrefix(text, c.Name+": panic: ") || time.Since(start) > 15*time.Second {
					t.Errorf("a backend that %s fails another clause for a reason that is not its fault: %v", b.fault, err)
				}
			}
			slices.Sort(others)
			rows[i] = fmt.Sprintf("| %s | `%s` | %s |\n", b.fault, b.clause, strings.Join(others, ", "))
		})
	}
	wg.Wait()
	table := "| a backend that … | is caught by | and also fails |\n| --- | --- | --- |\n" + strings.Join(rows, "")

	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- broken stores -->\n", "<!-- end of broken stores -->\n"
	before, rest, ok := strings.Cut(string(text), begin)
	old, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no lines %q and %q", manual, begin, end)
	}
	if os.Getenv("ITSM_UPDATE") != "" {
		if err := os.WriteFile(manual, []byte(before+begin+table+end+after), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if old != table {
		t.Errorf("the table in %s differs; if that is meant, write it with ITSM_UPDATE=1\n%s", manual, difference(old, table))
	}
}

// difference returns the lines of two texts that are in one alone.
func difference(old, now string) string {
	var b strings.Builder
	was, is := strings.SplitAfter(old, "\n"), strings.SplitAfter(now, "\n")
	for _, line := range was {
		if !slices.Contains(is, line) {
			b.WriteString("- " + line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			b.WriteString("+ " + line)
		}
	}
	return b.String()
}
