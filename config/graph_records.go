package config

import (
	"iter"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// NodeOf is the CI of a record. It shares nothing with it.
func NodeOf(ci *CI) Node {
	n := nodeOf(ci)
	n.Needs = slices.Clone(n.Needs)
	return n
}

// nodeOf shares the needs with the record.
func nodeOf(ci *CI) Node {
	return Node{ci.ID, ci.Class, ci.Name, ci.Owner, ci.Criticality, ci.Needs}
}

// LinkOf is the relation of a record. It is soft if its attribute "strength" is "soft",
// as [DefaultModel] lets one say of "depends on".
func LinkOf(r *Relation) Link {
	return Link{r.ID, r.Type, r.From, r.To, r.Group, isSoft(r)}
}

func isSoft(r *Relation) bool { return saysSoft(r.Attributes[strengthName].Value) }

// saysSoft judges the strength of a relation.
func saysSoft(strength itsm.Value) bool { return strength.Text() == softStrength }

// strengthName is the attribute of a relation that says how strong it is, and
// softStrength its value for one that is soft.
const (
	strengthName = "strength"
	softStrength = "soft"
)

// RecordOptions say which records are in a graph, and what it does with what is wrong.
// Nil means the zero value.
type RecordOptions struct {
	GraphOptions

	Retired  bool // takes in CIs that are out of use, of the phase [itsm.Done]
	Proposed bool // takes in relations that are only proposed, of the phase [itsm.Open]

	// Phase is what a host's own states of CIs and relations mean, see
	// [TimelineOptions]; nil: as in the timeline that is asked for the graph, or none.
	Phase func(itsm.State) itsm.Phase
}

// without reports whether a CI in a state is left out.
func (o *RecordOptions) without(s itsm.State) bool {
	switch phaseOf(o.Phase, s) {
	case itsm.Final:
		return true
	case itsm.Done:
		return !o.Retired
	}
	return false
}

// withoutRelation reports whether a relation in a state is left out.
func (o *RecordOptions) withoutRelation(s itsm.State) bool {
	switch phaseOf(o.Phase, s) {
	case itsm.Final, itsm.Done:
		return true
	case itsm.Open:
		return !o.Proposed
	}
	return false
}

// GraphOf builds the graph of records. It leaves out CIs that are disposed of or,
// unless asked for, retired, relations that have ended or, unless asked for, are only
// proposed, and those of CIs left out. A relation of a CI that is not among the records
// is an error, as all is that [NewGraph] calls wrong, but for a need for more of a group
// than are left: this comes about when others retire, so it is listed in
// [Graph.Faults], and all that is left of the group is needed; see [Graph.Short].
func GraphOf(model *Model, cis iter.Seq[*CI], relations iter.Seq[*Relation], o *RecordOptions) (*Graph, error) {
	b := recordBuilder(o)
	over := map[uuid.UUID]bool{}
	nodes := func(yield func(Node) bool) {
		for ci := range orNothing(cis) {
			switch {
			case ci == nil:
				b.cis.leaveOut()
			case b.o.without(ci.State):
				b.cis.leaveOut()
				over[ci.ID] = true
			case !yield(nodeOf(ci)):
				return
			}
		}
	}
	links := func(yield func(Link) bool) {
		for r := range orNothing(relations) {
			if r == nil || b.o.withoutRelation(r.State) || over[r.From] || over[r.To] {
				b.relations.leaveOut()
			} else if !yield(LinkOf(r)) {
				return
			}
		}
	}
	return b.build(model, nodes, links)
}

func recordBuilder(o *RecordOptions) *graphBuilder {
	b := &graphBuilder{ofRecords: true}
	if o != nil {
		b.o = *o
	}
	return b
}
