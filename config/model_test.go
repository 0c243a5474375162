package config_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

func attr(name string, typ itsm.Type, edit ...func(*config.Attribute)) config.Attribute {
	a := config.Attribute{Name: name, Type: typ}
	for _, e := range edit {
		e(&a)
	}
	return a
}

// TestModelFaults: each fault is told where it stands.
func TestModelFaults(t *testing.T) {
	class := func(name, parent string, attributes ...config.Attribute) config.Class {
		return config.Class{Name: name, Parent: parent, Attributes: attributes}
	}
	edit := func(e func(a *config.Attribute)) func(*config.Attribute) { return e }
	memory := attr("memory", itsm.Number, edit(func(a *config.Attribute) {
		a.From, a.Below, a.Unit, a.Required = number(1), number(100), "GiB", true
	}))
	colour := attr("colour", itsm.Text, edit(func(a *config.Attribute) {
		a.Domain, a.Recommended, a.Controlled = []itsm.Value{word("red"), word("blue")}, true, true
	}))
	code := attr("code", itsm.Text, edit(func(a *config.Attribute) { a.Pattern = "[a-z]+" }))
	link := attr("link", itsm.Reference, edit(func(a *config.Attribute) { a.Refers, a.Classes = []string{"ci"}, []string{"base"} }))
	base := class("base", "", memory, colour, code, link)
	with := func(a config.Attribute) []config.Class { return []config.Class{base, class("sub", "base", a)} }
	alone := func(a config.Attribute) []config.Class { return []config.Class{class("base", "", a)} }
	kind := func(edit func(*config.RelationType)) []config.RelationType {
		r := config.RelationType{Name: "runs on", Inverse: "hosts", Pairs: []config.Pair{{From: "base", To: "base"}}, Carries: config.ToFirst}
		edit(&r)
		return []config.RelationType{r}
	}
	for name, c := range map[string]struct {
		classes []config.Class
		types   []config.RelationType
		fields  []string
	}{
		"no name":        {classes: []config.Class{class("", "")}, fields: []string{"classes[0].name"}},
		"two names":      {classes: []config.Class{class("a", ""), class("a", "")}, fields: []string{"classes[1].name"}},
		"unknown parent": {classes: []config.Class{class("a", "b")}, fields: []string{"classes[0].parent"}},
		"own parent":     {classes: []config.Class{class("a", "a")}, fields: []string{"classes[0].parent"}},
		"circle":         {classes: []config.Class{class("x", "a"), class("a", "b"), class("b", "c"), class("c", "a")}, fields: []string{"classes[3].parent"}},
		"circle asked about": {classes: append(with(attr("link", itsm.Reference, func(a *config.Attribute) { a.Classes = []string{"x"} })), class("x", "y"), class("y", "x")),
			fields: []string{"classes[3].parent", "classes[1].attributes[0].classes[0]"}},
		"two circles":       {classes: []config.Class{class("a", "b"), class("b", "a"), class("c", "d"), class("d", "c")}, fields: []string{"classes[1].parent", "classes[3].parent"}},
		"description":       {classes: []config.Class{{Name: "a", Description: " "}}, fields: []string{"classes[0].description"}},
		"no attribute name": {classes: alone(attr("", itsm.Text)), fields: []string{"classes[0].attributes[0].name"}},
		"colon":             {classes: alone(attr("a:b", itsm.Text)), fields: []string{"classes[0].attributes[0].name"}},
		"reserved":          {classes: alone(attr("owner", itsm.Text)), fields: []string{"classes[0].attributes[0].name"}},
		"field's name":      {classes: alone(attr("next_verification", itsm.Text)), fields: []string{"classes[0].attributes[0].name"}},
		"twice":             {classes: []config.Class{class("a", "", attr("x", itsm.Text), attr("x", itsm.Text))}, fields: []string{"classes[0].attributes[1].name"}},
		"no type":           {classes: alone(attr("x", "colour")), fields: []string{"classes[0].attributes[0].type"}},
		"pattern":           {classes: alone(attr("x", itsm.Text, func(a *config.Attribute) { a.Pattern = "(" })), fields: []string{"classes[0].attributes[0].pattern"}},
		"pattern that fits into a group": {classes: alone(attr("x", itsm.Text, func(a *config.Attribute) { a.Pattern = "a)(?:b" })),
			fields: []string{"classes[0].attributes[0].pattern"}},
		"pattern of numbers":  {classes: alone(attr("x", itsm.Number, func(a *config.Attribute) { a.Pattern = "1" })), fields: []string{"classes[0].attributes[0].pattern"}},
		"range of texts":      {classes: alone(attr("x", itsm.Text, func(a *config.Attribute) { a.From = word("a") })), fields: []string{"classes[0].attributes[0].from"}},
		"range of another":    {classes: alone(attr("x", itsm.Span, func(a *config.Attribute) { a.From, a.Below = number(1), number(2) })), fields: []string{"classes[0].attributes[0].from", "classes[0].attributes[0].below"}},
		"empty range":         {classes: alone(attr("x", itsm.Number, func(a *config.Attribute) { a.From, a.Below = number(1), number(1) })), fields: []string{"classes[0].attributes[0].below"}},
		"refers of texts":     {classes: alone(attr("x", itsm.Text, func(a *config.Attribute) { a.Refers, a.Classes = []string{"ci"}, []string{"base"} })), fields: []string{"classes[0].attributes[0].refers", "classes[0].attributes[0].classes"}},
		"refers to no kind":   {classes: alone(attr("x", itsm.Reference, func(a *config.Attribute) { a.Refers = []string{"a:b"} })), fields: []string{"classes[0].attributes[0].refers[0]"}},
		"classes of no CI":    {classes: alone(attr("x", itsm.Reference, func(a *config.Attribute) { a.Refers, a.Classes = []string{"person"}, []string{"base"} })), fields: []string{"classes[0].attributes[0].classes"}},
		"unknown class":       {classes: alone(attr("x", itsm.Reference, func(a *config.Attribute) { a.Classes = []string{"nothing"} })), fields: []string{"classes[0].attributes[0].classes[0]"}},
		"unit of texts":       {classes: alone(attr("x", itsm.Text, func(a *config.Attribute) { a.Unit = "m" })), fields: []string{"classes[0].attributes[0].unit"}},
		"domain of another":   {classes: alone(attr("x", itsm.Text, func(a *config.Attribute) { a.Domain = []itsm.Value{number(1)} })), fields: []string{"classes[0].attributes[0].domain[0]"}},
		"domain twice":        {classes: alone(attr("x", itsm.Number, func(a *config.Attribute) { a.Domain = []itsm.Value{number(1), number(1)} })), fields: []string{"classes[0].attributes[0].domain[1]"}},
		"domain out of range": {classes: alone(attr("x", itsm.Number, func(a *config.Attribute) { a.Domain, a.Below = []itsm.Value{number(9)}, number(9) })), fields: []string{"classes[0].attributes[0].domain[0]"}},
		"domain and pattern":  {classes: alone(attr("x", itsm.Text, func(a *config.Attribute) { a.Domain, a.Pattern = []itsm.Value{word("ab")}, "a" })), fields: []string{"classes[0].attributes[0].domain[0]"}},

		"another type":  {classes: with(attr("memory", itsm.Text)), fields: []string{"classes[1].attributes[0].type"}},
		"another unit":  {classes: with(attr("memory", itsm.Number, func(a *config.Attribute) { a.Unit = "MiB" })), fields: []string{"classes[1].attributes[0].unit"}},
		"wider below":   {classes: with(attr("memory", itsm.Number, func(a *config.Attribute) { a.From, a.Below = number(0), number(101) })), fields: []string{"classes[1].attributes[0].from", "classes[1].attributes[0].below"}},
		"nothing left":  {classes: with(attr("memory", itsm.Number, func(a *config.Attribute) { a.From = number(100) })), fields: []string{"classes[1].attributes[0].below"}},
		"more values":   {classes: with(attr("colour", itsm.Text, func(a *config.Attribute) { a.Domain = []itsm.Value{word("red"), word("green")} })), fields: []string{"classes[1].attributes[0].domain[1]"}},
		"no value left": {classes: with(attr("colour", itsm.Text, func(a *config.Attribute) { a.Pattern = "x+" })), fields: []string{"classes[1].attributes[0].domain"}},
		"level twice": {classes: alone(attr("x", itsm.Text, func(a *config.Attribute) {
			a.RequiredAt, a.RecommendedAt = []itsm.Level{"high", "high"}, []itsm.Level{""}
		})), fields: []string{"classes[0].attributes[0].required_at[1]", "classes[0].attributes[0].recommended_at[0]"}},
		"level of a relation": {classes: alone(memory), types: kind(func(r *config.RelationType) {
			r.Attributes = []config.Attribute{attr("x", itsm.Text, func(a *config.Attribute) { a.RequiredAt = []itsm.Level{"high"} })}
		}), fields: []string{"types[0].attributes[0].required_at"}},
		"another pattern":         {classes: with(attr("code", itsm.Text, func(a *config.Attribute) { a.Pattern = "[a-f]+" })), fields: []string{"classes[1].attributes[0].pattern"}},
		"domain against pattern":  {classes: with(attr("code", itsm.Text, func(a *config.Attribute) { a.Domain = []itsm.Value{word("A")} })), fields: []string{"classes[1].attributes[0].domain[0]"}},
		"other kinds":             {classes: with(attr("link", itsm.Reference, func(a *config.Attribute) { a.Refers = []string{"ci", "person"} })), fields: []string{"classes[1].attributes[0].refers[1]"}},
		"other classes":           {classes: append(with(attr("link", itsm.Reference, func(a *config.Attribute) { a.Classes = []string{"sub", "else"} })), class("else", "")), fields: []string{"classes[1].attributes[0].classes[1]"}},
		"type of another class's": {classes: []config.Class{base, class("else", "", attr("memory", itsm.Text))}, fields: []string{"classes[1].attributes[0].type"}},

		"no relation name":      {classes: alone(memory), types: kind(func(r *config.RelationType) { r.Name = "" }), fields: []string{"types[0].name"}},
		"no inverse":            {classes: alone(memory), types: kind(func(r *config.RelationType) { r.Inverse = "" }), fields: []string{"types[0].inverse"}},
		"inverse of two":        {classes: alone(memory), types: append(kind(func(*config.RelationType) {}), kind(func(r *config.RelationType) { r.Name = "sits on" })...), fields: []string{"types[1].inverse"}},
		"inverse names another": {classes: alone(memory), types: append(kind(func(*config.RelationType) {}), kind(func(r *config.RelationType) { r.Name, r.Inverse = "hosts", "runs within" })...), fields: []string{"types[1].name"}},
		"no pairs":              {classes: alone(memory), types: kind(func(r *config.RelationType) { r.Pairs = nil }), fields: []string{"types[0].pairs"}},
		"pair twice":            {classes: alone(memory), types: kind(func(r *config.RelationType) { r.Pairs = append(r.Pairs, r.Pairs[0]) }), fields: []string{"types[0].pairs[1]"}},
		"unknown in pair":       {classes: alone(memory), types: kind(func(r *config.RelationType) { r.Pairs[0] = config.Pair{From: "x", To: "y"} }), fields: []string{"types[0].pairs[0].from", "types[0].pairs[0].to"}},
		"cardinality":           {classes: alone(memory), types: kind(func(r *config.RelationType) { r.MostFrom, r.MostTo = -1, -2 }), fields: []string{"types[0].most_from", "types[0].most_to"}},
		"direction":             {classes: alone(memory), types: kind(func(r *config.RelationType) { r.Carries = "away" }), fields: []string{"types[0].carries"}},
		"relation's attribute":  {classes: alone(memory), types: kind(func(r *config.RelationType) { r.Attributes = []config.Attribute{attr("group", itsm.Text)} }), fields: []string{"types[0].attributes[0].name"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.NewModel(c.classes, c.types)
			require.ErrorIs(t, err, itsm.ErrInvalid)
			require.Equal(t, c.fields, itsmtest.Fields(err), "%v", err)
		})
	}
	_, err := config.NewModel([]config.Class{base, class("sub", "base", memory, colour, code, link)}, kind(func(*config.RelationType) {}))
	require.NoError(t, err, "what is declared again as it is, is no fault")
	_, err = config.NewModel(nil, nil)
	require.NoError(t, err, "a model may be empty")
}

