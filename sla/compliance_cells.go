package sla

import (
	"cmp"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// cellKey is the value on each axis of a table.
type cellKey [mostDimensions]int32

// table is the cells of one breakdown.
type table struct {
	axes    []int // the numbers of its dimensions
	byKey   map[cellKey]int32
	byValue []int32 // of a table with one dimension: the cell of each value, from 1 on; 0: none yet
	tallies []counts
}

// counts is the running counts of a cell.
type counts struct {
	key cellKey

	met, judged, cancelled, cancelledLate, running int64

	elapsed itsm.TotalTime
	rule    int32 // of its clocks, numbered from 1 on
	several bool  // they are of more than one target
	differ  bool  // they are of more than one objective
}

// cell is the number of the cell with a key.
func (t *table) cell(key cellKey) int32 {
	switch len(t.axes) {
	case 0:
		if len(t.tallies) > 0 {
			return 0
		}
		return t.add(key)
	case 1:
		for int(key[0]) >= len(t.byValue) {
			t.byValue = append(t.byValue, 0)
		}
		c := &t.byValue[key[0]]
		if *c == 0 {
			*c = t.add(key) + 1
		}
		return *c - 1
	}
	c, known := t.byKey[key]
	if !known {
		c = t.add(key)
		t.byKey[key] = c
	}
	return c
}

func (t *table) add(key cellKey) int32 {
	t.tallies = append(t.tallies, counts{key: key})
	return int32(len(t.tallies) - 1)
}

// mark notes by which target a clock of the cell is measured.
func (t *counts) mark(rule int32, m *ComplianceMeter) {
	if t.rule == rule+1 || t.several {
		return
	}
	if t.rule == 0 {
		t.rule = rule + 1
		return
	}
	a, b := m.rules[t.rule-1], m.rules[rule]
	t.several = a.version.Agreement != b.version.Agreement || a.target.Name != b.target.Name
	t.differ = t.differ || m.aims[t.rule-1] != m.aims[rule]
}

// judgedAt is a clock while lists are made.
type judgedAt struct {
	Judged
	at        int64 // microseconds since 1970
	exception string
	reopened  bool
}

// ranked is a list of clocks and the cell of each in each table.
type ranked struct {
	list   []judgedAt
	cells  []int32 // as many for each as there are tables
	causes []int32 // as many for each as causes are asked for
}

func (r *ranked) add(cells []int32, j judgedAt) {
	r.list, r.cells = append(r.list, j), append(r.cells, cells...)
}

// order is the order in which the clocks are listed.
func (r *ranked) order() []int32 {
	type place struct {
		at int64
		i  int32
	}
	places := make([]place, len(r.list))
	for i := range places {
		places[i] = place{r.list[i].at, int32(i)}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.at != b.at { // mostly
			return cmp.Compare(a.at, b.at)
		}
		return r.list[a.i].Judged.compare(&r.list[b.i].Judged)
	})
	order := make([]int32, len(places))
	for i, p := range places {
		order[i] = p.i
	}
	return order
}

// byCell is, in that order, the clocks of each cell of a table, as numbers.
func (r *ranked) byCell(order []int32, table, tables, cells int) [][]int32 {
	ends := make([]int, cells+1)
	for i := range r.list {
		ends[r.cells[i*tables+table]+1]++
	}
	for c := range cells {
		ends[c+1] += ends[c]
	}
	all, next := make([]int32, len(r.list)), slices.Clone(ends)
	for _, i := range order {
		c := r.cells[int(i)*tables+table]
		all[next[c]] = i
		next[c]++
	}
	lists := make([][]int32, cells)
	for c := range lists {
		lists[c] = all[ends[c]:ends[c+1]]
	}
	return lists
}

