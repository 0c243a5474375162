package config_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 123456000, time.UTC)

func sampleMove() config.Move {
	return config.Move{Change: change, Since: noon, Reason: "Told late.", Was: noon.Add(-day), Next: noon.Add(90 * day)}
}

func sampleRelationMove() config.RelationMove {
	return config.RelationMove{Change: change, Since: noon, Reason: "Told late.", Was: noon.Add(-day), Settled: true}
}

func sampleLook() config.Look {
	return config.Look{Source: "scan", Value: word("1.1"), First: noon, Seen: noon}
}

func was(name string) []config.Replaced {
	return []config.Replaced{{Attribute: name, Value: word("old"), Since: noon.Add(-day)}}
}

// samples is one of each command, every field filled.
func samples() []itsm.Command[config.CI] {
	set := values{"memory": number(64), "firmware": word("1.2")}
	return []itsm.Command[config.CI]{
		config.Register{
			Name: "web-1", Class: "server", Description: "Serves the shop.", Owner: "bob", Criticality: itsm.High, Environment: "production",
			Version: "3", State: config.Live, Attributes: set, Needs: []config.Need{{Group: "power", AtLeast: 1}},
			Source: "inventory", Change: change, Since: noon, Reason: "First inventory.", Next: noon.Add(90 * day),
			ByHand: []string{"firmware"},
		},
		config.Describe{
			Name: "web-2", Description: "Serves the shop.", Criticality: itsm.Low, Environment: "test", Version: "4", Clear: []string{"version"},
			Change: change, Since: noon, Until: noon.Add(hour), Reason: "Told late.", Next: noon.Add(day), Settled: []string{"version"}, Was: was("name"),
			Agreed: []string{"name"}, Told: []string{"name"}, ByHand: []string{"name"},
		},
		config.Reclassify{
			Class: "virtual machine", Values: values{"hypervisor_id": word("vm-7")}, Change: change, Since: noon, Reason: "Told late.",
			Settled: []string{"memory"}, Agreed: []string{"hypervisor_id"}, Told: []string{"hypervisor_id"}, ByHand: []string{"hypervisor_id"}, Was: was("class"),
		},
		config.Own{Owner: "bob", Change: change, Since: noon, Until: noon.Add(hour), Reason: "Told late.", Was: was("owner")},
		config.SetAttributes{
			Values: set, Change: change, Since: noon, Until: noon.Add(hour), Reason: "Told late.", Settled: []string{"memory"}, Was: was("memory"),
			Agreed: []string{"firmware"}, Told: []string{"firmware"}, ByHand: []string{"firmware"},
		},
		config.Observe{
			Values: set, Source: "scan", Seen: noon, Stale: []string{"memory"}, Drifts: []string{"memory"}, Settled: []string{"memory"},
			Changed: was("firmware"), Ranked: map[string][]string{"firmware": {"agent", "scan"}}, Agreed: []string{"firmware"},
			Outranked: map[string]config.Look{"firmware": sampleLook()}, Yielded: map[string]config.Look{"firmware": sampleLook()},
		},
		config.SetNeed{Need: config.Need{Group: "power", AtLeast: 2}, Change: change, Since: noon, Until: noon.Add(hour), Reason: "Told late.", Was: 1},
		config.DropNeed{Group: "power", Change: change, Since: noon, Until: noon.Add(hour), Reason: "Told late.", Was: 1},
		config.Verify{
			Against: "survey of the racks", Result: config.Failed, Found: "Another serial number.", Action: "Look it up",
			Owner: "bob", Due: noon.Add(day), Next: noon.Add(90 * day),
		},
		config.Attest{Text: "As I know it.", Next: noon.Add(90 * day)},
		config.CompleteAction{Action: 1, Text: "Looked it up."},
		config.CorrectState{State: config.InTest, Since: noon, Until: noon.Add(hour), Change: change, Reason: "Told late.", Was: noon},
		config.Order(sampleMove()), config.Build(sampleMove()), config.Test(sampleMove()), config.Deploy(sampleMove()),
		config.Maintain(sampleMove()), config.Return(sampleMove()), config.Retire(sampleMove()), config.Reinstate(sampleMove()),
		config.Dispose(sampleMove()),
	}
}

