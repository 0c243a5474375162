package eventlog

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/ulikunitz/xz"

	"github.com/itsmkit/itsm"
)

const tinyMapping = `{
	"name": "tiny", "source": "made for this test",
	"missing": "?", "time": "2006-01-02 15:04", "zone": "Europe/Berlin",
	"columns": {"incident": "id", "state": "status", "at": "when", "order": "n", "group": "team", "by": "who", "impact": "impact"},
	"constants": {"urgency": "low", "caller": "ann"},
	"values": {"impact": {"big": "high"}},
	"states": {"open": {"state": "new"}, "work": {"state": "in progress"}, "ask": {"state": "on hold", "reason": "caller"},
		"done": {"state": "resolved"}, "over": {"state": "closed"}, "junk": {"skip": true}},
	"policy": {"matrix": {"impacts": ["high", "low"], "urgencies": ["high", "low"], "priorities": [["P1", "P2"], ["P3", "P4"]]},
		"window_days": 5, "hold_days": 30}
}`

// promising is an agreement of the tiny mapping, four business hours for P2, and
// eight for P4, with one text of it replaced.
func promising(t *testing.T, old, new string) string {
	t.Helper()
	return replaceOnce(t, `"agreement": {
		"agreement": "AGR1", "number": 1, "kind": "sla", "party": "acme", "from": "2026-01-01T00:00:00Z",
		"terms": {
			"calendars": {"office": {"tz": "Europe/Berlin", "schedule": {"mon": [["09:00", "17:00"]]}}},
			"calendar": "office",
			"metrics": [{"name": "resolution", "since": "opened", "stop": {"field": "closed", "given": true}}],
			"targets": [
				{"name": "P2", "metric": "resolution", "when": {"field": "priority", "is": [2]}, "within": "4h"},
				{"name": "P4", "metric": "resolution", "when": {"field": "priority", "is": [4]}, "within": "8h"}
			]
		}
	}, `, old, new)
}

const tinyHeader = "id,status,when,n,team,who,impact\n"

func tiny(t *testing.T) *Mapping {
	t.Helper()
	m, err := ParseMapping([]byte(tinyMapping))
	require.NoError(t, err)
	return m
}

func read(t *testing.T, text string) (*Log, error) {
	t.Helper()
	return Read(context.Background(), "tiny.csv", strings.NewReader(text), tiny(t))
}

func TestReadOrdersAndLifts(t *testing.T) {
	log, err := read(t, tinyHeader+
		"B,open,2026-03-01 10:00,0,red,eve,big\n"+
		"A,work,2026-03-01 09:30,2,red,bob,big\n"+
		"A,open,2026-03-01 09:45,1,?,bob,big\n")
	require.NoError(t, err)
	require.Equal(t, 3, log.Len())
	require.Equal(t, []int{1, 3}, []int{log.lifted, log.first}, "A's second row says it was before the first")
	var order []string
	for _, row := range log.rows {
		order = append(order, log.texts[row.key]+row.At.Format(" 15:04"))
	}
	// Berlin is an hour ahead; A's second row is lifted to its first; B is last.
	require.Equal(t, []string{"A 08:45", "A 08:45", "B 09:00"}, order)
	require.True(t, log.rows[0].opens && !log.rows[0].ends && log.rows[1].ends)
	require.Zero(t, log.rows[0].cells[cell(Group)], "? is missing")
	require.Equal(t, "high", log.texts[log.rows[0].cells[cell(Impact)]])
	require.Equal(t, "low", log.texts[log.rows[0].cells[cell(Urgency)]])
}

// packed is a text as gzip and xz write it, and as it is.
func packed(t *testing.T, text string) map[string]string {
	t.Helper()
	forms := map[string]string{"plain": text}
	for name, open := range map[string]func(io.Writer) (io.WriteCloser, error){
		"gzip": func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
		"xz":   func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) },
	} {
		var b bytes.Buffer
		w, err := open(&b)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		forms[name] = b.String()
	}
	return forms
}

