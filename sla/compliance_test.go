package sla_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// reportSchema is the fields that the agreements of these tests ask for.
func reportSchema() sla.Schema {
	return sla.Schema{
		{Name: "phase", Type: itsm.Text},
		{Name: "hold_reason", Type: itsm.Text},
		{Name: "priority", Type: itsm.Number},
		{Name: "service", Type: itsm.Reference},
		{Name: "group", Type: itsm.Text},
		{Name: "cause", Type: itsm.Text},
		{Name: "public_notes", Type: itsm.Number},
	}
}

func dated(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

// gasWorks is an agreement with two targets: four hours for priority 1, a day for all
// else. Forces of nature are excused.
func gasWorks(number int, from, until time.Time) sla.Version {
	return sla.Version{
		Agreement: "AGR1", Number: number, Kind: sla.ServiceLevel, Party: "gas works", From: from, Until: until,
		Terms: sla.Terms{
			Targets: []sla.Target{
				{Name: "P1", Metric: sla.Resolution, When: sla.Is("priority", itsm.IntValue(1)), Within: "4h", Objective: "95"},
				{Name: "usual", Metric: sla.Resolution, Within: "24h", Objective: "90"},
			},
			Exceptions: []sla.Exception{{Name: "act of God", When: sla.OneOf("cause", "flood")}},
			Workload:   []sla.Workload{{Name: "incidents", Limit: 2, Per: sla.Monthly}},
			Notice:     "72h",
		},
	}
}

func bookWith(t testing.TB, versions ...sla.Version) *sla.Book {
	t.Helper()
	b, err := sla.NewBook(reportSchema(), versions...)
	require.NoError(t, err)
	return b
}

// trackedAs is work of which moments are told as pairs of a time and facts.
func trackedAs(t testing.TB, b *sla.Book, id string, moments ...sla.Moment) *sla.Work {
	t.Helper()
	w, err := b.Track(itsm.Ref{Kind: "incident", ID: id}, moments...)
	require.NoError(t, err)
	return &w
}

func openedAt(at string, priority int64, group string) sla.Moment {
	return sla.Moment{At: dated(at), Facts: sla.Facts{"phase": itsm.TextValue(itsm.Active), "priority": itsm.IntValue(priority), "group": itsm.TextValue(group)}}
}

func turnedTo(at string, p itsm.Phase) sla.Moment {
	return sla.Moment{At: dated(at), Facts: sla.Facts{"phase": itsm.TextValue(p)}}
}

// workOfNovember is one of each: met in time to the minute, missed, met, excused,
// cancelled, running late, running, opened after.
func workOfNovember(t testing.TB, b *sla.Book) []*sla.Work {
	flood := turnedTo("2026-11-12 09:00", itsm.Done)
	flood.Facts["cause"] = itsm.TextValue("flood")
	return []*sla.Work{
		trackedAs(t, b, "1", openedAt("2026-11-02 09:00", 1, "net"), turnedTo("2026-11-02 13:00", itsm.Done)),
		trackedAs(t, b, "2", openedAt("2026-11-03 09:00", 1, "net"), turnedTo("2026-11-03 13:01", itsm.Done)),
		trackedAs(t, b, "3", openedAt("2026-10-31 23:00", 3, "mail"), turnedTo("2026-11-01 00:00", itsm.Done)),
		trackedAs(t, b, "4", openedAt("2026-11-05 09:00", 1, "net"), flood),
		trackedAs(t, b, "5", openedAt("2026-11-06 09:00", 3, "mail"), turnedTo("2026-11-09 09:00", itsm.Final)),
		trackedAs(t, b, "6", openedAt("2026-11-28 09:00", 3, "")),
		trackedAs(t, b, "7", openedAt("2026-11-30 09:00", 3, "")),
		trackedAs(t, b, "8", openedAt("2026-12-01 00:00", 3, "")),
		trackedAs(t, b, "9", openedAt("2026-10-30 09:00", 1, "net"), turnedTo("2026-10-31 23:59", itsm.Done)), // missed, in October
	}
}

func periodOf(t testing.TB, name string) sla.Period {
	t.Helper()
	p, err := sla.ParsePeriod(name, nil)
	require.NoError(t, err)
	return p
}

func itemIDs(list []sla.Judged) []string {
	var ids []string
	for _, j := range list {
		ids = append(ids, j.Item.ID)
	}
	return ids
}

func TestISO_8_3_3_PerformanceAgainstTargets(t *testing.T) {
	b := bookWith(t, gasWorks(1, dated("2026-01-01 00:00"), time.Time{}))
	c, err := sla.MeasureCompliance(slices.Values(workOfNovember(t, b)), b, periodOf(t, "2026-11"), &sla.ComplianceOptions{
		By: [][]sla.Dimension{{sla.ByTarget}, {sla.ByMonth, sla.ByFact("priority")}, {sla.ByFact("group")}}, Kept: true, Causes: []string{"group"},
	})
	require.NoError(t, err)
	assert.Equal(t, itsm.Ratio{Num: 2, Den: 3}, c.Met)
	assert.Equal(t, []string{"2"}, itemIDs(c.Missed))
	assert.Equal(t, []string{"3", "1"}, itemIDs(c.Kept))
	require.Len(t, c.Excused, 1)
	assert.Equal(t, "act of God", c.Excused[0].Exception)
	assert.Equal(t, []int64{1, 1, 2}, []int64{c.Cancelled, c.CancelledLate, c.Running})
	assert.Equal(t, []string{"6"}, itemIDs(c.Late))
	assert.Equal(t, 63*time.Hour, c.Late[0].Elapsed, "as it was at the end of the period")
	assert.Equal(t, sla.NoObjective, c.Verdict)
	assert.Equal(t, []sla.MissedCause{{Field: "cause", Value: "too late", Count: 1}, {Field: "group", Value: "net", Count: 1}}, c.Causes)

	p1, usual := c.By[0].Cells[0], c.By[0].Cells[1]
	assert.Equal(t, []string{"AGR1 P1"}, p1.Key)
	assert.Equal(t, []any{itsm.Ratio{Num: 1, Den: 2}, "95", sla.ObjectiveMissed}, []any{p1.Met, p1.Objective, p1.Verdict})
	assert.Equal(t, []any{itsm.Ratio{Num: 1, Den: 1}, "90", sla.ObjectiveReached}, []any{usual.Met, usual.Objective, usual.Verdict})
	assert.Equal(t, []string{"2026-11"}, c.By[1].Cycles)
	assert.Equal(t, [][]string{{"2026-11", "1"}, {"2026-11", "3"}}, [][]string{c.By[1].Cells[0].Key, c.By[1].Cells[1].Key})
	assert.Equal(t, [][]string{{""}, {"mail"}, {"net"}}, [][]string{c.By[2].Cells[0].Key, c.By[2].Cells[1].Key, c.By[2].Cells[2].Key})
	assert.Equal(t, sla.NoData, c.By[2].Cells[0].Verdict)

	text, err := json.Marshal(c)
	require.NoError(t, err)
	var read sla.Compliance
	require.NoError(t, json.Unmarshal(text, &read))
	assert.Equal(t, c, &read)
	assert.Contains(t, c.String(), "missed         incident:2 promise 1, 4h1m0s of 4h0m0s, too late")

	later, err := sla.MeasureCompliance(slices.Values(workOfNovember(t, b)), b, periodOf(t, "2026-11"), &sla.ComplianceOptions{At: dated("2026-11-29 09:00")})
	require.NoError(t, err)
	assert.Empty(t, later.Late, "due at that very instant")
	assert.Equal(t, int64(1), later.Running)
}

// TestR27_NoDataIsNotAllOfIt, nor is a report of nothing.
func TestR27_NoDataIsNotAllOfIt(t *testing.T) {
	b := bookWith(t)
	c, err := sla.MeasureCompliance(slices.Values([]*sla.Work{}), b, periodOf(t, "2026-11"), nil)
	require.NoError(t, err)
	assert.False(t, c.Met.HasData())
	assert.Equal(t, sla.NoData, c.Verdict)
	assert.Contains(t, c.String(), "met            no data\n")
	_, found := c.Elapsed.Percentile(50)
	assert.False(t, found)
}

func TestR27_MaintenanceIsExcludedIfAnnounced(t *testing.T) {
	terms := gasWorks(1, dated("2026-01-01 00:00"), time.Time{}).Terms
	begin := dated("2026-11-20 22:00")
	assert.True(t, terms.Excludes(begin.Add(-72*time.Hour), begin))
	assert.False(t, terms.Excludes(begin.Add(-72*time.Hour+1), begin))
	assert.False(t, terms.Excludes(time.Time{}, begin), "never announced")
	terms.Notice = ""
	assert.False(t, terms.Excludes(begin.Add(-1000*time.Hour), begin), "nothing is agreed")
	terms.Notice = "soon"
	assert.False(t, terms.Excludes(begin.Add(-1000*time.Hour), begin))
}

// TestIssuedReportsStay: made of the work as it stood then, a report says the same
// after one of its pieces was reopened, and missed.
func TestIssuedReportsStay(t *testing.T) {
	b := bookWith(t, gasWorks(1, dated("2026-01-01 00:00"), time.Time{}))
	work := workOfNovember(t, b)
	issued := dated("2026-12-01 08:00")
	report := func() *sla.Compliance {
		var then []*sla.Work
		for _, w := range work {
			past, err := b.AsOf(w, issued)
			require.NoError(t, err)
			then = append(then, &past)
		}
		c, err := sla.MeasureCompliance(slices.Values(then), b, periodOf(t, "2026-11"), nil)
		require.NoError(t, err)
		return c
	}
	before := report()
	for _, m := range []sla.Moment{turnedTo("2026-12-02 09:00", itsm.Active), turnedTo("2026-12-04 09:00", itsm.Done)} {
		next, err := b.Observe(work[0], m)
		require.NoError(t, err)
		work[0] = &next
	}
	assert.Equal(t, before, report())
	now, err := sla.MeasureCompliance(slices.Values(work), b, periodOf(t, "2026-11"), nil)
	require.NoError(t, err)
	assert.Equal(t, itsm.Ratio{Num: 1, Den: 2}, now.Met, "of the work as it is now, the last stop decides, in December")
	december, err := sla.MeasureCompliance(slices.Values(work), b, periodOf(t, "2026-12"), nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"1"}, itemIDs(december.Missed))
}

