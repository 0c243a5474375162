package benchmarks

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// Incidents that are kept, and how often one is changed at most while it is
// measured.
const (
	keptOnDisk = 5_000
	steps      = 30_000
)

var noted = itsm.Actor{ID: "bob", Tenant: "acme", Roles: []itsm.Role{incident.Agent}}

// incidentsIn makes the same incidents in any backend: clock, ids and salts are
// counted. It returns how to take the nth step.
func incidentsIn(tb testing.TB, backend store.Backend) func(n int) error {
	tb.Helper()
	process, err := incident.Process(nil)
	if err != nil {
		tb.Fatal(err)
	}
	count := 0
	r, err := register.New(backend, process, &register.Options[incident.Incident]{
		Now: func() time.Time { count++; return noon.Add(time.Duration(count) * time.Millisecond) },
		NewID: func() uuid.UUID {
			count++
			var id uuid.UUID
			binary.BigEndian.PutUint64(id[:], uint64(count))
			binary.BigEndian.PutUint64(id[8:], uint64(count)*0x9e3779b97f4a7c15)
			return id
		},
		Salt: bytes.NewReader(make([]byte, 16*(keptOnDisk+steps))),
	})
	if err != nil {
		tb.Fatal(err)
	}
	ctx := context.Background()
	var ids []uuid.UUID
	for len(ids) < keptOnDisk {
		n := len(ids)
		inc, err := r.Create(ctx, noted, incident.Report{
			Title: "Mail is down on the third floor since this morning", Description: text(400), Service: itsm.Ref{Kind: "service", ID: fmt.Sprint("mail ", n%20)},
			Caller: fmt.Sprint("ann ", n%300), Category: "messaging", Subcategory: "delivery", Impact: itsm.High, Urgency: itsm.High,
		})
		if err != nil {
			tb.Fatal(err)
		}
		ids = append(ids, inc.ID)
	}
	return func(n int) error {
		_, err := r.Do(ctx, noted, ids[n*7919%keptOnDisk], incident.Assign{
			Group: "messaging", To: fmt.Sprint("agent ", n*31%200), Escalate: true, Reason: text(300),
		})
		return err
	}
}

func text(n int) string { return string(bytes.Repeat([]byte("so on and "), n/10)) }

// written is what one step puts and appends.
type written struct {
	put   store.PutParams
	entry store.Entry
	goes  []store.Term // of the terms before
	comes []store.Term
}

// recorder is a backend in memory that notes what is written.
type recorder struct {
	*memory.Backend
	steps []written
}

type recorderTx struct {
	store.Tx
	r *recorder
}

func (r *recorder) Write(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	return r.Backend.Write(ctx, t, func(ctx context.Context, tx store.Tx) error {
		return fn(ctx, &recorderTx{tx, r})
	})
}

func (tx *recorderTx) Put(ctx context.Context, p store.PutParams) (store.Version, error) {
	kept := p
	kept.Head, kept.Body, kept.Terms = bytes.Clone(p.Head), bytes.Clone(p.Body), nil
	for _, t := range p.Terms {
		t.Key = bytes.Clone(t.Key)
		kept.Terms = append(kept.Terms, t)
	}
	tx.r.steps = append(tx.r.steps, written{put: kept})
	return tx.Tx.Put(ctx, p)
}

func (tx *recorderTx) Append(ctx context.Context, entries ...store.Entry) error {
	tx.r.steps[len(tx.r.steps)-1].entry = entries[0]
	return tx.Tx.Append(ctx, entries...)
}

// record returns what the steps write, after the incidents were made.
func record(tb testing.TB) []written {
	tb.Helper()
	r := &recorder{Backend: memory.New()}
	step := incidentsIn(tb, r)
	for n := range steps {
		if err := step(n); err != nil {
			tb.Fatal(err)
		}
	}
	same := func(a, b store.Term) bool {
		return a.Index == b.Index && a.Unique == b.Unique && bytes.Equal(a.Key, b.Key)
	}
	without := func(terms, others []store.Term) (list []store.Term) {
		for _, t := range terms {
			if !slices.ContainsFunc(others, func(o store.Term) bool { return same(t, o) }) {
				list = append(list, t)
			}
		}
		return list
	}
	before := map[uuid.UUID][]store.Term{}
	for i := range r.steps {
		w := &r.steps[i]
		w.goes, w.comes = without(before[w.put.ID], w.put.Terms), without(w.put.Terms, before[w.put.ID])
		before[w.put.ID] = w.put.Terms
	}
	return r.steps[keptOnDisk:]
}

