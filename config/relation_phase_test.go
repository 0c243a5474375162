package config_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// TestRelationsInAHostsOwnStates: what the rules of relations ask of a state its phase
// says, not its name: whether it says the same, counts, is there or only meant.
func TestRelationsInAHostsOwnStates(t *testing.T) {
	const foreseen, closed, running, resting itsm.State = "foreseen", "closed", "running", "resting"
	means := map[itsm.State]itsm.Phase{foreseen: itsm.Open, closed: itsm.Done, running: itsm.Active, resting: itsm.Paused}
	policy := under(func(p *config.Policy) { p.Phase = func(s itsm.State) itsm.Phase { return means[s] } })
	process, err := config.RelationProcess(policy)
	require.NoError(t, err)
	index := process.Indexes[slices.IndexFunc(process.Indexes, func(i itsm.Index[config.Relation]) bool {
		return i.Name == config.RelationsFrom(uuid.Nil).Index
	})]
	own := itsm.Definition[config.Relation]{}
	for s, phase := range means {
		own.States = append(own.States, itsm.StateDef{State: s, Phase: phase})
	}
	slices.SortFunc(own.States, func(a, b itsm.StateDef) int { return slices.Compare([]byte(a.State), []byte(b.State)) })
	for _, row := range process.Lifecycle.Transitions() {
		if row.Name != "sight" && row.Name != "unrelate" {
			continue
		}
		row.From = []itsm.State{foreseen, closed, running, resting}
		own.Transitions = append(own.Transitions, row)
	}
	lc, err := process.Lifecycle.With(own)
	require.NoError(t, err)

	for s, as := range map[itsm.State]itsm.State{
		foreseen: config.Proposed, closed: config.Ended, running: config.Active, resting: config.Active,
		config.Proposed: config.Proposed, config.Active: config.Active,
	} {
		w := itsmtest.New(t, lc)
		w.Do(ann, locatedIn(1, 9))
		there := *w.Record()
		there.State = s
		require.Equal(t, as != config.Ended, len(index.Keys(&there)) == 1, "%s", s)

		plain := itsmtest.New(t, process.Lifecycle).Another()
		refused := func(c config.Relate, rule string) {
			t.Helper()
			one := plain.Fork()
			if rule == "" {
				one.Do(ann, c, &there)
				return
			}
			itsmtest.RequireRule(t, one.Refused(ann, c, &there), rule)
		}
		same, other := locatedIn(1, 9), locatedIn(1, 8)
		same.Proposed = true
		refused(same, map[bool]string{true: "duplicate"}[as != config.Ended])
		refused(other, map[itsm.State]string{config.Active: "cardinality"}[as])
		meant := plain.Fork()
		other.Proposed = true
		meant.Do(ann, other, &there)
		if as == config.Active {
			itsmtest.RequireRule(t, meant.Refused(ann, config.Activate{Change: change}, &there), "cardinality")
		} else {
			meant.Do(ann, config.Activate{Change: change}, &there)
		}

		fire := func(by itsm.Actor, c itsm.Command[config.Relation]) (config.Relation, error) {
			one := there
			_, err := lc.Fire(&one, c, itsm.Stamp{At: w.Now().Add(hour), By: by})
			return one, err
		}
		for _, gone := range []bool{false, true} {
			seen, err := fire(probe, config.Sight{Source: "scan", Gone: gone})
			require.NoError(t, err)
			require.Equal(t, gone == (as == config.Active), !seen.Drift.Observed.IsZero(), "%s is gone: %v", s, gone)
		}
		_, err := fire(ann, config.Unrelate{})
		if as == config.Proposed {
			require.NoError(t, err, "it never counted")
		} else {
			itsmtest.RequireRule(t, err, "R20")
		}
	}
}