// TestR25_RenewedClocksCountEach: a clock that a reset ended is met or missed as
// any other.
func TestR25_RenewedClocksCountEach(t *testing.T) {
	v := gasWorks(1, dated("2026-01-01 00:00"), time.Time{})
	v.Terms.Targets = []sla.Target{{Name: "updates", Metric: sla.Update, Within: "1h"}}
	b := bookWith(t, v)
	note := func(at string, n int64) sla.Moment {
		return sla.Moment{At: dated(at), Facts: sla.Facts{"public_notes": itsm.IntValue(n)}}
	}
	w := trackedAs(t, b, "1", openedAt("2026-11-02 09:00", 1, ""), note("2026-11-02 09:30", 1), note("2026-11-02 11:00", 2), turnedTo("2026-11-02 12:00", itsm.Done))
	c, err := sla.MeasureCompliance(slices.Values([]*sla.Work{w}), b, periodOf(t, "2026-11"), nil)
	require.NoError(t, err)
	assert.Equal(t, itsm.Ratio{Num: 2, Den: 3}, c.Met)
	assert.Equal(t, 2, c.Missed[0].Promise)
	assert.Equal(t, "100", c.Objective)
}

// TestNotRoundedAcrossAThreshold: 99.951 % is neither shown nor taken as more than
// it is.
func TestNotRoundedAcrossAThreshold(t *testing.T) {
	for _, c := range []struct {
		objective string
		missed    int
		of        int
		want      sla.Verdict
		percent   string
	}{
		{"100", 49, 100_000, sla.ObjectiveMissed, "99.95 %"}, // 99.951 %
		{"99.951", 49, 100_000, sla.ObjectiveReached, "99.95 %"},
		{"99.9510001", 49, 100_000, sla.ObjectiveMissed, "99.95 %"},
		{"100", 1, 1_000_000, sla.ObjectiveMissed, "99.99 %"},
		{"100", 0, 3, sla.ObjectiveReached, "100.00 %"},
		{"66.6666666666666666", 1, 3, sla.ObjectiveReached, "66.66 %"},
		{"66.6666666666666667", 1, 3, sla.ObjectiveMissed, "66.66 %"},
	} {
		v := gasWorks(1, dated("2026-01-01 00:00"), time.Time{})
		v.Terms.Targets[1].Objective = c.objective
		m, err := sla.NewComplianceMeter(bookWith(t, v), periodOf(t, "2026-11"), nil)
		require.NoError(t, err)
		w := &sla.Work{Promises: []sla.Promise{stoppedPromise("AGR1", 1, "usual", dated("2026-11-02 00:00"), time.Hour)}}
		for i := range c.of {
			w.Promises[0].Breached, w.Promises[0].Cause = time.Time{}, ""
			if i < c.missed {
				w.Promises[0].Breached, w.Promises[0].Cause = dated("2026-11-01 00:00"), sla.Tightened
			}
			require.NoError(t, m.Add(w))
		}
		r := m.Compliance()
		assert.Equal(t, c.want, r.Verdict, c.objective)
		assert.Equal(t, c.percent, r.Met.Percent(), c.objective)
	}
}

