package eventlog

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

func replayed(t *testing.T, rows string) *Result {
	t.Helper()
	log, err := read(t, tinyHeader+rows)
	require.NoError(t, err)
	rules, err := Rules(context.Background(), log, tiny(t), nil)
	require.NoError(t, err)
	stored, err := Register(context.Background(), memory.New(), log, tiny(t), nil)
	require.NoError(t, err)
	rules.Elapsed, stored.Elapsed = 0, 0
	require.Equal(t, rules, stored, "the rules alone and a register decide alike")
	return stored
}

func TestSkippedStepsAreFilledIn(t *testing.T) {
	r := replayed(t, "A,done,2026-03-01 10:00,0,red,eve,big\n"+
		"B,work,2026-03-01 10:00,0,red,eve,big\n"+
		"B,over,2026-03-01 11:00,1,red,eve,big\n")
	require.Empty(t, r.Refusals)
	require.Equal(t, 2, r.FilledIn, "B: assigned to somebody before the start, resolved before the close")
	require.Equal(t, 2, r.Incidents)
}

func TestR13_AClosedIncidentThatGoesOnIsFollowedUp(t *testing.T) {
	r := replayed(t, "A,done,2026-03-01 10:00,0,red,eve,big\n"+
		"A,over,2026-03-06 10:00,1,red,eve,big\n"+
		"A,work,2026-03-09 10:00,2,red,eve,big\n"+
		"A,done,2026-03-09 11:00,3,red,eve,big\n")
	require.Empty(t, r.Refusals)
	require.Equal(t, 1, r.FollowUps)
	require.Equal(t, 1, r.Incidents, "of the log")
}

// What changed along with the return is done once the incident is open again.
func TestAReturnComesFirst(t *testing.T) {
	r := replayed(t, "A,work,2026-03-01 10:00,0,red,eve,big\n"+
		"A,done,2026-03-01 11:00,1,red,eve,big\n"+
		"A,work,2026-03-01 12:00,2,blue,eve,big\n"+ // reopened for another group
		"A,over,2026-03-06 12:00,3,blue,eve,big\n"+
		"A,work,2026-03-06 13:00,4,red,eve,low\n") // followed up, of less impact
	require.Empty(t, r.Refusals)
	require.Equal(t, 1, r.FollowUps)
}

// assigning is a mapping whose "open" is assigned: to the group and person named.
func assigning(t *testing.T, more string) *Mapping {
	t.Helper()
	text := replaceOnce(t, tinyMapping, `"open": {"state": "new"}`, `"open": {"state": "assigned"}`)
	text = replaceOnce(t, text, `"by": "who"`, `"by": "who", "assignee": "who"`)
	m, err := ParseMapping([]byte(replaceOnce(t, text, `"window_days": 5`, `"window_days": 5`+more)))
	require.NoError(t, err)
	return m
}

func TestTheLogAssigns(t *testing.T) {
	m := assigning(t, "")
	log, err := Read(context.Background(), "tiny.csv", strings.NewReader(tinyHeader+
		"A,open,2026-03-01 10:00,0,red,eve,big\n"+
		"A,work,2026-03-01 11:00,1,red,eve,big\n"+
		"A,open,2026-03-01 12:00,2,red,bob,big\n"+ // the same group: taken from one, given to another
		"A,open,2026-03-01 13:00,3,blue,bob,big\n"+
		"A,ask,2026-03-01 14:00,4,blue,bob,big\n"+
		"A,open,2026-03-01 15:00,5,red,ada,big\n"+
		"A,done,2026-03-01 16:00,6,red,ada,big\n"+
		"A,open,2026-03-01 17:00,7,blue,bob,big\n"+
		"A,open,2026-03-01 18:00,8,?,?,big\n"), m) // nobody
	require.NoError(t, err)
	r, err := Rules(context.Background(), log, m, nil)
	require.NoError(t, err)
	require.Empty(t, r.Refusals)
	require.Equal(t, 3, r.FilledIn, "one assignment, one resuming, one reopening")
	require.Equal(t, []string{
		"report by eve", "assign by eve", "start by eve", "assign by bob", "assign by bob", "assign by bob", "hold by bob",
		"resume by ada", "assign by ada", "resolve by ada", "reopen by bob", "assign by bob", "assign by unknown",
	}, journal(t, log, m)["INC0000001"])
	agreed(t, r, OracleReassignments, "incidents: reassigned"+ofRows, 1)
}

func agreed(t *testing.T, r *Result, o Oracle, of string, n int) {
	t.Helper()
	for _, a := range r.Oracles {
		if a.Oracle == o && a.Of == of {
			require.Equal(t, n, a.Compared)
			require.Equal(t, n, a.Agree, a.First)
			return
		}
	}
	t.Errorf("nothing compared of %s, %s", o, of)
}

