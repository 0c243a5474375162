package config_test

import (
	"bytes"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store/memory"
)

var intakeStamp = itsm.Stamp{At: time0, By: probe}

func lines(text string) config.Source { return config.SourceOf("", text, nil) }

func intake(t testing.TB, o *config.IntakeOptions, sources ...config.Source) *config.Intake {
	t.Helper()
	in, err := config.NewIntake(nil, intakeStamp, sources, o)
	require.NoError(t, err)
	return in
}

func faultTexts(in *config.Intake) string {
	var b strings.Builder
	for _, f := range in.Faults() {
		b.WriteString(f.Error() + "\n")
	}
	return b.String()
}

// whole is a small estate without faults.
const whole = `{"register":{"name":"shop","class":"application","state":"live"}}
{"register":{"name":"web-1","class":"server","state":"live","attributes":{"memory":64}}}
{"register":{"name":"web-2","class":"server","state":"live"}}
{"register":{"name":"web","class":"cluster","state":"live","needs":[{"group":"web","at_least":1}]}}
{"relate":{"type":"runs on","from":"application/shop","to":"cluster/web"}}
{"relate":{"type":"member of","from":"server/web-1","to":"cluster/web","group":"web"}}
{"relate":{"type":"member of","from":"server/web-2","to":"cluster/web","group":"web"}}
`

func TestIntakeTakesEverythingInOrNothing(t *testing.T) {
	in := intake(t, nil, lines(whole))
	require.NoError(t, in.Err())
	require.Equal(t, config.Counts{CIs: 4, Relations: 3}, in.Counts())
	require.Equal(t, []string{"shop", "web-1", "web-2", "web"}, taken(t, in))

	bad := whole + `{"relate":{"type":"runs on","from":"application/shop","to":"server/web-9"}}` + "\n"
	in = intake(t, nil, lines(bad))
	require.ErrorIs(t, in.Err(), itsm.ErrInvalid)
	steps := 0
	for _, err := range in.Steps() {
		require.ErrorIs(t, err, itsm.ErrInvalid)
		steps++
	}
	require.Equal(t, 1, steps, "one error and no step")

	in = intake(t, &config.IntakeOptions{Lenient: true}, lines(bad))
	require.Equal(t, "8:60: to: is no CI, neither here nor there already\n", faultTexts(in))
	require.Equal(t, config.Counts{CIs: 4, Relations: 3, Refused: 1}, in.Counts())
	require.Len(t, taken(t, in), 4)
}

// taken lists the names of the CIs, having asked that all can be read.
func taken(t testing.TB, in *config.Intake) []string {
	t.Helper()
	var names []string
	for ci, err := range in.CIs() {
		require.NoError(t, err)
		names = append(names, ci.Name)
	}
	relations := 0
	for _, err := range in.Relations() {
		require.NoError(t, err)
		relations++
	}
	steps := 0
	for _, err := range in.Steps() {
		require.NoError(t, err)
		steps++
	}
	n := in.Counts()
	require.Equal(t, [2]int{n.CIs, n.Relations}, [2]int{len(names), relations})
	require.LessOrEqual(t, steps, n.CIs+n.Relations+n.Changed+n.Confirmed)
	return names
}

