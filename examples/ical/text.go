package ical

import (
	"strings"
)

// textOf is a TEXT value (RFC 5545, 3.3.11) without its escapes. A backslash before
// anything else is kept, as readers do.
func textOf(value string) string {
	return strings.ToValidUTF8(unescape.Replace(value), "\ufffd")
}

var unescape = strings.NewReplacer(`\\`, `\`, `\;`, `;`, `\,`, `,`, `\n`, "\n", `\N`, "\n")

// textsOf is a list of TEXT values; a comma with a backslash is part of one.
func textsOf(value string) []string {
	var list []string
	begin := 0
	for i := 0; i <= len(value); i++ {
		switch {
		case i == len(value) || value[i] == ',':
			if text := oneLine(textOf(value[begin:i])); text != "" {
				list = append(list, text)
			}
			begin = i + 1
		case value[i] == '\\' && i+1 < len(value):
			i++ // what is escaped
		}
	}
	return list
}

// oneLine is a text with each run of spaces and line ends as one space.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
