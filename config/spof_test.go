package config_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config"
)

// farm is a service that needs all but one of many servers, each of which needs a host
// of its own: a loss takes nothing, and no set of suppliers goes without many.
func farm(t testing.TB, servers int) (e *naiveEstate, service uuid.UUID) {
	e = &naiveEstate{model: abstractModel(t), nodes: map[uuid.UUID]config.Node{}}
	add := func(needs ...config.Need) (id uuid.UUID) {
		binary.BigEndian.PutUint32(id[:4], uint32(len(e.nodes)+1))
		e.nodes[id] = config.Node{ID: id, Class: "thing", Needs: needs}
		return id
	}
	need := func(from, to uuid.UUID, group string) {
		l := config.Link{Type: "needs", From: from, To: to, Group: group}
		binary.BigEndian.PutUint32(l.ID[:4], uint32(len(e.links)+1))
		e.links = append(e.links, l)
	}
	service = add(config.Need{Group: "farm", AtLeast: servers - 1})
	for range servers {
		server, host := add(), add()
		need(service, server, "farm")
		need(server, host, "")
	}
	return e, service
}

// The search for single points looks at the work that is left, and what it has not
// decided is told; with enough, it looks at each CI some times and not at all for each.
func TestWorkIsLimitedWithinASearch(t *testing.T) {
	const servers = 2000
	e, service := farm(t, servers)
	g := e.graph(t, nil)
	failed := []uuid.UUID{service}
	for _, most := range []int{1, servers, 4 * servers} {
		some, err := g.Causes(failed, nil, &config.CauseOptions{MaxWork: most})
		require.NoError(t, err)
		require.Positive(t, some.Left)
		d, err := g.Diagnoses(failed, nil, &config.DiagnosisOptions{Most: 1, MaxWork: most})
		require.NoError(t, err)
		require.Positive(t, d.Left)
		require.Empty(t, d.List)
	}
	all, err := g.Causes(failed, nil, &config.CauseOptions{MaxWork: 40 * servers})
	require.NoError(t, err)
	require.Equal(t, &config.Causes{List: []config.Cause{{CI: service, Explains: failed}}}, all)
	d, err := g.Diagnoses(failed, nil, &config.DiagnosisOptions{Most: 1, MaxWork: 40 * servers})
	require.NoError(t, err)
	require.Equal(t, &config.Diagnoses{List: []config.Diagnosis{{CIs: failed, Explains: failed, Alone: failed}}}, d)
}

// What is kept of very many diagnoses is the likeliest, as if all were.
func TestDiagnosesKeepTheLikeliest(t *testing.T) {
	e, service := farm(t, 30)
	g := e.graph(t, nil)
	all, err := g.Diagnoses([]uuid.UUID{service}, nil, nil)
	require.NoError(t, err)
	require.Len(t, all.List, 1+60*59/2-30, "itself, and any two servers or hosts of two")
	for _, limit := range []int{1, 3, 600, 10_000} {
		some, err := g.Diagnoses([]uuid.UUID{service}, nil, &config.DiagnosisOptions{Limit: limit})
		require.NoError(t, err)
		require.Equal(t, all.List[:min(limit, len(all.List))], some.List)
	}
}

// A search that may not look at all CIs lists only what is a cause, and says that there
// may be others.
func TestCausesOfLittleWork(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 19)), abstractModel(t)
	short := 0
	for range 1000 {
		e := randomEstate(t, rng, model)
		g := e.graph(t, nil)
		failed, working := symptoms(rng, e)
		all, err := g.Causes(failed, working, nil)
		require.NoError(t, err)
		some, err := g.Causes(failed, working, &config.CauseOptions{MaxWork: 1 + rng.IntN(60)})
		require.NoError(t, err)
		for _, c := range some.List {
			require.Contains(t, all.List, c)
		}
		if some.Left == 0 {
			require.Equal(t, all, some)
		} else {
			short++
		}
	}
	require.Greater(t, short, 100)
}
