package config

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// Look is what a source saw of an observed attribute when it last looked. Of an
// attribute with a [Precedence] a CI keeps those that still count: the one that is
// believed, those of lower sources that looked later, and those of lower sources that saw
// something else for a time of which it is believed; at most one of each source that is
// listed, and one of all others.
//
// What differs from what is believed is outranked: neither an unauthorised change nor a
// drift, but two sources of which one is wrong. It stays until that source, or another of
// its rank, looks again and agrees; until something else is believed from a later time
// on; until somebody says what is so; or until another look comes when it is older than
// [Precedence] lets any count, or when the attribute is controlled by now.
type Look struct {
	Source string     `json:"source"`
	Value  itsm.Value `json:"value,omitzero"` // missing: it saw none
	First  time.Time  `json:"first"`          // since when it has seen that, as far as its looks counted
	Seen   time.Time  `json:"seen"`           // when it looked last
}

// Outranked lists the attributes of which a lower source saw something else than is
// believed, by name.
func (ci *CI) Outranked() []string {
	var names []string
	for _, name := range namesOf(ci.Looks) {
		if _, differs := outranked(ci.Looks[name]); differs {
			names = append(names, name)
		}
	}
	return names
}

// outranked is the newest look that is not as the first, which is believed.
func outranked(looks []Look) (newest Look, differs bool) {
	for i, l := range looks {
		if i > 0 && !l.Value.Equal(looks[0].Value) && (!differs || l.Seen.After(newest.Seen)) {
			newest, differs = l, true
		}
	}
	return newest, differs
}