func TestIntakeFaults(t *testing.T) {
	ci := func(name, class, more string) string {
		return fmt.Sprintf(`{"register":{"name":%q,"class":%q%s}}`, name, class, more)
	}
	one, two := `"id":"01890000-0000-7000-8000-000000000001"`, `"id":"01890000-0000-7000-8000-000000000002"`
	rel := func(typ, from, to, more string) string {
		return fmt.Sprintf(`{"relate":{"type":%q,"from":%q,"to":%q%s}}`, typ, from, to, more)
	}
	for name, c := range map[string]struct {
		lines []string
		want  []string
	}{
		"no JSON":             {[]string{`{"register":`}, []string{`1:13: is missing; give an object`}},
		"text":                {[]string{`not json`}, []string{`1:1: is "not", which is no JSON; give an object`}},
		"almost true":         {[]string{`true5`}, []string{`1:1: is "true5", which is no JSON; give an object`}},
		"null alone":          {[]string{`null`}, []string{`1:1: is null; give an object`}},
		"single quotes":       {[]string{`{'register':{}}`}, []string{`1:2: is "'register'", which is no JSON; give a string`}},
		"no value":            {[]string{ci("a", "server", `,"attributes":{"x":tru}`)}, []string{`1:60: attributes.x: is "tru", which is no JSON; give a text in quotes, a number, true, false, or an object as in {"reference": "ci:server/web-1"}`}},
		"a list":              {[]string{ci("a", "server", `,"attributes":{"x":[1]}`)}, []string{`1:60: attributes.x: is an array; give a text in quotes, a number, true, false, or an object as in {"reference": "ci:server/web-1"}`}},
		"number unquoted":     {[]string{ci("a", "server", `,"attributes":{"memory":{"number":3}}`)}, []string{`1:75: attributes.memory.number: is a number; its text is given in quotes, as in {"number": "3"}`}},
		"no truth":            {[]string{rel("runs on", "a/b", "c/d", `,"proposed":yes`)}, []string{`1:64: proposed: is "yes", which is no JSON; give true or false`}},
		"not closed":          {[]string{`{"register":{"name":"x"`}, []string{`1:24: ends where '}' is to be`}},
		"more after it":       {[]string{`{} {}`}, []string{`1:4: goes on after the JSON value`}},
		"nothing in it":       {[]string{`{}`}, []string{`1:1: is empty; give one of: ci, relation, register, relate`}},
		"two things":          {[]string{`{"ci":null,"relate":null}`}, []string{`1:7: data: is null; give an object`}},
		"two rows":            {[]string{`{"register":{},"register":{}}`}, []string{`1:16: register: is given twice`}},
		"unknown thing":       {[]string{`{"CI":{}}`}, []string{`1:7: CI: is none of: ci, relation, register, relate`}},
		"unknown field":       {[]string{ci("a", "server", `,"colour":"red"`)}, []string{`1:51: colour: is not a field here; they are: id, name, class, description, owner, criticality, environment, version, state, attributes, needs, source, change, since, reason`}},
		"letter case":         {[]string{`{"register":{"Name":"a"}}`}, []string{`1:21: Name: is not a field here; they are: id, name, class, description, owner, criticality, environment, version, state, attributes, needs, source, change, since, reason`}},
		"a name twice":        {[]string{ci("a", "server", `,"name":"b"`)}, []string{`1:42: name: is given twice`}},
		"null":                {[]string{ci("a", "server", `,"owner":null`)}, []string{`1:50: owner: is null; give a string`}},
		"half a character":    {[]string{ci("a", "server", `,"owner":"\ud800"`)}, []string{`1:50: owner: holds half of a surrogate pair, which is no character`}},
		"control character":   {[]string{ci("a", "server", ",\"owner\":\"\t\"")}, []string{`1:51: owner: holds a control character; write it as \u0009`}},
		"invalid UTF-8":       {[]string{"{\"register\":{\"name\":\"\xff\"}}"}, []string{`1:22: is not valid UTF-8`}},
		"no id":               {[]string{ci("a", "server", `,"id":7`)}, []string{`1:47: id: is a number; give a string`}},
		"a truth for a text":  {[]string{ci("a", "server", `,"owner":false`)}, []string{`1:50: owner: is a bool; give a string`}},
		"no end of a truth":   {[]string{`{"relate":{"proposed":[`}, []string{`1:23: proposed: does not end`}},
		"a text not closed":   {[]string{`{"register":{"name":"a`}, []string{`1:21: name: is a string that does not end`}},
		"a record not closed": {[]string{`{"ci":{"name":`}, []string{`1:7: ci: does not end`}},
		"no change":           {[]string{ci("a", "server", `,"change":"CHG1"`)}, []string{`1:51: change: "CHG1" is not of the form kind:id`}},
		"no time":             {[]string{ci("a", "server", `,"since":"today"`)}, []string{`1:50: since: "today" is not an instant, as in "2026-11-23T09:30:00Z"`}},
		"more than a blank":   {[]string{"{\"register\":{\"name\":\"a\",\"class\":\"server\"}}\x00"}, []string{`1:43: goes on after the JSON value`}},
		"no class of an end":  {[]string{rel("runs on", "/b", "c/d", ``)}, []string{`1:36: from: "/b" is neither a UUID nor class/name, as in "server/web-1"`}},
		"no UUID":             {[]string{ci("a", "server", `,"id":"7"`)}, []string{`1:47: id: "7" is no UUID`}},
		"unknown class":       {[]string{ci("a", "sever", ``)}, []string{`1:33: class: "sever" is no class; they are: business service, service offering, application, database, container, cluster, virtual machine, server, network device, storage, location, document, contract, licence`}},
		"abstract class":      {[]string{ci("a", "computer", ``)}, []string{`1:33: class: "computer" is abstract; give one of those within it`}},
		"no name":             {[]string{`{"register":{"class":"server"}}`}, []string{`1: name: is missing`}},
		"wrong type":          {[]string{ci("a", "server", `,"attributes":{"memory":"64"}`)}, []string{`1:65: attributes.memory: is a text; give a number`}},
		"out of range":        {[]string{ci("a", "server", `,"attributes":{"cpus":0}`)}, []string{`1:63: attributes.cpus: is 0; give 1 or more`}},
		"required missing":    {[]string{ci("a", "network device", ``)}, []string{`1: attributes.role: is missing; it is required`}},
		"bad need":            {[]string{ci("a", "cluster", `,"needs":[{"group":"x","at_least":"2"}]`)}, []string{`1:51: needs[0].at_least: is a string; give a whole number`}},
		"need of none":        {[]string{ci("a", "cluster", `,"needs":[{"group":"x","at_least":2}]`)}, []string{`1:51: needs[0].at_least: asks for 2 of "x", which has 0`}},
		"state":               {[]string{ci("a", "server", `,"state":"lost"`)}, []string{`1:50: state: "lost" is none of: planned, ordered, in build, in test, live, in maintenance, retired, disposed`}},
		"id twice":            {[]string{ci("a", "server", ","+one), ci("b", "server", ","+one)}, []string{`2:47: id: is that of line 1 too`}},
		"name twice":          {[]string{ci("a", "server", ""), ci("b", "server", ""), ci("a", "server", "")}, []string{`3:21: name: server/a is named in line 1 too; give ids to both if they are two`}},
		"ambiguous":           {[]string{ci("a", "server", ","+one), ci("a", "server", ","+two), ci("w", "application", ""), rel("runs on", "application/w", "server/a", "")}, []string{`4:57: to: is what several CIs are; name it by its id`}},
		"dangling":            {[]string{ci("w", "application", ""), rel("runs on", "application/w", "server/a", "")}, []string{`2:57: to: is no CI, neither here nor there already`}},
		"no end":              {[]string{ci("w", "application", ""), `{"relate":{"type":"runs on","from":"application/w"}}`}, []string{`2: to: is missing; name a CI`}},
		"no handle":           {[]string{rel("runs on", "application", "server/a", "")}, []string{`1:36: from: "application" is neither a UUID nor class/name, as in "server/web-1"`}},
		"unknown type":        {[]string{ci("w", "application", ""), rel("runs", "application/w", "application/w", "")}, []string{`2:19: type: "runs" is none of: offers, depends on, runs on, member of, connects to, stored on, located in, backed up by, documented by, covered by, licensed by`}},
		"inverse type":        {[]string{ci("w", "application", ""), rel("hosts", "application/w", "application/w", "")}, []string{`2:19: type: "hosts" is how "runs on" reads from the second; give that, with the ends the other way round`}},
		"pair not allowed":    {[]string{ci("w", "application", ""), ci("l", "location", ""), rel("runs on", "application/w", "location/l", "")}, []string{`3:19: type: "runs on" leads from no application to a location; nothing does`}},
		"to itself":           {[]string{ci("w", "application", ""), rel("depends on", "application/w", "application/w", "")}, []string{`2:60: to: is the CI that it leads from`}},
		"said twice":          {[]string{ci("w", "application", ""), ci("a", "server", ""), rel("runs on", "application/w", "server/a", ""), rel("runs on", "application/w", "server/a", "")}, []string{`4: says the same as line 3`}},
		"relation id twice":   {[]string{ci("w", "application", ""), ci("a", "server", ""), rel("runs on", "application/w", "server/a", ","+one), rel("runs on", "application/w", "server/a", `,"group":"g",`+one)}, []string{`4:85: id: is that of line 3 too`}},
		"relation attribute":  {[]string{ci("w", "application", ""), ci("a", "server", ""), rel("runs on", "application/w", "server/a", `,"attributes":{"speed":1}`)}, []string{`3:90: attributes.speed: is not declared; the attributes are: `}},
		"since to come":       {[]string{ci("a", "server", `,"since":"2090-01-01T00:00:00Z"`)}, []string{`1:50: since: has not come yet; what is planned is a change's to say`}},
		"reason for the past": {[]string{ci("a", "server", `,"since":"2020-01-01T00:00:00Z"`)}, []string{`1: reason: is missing; a fact of the past says why it is told only now (R34)`}},
		"depends on a bad one": {[]string{ci("w", "application", ""), ci("a", "sever", ""), rel("runs on", "application/w", "sever/a", "")},
			[]string{`2:33: class: "sever" is no class; they are: business service, service offering, application, database, container, cluster, virtual machine, server, network device, storage, location, document, contract, licence`, `3:57: to: is the CI of line 2, which is refused`}},
	} {
		t.Run(name, func(t *testing.T) {
			in := intake(t, &config.IntakeOptions{Lenient: true}, lines(strings.Join(c.lines, "\n")))
			require.Equal(t, strings.Join(c.want, "\n")+"\n", faultTexts(in))
			require.Equal(t, len(c.want), in.FaultCount())
			for _, f := range in.Faults() {
				requireColumn(t, c.lines, f)
			}
			taken(t, in)
		})
	}
}

