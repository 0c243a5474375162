package config

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Mark is how a CI stands out in a drawing.
type Mark string

// The marks.
const (
	MarkLost        Mark = "lost"
	MarkDegraded    Mark = "degraded"     // it works, with less than it should
	MarkSinglePoint Mark = "single point" // of failure
)

// Marks lists every mark, the one that outdoes the others first.
func Marks() []Mark { return []Mark{MarkLost, MarkDegraded, MarkSinglePoint} }

// DrawingOptions say how CIs and their relations are drawn. Nil means the zero
// value.
type DrawingOptions struct {
	// Cluster is the type of relation by which CIs are put into frames, "located in":
	// each into that of the CI which its first relation of the type leads to, which
	// is drawn as the frame and not as a node. It lies in another frame if that one
	// does. Empty: none.
	Cluster string

	// ByEnvironment puts CIs into a frame for each environment instead.
	ByEnvironment bool

	// Types limits the relations to some types; nil: all.
	Types []string

	// Marked are CIs to stand out; of several marks a CI shows the first of [Marks].
	Marked map[Mark][]uuid.UUID

	// MaxCIs and MaxRelations bound the drawing, which says how many are left out; 0:
	// 500 and 2000. It takes in marked CIs first, then by class and name.
	MaxCIs       int
	MaxRelations int

	// Phase is what a host's own states of CIs and relations mean, see
	// [TimelineOptions]; nil: none.
	Phase func(itsm.State) itsm.Phase
}

const (
	defaultMaxCIs       = 500
	defaultMaxRelations = 2000
)

// Drawing is CIs and relations to be written as a picture; see [NewDrawing]. It
// never changes and is safe for concurrent use.
type Drawing struct {
	model     *Model
	nodes     []drawnCI // those that are drawn, frames among them, by class, name and id
	arrows    []drawnRelation
	frames    []string // of environments
	leftOut   int
	leftLinks int
}

type drawnCI struct {
	id     uuid.UUID
	class  string
	name   string
	needs  []string // "2 of 3 web"
	mark   Mark
	frame  bool // others are in it
	inside int  // the node, or the environment, whose frame it is in; -1: none
	family family
}

type drawnRelation struct {
	from, to int
	label    string
	group    string // "group (2 of 3)"
	faint    bool   // it is only proposed, or its loss loses nothing
}

// family is how the CIs of a class are drawn.
type family struct {
	shape, color string // of DOT
	open, close  string // around the label in Mermaid
}

// NewDrawing chooses what is drawn, and how, always in the same order. CIs that are
// disposed of and relations that are over are left out, as are relations of a CI that
// is not drawn. A type that the model does not have is a [itsm.FieldError].
func NewDrawing(m *Model, cis iter.Seq[*CI], relations iter.Seq[*Relation], o *DrawingOptions) (*Drawing, error) {
	if o == nil {
		o = &DrawingOptions{}
	}
	if m == nil {
		return nil, &itsm.FieldError{Field: "model", Problem: "is missing"}
	}
	for i, t := range o.Types {
		if err := itsm.CheckOneOf(fmt.Sprintf("types[%d]", i), t, m.typeNames()); err != nil {
			return nil, err
		}
	}
	if o.Cluster != "" {
		if err := itsm.CheckOneOf("cluster", o.Cluster, m.typeNames()); err != nil {
			return nil, err
		}
	}
	var list []*CI
	over := make(map[uuid.UUID]bool)
	for ci := range records(cis) {
		if phase := phaseOf(o.Phase, ci.State); phase != itsm.Final {
			list = append(list, ci)
			over[ci.ID] = phase == itsm.Done
		} else {
			over[ci.ID] = true
		}
	}
	d := &Drawing{model: m}
	at := d.choose(list, o)
	d.relate(list, over, relations, at, o)
	return d, nil
}

