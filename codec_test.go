package itsm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
)

// A parcel's command with a field of every type that has a text form of its own.
type parcel struct {
	itsm.Header
	Price itsm.Money `json:"price,omitzero"`
}

type post struct {
	Price  itsm.Money            `json:"price"`
	Urgent itsm.Priority         `json:"urgent,omitzero"`
	For    itsm.Ref              `json:"for,omitzero"`
	Until  time.Time             `json:"until,omitzero"`
	Labels map[string]itsm.Value `json:"labels,omitempty"`
	Stops  []stop                `json:"stops,omitempty"`
}

type stop struct {
	Place string `json:"place"`
	Days  int    `json:"days"`
}

func (post) Check(*parcel, itsm.Stamp) error    { return nil }
func (c post) Apply(r *parcel, _ itsm.Stamp)    { r.Price = c.Price }
func (deliver) Check(*parcel, itsm.Stamp) error { return nil }
func (c deliver) Apply(r *parcel, _ itsm.Stamp) {}

// Deliver is in its third form: "to" was once "street", and it was called "bring".
type deliver struct {
	To string `json:"to"`
}

func rename(from, to string) func([]byte) ([]byte, error) {
	return func(data []byte) ([]byte, error) {
		var old map[string]json.RawMessage
		if err := json.Unmarshal(data, &old); err != nil {
			return nil, err
		}
		if _, found := old[from]; !found {
			return nil, errors.New("no " + from)
		}
		old[to] = old[from]
		delete(old, from)
		return json.Marshal(old)
	}
}

func parcelDefinition() itsm.Definition[parcel] {
	return itsm.Definition[parcel]{
		Kind: "parcel", States: states("posted", "Delivered"),
		Transitions: []itsm.Transition[parcel]{
			itsm.On("post", post{}, from(""), to("posted"), anyone()),
			itsm.On("deliver", deliver{}, from("posted"), to("Delivered"), anyone(), itsm.Version(3)),
		},
		Legacy: []itsm.Legacy{
			{Name: "bring", Version: 1, As: "bring", AsVersion: 2, Upcast: rename("road", "street")},
			{Name: "bring", Version: 2, As: "deliver", AsVersion: 2},
			{Name: "deliver", Version: 1, As: "deliver", AsVersion: 2, Upcast: rename("road", "street")},
			{Name: "deliver", Version: 2, As: "deliver", AsVersion: 3, Upcast: rename("street", "to")},
		},
	}
}

func parcels(t testing.TB) *itsm.Lifecycle[parcel] {
	t.Helper()
	lc, err := itsm.NewLifecycle(parcelDefinition())
	require.NoError(t, err)
	return lc
}

// fullPost is a post with every field filled.
func fullPost() post {
	price, _ := itsm.ParseMoney("12.50 EUR")
	return post{Price: price, Urgent: 2, For: itsm.Ref{Kind: "person", ID: "a:b"}, Until: monday.Add(time.Nanosecond),
		Labels: map[string]itsm.Value{"weight": itsm.IntValue(3), "fragile": itsm.TruthValue(false), "until": itsm.InstantValue(monday)},
		Stops:  []stop{{"Ghent", 2}}}
}

// The encoded events of today; changing this file means that stored journals can
// no longer be compared.
func TestEventGolden(t *testing.T) {
	lc := parcels(t)
	r := parcel{Header: itsm.Header{Number: "P1"}}
	var lines bytes.Buffer
	for _, step := range []struct {
		cmd   itsm.Command[parcel]
		stamp itsm.Stamp
	}{
		{fullPost(), itsm.Stamp{At: monday, By: itsm.Actor{ID: "ann", Tenant: "acme", Roles: []itsm.Role{"clerk"}}}},
		{deliver{To: "<Ü & ö>"}, itsm.Stamp{At: monday.Add(1001), By: itsm.System("acme"), Recorded: monday.Add(time.Hour), Reason: "from paper"}},
	} {
		e, err := lc.Fire(&r, step.cmd, step.stamp)
		require.NoError(t, err)
		data, err := lc.EncodeEvent(e)
		require.NoError(t, err)
		require.NoError(t, json.Indent(&lines, data, "", "\t"))
		lines.WriteByte('\n')
		decoded, err := lc.DecodeEvent(data)
		require.NoError(t, err)
		require.Equal(t, e, decoded)
	}
	itsmtest.Golden(t, "testdata/events.json", lines.Bytes())
}

