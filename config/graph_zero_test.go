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
}
