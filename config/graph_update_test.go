package config_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// recordBook is records as a host has them, of which some have changed.
type recordBook struct {
	cis       map[uuid.UUID]*config.CI
	relations map[uuid.UUID]*config.Relation
	rng       *rand.Rand
}

func (b *recordBook) some(list ...itsm.State) itsm.State { return list[b.rng.IntN(len(list))] }

// change changes a few records, and lists those of CIs and of relations that a host
// would name: changed ones, some that are as they were, and all relations of CIs that
// may be back; some of them twice, as they were in between first.
func (b *recordBook) change() (cis []*config.CI, relations []*config.Relation) {
	rng := b.rng
	all := func() []uuid.UUID { return sortedIDs(keysOf(b.cis)) }
	for range rng.IntN(3) {
		ci := &config.CI{Header: itsm.Header{ID: uuid.UUID{byte(rng.IntN(256)), 15: 1}}, Class: "thing"}
		b.cis[ci.ID] = ci
		cis = append(cis, ci)
	}
	for _, old := range all() {
		if rng.IntN(3) > 0 {
			continue
		}
		ci := *b.cis[old]
		ci.State, ci.Name = b.some(config.Live, config.Live, config.Planned, config.Retired, config.Disposed), fmt.Sprint(rng.IntN(3))
		ci.Needs = nil
		for _, group := range []string{"a", "b"} {
			if rng.IntN(2) == 0 {
				ci.Needs = append(ci.Needs, config.Need{Group: group, AtLeast: 1 + rng.IntN(3)})
			}
		}
		cis = append(cis, b.cis[old], &ci)
		b.cis[old] = &ci
	}
	if len(b.cis) == 0 {
		return nil, nil
	}
	for range rng.IntN(4) {
		from, to := all()[rng.IntN(len(b.cis))], all()[rng.IntN(len(b.cis))]
		r := &config.Relation{Header: itsm.Header{ID: uuid.UUID{2: byte(rng.IntN(256)), 3: byte(rng.IntN(256)), 15: 2}}, Type: "needs", From: from, To: to}
		if b.relations[r.ID] == nil {
			b.relations[r.ID] = r
		}
	}
	for _, old := range sortedIDs(keysOf(b.relations)) {
		if b.relations[old].State != itsm.None && rng.IntN(3) > 0 {
			continue
		}
		r := *b.relations[old]
		r.State = b.some(config.Active, config.Active, config.Proposed, config.Ended)
		r.Type, r.Group = []string{"needs", "feeds", "notes"}[rng.IntN(3)], []string{"", "a", "b"}[rng.IntN(3)]
		r.Attributes = map[string]config.Assertion{"strength": {Value: word([]string{"hard", "soft"}[rng.IntN(2)])}}
		relations = append(relations, b.relations[old], &r)
		b.relations[old] = &r
	}
	for _, r := range relations { // those that are out may not be in the graph
		cis = append(cis, b.cis[r.From], b.cis[r.To])
	}
	for _, ci := range slices.Clone(cis) {
		for _, other := range sortedIDs(keysOf(b.relations)) {
			if r := b.relations[other]; r.From == ci.ID || r.To == ci.ID {
				relations = append(relations, r)
				cis = append(cis, b.cis[r.From], b.cis[r.To])
			}
		}
	}
	return append(cis, nil), append(relations, nil)
}

func (b *recordBook) graph(t *testing.T, o *config.RecordOptions) *config.Graph {
	t.Helper()
	var cis []*config.CI
	for _, id := range sortedIDs(keysOf(b.cis)) {
		cis = append(cis, b.cis[id])
	}
	var relations []*config.Relation
	for _, id := range sortedIDs(keysOf(b.relations)) {
		relations = append(relations, b.relations[id])
	}
	g, err := config.GraphOf(abstractModel(t), slices.Values(cis), slices.Values(relations), o)
	require.NoError(t, err)
	return g
}

// A graph with changed records is the graph of all records.
func TestGraphWithRecordsIsTheGraphOfThem(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 40))
	short := 0
	for i := range 60 {
		b := &recordBook{map[uuid.UUID]*config.CI{}, map[uuid.UUID]*config.Relation{}, rng}
		o := &config.RecordOptions{Retired: i%3 == 0, Proposed: i%4 == 0, GraphOptions: config.GraphOptions{FoldAfter: i%2 - 1}}
		b.change()
		g := b.graph(t, o)
		for range 10 {
			cis, relations := b.change()
			now, err := g.WithRecords(slices.Values(cis), slices.Values(relations))
			require.NoError(t, err)
			fresh := b.graph(t, o)
			require.Equal(t, everything(t, fresh), everything(t, now))
			require.Equal(t, fresh.Short(), now.Short())
			require.GreaterOrEqual(t, len(now.Faults()), len(g.Faults()))
			short += len(now.Short())
			g = now
		}
	}
	require.Greater(t, short, 100)
}

