package config_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// stock is CIs and relations as registers give them.
type stock struct {
	cis       []*config.CI
	relations []*config.Relation
}

// ci adds a live CI, seen at the beginning.
func (s *stock) ci(class string, edit ...func(*config.CI)) *config.CI {
	n := byte(len(s.cis) + 1)
	ci := &config.CI{
		Header: itsm.Header{ID: id(n), Number: fmt.Sprintf("CI%d", n), State: config.Live, Opened: monday},
		Name:   fmt.Sprintf("ci-%d", n), Class: class, Owner: "bob", Seen: monday,
	}
	for _, e := range edit {
		e(ci)
	}
	s.cis = append(s.cis, ci)
	return ci
}

func (s *stock) relate(relation string, from, to *config.CI, edit ...func(*config.Relation)) *config.Relation {
	r := &config.Relation{Header: itsm.Header{ID: id(byte(len(s.relations) + 100)), State: config.Active}, Type: relation, From: from.ID, To: to.ID}
	for _, e := range edit {
		e(r)
	}
	s.relations = append(s.relations, r)
	return r
}

func (s *stock) health(t *testing.T, rules *config.HealthRules) *config.Health {
	t.Helper()
	h, err := config.HealthOf(rules, slices.Values(s.cis), slices.Values(s.relations), monday.Add(10*day))
	require.NoError(t, err)
	var aspects []config.Aspect
	for _, m := range h.Measures {
		aspects = append(aspects, m.Aspect)
		requireMeasure(t, m)
	}
	require.Equal(t, config.HealthAspects(), aspects)
	return h
}

// requireMeasure holds what is true of every measure.
func requireMeasure(t *testing.T, m config.Measure) {
	t.Helper()
	require.Len(t, m.IDs, int(m.Ratio.Num))
	require.LessOrEqual(t, m.Ratio.Num, m.Ratio.Den)
	require.True(t, slices.IsSortedFunc(m.IDs, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }))
	var sum itsm.Ratio
	for _, s := range m.By {
		sum.Num += s.Ratio.Num
		sum.Den += s.Ratio.Den
	}
	require.Equal(t, m.Ratio, sum)
}

// requireBad asks that of so many those with these ids are as an aspect says.
func requireBad(t *testing.T, h *config.Health, a config.Aspect, of int64, records ...interface{ Ref() itsm.Ref }) {
	t.Helper()
	m := h.Measure(a)
	var want []uuid.UUID
	for _, r := range records {
		id, _ := r.Ref().UUID()
		want = append(want, id)
	}
	require.Equal(t, want, m.IDs, "%s", a)
	require.Equal(t, of, m.Ratio.Den, "%s", a)
}

