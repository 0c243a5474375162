package config_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// What one estate exports another takes over, in every state, as lines or as tables.
// What is out of use keeps its needs, though its relations have ended; those are
// history, and left out when asked.
func TestIntakeTakesOverEveryState(t *testing.T) {
	lc := lifecycle(t, nil)
	states := []itsm.State{config.Planned, config.Ordered, config.InBuild, config.InTest, config.Live, config.InMaintenance, config.Retired, config.Disposed}
	require.Len(t, lc.States(), len(states))
	var cis, relations, ended []config.Line
	for i, state := range states {
		ci := &config.CI{Header: itsm.Header{ID: id(byte(1 + i)), Number: fmt.Sprint("CI", i)}}
		_, err := lc.Fire(ci, config.Register{Name: fmt.Sprint("db-", i), Class: "database", State: state, Change: change, Needs: []config.Need{{Group: "disks", AtLeast: 1}}}, itsm.Stamp{At: time0, By: ann})
		require.NoError(t, err)
		r := &config.Relation{Header: itsm.Header{ID: id(byte(101 + i)), State: config.Active}, Type: "stored on", From: ci.ID, To: id(100), Group: "disks"}
		cis = append(cis, config.Line{CI: ci})
		if state == config.Retired || state == config.Disposed {
			r.State = config.Ended
			ended = append(ended, config.Line{Relation: r})
		} else {
			relations = append(relations, config.Line{Relation: r})
		}
	}
	san := &config.CI{Header: itsm.Header{ID: id(100)}}
	_, err := lc.Fire(san, config.Register{Name: "san", Class: "storage"}, itsm.Stamp{At: time0, By: ann})
	require.NoError(t, err)
	cis = append(cis, config.Line{CI: san})

	asLines := func(list ...config.Line) config.Source {
		var b strings.Builder
		for _, l := range list {
			require.NoError(t, config.WriteJSONLine(&b, l))
		}
		return config.SourceOf("estate.jsonl", b.String(), nil)
	}
	asTable := func(name string, table *config.Table, list []config.Line) config.Source {
		var b strings.Builder
		require.NoError(t, config.WriteCSV(&b, table, config.DefaultModel(), slices.Values(list)))
		return config.SourceOf(name, b.String(), table)
	}
	for name, sources := range map[string][]config.Source{
		"lines":  {asLines(slices.Concat(cis, relations)...)},
		"tables": {asTable("cis.csv", &config.Table{Of: config.Kind}, cis), asTable("relations.csv", &config.Table{Of: config.RelationKind}, relations)},
	} {
		t.Run(name, func(t *testing.T) {
			in := intake(t, nil, sources...)
			require.NoError(t, in.Err())
			requireStates(t, in, cis)
			require.Equal(t, config.Counts{CIs: len(cis), Relations: len(relations)}, in.Counts())
		})
	}

	all := asLines(slices.Concat(cis, ended, relations)...)
	fault := `estate.jsonl:%d:%d: state: is "ended", and history is not taken in; leave it out, as only relations that are proposed or active begin here` + "\n"
	in := intake(t, nil, all)
	require.Equal(t, fmt.Sprintf(fault+fault, 10, 78, 11, 78), faultTexts(in))
	in = intake(t, &config.IntakeOptions{Lenient: true}, all)
	requireStates(t, in, cis)
	require.Equal(t, config.Counts{CIs: len(cis), Relations: len(relations), Refused: len(ended)}, in.Counts())
}

// requireStates asks that the commands of an intake register the CIs of the lines, in
// the state that each has.
func requireStates(t *testing.T, in *config.Intake, want []config.Line) {
	t.Helper()
	for s, err := range in.Steps() {
		require.NoError(t, err)
		for _, c := range s.CI {
			ci := config.CI{Header: itsm.Header{ID: s.ID, Number: "CI1"}}
			_, err := lifecycle(t, nil).Fire(&ci, c, intakeStamp)
			require.NoError(t, err)
			require.Equal(t, want[0].CI.State, ci.State)
			require.Equal(t, want[0].CI.ID, ci.ID)
			require.Equal(t, want[0].CI.Needs, ci.Needs)
			want = want[1:]
		}
	}
	require.Empty(t, want)
}

