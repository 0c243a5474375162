package register_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
)

// forger is a backend whose histories somebody has been at.
type forger struct {
	store.Backend
	forge func([]store.Entry) []store.Entry
}

func (b *forger) Read(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	return b.Backend.Read(ctx, t, func(ctx context.Context, tx store.Tx) error {
		return fn(ctx, forgedTx{tx, b.forge})
	})
}

type forgedTx struct {
	store.Tx
	forge func([]store.Entry) []store.Entry
}

func (tx forgedTx) History(ctx context.Context, q store.HistoryQuery) ([]store.Entry, error) {
	all, err := tx.Tx.History(ctx, store.HistoryQuery{Kind: q.Kind, ID: q.ID, Limit: 1000})
	if err != nil {
		return nil, err
	}
	if tx.forge != nil {
		all = tx.forge(all)
	}
	all = slices.DeleteFunc(all, func(e store.Entry) bool { return e.Revision <= q.After })
	return all[:min(len(all), q.Limit)], nil
}

func TestR30_ChainVerifiesFromItsBeginning(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		forged := &forger{Backend: b}
		f := setup(t, forged)
		rec := f.create(Open{Title: "x"})
		other := f.create(Open{Title: "other"})
		for i := range 150 { // several pages
			f.do(rec.ID, Lock{On: i%2 == 0})
		}
		seal, err := f.Verify(ctx, ann, rec.ID)
		require.NoError(t, err)
		assert.EqualValues(t, 151, seal.Entries)
		assert.Len(t, seal.Hash, 32)

		type forgery struct {
			forge func([]store.Entry) []store.Entry
			place uint64
		}
		change := func(i int, edit func(*store.Entry)) forgery {
			return forgery{func(list []store.Entry) []store.Entry { edit(&list[i]); return list }, uint64(i) + 1}
		}
		drop := func(i int) forgery {
			return forgery{func(list []store.Entry) []store.Entry { return slices.Delete(list, i, i+1) }, uint64(i) + 1}
		}
		renumber := func(list []store.Entry) []store.Entry {
			for i := range list {
				list[i].Revision = uint64(i) + 1
			}
			return list
		}
		flip := func(b []byte) []byte { b = bytes.Clone(b); b[0] ^= 1; return b }
		for name, c := range map[string]forgery{
			"removal of the first": drop(0),
			"removal":              drop(120),
			"removal, renumbered":  {func(l []store.Entry) []store.Entry { return renumber(slices.Delete(l, 5, 6)) }, 6},
			"change of payload":    change(7, func(e *store.Entry) { e.Payload = bytes.Replace(e.Payload, []byte("ann"), []byte("eve"), 1) }),
			"change, sealed again": {func(l []store.Entry) []store.Entry {
				e := &l[7]
				e.Payload = bytes.Replace(e.Payload, []byte("ann"), []byte("eve"), 1)
				digest := sha256.Sum256(slices.Concat([]byte{byte(len(e.Salt))}, e.Salt, e.Payload))
				e.Digest = digest[:]
				e.Hash, _ = hex.DecodeString(asDocumented(*e))
				return l
			}, 9},
			"change of salt":         change(7, func(e *store.Entry) { e.Salt = flip(e.Salt) }),
			"salt into payload":      change(7, func(e *store.Entry) { e.Payload = append(e.Salt[15:], e.Payload...); e.Salt = e.Salt[:15] }),
			"change of digest":       change(7, func(e *store.Entry) { e.Digest = flip(e.Digest) }),
			"erased and changed":     change(7, func(e *store.Entry) { e.Erased = true; e.Payload, e.Salt = nil, nil; e.Digest = flip(e.Digest) }),
			"change of time":         change(7, func(e *store.Entry) { e.Time = e.Time.Add(1000) }),
			"change of type":         change(7, func(e *store.Entry) { e.Type = "refusal" }),
			"change of kind":         change(7, func(e *store.Entry) { e.Kind = "case" }),
			"change of id":           change(7, func(e *store.Entry) { e.ID = uuid.Max }),
			"change of hash":         change(7, func(e *store.Entry) { e.Hash = flip(e.Hash) }),
			"change of previous":     change(7, func(e *store.Entry) { e.Previous = flip(e.Previous) }),
			"previous of the first":  change(0, func(e *store.Entry) { e.Previous = e.Hash }),
			"reordering":             {func(l []store.Entry) []store.Entry { l[3], l[4] = l[4], l[3]; return l }, 4},
			"reordering, renumbered": {func(l []store.Entry) []store.Entry { l[3], l[4] = l[4], l[3]; return renumber(l) }, 4},
			"truncation":             {func(l []store.Entry) []store.Entry { return l[:150] }, 151},
			"truncation to nothing":  {func(l []store.Entry) []store.Entry { return nil }, 1},
			"a copy at the end": {func(l []store.Entry) []store.Entry {
				return append(slices.Clone(l), store.Entry{Revision: 152, Previous: l[150].Hash})
			}, 152},
		} {
			forged.forge = c.forge
			_, err := f.Verify(ctx, ann, rec.ID)
			require.ErrorIs(t, err, register.ErrTampered, name)
			tampered := requireAs[*register.TamperError](t, err)
			assert.Equal(t, c.place, tampered.Place, name)
			assert.Contains(t, err.Error(), tampered.Problem)
			switch name {
			case "removal":
				assert.Equal(t, "is missing; the next is 122", tampered.Problem)
			case "truncation":
				assert.Equal(t, "is missing; the record was sealed with 151", tampered.Problem)
			}
		}
		// Another record's journal, whole and unbroken, is not this one's; neither is
		// one of another tenant.
		forged.forge = nil
		f.unit(b.Read, func(ctx context.Context, tx store.Tx) error {
			theirs, err := tx.History(ctx, store.HistoryQuery{Kind: "ticket", ID: other.ID, Limit: 9})
			if err == nil {
				forged.forge = func([]store.Entry) []store.Entry { return slices.Clone(theirs) }
			}
			return err
		})
		_, err = f.Verify(ctx, ann, rec.ID)
		require.ErrorIs(t, err, register.ErrTampered)

		forged.forge = nil
		_, err = f.Verify(ctx, ann, rec.ID)
		require.NoError(t, err)
		sealed := f.body(rec.ID).Head
		f.tamper(rec.ID, func(p *store.PutParams) { p.Head = f.body(other.ID).Head })
		_, err = f.Verify(ctx, ann, rec.ID)
		require.ErrorIs(t, err, register.ErrTampered)
		f.tamper(rec.ID, func(p *store.PutParams) { p.Head = slices.Concat(sealed[:40], flip(sealed[40:])) })
		_, err = f.Verify(ctx, ann, rec.ID)
		require.ErrorIs(t, err, register.ErrTampered)
		f.tamper(rec.ID, func(p *store.PutParams) { p.Head = nil })
		_, err = f.Verify(ctx, ann, rec.ID)
		require.ErrorIs(t, err, register.ErrTampered)
	})
}

