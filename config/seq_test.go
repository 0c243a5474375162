package config_test

import (
	"io"
	"slices"
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
