package eventlog

import (
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/ulikunitz/xz"

	"github.com/itsmkit/itsm/store/memory"
)

func volvoMapping(t *testing.T) *Mapping {
	t.Helper()
	text, err := os.ReadFile("bpic2013_incidents.json")
	require.NoError(t, err)
	m, err := ParseMapping(text)
	require.NoError(t, err)
	return m
}

// shared opens a file of the data that may not be published, which lies beside the
// repository.
func shared(t *testing.T, name string) *os.File {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for _, err := os.Stat(filepath.Join(dir, "go.work")); err != nil; _, err = os.Stat(filepath.Join(dir, "go.work")) {
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("this is no checkout, so there is no ../shared/data/" + name)
		}
		dir = up
	}
	file, err := os.Open(filepath.Join(dir, "../shared/data", name))
	if os.IsNotExist(err) {
		t.Skip("the log may not be published and is not here: ../shared/data/" + name)
	}
	require.NoError(t, err)
	t.Cleanup(func() { file.Close() })
	return file
}

// Invented rows in the form of the Volvo log.
const likeVolvo = "\xef\xbb\xbfSR Number,Change Date+Time,Status,Sub Status,Involved ST,SR Latest Impact,Product,Resource\n" +
	"1-1,2012-04-01T10:00:00+01:00,Accepted,In Progress,G1,Medium,PROD1,se-Ann\n" +
	"1-1,2012-04-01T10:05:00+01:00,Queued,Awaiting Assignment,G2 2nd,Medium,PROD1,se-Ann\n" +
	"1-1,2012-04-01T11:00:00+01:00,Accepted,In Progress,G2 2nd,Medium,PROD1,pl-Bo\n" +
	"1-1,2012-04-01T11:10:00+01:00,Accepted,Wait - User,G2 2nd,Medium,PROD1,pl-Bo\n" +
	"1-1,2012-04-01T12:00:00+01:00,Accepted,Assigned,G2 2nd,Medium,PROD1,pl-Bo\n" +
	"1-1,2012-04-01T12:30:00+01:00,Accepted,In Progress,G2 2nd,Medium,PROD1,pl-Cy\n" +
	"1-1,2012-04-01T13:00:00+01:00,Completed,Resolved,G2 2nd,Medium,PROD1,pl-Bo\n" +
	"1-1,2012-04-02T13:00:00+01:00,Unmatched,Unmatched,G2 2nd,Medium,PROD1,se-Di\n" +
	"1-1,2012-04-02T14:00:00+01:00,Accepted,In Progress,G2 2nd,Medium,PROD1,pl-Cy\n" +
	"1-1,2012-04-02T15:00:00+01:00,Completed,Resolved,G2 2nd,Medium,PROD1,pl-Cy\n" +
	"1-1,2012-04-10T00:15:00+01:00,Completed,Closed,G2 2nd,Medium,PROD1,pl-Siebel\n" +
	"1-2,2012-04-01T10:00:00+01:00,Accepted,In Progress,G1,Major,PROD2,se-Ann\n" +
	"1-2,2012-04-01T10:10:00+01:00,Completed,In Call,G1,Major,PROD2,se-Ann\n" +
	"1-2,2012-04-20T10:10:00+01:00,Accepted,In Progress,G1,Major,PROD2,se-Ann\n" + // long after
	"1-2,2012-04-20T10:20:00+01:00,Completed,Resolved,G1,Major,PROD2,se-Ann\n" +
	"1-2,2012-04-21T00:15:00+01:00,Completed,Closed,G1,Major,PROD2,se-Siebel\n" + // too early for the system
	"1-3,2012-04-01T10:00:00+01:00,Queued,Awaiting Assignment,G1,Low,PROD2,0-Siebel\n" +
	"1-3,2012-04-01T10:10:00+01:00,Accepted,Wait,G1,Low,PROD2,se-Ann\n" +
	"1-3,2012-04-01T10:20:00+01:00,Queued,Awaiting Assignment,G3,Low,PROD2,se-Ann\n" +
	"1-3,2012-04-01T10:30:00+01:00,Accepted,In Progress,G3,Low,PROD2,se-Eve\n" +
	"1-3,2012-04-01T10:40:00+01:00,Completed,Cancelled,G3,Low,PROD2,se-Eve\n"