func TestDecode(t *testing.T) {
	lc := parcels(t)
	cmd, err := lc.Decode("deliver", 3, []byte(` {"to":"x"} `))
	require.NoError(t, err)
	require.Equal(t, deliver{"x"}, cmd)

	for _, data := range []string{
		`{"\u0074o":"x"}`, `{"to":"x\ud83d\ude00\\ud800\u00e9"}`, `{"labels":{"b":1,"a":2}}`, `{"labels":{"B":1,"b":2}}`, `{"until":null,"stops":null,"labels":{"a":null}}`,
		"{ \"stops\" : [ { \"days\" : 1 , \"place\" : \"\\\"{,\\\\\" } , { } ] ,\r\n\t\"for\" : \"a:b\" }",
	} {
		name, version := "post", 1
		if strings.Contains(data, "x") {
			name, version = "deliver", 3
		}
		_, err := lc.Decode(name, version, []byte(data))
		require.NoError(t, err, data)
	}

	for _, c := range []struct {
		name    string
		version int
		data    string
		field   string // which the error names
		text    string
	}{
		{"deliver", 3, ``, "data", "is empty; give an object"},
		{"deliver", 3, " \n", "data", "is empty; give an object"},
		{"deliver", 3, `null`, "data", "is null; give an object"},
		{"deliver", 3, ` null `, "data", "is null; give an object"},
		{"deliver", 3, `{"to":"x"`, "data", "unexpected EOF"},
		{"deliver", 3, `{"to":"x"}{}`, "data", "goes on after the JSON value"},
		{"deliver", 3, `{"to":"x"}]`, "data", "goes on after the JSON value"},
		{"deliver", 3, "{\"to\":\"\xff\"}", "data", "is not valid UTF-8"},
		{"deliver", 3, `{"To":"x","colour":"red"}`, "colour", "is not a field here"},
		{"deliver", 3, `{"To":"x"}`, "To", `is not a field here; write "to"`},
		{"deliver", 3, `{"to":"x","to":"x"}`, "to", "is given twice"},
		{"deliver", 3, `{"to":"x","\u0074o":"y"}`, "to", "is given twice"},
		{"deliver", 3, `{"to":"x","TO":"y"}`, "TO", `is not a field here; write "to"`},
		{"bring", 2, `{"street":"x","To":"y"}`, "To", `is not a field here; write "to"`},
		{"post", 1, `{"stops":[{"days":2},{"Days":2}]}`, "stops[1].Days", `is not a field here; write "days"`},
		{"post", 1, `{"stops":[{"days":2,"place":"x","days":3}]}`, "stops[0].days", "is given twice"},
		{"post", 1, `{"labels":{"b":1,"a":2,"b":3}}`, "labels.b", "is given twice"},
		{"post", 1, `{"labels":{"a":{"span":"1h","span":"2h"}}}`, "labels.a", `"{\"span\":\"1h\",\"span\":\"2h\"}" is not a single {"type": "text"}`},
		{"deliver", 3, `{"to":7}`, "to", "is a number; give a string"},
		{"deliver", 3, `["to"]`, "data", "is an array; give an object"},
		{"post", 1, `{"stops":[{"days":"two"}]}`, "stops[0].days", "is a string; give a whole number"},
		{"post", 1, `{"stops":[{"day":2}]}`, "stops[0].day", "is not a field here"},
		{"post", 1, `{"urgent":"P0"}`, "urgent", `"P0" is not one of P1 to P9`},
		{"post", 1, `{"price":"12.50"}`, "price", `"12.50" is not an amount and a currency, as in "12.50 EUR"`},
		{"post", 1, `{"for":"ann"}`, "for", `"ann" is not of the form kind:id`},
		{"post", 1, `{"labels":{"a":{"weight":"3"}}}`, "labels.a", `"weight" is none of: text, number, truth, instant, span, reference`},
		{"post", 1, `{"labels":{"a":{"reference":"ci:\ud83d"}}}`, "labels.a", "holds half of a surrogate pair, which is no character"},
		{"post", 1, `{"labels":{"\udc00":1}}`, "labels", "holds half of a surrogate pair, which is no character"},
		{"post", 1, `{"stops":[{},{"place":"\ud83d\ude00 \ud83d"}]}`, "stops[1].place", "holds half of a surrogate pair, which is no character"},
		{"deliver", 3, `{"to":"\ud800"}`, "to", "holds half of a surrogate pair, which is no character"},
		{"post", 1, `{"labels":{"a":1e5}}`, "labels.a", `"1e5" is not a decimal of at most 60 digits`},
		{"post", 0, `{}`, "v", "is 0; post is read in version 1"},
		{"deliver", 4, `{}`, "v", "is 4; deliver is read in version 3"},
		{"burn", 1, `{}`, "name", `"burn" is no command of parcel; they are: post, deliver`},
		{"", 0, `{}`, "name", `"" is no command of parcel; they are: post, deliver`},
		{strings.Repeat("x", 1000), 1, `{}`, "name", `"` + strings.Repeat("x", 64) + `"… is no command of parcel; they are: post, deliver`},
	} {
		_, err := lc.Decode(c.name, c.version, []byte(c.data))
		var field *itsm.FieldError
		require.ErrorAs(t, err, &field, c.data)
		require.ErrorIs(t, err, itsm.ErrInvalid)
		require.Equal(t, []string{c.field, c.text}, []string{field.Field, field.Problem}, c.data)
	}
}

