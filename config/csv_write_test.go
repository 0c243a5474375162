package config_test

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

func register_(name, class string, more func(*config.CIRow)) config.Line {
	r := &config.CIRow{Register: config.Register{Name: name, Class: class}}
	if more != nil {
		more(r)
	}
	return config.Line{Register: r}
}

func relate(typ string, from, to config.Handle, more func(*config.RelationRow)) config.Line {
	r := &config.RelationRow{Type: typ, From: from, To: to}
	if more != nil {
		more(r)
	}
	return config.Line{Relate: r}
}

func TestWriteCSV(t *testing.T) {
	model, err := config.DefaultModel().With([]config.Class{{Name: "lift/hoist", Attributes: []config.Attribute{{Name: "type", Type: itsm.Text}, {Name: "name.of.car", Type: itsm.Text}}}}, nil)
	require.NoError(t, err)
	cis, links := &config.Table{Of: config.Kind}, &config.Table{Of: config.RelationKind}
	always := &config.Table{Of: config.Kind, Always: map[string]string{"class": "server", "owner": "it"}}
	words := &config.Table{Of: config.Kind, Values: map[string]map[string]string{
		"state": {"Live": "live", "n/a": ""}, "environment": {"prod": "production", "PROD": "production", "Test": "test", "test": "test"}, "cpus": {"two": "2"},
	}}
	server := func(more func(*config.CIRow)) config.Line { return register_("web-1", "server", more) }
	attributes := func(v values) config.Line { return server(func(r *config.CIRow) { r.Attributes = v }) }
	a, b := config.Handle{Class: "application", Name: "a"}, config.Handle{ID: id(1)}
	for name, c := range map[string]struct {
		table  *config.Table
		fields []string
		lines  []config.Line
		want   string // the table, or the error
	}{
		"nothing":                   {cis, nil, nil, "name,class\n"},
		"nothing of relations":      {links, nil, nil, "type,from,to\n"},
		"what is said":              {cis, nil, []config.Line{server(func(r *config.CIRow) { r.Version, r.Needs = "2", []config.Need{{"net", 1}} }), attributes(values{"memory": itsm.IntValue(64)})}, "name,class,version,attributes.memory,needs.net\nweb-1,server,2,,1\nweb-1,server,,64,\n"},
		"what all say":              {always, nil, []config.Line{server(func(r *config.CIRow) { r.Owner = "it" })}, "name\nweb-1\n"},
		"what one does not say":     {always, nil, []config.Line{server(func(r *config.CIRow) { r.Owner = "it" }), register_("san", "storage", func(r *config.CIRow) { r.Owner = "us" })}, "name,class,owner\nweb-1,server,it\nsan,storage,us\n"},
		"nothing but always":        {&config.Table{Of: config.Kind, Always: map[string]string{"name": "web-1", "class": "server"}}, nil, []config.Line{server(nil)}, "name\nweb-1\n"},
		"fields":                    {cis, []string{"class", "memory", "name"}, []config.Line{attributes(values{"memory": itsm.IntValue(64), "cpus": itsm.IntValue(2)})}, "class,memory,name\nserver,64,web-1\n"},
		"columns":                   {&config.Table{Of: config.Kind, Comma: ';', Columns: map[string]string{"Host": "name", "RAM; GiB": "memory", "Old": "-"}}, nil, []config.Line{server(nil)}, "Host;class;\"RAM; GiB\"\nweb-1;server;\n"},
		"byte order mark":           {&config.Table{Of: config.Kind, Columns: map[string]string{"\uFEFFHost": "name"}}, nil, []config.Line{server(nil)}, "\"\uFEFFHost\",class\nweb-1,server\n"},
		"an empty cell alone":       {cis, []string{"owner"}, []config.Line{server(nil)}, "owner\n\"\"\n"},
		"quotes":                    {cis, nil, []config.Line{register_(`a "b", c`, "x\r\ny\nz\r", nil)}, "name,class\n\"a \"\"b\"\", c\",\"x\r\ny\nz\r\"\n"},
		"the word false":            {cis, nil, []config.Line{server(func(r *config.CIRow) { r.Owner = "false" })}, "name,class,owner\nweb-1,server,false\n"},
		"ends":                      {links, nil, []config.Line{relate("runs on", a, b, nil), relate("runs on", b, a, func(r *config.RelationRow) { r.Proposed = true })}, "type,from,to,proposed\nruns on,application/a," + id(1).String() + ",false\nruns on," + id(1).String() + ",application/a,true\n"},
		"parts of ends":             {&config.Table{Of: config.RelationKind, Always: map[string]string{"from.class": "application"}}, nil, []config.Line{relate("runs on", a, b, nil)}, "type,from.name,to\nruns on,a," + id(1).String() + "\n"},
		"mapped parts of ends":      {&config.Table{Of: config.RelationKind, Columns: map[string]string{"kind": "from.class", "app": "from.name"}}, nil, []config.Line{relate("runs on", a, b, nil)}, "type,kind,app,to\nruns on,application,a," + id(1).String() + "\n"},
		"parts of ends for a slash": {links, []string{"type", "from.class", "from.name"}, []config.Line{relate("runs on", config.Handle{Class: "lift/hoist", Name: "a"}, b, nil)}, "type,from.class,from.name\nruns on,lift/hoist,a\n"},
		"always overruled by false": {&config.Table{Of: config.RelationKind, Always: map[string]string{"proposed": "true"}}, nil, []config.Line{relate("runs on", a, b, nil)}, "type,from,to,proposed\nruns on,application/a," + id(1).String() + ",false\n"},
		"attributes named as fields": {cis, nil, []config.Line{register_("l", "lift/hoist", func(r *config.CIRow) {
			r.Attributes = values{"type": itsm.TextValue("x"), "name.of.car": itsm.TextValue("y")}
		})}, "name,class,attributes.name.of.car,attributes.type\nl,lift/hoist,y,x\n"},
		"a record":               {cis, nil, []config.Line{{CI: &config.CI{Header: itsm.Header{ID: id(1), State: config.Live}, Name: "a", Class: "server", Attributes: map[string]config.Assertion{"cpus": {Value: itsm.IntValue(2)}}}}}, "id,name,class,state,attributes.cpus\n" + id(1).String() + ",a,server,live,2\n"},
		"a record of a relation": {links, nil, []config.Line{{Relation: &config.Relation{Header: itsm.Header{State: config.Proposed}, Type: "runs on", From: id(1), To: id(2)}}}, "type,from,to,proposed\nruns on," + id(1).String() + "," + id(2).String() + ",true\n"},

		"other words":         {words, nil, []config.Line{server(func(r *config.CIRow) { r.State, r.Attributes = "live", values{"cpus": itsm.IntValue(2)} }), server(func(r *config.CIRow) { r.State = "planned" }), server(nil)}, "name,class,state,attributes.cpus\nweb-1,server,Live,two\nweb-1,server,planned,\nweb-1,server,,\n"},
		"itself among others": {words, []string{"name", "environment"}, []config.Line{server(func(r *config.CIRow) { r.Environment = "test" })}, "name,environment\nweb-1,test\n"},

		"several words":         {words, nil, []config.Line{server(func(r *config.CIRow) { r.Environment = "production" })}, `lines[0].environment: is "production", for which several stand in the table: PROD, prod; leave one of them, or let it stand for itself too`},
		"a word for another":    {words, nil, []config.Line{server(func(r *config.CIRow) { r.Environment = "prod" })}, `lines[0].environment: is "prod", and would be read back as "production"`},
		"a word for nothing":    {words, nil, []config.Line{server(func(r *config.CIRow) { r.State = "n/a" })}, `lines[0].state: is "n/a", and would be read back as nothing`},
		"no table":              {nil, nil, nil, "table: or the model is missing"},
		"two columns for one":   {&config.Table{Of: config.Kind, Columns: map[string]string{"a": "name", "b": "name"}}, nil, nil, `table.columns.b: is for name, and so is "a"`},
		"no field":              {cis, []string{"name", "colour"}, nil, `fields[1]: "colour" is no field here; they are: id, name, class, description, owner, criticality, environment, version, state, attributes, needs, source, change, since, reason, and "-" leaves a column out`},
		"a field twice":         {cis, []string{"memory", "attributes.memory"}, nil, "fields[1]: attributes.memory is given twice"},
		"whole and part":        {links, []string{"from", "from.name"}, nil, "fields: both from and from.name are given; one says what the other does"},
		"a column for another":  {&config.Table{Of: config.Kind, Columns: map[string]string{"name": "owner"}}, nil, nil, `fields[0]: name has no column: what "name" stands for in the table is "owner"; name another for it`},
		"a column left out":     {&config.Table{Of: config.Kind, Columns: map[string]string{"name": "-"}}, nil, nil, `fields[0]: name has no column: what "name" stands for in the table is "-"; name another for it`},
		"a column not asked":    {&config.Table{Of: config.Kind, Columns: map[string]string{"Host": "name"}}, []string{"class"}, nil, `fields: there is no column "Host", which the mapping has`},
		"nothing in a line":     {cis, nil, []config.Line{server(nil), {}}, "lines[1]: holds 0 things; give one"},
		"a line of another":     {cis, nil, []config.Line{server(nil), relate("runs on", a, b, nil)}, `lines[1]: is of another kind than the table, which is of "ci"`},
		"a relation of the end": {links, nil, []config.Line{{Relation: &config.Relation{Header: itsm.Header{State: config.Ended}}}}, `lines[0].state: is "ended"; a row is of a relation that is proposed or active`},
		"a wrong type":          {cis, nil, []config.Line{server(nil), attributes(values{"memory": itsm.TextValue("64")})}, `lines[1].attributes.memory: is the text "64", and would be read back as the number "64"`},
		"no number":             {cis, nil, []config.Line{attributes(values{"memory": itsm.TextValue("much")})}, `lines[0].attributes.memory: "much" is not a decimal of at most 60 digits`},
		"an endless number":     {cis, nil, []config.Line{attributes(values{"memory": itsm.NumberValue(decimal.New(1, 999999999))})}, `lines[0].attributes.memory: is not a decimal that can be written out`},
		"too fine a number":     {cis, nil, []config.Line{attributes(values{"memory": itsm.NumberValue(decimal.New(1, -61))})}, `lines[0].attributes.memory: is not a decimal that can be written out`},
		"no attribute of it":    {cis, nil, []config.Line{attributes(values{"port": itsm.IntValue(80)})}, `lines[0].attributes.port: is given, and a server has no such attribute; leave it empty`},
		"no attribute of any":   {cis, nil, []config.Line{attributes(values{"": itsm.IntValue(80)})}, `lines[0].attributes: is the number "80", and has no column: that cannot be the name of one, or it was not there when the lines were listed first`},
		"taken away":            {cis, nil, []config.Line{attributes(values{"memory": {}})}, `lines[0].attributes.memory: is "null", and would be read back as nothing`},
		"a class not asked":     {cis, []string{"name", "memory"}, []config.Line{attributes(values{"memory": itsm.IntValue(1)})}, `lines[0].attributes.memory: is given, and a CI without a class has no such attribute; leave it empty`},
		"a need twice":          {cis, nil, []config.Line{server(func(r *config.CIRow) { r.Needs = []config.Need{{"g", 1}, {"g", 2}} })}, `lines[0].needs.g: is "1 and 2", and would be read back as "1"`},
		"a need of no group":    {cis, nil, []config.Line{server(func(r *config.CIRow) { r.Needs = []config.Need{{"", 1}} })}, `lines[0].needs: is "1", and has no column: that cannot be the name of one, or it was not there when the lines were listed first`},
		"a slash":               {links, nil, []config.Line{relate("runs on", config.Handle{Class: "lift/hoist", Name: "a"}, b, nil)}, `lines[0].from: "lift/hoist/a" reads as another; give the id`},
		"an id in parts":        {links, []string{"type", "to.class", "to.name"}, []config.Line{relate("runs on", a, b, nil)}, fmt.Sprintf(`lines[0].to: is %q, and would be read back as nothing`, id(1))},
		"half an end":           {&config.Table{Of: config.RelationKind, Always: map[string]string{"from.class": "server"}}, []string{"type"}, []config.Line{relate("runs on", a, b, nil)}, `lines[0].from: is class "application", name "a", and would be read back as class "server", name ""`},
		"against always":        {always, []string{"name"}, []config.Line{server(func(r *config.CIRow) { r.Owner = "us" })}, `lines[0].owner: is "us", and would be read back as "it"`},
		"nothing for always":    {always, nil, []config.Line{server(nil)}, `lines[0].owner: is nothing, and would be read back as "it"`},
		"no UTF-8":              {cis, nil, []config.Line{register_("a\xff", "server", nil)}, "lines[0].name: is not valid UTF-8"},
		"no UTF-8 in a name":    {cis, nil, []config.Line{attributes(values{"a\xff": itsm.IntValue(80)})}, "lines[0].attributes.a\xff: is the number \"80\", and has no column: that cannot be the name of one, or it was not there when the lines were listed first"},
		"the first of many":     {cis, nil, []config.Line{attributes(values{"\xf8": {}, "\xf5": {}, "\xf2": {}, "\xf1": {}, "\xf3": {}, "\xf7": {}, "\xf4": {}, "\xf6": {}})}, "lines[0].attributes.\xf1: is \"null\", and has no column: that cannot be the name of one, or it was not there when the lines were listed first"},
		"no reference":          {cis, nil, []config.Line{server(func(r *config.CIRow) { r.Change = itsm.Ref{Kind: "a:b", ID: "1"} })}, `lines[0].change: has the kind "a:b"; a kind holds no colon`},
		"a time there is not":   {cis, nil, []config.Line{server(func(r *config.CIRow) { r.Since = time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC) })}, `lines[0].since: "20000-01-01T00:00:00Z" is not an instant, as in "2026-11-23T09:30:00Z"`},
		"a decision's":          {cis, nil, []config.Line{server(func(r *config.CIRow) { r.Next = noon })}, "lines[0].next_verify: is given; it follows from the rest when the CI is registered"},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			err := config.WriteCSV(&b, c.table, model, slices.Values(c.lines), c.fields...)
			if err != nil {
				require.ErrorIs(t, err, itsm.ErrInvalid)
				require.Equal(t, c.want, err.Error())
				return
			}
			require.Equal(t, c.want, b.String())
			if c.fields == nil {
				requireSameRows(t, c.table, model, b.String(), c.lines)
			}
		})
	}
}

