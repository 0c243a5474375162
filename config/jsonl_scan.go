package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/itsmkit/itsm"
)

// jsonScanner reads the JSON of one line, as strictly as [itsm.ParseJSON], and
// knows where in the line it is; a decoder of package encoding/json would be some
// times slower, and knows neither the column nor a name that is given twice.
type jsonScanner struct {
	b     []byte
	at    int
	texts texts
}

// fault is about what lies at a place of the line.
func (s *jsonScanner) fault(at int, path, format string, args ...any) *Fault {
	return &Fault{Column: at + 1, Field: path, Problem: fmt.Sprintf(format, args...)}
}

func (s *jsonScanner) space() {
	for s.at < len(s.b) && (s.b[s.at] == ' ' || s.b[s.at] == '\t' || s.b[s.at] == '\r') {
		s.at++
	}
}

// peek is the next byte that is no space; 0 at the end.
func (s *jsonScanner) peek() byte {
	s.space()
	if s.at == len(s.b) {
		return 0
	}
	return s.b[s.at]
}

// take reads over a byte.
func (s *jsonScanner) take(c byte, path string) *Fault {
	switch got := s.peek(); {
	case got == c:
		s.at++
		return nil
	case got == 0:
		return s.fault(s.at, path, "ends where %q is to be", c)
	default:
		return s.fault(s.at, path, "has %q where %q is to be", s.rune(), c)
	}
}

// object reads an object and hands over each of its names; what is called begins at the
// value, which it reads. A name twice is refused.
func (s *jsonScanner) object(path string, member func(name string, at int) *Fault) *Fault {
	if c := s.peek(); c != '{' {
		return s.fault(s.at, path, "is %s; give an object", s.kind(c))
	}
	s.at++
	if s.peek() == '}' {
		s.at++
		return nil
	}
	var few [24]string
	given := few[:0]
	var many map[string]bool
	for {
		s.space()
		at := s.at
		raw, fault := s.rawText(path)
		if fault != nil {
			return fault
		}
		name, fault := s.unquoted(raw, path, at)
		if fault != nil {
			return fault
		}
		if twice(name, &given, &many) {
			return s.fault(at, within(path, name), "is given twice")
		}
		if fault := s.take(':', within(path, name)); fault != nil {
			return fault
		}
		s.space()
		if fault := member(name, s.at); fault != nil {
			return fault
		}
		if s.peek() == ',' {
			s.at++
			continue
		}
		return s.take('}', path)
	}
}

// twice reports whether a name was there before; many names are looked up in a map.
func twice(name string, given *[]string, many *map[string]bool) bool {
	if *many == nil {
		for _, g := range *given {
			if g == name {
				return true
			}
		}
		if *given = append(*given, name); len(*given) < cap(*given) {
			return false
		}
		*many = make(map[string]bool, 2*len(*given))
		for _, g := range *given {
			(*many)[g] = true
		}
		return false
	}
	if (*many)[name] {
		return true
	}
	(*many)[name] = true
	return false
}

func within(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// text reads a string.
func (s *jsonScanner) text(path string) (string, *Fault) {
	at := s.at
	raw, fault := s.rawText(path)
	if fault != nil {
		return "", fault
	}
	return s.unquoted(raw, path, at)
}

// rawText reads a string with its quotes.
func (s *jsonScanner) rawText(path string) ([]byte, *Fault) {
	if c := s.peek(); c != '"' {
		return nil, s.fault(s.at, path, "is %s; give a string", s.kind(c))
	}
	at := s.at
	for i := at + 1; i < len(s.b); i++ {
		switch c := s.b[i]; {
		case c == '\\':
			i++
		case c == '"':
			s.at = i + 1
			return s.b[at:s.at], nil
		case c < ' ':
			return nil, s.fault(i, path, "holds a control character; write it as \\u%04x", c)
		}
	}
	return nil, s.fault(at, path, "is a string that does not end")
}

// unquoted is the text of a string; texts that come again are kept once.
func (s *jsonScanner) unquoted(raw []byte, path string, at int) (string, *Fault) {
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return s.texts.of(inner), nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", s.fault(at, path, "is no JSON string: %s", err)
	}
	if holdsHalf(raw) {
		return "", s.fault(at, path, "holds half of a surrogate pair, which is no character")
	}
	return text, nil
}

