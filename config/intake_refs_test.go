package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

func TestHandleText(t *testing.T) {
	for text, want := range map[string]config.Handle{"": {}, "server/web/1": {Class: "server", Name: "web/1"}, id(1).String(): {ID: id(1)}} {
		got := config.Handle{Name: "old"}
		require.NoError(t, got.UnmarshalText([]byte(text)))
		require.Equal(t, want, got)
		back, err := got.MarshalText()
		require.NoError(t, err)
		require.Equal(t, text, string(back))
	}
	for _, text := range []string{"server", "/web", "server/", "ser\nver/web"} {
		got := config.Handle{Name: "old"}
		itsmtest.RequireField(t, got.UnmarshalText([]byte(text)), "handle")
		require.Equal(t, config.Handle{Name: "old"}, got, "what cannot be read changes nothing")
	}
}

// What a value of a CI names, and what only looks like a name.
func TestIntakeOfCIsThatReferByName(t *testing.T) {
	policy := under(func(p *config.Policy) {
		var err error
		p.Model, err = p.Model.With([]config.Class{{Name: "desk", Parent: "item", Attributes: []config.Attribute{attr("beside", itsm.Reference), attr("label", itsm.Text)}}}, nil)
		require.NoError(t, err)
	})
	one := `{"register":{"id":"` + id(1).String() + `","name":"a","class":"server"}}` + "\n"
	two := `{"register":{"id":"` + id(2).String() + `","name":"a","class":"server"}}` + "\n"
	for name, c := range map[string]struct {
		rows, value, fault string
		want               itsm.Value
	}{
		"a reference":            {one, `"beside":{"reference":"ci:server/a"}`, "", ref(1)},
		"to another kind":        {one, `"beside":{"reference":"person:server/a"}`, "", itsm.ReferenceValue(itsm.Ref{Kind: "person", ID: "server/a"})},
		"to one of several":      {one + two, `"beside":{"reference":"ci:server/a"}`, "refers to what several CIs are; name one by its id", itsm.Value{}},
		"no name":                {one, `"beside":{"reference":"ci:a"}`, `"a" is neither a UUID nor class/name, as in "server/web-1"`, itsm.Value{}},
		"a text that looks like": {one, `"label":"ci:server/a"`, "", word("ci:server/a")},
	} {
		in, err := config.NewIntake(policy, intakeStamp, []config.Source{lines(c.rows + `{"register":{"name":"d","class":"desk","attributes":{` + c.value + `}}}`)}, &config.IntakeOptions{Lenient: true})
		require.NoError(t, err)
		if c.fault != "" {
			require.Contains(t, faultTexts(in), "attributes.beside: "+c.fault+"\n", name)
			require.Equal(t, 1, in.Counts().Refused, name)
			require.NotContains(t, taken(t, in), "d", name)
			continue
		}
		require.Empty(t, faultTexts(in), name)
		for ci, err := range in.CIs() {
			require.NoError(t, err)
			if ci.Name == "d" {
				require.Contains(t, []itsm.Value{ci.Value("beside"), ci.Value("label")}, c.want, name)
			}
		}
	}
}