func TestReadUnpacks(t *testing.T) {
	const rows = "A,open,2026-03-01 10:00,0,red,eve,big\n"
	want, err := read(t, tinyHeader+rows)
	require.NoError(t, err)
	for _, mark := range []string{"", "\xef\xbb\xbf"} {
		for name, text := range packed(t, mark+tinyHeader+rows) {
			log, err := read(t, text)
			require.NoError(t, err, name)
			require.Equal(t, want, log, name)
		}
	}
}

func TestColumnsAreJoined(t *testing.T) {
	m, err := ParseMapping([]byte(`{
		"name": "joined", "source": "made for this test", "missing": "?",
		"time": "2.1.2006/15:04",
		"columns": {"incident": "id", "state": ["status", "detail"], "at": ["day", "hour"], "group": ["unit", "team"]},
		"states": {"open/now": {"state": "new"}, "open/": {"state": "new"}, "/late": {"state": "new"}},
		"policy": {"matrix": {"impacts": ["high"], "urgencies": ["high"], "priorities": [["P1"]]}, "window_days": 5, "hold_days": 30}
	}`))
	require.NoError(t, err)
	const header = "id,team,status,detail,unit,day,hour\n"
	log, err := Read(context.Background(), "joined.csv", strings.NewReader(header+
		"A,red,open,now,one,1.3.2026,10:00\n"+
		"B,?,open,?,one,1.3.2026,11:00\n"+
		"C,?,?,late,,1.3.2026,12:00\n"), m)
	require.NoError(t, err)
	var got []string
	for _, row := range log.rows {
		got = append(got, row.At.Format("15:04 ")+log.texts[row.cells[cell(State)]]+" "+log.texts[row.cells[cell(Group)]])
	}
	require.Equal(t, []string{"10:00 open/now one/red", "11:00 open/ one/", "12:00 /late "}, got)

	_, err = Read(context.Background(), "joined.csv", strings.NewReader(header+"A,red,shut,now,one,1.3.2026,10:00\n"), m)
	require.ErrorContains(t, err, `line 2: column "status/detail": "shut/now" is not in the mapping's states`)
	_, err = Read(context.Background(), "joined.csv", strings.NewReader("id,team,status,unit,day,hour\nA,red,open,one,1.3.2026,10:00\n"), m)
	require.ErrorContains(t, err, `line 1: column "detail": is not in the header`)
}

func TestRowsKeepAndClear(t *testing.T) {
	m, err := ParseMapping([]byte(replaceOnce(t, replaceOnce(t, tinyMapping,
		`"ask": {"state": "on hold", "reason": "caller"`, `"ask": {"state": "on hold", "reason": "caller", "clears": ["group"]`),
		`"done": {"state": "resolved"`, `"done": {"state": "resolved", "keeps": ["group", "impact"]`)))
	require.NoError(t, err)
	log, err := Read(context.Background(), "tiny.csv", strings.NewReader(tinyHeader+
		"A,done,2026-03-01 10:00,0,red,eve,big\n"+ // nothing before it to keep
		"A,work,2026-03-01 11:00,1,red,eve,big\n"+
		"A,junk,2026-03-01 12:00,2,blue,eve,low\n"+ // says nothing
		"A,done,2026-03-01 13:00,3,green,eve,low\n"+
		"B,done,2026-03-01 13:30,0,green,eve,low\n"+ // another incident
		"A,done,2026-03-01 14:00,4,blue,eve,low\n"+
		"A,ask,2026-03-01 15:00,5,blue,eve,low\n"+
		"A,done,2026-03-01 16:00,6,blue,eve,low\n"), m)
	require.NoError(t, err)
	var got []string
	for _, row := range log.rows {
		got = append(got, log.texts[row.key]+" "+log.texts[row.cells[cell(Group)]]+" "+log.texts[row.cells[cell(Impact)]])
	}
	require.Equal(t, []string{"A  ", "A red high", "A blue low", "A red high", "B  ", "A red high", "A  low", "A  low"}, got)
}

