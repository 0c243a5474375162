package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// softly is an estate of records: the shop needs one of two databases, and softly the
// mail, which is down with its host.
func softly(strength string) (cis []*config.CI, relations []*config.Relation) {
	ci := func(n byte, class, name string, needs ...config.Need) {
		cis = append(cis, &config.CI{Header: itsm.Header{ID: id(n), State: config.Live}, Class: class, Name: name, Needs: needs})
	}
	relate := func(n byte, typ string, from, to byte, group string, of map[string]config.Assertion) {
		relations = append(relations, &config.Relation{
			Header: itsm.Header{ID: id(n), State: config.Active}, Type: typ, From: id(from), To: id(to), Group: group, Attributes: of,
		})
	}
	ci(1, "business service", "shop")
	ci(2, "application", "orders", config.Need{Group: "data", AtLeast: 1})
	ci(3, "application", "mail")
	ci(4, "database", "db-1")
	ci(5, "database", "db-2")
	ci(6, "server", "host")
	relate(11, "depends on", 1, 2, "", nil)
	relate(12, "depends on", 2, 3, "data", map[string]config.Assertion{"strength": {Value: word(strength)}})
	relate(13, "depends on", 2, 4, "data", map[string]config.Assertion{"strength": {Value: word("hard")}})
	relate(14, "depends on", 2, 5, "data", nil)
	relate(15, "runs on", 3, 6, "", nil)
	return cis, relations
}

// A soft relation of a record degrades, and does not count for its group.
func TestSoftRelationsDegrade(t *testing.T) {
	graph := func(strength string) *config.Graph {
		cis, relations := softly(strength)
		g, err := config.GraphOf(config.DefaultModel(), slices.Values(cis), slices.Values(relations), nil)
		require.NoError(t, err)
		return g
	}
	g := graph("soft")
	_, to := g.LinksOf(id(3))
	require.Equal(t, []config.Link{{ID: id(12), Type: "depends on", From: id(2), To: id(3), Group: "data", Soft: true}}, to)
	lost, err := g.Impact(id(6))
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{id(6), id(3)}, lost.Lost())
	require.Equal(t, []config.GroupState{{CI: id(2), Size: 1, Lost: []uuid.UUID{id(3)}, Links: to}}, lost.Degraded())
	require.True(t, lost.Degraded()[0].Soft())
	lost, err = g.Impact(id(4), id(5))
	require.NoError(t, err)
	require.True(t, lost.Has(id(1)), "mail is none of the group")
	require.Empty(t, lost.Degraded())

	// What began soft and became hard is a member like the others, and the other way.
	hard := to[0]
	hard.Soft = false
	_, err = g.With(config.GraphChanges{Ended: []config.Link{hard}})
	itsmtest.RequireField(t, err, "ended[0].id")
	now, err := g.With(config.GraphChanges{Ended: to, Linked: []config.Link{hard}})
	require.NoError(t, err)
	require.Equal(t, everything(t, graph("hard")), everything(t, now))
	again, err := now.With(config.GraphChanges{Ended: []config.Link{hard}, Linked: to})
	require.NoError(t, err)
	require.Equal(t, everything(t, g), everything(t, again))
}

// The strength is the one of the time that is asked for.
func TestGraphAsOfTheTimeOfSoftness(t *testing.T) {
	fact := func(subject byte, attribute string, v itsm.Value, days int) config.Fact {
		at := noon.AddDate(0, 0, days)
		return config.Fact{Subject: id(subject), Attribute: attribute, Value: v, From: at, Recorded: at}
	}
	cis := []config.Fact{
		fact(1, "state", state(config.Live), 0), fact(1, "class", word("application"), 0),
		fact(2, "state", state(config.Live), 0), fact(2, "class", word("application"), 0),
	}
	relation := []config.Fact{
		fact(3, "state", state(config.Active), 0), fact(3, "type", word("depends on"), 0), fact(3, "from", ref(1), 0), fact(3, "to", ref(2), 0),
		fact(3, "strength", word("soft"), 1),
	}
	tl, err := config.NewTimeline(slices.Values(cis), slices.Values(relation), nil)
	require.NoError(t, err)
	for days, degraded := range []int{0, 1} {
		g, err := tl.Graph(config.DefaultModel(), config.AsOf{Valid: noon.AddDate(0, 0, days)}, nil)
		require.NoError(t, err)
		lost, err := g.Impact(id(2))
		require.NoError(t, err)
		require.Len(t, lost.Degraded(), degraded)
		require.Equal(t, degraded == 0, lost.Has(id(1)))
	}
}

func TestSoftRelationsAreDashed(t *testing.T) {
	for strength, dashed := range map[string]int{"soft": 1, "hard": 0} {
		cis, relations := softly(strength)
		d, err := config.NewDrawing(config.DefaultModel(), slices.Values(cis), slices.Values(relations), nil)
		require.NoError(t, err)
		require.Equal(t, dashed, strings.Count(d.DOT(), "style=dashed"))
		require.Equal(t, dashed, strings.Count(d.Mermaid(), "-.->"))
		require.Contains(t, d.DOT(), fmt.Sprintf("1 of %d data", 3-dashed), "a soft one is no member")
	}
}

// The shop works without its mail, but not as well.
func ExampleImpact_Degraded() {
	cis, relations := softly("soft")
	g, err := config.GraphOf(config.DefaultModel(), slices.Values(cis), slices.Values(relations), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	lost, err := g.Impact(id(6), id(5)) // the host of the mail, and a database
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range lost.Degraded() {
		n, _ := g.Node(d.CI)
		fmt.Println(n.Name, "works with", g.ExplainGroup(d))
	}
	// Output:
	// orders works with soft suppliers (0 of 1 needed, lost: mail)
	// orders works with data (1 of 2 needed, lost: db-2)
}
