package incident

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/sla"
)

// TestDatesOfAPeriod compares with walking through it minute by minute,
// where zones put their clocks on or back at midnight, or skip a date.
func TestDatesOfAPeriod(t *testing.T) {
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
	} {
		t.Run(c.zone+" "+c.around, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			noon, err := time.Parse(time.DateOnly, c.around)
			require.NoError(t, err)
			for _, cut := range []time.Duration{0, 7 * time.Hour, 10 * time.Hour, 3*time.Hour + 55*time.Minute} {
				p := Period{noon.Add(-60 * time.Hour).Add(cut), noon.Add(72 * time.Hour).Add(-cut), zone}
				var want, got []string
				var shown []sla.Date
				dates := p.dates()
				for at := p.From; at.Before(p.To); at = at.Add(time.Minute) {
					date := sla.DateOf(at.In(zone))
					if len(shown) == 0 || date > shown[len(shown)-1] { // shown for the first time
						shown = append(shown, date)
						want = append(want, fmt.Sprint(date, at.UnixMicro()))
					}
					require.Equal(t, shown[len(shown)-1], dates.names[dates.of(at)], "%s", at.In(zone))
				}
				for i, name := range dates.names {
					got = append(got, fmt.Sprint(name, dates.bounds[i]))
				}
				require.Equal(t, want, got)
				require.Equal(t, p.To.UnixMicro(), dates.bounds[len(dates.bounds)-1])
			}
		})
	}
}
