package storetest_test

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// foldedTx calls every tenant by one name.
type foldedTx struct{ store.Tx }

func (tx foldedTx) Tenant() store.Tenant { return "acme" }

func folded() store.Backend {
	b := memory.New()
	return &bent{Backend: b, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		return b.Write(ctx, t, func(ctx context.Context, tx store.Tx) error { return fn(ctx, foldedTx{tx}) })
	}}
}

func lowerTenants() store.Backend {
	inside := memory.New()
	lower := func(t store.Tenant) store.Tenant { return store.Tenant(strings.ToLower(string(t))) }
	return &bent{
		Backend: inside,
		read:    func(ctx context.Context, t store.Tenant, fn unitFunc) error { return inside.Read(ctx, lower(t), fn) },
		write:   func(ctx context.Context, t store.Tenant, fn unitFunc) error { return inside.Write(ctx, lower(t), fn) },
	}
}

func smallNumbers() store.Backend {
	return &bent{Backend: memory.New(), next: func(ctx context.Context, tx store.Tx, p store.NextParams) (uint64, error) {
		p.After = 0
		return tx.Next(ctx, p)
	}}
}

func sharedSequences() store.Backend {
	var mu sync.Mutex
	last := map[string]uint64{}
	return &bent{Backend: memory.New(), next: func(ctx context.Context, tx store.Tx, p store.NextParams) (uint64, error) {
		if _, err := tx.Next(ctx, p); err != nil {
			return 0, err
		}
		mu.Lock()
		defer mu.Unlock()
		last[p.Sequence] = max(last[p.Sequence], p.After) + 1
		return last[p.Sequence], nil
	}}
}

func lowerSequences() store.Backend {
	return &bent{Backend: memory.New(), next: func(ctx context.Context, tx store.Tx, p store.NextParams) (uint64, error) {
		p.Sequence = strings.ToLower(p.Sequence)
		return tx.Next(ctx, p)
	}}
}

// joinsNames keeps the numbers of all tenants under one text each.
func joinsNames() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, next: func(ctx context.Context, tx store.Tx, p store.NextParams) (number uint64, err error) {
		if _, err := tx.Next(ctx, p); err != nil {
			return 0, err
		}
		p.Sequence = string(tx.Tenant()) + p.Sequence
		err = inside.Write(context.Background(), "sequences of all", func(ctx context.Context, tx store.Tx) error {
			number, err = tx.Next(ctx, p)
			return err
		})
		return number, err
	}}
}

func beginsAtThousand() store.Backend {
	return &bent{Backend: memory.New(), next: func(ctx context.Context, tx store.Tx, p store.NextParams) (uint64, error) {
		p.After = max(p.After, 1000)
		return tx.Next(ctx, p)
	}}
}

// countsUnlocked reads the last number and writes the next, and other units run
// in between.
func countsUnlocked() store.Backend {
	var mu sync.Mutex
	last := map[string]uint64{}
	inside := memory.New()
	return &bent{Backend: inside, write: inside.Read, next: func(_ context.Context, _ store.Tx, p store.NextParams) (uint64, error) {
		mu.Lock()
		number := max(last[p.Sequence], p.After) + 1
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		last[p.Sequence] = number
		return number, nil
	}}
}

func takesBackTwo() store.Backend {
	last, drawn := map[recordOf]uint64{}, []recordOf{}
	inside := memory.New()
	return &bent{
		Backend: inside,
		write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
			drawn = nil
			err := inside.Write(ctx, t, fn)
			if err != nil && len(drawn) > 0 {
				last[drawn[0]] -= min(last[drawn[0]], uint64(len(drawn)+1))
			}
			return err
		},
		next: func(ctx context.Context, tx store.Tx, p store.NextParams) (uint64, error) {
			if _, err := tx.Next(ctx, p); err != nil {
				return 0, err
			}
			r := recordOf{tenant: tx.Tenant(), kind: p.Sequence}
			last[r] = max(last[r], p.After) + 1
			drawn = append(drawn, r)
			return last[r], nil
		},
	}
}
