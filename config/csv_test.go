package config_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// readCSV is what a table is read as, one text a row or fault.
func readCSV(t testing.TB, text_ string, table *config.Table, most int) []string {
	t.Helper()
	var list []string
	for l, err := range config.ReadCSV(strings.NewReader(text_), table, config.DefaultModel(), most) {
		if err != nil {
			require.ErrorIs(t, err, itsm.ErrInvalid)
			list = append(list, err.Error())
		} else {
			list = append(list, text(t, l))
		}
	}
	return list
}

func TestReadCSV(t *testing.T) {
	servers := &config.Table{Of: config.Kind, Columns: map[string]string{"Hostname": "name", "RAM (GiB)": "memory", "Remarks": "-"}, Always: map[string]string{"class": "server", "state": "live"}}
	links := &config.Table{Of: config.RelationKind, Comma: ';'}
	for name, c := range map[string]struct {
		table *config.Table
		text  string
		want  []string
	}{
		"mapped": {servers, "Hostname,RAM (GiB),Remarks,warranty_until,needs.net\nweb-1,64,old,2027-01-01T00:00:00Z,2\nweb-2,,,,\n", []string{
			`{"register":{"name":"web-1","class":"server","state":"live","attributes":{"memory":64,"warranty_until":{"instant":"2027-01-01T00:00:00Z"}},"needs":[{"group":"net","at_least":2}]}}`,
			`{"register":{"name":"web-2","class":"server","state":"live"}}`}},
		"BOM, CRLF and empty lines": {servers, "\uFEFFHostname,RAM (GiB)\r\n\r\nweb-1,1\r\n\r\n", []string{`{"register":{"name":"web-1","class":"server","state":"live","attributes":{"memory":1}}}`}},
		"an empty line in quotes":   {servers, "Hostname,RAM (GiB),description\nx,1,\"two\n\nlines\"\n", []string{`{"register":{"name":"x","class":"server","description":"two\n\nlines","state":"live","attributes":{"memory":1}}}`}},
		"type after attributes":     {&config.Table{Of: config.RelationKind}, "from,to,bandwidth,type\nserver/a,network device/b,10.5,connects to\n", []string{`{"relate":{"type":"connects to","from":"server/a","to":"network device/b","attributes":{"bandwidth":10.5}}}`}},
		"quotes":                    {servers, "Hostname,RAM (GiB),description\n\"a \"\"b\"\", c\",1,\"two\r\nlines\"\n", []string{`{"register":{"name":"a \"b\", c","class":"server","description":"two\r\nlines","state":"live","attributes":{"memory":1}}}`}},
		"always is overruled":       {servers, "Hostname,RAM (GiB),class,state\nx,,storage,planned\n", []string{`{"register":{"name":"x","class":"storage","state":"planned"}}`}},
		"class after attributes":    {&config.Table{Of: config.Kind}, "name,attributes.cpus,class\nx,2,server\n", []string{`{"register":{"name":"x","class":"server","attributes":{"cpus":2}}}`}},
		"relations": {links, "type;from;to.class;to.name;group;proposed;bandwidth\nconnects to;server/a;network device;sw;net;true;10.5\n", []string{
			`{"relate":{"type":"connects to","from":"server/a","to":"network device/sw","group":"net","proposed":true,"attributes":{"bandwidth":10.5}}}`}},

		"other words": {&config.Table{Of: config.Kind, Columns: map[string]string{"Stage": "state"}, Values: map[string]map[string]string{"state": {"In use": "live", "?": ""}, "memory": {"huge": "1024"}, "needs.net": {"two": "2"}}, Always: map[string]string{"class": "server", "state": "planned"}},
			"name,Stage,memory,needs.net\na,In use,huge,two\nb,?,64,1\nc,retired,,\nd,,,\n", []string{
				`{"register":{"name":"a","class":"server","state":"live","attributes":{"memory":1024},"needs":[{"group":"net","at_least":2}]}}`,
				`{"register":{"name":"b","class":"server","state":"planned","attributes":{"memory":64},"needs":[{"group":"net","at_least":1}]}}`,
				`{"register":{"name":"c","class":"server","state":"retired"}}`,
				`{"register":{"name":"d","class":"server","state":"planned"}}`}},
		"blanks": {&config.Table{Of: config.Kind, Always: map[string]string{"class": "server"}}, "name,memory,warranty_until,needs.net,since,hostname,id\n a , 64 ,\t2027-01-01T00:00:00Z, 2,2026-01-01T00:00:00Z , h ," + id(1).String() + " \n", []string{
			`{"register":{"id":"` + id(1).String() + `","name":" a ","class":"server","attributes":{"hostname":" h ","memory":64,"warranty_until":{"instant":"2027-01-01T00:00:00Z"}},"needs":[{"group":"net","at_least":2}],"since":"2026-01-01T00:00:00Z"}}`}},
		"blanks around a truth": {links, "type;from;to;proposed\nruns on;a/b;c/d; true \n", []string{`{"relate":{"type":"runs on","from":"a/b","to":"c/d","proposed":true}}`}},
		"a date":                {servers, "Hostname,RAM (GiB),warranty_until\nx,1,2027-01-01\n", []string{`2:5: attributes.warranty_until: "2027-01-01" is not an instant, as in "2026-11-23T09:30:00Z"`}},
		"a word for no number":  {&config.Table{Of: config.Kind, Values: map[string]map[string]string{"memory": {"huge": "big"}}, Always: map[string]string{"class": "server"}}, "name,memory\na,huge\n", []string{`2:3: attributes.memory: "big" is not a decimal of at most 60 digits`}},
		"words of no field":     {&config.Table{Of: config.RelationKind, Values: map[string]map[string]string{"name": {"a": "b"}}}, "", []string{`table.values.name: "name" is no field here; they are: id, type, from, to, group, proposed, attributes, source, change, since, reason, and "-" leaves a column out`}},
		"words twice":           {&config.Table{Of: config.Kind, Values: map[string]map[string]string{"memory": nil, "attributes.memory": nil}}, "", []string{`table.values.memory: is for attributes.memory, and so is "attributes.memory"`}},
		"words for nothing":     {&config.Table{Of: config.Kind, Values: map[string]map[string]string{"state": {"": "live"}}}, "", []string{`table.values.state: is about the empty text, which says nothing; give in always what is to be there then`}},

		"wrong count":            {servers, "Hostname,RAM (GiB)\nweb-1\nweb-2,1\n", []string{`2: has 1 fields; the header has 2`, `{"register":{"name":"web-2","class":"server","state":"live","attributes":{"memory":1}}}`}},
		"wrong type":             {servers, "Hostname,RAM (GiB)\nweb-1,much\n", []string{`2:7: attributes.memory: "much" is not a decimal of at most 60 digits`}},
		"attribute of another":   {servers, "Hostname,RAM (GiB),port\nweb-1,1,80\n", []string{`2:9: attributes.port: is given, and a server has no such attribute; leave it empty`}},
		"no number":              {servers, "Hostname,RAM (GiB),needs.web\nweb-1,1,two\n", []string{`2:9: needs.web: "two" is no whole number`}},
		"unknown column":         {servers, "Hostname,RAM (GiB),Colour\nweb-1,1,red\n", []string{`1:20: the column "Colour" is no field here; they are: id, name, class, description, owner, criticality, environment, version, state, attributes, needs, source, change, since, reason, and "-" leaves a column out`}},
		"a part of no end":       {servers, "Hostname,RAM (GiB),owner.name\n", []string{`1:20: the column "owner.name" is no field here; they are: id, name, class, description, owner, criticality, environment, version, state, attributes, needs, source, change, since, reason, and "-" leaves a column out`}},
		"column twice":           {servers, "Hostname,RAM (GiB),Hostname\n", []string{`1:20: the column "Hostname" is named twice`}},
		"two for one":            {servers, "Hostname,RAM (GiB),name\n", []string{`1:20: the column "name" is a second one for name`}},
		"mapped and not there":   {servers, "Hostname\n", []string{`1: there is no column "RAM (GiB)", which the mapping has`}},
		"bare quote":             {servers, "Hostname,RAM (GiB)\n5\" disk,1\nok,1\n", []string{`2:2: has a quote within a field that does not begin with one; quote the whole, and write "" within`, `{"register":{"name":"ok","class":"server","state":"live","attributes":{"memory":1}}}`}},
		"quote in quotes":        {servers, "Hostname,RAM (GiB)\n\"a\"b,1\nok,1\n", []string{`2:3: has a quote that neither ends the field nor is doubled; write "" within`, `{"register":{"name":"ok","class":"server","state":"live","attributes":{"memory":1}}}`}},
		"quote never closed":     {servers, "Hostname,RAM (GiB)\nok,1\nx,\"1\ny,2\n", []string{`{"register":{"name":"ok","class":"server","state":"live","attributes":{"memory":1}}}`, `3:3: opens a quote that is never closed; nothing after it was read`}},
		"no UTF-8":               {servers, "Hostname,RAM (GiB)\na\xffb,1\nok,1\n", []string{`2:2: is not valid UTF-8`, `{"register":{"name":"ok","class":"server","state":"live","attributes":{"memory":1}}}`}},
		"line too long":          {servers, "Hostname,RAM (GiB)\n" + strings.Repeat("x", 70_000) + ",1\nok,1\n", []string{`2: is longer than 200 bytes`, `{"register":{"name":"ok","class":"server","state":"live","attributes":{"memory":1}}}`}},
		"record too long":        {servers, "Hostname,RAM (GiB)\n\"" + strings.Repeat("x\n", 300), []string{`2:1: is a record longer than 200 bytes, perhaps for a quote that is not closed; nothing after it was read`}},
		"nothing at all":         {servers, "", []string{`1: is missing; the first line names the columns`}},
		"header of invalid text": {servers, "Host\xff\nok,1\n", []string{`1:5: is not valid UTF-8`}},
		"no handle":              {links, "type;from;to\nruns on;a;server/b\n", []string{`2:9: from: "a" is neither a UUID nor class/name, as in "server/web-1"`}},
		"no table of anything":   {&config.Table{Of: "cis"}, "", []string{`table.of: "cis" is none of: ci, relation`}},
		"no comma":               {&config.Table{Of: config.Kind, Comma: '→'}, "", []string{`table.comma: is '→'; give a character of ASCII that is neither quote nor line break`}},
		"mapped twice":           {&config.Table{Of: config.Kind, Columns: map[string]string{"a": "memory", "b": "attributes.memory", "c": "-", "d": "-"}}, "", []string{`table.columns.b: is for attributes.memory, and so is "a"`}},
		"always twice":           {&config.Table{Of: config.Kind, Always: map[string]string{"memory": "1", "attributes.memory": "2"}}, "", []string{`table.always.memory: is for attributes.memory, and so is "attributes.memory"`}},
		"always says nothing":    {&config.Table{Of: config.Kind, Always: map[string]string{"id": "", "class": "server"}}, "name\na\n", []string{`{"register":{"name":"a","class":"server"}}`}},
		"whole and part":         {&config.Table{Of: config.RelationKind, Always: map[string]string{"to.class": "server"}}, "type,from,to\nruns on,application/a,b\n", []string{`1: both to and to.class are given; one says what the other does`}},
		"no class":               {&config.Table{Of: config.Kind}, "name,memory\na,1\n", []string{`2:3: attributes.memory: is given, and a CI without a class has no such attribute; leave it empty`}},
		"mapped to nothing":      {&config.Table{Of: config.RelationKind, Columns: map[string]string{"a": "name"}}, "", []string{`table.columns.a: "name" is no field here; they are: id, type, from, to, group, proposed, attributes, source, change, since, reason, and "-" leaves a column out`}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, readCSV(t, c.text, c.table, 200)) })
	}
}