// One CI that is refused takes with it what cannot be without it, however far.
func TestIntakeFaultsSpread(t *testing.T) {
	in := intake(t, &config.IntakeOptions{Lenient: true}, lines(`{"register":{"name":"shop","class":"application","needs":[{"group":"db","at_least":2}]}}
{"register":{"name":"db-1","class":"database"}}
{"register":{"name":"db-2","class":"database","attributes":{"data_size":-1}}}
{"register":{"name":"sale","class":"business service"}}
{"relate":{"type":"depends on","from":"application/shop","to":"database/db-1","group":"db"}}
{"relate":{"type":"depends on","from":"application/shop","to":"database/db-2","group":"db"}}
{"relate":{"type":"depends on","from":"business service/sale","to":"application/shop"}}
{"relate":{"type":"depends on","from":"business service/sale","to":"database/db-1"}}
`))
	require.Equal(t, `1:58: needs[0].at_least: asks for 2 of "db", which has 1
3:73: attributes.data_size: is -1 GiB; give 0 GiB or more
5:39: from: is the CI of line 1, which is refused
6:63: to: is the CI of line 3, which is refused
7:68: to: is the CI of line 1, which is refused
`, faultTexts(in))
	require.Equal(t, []string{"db-1", "sale"}, taken(t, in))
}

