package config_test

import (
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// A sequence that is nil is empty, and a record that is nil is passed over, wherever
// records are given.
func TestNilSequencesAndRecords(t *testing.T) {
	m := config.DefaultModel()
	g, err := config.NewGraph(m, nil, nil, nil)
	require.NoError(t, err)
	require.Zero(t, g.Nodes())
	noCI, noRelation := slices.Values([]*config.CI{nil}), slices.Values([]*config.Relation{nil})
	for range 2 {
		g, err = config.GraphOf(m, noCI, noRelation, nil)
		require.NoError(t, err)
		require.Zero(t, g.Nodes())
		d, err := config.NewDrawing(m, noCI, noRelation, nil)
		require.NoError(t, err)
		require.NotContains(t, d.DOT(), "n0")
		_, err = config.VerificationsOf(nil, noCI, noon, noon)
		require.NoError(t, err)
		_, err = config.HealthOf(nil, noCI, noRelation, noon)
		require.NoError(t, err)
		require.NoError(t, intake(t, &config.IntakeOptions{Known: noCI, KnownRelations: noRelation}, lines(whole)).Err())
		noCI, noRelation = nil, nil
	}
}

func TestIntakeOfASourceWithoutAReader(t *testing.T) {
	nothing := config.Source{Name: "x", Open: func() (io.Reader, error) { return nil, nil }}
	_, err := config.NewIntake(nil, intakeStamp, []config.Source{nothing}, nil)
	require.ErrorIs(t, err, itsm.ErrInvalid)
	require.ErrorContains(t, err, "sources[0].open: gave neither")
}

// Whoever has seen enough of a sequence leaves it, and nothing more is asked of him.
func TestSequencesEndWhenLeft(t *testing.T) {
	g, err := config.NewGraph(abstractModel(t), slices.Values([]config.Node{thing(1), thing(2)}), slices.Values([]config.Link{needs(1, 1, 2, ""), needs(2, 2, 1, "")}), nil)
	require.NoError(t, err)
	impact, err := g.Impact(id(1))
	require.NoError(t, err)
	in := intake(t, &config.IntakeOptions{Lenient: true}, lines(whole))
	var cis, relations []config.Fact
	for n := range byte(2) {
		cis = append(cis, said(1+n, "state", state(config.Live), 1, -1, 1), said(1+n, "name", word("x"), 1, -1, 1))
		relations = append(relations, said(11+n, "state", state(config.Active), 1, -1, 1), said(11+n, "from", ref(1), 1, -1, 1), said(11+n, "to", ref(2), 1, -1, 1))
	}
	tl, err := config.NewTimeline(slices.Values(cis), slices.Values(relations), nil)
	require.NoError(t, err)
	ofCIs, ofRelations := tl.Facts()
	v, _ := tl.At(id(1), config.AsOf{})
	table := &config.Table{Of: config.Kind}
	leave(t, g.AllNodes())
	leave(t, g.AllLinks())
	leave(t, impact.All())
	leave2(t, in.CIs())
	leave2(t, in.Relations())
	leave2(t, in.Steps())
	leave2(t, config.ReadJSONLines(strings.NewReader(whole), 0))
	leave2(t, config.ReadJSONLines(strings.NewReader("x\nx\n"), 0))
	leave2(t, config.ReadCSV(strings.NewReader("name\na\nb\n"), table, config.DefaultModel(), 0))
	leave2(t, config.ReadCSV(strings.NewReader("name\na,b\na,b\n"), table, config.DefaultModel(), 0))
	leave(t, tl.CIs(config.AsOf{}))
	leave(t, tl.Relations(config.AsOf{}))
	leave(t, ofCIs)
	leave(t, ofRelations)
	leave(t, v.Beliefs())
}

// leave takes the first of a sequence.
func leave[V any](t *testing.T, of iter.Seq[V]) {
	t.Helper()
	leave2(t, func(yield func(V, error) bool) { of(func(v V) bool { return yield(v, nil) }) })
}

func leave2[K, V any](t *testing.T, of iter.Seq2[K, V]) {
	t.Helper()
	for range of {
		return
	}
	t.Error("is empty")
}
