package memory

import "slices"

// tree is a B-tree of items in the order of compare, persistent by copying. A
// change happens in an epoch: nodes made in the same epoch change in place,
// others are copied first. To keep a tree value as it is, copy the value, and let
// further changes of the copy happen in a new epoch.
type tree[T any] struct {
	root    *node[T]
	compare func(a, b T) int
}

// Small nodes keep the copied path short, larger ones keep the tree shallow.
// A node other than the root holds minItems to maxItems.
const (
	maxItems = 15
	minItems = maxItems / 2
)

type node[T any] struct {
	epoch    uint64
	size     int        // items in the node and all below it
	items    []T        // in room
	children []*node[T] // nil in a leaf, otherwise one more than items

	// One more than a node holds, for the moment before it is split. Items and
	// node are one piece of memory: a search waits for memory more than for
	// anything else.
	room [maxItems + 1]T
}

// newNode returns a node with a copy of the items and children.
func newNode[T any](epoch uint64, items []T, children []*node[T]) *node[T] {
	n := &node[T]{epoch: epoch}
	n.items = append(n.room[:0], items...)
	if children != nil {
		n.children = append(make([]*node[T], 0, maxItems+2), children...)
	}
	return n
}

// len returns the number of items.
func (t tree[T]) len() int {
	if t.root == nil {
		return 0
	}
	return t.root.size
}

// get returns the item that compares equal to key.
func (t tree[T]) get(key T) (item T, ok bool) {
	for n := t.root; n != nil; {
		i, found := n.search(key, t.compare)
		if found {
			return n.items[i], true
		}
		if n.children == nil {
			break
		}
		n = n.children[i]
	}
	return item, false
}

// rank returns the number of items that are less than key.
func (t tree[T]) rank(key T) int {
	rank := 0
	for n := t.root; n != nil; {
		i, found := n.search(key, t.compare)
		rank += i
		if n.children == nil {
			break
		}
		for _, child := range n.children[:i] {
			rank += child.size
		}
		if found {
			rank += n.children[i].size
			break
		}
		n = n.children[i]
	}
	return rank
}

// ascend calls yield for the items that are not less than from, in order, or
// for all if from is nil, until yield returns false.
func (t tree[T]) ascend(from *T, yield func(T) bool) {
	if t.root != nil {
		t.root.ascend(from, t.compare, yield)
	}
}

// descend calls yield for the items that are less than before, from the last to
// the first, or for all if before is nil, until yield returns false.
func (t tree[T]) descend(before *T, yield func(T) bool) {
	if t.root != nil {
		t.root.descend(before, t.compare, yield)
	}
}

// set adds the item, or replaces the one that compares equal to it.
func (t *tree[T]) set(epoch uint64, item T) {
	if t.root == nil {
		t.root = newNode(epoch, []T{item}, nil)
		t.root.size = 1
		return
	}
	t.root = t.root.writable(epoch)
	t.root.set(epoch, item, t.compare)
	if len(t.root.items) > maxItems {
		middle, right := t.root.split(epoch)
		size := t.root.size + 1 + right.size
		t.root = newNode(epoch, []T{middle}, []*node[T]{t.root, right})
		t.root.size = size
	}
}

// remove removes the item that compares equal to key, which is in the tree.
func (t *tree[T]) remove(epoch uint64, key T) {
	t.root = t.root.writable(epoch)
	t.root.remove(epoch, key, t.compare)
	if len(t.root.items) == 0 {
		if t.root.children == nil {
			t.root = nil
		} else {
			t.root = t.root.children[0]
		}
	}
}

// search returns the position of the first item that is not less than key, and
// whether it is equal.
func (n *node[T]) search(key T, compare func(a, b T) int) (i int, found bool) {
	low, high := 0, len(n.items)
	for low < high {
		middle := int(uint(low+high) / 2)
		switch c := compare(n.items[middle], key); {
		case c == 0:
			return middle, true
		case c < 0:
			low = middle + 1
		default:
			high = middle
		}
	}
	return low, false
}

// writable returns the node itself if it belongs to the epoch, and
// otherwise a copy that does.
func (n *node[T]) writable(epoch uint64) *node[T] {
	if n.epoch == epoch {
		return n
	}
	c := newNode(epoch, n.items, n.children)
	c.size = n.size
	return c
}

// writableChild makes the child at i writable in place, and returns it.
func (n *node[T]) writableChild(epoch uint64, i int) *node[T] {
	c := n.children[i].writable(epoch)
	n.children[i] = c
	return c
}

