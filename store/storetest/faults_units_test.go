package storetest_test

import (
	"context"
	"errors"
	"sync"

	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

func commitsErrors() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		var failed error
		if err := inside.Write(ctx, t, func(ctx context.Context, tx store.Tx) error { failed = fn(ctx, tx); return nil }); err != nil {
			return err
		}
		return failed
	}}
}

func commitsPanics() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		var panicked any
		err := inside.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
			defer func() { panicked = recover() }()
			return fn(ctx, tx)
		})
		if panicked != nil {
			panic(panicked)
		}
		return err
	}}
}

func commitsLate() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		return inside.Write(context.WithoutCancel(ctx), t, fn)
	}}
}

func nestsReads() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, read: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		err := inside.Read(ctx, t, fn)
		if errors.Is(err, store.ErrNested) {
			err = inside.Read(context.Background(), t, fn)
		}
		return err
	}}
}

func readsAfterEnd() store.Backend {
	return &bent{Backend: memory.New(), count: func(ctx context.Context, tx store.Tx, q store.Query) (int, error) {
		n, err := tx.Count(ctx, q)
		if errors.Is(err, store.ErrEnded) {
			err = nil
		}
		return n, err
	}}
}

// bareInvalid matches ErrInvalid and does not say what is invalid.
func bareInvalid() store.Backend {
	bare := func(err error) error {
		if errors.Is(err, store.ErrInvalid) {
			return store.ErrInvalid
		}
		return err
	}
	inside := memory.New()
	return &bent{
		Backend: inside,
		read:    func(ctx context.Context, t store.Tenant, fn unitFunc) error { return bare(inside.Read(ctx, t, fn)) },
		write:   func(ctx context.Context, t store.Tenant, fn unitFunc) error { return bare(inside.Write(ctx, t, fn)) },
	}
}

func unchecked() store.Backend {
	return &bent{Backend: memory.New(), count: func(ctx context.Context, tx store.Tx, q store.Query) (int, error) {
		n, err := tx.Count(ctx, q)
		if errors.Is(err, store.ErrInvalid) {
			return 0, nil
		}
		return n, err
	}}
}

func textOfErrors() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, read: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		if err := inside.Read(ctx, t, fn); err != nil {
			return errors.New(err.Error())
		}
		return nil
	}}
}

// losesReaders gives a connection back when fn has returned, and not otherwise.
func losesReaders() store.Backend {
	inside, free := memory.New(), make(chan struct{}, 8)
	return &bent{Backend: inside, read: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		select {
		case free <- struct{}{}:
		default:
			return errors.New("no free connection")
		}
		err := inside.Read(ctx, t, fn)
		<-free
		return err
	}}
}

// commitsGoexit runs fn in a goroutine of its own, whose end it takes for success.
func commitsGoexit() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		return inside.Write(ctx, t, func(ctx context.Context, tx store.Tx) (err error) {
			var panicked any
			done := make(chan struct{})
			go func() {
				defer close(done)
				defer func() { panicked = recover() }()
				err = fn(ctx, tx)
			}()
			<-done
			if panicked != nil {
				panic(panicked)
			}
			return err
		})
	}}
}

func numbersInRead() store.Backend {
	return &bent{Backend: memory.New(), next: func(ctx context.Context, tx store.Tx, p store.NextParams) (uint64, error) {
		number, err := tx.Next(ctx, p)
		if errors.Is(err, store.ErrReadOnly) {
			return 1, nil
		}
		return number, err
	}}
}

// pooledTx gives the same Tx to one unit after the other, so that who keeps it
// gets into the next.
func pooledTx() store.Backend {
	inside := memory.New()
	pooled := &struct{ store.Tx }{}
	use := func(fn unitFunc) unitFunc {
		return func(ctx context.Context, tx store.Tx) error { pooled.Tx = tx; return fn(ctx, pooled) }
	}
	return &bent{
		Backend: inside,
		read:    func(ctx context.Context, t store.Tenant, fn unitFunc) error { return inside.Read(ctx, t, use(fn)) },
		write:   func(ctx context.Context, t store.Tenant, fn unitFunc) error { return inside.Write(ctx, t, use(fn)) },
	}
}

// oneForAll marks the contexts of all backends of its kind alike.
func oneForAll() store.Backend {
	inside := memory.New()
	unit := func(run func(context.Context, store.Tenant, unitFunc) error) func(context.Context, store.Tenant, unitFunc) error {
		return func(ctx context.Context, t store.Tenant, fn unitFunc) error {
			ctx, err := store.Enter(ctx, "mystore")
			if err != nil {
				return err
			}
			return run(ctx, t, fn)
		}
	}
	return &bent{Backend: inside, read: unit(inside.Read), write: unit(inside.Write)}
}

// commitsAndRetries loses sight of every fifth commit and takes it for failed.
func commitsAndRetries() store.Backend {
	inside := memory.New()
	var mu sync.Mutex
	units := 0
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		err := inside.Write(ctx, t, fn)
		mu.Lock()
		defer mu.Unlock()
		if units++; err == nil && units%5 == 0 {
			return &store.RetryError{Err: errors.New("connection reset")}
		}
		return err
	}}
}

type unclosed struct{ *bent }

func (unclosed) Close() error { return nil }

func neverClosed() store.Backend { return unclosed{&bent{Backend: memory.New()}} }

func deafReads() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, read: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		return inside.Read(context.WithoutCancel(ctx), t, fn)
	}}
}

func ignoresDeadlines() store.Backend {
	inside := memory.New()
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		return inside.Write(context.WithoutCancel(ctx), t, func(unit context.Context, tx store.Tx) error {
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err()
			}
			err := fn(unit, tx)
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err()
			}
			return err
		})
	}}
}

func deafHistory() store.Backend {
	return &bent{Backend: memory.New(), history: func(ctx context.Context, tx store.Tx, q store.HistoryQuery) ([]store.Entry, error) {
		return tx.History(context.WithoutCancel(ctx), q)
	}}
}

func commitsLost() store.Backend {
	return &bent{Backend: memory.New(), get: func(ctx context.Context, tx store.Tx, p store.GetParams) (store.Document, error) {
		if err := ctx.Err(); err != nil {
			return store.Document{}, err
		}
		return tx.Get(ctx, p)
	}}
}

func waitsForEver() store.Backend {
	inside := memory.New()
	var mu sync.Mutex
	return &bent{Backend: inside, write: func(ctx context.Context, t store.Tenant, fn unitFunc) error {
		if _, err := store.Enter(ctx, inside); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		return inside.Write(ctx, t, fn)
	}}
}
