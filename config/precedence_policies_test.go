package config_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// somePolicy has some rows of precedence for servers and for all computers, and leaves
// the name to any, to some, or controls it.
func somePolicy(rng *rand.Rand) *config.Policy {
	return under(func(p *config.Policy) {
		add := func(class, attribute string) {
			listed := []string{"a", "b", "c", config.ByHand}
			rng.Shuffle(len(listed), func(i, j int) { listed[i], listed[j] = listed[j], listed[i] })
			p.Precedence = append(p.Precedence, config.Precedence{
				Class: class, Attributes: []string{attribute}, Sources: listed[:1+rng.IntN(4)],
				Yields: itsm.Wait{Time: time.Duration(rng.IntN(2)) * 60 * hour},
			})
		}
		for _, row := range [][2]string{{"server", "hostname"}, {"computer", "hostname"}, {"server", "firmware"}} {
			if rng.IntN(4) > 0 {
				add(row[0], row[1])
			}
		}
		switch rng.IntN(3) {
		case 0:
			p.Controlled = append(p.Controlled, "name")
		case 1:
			add("", "name")
		}
	})
}

// someWord is a command about what sources see, or one of them.
func someWord(rng *rand.Rand, w *walk) (itsm.Actor, itsm.Command[config.CI]) {
	v := func() itsm.Value { return []itsm.Value{word("1"), word("2"), word("3"), {}}[rng.IntN(4)] }
	var since, until time.Time
	var reason string
	if rng.IntN(3) == 0 {
		since, reason = w.Now().Add(-time.Duration(rng.IntN(90))*hour), "Told late."
		if rng.IntN(2) == 0 {
			until = since.Add(time.Duration(1+rng.IntN(80)) * hour)
		}
	}
	set, name := values{"hostname": v()}, fmt.Sprint(1+rng.IntN(3))
	isServer := w.Record().Class == "server"
	if isServer {
		set["firmware"] = v()
	}
	switch rng.IntN(12) {
	case 0:
		by := []itsm.Actor{ann, ann, system}[rng.IntN(3)]
		return by, config.SetAttributes{Values: set, Since: since, Until: until, Reason: reason, Change: change}
	case 1:
		return ann, config.Describe{Name: name, Since: since, Until: until, Reason: reason, Change: change}
	case 2:
		c := config.Reclassify{Class: "server", Values: values{"serial_number": word("S-1")}, Change: change, Since: since, Reason: reason}
		if isServer {
			c.Class, c.Values = "virtual machine", values{"serial_number": {}, "firmware": {}}
		}
		if rng.IntN(2) == 0 {
			c.Values["hostname"] = v()
		}
		return ann, c
	}
	set["name"] = word(name)
	seen := w.Now().Add(-time.Duration(rng.IntN(2)*rng.IntN(80)) * hour)
	return probe, config.Observe{Source: string(rune('a' + rng.IntN(5))), Seen: seen, Values: set}
}

// TestPrecedenceUnderOtherPoliciesAndClasses: when the class changes, or the policy after
// events were recorded, facts and record tell of the same, events give the record again
// (which every walk asks), and the looks make sense.
func TestPrecedenceUnderOtherPoliciesAndClasses(t *testing.T) {
	done := make(map[string]int)
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 91))
		w := itsmtest.New(t, lifecycle(t, somePolicy(rng)))
		w.Do(ann, server())
		w.Wait(100 * hour)
		for range 60 {
			w.Wait(time.Duration(1+rng.IntN(20)) * hour)
			if rng.IntN(12) == 0 {
				w = w.On(lifecycle(t, somePolicy(rng)))
				continue
			}
			by, c := someWord(rng, w)
			e, err := w.Fire(c, w.Stamp(by))
			if err != nil {
				require.True(t, typed(err), "%v", err)
				continue
			}
			done[e.Name]++
			requireSense(t, fmt.Sprintf("seed %d, %+v", seed, e.Command), w)
		}
	}
	for _, name := range []string{"observe", "set attributes", "describe", "reclassify"} {
		require.Greater(t, done[name], 50, "%v", done)
	}
}

// requireSense holds looks and facts against what the record says.
func requireSense(t *testing.T, where string, w *walk) {
	t.Helper()
	var facts []config.Fact
	for _, e := range w.Events() {
		facts = append(facts, config.FactsOf(e)...)
	}
	compare(t, where, w, facts)
	ci := w.Record()
	for _, name := range []string{"hostname", "firmware", "name"} {
		var newest config.Look
		var sources []string
		for i, l := range ci.Looks[name] {
			require.NotContains(t, sources, l.Source, where)
			sources = append(sources, l.Source)
			require.False(t, l.First.After(l.Seen), where)
			switch differs := !l.Value.Equal(ci.Value(name)); {
			case i == 0:
				require.False(t, differs, where)
			case differs && l.Seen.After(newest.Seen):
				newest = l
			}
		}
		want := newest.Value
		if newest.Source != "" && want.IsZero() {
			want = config.Absent()
		}
		said, _ := believed(facts, "outranked:"+name, w.Now())
		require.True(t, want.Equal(said), "%s: of %s %q is outranked, and its facts say %q", where, name, want, said)
		require.Equal(t, newest.Source != "", slices.Contains(ci.Outranked(), name), where)
	}
}
