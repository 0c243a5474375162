package register_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store/memory"
)

// benchRegister holds 1,000 tickets of about 600 bytes each.
func benchRegister(b *testing.B) (*register.Register[Ticket], []uuid.UUID) {
	r, err := register.New(memory.New(), process(b), nil)
	require.NoError(b, err)
	ctx := context.Background()
	var ids []uuid.UUID
	for i := range 1000 {
		rec, err := r.Create(ctx, ann, Open{
			Title: fmt.Sprintf("The mail of floor %d is down since this morning; several people have called, and the team on site "+
				"says that the printers of the same floor cannot be reached either", i),
			Group: "messaging", Slug: fmt.Sprint("slug-", i), Watchers: []string{"bob", "cyd"},
			Custom: map[string]itsm.Value{"site": itsm.TextValue("north"), "caller": itsm.TextValue("mary")},
		})
		require.NoError(b, err)
		ids = append(ids, rec.ID)
	}
	return r, ids
}

func BenchmarkDo(b *testing.B) {
	r, ids := benchRegister(b)
	ctx := context.Background()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		_, err := r.Do(ctx, ann, ids[i%len(ids)], Lock{On: i&1 == 0})
		if err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkGet(b *testing.B) {
	r, ids := benchRegister(b)
	ctx := context.Background()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := r.Get(ctx, ann, ids[i%len(ids)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkFind(b *testing.B) {
	r, _ := benchRegister(b)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range r.Find(context.Background(), ann, byGroup("messaging")) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 1000 {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/record")
}

// benchFile is the export of 1,000 tickets of one entry each.
func benchFile(b *testing.B) (*register.Register[Ticket], []byte) {
	r, _ := benchRegister(b)
	var out bytes.Buffer
	_, err := register.Export(context.Background(), &out, ann.Tenant, []register.Kind{r}, nil)
	require.NoError(b, err)
	return r, out.Bytes()
}

func BenchmarkExport(b *testing.B) {
	r, file := benchFile(b)
	b.ReportAllocs()
	for b.Loop() {
		_, err := register.Export(context.Background(), io.Discard, ann.Tenant, []register.Kind{r}, nil)
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/record")
	b.SetBytes(int64(len(file)))
}

func BenchmarkImport(b *testing.B) {
	_, file := benchFile(b)
	b.ReportAllocs()
	for b.Loop() {
		to, err := register.New(memory.New(), process(b), nil)
		if err == nil {
			_, err = register.Import(context.Background(), bytes.NewReader(file), ann.Tenant, []register.Kind{to}, nil)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/record")
	b.SetBytes(int64(len(file)))
}