func TestIntakeCardinality(t *testing.T) {
	in := intake(t, &config.IntakeOptions{Lenient: true}, lines(`{"register":{"name":"a","class":"server"}}
{"register":{"name":"x","class":"location"}}
{"register":{"name":"y","class":"location"}}
{"relate":{"type":"located in","from":"server/a","to":"location/x","change":"change:CHG1"}}
{"relate":{"type":"located in","from":"server/a","to":"location/y","change":"change:CHG1"}}
{"relate":{"type":"located in","from":"server/a","to":"location/y","group":"g"}}
`))
	require.Equal(t, "5:39: from: is one too many: 1 may be \"located in\" there\n", faultTexts(in), "what a program only proposes does not count")
	taken(t, in)
}

// What falls with a refused CI takes no place from another relation.
func TestIntakeCardinalityWithoutTheRefused(t *testing.T) {
	in := intake(t, &config.IntakeOptions{Lenient: true}, lines(`{"register":{"name":"a","class":"server"}}
{"register":{"name":"x","class":"location","state":"odd"}}
{"register":{"name":"y","class":"location"}}
{"relate":{"type":"located in","from":"server/a","to":"location/x","change":"change:CHG1"}}
{"relate":{"type":"located in","from":"server/a","to":"location/y","change":"change:CHG1"}}
`))
	require.NotContains(t, faultTexts(in), "one too many")
	relations := 0
	for s, err := range in.Steps() {
		require.NoError(t, err)
		relations += len(s.Relation)
	}
	require.Equal(t, 1, relations)
}

