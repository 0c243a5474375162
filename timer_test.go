package itsm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// slow is a calendar in which everything takes twice as long.
type slow struct{ asked *[]string }

func (c slow) Add(t time.Time, d time.Duration) time.Time {
	*c.asked = append(*c.asked, "time")
	return t.Add(2 * d)
}

func (c slow) AddDays(t time.Time, n int) time.Time {
	*c.asked = append(*c.asked, "days")
	return t.AddDate(0, 0, 2*n)
}

func TestWait(t *testing.T) {
	var asked []string
	berlin := time.FixedZone("CEST", 2*3600)
	for _, c := range []struct {
		wait  itsm.Wait
		from  time.Time
		want  time.Time
		asked []string
	}{
		{itsm.Wait{}, monday, monday, nil},
		{itsm.Wait{Days: 5, Time: time.Hour}, monday, monday.Add(121 * time.Hour), nil},
		{itsm.Wait{Days: 1}, monday.In(berlin), monday.Add(24 * time.Hour), nil},
		{itsm.Wait{Days: 365 * 300}, monday, monday.AddDate(0, 0, 365*300), nil}, // more than a Duration holds
		{itsm.Wait{Calendar: slow{&asked}}, monday, monday, nil},
		{itsm.Wait{Days: 2, Calendar: slow{&asked}}, monday, monday.AddDate(0, 0, 4), []string{"days"}},
		{itsm.Wait{Time: time.Hour, Calendar: slow{&asked}}, monday, monday.Add(2 * time.Hour), []string{"time"}},
		{itsm.Wait{Days: 1, Time: time.Hour, Calendar: slow{&asked}}, monday, monday.Add(50 * time.Hour), []string{"days", "time"}},
	} {
		asked = nil
		got := c.wait.After(c.from)
		require.True(t, c.want.Equal(got), "%+v: %s", c.wait, got)
		require.Equal(t, c.asked, asked)
	}
}

func TestDue(t *testing.T) {
	since := func(r *thing) time.Time { return r.Since }
	never := func(*thing) time.Time { return time.Time{} }
	end := do[n1]{Note: "timed out"}
	timer := func(name string, in []itsm.State, since func(*thing) time.Time, d time.Duration) itsm.Timer[thing] {
		return itsm.Timer[thing]{Name: name, In: in, Since: since, Wait: itsm.Wait{Time: d}, Command: end}
	}
	lc, err := itsm.NewLifecycle(itsm.Definition[thing]{
		Kind: "thing", States: states("a", "b", "Z"),
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("a")), on[n2]("go", from("a"), to("b")),
			by[n1]("end", []itsm.Role{itsm.SystemRole}, from("a", "b"), to("Z"))},
		Timers: []itsm.Timer[thing]{
			timer("late", []itsm.State{"a", "b"}, since, 2*time.Hour),
			timer("never", []itsm.State{"a"}, never, time.Hour),
			timer("soon", []itsm.State{"a"}, since, time.Hour),
			timer("soon too", []itsm.State{"a"}, since, time.Hour+999),
			timer("at once", []itsm.State{"b"}, since, 0),
		},
	})
	require.NoError(t, err)
	r := unborn(1)
	require.Empty(t, lc.Due(&r))
	fires(t, lc, &r, do[n0]{}, at(0, "ann"))
	require.Equal(t, []itsm.Due[thing]{
		{Timer: "soon", At: monday.Add(time.Hour), Command: end},
		{Timer: "soon too", At: monday.Add(time.Hour), Command: end}, // in whole microseconds, so equal: as declared
		{Timer: "late", At: monday.Add(2 * time.Hour), Command: end},
	}, lc.Due(&r))
	fires(t, lc, &r, do[n2]{}, at(time.Minute, "ann"))
	due := lc.Due(&r)
	require.Equal(t, []string{"at once", "late"}, []string{due[0].Timer, due[1].Timer})
	fires(t, lc, &r, due[0].Command, itsm.Stamp{At: due[0].At, By: itsm.System("acme")})
	require.Empty(t, lc.Due(&r))
}