// requireSameRows asks that a table is read as the rows.
func requireSameRows(t testing.TB, table *config.Table, m *config.Model, written string, want []config.Line) {
	t.Helper()
	n := 0
	for l, err := range config.ReadCSV(strings.NewReader(written), table, m, 1<<24) {
		require.NoError(t, err, written)
		require.Equal(t, rowText(t, want[n]), rowText(t, l), written)
		n++
	}
	require.Equal(t, len(want), n, written)
}

// rowText is a line as its row, in one form.
func rowText(t testing.TB, l config.Line) string {
	t.Helper()
	switch {
	case l.CI != nil:
		r := l.CI.Row()
		l = config.Line{Register: &r}
	case l.Relation != nil:
		r := l.Relation.Row()
		l = config.Line{Relate: &r}
	}
	if l.Register != nil {
		r := *l.Register
		r.Needs = slices.Clone(r.Needs)
		slices.SortFunc(r.Needs, func(a, b config.Need) int { return strings.Compare(a.Group, b.Group) })
		return fmt.Sprintf("%q %s", []string{r.Name, r.Class}, text(t, r))
	}
	return fmt.Sprintf("%q %s", []string{l.Relate.From.Class, l.Relate.From.Name, l.Relate.To.Class, l.Relate.To.Name}, text(t, struct {
		config.RelationRow
		From, To uuid.UUID
	}{*l.Relate, l.Relate.From.ID, l.Relate.To.ID}))
}

