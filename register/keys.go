package register

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// A key of a call is a document of its own, written in the transaction of the
// command. It says which command had the key and which event was the result; the
// result itself is told from the journal.
const (
	keyKind  = ownPrefix + "key"
	keyIndex = ownPrefix + "key" // (kind, instant of use)
)

type keyJSON struct {
	Kind     string    `json:"kind"`
	Key      string    `json:"key"`
	Command  string    `json:"command"` // fingerprint
	ID       uuid.UUID `json:"id"`      // of the record
	Revision int       `json:"revision"`
	At       time.Time `json:"at"`
}

// parseKey reads a key in the one form in which it is written.
func parseKey(d store.Document) (keyJSON, error) {
	var k keyJSON
	if err := strictJSON(d.Body, &k); err != nil {
		return k, err
	}
	again, err := json.Marshal(k)
	if err == nil && !bytes.Equal(again, d.Body) {
		err = errors.New("it is not in the form in which it was written")
	}
	return k, err
}

// params is the document of a key.
func (k *keyJSON) params(id uuid.UUID, body []byte) store.PutParams {
	term := appendKey(nil, itsm.Key{itsm.TextValue(k.Kind), itsm.InstantValue(k.At)})
	return store.PutParams{Kind: keyKind, ID: id, Body: body, Terms: []store.Term{{Index: keyIndex, Key: term}}}
}

// keyID is where the key of a kind is kept.
func (c *core[R]) keyID(key string) uuid.UUID {
	sum := sha256.Sum256(appendPart(appendPart([]byte("itsm key 1\n"), c.kind), key))
	id := uuid.UUID(sum[:16])
	id[6] = id[6]&0x0f | 0x80 // version 8: of the application's own making
	id[8] = id[8]&0x3f | 0x80
	return id
}

// fingerprint is equal for the same command of the same actor to the same record.
// Roles are left out: they may change between a call and its repetition.
func (q *request[R]) fingerprint() string {
	b := appendPart([]byte("itsm command 1\n"), q.by.ID)
	if !q.birth {
		b = appendPart(b, q.id[:])
	} else {
		b = appendPart(b, "")
	}
	b = appendPart(b, q.prepared.name)
	b = binary.AppendUvarint(b, uint64(q.prepared.version))
	b = appendPart(b, q.prepared.data)
	b = binary.AppendUvarint(b, uint64(q.call.IfRevision))
	if !q.call.At.IsZero() {
		b = binary.BigEndian.AppendUint64(b, uint64(q.call.At.UnixMicro()))
	}
	b = appendPart(b, q.call.Reason)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// repeated gives the result of the command that used the key before.
func (u *unit[R]) repeated(q request[R]) (Outcome[R], bool, error) {
	d, err := u.tx.Get(u.ctx, store.GetParams{Kind: keyKind, ID: u.keyID(q.call.Key)})
	if errors.Is(err, store.ErrNotFound) {
		return Outcome[R]{}, false, nil
	}
	if err != nil {
		return Outcome[R]{}, false, err
	}
	k, err := parseKey(d)
	if err != nil {
		return Outcome[R]{}, false, &BodyError{Kind: keyKind, ID: d.ID, Err: err}
	}
	if k.Kind != u.kind || k.Key != q.call.Key || k.Command != q.fingerprint() {
		return Outcome[R]{}, false, &KeyError{Kind: u.kind, Key: q.call.Key, ID: k.ID}
	}
	record, last, err := u.replay(k.ID, k.Revision)
	return Outcome[R]{Record: record, Event: last, Repeated: true}, true, err
}

// remember keeps what became of the command under its key.
func (u *unit[R]) remember(q request[R], e itsm.Event[R]) error {
	at := itsm.Normal(u.options.Now())
	k := keyJSON{u.kind, q.call.Key, q.fingerprint(), e.ID, e.Revision, at}
	body, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("register: the key cannot be written: %w", err)
	}
	if _, err = u.tx.Put(u.ctx, k.params(u.keyID(k.Key), body)); err != nil {
		return &fatalError{err}
	}
	return nil
}

// ForgetKeys forgets up to limit of the keys of [Call] that a tenant used before
// an instant, oldest first, and says how many. A command repeated under a
// forgotten key happens again, so the instant lies further back than anybody
// repeats.
func (r *Register[R]) ForgetKeys(ctx context.Context, tenant string, before time.Time, limit int) (int, error) {
	if err := r.checkTenant(tenant); err != nil {
		return 0, err
	}
	if limit < 1 {
		return 0, &itsm.FieldError{Field: "limit", Problem: fmt.Sprintf("is %d; give at least 1", limit)}
	}
	prefix := appendValue(nil, itsm.TextValue(r.kind))
	forgotten := 0
	err := r.write(ctx, tenant, func(ctx context.Context, tx store.Tx) error {
		forgotten = 0
		page, err := tx.Page(ctx, store.Query{
			Kind: keyKind, Index: keyIndex, Prefix: prefix,
			To: appendValue(prefix[:len(prefix):len(prefix)], itsm.InstantValue(before)), Limit: limit,
		})
		if err != nil {
			return err
		}
		for _, d := range page.Documents {
			if err := tx.Delete(ctx, store.DeleteParams{Kind: keyKind, ID: d.ID, Expect: d.Version}); err != nil {
				return err
			}
			forgotten++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return forgotten, nil
}
