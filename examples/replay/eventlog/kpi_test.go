package eventlog

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// TestFiguresOfALog: the figures are those of the incidents that the replay made,
// by day in the zone of the mapping.
func TestFiguresOfALog(t *testing.T) {
	k := replayed(t, "A,work,2026-03-01 00:30,0,red,eve,big\n"+
		"B,open,2026-03-01 12:00,0,red,,big\n"+
		"A,ask,2026-03-01 23:30,1,red,eve,big\n"+
		"A,work,2026-03-02 01:30,2,blue,eve,big\n"+
		"A,done,2026-03-02 04:30,3,blue,eve,big\n"+
		"B,done,2026-03-02 12:00,1,red,eve,big\n"+
		"A,over,2026-03-07 04:30,4,blue,eve,big\n"+
		"A,work,2026-03-09 10:00,5,blue,eve,big\n"). // follows up
		KPIs
	require.Equal(t, "Europe/Berlin", k.Zone)
	require.Equal(t, "2026-02-28T23:00:00Z", k.From.Format(time.RFC3339))
	require.Equal(t, "2026-03-09T23:00:00Z", k.To.Format(time.RFC3339))
	require.Len(t, k.Days, 9)
	require.Equal(t, incident.Day{Date: "2026-03-01", Opened: 2, Backlog: 2}, k.Days[0])
	require.Equal(t, incident.Day{Date: "2026-03-02", Resolved: 2}, k.Days[1])
	require.Equal(t, incident.Day{Date: "2026-03-07", Closed: 1}, k.Days[6])
	require.Equal(t, incident.Day{Date: "2026-03-09", Opened: 1, Backlog: 1}, k.Days[8], "what follows up is an incident of its own")
	require.Equal(t, itsm.TotalTime{Seconds: (28 + 24) * 3600}, k.Resolution.Calendar.Total)
	require.Equal(t, "no data", k.Resolution.Business.String(), "this mapping has no agreement")
	require.False(t, k.Breached.HasData())
	require.Equal(t, incident.HoldShare{Reason: "caller", Held: itsm.TotalTime{Seconds: 2 * 3600}, Open: k.Resolution.Calendar.Total}, k.Holds[0])
	require.Equal(t, []string{"group", "priority"}, []string{k.By[0].Field, k.By[1].Field})
	for _, g := range k.By[0].Groups {
		require.Empty(t, g.Days)
	}
}

// TestFiguresKnowTheAgreement, where the mapping has one: breached is what the
// clocks say.
func TestFiguresKnowTheAgreement(t *testing.T) {
	m, err := ParseMapping([]byte(replaceOnce(t, tinyMapping, `"states"`, promising(t, `"is": [4]`, `"is": [3]`)+`"states"`)))
	require.NoError(t, err)
	rows := "A,done,2026-03-02 09:00,0,red,eve,big\n" + // a Monday
		"B,done,2026-03-02 09:00,0,red,eve,big\n" +
		"C,done,2026-03-02 09:00,0,red,eve,low\n" +
		"D,done,2026-03-02 09:00,0,red,eve,big\n" +
		"A,over,2026-03-02 13:00,1,red,eve,big\n" +
		"C,over,2026-03-02 13:00,1,red,eve,low\n" +
		"B,over,2026-03-02 13:01,1,red,eve,big\n" +
		"A,work,2026-03-09 09:00,2,red,eve,big\n" +
		"A,done,2026-03-09 10:00,3,red,eve,big\n"
	log, err := read(t, tinyHeader+rows)
	require.NoError(t, err)
	r, err := Rules(context.Background(), log, m, nil)
	require.NoError(t, err)
	require.Equal(t, itsm.Ratio{Num: 1, Den: 2}, r.KPIs.Breached, "C is promised nothing, D not decided, what follows up A has no clock")
	require.Equal(t, int64(5), r.KPIs.Resolution.Business.Count)

	data, err := json.Marshal(r)
	require.NoError(t, err)
	var again Result
	require.NoError(t, json.Unmarshal(data, &again))
	require.Equal(t, r.KPIs.String(), again.KPIs.String())
}

// TestFiguresBeginWithTheFirstOpening, which may be days before the first row. An
// opening that the log has after its row is taken to be at the row.
func TestFiguresBeginWithTheFirstOpening(t *testing.T) {
	m, err := ParseMapping([]byte(strings.Replace(tinyMapping, `"id"`, `"id", "opened": "born"`, 1)))
	require.NoError(t, err)
	for born, first := range map[string]sla.Date{"2026-03-02 09:00": "2026-03-02", "2026-03-09 09:00": "2026-03-04"} {
		log, err := Read(context.Background(), "tiny.csv", strings.NewReader("id,status,when,n,team,who,impact,born\n"+
			"A,open,2026-03-04 09:00,0,red,eve,big,"+born+"\n"+
			"A,done,2026-03-05 10:00,1,red,eve,big,"+born+"\n"), m)
		require.NoError(t, err)
		r, err := Rules(context.Background(), log, m, nil)
		require.NoError(t, err)
		require.Equal(t, first, r.KPIs.Days[0].Date)
		require.Equal(t, int64(1), r.KPIs.Days[0].Opened)
		require.Equal(t, incident.Day{Date: "2026-03-05", Resolved: 1}, r.KPIs.Days[len(r.KPIs.Days)-1])
	}
}

// TestFiguresOfTheBuiltInLog: a count over the rows of the file, without this
// library, gives 24,918 incidents, the same openings and resolutions but for the 12
// follow-ups, and 8,444 of 24,240 of P3 and P4 with made_sla false; see the oracle
// for the difference. To these come 252 incidents with a promise for P3 or P4 that
// were P1 or P2 in the end, of which 114 had exceeded it.
func TestFiguresOfTheBuiltInLog(t *testing.T) {
	log, m, err := BuiltIn(context.Background())
	require.NoError(t, err)
	r, err := Rules(context.Background(), log, m, nil)
	require.NoError(t, err)
	k := r.KPIs
	require.Equal(t, int64(r.Incidents+r.FollowUps), k.Opened)
	require.Equal(t, k.Opened, k.Resolved)
	require.Zero(t, k.Backlog)
	require.Equal(t, itsm.Ratio{Num: 8567, Den: 24_492}, k.Breached)
	require.Equal(t, itsm.Ratio{Num: 260, Den: 24_930}, k.Reopened)
	median, ok := k.Resolution.Calendar.Percentile(50)
	require.True(t, ok)
	require.Equal(t, 15*time.Hour+7*time.Minute, median)
	for i, want := range []string{"29.90 %", "6.58 %", "2.25 %", "0.00 %", "0.29 %"} {
		require.Equal(t, want, k.Holds[i].Percent(), k.Holds[i].Reason)
	}
}
