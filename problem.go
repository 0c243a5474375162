package itsm

import (
	"fmt"
	"strconv"
	"strings"
)

// What one problem sentence shows at most, so that no input makes it too long to be
// read: of a text so many characters, of a list so many items.
const (
	mostCharacters = 64
	mostItems      = 50
)

// Quoted shows a value in the sentence of a [FieldError.Problem]: in quotes, with
// what cannot be seen escaped, and cut after 64 characters. So any input can be
// shown:
//
//	&FieldError{"colour", Quoted(c.Colour) + " is none of: " + Listed(colours)}
func Quoted[S ~string](s S) string {
	start, cut := opening(string(s))
	return strconv.Quote(start) + cut
}

// Listed names choices in such a sentence: "low, medium, high". Each is cut after
// 64 characters, and of more than fifty only the first fifty are named, and how many
// more there are.
func Listed[V any](list []V) string {
	texts := make([]string, 0, min(len(list), mostItems+1))
	for _, v := range list[:min(len(list), mostItems)] {
		start, cut := opening(fmt.Sprint(v))
		texts = append(texts, start+cut)
	}
	if more := len(list) - mostItems; more > 0 {
		texts = append(texts, fmt.Sprintf("… %d more", more))
	}
	return strings.Join(texts, ", ")
}

// opening is as much of a text as is shown, and "…" if that is not all.
func opening(s string) (start, cut string) {
	n := 0
	for i := range s {
		if n == mostCharacters {
			return s[:i], "…"
		}
		n++
	}
	return s, ""
}
