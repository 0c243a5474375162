package naivegraph

import (
	"errors"
	"fmt"
	"slices"

	"github.com/itsmkit/itsm/config/topology"
)

// Longest and Limit bound the simple paths that Check compares.
const (
	Longest = 5
	Limit   = 20
)

// Check asks a topology of these nodes and edges everything and returns the first
// answer that is wrong. Sets are what to start from beside each node alone.
func Check(nodes int, edges []topology.Edge, sets ...[]uint32) error {
	t, err := topology.New(nodes, edges, &topology.Options{EdgeNumbers: true})
	if err != nil {
		return err
	}
	plain, err := topology.New(nodes, edges, nil)
	if err != nil {
		return err
	}
	g := &graph{nodes, edges}
	for v := range uint32(nodes) {
		sets = append(sets, []uint32{v})
	}
	err = errors.Join(
		named("shape", g.checkShape(t)),
		named("shape without numbers", g.checkLists(plain)),
		named("components", g.checkComponents(t)),
		named("connected", g.checkConnected(t)),
		named("order", g.checkOrder(t)),
		named("cuts", g.checkCuts(t)),
	)
	for _, set := range sets {
		about := fmt.Sprint(" from ", set)
		err = errors.Join(err,
			named("reach"+about, g.checkReach(t, set)),
			named("reach backwards"+about, g.turned().checkReach(t.Reverse(), set)),
			named("dominators"+about, g.checkDominators(t, set)),
			named("dominators backwards"+about, g.turned().checkDominators(t.Reverse(), set)),
			named("paths"+about, g.checkPaths(t, set)),
		)
	}
	return err
}

func named(question string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", question, err)
}

// same is an error unless two answers read alike.
func same(what string, got, want any) error {
	if list, ok := got.([]uint32); ok && slices.Equal(list, want.([]uint32)) {
		return nil // as most are, and formatting takes its time
	}
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		return fmt.Errorf("%s is %s, want %s", what, g, w)
	}
	return nil
}

func (g *graph) checkShape(t *topology.Topology) error {
	loops := 0
	for i, e := range g.edges {
		if e.From == e.To {
			loops++
		}
		same := slices.Collect(func(yield func(uint32) bool) {
			for j, f := range g.edges {
				if e == f && !yield(uint32(j)) {
					return
				}
			}
		})
		if got := t.EdgesBetween(e.From, e.To); !slices.Equal(got, same) {
			return fmt.Errorf("edges like %d are %v, want %v", i, got, same)
		}
		if t.Parallel(e.From, e.To) != len(same) {
			return fmt.Errorf("edges like %d are %d, want %d", i, t.Parallel(e.From, e.To), len(same))
		}
	}
	for v := range uint32(g.n) {
		var outs, ins []uint32
		for i, w := range t.Out(v) {
			outs = append(outs, t.OutEdges(v)[i])
			if g.edges[outs[i]] != (topology.Edge{From: v, To: w}) {
				return fmt.Errorf("edge %d does not lead from %d to %d", outs[i], v, w)
			}
		}
		for i, u := range t.In(v) {
			ins = append(ins, t.InEdges(v)[i])
			if g.edges[ins[i]] != (topology.Edge{From: u, To: v}) {
				return fmt.Errorf("edge %d does not lead from %d to %d", ins[i], u, v)
			}
			if i > 0 && t.In(v)[i-1] == u && ins[i-1] >= ins[i] {
				return fmt.Errorf("edges to %d do not ascend: %v", v, ins)
			}
		}
	}
	return errors.Join(same("self-loops", t.SelfLoops(), loops), g.checkLists(t))
}

func (g *graph) checkLists(t *topology.Topology) error {
	out, in := make([][]uint32, g.n), make([][]uint32, g.n)
	for _, e := range g.edges {
		out[e.From] = append(out[e.From], e.To)
		in[e.To] = append(in[e.To], e.From)
	}
	for v := range uint32(g.n) {
		slices.Sort(out[v])
		slices.Sort(in[v])
		if !slices.Equal(t.Out(v), out[v]) || !slices.Equal(t.In(v), in[v]) {
			return fmt.Errorf("%d leads to %v from %v, want %v from %v", v, t.Out(v), t.In(v), out[v], in[v])
		}
	}
	return errors.Join(same("nodes", t.Nodes(), g.n), same("edges", t.Edges(), len(g.edges)))
}

// levels is nodes as [topology.Levels] has them.
func levels(at map[uint32]int) [][]uint32 {
	var list [][]uint32
	for v, d := range at {
		for len(list) <= d {
			list = append(list, nil)
		}
		list[d] = append(list[d], v)
	}
	for _, level := range list {
		slices.Sort(level)
	}
	return list
}

func checkLevels(l *topology.Levels, want [][]uint32) error {
	var got [][]uint32
	for i := range l.Len() {
		got = append(got, l.Level(i))
	}
	return errors.Join(same("levels", got, want), same("nodes", l.Nodes(), slices.Concat(want...)))
}

func (g *graph) checkReach(t *topology.Topology, from []uint32) error {
	r, err := t.Reach(from, nil)
	if err != nil {
		return err
	}
	far := g.distances(from, nothing, nothing)
	want := levels(far)
	err = checkLevels(&r.Levels, want)
	for limit := 1; limit <= len(want); limit++ {
		limited, failed := t.Reach(from, &topology.ReachOptions{MaxDistance: limit})
		if failed != nil {
			return failed
		}
		err = errors.Join(err, named(fmt.Sprintf("within %d", limit), checkLevels(&limited.Levels, want[:min(limit+1, len(want))])))
	}
	turned := g.turned()
	for v := range uint32(g.n) {
		d, ok := r.Distance(v)
		want, reached := far[v]
		if ok != reached || d != want || r.Has(v) != reached {
			return fmt.Errorf("%d is %d away (%v), want %d (%v)", v, d, ok, want, reached)
		}
		var path []uint32
		for _, s := range from {
			for _, way := range turned.simple(v, s, want) {
				if reached && (path == nil || slices.Compare(way, path) < 0) {
					path = way
				}
			}
		}
		slices.Reverse(path)
		err = errors.Join(err, same(fmt.Sprint("path to ", v), r.Path(v), path))
	}
	return err
}

func (g *graph) checkPaths(t *topology.Topology, from []uint32) error {
	var err error
	for _, s := range from {
		far := g.distances([]uint32{s}, nothing, nothing)
		for v := range uint32(g.n) {
			var shortest []uint32
			if d, reached := far[v]; reached {
				shortest = g.simple(s, v, d)[0]
			}
			path, failed := t.Path(s, v)
			err = errors.Join(err, failed, same(fmt.Sprint("shortest to ", v), path, shortest))
			want := g.simple(s, v, Longest)
			got, failed := t.Paths(s, v, Longest, Limit)
			if failed != nil {
				return failed
			}
			err = errors.Join(err,
				same(fmt.Sprint("simple to ", v), got.List, want[:min(len(want), Limit)]),
				same(fmt.Sprint("more to ", v), got.More, len(want) > Limit))
		}
	}
	return err
}
