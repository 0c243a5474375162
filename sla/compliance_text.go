package sla

import (
	"fmt"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
)

// String lists the figures, one a line: of all clocks, then of each cell.
func (c *Compliance) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "compliance from %s to %s, days of %s", c.From.Format(time.RFC3339Nano), c.To.Format(time.RFC3339Nano), c.Zone)
	if !c.At.Equal(c.To) {
		fmt.Fprintf(&b, ", as of %s", c.At.Format(time.RFC3339Nano))
	}
	b.WriteByte('\n')
	c.Cell.write(&b)
	for _, table := range c.By {
		for i := range table.Cells {
			b.WriteString(table.label(&table.Cells[i]))
			b.WriteByte('\n')
			table.Cells[i].write(&b)
		}
	}
	return b.String()
}

// label is a cell for people: "month 2026-11, priority 1".
func (t *Breakdown) label(c *Cell) string {
	var list []string
	for i, d := range t.By {
		key := "(none)"
		if i < len(c.Key) && c.Key[i] != "" { // a report may come from JSON
			key = c.Key[i]
		}
		list = append(list, d.label()+" "+key)
	}
	return strings.Join(list, ", ")
}

// write lists the figures of a cell; of lists that are empty, nothing.
func (c *Cell) write(b *strings.Builder) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(b, "  %-14s "+format+"\n", append([]any{name}, args...)...)
	}
	if c.Objective != "" {
		line("met", "%s, objective %s %%: %s", c.Met, c.Objective, c.Verdict)
	} else {
		line("met", "%s", c.Met)
	}
	line("elapsed", "%s", c.Elapsed)
	if c.Cancelled > 0 {
		line("cancelled", "%d, %d of them breached", c.Cancelled, c.CancelledLate)
	}
	if c.Running > 0 {
		line("running", "%d, %d of them breached", c.Running, len(c.Late))
	}
	for _, j := range c.Late {
		line("running, late", "%s", j)
	}
	for _, j := range c.Missed {
		line("missed", "%s", j)
	}
	for _, j := range c.Kept {
		line("kept", "%s", j)
	}
	for _, j := range c.Excused {
		line("excused", "%s, %s", j.Judged, j.Exception)
	}
	for _, m := range c.Causes {
		line("missed by", "%s", m)
	}
}

// String is the clock and its times: "incident:42 promise 1, 5h0m0s of 4h0m0s, too late".
func (j Judged) String() string {
	item := j.Item.String()
	if item == "" {
		item = j.Work.String()
	}
	text := fmt.Sprintf("%s promise %d, %s of %s", item, j.Promise, j.Elapsed, j.Goal)
	if j.Cause != "" {
		text += ", " + string(j.Cause)
	}
	return text
}

// String is what missed clocks have in common, and how many: "group network, 3".
func (m MissedCause) String() string {
	value := m.Value
	if value == "" {
		value = "(none)"
	}
	return fmt.Sprintf("%s %s, %d", plainName(m.Field), value, m.Count)
}

// comparePercent compares a share that has data with so many per cent, exactly.
func comparePercent(r itsm.Ratio, percent string) int {
	d, err := itsm.ParseDecimal("percent", percent)
	if err != nil {
		return -1 // not a share that can be reached
	}
	return percentOf(r).Cmp(d.Rat())
}
