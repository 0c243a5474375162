package memory

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// checkNode verifies the shape of a B-tree below n and returns its height.
func checkNode(t *testing.T, n *node[int], root bool) int {
	t.Helper()
	if !root && len(n.items) < minItems || len(n.items) > maxItems || len(n.items) == 0 {
		t.Fatalf("a node holds %d items", len(n.items))
	}
	size := len(n.items)
	if n.children == nil {
		if n.size != size {
			t.Fatalf("size of a leaf of %d items is %d", size, n.size)
		}
		return 1
	}
	if len(n.children) != len(n.items)+1 {
		t.Fatalf("%d children for %d items", len(n.children), len(n.items))
	}
	height := checkNode(t, n.children[0], false)
	for i, child := range n.children {
		if i > 0 && checkNode(t, child, false) != height {
			t.Fatal("leaves at different heights")
		}
		size += child.size
	}
	if n.size != size {
		t.Fatalf("size is %d, the node and its children hold %d", n.size, size)
	}
	return height + 1
}

func checkTree(t *testing.T, tr tree[int], want []int) {
	t.Helper()
	if tr.root != nil {
		checkNode(t, tr.root, true)
	}
	got := []int{}
	tr.ascend(nil, func(i int) bool { got = append(got, i); return true })
	if !slices.Equal(got, want) || tr.len() != len(want) {
		t.Fatalf("tree holds %v (len %d), want %v", got, tr.len(), want)
	}
}

// TestTreeAgainstSlice compares the tree with a sorted slice under random
// changes, growing and then shrinking, and checks that every value kept from
// before stays as it was.
func TestTreeAgainstSlice(t *testing.T) {
	type kept struct {
		tree tree[int]
		want []int
	}
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 1))
		tr := tree[int]{compare: cmp.Compare[int]}
		want := []int{}
		var snapshots []kept
		for epoch := uint64(1); epoch <= 600; epoch++ {
			before, wantBefore := tr, slices.Clone(want)
			for range 1 + rng.IntN(20) {
				key := rng.IntN(2000)
				i, found := slices.BinarySearch(want, key)
				grow := rng.IntN(600) > int(epoch)-100
				switch {
				case found && !grow:
					tr.remove(epoch, key)
					want = slices.Delete(want, i, i+1)
				case !found && grow:
					tr.set(epoch, key)
					want = slices.Insert(want, i, key)
				case found:
					tr.set(epoch, key)
				}
			}
			if rng.IntN(4) == 0 { // rolled back
				tr, want = before, wantBefore
			}
			if epoch%100 == 0 {
				checkTree(t, tr, want)
				snapshots = append(snapshots, kept{tr, slices.Clone(want)})
			}
		}
		for _, s := range snapshots {
			checkTree(t, s.tree, s.want)
		}
		last := snapshots[len(snapshots)/2]
		for range 200 {
			key := rng.IntN(2002) - 1
			i, found := slices.BinarySearch(last.want, key)
			if _, ok := last.tree.get(key); ok != found {
				t.Fatalf("get(%d) is %v, want %v", key, ok, found)
			}
			if rank := last.tree.rank(key); rank != i {
				t.Fatalf("rank(%d) is %d, want %d", key, rank, i)
			}
			limit := rng.IntN(40)
			up, down := []int{}, []int{}
			if limit > 0 {
				last.tree.ascend(&key, func(k int) bool { up = append(up, k); return len(up) < limit })
				last.tree.descend(&key, func(k int) bool { down = append(down, k); return len(down) < limit })
			}
			wantUp := last.want[i:min(len(last.want), i+limit)]
			wantDown := slices.Clone(last.want[max(0, i-limit):i])
			slices.Reverse(wantDown)
			if !slices.Equal(up, wantUp) || !slices.Equal(down, wantDown) {
				t.Fatalf("from %d, limit %d: up %v, want %v; down %v, want %v", key, limit, up, wantUp, down, wantDown)
			}
		}
	}
}

func TestTreeEmptiesAndRefills(t *testing.T) {
	tr := tree[int]{compare: cmp.Compare[int]}
	for round := range uint64(3) {
		for i := range 1000 {
			tr.set(2*round+1, i)
		}
		for i := range 1000 {
			tr.remove(2*round+2, (i*7+3)%1000)
		}
		checkTree(t, tr, []int{})
	}
}