// Faults are bounded and counted, and the first ones are kept.
func TestIntakeKeepsTheFirstFaults(t *testing.T) {
	text := strings.Repeat("{\n", 5000)
	in := intake(t, &config.IntakeOptions{MaxFaults: 7}, lines(text))
	require.Len(t, in.Faults(), 7)
	require.Equal(t, 5000, in.FaultCount())
	require.Equal(t, 7, in.Faults()[6].Line)
	require.Contains(t, in.Err().Error(), "and 4997 more")
}

// Whoever wants all faults says so with the largest number there is: that is no more
// work for each of them. Sorting anew with each takes minutes here.
func TestIntakeKeepsAllFaults(t *testing.T) {
	in := intake(t, &config.IntakeOptions{MaxFaults: math.MaxInt}, lines(strings.Repeat("{\n", 100_000)))
	require.Len(t, in.Faults(), 100_000)
}

// A host gives the steps to its registers, which take each of them: the intake
// promised so.
func TestIntakeIntoRegisters(t *testing.T) {
	in := intake(t, nil, lines(whole))
	cis, relations := registers(t, in, nil, probe)
	require.Len(t, cis, 4)
	require.Len(t, relations, 3)
	require.Equal(t, config.Proposed, relations[1].State, "membership is controlled, and a program found it")

	// Again, with what is there: nothing is new, and what differs is changed.
	known := &config.IntakeOptions{Known: pointers(cis), KnownRelations: pointers(relations)}
	in = intake(t, known, lines(strings.Replace(whole, `"memory":64`, `"memory":65`, 1)))
	require.Contains(t, in.Err().Error(), "needs one of the roles", "a program only observes")
	known.Observe = true
	in = intake(t, known, lines(strings.Replace(whole, `"memory":64`, `"memory":65`, 1)))
	require.NoError(t, in.Err())
	require.Equal(t, config.Counts{Changed: 4, Confirmed: 3}, in.Counts())
	var names []string
	for s, err := range in.Steps() {
		require.NoError(t, err)
		require.False(t, s.New)
		for _, c := range s.CI {
			names = append(names, fmt.Sprintf("%T", c))
		}
		for _, c := range s.Relation {
			names = append(names, fmt.Sprintf("%T", c))
		}
	}
	require.Equal(t, append(slices.Repeat([]string{"config.Observe"}, 4), slices.Repeat([]string{"config.Sight"}, 3)...), names)
}

