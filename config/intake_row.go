package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Handle names a CI in tables and lines: by its id, or by its class and name, where
// the other side knows no ids. Its text form is the id, or "server/web-1"; a class
// whose name holds a slash is named by id.
type Handle struct {
	ID    uuid.UUID // zero: by class and name
	Class string
	Name  string
}

// ParseHandle reads the text form; the empty text is the zero Handle, which names
// nothing.
func ParseHandle(s string) (Handle, error) {
	if s == "" {
		return Handle{}, nil
	}
	if id, ok := plainUUID(s); ok {
		return Handle{ID: id}, nil
	}
	class, name, found := strings.Cut(s, "/")
	h := Handle{Class: class, Name: name}
	if !found || itsm.CheckLine("class", class) != nil || itsm.CheckLine("name", name) != nil {
		return Handle{}, &itsm.FieldError{Field: "handle", Problem: fmt.Sprintf("%s is neither a UUID nor class/name, as in %q", itsm.Quoted(s), "server/web-1")}
	}
	return h, nil
}

// plainUUID reads a UUID in its usual form only, not those in braces or without
// hyphens, which could be names.
func plainUUID(s string) (uuid.UUID, bool) {
	if len(s) != 36 {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(s)
	return id, err == nil && id != uuid.Nil
}

// IsZero reports whether h names nothing.
func (h Handle) IsZero() bool { return h == Handle{} }

// String is the text form, "" of the zero Handle.
func (h Handle) String() string {
	switch {
	case h.ID != uuid.Nil:
		return h.ID.String()
	case h.IsZero():
		return ""
	}
	return h.Class + "/" + h.Name
}

// MarshalText writes the text form; one that could not be read back is refused.
func (h Handle) MarshalText() ([]byte, error) {
	text := h.String()
	back, err := ParseHandle(text)
	if err == nil && h.ID == uuid.Nil && back != h {
		err = &itsm.FieldError{Field: "handle", Problem: fmt.Sprintf("%s reads as another; give the id", itsm.Quoted(text))}
	}
	return []byte(text), err
}

// UnmarshalText reads the text form.
func (h *Handle) UnmarshalText(b []byte) error {
	parsed, err := ParseHandle(string(b))
	if err == nil {
		*h = parsed
	}
	return err
}

// CIRow is a CI as tables and lines tell of it: the command that registers it, and
// the id that it is to have. Of a row without one the id follows from class and
// name, see [IntakeOptions]. A value that refers to a CI may name it by class and
// name too: "ci:server/web-1".
type CIRow struct {
	ID uuid.UUID `json:"id,omitzero"`
	Register
}

// RelationRow is a relation as tables and lines tell of it. See [Relate] for what is
// not said here. A value that refers to a CI may name it by class and name, as in a
// [CIRow].
type RelationRow struct {
	ID         uuid.UUID             `json:"id,omitzero"`
	Type       string                `json:"type"`
	From       Handle                `json:"from"`
	To         Handle                `json:"to"`
	Group      string                `json:"group,omitzero"`
	Proposed   bool                  `json:"proposed,omitzero"`
	Attributes map[string]itsm.Value `json:"attributes,omitempty"`
	Source     string                `json:"source,omitzero"`
	Change     itsm.Ref              `json:"change,omitzero"`
	Since      time.Time             `json:"since,omitzero"`
	Reason     string                `json:"reason,omitzero"`
}

// Row is the CI as a row: what is believed of it now, without where that comes from.
func (ci *CI) Row() CIRow {
	return CIRow{ci.ID, Register{
		Name: ci.Name, Class: ci.Class, Description: ci.Description, Owner: ci.Owner, Criticality: ci.Criticality,
		Environment: ci.Environment, Version: ci.Version, State: ci.State, Attributes: believed(ci.Attributes),
		Needs: ci.Needs, Source: ci.Source, Change: ci.Change,
	}}
}

// Row is the relation as a row, its ends by their ids. A row knows no states but
// [Proposed] and [Active]: of one in a state of a host's own it says neither that nor
// what it means.
func (r *Relation) Row() RelationRow {
	return RelationRow{
		ID: r.ID, Type: r.Type, From: Handle{ID: r.From}, To: Handle{ID: r.To}, Group: r.Group,
		Proposed: r.State == Proposed, Attributes: believed(r.Attributes), Source: r.Source, Change: r.Change,
	}
}

func believed(of map[string]Assertion) map[string]itsm.Value {
	if len(of) == 0 {
		return nil
	}
	values := make(map[string]itsm.Value, len(of))
	for name, a := range of {
		values[name] = a.Value
	}
	return values
}

// relate is the command of a row whose ends are known.
func (r *RelationRow) relate(from, to End) Relate {
	return Relate{
		Type: r.Type, From: from, To: to, Group: r.Group, Proposed: r.Proposed, Attributes: r.Attributes,
		Source: r.Source, Change: r.Change, Since: r.Since, Reason: r.Reason,
	}
}

// Line is one line of JSON Lines, and holds one thing: a record whole, as
// {"ci": …} or {"relation": …}, or a row, as {"register": …} or {"relate": …}.
type Line struct {
	CI       *CI          `json:"ci,omitempty"`
	Relation *Relation    `json:"relation,omitempty"`
	Register *CIRow       `json:"register,omitempty"`
	Relate   *RelationRow `json:"relate,omitempty"`
}

// Fault is what is wrong in one place of what is read. It matches
// [itsm.ErrInvalid].
type Fault struct {
	Source  string // the name of the table or file; "" when there is only one
	Line    int    // from 1; 0: the source as a whole
	Column  int    // in bytes, from 1; 0: the line as a whole
	Field   string // the path in the row, "attributes.memory"; "" the row as a whole
	Problem string // what is wrong, with the value, and what would be right
}

// Error is the fault in one line: "servers.csv:17:4: attributes.memory: is …".
func (f *Fault) Error() string {
	var b strings.Builder
	if f.Source != "" {
		b.WriteString(f.Source + ":")
	}
	if f.Line > 0 {
		fmt.Fprintf(&b, "%d:", f.Line)
		if f.Column > 0 {
			fmt.Fprintf(&b, "%d:", f.Column)
		}
	}
	if b.Len() > 0 {
		b.WriteString(" ")
	}
	if f.Field != "" {
		b.WriteString(f.Field + ": ")
	}
	b.WriteString(f.Problem)
	return b.String()
}

// Unwrap makes errors.Is(err, itsm.ErrInvalid) true.
func (f *Fault) Unwrap() error { return itsm.ErrInvalid }