// TestNarrowed: what a class leaves out stays, what it gives allows less.
func TestNarrowed(t *testing.T) {
	m, err := config.NewModel([]config.Class{
		{Name: "small server", Parent: "server", Attributes: []config.Attribute{
			attr("rack", itsm.Text),
			attr("memory", itsm.Number, func(a *config.Attribute) { a.Required, a.Below = true, number(128) }),
		}},
		{Name: "server", Attributes: []config.Attribute{
			attr("memory", itsm.Number, func(a *config.Attribute) {
				a.Controlled, a.From, a.Below, a.Unit = true, number(1), number(4096), "GiB"
			}),
			attr("os", itsm.Text, func(a *config.Attribute) { a.Domain = []itsm.Value{word("linux"), word("bsd")} }),
		}},
	}, nil)
	require.NoError(t, err)
	list := m.Attributes("small server")
	require.Equal(t, []string{"memory", "os", "rack"}, []string{list[0].Name, list[1].Name, list[2].Name}, "inherited ones first, from the top")
	require.Equal(t, config.Attribute{
		Name: "memory", Type: itsm.Number, Controlled: true, Required: true, From: number(1), Below: number(128), Unit: "GiB",
	}, list[0])
	wide, _ := m.Attribute("server", "memory")
	require.False(t, wide.Required)
	require.NoError(t, wide.Check("memory", number(128)))
	itsmtest.RequireField(t, list[0].Check("memory", number(128)), "memory")

	m, err = m.With([]config.Class{
		{Name: "sized", Parent: "server", Attributes: []config.Attribute{
			attr("size", itsm.Number, func(a *config.Attribute) { a.Domain = []itsm.Value{number(1), number(2), number(8), number(9)} }),
		}},
		{Name: "large", Parent: "sized", Attributes: []config.Attribute{attr("size", itsm.Number, func(a *config.Attribute) { a.From = number(3) })}},
	}, nil)
	require.NoError(t, err, "a smaller range leaves of the domain what is within")
	size, _ := m.Attribute("large", "size")
	require.Equal(t, []itsm.Value{number(8), number(9)}, size.Domain)
	size, _ = m.Attribute("sized", "size")
	require.Len(t, size.Domain, 4)
	require.Contains(t, m.Mermaid(), "small server\"] {\n        ~text rack\n        +number memory* in GiB\n", "what is inherited is drawn too")

	m, err = m.With([]config.Class{{Name: "coded", Parent: "small server", Attributes: []config.Attribute{attr("rack", itsm.Text, func(a *config.Attribute) { a.Domain = []itsm.Value{word("r1")} })}}}, nil)
	require.NoError(t, err, "of any values some may be left")
	rack, _ := m.Attribute("coded", "rack")
	require.Equal(t, []itsm.Value{word("r1")}, rack.Domain)

	list[1].Domain[0] = word("dos")
	again, _ := m.Attribute("small server", "os")
	require.Equal(t, word("linux"), again.Domain[0], "what a model gives may be edited by who asked")
}

