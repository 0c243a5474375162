package config_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// TestGraphTellsOfACIOnce: that a CI is wrong is told once, and not again of each of its
// relations, unless each that is left out is to be listed: then with where to look.
func TestGraphTellsOfACIOnce(t *testing.T) {
	model := config.DefaultModel()
	nodes := []config.Node{{ID: id(1), Class: "application", Name: "desk"}, {ID: id(2), Class: "sever", Name: "web"}}
	links := []config.Link{{ID: id(11), Type: "runs on", From: id(1), To: id(2)}, {ID: id(12), Type: "depends on", From: id(2), To: id(1)}, {ID: id(13), Type: "runs on", From: id(1), To: id(99)}}
	var cis []*config.CI
	for _, n := range nodes {
		cis = append(cis, &config.CI{Header: itsm.Header{ID: n.ID, State: config.Live}, Class: n.Class, Name: n.Name})
	}
	var relations []*config.Relation
	for _, l := range links {
		relations = append(relations, &config.Relation{Header: itsm.Header{ID: l.ID, State: config.Active}, Type: l.Type, From: l.From, To: l.To})
	}
	const wrong = `"sever" is no class of the model`
	const missing = "00000000-0000-8000-8000-000000000063 is none of the CIs"
	for name, c := range map[string]struct {
		build       func(o config.GraphOptions) (*config.Graph, error)
		ci, l       string
		whoCI, whoR func(n byte) string
	}{
		"new": {func(o config.GraphOptions) (*config.Graph, error) {
			return config.NewGraph(model, slices.Values(nodes), slices.Values(links), &o)
		}, "cis[1].class", "relations", func(n byte) string { return " (CI web, " + id(n).String() + ")" }, func(n byte) string { return " (relation " + id(n).String() + ")" }},
		"with": {func(o config.GraphOptions) (*config.Graph, error) {
			g, err := config.NewGraph(model, nil, nil, &o)
			require.NoError(t, err)
			return g.With(config.GraphChanges{Nodes: nodes, Linked: links})
		}, "nodes[1].class", "linked", func(byte) string { return "" }, func(byte) string { return "" }},
		"with records": {func(o config.GraphOptions) (*config.Graph, error) {
			g, err := config.GraphOf(model, nil, nil, &config.RecordOptions{GraphOptions: o})
			require.NoError(t, err)
			return g.WithRecords(slices.Values(cis), slices.Values(relations))
		}, "cis[1].class", "relations", func(n byte) string { return " (CI web, " + id(n).String() + ")" }, func(n byte) string { return " (relation " + id(n).String() + ")" }},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.build(config.GraphOptions{})
			require.EqualError(t, err, c.ci+": "+wrong+c.whoCI(2)+"\n"+c.l+"[2].to: "+missing+c.whoR(13))
			g, err := c.build(config.GraphOptions{Partial: true})
			require.NoError(t, err)
			out := id(2).String() + " is left out, see " + c.ci
			require.EqualError(t, errors.Join(g.Faults()...), c.ci+": "+wrong+c.whoCI(2)+"\n"+
				c.l+"[0].to: "+out+c.whoR(11)+"\n"+c.l+"[1].from: "+out+c.whoR(12)+"\n"+c.l+"[2].to: "+missing+c.whoR(13))
		})
	}
}
