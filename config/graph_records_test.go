package config_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// Records of what is over are left out, with their relations.
func TestGraphOfRecords(t *testing.T) {
	ci := func(n byte, s itsm.State) *config.CI {
		return &config.CI{Header: itsm.Header{ID: id(n), State: s}, Class: "server", Name: "s", Owner: "ann", Criticality: itsm.High}
	}
	relation := func(n, from, to byte, s itsm.State) *config.Relation {
		return &config.Relation{Header: itsm.Header{ID: id(n), State: s}, Type: "connects to", From: id(from), To: id(to)}
	}
	cis := []*config.CI{ci(1, config.Live), ci(2, config.Retired), ci(3, config.Disposed), ci(4, config.Planned)}
	cis[3].Class = "network device"
	cis[1].Class = "network device"
	relations := []*config.Relation{
		relation(1, 1, 4, config.Active), relation(2, 1, 4, config.Ended), relation(3, 1, 4, config.Proposed),
		relation(4, 1, 2, config.Active), relation(5, 3, 4, config.Active),
	}
	for _, c := range []struct {
		o          *config.RecordOptions
		cis, links int
	}{{nil, 2, 1}, {&config.RecordOptions{Proposed: true}, 2, 2}, {&config.RecordOptions{Retired: true}, 3, 2}} {
		g, err := config.GraphOf(config.DefaultModel(), slices.Values(cis), slices.Values(relations), c.o)
		require.NoError(t, err)
		assert.Equal(t, []int{c.cis, c.links}, []int{g.Nodes(), g.Links()})
	}
	_, err := config.GraphOf(config.DefaultModel(), slices.Values(cis[1:]), slices.Values(relations), nil)
	assert.True(t, errors.Is(err, itsm.ErrInvalid), "a relation of a CI that nobody knows")
}

func ciIn(n byte, name string, s itsm.State, needs ...config.Need) *config.CI {
	return &config.CI{Header: itsm.Header{ID: id(n), State: s}, Class: "thing", Name: name, Needs: needs}
}

func needsIn(n, from, to byte, group string, s itsm.State) *config.Relation {
	return &config.Relation{Header: itsm.Header{ID: id(n), State: s}, Type: "needs", From: id(from), To: id(to), Group: group}
}

// A supplier that is only proposed makes no group larger.
func TestProposedRelationsDoNotCount(t *testing.T) {
	cis := []*config.CI{ciIn(1, "app", config.Live, config.Need{Group: "g", AtLeast: 1}), ciIn(2, "a", config.Live), ciIn(3, "b", config.Live)}
	relations := []*config.Relation{needsIn(11, 1, 2, "g", config.Active), needsIn(12, 1, 3, "g", config.Proposed)}
	for proposed, lost := range map[bool]bool{false: true, true: false} {
		o := &config.RecordOptions{Proposed: proposed}
		g, err := config.GraphOf(abstractModel(t), slices.Values(cis), slices.Values(relations), o)
		require.NoError(t, err)
		i, err := g.Impact(id(2))
		require.NoError(t, err)
		require.Equal(t, lost, i.Has(id(1)))
	}
}

// What is wrong is named by its place among the records that the caller gave, whatever
// is left out of them, and by itself.
func TestGraphOfNamesThePlaceOfTheRecord(t *testing.T) {
	bad := ciIn(4, "bad", config.Live)
	bad.Class = "nope"
	cis := []*config.CI{ciIn(3, "gone", config.Disposed), nil, ciIn(1, "app", config.Live, config.Need{Group: "g", AtLeast: 0}), bad, ciIn(1, "twin", config.Live)}
	_, err := config.GraphOf(abstractModel(t), slices.Values(cis), nil, nil)
	require.EqualError(t, err, `cis[2].needs[0].at_least: is 0; give 1 or more (CI app, `+id(1).String()+`)
cis[3].class: "nope" is no class of the model (CI bad, `+id(4).String()+`)`)
	cis[2].Needs = nil
	relations := []*config.Relation{
		needsIn(11, 1, 2, "", config.Ended), needsIn(12, 1, 9, "", config.Active), nil, needsIn(13, 1, 3, "", config.Active),
		needsIn(14, 1, 1, "", config.Active), needsIn(14, 1, 1, "", config.Active),
	}
	_, err = config.GraphOf(abstractModel(t), slices.Values(cis), slices.Values(relations), nil)
	require.Equal(t, []string{"cis[3].class", "cis[4].id", "relations[1].to", "relations[5].id"}, itsmtest.Fields(err))
	require.ErrorContains(t, err, "is none of the CIs (relation "+id(12).String()+")")
}