// What is read and how it is checked is the same whether a line or a table says it.
func TestTableAndLinesMeet(t *testing.T) {
	in := intake(t, &config.IntakeOptions{Lenient: true},
		config.SourceOf("links.csv", "type,from,to\nruns on,application/shop,server/web-1\nruns on,application/shop,server/web-2\n", &config.Table{Of: config.RelationKind}),
		config.SourceOf("apps.jsonl", `{"register":{"name":"shop","class":"application"}}`, nil),
		config.SourceOf("servers.csv", "name,cpus\nweb-1,4\nweb-2,0\n", &config.Table{Of: config.Kind, Always: map[string]string{"class": "server"}}))
	require.Equal(t, `links.csv:3:26: to: is the CI of servers.csv:3, which is refused
servers.csv:3:7: attributes.cpus: is 0; give 1 or more
`, faultTexts(in))
	require.Equal(t, []string{"shop", "web-1"}, taken(t, in))
}

// What is wrong with an end that has several columns is at the first of them.
func TestAnEndInParts(t *testing.T) {
	for table, at := range map[string]string{"type,to.name,to.class,from\nruns on,web-9,server,application/shop\n": "2:9", "to.class,type,to.name,from\nserver,runs on,web-9,application/shop\n": "2:1"} {
		in := intake(t, &config.IntakeOptions{Lenient: true}, lines(whole), config.SourceOf("links", table, &config.Table{Of: config.RelationKind}))
		require.Equal(t, "links:"+at+": to: is no CI, neither here nor there already\n", faultTexts(in))
	}
}

