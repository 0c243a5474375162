package config_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config"
)

// Answers that nobody gave are empty, and asking them does no harm.
func TestZeroAnswersAreEmpty(t *testing.T) {
	require.EqualError(t, &config.LoopError{}, "0 cycles")
	require.EqualError(t, &config.LoopError{Cycles: make([]config.Cycle, 2)}, "2 cycles")
	require.EqualError(t, &config.CycleError{}, "no topological order")
	require.EqualError(t, &config.CycleError{Components: &config.Components{}}, "no topological order")

	var c config.Components
	require.Empty(t, slices.Collect(c.AllCyclic()))
	require.False(t, c.Cyclic(0))
	require.Nil(t, c.Cycle(0))

	var w config.Walk
	require.Zero(t, w.Len())
	require.Empty(t, w.CIs())
	require.Nil(t, w.Path(id(1)))
	_, is := w.Distance(uuid.Nil)
	require.False(t, is)

	var i config.Impact
	require.Zero(t, i.Len()+i.Steps()+i.Summary().CIs)
	require.False(t, i.Has(id(1)))
	require.Empty(t, i.Lost())
	require.Empty(t, slices.Collect(i.All()))
	require.Empty(t, i.Services())
	require.Empty(t, i.Degraded())
	require.Nil(t, i.Chain(id(1)))

	var d config.Dominators
	require.Nil(t, d.Chain(0))
	require.Zero(t, d.Tree().Nodes())
	var r config.Reach
	require.Nil(t, r.Path(0))
	require.False(t, r.Has(0))
}

func TestNilSetIsEmpty(t *testing.T) {
	var none *config.Set
	require.False(t, none.Has(3))
	require.False(t, none.Remove(3))
	require.Zero(t, none.Len())
	require.Empty(t, slices.Collect(none.All()))
	require.True(t, none.Equal(&config.Set{}))
	s := none.Clone()
	s.Add(3)
	s.Or(nil)
	s.AndNot(nil)
	require.True(t, s.Has(3))
	require.False(t, s.Equal(none))
	s.And(nil)
	require.Zero(t, s.Len())
}
