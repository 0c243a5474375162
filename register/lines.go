package register

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// An export is lines of JSON, each an object with one member that says what it is,
// and the sum:
//
//	{"export":{"version":1,"tenant":"acme","kinds":["incident"]},"sum":"…"}
//	{"entry":{"kind":"incident","id":"…","place":1,"type":"event","time":"…","digest":"…","hash":"…","salt":"…","payload":{…}},"sum":"…"}
//	{"record":{"kind":"incident","id":"…","entries":1,"hash":"…","body":{…}},"sum":"…"}
//	{"key":{"kind":"incident","key":"…","command":"…","id":"…","revision":1,"at":"…"},"sum":"…"}
//	{"end":{"entries":1,"records":1,"keys":1,"sha256":"…"},"sum":"…"}
//
// The running hash of a line is SHA-256 over that of the line before, nothing for
// the first, and the line up to the comma before its sum; the sum is the first
// eight bytes of it, and the end holds that of the line before it in full. A line
// is thus known to be good, and in its place, before anything is made of it.
//
// There is one way to write a line: members in this order, no spaces, texts as
// package json writes them, bytes in hexadecimal. Payloads and bodies are the very
// bytes that are stored. "previous" is missing for a first entry, "silent" where no
// timer is, and an erased entry has "erased":true for salt and payload.
const exportVersion = 1

// exportHeader is the first line.
type exportHeader struct {
	version int
	tenant  string
	kinds   []string
}

// exportRecord is a record as it stands after its last entry.
type exportRecord struct {
	kind string
	id   uuid.UUID
	seal seal
	body []byte
}

// exportEnd is the last line.
type exportEnd struct {
	entries, records, keys int
	sum                    [sha256.Size]byte // of the line before
}

const (
	sumBytes  = 8
	sumBefore = `,"sum":"`
	sumAfter  = `"}`
	sumSize   = len(sumBefore) + 2*sumBytes + len(sumAfter)
)

// runningSum is the running hash of a file's lines.
type runningSum struct {
	now   [sha256.Size]byte
	began bool
	buf   []byte
}

func (s *runningSum) add(content []byte) {
	s.buf = s.buf[:0]
	if s.began {
		s.buf = append(s.buf, s.now[:]...)
	}
	s.buf = append(s.buf, content...)
	s.now, s.began = sha256.Sum256(s.buf), true
}

// seal appends what ends the line of a content.
func (s *runningSum) seal(content []byte) []byte {
	s.add(content)
	content = append(content, sumBefore...)
	content = hex.AppendEncode(content, s.now[:sumBytes])
	return append(content, sumAfter+"\n"...)
}

// lineReader gives the contents of lines whose sums are right.
type lineReader struct {
	in   *bufio.Reader
	sum  runningSum
	line int // the last that was read
	max  int
}

// next is the content of the next line, in memory of its own. io.EOF: there is
// none.
func (l *lineReader) next() ([]byte, error) {
	var line []byte
	for {
		part, err := l.in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > l.max:
			return nil, l.wrong("", fmt.Sprintf("is longer than %d bytes", l.max))
		case err == nil:
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != io.EOF:
			return nil, fmt.Errorf("line %d: %w", l.line+1, err)
		case len(line) == 0:
			return nil, io.EOF
		default:
			return nil, l.wrong("", "is cut off")
		}
		break
	}
	l.line++
	line = line[:len(line)-1]
	n := len(line) - sumSize
	if n < 0 || string(line[n:n+len(sumBefore)]) != sumBefore || string(line[len(line)-len(sumAfter):]) != sumAfter {
		l.line--
		return nil, l.wrong("sum", "is missing")
	}
	content, sum := line[:n:n], line[n+len(sumBefore):len(line)-len(sumAfter)]
	l.sum.add(content)
	if want := hex.EncodeToString(l.sum.now[:sumBytes]); string(sum) != want {
		l.line--
		return nil, l.wrong("sum", fmt.Sprintf("is %q and should be %q: this line or one before it was changed, moved, added or taken out", sum, want))
	}
	if !utf8.Valid(content) {
		l.line--
		return nil, l.wrong("", "is not valid UTF-8")
	}
	return content, nil
}

// wrong is about the line after the last that was good.
func (l *lineReader) wrong(field, problem string) error {
	return &LineError{Line: l.line + 1, Field: field, Problem: problem}
}

