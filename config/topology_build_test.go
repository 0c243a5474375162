package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Lists as long as these fit into no test.
func TestCountsThatDoNotFit(t *testing.T) {
	assert.NoError(t, checkCounts(MaxNodes, MaxEdges))
	assert.EqualError(t, checkCounts(MaxNodes+1, 0), "nodes: are 2147483648; a topology has 0 to 2147483647")
	assert.EqualError(t, checkCounts(0, MaxEdges+1), "edges: are 4294967296; a topology has at most 4294967295")
}
