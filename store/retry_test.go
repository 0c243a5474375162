package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/itsmkit/itsm/store"
)

var errBusy = errors.New("database is locked")

// failing returns a unit that fails n times with err, and a count of its runs.
func failing(n int, err error) (fn func(context.Context) error, runs *int) {
	runs = new(int)
	return func(context.Context) error {
		if *runs++; *runs <= n {
			return err
		}
		return nil
	}, runs
}

func TestRetryRunsAgainAfterErrRetryAlone(t *testing.T) {
	retry := &store.RetryError{Err: errBusy}
	for _, c := range []struct {
		name    string
		fails   int
		err     error
		options *store.RetryOptions
		runs    int
		want    error
	}{
		{"no failure", 0, nil, nil, 1, nil},
		{"one failure", 1, retry, nil, 2, nil},
		{"nine failures", 9, retry, nil, 10, nil},
		{"ten failures", 10, retry, nil, 10, store.ErrRetry},
		{"more attempts", 20, retry, &store.RetryOptions{Attempts: 21}, 21, nil},
		{"one attempt", 1, retry, &store.RetryOptions{Attempts: 1}, 1, store.ErrRetry},
		{"the bare sentinel", 1, store.ErrRetry, nil, 2, nil},
		{"joined with another", 1, errors.Join(errBusy, store.ErrRetry), nil, 2, nil},
		{"a conflict", 1, &store.ConflictError{}, nil, 1, store.ErrConflict},
		{"an unknown outcome", 1, &store.UnknownError{Err: retry}, nil, 1, store.ErrUnknown},
		{"another error", 1, errBusy, nil, 1, errBusy},
	} {
		synctest.Test(t, func(t *testing.T) {
			fn, runs := failing(c.fails, c.err)
			err := store.Retry(t.Context(), c.options, fn)
			if !errors.Is(err, c.want) || *runs != c.runs {
				t.Errorf("%s: %d runs and %v, want %d and %v", c.name, *runs, err, c.runs, c.want)
			}
			if c.fails == 10 && !errors.Is(err, errBusy) {
				t.Errorf("%s: the cause is lost from %v", c.name, err)
			}
		})
	}
}

// TestRetryWaits: pauses are there, and bounded.
func TestRetryWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		fn, _ := failing(1000, store.ErrRetry)
		o := &store.RetryOptions{Attempts: 101, MinWait: time.Millisecond, MaxWait: 10 * time.Millisecond}
		if err := store.Retry(t.Context(), o, fn); !errors.Is(err, store.ErrRetry) {
			t.Error(err)
		}
		// 100 pauses of up to 10 ms, half of that on average.
		if waited := time.Since(start); waited < 200*time.Millisecond || waited > time.Second {
			t.Errorf("100 pauses of up to 10 ms took %v", waited)
		}
	})
}

func TestRetryHonoursTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		fn, runs := failing(0, nil)
		if err := store.Retry(ended, nil, fn); !errors.Is(err, context.Canceled) || *runs != 0 {
			t.Errorf("with an ended context: %d runs and %v", *runs, err)
		}

		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		fn, _ = failing(1_000_000, &store.RetryError{Err: errBusy})
		o := &store.RetryOptions{Attempts: 1_000_000, MinWait: time.Hour, MaxWait: time.Hour}
		err := store.Retry(ctx, o, fn)
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrRetry) || !strings.Contains(err.Error(), "database is locked") {
			t.Errorf("stopped by a deadline: %v", err)
		}
		if waited := time.Since(start); waited > time.Minute {
			t.Errorf("waited %v beyond a deadline of a minute", waited)
		}
	})
}

func TestRetryRefusesNegativeOptions(t *testing.T) {
	fn, runs := failing(0, nil)
	for _, o := range []store.RetryOptions{{Attempts: -1}, {MinWait: -1}, {MaxWait: -1}} {
		if err := store.Retry(t.Context(), &o, fn); !errors.Is(err, store.ErrInvalid) || *runs != 0 {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