// Random rows of every type of value and the worst of texts come back as they were,
// whatever the columns are called, and nothing is written that does not.
func TestWriteCSVRoundTrip(t *testing.T) {
	var all []config.Attribute
	for _, typ := range itsm.Types() {
		all = append(all, config.Attribute{Name: "a " + string(typ), Type: typ})
	}
	model, err := config.DefaultModel().With([]config.Class{{Name: "thing", Attributes: all}}, []config.RelationType{{Name: "near", Inverse: "near to", Carries: config.Nowhere, Pairs: []config.Pair{{"thing", "thing"}}, Attributes: all}})
	require.NoError(t, err)
	for seed := range uint64(2000) {
		rng := rand.New(rand.NewPCG(seed, 7))
		pieces := []string{"a", "b", ",", ";", "\t", `"`, "\n", "\r", "\r\n", " ", "\uFEFF", "é", "→", "\x00", "-", "/", "null", "false"}
		word := func() string {
			var b strings.Builder
			for range 1 + rng.IntN(4) {
				b.WriteString(pieces[rng.IntN(len(pieces))])
			}
			return b.String()
		}
		maybe := func(into *string) {
			if rng.IntN(3) == 0 {
				*into = word()
			}
		}
		end := func() config.Handle {
			if rng.IntN(2) == 0 {
				return config.Handle{ID: id(byte(1 + rng.IntN(255)))}
			}
			return config.Handle{Class: "thing", Name: "n" + string(rune('0'+rng.IntN(10)))}
		}
		value := func(typ itsm.Type) itsm.Value {
			switch typ {
			case itsm.Text:
				return itsm.TextValue(word())
			case itsm.Number:
				return itsm.NumberValue(decimal.New(rng.Int64()-rng.Int64(), int32(rng.IntN(20)-10)))
			case itsm.Truth:
				return itsm.TruthValue(rng.IntN(2) == 0)
			case itsm.Instant:
				return itsm.InstantValue(noon.Add(time.Duration(rng.Int64N(1e18))))
			case itsm.Span:
				return itsm.SpanValue(time.Duration(rng.Int64() - rng.Int64()))
			}
			if rng.IntN(3) == 0 {
				return itsm.ReferenceValue(itsm.Ref{Kind: config.Kind, ID: end().String()})
			}
			return itsm.ReferenceValue(itsm.Ref{Kind: "employee", ID: word()})
		}
		draw := func() values {
			var v values
			for _, a := range all {
				if rng.IntN(3) == 0 {
					if v == nil {
						v = values{}
					}
					v[a.Name] = value(a.Type)
				}
			}
			return v
		}
		table := &config.Table{Of: config.Kind, Comma: []rune{0, ';', '\t', ' ', 'a', '.'}[rng.IntN(6)], Columns: map[string]string{}, Always: map[string]string{}}
		var rows []config.Line
		if rng.IntN(2) == 0 {
			table.Of = config.RelationKind
		}
		for range rng.IntN(6) {
			since := noon.Add(-time.Duration(rng.Int64N(1e15))).In(time.FixedZone("", 3600))
			if table.Of == config.RelationKind {
				rows = append(rows, relate("near", end(), end(), func(r *config.RelationRow) {
					r.Attributes, r.Proposed = draw(), rng.IntN(3) == 0
					maybe(&r.Group)
					maybe(&r.Reason)
					if rng.IntN(3) == 0 {
						r.Since, r.ID = itsm.Normal(since), id(byte(1+rng.IntN(255)))
					}
				}))
				continue
			}
			rows = append(rows, register_(word(), "thing", func(r *config.CIRow) {
				r.Attributes = draw()
				for _, s := range []*string{&r.Description, &r.Owner, (*string)(&r.Criticality), &r.Environment, &r.Version, (*string)(&r.State), &r.Source, &r.Reason} {
					maybe(s)
				}
				for _, g := range []string{"g", word() + ".", "z,"} {
					if rng.IntN(3) == 0 {
						r.Needs = append(r.Needs, config.Need{Group: g, AtLeast: rng.IntN(3)})
					}
				}
				if rng.IntN(3) == 0 {
					r.Since, r.ID, r.Change = itsm.Normal(since), id(byte(1+rng.IntN(255))), itsm.Ref{Kind: "change", ID: word()}
				}
			}))
		}
		names := []string{"reason", "source", "attributes.a number", "a text"}
		for _, field := range names[:rng.IntN(5)] {
			if name := word(); table.Columns[name] == "" {
				table.Columns[name] = field
			}
		}
		if rng.IntN(2) == 0 {
			table.Values = map[string]map[string]string{
				"reason": {"a": "b", "b": "a", "no reason": ""}, "source": {"A": "a", "B": "b", "b": "b"},
				"a truth": {"yes": "true", ",": "false"}, "attributes.a text": {"-": "null", "null": "-", "false": "\n", "\n": "false"},
			}
		}
		if table.Of == config.Kind && rng.IntN(2) == 0 {
			table.Always["class"] = "thing"
			if len(rows) > 0 && rng.IntN(2) == 0 {
				for _, l := range rows {
					l.Register.Owner = rows[0].Register.Owner
				}
				table.Always["owner"] = rows[0].Register.Owner
			}
		}
		var b strings.Builder
		require.NoError(t, config.WriteCSV(&b, table, model, slices.Values(rows)), "seed %d", seed)
		requireSameRows(t, table, model, b.String(), rows)
		if _, always := table.Always["class"]; always {
			header, _, _ := strings.Cut(b.String(), "\n")
			require.NotContains(t, header, "class", "what every row says is left out: seed %d", seed)
		}
	}
}

