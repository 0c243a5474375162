package register_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// zeros is a source of salt without chance.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

var _ io.Reader = zeros{}

// TestStoredFormStaysWhatItIs holds the stored bytes: data that was written once
// must be read, and verify, for ever. A change here needs a new format byte or
// entry type beside the old.
func TestStoredFormStaysWhatItIs(t *testing.T) {
	f := setup(t, mem(), func(o *register.Options[Ticket]) {
		o.Salt = zeros{}
		o.NewID = func() uuid.UUID { return uuid.MustParse("01a20ab1-6a44-7d16-8a93-b66d8a094d14") }
	})
	rec := f.create(Open{Title: "x", Deadline: start})
	f.do(rec.ID, Finish{Code: "done"}, Lock{On: true})
	f.tick(start.Add(10*day), 1)
	require.NoError(t, f.Erase(ctx, itsm.Actor{ID: "dpo", Tenant: "acme", Roles: []itsm.Role{"privacy"}}, rec.ID, 1, "asked"))

	d := f.body(rec.ID)
	assert.Equal(t, `{"id":"01a20ab1-6a44-7d16-8a93-b66d8a094d14","number":"TKT0000001","state":"done","since":"2026-03-02T09:00:02Z",`+
		`"revision":3,"opened":"2026-03-02T09:00:01Z","updated":"2026-03-02T09:00:03Z","title":"x","deadline":"2026-03-02T09:00:00Z",`+
		`"locked":true,"code":"done","tags":null}`, string(d.Body))
	assert.Equal(t, "01"+"0000000000000005"+"3497305ec5bda0600c4842d1e5b14fa952f2da4df688d434ac8477f2b59864be"+"0a"+hex.EncodeToString([]byte("auto-close")), hex.EncodeToString(d.Head))
	var payloads []string
	f.unit(f.backend.Read, func(ctx context.Context, tx store.Tx) error {
		entries, err := tx.History(ctx, store.HistoryQuery{Kind: "ticket", ID: rec.ID, Limit: 9})
		for _, e := range entries {
			assert.Equal(t, asDocumented(e), hex.EncodeToString(e.Hash))
			payloads = append(payloads, e.Type+" "+string(e.Payload))
		}
		return err
	})
	assert.Equal(t, []string{
		`event `,
		`event {"id":"01a20ab1-6a44-7d16-8a93-b66d8a094d14","number":"TKT0000001","revision":2,"name":"finish","v":1,"from":"open","to":"done","role":"agent",` +
			`"at":"2026-03-02T09:00:02Z","by":{"id":"ann","tenant":"acme","roles":["agent"]},"data":{"code":"done"}}`,
		`event {"id":"01a20ab1-6a44-7d16-8a93-b66d8a094d14","number":"TKT0000001","revision":3,"name":"lock","v":1,"from":"done","to":"done","role":"agent",` +
			`"at":"2026-03-02T09:00:03Z","by":{"id":"ann","tenant":"acme","roles":["agent"]},"data":{"on":true}}`,
		`refusal {"number":"TKT0000001","revision":3,"state":"done","at":"2026-03-12T09:00:00Z","by":{"id":"system","tenant":"acme","roles":["system"]},` +
			`"command":"close","data":{},"timer":"auto-close","rule":"unlocked","problem":"TKT0000001: close refused: unlocked: unlock it first"}`,
		`erasure {"place":1,"at":"2026-03-02T09:00:04Z","by":{"id":"dpo","tenant":"acme","roles":["privacy"]},"reason":"asked"}`,
	}, payloads)
}

// asDocumented is the hash of an entry as doc.go describes it.
func asDocumented(e store.Entry) string {
	part := func(b []byte) []byte { return append(binary.AppendUvarint(nil, uint64(len(b))), b...) }
	digest := e.Digest
	if !e.Erased {
		sum := sha256.Sum256(append(part(e.Salt), e.Payload...))
		digest = sum[:]
	}
	sum := sha256.Sum256(slices.Concat(
		[]byte("itsm journal 1\n"), part(e.Previous), part([]byte("acme")), part([]byte(e.Kind)), e.ID[:],
		binary.BigEndian.AppendUint64(nil, e.Revision), part([]byte(e.Type)),
		binary.BigEndian.AppendUint64(nil, uint64(e.Time.UnixMicro())), part(digest)))
	return hex.EncodeToString(sum[:])
}

// TestGoldenStoreFilesOpenForEver imports an export of every released version: it
// verifies, replays, is found and works on. The file of the version of today is
// also what is written today; write it with ITSM_UPDATE=1 when a new version begins,
// under a new name, and never change one that was released.
func TestGoldenStoreFilesOpenForEver(t *testing.T) {
	const today = "testdata/golden/export.v1.jsonl"
	from := newDesk(t, memory.New(), foretold())
	ids := from.fill()
	itsmtest.Golden(t, today, from.dump())
	files, err := filepath.Glob("testdata/golden/export.v*.jsonl")
	require.NoError(t, err)
	require.Contains(t, files, filepath.FromSlash(today))
	for _, name := range files {
		file, err := os.ReadFile(name)
		require.NoError(t, err)
		everywhere(t, func(t *testing.T, b store.Backend) {
			d := newDesk(t, b)
			d.mustLoad(file, &register.ImportOptions{Rebuild: true})
			if name == filepath.FromSlash(today) {
				require.Equal(t, string(file), string(d.dump()))
			}
			d.lives(from, ids)
		})
	}
	// One of everything is in it.
	file, err := os.ReadFile(today)
	require.NoError(t, err)
	for _, part := range []string{
		`"type":"event"`, `"type":"refusal"`, `"type":"erasure"`, `"type":"migration"`, `"erased":true`, `"previous":`,
		`{"record":{"kind":"case"`, `{"record":{"kind":"ticket"`, `"silent":["auto-close"]`, `{"key":{"kind":"case"`, `{"key":{"kind":"ticket"`,
		`"timer":"auto-close"`, `"by":{"id":"system"`, `"recorded":`, `"custom":{`, `"key \u003c1"`, `\u2028`,
	} {
		assert.Contains(t, string(file), part)
	}
}

// foretold leaves nothing to chance.
func foretold() func(*register.Options[Ticket]) {
	n := uint64(0)
	return func(o *register.Options[Ticket]) {
		o.Salt = zeros{}
		o.NewID = func() uuid.UUID {
			n++
			id := uuid.MustParse("01a20ab1-6a44-7d16-8a93-000000000000")
			binary.BigEndian.PutUint64(id[8:], 0x8a93<<48|n)
			return id
		}
	}
}
