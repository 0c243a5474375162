package memory_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// A reader keeps the state it began with, while units come and go, and a unit
// that fails leaves nothing behind.
func ExampleNew() {
	ctx, backend := context.Background(), memory.New()
	create := func(n byte, then error) error {
		return backend.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Put(ctx, store.PutParams{Kind: "incident", ID: uuid.UUID{n}, Body: []byte("…")})
			return errors.Join(err, then)
		})
	}
	count := func(ctx context.Context, tx store.Tx) error {
		n, err := tx.Count(ctx, store.Query{Kind: "incident"})
		fmt.Println(n, "incidents")
		return err
	}
	fmt.Println(create(1, nil), create(2, nil), create(3, errors.New("changed my mind")))
	err := backend.Read(ctx, "acme", func(unit context.Context, tx store.Tx) error {
		if err := count(unit, tx); err != nil {
			return err
		}
		fmt.Println(create(4, nil), "while reading")
		return count(unit, tx)
	})
	fmt.Println(err)
	fmt.Println(backend.Read(ctx, "acme", count))
	// Output:
	// <nil> <nil> changed my mind
	// 2 incidents
	// <nil> while reading
	// 2 incidents
	// <nil>
	// 3 incidents
	// <nil>
}
