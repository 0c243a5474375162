package incident

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// String lists the figures, one a line: of all incidents, then of each group.
func (k *KPIs) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "incidents from %s to %s, days of %s\n", k.From.Format(time.RFC3339Nano), k.To.Format(time.RFC3339Nano), k.Zone)
	k.Figures.write(&b)
	for _, table := range k.By {
		for _, g := range table.Groups {
			fmt.Fprintf(&b, "%s %s\n", table.Field, cmp.Or(g.Key, "(none)"))
			g.Figures.write(&b)
		}
	}
	return b.String()
}

func (f *Figures) write(b *strings.Builder) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(b, "  %-24s "+format+"\n", append([]any{name}, args...)...)
	}
	line("before", "%d", f.Before)
	line("opened", "%d", f.Opened)
	line("resolved", "%d", f.Resolved)
	line("closed", "%d", f.Closed)
	line("cancelled", "%d", f.Cancelled)
	line("backlog", "%d", f.Backlog)
	line("duplicates", "%d", f.Duplicates)
	line("majors", "%d", f.Majors)
	for _, d := range f.Days {
		line(string(d.Date), "opened %d, resolved %d, closed %d, cancelled %d, backlog %d", d.Opened, d.Resolved, d.Closed, d.Cancelled, d.Backlog)
	}
	line("response", "%s", f.Response.Calendar)
	line("response, business", "%s", f.Response.Business)
	line("resolution", "%s", f.Resolution.Calendar)
	line("resolution, business", "%s", f.Resolution.Business)
	line("first assignment", "%s", f.FirstAssignment)
	line("reopened", "%s", f.Reopened)
	line("reopens", "%d/%d, %s each", f.Reopens.Num, f.Reopens.Den, f.Reopens.Each())
	line("reassigned", "%s", f.Reassigned)
	line("reassignments", "%d/%d, %s each", f.Reassignments.Num, f.Reassignments.Den, f.Reassignments.Each())
	line("breached", "%s", f.Breached)
	for _, a := range f.Ages {
		line("age "+a.bounds(), "%d", a.Count)
	}
	for _, h := range f.Holds {
		line("held for "+string(h.Reason), "%s of %s, %s", h.Held, h.Open, h.Percent())
	}
}

func (a Age) bounds() string {
	if a.Below == 0 {
		return a.From.String() + " or more"
	}
	return a.From.String() + " to " + a.Below.String()
}
