package eventlog

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
	"github.com/itsmkit/itsm/store/memory"
)

// promised replays rows of the tiny log under an agreement: an hour of a Monday is
// one of its calendar, from 08:00 to 16:00 UTC. The last column is made_sla.
func promised(t *testing.T, rows string) *Result {
	t.Helper()
	text := replaceOnce(t, tinyMapping, `"policy"`, promising(t, "", "")+`"oracles": {"made_sla": "made"}, "policy"`)
	m, err := ParseMapping([]byte(text))
	require.NoError(t, err)
	log, err := Read(context.Background(), "tiny.csv", strings.NewReader("id,status,when,n,team,who,impact,made\n"+rows), m)
	require.NoError(t, err)
	rules, err := Rules(context.Background(), log, m, nil)
	require.NoError(t, err)
	stored, err := Register(context.Background(), memory.New(), log, m, nil)
	require.NoError(t, err)
	require.Equal(t, timeless(rules), timeless(stored), "the rules alone and a register decide alike")
	return rules
}

// compared is what was compared with made_sla, a line each.
func compared(r *Result) []string {
	var list []string
	for _, c := range r.Oracles {
		if c.Oracle == OracleMadeSLA {
			list = append(list, fmt.Sprintf("%s: %d of %d", c.Of, c.Agree, c.Compared))
		}
	}
	return list
}

// explained is the disagreements, a line each.
func explained(r *Result) []string {
	var list []string
	for _, d := range r.Disagreements {
		p := d.Account.Promise
		list = append(list, fmt.Sprintf("%s, line %d: %v of %v; the log says %s: %s", d.Incident, d.Line, p.Elapsed, p.Goal, d.Says, d.Why))
	}
	return list
}

func TestEachDisagreementIsExplained(t *testing.T) {
	r := promised(t, "A,open,2026-03-02 09:00,0,red,eve,big,true\n"+ // P2: 4 hours
		"A,over,2026-03-02 13:00,1,red,eve,big,true\n"+ // to the minute
		"B,open,2026-03-02 09:00,0,red,eve,big,true\n"+
		"B,over,2026-03-02 13:00,1,red,eve,big,false\n"+
		"C,open,2026-03-02 09:00,0,red,eve,big,true\n"+
		"C,done,2026-03-02 12:00,1,red,bob,big,true\n"+
		"C,over,2026-03-02 15:00,2,red,eve,big,true\n"+ // the log stops at the resolution
		"D,open,2026-03-02 09:00,0,red,eve,low,true\n"+ // P4: 8 hours
		"D,work,2026-03-02 14:00,1,red,eve,big,true\n"+ // P2: exceeded already
		"D,over,2026-03-02 15:00,2,red,eve,big,true\n"+
		"E,open,2026-03-02 09:00,0,red,eve,big,false\n"+
		"E,work,2026-03-02 14:00,1,red,eve,low,false\n"+
		"E,over,2026-03-02 15:00,2,red,eve,low,true\n"+ // and stays exceeded
		"F,open,2026-03-02 09:00,0,red,eve,big,true\n"+
		"F,over,2026-03-02 10:00,1,red,eve,big,false\n"+
		"G,open,2026-03-02 09:00,0,red,eve,big,true\n") // not decided
	require.Equal(t, []string{
		"F, line 16: 1h0m0s of 4h0m0s; the log says false: nothing that the log shows",
		"B, line 5: 4h0m0s of 4h0m0s; the log says false: closed in the minute in which it was due",
		`C, line 8: 6h0m0s of 4h0m0s; the log says true: resolved in time, after 3h00, by "bob"; the log's clock may have stopped then`,
		"D, line 11: 6h0m0s of 4h0m0s; the log says true: P2 from 2026-03-02 14:00 on",
		"E, line 14: 6h0m0s of 8h0m0s; the log says true: exceeded on 2026-03-02 13:00, as P2; the log forgets it with the new priority",
	}, explained(r))
	require.Equal(t, []string{"P2: 1 of 5", "P2: a breach stays (R33): 1 of 5", "P4: 1 of 1", "P4: a breach stays (R33): 0 of 1"}, compared(r))

	d := r.Disagreements[3]
	require.Equal(t, sla.Tightened, d.Account.Promise.Cause)
	require.Equal(t, d.Account.Promise.Elapsed, d.Account.Total(sla.AsElapsed), "the account adds up")
	require.Equal(t, []string{"P4", "P2"}, []string{d.Account.Choices[0].Candidates[0].Target, d.Account.Choices[1].Candidates[0].Target})
}

