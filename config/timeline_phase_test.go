package config_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// TestTimelineAsksThePhase: a host's own states count by their phases, in whatever
// comes of the timeline.
func TestTimelineAsksThePhase(t *testing.T) {
	link := func(n, from, to byte, s itsm.State) []config.Fact {
		var list []config.Fact
		for name, v := range map[string]itsm.Value{"state": state(s), "type": word("runs on"), "from": ref(from), "to": ref(to)} {
			list = append(list, said(n, name, v, 1, -1, 1))
		}
		return list
	}
	cis := []config.Fact{
		said(1, "state", state(config.Live), 1, -1, 1), said(1, "class", word("application"), 1, -1, 1),
		said(2, "state", state("scrapped"), 1, -1, 1), said(2, "class", word("server"), 1, -1, 1),
		said(3, "state", state("on loan"), 1, -1, 1), said(3, "class", word("server"), 1, -1, 1),
		said(4, "state", state("in store"), 1, -1, 1), said(4, "class", word("server"), 1, -1, 1),
	}
	relations := slices.Concat(link(100, 1, 2, config.Active), link(101, 1, 3, "broken off"), link(102, 1, 3, config.Proposed), link(103, 1, 4, config.Active))
	phases := map[itsm.State]itsm.Phase{"scrapped": itsm.Final, "broken off": itsm.Final, "in store": itsm.Done, config.Proposed: "nonsense", itsm.None: itsm.Active}
	ask := func(o *config.TimelineOptions) (*config.Timeline, []byte) {
		tl, err := config.NewTimeline(nil, slices.Values(relations), o)
		require.NoError(t, err)
		tl, err = tl.With(slices.Values(cis), nil)
		require.NoError(t, err)
		var ids []byte
		for v := range tl.CIs(asOf(1, 1)) {
			ids = append(ids, v.ID()[15])
		}
		for v := range tl.Relations(asOf(1, 1)) {
			ids = append(ids, v.ID()[15])
		}
		return tl, ids
	}
	tl, ids := ask(&config.TimelineOptions{Phase: func(s itsm.State) itsm.Phase { return phases[s] }})
	require.Equal(t, []byte{1, 3, 4, 100, 102, 103}, ids)
	for n, want := range map[byte]itsm.Phase{1: itsm.Active, 2: itsm.Final, 3: itsm.Active, 4: itsm.Done, 5: ""} {
		v, _ := tl.At(id(n), asOf(1, 1))
		require.Equal(t, want, v.Phase(), "%d", n)
	}
	r, _ := tl.RelationAt(id(102), asOf(1, 1))
	require.Equal(t, itsm.Open, r.Phase(), "what is no phase is not heeded")
	b, err := tl.Baseline("b", config.Scope{}, asOf(1, 1))
	require.NoError(t, err)
	require.Len(t, b.CIs, 3)
	d, err := tl.Diff(asOf(0, 1), asOf(1, 1), config.Scope{})
	require.NoError(t, err)
	require.Len(t, d.CIs, 3)
	g, err := tl.Graph(config.DefaultModel(), asOf(1, 1), &config.RecordOptions{Proposed: true})
	require.NoError(t, err)
	require.Equal(t, []int{2, 1}, []int{g.Nodes(), g.Links()})
	g, err = tl.Graph(config.DefaultModel(), asOf(1, 1), &config.RecordOptions{Retired: true, Proposed: true})
	require.NoError(t, err)
	require.Equal(t, []int{3, 2}, []int{g.Nodes(), g.Links()})

	for _, o := range []*config.TimelineOptions{nil, {}} {
		_, ids = ask(o)
		require.Equal(t, []byte{1, 2, 3, 4, 100, 101, 102, 103}, ids)
	}
}

// TestPhasesOfTheLifecycles: without a host's word a state means to a timeline what it
// means in the lifecycles.
func TestPhasesOfTheLifecycles(t *testing.T) {
	phases := make(map[itsm.State]itsm.Phase)
	for _, s := range lifecycle(t, nil).States() {
		phases[s.State] = s.Phase
	}
	for _, s := range relations(t, nil).States() {
		phases[s.State] = s.Phase
	}
	require.Len(t, phases, 11)
	for s, want := range phases {
		v, known := timeline(t, said(1, "state", state(s), 1, -1, 1)).At(id(1), config.AsOf{})
		require.True(t, known)
		require.Equal(t, want, v.Phase(), "%s", s)
	}
}