// choose takes in the CIs, and gives their places by id.
func (d *Drawing) choose(list []*CI, o *DrawingOptions) map[uuid.UUID]int {
	marks := make(map[uuid.UUID]Mark)
	for _, mark := range slices.Backward(Marks()) {
		for _, id := range o.Marked[mark] {
			marks[id] = mark
		}
	}
	plain := func(ci *CI) int {
		if marks[ci.ID] != "" {
			return 0
		}
		return 1
	}
	byName := func(a, b *CI) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Name, b.Name), slices.Compare(a.ID[:], b.ID[:]))
	}
	slices.SortFunc(list, func(a, b *CI) int { return cmp.Or(cmp.Compare(plain(a), plain(b)), byName(a, b)) })
	list = slices.CompactFunc(list, func(a, b *CI) bool { return a.ID == b.ID })
	most := cmp.Or(max(o.MaxCIs, 0), defaultMaxCIs)
	if d.leftOut = len(list) - most; d.leftOut > 0 {
		list = list[:most]
	}
	d.leftOut = max(d.leftOut, 0)
	slices.SortFunc(list, byName)
	if o.ByEnvironment {
		for _, ci := range list {
			if ci.Environment != "" {
				d.frames = append(d.frames, ci.Environment)
			}
		}
		slices.Sort(d.frames)
		d.frames = slices.Compact(d.frames)
	}
	at := make(map[uuid.UUID]int, len(list))
	for i, ci := range list {
		n := drawnCI{id: ci.ID, class: ci.Class, name: ci.Name, mark: marks[ci.ID], inside: -1, family: d.familyOf(ci.Class)}
		if o.ByEnvironment {
			if f, found := slices.BinarySearch(d.frames, ci.Environment); found {
				n.inside = f
			}
		}
		at[ci.ID] = i
		d.nodes = append(d.nodes, n)
	}
	return at
}

// relate takes in the relations and what they make of the CIs, of which some are out of
// use.
func (d *Drawing) relate(list []*CI, over map[uuid.UUID]bool, relations iter.Seq[*Relation], at map[uuid.UUID]int, o *DrawingOptions) {
	var chosen []*Relation
	sizes := groupSizes{over: over, of: make(map[groupPlace]int), seen: make(map[groupMember]bool)}
	for r := range records(relations) {
		_, from := at[r.From]
		_, to := at[r.To]
		t, as := d.model.typeOf(r.Type), relationAs(o.Phase, r.State)
		if t == nil || as == Ended {
			continue
		}
		if as != Proposed {
			sizes.count(t, r)
		}
		if from && to && (len(o.Types) == 0 || slices.Contains(o.Types, r.Type) || r.Type == o.Cluster) {
			chosen = append(chosen, r)
		}
	}
	slices.SortFunc(chosen, func(a, b *Relation) int {
		return cmp.Or(cmp.Compare(at[a.From], at[b.From]), cmp.Compare(at[a.To], at[b.To]), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Group, b.Group), slices.Compare(a.ID[:], b.ID[:]))
	})
	chosen = d.enclose(chosen, at, o)
	need := make(map[uuid.UUID][]Need)
	for _, ci := range list {
		need[ci.ID] = ci.Needs
	}
	for i := range d.nodes {
		n := &d.nodes[i]
		for _, of := range need[n.id] {
			n.needs = append(n.needs, fmt.Sprintf("%d of %d %s", of.AtLeast, sizes.of[groupPlace{n.id, of.Group}], of.Group))
		}
	}
	most := cmp.Or(max(o.MaxRelations, 0), defaultMaxRelations)
	if d.leftLinks = len(chosen) - most; d.leftLinks > 0 {
		chosen = chosen[:most]
	}
	d.leftLinks = max(d.leftLinks, 0)
	for _, r := range chosen {
		t := d.model.typeOf(r.Type)
		a := drawnRelation{from: at[r.From], to: at[r.To], label: t.Name, faint: relationAs(o.Phase, r.State) == Proposed || t.Carries == Nowhere || isSoft(r)}
		if ci, _, is := needingIn(t, r); is {
			a.group = r.Group
			for _, of := range need[ci] {
				if of.Group == r.Group {
					a.group = fmt.Sprintf("%s (%d of %d)", r.Group, of.AtLeast, sizes.of[groupPlace{ci, r.Group}])
				}
			}
		}
		d.arrows = append(d.arrows, a)
	}
}

