package sla_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

func TestISO_8_3_3_WorkloadAgainstLimits(t *testing.T) {
	first, second := gasWorks(1, dated("2026-01-01 00:00"), dated("2026-11-15 00:00")), gasWorks(2, dated("2026-11-15 00:00"), time.Time{})
	second.Terms.Workload = []sla.Workload{{Name: "mail", When: sla.OneOf("group", "mail"), Limit: 1, Per: sla.Weekly}}
	second.Terms.Zone = "Europe/Berlin"
	b := bookWith(t, first, second)
	var work []*sla.Work
	for _, w := range []struct{ id, at, group string }{
		{"e", "2026-11-05 09:00", "net"}, {"d", "2026-11-05 09:00", "net"}, {"c", "2026-11-04 09:00", "net"}, {"b", "2026-11-14 23:59", "mail"},
		{"a", "2026-10-31 23:59", "net"}, // before
		{"f", "2026-11-15 22:59", "mail"}, {"g", "2026-11-15 23:00", "mail"}, {"h", "2026-11-20 09:00", "mail"}, {"i", "2026-11-20 08:00", "net"},
	} {
		work = append(work, trackedAs(t, b, w.id, openedAt(w.at, 3, w.group)))
	}
	work[0].Opened = dated("2026-11-05 08:59") // by its record, where there is one
	r, err := sla.MeasureWorkload(slices.Values(work), b, periodOf(t, "2026-11"))
	require.NoError(t, err)
	assert.Equal(t, `workload from 2026-11-01T00:00:00Z to 2026-12-01T00:00:00Z
AGR1 version 1, incidents: at most 2 a month of UTC
  2026-11        4, 2 over, in part
  above          incident:d opened 2026-11-05T09:00:00Z
  above          incident:b opened 2026-11-14T23:59:00Z
  trend          no data, 2026-11 without data
AGR1 version 2, mail: at most 1 a week of Europe/Berlin
  2026-W46       1, in part
  2026-W47       2, 1 over
  above          incident:h opened 2026-11-20T09:00:00Z
  2026-W48       0
  2026-W49       0, in part
  trend          falling, -2 a cycle (S -1 of 2 points), 2026-W46 without data, 2026-W49 without data
`, r.String())
	text, err := json.Marshal(r)
	require.NoError(t, err)
	var read sla.WorkloadReport
	require.NoError(t, json.Unmarshal(text, &read))
	assert.Equal(t, r.String(), read.String())

	_, err = sla.MeasureWorkload(slices.Values([]*sla.Work{nil}), b, periodOf(t, "2026-11"))
	itsmtest.RequireField(t, err, "work")
	_, err = sla.MeasureWorkload(slices.Values([]*sla.Work{{}}), b, periodOf(t, "2026-11"))
	itsmtest.RequireField(t, err, "opened")
	_, err = sla.NewWorkloadMeter(nil, periodOf(t, "2026-11"))
	itsmtest.RequireField(t, err, "book")
	_, err = sla.NewWorkloadMeter(b, sla.Period{})
	itsmtest.RequireField(t, err, "from")
}

// TestWorkloadIsTheAgreements: only work for its services counts.
func TestWorkloadIsTheAgreements(t *testing.T) {
	mail := itsm.Ref{Kind: "service", ID: "mail"}
	v := gasWorks(1, dated("2026-01-01 00:00"), time.Time{})
	v.Terms.Services = []itsm.Ref{mail}
	v.Terms.When = sla.Not(sla.OneOf("cause", "test"))
	b := bookWith(t, v)
	work := func(id string, facts sla.Facts) *sla.Work {
		return trackedAs(t, b, id, sla.Moment{At: dated("2026-11-05 09:00"), Facts: facts})
	}
	r, err := sla.MeasureWorkload(slices.Values([]*sla.Work{
		work("1", sla.Facts{"service": itsm.ReferenceValue(mail)}),
		work("2", sla.Facts{"service": itsm.ReferenceValue(itsm.Ref{Kind: "service", ID: "net"})}),
		work("3", sla.Facts{"service": itsm.ReferenceValue(mail), "cause": itsm.TextValue("test")}),
		work("4", nil),
	}), b, periodOf(t, "2026-11"))
	require.NoError(t, err)
	assert.Equal(t, 1, r.Limits[0].Cycles[0].Count)
	assert.True(t, r.Limits[0].Cycles[0].Whole)
}
