package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// knownCI is a CI that is there already.
func knownCI(n byte, class, name string, more func(*config.CI)) *config.CI {
	ci := &config.CI{Header: itsm.Header{ID: id(n), Number: fmt.Sprint("CI", n), State: config.Live}, Class: class, Name: name, InState: time0}
	if more != nil {
		more(ci)
	}
	return ci
}

// A name that several CIs have is that of none: a row without an id would register
// one more of them.
func TestIntakeOfANameThatSeveralHave(t *testing.T) {
	const bare = `{"register":{"name":"web","class":"server"}}`
	own := func(n byte) string {
		return fmt.Sprintf(`{"register":{"id":%q,"name":"web","class":"server"}}`, id(n))
	}
	one := []*config.CI{knownCI(1, "server", "web", nil)}
	two := append(one, knownCI(2, "server", "web", nil))
	for name, c := range map[string]struct {
		known []*config.CI
		rows  []string
		wrong int // the line
		want  config.Counts
	}{
		"two known":                 {two, []string{bare}, 1, config.Counts{Refused: 1}},
		"two known, one by its id":  {two, []string{own(2)}, 0, config.Counts{Changed: 1}},
		"one known":                 {one, []string{bare}, 0, config.Counts{Changed: 1}},
		"one known, then another":   {one, []string{bare, own(3)}, 1, config.Counts{CIs: 1, Refused: 1}},
		"another, then one known":   {one, []string{own(3), bare}, 2, config.Counts{CIs: 1, Refused: 1}},
		"one with an id, then bare": {nil, []string{own(3), bare}, 2, config.Counts{CIs: 1, Refused: 1}},
		"bare, then with an id":     {nil, []string{bare, own(3)}, 1, config.Counts{CIs: 1, Refused: 1}},
		"bare between two":          {nil, []string{own(3), bare, own(4)}, 2, config.Counts{CIs: 2, Refused: 1}},
		"two with ids":              {nil, []string{own(3), own(4)}, 0, config.Counts{CIs: 2}},
	} {
		for _, observe := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, observe %t", name, observe), func(t *testing.T) {
				o := &config.IntakeOptions{Known: slices.Values(c.known), Observe: observe, Lenient: true}
				in, err := config.NewIntake(nil, itsm.Stamp{At: time0, By: ann}, []config.Source{lines(strings.Join(c.rows, "\n"))}, o)
				require.NoError(t, err)
				want := ""
				if c.wrong > 0 {
					want = fmt.Sprintf("%d:21: name: server/web is what several CIs are, here or there already; give the id of the one that is meant, or of its own to a new one\n", c.wrong)
				}
				require.Equal(t, want, faultTexts(in))
				require.Equal(t, c.want, in.Counts())
			})
		}
	}
}

// A policy that knows CIs is asked for those that rows name by id and no source has, and
// for those that rows register.
func TestIntakeAsksThePolicy(t *testing.T) {
	policy := under(func(p *config.Policy) {
		p.End = func(tenant string, ci uuid.UUID) (config.End, bool) {
			end, there := map[uuid.UUID]config.End{
				id(1): {Class: "server", State: config.Live}, id(2): {Class: "location", State: config.Live},
				id(3): {Class: "server", State: config.Disposed}, id(5): {Class: "business service", State: config.Live}, id(6): {Class: "business service", State: config.Live},
			}[ci]
			return end, there && tenant == "acme"
		}
	})
	row := func(to byte) string {
		return fmt.Sprintf(`{"relate":{"type":"runs on","from":"application/shop","to":%q}}`, id(to))
	}
	rows := []string{
		`{"register":{"name":"shop","class":"application"}}`, fmt.Sprintf(`{"register":{"id":%q,"name":"sale","class":"business service"}}`, id(5)),
		row(1), row(2), row(3), row(4), row(6),
	}
	in, err := config.NewIntake(policy, itsm.Stamp{At: time0, By: ann}, []config.Source{lines(strings.Join(rows, "\n"))}, &config.IntakeOptions{Lenient: true})
	require.NoError(t, err)
	require.Equal(t, `2:19: id: 00000000-0000-8000-8000-000000000005 is there already; give it among the known CIs
4:19: type: "runs on" leads from no application to a location; nothing does
5:60: to: 00000000-0000-8000-8000-000000000003 is disposed of (R5)
6:60: to: is no CI, neither here nor there already
7:19: type: "runs on" leads from no application to a business service; what does: depends on
`, faultTexts(in))
	require.Equal(t, config.Counts{CIs: 1, Relations: 1, Refused: 5}, in.Counts())
	commands, _ := comesTo(t, in)
	require.Len(t, commands, 2)
	require.Contains(t, commands[1], `"to":{"id":"`+id(1).String()+`","class":"server","state":"live"}`)
}

