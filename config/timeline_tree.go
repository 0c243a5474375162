package config

import (
	"cmp"
	"slices"
)

// tree is facts about one attribute in the order in which they were recorded, as a
// binary tree that never changes: another with some more shares all but the nodes that
// lead to them, wherever they belong. It is kept balanced by weight, which is one more
// than the number of facts (Nievergelt and Reingold, Binary search trees of bounded
// balance, 1972): of two beside one another neither has more than three times that of
// the other, and they are turned by a factor of two, which of all whole numbers keeps
// them so (Hirai and Yamamoto, Balancing weight-balanced trees, 2011). Each node knows
// within what time hold all from it down: finding which of those recorded by some time
// holds takes steps in proportion to the logarithm of their number, unless many are
// about times that are over. A nil tree is of no facts.
type tree struct {
	least, most   int64 // within [least, most) hold all
	before, after *tree // those recorded before and after it
	size          int   // how many they are
	said
}

func (t *tree) len() int {
	if t == nil {
		return 0
	}
	return t.size
}

// set is a node with all that is known of those below.
func (t *tree) set(before *tree, s *said, after *tree) *tree {
	*t = tree{s.from, s.until, before, after, before.len() + 1 + after.len(), *s}
	for _, side := range []*tree{before, after} {
		if side != nil {
			t.least, t.most = min(t.least, side.least), max(t.most, side.most)
		}
	}
	return t
}

// spot is where in a list by time of recording one stands that is given before those
// of the same time.
func spot(list []said, recorded int64) int {
	at, _ := slices.BinarySearchFunc(list, recorded, func(s said, by int64) int { return cmp.Compare(s.recorded, by) })
	return at
}

// with is the tree with more facts, by the time of recording.
func (t *tree) with(list []said) *tree {
	switch {
	case len(list) == 0:
		return t
	case t == nil:
		return planted(make([]tree, len(list)), list)
	}
	at := spot(list, t.recorded)
	return join(t.before.with(list[:at]), &t.said, t.after.with(list[at:]))
}

// planted is a tree of facts, in as many nodes.
func planted(nodes []tree, list []said) *tree {
	if len(list) == 0 {
		return nil
	}
	m := len(list) / 2
	return nodes[m].set(planted(nodes[:m], list[:m]), &list[m], planted(nodes[m+1:], list[m+1:]))
}

// heavier reports whether a is too heavy to stand beside b.
func heavier(a, b *tree) bool { return a.len()+1 > 3*(b.len()+1) }

// join is one tree of two and what was recorded between them.
func join(before *tree, s *said, after *tree) *tree {
	switch {
	case heavier(before, after):
		return balanced(before.before, &before.said, join(before.after, s, after))
	case heavier(after, before):
		return balanced(join(before, s, after.before), &after.said, after.after)
	}
	return new(tree).set(before, s, after)
}

// balanced is join of two of which one is too heavy by little.
func balanced(before *tree, s *said, after *tree) *tree {
	node := func(before *tree, s *said, after *tree) *tree { return new(tree).set(before, s, after) }
	turns := func(inner, outer *tree) bool { return inner.len()+1 >= 2*(outer.len()+1) }
	switch a, b := before, after; {
	case heavier(b, a) && turns(b.before, b.after):
		m := b.before
		return node(node(a, s, m.before), &m.said, node(m.after, &b.said, b.after))
	case heavier(b, a):
		return node(node(a, s, b.before), &b.said, b.after)
	case heavier(a, b) && turns(a.after, a.before):
		m := a.after
		return node(node(a.before, &a.said, m.before), &m.said, node(m.after, s, b))
	case heavier(a, b):
		return node(a.before, &a.said, node(a.after, s, b))
	}
	return node(before, s, after)
}

// by is how many were recorded by then.
func (t *tree) by(recorded int64) int {
	n := 0
	for t != nil {
		if t.recorded > recorded {
			t = t.before
		} else {
			n, t = n+t.before.len()+1, t.after
		}
	}
	return n
}

// latest is the last of the first n that holds at the time; nil: none does.
func (t *tree) latest(valid int64, n int) *said {
	for t != nil && n > 0 && t.least <= valid && valid < t.most {
		if after := n - t.before.len() - 1; after >= 0 {
			if s := t.after.latest(valid, after); s != nil {
				return s
			}
			if t.holds(valid) {
				return &t.said
			}
		}
		t = t.before
	}
	return nil
}

// each visits all in their order, as long as it is told to go on.
func (t *tree) each(next func(*said) bool) bool {
	return t == nil || t.before.each(next) && next(&t.said) && t.after.each(next)
}
