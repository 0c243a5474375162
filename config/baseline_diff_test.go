package config_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// told are the items of a baseline as facts of an hour, after those of another.
func told(was, is []config.Item, hour int) []config.Fact {
	var facts []config.Fact
	say := func(i config.Item, name string, v itsm.Value) {
		facts = append(facts, config.Fact{Subject: i.ID, Attribute: name, Value: v, From: at(hour), Recorded: at(hour)})
	}
	for _, i := range was {
		for name := range i.Values {
			say(i, name, itsm.Value{})
		}
	}
	for _, i := range is {
		for name, v := range i.Values {
			say(i, name, v)
		}
	}
	return facts
}

// withoutOrigins is a diff as it would be if nobody had said anything.
func withoutOrigins(d *config.Diff, from, to config.AsOf) *config.Diff {
	d.From, d.To = from, to
	for i := range d.CIs {
		d.CIs[i].Origin = config.Origin{}
		for n := range d.CIs[i].Attributes {
			d.CIs[i].Attributes[n].Origin = config.Origin{}
		}
	}
	for i := range d.Relations {
		d.Relations[i].Origin = config.Origin{}
		for n := range d.Relations[i].Attributes {
			d.Relations[i].Attributes[n].Origin = config.Origin{}
		}
	}
	return d
}

// TestBaselineDiffNaive: the diff of two baselines is that of a timeline in which the
// one was so first, and then the other.
func TestBaselineDiffNaive(t *testing.T) {
	steps := make(map[string]int)
	for seed := range uint64(60) {
		s := newStory(seed)
		for range 300 {
			s.edit()
		}
		tl, err := config.NewTimeline(slices.Values(s.cis), slices.Values(s.relations), nil)
		require.NoError(t, err)
		kept := func(point config.AsOf) *config.Baseline {
			b, err := tl.Baseline("b", config.Scope{}, point)
			require.NoError(t, err)
			data, err := json.Marshal(b)
			require.NoError(t, err)
			b, err = config.ParseBaseline(data)
			require.NoError(t, err)
			return b
		}
		for range 10 {
			first, second := s.now.Add(-time.Duration(s.rng.IntN(80))*hour), s.now.Add(-time.Duration(s.rng.IntN(40))*hour)
			a, b := kept(config.AsOf{Valid: first, Recorded: first}), kept(config.AsOf{Valid: second, Recorded: s.now})
			both, err := config.NewTimeline(slices.Values(told(nil, a.CIs, 0)), slices.Values(told(nil, a.Relations, 0)), nil)
			require.NoError(t, err)
			both, err = both.With(slices.Values(told(a.CIs, b.CIs, 1)), slices.Values(told(a.Relations, b.Relations, 1)))
			require.NoError(t, err)
			want, err := both.Diff(asOf(0, 0), asOf(1, 1), config.Scope{})
			require.NoError(t, err)
			d := a.Diff(b)
			require.Equal(t, withoutOrigins(want, a.At, b.At), d, "seed %d", seed)
			require.Equal(t, a.Digest() == b.Digest(), d.IsZero())
			for _, line := range linesOf(d) {
				steps[strings.Join(strings.Fields(line)[:2], " ")]++
			}
			slices.Reverse(a.CIs)
			slices.Reverse(b.Relations)
			require.Equal(t, d, a.Diff(b), "in whatever order")
			require.True(t, a.Diff(a).IsZero())
		}
	}
	for _, step := range []string{"ci added", "ci removed", "ci changed", "relation added", "relation removed", "relation changed", "relation rewired"} {
		require.Greater(t, steps[step], 20, "%v", steps)
	}
}

func TestBaselineDiffOfNothing(t *testing.T) {
	var none *config.Baseline
	require.True(t, none.Diff(nil).IsZero())
	b := sampleBaseline(t)
	for step, d := range map[config.Step]*config.Diff{config.Added: none.Diff(b), config.Removed: b.Diff(nil)} {
		require.Len(t, d.CIs, 2)
		require.Equal(t, step, d.CIs[0].Step)
		require.Equal(t, step, d.Relations[0].Step)
	}
	require.Equal(t, fmt.Sprintf("removed %q () %s\n", "web-1", id(1)), strings.SplitAfter(b.Diff(nil).String(), "\n")[0])
	b.CIs[0].Values = nil // by hand
	require.NotPanics(t, func() { b.Diff(sampleBaseline(t)) })
}

// TestBaselineDiffAsksNoPhase: what a host took into a baseline is there, whatever its
// state is called.
func TestBaselineDiffAsksNoPhase(t *testing.T) {
	item := func(s itsm.State) *config.Baseline {
		return &config.Baseline{CIs: []config.Item{{ID: id(1), Values: values{"state": state(s)}}}}
	}
	d := item(config.Live).Diff(item(config.Disposed))
	require.Equal(t, config.Changed, d.CIs[0].Step)
}
