package register

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/store"
)

// Seal stands for the whole journal of a record up to its last entry. A host that
// keeps it elsewhere can later tell whether even somebody who can rewrite record
// and journal together has done so.
type Seal struct {
	Entries uint64 // how many; the place of the last
	Hash    []byte // of the last entry, which covers all before it
}

// seal is what a document's head holds: the [Seal], so that a journal cut short
// shows, and the time-driven rules that are silent.
type seal struct {
	entries uint64
	hash    [sha256.Size]byte

	// silent are the timers that were refused since the record last changed.
	// They have no index term, and so are not tried again (R35). An event
	// empties the list; what rewrites the record without changing it, such as an
	// erasure, keeps it.
	silent []string
}

// The head is a format byte, the count, the hash, and each silent timer's name
// after its length.
const sealFormat = 1

func (s *seal) append(b []byte) []byte {
	b = append(b, sealFormat)
	b = binary.BigEndian.AppendUint64(b, s.entries)
	b = append(b, s.hash[:]...)
	for _, name := range s.silent {
		b = appendPart(b, name)
	}
	return b
}

func parseSeal(b []byte) (seal, error) {
	var s seal
	const fixed = 1 + 8 + sha256.Size
	if len(b) < fixed || b[0] != sealFormat {
		return s, fmt.Errorf("the head is not a seal: %x", b[:min(len(b), fixed)])
	}
	s.entries = binary.BigEndian.Uint64(b[1:])
	copy(s.hash[:], b[9:])
	for b = b[fixed:]; len(b) > 0; {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return s, fmt.Errorf("the list of silent timers in the head is cut short")
		}
		b = b[size:]
		s.silent = append(s.silent, string(b[:n]))
		b = b[n:]
	}
	return s, nil
}

// saltSize makes guessing the salt of an erased payload hopeless.
const saltSize = 16

// next makes e the next entry of a record's journal and moves the seal on. Kind,
// id, type, time and payload are given; the rest is filled in.
func (s *seal) next(tenant string, e *store.Entry, random io.Reader, buf *[]byte) error {
	// One piece of memory holds all that is filled in.
	b := make([]byte, saltSize+3*sha256.Size)
	e.Salt, b = b[:saltSize:saltSize], b[saltSize:]
	if _, err := io.ReadFull(random, e.Salt); err != nil {
		return fmt.Errorf("register: no salt for the journal: %w", err)
	}
	if s.entries > 0 {
		e.Previous, b = b[:sha256.Size:sha256.Size], b[sha256.Size:]
		copy(e.Previous, s.hash[:])
	}
	digest := payloadDigest(e.Salt, e.Payload, buf)
	e.Digest, b = append(b[:0:sha256.Size], digest[:]...), b[sha256.Size:]
	e.Revision = s.entries + 1
	s.hash = entryHash(tenant, e, buf)
	e.Hash = append(b[:0], s.hash[:]...)
	s.entries++
	return nil
}

// payloadDigest stands for a payload in the hash of its entry. The salt keeps a
// payload of few possible values from being found by trying them all.
func payloadDigest(salt, payload []byte, buf *[]byte) [sha256.Size]byte {
	b := appendPart((*buf)[:0], salt)
	b = append(b, payload...)
	*buf = b
	return sha256.Sum256(b)
}

// entryHash is SHA-256 over the previous hash and every field of an entry that
// erasing leaves. Each part stands behind its length or has a fixed one, so that
// no two entries hash the same bytes. The tenant is among them: an entry is no
// evidence in another's journal.
func entryHash(tenant string, e *store.Entry, buf *[]byte) [sha256.Size]byte {
	b := append((*buf)[:0], "itsm journal 1\n"...)
	b = appendPart(b, e.Previous)
	b = appendPart(b, tenant)
	b = appendPart(b, e.Kind)
	b = append(b, e.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, e.Revision)
	b = appendPart(b, e.Type)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Time.UnixMicro()))
	b = appendPart(b, e.Digest)
	*buf = b
	return sha256.Sum256(b)
}

func appendPart[T ~string | ~[]byte](b []byte, part T) []byte {
	b = binary.AppendUvarint(b, uint64(len(part)))
	return append(b, part...)
}

// verify checks that e is the next entry of the chain, and moves the seal on.
func (s *seal) verify(tenant string, e *store.Entry, buf *[]byte) error {
	wrong := func(problem string) error {
		return &TamperError{Kind: e.Kind, ID: e.ID, Place: s.entries + 1, Problem: problem}
	}
	if e.Revision != s.entries+1 {
		return wrong(fmt.Sprintf("is missing; the next is %d", e.Revision))
	}
	previous := s.hash[:]
	if s.entries == 0 {
		previous = nil
	}
	if !bytes.Equal(e.Previous, previous) {
		return wrong("does not follow the one before it")
	}
	if !e.Erased {
		if digest := payloadDigest(e.Salt, e.Payload, buf); !bytes.Equal(e.Digest, digest[:]) {
			return wrong("has another content than was sealed")
		}
	}
	hash := entryHash(tenant, e, buf)
	if !bytes.Equal(e.Hash, hash[:]) {
		return wrong("was changed")
	}
	s.hash = hash
	s.entries++
	return nil
}

// matches compares the end of a chain with what the record's head says.
func (s *seal) matches(kind string, id uuid.UUID, head *seal) error {
	problem := ""
	switch {
	case s.entries < head.entries:
		problem = fmt.Sprintf("is missing; the record was sealed with %d", head.entries)
	case s.entries > head.entries:
		problem = fmt.Sprintf("is more than the %d that the record was sealed with", head.entries)
	case s.hash != head.hash:
		problem = "is not the last one that the record was sealed with"
	default:
		return nil
	}
	return &TamperError{Kind: kind, ID: id, Place: min(s.entries, head.entries) + 1, Problem: problem}
}

func (s *seal) isSilent(timer string) bool { return slices.Contains(s.silent, timer) }
