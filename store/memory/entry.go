package memory

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"time"

	"github.com/google/uuid"
	"github.com/itsmkit/itsm/store"
)

// packed is a journal entry in one piece of memory without pointers: there are
// many, they are seldom read, and the garbage collector need not look inside.
//
// It is the revision and the microseconds since 1970, 8 bytes each, a byte that
// is 1 if the entry was erased, the id, and then each field after its length.
type packed []byte

const packedHeader = 8 + 8 + 1 + 16

func pack(e *store.Entry) packed {
	size := packedHeader + fieldSize(len(e.Kind)) + fieldSize(len(e.Type)) + fieldSize(len(e.Digest)) +
		fieldSize(len(e.Previous)) + fieldSize(len(e.Hash)) + fieldSize(len(e.Salt)) + fieldSize(len(e.Payload))
	b := make([]byte, 0, size)
	b = binary.BigEndian.AppendUint64(b, e.Revision)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Time.UnixMicro()))
	if e.Erased {
		b = append(b, 1)
	} else {
		b = append(b, 0)
	}
	b = append(b, e.ID[:]...)
	b = appendField(b, e.Kind)
	b = appendField(b, e.Type)
	b = appendField(b, e.Digest)
	b = appendField(b, e.Previous)
	b = appendField(b, e.Hash)
	b = appendField(b, e.Salt)
	b = appendField(b, e.Payload)
	return b
}

// fieldSize is what a field of n bytes takes: itself after its length in groups
// of seven bits.
func fieldSize(n int) int { return (bits.Len(uint(n)|1)+6)/7 + n }

func appendField[B []byte | string](b []byte, field B) []byte {
	b = binary.AppendUvarint(b, uint64(len(field)))
	return append(b, field...)
}

func (p packed) revision() uint64 { return binary.BigEndian.Uint64(p) }

// unpack returns the entry in memory of its own. The fields are cut from one
// copy, each with no room behind it, so that a caller who appends to one does
// not write into the next.
func (p packed) unpack() store.Entry {
	b := bytes.Clone(p)
	e := store.Entry{
		Revision: binary.BigEndian.Uint64(b),
		Time:     time.UnixMicro(int64(binary.BigEndian.Uint64(b[8:]))).UTC(),
		Erased:   b[16] == 1,
		ID:       uuid.UUID(b[17:packedHeader]),
	}
	rest := b[packedHeader:]
	next := func() []byte {
		n, width := binary.Uvarint(rest)
		end := width + int(n)
		field := rest[width:end:end]
		rest = rest[end:]
		return field
	}
	e.Kind = string(next())
	e.Type = string(next())
	e.Digest = next()
	e.Previous = next()
	e.Hash = next()
	e.Salt = next()
	e.Payload = next()
	return e
}
