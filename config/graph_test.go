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

// The order of the input does not matter, nor does a source that gives no ids of
// relations.
func TestGraphOfShuffledInput(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 17)), abstractModel(t)
	for i := range 60 {
		e := randomEstate(t, rng, model)
		if i%2 == 0 {
			for j := range e.links {
				e.links[j].ID = uuid.UUID{}
			}
		}
		want := everything(t, e.graph(t, nil))
		var nodes []config.Node
		for _, n := range e.nodes {
			nodes = append(nodes, n)
		}
		rng.Shuffle(len(e.links), func(i, j int) { e.links[i], e.links[j] = e.links[j], e.links[i] })
		g, err := config.NewGraph(model, slices.Values(nodes), slices.Values(e.links), nil)
		require.NoError(t, err)
		require.Equal(t, want, everything(t, g))
	}
}
