package config_test

import (
	"cmp"
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

// sighting is one look, kept for ever.
type sighting struct {
	source string
	seen   time.Time
	value  itsm.Value
}

// sources rank as the policy lists them; what they saw is forgotten when somebody says
// what is so, which is then all that counts.
type sources struct {
	listed []string
	yields time.Duration // zero: never
	said   time.Time     // what was seen before says nothing, whenever it is reported
	looks  []sighting
}

func (s *sources) rank(l sighting) int {
	if i := slices.Index(s.listed, l.source); i >= 0 {
		return i
	}
	return len(s.listed)
}

// believed is what the highest saw last, of those that looked within the time that
// anything counts before the newest look of all; of the equal, the newest.
func (s *sources) believed() itsm.Value {
	var newest time.Time
	for _, l := range s.looks {
		if l.seen.After(newest) {
			newest = l.seen
		}
	}
	var counts []sighting
	for _, l := range s.looks {
		if s.yields == 0 || newest.Sub(l.seen) < s.yields {
			counts = append(counts, l)
		}
	}
	if len(counts) == 0 {
		return itsm.Value{}
	}
	slices.Reverse(counts) // of two at the same time, the one reported last
	slices.SortStableFunc(counts, func(a, b sighting) int {
		return cmp.Or(cmp.Compare(s.rank(a), s.rank(b)), b.seen.Compare(a.seen))
	})
	return counts[0].value
}

func rows(listed []string, yields time.Duration) []config.Precedence {
	if len(listed) == 0 {
		return nil
	}
	return []config.Precedence{{Class: "computer", Attributes: []string{"firmware"}, Sources: listed, Yields: itsm.Wait{Time: yields}}}
}

// TestPrecedenceAgainstNaive: whatever is seen and said in whatever order, the value is
// what all looks since somebody last spoke come to, and the facts and the looks that are
// kept tell of the same.
func TestPrecedenceAgainstNaive(t *testing.T) {
	done := make(map[string]int)
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 77))
		s := &sources{yields: []time.Duration{0, 50 * hour, 200 * hour}[rng.IntN(3)]}
		all := []string{"a", "b", "c", config.ByHand}
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		s.listed = all[:rng.IntN(5)]
		if len(s.listed) == 0 {
			s.yields = 0
		}
		policy := ranking(rows(s.listed, s.yields)...)
		w := itsmtest.New(t, lifecycle(t, policy))
		c := server()
		c.Attributes["firmware"] = word("0")
		w.Do(ann, c)
		s.looks = []sighting{{spokenBy(s.listed, word("0")), w.Now(), word("0")}}
		began := w.Now()
		w.Wait(300 * hour)
		for range 40 {
			w.Wait(time.Duration(1+rng.IntN(20)) * hour)
			where := fmt.Sprintf("seed %d, %v, %v", seed, s.listed, s.yields)
			v := []itsm.Value{word("1"), word("2"), word("3"), {}}[rng.IntN(4)]
			if rng.IntN(12) == 0 {
				w.Do(ann, config.SetAttributes{Values: values{"firmware": v}})
				s.looks, s.said = []sighting{{spokenBy(s.listed, v), w.Now(), v}}, w.Now()
				done["said"]++
			} else {
				seen := w.Now().Add(-time.Duration(rng.IntN(3)*rng.IntN(100)) * hour)
				if seen.Before(began) {
					seen = began
				}
				from := []string{"a", "b", "c", "d", "e"}[rng.IntN(5)]
				e := w.Do(probe, config.Observe{Source: from, Seen: seen, Values: values{"firmware": v}})
				if !seen.Before(s.said) {
					s.looks = append(s.looks, sighting{from, seen, v})
				}
				count(done, e.Command.(config.Observe))
			}
			requireLooks(t, where, w.Record(), s)
		}
		var facts []config.Fact
		for _, e := range w.Events() {
			facts = append(facts, config.FactsOf(e)...)
		}
		compare(t, fmt.Sprintf("seed %d", seed), w, facts)
		said, _ := believed(facts, "outranked:firmware", w.Now())
		require.Equal(t, !said.IsZero(), len(w.Record().Outranked()) > 0, "seed %d", seed)
	}
	require.Positive(t, done["yielded"])
	for _, what := range []string{"said", "stale", "ranked", "outranked", "agreed"} {
		require.Greater(t, done[what], 20, "%s: %v", what, done)
	}
}

// spokenBy is the source of what somebody says: what he takes away is left to others.
func spokenBy(listed []string, v itsm.Value) string {
	if slices.Contains(listed, config.ByHand) && !v.IsZero() {
		return config.ByHand
	}
	return "ann"
}

func count(done map[string]int, o config.Observe) {
	for what, is := range map[string]int{
		"stale": len(o.Stale), "ranked": len(o.Ranked), "outranked": len(o.Outranked), "agreed": len(o.Agreed), "yielded": len(o.Yielded),
	} {
		done[what] += is
	}
}