// stoppedPromise is a promise of which the clock was stopped.
func stoppedPromise(agreement string, version int, target string, at time.Time, elapsed time.Duration) sla.Promise {
	p := sla.Promise{ID: 1, Kind: sla.ServiceLevel, Party: "gas works", Metric: sla.Resolution, Agreement: agreement, Version: version, Target: target, Ending: sla.Done}
	p.State = sla.State{Goal: 24 * time.Hour, Started: at.Add(-elapsed), Last: at, Elapsed: elapsed, Status: sla.Stopped}
	if elapsed > p.Goal {
		p.Breached, p.Reached, p.Cause = p.Started.Add(p.Goal), p.Started.Add(p.Goal), sla.TooLate
	}
	return p
}

// TestObjectivesOfVersions: a target that versions of its agreement hold to
// different objectives is judged by version, and not by target.
func TestObjectivesOfVersions(t *testing.T) {
	first, second := gasWorks(1, dated("2026-01-01 00:00"), dated("2026-11-15 00:00")), gasWorks(2, dated("2026-11-15 00:00"), dated("2026-11-20 00:00"))
	second.Terms.Targets[1].Objective = "99"
	b := bookWith(t, first, second, gasWorks(3, dated("2026-11-20 00:00"), time.Time{}))
	work := []*sla.Work{
		trackedAs(t, b, "1", openedAt("2026-11-14 09:00", 3, ""), turnedTo("2026-11-15 09:00", itsm.Done)),
		trackedAs(t, b, "2", openedAt("2026-11-15 09:00", 3, ""), turnedTo("2026-11-15 10:00", itsm.Done)),
		trackedAs(t, b, "3", openedAt("2026-11-15 09:00", 1, ""), turnedTo("2026-11-15 10:00", itsm.Done)),
		trackedAs(t, b, "4", openedAt("2026-11-14 09:00", 1, ""), turnedTo("2026-11-14 10:00", itsm.Done)),
		trackedAs(t, b, "5", openedAt("2026-11-13 09:00", 3, ""), turnedTo("2026-11-13 10:00", itsm.Done)),
		trackedAs(t, b, "6", openedAt("2026-11-23 09:00", 3, ""), turnedTo("2026-11-23 10:00", itsm.Done)), // as in the first version
	}
	c, err := sla.MeasureCompliance(slices.Values(work), b, periodOf(t, "2026-11"), &sla.ComplianceOptions{By: [][]sla.Dimension{{sla.ByTarget}, {sla.ByVersion, sla.ByTarget}}})
	require.NoError(t, err)
	cells := c.By[0].Cells
	require.Len(t, cells, 2)
	assert.Equal(t, []any{"P1", "95", sla.ObjectiveReached}, []any{cells[0].Target, cells[0].Objective, cells[0].Verdict}, "the same in both")
	assert.Equal(t, []any{"usual", "", sla.NoObjective}, []any{cells[1].Target, cells[1].Objective, cells[1].Verdict})
	cells = c.By[1].Cells
	require.Len(t, cells, 5)
	assert.Equal(t, []string{"AGR1 version 2", "AGR1 usual"}, cells[3].Key)
	assert.Equal(t, "99", cells[3].Objective)
}

