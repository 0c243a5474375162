package itsm_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

func customs() itsm.CustomFields {
	return itsm.CustomFields{
		{Name: "floor", Type: itsm.Number},
		{Name: "site", Type: itsm.Text, Domain: []itsm.Value{itsm.TextValue("Ghent"), itsm.TextValue("Kyiv")}},
	}
}

func TestCustomFields(t *testing.T) {
	for _, c := range []struct {
		values map[string]itsm.Value
		want   string
	}{
		{nil, ""},
		{map[string]itsm.Value{"floor": itsm.IntValue(3), "site": itsm.TextValue("Kyiv")}, ""},
		{map[string]itsm.Value{"floor": {}, "site": {}}, ""}, // clears both
		{map[string]itsm.Value{"floor": itsm.TextValue("3")}, "custom.floor: is a text; give a number"},
		{map[string]itsm.Value{"site": itsm.TextValue("Rome")}, `custom.site: "Rome" is none of: Ghent, Kyiv`},
		{map[string]itsm.Value{"colour": itsm.TextValue("red")}, "custom.colour: is not declared; the custom fields are: floor, site"},
		{map[string]itsm.Value{"colour": {}}, "custom.colour: is not declared; the custom fields are: floor, site"},
		{map[string]itsm.Value{"site": itsm.IntValue(1), "floor": itsm.TruthValue(true)}, "custom.floor: is a truth; give a number"}, // the first by name
	} {
		err := customs().Check(c.values)
		if c.want == "" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, c.want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
}

func TestFieldDef(t *testing.T) {
	require.ErrorIs(t, itsm.FieldDef{}.Check("n", itsm.IntValue(1)), itsm.ErrInvalid, "of no type there is no value")
	ones := itsm.FieldDef{Name: "n", Type: itsm.Number, Domain: []itsm.Value{number("1.0")}}
	require.NoError(t, ones.Check("n", itsm.IntValue(1)), "1.0 is 1")
	texts := itsm.FieldDef{Name: "site", Type: itsm.Text}
	require.NoError(t, texts.Check("site", itsm.TextValue("Ghent")))
	for _, c := range []struct {
		def   itsm.FieldDef
		value itsm.Value
		want  string
	}{
		{ones, itsm.IntValue(2), `when.n: "2" is none of: 1`},
		{ones, itsm.TextValue("1"), "when.n: is a text; give a number"},
		{itsm.FieldDef{Type: itsm.Instant}, itsm.SpanValue(1), "when.n: is a span; give an instant"},
		{ones, itsm.InstantValue(monday), "when.n: is an instant; give a number"},
		{ones, itsm.Value{}, "when.n: is missing; give a number"},
		{texts, itsm.TextValue("\xff"), "when.n: is not valid UTF-8"},
	} {
		err := c.def.Check("when.n", c.value)
		require.EqualError(t, err, c.want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
}

func TestDefOfAField(t *testing.T) {
	for i, f := range itsm.FieldsOf[thing](customs()) {
		def := f.Def()
		require.Equal(t, customs()[i], def)
		if len(def.Domain) > 0 {
			def.Domain[0] = itsm.TextValue("x")
			require.Equal(t, customs()[i].Domain, f.Domain, "the declaration is a copy")
		}
	}
}

func TestFieldsOf(t *testing.T) {
	list := itsm.FieldsOf[thing](customs())
	r := thing{Header: itsm.Header{Custom: map[string]itsm.Value{"site": itsm.TextValue("Kyiv")}}}
	require.Equal(t, "site", list[1].Name)
	require.Equal(t, customs()[1].Domain, list[1].Domain)
	require.Equal(t, itsm.TextValue("Kyiv"), list[1].Get(&r))
	require.True(t, list[0].Get(&r).IsZero())
	require.True(t, list[0].Get(&thing{}).IsZero())
}

func TestMerge(t *testing.T) {
	one, two := itsm.IntValue(1), itsm.IntValue(2)
	for _, c := range []struct{ old, set, want map[string]itsm.Value }{
		{nil, nil, nil},
		{nil, map[string]itsm.Value{"a": one}, map[string]itsm.Value{"a": one}},
		{nil, map[string]itsm.Value{"a": {}}, nil},
		{map[string]itsm.Value{"a": one}, nil, map[string]itsm.Value{"a": one}},
		{map[string]itsm.Value{"a": one}, map[string]itsm.Value{"a": two, "b": one}, map[string]itsm.Value{"a": two, "b": one}},
		{map[string]itsm.Value{"a": one, "b": one}, map[string]itsm.Value{"a": {}}, map[string]itsm.Value{"b": one}},
		{map[string]itsm.Value{"a": one}, map[string]itsm.Value{"a": {}, "b": {}}, nil},
	} {
		old, set := maps.Clone(c.old), maps.Clone(c.set)
		require.Equal(t, c.want, itsm.Merge(c.old, c.set))
		require.Equal(t, old, c.old)
		require.Equal(t, set, c.set)
	}
}

func TestTextField(t *testing.T) {
	f := itsm.TextField("state", func(r *thing) itsm.State { return r.State }, "new", "done")
	require.Equal(t, itsm.Text, f.Type)
	require.Equal(t, []itsm.Value{itsm.TextValue("new"), itsm.TextValue("done")}, f.Domain)
	require.Equal(t, itsm.TextValue("done"), f.Get(&thing{Header: itsm.Header{State: "done"}}))
	require.True(t, f.Get(&thing{}).IsZero())
}

func TestIndexBy(t *testing.T) {
	index := itsm.IndexBy("by who", field("who"), field("what"))
	require.Equal(t, "by who", index.Name)
	require.False(t, index.Unique)
	require.Equal(t, []itsm.Key{{itsm.TextValue("ann"), itsm.TextValue("pump")}}, index.Keys(&thing{Fields: map[string]string{"who": "ann", "what": "pump"}}))
	require.Equal(t, []itsm.Key{{itsm.TextValue("ann"), {}}}, index.Keys(&thing{Fields: map[string]string{"who": "ann"}}))
	require.Empty(t, index.Keys(&thing{Fields: map[string]string{"what": "pump"}}), "a record that lacks the first is not in it")
	require.Empty(t, itsm.IndexBy[thing]("of nothing").Keys(&thing{}))
}

func TestCheckTexts(t *testing.T) {
	line, plain := strings.Repeat("ü", itsm.MaxLine), strings.Repeat("u", itsm.MaxLine)
	for text, want := range map[string]string{
		"x":         "",
		" a ~":      "",
		line:        "",
		plain:       "",
		line + "ü":  "title: has 256 characters; 255 are the most",
		plain + " ": "title: has 256 characters; 255 are the most",
		"  ":        "title: is missing",
		"a\x7f":     "title: holds a line break or control character; it is one line",
		"":          "title: is missing",
		" \n":       "title: is missing",
		"\xff":      "title: is not valid UTF-8",
		"a\nb":      "title: holds a line break or control character; it is one line",
		"a\x00b":    "title: holds a line break or control character; it is one line",
		"a\u0085b":  "title: holds a line break or control character; it is one line",
	} {
		err := itsm.CheckLine("title", text)
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
	require.NoError(t, itsm.CheckText("note", line+line+"\n"))
	require.EqualError(t, itsm.CheckText("note", "\t"), "note: is missing")
	require.NoError(t, itsm.CheckOneOf("phase", itsm.Open, itsm.Phases()))
	require.EqualError(t, itsm.CheckOneOf("phase", "odd", itsm.Phases()), `phase: "odd" is none of: open, active, paused, done, final`)
	require.NoError(t, itsm.CheckOneOf("code", "any", nil))
	require.EqualError(t, itsm.CheckOneOf("code", "", nil), "code: is missing")
}
