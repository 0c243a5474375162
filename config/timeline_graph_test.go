package config_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// TestGraphAsOf: the graph of each point, however things went on, is that of the
// records as they were.
func TestGraphAsOf(t *testing.T) {
	e, host, app, shop := small(t)
	type snapshot struct {
		at config.AsOf
		g  *config.Graph
	}
	var kept []snapshot
	keep := func() {
		var cis []*config.CI
		for ci, err := range e.cis.Find(e.ctx, ann, itsm.Selection[config.CI]{}) {
			require.NoError(t, err)
			cis = append(cis, &ci)
		}
		var relations []*config.Relation
		for r, err := range e.relations.Find(e.ctx, ann, itsm.Selection[config.Relation]{}) {
			require.NoError(t, err)
			relations = append(relations, &r)
		}
		g, err := config.GraphOf(config.DefaultModel(), slices.Values(cis), slices.Values(relations), nil)
		require.NoError(t, err)
		kept = append(kept, snapshot{config.AsOf{Valid: e.now, Recorded: e.now}, g})
		e.now = e.now.Add(day)
	}
	keep()
	second := e.register(ann, config.Register{Name: "web-2", Class: "server", State: config.Live, Change: change})
	_, err := e.relations.Create(e.ctx, ann, config.Relate{Type: "runs on", From: app.End(), To: second.End(), Group: "hosts"})
	require.NoError(t, err)
	keep()
	var old uuid.UUID
	for r, err := range e.relations.Find(e.ctx, ann, config.RelationsTo(host.ID)) {
		require.NoError(t, err)
		old = r.ID
	}
	_, err = e.relations.Do(e.ctx, ann, old, config.Unrelate{Change: change})
	require.NoError(t, err)
	_, err = e.relations.Create(e.ctx, ann, config.Relate{Type: "runs on", From: app.End(), To: host.End(), Group: "hosts"})
	require.NoError(t, err)
	e.do(ann, app.ID, config.SetNeed{Need: config.Need{Group: "hosts", AtLeast: 1}, Change: change})
	keep()
	e.do(mia, host.ID, config.Retire{Change: change})
	keep()
	e.do(mia, host.ID, config.Dispose{})
	keep()

	tl := e.told()
	stops := make([]bool, 0, len(kept))
	for i, k := range kept {
		g, err := tl.Graph(config.DefaultModel(), k.at, nil)
		require.NoError(t, err)
		require.Equal(t, []int{k.g.Nodes(), k.g.Links()}, []int{g.Nodes(), g.Links()}, "%d", i)
		for _, ci := range []uuid.UUID{host.ID, second.ID, app.ID, shop.ID} {
			want, known := k.g.Node(ci)
			got, is := g.Node(ci)
			require.Equal(t, known, is)
			require.Equal(t, want, got)
			if !known {
				continue
			}
			was, err := k.g.Impact(ci)
			require.NoError(t, err)
			now, err := g.Impact(ci)
			require.NoError(t, err)
			require.Equal(t, was.Lost(), now.Lost())
		}
		if _, there := g.Node(host.ID); there {
			impact, err := g.Impact(host.ID)
			require.NoError(t, err)
			stops = append(stops, impact.Has(shop.ID))
		}
	}
	require.Equal(t, []bool{true, true, false}, stops, "redundant since the third")
}

// A graph as of any instant is one, whatever was not there yet: relations told to be
// older than their CIs, and groups before their suppliers are related.
func TestGraphAsOfAnInstantThatIsUnfinished(t *testing.T) {
	e := newEstate(t, nil)
	began := e.now
	app := e.register(ann, config.Register{Name: "app", Class: "application", Needs: []config.Need{{Group: "hosts", AtLeast: 2}}})
	var hosts []config.CI
	for _, name := range []string{"web-1", "web-2", "web-3"} {
		e.now = e.now.Add(hour)
		host := e.register(ann, config.Register{Name: name, Class: "server"})
		_, err := e.relations.Create(e.ctx, ann, config.Relate{Type: "runs on", From: app.End(), To: host.End(), Group: "hosts", Since: began.Add(-day), Reason: "It was so."})
		require.NoError(t, err)
		hosts = append(hosts, host)
	}
	for _, host := range hosts[1:] {
		e.now = e.now.Add(hour)
		e.do(mia, host.ID, config.Retire{Change: change})
	}
	tl := e.told()
	for hours, want := range [][]int{{0, 0, 0}, {1, 0, 1}, {2, 1, 1}, {3, 2, 0}, {4, 3, 0}, {3, 2, 0}, {2, 1, 1}} {
		g, err := tl.Graph(config.DefaultModel(), config.AsOf{Valid: began.Add(time.Duration(hours-1) * hour)}, nil)
		require.NoError(t, err)
		require.Equal(t, want, []int{g.Nodes(), g.Links(), len(g.Short())}, "%d", hours)
		require.Len(t, g.Faults(), want[2])
	}
	_, err := tl.Graph(config.DefaultModel(), config.AsOf{}, &config.RecordOptions{Retired: true})
	require.NoError(t, err)

	unknown, err := config.NewTimeline(nil, slices.Values([]config.Fact{
		{Subject: id(1), Attribute: "state", Value: state(config.Active), From: noon, Recorded: noon},
		{Subject: id(1), Attribute: "type", Value: word("runs on"), From: noon, Recorded: noon},
		{Subject: id(1), Attribute: "from", Value: ref(2), From: noon, Recorded: noon},
	}), nil)
	require.NoError(t, err)
	_, err = unknown.Graph(config.DefaultModel(), config.AsOf{}, nil)
	itsmtest.RequireField(t, err, "relations[0].from")
}
