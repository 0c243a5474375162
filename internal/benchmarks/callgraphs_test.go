package benchmarks

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/itsmkit/itsm/config/topology"
	"github.com/itsmkit/itsm/internal/naivegraph"
)

const callGraphs = "../../../shared/data/service_callgraphs.jsonl.xz"

// callGraph is which micro-services call which others for one request.
type callGraph struct {
	Nodes []struct {
		Node string `json:"node"`
	} `json:"nodes"`
	Edges []struct {
		Source string `json:"source"`
		Target string `json:"target"`
	} `json:"edges"`
}

// dense numbers the nodes as they come.
func (g *callGraph) dense() (nodes int, edges []topology.Edge) {
	ids := make(map[string]uint32)
	id := func(name string) uint32 {
		v, known := ids[name]
		if !known {
			v = uint32(len(ids))
			ids[name] = v
		}
		return v
	}
	for _, n := range g.Nodes {
		id(n.Node)
	}
	for _, e := range g.Edges {
		edges = append(edges, topology.Edge{From: id(e.Source), To: id(e.Target)})
	}
	return len(ids), edges
}

// callTotals is what all graphs have together.
type callTotals struct {
	Graphs, Shapes, Nodes, Edges, SelfLoops int
	WithCycles, WithLongerCycles            int // any; of more than a self-loop
	CyclicComponents, CycleNodes            int // and the nodes of their minimal cycles
	Connected, Components, Levels           int // levels of those that have an order
	Reached, Farthest                       int // pairs of nodes; the longest distance
	CutPoints, Bridges                      int
	Chokes                                  int // nodes without which a root misses others
}

// eachCallGraph reads all graphs.
func eachCallGraph(t *testing.T, visit func(nodes int, edges []topology.Edge) error) {
	t.Helper()
	file, err := os.Open(callGraphs)
	if os.IsNotExist(err) {
		t.Skip("the call graphs may not be published and are not here: ../shared/data/service_callgraphs.jsonl.xz")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := xz.NewReader(bufio.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for lines := json.NewDecoder(bufio.NewReader(unpacked)); lines.More(); {
		n++
		var g callGraph
		if err := lines.Decode(&g); err != nil {
			t.Fatalf("graph %d: %v", n, err)
		}
		nodes, edges := g.dense()
		if err := visit(nodes, edges); err != nil {
			t.Fatalf("graph %d: %d nodes, edges %v: %v", n, nodes, edges, err)
		}
	}
}

// eachShape reads one graph of every shape.
func eachShape(t *testing.T, visit func(nodes int, edges []topology.Edge) error) {
	t.Helper()
	shapes := make(map[string]bool)
	eachCallGraph(t, func(nodes int, edges []topology.Edge) error {
		shape := fmt.Sprint(nodes, edges)
		if shapes[shape] {
			return nil
		}
		shapes[shape] = true
		return visit(nodes, edges)
	})
}

// TestCallGraphs asks everything of 84,030 real graphs. Their totals are golden, and
// graphs of every shape are held against the answers by definition.
func TestCallGraphs(t *testing.T) {
	var total callTotals
	shapes := make(map[string]bool)
	eachCallGraph(t, func(nodes int, edges []topology.Edge) error {
		if err := total.add(nodes, edges); err != nil {
			return err
		}
		shape := fmt.Sprint(nodes, edges)
		if shapes[shape] {
			return nil
		}
		shapes[shape] = true
		total.Shapes++
		if underRace && total.Shapes%20 != 0 { // by definition takes minutes there
			return nil
		}
		return naivegraph.Check(nodes, edges)
	})
	want := callTotals{
		Graphs: 84_030, Shapes: 9_419, Nodes: 679_561, Edges: 614_815, SelfLoops: 3_680,
		WithCycles: 3_308, WithLongerCycles: 350,
		CyclicComponents: 3_485, CycleNodes: 3_637,
		Connected: 84_030, Components: 678_995, Levels: 305_433,
		Reached: 1_899_673, Farthest: 10,
		CutPoints: 160_865, Bridges: 567_475, Chokes: 245_043,
	}
	if total != want {
		t.Errorf("the totals are\n%+v, want\n%+v", total, want)
	}
}

func (c *callTotals) add(nodes int, edges []topology.Edge) error {
	c.Graphs++
	t, err := topology.New(nodes, edges, nil)
	if err != nil {
		return err
	}
	c.Nodes += t.Nodes()
	c.Edges += t.Edges()
	c.SelfLoops += t.SelfLoops()
	components := t.Components()
	c.Components += components.Len()
	cyclic := slices.Collect(components.AllCyclic())
	longer := slices.ContainsFunc(cyclic, func(i int) bool { return len(components.Part(i)) > 1 })
	c.CyclicComponents += len(cyclic)
	for _, i := range cyclic {
		c.CycleNodes += len(components.Cycle(i))
	}
	order, err := t.Order()
	if cycle := (*topology.CycleError)(nil); errors.As(err, &cycle) {
		c.WithCycles++
	} else if err != nil {
		return err
	} else {
		c.Levels += order.Len()
	}
	if longer {
		c.WithLongerCycles++
	}
	c.Connected += t.Connected().Len()
	cuts := t.Cuts()
	c.CutPoints += len(cuts.Points)
	c.Bridges += len(cuts.Bridges)
	for v := range uint32(nodes) {
		r, err := t.Reach([]uint32{v}, nil)
		if err != nil {
			return err
		}
		c.Reached += len(r.Nodes())
		c.Farthest = max(c.Farthest, r.Len()-1)
		d, err := t.Dominators([]uint32{v})
		if err != nil {
			return err
		}
		for u := range uint32(nodes) {
			if u != v && d.Count(u) > 1 {
				c.Chokes++
			}
		}
	}
	return nil
}
