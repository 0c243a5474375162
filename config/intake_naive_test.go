package config_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// naiveRow is a row of the random estates: a CI or a relation.
type naiveRow struct {
	relation          bool
	name, class       string
	cpus              int // 0 is wrong
	watches           string
	needs             map[string]int
	typ, from, to, in string
	proposed          bool
	broken            bool // no JSON
}

func (r *naiveRow) text() string {
	switch {
	case r.broken:
		return `{"register":`
	case r.relation:
		attributes := ""
		if r.watches != "" {
			attributes = fmt.Sprintf(`,"attributes":{"watched by":{"reference":"ci:%s"}}`, r.watches)
		}
		return fmt.Sprintf(`{"relate":{"type":%q,"from":%q,"to":%q,"group":%q,"proposed":%t,"change":"change:1"%s}}`, r.typ, r.from, r.to, r.in, r.proposed, attributes)
	}
	var more []string
	if r.cpus >= 0 {
		more = append(more, fmt.Sprintf(`"cpus":%d`, r.cpus))
	}
	if r.watches != "" {
		more = append(more, fmt.Sprintf(`"watches":{"reference":"ci:%s"}`, r.watches))
	}
	var needs []string
	for _, g := range []string{"g", "h"} {
		if n := r.needs[g]; n > 0 {
			needs = append(needs, fmt.Sprintf(`{"group":%q,"at_least":%d}`, g, n))
		}
	}
	return fmt.Sprintf(`{"register":{"name":%q,"class":%q,"attributes":{%s},"needs":[%s]}}`, r.name, r.class, strings.Join(more, ","), strings.Join(needs, ","))
}

// naivelyTaken says which rows come in: it takes in all that is right by itself, and
// leaves out whatever lacks something, over and over; then the relations that are one
// too many beside the rows before them, and what then lacks something; and takes those
// in after all for which there is place in the end.
func naivelyTaken(m *config.Model, rows []naiveRow) []bool {
	out := make([]bool, len(rows))
	at := map[string]int{} // the CI of a name
	for i, r := range rows {
		if r.relation || r.broken {
			out[i] = r.broken
			continue
		}
		key := r.class + "/" + r.name
		if _, again := at[key]; again {
			out[i] = true
			continue
		}
		at[key] = i
		out[i] = r.cpus == 0
	}
	for i, r := range rows { // what is wrong with a relation whatever becomes of others
		if !r.relation || r.broken {
			continue
		}
		from, known := at[r.from]
		to, there := at[r.to]
		out[i] = !known || !there || from == to && r.typ != "connects to" || !m.Allows(r.typ, rows[from].class, rows[to].class)
	}
	for i, r := range rows {
		if to, there := at[r.watches]; r.watches != "" && !out[i] && (!there || rows[to].class != "server") {
			out[i] = true
		}
	}
	naivelySettled(rows, out, at)
	fits := func(i int, others []naiveRow) bool {
		r := rows[i]
		fromSame, toSame := 0, 0
		for j, o := range others {
			if out[j] || !o.relation || j == i || o.typ != r.typ {
				continue
			}
			if o.from == r.from && o.to == r.to && o.in == r.in {
				return false
			}
			if o.from == r.from && !o.proposed {
				fromSame++
			}
			if o.to == r.to && !o.proposed {
				toSame++
			}
		}
		return r.proposed || !((r.typ == "located in" || r.typ == "kept in") && fromSame > 0 || (r.typ == "offers" || r.typ == "kept in") && toSame > 0)
	}
	var over []int
	for i, r := range rows {
		if r.relation && !out[i] && !fits(i, rows[:i]) {
			out[i] = true
			over = append(over, i)
		}
	}
	naivelySettled(rows, out, at)
	for _, i := range over {
		if r := rows[i]; !out[at[r.from]] && !out[at[r.to]] && (r.watches == "" || !out[at[r.watches]]) && fits(i, rows) {
			out[i] = false
		}
	}
	for i := range out {
		out[i] = !out[i]
	}
	return out
}

