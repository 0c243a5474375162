package itsm_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// stamped is a lifecycle with nothing in the way but the stamp, and a thing in it.
func stamped(t *testing.T) (*itsm.Lifecycle[thing], thing) {
	t.Helper()
	lc, err := itsm.NewLifecycle(itsm.Definition[thing]{
		Kind: "thing", States: states("a", "Z"),
		Transitions: []itsm.Transition[thing]{on[n0]("open", from(""), to("a")), on[n1]("note", from("a"), itsm.Stay()),
			on[n2]("end", from("a"), to("Z"))},
	})
	require.NoError(t, err)
	r := unborn(1)
	fires(t, lc, &r, do[n0]{}, at(0, "ann"))
	return lc, r
}

func TestStamp(t *testing.T) {
	lc, born := stamped(t)
	ann := itsm.Actor{ID: "ann", Tenant: "acme"}
	for _, c := range []struct {
		name  string
		stamp itsm.Stamp
		want  string // "": accepted
	}{
		{"same instant", itsm.Stamp{At: monday, By: ann}, ""},
		{"same instant after rounding", itsm.Stamp{At: monday.Add(999), By: ann}, ""},
		{"another zone", itsm.Stamp{At: monday.In(time.FixedZone("", -7*3600)), By: ann}, ""},
		{"last of the years", itsm.Stamp{At: time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), By: ann}, ""},
		{"zero", itsm.Stamp{By: ann}, "at: is the zero time; give an instant"},
		{"zero after rounding", itsm.Stamp{At: time.Time{}.Add(999), By: ann}, "at: is the zero time; give an instant"},
		{"year 10000", itsm.Stamp{At: time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -3600)), By: ann}, "at: is in the year 10000; years 1 to 9999 can be kept"},
		{"year 0", itsm.Stamp{At: time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC), By: ann}, "at: is in the year 0; years 1 to 9999 can be kept"},
		{"before the last event", itsm.Stamp{At: monday.Add(-time.Microsecond), By: ann}, "at: 2026-03-02T08:59:59.999999Z is before the record's last event at 2026-03-02T09:00:00Z"},
		{"nobody", itsm.Stamp{At: monday, By: itsm.Actor{Tenant: "acme"}}, "by.id: is empty; name who acts"},
		{"bad id", itsm.Stamp{At: monday, By: itsm.Actor{ID: "\xff"}}, "by.id: is not valid UTF-8"},
		{"bad tenant", itsm.Stamp{At: monday, By: itsm.Actor{ID: "ann", Tenant: "\xff"}}, "by.tenant: is not valid UTF-8"},
		{"bad role", itsm.Stamp{At: monday, By: itsm.Actor{ID: "ann", Roles: []itsm.Role{"x", "\xff"}}}, "by.roles[1]: is not valid UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := born
			if c.want == "" {
				e := fires(t, lc, &r, do[n1]{}, c.stamp)
				require.Equal(t, itsm.Normal(c.stamp.At), e.Stamp.At)
				require.Equal(t, e.Stamp.At, r.Updated)
				require.Equal(t, time.UTC, r.Updated.Location())
				require.Equal(t, monday, r.Since)
				return
			}
			err := fails(t, lc, &r, do[n1]{}, c.stamp)
			require.EqualError(t, err, "T1: note: "+c.want)
			require.ErrorIs(t, err, itsm.ErrInvalid)
		})
	}
}

