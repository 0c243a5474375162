package config_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
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

func thing(n byte, needs ...config.Need) config.Node {
	return config.Node{ID: id(n), Class: "thing", Name: string('a' + rune(n)), Needs: needs}
}

func needs(n, from, to byte, group string) config.Link {
	return config.Link{ID: id(n), Type: "needs", From: id(from), To: id(to), Group: group}
}

func TestNewGraphNamesWhatIsWrong(t *testing.T) {
	model := abstractModel(t)
	nodes := []config.Node{
		thing(1), {ID: id(2), Class: "ghost"}, {ID: id(3), Class: "item"}, {Class: "thing"}, thing(1),
		thing(4, config.Need{Group: "g", AtLeast: 0}), thing(5, config.Need{Group: "", AtLeast: 1}),
		thing(6, config.Need{Group: "g", AtLeast: 1}, config.Need{Group: "g", AtLeast: 2}), thing(7),
		thing(8, config.Need{Group: "g", AtLeast: 3}),
	}
	links := []config.Link{
		needs(1, 1, 7, ""), needs(2, 1, 99, ""), needs(3, 98, 1, ""), {ID: id(4), Type: "eats", From: id(1), To: id(7)},
		{ID: id(5), Type: "is fed by", From: id(1), To: id(7)}, needs(1, 7, 1, ""),
		needs(6, 8, 1, "g"), needs(7, 8, 7, "g"), needs(8, 8, 7, "g"),
	}
	_, err := config.NewGraph(model, slices.Values(nodes), slices.Values(links), nil)
	assert.ErrorIs(t, err, itsm.ErrInvalid)
	assert.Equal(t, strings.Split(`cis[1].class: "ghost" is no class of the model (CI 00000000-0000-8000-8000-000000000002)
cis[2].class: "item" is abstract; give a class that descends from it (CI 00000000-0000-8000-8000-000000000003)
cis[3].id: is missing
cis[5].needs[0].at_least: is 0; give 1 or more (CI e, 00000000-0000-8000-8000-000000000004)
cis[6].needs[0].group: is missing (CI f, 00000000-0000-8000-8000-000000000005)
cis[7].needs[1].group: "g" is said twice (CI g, 00000000-0000-8000-8000-000000000006)
cis[4].id: 00000000-0000-8000-8000-000000000001 is that of another CI (CI b)
relations[1].to: 00000000-0000-8000-8000-000000000063 is none of the CIs (relation 00000000-0000-8000-8000-000000000002)
relations[2].from: 00000000-0000-8000-8000-000000000062 is none of the CIs (relation 00000000-0000-8000-8000-000000000003)
relations[3].type: "eats" is none of the model; its types are: needs, feeds, notes, joins (relation 00000000-0000-8000-8000-000000000004)
relations[4].type: "is fed by" is how "feeds" reads from the second; give that, with the ends the other way round (relation 00000000-0000-8000-8000-000000000005)
relations[5].id: 00000000-0000-8000-8000-000000000001 is that of another relation`, "\n"), strings.Split(err.Error(), "\n"))

	good := []config.Node{nodes[0], nodes[8], nodes[9]}
	_, err = config.NewGraph(model, slices.Values(good), slices.Values([]config.Link{links[0], links[6], links[7], links[8]}), nil)
	assert.EqualError(t, err, `cis[2].needs[0]: asks for 3 of "g", which has 2 (CI i, 00000000-0000-8000-8000-000000000008)`)

	g, err := config.NewGraph(model, slices.Values(nodes), slices.Values(links), &config.GraphOptions{Partial: true})
	require.NoError(t, err)
	assert.Equal(t, []int{3, 4, 13}, []int{g.Nodes(), g.Links(), len(g.Faults())})
	i, err := g.Impact(id(7))
	require.NoError(t, err)
	assert.Equal(t, []uuid.UUID{id(7), id(1), id(8)}, i.Lost(), "a need for too many is one for all")

	_, err = config.NewGraph(nil, slices.Values(nodes), slices.Values(links), nil)
	itsmtest.RequireField(t, err, "model")
	_, err = g.Impact(id(1), id(9))
	assert.EqualError(t, err, "lost[1]: 00000000-0000-8000-8000-000000000009 is not in the graph")
	_, err = g.Walk([]uuid.UUID{id(1)}, &config.WalkOptions{Types: []string{"is fed by"}})
	itsmtest.RequireField(t, err, "types[0]")
	_, err = g.Walk(nil, &config.WalkOptions{Way: "up"})
	itsmtest.RequireField(t, err, "way")
	_, err = g.Walk(nil, &config.WalkOptions{MaxDistance: -1})
	itsmtest.RequireField(t, err, "max_distance")
	_, err = g.Causes([]uuid.UUID{id(1)}, []uuid.UUID{id(1)}, nil)
	itsmtest.RequireField(t, err, "working[0]")
	_, err = g.Causes(nil, nil, &config.CauseOptions{Limit: -1})
	itsmtest.RequireField(t, err, "limit")
	_, err = g.Rank(&config.RankOptions{MaxWork: -1})
	itsmtest.RequireField(t, err, "max_work")
	_, err = g.Path(id(1), id(9), nil)
	itsmtest.RequireField(t, err, "to")
	_, _, err = g.Paths(id(1), id(7), -1, nil)
	itsmtest.RequireField(t, err, "limit")
}

