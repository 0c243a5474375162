package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// TestErrors: every typed error matches its sentinel and no other, and says what
// it carries.
func TestErrors(t *testing.T) {
	id := uuid.MustParse("018f0000-0000-7000-8000-00000000abcd")
	holder := uuid.MustParse("018f0000-0000-7000-8000-00000000ef01")
	sentinels := []error{
		store.ErrNotFound, store.ErrConflict, store.ErrExists, store.ErrRetry, store.ErrInvalid,
		store.ErrCursor, store.ErrNested, store.ErrReadOnly, store.ErrEnded, store.ErrUnknown, store.ErrClosed,
	}
	for _, c := range []struct {
		err   error
		is    error
		words string
	}{
		{&store.NotFoundError{Kind: "incident", ID: id}, store.ErrNotFound, "incident abcd not found"},
		{&store.NotFoundError{Kind: "incident", ID: id, Revision: 7}, store.ErrNotFound, "incident abcd entry 7"},
		{&store.ConflictError{Kind: "incident", ID: id, Expected: 3, Current: 5}, store.ErrConflict, "incident abcd version 3 at 5"},
		{&store.ConflictError{Kind: "incident", ID: id, Expected: 3}, store.ErrConflict, "incident abcd version 3 not exist"},
		{&store.RevisionError{Kind: "incident", ID: id, Revision: 2, Last: 4}, store.ErrConflict, "incident abcd revision 2 last, 4"},
		{&store.ExistsError{Kind: "incident", ID: id, Holder: id}, store.ErrExists, "incident abcd exists"},
		{&store.ExistsError{Kind: "incident", ID: id, Index: "number", Key: []byte("1"), Holder: holder}, store.ErrExists, "incident abcd 31 number ef01"},
		{&store.RetryError{}, store.ErrRetry, "retry"},
		{&store.RetryError{Err: errBusy}, store.ErrRetry, "retry locked"},
		{&store.UnknownError{Err: errBusy}, store.ErrUnknown, "may locked"},
		{&store.ParamError{Field: "Terms[1].Key", Problem: "is long"}, store.ErrInvalid, "Terms[1].Key is long"},
		{&store.CursorError{Text: "xyz", Problem: "is short"}, store.ErrCursor, "xyz is short"},
	} {
		for _, sentinel := range sentinels {
			if errors.Is(c.err, sentinel) != (sentinel == c.is) {
				t.Errorf("%v: matches %v", c.err, sentinel)
			}
		}
		rest := c.err.Error()
		for word := range strings.FieldsSeq(c.words) {
			var found bool
			if _, rest, found = strings.Cut(rest, word); !found {
				t.Errorf("%v: does not say %q in order, as %q does", c.err, word, c.words)
				break
			}
		}
	}
	for _, err := range []error{&store.RetryError{Err: errBusy}, &store.UnknownError{Err: errBusy}} {
		if !errors.Is(err, errBusy) {
			t.Errorf("a %T does not match its cause", err)
		}
	}
}

func TestEnter(t *testing.T) {
	first, second := new(int), new(int)
	ctx, err := store.Enter(context.Background(), first)
	if err != nil {
		t.Fatal(err)
	}
	derived, cancel := context.WithCancel(ctx)
	defer cancel()
	if _, err := store.Enter(derived, first); !errors.Is(err, store.ErrNested) {
		t.Errorf("a unit inside a unit: %v", err)
	}
	both, err := store.Enter(ctx, second)
	if err != nil {
		t.Fatalf("a unit of another backend: %v", err)
	}
	if _, err := store.Enter(both, first); !errors.Is(err, store.ErrNested) {
		t.Errorf("a unit inside a unit, with one of another backend between: %v", err)
	}
	if _, err := store.Enter(context.WithoutCancel(context.Background()), first); err != nil {
		t.Errorf("a foreign context: %v", err)
	}
}
