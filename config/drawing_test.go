package config_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

var rewriteDrawings = flag.Bool("rewrite-drawings", false, "write the golden drawings anew")

const drawn = `{"register":{"name":"shop \"EU\" <b>&amp;","class":"business service","environment":"production"}}
{"register":{"name":"end","class":"application","environment":"production","needs":[{"group":"web","at_least":2}]}}
{"register":{"name":"web-1","class":"server","environment":"production"}}
{"register":{"name":"web-2","class":"server","environment":"test"}}
{"register":{"name":"web-3","class":"server"}}
{"register":{"name":"C:\\data]","class":"storage"}}
{"register":{"name":"Site A","class":"location"}}
{"register":{"name":"Room 1","class":"location"}}
{"register":{"name":"Sheet","class":"document"}}
{"relate":{"type":"depends on","from":"business service/shop \"EU\" <b>&amp;","to":"application/end"}}
{"relate":{"type":"runs on","from":"application/end","to":"server/web-1","group":"web"}}
{"relate":{"type":"runs on","from":"application/end","to":"server/web-2","group":"web"}}
{"relate":{"type":"runs on","from":"application/end","to":"server/web-3","group":"web"}}
{"relate":{"type":"stored on","from":"server/web-1","to":"storage/C:\\data]"}}
{"relate":{"type":"located in","from":"server/web-1","to":"location/Room 1","change":"change:1"}}
{"relate":{"type":"located in","from":"server/web-2","to":"location/Site A","change":"change:1"}}
{"relate":{"type":"located in","from":"location/Room 1","to":"location/Site A","change":"change:1"}}
{"relate":{"type":"located in","from":"location/Site A","to":"location/Room 1","change":"change:1"}}
{"relate":{"type":"documented by","from":"location/Site A","to":"document/Sheet"}}
`

func drawing(t testing.TB, text string, o *config.DrawingOptions, rng *rand.Rand) *config.Drawing {
	t.Helper()
	in := intake(t, nil, lines(text))
	require.NoError(t, in.Err())
	cis, relations := records(t, in)
	if rng != nil {
		rng.Shuffle(len(cis), func(i, j int) { cis[i], cis[j] = cis[j], cis[i] })
		rng.Shuffle(len(relations), func(i, j int) { relations[i], relations[j] = relations[j], relations[i] })
	}
	if o != nil && o.Marked == nil {
		o.Marked = map[config.Mark][]uuid.UUID{}
		for _, ci := range cis {
			switch ci.Name {
			case "web-1":
				o.Marked[config.MarkLost] = append(o.Marked[config.MarkLost], ci.ID)
				o.Marked[config.MarkSinglePoint] = append(o.Marked[config.MarkSinglePoint], ci.ID)
			case "end":
				o.Marked[config.MarkDegraded] = append(o.Marked[config.MarkDegraded], ci.ID)
			case "Site A":
				o.Marked[config.MarkSinglePoint] = append(o.Marked[config.MarkSinglePoint], ci.ID)
			}
		}
	}
	d, err := config.NewDrawing(config.DefaultModel(), slices.Values(cis), slices.Values(relations), o)
	require.NoError(t, err)
	return d
}

func records(t testing.TB, in *config.Intake) (cis []*config.CI, relations []*config.Relation) {
	t.Helper()
	for ci, err := range in.CIs() {
		require.NoError(t, err)
		cis = append(cis, ci)
	}
	for r, err := range in.Relations() {
		require.NoError(t, err)
		relations = append(relations, r)
	}
	return cis, relations
}

func TestDrawings(t *testing.T) {
	for name, o := range map[string]*config.DrawingOptions{
		"plain":       nil,
		"located":     {Cluster: "located in"},
		"environment": {ByEnvironment: true},
		"bounded":     {MaxCIs: 4, MaxRelations: 1, Types: []string{"runs on"}},
		"only":        {Cluster: "located in", Types: []string{"runs on", "stored on"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := drawing(t, drawn, o, nil)
			for ext, got := range map[string]string{"dot": d.DOT(), "mmd": d.Mermaid()} {
				path := "testdata/drawings/" + name + "." + ext
				if *rewriteDrawings {
					require.NoError(t, os.MkdirAll("testdata/drawings", 0o755))
					require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Equal(t, string(want), got)
			}
		})
	}
}

// The order in which CIs and relations are given makes no difference.
func TestDrawingsDoNotDependOnOrder(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		a, b := drawing(t, drawn, &config.DrawingOptions{ByEnvironment: seed%2 == 0}, nil), drawing(t, drawn, &config.DrawingOptions{ByEnvironment: seed%2 == 0}, rng)
		require.Equal(t, a.DOT(), b.DOT())
		require.Equal(t, a.Mermaid(), b.Mermaid())
	}
}