func TestAttributeCheck(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	code := attr("code", itsm.Text, func(a *config.Attribute) { a.Pattern = "a|bc" })
	size := attr("size", itsm.Number, func(a *config.Attribute) { a.From, a.Below, a.Unit = number(1), number(10), "GiB" })
	day := attr("day", itsm.Instant, func(a *config.Attribute) { a.Below = in(at) })
	wait := attr("wait", itsm.Span, func(a *config.Attribute) { a.From = itsm.SpanValue(time.Hour) })
	link := attr("link", itsm.Reference, func(a *config.Attribute) { a.Refers = []string{"ci", "person"} })
	one := attr("one", itsm.Text, func(a *config.Attribute) { a.Domain = []itsm.Value{word("x"), word("y")} })
	for _, c := range []struct {
		a    config.Attribute
		good []itsm.Value
		bad  []itsm.Value
	}{
		{code, []itsm.Value{word("a"), word("bc")}, []itsm.Value{word("ab"), word("xa"), word("bcd"), word("a\n"), number(1), {}}},
		{size, []itsm.Value{number(1), number(9)}, []itsm.Value{number(0), number(10), word("5")}},
		{day, []itsm.Value{in(at.Add(-1))}, []itsm.Value{in(at)}},
		{wait, []itsm.Value{itsm.SpanValue(time.Hour)}, []itsm.Value{itsm.SpanValue(0)}},
		{link, []itsm.Value{ref(1)}, []itsm.Value{itsm.ReferenceValue(itsm.Ref{Kind: "cis", ID: "1"})}},
		{one, []itsm.Value{word("x")}, []itsm.Value{word("z")}},
		{attr("any", itsm.Truth), []itsm.Value{itsm.TruthValue(false)}, []itsm.Value{word("false")}},
	} {
		for _, v := range c.good {
			require.NoError(t, c.a.Check("here", v), c.a.Name)
		}
		for _, v := range c.bad {
			itsmtest.RequireField(t, c.a.Check("here", v), "here")
		}
	}
	require.EqualError(t, code.Check("here", word(strings.Repeat("ä", 64))), "here: \""+strings.Repeat("ä", 64)+"\" does not match a|bc")
	require.EqualError(t, code.Check("here", word(strings.Repeat("ä", 65))), "here: \""+strings.Repeat("ä", 64)+"\"… does not match a|bc")
	bad := attr("bad", itsm.Text, func(a *config.Attribute) { a.Pattern = "(" })
	itsmtest.RequireField(t, bad.Check("here", word("a")), "here")
	require.Equal(t, itsm.FieldDef{Name: "one", Type: itsm.Text, Domain: []itsm.Value{word("x"), word("y")}}, one.Def())
}