// TestIntakeOfAHostsOwnStates: with what the host adds to the lifecycle, an intake
// registers into its states, changes what is in them, and relates by what they mean.
func TestIntakeOfAHostsOwnStates(t *testing.T) {
	policy := under(func(p *config.Policy) {
		phases(p)
		most := p.Phase
		p.Phase = func(s itsm.State) itsm.Phase {
			if s == "stolen" {
				return itsm.Final
			}
			return most(s)
		}
	})
	own := hostsOwn(t, policy)
	known := []*config.CI{
		{Header: itsm.Header{ID: id(1), State: lent, Number: "CI1"}, Class: "application", Name: "desk"},
		{Header: itsm.Header{ID: id(2), State: "stolen", Number: "CI2"}, Class: "server", Name: "web-2"},
	}
	take := func(own *itsm.Definition[config.CI], text string) *config.Intake {
		in, err := config.NewIntake(policy, itsm.Stamp{At: noon, By: ann}, []config.Source{lines(text)}, &config.IntakeOptions{Known: slices.Values(known), Own: own, Namespace: uuid.Max})
		require.NoError(t, err)
		return in
	}
	good := `{"register":{"name":"web-1","class":"server","state":"in stock"}}
{"register":{"name":"desk","class":"application","owner":"eve"}}
{"relate":{"type":"runs on","from":"application/desk","to":"server/web-1"}}
`
	require.Equal(t, 3, take(nil, good).FaultCount(), "neither may be done there, and so there is nothing to relate to")
	in := take(&own, good)
	require.NoError(t, in.Err())
	for s, err := range in.Steps() {
		require.NoError(t, err)
		for _, c := range s.Relation {
			related := c.(config.Relate)
			require.Equal(t, []itsm.State{lent, inStock}, []itsm.State{related.From.State, related.To.State})
		}
	}
	bad := take(&own, `{"relate":{"type":"runs on","from":"application/desk","to":"server/web-2"}}`+"\n")
	require.Contains(t, faultTexts(bad), "is disposed of (R5)")
}

// TestIntakeCountsSoftSuppliersForNoGroup: as a graph does.
func TestIntakeCountsSoftSuppliersForNoGroup(t *testing.T) {
	rows := `{"register":{"name":"desk","class":"application","needs":[{"group":"data","at_least":2}]}}
{"register":{"name":"a","class":"database"}}
{"register":{"name":"b","class":"database"}}
{"relate":{"type":"depends on","from":"application/desk","to":"database/a","group":"data"}}
{"relate":{"type":"depends on","from":"application/desk","to":"database/b","group":"data","attributes":{"strength":%q}}}
`
	require.Zero(t, intake(t, nil, lines(fmt.Sprintf(rows, "hard"))).FaultCount())
	require.Contains(t, faultTexts(intake(t, nil, lines(fmt.Sprintf(rows, "soft")))), "needs[0].at_least")
}

// A record of a relation that has ended does not begin it again.
func TestIntakeOfAnEndedRelation(t *testing.T) {
	in := intake(t, nil, lines(whole))
	_, relations := registers(t, in, nil, probe)
	r := relations[0]
	r.State = config.Ended
	var record bytes.Buffer
	require.NoError(t, config.WriteJSONLine(&record, config.Line{Relation: &r}))
	cis := whole[:strings.Index(whole, `{"relate"`)]
	cis = strings.Replace(cis, `,"needs":[{"group":"web","at_least":1}]`, "", 1)
	in = intake(t, &config.IntakeOptions{Lenient: true}, lines(cis+record.String()))
	require.Regexp(t, `^5:\d+: state: is "ended", and history is not taken in; leave it out, as only relations that are proposed or active begin here\n$`, faultTexts(in))
	require.Equal(t, config.Counts{CIs: 4, Refused: 1}, in.Counts())
	for r := range in.Relations() {
		t.Fatal(r)
	}
}

// What is said again of a relation that has ended is a new relation, with an id that
// none has had.
func TestIntakeAfterTheEnd(t *testing.T) {
	cis, relations := registers(t, intake(t, nil, lines(whole)), nil, probe)
	o := &config.IntakeOptions{Known: pointers(cis), Observe: true}
	had := map[uuid.UUID]bool{}
	r := relations[0]
	r.State = config.Ended
	all := pointers([]config.Relation{r, relations[1], relations[2]})
	for range 3 {
		o.KnownRelations = all
		in := intake(t, o, lines(whole))
		require.Equal(t, config.Counts{Changed: 4, Relations: 1, Confirmed: 2}, in.Counts())
		for again, err := range in.Relations() {
			require.NoError(t, err)
			require.NotEqual(t, r.ID, again.ID)
			require.False(t, had[again.ID])
			had[again.ID] = true
			again.State = config.Ended
			all = slices.Values(append(slices.Collect(all), again))
		}
	}
	require.Len(t, had, 3)

	o.Lenient = true
	in := intake(t, o, lines(fmt.Sprintf(`{"relate":{"id":%q,"type":"runs on","from":"application/shop","to":"cluster/web"}}`, r.ID)))
	require.Contains(t, faultTexts(in), "id: is that of a relation that has ended")
	require.Equal(t, config.Counts{Refused: 1}, in.Counts())
}
