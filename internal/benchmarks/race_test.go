//go:build race

package benchmarks

const underRace = true