func TestHealth(t *testing.T) {
	var s stock
	app, host := s.ci("application"), s.ci("server")
	lonely := s.ci("document", func(ci *config.CI) { ci.Seen = time.Time{} })
	stale := s.ci("storage", func(ci *config.CI) { ci.Opened, ci.Seen = monday.Add(-60*day), monday.Add(-20*day) })
	verified := s.ci("storage", func(ci *config.CI) { ci.Seen, ci.Verified.At = monday.Add(-30*day), monday })
	s.ci("storage", func(ci *config.CI) { ci.State, ci.Seen, ci.Opened = config.Planned, time.Time{}, monday.Add(-99*day) })
	s.ci("storage", func(ci *config.CI) { ci.State = config.Retired })
	gone := s.ci("storage", func(ci *config.CI) { ci.State = config.Disposed })
	twin := s.ci("server", func(ci *config.CI) { ci.Name = host.Name })
	s.ci("virtual machine", func(ci *config.CI) { ci.Name = host.Name }) // of another class
	serial := map[string]config.Assertion{"serial_number": {Value: word("S-1")}, "operating_system": {Value: word("linux")}}
	one, two := s.ci("server", func(ci *config.CI) { ci.Attributes = serial }), s.ci("server", func(ci *config.CI) { ci.Attributes = serial })
	gate := s.ci("network device")
	unowned := s.ci("business service", func(ci *config.CI) { ci.Owner = "" })
	odd := s.ci("no class")

	s.relate("runs on", app, host)
	again := s.relate("runs on", app, host, func(r *config.Relation) { r.State = config.Proposed })
	s.relate("runs on", app, host, func(r *config.Relation) { r.State = config.Ended })
	wrong := s.relate("stored on", stale, verified)
	dangling := s.relate("stored on", app, gone)
	lost := s.relate("stored on", app, &config.CI{Header: itsm.Header{ID: id(250)}})
	unknown := s.relate("likes", twin, one)
	badly := s.relate("depends on", app, app, func(r *config.Relation) {
		r.To, r.Attributes = two.ID, map[string]config.Assertion{"strength": {Value: word("iron")}}
	})
	sites := []*config.CI{s.ci("location"), s.ci("location")}
	here := s.relate("located in", two, sites[0])
	there := s.relate("located in", two, sites[1])
	s.relate("located in", one, sites[1])
	s.relate("connects to", one, gate)

	h := s.health(t, &config.HealthRules{Unseen: itsm.Wait{Days: 15}, Identities: config.DefaultHealthRules().Identities})
	requireBad(t, h, config.Orphaned, 15, lonely, s.cis[5], s.cis[9], unowned, odd)
	requireBad(t, h, config.Stale, 14, stale)
	requireBad(t, h, config.Duplicated, 15, host, twin, one, two)
	requireBad(t, h, config.Incomplete, 1, gate)
	requireBad(t, h, config.Sparse, 9, host, twin, s.cis[9], gate, unowned, sites[0], sites[1])
	requireBad(t, h, config.Unowned, 1, unowned)
	requireBad(t, h, config.Dangling, 11, dangling, lost)
	requireBad(t, h, config.Mismatched, 11, wrong, unknown, badly)
	requireBad(t, h, config.Repeated, 11, s.relations[0], again)
	requireBad(t, h, config.Overfull, 3, here, there)
	requireBad(t, h, config.Cyclic, 9)
	require.Equal(t, []config.Share{{Of: "network device", Ratio: itsm.Ratio{Num: 1, Den: 1}}}, h.Measure(config.Incomplete).By)
	require.Equal(t, "required missing: 1/1, 100.00 %\n  network device: 1/1, 100.00 %\n", h.Measure(config.Incomplete).String())
	require.Equal(t, h.String(), s.health(t, &config.HealthRules{Unseen: itsm.Wait{Days: 15}, Identities: config.DefaultHealthRules().Identities}).String())

	data, err := json.Marshal(h)
	require.NoError(t, err)
	var back config.Health
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, *h, back)
	require.False(t, h.Measure("no such").Ratio.HasData())
	require.False(t, s.health(t, &config.HealthRules{}).Measure(config.Stale).Ratio.HasData())
}

// TestHealthOfNeedsAndRelations: a need that its group cannot meet, and relations to
// what is out of use or that nobody has seen for long.
func TestHealthOfNeedsAndRelations(t *testing.T) {
	var s stock
	grouped := func(r *config.Relation) { r.Group = "nodes" }
	need := func(n int) func(*config.CI) {
		return func(ci *config.CI) { ci.Needs = []config.Need{{Group: "nodes", AtLeast: n}} }
	}
	served, short, alone := s.ci("application", need(2)), s.ci("application", need(2)), s.ci("application", need(1))
	one, two := s.ci("server"), s.ci("server")
	old := s.ci("server", func(ci *config.CI) { ci.State = config.Retired })
	s.ci("application", need(9), func(ci *config.CI) { ci.State = config.Retired })
	fresh := func(r *config.Relation) { r.Opened = monday.Add(9 * day) }
	s.relate("runs on", served, one, grouped, fresh)
	s.relate("runs on", served, two, grouped, fresh)
	proposed := func(r *config.Relation) { r.State = config.Proposed }
	waiting, planned := s.ci("application", need(1)), s.ci("application", need(1), func(ci *config.CI) { ci.State = config.Planned })
	s.relate("runs on", waiting, two, grouped, fresh, proposed)
	s.relate("runs on", planned, two, grouped, fresh, proposed)
	s.relate("runs on", short, one, grouped, fresh)
	s.relate("depends on", short, one, grouped, fresh) // the same supplier
	toOld := s.relate("runs on", short, old, grouped, fresh)
	unseen := s.relate("runs on", alone, one, func(r *config.Relation) { r.Opened, r.Seen = monday.Add(-9*day), monday })
	s.relate("runs on", alone, two, func(r *config.Relation) { r.Opened, r.Seen = monday.Add(-9*day), monday.Add(time.Second) })

	require.True(t, s.health(t, &config.HealthRules{Unseen: itsm.Wait{Time: hour}}).Measure(config.Unsighted).Ratio.HasData())
	h := s.health(t, &config.HealthRules{Unseen: itsm.Wait{Days: 10}})
	requireBad(t, h, config.Unmet, 5, short, alone, waiting)
	requireBad(t, h, config.Outlived, 9, toOld)
	requireBad(t, h, config.Unsighted, 7, unseen)
	require.False(t, s.health(t, &config.HealthRules{}).Measure(config.Unsighted).Ratio.HasData(), "for ever")
}

