package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
)

// mostGroups is how many groups of a breakdown are printed, the largest.
const mostGroups = 10

// kpis prints the figures as tables. The days are summed up by month; they are in
// the JSON form one by one.
func kpis(out io.Writer, k *incident.KPIs) error {
	if k == nil {
		return nil
	}
	fmt.Fprintf(out, "\nFigures from %s to %s, days of %s\n", k.From.Format(time.DateOnly), k.To.Format(time.DateOnly), k.Zone)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "month\topened\tresolved\tclosed\tcancelled\tbacklog\t")
	for _, m := range months(k.Days) {
		volumes(w, string(m.Date), m.Opened, m.Resolved, m.Closed, m.Cancelled, m.Backlog)
	}
	volumes(w, "all", k.Opened, k.Resolved, k.Closed, k.Cancelled, k.Backlog)
	w.Flush()

	fmt.Fprintln(out)
	fmt.Fprintln(w, "time to\tof\tmean\t50 %\t90 %\t95 %\t")
	for _, line := range []struct {
		name  string
		times itsm.Spread
	}{
		{"response (MTTA)", k.Response.Calendar}, {"… in business time", k.Response.Business},
		{"resolution (MTTR)", k.Resolution.Calendar}, {"… in business time", k.Resolution.Business},
	} {
		mean, ok := line.times.Mean()
		fmt.Fprintf(w, "%s\t%s\t%s\t", line.name, grouped(int(line.times.Count)), hours(mean, ok))
		for _, rank := range incident.DefaultPercentiles() {
			at, ok := line.times.Percentile(rank)
			fmt.Fprintf(w, "%s\t", hours(at, ok))
		}
		fmt.Fprintln(w)
	}
	w.Flush()

	fmt.Fprintln(out)
	w = tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, line := range []struct {
		name  string
		ratio itsm.Ratio
	}{
		{"resolved at the first assignment", k.FirstAssignment}, {"reopened", k.Reopened},
		{"reassigned", k.Reassigned}, {"breached", k.Breached},
	} {
		fmt.Fprintf(w, "  %s\t%s of %s\t%s\n", line.name, grouped(int(line.ratio.Num)), grouped(int(line.ratio.Den)), line.ratio.Percent())
	}
	fmt.Fprintf(w, "  reassignments\t%s of %s\t%s each\n", grouped(int(k.Reassignments.Num)), grouped(int(k.Reassignments.Den)), k.Reassignments.Each())
	for _, h := range k.Holds {
		fmt.Fprintf(w, "  held for %s\t%s of %s\t%s\n", h.Reason, total(h.Held), total(h.Open), h.Percent())
	}
	for _, a := range k.Ages {
		fmt.Fprintf(w, "  open for %s\t%s of %s\t%s\n", age(a), grouped(int(a.Count)), grouped(int(k.Backlog)), itsm.Ratio{Num: a.Count, Den: k.Backlog}.Percent())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, table := range k.By {
		if err := breakdown(out, table); err != nil {
			return err
		}
	}
	return nil
}

// breakdown prints the groups of one field, of many those with the most incidents
// resolved.
func breakdown(out io.Writer, table incident.Breakdown) error {
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%s\topened\tresolved\tbacklog\tMTTR\t90 %%\tfirst assignment\treopened\treassigned\tbreached\t\n", table.Field)
	groups := table.Groups
	more := len(groups) - mostGroups
	if more > 0 {
		groups = slices.Clone(groups)
		slices.SortStableFunc(groups, func(a, b incident.Group) int { return cmp.Compare(b.Resolved, a.Resolved) })
		groups = groups[:mostGroups]
	}
	for _, g := range groups {
		mean, ok := g.Resolution.Calendar.Mean()
		at, _ := g.Resolution.Calendar.Percentile(90)
		key := cmp.Or(g.Key, "none")
		if table.Field == "priority" { // a number to the field, P1 to people
			key = "P" + key
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", key, grouped(int(g.Opened)), grouped(int(g.Resolved)), grouped(int(g.Backlog)),
			hours(mean, ok), hours(at, ok), g.FirstAssignment.Percent(), g.Reopened.Percent(), g.Reassigned.Percent(), g.Breached.Percent())
	}
	err := w.Flush()
	if more > 0 {
		_, err = fmt.Fprintf(out, "  and %s more\n", grouped(more))
	}
	return err
}

func volumes(w io.Writer, name string, counts ...int64) {
	fmt.Fprintf(w, "%s\t", name)
	for _, n := range counts {
		fmt.Fprintf(w, "%s\t", grouped(int(n)))
	}
	fmt.Fprintln(w)
}

// months sums up days; the backlog is that of the last day.
func months(days []incident.Day) []incident.Day {
	var list []incident.Day
	for _, d := range days {
		month := d.Date[:len("2026-01")]
		if len(list) == 0 || list[len(list)-1].Date != month {
			list = append(list, incident.Day{Date: month})
		}
		m := &list[len(list)-1]
		m.Opened, m.Resolved, m.Closed, m.Cancelled = m.Opened+d.Opened, m.Resolved+d.Resolved, m.Closed+d.Closed, m.Cancelled+d.Cancelled
		m.Backlog = d.Backlog
	}
	return list
}

// hours is a time to the minute, cut: "61h04".
func hours(d time.Duration, ok bool) string {
	if !ok {
		return "no data"
	}
	return fmt.Sprintf("%dh%02d", d/time.Hour, d%time.Hour/time.Minute)
}

// total is a sum of times to the minute, cut: "1,230,121h59".
func total(t itsm.TotalTime) string {
	return fmt.Sprintf("%sh%02d", grouped(int(t.Seconds/3600)), t.Seconds/60%60)
}

func age(a incident.Age) string {
	days := func(d time.Duration) string { return strings.TrimSuffix(fmt.Sprint(d.Hours()/24), ".0") }
	if a.Below == 0 {
		return days(a.From) + " days or more"
	}
	return days(a.From) + " to " + days(a.Below) + " days"
}