// byHand is a program that has only this to do: its statements, prepared once on
// one connection, its names already numbers, the terms to change already known.
type byHand struct {
	db         *sql.DB
	conn       *sql.Conn
	statements []*sql.Stmt
	spaces     map[string]int64 // of the kind and its indexes
	place      int64
}

const (
	handBegin = iota
	handCommit
	handGet
	handLoad
	handUpdate
	handRemove
	handAdd
	handJournal
)

func newByHand(tb testing.TB, path string, synchronous sqlite.Synchronous) *byHand {
	tb.Helper()
	must := func(err error) {
		if err != nil {
			tb.Fatal(err)
		}
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(16384)&_synchronous="+string(synchronous))
	must(err)
	tb.Cleanup(func() { db.Close() })
	h := &byHand{db: db, spaces: map[string]int64{}}
	h.conn, err = db.Conn(context.Background())
	must(err)
	tb.Cleanup(func() { h.conn.Close() })
	for _, text := range []string{
		handBegin:   "BEGIN IMMEDIATE",
		handCommit:  "COMMIT",
		handGet:     "SELECT version, head, body FROM itsm_documents WHERE space = ? AND id = ?",
		handLoad:    "SELECT document, version, head, body FROM itsm_documents WHERE space = ? AND id = ?",
		handUpdate:  "UPDATE itsm_documents SET version = ?, head = ?, terms = ?, body = ? WHERE document = ? AND version = ?",
		handRemove:  "DELETE FROM itsm_terms WHERE space = ? AND key = ? AND id = ?",
		handAdd:     "INSERT INTO itsm_terms (space, key, id, document, is_unique) VALUES (?, ?, ?, ?, ?)",
		handJournal: "INSERT INTO itsm_journal (place, space, id, revision, type, time, erased, salt, digest, previous, hash, payload) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)",
	} {
		s, err := h.conn.PrepareContext(context.Background(), text)
		must(err)
		h.statements = append(h.statements, s)
	}
	rows, err := h.conn.QueryContext(context.Background(), "SELECT name, space FROM itsm_spaces WHERE kind != ''")
	must(err)
	defer rows.Close()
	for rows.Next() {
		var name string
		var space int64
		must(rows.Scan(&name, &space))
		h.spaces[name] = space
	}
	must(rows.Err())
	must(h.conn.QueryRowContext(context.Background(), "SELECT max(place) FROM itsm_journal").Scan(&h.place))
	return h
}

// step writes what a step of the register writes.
func (h *byHand) step(w *written) error {
	ctx := context.Background()
	if _, err := h.statements[handBegin].ExecContext(ctx); err != nil {
		return err
	}
	kind, id := h.spaces[""], w.put.ID[:]
	var document, version int64
	var head, body []byte
	if err := h.statements[handLoad].QueryRowContext(ctx, kind, id).Scan(&document, &version, &head, &body); err != nil {
		return err
	}
	var terms []byte // the adapter keeps them with the document
	for _, t := range w.put.Terms {
		terms = append(terms, byte(h.spaces[t.Index]), byte(len(t.Key)))
		terms = append(terms, t.Key...)
	}
	result, err := h.statements[handUpdate].ExecContext(ctx, version+1, w.put.Head, terms, w.put.Body, document, version)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("%d rows of %s: %w", n, w.put.ID, err)
	}
	for _, t := range w.goes {
		if _, err := h.statements[handRemove].ExecContext(ctx, h.spaces[t.Index], t.Key, id); err != nil {
			return err
		}
	}
	for _, t := range w.comes {
		if _, err := h.statements[handAdd].ExecContext(ctx, h.spaces[t.Index], t.Key, id, document, t.Unique); err != nil {
			return err
		}
	}
	h.place++
	e := &w.entry
	if _, err := h.statements[handJournal].ExecContext(ctx, h.place, kind, id, int64(e.Revision), e.Type, e.Time.UnixMicro(),
		e.Salt, e.Digest, e.Previous, e.Hash, e.Payload); err != nil {
		return err
	}
	_, err = h.statements[handCommit].ExecContext(ctx)
	return err
}

