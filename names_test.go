package itsm_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// A crate is a command that holds what is hard to know the names of: itself, more
// fields than a word has bits, fields of embedded structs, and whatever it is given.
type crate struct {
	lid
	Name   string           `json:"name,omitzero"`
	Crates []crate          `json:"crates,omitempty"`
	Inside *crate           `json:"inside,omitempty"`
	Map    map[string]crate `json:"map,omitempty"`
	Any    any              `json:"any,omitempty"`
	Wide   *wide            `json:"wide,omitempty"`
	Hidden string           `json:"-"`
}

type lid struct {
	Colour string `json:"colour,omitzero"`
}

type wide struct {
	N00, N01, N02, N03, N04, N05, N06, N07, N08, N09, N10, N11, N12, N13, N14, N15, N16 int
	N17, N18, N19, N20, N21, N22, N23, N24, N25, N26, N27, N28, N29, N30, N31, N32, N33 int
	N34, N35, N36, N37, N38, N39, N40, N41, N42, N43, N44, N45, N46, N47, N48, N49, N50 int
	N51, N52, N53, N54, N55, N56, N57, N58, N59, N60, N61, N62, N63, N64, N65, N66, N67 int
}

func (crate) Check(*parcel, itsm.Stamp) error { return nil }
func (crate) Apply(*parcel, itsm.Stamp)       {}

func crates(tb testing.TB) *itsm.Lifecycle[parcel] {
	lc, err := itsm.NewLifecycle(itsm.Definition[parcel]{
		Kind: "parcel", States: states("Posted"),
		Transitions: []itsm.Transition[parcel]{itsm.On("pack", crate{}, from(""), to("Posted"), anyone())},
	})
	require.NoError(tb, err)
	return lc
}

func TestDecodeKnowsNames(t *testing.T) {
	lc := crates(t)
	for data, want := range map[string]string{
		`{"crates":[{"inside":{"map":{"a":{"colour":"red","name":"x"}}}}],"name":"y"}`: "",
		`{"crates":[{"inside":{"map":{"a":{"colour":"red","Name":"x"}}}}]}`:            `crates[0].inside.map.a.Name: is not a field here; write "name"`,
		`{"crates":[{"inside":{"map":{"a":{"Colour":"red"}}}}]}`:                       `crates[0].inside.map.a.Colour: is not a field here; write "colour"`,
		`{"inside":{},"inside":{}}`:                                                    "inside: is given twice",
		`{"any":{"Name":1,"name":2,"a":{"b":[]}}}`:                                     "",
		`{"any":{"Name":1,"name":2,"Name":3}}`:                                         "any.Name: is given twice",
		`{"any":{"n\u0061me":1,"name":2}}`:                                             "any.name: is given twice",
		`{"any":[{},{"a":{"b":1,"b":2}}]}`:                                             "any[1].a.b: is given twice",
		`{"wide":{"N00":1,"N63":1,"N64":1,"N67":2}}`:                                   "",
		`{"wide":{"N67":1,"N67":1}}`:                                                   "wide.N67: is given twice",
		`{"wide":{"N00":1,"n64":1}}`:                                                   `wide.n64: is not a field here; write "N64"`,
		`{"hidden":"x"}`:                                                               "hidden: is not a field here",
		`{"any":` + strings.Repeat(`[`, 99) + strings.Repeat(`]`, 99) + `}`:            "",
		`{"any":` + strings.Repeat(`[`, 100) + strings.Repeat(`]`, 100) + `}`:          "data: is nested more than 100 deep",
		`{"any":` + strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000) + `}`:        "data: is nested more than 100 deep",
	} {
		_, err := lc.Decode("pack", 1, []byte(data))
		if want == "" {
			require.NoError(t, err, data)
		} else {
			require.EqualError(t, err, want, data)
		}
	}
}

// What may stand in a text of a command by chance, names mostly.
var cratePieces = []string{
	"name", "Name", "colour", "COLOUR", "crates", "crates", "inside", "inside", "Inside", "map", "map", "any", "any", "wide", "N00", "n00", "N64", "N65", "n\\u0061me",
}

// randomCrate is an object whose names are mostly good.
func randomCrate(r *rand.Rand, deep int) string {
	if deep > 3 {
		return "{}"
	}
	var members []string
	for range r.IntN(4) {
		name, value := cratePieces[r.IntN(len(cratePieces))], ""
		switch strings.ToLower(name) {
		case "crates":
			value = "[" + randomCrate(r, deep+1) + ", " + randomCrate(r, deep+1) + "]"
		case "map":
			value = fmt.Sprintf(`{"%d" :%s,"%d":%s}`, r.IntN(3), randomCrate(r, deep+1), r.IntN(3), randomCrate(r, deep+1))
		case "any", "inside", "wide":
			value = randomCrate(r, deep+1)
		case "n00", "n64", "n65":
			value = "1"
		default:
			value = `"a\"}\\"`
		}
		members = append(members, `"`+name+`":`+value)
	}
	return "{" + strings.Join(members, ",") + "}"
}

// TestDecodeAgainstDefinitions compares the quick look at the names of commands with
// the thorough one at those of definitions.
func TestDecodeAgainstDefinitions(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, seed))
	lc := crates(t)
	good, bad := 0, 0
	for range 20_000 {
		data := randomCrate(r, 0)
		_, err := lc.Decode("pack", 1, []byte(data))
		_, slow := itsm.ParseJSON[crate]([]byte(data))
		require.Equal(t, slow == nil, err == nil, "seed %d: %s: %v, as a definition %v", seed, data, err, slow)
		if err == nil {
			good++
		} else {
			bad++
		}
	}
	require.Greater(t, min(good, bad), 2000, "%d good, %d bad", good, bad)
}