func TestReadSaysWhereALogIsWrong(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, err := z.Write([]byte(tinyHeader + strings.Repeat("A,open,2026-03-01 10:00,0,red,eve,big\n", 1000)))
	require.NoError(t, err)
	require.NoError(t, z.Close())

	for name, test := range map[string]struct{ text, want string }{
		"empty":           {"", "tiny.csv: is empty"},
		"header only":     {tinyHeader, "tiny.csv: has a header and no rows"},
		"binary":          {"\x7fELF\x00\x01\x02\x03\n", "is this a CSV file"},
		"truncated gzip":  {zipped.String()[:zipped.Len()/2], "unexpected EOF"},
		"no gzip":         {"\x1f\x8bnothing", "tiny.csv: cannot be unpacked: unexpected EOF"},
		"no xz":           {"\xfd7zXZ\x00nothing at all", "tiny.csv: cannot be unpacked: xz"},
		"unknown column":  {"id,status,when,n,team,who\nA,open,2026-03-01 10:00,0,red,eve\n", `tiny.csv: line 1: column "impact": is not in the header`},
		"bad date":        {tinyHeader + "A,open,2026-03-01 10:00,0,red,eve,big\nA,work,1/3/2026,1,red,eve,big\n", `tiny.csv: line 3: column "when": "1/3/2026" is no time`},
		"year 0":          {tinyHeader + "A,open,0000-01-01 00:00,0,red,eve,big\n", `line 2: column "when": "0000-01-01 00:00" is in the year -1; a log is of the years 1901 to 2199`},
		"year 9999":       {tinyHeader + "A,open,9999-12-31 23:59,0,red,eve,big\n", `column "when": "9999-12-31 23:59" is in the year 9999`},
		"two ages":        {tinyHeader + "A,open,1902-01-01 00:00,0,red,eve,big\nB,open,2026-03-01 10:00,0,red,eve,big\n", `line 3: column "when": the log is longer than a hundred years: from 1901-12-31T23:00:00Z, in line 2, to 2026-03-01T09:00:00Z, in line 3`},
		"no date":         {tinyHeader + "A,open,?,0,red,eve,big\n", `line 2: column "when": is empty`},
		"no incident":     {tinyHeader + ",open,2026-03-01 10:00,0,red,eve,big\n", `line 2: column "id": is empty`},
		"unknown state":   {tinyHeader + "A,lost,2026-03-01 10:00,0,red,eve,big\n", `line 2: column "status": "lost" is not in the mapping's states`},
		"no number":       {tinyHeader + "A,open,2026-03-01 10:00,first,red,eve,big\n", `line 2: column "n": "first" is no whole number`},
		"bad UTF-8":       {tinyHeader + "A,open,2026-03-01 10:00,0,r\xffd,eve,big\n", `line 2: column "team": is not valid UTF-8`},
		"a row cut short": {tinyHeader + "A,open,2026-03-01 10:00\n", "tiny.csv: line 2: wrong number of fields"},
		"an open quote":   {tinyHeader + `A,"open,2026-03-01 10:00,0,red,eve,big` + "\n", "tiny.csv: line"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, test.text)
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "\n", "one line")
			var format *FormatError
			require.ErrorAs(t, err, &format)
		})
	}
}

func TestReadStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Read(ctx, "tiny.csv", strings.NewReader(tinyHeader+"A,open,2026-03-01 10:00,0,red,eve,big\n"), tiny(t))
	require.ErrorIs(t, err, context.Canceled)
}

