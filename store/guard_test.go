package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/itsmkit/itsm/store"
)

// TestGuard follows a unit from call to call.
func TestGuard(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	enter := func(g *store.Guard, ctx context.Context, write bool) error {
		call := g.Enter
		if write {
			call = g.EnterWrite
		}
		err := call(ctx)
		if err == nil {
			g.Leave()
		}
		return err
	}
	want := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("%s: got %v, want %v", what, err, want)
		}
	}

	var g store.Guard
	want("read", enter(&g, t.Context(), false), nil)
	want("write", enter(&g, t.Context(), true), nil)
	want("end", g.End(), nil)
	want("read after the end", enter(&g, t.Context(), false), store.ErrEnded)
	want("write after the end", enter(&g, over, true), store.ErrEnded)

	g2 := store.Guard{ReadOnly: true}
	want("write to read-only", enter(&g2, t.Context(), true), store.ErrReadOnly)
	want("read after that", enter(&g2, t.Context(), false), nil)

	var g3 store.Guard
	want("ended context", enter(&g3, over, false), context.Canceled)
	want("the next call, with a live one", enter(&g3, t.Context(), true), context.Canceled)
	want("end of the lost unit", g3.End(), context.Canceled)

	var g4 store.Guard
	if err := g4.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	want("lose", g4.Lose(errBusy), errBusy)
	g4.Leave()
	want("read of the lost unit", enter(&g4, t.Context(), false), errBusy)
	want("end", g4.End(), errBusy)
}