// Compliance is the report of all work added so far. More may be added after.
func (m *ComplianceMeter) Compliance() *Compliance {
	c := &Compliance{From: m.period.From, To: m.period.To, At: m.options.At, Zone: m.period.Zone.String()}
	lists := [...]*ranked{&m.missed, &m.kept, &m.excused, &m.late}
	var orders [len(lists)][]int32
	for i, l := range lists {
		orders[i] = l.order()
	}
	scratch := make([]time.Duration, len(m.elapsed))
	for n := range m.tables {
		t := &m.tables[n]
		cells := make([]Cell, len(t.tallies))
		var parts [len(lists)][][]int32
		for i, l := range lists {
			parts[i] = l.byCell(orders[i], n, len(m.tables), len(cells))
		}
		begin := 0
		for i, end := range m.scatter(scratch, n) {
			y := &t.tallies[i]
			cells[i] = m.figures(t, y)
			cells[i].Elapsed = itsm.Spread{Count: y.judged, Total: y.elapsed, Percentiles: itsm.NearestRanks(scratch[begin:end], m.options.Percentiles)}
			cells[i].Missed, cells[i].Kept, cells[i].Late = m.missed.pick(parts[0][i]), m.kept.pick(parts[1][i]), m.late.pick(parts[3][i])
			for _, j := range parts[2][i] {
				cells[i].Excused = append(cells[i].Excused, Excused{m.excused.list[j].Judged, m.excused.list[j].exception})
			}
			cells[i].Causes = m.common(parts[0][i])
			begin = end
		}
		if n == 0 {
			c.Cell = cells[0]
			continue
		}
		c.By = append(c.By, Breakdown{By: m.options.By[n-1], Cycles: m.cycles(t), Cells: m.sorted(t, cells)})
	}
	return c
}

// figures are the counts of a cell.
func (m *ComplianceMeter) figures(t *table, y *counts) Cell {
	c := Cell{Met: itsm.Ratio{Num: y.met, Den: y.judged}, Cancelled: y.cancelled, CancelledLate: y.cancelledLate, Running: y.running}
	for i, a := range t.axes {
		c.Key = append(c.Key, m.axes[a].name(y.key[i]))
	}
	if y.rule > 0 && !y.several {
		r := m.rules[y.rule-1]
		c.Agreement, c.Target = r.version.Agreement, r.target.Name
		if !y.differ {
			c.Objective = m.aims[y.rule-1]
		}
	}
	c.Verdict = verdict(c.Met, c.Objective)
	return c
}

// sorted is the cells of a table in the order of their keys.
func (m *ComplianceMeter) sorted(t *table, cells []Cell) []Cell {
	order := make([]int, len(cells))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int {
		for i, a := range t.axes {
			labels := m.axes[a].labels
			if c := labels[t.tallies[x].key[i]].compare(labels[t.tallies[y].key[i]]); c != 0 {
				return c
			}
		}
		return 0
	})
	list := make([]Cell, len(cells))
	for i, o := range order {
		list[i] = cells[o]
	}
	return list
}

// cycles are the names of the cycles that a table is broken down by.
func (m *ComplianceMeter) cycles(t *table) []string {
	for _, a := range t.axes {
		if names := m.axes[a].dates.names; names != nil {
			return slices.Clone(names)
		}
	}
	return nil
}

// scatter copies the elapsed times sorted by the cells of a table, and says where
// each cell ends.
func (m *ComplianceMeter) scatter(to []time.Duration, table int) []int {
	if table == 0 {
		copy(to, m.elapsed)
		return []int{len(to)}
	}
	cells, tables := len(m.tables[table].tallies), len(m.tables)
	next := make([]int, cells+1)
	for i := range m.elapsed {
		next[m.cells[i*tables+table]+1]++
	}
	for c := range cells {
		next[c+1] += next[c]
	}
	for i, elapsed := range m.elapsed {
		c := m.cells[i*tables+table]
		to[next[c]] = elapsed
		next[c]++
	}
	return next[:cells]
}

// pick is the clocks with some numbers.
func (r *ranked) pick(numbers []int32) []Judged {
	if len(numbers) == 0 {
		return nil
	}
	list := make([]Judged, len(numbers))
	for i, n := range numbers {
		list[i] = r.list[n].Judged
	}
	return list
}

// common counts what missed clocks have in common, the most frequent first.
func (m *ComplianceMeter) common(missed []int32) []MissedCause {
	var list []MissedCause
	count := func(field, value string, n int64) {
		if n > 0 {
			list = append(list, MissedCause{field, value, n})
		}
	}
	var tightened, reopened int64
	for _, i := range missed {
		if m.missed.list[i].Cause == Tightened {
			tightened++
		}
		if m.missed.list[i].reopened {
			reopened++
		}
	}
	count(causeField, string(TooLate), int64(len(missed))-tightened)
	count(causeField, string(Tightened), tightened)
	count("reopened", "true", reopened)
	for f, a := range m.causes {
		values := make(map[int32]int64)
		for _, i := range missed {
			values[m.missed.causes[int(i)*len(m.causes)+f]]++
		}
		for id, n := range values {
			count(a.field, a.name(id), n)
		}
	}
	slices.SortFunc(list, func(a, b MissedCause) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Value, b.Value))
	})
	return list
}

const causeField = "cause"
