package histories

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// counters is how many counters and sequences the clients of Counters share.
const counters = 2

const counter = "counter"

// Counters has clients take numbers from sequences and add to the numbers in
// documents, with units that commit and units that do not, and checks that what
// they saw is linearizable. The tenant is to have no data.
func Counters(ctx context.Context, b store.Backend, t store.Tenant, seed uint64) error {
	history, err := record(ctx, b, t, seed, func(c *client) func(context.Context) (any, any, error) {
		return func(ctx context.Context) (any, any, error) {
			in := countInput{op: []countOp{addOne, addOne, readCount, nextNumber, nextNumber, undoNumber}[c.rng.IntN(6)], counter: c.rng.IntN(counters)}
			if in.op == nextNumber && c.rng.IntN(5) == 0 {
				in.after = uint64(c.rng.IntN(200))
			}
			out, err := in.do(ctx, c)
			return in, out, err
		}
	})
	if err != nil {
		return err
	}
	return check(counterModel(), history)
}

type countOp string

const (
	addOne     countOp = "add one"
	readCount  countOp = "read"
	nextNumber countOp = "next"
	undoNumber countOp = "next, not committed"
)

type countInput struct {
	op      countOp
	counter int
	after   uint64
}

var errUndo = errors.New("not to be committed")

// do returns the number that came of it.
func (in countInput) do(ctx context.Context, c *client) (number uint64, err error) {
	switch in.op {
	case readCount:
		err = c.read(ctx, func(ctx context.Context, tx store.Tx) error {
			d, err := getCount(ctx, tx, id(in.counter))
			number = counted(d)
			return err
		})
	case addOne:
		err = c.write(ctx, func(ctx context.Context, tx store.Tx) error {
			d, err := getCount(ctx, tx, id(in.counter))
			if err != nil {
				return err
			}
			c.dawdle()
			number = counted(d) + 1
			_, err = tx.Put(ctx, store.PutParams{
				Kind: counter, ID: id(in.counter), Expect: d.Version, Body: binary.BigEndian.AppendUint64(nil, number),
			})
			return err
		})
	case nextNumber, undoNumber:
		err = c.write(ctx, func(ctx context.Context, tx store.Tx) error {
			number, err = tx.Next(ctx, store.NextParams{Sequence: fmt.Sprint("sequence ", in.counter), After: in.after})
			if err == nil && in.op == undoNumber {
				err = errUndo
			}
			return err
		})
		if errors.Is(err, errUndo) {
			err = nil
		}
	}
	return number, err
}

func getCount(ctx context.Context, tx store.Tx, u uuid.UUID) (store.Document, error) {
	d, err := tx.Get(ctx, store.GetParams{Kind: counter, ID: u})
	if errors.Is(err, store.ErrNotFound) {
		return store.Document{}, nil
	}
	return d, err
}

func counted(d store.Document) uint64 {
	if len(d.Body) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(d.Body)
}

// countState is what a counter stands at and the last number of a sequence.
type countState struct{ count, last uint64 }

func counterModel() porcupine.Model {
	return porcupine.Model{
		// A counter and a sequence have nothing to do with the others.
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			parts := make([][]porcupine.Operation, counters)
			for _, op := range history {
				n := op.Input.(countInput).counter
				parts[n] = append(parts[n], op)
			}
			return parts
		},
		Init: func() any { return countState{} },
		Step: func(state, input, output any) (bool, any) {
			return state.(countState).step(input.(countInput), output.(uint64))
		},
		DescribeOperation: func(input, output any) string {
			in := input.(countInput)
			return fmt.Sprintf("%s of %d after %d: %d", in.op, in.counter, in.after, output)
		},
	}
}

// step reports whether the operation can have given that number, and returns the
// state after it. How large a gap may be depends on units that did not commit, and
// is for the suite to check.
func (s countState) step(in countInput, number uint64) (bool, countState) {
	switch in.op {
	case readCount:
		return number == s.count, s
	case addOne:
		return number == s.count+1, countState{number, s.last}
	case nextNumber:
		return number > max(s.last, in.after), countState{s.count, number}
	}
	return number > s.last, s
}