// What was not there when the lines were listed first is an error and not left out,
// and so is what the writer says.
func TestWriteCSVOfWhatChanges(t *testing.T) {
	listed := 0
	var lines iter.Seq[config.Line] = func(yield func(config.Line) bool) {
		listed++
		yield(register_("a", "server", func(r *config.CIRow) { r.Version = strings.Repeat("x", listed-1) }))
	}
	err := config.WriteCSV(&strings.Builder{}, &config.Table{Of: config.Kind}, config.DefaultModel(), lines)
	require.EqualError(t, err, `lines[0].version: is "x", and has no column: that cannot be the name of one, or it was not there when the lines were listed first`)

	full := errors.New("disk full")
	many := slices.Repeat([]config.Line{register_(strings.Repeat("x", 1000), "server", nil)}, 10)
	require.ErrorIs(t, config.WriteCSV(unwritable{full}, &config.Table{Of: config.Kind}, config.DefaultModel(), slices.Values(many)), full)
	require.ErrorIs(t, config.WriteCSV(unwritable{full}, &config.Table{Of: config.Kind}, config.DefaultModel(), nil), full)
}

type unwritable struct{ err error }

func (u unwritable) Write([]byte) (int, error) { return 0, u.err }

// Lines become a table that a spreadsheet opens, and it is read as the same rows.
func ExampleWriteCSV() {
	table := &config.Table{Of: config.Kind, Columns: map[string]string{"Host": "name", "RAM": "memory"}, Always: map[string]string{"class": "server"}}
	lines := func(yield func(config.Line) bool) {
		for i, memory := range []int64{64, 128} {
			row := config.CIRow{Register: config.Register{Name: fmt.Sprint("web-", i+1), Class: "server", Description: "rack 4, left", Attributes: map[string]itsm.Value{"memory": itsm.IntValue(memory)}}}
			if !yield(config.Line{Register: &row}) {
				return
			}
		}
	}
	if err := config.WriteCSV(os.Stdout, table, config.DefaultModel(), lines); err != nil {
		fmt.Println(err)
	}
	if err := config.WriteCSV(os.Stdout, table, config.DefaultModel(), lines, "memory", "name"); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Host,description,RAM
	// web-1,"rack 4, left",64
	// web-2,"rack 4, left",128
	// RAM,Host
	// 64,web-1
	// 128,web-2
}
