package eventlog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/store"
)

// ResumeError says why a replay cannot go on from what a backend holds. Nothing
// was changed.
type ResumeError struct{ Problem string }

func (e *ResumeError) Error() string { return "the backend " + e.Problem }

// progressKind is the kind of the one document that says how far a replay is.
const progressKind = "replay.progress"

// progressFormat changes when what the document means does.
const progressFormat = 1

// progress says how far the replay in a backend is. It is written in the unit of
// the row that it counts, so that it is always right.
type progress struct {
	Format int    `json:"format"`
	Of     string `json:"of"` // the digest of log and mapping
	Rows   int    `json:"rows"`

	version store.Version // 0: not stored yet
	body    []byte        // what was written last, to be used again
}

func progressID() uuid.UUID { return replayID(0) }

// replayID is the nth id that a replay gives, a UUID of version 8. A replay that is
// begun again gives the same ones.
func replayID(n uint64) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[8:], n)
	id[6], id[8] = 0x80, 0x80
	return id
}

// digest stands for everything that a replay reads of a log and its mapping.
func digest(log *Log, m *Mapping) (string, error) {
	copied := *m
	copied.Source, copied.Notes = "", nil // for people
	mapping, err := json.Marshal(copied)
	if err != nil {
		return "", fmt.Errorf("mapping: %w", err)
	}
	h := sha256.New()
	var b []byte
	part := func(text string) {
		b = append(binary.AppendUvarint(b[:0], uint64(len(text))), text...)
		h.Write(b)
	}
	part(string(mapping))
	for _, text := range log.texts {
		part(text)
	}
	for i := range log.rows {
		row := &log.rows[i]
		b = binary.AppendUvarint(b[:0], uint64(row.Line))
		b = binary.AppendVarint(b, row.At.UnixMicro())
		for _, c := range row.cells {
			b = binary.AppendUvarint(b, uint64(c))
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// findProgress reads how far the replay of a log is in a backend: zero rows in one
// that holds nothing. What belongs to something else is a [ResumeError].
func findProgress(ctx context.Context, backend store.Backend, of string) (progress, error) {
	var found progress
	err := store.Retry(ctx, nil, func(ctx context.Context) error {
		return backend.Read(ctx, tenant, func(ctx context.Context, tx store.Tx) error {
			found = progress{Format: progressFormat, Of: of}
			d, err := tx.Get(ctx, store.GetParams{Kind: progressKind, ID: progressID()})
			if errors.Is(err, store.ErrNotFound) {
				n, err := tx.Count(ctx, store.Query{Kind: incident.Kind})
				if err == nil && n > 0 {
					err = &ResumeError{fmt.Sprintf("holds %d incidents that are not from a replay", n)}
				}
				return err
			}
			if err != nil {
				return err
			}
			return found.read(d)
		})
	})
	return found, err
}

func (p *progress) read(d store.Document) error {
	of := p.Of
	decoder := json.NewDecoder(bytes.NewReader(d.Body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(p)
	if err == nil {
		if _, after := decoder.Token(); after != io.EOF {
			err = errors.New("it goes on after the JSON value")
		}
	}
	switch {
	case err != nil:
		return &ResumeError{"holds a replay whose progress cannot be read: " + err.Error()}
	case p.Format != progressFormat:
		return &ResumeError{fmt.Sprintf("holds a replay that another version has begun (format %d, here %d)", p.Format, progressFormat)}
	case p.Of != of:
		return &ResumeError{"holds the replay of another log or mapping"}
	case p.Rows < 1:
		return &ResumeError{fmt.Sprintf("holds a replay whose progress is %d rows", p.Rows)}
	}
	p.version = d.Version
	return nil
}

// write says in a unit that so many rows are done, and returns the version to
// expect next. It comes first in the unit: a second replay that has written
// meanwhile is found before anything else goes wrong.
func (p *progress) write(ctx context.Context, tx store.Tx, rows int) (store.Version, error) {
	// By hand, as it is written for every row; read and tests hold it to be JSON.
	b := append(p.body[:0], `{"format":`...)
	b = strconv.AppendInt(b, int64(p.Format), 10)
	b = append(b, `,"of":"`...)
	b = append(b, p.Of...) // hexadecimal
	b = append(b, `","rows":`...)
	b = strconv.AppendInt(b, int64(rows), 10)
	p.body = append(b, '}')
	version, err := tx.Put(ctx, store.PutParams{Kind: progressKind, ID: progressID(), Expect: p.version, Body: p.body})
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrExists) {
		return 0, fmt.Errorf("another replay writes to this backend: %w", err)
	}
	return version, err
}
