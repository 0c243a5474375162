package store

import (
	"context"
	"sync"
)

// Guard is what a backend's [Tx] has to know of itself, made once for all: that
// its unit is over, that it is lost, that it only reads. Each method of the Tx
// begins with Enter or EnterWrite and, when that gave no error, ends with Leave.
//
// A Tx is for one goroutine at a time. The Guard's lock is for those who keep one
// longer than they may: they get [ErrEnded] and not the data of another unit. Its
// zero value is that of a unit that may write.
type Guard struct {
	// ReadOnly makes EnterWrite give [ErrReadOnly].
	ReadOnly bool

	mu    sync.Mutex
	ended bool
	lost  error
}

// Enter begins a call that reads. It gives ErrEnded once the unit is over, and what
// lost it once it is lost, as an ended context does. When it gives nil, the caller
// holds the lock until Leave.
func (g *Guard) Enter(ctx context.Context) error {
	g.mu.Lock()
	err := g.lost
	switch {
	case g.ended:
		err = ErrEnded
	case err == nil:
		err = ctx.Err()
		g.lost = err
	}
	if err != nil {
		g.mu.Unlock()
	}
	return err
}

// EnterWrite is Enter for a call that changes something.
func (g *Guard) EnterWrite(ctx context.Context) error {
	if err := g.Enter(ctx); err != nil {
		return err
	}
	if g.ReadOnly {
		g.mu.Unlock()
		return ErrReadOnly
	}
	return nil
}

// Leave ends a call that was entered.
func (g *Guard) Leave() { g.mu.Unlock() }

// Lose says, within a call, that the unit is lost for a reason, which every later
// call gives, and End. It returns the reason.
func (g *Guard) Lose(why error) error {
	g.lost = why
	return why
}

// End makes every later call give ErrEnded. It returns why the unit was lost, nil
// if it was not: only then may it commit.
func (g *Guard) End() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended = true
	return g.lost
}
