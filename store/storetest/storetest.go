package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/itsmkit/itsm/store"
)

// Clause is one sentence of the contract and the check that a backend keeps it.
type Clause struct {
	Name  string // subject/case: "put/stale"
	Law   string // what the check verifies, as the contract says it
	Needs Capability

	check func(context.Context, store.Backend) error
	pair  func(ctx context.Context, b, other store.Backend) error // in place of check
}

// Capability is something that not every backend can do, for a reason it has
// to give.
type Capability string

const (
	// ReadWhileWriting: a Read can run while a Write of the same tenant does.
	// A backend on a single connection cannot.
	ReadWhileWriting Capability = "read while writing"

	// Closing: the backend has a method Close() error.
	Closing Capability = "closing"
)

// Capabilities returns all capabilities.
func Capabilities() []Capability { return []Capability{ReadWhileWriting, Closing} }

// Lack declares that a backend cannot do something. The clauses that need it are
// skipped, visibly.
type Lack struct {
	Capability Capability
	Reason     string
}

// timeout is how long one clause may take. Most take milliseconds; a backend that
// waits for itself would take for ever. grace is how long a backend may take to
// notice that its context has ended.
const (
	timeout = time.Minute
	grace   = 5 * time.Second
)

// Run checks a backend against every clause of the contract, each in a subtest
// with a backend of its own. open returns an empty one, apart from all that it
// returned before, and leaves its removal to t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) store.Backend, lacks ...Lack) {
	t.Helper()
	for _, lack := range lacks {
		if !slices.Contains(Capabilities(), lack.Capability) || lack.Reason == "" {
			t.Fatalf("storetest: %+v: want one of %q and a reason", lack, Capabilities())
		}
	}
	for _, c := range Clauses() {
		t.Run(c.Name, func(t *testing.T) {
			for _, lack := range lacks {
				if lack.Capability == c.Needs {
					t.Skipf("not checked: %s\nthe backend lacks %q: %s", c.Law, c.Needs, lack.Reason)
				}
			}
			if err := c.Check(t.Context(), func() store.Backend { return open(t) }); err != nil {
				t.Error(err)
			}
		})
	}
}

// Clauses returns every clause, in the order of Run.
func Clauses() []Clause {
	return slices.Concat(
		documentClauses(), uniqueClauses(), unitClauses(), backendClauses(), contextClauses(), concurrencyClauses(),
		byteClauses(), pageClauses(), cursorClauses(), journalClauses(), historyClauses(),
		tenantClauses(), paramClauses(), modelClauses(),
	)
}

// Check verifies the clause on an empty backend from open, or on two of them.
// The error names the law and says what was seen instead. A panic of the
// backend, and a clause that does not end, are errors too.
func (c Clause) Check(ctx context.Context, open func() store.Backend) error {
	check, b := c.check, open()
	if c.pair != nil {
		other := open()
		check = func(ctx context.Context, b store.Backend) error { return c.pair(ctx, b, other) }
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	result := make(chan error, 1)
	go func() {
		err := errors.New("the backend ended the goroutine of the check")
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
			result <- err
		}()
		err = check(ctx, b)
	}()
	var err error
	select {
	case err = <-result:
	case <-ctx.Done():
		select {
		case err = <-result:
		case <-time.After(grace):
			err = errors.New("the check did not end, even after its context had")
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w\nthe contract: %s", c.Name, err, strings.Join(strings.Fields(c.Law), " "))
	}
	return nil
}
