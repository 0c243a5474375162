package config

import "github.com/itsmkit/itsm"

// What was said of one attribute is a list from the latest recorded to the first,
// to which one more is added in front without a change to the rest: so timelines
// share it. Each has a jump far back as well, laid as in Myers, An applicative
// random-access stack, 1983, and knows within what time lies all that the jump leaves
// out: finding what was recorded by some time takes steps in proportion to the
// logarithm of their number, and so does finding which holds, unless many are about
// times that are over.

// said is one fact about one attribute. The times are in it, and what else was said
// with it is shared by many, so that a search among them reads little memory.
type said struct {
	from, until, recorded int64
	value                 itsm.Value
	as                    *statement
	before                *said // the one recorded before; nil: none
	jump                  *said // one far before; nil: none
	depth                 int   // how many there are from here on
	least, most           int64 // within [least, most) all hold from here to before the jump
}

// statement is who says something, from where it is known, why it is said so late
// and under which change.
type statement struct {
	by, source, reason string
	change             itsm.Ref
}

// push puts s in front of what was said before.
func (s *said) push(before *said) {
	s.before, s.jump, s.depth = before, before, 1
	s.least, s.most = s.from, s.until
	if before == nil {
		return
	}
	s.depth = before.depth + 1
	if j := before.jump; j != nil && before.depth-j.depth == j.depth-j.jump.deep() {
		s.jump = j.jump
		s.least = min(s.least, before.least, j.least)
		s.most = max(s.most, before.most, j.most)
	}
}

// deep is how many there are from s on.
func (s *said) deep() int {
	if s == nil {
		return 0
	}
	return s.depth
}

// by is the latest that was recorded by then.
func (s *said) by(recorded int64) *said {
	for s != nil && s.recorded > recorded {
		if s.jump != nil && s.jump.recorded > recorded {
			s = s.jump
		} else {
			s = s.before
		}
	}
	return s
}

// believed is the latest that was recorded by then and holds at the time.
func (s *said) believed(valid, recorded int64) *said {
	for s = s.by(recorded); s != nil; {
		switch {
		case s.from <= valid && valid < s.until:
			return s
		case s.least > valid || s.most <= valid:
			s = s.jump
		default:
			s = s.before
		}
	}
	return nil
}

// value is what is believed then; missing if nothing is.
func (s *said) valueAt(valid, recorded int64) itsm.Value {
	if b := s.believed(valid, recorded); b != nil {
		return b.value
	}
	return itsm.Value{}
}

// fact is s as it was given; of nothing it is none.
func (s *said) fact(h *history, attribute string) Fact {
	if s == nil {
		return Fact{}
	}
	return Fact{
		Subject: h.id, Attribute: attribute, Value: s.value,
		From: timeOf(s.from), Until: timeOf(s.until), Recorded: timeOf(s.recorded),
		By: s.as.by, Source: s.as.source, Change: s.as.change, Reason: s.as.reason,
	}
}