// A CI that was renamed has the id that its old name gives.
func TestIntakeOfTheOldNameOfACI(t *testing.T) {
	const row = `{"register":{"name":"db","class":"server"}}`
	cis, _ := registers(t, intake(t, nil, lines(row)), nil, probe)
	cis[0].Name = "db-old"
	in := intake(t, &config.IntakeOptions{Known: pointers(cis)}, lines(row))
	require.Equal(t, "1:21: name: server/db is what server/db-old was when it got its id, and that is called otherwise now; give the id of that if it is meant, or of its own to a new one\n", faultTexts(in))
}

// knownRelation is a relation that is there already, from CI 1 to CI 2.
func knownRelation(typ string, state itsm.State, more func(*config.Relation)) *config.Relation {
	r := &config.Relation{Header: itsm.Header{ID: id(9), Number: "REL9", State: state}, Type: typ, From: id(1), To: id(2), InState: time0.Add(-30 * day)}
	if more != nil {
		more(r)
	}
	return r
}

// comesTo is what an intake comes to, one text a command, and the fields left out.
func comesTo(t testing.TB, in *config.Intake) (commands, ignored []string) {
	t.Helper()
	for s, err := range in.Steps() {
		require.NoError(t, err)
		for _, c := range s.CI {
			commands = append(commands, fmt.Sprintf("%T %s", c, text(t, c)))
		}
		for _, c := range s.Relation {
			commands = append(commands, fmt.Sprintf("%T %s", c, text(t, c)))
		}
		ignored = append(ignored, s.Ignored...)
	}
	return commands, ignored
}

// What observing cannot say of a known CI is named, and nothing of it is counted.
func TestIntakeObservesAKnownCI(t *testing.T) {
	ci := knownCI(1, "server", "web", func(ci *config.CI) {
		ci.Owner, ci.Needs = "bob", []config.Need{{Group: "g", AtLeast: 1}}
	})
	o := &config.IntakeOptions{Known: slices.Values([]*config.CI{ci}), Observe: true}
	in := intake(t, o, lines(`{"register":{"name":"web","class":"server","description":"x","owner":"eve","criticality":"high","version":"2","state":"retired","attributes":{"memory":8},"needs":[{"group":"n","at_least":2},{"group":"g","at_least":1}],"change":"change:1","since":"2026-02-01T00:00:00Z","reason":"so"}}`))
	require.NoError(t, in.Err())
	commands, ignored := comesTo(t, in)
	require.Equal(t, []string{`config.Observe {"values":{"memory":8,"name":"web","version":"2"},"source":"probe","seen":"2026-02-01T00:00:00Z"}`}, commands)
	require.Equal(t, []string{"description", "owner", "criticality", "state", "needs.n", "change", "reason"}, ignored)

	ci.Description = "kept"
	in = intake(t, o, lines(`{"register":{"name":"web","class":"server","owner":"bob","state":"live","needs":[{"group":"g","at_least":1}]}}`))
	require.NoError(t, in.Err())
	_, ignored = comesTo(t, in)
	require.Empty(t, ignored, "what says what is believed is not left out")

	in = intake(t, o, lines(`{"register":{"name":"web","class":"server","attributes":{"memory":"much"}}}`))
	require.Equal(t, "1:67: attributes.memory: is a text; give a number\n", faultTexts(in), "and faults are of the row's fields")
	in = intake(t, o, lines(`{"register":{"name":"web","class":"server","since":"2090-01-01T00:00:00Z"}}`))
	require.Equal(t, "1:52: since: has not come yet\n", faultTexts(in))
}