func TestIntakeChangesWhatIsKnown(t *testing.T) {
	first := `{"register":{"name":"a","class":"server","owner":"bob","state":"live","change":"change:1","needs":[{"group":"g","at_least":1}]}}
{"register":{"name":"s","class":"storage","state":"live","change":"change:1"}}
{"relate":{"type":"stored on","from":"server/a","to":"storage/s","group":"g"}}`
	stamp := itsm.Stamp{At: time0, By: ann}
	in, err := config.NewIntake(nil, stamp, []config.Source{lines(first)}, nil)
	require.NoError(t, err)
	require.NoError(t, in.Err())
	cis, relations := registers(t, in, nil, ann)
	o := &config.IntakeOptions{Known: pointers(cis), KnownRelations: pointers(relations), Lenient: true}
	in, err = config.NewIntake(nil, stamp, []config.Source{lines(`{"register":{"name":"a","class":"server","owner":"eve","version":"2","attributes":{"memory":8},"change":"change:2"}}
{"register":{"name":"s","class":"storage","state":"planned"}}
{"register":{"name":"a","class":"server"}}
{"register":{"name":"t","class":"storage"}}
{"relate":{"type":"stored on","from":"server/a","to":"storage/s","group":"g"}}
{"relate":{"type":"stored on","from":"server/a","to":"storage/t"}}
{"register":{"name":"t","class":"storage"}}
`)}, o)
	require.NoError(t, err)
	require.Equal(t, `2:51: state: is planned, and there it is live; a command of its own moves it
3:21: name: server/a is the CI of line 1 again
7:21: name: storage/t is named in line 4 too; give ids to both if they are two
`, faultTexts(in))
	require.Equal(t, config.Counts{CIs: 1, Changed: 1, Relations: 1, Confirmed: 1, Refused: 3}, in.Counts())
	require.Equal(t, []string{"t"}, taken(t, in), "the known ones are not registered")
	var got []string
	for s, err := range in.Steps() {
		require.NoError(t, err)
		for _, c := range s.CI {
			got = append(got, fmt.Sprintf("%d %t %T", s.Line, s.New, c))
		}
		for _, c := range s.Relation {
			got = append(got, fmt.Sprintf("%d %t %T", s.Line, s.New, c))
		}
	}
	require.Equal(t, []string{"1 false config.SetAttributes", "1 false config.Describe", "1 false config.Own", "4 true config.Register", "6 true config.Relate"}, got)

	in, err = config.NewIntake(nil, stamp, []config.Source{lines(`{"register":{"name":"a","class":"server","needs":[{"group":"g","at_least":2}],"change":"change:2"}}`)}, o)
	require.NoError(t, err)
	require.Equal(t, "1:50: needs[0].at_least: asks for 2 of \"g\", which has 1\n", faultTexts(in))
}

func pointers[T any](list []T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for i := range list {
			if !yield(&list[i]) {
				return
			}
		}
	}
}

// registers gives the steps of an intake to registers.
func registers(t testing.TB, in *config.Intake, policy *config.Policy, by itsm.Actor) ([]config.CI, []config.Relation) {
	t.Helper()
	var next uuid.UUID
	backend := memory.New()
	cis, err := config.Process(policy)
	require.NoError(t, err)
	relations, err := config.RelationProcess(policy)
	require.NoError(t, err)
	newID := func() uuid.UUID { return next }
	ofCIs, err := register.New(backend, cis, &register.Options[config.CI]{Now: clock0, NewID: newID})
	require.NoError(t, err)
	ofRelations, err := register.New(backend, relations, &register.Options[config.Relation]{Now: clock0, NewID: newID})
	require.NoError(t, err)
	var ciList []config.CI
	var relationList []config.Relation
	for s, err := range in.Steps() {
		require.NoError(t, err)
		require.True(t, s.New)
		next = s.ID
		for _, c := range s.CI {
			ci, err := ofCIs.Create(t.Context(), by, c)
			require.NoError(t, err)
			require.Equal(t, s.ID, ci.ID)
			ciList = append(ciList, ci)
		}
		for _, c := range s.Relation {
			r, err := ofRelations.Create(t.Context(), by, c)
			require.NoError(t, err)
			relationList = append(relationList, r)
		}
	}
	// What the intake makes of the rows itself is the same.
	i := 0
	for ci, err := range in.CIs() {
		require.NoError(t, err)
		ci.Number = ciList[i].Number
		require.Equal(t, ciList[i], *ci)
		i++
	}
	i = 0
	for r, err := range in.Relations() {
		require.NoError(t, err)
		r.Number = relationList[i].Number
		require.Equal(t, text(t, relationList[i]), text(t, r))
		i++
	}
	return ciList, relationList
}

