package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// RetryOptions bound [Retry]. A zero field means its default.
type RetryOptions struct {
	// Attempts is how often the unit is run at most. Default 10.
	Attempts int

	// MinWait is the longest pause before the second attempt; it doubles with
	// each, up to MaxWait. Defaults 1 ms and 250 ms. The pause is a random part
	// of it, so that units that met once do not meet again.
	MinWait, MaxWait time.Duration
}

// Retry runs fn, which is one whole unit, again for as long as it fails with
// [ErrRetry], and not with [ErrUnknown], and returns its last error. nil options mean
// the defaults. When ctx ends before an attempt, Retry returns an error that matches
// ctx.Err and not ErrRetry. After the last attempt, the error still matches ErrRetry:
// the same call may succeed later.
func Retry(ctx context.Context, o *RetryOptions, fn func(context.Context) error) error {
	attempts, wait, maxWait := 10, time.Millisecond, 250*time.Millisecond
	if o != nil {
		if o.Attempts < 0 || o.MinWait < 0 || o.MaxWait < 0 {
			return &ParamError{Field: "RetryOptions", Problem: fmt.Sprintf("has a negative field: %+v", *o)}
		}
		if o.Attempts > 0 {
			attempts = o.Attempts
		}
		if o.MinWait > 0 {
			wait = o.MinWait
		}
		if o.MaxWait > 0 {
			maxWait = o.MaxWait
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		err := fn(ctx)
		// What became of a unit with an unknown outcome is to be looked at first,
		// whatever the reason.
		if err == nil || !errors.Is(err, ErrRetry) || errors.Is(err, ErrUnknown) {
			return err
		}
		if attempt == attempts {
			return fmt.Errorf("store: gave up after %d attempts: %w", attempts, err)
		}
		wait = min(wait, maxWait)
		if ctxErr := pause(ctx, rand.N(wait)+1); ctxErr != nil {
			return fmt.Errorf("store: stopped after %d attempts, the last with %q: %w", attempt, err, ctxErr)
		}
		wait *= 2
	}
}

// pause waits for d or until ctx has ended.
func pause(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
