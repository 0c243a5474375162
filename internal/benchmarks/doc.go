// Package benchmarks measures the library beside its peers. It is a module of
// its own, so that no peer becomes a dependency of those who import the library.
// Everything is in its test files; README.md says how to run them.
package benchmarks
