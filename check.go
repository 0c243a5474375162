package itsm

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLine is the most characters that a one-line text such as a title may have.
const MaxLine = 255

// CheckLine refuses a text that is empty, longer than [MaxLine], not UTF-8 or not
// one line, naming the field.
func CheckLine(field, s string) error {
	if isPlain(s) {
		return nil
	}
	if err := CheckText(field, s); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(s); n > MaxLine {
		return &FieldError{field, fmt.Sprintf("has %d characters; %d are the most", n, MaxLine)}
	}
	if strings.ContainsFunc(s, unicode.IsControl) {
		return &FieldError{field, "holds a line break or control character; it is one line"}
	}
	return nil
}

// isPlain reports whether a text is a line for certain, of printable ASCII and not
// blank, as most are: it is quick.
func isPlain(s string) bool {
	blank := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
		blank = blank && s[i] == ' '
	}
	return !blank && len(s) <= MaxLine
}

// CheckText refuses a text that is blank or not UTF-8, naming the field.
func CheckText(field, s string) error {
	if !utf8.ValidString(s) {
		return &FieldError{field, "is not valid UTF-8"}
	}
	if strings.TrimSpace(s) == "" {
		return &FieldError{field, "is missing"}
	}
	return nil
}

// CheckOneOf refuses a named string that is not in a list; an empty list takes
// any that [CheckLine] takes.
func CheckOneOf[S ~string](field string, s S, list []S) error {
	if len(list) == 0 {
		return CheckLine(field, string(s))
	}
	if !slices.Contains(list, s) {
		return &FieldError{field, Quoted(s) + " is none of: " + Listed(list)}
	}
	return nil
}

// CheckOptional is one of the other checks for a text that may be left out.
func CheckOptional(check func(field, s string) error, field, s string) error {
	if s == "" {
		return nil
	}
	return check(field, s)
}

// CheckRoles asks a policy for roles that are handed out to people: at least one, none
// twice, and neither the system's nor any of the relational ones named.
func CheckRoles(field string, roles []Role, relational ...Role) error {
	if len(roles) == 0 {
		return &FieldError{field, "is empty; name a role that may"}
	}
	for i, r := range roles {
		at := fmt.Sprintf("%s[%d]", field, i)
		if err := CheckLine(at, string(r)); err != nil {
			return err
		}
		if r == SystemRole || slices.Contains(relational, r) {
			return &FieldError{at, fmt.Sprintf("is %q; name a role that is handed out", r)}
		}
	}
	return CheckChoices(field, roles)
}

// CheckChoices asks a policy for choices that are lines of text, none listed twice; no
// choice at all is fine.
func CheckChoices[S ~string](field string, choices []S) error {
	for i, s := range choices {
		at := fmt.Sprintf("%s[%d]", field, i)
		if err := CheckLine(at, string(s)); err != nil {
			return err
		}
		if slices.Contains(choices[:i], s) {
			return &FieldError{at, fmt.Sprintf("%q is listed before", s)}
		}
	}
	return nil
}
