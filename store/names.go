package store

import (
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"
)

// maxName keeps names short enough for the key columns of any database.
const maxName = 255

// validateName checks a tenant, kind, index, entry type or sequence.
func validateName(field, name string) error {
	if problem := nameProblem(name); problem != "" {
		return &ParamError{Field: field, Problem: problem}
	}
	return nil
}

// nameProblem says what is wrong with a name, or nothing. Control characters
// are refused because not every database can store them in text.
func nameProblem(name string) string {
	switch {
	case name == "":
		return "is empty, a name is needed"
	case len(name) > maxName:
		return fmt.Sprintf("is %d bytes long, at most %d are allowed", len(name), maxName)
	case !utf8.ValidString(name):
		return fmt.Sprintf("%q is not valid UTF-8", name)
	}
	for i := 0; i < len(name); i++ {
		if name[i] < ' ' || name[i] == 0x7f {
			return fmt.Sprintf("%q has a control character at byte %d", name, i)
		}
	}
	return ""
}

// validateRecord checks the two fields that name a record.
func validateRecord(kind string, id uuid.UUID) error {
	if err := validateName("Kind", kind); err != nil {
		return err
	}
	if id == uuid.Nil {
		return &ParamError{Field: "ID", Problem: "is the zero UUID, a record's id is needed"}
	}
	return nil
}

func validateLimit(limit int) error {
	if limit <= 0 {
		return &ParamError{Field: "Limit", Problem: fmt.Sprintf("is %d, at least 1 is needed", limit)}
	}
	return nil
}
