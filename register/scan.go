package register

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/store"
)

// scanner reads the content of a line of an export. There is one way to write a
// line, so that it reads what must come, in order, and stops at the first thing
// that is otherwise.
type scanner struct {
	rest    []byte
	member  string // of the line: "entry"
	field   string
	problem string // "" so far
}

// exportLine is a line of an export. The member that it has is set.
type exportLine struct {
	header *exportHeader
	entry  *store.Entry
	record *exportRecord
	key    []byte
	end    *exportEnd
}

// parseLine reads the content of a line, and tells the field and the problem if it
// is not one. Bytes in the result are those of the content. Payload, body and key
// are still to be decoded.
func parseLine(content []byte) (line exportLine, field, problem string) {
	s := &scanner{rest: content}
	switch {
	case s.begins("export"):
		line.header = s.header()
	case s.begins("entry"):
		line.entry = s.entry()
	case s.begins("record"):
		line.record = s.record()
	case s.begins("key"):
		line.key, s.rest = s.rest, nil
		s.object(line.key)
	case s.begins("end"):
		line.end = s.end()
	default:
		return line, "", fmt.Sprintf("begins with %.30q; a line begins with its member export, entry, record, key or end", content)
	}
	if len(s.rest) > 0 {
		s.field = ""
		s.fail("goes on with %.30q", s.rest)
	}
	if s.problem != "" {
		field = s.member
		if s.field != "" {
			field += "." + s.field
		}
		return exportLine{}, field, s.problem
	}
	return line, "", ""
}

func (s *scanner) fail(format string, args ...any) {
	if s.problem == "" {
		s.problem = fmt.Sprintf(format, args...)
		s.rest = nil
	}
}

// take reads what must come literally.
func (s *scanner) take(literal string) bool {
	if len(s.rest) < len(literal) || string(s.rest[:len(literal)]) != literal {
		return false
	}
	s.rest = s.rest[len(literal):]
	return true
}

func (s *scanner) begins(member string) bool {
	if !s.take(`{"` + member + `":`) {
		return false
	}
	s.member = member
	return true
}

// has reads the name of an optional field, if it comes.
func (s *scanner) has(name string) bool {
	if s.problem != "" || !s.take(`,"`+name+`":`) {
		return false
	}
	s.field = name
	return true
}

// expect reads the name of a field that must come.
func (s *scanner) expect(first byte, name string) {
	if s.problem != "" {
		return
	}
	s.field = name
	if !s.take(string(first) + `"` + name + `":`) {
		s.fail("is missing; %.30q stands in its place", s.rest)
	}
}

func (s *scanner) close() {
	if s.problem == "" && !s.take("}") {
		s.field = ""
		s.fail("does not end where it should, but goes on with %.30q", s.rest)
	}
}

func (s *scanner) header() *exportHeader {
	h := new(exportHeader)
	s.expect('{', "version")
	h.version = int(s.number())
	s.expect(',', "tenant")
	h.tenant = s.text()
	s.expect(',', "kinds")
	h.kinds = s.texts()
	s.close()
	return h
}

func (s *scanner) entry() *store.Entry {
	e := new(store.Entry)
	s.expect('{', "kind")
	e.Kind = s.text()
	s.expect(',', "id")
	e.ID = s.uuid()
	s.expect(',', "place")
	e.Revision = s.number()
	s.expect(',', "type")
	e.Type = s.text()
	s.expect(',', "time")
	at, err := timeOf(s.text())
	if err != nil {
		s.fail("%v", err)
	}
	e.Time = at
	if s.has("previous") {
		if e.Previous = s.bytes(); len(e.Previous) == 0 {
			s.fail("is empty; a first entry has none")
		}
	}
	s.expect(',', "digest")
	e.Digest = s.bytes()
	s.expect(',', "hash")
	e.Hash = s.bytes()
	if s.has("erased") {
		if e.Erased = s.take("true"); !e.Erased {
			s.fail("is not true; an entry that was not erased does not say so")
		}
		s.close()
		return e
	}
	s.expect(',', "salt")
	e.Salt = s.bytes()
	s.expect(',', "payload")
	e.Payload = s.last()
	return e
}

