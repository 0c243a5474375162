package config

import (
	"crypto/sha256"

	"github.com/google/uuid"
)

// intakeKey stands for a class and a name.
type intakeKey [16]byte

func keyFor(class, name string) intakeKey {
	var room [128]byte
	text := append(append(append(room[:0], class...), 0), name...)
	sum := sha256.Sum256(text)
	return intakeKey(sum[:16])
}

// ambiguous stands for the CI of a handle that several have.
const ambiguous = none - 1

func (in *Intake) handleOfID(id uuid.UUID) uint32 {
	h, known := in.ids[id]
	if !known {
		h = uint32(len(in.handles))
		in.ids[id], in.handles = h, append(in.handles, none)
	}
	return h
}

func (in *Intake) handleOfKey(class, name string) uint32 {
	key := keyFor(class, name)
	h, known := in.keys[key]
	if !known {
		h = uint32(len(in.handles))
		in.keys[key], in.handles = h, append(in.handles, none)
	}
	return h
}

func (in *Intake) handleOf(h Handle) uint32 {
	if h.ID != uuid.Nil {
		return in.handleOfID(h.ID)
	}
	return in.handleOfKey(h.Class, h.Name)
}

// bind makes a CI the one of its id and of its class and name. A row that names but
// these is then of neither, when another has them too.
func (in *Intake) bind(v uint32, class, name string) {
	in.handles[in.handleOfID(in.cis[v].id)] = v
	h := in.handleOfKey(class, name)
	switch was := in.handles[h]; was {
	case v, ambiguous:
	case none:
		in.handles[h] = v
	default:
		in.handles[h] = ambiguous
		if in.cis[was].named {
			in.ciWrong(was, nameName, severalProblem, Handle{Class: class, Name: name})
		}
	}
}

const severalProblem = "%s is what several CIs are, here or there already; give the id of the one that is meant, or of its own to a new one"

func (r *CIRow) handle() Handle { return Handle{Class: r.Class, Name: r.Name} }

// several reports whether a row names by class and name what several CIs are: known
// ones, or those that other rows give ids to. Then nothing else is of that name alone.
func (in *Intake) several(r *CIRow) bool {
	if r.ID != uuid.Nil {
		return false
	}
	h, there := in.keys[keyFor(r.Class, r.Name)]
	if !there {
		return false
	}
	v := in.handles[h]
	if v < ambiguous && in.cis[v].known == 0 && !in.cis[v].named {
		in.handles[h], v = ambiguous, ambiguous
	}
	return v == ambiguous
}

// knownCI is the known CI that a row is about; none: a new one.
func (in *Intake) knownCI(r *CIRow) uint32 {
	if len(in.known) == 0 {
		return none
	}
	h, there := in.ids[r.ID]
	if r.ID == uuid.Nil {
		h, there = in.keys[keyFor(r.Class, r.Name)]
	}
	if !there || in.handles[h] >= ambiguous || in.cis[in.handles[h]].known == 0 {
		return none
	}
	return in.handles[h]
}

// idOf is the id of a row's CI.
func (in *Intake) idOf(r *CIRow) uuid.UUID {
	if r.ID != uuid.Nil {
		return r.ID
	}
	return uuid.NewSHA1(in.o.Namespace, []byte(Kind+"\x00"+r.Class+"\x00"+r.Name))
}