// TestR26_WhatWasPromisedStaysPromised also when the incident becomes one that no
// target is for; made_sla then answers by a goal that is not known.
func TestR26_WhatWasPromisedStaysPromised(t *testing.T) {
	r := promised(t, "A,open,2026-03-02 09:00,0,red,eve,low,true\n"+
		"A,work,2026-03-02 10:00,1,red,eve,medium,true\n"+ // refused: no such impact
		"A,over,2026-03-02 13:00,2,red,eve,low,true\n")
	require.Len(t, r.Refusals, 1)
	require.Equal(t, []string{"P4: 1 of 1", "P4: a breach stays (R33): 1 of 1"}, compared(r))

	m, err := ParseMapping([]byte(replaceOnce(t, tinyMapping, `"policy"`, promising(t, `"is": [4]`, `"is": [3]`)+`"oracles": {"made_sla": "made"}, "policy"`)))
	require.NoError(t, err)
	log, err := Read(context.Background(), "tiny.csv", strings.NewReader("id,status,when,n,team,who,impact,made\n"+
		"A,open,2026-03-02 09:00,0,red,eve,big,true\n"+ // P2
		"A,work,2026-03-02 10:00,1,red,eve,low,false\n"+ // P4
		"A,over,2026-03-02 12:00,2,red,eve,low,false\n"), m)
	require.NoError(t, err)
	r, err = Rules(context.Background(), log, m, nil)
	require.NoError(t, err)
	require.Empty(t, compared(r))
	require.Equal(t, 1, r.Outgrown)
	require.Equal(t, itsm.Ratio{Den: 1}, r.KPIs.Breached, "promised and kept")
	require.Len(t, r.Compliance.By[0].Cells, 1)
	require.Equal(t, []string{"2026-03", "4"}, r.Compliance.By[0].Cells[0].Key)
	require.Equal(t, itsm.Ratio{Num: 1, Den: 1}, r.Compliance.By[0].Cells[0].Met)
}

// TestAnOutcomeNeedsAllPromises: while one clock runs, what was kept so far does not
// decide; what was exceeded does.
func TestAnOutcomeNeedsAllPromises(t *testing.T) {
	text := promising(t, `"targets": [`, `"targets": [{"name": "soon", "metric": "response", "within": "1h"},`)
	m, err := ParseMapping([]byte(replaceOnce(t, tinyMapping, `"policy"`, text+`"policy"`)))
	require.NoError(t, err)
	for worked, want := range map[string]itsm.Ratio{"10:00": {}, "10:01": {Num: 1, Den: 1}} {
		log, err := Read(context.Background(), "tiny.csv", strings.NewReader(tinyHeader+
			"A,open,2026-03-02 09:00,0,red,eve,big\n"+
			"A,work,2026-03-02 "+worked+",1,red,eve,big\n"+
			"A,done,2026-03-02 11:00,2,red,eve,big\n"), m) // and is not closed
		require.NoError(t, err)
		r, err := Rules(context.Background(), log, m, nil)
		require.NoError(t, err)
		require.Equal(t, want, r.KPIs.Breached, worked)
		require.Equal(t, int64(1), r.Compliance.Running)
	}
}

// TestWhatFollowsUpIsPromisedNothing: the clock is that of the first incident, also
// where that closes only with the row that follows it up.
func TestWhatFollowsUpIsPromisedNothing(t *testing.T) {
	text := replaceOnce(t, tinyMapping, `"policy"`, promising(t, "", "")+`"policy"`)
	m, err := ParseMapping([]byte(replaceOnce(t, text, `"window_days": 5`, `"window_days": 5, "closes_itself": true`)))
	require.NoError(t, err)
	log, err := Read(context.Background(), "tiny.csv", strings.NewReader(tinyHeader+
		"A,open,2026-03-02 09:00,0,red,eve,big\n"+
		"A,done,2026-03-02 10:00,1,red,eve,big\n"+
		"A,work,2026-03-23 09:00,2,blue,ada,big\n"+ // after the window, which ended on Saturday
		"A,over,2026-03-30 12:00,3,blue,ada,big\n"), m)
	require.NoError(t, err)
	r, err := Rules(context.Background(), log, m, nil)
	require.NoError(t, err)
	require.Equal(t, 1, r.FollowUps)
	require.Len(t, r.Worst, 1)
	b := r.Worst[0]
	require.Equal(t, "2026-03-07 09:00", b.Closed.Format(minute))
	require.Equal(t, 8*time.Hour, b.Account.Promise.Elapsed)
	require.Equal(t, itsm.Ratio{Num: 1, Den: 1}, r.KPIs.Breached)
}

