package histories

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// What programs work on: few enough of each for them to meet.
var (
	kinds   = [...]string{"k", "kk"}
	indexes = [...]string{"x", "xx"}
)

const (
	records  = 4
	sequence = "s"
)

// ref names a record.
type ref struct {
	kind string
	id   uuid.UUID
}

// world is what a tenant has, as a program should find it.
type world struct {
	documents map[ref]held
	journal   []store.Entry
	last      uint64 // number of the sequence
}

// held is a document with the terms it was put with.
type held struct {
	store.Document
	terms []store.Term
}

func newWorld() *world { return &world{documents: map[ref]held{}} }

func (w *world) clone() *world {
	return &world{maps.Clone(w.documents), slices.Clone(w.journal), w.last}
}

// refuses returns the sentinel that a Put deserves, or nil.
func (w *world) refuses(p store.PutParams) error {
	now := w.documents[ref{p.Kind, p.ID}].Version
	if now != p.Expect {
		if p.Expect == 0 {
			return store.ErrExists
		}
		return store.ErrConflict
	}
	for other, d := range w.documents {
		for _, t := range d.terms {
			same := func(ours store.Term) bool {
				return ours.Unique && ours.Index == t.Index && bytes.Equal(ours.Key, t.Key)
			}
			if other.kind == p.Kind && other.id != p.ID && t.Unique && slices.ContainsFunc(p.Terms, same) {
				return store.ErrExists
			}
		}
	}
	return nil
}

// find returns what a query finds, a line for each.
func (w *world) find(q store.Query) []string {
	type found struct {
		key []byte
		held
	}
	var all []found
	for r, d := range w.documents {
		if r.kind == q.Kind && q.Index == "" {
			all = append(all, found{nil, d})
		}
		for _, t := range d.terms {
			in := bytes.HasPrefix(t.Key, q.Prefix) && bytes.Compare(t.Key, q.From) >= 0 && (len(q.To) == 0 || bytes.Compare(t.Key, q.To) < 0)
			if r.kind == q.Kind && t.Index == q.Index && in {
				all = append(all, found{t.Key, d})
			}
		}
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Or(bytes.Compare(a.key, b.key), bytes.Compare(a.ID[:], b.ID[:])) })
	if q.Desc {
		slices.Reverse(all)
	}
	lines := []string{}
	for _, f := range all {
		lines = append(lines, documentText(f.Document))
	}
	return lines
}

// history returns the entries of a record, a line for each.
func (w *world) history(r ref) []string {
	lines := []string{}
	for _, e := range w.journal {
		if e.Kind == r.kind && e.ID == r.id {
			lines = append(lines, entryText(e))
		}
	}
	return lines
}

// lastRevision returns that of a record's last entry, or 0.
func (w *world) lastRevision(r ref) (last uint64) {
	for _, e := range w.journal {
		if e.Kind == r.kind && e.ID == r.id {
			last = e.Revision
		}
	}
	return last
}

// erase marks an entry erased and reports whether there is one.
func (w *world) erase(p store.EraseParams) bool {
	for i, e := range w.journal {
		if e.Kind == p.Kind && e.ID == p.ID && e.Revision == p.Revision {
			w.journal[i].Payload, w.journal[i].Salt, w.journal[i].Erased = nil, nil, true
			return true
		}
	}
	return false
}

func documentText(d store.Document) string {
	return fmt.Sprintf("%s %x version %d head %q body %q", d.Kind, d.ID[15], d.Version, d.Head, d.Body)
}

func entryText(e store.Entry) string {
	return fmt.Sprintf("%s %x revision %d %q %v payload %q salt %q digest %q erased %t",
		e.Kind, e.ID[15], e.Revision, e.Type, e.Time.UnixMicro(), e.Payload, e.Salt, e.Digest, e.Erased)
}

// differ returns an error unless two lists of lines are the same.
func differ(what string, got, want []string) error {
	if slices.Equal(got, want) {
		return nil
	}
	return fmt.Errorf("%s: got\n\t%s\nwant\n\t%s", what, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
}
