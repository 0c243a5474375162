// Package topology is directed graphs of numbered nodes, dense and fast: what package
// config asks of CIs and their relations, for whatever else has nodes and edges. It
// knows no CI and no process, and needs no more than a list of [Edge].
//
// A [Topology] is built once by [New] and asked:
//
//	Reach(from, …)           what is reached from some nodes, with distances and paths
//	Path, Paths              a shortest way, and simple ways, shortest first
//	Order()                  a topological order in levels, or the cycles that forbid it
//	Components()             strongly connected components, and a minimal cycle of each
//	Connected()              what hangs together, whatever the direction
//	Cuts()                   articulation points and bridges
//	Dominators(roots)        through which nodes every way from the roots leads
//	Out, In, Reverse, Rows   the neighbours themselves
//
// None of it recurses, so a chain of a million nodes is as good as any other shape;
// and every answer is in a fixed order, which each question states. How fast they are
// beside other libraries is in internal/benchmarks.
package topology