func TestLegacy(t *testing.T) {
	lc := parcels(t)
	for _, c := range []struct {
		name    string
		version int
		data    string
	}{
		{"bring", 1, `{"road":"x"}`},
		{"bring", 2, `{"street":"x"}`},
		{"deliver", 1, `{"road":"x"}`},
		{"deliver", 2, `{"street":"x"}`},
		{"deliver", 3, `{"to":"x"}`},
	} {
		cmd, err := lc.Decode(c.name, c.version, []byte(c.data))
		require.NoError(t, err)
		require.Equal(t, deliver{"x"}, cmd)
	}
	_, err := lc.Decode("bring", 1, []byte(`{}`))
	require.ErrorIs(t, err, itsm.ErrInvalid)
	require.ErrorContains(t, err, "data: of bring version 1 cannot be brought up to date")
	require.ErrorContains(t, err, "no road")
	_, err = lc.Decode("bring", 1, []byte(`{"road":"x","colour":"red"}`))
	require.EqualError(t, err, "colour: is not a field here")

	// An event of old is one of today after it was read: encoding it again must
	// not put today's data under yesterday's version.
	old := `{"id":"00000000-0000-0000-0000-000000000001","number":"P1","revision":2,"name":"bring","v":1,"from":"posted",` +
		`"to":"Delivered","role":"anyone","at":"2026-03-02T09:00:00Z","by":{"id":"ann"},"data":{"road":"x"}}`
	e, err := lc.DecodeEvent([]byte(old))
	require.NoError(t, err)
	require.Equal(t, []any{"deliver", 3, deliver{"x"}}, []any{e.Name, e.Version, e.Command})
	data, err := lc.EncodeEvent(e)
	require.NoError(t, err)
	again, err := lc.DecodeEvent(data)
	require.NoError(t, err)
	require.Equal(t, e, again)
}