func appendHeader(b []byte, h exportHeader) []byte {
	b = strconv.AppendInt(append(b, `{"export":{"version":`...), int64(h.version), 10)
	b = appendQuoted(append(b, `,"tenant":`...), h.tenant)
	b = appendTexts(append(b, `,"kinds":`...), h.kinds)
	return append(b, '}')
}

func appendEntryLine(b []byte, e *store.Entry) []byte {
	b = appendQuoted(append(b, `{"entry":{"kind":`...), e.Kind)
	b = appendQuoted(append(b, `,"id":`...), e.ID.String())
	b = strconv.AppendUint(append(b, `,"place":`...), e.Revision, 10)
	b = appendQuoted(append(b, `,"type":`...), e.Type)
	b = appendQuoted(append(b, `,"time":`...), e.Time.UTC().Format(time.RFC3339Nano))
	if len(e.Previous) > 0 {
		b = appendBytes(append(b, `,"previous":`...), e.Previous)
	}
	b = appendBytes(append(b, `,"digest":`...), e.Digest)
	b = appendBytes(append(b, `,"hash":`...), e.Hash)
	if e.Erased {
		return append(b, `,"erased":true}`...)
	}
	b = appendBytes(append(b, `,"salt":`...), e.Salt)
	b = append(append(b, `,"payload":`...), e.Payload...)
	return append(b, '}')
}

func appendRecord(b []byte, r *exportRecord) []byte {
	b = appendQuoted(append(b, `{"record":{"kind":`...), r.kind)
	b = appendQuoted(append(b, `,"id":`...), r.id.String())
	b = strconv.AppendUint(append(b, `,"entries":`...), r.seal.entries, 10)
	b = appendBytes(append(b, `,"hash":`...), r.seal.hash[:])
	if len(r.seal.silent) > 0 {
		b = appendTexts(append(b, `,"silent":`...), r.seal.silent)
	}
	b = append(append(b, `,"body":`...), r.body...)
	return append(b, '}')
}

func appendKeyLine(b, body []byte) []byte { return append(append(b, `{"key":`...), body...) }

func appendEnd(b []byte, e exportEnd) []byte {
	b = strconv.AppendInt(append(b, `{"end":{"entries":`...), int64(e.entries), 10)
	b = strconv.AppendInt(append(b, `,"records":`...), int64(e.records), 10)
	b = strconv.AppendInt(append(b, `,"keys":`...), int64(e.keys), 10)
	b = appendBytes(append(b, `,"sha256":`...), e.sum[:])
	return append(b, '}')
}

func appendBytes(b, value []byte) []byte {
	return append(hex.AppendEncode(append(b, '"'), value), '"')
}

func appendTexts(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQuoted(b, s)
	}
	return append(b, ']')
}

// appendQuoted writes a text as package json does.
func appendQuoted(b []byte, s string) []byte {
	for i := range len(s) {
		if !plain(s[i]) {
			quoted, _ := json.Marshal(s) // a text that is not UTF-8 comes back as another
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// plain reports whether package json writes a byte of a text as it is.
func plain(c byte) bool {
	return c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' && c != 0x7f
}

// oneLine refuses JSON that cannot stand in a line as it is.
func oneLine(value []byte) error {
	switch {
	case len(value) < 2 || value[0] != '{' || value[len(value)-1] != '}' || bytes.IndexByte(value, '\n') >= 0:
		return errors.New("it is not one JSON object in one line")
	case !utf8.Valid(value):
		return errors.New("it is not valid UTF-8")
	}
	return nil
}

// LineError says what is wrong with a line of an export. It matches [ErrImport]
// and Err.
type LineError struct {
	Line    int    // from 1
	Field   string // path of the member: "entry.place"; "" for the line as a whole
	Problem string
	Err     error // what is behind it, if anything
}

func (e *LineError) Error() string {
	text := fmt.Sprintf("line %d: ", e.Line)
	if e.Field != "" {
		text += e.Field + ": "
	}
	text += e.Problem
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap makes errors.Is true for ErrImport and for what is behind it.
func (e *LineError) Unwrap() []error {
	if e.Err == nil {
		return []error{ErrImport}
	}
	return []error{ErrImport, e.Err}
}

var _ error = (*LineError)(nil)

// timeOf reads a time as an export writes it.
func timeOf(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return t, errors.New("is not a time like 2006-01-02T15:04:05.999999Z")
	}
	if t = itsm.Normal(t); t.Format(time.RFC3339Nano) != s {
		return t, errors.New("is not a time in UTC and whole microseconds, without needless zeros")
	}
	return t, nil
}
