package config_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// randomStock is records of whatever kind a store may hold: in every state and in none,
// without times, of unknown classes and types, with names that differ in letter case
// and white space only.
func randomStock(rng *rand.Rand) *stock {
	var s stock
	some := func(of ...time.Time) time.Time { return of[rng.IntN(len(of))] }
	when := func() time.Time {
		return some(time.Time{}, monday.Add(-time.Duration(rng.IntN(60))*day), monday.Add(time.Duration(rng.IntN(12))*day), monday.Add(10*day))
	}
	states := []itsm.State{
		config.Planned, config.Ordered, config.InBuild, config.InTest, config.Live, config.Live, config.Live, config.InMaintenance,
		config.Retired, config.Disposed, itsm.None, "on loan",
	}
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	for range rng.IntN(14) {
		s.ci(pick("application", "server", "server", "cluster", "network device", "location", "business service", "nothing known"), func(ci *config.CI) {
			ci.State = states[rng.IntN(len(states))]
			ci.Name = pick("web 1", "WEB 1", " web  1\t", "Wéb", "wÉB", "db", "", "  ", ci.Name)
			ci.Owner = pick("", "bob")
			ci.Criticality = itsm.Level(pick("", "high", "medium", "low", "unheard of"))
			ci.Opened, ci.Seen, ci.Verified.At, ci.NextVerify = when(), when(), when(), when()
			ci.Verified.Result = config.Result(pick("", "passed", "passed", "failed"))
			ci.Verified.Against = pick("", "survey")
			for _, group := range []string{"a", "b"} {
				if rng.IntN(4) == 0 {
					ci.Needs = append(ci.Needs, config.Need{Group: group, AtLeast: rng.IntN(4)})
				}
			}
			for n := range rng.IntN(4) {
				ci.Actions = append(ci.Actions, config.Action{ID: n + 1, Title: "t", Owner: "o", Due: when(), Done: some(time.Time{}, time.Time{}, monday)})
			}
			ci.Attributes = make(map[string]config.Assertion)
			for _, name := range config.DefaultModel().AttributeNames() {
				if rng.IntN(2) == 0 {
					ci.Attributes[name] = config.Assertion{Value: []itsm.Value{word("S-1"), word("s-1"), word(" NONE"), number(1), {}}[rng.IntN(5)]}
				}
			}
		})
	}
	for range rng.IntN(24) * min(len(s.cis), 1) {
		s.relate(pick("depends on", "depends on", "runs on", "connects to", "located in", "member of", "member of", "offers", "unknown"),
			s.cis[rng.IntN(len(s.cis))], s.cis[rng.IntN(len(s.cis))], func(r *config.Relation) {
				r.State = []itsm.State{config.Active, config.Active, config.Active, config.Proposed, config.Ended, itsm.None}[rng.IntN(6)]
				r.Group = pick("", "a", "a", "b")
				r.Opened, r.Seen = when(), when()
				if rng.IntN(9) == 0 {
					r.To = id(250)
				}
			})
	}
	return &s
}

// naiveMeasure is what a measure has to say: of how many, and which.
type naiveMeasure struct {
	of  int
	ids []uuid.UUID
	by  map[string]itsm.Ratio
}

func (n *naiveMeasure) count(id uuid.UUID, of string, bad bool) {
	n.of++
	share := n.by[of]
	share.Den++
	if bad {
		n.ids = append(n.ids, id)
		share.Num++
	}
	if n.by == nil {
		n.by = make(map[string]itsm.Ratio)
	}
	n.by[of] = share
}

func (n *naiveMeasure) require(t *testing.T, m config.Measure, seed uint64) {
	t.Helper()
	require.Equal(t, itsm.Ratio{Num: int64(len(n.ids)), Den: int64(n.of)}, m.Ratio, "seed %d: %s", seed, m.Aspect)
	require.ElementsMatch(t, n.ids, m.IDs, "seed %d: %s", seed, m.Aspect)
	require.Len(t, m.By, len(n.by))
	for _, share := range m.By {
		require.Equal(t, n.by[share.Of], share.Ratio, "seed %d: %s of %s", seed, m.Aspect, share.Of)
	}
	requireMeasure(t, m)
}