// What becomes of a table once the intake is made changes nothing: rows would come in
// that nobody has checked.
func TestIntakeKeepsItsTables(t *testing.T) {
	table := &config.Table{Of: config.Kind, Columns: map[string]string{"host": "name"}, Values: map[string]map[string]string{"name": {"web": "web-1"}}, Always: map[string]string{"class": "server"}}
	in := intake(t, nil, config.SourceOf("", "host\nweb\n", table))
	before := fmt.Sprint(slices.Collect(commands(t, in)))
	table.Values["name"]["web"] = "web-2"
	table.Always["owner"], table.Columns["host"], table.Of = "eve", "description", config.RelationKind
	require.Equal(t, before, fmt.Sprint(slices.Collect(commands(t, in))))
}

func commands(t testing.TB, in *config.Intake) iter.Seq[itsm.Command[config.CI]] {
	return func(yield func(itsm.Command[config.CI]) bool) {
		for s, err := range in.Steps() {
			require.NoError(t, err)
			for _, c := range s.CI {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// Records come back to the byte.
func TestRecordsAsLinesRoundTrip(t *testing.T) {
	in := intake(t, nil, lines(whole))
	cis, relations := registers(t, in, nil, probe)
	var first bytes.Buffer
	for i := range cis {
		require.NoError(t, config.WriteJSONLine(&first, config.Line{CI: &cis[i]}))
	}
	for i := range relations {
		require.NoError(t, config.WriteJSONLine(&first, config.Line{Relation: &relations[i]}))
	}
	row := cis[1].Row()
	rel := relations[0].Row()
	require.NoError(t, config.WriteJSONLine(&first, config.Line{Register: &row}))
	require.NoError(t, config.WriteJSONLine(&first, config.Line{Relate: &rel}))
	var second bytes.Buffer
	for l, err := range config.ReadJSONLines(strings.NewReader(first.String()), 0) {
		require.NoError(t, err)
		require.NoError(t, config.WriteJSONLine(&second, l))
	}
	require.Equal(t, first.String(), second.String())

	records := first.String()[:strings.Index(first.String(), `{"register"`)]
	in = intake(t, nil, lines(records))
	require.NoError(t, in.Err())
	i := 0
	for ci, err := range in.CIs() {
		require.NoError(t, err)
		require.Equal(t, text(t, cis[i]), text(t, ci), "a record that came whole stays so")
		i++
	}
	require.Equal(t, len(cis), i)
	require.Error(t, config.WriteJSONLine(&second, config.Line{}))
}

var time0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func clock0() time.Time { return time0 }

// requireColumn asks that a fault's column is where the value of its field begins,
// if it is about a value.
func requireColumn(t *testing.T, lines []string, f *config.Fault) {
	t.Helper()
	last := f.Field[strings.LastIndex(f.Field, ".")+1:]
	about := fmt.Sprintf("%q:", last)
	if f.Column == 0 || !strings.Contains(lines[f.Line-1], about) || strings.Contains(f.Problem, "given twice") || strings.Contains(f.Problem, "control character") || last == "at_least" {
		return
	}
	require.True(t, strings.HasSuffix(lines[f.Line-1][:f.Column-1], about), f.Error())
}
