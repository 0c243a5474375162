package sla_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/sla"
)

// TestWorkSharesNothingWithItsMoments: a host that keeps one map of facts and writes
// what is new into it is told the same as one that makes a map for each moment.
func TestWorkSharesNothingWithItsMoments(t *testing.T) {
	b, err := sla.NewBook(schema(), agreement("A", nil, byPriority(1, "4h"), byPriority(2, "8h")))
	require.NoError(t, err)
	var one, many sla.Work
	kept := sla.Facts{}
	for _, m := range story(t, "23 09:00 ann: phase open, priority 2\n23 10:00 ann: priority 1\n23 11:00 ann: phase done\n23 12:00 ann: group net") {
		for name, v := range m.Facts {
			kept[name] = v
		}
		one, err = b.Observe(&one, sla.Moment{At: m.At, By: m.By, Facts: kept})
		require.NoError(t, err)
		many, err = b.Observe(&many, m)
		require.NoError(t, err)
	}
	assert.Equal(t, asJSON(t, many), asJSON(t, one))
}
