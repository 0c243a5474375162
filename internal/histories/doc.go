// Package histories looks at stores from the outside: whether what concurrent
// clients saw can have come from one client after the other, and whether
// generated programs do what a model of maps and slices does.
//
// [Keys] and [Counters] record random histories of clients that work side by side,
// and have porcupine look for an order of their operations, no two of which that
// did not overlap change places, in which each result is right: the histories are
// linearizable, as units of one tenant are serialisable in the order of real time.
//
// [Programs] has rapid generate programs of units for two tenants, compares each
// result and the whole state with the model, and shrinks a program that shows a
// difference.
//
// It is a module of its own, so that neither library becomes a dependency of those
// who import the library. It takes any store.Backend, empty or not: each history
// and each program is of tenants of its own. backends_test.go lists the backends
// that it is run on.
package histories
