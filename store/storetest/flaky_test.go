package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
	"github.com/itsmkit/itsm/store/storetest"
)

// TestFlakyKeepsTheContract: conflicts are part of the contract, so that a
// backend with many of them keeps every clause, and no clause of the suite
// depends on a backend without.
func TestFlakyKeepsTheContract(t *testing.T) {
	for _, n := range []int{2, 3, 7} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(*testing.T) store.Backend { return storetest.Flaky(memory.New(), n) })
		})
	}
}

// TestFlakyFailsEachWay: every second unit fails, by turns before, during and
// after its function, and leaves nothing behind.
func TestFlakyFailsEachWay(t *testing.T) {
	ctx, inside := context.Background(), memory.New()
	b := storetest.Flaky(inside, 2)
	calls := ""
	for unit := range 12 {
		err := b.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
			calls += "("
			if _, err := tx.Put(ctx, store.PutParams{Kind: "ticket", ID: uuid.New()}); err != nil {
				t.Fatal("the first call failed")
			}
			_, err := tx.Next(ctx, store.NextParams{Sequence: "INC"})
			if errors.Is(err, store.ErrRetry) {
				calls += "!"
				return nil // the unit is lost all the same
			}
			calls += ")"
			return err
		})
		calls += " "
		if failed := unit%2 == 1; failed != errors.Is(err, store.ErrRetry) {
			t.Fatalf("unit %d: %v", unit, err)
		}
	}
	if want := "()  () (! () () ()  () (! () () "; calls != want {
		t.Errorf("the units went %q, want %q", calls, want)
	}
	err := inside.Read(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
		n, err := tx.Count(ctx, store.Query{Kind: "ticket"})
		if n != 6 {
			t.Errorf("%d documents, want those of the 6 units that passed", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFlakyNeedsTwo(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Flaky(b, 1), which can never succeed, was accepted")
		}
	}()
	storetest.Flaky(memory.New(), 1)
}

// ExampleFlaky counts in a document over a backend that refuses every second
// unit.
func ExampleFlaky() {
	ctx, id := context.Background(), uuid.MustParse("018f0000-0000-7000-8000-000000000001")
	b := storetest.Flaky(memory.New(), 2)
	attempts := 0
	for range 3 {
		err := store.Retry(ctx, nil, func(ctx context.Context) error {
			attempts++
			return b.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
				d, err := tx.Get(ctx, store.GetParams{Kind: "counter", ID: id})
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					return err
				}
				_, err = tx.Put(ctx, store.PutParams{Kind: "counter", ID: id, Expect: d.Version, Body: append(d.Body, '|')})
				return err
			})
		})
		if err != nil {
			fmt.Println(err)
		}
	}
	var counter store.Document
	err := store.Retry(ctx, nil, func(ctx context.Context) error {
		return b.Read(ctx, "acme", func(ctx context.Context, tx store.Tx) (err error) {
			counter, err = tx.Get(ctx, store.GetParams{Kind: "counter", ID: id})
			return err
		})
	})
	fmt.Printf("%s after %d attempts %v\n", counter.Body, attempts, err)
	// Output: ||| after 5 attempts <nil>
}
