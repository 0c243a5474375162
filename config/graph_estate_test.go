package config_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

func (e *naiveEstate) graph(t testing.TB, o *config.GraphOptions) *config.Graph {
	t.Helper()
	var nodes []config.Node
	for _, id := range e.ids() {
		nodes = append(nodes, e.nodes[id])
	}
	g, err := config.NewGraph(e.model, slices.Values(nodes), slices.Values(e.links), o)
	require.NoError(t, err)
	return g
}

// randomEstate makes up CIs with cycles, self-loops, relations side by side, and
// groups.
func randomEstate(t testing.TB, rng *rand.Rand, model *config.Model) *naiveEstate {
	e := &naiveEstate{model: model, nodes: map[uuid.UUID]config.Node{}}
	n := rng.IntN(12)
	for range n {
		e.addNode(rng)
	}
	if n == 0 {
		return e
	}
	for range rng.IntN(3 * n) {
		e.links = append(e.links, e.randomLink(rng))
	}
	for _, id := range e.ids() {
		e.setNeeds(rng, id)
	}
	return e
}

func (e *naiveEstate) addNode(rng *rand.Rand) uuid.UUID {
	id := uuid.UUID{0: byte(rng.IntN(256)), 6: 0x80, 8: 0x80, 15: byte(rng.IntN(256))}
	e.nodes[id] = config.Node{
		ID: id, Class: []string{"thing", "service"}[rng.IntN(2)], Name: id.String()[:4], Owner: []string{"", "ann", "bob"}[rng.IntN(3)],
		Criticality: []itsm.Level{"", itsm.High, itsm.Low}[rng.IntN(3)],
	}
	return id
}

func (e *naiveEstate) randomLink(rng *rand.Rand) config.Link {
	ids := e.ids()
	l := config.Link{
		Type: []string{"needs", "needs", "feeds", "notes", "joins"}[rng.IntN(5)],
		From: ids[rng.IntN(len(ids))], To: ids[rng.IntN(len(ids))], Group: []string{"", "a", "a", "b"}[rng.IntN(4)],
		Soft: rng.IntN(5) == 0,
	}
	for i := range 8 {
		l.ID[i] = byte(rng.IntN(256))
	}
	return l
}

// setNeeds lets a CI need some of its groups.
func (e *naiveEstate) setNeeds(rng *rand.Rand, id uuid.UUID) {
	n := e.nodes[id]
	n.Needs = nil
	for _, group := range []string{"a", "b"} {
		if size := len(e.members(id, group)); size > 0 && rng.IntN(4) > 0 {
			n.Needs = append(n.Needs, config.Need{Group: group, AtLeast: 1 + rng.IntN(size)})
		}
	}
	e.nodes[id] = n
}

// fitNeeds takes back what is asked for of groups that have become too small.
func (e *naiveEstate) fitNeeds(id uuid.UUID) {
	n := e.nodes[id]
	var needs []config.Need
	for _, need := range n.Needs {
		if size := len(e.members(id, need.Group)); size > 0 {
			needs = append(needs, config.Need{Group: need.Group, AtLeast: min(need.AtLeast, size)})
		}
	}
	n.Needs = needs
	e.nodes[id] = n
}

func someOf(rng *rand.Rand, ids []uuid.UUID, most int) []uuid.UUID {
	var list []uuid.UUID
	for range rng.IntN(most + 1) {
		if len(ids) > 0 {
			list = append(list, ids[rng.IntN(len(ids))])
		}
	}
	return list
}

func sortedIDs(list []uuid.UUID) []uuid.UUID {
	list = slices.Clone(list)
	slices.SortFunc(list, compareIDs)
	return slices.Compact(list)
}
