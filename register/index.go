package register

import (
	"bytes"
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// The indexes that a register adds to those of its process.
const (
	numberIndex = ownPrefix + "number" // unique: one record has a number
	dueIndex    = ownPrefix + "due"    // (instant, timer) of each running timer that is not silent

	// severalIndex holds a process's index under its name if the record has more
	// than one key there. Only then can a range of that index hold a record
	// twice, which Count has to know.
	severalIndex = ownPrefix + "several"
)

// terms are the index terms of a record. They share memory with the scratch and
// hold until it is next used.
func (c *core[R]) terms(s *scratch, rec *R, silent *seal) ([]store.Term, error) {
	s.terms, s.keys = s.terms[:0], s.keys[:0]
	s.addTerm(numberIndex, true, itsm.TextValue(head(rec).Number))
	for i := range c.indexes {
		index := &c.indexes[i]
		first := len(s.terms)
		for _, key := range index.Keys(rec) {
			s.addTerm(index.Name, index.Unique, key...)
		}
		for _, t := range s.terms[first:] {
			if len(t.Key) > store.MaxKey {
				return nil, &itsm.FieldError{Field: "index." + index.Name, Problem: fmt.Sprintf("would have a key of %d bytes; %d are the most. Index a shorter text", len(t.Key), store.MaxKey)}
			}
		}
		if len(s.terms) > first+1 {
			s.addTerm(severalIndex, false, itsm.TextValue(index.Name))
		}
	}
	for _, due := range c.lc.Due(rec) {
		if !silent.isSilent(due.Timer) {
			s.addTerm(dueIndex, false, itsm.InstantValue(due.At), itsm.TextValue(due.Timer))
		}
	}
	return s.terms, nil
}

// addTerm adds a term unless the record has it already, as it may when somebody
// is on a list twice.
func (s *scratch) addTerm(index string, unique bool, key ...itsm.Value) {
	start := len(s.keys)
	s.keys = appendKey(s.keys, key)
	encoded := s.keys[start:len(s.keys):len(s.keys)]
	for i := len(s.terms) - 1; i >= 0 && s.terms[i].Index == index; i-- {
		if bytes.Equal(s.terms[i].Key, encoded) {
			s.keys = s.keys[:start]
			return
		}
	}
	s.terms = append(s.terms, store.Term{Index: index, Key: encoded, Unique: unique})
}

// numberQuery finds the record of a number.
func (c *core[R]) numberQuery(number string) store.Query {
	return store.Query{Kind: c.kind, Index: numberIndex, Prefix: appendValue(nil, itsm.TextValue(number)), Limit: 1}
}

// dueQuery finds the records with a timer that is due at an instant.
func (c *core[R]) dueQuery(now time.Time, limit int) store.Query {
	after := itsm.InstantValue(now.Add(time.Microsecond))
	return store.Query{Kind: c.kind, Index: dueIndex, To: appendValue(nil, after), Limit: limit}
}

// query is a selection as a backend understands it: all of it but IDs and Where.
func (c *core[R]) query(sel itsm.Selection[R]) (store.Query, error) {
	q := store.Query{Kind: c.kind, Index: sel.Index, Desc: sel.Reverse}
	ranged := len(sel.Equal) > 0 || !sel.From.IsZero() || !sel.To.IsZero()
	switch {
	case sel.IDs != nil && (sel.Index != "" || ranged):
		return q, &itsm.FieldError{Field: "selection", Problem: "names both ids and an index; it is one or the other"}
	case sel.Index == "" && ranged:
		return q, &itsm.FieldError{Field: "selection.index", Problem: "is missing; values are those of an index"}
	case sel.Index != "" && c.index(sel.Index) == nil:
		return q, &itsm.FieldError{Field: "selection.index", Problem: fmt.Sprintf("is %q; the indexes of %s are: %s", sel.Index, c.kind, c.indexNames())}
	}
	if !ranged {
		return q, nil
	}
	q.Prefix = appendKey(nil, sel.Equal)
	if !sel.From.IsZero() {
		q.From = appendValue(bytes.Clone(q.Prefix), sel.From)
	}
	if !sel.To.IsZero() {
		q.To = appendValue(bytes.Clone(q.Prefix), sel.To)
	}
	if longest := max(len(q.Prefix), len(q.From), len(q.To)); longest > store.MaxKey {
		return q, &itsm.FieldError{Field: "selection", Problem: fmt.Sprintf("has values of %d bytes; no key has more than %d", longest, store.MaxKey)}
	}
	return q, nil
}

func (c *core[R]) index(name string) *itsm.Index[R] {
	for i := range c.indexes {
		if c.indexes[i].Name == name {
			return &c.indexes[i]
		}
	}
	return nil
}

func (c *core[R]) indexNames() string {
	names := ""
	for i, index := range c.indexes {
		if i > 0 {
			names += ", "
		}
		names += index.Name
	}
	return names
}

// appearances is how often a record's keys lie in the range of a query.
func (c *core[R]) appearances(rec *R, q *store.Query) int {
	index := c.index(q.Index)
	if index == nil {
		return 1
	}
	keys := index.Keys(rec)
	if len(keys) < 2 {
		return len(keys)
	}
	low, high := q.Bounds()
	n := 0
	for _, key := range keys {
		b := appendKey(nil, key)
		if bytes.Compare(b, low) >= 0 && (len(high) == 0 || bytes.Compare(b, high) < 0) {
			n++
		}
	}
	return n
}
