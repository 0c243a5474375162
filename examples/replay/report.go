package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/itsmkit/itsm/examples/replay/eventlog"
)

// report prints the result as tables.
func report(out io.Writer, r *eventlog.Result) error {
	fmt.Fprintln(out, r.Log)
	fmt.Fprintf(out, "%s events of %s incidents as %s commands %s\n",
		grouped(r.Events), grouped(r.Incidents), grouped(r.Commands), pace(r))
	fmt.Fprintf(out, "%s steps that the log skipped were filled in, %s rows say nothing, %s closed incidents were followed up\n",
		grouped(r.FilledIn), grouped(r.Skipped), grouped(r.FollowUps))

	if r.Lifted > 0 {
		fmt.Fprintf(out, "%s rows say a time before that of the row before them, the first in line %d; they were taken to be at the same time\n",
			grouped(r.Lifted), r.LiftedAt)
	}

	fmt.Fprintln(out, "\nWhat the rules refused")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  from\tcommand\tcount\tfirst")
	for _, f := range r.Refusals {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s, line %d: %s\n", cmp.Or(string(f.From), "–"), f.Command, grouped(f.Count), f.Incident, f.Line, firstLine(f.Why))
	}
	if len(r.Refusals) == 0 {
		fmt.Fprintln(w, "  nothing")
	}
	w.Flush()

	fmt.Fprintln(out, "\nRecomputed from the events against the log's own figures")
	w = tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  column\tof\tcompared\tagree\tper cent\tfirst disagreement")
	for _, a := range r.Oracles {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\t%s\n", a.Oracle, a.Of, grouped(a.Compared), grouped(a.Agree), a.Percent(), cmp.Or(a.First, "–"))
	}
	w.Flush()
	if err := promises(out, r); err != nil {
		return err
	}
	return kpis(out, r.KPIs)
}

// pace says how long the events took that were not stored before.
func pace(r *eventlog.Result) string {
	took := fmt.Sprintf("in %s: %s events a second", r.Elapsed.Round(10*time.Millisecond), grouped(r.PerSecond()))
	switch r.Resumed {
	case 0:
		return took
	case r.Events:
		return "were stored before: what follows is from the rules again"
	}
	return fmt.Sprintf("after %s events that were stored before, %s", grouped(r.Resumed), took)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// grouped writes a number with a comma for each thousand.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
