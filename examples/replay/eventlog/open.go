package eventlog

import (
	"bufio"
	"compress/gzip"
	"io"

	"github.com/ulikunitz/xz"
)

// What the formats begin with.
const (
	gzipMagic = "\x1f\x8b"
	xzMagic   = "\xfd7zXZ\x00"
	byteOrder = "\xef\xbb\xbf" // a mark that some programs put in front of UTF-8
)

// unpack is the text of a file that may be compressed, without a byte order mark.
func unpack(file string, in io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(in, 1<<16)
	var unpacked io.Reader
	var err error
	switch {
	case begins(b, gzipMagic):
		unpacked, err = gzip.NewReader(b)
	case begins(b, xzMagic):
		unpacked, err = xz.NewReader(b)
	}
	if err != nil {
		return nil, &FormatError{File: file, Problem: "cannot be unpacked: " + err.Error()}
	}
	if unpacked != nil {
		b = bufio.NewReaderSize(unpacked, 1<<16)
	}
	if begins(b, byteOrder) {
		_, err = b.Discard(len(byteOrder))
	}
	return b, err
}

func begins(b *bufio.Reader, with string) bool {
	start, _ := b.Peek(len(with))
	return string(start) == with
}
