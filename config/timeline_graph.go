package config

import (
	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Node is the CI as a [Graph] takes it.
func (v CIView) Node() Node {
	return Node{
		ID: v.ID(), Class: v.Class(), Name: v.Name(), Owner: v.Value(ownerName).Text(),
		Criticality: itsm.Level(v.Value(criticalityName).Text()), Needs: v.Needs(),
	}
}

// Link is the relation as a [Graph] takes it; soft as [LinkOf] has it.
func (v RelationView) Link() Link {
	return Link{v.ID(), v.Type(), v.From(), v.To(), v.Group(), saysSoft(v.Value(strengthName))}
}

// Graph is the graph as of a point, to ask for what would have stopped then, as was
// believed then. As with [GraphOf], CIs that are disposed of or, unless asked for,
// retired are left out, and so are relations that have ended or, unless asked for, are
// only proposed, and those of CIs that are left out or were not there then; a group
// that is too small for its need then is listed in [Graph.Faults]. A relation of a CI
// of which nothing is said at any time is an error. Faults name CIs and relations by
// their places in [Timeline.CIs] and [Timeline.Relations].
func (t *Timeline) Graph(model *Model, at AsOf, o *RecordOptions) (*Graph, error) {
	b := recordBuilder(o)
	own := *t.orEmpty()
	if b.o.Phase == nil {
		b.o.Phase = own.phase
	}
	own.phase = b.o.Phase
	t = &own
	nodes := func(yield func(Node) bool) {
		for v := range t.CIs(at) {
			if b.o.without(v.State()) {
				b.cis.leaveOut()
			} else if !yield(v.Node()) {
				return
			}
		}
	}
	out := func(id uuid.UUID) bool {
		v, _ := t.At(id, at)
		return v.of != nil && (!v.Present() || b.o.without(v.State()))
	}
	links := func(yield func(Link) bool) {
		for r := range t.Relations(at) {
			if b.o.withoutRelation(r.State()) || out(r.From()) || out(r.To()) {
				b.relations.leaveOut()
			} else if !yield(r.Link()) {
				return
			}
		}
	}
	return b.build(model, nodes, links)
}
