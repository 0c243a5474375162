package config_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config"
)

// In estates of some hundred CIs, too many for the definition, the weight of each CI
// is the impact of it alone, and those that were not looked at are counted.
func TestRankIsTheImpactOfEach(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 18)), abstractModel(t)
	short := 0
	for range 60 {
		e := &naiveEstate{model: model, nodes: map[uuid.UUID]config.Node{}}
		for range 20 + rng.IntN(200) {
			e.addNode(rng)
		}
		for range len(e.nodes) + rng.IntN(2*len(e.nodes)) {
			e.links = append(e.links, e.randomLink(rng))
		}
		for _, id := range e.ids() {
			e.setNeeds(rng, id)
		}
		g := e.graph(t, nil)
		all, err := g.Rank(nil)
		require.NoError(t, err)
		ranked := map[uuid.UUID]config.Weight{}
		for _, w := range all.List {
			ranked[w.CI] = w
		}
		for _, id := range e.ids() {
			i, err := g.Impact(id)
			require.NoError(t, err)
			require.Equal(t, i.Len()-1, ranked[id].Lost)
			services := i.Summary().Services
			if e.model.IsService(e.nodes[id].Class) {
				services--
			}
			require.Equal(t, services, ranked[id].Services)
		}
		some, err := g.Rank(&config.RankOptions{MaxWork: 1 + rng.IntN(len(e.nodes))})
		require.NoError(t, err)
		for _, w := range some.List {
			require.Equal(t, ranked[w.CI], w)
		}
		require.LessOrEqual(t, len(all.List)-len(some.List), some.Left)
		if some.Left > 0 {
			short++
		}
	}
	require.Greater(t, short, 20)
}