// A source that changes between two readings is an error, not a mixture.
func TestSourceThatChanges(t *testing.T) {
	first := true
	s := config.Source{Name: "x", Open: func() (io.Reader, error) {
		if first {
			first = false
			return strings.NewReader(whole), nil
		}
		return strings.NewReader(strings.Replace(whole, "web-1", "web-9", 1)), nil
	}}
	in := intake(t, nil, s)
	var last error
	for _, err := range in.Steps() {
		last = err
	}
	require.ErrorContains(t, last, "x: is not what it was when it was checked")

	first = true
	s.Open = func() (io.Reader, error) { // in what is not kept of it
		memory := `"memory":64`
		if first {
			memory = `"memory":65`
		}
		first = false
		return strings.NewReader(strings.Replace(whole, `"memory":64`, memory, 1)), nil
	}
	in = intake(t, nil, s)
	for _, err := range in.Steps() {
		last = err
	}
	require.ErrorContains(t, last, "x: is not what it was when it was checked")

	const ci, relation = `{"register":{"name":"shop","class":"application","state":"live"}}` + "\n", `{"relate":{"type":"runs on","from":"application/shop","to":"cluster/web"}}` + "\n"
	for _, later := range []string{ // in how many rows there are, and where they are
		strings.Replace(whole, ci, "", 1), strings.Replace(whole, relation, "", 1), whole + ci, whole + relation,
		strings.Replace(whole, relation, "\n"+relation, 1), "\n" + whole, strings.Replace(whole, "runs on", "stored on", 1),
	} {
		first = true
		s.Open = func() (io.Reader, error) {
			text := later
			if first {
				text = whole
			}
			first = false
			return strings.NewReader(text), nil
		}
		in, last = intake(t, nil, s), nil
		for _, err := range in.Steps() {
			last = err
		}
		require.ErrorContains(t, last, "x: is not what it was when it was checked")
	}

	broken := errors.New("disk on fire")
	_, err := config.NewIntake(nil, intakeStamp, []config.Source{{Name: "y", Open: func() (io.Reader, error) { return io.MultiReader(strings.NewReader(whole), failing{broken}), nil }}}, nil)
	require.ErrorIs(t, err, broken)
	_, err = config.NewIntake(nil, intakeStamp, []config.Source{{Name: "y"}}, nil)
	itsmtest.RequireField(t, err, "sources[0].open")
	for field, stamp := range map[string]itsm.Stamp{"by.roles": {At: time0, By: otto}, "by.id": {At: time0, By: itsm.Actor{Tenant: "acme", Roles: probe.Roles}}, "at": {By: probe}} {
		_, err = config.NewIntake(nil, stamp, nil, nil)
		itsmtest.RequireField(t, err, field)
	}
	_, err = config.NewIntake(&config.Policy{}, intakeStamp, nil, nil)
	itsmtest.RequireField(t, err, "model")
	_, err = config.NewIntake(nil, intakeStamp, []config.Source{config.SourceOf("", "", &config.Table{Of: "cis"})}, nil)
	require.ErrorContains(t, err, "sources[0]: table.of: ")
	_, err = config.NewIntake(nil, intakeStamp, nil, &config.IntakeOptions{Own: &itsm.Definition[config.CI]{Transitions: []itsm.Transition[config.CI]{{}}}})
	require.ErrorIs(t, err, itsm.ErrInvalid)
	_, err = config.NewIntake(nil, intakeStamp, nil, &config.IntakeOptions{
		KnownRelations: slices.Values([]*config.Relation{knownRelation("runs on", config.Active, nil)}), OwnRelations: &itsm.Definition[config.Relation]{Transitions: []itsm.Transition[config.Relation]{{}}},
	})
	require.ErrorIs(t, err, itsm.ErrInvalid)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// The longest line is one that is read; one byte more is a fault, and the next line is
// read all the same, wherever the reader's buffer ends.
func TestLongestLine(t *testing.T) {
	for _, most := range []int{100, 1<<16 - 1, 1 << 16, 1<<16 + 1, 200_000} {
		for _, end := range []string{"\n", "\r\n"} {
			row := `{"register":{"name":"%s"}}`
			exact := fmt.Sprintf(row, strings.Repeat("x", most-len(row)+2))
			var got []int
			for l, err := range config.ReadJSONLines(strings.NewReader(exact+end+exact+" "+end+exact+end), most) {
				if err != nil {
					require.ErrorContains(t, err, fmt.Sprintf("2: is longer than %d bytes", most))
					got = append(got, 0)
					continue
				}
				got = append(got, len(l.Register.Name))
			}
			n := most - len(row) + 2
			require.Equal(t, []int{n, 0, n}, got)
		}
	}
}

// FuzzReadCSV holds the parts of records against package encoding/csv, wherever that
// finds nothing wrong, and asks that what is read is written and read again as the
// same.
func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\"\"\",b\r\n\r\n,\n", "a\n\"x\ny\"\n", "\"", "a\"b", "\uFEFFa,b\n",
		"name,class,memory,needs.web,since\na,server,64,2,2026-03-02T09:00:00Z\n\"\",,,,\n", "from.class,from.name,to,type,proposed\nserver,a,server/b,runs on,true\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, of := range []string{config.Kind, config.RelationKind} {
			requireWritable(t, s, &config.Table{Of: of})
		}
		records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s, "\uFEFF"))).ReadAll()
		got := readCSV(t, "name,description\n"+strings.TrimPrefix(s, "\uFEFF"), &config.Table{Of: config.Kind, Always: map[string]string{"class": "server"}}, 0)
		if err != nil || !utf8.ValidString(s) || strings.Contains(s, "\r") { // which it takes, or makes other line ends of
			return
		}
		for _, r := range records {
			if len(r) == 2 {
				row := config.CIRow{Register: config.Register{Name: r[0], Description: r[1], Class: "server"}}
				require.Contains(t, got, text(t, config.Line{Register: &row}), "%q", s)
			}
		}
		rows := 0
		for _, g := range got {
			if strings.HasPrefix(g, "{") {
				rows++
			}
		}
		require.LessOrEqual(t, rows, len(records))
	})
}

