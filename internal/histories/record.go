package histories

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// How much a history holds. A search costs more with each client than with each
// operation.
const (
	clients    = 4
	operations = 40 // of each client
	patience   = 30 * time.Second
)

// client is one of those whose operations are recorded.
type client struct {
	store.Backend
	tenant store.Tenant
	rng    *rand.Rand
}

// dawdle lets others go ahead, at random. Units of a fast store would hardly meet
// otherwise.
func (c *client) dawdle() {
	if c.rng.IntN(2) == 0 {
		time.Sleep(time.Duration(c.rng.IntN(100)) * time.Microsecond)
	}
}

// write runs a unit, again where the backend asks for it: such a unit has left
// nothing behind, so that the operation is one, from its first call to its last
// return.
func (c *client) write(ctx context.Context, fn func(context.Context, store.Tx) error) error {
	return store.Retry(ctx, patient(), func(ctx context.Context) error {
		return c.Write(ctx, c.tenant, func(ctx context.Context, tx store.Tx) error {
			defer c.dawdle()
			return fn(ctx, tx)
		})
	})
}

func (c *client) read(ctx context.Context, fn func(context.Context, store.Tx) error) error {
	return store.Retry(ctx, patient(), func(ctx context.Context) error {
		return c.Read(ctx, c.tenant, func(ctx context.Context, tx store.Tx) error {
			defer c.dawdle()
			return fn(ctx, tx)
		})
	})
}

func patient() *store.RetryOptions {
	return &store.RetryOptions{Attempts: 10_000, MaxWait: 20 * time.Millisecond}
}

// record has clients do operations side by side, each with what step gives it to
// do, and returns what they did. step returns what was asked and what came back.
func record(ctx context.Context, b store.Backend, t store.Tenant, seed uint64,
	newStep func(*client) func(context.Context) (input, output any, err error)) ([]porcupine.Operation, error) {
	start := time.Now()
	histories, errs := make([][]porcupine.Operation, clients), make([]error, clients)
	var wg sync.WaitGroup
	for n := range clients {
		c := &client{b, t, rand.New(rand.NewPCG(seed, uint64(n)))}
		step := newStep(c)
		wg.Go(func() {
			for range operations {
				c.dawdle()
				call := time.Since(start)
				input, output, err := step(ctx)
				if err != nil {
					errs[n] = err
					return
				}
				histories[n] = append(histories[n], porcupine.Operation{
					ClientId: n, Input: input, Call: int64(call), Output: output, Return: int64(time.Since(start)),
				})
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	history := slices.Concat(histories...)
	slices.SortFunc(history, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	if n := overlapping(history); n < len(history)/10 {
		return nil, fmt.Errorf("only %d of %d operations met another: a history that proves nothing", n, len(history))
	}
	return history, nil
}

// overlapping counts the operations, sorted by their calls, that began before all
// earlier ones had returned.
func overlapping(history []porcupine.Operation) (n int) {
	last := int64(-1)
	for _, op := range history {
		if op.Call < last {
			n++
		}
		last = max(last, op.Return)
	}
	return n
}

// check looks for an order of the operations in which the model gives the same.
func check(m porcupine.Model, history []porcupine.Operation) error {
	result, _ := porcupine.CheckOperationsVerbose(m, history, patience)
	switch result {
	case porcupine.Ok:
		return nil
	case porcupine.Unknown:
		return fmt.Errorf("no answer in %v whether %d operations can have come one after the other", patience, len(history))
	}
	var lines strings.Builder
	for _, op := range history {
		fmt.Fprintf(&lines, "\n%9.3f to %9.3f ms, client %d: %s",
			float64(op.Call)/1e6, float64(op.Return)/1e6, op.ClientId, m.DescribeOperation(op.Input, op.Output))
	}
	return fmt.Errorf("the operations cannot have come one after the other:%s", lines.String())
}

// id returns the nth of a few ids.
func id(n int) uuid.UUID { return uuid.UUID{0: 0x80, 15: byte(n + 1)} }