// naiveHealth says of an aspect, by its words, whether it can be of a CI or relation at
// all, and whether it is so.
type naiveHealth struct {
	*stock
	model  *config.Model
	now    time.Time
	unseen time.Duration
}

func among[S comparable](s S, list ...S) bool { return slices.Contains(list, s) }

func inUse(ci *config.CI) bool {
	return !among(ci.State, itsm.None, config.Planned, config.Ordered, config.Retired, config.Disposed)
}

func (n naiveHealth) counts(ci *config.CI) bool {
	return !among(ci.State, itsm.None, config.Retired, config.Disposed)
}

func holds(r *config.Relation) bool { return !among(r.State, itsm.None, config.Ended) }

func (n naiveHealth) find(id uuid.UUID) *config.CI {
	for _, ci := range n.cis {
		if ci.ID == id && ci.State != itsm.None {
			return ci
		}
	}
	return nil
}

func (n naiveHealth) longUnseen(times ...time.Time) bool {
	return !n.now.Before(slices.MaxFunc(times, time.Time.Compare).Add(n.unseen))
}

// alike are values that tell nothing apart.
func alike(a, b itsm.Value) bool {
	if a.Type() != itsm.Text || b.Type() != itsm.Text {
		return a.Equal(b)
	}
	return slices.EqualFunc(strings.Fields(a.Text()), strings.Fields(b.Text()), strings.EqualFold)
}

func blank(v itsm.Value) bool { return strings.TrimSpace(v.String()) == "" }

// identities are the attributes by which the default rules tell a CI apart.
func (n naiveHealth) identities(ci *config.CI) []string {
	list := []string{"name"}
	if n.model.IsA(ci.Class, "server") || n.model.IsA(ci.Class, "network device") {
		list = append(list, "serial_number")
	}
	return slices.DeleteFunc(list, func(name string) bool {
		return blank(ci.Value(name)) || name == "serial_number" && alike(ci.Value(name), word("none"))
	})
}

func (n naiveHealth) lacks(ci *config.CI, asked func(config.Attribute) bool) (can, is bool) {
	for _, a := range n.model.Attributes(ci.Class) {
		if asked(a) {
			can, is = true, is || ci.Attributes[a.Name].Value.IsZero()
		}
	}
	return can, is
}

func (n naiveHealth) ofCI(a config.Aspect, ci *config.CI) (can, is bool) {
	switch a {
	case config.Orphaned:
		return true, !slices.ContainsFunc(n.relations, func(r *config.Relation) bool { return holds(r) && (r.From == ci.ID || r.To == ci.ID) })
	case config.Stale:
		return inUse(ci) && n.unseen > 0, n.longUnseen(ci.Opened, ci.Seen, ci.Verified.At)
	case config.Duplicated:
		names := n.identities(ci)
		return len(names) > 0, slices.ContainsFunc(n.cis, func(o *config.CI) bool {
			return o != ci && n.counts(o) && o.Class == ci.Class && slices.ContainsFunc(names, func(name string) bool { return alike(o.Value(name), ci.Value(name)) })
		})
	case config.Incomplete:
		return n.lacks(ci, func(a config.Attribute) bool { return a.Required })
	case config.Sparse:
		return n.lacks(ci, func(a config.Attribute) bool { return a.Recommended && !a.Required })
	case config.Unowned:
		return n.model.IsService(ci.Class), ci.Owner == ""
	case config.Unmet:
		for _, need := range ci.Needs {
			have := 0
			for _, o := range n.cis {
				if n.counts(o) && slices.ContainsFunc(n.relations, func(r *config.Relation) bool {
					return (r.State == config.Active || r.State == config.Proposed && !inUse(ci)) && r.Attributes["strength"].Value.Text() != "soft" && r.Group == need.Group && n.supplies(r, o, ci)
				}) {
					have++
				}
			}
			is = is || have < need.AtLeast
		}
		return len(ci.Needs) > 0, is
	}
	return false, false
}

