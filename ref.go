package itsm

import (
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Ref points at a record: one of this library's ("incident" and its UUID) or one
// that lives in the host's own tables ("employee", "4711"). The zero Ref points
// at nothing. Its text form is "kind:id".
type Ref struct {
	Kind string
	ID   string
}

// RefTo points at a record of this library.
func RefTo(kind string, id uuid.UUID) Ref { return Ref{Kind: kind, ID: id.String()} }

// ParseRef reads "kind:id"; the empty text is the zero Ref.
func ParseRef(s string) (Ref, error) {
	if s == "" {
		return Ref{}, nil
	}
	kind, id, found := strings.Cut(s, ":")
	r := Ref{Kind: kind, ID: id}
	if !found || r.Check("ref") != nil {
		return Ref{}, &FieldError{"ref", Quoted(s) + " is not of the form kind:id"}
	}
	return r, nil
}

// IsZero reports whether r points at nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// UUID is the id as a UUID, if it is one.
func (r Ref) UUID() (uuid.UUID, bool) {
	id, err := uuid.Parse(r.ID)
	return id, err == nil
}

// Check refuses a Ref without kind or id, or whose kind holds a colon, naming
// the field.
func (r Ref) Check(field string) error {
	switch {
	case r.Kind == "" || r.ID == "":
		return &FieldError{field, "is incomplete; give both kind and id"}
	case strings.Contains(r.Kind, ":"):
		return &FieldError{field, "has the kind " + Quoted(r.Kind) + "; a kind holds no colon"}
	case !utf8.ValidString(r.Kind) || !utf8.ValidString(r.ID):
		return &FieldError{field, "is not valid UTF-8"}
	}
	return nil
}

// String is the text form, "kind:id", or "" for the zero Ref.
func (r Ref) String() string {
	if r.IsZero() {
		return ""
	}
	return r.Kind + ":" + r.ID
}

// MarshalText writes the text form.
func (r Ref) MarshalText() ([]byte, error) {
	if !r.IsZero() {
		if err := r.Check("ref"); err != nil {
			return nil, err
		}
	}
	return []byte(r.String()), nil
}

// UnmarshalText reads the text form.
func (r *Ref) UnmarshalText(b []byte) error {
	parsed, err := ParseRef(string(b))
	if err == nil {
		*r = parsed
	}
	return err
}