// looks are those that count of an attribute. Where none are kept what is believed is
// the look of its source.
func (ci *CI) looks(name string) []Look {
	if kept := ci.Looks[name]; len(kept) > 0 {
		return kept
	}
	if a, has := ci.Assertion(name); has {
		return []Look{{a.Source, a.Value, earlier(a.Since, a.Seen), a.Seen}} // it may be so only since later, as somebody corrected
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// weigh is what counts of an attribute once a source has looked, what is believed first;
// none: the look is older than one of an equal or a higher source or than what somebody
// said, or too old to count.
func (p *Policy) weigh(ci *CI, name string, look Look) []Look {
	if a, _ := ci.Assertion(name); look.Seen.Before(a.Told) {
		return nil
	}
	row := p.precedence(ci.Class, name)
	if row == nil {
		row = &Precedence{}
	}
	rank, newest := row.rank(look.Source), look.Seen
	var list []Look
	for _, l := range ci.looks(name) {
		if row.rank(l.Source) <= rank && look.Seen.Before(l.Seen) {
			return nil
		}
		if l.Seen.After(newest) {
			newest = l.Seen
		}
		switch {
		case l.Source == look.Source && l.Value.Equal(look.Value):
			look.First = l.First
		case l.Source != look.Source && row.rank(l.Source) != rank: // its own last one is over, and so is that of an equal
			list = append(list, l)
		}
	}
	list = append(list, look)
	list = slices.DeleteFunc(list, func(l Look) bool {
		return !l.Seen.Equal(newest) && !row.Yields.IsZero() && !row.Yields.After(l.Seen).After(newest)
	})
	if !slices.ContainsFunc(list, func(l Look) bool { return l.Source == look.Source }) {
		return nil
	}
	slices.SortFunc(list, func(a, b Look) int {
		return cmp.Or(cmp.Compare(row.rank(a.Source), row.rank(b.Source)), b.Seen.Compare(a.Seen))
	})
	list = slices.CompactFunc(list, func(a, b Look) bool { return row.rank(a.Source) == row.rank(b.Source) }) // who became equals by another policy

	since, latest := ci.asSeen(name, list).Since, list[0].Seen
	kept := list[:1]
	for _, l := range list[1:] {
		later := !l.Seen.Before(latest)
		if later {
			latest = l.Seen
		}
		if later || !l.Value.Equal(list[0].Value) && !l.Seen.Before(since) {
			kept = append(kept, l)
		}
	}
	return kept
}

// asSeen is what is believed of an attribute by the looks that count.
func (ci *CI) asSeen(name string, looks []Look) Assertion {
	a, has := ci.Assertion(name)
	if is := looks[0]; !has || !a.Value.Equal(is.Value) {
		a = Assertion{Value: is.Value, Since: is.Seen, Source: is.Source, Told: a.Told}
	}
	for _, l := range looks {
		if l.Value.Equal(a.Value) && l.Seen.After(a.Seen) {
			a.Seen = l.Seen
		}
	}
	return a
}

// tells reports whether an assertion says all that the looks do.
func (a Assertion) tells(looks []Look) bool {
	return len(looks) == 1 && looks[0].Source == a.Source && looks[0].Seen.Equal(a.Seen)
}

// rank fills in the command what counts of an attribute now, and what a fact is told of.
func (c *Observe) rank(ci *CI, name string, looks []Look, precedes bool) {
	a := ci.asSeen(name, looks)
	if !looks[0].Value.Equal(ci.Value(name)) {
		c.Changed = append(c.Changed, ci.replaced(name)...)
		if looks[0].Source != c.Source {
			c.Yielded = with(c.Yielded, name, looks[0])
		}
	}
	if precedes && !a.tells(looks) {
		sources := make([]string, len(looks))
		for i, l := range looks {
			sources[i] = l.Source
		}
		c.Ranked = with(c.Ranked, name, sources)
	}
	is, differs := outranked(looks)
	was, differed := outranked(ci.Looks[name])
	switch {
	case differs && (!differed || is.Source != was.Source || !is.Value.Equal(was.Value)):
		if a.Since.After(is.First) { // before, it was not outranked
			is.First = earlier(a.Since, is.Seen)
		}
		c.Outranked = with(c.Outranked, name, is)
	case differed && !differs:
		c.Agreed = append(c.Agreed, name)
	}
}

// with sets one entry of a map that may be nil.
func with[V any](m map[string]V, name string, v V) map[string]V {
	if m == nil {
		m = make(map[string]V)
	}
	m[name] = v
	return m
}

// ranked are the looks that count, by their sources as the decision found them.
func (c *Observe) ranked(ci *CI, name string, seen time.Time) []Look {
	look := Look{c.Source, c.Values[name], seen, seen}
	sources := c.Ranked[name]
	if len(sources) == 0 {
		return []Look{look}
	}
	by := make(map[string]Look)
	for _, l := range ci.looks(name) {
		by[l.Source] = l
	}
	if was, looked := by[c.Source]; looked && was.Value.Equal(look.Value) {
		look.First = was.First
	}
	by[c.Source] = look
	list := make([]Look, 0, len(sources))
	for _, s := range sources {
		if l, known := by[s]; known {
			list = append(list, l)
		}
	}
	if len(list) == 0 { // of a command that was not decided on here
		return []Look{look}
	}
	return list
}

// setLooks keeps the looks of attributes in a new map; none: what is believed says it
// all.
func (ci *CI) setLooks(looks map[string][]Look) {
	if len(looks) == 0 || len(ci.Looks) == 0 && !slices.ContainsFunc(namesOf(looks), func(name string) bool { return len(looks[name]) > 0 }) {
		return
	}
	next := make(map[string][]Look)
	maps.Copy(next, ci.Looks)
	for name, list := range looks {
		if len(list) == 0 {
			delete(next, name)
		} else {
			next[name] = list
		}
	}
	if len(next) == 0 {
		next = nil
	}
	ci.Looks = next
}

// told lists those of the attributes that have a precedence when somebody says what they
// are, and of these those in which what is said by hand ranks.
func (p *Policy) told(class string, said map[string]itsm.Value, by itsm.Actor) (told, byHand []string) {
	for _, name := range namesOf(said) {
		r := p.precedence(class, name)
		seen := slices.Contains(observable(), name) || p.Model.rulesOf(class).find(name) != nil
		if r == nil || !seen || p.controlled(class, name) {
			continue
		}
		told = append(told, name)
		if !p.observes(by) && slices.Contains(r.Sources, ByHand) && !said[name].IsZero() {
			byHand = append(byHand, name)
		}
	}
	return told, byHand
}

// agreed lists those of the attributes of which no look is outranked any more, once
// somebody says what they are.
func (ci *CI) agreed(said map[string]itsm.Value) []string {
	var names []string
	for _, name := range ci.Outranked() {
		if _, given := said[name]; given {
			names = append(names, name)
		}
	}
	return names
}

// tell sets what somebody says; looks from before count no more, nor do those of told
// that are reported later.
func (ci *CI) tell(said map[string]itsm.Value, as Assertion, told, byHand []string) {
	all, looks := stated(said, as), make(map[string][]Look, len(said))
	for name, v := range said {
		if a := all[name]; slices.Contains(told, name) {
			a.Told = as.Seen
			all[name] = a
		}
		looks[name] = nil
		if slices.Contains(byHand, name) {
			looks[name] = []Look{{ByHand, v, as.Since, as.Seen}}
		}
	}
	ci.believe(all)
	ci.setLooks(looks)
}