func TestTheVolvoMappingOnInventedRows(t *testing.T) {
	log, err := Read(context.Background(), "volvo.csv", strings.NewReader(likeVolvo), volvoMapping(t))
	require.NoError(t, err)
	result, err := Register(context.Background(), memory.New(), log, volvoMapping(t), nil)
	require.NoError(t, err)
	require.Len(t, result.Refusals, 1)
	refused := result.Refusals[0]
	require.Equal(t, "1-2 close", refused.Incident+" "+refused.Command)
	require.Contains(t, refused.Why, "closes by itself at 2012-04-27T09:20:00Z, not before")
	require.Equal(t, 1, result.FollowUps)
	// Two holds resumed on the way to assigned, an assignment after reopening, and
	// for the return after the window a close, assign and start.
	require.Equal(t, 6, result.FilledIn)
	for _, a := range result.Oracles {
		if a.Oracle == OracleReopens && strings.HasPrefix(a.Of, "incidents: reopened or") || a.Oracle == OracleReassignments || a.Oracle == OracleResolved {
			require.Equal(t, a.Compared, a.Agree, "%s %s", a.Of, a.First)
		}
	}
	events := journal(t, log, volvoMapping(t))
	require.Equal(t, []string{
		"report by se-Ann", "start by se-Ann", "assign by se-Ann", "assign by pl-Bo", "start by pl-Bo", "hold by pl-Bo",
		"resume by pl-Bo", "assign by pl-Bo", "assign by pl-Cy", "start by pl-Cy", "resolve by pl-Bo",
		"reopen by se-Di", "assign by se-Di", "assign by pl-Cy", "start by pl-Cy", "resolve by pl-Cy", "close by system at 9 April 23:15",
	}, events["INC0000001"])
}

// What is known of the real log from a plain count of its rows.
func TestTheVolvoLog(t *testing.T) {
	m := volvoMapping(t)
	log, err := Read(context.Background(), "bpic2013_incidents.csv.xz", shared(t, "bpic2013_incidents.csv.xz"), m)
	require.NoError(t, err)
	r, err := Rules(context.Background(), log, m, nil)
	require.NoError(t, err)
	require.Equal(t, 65_533, r.Events)
	require.Equal(t, 7_554, r.Incidents)
	require.Equal(t, 90_012, r.Commands)
	require.Equal(t, 1_951, r.FilledIn)
	require.Equal(t, 115, r.FollowUps)
	require.Zero(t, r.Skipped)

	type refusal struct {
		from, command string
		count         int
	}
	var refused []refusal
	for _, f := range r.Refusals {
		refused = append(refused, refusal{string(f.From), f.Command, f.Count})
	}
	counted := countVolvo(t)
	require.Equal(t, []refusal{
		{"resolved", "close", counted.early},
		{"resolved", "assign", 8},
		{"closed", "log", 3},
		{"closed", "assign", 2},
		{"closed", "resolve", 1},
	}, refused)
	require.Equal(t, 1_702, counted.early)
	require.Equal(t, 8+2, counted.movedAtEnd)

	got := make(map[string]Comparison)
	for _, a := range r.Oracles {
		a.First = ""
		got[string(a.Oracle)+" "+a.Of] = a
	}
	agree := func(o Oracle, of string, n, compared int) {
		t.Helper()
		require.Equal(t, Comparison{Oracle: o, Of: of + ofRows, Agree: n, Compared: compared}, got[string(o)+" "+of+ofRows])
	}
	require.Len(t, got, 8)
	agree(OracleReopens, "incidents: reopened", 7_554-108, 7_554)
	agree(OracleReopens, "incidents: reopened or followed up (R13)", 7_554, 7_554)
	agree(OracleReopens, "incidents: reopened, followed up or refused (R13)", 7_554, 7_554)
	agree(OracleReassignments, "incidents: reassigned", 7_513, 7_554)
	agree(OracleReassignments, "incidents: reassigned or refused", 7_515, 7_554)
	agree(OracleClosed, "incidents", counted.closed-1_649, counted.closed)
	agree(OracleResolved, "incidents: resolved", counted.resolved-1, counted.resolved)
	agree(OracleResolved, "incidents: resolved, or again after a refused reopening (R13)", counted.resolved-1, counted.resolved)

	stored, err := Register(context.Background(), memory.New(), log, m, nil)
	require.NoError(t, err)
	require.Equal(t, timeless(r), timeless(stored), "the rules alone and a register decide alike")
}

type volvoCount struct {
	early      int // closings by the system less than seven days after resolving
	movedAtEnd int // changes of the group between two completed rows
	closed     int // incidents with a closed row
	resolved   int // incidents with a resolved one, in call or not
}

// countVolvo reads the file by other means than the replay does and counts rows:
// the file has the rows of an incident together, in order.
func countVolvo(t *testing.T) volvoCount {
	t.Helper()
	unpacked, err := xz.NewReader(shared(t, "bpic2013_incidents.csv.xz"))
	require.NoError(t, err)
	rows := csv.NewReader(unpacked)
	_, err = rows.Read()
	require.NoError(t, err)
	const number, when, status, sub, group, owner = 0, 1, 2, 3, 8, 15
	var c volvoCount
	closed, resolved := make(map[string]bool), make(map[string]bool)
	var before []string
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		switch row[sub] {
		case "Closed":
			closed[row[number]] = true
		case "Resolved", "In Call":
			resolved[row[number]] = true
		}
		if before != nil && before[number] == row[number] && before[status] == "Completed" && row[status] == "Completed" {
			if before[group] != row[group] {
				c.movedAtEnd++
			}
			if before[sub] == "Resolved" && row[sub] == "Closed" && row[owner] == "Siebel" && at(t, row[when]).Sub(at(t, before[when])) < 7*24*time.Hour {
				c.early++
			}
		}
		before = row
	}
	c.closed, c.resolved = len(closed), len(resolved)
	return c
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return when
}
