package ical

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// lines reads the content lines of a file (RFC 5545, 3.1): lines that end with CRLF
// or LF, where one that begins with a space or a tab continues the one before.
type lines struct {
	r    *bufio.Reader
	max  int64 // how many bytes there may be
	read int64
	line int // how many lines of the file were read
	buf  []byte
}

func newLines(r io.Reader, most int64) *lines {
	return &lines{r: bufio.NewReader(r), max: most}
}

// next is the next content line that is not empty, and the line of the file on
// which it begins. The text is overwritten by the following call. After the last
// one the error is io.EOF.
func (l *lines) next() ([]byte, int, error) {
	for {
		l.buf = l.buf[:0]
		err := l.physical()
		if err != nil {
			return nil, l.line, err
		}
		begin := l.line
		for l.continues() {
			if err := l.physical(); err != nil {
				return nil, l.line, err
			}
		}
		text := l.buf
		if begin == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		if len(text) > 0 {
			return text, begin, nil
		}
	}
}

// continues reports whether the next line continues this one, and takes the space
// that says so. It is unfolded as bytes: a fold may split a character.
func (l *lines) continues() bool {
	next, err := l.r.Peek(1)
	if err != nil || (next[0] != ' ' && next[0] != '\t') {
		return false // what failed fails again when it is read
	}
	_, _ = l.r.Discard(1)
	l.read++
	return true
}

// physical appends a line of the file, without its end.
func (l *lines) physical() error {
	begin := len(l.buf)
	for {
		part, err := l.r.ReadSlice('\n')
		if l.read += int64(len(part)); l.read > l.max {
			return &Error{Line: l.line + 1, Err: wrong("file", "longer than %d bytes", l.max)}
		}
		l.buf = append(l.buf, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && len(l.buf) == begin:
			return io.EOF
		case err != nil && err != io.EOF:
			return fmt.Errorf("ical: line %d: %w", l.line+1, err)
		}
		l.line++
		l.buf = bytes.TrimSuffix(l.buf, []byte("\n"))
		l.buf = bytes.TrimSuffix(l.buf, []byte("\r"))
		return nil
	}
}

// property is a content line that has been read.
type property struct {
	name   string // in capitals, as all names are
	params map[string]string
	value  string
	line   int
}

// parseProperty reads name *(";" param) ":" value.
func parseProperty(text []byte, line int) (property, error) {
	p := property{line: line}
	rest := string(text)
	fail := func(problem string) (property, error) {
		return p, &Error{Line: line, Err: wrong(p.name, "%s in %.60q", problem, text)}
	}
	n := nameLength(rest)
	p.name, rest = strings.ToUpper(rest[:n]), rest[n:]
	if n == 0 || rest == "" || (rest[0] != ';' && rest[0] != ':') {
		p.name = "file"
		return fail("neither a property, NAME:value, nor the continuation of one, which begins with a space,")
	}
	for rest[0] == ';' {
		rest = rest[1:]
		n := nameLength(rest)
		if n == 0 || n == len(rest) || rest[n] != '=' {
			return fail("a parameter that is not NAME=value")
		}
		name := strings.ToUpper(rest[:n])
		value, after, ok := paramValues(rest[n+1:])
		if !ok {
			return fail("parameter " + name + " has no end")
		}
		if p.params == nil {
			p.params = map[string]string{}
		}
		p.params[name], rest = value, after
	}
	p.value = rest[1:]
	return p, nil
}

// paramValues takes the values of a parameter from the front of a text. All that
// are quoted or listed come as they are written: none of those that matter here
// can be. What is left begins with a semicolon or a colon.
func paramValues(text string) (value, rest string, ok bool) {
	isQuoted := false
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"':
			isQuoted = !isQuoted
		case !isQuoted && (c == ';' || c == ':'):
			return strings.Trim(text[:i], `"`), text[i:], true
		}
	}
	return "", "", false
}

// nameLength is how many bytes in front are those of a name.
func nameLength(text string) int {
	for i := range len(text) {
		c := text[i]
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return i
		}
	}
	return len(text)
}
