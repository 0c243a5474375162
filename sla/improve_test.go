package sla_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

// TestISO_8_3_3_MissedTargetsAreImprovementOpportunities, and so are limits that
// were exceeded and shares that fall.
func TestISO_8_3_3_MissedTargetsAreImprovementOpportunities(t *testing.T) {
	b := bookWith(t, gasWorks(1, dated("2026-01-01 00:00"), time.Time{}))
	var work []*sla.Work
	for m, missed := range []int{0, 1, 2} { // of four each, in October to December
		for i := range 4 {
			hours, group := 4, "net"
			if i < missed {
				hours = 5 + i
			}
			if i == 1 {
				group = "mail"
			}
			at := time.Date(2026, time.Month(10+m), 10+i, 9, 0, 0, 0, time.UTC)
			work = append(work, trackedAs(t, b, fmt.Sprintf("%d-%d", 10+m, i),
				openedAt(at.Format("2006-01-02 15:04"), 1, group), turnedTo(at.Add(time.Duration(hours)*time.Hour).Format("2006-01-02 15:04"), "done")))
		}
	}
	q4 := periodOf(t, "2026-Q4")
	c, err := sla.MeasureCompliance(slices.Values(work), b, q4, &sla.ComplianceOptions{
		By: [][]sla.Dimension{{sla.ByTarget}, {sla.ByMonth, sla.ByTarget}}, Causes: []string{"group"},
	})
	require.NoError(t, err)
	w, err := sla.MeasureWorkload(slices.Values(work), b, q4)
	require.NoError(t, err)
	list, err := sla.Improvements(c, w)
	require.NoError(t, err)
	var lines []string
	for _, i := range list {
		lines = append(lines, i.String())
	}
	assert.Equal(t, []string{
		"target missed: AGR1 P1, month 2026-12, target AGR1 P1: 2/4, 50.00 % of 95 %, short of it by 45 %, 2 more needed",
		"target missed: AGR1 P1: 9/12, 75.00 % of 95 %, short of it by 20 %, 3 more needed",
		"target missed: AGR1 P1, month 2026-11, target AGR1 P1: 3/4, 75.00 % of 95 %, short of it by 20 %, 1 more needed",
		"limit exceeded: AGR1 incidents, month 2026-10: 2 over, 100 % of the limit",
		"limit exceeded: AGR1 incidents, month 2026-11: 2 over, 100 % of the limit",
		"limit exceeded: AGR1 incidents, month 2026-12: 2 over, 100 % of the limit",
		"compliance falling: target AGR1 P1, by month: 25 % of the work a cycle",
	}, lines)
	assert.Equal(t, []string{"11-0", "12-0", "12-1"}, itemIDs(list[1].Missed))
	assert.Equal(t, []sla.MissedCause{{Field: "cause", Value: "too late", Count: 3}, {Field: "group", Value: "net", Count: 2}, {Field: "group", Value: "mail", Count: 1}}, list[1].Causes)
	assert.Len(t, list[3].Above, 2)
	assert.Equal(t, int64(-3), list[6].Trend.S)
	text, err := json.Marshal(list)
	require.NoError(t, err)
	var read []sla.Improvement
	require.NoError(t, json.Unmarshal(text, &read))
	for i := range read {
		assert.Equal(t, list[i].String(), read[i].String())
	}
	c.By[1].Cycles = c.By[1].Cycles[:2]
	list, err = sla.Improvements(&sla.Compliance{By: []sla.Breakdown{{By: c.By[1].By, Cycles: c.By[1].Cycles}, c.By[1]}}, nil)
	require.NoError(t, err)
	assert.False(t, slices.ContainsFunc(list, func(i sla.Improvement) bool { return i.Why == sla.ShareFalling }), "two points are no trend to act on")
	none, err := sla.Improvements(nil, nil)
	require.NoError(t, err)
	assert.Empty(t, none)
}

// TestImprovementNeeded: as many more as make the share reach the objective, and
// not one more.
func TestImprovementNeeded(t *testing.T) {
	v := gasWorks(1, dated("2026-01-01 00:00"), time.Time{})
	v.Terms.Targets[1].Objective = "99.9"
	b := bookWith(t, v)
	for of := 1; of < 40; of++ {
		for missed := 1; missed <= of; missed += 3 {
			m, err := sla.NewComplianceMeter(b, periodOf(t, "2026-11"), &sla.ComplianceOptions{By: [][]sla.Dimension{}})
			require.NoError(t, err)
			for i := range of {
				hours := time.Hour
				if i < missed {
					hours = 30 * time.Hour
				}
				require.NoError(t, m.Add(&sla.Work{Promises: []sla.Promise{stoppedPromise("AGR1", 1, "usual", dated("2026-11-03 09:00"), hours)}}))
			}
			list, err := sla.Improvements(m.Compliance(), nil)
			require.NoError(t, err)
			require.Len(t, list, 1)
			needed := int64(0)
			for 1000*(int64(of-missed)+needed) < 999*int64(of) {
				needed++
			}
			require.Equal(t, needed, list[0].Needed, "%d of %d missed", missed, of)
		}
	}
}

// TestReportsFromElsewhere: reports have a JSON form, so what reckons with them takes
// none on trust.
func TestReportsFromElsewhere(t *testing.T) {
	b := bookWith(t, gasWorks(1, dated("2026-01-01 00:00"), time.Time{}))
	for text, field := range map[string]string{
		`{"by":[{"by":["month","target"],"cycles":["2026-11"],"cells":[{"key":["2026-11"]}]}]}`: "by[0].cells[0].key",
		`{"by":[{"by":["month"],"cells":[{}]}]}`:                                                "by[0].cells[0].key",
		`{"by":[{"by":["target"],"cells":[{"key":["a b"],"met":{"num":3,"den":2}}]}]}`:          "by[0].cells[0].met",
		`{"met":{"num":1,"den":-1},"verdict":"missed","objective":"95"}`:                        "met",
	} {
		var c sla.Compliance
		require.NoError(t, json.Unmarshal([]byte(text), &c), text)
		_, err := sla.Improvements(&c, nil)
		itsmtest.RequireField(t, err, field)
		require.NotPanics(t, func() { _ = c.String() })
		c.Zone = "UTC"
		_, err = b.Credits(&c, "AGR1", 1)
		itsmtest.RequireField(t, err, "compliance."+field)
	}
	_, err := sla.Improvements(nil, &sla.WorkloadReport{Limits: []sla.LimitCount{{Cycles: []sla.CycleCount{{Over: 1}}}}})
	itsmtest.RequireField(t, err, "limits[0].limit")
	require.NotPanics(t, func() { _ = sla.Improvement{}.String() })
}