func TestSealMovesWithEveryEntry(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		seen := map[string]bool{}
		for range 5 {
			seal, err := f.Verify(ctx, ann, rec.ID)
			require.NoError(t, err)
			assert.False(t, seen[string(seal.Hash)])
			seen[string(seal.Hash)] = true
			f.do(rec.ID, Lock{})
		}
	})
}

func TestErase(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		dpo := itsm.Actor{ID: "dpo", Tenant: "acme", Roles: []itsm.Role{"privacy"}}
		rec := f.create(Open{Title: "secret", Slug: "s"})
		f.do(rec.ID, Edit{Title: "harmless"}, Finish{Code: "x"})
		f.tick(start.Add(10*day), 1)
		before := f.get(rec.ID)
		require.Equal(t, closed, before.State)

		err := f.Erase(ctx, ann, rec.ID, 1, "on request")
		assert.Equal(t, itsm.RuleRole, requireAs[*itsm.TransitionError](t, err).Rule)
		for _, err := range []error{
			f.Erase(ctx, dpo, rec.ID, 1, " "), f.Erase(ctx, dpo, rec.ID, 0, "x"),
			f.Erase(ctx, itsm.Actor{Tenant: "acme", Roles: dpo.Roles}, rec.ID, 1, "x"),
		} {
			require.ErrorIs(t, err, itsm.ErrInvalid)
		}
		require.ErrorIs(t, f.Erase(ctx, dpo, rec.ID, 99, "x"), store.ErrNotFound)
		require.ErrorIs(t, f.Erase(ctx, dpo, uuid.Max, 1, "x"), store.ErrNotFound)

		require.NoError(t, f.Erase(ctx, dpo, rec.ID, 1, "on request"))
		require.NoError(t, f.Erase(ctx, dpo, rec.ID, 1, "on request"), "again changes nothing")
		require.ErrorIs(t, f.Erase(ctx, dpo, rec.ID, 5, "x"), itsm.ErrInvalid, "the note of it stays")

		assert.Equal(t, before, f.get(rec.ID), "the record stays, closed as it is (R5)")
		byNumber, err := f.ByNumber(ctx, ann, rec.Number)
		require.NoError(t, err)
		assert.Equal(t, before, byNumber, "and is found")
		history := f.history(rec.ID)
		require.Len(t, history, 5)
		assert.True(t, history[0].Erased)
		assert.Nil(t, history[0].Event)
		assert.Equal(t, rec.Opened, history[0].Time)
		note := history[4].Erasure
		assert.Equal(t, register.Erasure{Place: 1, At: before.Updated, By: dpo, Reason: "on request"}, *note)

		seal, err := f.Verify(ctx, ann, rec.ID)
		require.NoError(t, err)
		assert.EqualValues(t, 5, seal.Entries)
		_, err = f.Replay(ctx, ann, rec.ID)
		require.ErrorIs(t, err, register.ErrErased)
		assert.Equal(t, register.ErasedError{Kind: "ticket", ID: rec.ID, Place: 1}, *requireAs[*register.ErasedError](t, err))

		// Nothing of the content is left anywhere in the journal.
		for _, e := range f.journal() {
			assert.NotContains(t, string(e.Payload), "secret")
		}
	})
}

