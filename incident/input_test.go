package incident_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

func TestLongAndUnicodeTexts(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	report := outage()
	report.Title = strings.Repeat("é", itsm.MaxLine)
	report.Description = strings.Repeat("Grüße aus 東京 👩🏽‍💻\n", 5000)
	other := w.Another()
	other.Do(ann, report)
	require.Equal(t, report.Title, other.Record().Title)
	report.Title += "é"
	itsmtest.RequireField(t, w.Another().Refused(ann, report), "title")
	report.Title = "two\nlines"
	itsmtest.RequireField(t, w.Another().Refused(ann, report), "title")
	report.Title = "\u00a0 \t"
	itsmtest.RequireField(t, w.Another().Refused(ann, report), "title")
}

func TestZeroStampsAndActors(t *testing.T) {
	lc := lifecycle(t, nil)
	for field, s := range map[string]itsm.Stamp{
		"at":    {By: ann},
		"by.id": {At: time.Now(), By: itsm.Actor{Roles: ann.Roles}},
	} {
		var inc incident.Incident
		_, err := lc.Fire(&inc, outage(), s)
		itsmtest.RequireField(t, err, field)
		require.Zero(t, inc)
	}
	for _, year := range []int{0, 10000} {
		_, err := lc.Fire(&incident.Incident{}, outage(), itsm.Stamp{At: time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC), By: ann})
		itsmtest.RequireField(t, err, "at")
	}
}

// TestEndOfTime: what the policy adds to the year 9999 can no longer be written.
func TestEndOfTime(t *testing.T) {
	lc := lifecycle(t, nil)
	inc := *in(t, lc, incident.InProgress).Record()
	last := itsm.Stamp{At: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), By: ann}
	_, err := lc.Fire(&inc, forVendor(), last)
	itsmtest.RequireField(t, err, "review_by")
}

func TestTimeSpent(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	itsmtest.RequireField(t, w.Refused(ann, incident.Log{Text: "Worked.", Spent: -1}), "spent")
	itsmtest.RequireField(t, w.Refused(ann, incident.Log{Text: "Worked.", Spent: math.MinInt64}), "spent")
	w.Do(ann, incident.Log{Text: "Worked.", Spent: math.MaxInt64 - 1})
	itsmtest.RequireField(t, w.Refused(ann, incident.Log{Text: "Worked.", Spent: 2}), "spent")
	w.Do(ann, incident.Log{Text: "Worked.", Spent: 1})
	require.Equal(t, time.Duration(math.MaxInt64), w.Record().Counts.Spent)
}

func TestOddOverrides(t *testing.T) {
	lc := lifecycle(t, nil)
	inc := *in(t, lc, incident.New).Record()
	for _, p := range []itsm.Priority{-1, 10, math.MaxInt32} {
		_, err := lc.Fire(&inc, incident.Classify{Override: p, Reason: "Why not."}, itsm.Stamp{At: inc.Updated, By: ann})
		itsmtest.RequireField(t, err, "override")
	}
}

func TestPointersAndStrangers(t *testing.T) {
	lc := lifecycle(t, nil)
	inc := *in(t, lc, incident.Assigned).Record()
	s := itsm.Stamp{At: inc.Updated, By: ann}
	_, err := lc.Fire(&inc, &incident.Start{}, s)
	itsmtest.RequireField(t, err, "command")
	_, err = lc.Fire(&inc, nil, s)
	itsmtest.RequireField(t, err, "command")
}

// TestDecodeRefuses feeds the decoder what is no command.
func TestDecodeRefuses(t *testing.T) {
	lc := lifecycle(t, nil)
	for _, c := range []struct {
		name    string
		version int
		data    string
		field   string
	}{
		{"resolv", 1, `{}`, "name"},
		{"", 1, `{}`, "name"},
		{"resolve", 2, `{}`, "v"},
		{"resolve", 0, `{}`, "v"},
		{"resolve", 1, ``, "data"},
		{"resolve", 1, `{"code":`, "data"},
		{"resolve", 1, `{"code":"fixed"} {}`, "data"},
		{"resolve", 1, `{"kode":"fixed"}`, "kode"},
		{"resolve", 1, `{"code":7}`, "code"},
		{"resolve", 1, "{\"code\":\"\xff\"}", "data"},
		{"report", 1, `{"service":"mail"}`, "service"},
		{"report", 1, `{"cis":["ci:db","db"]}`, "cis[1]"},
		{"report", 1, `{"cis":{"ci":"db"}}`, "cis"},
		{"report", 1, `{"cis":["ci:db",["db"]]}`, "cis[1]"},
		{"join", 1, `{"parent":"zz"}`, "parent"},
		{"report", 1, `{"priority":"P0"}`, "priority"},
		{"report", 1, `{"custom":{"x":{"place":"here"}}}`, "custom.x"},
		{"report", 1, `{"detected":"yesterday"}`, "detected"},
	} {
		_, err := lc.Decode(c.name, c.version, []byte(c.data))
		itsmtest.RequireField(t, err, c.field)
	}
}

// FuzzDecode decodes any data as any command and gives what comes of it to an
// incident in any state: a typed error, never a panic. An event that carries it is
// replayed without asking any rule.
func FuzzDecode(f *testing.F) {
	lc := withSite(f)
	for i, cmd := range samples() {
		_, _, data, err := lc.Encode(cmd)
		require.NoError(f, err)
		f.Add(uint8(i), uint8(i), data)
	}
	inState := []incident.Incident{{}}
	for _, s := range states() {
		inState = append(inState, *in(f, lc, s).Record())
	}
	f.Fuzz(func(t *testing.T, command, state uint8, data []byte) {
		names := lc.Commands()
		name := names[int(command)%len(names)]
		cmd, err := lc.Decode(name, 1, data)
		if err != nil {
			require.ErrorIs(t, err, itsm.ErrInvalid)
			return
		}
		inc := inState[int(state)%len(inState)]
		near := []*incident.Incident{&inState[1], &inState[5], &inState[6]}
		s := itsm.Stamp{At: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC), By: itsm.Actor{ID: "carl", Roles: []itsm.Role{incident.Agent, incident.Manager}}}
		lc.Needs(&inc, cmd, near)
		e, err := lc.Fire(&inc, cmd, s, near...)
		if err == nil {
			lc.Follow(&inc, e, near)
			return
		}
		require.True(t, typed(err), "%v", err)
		_, err = lc.Replay(
			itsm.Event[incident.Incident]{Revision: 1, To: incident.New, Stamp: s, Command: outage()},
			itsm.Event[incident.Incident]{Revision: 2, From: incident.New, To: incident.New, Stamp: s, Command: cmd},
		)
		require.NoError(t, err)
	})
}
