package store

import "context"

// unitKey is the context key of a backend's units; backend is a pointer.
type unitKey struct{ backend any }

// Enter returns the context to give to the function of a unit of the backend,
// or [ErrNested] if ctx already is one. A backend calls it first in Read, Write
// and Journal, with the pointer that is its identity, so that a unit inside a
// unit fails at once instead of waiting for itself.
func Enter(ctx context.Context, backend any) (context.Context, error) {
	var key any = unitKey{backend}
	if ctx.Value(key) != nil {
		return nil, ErrNested
	}
	return context.WithValue(ctx, key, true), nil
}