func TestR21_EveryServiceHasAnOwner(t *testing.T) {
	var s stock
	s.ci("business service")
	shop := s.ci("service offering", func(ci *config.CI) { ci.Owner = "" })
	s.ci("business service", func(ci *config.CI) { ci.Owner, ci.State = "", config.Disposed })
	s.ci("server", func(ci *config.CI) { ci.Owner = "" })
	requireBad(t, s.health(t, nil), config.Unowned, 2, shop)
}

func TestR22_ACycleIsDeclaredOrFound(t *testing.T) {
	var s stock
	a, b, c := s.ci("application"), s.ci("application"), s.ci("application")
	ab, bc, ca := s.relate("depends on", a, b), s.relate("depends on", b, c), s.relate("depends on", c, a)
	s.relate("depends on", a, s.ci("database")) // leads out of it
	cluster, member := s.ci("cluster"), s.ci("server")
	has := s.relate("member of", member, cluster) // the cluster needs it
	s.relate("documented by", a, s.ci("document"))
	one, two := s.ci("network device"), s.ci("network device")
	s.relate("connects to", one, two) // declared
	s.relate("connects to", two, one)
	requireBad(t, s.health(t, nil), config.Cyclic, 7, ab, bc, ca)

	need := s.relate("runs on", member, cluster) // nonsense, and a cycle
	requireBad(t, s.health(t, nil), config.Cyclic, 8, ab, bc, ca, has, need)
	ab.State = config.Proposed
	requireBad(t, s.health(t, nil), config.Cyclic, 7, has, need)
	self := s.relate("depends on", a, a)
	requireBad(t, s.health(t, nil), config.Cyclic, 8, has, need, self)
}

// TestHealthOfWhatIdentifiesNothing: what a model declares tells CIs apart among the
// class that declares it and its descendants; a placeholder and what is missing do not.
func TestHealthOfWhatIdentifiesNothing(t *testing.T) {
	policy := under(func(p *config.Policy) {
		var err error
		p.Model, err = p.Model.With([]config.Class{
			{Name: "blade", Parent: "server", Identifiers: [][]string{{"rack", "name"}}, Attributes: []config.Attribute{attr("rack", itsm.Text)}},
		}, nil)
		require.NoError(t, err)
	})
	var s stock
	ci := func(class, serial, rack string) *config.CI {
		return s.ci(class, func(ci *config.CI) {
			ci.Name, ci.Attributes = "web", map[string]config.Assertion{"serial_number": {Value: word(serial)}, "rack": {Value: word(rack)}}
		})
	}
	one, two := ci("server", "S 1", ""), ci("blade", " s  1", "r1")
	ci("server", "None", "")
	ci("blade", "none", "r3")
	three, four := ci("blade", "S-3", "r2"), ci("blade", "S-4", "R2")
	ci("network device", "S 1", "r2")
	ci("virtual machine", "", "")
	s.ci("blade", func(ci *config.CI) { ci.State, ci.Attributes = config.Retired, one.Attributes })
	h := s.health(t, &config.HealthRules{Policy: policy})
	requireBad(t, h, config.Duplicated, 6, one, two, three, four)
	h = s.health(t, &config.HealthRules{Policy: policy, Identities: []config.Identity{{Attributes: []string{"name", "rack"}}}})
	require.Contains(t, h.Measure(config.Duplicated).IDs, three.ID, "the attribute of any class will do where none is named")
	again := config.Identity{Class: "server", Attributes: []string{"serial_number"}}
	require.Equal(t, h, s.health(t, &config.HealthRules{Policy: policy, Identities: []config.Identity{again, again}}), "what is said twice is no twin of itself")
}

func TestHealthRefusesBadRules(t *testing.T) {
	for field, rules := range map[string]config.HealthRules{
		"unseen":                      {Unseen: itsm.Wait{Days: -1}},
		"identities[0].class":         {Identities: []config.Identity{{Class: "x", Attributes: []string{"name"}}}},
		"identities[0].attributes":    {Identities: []config.Identity{{}}},
		"identities[0].attributes[1]": {Identities: []config.Identity{{Class: "server", Attributes: []string{"name", "engine"}}}},
		"model":                       {Policy: &config.Policy{}},
	} {
		_, err := config.HealthOf(&rules, nil, nil, monday)
		itsmtest.RequireField(t, err, field)
	}
	_, err := config.HealthOf(nil, nil, nil, time.Time{})
	itsmtest.RequireField(t, err, "at")
	h, err := config.HealthOf(nil, nil, nil, monday)
	require.NoError(t, err)
	for _, m := range h.Measures {
		require.False(t, m.Ratio.HasData())
	}
}