// naivelySettled leaves out what lacks something until nothing more does.
func naivelySettled(rows []naiveRow, out []bool, at map[string]int) {
	for changed := true; changed; {
		changed = false
		for i, r := range rows {
			if out[i] {
				continue
			}
			lost := false
			if r.relation {
				lost = out[at[r.from]] || out[at[r.to]] || r.watches != "" && out[at[r.watches]]
			} else {
				lost = r.watches != "" && out[at[r.watches]]
				for g, n := range r.needs {
					suppliers := map[string]bool{}
					for j, l := range rows {
						key := r.class + "/" + r.name
						if l.relation && !out[j] && l.in == g {
							if (l.typ == "member of" || l.typ == "offers") && l.to == key {
								suppliers[l.from] = true
							} else if (l.typ == "stored on" || l.typ == "located in" || l.typ == "kept in") && l.from == key {
								suppliers[l.to] = true
							}
						}
					}
					lost = lost || len(suppliers) < n
				}
			}
			if lost {
				out[i], changed = true, true
			}
		}
	}
}

// What falls with its CI takes no place from another relation, in either order; and
// what was one too many beside it is not.
func TestIntakeGivesPlacesToWhatIsTakenIn(t *testing.T) {
	s1 := `{"register":{"name":"s1","class":"business service","needs":[{"group":"g","at_least":2}]}}`
	s2 := `{"register":{"name":"s2","class":"business service"}}`
	o := `{"register":{"name":"o","class":"service offering"}}`
	offers := func(s string) string {
		return `{"relate":{"type":"offers","from":"business service/` + s + `","to":"service offering/o","change":"change:1"}}`
	}
	for _, rows := range [][]string{{s1, s2, o, offers("s1"), offers("s2")}, {offers("s2"), s2, offers("s1"), o, s1}, {s2, o, offers("s2"), offers("s2"), offers("s1"), s1}} {
		in, err := config.NewIntake(nil, itsm.Stamp{At: time0, By: ann}, []config.Source{lines(strings.Join(rows, "\n"))}, &config.IntakeOptions{Lenient: true})
		require.NoError(t, err)
		require.Equal(t, 1, in.Counts().Relations)
		require.NotContains(t, faultTexts(in), "one too many")
		require.Contains(t, faultTexts(in), `from: is the CI of line`)
		require.Equal(t, []string{"s2", "o"}, taken(t, in))
	}

	// x is kept in two locations, and so not in the second; but of those it needs one, and
	// falls, and a with it: so that y may be watched by l1 after all.
	x := `{"register":{"name":"x","class":"database","needs":[{"group":"g","at_least":1}]}}
{"register":{"name":"l1","class":"location"}}
{"register":{"name":"l2","class":"location"}}
{"register":{"name":"y","class":"database"}}
{"register":{"name":"a","class":"agent","attributes":{"watches":{"reference":"ci:database/x"}}}}
{"relate":{"type":"watched by","from":"location/l1","to":"agent/a"}}
{"relate":{"type":"watched by","from":"location/l1","to":"database/y"}}
{"relate":{"type":"kept in","from":"database/x","to":"location/l1"}}
{"relate":{"type":"kept in","from":"database/x","to":"location/l2","group":"g"}}
`
	policy := under(func(p *config.Policy) {
		var err error
		p.Model, err = p.Model.With(
			[]config.Class{{Name: "agent", Attributes: []config.Attribute{{Name: "watches", Type: itsm.Reference, Refers: []string{config.Kind}}}}},
			[]config.RelationType{
				{Name: "watched by", Inverse: "watches", Carries: config.Nowhere, MostFrom: 1, Pairs: []config.Pair{{"location", "agent"}, {"location", "database"}},
					Attributes: []config.Attribute{{Name: "for", Type: itsm.Reference, Refers: []string{config.Kind}}}},
				{Name: "kept in", Inverse: "keeps", Carries: config.ToFirst, MostFrom: 1, Pairs: []config.Pair{{"database", "location"}}},
			})
		require.NoError(t, err)
	})
	in, err := config.NewIntake(policy, itsm.Stamp{At: time0, By: ann}, []config.Source{lines(x)}, &config.IntakeOptions{Lenient: true})
	require.NoError(t, err)
	require.Equal(t, `1:52: needs[0].at_least: asks for 1 of "g", which has 0
5:65: attributes.watches: refers to the CI of line 1, which is refused
6:58: to: is the CI of line 5, which is refused
8:36: from: is the CI of line 1, which is refused
9:36: from: is one too many: 1 may be "kept in" there
`, faultTexts(in))
	require.Equal(t, config.Counts{CIs: 3, Relations: 1, Refused: 5}, in.Counts())

	// but not for x, which has fallen
	forX := strings.ReplaceAll(x, `"database/y"`, `"database/y","attributes":{"for":{"reference":"ci:database/x"}}`)
	in, err = config.NewIntake(policy, itsm.Stamp{At: time0, By: ann}, []config.Source{lines(forX)}, &config.IntakeOptions{Lenient: true})
	require.NoError(t, err)
	require.Contains(t, faultTexts(in), `7:39: from: is one too many: 1 may be "watched by" there`)
	require.Equal(t, config.Counts{CIs: 3, Relations: 0, Refused: 6}, in.Counts())
}