// supplies reports whether one CI needs another by a relation.
func (n naiveHealth) supplies(r *config.Relation, one, of *config.CI) bool {
	typ, _ := n.model.RelationType(r.Type)
	return typ.Carries == config.ToFirst && r.From == of.ID && r.To == one.ID ||
		typ.Carries == config.ToSecond && r.To == of.ID && r.From == one.ID
}

func (n naiveHealth) ofRelation(a config.Aspect, r *config.Relation) (can, is bool) {
	typ, known := n.model.RelationType(r.Type)
	from, to := n.find(r.From), n.find(r.To)
	dangles := from == nil || to == nil || from.State == config.Disposed || to.State == config.Disposed
	count := func(like func(*config.Relation) bool) (k int) {
		for _, o := range n.relations {
			if o.Type == r.Type && like(o) {
				k++
			}
		}
		return k
	}
	active := r.State == config.Active
	switch a {
	case config.Dangling:
		return true, dangles
	case config.Outlived:
		return true, from != nil && from.State == config.Retired || to != nil && to.State == config.Retired
	case config.Unsighted:
		return active && n.unseen > 0, n.longUnseen(r.Opened, r.Seen)
	case config.Mismatched:
		return true, !known || !dangles && (from == to && !typ.Cycles || !n.model.Allows(r.Type, from.Class, to.Class))
	case config.Repeated:
		return true, count(func(o *config.Relation) bool {
			return holds(o) && o.From == r.From && o.To == r.To && o.Group == r.Group
		}) > 1
	case config.Overfull:
		return active && known && (typ.MostFrom > 0 || typ.MostTo > 0),
			typ.MostFrom > 0 && count(func(o *config.Relation) bool { return o.State == config.Active && o.From == r.From }) > typ.MostFrom ||
				typ.MostTo > 0 && count(func(o *config.Relation) bool { return o.State == config.Active && o.To == r.To }) > typ.MostTo
	case config.Cyclic:
		carry := stock{relations: slices.DeleteFunc(slices.Clone(n.relations), func(o *config.Relation) bool {
			t, known := n.model.RelationType(o.Type)
			return !known || t.Carries == config.Nowhere
		})}
		carries := active && slices.Contains(carry.relations, r)
		return carries, carries && !typ.Cycles && carry.leads(n.model, r.ID, make(map[uuid.UUID]bool))
	}
	return false, false
}

// TestHealthAgreesWithDefinitions holds every measure against the words of its aspect,
// looked up for each record alone.
func TestHealthAgreesWithDefinitions(t *testing.T) {
	model := config.DefaultModel()
	bad, good := make(map[config.Aspect]int), make(map[config.Aspect]int)
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 17))
		s := randomStock(rng)
		rules := config.DefaultHealthRules()
		rules.Unseen = itsm.Wait{Days: rng.IntN(30)}
		n := naiveHealth{s, model, monday.Add(10 * day), time.Duration(rules.Unseen.Days) * day}
		s.cis, s.relations = append(s.cis, nil), append(s.relations, nil)
		h, err := config.HealthOf(rules, slices.Values(s.cis), slices.Values(s.relations), n.now)
		require.NoError(t, err)
		s.cis, s.relations = s.cis[:len(s.cis)-1], s.relations[:len(s.relations)-1]
		for _, a := range config.HealthAspects() {
			var want naiveMeasure
			for _, ci := range s.cis {
				if can, is := n.ofCI(a, ci); can && n.counts(ci) {
					want.count(ci.ID, ci.Class, is)
				}
			}
			for _, r := range s.relations {
				if can, is := n.ofRelation(a, r); can && holds(r) {
					want.count(r.ID, r.Type, is)
				}
			}
			want.require(t, h.Measure(a), seed)
			bad[a] += len(want.ids)
			good[a] += want.of - len(want.ids)
		}
		half, err := config.HealthOf(rules, slices.Values(s.cis), nil, n.now)
		require.NoError(t, err)
		require.Equal(t, half.Measure(config.Orphaned).Ratio.Den, half.Measure(config.Orphaned).Ratio.Num)
	}
	for _, a := range config.HealthAspects() {
		require.Greater(t, bad[a], 40, "%s", a)
		require.Greater(t, good[a], 40, "%s", a)
	}
}

