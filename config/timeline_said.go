package config

import (
	"iter"
	"slices"

	"github.com/itsmkit/itsm"
)

// said is one fact about one attribute. The times are in it, and what else was said
// with it is shared by many, so that a search among them reads little memory.
type said struct {
	from, until, recorded int64
	value                 itsm.Value
	as                    *statement
}

// statement is who says something, from where it is known, why it is said so late
// and under which change.
type statement struct {
	by, source, reason string
	change             itsm.Ref
}

// sayings are the facts about one attribute. The few recorded last stand in a row,
// where they are read fast, and those before in a tree, which another with more of
// them shares.
type sayings struct {
	newest *said
	rest   []said // the latest recorded first
	before *tree
}

// fullRow is how many facts about one attribute stand in a row at most.
const fullRow = 16

// with are in a row the latest of these facts and of more, which are by the time of
// recording, the latest first, and in a tree those before them.
func (s sayings) with(more, row []said) ([]said, *tree) {
	before := s.before
	if before != nil {
		at := spot(more, s.rest[len(s.rest)-1].recorded)
		before, more = before.with(more[:at]), more[at:]
	}
	put := func(one *said) {
		at := spot(more, one.recorded)
		row = append(appendReversed(row, more[at:]), *one)
		more = more[:at]
	}
	if s.newest != nil {
		put(s.newest)
	}
	for i := range s.rest {
		put(&s.rest[i])
	}
	row = appendReversed(row, more)
	if len(row) > fullRow {
		early := row[fullRow/2:]
		slices.Reverse(early)
		row, before = row[:fullRow/2], before.with(early)
	}
	return row, before
}

func appendReversed(row, list []said) []said {
	for i := len(list) - 1; i >= 0; i-- {
		row = append(row, list[i])
	}
	return row
}

// told are those that were recorded by then, the first one first, by their number.
func (s sayings) told(recorded int64) iter.Seq2[int, *said] {
	return func(yield func(int, *said) bool) {
		n := 0
		next := func(one *said) bool {
			n++
			return one.recorded <= recorded && yield(n-1, one)
		}
		more := s.before.each(next)
		for i := len(s.rest) - 1; more && i >= 0; i-- {
			more = next(&s.rest[i])
		}
		if more && s.newest != nil {
			next(s.newest)
		}
	}
}

// earlier is the latest that was recorded by then and holds at the time, where that is
// not the newest; nil: none does.
func (s sayings) earlier(valid, recorded int64) *said {
	for i := range s.rest {
		if one := &s.rest[i]; one.recorded <= recorded && one.holds(valid) {
			return one
		}
	}
	if s.before == nil {
		return nil
	}
	return s.before.latest(valid, s.before.by(recorded))
}

// among is the latest of the first n that holds at the time, where the newest is none
// of them; nil: none does.
func (s sayings) among(valid int64, n int) *said {
	for i := max(0, len(s.rest)+s.before.len()-n); i < len(s.rest); i++ {
		if one := &s.rest[i]; one.holds(valid) {
			return one
		}
	}
	return s.before.latest(valid, n)
}

// holds reports whether it is about the time.
func (s *said) holds(valid int64) bool { return s.from <= valid && valid < s.until }

// valueOf is its value; of nothing it is missing.
func (s *said) valueOf() itsm.Value {
	if s == nil {
		return itsm.Value{}
	}
	return s.value
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