// relationSamples is one of each command of relations, every field filled.
func relationSamples() []itsm.Command[config.Relation] {
	set := values{"strength": word("hard")}
	return []itsm.Command[config.Relation]{
		config.Relate{
			Type: "depends on", From: config.End{ID: id(1), Class: "application", State: config.Live},
			To: config.End{ID: id(2), Class: "database", State: config.Live}, Group: "data", Proposed: true, Attributes: set,
			Source: "scan", Change: change, Since: noon, Reason: "Told late.", Seen: noon,
		},
		config.Activate(sampleRelationMove()),
		config.Adjust{Values: set, Change: change, Since: noon, Until: noon.Add(hour), Reason: "Told late.", Was: was("strength")},
		config.Sight{Gone: true, Source: "scan", Seen: noon, Stale: true, Drifts: true, Settled: true},
		config.Unrelate(sampleRelationMove()),
	}
}

// TestCommandForms pins how each command of a CI is written.
func TestCommandForms(t *testing.T) {
	itsmtest.CommandsIn(t, "testdata/commands/ci", lifecycle(t, nil), samples()...)
}

// TestRelationCommandForms pins how each command of a relation is written.
func TestRelationCommandForms(t *testing.T) {
	itsmtest.CommandsIn(t, "testdata/commands/relation", relations(t, nil), relationSamples()...)
}

// What is applied was decided on by whoever wrote the journal: it does no harm, whatever
// the record is.
func TestApplyToNothing(t *testing.T) {
	for _, c := range samples() {
		require.NotPanics(t, func() { c.Apply(new(config.CI), itsm.Stamp{At: noon}) }, "%T", c)
	}
	for _, c := range relationSamples() {
		require.NotPanics(t, func() { c.Apply(new(config.Relation), itsm.Stamp{At: noon}) }, "%T", c)
	}
}

// TestDiagrams pins the drawn lifecycles: what a host sees of them.
func TestDiagrams(t *testing.T) {
	itsmtest.Golden(t, "testdata/ci.mmd", []byte(lifecycle(t, nil).Mermaid()))
	itsmtest.Golden(t, "testdata/relation.mmd", []byte(relations(t, nil).Mermaid()))
	require.Empty(t, lifecycle(t, nil).Warnings())
	require.Empty(t, relations(t, nil).Warnings())
}

// TestWhatIsPassedInIsNotKept: who edits a map or list of his after the command was
// fired changes neither record nor event.
func TestWhatIsPassedInIsNotKept(t *testing.T) {
	s := itsm.Stamp{At: noon, By: ann}
	ci := config.CI{Header: itsm.Header{ID: id(1), Number: "CI1"}}
	mine, needs := make(values), []config.Need{{Group: "power", AtLeast: 1}}
	for _, row := range []struct {
		values values
		cmd    itsm.Command[config.CI]
	}{
		{values{"memory": number(64)}, config.Register{Name: "web-1", Class: "server", State: config.Live, Change: change, Attributes: mine, Needs: needs}},
		{values{"memory": number(32)}, config.SetAttributes{Values: mine, Change: change}},
		{values{"memory": number(16)}, config.Observe{Values: mine, Source: "scan"}},
		{values{"memory": {}, "role": word("switch")}, config.Reclassify{Class: "network device", Values: mine, Change: change}},
	} {
		clear(mine)
		maps.Copy(mine, row.values)
		e, err := lifecycle(t, nil).Fire(&ci, row.cmd, s)
		require.NoError(t, err)
		was, facts := text(t, ci), config.FactsOf(e)
		clear(mine)
		mine["memory"], needs[0].AtLeast = number(9), 9
		require.Equal(t, was, text(t, ci), "%T", row.cmd)
		require.Equal(t, facts, config.FactsOf(e), "%T", row.cmd)
	}

	link := config.Relation{Header: itsm.Header{ID: id(2), Number: "REL1"}}
	for _, cmd := range []itsm.Command[config.Relation]{
		config.Relate{Type: "depends on", From: end(1, "application"), To: end(2, "database"), Attributes: mine},
		config.Adjust{Values: mine},
	} {
		clear(mine)
		mine["strength"] = word("hard")
		e, err := relations(t, nil).Fire(&link, cmd, s)
		require.NoError(t, err)
		was, facts := text(t, link), config.RelationFactsOf(e)
		mine["strength"] = word("soft")
		require.Equal(t, was, text(t, link), "%T", cmd)
		require.Equal(t, facts, config.RelationFactsOf(e), "%T", cmd)
	}
}