// TestTheWorstBreachesComeFirst, ten of them, of equal ones the first of the log.
func TestTheWorstBreachesComeFirst(t *testing.T) {
	var rows strings.Builder
	for i := range 14 { // opened on a Monday at 09:00, closed on one of the next; 14:00, 14:10, …
		fmt.Fprintf(&rows, "%c,open,2026-03-02 09:00,0,red,eve,big,false\n", 'A'+i)
		fmt.Fprintf(&rows, "%c,ask,2026-03-02 11:00,1,red,,big,false\n", 'A'+i)
		fmt.Fprintf(&rows, "%c,work,2026-03-02 12:00,2,blue,ada,big,false\n", 'A'+i)
		fmt.Fprintf(&rows, "%c,over,2026-03-09 1%d:00,3,blue,ada,big,false\n", 'A'+i, 4+i%3)
	}
	r := promised(t, rows.String())
	var order []string
	for _, b := range r.Worst {
		order = append(order, b.Incident+b.Over().String())
	}
	require.Equal(t, "C11h0m0s F11h0m0s I11h0m0s L11h0m0s B10h0m0s E10h0m0s H10h0m0s K10h0m0s N10h0m0s A9h0m0s", strings.Join(order, " "))

	b := r.Worst[0]
	require.Equal(t, "P2", b.Target)
	require.Equal(t, "2026-03-02 12:00", b.Account.Promise.Breached.Format(minute))
	require.Equal(t, "in progress blue", b.Then.Standing()+" "+b.Then.Group)
	require.Equal(t, []Share{
		{"in progress", 12 * time.Hour, 172 * time.Hour},
		{"new", 2 * time.Hour, 2 * time.Hour},
		{"on hold for caller", time.Hour, time.Hour},
	}, b.ByState)
	require.Equal(t, "blue", b.ByGroup[0].Name)
	var sum time.Duration
	for _, s := range b.ByGroup {
		sum += s.Elapsed
	}
	require.Equal(t, b.Account.Promise.Elapsed, sum)

	data, err := json.Marshal(r)
	require.NoError(t, err)
	again := new(Result)
	require.NoError(t, json.Unmarshal(data, again))
	require.Equal(t, r.Worst[0].Account.String(), again.Worst[0].Account.String(), "the result has the whole account")
}

// TestTheDisagreementsOfTheBuiltInLog: eight were resolved in time, all by the same
// person, and two were in time only because the goal grew after it was exceeded.
func TestTheDisagreementsOfTheBuiltInLog(t *testing.T) {
	log, m, err := BuiltIn(context.Background())
	require.NoError(t, err)
	r, err := Rules(context.Background(), log, m, nil)
	require.NoError(t, err)
	inTime := func(text string) string {
		return text + `, by "Updated by 823"; the log's clock may have stopped then`
	}
	require.Equal(t, []string{
		inTime("INC0003451, line 15514: 121h41m0s of 62h0m0s; the log says true: resolved in time, after 1h54"),
		inTime("INC0003815, line 17347: 117h38m0s of 62h0m0s; the log says true: resolved in time, after 0h46"),
		inTime("INC0008249, line 37057: 63h59m0s of 62h0m0s; the log says true: resolved in time, after 36h23"),
		inTime("INC0008485, line 38122: 69h6m0s of 62h0m0s; the log says true: resolved in time, after 41h09"),
		"INC0007004, line 31195: 126h0m0s of 132h28m12s; the log says true: exceeded on 2016-03-23 22:00, as P3; the log forgets it with the new priority",
		"INC0008739, line 39166: 101h59m0s of 132h28m12s; the log says true: exceeded on 2016-03-28 22:00, as P3; the log forgets it with the new priority",
		inTime("INC0025371, line 104668: 81h0m0s of 62h0m0s; the log says true: resolved in time, after 54h00"),
		inTime("INC0025444, line 104967: 81h0m0s of 62h0m0s; the log says true: resolved in time, after 54h00"),
		inTime("INC0025735, line 106176: 72h0m0s of 62h0m0s; the log says true: resolved in time, after 45h00"),
		inTime("INC0025896, line 106898: 71h53m0s of 62h0m0s; the log says true: resolved in time, after 44h53"),
		"INC0075438, line 140468: 54h0m0s of 62h0m0s; the log says false: nothing that the log shows",
	}, explained(r))
	require.Equal(t, 252, r.Outgrown)

	cells := func(list []sla.Cell) []string {
		var texts []string
		for _, c := range list {
			at, _ := c.Elapsed.Percentile(90)
			texts = append(texts, fmt.Sprintf("%s: %s, 90 %% in %s", strings.Join(c.Key, " P"), c.Met, short(at)))
			require.Empty(t, c.Missed)
		}
		return texts
	}
	require.Equal(t, []string{
		"1: 58/129, 44.96 %, 90 % in 274h02", "2: 80/123, 65.04 %, 90 % in 130h40",
		"3: 15138/23466, 64.51 %, 90 % in 144h00", "4: 649/774, 83.85 %, 90 % in 165h47",
	}, cells(r.Compliance.By[1].Cells))
	require.Contains(t, cells(r.Compliance.By[0].Cells), "2016-03 P3: 2269/5445, 41.67 %, 90 % in 130h50")
	require.Equal(t, itsm.Ratio{Num: 24_492 - 8_567, Den: 24_492}, r.Compliance.Met, "as the KPIs have it")

	require.Len(t, r.Worst, 10)
	require.Equal(t, "INC0001839 2129h0m0s", r.Worst[0].Incident+" "+r.Worst[0].Over().String())
}