// set works on a writable node and may leave it with one item too many, which
// the caller then splits.
func (n *node[T]) set(epoch uint64, item T, compare func(a, b T) int) {
	i, found := n.search(item, compare)
	switch {
	case found:
		n.items[i] = item
	case n.children == nil:
		n.items = slices.Insert(n.items, i, item)
		n.size++
	default:
		child := n.writableChild(epoch, i)
		n.size -= child.size
		child.set(epoch, item, compare)
		n.size += child.size
		if len(child.items) > maxItems {
			middle, right := child.split(epoch)
			n.items = slices.Insert(n.items, i, middle)
			n.children = slices.Insert(n.children, i+1, right)
			// The items are as many as before: one of them moved up.
		}
	}
}

// split cuts a writable node in two. It keeps the lower half and returns the
// item between the halves and the upper half.
func (n *node[T]) split(epoch uint64) (middle T, right *node[T]) {
	at := len(n.items) / 2
	middle = n.items[at]
	if n.children == nil {
		right = newNode(epoch, n.items[at+1:], nil)
	} else {
		right = newNode(epoch, n.items[at+1:], n.children[at+1:])
		clear(n.children[at+1:])
		n.children = n.children[:at+1]
	}
	clear(n.items[at:])
	n.items = n.items[:at]
	n.count()
	right.count()
	return middle, right
}

// count sets the size from the items and the children's sizes.
func (n *node[T]) count() {
	n.size = len(n.items)
	for _, child := range n.children {
		n.size += child.size
	}
}

// remove works on a writable node and may leave it with one item too few, which
// the caller then mends.
func (n *node[T]) remove(epoch uint64, key T, compare func(a, b T) int) {
	i, found := n.search(key, compare)
	if n.children == nil {
		n.items = slices.Delete(n.items, i, i+1)
		n.size--
		return
	}
	child := n.writableChild(epoch, i)
	if found {
		n.items[i] = child.removeLast(epoch)
	} else {
		child.remove(epoch, key, compare)
	}
	n.size--
	n.mend(epoch, i)
}

// removeLast removes the greatest item below a writable node and returns it.
func (n *node[T]) removeLast(epoch uint64) T {
	n.size--
	if n.children == nil {
		last := len(n.items) - 1
		item := n.items[last]
		n.items = slices.Delete(n.items, last, last+1)
		return item
	}
	last := len(n.children) - 1
	item := n.writableChild(epoch, last).removeLast(epoch)
	n.mend(epoch, last)
	return item
}

// mend gives the child at i an item from a neighbour, or makes one node of the
// two, if the child has too few.
func (n *node[T]) mend(epoch uint64, i int) {
	if len(n.children[i].items) >= minItems {
		return
	}
	if i > 0 && len(n.children[i-1].items) > minItems {
		left, child := n.writableChild(epoch, i-1), n.writableChild(epoch, i)
		last := len(left.items) - 1
		child.items = slices.Insert(child.items, 0, n.items[i-1])
		n.items[i-1] = left.items[last]
		left.items = slices.Delete(left.items, last, last+1)
		if left.children != nil {
			child.children = slices.Insert(child.children, 0, left.children[last+1])
			left.children = slices.Delete(left.children, last+1, last+2)
		}
		left.count()
		child.count()
		return
	}
	if i < len(n.items) && len(n.children[i+1].items) > minItems {
		child, right := n.writableChild(epoch, i), n.writableChild(epoch, i+1)
		child.items = append(child.items, n.items[i])
		n.items[i] = right.items[0]
		right.items = slices.Delete(right.items, 0, 1)
		if right.children != nil {
			child.children = append(child.children, right.children[0])
			right.children = slices.Delete(right.children, 0, 1)
		}
		child.count()
		right.count()
		return
	}
	if i == len(n.items) {
		i--
	}
	left, right := n.writableChild(epoch, i), n.children[i+1]
	left.items = append(append(left.items, n.items[i]), right.items...)
	left.children = append(left.children, right.children...)
	left.count()
	n.items = slices.Delete(n.items, i, i+1)
	n.children = slices.Delete(n.children, i+1, i+2)
}

func (n *node[T]) ascend(from *T, compare func(a, b T) int, yield func(T) bool) bool {
	i, found := 0, false
	if from != nil {
		i, found = n.search(*from, compare)
	}
	if n.children != nil && !found && !n.children[i].ascend(from, compare, yield) {
		return false
	}
	for ; i < len(n.items); i++ {
		if !yield(n.items[i]) {
			return false
		}
		if n.children != nil && !n.children[i+1].ascend(nil, compare, yield) {
			return false
		}
	}
	return true
}

func (n *node[T]) descend(before *T, compare func(a, b T) int, yield func(T) bool) bool {
	i := len(n.items)
	if before != nil {
		i, _ = n.search(*before, compare)
	}
	if n.children != nil && !n.children[i].descend(before, compare, yield) {
		return false
	}
	for i--; i >= 0; i-- {
		if !yield(n.items[i]) {
			return false
		}
		if n.children != nil && !n.children[i].descend(nil, compare, yield) {
			return false
		}
	}
	return true
}