func TestModelLookups(t *testing.T) {
	m := config.DefaultModel()
	require.NotNil(t, m)
	require.True(t, m.IsA("server", "item"))
	require.True(t, m.IsA("server", "server"))
	require.False(t, m.IsA("host", "server"))
	require.False(t, m.IsA("nothing", "nothing"))
	require.True(t, m.IsService("service offering"))
	require.False(t, m.IsService("application"))
	require.Equal(t, []string{"host", "cluster", "computer", "virtual machine", "server"}, m.Within("host"))
	require.Nil(t, m.Within("nothing"))
	require.Nil(t, m.Attributes("nothing"))
	require.True(t, m.Allows("runs on", "database", "virtual machine"))
	require.False(t, m.Allows("runs on", "virtual machine", "database"))
	require.False(t, m.Allows("hosts", "virtual machine", "database"))
	var names []string
	for _, r := range m.Between("application", "server") {
		names = append(names, r.Name)
	}
	require.Equal(t, []string{"runs on"}, names)
	r, inverse, known := m.Reading("hosts")
	require.True(t, known && inverse)
	require.Equal(t, "runs on", r.Name)
	_, known = m.RelationType("hosts")
	require.False(t, known)
	r, known = m.RelationType("runs on")
	require.True(t, known)
	require.Equal(t, config.ToFirst, r.Carries)
	c, known := m.Class("server")
	require.True(t, known)
	require.Equal(t, "computer", c.Parent)
	_, known = m.Class("nothing")
	require.False(t, known)
	_, known = m.Attribute("server", "nothing")
	require.False(t, known)

	symmetric, err := m.With(nil, []config.RelationType{{
		Name: "mirrors", Inverse: "mirrors", Carries: config.Nowhere, Pairs: []config.Pair{{From: "storage", To: "storage"}},
	}})
	require.NoError(t, err)
	_, inverse, known = symmetric.Reading("mirrors")
	require.True(t, known && !inverse)
}

