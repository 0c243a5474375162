package itsm_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// A naive second implementation of verification: it visits every pair of a state
// and a set of filled fields, prunes nothing, and goes by the definitions.
type naive struct {
	def   itsm.Definition[thing]
	roles []itsm.Role
	nodes map[spot]int // how many steps away
}

type spot struct {
	state  itsm.State
	filled string // names in order, each ended by a space
}

func (n *naive) has(s spot, fields []string) bool { return len(n.lacks(s, fields)) == 0 }

func (n *naive) lacks(s spot, fields []string) []string {
	var list []string
	for _, f := range fields {
		if !strings.Contains(s.filled, f+" ") && !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

func (n *naive) fill(s spot, fields []string) string {
	names := strings.Fields(s.filled)
	names = append(names, fields...)
	slices.Sort(names)
	text := ""
	for _, name := range slices.Compact(names) {
		text += name + " "
	}
	return text
}

// next is where one step leads by a row.
func (n *naive) next(s spot, row itsm.Transition[thing]) []spot {
	if !slices.Contains(row.From, s.state) || !n.has(s, row.Requires) {
		return nil
	}
	if row.Stays() {
		return []spot{{s.state, n.fill(s, row.Sets)}}
	}
	var list []spot
	for _, t := range row.To {
		list = append(list, spot{t, n.fill(s, row.Sets)})
	}
	return list
}

func (n *naive) from(start ...spot) map[spot]int {
	far := make(map[spot]int)
	for _, s := range start {
		far[s] = 0
	}
	for steps := 0; len(start) > 0; steps++ {
		var then []spot
		for _, s := range start {
			for _, row := range n.def.Transitions {
				for _, to := range n.next(s, row) {
					if _, seen := far[to]; !seen {
						far[to] = steps + 1
						then = append(then, to)
					}
				}
			}
		}
		start = then
	}
	return far
}

func (n *naive) in(state itsm.State) []spot {
	var list []spot
	for s := range n.nodes {
		if s.state == state {
			list = append(list, s)
		}
	}
	return list
}

// distance is the fewest steps to a state; -1: none lead there.
func (n *naive) distance(state itsm.State) int {
	least := -1
	for _, s := range n.in(state) {
		if far := n.nodes[s]; least < 0 || far < least {
			least = far
		}
	}
	return least
}

func (n *naive) phase(state itsm.State) itsm.Phase {
	for _, s := range n.def.States {
		if s.State == state {
			return s.Phase
		}
	}
	return ""
}

func (n *naive) may(row itsm.Transition[thing], state itsm.State, follows bool) bool {
	for _, role := range row.Roles {
		timed := slices.ContainsFunc(n.def.Timers, func(t itsm.Timer[thing]) bool {
			return t.Name == row.Name && slices.Contains(t.In, state) // the generator names them so
		})
		switch {
		case role == itsm.Anyone || role == "owner":
			return true
		case role == itsm.SystemRole && (timed || follows):
			return true
		case role != itsm.SystemRole && (len(n.roles) == 0 || slices.Contains(n.roles, role)):
			return true
		}
	}
	return false
}

// verify lists what should be found, as text, in no order.
func (n *naive) verify(follows bool) []string {
	n.nodes = n.from(spot{})
	var list []string
	say := func(d itsm.Defect, s itsm.State, row string, more ...string) {
		list = append(list, fmt.Sprint(d, "|", s, "|", row, "|", more, "|", n.distance(s)))
	}
	rows := n.def.Transitions
	for i := range rows {
		for j, s := range rows[i].From {
			before := slices.Contains(rows[i].From[:j], s) || slices.ContainsFunc(rows[:i], func(r itsm.Transition[thing]) bool {
				return r.Name == rows[i].Name && slices.Contains(r.From, s)
			})
			if before {
				say(itsm.Ambiguous, s, rows[i].Name)
			}
		}
	}
	unborn := len(n.nodes) == 1
	if unborn {
		say(itsm.Unborn, "", "")
	}
	for _, def := range n.def.States {
		if unborn {
			break
		}
		s := def.State
		if n.distance(s) < 0 {
			say(itsm.Unreachable, s, "")
			continue
		}
		out, could, someone := 0, []string{}, false
		for _, row := range rows {
			leads := slices.ContainsFunc(row.To, func(to itsm.State) bool { return to != s })
			if !leads || !slices.Contains(row.From, s) {
				continue
			}
			out++
			someone = someone || n.may(row, s, follows)
			for _, role := range row.Roles {
				if !slices.Contains(could, string(role)) {
					could = append(could, string(role))
				}
			}
			if def.Phase == itsm.Final {
				say(itsm.FinalExit, s, row.Name)
			}
		}
		switch {
		case def.Phase == itsm.Final:
		case out == 0:
			say(itsm.Trap, s, "")
		default:
			ends := false
			for to := range n.from(n.in(s)...) {
				ends = ends || n.phase(to.state) == itsm.Final
			}
			if !ends {
				say(itsm.NoEnd, s, "")
			}
			if !someone {
				say(itsm.NoRole, s, "", could...)
			}
		}
	}
	for _, timer := range n.def.Timers {
		for _, s := range timer.In {
			i := slices.IndexFunc(rows, func(r itsm.Transition[thing]) bool { return r.Name == timer.Name && slices.Contains(r.From, s) })
			if !unborn && (i < 0 || !slices.Contains(rows[i].Roles, itsm.SystemRole) && !slices.Contains(rows[i].Roles, itsm.Anyone)) {
				say(itsm.BadTimer, s, timer.Name)
			}
		}
	}
	for _, row := range rows {
		fires, unfillable := false, false
		for _, s := range row.From {
			var least []string
			for i, at := range n.in(s) {
				lacks := n.lacks(at, row.Requires)
				if i == 0 || len(lacks) < len(least) || len(lacks) == len(least) && slices.Compare(lacks, least) < 0 {
					least = lacks
				}
			}
			switch {
			case n.distance(s) < 0:
			case len(least) > 0:
				unfillable = true
				say(itsm.Unfillable, s, row.Name, least...)
			case n.may(row, s, follows) || slices.Contains(row.Roles, itsm.SystemRole):
				fires = true
			}
		}
		if !fires && !unfillable && !unborn {
			say(itsm.Dead, row.From[0], row.Name)
		}
	}
	return list
}

func notOdd(r *thing, _ itsm.Stamp) error {
	if r.Fields["f"] == "odd" {
		return errors.New("f is odd")
	}
	return nil
}

// someLifecycle makes up a definition. Timers have the names of their commands.
func someLifecycle(rng *rand.Rand) (def itsm.Definition[thing], follows bool) {
	all := []itsm.State{"a", "b", "c", "d", "Y", "Z"}
	all = append(all[:2+rng.IntN(3)], all[4+rng.IntN(2):]...)
	names := []string{"f", "g", "h", "i"}[:rng.IntN(5)]
	some := func(list []string, n int) []string {
		var picked []string
		for range rng.IntN(n + 1) {
			if len(list) > 0 {
				picked = append(picked, list[rng.IntN(len(list))])
			}
		}
		return picked
	}
	anywhere := func(n int, among []itsm.State) []itsm.State {
		var picked []itsm.State
		for range 1 + rng.IntN(n) {
			if s := among[rng.IntN(len(among))]; !slices.Contains(picked, s) {
				picked = append(picked, s)
			}
		}
		return picked
	}
	open := slices.DeleteFunc(slices.Clone(all), func(s itsm.State) bool { return s < "a" })
	roles := []itsm.Role{itsm.Anyone, itsm.Anyone, itsm.Anyone, "agent", "boss", "owner", itsm.SystemRole}
	def = itsm.Definition[thing]{
		Kind: "thing", States: states(all...), Fields: fields(names...),
		Relations: []itsm.Relation[thing]{{Role: "owner", Holds: func(_ *thing, a itsm.Actor) bool { return a.ID == "olga" }}},
	}
	if rng.IntN(3) == 0 {
		def.Roles = []itsm.Role{"agent"}
	}
	for i, verb := range verbs()[:2+rng.IntN(8)] {
		name, left := fmt.Sprint("v", i), slices.Clone(open)
		for first := true; len(left) > 0 && (first || rng.IntN(2) == 0); first = false {
			origins := anywhere(3, left)
			left = slices.DeleteFunc(left, func(s itsm.State) bool { return slices.Contains(origins, s) })
			if rng.IntN(20) == 0 {
				origins = anywhere(3, all) // perhaps one that is final, or named before
			}
			clauses := []itsm.Clause{itsm.Sets(some(names, 2)...), itsm.By(roles[rng.IntN(len(roles))], roles[rng.IntN(len(roles))])}
			if i > 0 || rng.IntN(20) == 0 {
				clauses = append(clauses, itsm.Requires(some(names, rng.IntN(3))...))
			}
			switch {
			case i == 0 && first || rng.IntN(12) == 0:
				clauses = append(clauses, from(""), to(all[0]))
				left = nil
			case rng.IntN(4) == 0:
				clauses = append(clauses, from(origins...), itsm.Stay())
			default:
				clauses = append(clauses, from(origins...), to(anywhere(2, all)...), verb.pick)
			}
			if rng.IntN(3) == 0 {
				clauses = append(clauses, itsm.Guard("f is not odd", notOdd))
			}
			if rng.IntN(60) == 0 {
				follows = true
				clauses = append(clauses, verb.follow)
			}
			def.Transitions = append(def.Transitions, verb.row(name, clauses...))
		}
		if rng.IntN(8) == 0 {
			def.Timers = append(def.Timers, itsm.Timer[thing]{Name: name, In: anywhere(2, all),
				Since: func(r *thing) time.Time { return r.Since }, Command: verb.command(do[n0]{})})
		}
	}
	return def, follows
}

func TestVerifyNaively(t *testing.T) {
	seen := make(map[itsm.Defect]int)
	for seed := range uint64(5000) {
		def, follows := someLifecycle(rand.New(rand.NewPCG(seed, 1)))
		n := naive{def: def, roles: def.Roles}
		want := n.verify(follows)
		var got []string
		for _, f := range findings(t, def) {
			seen[f.Defect]++
			more := f.Fields
			for _, role := range f.Roles {
				more = append(more, string(role))
			}
			steps := len(f.Path)
			if f.Path == nil {
				steps = -1
			}
			got = append(got, fmt.Sprint(f.Defect, "|", f.State, "|", f.Transition, "|", more, "|", steps))
			require.True(t, n.leads(f.Path, f.State), "seed %d: %s", seed, f)
		}
		slices.Sort(want)
		slices.Sort(got)
		require.Equal(t, want, got, "seed %d", seed)
		if want == nil {
			seen["clean"]++
		}
	}
	t.Log(seen)
	for _, d := range append(itsm.Defects(), "clean") {
		require.GreaterOrEqual(t, seen[d], 20, "too few examples of %s: %v", d, seen)
	}
}

// leads reports whether a path is one that rows make, step by step.
func (n *naive) leads(path []itsm.Step, state itsm.State) bool {
	here := []spot{{}}
	for _, step := range path {
		var then []spot
		for _, s := range here {
			for _, row := range n.def.Transitions {
				for _, to := range n.next(s, row) {
					if row.Name == step.Name && to.state == step.To {
						then = append(then, to)
					}
				}
			}
		}
		here = then
	}
	return path == nil || len(here) > 0 && here[0].state == state
}