func TestIntakeAgainstNaive(t *testing.T) {
	policy := under(func(p *config.Policy) {
		var err error
		p.Model, err = p.Model.With([]config.Class{{Name: "agent", Parent: "computer", Attributes: []config.Attribute{
			{Name: "watches", Type: itsm.Reference, Refers: []string{config.Kind}, Classes: []string{"server"}}}}},
			[]config.RelationType{{Name: "kept in", Inverse: "keeps", Carries: config.ToFirst, MostFrom: 1, MostTo: 1, Pairs: []config.Pair{{"server", "location"}, {"storage", "location"}},
				Attributes: []config.Attribute{{Name: "watched by", Type: itsm.Reference, Refers: []string{config.Kind}, Classes: []string{"server"}}}}})
		require.NoError(t, err)
	})
	rejected, accepted := 0, 0
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 5))
		pick := func(list ...string) string { return list[rng.IntN(len(list))] }
		classes := []string{"server", "agent", "cluster", "network device", "location", "document", "business service", "service offering"}[:3+rng.IntN(6)]
		types := []string{"member of", "located in", "kept in", "kept in", "offers", "offers", "stored on", "stored on", "backed up by", "documented by"}
		if rng.IntN(3) == 0 { // few, so that they stand in each other's way
			classes, types = []string{"server", "location"}, []string{"kept in"}
		}
		var rows []naiveRow
		var keys []string
		for i := range 2 + rng.IntN(8) {
			r := naiveRow{name: fmt.Sprint("n", rng.IntN(3+i)), class: pick(classes...), cpus: -1, needs: map[string]int{}}
			switch r.class {
			case "server", "agent":
				r.cpus = rng.IntN(8)
			case "network device":
				r.class = "storage"
			}
			if r.class == "agent" && len(keys) > 0 && rng.IntN(2) == 0 {
				r.watches = pick(append(keys, "server/n1", "server/none")...)
			}
			for _, g := range []string{"g", "h"} {
				if rng.IntN(5) == 0 {
					r.needs[g] = 1 + rng.IntN(2)
				}
			}
			rows, keys = append(rows, r), append(keys, r.class+"/"+r.name)
		}
		for range rng.IntN(20) {
			keys := append(keys, "server/none")
			r := naiveRow{relation: true, typ: pick(types...), in: pick("", "g", "g", "h"), proposed: rng.IntN(6) == 0}
			class := func(key string) string { return strings.Split(key, "/")[0] }
			for range 1 + rng.IntN(20) { // mostly of classes that fit
				if r.from, r.to = pick(keys...), pick(keys...); policy.Model.Allows(r.typ, class(r.from), class(r.to)) {
					break
				}
			}
			if r.typ == "kept in" && rng.IntN(3) == 0 {
				r.watches = pick(append(keys, "server/n1", "server/n2")...)
			}
			rows = append(rows, r)
		}
		if rng.IntN(8) == 0 {
			rows = append(rows, naiveRow{broken: true})
		}
		rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		var text strings.Builder
		for i := range rows {
			text.WriteString(rows[i].text() + "\n")
		}
		want := naivelyTaken(policy.Model, rows)
		in, err := config.NewIntake(policy, itsm.Stamp{At: time0, By: ann}, []config.Source{lines(text.String())}, &config.IntakeOptions{Lenient: true})
		require.NoError(t, err)
		got := make([]bool, len(rows))
		for s, err := range in.Steps() {
			require.NoError(t, err)
			got[s.Line-1] = true
		}
		require.Equal(t, want, got, "seed %d\n%s\n%s", seed, text.String(), faultTexts(in))
		faulty := map[int]bool{}
		for _, f := range in.Faults() {
			faulty[f.Line] = true
		}
		for i := range rows {
			require.Equal(t, !want[i], faulty[i+1], "what is left out has a fault, and nothing else: seed %d line %d", seed, i+1)
			if want[i] {
				accepted++
			} else {
				rejected++
			}
		}
		all := 0
		for _, w := range want {
			if w {
				all++
			}
		}
		n := in.Counts()
		require.Equal(t, [2]int{all, len(rows) - all}, [2]int{n.CIs + n.Relations, n.Refused})
	}
	require.Greater(t, rejected, 5000)
	require.Greater(t, accepted, 5000)
}