// BenchmarkDoSQLite is one change of an incident with its journal entry, in one
// transaction on a file: through a register, and by hand. Compare them after as
// many steps, -benchtime 15000x: the log grows to its full length first.
func BenchmarkDoSQLite(b *testing.B) {
	recorded := record(b)
	for _, synchronous := range []sqlite.Synchronous{sqlite.Normal, sqlite.Full} {
		run := func(impl string, step func(b *testing.B) func(n int) error) {
			b.Run("sync="+string(synchronous)+"/impl="+impl, func(b *testing.B) {
				take := step(b)
				b.ReportAllocs()
				for n := 0; b.Loop(); n++ {
					if n == steps {
						b.Fatalf("more than %d steps; give a shorter -benchtime", steps)
					}
					if err := take(n); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		run("itsm", func(b *testing.B) func(n int) error {
			_, take := onDisk(b, filepath.Join(b.TempDir(), "itsm.db"), synchronous)
			return take
		})
		run("by-hand", func(b *testing.B) func(n int) error {
			path := filepath.Join(b.TempDir(), "itsm.db")
			backend, _ := onDisk(b, path, sqlite.Normal)
			if err := backend.Close(); err != nil {
				b.Fatal(err)
			}
			hand := newByHand(b, path, synchronous)
			return func(n int) error { return hand.step(&recorded[n]) }
		})
	}
}

// onDisk makes the incidents in a file.
func onDisk(b *testing.B, path string, synchronous sqlite.Synchronous) (*sqlite.Backend, func(n int) error) {
	backend, err := sqlite.Open(b.Context(), path, &sqlite.Options{Synchronous: synchronous})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { backend.Close() })
	return backend, incidentsIn(b, backend)
}

// BenchmarkGetSQLite is one document by its id: within a unit that is at work, and
// in a unit of its own.
func BenchmarkGetSQLite(b *testing.B) {
	path := filepath.Join(b.TempDir(), "itsm.db")
	backend, _ := onDisk(b, path, sqlite.Normal)
	var ids []uuid.UUID
	ctx := context.Background()
	read := func(fn func(context.Context, store.Tx) error) {
		if err := backend.Read(ctx, "acme", fn); err != nil {
			b.Fatal(err)
		}
	}
	read(func(ctx context.Context, tx store.Tx) error {
		page, err := tx.Page(ctx, store.Query{Kind: incident.Kind, Limit: keptOnDisk})
		for _, d := range page.Documents {
			ids = append(ids, d.ID)
		}
		return err
	})
	id := func(n int) uuid.UUID { return ids[n*7919%len(ids)] }
	b.Run("in=unit/impl=itsm", func(b *testing.B) {
		read(func(ctx context.Context, tx store.Tx) error {
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				if _, err := tx.Get(ctx, store.GetParams{Kind: incident.Kind, ID: id(n)}); err != nil {
					return err
				}
			}
			return nil
		})
	})
	b.Run("in=own/impl=itsm", func(b *testing.B) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			read(func(ctx context.Context, tx store.Tx) error {
				_, err := tx.Get(ctx, store.GetParams{Kind: incident.Kind, ID: id(n)})
				return err
			})
		}
	})
	hand := newByHand(b, path, sqlite.Normal)
	byHand := func(b *testing.B, n int) {
		id := id(n)
		var version int64
		var head, body []byte
		if err := hand.statements[handGet].QueryRowContext(ctx, hand.spaces[""], id[:]).Scan(&version, &head, &body); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("in=unit/impl=by-hand", func(b *testing.B) {
		tx, err := hand.conn.BeginTx(ctx, nil)
		if err != nil {
			b.Fatal(err)
		}
		defer tx.Rollback()
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			byHand(b, n)
		}
	})
	b.Run("in=own/impl=by-hand", func(b *testing.B) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			tx, err := hand.conn.BeginTx(ctx, nil)
			if err != nil {
				b.Fatal(err)
			}
			byHand(b, n)
			if err := tx.Commit(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