// requireWritable asks that all rows that a table has are written and read again as
// they are. An end in two columns may be one that no single column holds.
func requireWritable(t *testing.T, s string, table *config.Table) {
	t.Helper()
	var rows []config.Line
	for l, err := range config.ReadCSV(strings.NewReader(s), table, config.DefaultModel(), 0) {
		if err == nil {
			rows = append(rows, l)
		}
	}
	var b strings.Builder
	err := config.WriteCSV(&b, table, config.DefaultModel(), slices.Values(rows))
	if field := new(itsm.FieldError); errors.As(err, &field) && strings.Contains(s, ".") && (strings.HasSuffix(field.Field, ".from") || strings.HasSuffix(field.Field, ".to")) {
		return
	}
	require.NoError(t, err)
	requireSameRows(t, table, config.DefaultModel(), b.String(), rows)
}

// FuzzReadJSONLines asks that what is read is written and read again to the same
// byte, and that an intake of anything ends with all steps or a reason.
func FuzzReadJSONLines(f *testing.F) {
	for _, s := range strings.SplitAfter(whole, "\n") {
		f.Add(s)
	}
	f.Add(whole)
	f.Add(`{"relation":{"id":"01890000-0000-7000-8000-000000000001","type":"x"}}`)
	f.Add(`{"register":{"attributes":{"a":{"reference":"ci:server/web-1"},"b":1.50,"c":"\u00e9"}}}`)
	f.Fuzz(func(t *testing.T, s string) {
		var out strings.Builder
		for l, err := range config.ReadJSONLines(strings.NewReader(s), 0) {
			if err != nil {
				require.ErrorIs(t, err, itsm.ErrInvalid)
				continue
			}
			if config.WriteJSONLine(&out, l) != nil {
				continue // a handle that reads as another
			}
		}
		var again strings.Builder
		for l, err := range config.ReadJSONLines(strings.NewReader(out.String()), 0) {
			require.NoError(t, err, out.String())
			require.NoError(t, config.WriteJSONLine(&again, l))
		}
		require.Equal(t, out.String(), again.String())

		in := intake(t, &config.IntakeOptions{Lenient: true}, lines(s))
		taken(t, in)
		if in.Err() == nil {
			require.Zero(t, in.Counts().Refused)
		}
	})
}
