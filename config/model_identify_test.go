package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// TestModelFaultsOfIdentifiers: each is told where it stands.
func TestModelFaultsOfIdentifiers(t *testing.T) {
	placeholders := func(list ...itsm.Value) func(*config.Attribute) {
		return func(a *config.Attribute) { a.Placeholders = list }
	}
	with := func(base [][]string, sub [][]string, more ...config.Attribute) []config.Class {
		return []config.Class{
			{Name: "sub", Parent: "base", Identifiers: sub, Attributes: more},
			{Name: "base", Abstract: true, Identifiers: base, Attributes: []config.Attribute{
				attr("serial", itsm.Text, placeholders(word("None"))), attr("code", itsm.Number), attr("on", itsm.Truth), attr("link", itsm.Reference),
			}},
		}
	}
	of := func(names ...string) [][]string { return [][]string{names} }
	for name, c := range map[string]struct {
		classes []config.Class
		fields  []string
	}{
		"none":                      {with(nil, nil), nil},
		"all that may":              {with([][]string{{"serial"}, {"name", "code"}, {"serial", "environment"}}, of("version")), nil},
		"more of what identifies":   {with(of("serial"), of("serial", "code")), nil},
		"empty":                     {with(nil, [][]string{{"serial"}, {}}), []string{"classes[0].identifiers[1]"}},
		"no attribute":              {with(nil, of("serial", "colour")), []string{"classes[0].identifiers[0][1]"}},
		"of a descendant":           {with(of("size"), nil, attr("size", itsm.Number)), []string{"classes[1].identifiers[0][0]"}},
		"its own":                   {with(nil, of("size"), attr("size", itsm.Number)), nil},
		"its own, and wrong itself": {with(nil, of("size"), attr("size", "colour")), []string{"classes[0].attributes[0].type"}},
		"no type to identify":       {with(of("on", "link"), nil), []string{"classes[1].identifiers[0][0]", "classes[1].identifiers[0][1]"}},
		"state and owner":           {with(of("state"), of("owner")), []string{"classes[0].identifiers[0][0]", "classes[1].identifiers[0][0]"}},
		"an attribute twice":        {with(of("serial", "serial"), nil), []string{"classes[1].identifiers[0][1]"}},
		"twice in another order":    {with([][]string{{"serial", "name"}, {"name", "serial"}}, nil), []string{"classes[1].identifiers[1]"}},
		"inherited":                 {with(of("serial", "name"), of("name", "serial")), []string{"classes[0].identifiers[0]"}},
		"placeholder of a type":     {with(nil, nil, attr("x", itsm.Text, placeholders(number(1)))), []string{"classes[0].attributes[0].placeholders[0]"}},
		"placeholder twice":         {with(nil, nil, attr("x", itsm.Text, placeholders(word("n/a"), word(" N/A")))), []string{"classes[0].attributes[0].placeholders[1]"}},
		"blank placeholder":         {with(nil, nil, attr("x", itsm.Text, placeholders(word(" ")))), []string{"classes[0].attributes[0].placeholders[0]"}},
		"placeholder inherited":     {with(nil, nil, attr("serial", itsm.Text, placeholders(word("none"), word("0")))), nil},
	} {
		_, err := config.NewModel(c.classes, nil)
		require.ElementsMatch(t, c.fields, itsmtest.Fields(err), "%s: %v", name, err)
	}
	_, err := config.DefaultModel().With(nil, []config.RelationType{{Name: "x", Inverse: "y", Carries: config.Nowhere, Pairs: []config.Pair{{From: "item", To: "item"}},
		Attributes: []config.Attribute{attr("z", itsm.Text, placeholders(word("none")))}}})
	require.Equal(t, []string{"types[11].attributes[0].placeholders"}, itsmtest.Fields(err))
}

// TestModelIdentifiers: what a class declares is asked before what it inherits, and
// nothing that a model gives or is made of can change it.
func TestModelIdentifiers(t *testing.T) {
	own := [][]string{{"rack", "name"}, {"asset_tag"}}
	model := config.DefaultModel()
	require.Equal(t, []config.Identity{{Class: "server", Attributes: []string{"serial_number"}}}, model.Identifiers("server"))
	require.Nil(t, model.Identifiers("host"))
	require.Nil(t, model.Identifiers("nothing"))
	m, err := model.With([]config.Class{{Name: "blade", Parent: "server", Identifiers: own, Attributes: []config.Attribute{
		attr("rack", itsm.Text), attr("asset_tag", itsm.Text),
		attr("serial_number", itsm.Text, func(a *config.Attribute) { a.Placeholders = []itsm.Value{word("X"), word("NONE")} }),
	}}}, nil)
	require.NoError(t, err)
	own[0][0] = "changed"
	want := []config.Identity{{Class: "blade", Attributes: []string{"rack", "name"}}, {Class: "blade", Attributes: []string{"asset_tag"}}, {Class: "server", Attributes: []string{"serial_number"}}}
	require.Equal(t, want, m.Identifiers("blade"))
	m.Identifiers("blade")[0].Attributes[0] = "changed"
	c, _ := m.Class("blade")
	c.Identifiers[0][0] = "changed"
	require.Equal(t, want, m.Identifiers("blade"))

	wide, _ := m.Attribute("server", "serial_number")
	narrow, _ := m.Attribute("blade", "serial_number")
	require.Equal(t, append(wide.Placeholders, word("X")), narrow.Placeholders)
	again, err := config.ParseModel([]byte(text(t, m)))
	require.NoError(t, err)
	require.Equal(t, want, again.Identifiers("blade"))
	require.Equal(t, text(t, m), text(t, again))
}
