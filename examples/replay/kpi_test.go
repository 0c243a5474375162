package main

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
)

func TestRunPrintsTheFigures(t *testing.T) {
	var out, errs bytes.Buffer
	require.Zero(t, run(context.Background(), files(t, export, mapping), &out, &errs), errs.String())
	for _, want := range []string{
		"\nFigures from 2026-03-01 to 2026-03-02, days of UTC\n",
		"  2026-03       1         1       0          0        0\n",
		"resolution (MTTR)   1     2h00     2h00     2h00     2h00\n",
		"  … in business time   0  no data  no data  no data  no data\n",
		"  reopened                          0 of 1        0.00 %\n",
		"  held for caller                   0h00 of 2h00  0.00 %\n",
		"  open for 0 to 1 days              0 of 0        no data\n",
		"        P1       1         1        0  2h00  2h00           no data    0.00 %      0.00 %   no data\n",
	} {
		require.Contains(t, out.String(), want)
	}
}

func TestOnlyTheLargestGroupsArePrinted(t *testing.T) {
	table := incident.Breakdown{Field: "group"}
	for i := range 13 {
		table.Groups = append(table.Groups, incident.Group{Key: string(rune('a' + i)), Figures: incident.Figures{Resolved: int64(1000 * i)}})
	}
	var out bytes.Buffer
	require.NoError(t, breakdown(&out, table))
	require.Contains(t, out.String(), "  and 3 more\n")
	require.Regexp(t, `(?s)  m .*12,000.*  d .*3,000`, out.String())
	require.NotContains(t, out.String(), "\n      c ")
	require.Equal(t, "a", table.Groups[0].Key, "the figures stay in order")
}

func TestMonths(t *testing.T) {
	require.Equal(t, []incident.Day{
		{Date: "2026-02", Opened: 1, Resolved: 2, Closed: 3, Cancelled: 4, Backlog: 5},
		{Date: "2026-03", Opened: 11, Resolved: 22, Closed: 33, Cancelled: 44, Backlog: 50},
	}, months([]incident.Day{
		{Date: "2026-02-28", Opened: 1, Resolved: 2, Closed: 3, Cancelled: 4, Backlog: 5},
		{Date: "2026-03-01", Opened: 1, Resolved: 2, Closed: 3, Cancelled: 4, Backlog: 6},
		{Date: "2026-03-02", Opened: 10, Resolved: 20, Closed: 30, Cancelled: 40, Backlog: 50},
	}))
	require.Equal(t, "61h04", hours(61*time.Hour+4*time.Minute+59*time.Second, true))
	require.Equal(t, "1,230h59", total(itsm.TotalTime{Seconds: 1230*3600 + 59*60 + 59}))
	require.NoError(t, kpis(nil, nil), "no row, no figures")
}
