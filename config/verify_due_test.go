package config_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

func TestVerifications(t *testing.T) {
	now := monday.Add(100 * day)
	var s stock
	due := func(level itsm.Level, days int, more ...func(*config.CI)) *config.CI {
		return s.ci("server", append(more, func(ci *config.CI) { ci.Criticality, ci.NextVerify = level, now.Add(time.Duration(days)*day) })...)
	}
	passed := func(against string) func(*config.CI) {
		return func(ci *config.CI) {
			ci.Verified = config.Verification{At: monday, By: "ann", Against: against, Result: config.Passed}
		}
	}
	late := due(itsm.High, -1)
	onTheDot := due(itsm.Low, 0, passed("survey"))
	soon := due(itsm.High, 5, passed("survey"))
	attested := due(itsm.Medium, 50, passed(""))
	due("", 50, func(ci *config.CI) {
		ci.Verified = config.Verification{At: monday, By: "ann", Against: "survey", Result: config.Failed}
		ci.Actions = []config.Action{
			{ID: 1, Title: "Look", Owner: "bob", Due: now}, {ID: 2, Title: "Tell", Owner: "bob", Due: now.Add(1)},
			{ID: 3, Title: "Find", Owner: "eve", Due: now.Add(-day)}, {ID: 4, Title: "Done", Owner: "eve", Due: now.Add(-day), Done: monday},
		}
	})
	due(itsm.High, -9, func(ci *config.CI) { ci.State = config.Retired })
	due(itsm.High, -9, func(ci *config.CI) { ci.State = config.Planned })
	s.ci("server", func(ci *config.CI) { ci.Criticality = itsm.Low }) // never to be verified
	s.cis = append(s.cis, nil)

	v, err := config.VerificationsOf(nil, slices.Values(s.cis), now, now.Add(10*day))
	require.NoError(t, err)
	for _, m := range v.Measures {
		requireMeasure(t, m)
	}
	measured := make(map[config.Aspect]config.Measure)
	for i, m := range v.Measures {
		measured[m.Aspect] = m
		require.Equal(t, config.VerificationAspects()[i], m.Aspect)
	}
	ids := func(a config.Aspect) []byte {
		var list []byte
		for _, id := range measured[a].IDs {
			list = append(list, id[15])
		}
		return list
	}
	require.Equal(t, []byte{late.ID[15], onTheDot.ID[15]}, ids(config.Overdue))
	require.Equal(t, itsm.Ratio{Num: 2, Den: 5}, measured[config.Overdue].Ratio)
	require.Equal(t, []config.Share{
		{Of: "high", Ratio: itsm.Ratio{Num: 1, Den: 2}}, {Of: "medium", Ratio: itsm.Ratio{Num: 0, Den: 1}},
		{Of: "low", Ratio: itsm.Ratio{Num: 1, Den: 1}}, {Of: "", Ratio: itsm.Ratio{Num: 0, Den: 1}},
	}, measured[config.Overdue].By)
	require.Equal(t, []byte{late.ID[15]}, ids(config.NeverVerified))
	require.Equal(t, []byte{soon.ID[15], attested.ID[15]}, ids(config.Confirmed))
	require.Equal(t, []byte{attested.ID[15]}, ids(config.Attested))
	require.Equal(t, itsm.Ratio{Num: 2, Den: 3}, measured[config.ActionOverdue].Ratio)
	require.Equal(t, `CI1 "ci-1": overdue since 2026-06-09T00:00:00Z
CI2 "ci-2": overdue since 2026-06-10T00:00:00Z
CI3 "ci-3": due 2026-06-15T00:00:00Z
CI5 action 3 ("Find") of eve: overdue since 2026-06-09T00:00:00Z
CI5 action 1 ("Look") of bob: overdue since 2026-06-10T00:00:00Z
`, v.String()[len(measures(v)):])
	require.Contains(t, v.String(), "verification overdue: 2/5, 40.00 %\n  high: 1/2, 50.00 %\n  medium: 0/1, 0.00 %\n  low: 1/1, 100.00 %\n  none: 0/1, 0.00 %\n")

	data, err := json.Marshal(v)
	require.NoError(t, err)
	var back config.Verifications
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, v.String(), back.String())

	_, err = config.VerificationsOf(nil, slices.Values(s.cis), time.Time{}, now)
	itsmtest.RequireField(t, err, "at")
	_, err = config.VerificationsOf(&config.Policy{}, slices.Values(s.cis), now, now)
	itsmtest.RequireField(t, err, "model")
}

func measures(v *config.Verifications) string {
	text := ""
	for _, m := range v.Measures {
		text += m.String()
	}
	return text
}

// TestVerificationsOfARegister: what a register finds as due is what the report lists.
func TestVerificationsOfARegister(t *testing.T) {
	e := newEstate(t, nil)
	e.register(ann, server())
	other := server()
	other.Name, other.Criticality = "db-1", itsm.Low
	e.register(ann, other)
	now := e.now.Add(91 * day)
	var cis []*config.CI
	for ci, err := range e.cis.Find(e.ctx, ann, config.ToVerify(time.Time{}, time.Time{})) {
		require.NoError(t, err)
		cis = append(cis, &ci)
	}
	v, err := config.VerificationsOf(nil, slices.Values(cis), now, now)
	require.NoError(t, err)
	var names []string
	for _, d := range v.Due {
		names = append(names, d.Name)
	}
	require.Equal(t, e.names(config.ToVerify(time.Time{}, now)), names)
}