// An error far in is named, and so are no more than a hundred.
func TestNewGraphNamesAHundred(t *testing.T) {
	nodes := func(yield func(config.Node) bool) {
		for i := range 5000 {
			n := config.Node{ID: uuid.UUID{0: 1, 14: byte(i >> 8), 15: byte(i)}, Class: "thing"}
			if i == 4999 {
				n.Class = "ghost"
			}
			if !yield(n) {
				return
			}
		}
	}
	_, err := config.NewGraph(abstractModel(t), nodes, slices.Values([]config.Link(nil)), nil)
	assert.EqualError(t, err, `cis[4999].class: "ghost" is no class of the model (CI 01000000-0000-0000-0000-000000001387)`)
	links := slices.Repeat([]config.Link{{Type: "eats"}}, 150)
	_, err = config.NewGraph(abstractModel(t), slices.Values([]config.Node{thing(1)}), slices.Values(links), nil)
	assert.Len(t, itsmtest.Fields(err), 100)
	assert.True(t, strings.HasSuffix(err.Error(), "and 50 more faults"))
}

func TestR22_UndeclaredCyclesRefused(t *testing.T) {
	nodes := slices.Values([]config.Node{thing(1), thing(2), thing(3)})
	round := []config.Link{needs(1, 1, 2, ""), {ID: id(2), Type: "joins", From: id(2), To: id(1)}, {ID: id(3), Type: "joins", From: id(3), To: id(3)}}
	_, err := config.NewGraph(abstractModel(t), nodes, slices.Values(round), &config.GraphOptions{RefuseCycles: true})
	var loop *config.LoopError
	require.ErrorAs(t, err, &loop)
	assert.EqualError(t, err, "1 cycle; the first: 00000000-0000-8000-8000-000000000001 → 00000000-0000-8000-8000-000000000002 → 00000000-0000-8000-8000-000000000001")
	g, err := config.NewGraph(abstractModel(t), nodes, slices.Values(round[:1]), &config.GraphOptions{RefuseCycles: true})
	require.NoError(t, err)
	_, err = g.With(config.GraphChanges{Linked: round[1:]})
	require.ErrorAs(t, err, &loop)
	_, err = g.With(config.GraphChanges{Linked: round[2:]})
	require.NoError(t, err, "the type says that cycles are meant")

	feeds := config.Link{ID: id(4), Type: "feeds", From: id(1), To: id(2)}
	_, err = g.With(config.GraphChanges{Linked: []config.Link{feeds}})
	require.ErrorAs(t, err, &loop, "what is fed needs as well")
	g, err = config.NewGraph(abstractModel(t), nodes, slices.Values(round[:1]), &config.GraphOptions{RefuseCycles: true, Partial: true})
	require.NoError(t, err)
	now, err := g.With(config.GraphChanges{Linked: []config.Link{{ID: id(5), Type: "eats", From: id(2), To: id(1)}, {ID: id(6), Type: "notes", From: id(2), To: id(1)}, needs(7, 8, 1, ""), needs(8, 2, 9, "")}})
	require.NoError(t, err, "nothing of that is lost in a circle")
	require.Len(t, now.Faults(), 3)
}

// A cycle is told whole, or, when it is long, its beginning.
func TestLoopErrorOfManyCIs(t *testing.T) {
	for n, want := range map[byte]string{10: " → " + id(10).String() + " → ", 11: " → " + id(9).String() + " → … 2 more → "} {
		var nodes []config.Node
		var links []config.Link
		for i := range n {
			nodes, links = append(nodes, thing(1+i)), append(links, needs(1+i, 1+i, 1+(1+i)%n, ""))
		}
		_, err := config.NewGraph(abstractModel(t), slices.Values(nodes), slices.Values(links), &config.GraphOptions{RefuseCycles: true})
		assert.True(t, strings.HasSuffix(err.Error(), want+id(1).String()), "%d: %v", n, err)
	}
}

