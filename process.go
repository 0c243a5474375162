package itsm

import (
	"github.com/google/uuid"
)

// Process is one process as a register runs it: the rules, and how its records
// are found. It is a value: a host changes a copy, for example its Lifecycle.
type Process[R any] struct {
	Prefix    string // of the record's numbers: "INC"
	Lifecycle *Lifecycle[R]
	Indexes   []Index[R]
}

// Kind is the kind of record: "incident".
func (p Process[R]) Kind() string { return p.Lifecycle.Kind() }

// Key is a tuple of values under which a record is found. Keys are ordered by
// their first value, then by the second, and so on.
type Key []Value

// Index says under which keys a record is found.
type Index[R any] struct {
	Name   string
	Unique bool           // no two records of a tenant may share a key
	Keys   func(*R) []Key // none: the record is not in the index
}

// IndexBy finds records by the values of declared fields, together. A record
// that lacks the first of them is not in the index.
func IndexBy[R any](name string, fields ...Field[R]) Index[R] {
	return Index[R]{Name: name, Keys: func(r *R) []Key {
		key := make(Key, len(fields))
		for i, f := range fields {
			key[i] = f.Get(r)
		}
		if len(key) == 0 || key[0].IsZero() {
			return nil
		}
		return []Key{key}
	}}
}

// Selection asks for some of the records of a process, in the order of an index
// and, within one key, of the ids. The zero Selection is all of them, by id.
type Selection[R any] struct {
	IDs      []uuid.UUID   // just these, in this order, if they exist
	Index    string        // or: of the index of this name …
	Equal    Key           // … those whose key begins with these values …
	From, To Value         // … and whose next value is in [From, To); missing: without bound
	Where    func(*R) bool // and that satisfy this; nil: all
	Reverse  bool          // last key first
}