func TestNobodyErasesUnlessTheHostSaysWho(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b, func(o *register.Options[Ticket]) { o.Erasers = nil })
		rec := f.create(Open{Title: "x"})
		require.ErrorIs(t, f.Erase(ctx, ann, rec.ID, 1, "x"), itsm.ErrRefused)
	})
}

func TestDecodeEntryFollowsATenantsJournal(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		f.do(rec.ID, Finish{Code: "x"}, Lock{On: true})
		f.tick(start.Add(10*day), 1)
		entries := f.journal()
		var types []string
		for _, e := range entries {
			entry, err := f.DecodeEntry(e)
			require.NoError(t, err)
			assert.Equal(t, rec.ID, entry.ID)
			types = append(types, entry.Type)
		}
		assert.Equal(t, []string{"event", "event", "event", "refusal"}, types)
		for name, change := range map[string]func(*store.Entry){
			"kind":    func(e *store.Entry) { e.Kind = "case" },
			"type":    func(e *store.Entry) { e.Type = "rumour" },
			"payload": func(e *store.Entry) { e.Payload = []byte("{}") },
			"refusal": func(e *store.Entry) { e.Type = "refusal"; e.Payload = []byte(`{"x":1}`) },
			"erasure": func(e *store.Entry) { e.Type = "erasure"; e.Payload = []byte(`{} {}`) },
		} {
			e := entries[0]
			change(&e)
			_, err := f.DecodeEntry(e)
			require.ErrorIs(t, err, register.ErrUnreadable, name)
			assert.True(t, strings.Contains(err.Error(), "entry 1"), err)
		}
	})
}

func TestSaltThatRunsDry(t *testing.T) {
	f := setup(t, mem(), func(o *register.Options[Ticket]) { o.Salt = strings.NewReader("only sixteen, no") })
	rec := f.create(Open{Title: "x"})
	_, err := f.Do(ctx, ann, rec.ID, Lock{On: true})
	require.ErrorContains(t, err, "salt")
	assert.Equal(t, 1, f.get(rec.ID).Revision)
}
