package config_test

import (
	"cmp"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// eachSet yields all sets of so many out of a list, in order.
func eachSet(list []uuid.UUID, size int) iter.Seq[[]uuid.UUID] {
	return func(yield func([]uuid.UUID) bool) {
		var choose func(rest, set []uuid.UUID) bool
		choose = func(rest, set []uuid.UUID) bool {
			if len(set) == size {
				return yield(slices.Clone(set))
			}
			for i, id := range rest {
				if !choose(rest[i+1:], append(set, id)) {
					return false
				}
			}
			return true
		}
		choose(list, nil)
	}
}

// explains lists the failed CIs that the loss of a set would lose.
func (e *naiveEstate) explains(set, failed []uuid.UUID) []uuid.UUID {
	if len(set) == 0 {
		return nil
	}
	return lostOf(sortedIDs(failed), e.impact(set...))
}

// diagnoses tries all sets of at most so many CIs, and of each all without one.
func (e *naiveEstate) diagnoses(failed, working []uuid.UUID, most, unexplained int) []config.Diagnosis {
	var list []config.Diagnosis
	enough := len(sortedIDs(failed)) - unexplained
	if enough <= 0 {
		return nil
	}
	for size := 1; size <= most; size++ {
		for set := range eachSet(e.ids(), size) {
			lost := e.impact(set...)
			d := config.Diagnosis{CIs: set, Explains: e.explains(set, failed)}
			if len(d.Explains) < enough || len(lostOf(working, lost)) > 0 {
				continue
			}
			minimal := true
			for i, id := range set {
				rest := e.explains(slices.Delete(slices.Clone(set), i, i+1), failed)
				minimal = minimal && len(rest) < enough
				if slices.Contains(failed, id) && len(rest) == len(d.Explains)-1 && !slices.Contains(rest, id) {
					d.Alone = append(d.Alone, id)
				}
			}
			if !minimal {
				continue
			}
			d.Others = len(lost) - len(d.Explains)
			for _, f := range d.Explains {
				d.Distance += lost[f]
			}
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, func(a, b config.Diagnosis) int {
		return cmp.Or(len(a.CIs)-len(b.CIs), len(b.Explains)-len(a.Explains), len(a.Alone)-len(b.Alone),
			a.Others-b.Others, a.Distance-b.Distance)
	})
	return list
}

// redundantEstate is two services that each need some of two groups of applications,
// of which each needs one of two hosts.
func redundantEstate(rng *rand.Rand, model *config.Model) *naiveEstate {
	e := &naiveEstate{model: model, nodes: map[uuid.UUID]config.Node{}}
	ids := make([]uuid.UUID, 11)
	for i := range ids {
		ids[i] = e.addNode(rng)
	}
	slices.SortFunc(ids, compareIDs)
	rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	need := func(v, to uuid.UUID, group string) {
		e.links = append(e.links, config.Link{ID: uuid.UUID{15: byte(len(e.links) + 1)}, Type: "needs", From: v, To: to, Group: group})
	}
	services, applications, hosts := ids[:2], ids[2:7], ids[7:]
	for _, s := range services {
		for _, group := range []string{"a", "b"} {
			for range 2 + rng.IntN(2) {
				need(s, applications[rng.IntN(5)], group)
			}
		}
	}
	for _, a := range applications {
		for range 1 + rng.IntN(2) {
			need(a, hosts[rng.IntN(4)], "a")
		}
	}
	for id, n := range e.nodes {
		for _, group := range []string{"a", "b"} {
			if size := len(e.members(id, group)); size > 0 {
				n.Needs = append(n.Needs, config.Need{Group: group, AtLeast: 1})
			}
		}
		e.nodes[id] = n
	}
	return e
}

func TestDiagnosesAgreeWithDefinition(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 15)), abstractModel(t)
	sizes := map[int]int{}
	for round := range 900 {
		e := randomEstate(t, rng, model)
		if round%3 == 0 {
			e = redundantEstate(rng, model)
		}
		failed, working := symptoms(rng, e)
		o := &config.DiagnosisOptions{Most: 1 + rng.IntN(3), Unexplained: max(rng.IntN(4)-1, 0)}
		want := e.diagnoses(failed, working, o.Most, o.Unexplained)
		got, err := e.graph(t, nil).Diagnoses(failed, working, o)
		require.NoError(t, err)
		require.Equal(t, want, got.List, "round %d", round)
		require.Zero(t, got.Left)
		for _, d := range want {
			sizes[len(d.CIs)]++
		}
	}
	for size := 1; size <= 3; size++ {
		require.Greater(t, sizes[size], 60, "of %d CIs", size)
	}
}

