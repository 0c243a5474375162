//go:build !race

package benchmarks

// underRace says whether the race detector watches, which makes everything ten times
// slower.
const underRace = false