// A need above what others leave by retiring is no error of the whole estate.
func TestGraphOfAGroupThatIsShort(t *testing.T) {
	state := config.Retired
	graph := func() *config.Graph {
		cis := []*config.CI{
			ciIn(9, "old", config.Disposed), ciIn(1, "app", config.Live, config.Need{Group: "g", AtLeast: 2}),
			ciIn(2, "a", config.Live), ciIn(3, "b", state), ciIn(4, "c", state),
		}
		relations := []*config.Relation{
			needsIn(11, 1, 2, "g", config.Active), needsIn(12, 1, 3, "g", config.Active), needsIn(13, 1, 4, "g", config.Active),
		}
		g, err := config.GraphOf(abstractModel(t), slices.Values(cis), slices.Values(relations), nil)
		require.NoError(t, err)
		return g
	}
	g := graph()
	require.Len(t, g.Faults(), 1)
	require.EqualError(t, g.Faults()[0], `cis[1].needs[0]: asks for 2 of "g", which has 1 (CI app, `+id(1).String()+`)`)
	short := []config.GroupState{{CI: id(1), Need: config.Need{Group: "g", AtLeast: 2}, Size: 1}}
	require.Equal(t, short, g.Short())
	require.Less(t, g.Short()[0].Left(), 2)
	i, err := g.Impact(id(2))
	require.NoError(t, err)
	require.True(t, i.Has(id(1)), "all that is left is needed")

	// Changes may lead there too, and are told once.
	state = config.Live
	g = graph()
	require.Empty(t, g.Faults())
	require.Empty(t, g.Short())
	now, err := g.With(config.GraphChanges{Gone: []uuid.UUID{id(3), id(4)}})
	require.NoError(t, err)
	require.Len(t, now.Faults(), 1)
	require.Equal(t, short, now.Short())
	app, _ := now.Node(id(1))
	app.Name = "shop"
	now, err = now.With(config.GraphChanges{Nodes: []config.Node{app}})
	require.NoError(t, err)
	require.Len(t, now.Faults(), 1)
	now = now.Fold()
	require.Equal(t, short, now.Short())
	b, _ := g.Node(id(3))
	now, err = now.With(config.GraphChanges{Nodes: []config.Node{b}, Linked: []config.Link{needs(12, 1, 3, "g")}})
	require.NoError(t, err)
	require.Empty(t, now.Short())
	require.Len(t, now.Faults(), 1, "what was wrong once stays told")
}

// A host's own states are in or out by their phases.
func TestPhasesOfAHostsOwnStates(t *testing.T) {
	phases := map[itsm.State]itsm.Phase{
		"stolen": itsm.Final, "lent": itsm.Done, "in stock": itsm.Open, config.Live: itsm.Active,
		"refused": itsm.Final, "wanted": itsm.Open, "over": itsm.Done, "held": itsm.Paused,
	}
	o := config.RecordOptions{Phase: func(s itsm.State) itsm.Phase { return phases[s] }}
	cis := []*config.CI{ciIn(1, "a", config.Live), ciIn(2, "b", "stolen"), ciIn(3, "c", "in stock"), ciIn(4, "d", "lent"), ciIn(5, "e", "unheard of")}
	relations := []*config.Relation{
		needsIn(11, 1, 3, "", config.Active), needsIn(12, 1, 3, "", "refused"), needsIn(13, 1, 3, "", "wanted"), needsIn(14, 1, 3, "", "held"),
		needsIn(15, 1, 2, "", config.Active), needsIn(16, 1, 4, "", config.Active), needsIn(17, 1, 3, "", "over"),
	}
	for _, c := range []struct {
		retired, proposed bool
		cis, links        int
	}{{false, false, 3, 2}, {true, false, 4, 3}, {false, true, 3, 3}} {
		o.Retired, o.Proposed = c.retired, c.proposed
		g, err := config.GraphOf(abstractModel(t), slices.Values(cis), slices.Values(relations), &o)
		require.NoError(t, err)
		require.Equal(t, []int{c.cis, c.links}, []int{g.Nodes(), g.Links()})
	}
	g, err := config.GraphOf(abstractModel(t), slices.Values(cis[:2]), nil, nil)
	require.NoError(t, err)
	require.Equal(t, 2, g.Nodes(), "without the phases a state is not known")

	var facts []config.Fact
	for _, ci := range cis {
		for name, v := range (values{"state": state(ci.State), "class": word("thing"), "name": word(ci.Name)}) {
			facts = append(facts, config.Fact{Subject: ci.ID, Attribute: name, Value: v, From: noon, Recorded: noon})
		}
	}
	var of []config.Fact
	for _, r := range relations {
		for name, v := range (values{"state": state(r.State), "type": word("needs"), "from": r.Value("from"), "to": r.Value("to")}) {
			of = append(of, config.Fact{Subject: r.ID, Attribute: name, Value: v, From: noon, Recorded: noon})
		}
	}
	tl, err := config.NewTimeline(slices.Values(facts), slices.Values(of), nil)
	require.NoError(t, err)
	g, err = tl.Graph(abstractModel(t), config.AsOf{}, &o)
	require.NoError(t, err)
	require.Equal(t, []int{3, 3}, []int{g.Nodes(), g.Links()})
}

// What a caller does to a node does not reach the record.
func TestNodeOfSharesNothing(t *testing.T) {
	ci := ciIn(1, "a", config.Live, config.Need{Group: "g", AtLeast: 1})
	n := config.NodeOf(ci)
	n.Needs[0].AtLeast = 7
	require.Equal(t, 1, ci.Needs[0].AtLeast)
	require.Nil(t, config.NodeOf(ciIn(1, "a", config.Live)).Needs)
}