// In small estates all sets of any size are held against the definition, whether the
// graph was built at once or by changes that are kept beside, and where a CI asks for
// more of a group than there are, which is for all.
func TestDiagnosesOfAnySizeAgreeWithDefinition(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 20)), abstractModel(t)
	largest := 0
	for round := range 600 {
		e := randomEstate(t, rng, model)
		if len(e.nodes) > 8 {
			continue
		}
		g := e.inTwoSteps(t, rng)
		failed, working := symptoms(rng, e)
		if round%8 == 0 {
			failed, working = e.ids(), nil
		}
		o := &config.DiagnosisOptions{Most: len(e.nodes) + 1, Unexplained: max(rng.IntN(4)-1, 0)}
		want := e.diagnoses(failed, working, o.Most, o.Unexplained)
		got, err := g.Diagnoses(failed, working, o)
		require.NoError(t, err)
		require.Equal(t, &config.Diagnoses{List: want}, got, "round %d", round)
		for _, d := range want {
			largest = max(largest, len(d.CIs))
		}
		o.Limit = 1 + rng.IntN(3)
		got, err = g.Diagnoses(failed, working, o)
		require.NoError(t, err)
		require.Equal(t, want[:min(o.Limit, len(want))], got.List)
	}
	require.Greater(t, largest, 5)
}

// inTwoSteps builds a graph of some, and has the rest as changes beside; needs for all
// of a group may be for more.
func (e *naiveEstate) inTwoSteps(t testing.TB, rng *rand.Rand) *config.Graph {
	t.Helper()
	some := &naiveEstate{model: e.model, nodes: map[uuid.UUID]config.Node{}}
	var rest config.GraphChanges
	for _, id := range e.ids() {
		n := e.nodes[id]
		n.Needs = slices.Clone(n.Needs)
		for i := range n.Needs {
			if need := &n.Needs[i]; need.AtLeast == len(e.members(id, need.Group)) {
				need.AtLeast += rng.IntN(3)
			}
		}
		if rng.IntN(2) == 0 {
			some.nodes[id] = config.Node{ID: id, Class: n.Class}
		}
		rest.Nodes = append(rest.Nodes, n)
	}
	for _, l := range e.links {
		_, from := some.nodes[l.From]
		_, to := some.nodes[l.To]
		if from && to && rng.IntN(2) == 0 {
			some.links = append(some.links, l)
		} else {
			rest.Linked = append(rest.Linked, l)
		}
	}
	g, err := some.graph(t, &config.GraphOptions{Partial: true, FoldAfter: -1}).With(rest)
	require.NoError(t, err)
	return g
}

func symptoms(rng *rand.Rand, e *naiveEstate) (failed, working []uuid.UUID) {
	failed = someOf(rng, e.ids(), 4)
	return failed, slices.DeleteFunc(someOf(rng, e.ids(), 2), func(w uuid.UUID) bool { return slices.Contains(failed, w) })
}