// TestHealthNaive holds what depends on several records against looking at each pair,
// and at all ways through.
func TestHealthNaive(t *testing.T) {
	model := config.DefaultModel()
	bad := make(map[config.Aspect]int64)
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 9))
		var s stock
		for range rng.IntN(9) {
			s.ci([]string{"application", "server", "cluster", "network device", "location"}[rng.IntN(5)], func(ci *config.CI) {
				ci.Name = []string{"a", "b", "c", ""}[rng.IntN(4)]
				ci.State = []itsm.State{config.Live, config.Live, config.Live, config.Retired, config.Disposed}[rng.IntN(5)]
			})
		}
		for range rng.IntN(16) * min(len(s.cis), 1) {
			s.relate([]string{"depends on", "runs on", "connects to", "located in", "member of", "offers"}[rng.IntN(6)],
				s.cis[rng.IntN(len(s.cis))], s.cis[rng.IntN(len(s.cis))], func(r *config.Relation) {
					r.State = []itsm.State{config.Active, config.Active, config.Active, config.Proposed, config.Ended}[rng.IntN(5)]
				})
		}
		h := s.health(t, nil)
		check := func(a config.Aspect, is func(i int) bool, n int) {
			t.Helper()
			var want []uuid.UUID
			for i := range n {
				if is(i) {
					if n == len(s.cis) && a == config.Orphaned || a == config.Duplicated {
						want = append(want, s.cis[i].ID)
					} else {
						want = append(want, s.relations[i].ID)
					}
				}
			}
			require.Equal(t, want, h.Measure(a).IDs, "seed %d: %s", seed, a)
			bad[a] += h.Measure(a).Ratio.Num
		}
		standing := func(i int) bool {
			return s.cis[i].State != config.Retired && s.cis[i].State != config.Disposed
		}
		for _, a := range []config.Aspect{config.Orphaned, config.Duplicated} {
			check(a, func(i int) bool {
				if !standing(i) {
					return false
				}
				if a == config.Orphaned {
					return !slices.ContainsFunc(s.relations, func(r *config.Relation) bool {
						return r.State != config.Ended && (r.From == s.cis[i].ID || r.To == s.cis[i].ID)
					})
				}
				for j, other := range s.cis {
					if j != i && standing(j) && other.Class == s.cis[i].Class && other.Name != "" && other.Name == s.cis[i].Name {
						return true
					}
				}
				return false
			}, len(s.cis))
		}
		alike := func(r *config.Relation, same func(o *config.Relation) bool) int {
			n := 0
			for _, o := range s.relations {
				if o.Type == r.Type && same(o) {
					n++
				}
			}
			return n
		}
		check(config.Repeated, func(i int) bool {
			r := s.relations[i]
			return r.State != config.Ended && alike(r, func(o *config.Relation) bool { return o.State != config.Ended && o.From == r.From && o.To == r.To }) > 1
		}, len(s.relations))
		check(config.Overfull, func(i int) bool {
			r := s.relations[i]
			typ, _ := model.RelationType(r.Type)
			return r.State == config.Active &&
				(typ.MostFrom > 0 && alike(r, func(o *config.Relation) bool { return o.State == config.Active && o.From == r.From }) > typ.MostFrom ||
					typ.MostTo > 0 && alike(r, func(o *config.Relation) bool { return o.State == config.Active && o.To == r.To }) > typ.MostTo)
		}, len(s.relations))
		check(config.Cyclic, func(i int) bool {
			r := s.relations[i]
			typ, _ := model.RelationType(r.Type)
			return r.State == config.Active && !typ.Cycles && s.leads(model, s.relations[i].ID, make(map[uuid.UUID]bool))
		}, len(s.relations))
	}
	for a, n := range bad {
		require.Greater(t, n, int64(30), "%s", a)
	}
}

// leads reports whether from where the relation ends a way leads to where it begins.
func (s *stock) leads(m *config.Model, relation uuid.UUID, been map[uuid.UUID]bool) bool {
	ends := func(r *config.Relation) (from, to uuid.UUID) {
		if t, _ := m.RelationType(r.Type); t.Carries == config.ToSecond {
			return r.To, r.From
		}
		return r.From, r.To
	}
	i := slices.IndexFunc(s.relations, func(r *config.Relation) bool { return r.ID == relation })
	start, first := ends(s.relations[i])
	var walk func(at uuid.UUID) bool
	walk = func(at uuid.UUID) bool {
		if at == start {
			return true
		}
		if been[at] {
			return false
		}
		been[at] = true
		for _, r := range s.relations {
			if from, to := ends(r); r.State == config.Active && from == at && walk(to) {
				return true
			}
		}
		return false
	}
	return walk(first)
}
