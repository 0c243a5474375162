package topology_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config/topology"
)

// Answers that nobody gave are empty, and asking them does no harm.
func TestZeroAnswersAreEmpty(t *testing.T) {
	require.EqualError(t, &topology.CycleError{}, "no topological order")
	require.EqualError(t, &topology.CycleError{Components: &topology.Components{}}, "no topological order")

	var c topology.Components
	require.Empty(t, slices.Collect(c.AllCyclic()))
	require.False(t, c.Cyclic(0))
	require.Nil(t, c.Cycle(0))

	var d topology.Dominators
	require.Nil(t, d.Chain(0))
	require.Zero(t, d.Tree().Nodes())
	var r topology.Reach
	require.Nil(t, r.Path(0))
	require.False(t, r.Has(0))
}

func TestNilSetIsEmpty(t *testing.T) {
	var none *topology.Set
	require.False(t, none.Has(3))
	require.False(t, none.Remove(3))
	require.Zero(t, none.Len())
	require.Empty(t, slices.Collect(none.All()))
	require.True(t, none.Equal(&topology.Set{}))
	s := none.Clone()
	s.Add(3)
	s.Or(nil)
	s.AndNot(nil)
	require.True(t, s.Has(3))
	require.False(t, s.Equal(none))
	s.And(nil)
	require.Zero(t, s.Len())
}
