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

// bind makes a row's CI the one of its id and of its class and name. A row that names
// but these is then of neither, when another has them too, unless that is disposed of.
func (in *Intake) bind(v uint32, class, name string) {
	in.handles[in.handleOfID(in.cis[v].id)] = v
	h := in.handleOfKey(class, name)
	switch was := in.handles[h]; was {
	case v, ambiguous:
	case none:
		in.handles[h] = v
	default:
		if c := &in.cis[was]; c.known > 0 && in.gone(c) {
			in.handles[h] = v
			return
		}
		in.handles[h] = ambiguous
		if in.cis[was].named == h+1 {
			in.ciWrong(was, nameName, severalProblem, Handle{Class: class, Name: name})
		}
	}
}

// namedBy is what is kept of that a row names its CI by class and name alone.
func (in *Intake) namedBy(alone bool, r *CIRow) uint32 {
	if !alone {
		return 0
	}
	return in.handleOfKey(r.Class, r.Name) + 1
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
	if v < ambiguous && in.cis[v].known == 0 && in.cis[v].named == 0 {
		in.handles[h], v = ambiguous, ambiguous
	}
	return v == ambiguous
}

// byName is the known CI that a row names by class and name; none: there is none.
func (in *Intake) byName(r *CIRow) uint32 {
	if len(in.known) == 0 || r.ID != uuid.Nil {
		return none
	}
	h, there := in.keys[keyFor(r.Class, r.Name)]
	if !there || in.handles[h] >= ambiguous {
		return none
	}
	if c := &in.cis[in.handles[h]]; c.known <= 0 || in.gone(c) {
		return none
	}
	return in.handles[h]
}
