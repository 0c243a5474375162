package config_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config"
)

// layered is an estate of many CIs, each of which needs some of the next ones, one of
// two or two of three of them in groups.
func layered(t testing.TB, rng *rand.Rand, n int) *naiveEstate {
	e := &naiveEstate{model: abstractModel(t), nodes: map[uuid.UUID]config.Node{}}
	ids := make([]uuid.UUID, n)
	for v := range ids {
		binary.BigEndian.PutUint64(ids[v][:8], rng.Uint64())
		ids[v][15] = byte(v)
	}
	number := uint64(0)
	relate := func(from, to int, group string) {
		number++
		l := config.Link{Type: "needs", From: ids[from], To: ids[to], Group: group}
		binary.BigEndian.PutUint64(l.ID[:8], rng.Uint64())
		binary.BigEndian.PutUint64(l.ID[8:], number)
		if rng.IntN(4) == 0 {
			l.Type, l.From, l.To = "feeds", l.To, l.From
		}
		e.links = append(e.links, l)
	}
	for v := range n {
		node := config.Node{ID: ids[v], Class: "thing", Name: fmt.Sprint(v)}
		size := 2 + rng.IntN(2)
		if v+40 < n && rng.IntN(4) > 0 {
			first := v + 1 + rng.IntN(30)
			for i := range size {
				relate(v, first+2*i, "group")
			}
			node.Needs = []config.Need{{Group: "group", AtLeast: size - 1}}
		}
		if v+40 < n && rng.IntN(3) == 0 {
			relate(v, v+1+rng.IntN(30), "")
		}
		e.nodes[node.ID] = node
	}
	return e
}

// Larger graphs take other ways through the code: what is lost are many, and groups
// hide most of what there is.
func TestLayeredGraph(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 30))
	for range 4 {
		e := layered(t, rng, 400)
		g := e.graph(t, nil)
		ids := e.ids()
		// By the graph's own impact, which is tested, as the naive one takes long.
		for range 40 {
			s := ids[rng.IntN(len(ids))]
			var want []uuid.UUID
			for _, x := range ids {
				i, err := g.Impact(x)
				require.NoError(t, err)
				if x != s && i.Has(s) {
					want = append(want, x)
				}
			}
			points, err := g.SinglePoints(s)
			require.NoError(t, err)
			var got []uuid.UUID
			for _, p := range points {
				got = append(got, p.CI)
			}
			require.Equal(t, want, got)
		}
	}
	e := layered(t, rng, 1500)
	g := e.graph(t, nil)
	all := e.quick()
	for range 30 {
		start := someOf(rng, e.ids(), 60)
		i, err := g.Impact(start...)
		require.NoError(t, err)
		require.Equal(t, all.impact(start), i.Len())
	}
}

// quick is an estate with what each CI needs found beforehand.
type quick struct {
	e       *naiveEstate
	demands map[uuid.UUID]map[string]map[uuid.UUID]bool
}

func (e *naiveEstate) quick() *quick {
	q := &quick{e, map[uuid.UUID]map[string]map[uuid.UUID]bool{}}
	for _, l := range e.links {
		t, _ := e.model.RelationType(l.Type)
		if t.Carries == config.ToSecond {
			l.From, l.To = l.To, l.From
		}
		if q.demands[l.From] == nil {
			q.demands[l.From] = map[string]map[uuid.UUID]bool{}
		}
		if q.demands[l.From][l.Group] == nil {
			q.demands[l.From][l.Group] = map[uuid.UUID]bool{}
		}
		q.demands[l.From][l.Group][l.To] = true
	}
	return q
}

func (q *quick) impact(start []uuid.UUID) int {
	lost := map[uuid.UUID]bool{}
	for _, id := range start {
		lost[id] = true
	}
	for more := true; more; {
		more = false
		for id, groups := range q.demands {
			for group, members := range groups {
				down := 0
				for m := range members {
					if lost[m] {
						down++
					}
				}
				if node := q.e.nodes[id]; !lost[id] && (down > 0 && group == "" || down > 1 && len(node.Needs) > 0) {
					lost[id], more = true, true
				}
			}
		}
	}
	return len(lost)
}

// Many changes to a large graph fill more than a page, and fold.
func TestLargeGraphWithChanges(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 31))
	e := layered(t, rng, 1500)
	for _, after := range []int{-1, 500} {
		g := e.graph(t, &config.GraphOptions{FoldAfter: after})
		now := &naiveEstate{e.model, map[uuid.UUID]config.Node{}, slices.Clone(e.links)}
		for id, n := range e.nodes {
			now.nodes[id] = n
		}
		ids := e.ids()
		for i := range 600 {
			n := config.Node{Class: "service", Name: fmt.Sprint("new ", i)}
			binary.BigEndian.PutUint64(n.ID[:8], rng.Uint64())
			to := config.Link{Type: "needs", From: n.ID, To: ids[rng.IntN(len(ids))], Group: fmt.Sprint("group ", i)}
			from := config.Link{Type: "joins", From: ids[rng.IntN(len(ids))], To: n.ID}
			now.nodes[n.ID], now.links = n, append(now.links, to, from)
			ids = append(ids, n.ID)
			var err error
			g, err = g.With(config.GraphChanges{Nodes: []config.Node{n}, Linked: []config.Link{to, from}})
			require.NoError(t, err)
		}
		require.Equal(t, after < 0, g.Changes() == 1800)
		fresh := now.graph(t, nil)
		require.Equal(t, slices.Collect(fresh.AllNodes()), slices.Collect(g.AllNodes()))
		require.Equal(t, slices.Collect(fresh.AllLinks()), slices.Collect(g.AllLinks()))
		for range 20 {
			start := someOf(rng, ids, 50)
			a, err := fresh.Impact(start...)
			require.NoError(t, err)
			b, err := g.Impact(start...)
			require.NoError(t, err)
			require.True(t, slices.EqualFunc(slices.Collect(a.All()), slices.Collect(b.All()), sameLoss))
			require.Equal(t, a.Degraded(), b.Degraded())
			w, err := g.Walk(start, &config.WalkOptions{Way: config.EitherWay})
			require.NoError(t, err)
			v, err := fresh.Walk(start, &config.WalkOptions{Way: config.EitherWay})
			require.NoError(t, err)
			require.Equal(t, v.CIs(), w.CIs())
		}
		require.Equal(t, fresh.UndeclaredCycles(), g.UndeclaredCycles())
	}
}

func sameLoss(a, b config.Loss) bool {
	return a.CI == b.CI && a.Distance == b.Distance && a.Supplier == b.Supplier && a.Link == b.Link && slices.Equal(a.Group.Lost, b.Group.Lost)
}