func TestParseMappingNamesTheField(t *testing.T) {
	edit := func(old, new string) string { return replaceOnce(t, tinyMapping, old, new) }
	for name, test := range map[string]struct{ text, want string }{
		"no JSON":          {"incident: number", "invalid character"},
		"unknown field":    {edit(`"missing"`, `"absent"`), "absent: is not a field here"},
		"null":             {edit(`"missing": "?"`, `"missing": null`), "missing: is null"},
		"given twice":      {edit(`"missing": "?"`, `"missing": "?", "missing": "-"`), "missing: is given twice"},
		"two objects":      {tinyMapping + "{}", "goes on after"},
		"no state column":  {edit(`"state": "status", `, ""), "columns.state: is missing"},
		"unknown column":   {edit(`"team"`, `"team", "colour": "c"`), `columns: "colour" is none of`},
		"bad zone":         {edit("Europe/Berlin", "Europe/Atlantis"), `zone: "Europe/Atlantis"`},
		"no layout":        {edit(`"time": "2006-01-02 15:04", `, ""), "time: is missing"},
		"unknown state":    {edit(`"state": "new"`, `"state": "fresh"`), `states["open"].state: "fresh" is none of`},
		"hold for nobody":  {edit(`, "reason": "caller"`, ""), `states["ask"].reason`},
		"unknown reason":   {edit(`"reason": "caller"`, `"reason": "weather"`), `states["ask"].reason: "weather" is none of`},
		"no window":        {edit(`"window_days": 5, `, ""), "policy.window_days: is 0; give 1 to 36500"},
		"bad matrix":       {edit(`["P3", "P4"]`, `["P3"]`), "policy.matrix.priorities[1]"},
		"bad priority":     {edit(`"P3"`, `"high"`), `policy.matrix.priorities[1][0]: "high" is not one of P1 to P9`},
		"unknown oracle":   {edit(`"policy"`, `"oracles": {"mood": "m"}, "policy"`), `oracles: "mood" is none of`},
		"bad target":       {edit(`"policy"`, promising(t, `"within": "4h"`, `"within": "soon"`)+`"policy"`), `agreement.terms.targets[0].within: "soon" is no time`},
		"no such field":    {edit(`"policy"`, promising(t, `{"field": "priority"`, `{"field": "prio"`)+`"policy"`), `agreement.terms.targets[0].when.field: "prio" is not declared`},
		"no such calendar": {edit(`"policy"`, promising(t, `"calendar": "office"`, `"calendar": "night"`)+`"policy"`), `agreement.terms.calendar: "night" is no calendar of the agreement`},
		"bad calendar":     {edit(`"policy"`, promising(t, `{"mon": [["09:00", "17:00"]]}`, `{}`)+`"policy"`), "agreement.terms.calendars.office.schedule: has no window"},
		"no party":         {edit(`"policy"`, promising(t, `"party": "acme", `, ``)+`"policy"`), "agreement.party: is missing"},
		"never done":       {edit(`"policy"`, promising(t, `, "stop": {"field": "closed", "given": true}`, ``)+`"policy"`), "agreement.terms.metrics[0].stop: is missing"},
		"unknown term":     {edit(`"policy"`, promising(t, `"within": "4h"`, `"goal": "4h"`)+`"policy"`), "agreement.terms.targets[0].goal: is not a field here"},
		"no date":          {edit(`"policy"`, promising(t, `"from": "2026-01-01T00:00:00Z"`, `"from": "2026-01-01"`)+`"policy"`), "2026-01-01"},
		"no name":          {edit(`"group": "team"`, `"group": []`), "columns.group: names no column"},
		"half a name":      {edit(`"group": "team"`, `"group": ["team", ""]`), "columns.group: names no column, or an empty one"},
		"no column":        {edit(`"group": "team"`, `"group": 7`), "a column is a name, or a list of names"},
		"keeps nothing":    {edit(`"state": "new"`, `"state": "new", "keeps": ["colour"]`), `states["open"].keeps: "colour" is none of`},
		"keeps the state":  {edit(`"state": "new"`, `"state": "new", "keeps": ["state"]`), `states["open"].keeps: "state" is what places a row`},
		"clears the time":  {edit(`"state": "new"`, `"state": "new", "clears": ["at"]`), `states["open"].clears: "at" is what places a row`},
		"both":             {edit(`"state": "new"`, `"state": "new", "keeps": ["group"], "clears": ["group"]`), `states["open"].keeps: "group" is both kept and cleared`},
		"endless window":   {edit(`"window_days": 5`, `"window_days": 40000`), "policy.window_days: is 40000"},
		"endless hold":     {edit(`"hold_days": 30`, `"hold_days": 40000`), "policy.hold_days: is 40000"},
		"quote delimiter":  {edit(`"missing"`, `"delimiter": "\"", "missing"`), "delimiter"},
		"line delimiter":   {edit(`"missing"`, `"delimiter": "\n", "missing"`), "delimiter"},
		"no delimiter":     {edit(`"missing"`, `"delimiter": "\u0000", "missing"`), "delimiter"},
		"wide delimiter":   {edit(`"missing"`, `"delimiter": "||", "missing"`), "delimiter"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseMapping([]byte(test.text))
			require.ErrorContains(t, err, test.want)
		})
	}
	_, err := ParseMapping([]byte(edit("Europe/Berlin", "Europe/Atlantis")))
	var field *itsm.FieldError
	require.True(t, errors.As(err, &field))
}

