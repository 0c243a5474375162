package histories

import (
	"context"
	"errors"
	"fmt"

	"github.com/anishathalye/porcupine"
	"github.com/itsmkit/itsm/store"
)

// keys is how many documents the clients of Keys share.
const keys = 3

const document = "document"

// Keys has clients get, create, replace and delete a few documents side by side,
// each unit with one of these or a look at all, and checks that what they saw is
// linearizable. The tenant is to have no data.
func Keys(ctx context.Context, b store.Backend, t store.Tenant, seed uint64) error {
	history, err := record(ctx, b, t, seed, func(c *client) func(context.Context) (any, any, error) {
		known := [keys]store.Version{}
		values := 0
		return func(ctx context.Context) (any, any, error) {
			in := keyInput{key: c.rng.IntN(keys), op: []keyOp{getKey, getKeys, putKey, putKey, putKey, deleteKey}[c.rng.IntN(6)]}
			// What it knows is often what another has replaced meanwhile.
			in.expect = known[in.key]
			if values++; in.op == putKey {
				in.value = fmt.Sprintf("%d of %d", values, c.rng.IntN(1000))
			}
			if in.op == deleteKey && in.expect == 0 {
				in.op = getKey
			}
			out, err := in.do(ctx, c)
			for key, d := range out.seen {
				if err == nil && in.sees(key) {
					known[key] = d.version
				}
			}
			return in, out, err
		}
	})
	if err != nil {
		return err
	}
	return check(keyModel(), history)
}

type keyOp string

const (
	getKey    keyOp = "get"
	getKeys   keyOp = "get all"
	putKey    keyOp = "put"
	deleteKey keyOp = "delete"
)

type keyInput struct {
	op     keyOp
	key    int
	expect store.Version
	value  string
}

// sees reports whether the outcome says what is under a key.
func (in keyInput) sees(key int) bool { return in.op == getKeys || key == in.key }

// keyState is what is under a key: nothing at version 0.
type keyState struct {
	version store.Version
	value   string
}

// keyOutput is what is there afterwards under the keys that the operation sees,
// and whether a Put or Delete was refused.
type keyOutput struct {
	seen    [keys]keyState
	refused bool
}

func (in keyInput) do(ctx context.Context, c *client) (out keyOutput, err error) {
	switch in.op {
	case getKey:
		err = c.read(ctx, func(ctx context.Context, tx store.Tx) error {
			d, err := tx.Get(ctx, store.GetParams{Kind: document, ID: id(in.key)})
			if errors.Is(err, store.ErrNotFound) {
				out.seen[in.key] = keyState{}
				return nil
			}
			out.seen[in.key] = keyState{d.Version, string(d.Body)}
			return err
		})
	case getKeys:
		err = c.read(ctx, func(ctx context.Context, tx store.Tx) error {
			out.seen = [keys]keyState{}
			// In two pages, between which others commit.
			q := store.Query{Kind: document, Limit: 2}
			for {
				page, err := tx.Page(ctx, q)
				if err != nil {
					return err
				}
				for _, d := range page.Documents {
					out.seen[d.ID[15]-1] = keyState{d.Version, string(d.Body)}
				}
				if q.Cursor = page.Next; page.Next == "" {
					return nil
				}
				c.dawdle()
			}
		})
	case putKey:
		err = c.write(ctx, func(ctx context.Context, tx store.Tx) error {
			version, err := tx.Put(ctx, store.PutParams{Kind: document, ID: id(in.key), Expect: in.expect, Body: []byte(in.value)})
			out.seen[in.key] = keyState{version, in.value}
			return err
		})
	case deleteKey:
		err = c.write(ctx, func(ctx context.Context, tx store.Tx) error {
			out.seen[in.key] = keyState{}
			return tx.Delete(ctx, store.DeleteParams{Kind: document, ID: id(in.key), Expect: in.expect})
		})
	}
	var conflict *store.ConflictError
	switch {
	case errors.As(err, &conflict):
		out.refused, out.seen[in.key] = true, keyState{version: conflict.Current}
		return out, nil
	case errors.Is(err, store.ErrExists):
		out.refused, out.seen[in.key] = true, keyState{}
		return out, nil
	}
	return out, err
}

// keysState is what is under all keys, and the highest version that each had.
type keysState struct {
	now     [keys]keyState
	highest [keys]store.Version
}

func keyModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return keysState{} },
		Step: func(state, input, output any) (bool, any) {
			return state.(keysState).step(input.(keyInput), output.(keyOutput))
		},
		DescribeOperation: func(input, output any) string {
			in, out := input.(keyInput), output.(keyOutput)
			return fmt.Sprintf("%s %d expecting version %d %q: refused %t, saw %v", in.op, in.key, in.expect, in.value, out.refused, out.seen)
		},
	}
}

// step reports whether the operation can have had that outcome, and returns the
// state after it.
func (s keysState) step(in keyInput, out keyOutput) (bool, keysState) {
	now, seen := s.now[in.key], out.seen[in.key]
	switch {
	case in.op == getKeys:
		return out.seen == s.now, s
	case in.op == getKey:
		return seen == now, s
	case out.refused && in.expect == 0: // it exists
		return now.version != 0, s
	case out.refused: // the conflict names the current version
		return now.version == seen.version && now.version != in.expect, s
	case now.version != in.expect:
		return false, s
	case in.op == deleteKey:
		s.now[in.key] = keyState{}
		return true, s
	}
	right := seen.version > s.highest[in.key]
	s.now[in.key], s.highest[in.key] = seen, seen.version
	return right, s
}