func TestR13_WhatTheSystemClosesIsClosedByTheSystem(t *testing.T) {
	const rows = tinyHeader +
		"A,done,2026-03-01 10:00,0,red,eve,big\n" +
		"A,over,2026-03-02 10:00,1,red,robot,big\n" + // too early for a system
		"B,done,2026-03-01 10:00,0,red,eve,big\n" +
		"B,over,2026-03-10 10:00,1,red,eve,big\n" // late, by a person
	for system, want := range map[string][]string{
		"":                      {"report by eve, resolve by eve, close by robot at 2 March 09:00", "report by eve, resolve by eve, close by system at 10 March 09:00"},
		`"system": ["robot"], `: {"report by eve, resolve by eve", "report by eve, resolve by eve, close by eve at 10 March 09:00"},
	} {
		m, err := ParseMapping([]byte(replaceOnce(t, tinyMapping, `"policy"`, system+`"policy"`)))
		require.NoError(t, err)
		log, err := Read(context.Background(), "tiny.csv", strings.NewReader(rows), m)
		require.NoError(t, err)
		happened := journal(t, log, m)
		require.Equal(t, want, []string{strings.Join(happened["INC0000001"], ", "), strings.Join(happened["INC0000002"], ", ")})
	}
}

// Nobody closed it, and after the window nobody needs to.
func TestR13_AReturnAfterTheWindowIsFollowedUp(t *testing.T) {
	rows := tinyHeader +
		"A,work,2026-03-01 10:00,0,red,eve,big\n" +
		"A,done,2026-03-01 11:00,1,red,eve,big\n" +
		"A,open,2026-03-06 11:00,2,blue,bob,low\n" + // five days to the minute
		"B,done,2026-03-01 11:00,0,red,eve,big\n" +
		"B,open,2026-03-09 11:00,1,red,eve,big\n"
	m := assigning(t, `, "closes_itself": true`)
	log, err := Read(context.Background(), "tiny.csv", strings.NewReader(rows), m)
	require.NoError(t, err)
	r, err := Rules(context.Background(), log, m, nil)
	require.NoError(t, err)
	require.Empty(t, r.Refusals)
	require.Equal(t, 2, r.FollowUps)
	happened := journal(t, log, m)
	require.Equal(t, []string{"report by eve", "start by eve", "resolve by eve", "close by system at 6 March 10:00"}, happened["INC0000001"])
	require.Equal(t, []string{"report by eve", "resolve by eve", "close by system at 6 March 10:00"}, happened["INC0000002"])
	require.Equal(t, []string{"follow up by bob", "classify by bob", "assign by bob"}, happened["INC0000003"])

	m = assigning(t, "")
	r, err = Rules(context.Background(), log, m, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"reopen", "assign"}, []string{r.Refusals[0].Command, r.Refusals[1].Command})
	require.Contains(t, r.Refusals[0].Why, "R13")
	require.Zero(t, r.FollowUps)
}

func TestRefusalsAreListedNotBent(t *testing.T) {
	r := replayed(t, "A,work,2026-03-01 10:00,0,red,eve,big\n"+
		"A,open,2026-03-01 11:00,1,red,eve,big\n"+ // back to new
		"A,done,2026-03-01 12:00,2,red,eve,big\n"+
		"A,work,2026-03-08 12:00,3,red,eve,big\n"+ // the window is over
		"A,ask,2026-03-08 13:00,4,red,eve,big\n"+ // and still is
		"A,over,2026-03-09 12:00,5,red,eve,big\n"+
		"A,over,2026-03-09 13:00,6,red,eve,big\n"+ // a row after the end
		"A,junk,2026-03-09 14:00,7,red,eve,big\n")
	require.Equal(t, 1, r.Skipped)
	var got []string
	for _, f := range r.Refusals {
		got = append(got, string(f.From)+": "+f.Command)
	}
	require.ElementsMatch(t, []string{"in progress: return to new", "resolved: reopen", "closed: log"}, got)
	require.Equal(t, 2, r.Refusals[0].Count)
	require.Contains(t, r.Refusals[0].Why, "R13")
}

func TestPercentIsNeverRoundedUp(t *testing.T) {
	require.Equal(t, "99.99 %", Comparison{Compared: 141712, Agree: 141711}.Percent())
	require.Equal(t, "100.00 %", Comparison{Compared: 3, Agree: 3}.Percent())
	require.Equal(t, "no data", Comparison{}.Percent())
}