// What is known to work only takes diagnoses away, those that it contradicts; and one
// of a single CI is a cause that explains all.
func TestDiagnosesAndWhatWorks(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 16)), abstractModel(t)
	taken := 0
	for range 1500 {
		e := randomEstate(t, rng, model)
		g := e.graph(t, nil)
		failed, working := symptoms(rng, e)
		before, err := g.Diagnoses(failed, nil, nil)
		require.NoError(t, err)
		after, err := g.Diagnoses(failed, working, nil)
		require.NoError(t, err)
		want := slices.DeleteFunc(slices.Clone(before.List), func(d config.Diagnosis) bool {
			i, err := g.Impact(d.CIs...)
			require.NoError(t, err)
			for _, f := range failed {
				require.True(t, i.Has(f))
			}
			return slices.ContainsFunc(working, i.Has)
		})
		taken += len(before.List) - len(want)
		require.Equal(t, len(want), len(after.List))
		for i, d := range want {
			require.Equal(t, d, after.List[i])
		}
		causes, err := g.Causes(failed, working, nil)
		require.NoError(t, err)
		var all, single []uuid.UUID
		for _, c := range causes.List {
			if len(c.Explains) == len(sortedIDs(failed)) {
				all = append(all, c.CI)
			}
		}
		for _, d := range want {
			if len(d.CIs) == 1 {
				single = append(single, d.CIs[0])
			}
		}
		require.ElementsMatch(t, all, single)
	}
	require.Greater(t, taken, 100)
}

// A search that may not look at all CIs finds only what is a diagnosis, those of the
// fewest CIs first, and says that there may be others.
func TestDiagnosesOfLittleWork(t *testing.T) {
	rng, model := rand.New(rand.NewPCG(5, 17)), abstractModel(t)
	short := 0
	for range 1000 {
		e := randomEstate(t, rng, model)
		g := e.graph(t, nil)
		failed, working := symptoms(rng, e)
		all, err := g.Diagnoses(failed, working, &config.DiagnosisOptions{Most: 3})
		require.NoError(t, err)
		some, err := g.Diagnoses(failed, working, &config.DiagnosisOptions{Most: 3, MaxWork: 1 + rng.IntN(50)})
		require.NoError(t, err)
		most := 0
		for _, d := range some.List {
			require.Contains(t, all.List, d)
			most = len(d.CIs)
		}
		smaller := func(list []config.Diagnosis) int {
			n := slices.IndexFunc(list, func(d config.Diagnosis) bool { return len(d.CIs) >= most })
			return max(n, 0)
		}
		require.Equal(t, smaller(all.List), smaller(some.List))
		if some.Left == 0 {
			require.Equal(t, all, some)
		} else {
			short++
		}
		few, err := g.Diagnoses(failed, working, &config.DiagnosisOptions{Most: 3, Limit: 2})
		require.NoError(t, err)
		require.Equal(t, all.List[:min(2, len(all.List))], few.List)
	}
	require.Greater(t, short, 100)
}

func TestDiagnosesOfWrongInput(t *testing.T) {
	e := &naiveEstate{abstractModel(t), map[uuid.UUID]config.Node{id(1): thing(1), id(2): thing(2)}, nil}
	g := e.graph(t, nil)
	for field, ask := range map[string]struct {
		failed, working []uuid.UUID
		o               config.DiagnosisOptions
	}{
		"failed[1]":   {failed: []uuid.UUID{id(1), id(9)}},
		"working[0]":  {working: []uuid.UUID{id(9)}},
		"working[1]":  {failed: []uuid.UUID{id(2)}, working: []uuid.UUID{id(1), id(2)}},
		"most":        {o: config.DiagnosisOptions{Most: -1}},
		"unexplained": {o: config.DiagnosisOptions{Unexplained: -1}},
		"limit":       {o: config.DiagnosisOptions{Limit: -1}},
		"max_work":    {o: config.DiagnosisOptions{MaxWork: -1}},
	} {
		_, err := g.Diagnoses(ask.failed, ask.working, &ask.o)
		itsmtest.RequireField(t, err, field)
	}
	none, err := g.Diagnoses([]uuid.UUID{id(1), id(1)}, nil, &config.DiagnosisOptions{Most: math.MaxInt, Unexplained: math.MaxInt})
	require.NoError(t, err)
	require.Equal(t, &config.Diagnoses{}, none)
	itself, err := g.Diagnoses([]uuid.UUID{id(1), id(1)}, nil, &config.DiagnosisOptions{Most: math.MaxInt})
	require.NoError(t, err)
	one := []uuid.UUID{id(1)}
	require.Equal(t, &config.Diagnoses{List: []config.Diagnosis{{CIs: one, Explains: one, Alone: one}}}, itself)
}
