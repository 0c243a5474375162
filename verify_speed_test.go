package itsm_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

func numbered(prefix string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint(prefix, i)
	}
	return list
}

func numberedStates(prefix string, n int) []itsm.State {
	list := make([]itsm.State, n)
	for i := range list {
		list[i] = itsm.State(fmt.Sprint(prefix, i))
	}
	return list
}

// bigLifecycle has 40 states, 200 rows and 30 required fields, at random.
func bigLifecycle(seed uint64) itsm.Definition[thing] {
	rng := rand.New(rand.NewPCG(seed, 2))
	all, names := numberedStates("s", 40), numbered("f", 30)
	def := itsm.Definition[thing]{Kind: "thing", States: states(append(all, "Z")...), Fields: fields(names...)}
	some := func(n int) []string {
		var picked []string
		for range rng.IntN(n) {
			picked = append(picked, names[rng.IntN(len(names))])
		}
		return picked
	}
	list := append(verbs(), moreVerbs()...)
	def.Transitions = append(def.Transitions, list[0].row("v0", from(""), to("s0"), anyone()))
	for i := range 199 {
		v := 1 + i%35
		origin, target := all[(i/35*7+i)%40], all[rng.IntN(40)]
		if seed%2 == 0 { // layers: only ever onward
			at := (i / 5) % 40
			origin, target = all[at], append(all, "Z")[min(at+1+rng.IntN(4), 40)]
		}
		requires := 2
		if i%20 == 0 {
			requires = 8
		}
		def.Transitions = append(def.Transitions, list[v].row(fmt.Sprint("v", v), from(origin), to(target), anyone(),
			itsm.Requires(some(requires)...), itsm.Sets(some(4)...)))
	}
	return def
}

// pile has one state in which n fields are filled, one by one in any order, and all
// are needed to get out; beyond is a trap.
func pile(n int) itsm.Definition[thing] {
	names := numbered("f", n)
	list := append(verbs(), moreVerbs()...)
	def := itsm.Definition[thing]{Kind: "thing", States: states("a", "b", "c", "Z"), Fields: fields(names...)}
	def.Transitions = []itsm.Transition[thing]{
		list[0].row("open", from(""), to("a"), anyone()),
		list[1].row("go", from("a"), to("b"), itsm.Requires(names...), anyone()),
		list[2].row("fall", from("b"), to("c"), anyone()),
		list[3].row("end", from("b"), to("Z"), anyone()),
	}
	for i, name := range names {
		def.Transitions = append(def.Transitions, list[4+i].row("fill "+name, from("a"), itsm.Stay(), itsm.Sets(name), anyone()))
	}
	return def
}

// maze is a propositional formula: at each crossing a record goes left or right and
// fills one field or the other; in the end it needs some left and some right.
func maze(crossings int, needs ...string) itsm.Definition[thing] {
	list := verbs()
	def := itsm.Definition[thing]{Kind: "thing"}
	var names []string
	last := itsm.None
	for i := range crossings {
		s := itsm.State(fmt.Sprint("s", i))
		def.States = append(def.States, states(s, s+"l", s+"r")...)
		def.Transitions = append(def.Transitions,
			list[0].row("go", from(last), to(s), anyone()),
			list[1].row("left", from(s), to(s+"l"), itsm.Sets(fmt.Sprint("l", i)), anyone()),
			list[2].row("right", from(s), to(s+"r"), itsm.Sets(fmt.Sprint("r", i)), anyone()),
			list[3].row("meet", from(s+"l", s+"r"), to(s+"m"), anyone()))
		def.States = append(def.States, states(s+"m")...)
		names = append(names, fmt.Sprint("l", i), fmt.Sprint("r", i))
		last = s + "m"
	}
	def.States = append(def.States, states("Z")...)
	def.Fields = fields(names...)
	def.Transitions = append(def.Transitions, list[4].row("end", from(last), to("Z"), anyone()),
		list[5].row("win", from(last), to("Z"), itsm.Requires(needs...), anyone()))
	for i := range names { // make every field one that matters
		def.Transitions = append(def.Transitions, list[6].row("lose", from("Z"), itsm.Stay(), anyone(), itsm.Requires(names[i])))
	}
	return def
}

// Verification takes no longer than it takes to be patient, whatever the table.
func TestVerifyIsQuick(t *testing.T) {
	for name, def := range map[string]itsm.Definition[thing]{
		"big, tangled": bigLifecycle(1),
		"big, layers":  bigLifecycle(2),
		"pile of 10":   pile(10),
		"pile of 30":   pile(30),
		"maze":         maze(30, "l0", "r1", "l2", "l29"),
		"no way out":   maze(30, "l0", "r1", "r0"),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			found := findings(t, def)
			took := time.Since(start)
			t.Log(took, len(found))
			require.Less(t, took, 20*time.Second) // a hundred times what it takes, for machines that are slow and busy
		})
	}
}

// Beyond the patience of the search a path is not the shortest for certain, but
// still one that a record can go and that has no detours.
func TestVerifyShortens(t *testing.T) {
	def := pile(30)
	found := findings(t, def)
	require.Len(t, found, 1)
	require.Equal(t, itsm.Trap, found[0].Defect)
	require.Len(t, found[0].Path, 33)
	require.True(t, (&naive{def: def}).leads(found[0].Path, "c"))
}

// Too many ways to tell apart may hide a defect, but never make one up.
func TestVerifyMerges(t *testing.T) {
	unfillable := func(def itsm.Definition[thing]) bool {
		return slices.ContainsFunc(findings(t, def), func(f itsm.Finding) bool { return f.Defect == itsm.Unfillable })
	}
	require.False(t, unfillable(maze(30, "l0", "r1", "l2", "l29")))
	require.True(t, unfillable(maze(4, "l0", "r0")))
	require.False(t, unfillable(maze(4, "l0", "r1")))
}
