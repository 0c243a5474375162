package incident

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/sla"
)

// TestNearestRanks compares selecting with sorting, for lists that make selecting
// hard: sorted, reversed, all alike, few values, organ pipes, random.
func TestNearestRanks(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	all := make([]int, 100)
	for i := range all {
		all[i] = i + 1
	}
	for _, n := range []int{1, 2, 3, 10, 16, 17, 99, 100, 101, 1000, 4096} {
		for shape, at := range map[string]func(i int) int{
			"rising":      func(i int) int { return i },
			"falling":     func(i int) int { return n - i },
			"alike":       func(int) int { return 7 },
			"few values":  func(int) int { return rng.IntN(3) },
			"organ pipes": func(i int) int { return min(i, n-i) },
			"random":      func(int) int { return rng.IntN(1 << 30) },
		} {
			times := make([]time.Duration, n)
			for i := range times {
				times[i] = time.Duration(at(i))
			}
			sorted := slices.Sorted(slices.Values(times))
			for _, p := range nearestRanks(slices.Clone(times), all) {
				nth := (p.Rank*n + 99) / 100
				require.Equal(t, sorted[nth-1], p.Time, "%s, %d times, rank %d", shape, n, p.Rank)
			}
			for _, nth := range []int{0, n / 3, n - 1} {
				list := slices.Clone(times)
				selectNth(list, nth)
				require.Equal(t, sorted[nth], list[nth])
				require.Equal(t, sorted, slices.Sorted(slices.Values(list)), "none is lost")
			}
		}
	}
	require.Nil(t, nearestRanks(nil, all))
	require.Nil(t, nearestRanks([]time.Duration{1}, nil))
}

// TestSelectingIsNeverSlow builds, backwards, the order that is worst for the
// pivots that are chosen: each round takes away only the two greatest. Without an
// end to the rounds it would take 17 billion steps.
func TestSelectingIsNeverSlow(t *testing.T) {
	const n = 1 << 18
	list := make([]time.Duration, 16, n)
	for i := range list {
		list[i] = time.Duration(i)
	}
	for size := len(list) + 2; size <= n; size += 2 {
		middle := size / 2
		moved := list[middle]
		list[middle] = time.Duration(size - 2)
		list = append(list, moved, time.Duration(size-1))
	}
	began := time.Now()
	selectNth(list, 0)
	require.Zero(t, list[0])
	require.Less(t, time.Since(began), 3*time.Second)
}

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