// TestDefaultModel pins what hosts start from, as text and as a drawing.
func TestDefaultModel(t *testing.T) {
	m := config.DefaultModel()
	data, err := json.MarshalIndent(m, "", "\t")
	require.NoError(t, err)
	itsmtest.Golden(t, "testdata/model.json", append(data, '\n'))
	itsmtest.Golden(t, "testdata/model.mmd", []byte(m.Mermaid()))
	again, err := config.ParseModel(data)
	require.NoError(t, err)
	require.Equal(t, text(t, m), text(t, again))
	require.Equal(t, m.Mermaid(), again.Mermaid())
	for _, name := range []string{
		"business service", "service offering", "application", "database", "cluster", "server", "virtual machine", "container",
		"network device", "storage", "location", "document", "contract", "licence",
	} {
		c, known := m.Class(name)
		require.True(t, known && !c.Abstract, name)
	}
}

func TestModelWith(t *testing.T) {
	m := config.DefaultModel()
	more, err := m.With([]config.Class{
		{Name: "mainframe", Parent: "computer", Attributes: []config.Attribute{attr("partitions", itsm.Number)}},
		{Name: "contract", Parent: "agreement", Attributes: []config.Attribute{attr("notice", itsm.Span)}},
	}, []config.RelationType{{Name: "offers", Inverse: "is offered by", Carries: config.Nowhere, Pairs: []config.Pair{{From: "item", To: "item"}}}})
	require.NoError(t, err)
	require.True(t, more.Allows("runs on", "database", "mainframe"))
	_, known := more.Attribute("contract", "notice")
	require.True(t, known)
	r, _ := more.RelationType("offers")
	require.Equal(t, config.Nowhere, r.Carries)
	require.Len(t, more.RelationTypes(), len(m.RelationTypes()))
	require.Len(t, more.Classes(), len(m.Classes())+1)
	_, known = m.Class("mainframe")
	require.False(t, known, "the model itself never changes")

	_, err = m.With([]config.Class{{Name: "host", Attributes: []config.Attribute{attr("memory", itsm.Text)}}}, nil)
	require.Equal(t, []string{"classes[10].attributes[1].type"}, itsmtest.Fields(err), "of what computers declare now too")
	_, err = m.With([]config.Class{{Name: "x", Parent: "y"}}, nil)
	require.Equal(t, []string{"classes[20].parent"}, itsmtest.Fields(err))
}