// Whatever a name is, it stays within its quotes, and the lines are as many.
func TestDrawingsQuoteAnyName(t *testing.T) {
	quoted := regexp.MustCompile(`"(?:[^"\\]|\\["\\n])*"`)
	for _, name := range []string{`"`, `\`, `\"`, `a\`, "<b>x</b>", "graph", "node", "end", "subgraph", "x]; y", "--> z", "&quot;", "%%{init}", "#quot;", "日本語", strings.Repeat("x", 255), "a|b", "`c`", "click x", "\u2028"} {
		ci := &config.CI{Header: itsm.Header{ID: id(1), State: config.Live}, Name: name, Class: "server"}
		d, err := config.NewDrawing(config.DefaultModel(), slices.Values([]*config.CI{ci}), slices.Values([]*config.Relation(nil)), nil)
		require.NoError(t, err)
		dot := d.DOT()
		require.Equal(t, 7, strings.Count(dot, "\n"), dot)
		require.NotContains(t, quoted.ReplaceAllString(dot, "_"), `"`, dot)
		mermaid := d.Mermaid()
		require.Equal(t, 2, strings.Count(mermaid, "\n"), mermaid)
		require.Equal(t, 2, strings.Count(mermaid, `"`), mermaid)
	}
}

func TestDrawingRefuses(t *testing.T) {
	none, nothing := slices.Values([]*config.CI(nil)), slices.Values([]*config.Relation(nil))
	_, err := config.NewDrawing(nil, none, nothing, nil)
	itsmtest.RequireField(t, err, "model")
	_, err = config.NewDrawing(config.DefaultModel(), none, nothing, &config.DrawingOptions{Cluster: "in"})
	itsmtest.RequireField(t, err, "cluster")
	_, err = config.NewDrawing(config.DefaultModel(), none, nothing, &config.DrawingOptions{Types: []string{"hosts"}})
	itsmtest.RequireField(t, err, "types[0]")
	d, err := config.NewDrawing(config.DefaultModel(), none, nothing, nil)
	require.NoError(t, err)
	require.Equal(t, "flowchart TB\n", d.Mermaid())
}

func TestMarksAreComplete(t *testing.T) {
	require.Equal(t, []config.Mark{config.MarkLost, config.MarkDegraded, config.MarkSinglePoint}, config.Marks())
}

// A drawing for Graphviz, of what came from lines.
func ExampleDrawing_DOT() {
	in, err := config.NewIntake(nil, intakeStamp, []config.Source{config.SourceOf("", `{"register":{"name":"shop","class":"application","needs":[{"group":"web","at_least":1}]}}
{"register":{"name":"web-1","class":"server"}}
{"register":{"name":"web-2","class":"server"}}
{"relate":{"type":"runs on","from":"application/shop","to":"server/web-1","group":"web"}}
{"relate":{"type":"runs on","from":"application/shop","to":"server/web-2","group":"web"}}`, nil)}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var cis []*config.CI
	for ci := range in.CIs() {
		cis = append(cis, ci)
	}
	var relations []*config.Relation
	for r := range in.Relations() {
		relations = append(relations, r)
	}
	d, err := config.NewDrawing(config.DefaultModel(), slices.Values(cis), slices.Values(relations), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(d.DOT())
	// Output:
	// digraph cis {
	// 	rankdir=TB;
	// 	compound=true;
	// 	node [style=filled, fontname="sans-serif", fontsize=10];
	// 	edge [fontname="sans-serif", fontsize=8];
	// 	n0 [label="shop\napplication\n1 of 2 web", shape=component, fillcolor="#dae8fc"];
	// 	n1 [label="web-1\nserver", shape=box3d, fillcolor="#d5e8d4"];
	// 	n2 [label="web-2\nserver", shape=box3d, fillcolor="#d5e8d4"];
	// 	n0 -> n1 [label="runs on\nweb (1 of 2)"];
	// 	n0 -> n2 [label="runs on\nweb (1 of 2)"];
	// }
}

// TestDrawingCountsWhatIsInUse: a group is as large as in a graph.
func TestDrawingCountsWhatIsInUse(t *testing.T) {
	for _, s := range []itsm.State{config.Retired, config.Disposed} {
		cis := []*config.CI{ciIn(1, "a", config.Live), ciIn(2, "b", config.Live), ciIn(3, "c", s)}
		cis[0].Needs = []config.Need{{Group: "g", AtLeast: 1}}
		relations := []*config.Relation{needsIn(8, 1, 2, "g", config.Active), needsIn(9, 1, 3, "g", config.Active)}
		for _, ci := range cis {
			ci.Class = "application"
		}
		for _, r := range relations {
			r.Type = "depends on"
		}
		d, err := config.NewDrawing(config.DefaultModel(), slices.Values(cis), slices.Values(relations), nil)
		require.NoError(t, err)
		require.Contains(t, d.Mermaid(), "g (1 of 1)", s)
	}
}
