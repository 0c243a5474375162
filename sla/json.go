package sla

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/itsmkit/itsm"
)

// ParseCalendar reads a calendar from the JSON form of its [Hours]. It is strict:
// what is unknown, given twice, null or malformed comes back as *[itsm.FieldError]
// values that name the place.
func ParseCalendar(data []byte) (*Calendar, error) {
	c := new(Calendar)
	if err := c.UnmarshalJSON(data); err != nil {
		return nil, err
	}
	return c, nil
}

// MarshalJSON writes the calendar's [Hours]. ParseCalendar makes the same calendar
// of it.
func (c *Calendar) MarshalJSON() ([]byte, error) { return json.Marshal(c.Hours()) }

// UnmarshalJSON reads what MarshalJSON writes, as strictly as [ParseCalendar]. A
// calendar never changes: decoding into one that has been built is an error.
func (c *Calendar) UnmarshalJSON(data []byte) error {
	if !c.isAlways() {
		return &itsm.FieldError{Field: "calendar", Problem: "has been built and does not change; decode into a new one"}
	}
	var h Hours
	if err := h.UnmarshalJSON(data); err != nil {
		return err
	}
	built, err := NewCalendar(h)
	if err == nil {
		*c = *built
	}
	return err
}

// MarshalJSON writes the definition in normal form: windows and dates in order.
func (h Hours) MarshalJSON() ([]byte, error) {
	type plain Hours
	return json.Marshal(plain(h.normal()))
}

// UnmarshalJSON reads a definition strictly: every field is known, given once and
// not null; tz and schedule are there. Whether the definition makes sense is for
// [NewCalendar] to say.
func (h *Hours) UnmarshalJSON(data []byte) error {
	if !utf8.Valid(data) {
		return malformed("calendar", "is not valid UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return malformed("calendar", "is not JSON: %v", err)
	}
	r := reader{json.NewDecoder(bytes.NewReader(data))}
	r.tokens.UseNumber()
	var read Hours
	seen, err := r.object("calendar", func(key string) error {
		var err error
		switch key {
		case "tz":
			read.Zone, err = r.text(key)
		case "schedule":
			read.Week, err = r.week()
		case "holidays":
			err = r.array(key, func(field string) error {
				date, err := r.text(field)
				read.Holidays = append(read.Holidays, Date(date))
				return err
			})
		case "exceptions":
			read.Exceptions, err = r.exceptions()
		default:
			err = malformed(cut(key), "is unknown; a calendar has tz, schedule, holidays and exceptions")
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, key := range []string{"tz", "schedule"} {
		if !seen[key] {
			return malformed(key, "is missing")
		}
	}
	*h = read
	return nil
}

func malformed(field, format string, args ...any) error {
	return &itsm.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
}

// reader takes JSON that is known to be well formed apart, token by token: package
// json alone would let doubled and misspelt keys pass.
type reader struct{ tokens *json.Decoder }

// object calls read for every key, once it is known not to be a second one. The
// path of a key begins with that of its object, but for the outermost.
func (r reader) object(field string, read func(key string) error) (map[string]bool, error) {
	if err := r.delimiter(field, '{', "an object"); err != nil {
		return nil, err
	}
	seen := make(map[string]bool)
	for r.tokens.More() {
		token, err := r.tokens.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return nil, malformed(field, "is not well formed")
		}
		if seen[key] {
			return nil, malformed(field, "has %s twice", itsm.Quoted(key))
		}
		seen[key] = true
		if err := read(key); err != nil {
			return nil, err
		}
	}
	_, err := r.tokens.Token()
	return seen, err
}

// array calls read for every element, with its path.
func (r reader) array(field string, read func(field string) error) error {
	if err := r.delimiter(field, '[', "an array"); err != nil {
		return err
	}
	for i := 0; r.tokens.More(); i++ {
		if err := read(fmt.Sprintf("%s[%d]", field, i)); err != nil {
			return err
		}
	}
	_, err := r.tokens.Token()
	return err
}

func (r reader) delimiter(field string, want json.Delim, what string) error {
	token, err := r.tokens.Token()
	if err != nil || token != want {
		return malformed(field, "is %s; give %s", describe(token), what)
	}
	return nil
}

func (r reader) text(field string) (string, error) {
	token, err := r.tokens.Token()
	s, ok := token.(string)
	if err != nil || !ok {
		return "", malformed(field, "is %s; give a text", describe(token))
	}
	return s, nil
}

func describe(token json.Token) string {
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return "an object"
		}
		return "an array"
	case string:
		return "the text " + itsm.Quoted(token)
	case bool:
		return fmt.Sprint(token)
	case json.Number:
		return "a number"
	default:
		return "null"
	}
}

func (r reader) week() (Week, error) {
	var w Week
	_, err := r.object("schedule", func(key string) error {
		field := "schedule." + cut(key)
		var day *[]Span
		switch key {
		case "mon":
			day = &w.Mon
		case "tue":
			day = &w.Tue
		case "wed":
			day = &w.Wed
		case "thu":
			day = &w.Thu
		case "fri":
			day = &w.Fri
		case "sat":
			day = &w.Sat
		case "sun":
			day = &w.Sun
		default:
			return malformed(field, "is no day of the week: %v", dayNames())
		}
		var err error
		*day, err = r.spans(field)
		return err
	})
	return w, err
}

func (r reader) exceptions() (map[Date][]Span, error) {
	list := make(map[Date][]Span)
	_, err := r.object("exceptions", func(key string) error {
		windows, err := r.spans("exceptions." + cut(key))
		list[Date(key)] = windows
		return err
	})
	return list, err
}

// spans reads the windows of a day, [["09:00", "17:00"]].
func (r reader) spans(field string) ([]Span, error) {
	list := []Span{}
	err := r.array(field, func(field string) error {
		var s Span
		n := 0
		err := r.array(field, func(at string) error {
			text, err := r.text(at)
			if n < len(s) {
				s[n] = text
			}
			n++
			return err
		})
		if err == nil && n != len(s) {
			err = malformed(field, `has %d times; give two, ["09:00", "17:00"]`, n)
		}
		list = append(list, s)
		return err
	})
	return list, err
}
