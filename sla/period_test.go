package sla_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	require.NoError(t, err)
	return zone
}

func TestParsePeriod(t *testing.T) {
	berlin := zoneOf(t, "Europe/Berlin")
	for name, want := range map[string][2]string{
		"2026":       {"2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00+01:00"},
		"2026-Q2":    {"2026-04-01T00:00:00+02:00", "2026-07-01T00:00:00+02:00"},
		"2026-Q4":    {"2026-10-01T00:00:00+02:00", "2027-01-01T00:00:00+01:00"},
		"2026-03":    {"2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"},
		"2026-W01":   {"2025-12-29T00:00:00+01:00", "2026-01-05T00:00:00+01:00"},
		"2026-W48":   {"2026-11-23T00:00:00+01:00", "2026-11-30T00:00:00+01:00"},
		"2026-W53":   {"2026-12-28T00:00:00+01:00", "2027-01-04T00:00:00+01:00"},
		"2026-03-29": {"2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"}, // 23 hours
	} {
		p, err := sla.ParsePeriod(name, berlin)
		require.NoError(t, err, name)
		assert.Equal(t, want, [2]string{p.From.Format(time.RFC3339), p.To.Format(time.RFC3339)}, name)
	}
	for _, name := range []string{
		"", "26", "0000", "1899", "2201", "2026-Q0", "2026-Q5", "2026-00", "2026-13", "2026-W00", "2025-W53", "2026-W54",
		"2026-02-29", "2026-2-9", "+026", "2026-+1", "2026-W+1", "2026-Q+", "2026/11", "2026-11-23T", "2026-11-00", "2026x11", "２０２",
	} {
		_, err := sla.ParsePeriod(name, berlin)
		var field *itsm.FieldError
		assert.ErrorAs(t, err, &field, name)
	}
	_, err := sla.ParsePeriod("2011-12-30", zoneOf(t, "Pacific/Apia"))
	assert.Error(t, err, "Samoa skipped the date")
	p, err := sla.ParsePeriod("2026", nil)
	require.NoError(t, err)
	assert.Equal(t, time.UTC, p.Zone)
}

// TestCyclesTile: whatever the zone, an instant lies in the cycle of its name, the
// instants around that have other names, and the cycles of a period tile it.
func TestCyclesTile(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"} {
		zone := zoneOf(t, name)
		for range 300 {
			at := time.Unix(rng.Int64N(9e9)-2e9, rng.Int64N(1e9)).UTC() // 1906 to 2191
			for _, c := range sla.Cycles() {
				p := c.Period(at, zone)
				require.True(t, p.Contains(at), "%s of %s in %s", c, at, zone)
				require.True(t, p.IsWhole(c))
				require.Equal(t, c.Name(at, zone), c.Name(p.From, zone))
				require.Equal(t, c.Name(at, zone), c.Name(p.To.Add(-time.Nanosecond), zone))
				require.NotEqual(t, c.Name(at, zone), c.Name(p.To, zone))
				require.NotEqual(t, c.Name(at, zone), c.Name(p.From.Add(-time.Nanosecond), zone))
				if at.Year() < 2200 {
					read, err := sla.ParsePeriod(c.Name(at, zone), zone)
					require.NoError(t, err)
					require.True(t, read.From.Equal(p.From) && read.To.Equal(p.To), c.Name(at, zone))
				}
				whole := sla.Period{From: at, To: at.Add(time.Duration(1 + rng.Int64N(int64(100*24*time.Hour)))), Zone: zone}
				end := whole.From
				list := whole.Cycles(c)
				for i, x := range list {
					require.True(t, x.From.Equal(end) && x.To.After(x.From))
					require.Equal(t, 0 < i && i < len(list)-1, 0 < i && i < len(list)-1 && x.IsWhole(c))
					end = x.To
				}
				require.True(t, end.Equal(whole.To))
			}
		}
	}
	assert.Equal(t, sla.Period{}, sla.Cycle("fortnight").Period(time.Unix(0, 0), nil))
	assert.Empty(t, sla.Cycle("fortnight").Name(time.Unix(0, 0), nil))
	assert.Empty(t, sla.Period{From: time.Unix(0, 0), To: time.Unix(9, 0)}.Cycles("fortnight"))
}

func FuzzParsePeriod(f *testing.F) {
	for _, s := range []string{"2026", "2026-Q4", "2026-11", "2026-W48", "2026-11-23", "2026-W53", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := sla.ParsePeriod(s, nil)
		if err != nil {
			return
		}
		for _, c := range sla.Cycles() {
			if c.Name(p.From, nil) == s {
				if !p.IsWhole(c) {
					t.Errorf("%q is not the whole %s", s, c)
				}
				return
			}
		}
		t.Errorf("%q is read, and is the name of nothing", s)
	})
}
