package config_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// The states of relations of a host's own, one of each phase.
var relationPhases = map[itsm.State]itsm.Phase{
	"foreseen": itsm.Open, "running": itsm.Active, "resting": itsm.Paused, "closed": itsm.Done, "forgotten": itsm.Final,
}

func relationPhase(s itsm.State) itsm.Phase { return relationPhases[s] }

// asInPackage is the state of the package that says the same.
func asInPackage(s itsm.State) itsm.State {
	switch relationPhases[s] {
	case itsm.Open:
		return config.Proposed
	case itsm.Done, itsm.Final:
		return config.Ended
	case "":
		return s // of the package
	}
	return config.Active
}

// ownRelations lets happen in a host's states what happens in those of the package.
func ownRelations(t *testing.T, policy *config.Policy) *itsm.Definition[config.Relation] {
	t.Helper()
	process, err := config.RelationProcess(policy)
	require.NoError(t, err)
	own := &itsm.Definition[config.Relation]{}
	for _, s := range slices.Sorted(maps.Keys(relationPhases)) {
		own.States = append(own.States, itsm.StateDef{State: s, Phase: relationPhases[s]})
	}
	for _, row := range process.Lifecycle.Transitions() {
		switch row.Name {
		case "activate":
			row.From = []itsm.State{"foreseen"}
		case "adjust", "sight", "unrelate":
			row.From = []itsm.State{"foreseen", "running", "resting"}
		default:
			continue
		}
		own.Transitions = append(own.Transitions, row)
	}
	return own
}

// TestIntakeOfRelationsInAHostsOwnStates: an intake beside relations in a host's own
// states comes to what it would beside those in the states that mean the same.
func TestIntakeOfRelationsInAHostsOwnStates(t *testing.T) {
	policy := under(func(p *config.Policy) { p.Phase = relationPhase })
	cis := []*config.CI{
		{Header: itsm.Header{ID: id(1), State: config.Live, Number: "CI1"}, Class: "application", Name: "desk"},
		{Header: itsm.Header{ID: id(2), State: config.Live, Number: "CI2"}, Class: "server", Name: "web"},
		{Header: itsm.Header{ID: id(3), State: config.Live, Number: "CI3"}, Class: "location", Name: "here"},
		{Header: itsm.Header{ID: id(4), State: config.Live, Number: "CI4"}, Class: "location", Name: "there"},
	}
	rows := []string{
		`{"relate":{"type":"located in","from":"server/web","to":"location/here","change":"change:7"}}`,
		`{"relate":{"type":"located in","from":"server/web","to":"location/here","proposed":true}}`,
		`{"relate":{"type":"located in","from":"server/web","to":"location/there","change":"change:7"}}`,
		`{"relate":{"type":"located in","from":"server/web","to":"location/there","proposed":true}}`,
		`{"relate":{"id":"` + id(9).String() + `","type":"located in","from":"server/web","to":"location/there","proposed":true}}`,
	}
	for s := range relationPhases {
		for _, observe := range []bool{false, true} {
			for _, row := range rows {
				come := func(state itsm.State) string {
					known := &config.Relation{Header: itsm.Header{ID: id(9), State: state, Number: "REL1"}, Type: "located in", From: id(2), To: id(3)}
					in, err := config.NewIntake(policy, itsm.Stamp{At: noon, By: ann}, []config.Source{lines(row + "\n")}, &config.IntakeOptions{
						Known: slices.Values(cis), KnownRelations: slices.Values([]*config.Relation{known}), Observe: observe, OwnRelations: ownRelations(t, policy), Namespace: uuid.Max,
					})
					require.NoError(t, err)
					text := strings.ReplaceAll(faultTexts(in), string(state), "ended")
					if text == "" {
						for step, err := range in.Steps() {
							require.NoError(t, err)
							text += fmt.Sprintf("%v %T%v %v\n", step.ID, step.Relation, step.Relation, step.Ignored)
						}
					}
					return text
				}
				require.Equal(t, come(asInPackage(s)), come(s), "%s, %v: %s", s, observe, row)
			}
		}
	}
}

