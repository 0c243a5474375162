package config

// loss is what is lost, and can be taken back.
type loss struct {
	lost  []bool
	hits  []uint32 // of a group how many are lost
	queue []uint32 // lost, in this order
	log   []uint32 // groups that were hit, in this order
}

// mark is how much was lost at a time.
type mark struct{ queue, log int }

func (l *loss) mark() mark { return mark{len(l.queue), len(l.log)} }

// takeBack makes it as it was then.
func (l *loss) takeBack(m mark) {
	for _, v := range l.queue[m.queue:] {
		l.lost[v] = false
	}
	for _, group := range l.log[m.log:] {
		l.hits[group]--
	}
	l.queue, l.log = l.queue[:m.queue], l.log[:m.log]
}

func (l *loss) add(v uint32) {
	l.lost[v] = true
	l.queue = append(l.queue, v)
}

// hit counts one more of a group as lost, and gives how many are.
func (l *loss) hit(group uint32) uint32 {
	l.hits[group]++
	l.log = append(l.log, group)
	return l.hits[group]
}
