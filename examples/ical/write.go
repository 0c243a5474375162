package ical

import (
	"bufio"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Write writes holidays as an iCalendar file that people can subscribe to, one
// all-day event each, in the order of the list. The stamp is when the list was made.
// One without a name is called "Holiday". An event keeps its UID for as long as its
// date and name stay, so that a subscriber sees it as the same one.
func Write(w io.Writer, stamp time.Time, list []Holiday) error {
	out := bufio.NewWriter(w)
	line := func(name, value string) {
		text := name + ":" + value
		for limit := 75; len(text) > limit; limit = 74 { // octets, with the space
			cut := limit
			for !utf8.RuneStart(text[cut]) {
				cut--
			}
			_, _ = out.WriteString(text[:cut] + "\r\n ")
			text = text[cut:]
		}
		_, _ = out.WriteString(text + "\r\n") // an error stays, and Flush returns it
	}
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//itsmkit//itsm examples/ical//EN")
	for i, h := range list {
		date, err := time.Parse(time.DateOnly, string(h.Date))
		if err != nil {
			return wrong(fmt.Sprintf("list[%d].Date", i), "%q; must be a date, 2026-12-25", h.Date)
		}
		name := printable(h.Name)
		if name == "" {
			name = "Holiday"
		}
		hash := fnv.New64a()
		_, _ = hash.Write([]byte(name))
		line("BEGIN", "VEVENT")
		line("UID", fmt.Sprintf("%s-%016x@itsmkit", date.Format("20060102"), hash.Sum64()))
		line("DTSTAMP", stamp.UTC().Format("20060102T150405Z"))
		line("DTSTART;VALUE=DATE", date.Format("20060102"))
		line("SUMMARY", escape.Replace(name))
		line("TRANSP", "TRANSPARENT")
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return out.Flush()
}

var escape = strings.NewReplacer(`\`, `\\`, `;`, `\;`, `,`, `\,`)

// printable is a name on one line, without what a text may not hold.
func printable(name string) string {
	return oneLine(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\ufffd")))
}
