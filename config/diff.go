package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Step is what became of a CI or relation between two points.
type Step string

// The steps.
const (
	Added   Step = "added"
	Removed Step = "removed" // disposed of or ended, or no longer believed to be
	Changed Step = "changed"
	Rewired Step = "rewired" // of relations: it leads from or to another CI, or another took its place
)

// Steps lists every step.
func Steps() []Step { return []Step{Added, Removed, Changed, Rewired} }

// Diff is what differs between two points of a timeline: what happened between two
// valid times, or what was learnt between two recorded ones.
type Diff struct {
	From      AsOf           `json:"from"`
	To        AsOf           `json:"to"`
	CIs       []CIDiff       `json:"cis,omitempty"`       // by id
	Relations []RelationDiff `json:"relations,omitempty"` // by id
}

// CIDiff is what differs of one CI.
type CIDiff struct {
	Step       Step         `json:"step"`
	ID         uuid.UUID    `json:"id"`
	Name       string       `json:"name,omitzero"` // afterwards; of what was removed, before
	Class      string       `json:"class,omitzero"`
	Origin     Origin       `json:"origin,omitzero"`      // of what was added or removed
	Attributes []Difference `json:"attributes,omitempty"` // of what was changed, by name
}

// RelationDiff is what differs of one relation.
type RelationDiff struct {
	Step       Step         `json:"step"`
	ID         uuid.UUID    `json:"id"`
	Was        uuid.UUID    `json:"was,omitzero"` // of what was rewired: in the place of which relation, if of another
	Type       string       `json:"type,omitzero"`
	Ends       Ends         `json:"ends"`
	WasEnds    Ends         `json:"was_ends,omitzero"` // of what was rewired
	Origin     Origin       `json:"origin,omitzero"`
	Attributes []Difference `json:"attributes,omitempty"` // of what was changed or rewired, by name
}

// Ends is what a relation joins, with the names for people.
type Ends struct {
	From     uuid.UUID `json:"from"`
	To       uuid.UUID `json:"to"`
	FromName string    `json:"from_name,omitzero"`
	ToName   string    `json:"to_name,omitzero"`
}

// Difference is what differs of one attribute; a missing value is none.
type Difference struct {
	Attribute string     `json:"attribute"`
	From      itsm.Value `json:"from,omitzero"`
	To        itsm.Value `json:"to,omitzero"`
	Origin    Origin     `json:"origin,omitzero"` // of To
}

// Origin is where an assertion comes from. It is zero where nothing is asserted: of
// what is no longer believed, or not yet.
type Origin struct {
	By       string    `json:"by,omitzero"`
	Source   string    `json:"source,omitzero"`
	Since    time.Time `json:"since"`    // from when on it is so
	Recorded time.Time `json:"recorded"` // when it was said
	Change   itsm.Ref  `json:"change,omitzero"`
	Reason   string    `json:"reason,omitzero"`
}

// Diff lists what differs from one point to another. Of CIs it is those that are
// within the scope at one of them at least, of relations those of which one end is.
// A relation that is there at one point only is held against those of the same type
// and group that are there at the other only: one that joined the same CIs, else one
// that led from the same, else one that led to the same, it is taken to have been
// rewired from; of several the one of the smallest id. What was only seen to differ
// is no difference: see [Timeline.Drift].
func (t *Timeline) Diff(from, to AsOf, scope Scope) (*Diff, error) {
	if err := scope.check("scope"); err != nil {
		return nil, err
	}
	t = t.orEmpty()
	d := &Diff{From: from, To: to}
	within := make(map[uuid.UUID]bool)
	for h := range t.listed(scope) {
		a, b := CIView{t.view(h, from)}, CIView{t.view(h, to)}
		was, is := scope.holds(a), scope.holds(b)
		if !was && !is {
			continue
		}
		if !scope.whole() {
			within[h.id] = true
		}
		d.ci(a, b)
	}
	name := func(at AsOf) func(uuid.UUID) string {
		return func(id uuid.UUID) string { return t.Value(id, nameName, at).Text() }
	}
	r := rewiring{diff: d, within: within, whole: scope.whole(), wasName: name(from), isName: name(to)}
	for h := range t.relations.all() {
		r.look(RelationView{t.view(h, from)}, RelationView{t.view(h, to)})
	}
	r.pair()
	return d, nil
}

