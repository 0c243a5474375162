package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// term is a store.Term whose index is a space.
type term struct {
	space  int64
	key    []byte
	unique bool
	index  string // not stored
}

func compareTerms(a, b term) int {
	return cmp.Or(cmp.Compare(a.space, b.space), bytes.Compare(a.key, b.key))
}

// readTerms sets tx.terms to the terms of a kind, in order, and tx.pack to what is
// kept of them with the document.
func (tx *tx) readTerms(kind string, terms []store.Term) error {
	tx.terms = tx.terms[:0]
	for _, t := range terms {
		space, err := tx.makeSpace(kind, t.Index)
		if err != nil {
			return err
		}
		tx.terms = append(tx.terms, term{space, notNull(t.Key), t.Unique, t.Index})
	}
	slices.SortFunc(tx.terms, compareTerms)
	tx.pack = packTerms(tx.pack[:0], tx.terms)
	return nil
}

// packTerms appends terms that are in order: of each the space, the length of
// the key twice over with the lowest bit for a unique one, and the key.
func packTerms(b []byte, terms []term) []byte {
	for _, t := range terms {
		b = binary.AppendUvarint(b, uint64(t.space))
		length := uint64(len(t.key)) << 1
		if t.unique {
			length |= 1
		}
		b = binary.AppendUvarint(b, length)
		b = append(b, t.key...)
	}
	return b
}

// unpackTerms appends what packTerms was given. The keys share memory with b.
func unpackTerms(terms []term, b []byte) ([]term, error) {
	for len(b) > 0 {
		space, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errTerms()
		}
		b = b[n:]
		length, n := binary.Uvarint(b)
		if n <= 0 || length>>1 > uint64(len(b)-n) {
			return nil, errTerms()
		}
		b = b[n:]
		key := b[: length>>1 : length>>1]
		b = b[length>>1:]
		terms = append(terms, term{space: int64(space), key: key, unique: length&1 == 1})
	}
	return terms, nil
}

func errTerms() error { return errors.New("the terms of a document are damaged") }

// changes calls each for the terms that only one of tx.old and tx.terms has, in
// order. A term that becomes unique, or no longer is, goes and comes.
func (tx *tx) changes(each func(t *term, comes bool) error) error {
	i, j := 0, 0
	for i < len(tx.old) || j < len(tx.terms) {
		c := 1
		switch {
		case j == len(tx.terms):
			c = -1
		case i < len(tx.old):
			c = compareTerms(tx.old[i], tx.terms[j])
		}
		same := c == 0 && tx.old[i].unique == tx.terms[j].unique
		if c <= 0 {
			if !same {
				if err := each(&tx.old[i], false); err != nil {
					return err
				}
			}
			i++
		}
		if c >= 0 {
			if !same {
				if err := each(&tx.terms[j], true); err != nil {
					return err
				}
			}
			j++
		}
	}
	return nil
}

// taken returns the error to refuse p with if one of the new terms is unique and
// held by another document. Those that stay cannot be.
func (tx *tx) taken(p store.PutParams) (refused, err error) {
	err = tx.changes(func(t *term, comes bool) error {
		if !comes || !t.unique || refused != nil {
			return nil
		}
		return tx.run.query(context.Background(), findHolder, func(v []driver.Value) {
			if holder := identity(v[0]); holder != p.ID {
				refused = &store.ExistsError{
					Kind: p.Kind, ID: p.ID, Index: t.index, Key: bytes.Clone(t.key), Holder: holder,
				}
			}
		}, t.space, t.key)
	})
	return refused, err
}

// reindex makes the rows of a document's terms those of tx.terms. What stays is
// not touched.
func (tx *tx) reindex(document int64, id uuid.UUID) error {
	tx.rows = tx.rows[:0]
	err := tx.changes(func(t *term, comes bool) error {
		if !comes {
			_, err := tx.run.exec(context.Background(), removeTerm, t.space, t.key, id[:])
			return err
		}
		unique := int64(0)
		if t.unique {
			unique = 1
		}
		tx.rows = append(tx.rows, t.space, t.key, id[:], document, unique)
		return nil
	})
	// In few statements: each costs as much as a row.
	const columns = 5
	rows := tx.rows
	for s := addTerms8; err == nil && len(rows) > 0; {
		n := columns << (s - addTerm)
		if len(rows) < n {
			s--
			continue
		}
		_, err = tx.run.exec(context.Background(), s, rows[:n]...)
		rows = rows[n:]
	}
	return err
}