func (s *scanner) record() *exportRecord {
	r := new(exportRecord)
	s.expect('{', "kind")
	r.kind = s.text()
	s.expect(',', "id")
	r.id = s.uuid()
	s.expect(',', "entries")
	r.seal.entries = s.number()
	s.expect(',', "hash")
	s.sha256(&r.seal.hash)
	if s.has("silent") {
		if r.seal.silent = s.texts(); len(r.seal.silent) == 0 {
			s.fail("is empty; leave it out")
		}
	}
	s.expect(',', "body")
	r.body = s.last()
	return r
}

func (s *scanner) end() *exportEnd {
	e := new(exportEnd)
	for i, into := range []*int{&e.entries, &e.records, &e.keys} {
		s.expect("{,,"[i], []string{"entries", "records", "keys"}[i])
		*into = int(s.number())
	}
	s.expect(',', "sha256")
	s.sha256(&e.sum)
	s.close()
	return e
}

// last is the object that ends the member.
func (s *scanner) last() []byte {
	if s.problem != "" {
		return nil
	}
	n := len(s.rest) - 1
	if n < 0 || s.rest[n] != '}' {
		s.fail("does not end with the line")
		return nil
	}
	value := s.rest[:n:n]
	s.rest = nil
	s.object(value)
	return value
}

// object checks that a value may be a JSON object without spaces around it. That
// it is one shows when it is decoded.
func (s *scanner) object(value []byte) {
	if oneLine(value) != nil {
		s.fail("is not one JSON object: %.30q", value)
	}
}

func (s *scanner) text() string {
	if s.problem != "" {
		return ""
	}
	if !s.take(`"`) {
		s.fail("is not a text but %.30q", s.rest)
		return ""
	}
	simple := true
	for i := 0; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == '"':
			text := string(s.rest[:i])
			if !simple {
				text = s.unquoted(s.rest[:i])
			}
			if s.problem == "" {
				s.rest = s.rest[i+1:]
			}
			return text
		case c == '\\':
			i++
			simple = false
		case !plain(c):
			simple = false
		}
	}
	s.fail("is a text that does not end")
	return ""
}

// unquoted reads a text with escapes, or letters that are written with them.
func (s *scanner) unquoted(inner []byte) string {
	var text string
	quoted := `"` + string(inner) + `"`
	if err := json.Unmarshal([]byte(quoted), &text); err != nil {
		s.fail("is not a text: %v", err)
	} else if string(appendQuoted(nil, text)) != quoted {
		s.fail("is written as %.40s, and not as %.40s", quoted, appendQuoted(nil, text))
	}
	return text
}

func (s *scanner) texts() []string {
	var list []string
	if s.problem == "" && !s.take("[") {
		s.fail("is not a list but %.30q", s.rest)
	}
	if s.take("]") {
		return list
	}
	for s.problem == "" {
		list = append(list, s.text())
		if s.take("]") {
			break
		}
		if !s.take(",") {
			s.fail("is a list that does not end")
		}
	}
	return list
}

// number reads a number that fits a version or a count: at most 18 digits.
func (s *scanner) number() uint64 {
	if s.problem != "" {
		return 0
	}
	i := 0
	for i < len(s.rest) && s.rest[i] >= '0' && s.rest[i] <= '9' {
		i++
	}
	if i == 0 || i > 18 || i > 1 && s.rest[0] == '0' {
		s.fail("is not a whole number of at most 18 digits but %.30q", s.rest)
		return 0
	}
	n, _ := strconv.ParseUint(string(s.rest[:i]), 10, 64)
	s.rest = s.rest[i:]
	return n
}

func (s *scanner) uuid() uuid.UUID {
	text := s.text()
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text {
		s.fail("is %.50q and not a UUID in its usual form", text)
	}
	return id
}

func (s *scanner) bytes() []byte {
	text := s.text()
	b, err := hex.DecodeString(text)
	if err != nil || hex.EncodeToString(b) != text {
		s.fail("is %.50q and not bytes in hexadecimal", text)
	}
	return b
}

func (s *scanner) sha256(into *[32]byte) {
	if b := s.bytes(); s.problem == "" && copy(into[:], b) != len(b) || s.problem == "" && len(b) != len(into) {
		s.fail("has %d bytes; a SHA-256 has 32", len(b))
	}
}
