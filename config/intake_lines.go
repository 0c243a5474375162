package config

import (
	"bufio"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"unicode/utf8"
)

// defaultMaxLine is how long a line may be when nothing is said.
const defaultMaxLine = 1 << 20

// lineReader reads line by line and never holds more of one than it may have.
type lineReader struct {
	r      *bufio.Reader
	most   int
	long   []byte // a line that lies across the reader's buffer
	number int    // of the last line, from 1
	crlf   bool   // it ended in CR and LF
	quotes int    // how many there were in a line that is too long
	sum    uint32 // of all that was read
	err    error  // why reading failed; nil at the end
}

func newLineReader(r io.Reader, most int) *lineReader {
	if most <= 0 {
		most = defaultMaxLine
	}
	return &lineReader{r: bufio.NewReaderSize(r, 1<<16), most: most}
}

// next is the next line without what ends it, valid until the following one, and
// false after the last. One that is too long is a fault, and read over; one that is no
// UTF-8 is a fault and yet there.
func (l *lineReader) next() ([]byte, *Fault, bool) {
	line, tooLong, more := l.read()
	if !more {
		return nil, nil, false
	}
	l.number++
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\uFEFF"))
	}
	if tooLong {
		return nil, &Fault{Line: l.number, Problem: fmt.Sprintf("is longer than %d bytes", l.most)}, true
	}
	if !utf8.Valid(line) {
		return line, &Fault{Line: l.number, Column: invalidAt(line) + 1, Problem: "is not valid UTF-8"}, true
	}
	return line, nil, true
}

func (l *lineReader) read() (line []byte, tooLong, more bool) {
	l.long = l.long[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		l.sum = crc32.Update(l.sum, crc32.IEEETable, part)
		whole := err != bufio.ErrBufferFull
		switch {
		case tooLong:
			l.quotes += bytes.Count(part, []byte{'"'})
		case len(l.long) == 0 && whole:
			line = part
		default:
			l.long = append(l.long, part...)
			line = l.long
		}
		if end := trimEnd(line); len(end) > l.most && !tooLong {
			tooLong, l.long, l.quotes = true, l.long[:0], bytes.Count(line, []byte{'"'})
		}
		if !whole {
			continue
		}
		if err != nil && err != io.EOF {
			l.err = err
			return nil, false, false
		}
		l.crlf = bytes.HasSuffix(line, []byte("\r\n"))
		return trimEnd(line), tooLong, tooLong || len(line) > 0
	}
}

func trimEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}

// invalidAt is where the first byte is that is not UTF-8.
func invalidAt(b []byte) int {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size <= 1 {
			return i
		}
		i += size
	}
	return len(b)
}

// texts keeps each of the words that come again and again once.
type texts map[string]string

// mostTexts bounds how many are kept, and longestText how long they are.
const (
	mostTexts   = 1 << 14
	longestText = 64
)

func (t texts) of(b []byte) string {
	if len(b) > longestText {
		return string(b)
	}
	if s, known := t[string(b)]; known {
		return s
	}
	s := string(b)
	if len(t) < mostTexts {
		t[s] = s
	}
	return s
}
