package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/itsmkit/itsm/examples/replay/eventlog"
	"github.com/itsmkit/itsm/sla"
)

// minute is how times are printed, in the zone of the mapping.
const minute = "2006-01-02 15:04"

// promises prints what became of the agreement's promises: where made_sla says
// something else, how far they were kept, and the worst breaches.
func promises(out io.Writer, r *eventlog.Result) error {
	disagreements(out, r)
	if err := compliance(out, r.Compliance); err != nil {
		return err
	}
	return worst(out, r)
}

// worst prints the worst breaches of all.
func worst(out io.Writer, r *eventlog.Result) error {
	if len(r.Worst) == 0 {
		return nil
	}
	fmt.Fprintf(out, "\nThe worst of %s breaches; times are of the agreement's calendar, but for what was not counted\n",
		grouped(int(r.Compliance.Met.Den-r.Compliance.Met.Num)))
	zone, err := time.LoadLocation(r.KPIs.Zone)
	if err != nil {
		return err
	}
	for i := range r.Worst {
		breach(out, i+1, &r.Worst[i], zone)
	}
	return nil
}

func disagreements(out io.Writer, r *eventlog.Result) {
	if len(r.Disagreements) > 0 {
		fmt.Fprintln(out, "\nWhere made_sla says something else than the clock")
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "  incident\tline\tpriority\tmade_sla\telapsed\tof\tnot counted\twhat may explain it")
		for _, d := range r.Disagreements {
			p := &d.Account.Promise
			fmt.Fprintf(w, "  %s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", d.Incident, d.Line, d.Priority, d.Says,
				hours(p.Elapsed, true), hours(p.Goal, true), uncounted(&d.Account), d.Why)
		}
		w.Flush()
	}
	if r.Outgrown > 0 {
		fmt.Fprintf(out, "  %s incidents had another priority when they were closed than the one with the promise. It stays\n"+
			"  promised, but made_sla answers by another goal then: they are not compared.\n", grouped(r.Outgrown))
	}
}

// uncounted is the time that a clock did not count, by kind: "292h36 closed".
func uncounted(a *sla.Account) string {
	var list []string
	for _, as := range sla.CountedAs()[1:] {
		if t := a.Total(as); t > 0 {
			list = append(list, hours(t, true)+" "+string(as))
		}
	}
	return cmp.Or(strings.Join(list, ", "), "nothing")
}

// compliance prints a line for each month, priorities side by side.
func compliance(out io.Writer, c *sla.Compliance) error {
	if c == nil || !c.Met.HasData() {
		return nil
	}
	byMonth, all := c.By[0], c.By[1].Cells
	fmt.Fprintln(out, "\nPromises kept, by the month in which the work was done and the priority then")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "month\t")
	for _, cell := range all {
		fmt.Fprintf(w, "P%s\tof\t\t90 %% in\t", cell.Key[0])
	}
	fmt.Fprintln(w)
	for _, month := range byMonth.Cycles {
		fmt.Fprintf(w, "%s\t", month)
		for _, column := range all {
			i := slices.IndexFunc(byMonth.Cells, func(cell sla.Cell) bool { return cell.Key[0] == month && cell.Key[1] == column.Key[0] })
			if i < 0 {
				fmt.Fprint(w, "–\t–\t\t–\t")
				continue
			}
			kept(w, &byMonth.Cells[i])
		}
		fmt.Fprintln(w)
	}
	fmt.Fprint(w, "all\t")
	for i := range all {
		kept(w, &all[i])
	}
	fmt.Fprintln(w)
	if err := w.Flush(); err != nil {
		return err
	}
	if c.Running > 0 {
		fmt.Fprintf(out, "  still running at the end: %s, late already: %s\n", grouped(int(c.Running)), grouped(len(c.Late)))
	}
	return nil
}

// kept prints the figures of one month and priority.
func kept(w io.Writer, cell *sla.Cell) {
	at, ok := cell.Elapsed.Percentile(90)
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t", grouped(int(cell.Met.Num)), grouped(int(cell.Met.Den)), cell.Met.Percent(), hours(at, ok))
}

// breach prints one breach and where its time went.
func breach(out io.Writer, n int, b *eventlog.Breach, zone *time.Location) {
	p := &b.Account.Promise
	fmt.Fprintf(out, "%3d. %s  %s  %s  %s to %s\n", n, b.Incident, b.Priority, cmp.Or(b.Group, "no group"), b.Opened.In(zone).Format(minute), b.Closed.In(zone).Format(minute))
	fmt.Fprintf(out, "     %s elapsed of %s, %s too much; not counted: %s\n", hours(p.Elapsed, true), hours(p.Goal, true), hours(b.Over(), true), uncounted(&b.Account))
	who := cmp.Or(b.Then.Assignee, "nobody") + " of " + cmp.Or(b.Then.Group, "no group")
	how := ""
	if p.Cause == sla.Tightened {
		how = ", by a tighter goal"
	}
	fmt.Fprintf(out, "     breached %s as %s%s: %s with %s\n", p.Breached.In(zone).Format(minute), b.Target, how, b.Then.Standing(), who)
	fmt.Fprintf(out, "     %s; %s\n", shares(b.ByState, "no state"), shares(b.ByGroup, "no group"))
}

// mostShares is how many parts of a breach's time are printed.
const mostShares = 3

// shares is where the time went, but for what was less than a minute.
func shares(list []eventlog.Share, none string) string {
	var texts []string
	var rest time.Duration
	more := 0
	for _, s := range list {
		switch {
		case s.Elapsed < time.Minute:
		case len(texts) < mostShares:
			texts = append(texts, cmp.Or(s.Name, none)+" "+hours(s.Elapsed, true))
		default:
			more, rest = more+1, rest+s.Elapsed
		}
	}
	if more > 0 {
		texts = append(texts, fmt.Sprintf("%d more %s", more, hours(rest, true)))
	}
	return strings.Join(texts, ", ")
}
