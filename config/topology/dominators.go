package topology

// Dominators say, for each node that is reached from some roots, what no way from
// a root to it can avoid. They never change and are safe for concurrent use.
//
// With several roots it is as if an edge led to each from one node above all, so a
// node that two of them reach by separate ways is dominated by itself alone.
type Dominators struct {
	above []uint32 // the nearest dominator of each node; None: there is none, or the node is not reached
	count []uint32 // how many nodes each dominates, itself included; 0: not reached
}

// Dominators finds the dominators of all that is reached from some roots, which may
// repeat; a node that there is not is an error.
//
// The algorithm is Semi-NCA (Georgiadis, Linear-Time Algorithms for Dominators and
// Related Problems, 2005): semidominators as Lengauer and Tarjan 1979 find them, with
// paths compressed, then the nearest common ancestors of each with the node before. It
// is quadratic on graphs made to be difficult and linear on others.
func (t *Topology) Dominators(roots []uint32) (*Dominators, error) {
	if err := t.checkAll("roots", roots); err != nil {
		return nil, err
	}
	return t.preorder(roots).dominators(t, roots), nil
}

// preorder is a depth-first walk: nodes by when it came to them, from 1; 0 stands
// above the roots.
type preorder struct {
	index  []uint32 // of each node; 0: not reached
	node   []uint32 // at each index
	before []uint32 // at each index: that of the node it came from
}

func (t *Topology) preorder(roots []uint32) *preorder {
	start, node := t.out.start, t.out.node
	p := &preorder{make([]uint32, t.Nodes()), []uint32{None}, []uint32{0}}
	var calls []call
	for _, v := range roots {
		if p.index[v] != 0 {
			continue
		}
		at := p.add(v, 0)
		next, end := start[v], start[v+1]
		for {
			for next < end {
				w := node[next]
				next++
				if p.index[w] == 0 {
					calls = append(calls, call{v, next, at})
					at = p.add(w, at)
					v, next, end = w, start[w], start[w+1]
				}
			}
			if len(calls) == 0 {
				break
			}
			back := calls[len(calls)-1]
			calls = calls[:len(calls)-1]
			v, next, at = back.node, back.next, back.index
			end = start[v+1]
		}
	}
	return p
}

func (p *preorder) add(v, before uint32) uint32 {
	at := uint32(len(p.node))
	p.index[v] = at
	p.node, p.before = append(p.node, v), append(p.before, before)
	return at
}

// link is a node in the forest of those that have their semidominators.
type link struct {
	up   uint32 // an ancestor, nearer to the root as paths get compressed
	best uint32 // the smallest semidominator from the node up to, but not at, up
}

// dominators works on the indexes of the walk alone. It uses up p.before.
func (p *preorder) dominators(t *Topology, roots []uint32) *Dominators {
	count := len(p.node)
	links := make([]link, count)
	semi := make([]uint32, count)
	for i, before := range p.before {
		links[i].up, semi[i] = before, before
	}
	for _, v := range roots {
		semi[p.index[v]] = 0 // which one may be, although another leads to it
	}
	var path []uint32
	for i := uint32(count - 1); i > 0; i-- {
		best := semi[i]
		for _, u := range t.in.of(p.node[i]) {
			j := p.index[u]
			if j > i {
				j, path = smallest(links, j, i, path)
			} else if j == 0 {
				continue // not reached
			}
			best = min(best, j)
		}
		links[i].best, semi[i] = best, best
	}
	above := p.before
	for i := 1; i < count; i++ {
		up := above[i]
		for up > semi[i] {
			up = above[up]
		}
		above[i] = up
	}
	return p.result(above, semi)
}

// smallest is the smallest semidominator on the way up from j to the first node
// not yet linked, which is at most i. It makes all on that way lead there directly.
func smallest(links []link, j, i uint32, path []uint32) (uint32, []uint32) {
	path = path[:0]
	for links[j].up > i {
		path = append(path, j)
		j = links[j].up
	}
	up, best := links[j].up, links[j].best
	for k := len(path) - 1; k >= 0; k-- {
		l := &links[path[k]]
		best = min(best, l.best)
		l.up, l.best = up, best
	}
	return best, path
}

// result is told by nodes again. It counts in room that is no longer needed.
func (p *preorder) result(above, counts []uint32) *Dominators {
	d := &Dominators{p.index, make([]uint32, len(p.index))}
	for i := range counts {
		counts[i] = 1
	}
	for i := len(above) - 1; i > 0; i-- {
		counts[above[i]] += counts[i]
	}
	for v, i := range p.index {
		if i == 0 {
			d.above[v] = None
			continue
		}
		d.above[v] = p.node[above[i]] // None for 0
		d.count[v] = counts[i]
	}
	return d
}

// Reached reports whether a root reaches v.
func (d *Dominators) Reached(v uint32) bool { return d.Count(v) > 0 }

// Above is the nearest node other than v that every way from a root to v leads
// through; [None] when there is none, and when v is not reached.
func (d *Dominators) Above(v uint32) uint32 {
	if !d.Reached(v) {
		return None
	}
	return d.above[v]
}

// Count is how many nodes are reached through v only, v included: what would be cut
// off without it. It is 0 when v is not reached.
func (d *Dominators) Count(v uint32) int {
	if int64(v) >= int64(len(d.count)) {
		return 0
	}
	return int(d.count[v])
}

// Chain lists what every way from a root to v leads through, in the order in which
// it does, v last; nil when v is not reached.
func (d *Dominators) Chain(v uint32) []uint32 {
	if !d.Reached(v) {
		return nil
	}
	n := 0
	for u := v; u != None; u = d.above[u] {
		n++
	}
	chain := make([]uint32, n)
	for u := v; u != None; u = d.above[u] {
		n--
		chain[n] = u
	}
	return chain
}

// Tree is the dominator tree, or the several that stand side by side: an edge leads
// to each node from the nearest that dominates it. So what would be cut off without
// v is what v reaches in it.
func (d *Dominators) Tree() *Topology {
	n := len(d.above)
	start, in := make([]uint32, n+1), make([]uint32, n+1)
	next := start[1:]
	edges := uint32(0)
	for v, u := range d.above {
		if u != None {
			next[u]++
			edges++
		}
		in[v+1] = edges
	}
	sum := uint32(0)
	for v, k := range next {
		next[v], sum = sum, sum+k
	}
	out, above := make([]uint32, edges), make([]uint32, 0, edges)
	for v, u := range d.above {
		if u != None {
			out[next[u]] = uint32(v)
			next[u]++
			above = append(above, u)
		}
	}
	return &Topology{out: rows{start: start, node: out}, in: rows{start: in, node: above}}
}
