package itsmtest_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// careless is a backend that changes what it is given: bodies, or salts.
type careless struct {
	store.Backend
	bodies, salts bool
}

func (b careless) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	return b.Backend.Write(ctx, t, func(ctx context.Context, tx store.Tx) error { return fn(ctx, carelessTx{tx, b}) })
}

type carelessTx struct {
	store.Tx
	b careless
}

func (tx carelessTx) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	if tx.b.bodies {
		p.Body = bytes.Replace(p.Body, []byte("ann"), []byte("Ann"), 1)
	}
	return tx.Tx.Put(ctx, p)
}

func (tx carelessTx) Append(ctx context.Context, entries ...store.Entry) error {
	for i := range entries {
		if tx.b.salts {
			entries[i].Salt = nil
		}
	}
	return tx.Tx.Append(ctx, entries...)
}

func TestRoundTrip(t *testing.T) {
	lc, err := parcels()
	require.NoError(t, err)
	var r *register.Register[parcel]
	over := func(b store.Backend) []register.Kind {
		r, err = register.New(b, itsm.Process[parcel]{Prefix: "PAR", Lifecycle: lc}, nil)
		require.NoError(t, err)
		return []register.Kind{r}
	}
	from := over(memory.New())
	ann := itsm.Actor{ID: "ann", Tenant: "acme"}
	rec, err := r.With(register.Call{Key: "k"}).Create(t.Context(), ann, post{To: "ann"})
	require.NoError(t, err)
	for how, b := range map[string]store.Backend{
		"":                   memory.New(),
		"differs in line 3:": careless{memory.New(), true, false},
		"entry 1 has another content than was sealed": careless{memory.New(), false, true},
	} {
		said := strings.Join(watch(t, func(t testing.TB) {
			there := itsmtest.RoundTrip(t, "acme", from, over, func() store.Backend { return b })
			got, err := there[0].(*register.Register[parcel]).Get(t.Context(), ann, rec.ID)
			require.NoError(t, err)
			assert.Equal(t, rec, got)
		}), "\n")
		if how == "" {
			assert.Empty(t, said)
		} else {
			assert.Contains(t, said, how)
		}
	}
}
