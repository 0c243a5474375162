// Package examples holds runnable programs that use the library as a host would,
// one folder each, in a module of their own: what they need beside the library
// never becomes a dependency of those who import it.
//
// Run one from the root of the repository:
//
//	go run ./examples/replay
//
// Read them to learn, copy from them freely. They are not an API and keep no
// compatibility promise.
package examples