func (d *Diff) ci(a, b CIView) {
	switch was, is := a.Present(), b.Present(); {
	case !was && is:
		d.CIs = append(d.CIs, CIDiff{Step: Added, ID: b.ID(), Name: b.Name(), Class: b.Class(), Origin: b.origin(stateName)})
	case was && !is:
		d.CIs = append(d.CIs, CIDiff{Step: Removed, ID: a.ID(), Name: a.Name(), Class: a.Class(), Origin: b.origin(stateName)})
	case was && is:
		if list := differences(a.view, b.view); len(list) > 0 {
			d.CIs = append(d.CIs, CIDiff{Step: Changed, ID: b.ID(), Name: b.Name(), Class: b.Class(), Attributes: list})
		}
	}
}

// origin is where what is believed of an attribute comes from.
func (v view) origin(attribute string) Origin {
	return v.said(attribute).origin()
}

func (s *said) origin() Origin {
	if s == nil || s.as == nil { // of a baseline it is not kept
		return Origin{}
	}
	return Origin{s.as.by, s.as.source, timeOf(s.from), timeOf(s.recorded), s.as.change, s.as.reason}
}

// differences lists the attributes that two views have another value of.
func differences(a, b view) []Difference {
	var list []Difference
	as, bs := a.of.attributes(), b.of.attributes()
	for i, j := 0, 0; i < len(as) || j < len(bs); {
		inA := j == len(bs) || i < len(as) && as[i] <= bs[j]
		inB := i == len(as) || j < len(bs) && bs[j] <= as[i]
		var name string
		var was, is *said
		if inA {
			name, was = as[i], a.of.believed(i, a.valid, a.recorded)
			i++
		}
		if inB {
			name, is = bs[j], b.of.believed(j, b.valid, b.recorded)
			j++
		}
		if was == is || isAside(name) {
			continue
		}
		if from, to := was.valueOf(), is.valueOf(); !from.Equal(to) {
			list = append(list, Difference{name, from, to, is.origin()})
		}
	}
	return list
}

// IsZero reports whether nothing differs.
func (d *Diff) IsZero() bool { return len(d.CIs)+len(d.Relations) == 0 }

// String is the diff with one item a line, the CIs first, and of what was changed one
// attribute a line.
func (d *Diff) String() string {
	var b strings.Builder
	for _, c := range d.CIs {
		what := fmt.Sprintf("%s %s (%s) %s", c.Step, shown(itsm.TextValue(c.Name)), c.Class, c.ID)
		writeItems(&b, what, c.Origin, c.Attributes, c.Step == Changed)
	}
	for _, r := range d.Relations {
		what := fmt.Sprintf("%s %s %s", r.Step, r.Ends.text(r.Type), r.ID)
		if r.Step == Rewired {
			what += ", was " + r.WasEnds.text(r.Type)
			if r.Was != uuid.Nil {
				what += " " + r.Was.String()
			}
		}
		writeItems(&b, what, r.Origin, r.Attributes, r.Step == Changed)
	}
	return b.String()
}

// writeItems writes a line, or one for each attribute.
func writeItems(b *strings.Builder, what string, o Origin, list []Difference, each bool) {
	if !each {
		fmt.Fprintf(b, "%s%s\n", what, o)
		return
	}
	for _, d := range list {
		fmt.Fprintf(b, "%s %s: %s → %s%s\n", what, d.Attribute, orNone(d.From), orNone(d.To), d.Origin)
	}
}

func orNone(v itsm.Value) string {
	if v.IsZero() {
		return "none"
	}
	return shown(v)
}

// String is the origin as it follows what it is the origin of; "" for none.
func (o Origin) String() string {
	if o == (Origin{}) {
		return ""
	}
	s := "; since " + instant(o.Since) + ", recorded " + instant(o.Recorded) + " by " + o.By
	if o.Source != o.By && o.Source != "" {
		s += " from " + o.Source
	}
	if !o.Change.IsZero() {
		s += " under " + o.Change.String()
	}
	if o.Reason != "" {
		s += ": " + shown(itsm.TextValue(o.Reason))
	}
	return s
}

func (e Ends) text(relation string) string {
	name := func(id uuid.UUID, name string) string {
		if name == "" {
			return id.String()
		}
		return shown(itsm.TextValue(name))
	}
	return name(e.From, e.FromName) + " " + relation + " " + name(e.To, e.ToName)
}
