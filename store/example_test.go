package store_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

var (
	mail = uuid.MustParse("018f0000-0000-7000-8000-000000000001")
	vpn  = uuid.MustParse("018f0000-0000-7000-8000-000000000002")
)

// A unit reads, decides and writes; all of it is committed, or nothing.
func Example() {
	ctx, backend := context.Background(), memory.New()
	create := func(id uuid.UUID, title string) error {
		return store.Retry(ctx, nil, func(ctx context.Context) error {
			return backend.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
				number, err := tx.Next(ctx, store.NextParams{Sequence: "INC"})
				if err != nil {
					return err
				}
				_, err = tx.Put(ctx, store.PutParams{
					Kind: "incident", ID: id, Body: []byte(title),
					Terms: []store.Term{
						{Index: "number", Key: fmt.Appendf(nil, "INC%07d", number), Unique: true},
						{Index: "state", Key: []byte("new")},
					},
				})
				return err
			})
		})
	}
	fmt.Println(create(mail, "Mail is down"), create(vpn, "No VPN"))
	fmt.Println(errors.Is(create(vpn, "No VPN"), store.ErrExists))

	err := backend.Read(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
		page, err := tx.Page(ctx, store.Query{Kind: "incident", Index: "number", Desc: true, Limit: 10})
		for _, d := range page.Documents {
			fmt.Printf("%s\n", d.Body)
		}
		return err
	})
	fmt.Println(err)
	// Output:
	// <nil> <nil>
	// true
	// No VPN
	// Mail is down
	// <nil>
}

// A reader keeps the position it has come to, and goes on from there.
func ExampleBackend_journal() {
	ctx, backend := context.Background(), memory.New()
	note := func(revision uint64, what string) {
		err := backend.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
			return tx.Append(ctx, store.Entry{Kind: "incident", ID: mail, Revision: revision, Type: what})
		})
		if err != nil {
			fmt.Println(err)
		}
	}
	var position store.Position
	tail := func() {
		entries, next, err := backend.Journal(ctx, "acme", store.JournalQuery{From: position, Limit: 100})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, e := range entries {
			fmt.Print(e.Type, " ")
		}
		fmt.Println("- now at the end")
		position = next
	}
	note(1, "reported")
	note(2, "assigned")
	tail()
	note(3, "resolved")
	tail()
	tail()
	// Output:
	// reported assigned - now at the end
	// resolved - now at the end
	// - now at the end
}

// A conflict says which version is the current one. It is not retried: what was
// decided on the old state may be wrong on the new.
func ExampleConflictError() {
	ctx, backend := context.Background(), memory.New()
	err := backend.Write(ctx, "acme", func(ctx context.Context, tx store.Tx) error {
		p := store.PutParams{Kind: "incident", ID: mail, Body: []byte("new")}
		read, err := tx.Put(ctx, p)
		if err != nil {
			return err
		}
		p.Expect, p.Body = read, []byte("assigned")
		if _, err := tx.Put(ctx, p); err != nil {
			return err
		}
		p.Body = []byte("resolved") // by someone who still has the first version
		_, err = tx.Put(ctx, p)
		return err
	})
	var conflict *store.ConflictError
	fmt.Println(errors.As(err, &conflict), conflict.Expected < conflict.Current)
	// Output: true true
}