// holdsHalf reports whether half of a surrogate pair is escaped in a JSON string;
// package encoding/json makes another character of it.
func holdsHalf(raw []byte) bool {
	unit := func(i int) uint64 {
		if i+6 > len(raw) || raw[i] != '\\' || raw[i+1] != 'u' {
			return 0
		}
		n, _ := strconv.ParseUint(string(raw[i+2:i+6]), 16, 16)
		return n
	}
	for i := 0; ; {
		next := bytes.IndexByte(raw[i:], '\\')
		if next < 0 {
			return false
		}
		i += next
		switch n := unit(i); {
		case n >= 0xD800 && n < 0xDC00 && unit(i+6) >= 0xDC00 && unit(i+6) < 0xE000:
			i += 12
		case n >= 0xD800 && n < 0xE000:
			return true
		default:
			i += min(2, len(raw)-i)
		}
	}
}

// raw reads over any value. What is in it, whoever reads it checks.
func (s *jsonScanner) raw(path string) ([]byte, *Fault) {
	c := s.peek()
	at := s.at
	switch c {
	case 0:
		return nil, s.fault(at, path, "has no value")
	case '"':
		return s.rawText(path)
	case '{', '[':
	default:
		for s.at < len(s.b) && !endsWord(s.b[s.at]) {
			s.at++
		}
		if s.at == at {
			return nil, s.fault(at, path, "has %q where a value is to be", c)
		}
		return s.b[at:s.at], nil
	}
	for depth := 0; s.at < len(s.b); {
		switch s.b[s.at] {
		case '"':
			if _, fault := s.rawText(path); fault != nil {
				return nil, fault
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		s.at++
		if depth == 0 {
			return s.b[at:s.at], nil
		}
	}
	return nil, s.fault(at, path, "does not end")
}

// truth reads true or false.
func (s *jsonScanner) truth(path string) (bool, *Fault) {
	at := s.at
	raw, fault := s.raw(path)
	if fault != nil {
		return false, fault
	}
	if text := string(raw); text != "true" && text != "false" {
		s.at = at
		return false, s.fault(at, path, "is %s; give true or false", s.kind(raw[0]))
	}
	return len(raw) == len("true"), nil
}

// value reads the value of an attribute.
func (s *jsonScanner) value(path string) (itsm.Value, *Fault) {
	at := s.at
	if s.peek() == '"' {
		text, fault := s.text(path)
		return itsm.TextValue(text), fault
	}
	var v itsm.Value
	var raw []byte
	var fault *Fault
	if s.peek() == '{' {
		raw, fault = s.typed(path)
	} else {
		raw, fault = s.raw(path)
	}
	if fault != nil {
		return v, fault
	}
	if c := raw[0]; c != '{' && c != '-' && (c < '0' || c > '9') {
		s.at = at
		switch word := s.kind(c); word {
		case "a bool", "null":
			s.at += len(raw)
		default:
			return v, s.fault(at, path, "is %s; give a text in quotes, a number, true, false, or an object as in {\"reference\": \"ci:server/web-1\"}", word)
		}
	}
	if err := v.UnmarshalJSON(raw); err != nil {
		return v, s.fault(at, path, "%s", problemOf(err))
	}
	return v, nil
}

// typed reads over a value with its type, an object that has no name twice.
func (s *jsonScanner) typed(path string) ([]byte, *Fault) {
	at := s.at
	fault := s.object(path, func(name string, at int) *Fault {
		if c := s.peek(); c != '"' && c != '}' && c != 0 {
			return s.fault(at, within(path, name), "is %s; its text is given in quotes, as in {\"number\": \"3\"}", s.kind(c))
		}
		_, fault := s.raw(within(path, name))
		return fault
	})
	raw := s.b[at:s.at]
	return raw, fault
}

// kind is what a value is that begins so.
func (s *jsonScanner) kind(c byte) string {
	switch c {
	case 0:
		return "missing"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	}
	switch word := s.word(); {
	case word == "true" || word == "false":
		return "a bool"
	case word == "null":
		return "null"
	case c == '-' || c >= '0' && c <= '9':
		return "a number"
	case word == "":
		return fmt.Sprintf("%q", s.rune())
	default:
		return itsm.Quoted(word) + ", which is no JSON"
	}
}

// word is what is at hand up to what ends a value.
func (s *jsonScanner) word() string {
	end := s.at
	for end < len(s.b) && !endsWord(s.b[end]) {
		end++
	}
	return string(s.b[s.at:end])
}

func endsWord(c byte) bool { return bytes.IndexByte([]byte(" \t\r,:[]{}\""), c) >= 0 }

// rune is the character at hand.
func (s *jsonScanner) rune() rune {
	r, _ := utf8.DecodeRune(s.b[s.at:])
	return r
}

// end asks that there is nothing more in the line.
func (s *jsonScanner) end() *Fault {
	if s.peek() != 0 || s.at < len(s.b) {
		return s.fault(s.at, "", "goes on after the JSON value")
	}
	return nil
}