// A back-dated fact says why and when it was written down, and cannot be put
// before what the record already knows.
func TestR34_BackDating(t *testing.T) {
	lc, born := stamped(t)
	ann := itsm.Actor{ID: "ann"}
	later := monday.Add(48 * time.Hour)
	for _, c := range []struct {
		name  string
		stamp itsm.Stamp
		want  string
	}{
		{"with reason", itsm.Stamp{At: monday, By: ann, Recorded: later, Reason: "from paper"}, ""},
		{"recorded at once", itsm.Stamp{At: monday, By: ann, Recorded: monday}, ""},
		{"recorded at once, with reason", itsm.Stamp{At: monday, By: ann, Recorded: monday, Reason: "x"}, ""},
		{"without reason", itsm.Stamp{At: monday, By: ann, Recorded: later}, "reason: is missing; a back-dated fact says why (R34)"},
		{"reason alone", itsm.Stamp{At: monday, By: ann, Reason: "x"}, "recorded: is missing; a reason belongs to a back-dated fact, which says when it was recorded"},
		{"recorded before it happened", itsm.Stamp{At: later, By: ann, Recorded: monday, Reason: "x"}, "recorded: 2026-03-02T09:00:00Z is before the fact itself at 2026-03-04T09:00:00Z"},
		{"recorded in no year", itsm.Stamp{At: monday, By: ann, Recorded: monday.AddDate(8000, 0, 0), Reason: "x"}, "recorded: is in the year 10026; years 1 to 9999 can be kept"},
		{"bad reason", itsm.Stamp{At: monday, By: ann, Recorded: later, Reason: "\xc3"}, "reason: is not valid UTF-8"},
		{"before the last event", itsm.Stamp{At: monday.Add(-1), By: ann, Recorded: later, Reason: "x"}, "at: 2026-03-02T08:59:59.999999Z is before the record's last event at 2026-03-02T09:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := born
			if c.want != "" {
				require.EqualError(t, fails(t, lc, &r, do[n1]{}, c.stamp), "T1: note: "+c.want)
				return
			}
			e := fires(t, lc, &r, do[n1]{}, c.stamp)
			require.Equal(t, c.stamp, e.Stamp)
			data, err := lc.EncodeEvent(e)
			require.NoError(t, err)
			decoded, err := lc.DecodeEvent(data)
			require.NoError(t, err)
			require.Equal(t, c.stamp, decoded.Stamp, "the reason and the time of recording are kept")
		})
	}
}

func TestNormal(t *testing.T) {
	now := time.Now() // with a monotonic reading, which must go
	for _, c := range []struct{ in, want time.Time }{
		{time.Time{}, time.Time{}},
		{time.Time{}.In(time.FixedZone("", 3600)), time.Time{}},
		{time.Date(2026, 3, 2, 10, 0, 0, 1999, time.FixedZone("CET", 3600)), time.Date(2026, 3, 2, 9, 0, 0, 1000, time.UTC)},
		{time.Unix(-1, 999_999_999), time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC)},
		{now, time.UnixMicro(now.UnixMicro()).UTC()},
	} {
		require.Equal(t, c.want, itsm.Normal(c.in))
		require.Equal(t, itsm.Normal(c.in), itsm.Normal(itsm.Normal(c.in)))
	}
}

func TestCheckTime(t *testing.T) {
	var field *itsm.FieldError
	require.True(t, errors.As(itsm.CheckTime("due", time.Time{}), &field))
	require.Equal(t, "due", field.Field)
	require.NoError(t, itsm.CheckTime("due", time.Time{}.Add(1)))
	require.NoError(t, itsm.CheckTime("due", time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)))
	require.Error(t, itsm.CheckTime("due", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)))
	require.Error(t, itsm.CheckTime("due", time.Time{}.Add(-1)))
}

func TestActor(t *testing.T) {
	ann := itsm.Actor{ID: "ann", Roles: []itsm.Role{"agent", "boss"}}
	require.True(t, ann.Has("agent"))
	require.True(t, ann.Has("x", "boss"))
	require.True(t, ann.Has("x", itsm.Anyone))
	require.False(t, ann.Has("x"))
	require.False(t, ann.Has())
	require.False(t, itsm.Actor{}.Has("agent"))
	require.Equal(t, "ann (agent, boss)", ann.String())
	require.Equal(t, "bob", itsm.Actor{ID: "bob"}.String())
	require.Equal(t, "system (system)", itsm.System("acme").String())
	require.Equal(t, "acme", itsm.System("acme").Tenant)
}