// What is wrong with changes leaves the graph as it was.
func TestGraphWithNamesWhatIsWrong(t *testing.T) {
	model := abstractModel(t)
	nodes := slices.Values([]config.Node{thing(1, config.Need{Group: "g", AtLeast: 2}), thing(2), thing(3)})
	links := slices.Values([]config.Link{needs(1, 1, 2, "g"), needs(2, 1, 3, "g")})
	wrong := config.GraphChanges{
		Ended:  []config.Link{needs(9, 1, 2, "g")},
		Gone:   []uuid.UUID{id(3), id(9)},
		Nodes:  []config.Node{{ID: id(4), Class: "item"}},
		Linked: []config.Link{needs(1, 1, 2, ""), needs(5, 1, 8, "")},
	}
	g, err := config.NewGraph(model, nodes, links, nil)
	require.NoError(t, err)
	before := everything(t, g)
	_, err = g.With(wrong)
	assert.Equal(t, []string{"ended[0].id", "gone[1]", "nodes[0].class", "linked[0].id", "linked[1].to", "needs of " + id(1).String()}, itsmtest.Fields(err))
	assert.Equal(t, before, everything(t, g))

	g, err = config.NewGraph(model, nodes, links, &config.GraphOptions{Partial: true})
	require.NoError(t, err)
	now, err := g.With(wrong)
	require.NoError(t, err)
	assert.Empty(t, g.Faults())
	assert.Len(t, now.Faults(), 6)
	assert.Equal(t, 2, now.Nodes())
	assert.Equal(t, now.Faults(), now.Fold().Faults())
}

func TestWorkIsLimited(t *testing.T) {
	model := abstractModel(t)
	e := &naiveEstate{model, map[uuid.UUID]config.Node{}, nil}
	for i := range byte(20) {
		e.nodes[id(i+1)] = thing(i + 1)
		if i > 0 {
			e.links = append(e.links, needs(i, i, i+1, ""))
		}
	}
	g := e.graph(t, nil)
	r, err := g.Rank(&config.RankOptions{MaxWork: 10, Limit: 1})
	require.NoError(t, err)
	assert.Len(t, r.List, 1)
	assert.Positive(t, r.Left)
	c, err := g.Causes([]uuid.UUID{id(1)}, nil, &config.CauseOptions{MaxWork: 30, Limit: 2})
	require.NoError(t, err)
	assert.Len(t, c.List, 2)
	assert.Positive(t, c.Left)
}

// A CI takes no class that its relations do not allow, and what a caller does to a
// slice later does no harm.
func TestGraphWithAnotherClass(t *testing.T) {
	node := func(n byte, class string) config.Node { return config.Node{ID: id(n), Class: class} }
	nodes := []config.Node{node(1, "server"), node(2, "network device")}
	links := []config.Link{{ID: id(1), Type: "connects to", From: id(1), To: id(2), Group: "net"}}
	g, err := config.NewGraph(config.DefaultModel(), slices.Values(nodes), slices.Values(links), nil)
	require.NoError(t, err)
	for wrong, n := range map[string]config.Node{
		"from no document to a network device": node(1, "document"), "from no server to a document": node(2, "document"),
	} {
		_, err = g.With(config.GraphChanges{Nodes: []config.Node{n}})
		itsmtest.RequireField(t, err, "nodes[0].class")
		assert.ErrorContains(t, err, `"connects to", which leads `+wrong)
	}
	vm := node(1, "virtual machine")
	vm.Needs = []config.Need{{Group: "net", AtLeast: 1}}
	now, err := g.With(config.GraphChanges{Nodes: []config.Node{vm}})
	require.NoError(t, err)
	vm.Needs[0].AtLeast = 7
	got, _ := now.Node(id(1))
	assert.Equal(t, config.Node{ID: id(1), Class: "virtual machine", Needs: []config.Need{{Group: "net", AtLeast: 1}}}, got)
	got.Needs[0].AtLeast = 9
	got, _ = now.Node(id(1))
	assert.Equal(t, 1, got.Needs[0].AtLeast)
	was, _ := g.Node(id(1))
	assert.Equal(t, "server", was.Class)
}