// enclose puts CIs into the frames of others and takes those relations out. One that
// would lead into a frame within itself stays an arrow.
func (d *Drawing) enclose(chosen []*Relation, at map[uuid.UUID]int, o *DrawingOptions) []*Relation {
	if o.Cluster == "" || o.ByEnvironment {
		return chosen
	}
	var rest []*Relation
	for _, r := range chosen {
		from, to := at[r.From], at[r.To]
		within := to
		for within >= 0 && within != from {
			within = d.nodes[within].inside
		}
		if r.Type != o.Cluster || d.nodes[from].inside >= 0 || within == from {
			rest = append(rest, r)
			continue
		}
		d.nodes[from].inside = to
		d.nodes[to].frame = true
	}
	return slices.DeleteFunc(rest, func(r *Relation) bool {
		return r.Type == o.Cluster && len(o.Types) > 0 && !slices.Contains(o.Types, r.Type)
	})
}

// groupPlace is a group of suppliers of a CI.
type groupPlace struct {
	ci    uuid.UUID
	group string
}

// groupMember is one of its suppliers.
type groupMember struct {
	of       groupPlace
	supplier uuid.UUID
}

// groupSizes counts the suppliers in each group, each once.
type groupSizes struct {
	over map[uuid.UUID]bool // CIs that are out of use, which do not count
	of   map[groupPlace]int
	seen map[groupMember]bool
}

func (s *groupSizes) count(t *RelationType, r *Relation) {
	ci, supplier, is := needingIn(t, r)
	if m := (groupMember{groupPlace{ci, r.Group}, supplier}); is && !s.over[supplier] && !s.seen[m] {
		s.seen[m] = true
		s.of[m.of]++
	}
}

// needingIn is the CI that needs the group of a relation, and the supplier; a soft one
// does not count for a group.
func needingIn(t *RelationType, r *Relation) (ci, supplier uuid.UUID, is bool) {
	switch {
	case r.Group == "" || t.Carries == Nowhere || isSoft(r):
		return uuid.Nil, uuid.Nil, false
	case t.Carries == ToSecond:
		return r.To, r.From, true
	}
	return r.From, r.To, true
}

// leftOutText says what is left out; "" if nothing is.
func (d *Drawing) leftOutText() string {
	var parts []string
	if d.leftOut > 0 {
		parts = append(parts, fmt.Sprintf("%d more CIs", d.leftOut))
	}
	if d.leftLinks > 0 {
		parts = append(parts, fmt.Sprintf("%d more relations", d.leftLinks))
	}
	if parts == nil {
		return ""
	}
	return strings.Join(parts, " and ") + " are not drawn"
}

// familyOf is how CIs of a class are drawn: as those of the first of its ancestors,
// itself first, that has a way of its own; services are ellipses in any case.
func (d *Drawing) familyOf(class string) family {
	f := family{"box", "white", `["`, `"]`}
	if i, known := d.model.classAt[class]; known {
		for ; i >= 0; i = d.model.parents[i] {
			if own, has := families()[d.model.classes[i].Name]; has {
				return own
			}
		}
	}
	if d.model.IsService(class) {
		f = families()["service"]
	}
	return f
}

// families are the ways of the classes of the default model.
func families() map[string]family {
	return map[string]family{
		"service":         {"ellipse", "#fff2cc", `(["`, `"])`},
		"application":     {"component", "#dae8fc", `["`, `"]`},
		"database":        {"cylinder", "#dae8fc", `[("`, `")]`},
		"container":       {"box3d", "#dae8fc", `[["`, `"]]`},
		"cluster":         {"doubleoctagon", "#d5e8d4", `{{"`, `"}}`},
		"virtual machine": {"box", "#d5e8d4", `["`, `"]`},
		"server":          {"box3d", "#d5e8d4", `["`, `"]`},
		"network device":  {"hexagon", "#e1d5e7", `{{"`, `"}}`},
		"storage":         {"cylinder", "#e1d5e7", `[("`, `")]`},
		"location":        {"house", "#f5f5f5", `[/"`, `"\]`},
		"document":        {"note", "#f5f5f5", `>"`, `"]`},
		"agreement":       {"note", "#ffe6cc", `>"`, `"]`},
	}
}