// requireLooks holds the record against all looks there were.
func requireLooks(t *testing.T, where string, ci *config.CI, s *sources) {
	t.Helper()
	require.Equal(t, s.believed(), ci.Value("firmware"), where)
	looks := ci.Looks["firmware"]
	if len(looks) == 0 {
		return
	}
	a, _ := ci.Assertion("firmware")
	require.Equal(t, a.Value, looks[0].Value, where)
	require.LessOrEqual(t, len(looks), len(s.listed)+1, where)
	for i, l := range looks {
		require.False(t, l.Seen.Before(l.First), where)
		require.Contains(t, s.looks, sighting{l.Source, l.Seen, l.Value}, where)
		if i > 0 {
			require.Less(t, s.rank(sighting{looks[i-1].Source, time.Time{}, looks[i-1].Value}), s.rank(sighting{l.Source, time.Time{}, l.Value}), where)
		}
		if !l.Value.Equal(a.Value) && l.Seen.Before(looks[0].Seen) {
			require.False(t, l.Seen.Before(a.Since), "%s: it differs of a time of which the other is believed", where)
		}
	}
}

// TestPrecedenceDoesNotHangOnTheOrderOfReports: whenever looks are reported, and whatever
// somebody says meanwhile, those at different times come to the same value.
func TestPrecedenceDoesNotHangOnTheOrderOfReports(t *testing.T) {
	type step struct {
		at time.Time // when it is reported
		by itsm.Actor
		c  itsm.Command[config.CI]
	}
	for seed := range uint64(600) {
		rng := rand.New(rand.NewPCG(seed, 78))
		listed := []string{"a", "b", "c", config.ByHand}
		rng.Shuffle(len(listed), func(i, j int) { listed[i], listed[j] = listed[j], listed[i] })
		lc := lifecycle(t, ranking(rows(listed[:1+rng.IntN(4)], []time.Duration{0, 40 * hour, 100 * hour}[rng.IntN(3)])...))
		began := noon
		var steps []step
		for range 3 + rng.IntN(8) {
			at := began.Add(time.Duration(1+len(steps)*15) * hour)
			v := []itsm.Value{word("1"), word("2"), word("3"), {}}[rng.IntN(4)]
			one := step{at, probe, config.Observe{Source: string(rune('a' + rng.IntN(5))), Seen: at, Values: values{"firmware": v}}}
			if rng.IntN(5) == 0 {
				one.by, one.c = []itsm.Actor{ann, ann, system}[rng.IntN(3)], config.SetAttributes{Values: values{"firmware": v}}
			}
			steps = append(steps, one)
		}
		var want itsm.Value
		for try := range 8 {
			late := slices.Clone(steps)
			for i := range late {
				if _, looks := late[i].c.(config.Observe); looks && try > 0 {
					late[i].at = late[i].at.Add(time.Duration(rng.IntN(len(steps)*15*60))*time.Minute + time.Duration(i)*time.Second)
				}
			}
			slices.SortFunc(late, func(a, b step) int { return a.at.Compare(b.at) })
			ci := config.CI{Header: itsm.Header{ID: id(1), Number: "CI1"}}
			for _, one := range append([]step{{began, ann, server()}}, late...) {
				_, err := lc.Fire(&ci, one.c, itsm.Stamp{At: one.at, By: one.by})
				require.NoError(t, err)
			}
			if try == 0 {
				want = ci.Value("firmware")
			}
			require.Equal(t, want, ci.Value("firmware"), "seed %d, %v", seed, listed)
		}
	}
}

// TestWithoutPrecedenceTheNewestLookCounts: what a CI is and what its events say is as
// it was before there were precedences: held against how that was written down.
func TestWithoutPrecedenceTheNewestLookCounts(t *testing.T) {
	for _, policy := range []*config.Policy{nil, ranking(config.Precedence{Class: "location", Sources: []string{"a"}})} {
		for seed := range uint64(20) {
			rng := rand.New(rand.NewPCG(seed, 79))
			w := registered(t, policy)
			for range 30 {
				w.Wait(time.Duration(1+rng.IntN(20)) * hour)
				v := []itsm.Value{word("1"), word("2"), {}}[rng.IntN(3)]
				was, has := w.Record().Assertion("firmware")
				if rng.IntN(6) == 0 {
					w.Do(ann, config.SetAttributes{Values: values{"firmware": v}})
					require.Empty(t, w.Record().Looks)
					continue
				}
				seen := w.Now().Add(-time.Duration(rng.IntN(2)*rng.IntN(100)) * hour)
				from := string(rune('a' + rng.IntN(3)))
				want, given := was, config.Observe{Values: values{"firmware": v}, Source: from, Seen: seen}
				e := w.Do(probe, given)
				switch {
				case seen.Before(was.Seen):
					given.Stale = []string{"firmware"}
				default:
					if !v.Equal(was.Value) {
						given.Changed = []config.Replaced{{Attribute: "firmware", Value: was.Value, Since: was.Since}}
					}
					if !has || !v.Equal(was.Value) {
						want = config.Assertion{Value: v, Since: seen, Source: from}
					}
					want.Seen = seen
				}
				require.Equal(t, given, e.Command, "seed %d", seed)
				is, _ := w.Record().Assertion("firmware")
				require.Equal(t, want, is, "seed %d", seed)
				require.Empty(t, w.Record().Looks)
			}
		}
	}
}
