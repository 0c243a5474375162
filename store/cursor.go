package store

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"github.com/google/uuid"
)

// Cursor is a place in the results of a query, as text to hand out and take
// back: to a browser, say. It holds no secret and grants nothing: a query stays
// in its own range and tenant wherever it begins.
type Cursor string

// Position is a place in the journal of a tenant, as text to keep with what
// was read. The empty position is the beginning.
type Position string

// Both texts are base64url of: a byte for the format, a sum, the place. The sum
// covers the place and the query or tenant it belongs to, so that one used
// elsewhere or mistyped is told from a valid one. The journal's format byte
// differs, so that neither passes for the other.
const (
	cursorFormat   = 1
	positionFormat = 2
	sumSize        = 8
)

// EncodeCursor returns the cursor that continues q after the document of the
// given id, found under key. Without an Index, key is empty. Backends that know
// a better way to write cursors need not use it.
func EncodeCursor(t Tenant, q Query, key []byte, id uuid.UUID) Cursor {
	place := append(id[:], key...)
	return Cursor(seal(cursorFormat, querySum(t, q, place), place))
}

// DecodeCursor returns what was given to [EncodeCursor] for q.Cursor, which is
// not empty. A cursor that was made for another tenant or query, whatever their
// limits, is [ErrCursor], as is any other text.
func DecodeCursor(t Tenant, q Query) (key []byte, id uuid.UUID, err error) {
	sum, place, problem := open(cursorFormat, string(q.Cursor))
	if problem == "" && len(place) < len(id) {
		problem = "is too short"
	}
	if problem != "" {
		return nil, uuid.Nil, &CursorError{Text: string(q.Cursor), Problem: problem}
	}
	copy(id[:], place)
	key = place[len(id):]
	if sum != querySum(t, q, place) || !q.contains(key, id) {
		return nil, uuid.Nil, &CursorError{Text: string(q.Cursor), Problem: "is not from this query"}
	}
	return key, id, nil
}

// EncodePosition returns the position of the tenant's journal that the backend
// knows by the given numbers.
func EncodePosition(t Tenant, place ...uint64) Position {
	var b []byte
	for _, n := range place {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return Position(seal(positionFormat, positionSum(t, b), b))
}

// DecodePosition sets the numbers that were given to [EncodePosition], or all
// to 0 for the empty position. A position that was made for another tenant or
// with another count of numbers is [ErrCursor], as is any other text.
func DecodePosition(t Tenant, p Position, place ...*uint64) error {
	if p == "" {
		for _, n := range place {
			*n = 0
		}
		return nil
	}
	sum, b, problem := open(positionFormat, string(p))
	switch {
	case problem != "":
	case sum != positionSum(t, b):
		problem = "is not from this tenant's journal"
	case len(b) != 8*len(place):
		problem = "is not from this journal"
	}
	if problem != "" {
		return &CursorError{Text: string(p), Problem: problem}
	}
	for i, n := range place {
		*n = binary.BigEndian.Uint64(b[8*i:])
	}
	return nil
}

func seal(format byte, sum [sumSize]byte, place []byte) string {
	b := make([]byte, 0, 1+sumSize+len(place))
	b = append(b, format)
	b = append(b, sum[:]...)
	b = append(b, place...)
	return base64.RawURLEncoding.EncodeToString(b)
}

// open is the inverse of seal; it does not check the sum.
func open(format byte, text string) (sum [sumSize]byte, place []byte, problem string) {
	if len(text) > 2*(1+sumSize+16+MaxKey) {
		return sum, nil, "is too long"
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	// The decoder skips line ends, which no cursor has.
	if err != nil || base64.RawURLEncoding.EncodedLen(len(b)) != len(text) {
		return sum, nil, "is not base64url"
	}
	if len(b) < 1+sumSize {
		return sum, nil, "is too short"
	}
	if b[0] != format {
		return sum, nil, "is of an unknown format"
	}
	copy(sum[:], b[1:])
	return sum, b[1+sumSize:], ""
}

func querySum(t Tenant, q Query, place []byte) [sumSize]byte {
	direction := []byte{'+'}
	if q.Desc {
		direction[0] = '-'
	}
	return sumOf([]byte(t), []byte(q.Kind), []byte(q.Index), q.Prefix, q.From, q.To, direction, place)
}

func positionSum(t Tenant, place []byte) [sumSize]byte {
	return sumOf([]byte(t), place)
}

// sumOf hashes the parts, each with its length, so that no two lists of parts
// hash the same bytes.
func sumOf(parts ...[]byte) (sum [sumSize]byte) {
	var b []byte
	for _, part := range parts {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	hash := sha256.Sum256(b)
	copy(sum[:], hash[:])
	return sum
}