func TestParseModel(t *testing.T) {
	for name, c := range map[string]struct{ data, field string }{
		"nothing":       {``, "data"},
		"null":          {`null`, "data"},
		"unknown field": {`{"classes":[{"name":"a","colour":"red"}]}`, "classes[0].colour"},
		"letter case":   {`{"classes":[{"Name":"a"}]}`, "classes[0].Name"},
		"twice":         {`{"classes":[{"name":"a","name":"b"}]}`, "classes[0].name"},
		"a null within": {`{"classes":[{"name":"a","attributes":null}]}`, "classes[0].attributes"},
		"a bad value":   {`{"classes":[{"name":"a","attributes":[{"name":"x","type":"number","from":1e99}]}]}`, "classes[0].attributes[0].from"},
		"a fault":       {`{"classes":[{"name":"a","parent":"b"}]}`, "classes[0].parent"},
	} {
		_, err := config.ParseModel([]byte(c.data))
		require.Error(t, err, name)
		require.Equal(t, []string{c.field}, itsmtest.Fields(err), "%s: %v", name, err)
	}
}

func FuzzParseModel(f *testing.F) {
	data, err := json.Marshal(config.DefaultModel())
	require.NoError(f, err)
	f.Add(data)
	f.Add([]byte(`{"classes":[{"name":"a","parent":"b"},{"name":"b","parent":"a"}]}`))
	f.Add([]byte(`{"classes":[{"name":"a","attributes":[{"name":"x","type":"span","from":{"span":"1h"}}]}],"types":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := config.ParseModel(data)
		if err != nil {
			require.ErrorIs(t, err, itsm.ErrInvalid)
			return
		}
		again, err := config.ParseModel([]byte(text(t, m)))
		require.NoError(t, err)
		require.Equal(t, text(t, m), text(t, again))
		m.Mermaid()
	})
}

// TestNamesOfColumnsAreFree: an attribute named as a column of tables is read with
// its prefix; what rules ask of every CI by name is reserved.
func TestNamesOfColumnsAreFree(t *testing.T) {
	var free []config.Attribute
	for _, name := range []string{"source", "since", "reason", "id", "needs", "attributes", "type", "from", "to", "group", "proposed"} {
		free = append(free, attr(name, itsm.Text))
	}
	m, err := config.NewModel([]config.Class{{Name: "box", Attributes: free}}, nil)
	require.NoError(t, err)
	table := &config.Table{Of: config.Kind}
	for line, err := range config.ReadCSV(strings.NewReader("class,name,source,attributes.source,attributes.needs\nbox,a,import,the sun,rest\n"), table, m, 0) {
		require.NoError(t, err)
		require.Equal(t, "import", line.Register.Source)
		require.Equal(t, values{"source": word("the sun"), "needs": word("rest")}, line.Register.Attributes)
	}
	for _, name := range append(config.OwnAttributes(), "change", "seen", "next_verification", "drifts") {
		_, err := config.NewModel([]config.Class{{Name: "box", Attributes: []config.Attribute{attr(name, itsm.Text)}}}, nil)
		itsmtest.RequireField(t, err, "classes[0].attributes[0].name")
		require.ErrorContains(t, err, "change, seen, next_verification, drifts")
	}
}