func TestComplianceRefusals(t *testing.T) {
	b := bookWith(t, gasWorks(1, dated("2026-01-01 00:00"), time.Time{}))
	november := periodOf(t, "2026-11")
	local := november
	local.Zone = time.FixedZone("Local", 0)
	for field, try := range map[string]func() error{
		"book": func() error { _, err := sla.NewComplianceMeter(nil, november, nil); return err },
		"from": func() error { _, err := sla.NewComplianceMeter(b, sla.Period{}, nil); return err },
		"to": func() error {
			_, err := sla.NewComplianceMeter(b, sla.Period{From: november.To, To: november.From}, nil)
			return err
		},
		"zone":           func() error { _, err := sla.NewComplianceMeter(b, local, nil); return err },
		"by[0]":          refusedOptions(b, november, sla.ComplianceOptions{By: [][]sla.Dimension{{}}}),
		"by[0][0]":       refusedOptions(b, november, sla.ComplianceOptions{By: [][]sla.Dimension{{"colour"}}}),
		"by[1][0]":       refusedOptions(b, november, sla.ComplianceOptions{By: [][]sla.Dimension{{sla.ByKind}, {sla.ByFact("colour")}}}),
		"by[0][1]":       refusedOptions(b, november, sla.ComplianceOptions{By: [][]sla.Dimension{{sla.ByMonth, sla.ByWeek}}}),
		"by[0][2]":       refusedOptions(b, november, sla.ComplianceOptions{By: [][]sla.Dimension{{sla.ByMonth, sla.ByKind, sla.ByKind}}}),
		"at":             refusedOptions(b, november, sla.ComplianceOptions{At: november.From}),
		"causes[0]":      refusedOptions(b, november, sla.ComplianceOptions{Causes: []string{"colour"}}),
		"causes[1]":      refusedOptions(b, november, sla.ComplianceOptions{Causes: []string{"group", "group"}}),
		"percentiles[0]": refusedOptions(b, november, sla.ComplianceOptions{Percentiles: []int{0}}),
		"work": func() error {
			m, err := sla.NewComplianceMeter(b, november, nil)
			require.NoError(t, err)
			return m.Add(nil)
		},
		"promises[1]": func() error {
			m, err := sla.NewComplianceMeter(b, november, nil)
			require.NoError(t, err)
			met, strange := stoppedPromise("AGR1", 1, "usual", dated("2026-11-02 00:00"), time.Hour), stoppedPromise("AGR1", 2, "usual", dated("2026-11-02 00:00"), time.Hour)
			err = m.Add(&sla.Work{Item: itsm.Ref{Kind: "incident", ID: "7"}, Promises: []sla.Promise{met, strange}})
			assert.ErrorContains(t, err, "incident:7")
			assert.False(t, m.Compliance().Met.HasData(), "as if it had not been added")
			return err
		},
	} {
		var wrong *itsm.FieldError
		if assert.ErrorAs(t, try(), &wrong, field) {
			assert.Equal(t, field, wrong.Field)
		}
	}
}

