package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// eventOf is an event of a sample that also moves its record.
func eventOf[R any](cmd itsm.Command[R]) itsm.Event[R] {
	return itsm.Event[R]{ID: id(1), From: "here", To: "there", Command: cmd, Stamp: itsm.Stamp{At: noon.Add(day), By: ann}}
}

// TestFactsOfEveryCommand: whatever a command says is dated, under a change and with
// the reason that it gives; one that states nothing has only moved the record.
func TestFactsOfEveryCommand(t *testing.T) {
	counts := make(map[string]int)
	check := func(name string, facts []config.Fact) {
		counts[name] = len(facts)
		require.Equal(t, "state", facts[0].Attribute, name)
		require.Equal(t, word("there"), facts[0].Value, name)
		for _, f := range facts {
			require.Equal(t, id(1), f.Subject, name)
			require.Equal(t, noon.Add(day), f.Recorded, name)
			require.Equal(t, "ann", f.By, name)
			switch name {
			case "verify", "attest", "complete action":
				require.Equal(t, noon.Add(day), f.From, name)
				continue
			case "observe", "relation sight":
				require.Equal(t, "scan", f.Source)
			default:
				require.Equal(t, change, f.Change, name)
			}
			require.Equal(t, noon, f.From, name)
			require.NotEmpty(t, f.Reason, name)
		}
	}
	for i, name := range lifecycle(t, nil).Commands() {
		check(name, config.FactsOf(eventOf(samples()[i])))
	}
	for i, name := range relations(t, nil).Commands() {
		check("relation "+name, config.RelationFactsOf(eventOf(relationSamples()[i])))
	}
	require.Equal(t, map[string]int{
		"register": 11, "describe": 8, "reclassify": 5, "own": 2, "set attributes": 5, "observe": 6, "set need": 2, "drop need": 2,
		"verify": 1, "attest": 1, "complete action": 1, "correct state": 2, "order": 1, "build": 1, "test": 1, "deploy": 1, "maintain": 1, "return": 1,
		"retire": 1, "reinstate": 1, "dispose": 1,
		"relation relate": 7, "relation activate": 2, "relation adjust": 2, "relation unrelate": 2, "relation sight": 2,
	}, counts)
}

// TestBackdatedStamp: a whole event of the past was recorded when it was written
// down.
func TestBackdatedStamp(t *testing.T) {
	e := eventOf[config.CI](config.Own{Owner: "bob"})
	e.Stamp.Recorded, e.Stamp.Reason = noon.Add(2*day), "The paper was found."
	f := config.FactsOf(e)[1]
	require.Equal(t, noon.Add(day), f.From)
	require.Equal(t, noon.Add(2*day), f.Recorded)
	require.Equal(t, "The paper was found.", f.Reason)
}