// TestIntakeOfRecordsInAHostsOwnStates: a record whole in such a state says nothing new
// of the one that is in it, and begins none.
func TestIntakeOfRecordsInAHostsOwnStates(t *testing.T) {
	policy := under(func(p *config.Policy) { p.Phase = relationPhase })
	cis := []*config.CI{
		{Header: itsm.Header{ID: id(1), State: config.Live, Number: "CI1"}, Class: "application", Name: "desk"},
		{Header: itsm.Header{ID: id(2), State: config.Live, Number: "CI2"}, Class: "server", Name: "web"},
	}
	begin := `state: %q is none of: proposed, active`
	moved := `state: is %s, and there it is %s; a command of its own moves it`
	ended := `state: is "%s", and history is not taken in; leave it out, as only relations that are proposed or active begin here`
	for name, c := range map[string]struct{ known, said, want string }{
		"none known":            {"", "resting", fmt.Sprintf(begin, "resting")},
		"none known that ended": {"closed", "resting", fmt.Sprintf(begin, "resting")},
		"the same":              {"resting", "resting", ""},
		"another that counts":   {"running", "resting", fmt.Sprintf(moved, "resting", "running")},
		"it counts there":       {"resting", "foreseen", "state: is foreseen, and there it is resting; a command of its own ends it"},
		"it is foreseen there":  {"foreseen", "running", fmt.Sprintf(moved, "running", "foreseen")},
		"both foreseen":         {"foreseen", "foreseen", ""},
		"over":                  {"resting", "closed", fmt.Sprintf(ended, "closed")},
		"nobody knows it":       {"resting", "unheard", fmt.Sprintf(begin, "unheard")},
	} {
		t.Run(name, func(t *testing.T) {
			r := config.Relation{Header: itsm.Header{ID: id(9), State: itsm.State(c.said), Number: "REL1"}, Type: "runs on", From: id(1), To: id(2)}
			var known []*config.Relation
			if c.known != "" {
				there := r
				there.State = itsm.State(c.known)
				known = append(known, &there)
			}
			if c.known == "closed" {
				r.ID = id(8)
			}
			var b strings.Builder
			require.NoError(t, config.WriteJSONLine(&b, config.Line{Relation: &r}))
			in, err := config.NewIntake(policy, itsm.Stamp{At: noon, By: ann}, []config.Source{lines(b.String())}, &config.IntakeOptions{
				Known: slices.Values(cis), KnownRelations: slices.Values(known), OwnRelations: ownRelations(t, policy),
			})
			require.NoError(t, err)
			if c.want == "" {
				require.Empty(t, faultTexts(in))
				for range in.Steps() {
					require.Fail(t, "it says something")
				}
				return
			}
			require.Equal(t, 1, strings.Count(faultTexts(in), "state: "), faultTexts(in))
			require.Contains(t, faultTexts(in), c.want)
		})
	}
}

// TestRelationsInAHostsOwnStatesAsTables: a row says nothing of such a state, and so none
// is written.
func TestRelationsInAHostsOwnStatesAsTables(t *testing.T) {
	for s := range relationPhases {
		r := &config.Relation{Header: itsm.Header{ID: id(9), State: s}, Type: "runs on", From: id(1), To: id(2)}
		err := config.WriteCSV(&strings.Builder{}, &config.Table{Of: config.RelationKind}, config.DefaultModel(), slices.Values([]config.Line{{Relation: r}}))
		var field *itsm.FieldError
		require.ErrorAs(t, err, &field)
		require.Equal(t, "lines[0].state", field.Field)
	}
}

// TestDrawingOfAHostsOwnStates: a drawing of records in a host's own states is that of
// those in the states that mean the same.
func TestDrawingOfAHostsOwnStates(t *testing.T) {
	phases := maps.Clone(relationPhases)
	phases["sold"], phases["scrapped"] = itsm.Done, itsm.Final
	drawn := func(of, server itsm.State) string {
		cis := []*config.CI{
			{Header: itsm.Header{ID: id(1), State: config.Live}, Class: "application", Name: "desk", Needs: []config.Need{{Group: "web", AtLeast: 1}}},
			{Header: itsm.Header{ID: id(2), State: server}, Class: "server", Name: "web"},
		}
		relations := []*config.Relation{{Header: itsm.Header{ID: id(9), State: of}, Type: "runs on", From: id(1), To: id(2), Group: "web"}}
		d, err := config.NewDrawing(config.DefaultModel(), slices.Values(cis), slices.Values(relations), &config.DrawingOptions{Phase: func(s itsm.State) itsm.Phase { return phases[s] }})
		require.NoError(t, err)
		return d.DOT()
	}
	for s := range relationPhases {
		require.Equal(t, drawn(asInPackage(s), config.Live), drawn(s, config.Live), "%s", s)
	}
	require.Equal(t, drawn(config.Active, config.Retired), drawn(config.Active, "sold"))
	require.Equal(t, drawn(config.Active, config.Disposed), drawn(config.Active, "scrapped"))
}

// TestHealthOfRelationsInAHostsOwnStates: health counts them as those in the states that
// mean the same, what is paused among them.
func TestHealthOfRelationsInAHostsOwnStates(t *testing.T) {
	rules := config.DefaultHealthRules()
	rules.Policy = under(func(p *config.Policy) { p.Phase = relationPhase })
	healthy := func(state itsm.State) string {
		cis := []*config.CI{
			{Header: itsm.Header{ID: id(1), State: config.Live}, Class: "server", Name: "web"},
			{Header: itsm.Header{ID: id(2), State: config.Live}, Class: "location", Name: "here"},
			{Header: itsm.Header{ID: id(3), State: config.Live}, Class: "location", Name: "there"},
			{Header: itsm.Header{ID: id(4), State: config.Live}, Class: "application", Name: "desk"},
			{Header: itsm.Header{ID: id(5), State: config.Live}, Class: "application", Name: "mail"},
		}
		relation := func(n byte, typ string, from, to byte) *config.Relation {
			return &config.Relation{Header: itsm.Header{ID: id(n), State: state}, Type: typ, From: id(from), To: id(to)}
		}
		h, err := config.HealthOf(rules, slices.Values(cis), slices.Values([]*config.Relation{
			relation(11, "located in", 1, 2), relation(12, "located in", 1, 3), relation(13, "depends on", 4, 5), relation(14, "depends on", 5, 4),
		}), noon)
		require.NoError(t, err)
		if asInPackage(state) == config.Active {
			require.Len(t, h.Measure(config.Overfull).IDs, 2, "%s", state)
			require.Len(t, h.Measure(config.Cyclic).IDs, 2, "%s", state)
			require.Len(t, h.Measure(config.Unsighted).IDs, 4, "%s", state)
		}
		return h.String()
	}
	for s := range relationPhases {
		require.Equal(t, healthy(asInPackage(s)), healthy(s), "%s", s)
	}
}
