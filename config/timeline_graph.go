package config

import "github.com/itsmkit/itsm"

// Node is the CI as a [Graph] takes it.
func (v CIView) Node() Node {
	return Node{
		ID: v.ID(), Class: v.Class(), Name: v.Name(), Owner: v.Value(ownerName).Text(),
		Criticality: itsm.Level(v.Value(criticalityName).Text()), Needs: v.Needs(),
	}
}

// Link is the relation as a [Graph] takes it; soft as [LinkOf] has it.
func (v RelationView) Link() Link {
	return Link{v.ID(), v.Type(), v.From(), v.To(), v.Group(), v.Value(strengthName).Text() == softStrength}
}

// Graph is the graph as of a point, to ask for what would have stopped then, as was
// believed then. As with [GraphOf], CIs that are disposed of or, unless asked for,
// retired are left out with their relations, and so are relations that have ended.
func (t *Timeline) Graph(model *Model, at AsOf, o *GraphOptions) (*Graph, error) {
	if o == nil {
		o = &GraphOptions{}
	}
	out := func(v CIView) bool { return v.State() == Disposed || v.State() == Retired && !o.Retired }
	nodes := func(yield func(Node) bool) {
		for v := range t.CIs(at) {
			if !out(v) && !yield(v.Node()) {
				return
			}
		}
	}
	links := func(yield func(Link) bool) {
		for r := range t.Relations(at) {
			from, _ := t.At(r.From(), at)
			to, _ := t.At(r.To(), at)
			if out(from) || out(to) || r.State() == Proposed && o.ActiveOnly {
				continue
			}
			if !yield(r.Link()) {
				return
			}
		}
	}
	return NewGraph(model, nodes, links, o)
}
