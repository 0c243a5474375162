package sla_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/sla"
)

// TestDivide compares with walking through a period minute by minute, where zones
// put their clocks on or back at midnight or skip a date, and on the last day of a
// leap year, of which the time package does not know how long its offset holds
// (https://go.dev/issue/81583).
func TestDivide(t *testing.T) {
	for _, c := range []struct{ zone, around string }{
		{"UTC", "2026-03-02"},
		{"Europe/Berlin", "2026-03-29"},
		{"Europe/Berlin", "2026-10-25"},
		{"Asia/Beirut", "2026-03-29"},         // midnight is skipped
		{"America/Sao_Paulo", "2018-11-04"},   // midnight is skipped
		{"America/Sao_Paulo", "2018-02-18"},   // midnight falls back before itself
		{"America/Havana", "2025-11-02"},      // midnight is shown twice
		{"America/St_Johns", "2006-10-29"},    // 00:01 falls back to 23:01
		{"America/St_Johns", "2006-04-02"},    // 00:01 goes on to 01:01
		{"Pacific/Apia", "2011-12-30"},        // not there
		{"Pacific/Kwajalein", "1993-08-21"},   // not there
		{"Australia/Lord_Howe", "2026-04-05"}, // half an hour
		{"Africa/Cairo", "2026-04-24"},        // midnight is skipped
		{"Europe/Berlin", "2040-12-31"},
		{"Pacific/Auckland", "2048-12-31"},
		{"America/Los_Angeles", "2196-12-31"},
	} {
		t.Run(c.zone+" "+c.around, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			noon, err := time.Parse(time.DateOnly, c.around)
			require.NoError(t, err)
			for _, cut := range []time.Duration{0, 7 * time.Hour, 10 * time.Hour, 3*time.Hour + 55*time.Minute} {
				p := sla.Period{From: noon.Add(-60 * time.Hour).Add(cut), To: noon.Add(72 * time.Hour).Add(-cut), Zone: zone}
				var want, got, shown []string
				days := p.Divide(sla.Daily)
				for at := p.From; at.Before(p.To); at = at.Add(time.Minute) {
					date := at.In(zone).Format(time.DateOnly)
					if len(shown) == 0 || date > shown[len(shown)-1] { // shown for the first time
						shown = append(shown, date)
						want = append(want, fmt.Sprint(date, at))
					}
					require.Equal(t, shown[len(shown)-1], days.Name(days.Of(at)), "%s", at.In(zone))
				}
				for i, day := range p.Cycles(sla.Daily) {
					got = append(got, fmt.Sprint(days.Name(i), day.From.UTC()))
				}
				require.Equal(t, want, got)
				require.Equal(t, len(want), days.Len())
				require.Equal(t, []int{-1, -1, -1}, []int{days.Of(p.From.Add(-time.Microsecond)), days.Of(p.To), days.Of(time.Time{})})
			}
		})
	}
	none := sla.Period{From: time.Unix(0, 0), To: time.Unix(9, 0)}.Divide("fortnight")
	require.Equal(t, []int{0, -1}, []int{none.Len(), none.Of(time.Unix(5, 0))})
}