func TestLegacyRefused(t *testing.T) {
	for _, c := range []struct {
		add  []itsm.Legacy
		want string
	}{
		{[]itsm.Legacy{{Name: "send", Version: 1, As: "mail", AsVersion: 1}},
			`legacy "send" version 1: leads to no command of today: name: "mail" is no command of parcel; they are: post, deliver`},
		{[]itsm.Legacy{{Name: "post", Version: 9, As: "post", AsVersion: 8}},
			`legacy "post" version 9: leads to no command of today: v: is 8; post is read in version 1`},
		{[]itsm.Legacy{{Name: "a", Version: 1, As: "b", AsVersion: 1}, {Name: "b", Version: 1, As: "a", AsVersion: 1}},
			`legacy "a" version 1: leads to no command of today`},
		{[]itsm.Legacy{{Name: "a", Version: 1, As: "a", AsVersion: 1}}, `legacy "a" version 1: leads to no command of today`},
		{[]itsm.Legacy{{Name: "post", Version: 1, As: "deliver", AsVersion: 3}}, `legacy "post" version 1: is the form of today`},
		{[]itsm.Legacy{{Name: "bring", Version: 1, As: "post", AsVersion: 1}}, `legacy "bring" version 1: is declared twice`},
	} {
		_, err := parcels(t).With(itsm.Definition[parcel]{Legacy: c.add})
		require.ErrorContains(t, err, c.want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
}

func TestEncodeRefuses(t *testing.T) {
	lc := parcels(t)
	for _, c := range []struct {
		cmd  itsm.Command[parcel]
		want string
	}{
		{nil, "command: is nil"},
		{&deliver{}, "command: is a *itsm_test.deliver; pass a value"},
		{post{Urgent: 12}, "12 is not between 1 and 9"},
		{post{For: itsm.Ref{Kind: "a:b", ID: "c"}}, `has the kind "a:b"; a kind holds no colon`},
		{post{Price: itsm.Money{Currency: "euro"}}, `has the currency "euro"; give three capital letters, as in EUR`},
	} {
		_, err := lc.EncodeEvent(itsm.Event[parcel]{Command: c.cmd})
		require.ErrorContains(t, err, c.want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
}

func TestDecodeEventRefuses(t *testing.T) {
	lc := parcels(t)
	good := `{"id":"00000000-0000-0000-0000-000000000001","number":"P1","revision":2,"name":"deliver","v":3,"from":"posted",` +
		`"to":"Delivered","role":"anyone","at":"2026-03-02T09:00:00Z","by":{"id":"ann"},"data":{"to":"x"}}`
	e, err := lc.DecodeEvent([]byte(strings.Replace(good, "T09:00:00Z", "T10:00:00.0000019+01:00", 1)))
	require.NoError(t, err)
	require.Equal(t, monday.Add(time.Microsecond), e.Stamp.At, "times are kept in one form, however they were written")
	for _, c := range []struct{ old, new, want string }{
		{good, ``, "data: is empty; give an object"},
		{good, `null`, `name: "" is no command of parcel`},
		{good, `{}`, `name: "" is no command of parcel`},
		{good, good + good, "data: goes on after the JSON value"},
		{`"number"`, `"nummer"`, "nummer: is not a field here"},
		{`"revision":2`, `"revision":0`, "revision: is 0; the first is 1"},
		{`"revision":2`, `"revision":"2"`, "revision: is a string; give a whole number"},
		{`"to":"Delivered",`, ``, "to: is missing"},
		{`"at":"2026-03-02T09:00:00Z",`, ``, "at: is the zero time; give an instant"},
		{`"at":"2026-03-02T09:00:00Z"`, `"at":"Monday"`, "at: parsing time"},
		{`,"data":{"to":"x"}`, ``, "data: is empty; give an object"},
		{`{"to":"x"}`, `null`, "data: is null; give an object"},
		{`{"to":"x"}`, `{"too":"x"}`, "event 2 of P1: too: is not a field here"},
		{`{"to":"x"}`, `{"to":"x","to":"y"}`, "event 2 of P1: to: is given twice"},
		{`"v":3`, `"v":7`, "event 2 of P1: v: is 7; deliver is read in version 3"},
		{`00000000-`, `z`, "id: invalid UUID"},
	} {
		_, err := lc.DecodeEvent([]byte(strings.Replace(good, c.old, c.new, 1)))
		require.ErrorContains(t, err, c.want, c.new)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
}