// Observed of a known relation are that it is there, and what is observed of it.
func TestIntakeObservesAKnownRelation(t *testing.T) {
	policy := under(func(p *config.Policy) {
		var err error
		p.Model, err = p.Model.With(nil, []config.RelationType{{Name: "wired to", Inverse: "wires", Carries: config.Nowhere, Controlled: true, Pairs: []config.Pair{{"server", "server"}},
			Attributes: []config.Attribute{{Name: "bandwidth", Type: itsm.Number}, {Name: "plug", Type: itsm.Text, Controlled: true}}}})
		require.NoError(t, err)
	})
	known := knownRelation("wired to", config.Active, func(r *config.Relation) {
		r.Attributes = map[string]config.Assertion{"bandwidth": {Value: number(10), Seen: time0.Add(-10 * day)}}
	})
	o := &config.IntakeOptions{
		Known:          slices.Values([]*config.CI{knownCI(1, "server", "a", nil), knownCI(2, "server", "b", nil)}),
		KnownRelations: slices.Values([]*config.Relation{known}), Observe: true,
	}
	for name, c := range map[string]struct {
		row      string
		commands []string
		ignored  []string
		faults   string
	}{
		"there":                   {`"since":"2026-02-28T00:00:00Z"`, []string{`config.Sight {"source":"probe","seen":"2026-02-28T00:00:00Z"}`}, nil, ""},
		"now":                     {`"attributes":{"bandwidth":40}`, []string{`config.Sight {"source":"probe"}`, `config.Adjust {"values":{"bandwidth":40}}`}, nil, ""},
		"then":                    {`"source":"scan","attributes":{"bandwidth":40},"since":"2026-02-28T00:00:00Z"`, []string{`config.Sight {"source":"scan","seen":"2026-02-28T00:00:00Z"}`, `config.Adjust {"values":{"bandwidth":40},"since":"2026-02-28T00:00:00Z","reason":"seen then by scan"}`}, nil, ""},
		"then, and why":           {`"reason":"late","attributes":{"bandwidth":40},"since":"2026-02-28T00:00:00Z"`, []string{`config.Sight {"source":"probe","seen":"2026-02-28T00:00:00Z"}`, `config.Adjust {"values":{"bandwidth":40},"since":"2026-02-28T00:00:00Z","reason":"late"}`}, nil, ""},
		"now, and why":            {`"reason":"so","attributes":{"bandwidth":40}`, []string{`config.Sight {"source":"probe"}`, `config.Adjust {"values":{"bandwidth":40}}`}, []string{"reason"}, ""},
		"the same":                {`"attributes":{"bandwidth":10}`, []string{`config.Sight {"source":"probe"}`}, nil, ""},
		"before something newer":  {`"attributes":{"bandwidth":40},"since":"2026-02-01T00:00:00Z"`, []string{`config.Sight {"source":"probe","seen":"2026-02-01T00:00:00Z"}`}, []string{"attributes.bandwidth"}, ""},
		"what cannot be observed": {`"id":"` + id(7).String() + `","proposed":true,"attributes":{"plug":"x"},"change":"change:1","reason":"so"`, []string{`config.Sight {"source":"probe"}`}, []string{"id", "proposed", "attributes.plug", "change", "reason"}, ""},
		"no number":               {`"attributes":{"bandwidth":"wide"}`, nil, nil, "1:90: attributes.bandwidth: is a text; give a number\n"},
		"to come":                 {`"since":"2090-01-01T00:00:00Z"`, nil, nil, "1:72: since: has not come yet\n"},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := config.NewIntake(policy, intakeStamp, []config.Source{lines(`{"relate":{"type":"wired to","from":"server/a","to":"server/b",` + c.row + `}}`)}, o)
			require.NoError(t, err)
			require.Equal(t, c.faults, faultTexts(in))
			if c.faults != "" {
				return
			}
			commands, ignored := comesTo(t, in)
			require.Equal(t, c.commands, commands)
			require.Equal(t, c.ignored, ignored)
			lc := relations(t, policy)
			r := *known
			for s, err := range in.Steps() {
				require.NoError(t, err)
				for _, c := range s.Relation {
					_, err := lc.Fire(&r, c, intakeStamp)
					require.NoError(t, err)
				}
			}
		})
	}
}

