// Package storetest is the conformance suite of package store: it tells whoever
// implements a store.Backend whether it keeps the contract.
//
//	func TestContract(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Backend {
//			b, err := mystore.Open(filepath.Join(t.TempDir(), "test.db"))
//			if err != nil {
//				t.Fatal(err)
//			}
//			t.Cleanup(func() { b.Close() })
//			return b
//		})
//	}
//
// Each [Clause] checks one sentence of the contract on an empty backend of its
// own (one clause, on two), in a subtest named after it; a failure quotes the sentence. To run one:
//
//	go test -run 'TestContract/put/stale'
//
// A backend that cannot do something says so with a [Lack]; the clauses that
// need it are then skipped, with the reason in the output. Everything else is
// for every backend.
//
// Clauses run their units again when a backend asks for that with
// store.ErrRetry, and none expects two units to run at the same time: a backend
// with one writer and one that runs units side by side both pass. A clause that
// does not end is stopped and fails.
//
// [Benchmark] measures a backend with the same work as every other. The example
// is a whole adapter; docs/write-an-adapter.md goes through it.
//
// [Flaky] is for the code on the other side of the contract: it makes a backend
// ask for retries that it would not need.
//
// The suite uses the standard library, google/uuid and package store alone. It
// is tested with backends that are broken in one way each, at least one for every
// clause, which it has to catch: docs/storage.md lists them.
package storetest