// The real log: what data/README.md of the project measured, the engine finds.
func TestTheBuiltInLog(t *testing.T) {
	log, m, err := BuiltIn(context.Background())
	require.NoError(t, err)
	r, err := Rules(context.Background(), log, m, nil)
	require.NoError(t, err)

	require.Equal(t, 141_712, r.Events)
	require.Equal(t, 24_918, r.Incidents)
	require.Equal(t, 5, r.Skipped)
	require.Equal(t, 12, r.FollowUps)

	var refused []string
	for _, f := range r.Refusals {
		refused = append(refused, string(f.From)+": "+f.Command)
	}
	require.Equal(t, []string{"resolved: assign", "closed: log", "resolved: reopen", "closed: classify", "in progress: return to new"}, refused)

	type row struct {
		oracle          Oracle
		of              string
		agree, compared int
	}
	var got []row
	for _, a := range r.Oracles {
		got = append(got, row{a.Oracle, a.Of, a.Agree, a.Compared})
	}
	require.Equal(t, []row{
		{OraclePriority, "rows", 141_712, 141_712},
		{OracleReopens, "incidents: reopened", 24_900, 24_918},
		{OracleReopens, "incidents: reopened or followed up (R13)", 24_912, 24_918},
		{OracleReopens, "incidents: reopened, followed up or refused (R13)", 24_917, 24_918},
		{OracleReassignments, "incidents: reassigned", 24_753, 24_918},
		{OracleReassignments, "incidents: reassigned or refused", 24_824, 24_918},
		{OracleReassignments, "steps: reassigned", 116_625, 116_794},
		{OracleReassignments, "steps: reassigned or refused", 116_697, 116_794},
		{OracleActive, "rows", 141_711, 141_712},
		{OracleClosed, "incidents", 24_861, 24_918},
		{OracleResolved, "incidents: resolved", 23_061, 23_362},
		{OracleResolved, "incidents: resolved, or again after a refused reopening (R13)", 23_066, 23_362},
		{OracleMadeSLA, "P3", 23_457, 23_466},
		{OracleMadeSLA, "P3: a breach stays (R33)", 23_457, 23_466},
		{OracleMadeSLA, "P4", 774, 774},
		{OracleMadeSLA, "P4: a breach stays (R33)", 772, 774},
	}, got)
}

// What the register kept is what the events say, for the incidents of a part of
// the log; a replay of all of it is the program's own run.
func TestTheRegisterKeepsWhatHappened(t *testing.T) {
	log, m, err := BuiltIn(context.Background())
	require.NoError(t, err)
	log = part(log, 300)
	backend := memory.New()
	result, err := Register(context.Background(), backend, log, m, nil)
	require.NoError(t, err)
	require.Equal(t, 300, result.Incidents)

	process, err := m.process()
	require.NoError(t, err)
	incidents, err := register.New(backend, process, nil)
	require.NoError(t, err)
	agent := (&translator{}).agent("auditor")
	n := 0
	for inc, err := range incidents.Find(context.Background(), agent, incident.InState(incident.Closed)) {
		require.NoError(t, err)
		n++
		_, err = incidents.Verify(context.Background(), agent, inc.ID)
		require.NoError(t, err)
		again, err := incidents.Replay(context.Background(), agent, inc.ID)
		require.NoError(t, err)
		require.Equal(t, inc, again)
	}
	require.Equal(t, result.Incidents, n)
}

// part is the log of the first n incidents.
func part(log *Log, n int) *Log {
	keep := make(map[uint32]bool)
	p := &Log{texts: log.texts}
	for _, row := range log.rows {
		if row.opens && len(keep) < n {
			keep[row.key] = true
		}
		if keep[row.key] {
			p.rows = append(p.rows, row)
		}
	}
	return p
}

func TestProgressAndInterruption(t *testing.T) {
	log, err := read(t, tinyHeader+strings.Repeat("A,open,2026-03-01 10:00,0,red,eve,big\n", 3000))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var seen []int
	_, err = Rules(ctx, log, tiny(t), &Options{Progress: func(rows int) {
		seen = append(seen, rows)
		if rows > 0 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "stopped after 2048 of 3000 events")
	require.Equal(t, []int{0, 1024}, seen)
}

// journal is what happened to each incident, by number: the commands and who gave
// them, and when it was closed.
func journal(t *testing.T, log *Log, m *Mapping) map[string][]string {
	t.Helper()
	backend := memory.New()
	_, err := Register(context.Background(), backend, log, m, nil)
	require.NoError(t, err)
	process, err := m.process()
	require.NoError(t, err)
	incidents, err := register.New(backend, process, nil)
	require.NoError(t, err)
	entries, _, err := backend.Journal(context.Background(), tenant, store.JournalQuery{Limit: 1e6})
	require.NoError(t, err)
	happened := make(map[string][]string)
	for _, e := range entries {
		entry, err := incidents.DecodeEntry(e)
		require.NoError(t, err)
		number, what := entry.Event.Number, entry.Event.Name+" by "+entry.Event.Stamp.By.ID
		if entry.Event.Name == "close" {
			what += entry.Time.Format(" at 2 January 15:04")
		}
		happened[number] = append(happened[number], what)
	}
	return happened
}