func refusedOptions(b *sla.Book, p sla.Period, o sla.ComplianceOptions) func() error {
	return func() error { _, err := sla.NewComplianceMeter(b, p, &o); return err }
}

// TestEndsOfThePeriod: what is stopped at its beginning counts, what is stopped at
// its end still ran.
func TestEndsOfThePeriod(t *testing.T) {
	b := bookWith(t, gasWorks(1, dated("2026-01-01 00:00"), time.Time{}))
	w := &sla.Work{Promises: []sla.Promise{
		stoppedPromise("AGR1", 1, "usual", dated("2026-11-01 00:00"), time.Hour),
		stoppedPromise("AGR1", 1, "usual", dated("2026-12-01 00:00"), time.Hour),
		stoppedPromise("AGR1", 1, "usual", dated("2026-12-01 00:00"), 0),
		stoppedPromise("AGR1", 1, "usual", dated("2026-10-31 23:59"), time.Hour),
	}}
	c, err := sla.MeasureCompliance(slices.Values([]*sla.Work{w}), b, periodOf(t, "2026-11"), nil)
	require.NoError(t, err)
	assert.Equal(t, []int64{1, 1, 1}, []int64{c.Met.Num, c.Met.Den, c.Running})
}

// TestLateAtTheEnd: work that was finished after the period was late when it ended
// if its time was exceeded by then.
func TestLateAtTheEnd(t *testing.T) {
	v := gasWorks(1, dated("2026-01-01 00:00"), time.Time{})
	v.Terms.Calendars = map[string]sla.Hours{"office": {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})}}
	v.Terms.Calendar = "office"
	v.Terms.Targets[1].Within = "8h"
	b := bookWith(t, v)
	november := periodOf(t, "2026-11") // ends on a Monday night
	for _, c := range []struct {
		opened, done string
		want         []string
	}{
		{"2026-11-30 09:00", "2026-12-01 08:00", nil},           // due at closing time on Monday
		{"2026-11-30 09:00", "2026-12-01 10:00", nil},           // missed by what came in December
		{"2026-11-27 16:00", "2026-12-01 10:00", []string{"1"}}, // due on Monday at 16:00
		{"2026-12-01 09:00", "2026-12-08 10:00", nil},
	} {
		w := trackedAs(t, b, "1", openedAt(c.opened, 3, ""), turnedTo(c.done, itsm.Done))
		w.ID = uuid.UUID{15: 1}
		r, err := sla.MeasureCompliance(slices.Values([]*sla.Work{w}), b, november, nil)
		require.NoError(t, err)
		assert.Equal(t, c.want, itemIDs(r.Late), c.opened)
		then, err := b.AsOf(w, november.To.Add(-time.Microsecond))
		require.NoError(t, err)
		exact, err := sla.MeasureCompliance(slices.Values([]*sla.Work{&then}), b, november, nil)
		require.NoError(t, err)
		assert.Equal(t, c.want, itemIDs(exact.Late), "made of the work as it stood")
		for i := range exact.Late {
			exact.Late[i].Work = w.ID
		}
		assert.Equal(t, exact.Late, r.Late, "with what the clock showed then, not what it came to")
		assert.Equal(t, exact.Running, r.Running)
	}
}
