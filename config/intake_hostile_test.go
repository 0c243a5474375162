package config_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config"
)

const someID = "01890000-0000-7000-8000-000000000001"

// What is bent on doing harm is a fault, and nothing of it comes in.
func TestIntakeOfHostileLines(t *testing.T) {
	server := func(more string) string { return `{"register":{"name":"a","class":"server",` + more + `}}` }
	record := func(more string) string { return `{"ci":{"name":"a","class":"server",` + more + `}}` }
	for name, c := range map[string]struct{ line, want string }{
		"NUL":                        {"{\"register\":{\"name\":\"a\x00b\"}}", `1:23: name: holds a control character; write it as \u0000`},
		"NUL escaped":                {`{"register":{"name":"a\u0000b","class":"server"}}`, `1:21: name: holds a line break or control character; it is one line`},
		"all sorts of blanks":        {"\t\n {\t\"register\" : {\"name\": \"a\",\r\"class\":  \"sever\",\"id\":  \"7\"} }\r", `2:56: id: "7" is no UUID`},
		"a name twice among many":    {server(`"attributes":{"a":"","b":"","c":"","d":"","e":"","f":"","g":"","h":"","i":"","j":"","k":"","l":"","m":"","n":"","o":"","p":"","q":"","r":"","r":""}`), `1:182: attributes.r: is given twice`},
		"BOM inside":                 {" \uFEFF{}", `1:2: is "\ufeff", which is no JSON; give an object`},
		"BOM between":                {"{\"register\"\uFEFF:{}}", `1:12: register: has '\ufeff' where ':' is to be`},
		"half a name":                {server(`"attributes":{"\ud800":1}`), `1:56: attributes: holds half of a surrogate pair, which is no character`},
		"half beside a whole":        {server(`"owner":"\\ufffd\udc00"`), `1:50: owner: holds half of a surrogate pair, which is no character`},
		"half in a need":             {server(`"needs":[{"group":"\ud800\u0061","at_least":1}]`), `1:50: needs[0].group: holds half of a surrogate pair, which is no character`},
		"half in a typed value":      {server(`"attributes":{"memory":{"reference":"ci:\ud800"}}`), `1:65: attributes.memory: holds half of a surrogate pair, which is no character`},
		"half in a record":           {record(`"state":"live","id":"` + someID + `","owner":"\ud800x"`), `1:103: owner: holds half of a surrogate pair, which is no character`},
		"an endless number":          {server(`"attributes":{"memory":1e999999999}`), `1:65: attributes.memory: "1e999999999" is not a decimal of at most 60 digits`},
		"an endless number recorded": {record(`"id":"` + someID + `","attributes":{"memory":{"value":1e999999999}}`), `1:112: attributes.memory.value: "1e999999999" is not a decimal of at most 60 digits`},
		"a number of another base":   {server(`"attributes":{"memory":010}`), `1:65: attributes.memory: "010" is no JSON number; leave out the zeros that it begins with`},
		"less than no number":        {server(`"attributes":{"memory":-00.5}`), `1:65: attributes.memory: "-00.5" is no JSON number; leave out the zeros that it begins with`},
		"a value of two minds":       {server(`"attributes":{"memory":{"number":"1","number":"2"}}`), `1:79: attributes.memory.number: is given twice`},
		"no value":                   {server(`"attributes":{"memory":{"number":}}`), `1:75: attributes.memory.number: has '}' where a value is to be`},
		"too deep":                   {server(`"needs":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), `1:50: needs: is nested more than 100 deep`},
		"not closed":                 {server(`"needs":` + strings.Repeat("[", 100_000)), `1:50: needs: does not end`},
		"id of zeros":                {server(`"id":"00000000-0000-0000-0000-000000000000"`), `1:47: id: "00000000-0000-0000-0000-000000000000" is no UUID`},
		"record without an id":       {record(`"state":"live"`), `1: id: is missing; a record has one`},
		"record of zeros":            {record(`"state":"live","id":"00000000-0000-0000-0000-000000000000"`), `1:56: id: is missing; a record has one`},
		"record that is not born":    {record(`"id":"` + someID + `"`), `1: state: is missing; a record has one`},
		"record of another order":    {record(`"id":"` + someID + `","state":"retired","needs":[{"group":"b","at_least":1},{"group":"a","at_least":1}]`), `1:106: needs: are not in the order of their groups`},
		"need of none":               {server(`"needs":[{"group":"","at_least":0}]`), `1:50: needs[0].at_least: is 0; give 1 or more`},
		"need of less":               {server(`"needs":[{"group":"z","at_least":-1},{"group":"a","at_least":1}]`), `1:50: needs[0].at_least: is -1; give 1 or more`},
		"need of more than all":      {server(`"needs":[{"group":"z","at_least":99999999999999999999}]`), `1:50: needs[0].at_least: is a number 99999999999999999999; give a whole number`},
	} {
		t.Run(name, func(t *testing.T) {
			in := intake(t, &config.IntakeOptions{Lenient: true}, lines(c.line))
			require.Contains(t, faultTexts(in), c.want+"\n")
			require.Empty(t, taken(t, in))
			require.Equal(t, 1, in.Counts().Refused)
		})
	}
}

// What only looks like half a character is text.
func TestIntakeOfWhatIsNoHalf(t *testing.T) {
	in := intake(t, nil, lines(`{"register":{"name":"\\ud800 \ufffd \ud83d\ude00\n","class":"server"}}`))
	require.Equal(t, "1:21: name: holds a line break or control character; it is one line\n", faultTexts(in))
	in = intake(t, nil, lines(`{"register":{"name":"\\ud800 \/d800 \ufffd \ud83d\ude00 \ud800\udc00 \udbff\udfff","class":"server"}}`))
	require.Equal(t, []string{"\\ud800 /d800 \uFFFD \U0001F600 \U00010000 \U0010FFFF"}, taken(t, in))
}

// A relation that comes whole is one that a process could have made.
func TestIntakeOfHostileRelations(t *testing.T) {
	const ends = `{"register":{"id":"` + someID + `","name":"a","class":"application"}}
{"register":{"id":"01890000-0000-7000-8000-000000000002","name":"b","class":"server"}}
`
	for _, c := range []struct{ more, want string }{
		{`"state":"active"`, "3: id: is missing; a record has one\n"},
		{`"id":"01890000-0000-7000-8000-000000000003"`, "3: state: \"\" is none of: proposed, active\n"},
		{`"id":"01890000-0000-7000-8000-000000000003","state":"broken"`, "3:173: state: \"broken\" is none of: proposed, active\n"},
	} {
		in := intake(t, &config.IntakeOptions{Lenient: true}, lines(ends+`{"relation":{"type":"runs on","from":"`+someID+`","to":"01890000-0000-7000-8000-000000000002",`+c.more+`}}`))
		require.Equal(t, c.want, faultTexts(in))
		require.Equal(t, []string{"a", "b"}, taken(t, in))
		require.Equal(t, config.Counts{CIs: 2, Refused: 1}, in.Counts())
	}
}

// What lies within quotes is never taken for a row, whatever is wrong with it.
func TestIntakeOfHostileTables(t *testing.T) {
	table := &config.Table{Of: config.Kind}
	long := strings.Repeat("x", 300)
	for name, c := range map[string]struct {
		text, want string
		taken      []string
	}{
		"NUL":                       {"name,class\na\x00,server\nb,server\n", "2:1: name: holds a line break or control character; it is one line\n", []string{"b"}},
		"header only":               {"name,class", "", nil},
		"BOM only":                  {"\uFEFF", "1: is missing; the first line names the columns\n", nil},
		"every end of a line":       {"name,class\r\na,server\n\r\n\"b\",server\r\nc,\"server\"\r", "", []string{"a", "b", "c"}},
		"no UTF-8 before a row":     {"name,class\n\"a\xff\nb,server\nc,server\n\",server\nd,server\n", "2:3: is not valid UTF-8\n", []string{"d"}},
		"no UTF-8 after a row":      {"name,class\n\"a\nb,server\n\xff,server\n\",server\nd,server\n", "4:1: is not valid UTF-8\n", []string{"d"}},
		"too long, with a row":      {"name,class\n\"" + long + "\nb,server\n\",server\nd,server\n", "2: is longer than 200 bytes, and opens a quote that it does not close; nothing after it was read\n", nil},
		"too long, closed":          {"name,class\n\"" + long + "\"\"\",server\nd,server\n", "2: is longer than 200 bytes\n", []string{"d"}},
		"far too long, with a row":  {"name,class\n" + strings.Repeat("x", 70_000) + ",\"" + long + "\nb,server\n\"\nd,server\n", "2: is longer than 200 bytes, and opens a quote that it does not close; nothing after it was read\n", nil},
		"too long in the second":    {"name,class\n\"a\n" + long + "\nb,server\n", "2:1: is a record longer than 200 bytes, perhaps for a quote that is not closed; nothing after it was read\n", nil},
		"never closed and no UTF-8": {"name,class\n\"\xff\nb,server\n", "2:2: is not valid UTF-8\n", nil},
		"needs of none":             {"name,class,needs.b,needs.a\na,server,,-1\nb,server,two,\n", "2:11: needs.a: is -1; give 1 or more\n3:10: needs.b: \"two\" is no whole number\n", nil},
		"the second need":           {"name,class,needs.b,needs.c,needs.a\na,server,1,,0\n", "2:13: needs.a: is 0; give 1 or more\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			in := intake(t, &config.IntakeOptions{Lenient: true, MaxLine: 200}, config.SourceOf("", c.text, table))
			require.Equal(t, c.want, faultTexts(in))
			require.Equal(t, c.taken, taken(t, in))
		})
	}
}

// Very many faults, or needs, of one row cost no more than as many rows: looking anew
// for the place of each takes minutes here.
func TestIntakeOfHostileSize(t *testing.T) {
	var attributes, needs, header, cells strings.Builder
	const n = 30_000
	for i := range n {
		fmt.Fprintf(&attributes, `"a%d":1,`, i)
		fmt.Fprintf(&needs, `{"group":"g%d","at_least":0},`, i)
		fmt.Fprintf(&header, ",needs.g%d", i)
		cells.WriteString(",0")
	}
	for _, s := range []config.Source{
		lines(`{"register":{"name":"a","class":"server","attributes":{` + attributes.String() + `"z":1}}}`),
		lines(`{"register":{"name":"a","class":"server","needs":[` + needs.String() + `{"group":"z","at_least":0}]}}`),
		config.SourceOf("", "name,class,needs.z"+header.String()+"\na,server,0"+cells.String()+"\n", &config.Table{Of: config.Kind}),
	} {
		in := intake(t, nil, s)
		require.Equal(t, n+1, in.FaultCount())
		require.Len(t, in.Faults(), 1000)
		for _, f := range in.Faults() {
			require.Positive(t, f.Column)
		}
	}
}

// A reader that fails on the way, at first or later, is an error, and what came before
// is not taken for the whole.
func TestIntakeOfAFailingReader(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, upTo := range []int{0, 20, strings.Index(whole, "\n") + 1, len(whole)} {
		for fails := range 2 {
			opened := 0
			s := config.Source{Name: "x", Open: func() (io.Reader, error) {
				opened++
				if opened == fails+1 {
					return io.MultiReader(strings.NewReader(whole[:upTo]), failing{broken}), nil
				}
				return strings.NewReader(whole), nil
			}}
			in, err := config.NewIntake(nil, intakeStamp, []config.Source{s}, nil)
			if fails == 0 {
				require.ErrorIs(t, err, broken)
				continue
			}
			require.NoError(t, err)
			for _, step := range in.Steps() {
				err = step
			}
			require.ErrorIs(t, err, broken)
		}
	}
}
