package config_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// The states of a host's own: bought for later, lent out, and sold.
const (
	inStock itsm.State = "in stock"
	lent    itsm.State = "lent out"
	sold    itsm.State = "sold"
)

// housed is the lifecycle with the host's own states, into which CIs are registered.
func housed(t *testing.T, policy *config.Policy) *itsm.Lifecycle[config.CI] {
	t.Helper()
	lc, err := lifecycle(t, policy).With(hostsOwn(t, policy))
	require.NoError(t, err)
	return lc
}

// hostsOwn is what the host adds to the lifecycle.
func hostsOwn(t *testing.T, policy *config.Policy) itsm.Definition[config.CI] {
	t.Helper()
	own := lifecycle(t, policy)
	add := itsm.Definition[config.CI]{States: []itsm.StateDef{{State: inStock, Phase: itsm.Open}, {State: lent, Phase: itsm.Active}, {State: sold, Phase: itsm.Done}}}
	for _, row := range own.Transitions() {
		switch {
		case row.Name == "register":
			row.To = append(row.To, inStock, lent, sold)
			add.Transitions = append(add.Transitions, row)
		case slices.Contains([]string{"deploy", "verify", "own"}, row.Name):
			row.From = []itsm.State{inStock, lent}
			add.Transitions = append(add.Transitions, row)
		case row.Name == "dispose":
			row.From = []itsm.State{sold}
			add.Transitions = append(add.Transitions, row)
		}
	}
	return add
}

func phases(p *config.Policy) {
	p.Phase = func(s itsm.State) itsm.Phase {
		return map[itsm.State]itsm.Phase{inStock: itsm.Open, lent: itsm.Active, sold: itsm.Done}[s]
	}
}

// TestHostsOwnStates: a CI is registered in them, and what is asked of what is in use
// asks their phase.
func TestHostsOwnStates(t *testing.T) {
	policy := under(phases)
	process, err := config.Process(policy)
	require.NoError(t, err)
	lc := housed(t, policy)
	toVerify := process.Indexes[slices.IndexFunc(process.Indexes, func(i itsm.Index[config.CI]) bool { return i.Name == config.ToVerify(noon, noon).Index })]
	for s, want := range map[itsm.State]struct{ inUse, over bool }{
		inStock: {}, lent: {inUse: true}, sold: {over: true},
		config.Planned: {}, config.InBuild: {inUse: true}, config.InMaintenance: {inUse: true},
	} {
		w := itsmtest.New(t, lc)
		c := server()
		c.State = s
		w.Do(ann, c)
		require.Equal(t, s, w.Record().State)
		w.Wait(100 * day)
		ci := w.Record()
		ci.Seen = w.Now()
		found := deficiencies(config.Findings(policy, ci, w.Now()))
		require.Equal(t, want.inUse, slices.Contains(found, config.Unverified), "%s", s)
		require.Equal(t, want.over, slices.Contains(found, config.Revived), "%s", s)
		v, err := config.VerificationsOf(policy, slices.Values([]*config.CI{ci}), w.Now(), w.Now())
		require.NoError(t, err)
		require.Equal(t, want.inUse, len(v.Due) == 1, "%s", s)
		require.Equal(t, want.inUse, len(toVerify.Keys(ci)) == 1, "%s", s)
		rules := config.DefaultHealthRules()
		rules.Policy = policy
		h, err := config.HealthOf(rules, slices.Values([]*config.CI{ci}), nil, w.Now())
		require.NoError(t, err)
		require.Equal(t, want.inUse, h.Measure(config.Stale).Ratio.HasData(), "%s", s)
		require.Equal(t, !want.over, h.Measure(config.Orphaned).Ratio.HasData(), "%s", s)
	}
	w := itsmtest.New(t, lc)
	c := server()
	c.State = inStock
	w.Do(ann, c)
	w.Wait(100 * day)
	w.Do(ann, config.Deploy{Change: change})
	require.Equal(t, w.Now().Add(90*day), w.Record().NextVerify, "it comes into use")

	c.State = "nowhere"
	itsmtest.RequireField(t, itsmtest.New(t, lc).Refused(ann, c), "state")
	c.State = inStock
	itsmtest.RequireRule(t, itsmtest.New(t, lifecycle(t, policy)).Refused(ann, c), "pick")
	itsmtest.RequireField(t, itsmtest.New(t, lifecycle(t, nil)).Refused(ann, c), "state")
}