// TestIntakeOfRelationsThatReferByName: values of relations name CIs by class and name as
// those of CIs do, in tables and lines, of new relations and known ones.
func TestIntakeOfRelationsThatReferByName(t *testing.T) {
	policy := under(func(p *config.Policy) {
		var err error
		p.Model, err = p.Model.With(nil, []config.RelationType{{Name: "fed by", Inverse: "feeds", Carries: config.Nowhere, Pairs: []config.Pair{{"server", "server"}},
			Attributes: []config.Attribute{{Name: "through", Type: itsm.Reference, Refers: []string{config.Kind}, Classes: []string{"network device"}}}}})
		require.NoError(t, err)
	})
	cis := `{"register":{"id":"` + id(1).String() + `","name":"a","class":"server"}}
{"register":{"id":"` + id(2).String() + `","name":"b","class":"server"}}
{"register":{"id":"` + id(3).String() + `","name":"s","class":"network device","attributes":{"role":"switch"}}}
{"register":{"id":"` + id(4).String() + `","name":"lost","class":"network device","attributes":{"role":"switch"},"state":"nowhere"}}
`
	const row = `{"relate":{"type":"fed by","from":"server/a","to":"server/b","attributes":{"through":{"reference":"ci:VIA"}}}}` + "\n"
	const table = "type,from,to,through\nfed by,server/a,server/b,ci:VIA\n"
	relation := func(through string) *config.Relation {
		return &config.Relation{Header: itsm.Header{ID: id(9), State: config.Active, Number: "REL9"}, Type: "fed by", From: id(1), To: id(2),
			Attributes: map[string]config.Assertion{"through": {Value: itsm.ReferenceValue(itsm.Ref{Kind: config.Kind, ID: through})}}}
	}
	for via, c := range map[string]struct{ line, cell, plain string }{
		"network device/s":    {},
		id(3).String():        {},
		"server/a":            {"86", "26", "refers to a server; give one of: network device"},
		"network device/none": {"86", "26", "refers to no CI, neither here nor there already"},
		"network device/lost": {"86", "26", "refers to the CI of cis:4, which is refused"},
		"s":                   {"86", "26", `"s" is neither a UUID nor class/name, as in "server/web-1"`},
	} {
		for _, source := range []config.Source{
			config.SourceOf("rows", strings.ReplaceAll(row, "VIA", via), nil),
			config.SourceOf("rows", strings.ReplaceAll(table, "VIA", via), &config.Table{Of: config.RelationKind}),
		} {
			for name, known := range map[string][]*config.Relation{"new": nil, "beside another": {{Header: itsm.Header{ID: id(8), State: config.Active}, Type: "fed by", From: id(2), To: id(1)}}, "known": {relation(id(5).String())}, "the same": {relation(id(3).String())}} {
				in, err := config.NewIntake(policy, itsm.Stamp{At: noon, By: ann}, []config.Source{source, config.SourceOf("cis", cis, nil)}, &config.IntakeOptions{Lenient: true, KnownRelations: slices.Values(known)})
				require.NoError(t, err)
				var said []itsm.Value
				relations := 0
				for step, err := range in.Steps() {
					require.NoError(t, err)
					for _, c := range step.Relation {
						relations++
						switch c := c.(type) {
						case config.Relate:
							said = append(said, c.Attributes["through"])
						case config.Adjust:
							said = append(said, c.Values["through"])
						}
					}
				}
				if c.plain != "" {
					column := map[bool]string{true: c.line, false: c.cell}[source.Table == nil]
					line := map[bool]string{true: "1", false: "2"}[source.Table == nil]
					require.Contains(t, faultTexts(in), "rows:"+line+":"+column+": attributes.through: "+c.plain+"\n", "%s, %s", via, name)
					require.Zero(t, relations)
					continue
				}
				require.NotContains(t, faultTexts(in), "rows:", "%s, %s", via, name)
				if name == "the same" {
					require.Zero(t, relations, "it says nothing new")
					continue
				}
				require.Equal(t, []itsm.Value{ref(3)}, said, "%s, %s", via, name)
				for r, err := range in.Relations() {
					require.NoError(t, err)
					require.Equal(t, ref(3), r.Value("through"))
				}
			}
		}
	}
}

// A relation that was one too many has the place of one that fell, if its own values name
// what is there.
func TestIntakeGivesPlacesToRelationsThatRefer(t *testing.T) {
	policy := under(func(p *config.Policy) {
		var err error
		p.Model, err = p.Model.With(nil, []config.RelationType{{Name: "fed by", Inverse: "feeds", Carries: config.ToFirst, MostTo: 1, Pairs: []config.Pair{{"server", "server"}},
			Attributes: []config.Attribute{{Name: "through", Type: itsm.Reference, Refers: []string{config.Kind}}}}})
		require.NoError(t, err)
	})
	const rows = `{"register":{"name":"a","class":"server"}}
{"register":{"name":"b","class":"server"}}
{"register":{"name":"c","class":"server"}}
{"register":{"name":"d","class":"server"}}
{"register":{"name":"lost","class":"server","needs":[{"group":"g","at_least":1}]}}
{"relate":{"type":"fed by","from":"server/a","to":"server/b"}}
{"relate":{"type":"fed by","from":"server/lost","to":"server/c"}}
{"relate":{"type":"fed by","from":"server/lost","to":"server/b","group":"g"}}
{"relate":{"type":"fed by","from":"server/d","to":"server/c","attributes":{"through":{"reference":"ci:server/VIA"}}}}
`
	for via, want := range map[string]int{"b": 2, "lost": 1} {
		in, err := config.NewIntake(policy, itsm.Stamp{At: noon, By: ann}, []config.Source{lines(strings.Replace(rows, "VIA", via, 1))}, &config.IntakeOptions{Lenient: true})
		require.NoError(t, err)
		require.Equal(t, want, in.Counts().Relations, "%s: %s", via, faultTexts(in))
	}
}
