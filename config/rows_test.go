package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEveryRowHasATest: what docs/config.md says of this package names tests that are
// there.
func TestEveryRowHasATest(t *testing.T) {
	text, err := os.ReadFile("../docs/config.md")
	require.NoError(t, err)
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	there := make(map[string]bool)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Example)\w+)\(`).FindAllSubmatch(source, -1) {
			there[string(m[1])] = true
		}
	}
	named := regexp.MustCompile("`((?:Test|Example)\\w+)`").FindAllSubmatch(text, -1)
	require.Greater(t, len(named), 30)
	for _, m := range named {
		require.True(t, there[string(m[1])], "%s is no test of this package", m[1])
	}
}