// A row says of a known relation whether it is active; what the process would refuse
// is a fault.
func TestIntakeActivatesAKnownRelation(t *testing.T) {
	for name, c := range map[string]struct {
		typ      string
		state    itsm.State
		row      string
		by       itsm.Actor
		more     string // lines
		commands []string
		faults   string
	}{
		"under a change":            {"member of", config.Proposed, `"change":"change:1"`, ann, "", []string{`config.Activate {"change":"change:1"}`}, ""},
		"in the past":               {"member of", config.Proposed, `"change":"change:1","since":"2026-03-01T00:00:00Z","reason":"late"`, ann, "", []string{`config.Activate {"change":"change:1","since":"2026-03-01T00:00:00Z","reason":"late"}`}, ""},
		"no reason":                 {"member of", config.Proposed, `"change":"change:1","since":"2026-03-01T00:00:00Z"`, ann, "", nil, "1: reason: is missing; a fact of the past says why it is told only now (R34)\n"},
		"before it was":             {"member of", config.Proposed, `"change":"change:1","since":"2020-03-01T00:00:00Z","reason":"late"`, ann, "", nil, "1:94: since: is before it became proposed, at 2026-01-31T09:00:00Z\n"},
		"no change":                 {"member of", config.Proposed, `"group":""`, ann, "", nil, "1: R20: \"member of\" is controlled; name the change\n"},
		"not controlled":            {"stored on", config.Proposed, `"group":""`, ann, "", []string{`config.Activate {}`}, ""},
		"and adjusts":               {"wired to", config.Proposed, `"attributes":{"bandwidth":40}`, ann, "", []string{`config.Activate {}`, `config.Adjust {"values":{"bandwidth":40}}`}, ""},
		"adjusted without a change": {"wired to", config.Active, `"attributes":{"plug":"x"}`, ann, "", nil, "1: R20: controlled and so changed only under a change: plug; name it\n"},
		"by a program":              {"member of", config.Proposed, `"group":""`, probe, "", nil, ""},
		"proposed still":            {"member of", config.Proposed, `"proposed":true`, ann, "", nil, ""},
		"active still":              {"member of", config.Active, `"group":""`, ann, "", nil, ""},
		"proposed no more":          {"member of", config.Active, `"proposed":true`, ann, "", nil, "1:77: proposed: is true, and there it is active; a command of its own ends it\n"},
		"no place": {"kept in", config.Proposed, `"group":""`, ann, `{"relate":{"type":"kept in","from":"x/a","to":"x/c"}}`, []string{`config.Activate {}`},
			"2:36: from: is one too many: 1 may be \"kept in\" there\n"},
	} {
		t.Run(name, func(t *testing.T) {
			policy := under(func(p *config.Policy) {
				x := []config.Pair{{"x", "x"}}
				var err error
				p.Model, err = p.Model.With([]config.Class{{Name: "x"}}, []config.RelationType{
					{Name: "wired to", Inverse: "wires", Carries: config.Nowhere, Pairs: x, Attributes: []config.Attribute{{Name: "bandwidth", Type: itsm.Number}, {Name: "plug", Type: itsm.Text, Controlled: true}}},
					{Name: "kept in", Inverse: "keeps", Carries: config.Nowhere, MostFrom: 1, Pairs: x},
				})
				require.NoError(t, err)
			})
			from, to := "x", "x"
			switch c.typ {
			case "member of":
				from, to = "server", "cluster"
			case "stored on":
				from, to = "server", "storage"
			}
			o := &config.IntakeOptions{
				Known:          slices.Values([]*config.CI{knownCI(1, from, "a", nil), knownCI(2, to, "b", nil), knownCI(3, "x", "c", nil)}),
				KnownRelations: slices.Values([]*config.Relation{knownRelation(c.typ, c.state, nil)}), Lenient: true,
			}
			row := fmt.Sprintf(`{"relate":{"type":%q,"from":"%s/a","to":"%s/b",%s}}`, c.typ, from, to, c.row)
			in, err := config.NewIntake(policy, itsm.Stamp{At: time0, By: c.by}, []config.Source{lines(row + "\n" + c.more)}, o)
			require.NoError(t, err)
			require.Equal(t, c.faults, faultTexts(in))
			commands, _ := comesTo(t, in)
			require.Equal(t, c.commands, commands)
		})
	}
}

// What is new beside known relations is checked as ever.
func TestIntakeOfANewRelationBesideKnownOnes(t *testing.T) {
	o := &config.IntakeOptions{
		Known:          slices.Values([]*config.CI{knownCI(1, "server", "a", nil), knownCI(2, "cluster", "b", nil)}),
		KnownRelations: slices.Values([]*config.Relation{knownRelation("member of", config.Active, nil)}), Lenient: true,
	}
	in, err := config.NewIntake(nil, itsm.Stamp{At: time0, By: ann}, []config.Source{lines(`{"relate":{"type":"member of","from":"server/a","to":"cluster/b","group":"g"}}
{"relate":{"type":"member of","from":"server/z","to":"cluster/b","attributes":{"colour":"red"},"change":"change:1"}}
{"relate":{"id":"` + id(9).String() + `","type":"member of","from":"server/a","to":"cluster/b","group":"h","proposed":true}}`)}, o)
	require.NoError(t, err)
	require.Equal(t, `1: R20: "member of" is controlled; name the change, or propose it
2:89: attributes.colour: is not declared; the attributes are: 
2:38: from: is no CI, neither here nor there already
3:17: id: is that of one that is there already too
`, faultTexts(in))
	require.Equal(t, config.Counts{Refused: 3}, in.Counts())
}