func FuzzRead(f *testing.F) {
	f.Add(tinyHeader + "A,open,2026-03-01 10:00,0,red,eve,big\nA,done,2026-03-01 11:00,1,red,eve,big\n")
	f.Add(tinyHeader + "\"A\nB\",open,2026-03-01 10:00,0,red,eve,big\n")
	f.Add("id;status\n")
	f.Add(tinyHeader + "A,open,0000-01-01 00:00,0,red,eve,big\n")
	f.Add(tinyHeader + "A,open,9999-12-31 23:59,0,red,eve,big\n")
	f.Add(tinyHeader + "A,open,1902-01-01 00:00,0,red,eve,big\nB,open,2026-03-01 10:00,0,red,eve,big\n")
	f.Add("\x1f\x8b\x08\x00")
	f.Add("\xfd7zXZ\x00\x00\x04")
	m, err := ParseMapping([]byte(tinyMapping))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		log, err := Read(context.Background(), "fuzz.csv", strings.NewReader(text), m)
		if err != nil {
			return
		}
		// What reads also replays: the rules refuse, nothing panics, nothing is lost.
		result, err := Rules(context.Background(), log, m, nil)
		if err != nil {
			t.Fatal(err)
		}
		if result.Events != log.Len() {
			t.Fatalf("%d of %d rows replayed", result.Events, log.Len())
		}
	})
}

func FuzzParseMapping(f *testing.F) {
	f.Add([]byte(tinyMapping))
	f.Add(builtInMapping)
	volvo, err := os.ReadFile("bpic2013_incidents.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(volvo)
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ParseMapping(text)
		if err != nil {
			return
		}
		if _, err := m.process(); err != nil {
			t.Fatalf("a mapping that parses gives no process: %v", err)
		}
		for _, log := range []string{tinyHeader + "A,open,2026-03-01 10:00,0,red,eve,big\n", "", "\x1f\x8b\x00"} {
			Read(t.Context(), "log.csv", strings.NewReader(log), m) // whatever it makes of it
		}
	})
}

// The mapping in the package's documentation reads, and the documentation names
// every field that a mapping has.
func TestTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	doc := strings.ReplaceAll(string(text), "\n//\t", "\n")
	start := strings.Index(doc, "\n{")
	require.Positive(t, start)
	end := start + strings.Index(doc[start:], "\n}") + 2
	mapping := doc[start:end]
	m, err := ParseMapping([]byte(mapping))
	require.NoError(t, err)
	log, err := Read(context.Background(), "own.csv", strings.NewReader("Number,Status,Updated,Team,Owner\n"+
		"1,Open,2025-07-01 10:00:00,Desk,\n"+
		"1,Working,2025-07-01 10:30:00,Desk,Ann\n"+
		"1,Done,2025-07-01 11:00:00,Desk,Ann\n"), m)
	require.NoError(t, err)
	r, err := Rules(context.Background(), log, m, nil)
	require.NoError(t, err)
	require.Empty(t, r.Refusals)

	prose := doc[end:]
	start = strings.Index(prose, "\n\"agreement\"")
	require.Positive(t, start)
	part := prose[start : start+strings.Index(prose[start:], "\n}")+2]
	m, err = ParseMapping([]byte(strings.TrimSuffix(mapping, "\n}") + "," + part + "}"))
	require.NoError(t, err)
	require.NotNil(t, m.Agreement)
	for _, typ := range []reflect.Type{reflect.TypeFor[Mapping](), reflect.TypeFor[Standing](), reflect.TypeFor[Policy]()} {
		for i := range typ.NumField() {
			if name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ","); name != "" {
				require.Regexp(t, `\b`+name+`\b`, prose, "%s.%s", typ.Name(), typ.Field(i).Name)
			}
		}
	}
}