func TestGraphWithRecordsNamesWhatIsWrong(t *testing.T) {
	cis := []*config.CI{ciIn(1, "a", config.Live), ciIn(2, "b", config.Retired)}
	g, err := config.GraphOf(abstractModel(t), slices.Values(cis), nil, nil)
	require.NoError(t, err)
	bad := ciIn(3, "c", config.Live)
	bad.Class = "item"
	relations := []*config.Relation{
		needsIn(11, 1, 2, "", config.Active), needsIn(12, 1, 2, "", config.Ended), needsIn(0, 1, 1, "", config.Active), nil,
		needsIn(13, 9, 1, "", config.Active), needsIn(14, 1, 1, "", config.Active),
	}
	relations[2].ID = uuid.Nil
	_, err = g.WithRecords(slices.Values([]*config.CI{nil, bad}), slices.Values(relations))
	require.Equal(t, []string{"relations[2].id", "cis[1].class", "relations[0].to", "relations[4].from"}, itsmtest.Fields(err))
	require.ErrorContains(t, err, "(CI c, "+id(3).String()+")")
	now, err := g.WithRecords(slices.Values(cis), slices.Values(relations[:2]))
	require.NoError(t, err, "one of a CI that is given and left out")
	require.Equal(t, []int{1, 0, 0}, []int{now.Nodes(), now.Links(), now.Changes()})
	none, err := g.WithRecords(nil, nil)
	require.NoError(t, err)
	require.Equal(t, everything(t, g), everything(t, none))
}

// In whatever order CIs are given, those of another class are held against the
// relations that there are then.
func TestGraphWithRecordsOfOtherClasses(t *testing.T) {
	of := func(n byte, class string, s itsm.State) *config.CI {
		return &config.CI{Header: itsm.Header{ID: id(n), State: s}, Class: class, Name: class}
	}
	m, err := config.DefaultModel().With(nil, []config.RelationType{{
		Name: "backs", Inverse: "is backed by", Pairs: []config.Pair{{From: "application", To: "server"}, {From: "document", To: "location"}}, Carries: config.ToFirst,
	}})
	require.NoError(t, err)
	relation := slices.Values([]*config.Relation{{Header: itsm.Header{ID: id(9), State: config.Active}, Type: "backs", From: id(1), To: id(2)}})
	g, err := config.GraphOf(m, slices.Values([]*config.CI{of(1, "application", config.Live), of(2, "server", config.Live)}), relation, nil)
	require.NoError(t, err)
	for _, changed := range [][]*config.CI{
		{of(1, "document", config.Live), of(2, "server", config.Retired)},
		{of(1, "document", config.Live), of(2, "location", config.Live)},
	} {
		fresh, err := config.GraphOf(m, slices.Values(changed), relation, nil)
		require.NoError(t, err)
		for range 2 {
			now, err := g.WithRecords(slices.Values(changed), relation)
			require.NoError(t, err)
			require.Equal(t, everything(t, fresh), everything(t, now))
			slices.Reverse(changed)
		}
	}
	_, err = g.WithRecords(slices.Values([]*config.CI{of(1, "document", config.Live)}), relation)
	require.Error(t, err)
}

// What is given and the same as before costs nothing, and a CI that is reinstated has
// the relations given with it.
func ExampleGraph_WithRecords() {
	cis, relations := softly("hard")
	g, err := config.GraphOf(config.DefaultModel(), slices.Values(cis), slices.Values(relations), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	host := *cis[5]
	for _, s := range []itsm.State{config.Retired, config.Live} {
		host.State = s
		g, err = g.WithRecords(slices.Values([]*config.CI{&host}), slices.Values(relations[4:]))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(s, g.Nodes(), "CIs and", g.Links(), "relations after", g.Changes(), "changes")
	}
	// Output:
	// retired 5 CIs and 4 relations after 1 changes
	// live 6 CIs and 5 relations after 3 changes
}
