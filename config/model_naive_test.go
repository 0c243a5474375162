package config_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// naiveModel answers what a model does, by maps and recursion.
type naiveModel struct {
	classes map[string]config.Class
	types   []config.RelationType
}

func (n naiveModel) isA(class, ancestor string) bool {
	c, known := n.classes[class]
	return known && (class == ancestor || n.isA(c.Parent, ancestor))
}

// circular reports whether a class is its own ancestor.
func (n naiveModel) circular(class string) bool {
	at := class
	for range len(n.classes) {
		at = n.classes[at].Parent
		if at == class {
			return true
		}
	}
	return false
}

func (n naiveModel) attributes(class string) []config.Attribute {
	c, known := n.classes[class]
	if !known {
		return nil
	}
	list := n.attributes(c.Parent)
	for _, a := range c.Attributes {
		i := slices.IndexFunc(list, func(o config.Attribute) bool { return o.Name == a.Name })
		if i < 0 {
			list = append(list, a)
			continue
		}
		list[i].Required = list[i].Required || a.Required
		for _, level := range a.RequiredAt {
			if !slices.Contains(list[i].RequiredAt, level) {
				list[i].RequiredAt = append(slices.Clone(list[i].RequiredAt), level)
			}
		}
		if !a.Below.IsZero() {
			list[i].Below = a.Below
		}
	}
	return list
}

func (n naiveModel) allows(relation, from, to string) bool {
	for _, r := range n.types {
		for _, p := range r.Pairs {
			if r.Name == relation && n.isA(from, p.From) && n.isA(to, p.To) {
				return true
			}
		}
	}
	return false
}

// holdDetail asks for the faults of a CI of a class without attributes, at each
// criticality.
func (n naiveModel) holdDetail(t *testing.T, m *config.Model, class string) {
	t.Helper()
	if _, known := n.classes[class]; !known {
		return
	}
	policy := config.DefaultPolicy()
	policy.Model = m
	for _, level := range []itsm.Level{"", itsm.High, itsm.Medium, itsm.Low} {
		ci := config.CI{Header: itsm.Header{State: config.Planned}, Class: class, Criticality: level}
		var want, got []string
		for _, a := range n.attributes(class) {
			if a.Required || slices.Contains(a.RequiredAt, level) {
				want = append(want, a.Name)
			}
		}
		for _, f := range config.Findings(policy, &ci, noon) {
			got = append(got, f.Attribute)
			require.Equal(t, config.Missing, f.Deficiency)
		}
		require.ElementsMatch(t, want, got)
		health, err := config.HealthOf(&config.HealthRules{Policy: policy}, slices.Values([]*config.CI{&ci}), nil, noon)
		require.NoError(t, err)
		require.Equal(t, len(want) > 0, health.Measure(config.Incomplete).Ratio.Num == 1)
	}
}

// TestModelAgainstNaive builds random hierarchies, declared in any order and with
// circles and unknown parents among them, and asks them everything.
func TestModelAgainstNaive(t *testing.T) {
	built, refused := 0, 0
	for seed := range uint64(600) {
		rng := rand.New(rand.NewPCG(seed, 5))
		n := naiveModel{classes: make(map[string]config.Class)}
		size := rng.IntN(9)
		name := func(i int) string { return fmt.Sprintf("c%d", i) }
		bad := false
		for i := range size {
			c := config.Class{Name: name(i)}
			switch rng.IntN(8) {
			case 0:
			case 1:
				if rng.IntN(4) == 0 {
					c.Parent = name(rng.IntN(size + 1)) // perhaps a circle, itself or nothing
				}
			default:
				if i > 0 {
					c.Parent = name(rng.IntN(i))
				}
			}
			for k := range 4 {
				if rng.IntN(3) == 0 {
					a := config.Attribute{Name: fmt.Sprintf("a%d", k), Type: itsm.Number, Required: rng.IntN(2) == 0}
					for _, level := range []itsm.Level{itsm.High, itsm.Medium, itsm.Low} {
						if rng.IntN(4) == 0 {
							a.RequiredAt = append(a.RequiredAt, level)
						}
					}
					if rng.IntN(2) == 0 {
						a.Below = number(int64(rng.IntN(5) + 1))
					}
					c.Attributes = append(c.Attributes, a)
				}
			}
			n.classes[c.Name] = c
		}
		for i := range size {
			c := n.classes[name(i)]
			_, known := n.classes[c.Parent]
			if c.Parent != "" && !known || n.circular(c.Name) {
				bad = true
			}
		}
		for i := range rng.IntN(3) {
			r := config.RelationType{Name: fmt.Sprintf("r%d", i), Inverse: fmt.Sprintf("i%d", i), Carries: config.ToFirst}
			for range 1 + rng.IntN(2) {
				p := config.Pair{From: name(rng.IntN(size + 1)), To: name(rng.IntN(size + 1))}
				if slices.Contains(r.Pairs, p) {
					continue
				}
				_, from := n.classes[p.From]
				_, to := n.classes[p.To]
				bad = bad || !from || !to
				r.Pairs = append(r.Pairs, p)
			}
			n.types = append(n.types, r)
		}
		if !bad { // who widens a range is refused
			for _, c := range n.classes {
				above := n.attributes(c.Parent)
				for _, a := range c.Attributes {
					for _, o := range above {
						if o.Name == a.Name && !a.Below.IsZero() && !o.Below.IsZero() && a.Below.Compare(o.Below) > 0 {
							bad = true
						}
					}
				}
			}
		}

		classes := make([]config.Class, 0, size)
		for _, i := range rng.Perm(size) {
			classes = append(classes, n.classes[name(i)])
		}
		m, err := config.NewModel(classes, n.types)
		if bad {
			require.Error(t, err, "seed %d", seed)
			refused++
			continue
		}
		require.NoError(t, err, "seed %d", seed)
		built++
		for i := range size + 1 {
			require.ElementsMatch(t, n.attributes(name(i)), m.Attributes(name(i)), "seed %d", seed)
			n.holdDetail(t, m, name(i))
			for j := range size + 1 {
				require.Equal(t, n.isA(name(i), name(j)), m.IsA(name(i), name(j)), "seed %d", seed)
				var between []string
				for _, r := range n.types {
					allows := n.allows(r.Name, name(i), name(j))
					require.Equal(t, allows, m.Allows(r.Name, name(i), name(j)), "seed %d", seed)
					if allows {
						between = append(between, r.Name)
					}
				}
				var got []string
				for _, r := range m.Between(name(i), name(j)) {
					got = append(got, r.Name)
				}
				require.Equal(t, between, got, "seed %d", seed)
			}
		}
	}
	require.Greater(t, built, 100)
	require.Greater(t, refused, 100)
}