// TestVerificationsAgreeWithDefinitions does so for how well CIs are verified.
func TestVerificationsAgreeWithDefinitions(t *testing.T) {
	for seed := range uint64(400) {
		rng := rand.New(rand.NewPCG(seed, 23))
		s := randomStock(rng)
		now := monday.Add(time.Duration(rng.IntN(14)) * day)
		before := now.Add(time.Duration(rng.IntN(9)-2) * day)
		if rng.IntN(5) == 0 {
			before = time.Time{}
		}
		want := make(map[config.Aspect]*naiveMeasure)
		for _, a := range config.VerificationAspects() {
			want[a] = new(naiveMeasure)
		}
		var due, actions []string
		for _, ci := range s.cis {
			of := string(ci.Criticality)
			for _, a := range ci.Actions {
				if a.Done.IsZero() {
					late := a.Due.Before(now) || a.Due.Equal(now)
					want[config.ActionOverdue].count(ci.ID, of, late)
					if late {
						actions = append(actions, fmt.Sprint(ci.ID, a.ID))
					}
				}
			}
			if !inUse(ci) || ci.NextVerify.IsZero() {
				continue
			}
			late := ci.NextVerify.Before(now) || ci.NextVerify.Equal(now)
			passed := ci.Verified.Result == config.Passed
			want[config.Overdue].count(ci.ID, of, late)
			want[config.NeverVerified].count(ci.ID, of, ci.Verified.At.IsZero())
			want[config.Confirmed].count(ci.ID, of, passed && !late)
			want[config.Attested].count(ci.ID, of, passed && !late && ci.Verified.Against == "")
			if late || ci.NextVerify.Before(before) {
				due = append(due, fmt.Sprint(ci.ID, late))
			}
		}
		v, err := config.VerificationsOf(nil, slices.Values(append(s.cis, nil)), now, before)
		require.NoError(t, err)
		for _, m := range v.Measures {
			want[m.Aspect].require(t, m, seed)
			rank := func(s config.Share) int {
				return slices.Index([]string{"high", "medium", "low"}, s.Of) & 3 // -1 comes last
			}
			require.True(t, slices.IsSortedFunc(m.By, func(a, b config.Share) int { return cmp.Compare(rank(a), rank(b)) }), "seed %d: %v", seed, m.By)
		}
		var gotDue, gotActions []string
		for _, d := range v.Due {
			gotDue = append(gotDue, fmt.Sprint(d.ID, d.Overdue))
		}
		for _, a := range v.Actions {
			gotActions = append(gotActions, fmt.Sprint(a.CI, a.ID))
		}
		require.ElementsMatch(t, due, gotDue, "seed %d", seed)
		require.ElementsMatch(t, actions, gotActions, "seed %d", seed)
		require.True(t, slices.IsSortedFunc(v.Due, func(a, b config.DueVerification) int { return a.Due.Compare(b.Due) }))
		require.True(t, slices.IsSortedFunc(v.Actions, func(a, b config.OverdueAction) int { return a.Due.Compare(b.Due) }))
	}
	v, err := config.VerificationsOf(nil, nil, monday, time.Time{})
	require.NoError(t, err)
	require.Empty(t, v.Due)
}
