package config

import "slices"

// ranker finds the impact of each CI alone.
//
// What a CI loses alone is all that is lost with another that cannot do without it,
// and more. So it goes depth first from those that nobody needs to their suppliers,
// spreads each loss from where that of such a dependent has got to, and takes back
// what came with it on the way out. The work is what each loses beyond its dependent,
// which is little where nearly all need each other by long ways.
type ranker struct {
	g     *Graph
	w     *weigher
	live  []uint32
	parts [][]uint32 // places among all of CIs that lose the same; dependents come first

	loss
	sum Weight // of what is lost

	list   []Weight
	looked int // at CIs, of all
}

// entered is CIs that lose the same, with all of it lost.
type entered struct {
	part   uint32
	before mark
}

// rank weighs all CIs, until it has looked at so many lost ones; 0: without limit.
func (k *ranker) rank(most int) {
	first, next := k.suppliers()
	end := uint32(len(k.parts))
	work := 0
	var stack []entered
	at := first[end] // what is to be entered
	for {
		if at == end || most > 0 && work >= most {
			if len(stack) == 0 {
				return
			}
			last := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			k.back(last.before)
			at = next[last.part]
			continue
		}
		here := entered{at, k.mark()}
		part := k.parts[at]
		k.fall(k.live[part[0]])
		work += len(k.queue) - here.before.queue
		k.weigh(part)
		k.looked += len(part)
		stack = append(stack, here)
		at = first[at]
	}
}

// suppliers gives each part the first of the parts that are entered from it, and each
// of these the next; the end, and above the first, is the number of parts.
//
// Of several dependents it is entered from the one with the longest list of
// dependents at any distance, each counted as often as there are ways: that has
// nearly lost as much already, and any would do.
func (k *ranker) suppliers() (first, next []uint32) {
	end := uint32(len(k.parts))
	first, next = slices.Repeat([]uint32{end}, len(k.parts)+1), make([]uint32, len(k.parts))
	of := make([]uint32, k.g.size())
	for i, part := range k.parts {
		for _, p := range part {
			of[k.live[p]] = uint32(i)
		}
	}
	above, size := make([]uint32, len(k.parts)), make([]float64, len(k.parts))
	for i, part := range k.parts {
		above[i], size[i] = end, float64(len(part))
		most := 0.0
		for _, p := range part {
			for _, d := range k.g.dependents(k.live[p]) {
				j := of[d.node]
				if j == uint32(i) || d.group > 0 && k.g.group(d.group-1).spare() > 0 {
					continue
				}
				size[i] += size[j]
				if size[j] > most {
					above[i], most = j, size[j]
				}
			}
		}
	}
	for i := len(k.parts) - 1; i >= 0; i-- {
		next[i], first[above[i]] = first[above[i]], uint32(i)
	}
	return first, next
}

// fall loses a CI and what cannot do without it.
func (k *ranker) fall(v uint32) {
	if k.lost[v] {
		return
	}
	i := len(k.queue)
	for k.lose(v); i < len(k.queue); i++ {
		for _, d := range k.g.dependents(k.queue[i]) {
			if !k.lost[d.node] && (d.group == 0 || k.hit(d.group-1) > k.g.group(d.group-1).spare()) {
				k.lose(d.node)
			}
		}
	}
}

func (k *ranker) lose(v uint32) {
	k.add(v)
	k.w.count(&k.sum, v, 1)
}

// back makes it as it was before CIs were entered.
func (k *ranker) back(m mark) {
	for _, v := range k.queue[m.queue:] {
		k.w.count(&k.sum, v, -1)
	}
	k.takeBack(m)
}

// weigh gives the weights of CIs that all lose what is lost now.
func (k *ranker) weigh(part []uint32) {
	if len(k.queue) < 2 {
		return
	}
	for _, p := range part {
		own := k.sum
		own.CI, own.Lost, own.Criticalities = k.g.id(k.live[p]), len(k.queue)-1, slices.Clone(k.sum.Criticalities)
		k.w.count(&own, k.live[p], -1)
		k.list = append(k.list, own)
	}
}
