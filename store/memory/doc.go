// Package memory is a store.Backend that keeps everything in memory: for tests,
// for trying things out, and for programs whose data fits and need not outlive
// them.
//
// It keeps the whole contract. The data of a tenant is a set of B-trees and the
// journal. One unit writes at a time, in place, and notes what to undo; rolling
// back is undoing it. A reader gets an immutable snapshot of the last commit: the
// trees as they are, less what a unit at work has done. From then on that unit
// and the next copy a node before they first change it, so that the snapshot
// stays as it is without either side waiting for the other. Writers pay for
// readers that are there, and for no others.
//
// Units that write in the same tenant take turns; those of different tenants do
// not wait for each other. A reader waits for no unit, only, for some
// microseconds, for a single Put or Append at work.
//
// Every operation costs the logarithm of what the tenant holds at most, Count of
// a long range included; a page costs that and then its documents. An erasing
// unit, and no other, copies a list with a pointer for each 256 journal entries.
// Memory is that of bodies, payloads and keys, and about 200 bytes more for each
// document, 100 for each term and 90 for each journal entry.
package memory
