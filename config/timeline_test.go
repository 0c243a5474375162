package config_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// at is an hour after the Monday on which the tests begin.
func at(hours int) time.Time { return monday.Add(time.Duration(hours) * hour) }

func asOf(valid, recorded int) config.AsOf {
	return config.AsOf{Valid: at(valid), Recorded: at(recorded)}
}

// said is a fact about a CI, so many hours after the beginning; until -1 is open.
func said(ci byte, attribute string, v itsm.Value, from, until, recorded int) config.Fact {
	f := config.Fact{Subject: id(ci), Attribute: attribute, Value: v, From: at(from), Recorded: at(recorded), By: "ann", Source: "ann"}
	if until >= 0 {
		f.Until = at(until)
	}
	return f
}

func timeline(t testing.TB, cis ...config.Fact) *config.Timeline {
	t.Helper()
	tl, err := config.NewTimeline(slices.Values(cis), nil, nil)
	require.NoError(t, err)
	return tl
}

func TestTimelineRules(t *testing.T) {
	tl := timeline(t,
		said(1, "memory", number(64), 10, -1, 10),
		said(1, "memory", number(128), 20, -1, 20),
		said(1, "memory", number(96), 12, -1, 30),     // corrects all that comes after
		said(1, "memory", number(32), 14, 16, 40),     // corrects a time that is over
		said(1, "memory", number(48), 15, 16, 50),     // corrects the correction
		said(1, "memory", itsm.Value{}, 13, 14, 60),   // had none for an hour
		said(1, "memory", number(1), 25, 26, 70),      // two at once:
		said(1, "memory", number(2), 25, 26, 70),      // the one given last
		said(1, "memory", number(1000), 200, -1, 100)) // of the future
	for _, row := range []struct {
		valid, recorded int
		want            itsm.Value
	}{
		{9, 300, itsm.Value{}}, {10, 9, itsm.Value{}}, {10, 10, number(64)}, {300, 10, number(64)},
		{19, 20, number(64)}, {20, 19, number(64)}, {20, 20, number(128)},
		{20, 29, number(128)}, {20, 30, number(96)}, {11, 30, number(64)}, {12, 30, number(96)},
		{14, 39, number(96)}, {13, 40, number(96)}, {14, 40, number(32)}, {15, 40, number(32)}, {16, 40, number(96)},
		{15, 50, number(48)}, {14, 50, number(32)}, {16, 50, number(96)},
		{13, 59, number(96)}, {13, 60, itsm.Value{}}, {14, 60, number(32)},
		{25, 69, number(96)}, {25, 70, number(2)}, {26, 70, number(96)},
		{199, 100, number(96)}, {200, 99, number(96)}, {200, 100, number(1000)},
	} {
		require.Equal(t, row.want, tl.Value(id(1), "memory", asOf(row.valid, row.recorded)), "%+v", row)
	}
	require.Equal(t, number(96), tl.Value(id(1), "memory", config.AsOf{Recorded: at(99)}))
	require.Equal(t, number(1000), tl.Value(id(1), "memory", config.AsOf{}))
	require.Equal(t, number(32), tl.Value(id(1), "memory", config.AsOf{Valid: at(14)}))
	far := time.Date(300000, 1, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, number(1000), tl.Value(id(1), "memory", config.AsOf{Valid: far, Recorded: far}))
	require.True(t, tl.Value(id(1), "memory", config.AsOf{Valid: time.Date(-300000, 1, 1, 0, 0, 0, 0, time.UTC)}).IsZero())
	require.Equal(t, number(64), tl.Value(id(1), "memory", config.AsOf{Valid: at(10).Add(time.Nanosecond), Recorded: at(11)}))
	require.True(t, tl.Value(id(1), "memory", config.AsOf{Valid: at(10).Add(-time.Nanosecond), Recorded: at(11)}).IsZero())
	require.True(t, tl.Value(id(2), "memory", config.AsOf{}).IsZero())
	_, known := tl.At(id(1), config.AsOf{})
	require.False(t, known, "it has no state")
}

func TestAsOfInWords(t *testing.T) {
	for want, point := range map[string]config.AsOf{
		"in the end, by all that is recorded":                                             {},
		"in the end, by what was recorded until 2026-03-02T01:00:00Z":                     {Recorded: at(1)},
		"at 2026-03-02T02:00:00Z, by all that is recorded":                                {Valid: at(2)},
		"at 2026-03-02T02:00:00Z, by what was recorded until 2026-03-02T01:00:00.000001Z": {Valid: at(2), Recorded: at(1).Add(1001)},
	} {
		require.Equal(t, want, point.String())
	}
}

func TestTimelineOfNothing(t *testing.T) {
	for _, tl := range []*config.Timeline{nil, {}, timeline(t)} {
		require.Zero(t, tl.Len())
		v, known := tl.At(id(1), config.AsOf{})
		require.False(t, known)
		require.Empty(t, factsOf(v.Beliefs()))
		require.Empty(t, v.Needs())
		require.Equal(t, uuid.Nil, v.ID())
		require.Empty(t, slices.Collect(tl.CIs(config.AsOf{})))
		require.Empty(t, slices.Collect(tl.Relations(config.AsOf{})))
		require.Empty(t, tl.Blame(id(1), "memory", config.AsOf{}))
		require.Empty(t, tl.About(id(1)))
		require.Empty(t, tl.Under(change, config.AsOf{}))
		require.Empty(t, tl.Instants(id(1), time.Time{}))
		cis, relations := tl.Facts()
		require.Empty(t, slices.Collect(cis))
		require.Empty(t, slices.Collect(relations))
		d, err := tl.Diff(config.AsOf{}, asOf(1, 1), config.Scope{})
		require.NoError(t, err)
		require.True(t, d.IsZero())
		_, known = tl.RelationAt(id(1), config.AsOf{})
		require.False(t, known)
		require.True(t, tl.Value(id(1), "memory", config.AsOf{}).IsZero())
		b, err := tl.Baseline("nothing", config.Scope{IDs: []uuid.UUID{id(1)}}, asOf(1, 1))
		require.NoError(t, err)
		require.Empty(t, b.CIs)
		list, err := tl.Drift(config.DriftQuestion{Baseline: b})
		require.NoError(t, err)
		require.Empty(t, list)
		g, err := tl.Graph(config.DefaultModel(), config.AsOf{}, nil)
		require.NoError(t, err)
		require.Zero(t, g.Nodes())
		more, err := tl.With(slices.Values([]config.Fact{said(1, "state", state(config.Live), 1, -1, 1)}), nil)
		require.NoError(t, err)
		require.Equal(t, 1, more.Len())
	}
	require.Zero(t, config.CIView{}.Name())
	require.Zero(t, config.CIView{}.Phase())
	require.False(t, config.RelationView{}.Present())
	var b config.Belief
	require.Equal(t, []any{"", itsm.Value{}, "", itsm.Ref{}, config.Fact{}}, []any{b.Attribute(), b.Value(), b.Source(), b.Change(), b.Fact()})
}

func TestTimelineRefusesWhatIsNoFact(t *testing.T) {
	good := said(1, "memory", number(64), 10, 12, 10)
	far := time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		field string
		spoil func(*config.Fact)
	}{
		{"subject", func(f *config.Fact) { f.Subject = uuid.Nil }},
		{"attribute", func(f *config.Fact) { f.Attribute = "" }},
		{"attribute", func(f *config.Fact) { f.Attribute = "\xff" }},
		{"value", func(f *config.Fact) { f.Value = word("\xff") }},
		{"value", func(f *config.Fact) { f.Value = itsm.NumberValue(decimal.New(1, -61)) }},
		{"from", func(f *config.Fact) { f.From = time.Time{} }},
		{"recorded", func(f *config.Fact) { f.Recorded = time.Time{} }},
		{"until", func(f *config.Fact) { f.Until = f.From.Add(time.Nanosecond) }}, // times are kept to the microsecond
		{"until", func(f *config.Fact) { f.Until = far }},
	} {
		field, bad := c.field, good
		c.spoil(&bad)
		tl := timeline(t, good)
		next, err := tl.With(slices.Values([]config.Fact{good, bad}), nil)
		require.Nil(t, next)
		itsmtest.RequireField(t, err, "cis[1]."+field)
		_, err = tl.With(nil, slices.Values([]config.Fact{bad}))
		itsmtest.RequireField(t, err, "relations[0]."+field)
		require.Equal(t, 1, tl.Len())
	}
}

// TestTimelineIsShared: what was asked once is answered alike for ever, whatever is
// added to other timelines that come of the same one, at the same time.
func TestTimelineIsShared(t *testing.T) {
	s := newStory(7)
	for range 300 {
		s.edit()
	}
	base, err := config.NewTimeline(slices.Values(s.cis[:100]), slices.Values(s.relations[:50]), nil)
	require.NoError(t, err)
	points := make([]config.AsOf, 20)
	for i := range points {
		points[i] = config.AsOf{Valid: s.then(), Recorded: s.then()}
	}
	for n := range 4 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(uint64(n), 1))
			next, cis, relations := base, slices.Clone(s.cis[:100]), s.relations[:50]
			for range 40 {
				f := s.cis[100+rng.IntN(len(s.cis)-100)]
				cis = append(cis, f)
				var err error
				next, err = next.With(slices.Values([]config.Fact{f}), nil)
				require.NoError(t, err)
			}
			for _, at := range points {
				requirePicture(t, base, at, pictureOf(inOrder(s.cis[:100]), at), pictureOf(relations, at))
				requirePicture(t, next, at, pictureOf(inOrder(cis), at), pictureOf(relations, at))
			}
		})
	}
}

// inOrder is the facts in the order they were recorded, as the naive pictures take
// them.
func inOrder(facts []config.Fact) []config.Fact {
	return slices.SortedStableFunc(slices.Values(facts), func(a, b config.Fact) int { return a.Recorded.Compare(b.Recorded) })
}

// TestTimelineOfManyCIs fills many pages, in many orders.
func TestTimelineOfManyCIs(t *testing.T) {
	const n = 5000
	for name, order := range map[string]func(i int) int{
		"ascending":  func(i int) int { return i },
		"descending": func(i int) int { return n - 1 - i },
		"scattered":  func(i int) int { return i * 1237 % n },
	} {
		t.Run(name, func(t *testing.T) {
			tl := new(config.Timeline)
			for from := 0; from < n; {
				size := min(1+from%700, n-from)
				var facts []config.Fact
				for i := from; i < from+size; i++ {
					f := said(1, "state", state(config.Live), 1, -1, 1)
					f.Subject = wideID(order(i))
					facts = append(facts, f)
				}
				var err error
				tl, err = tl.With(slices.Values(facts), nil)
				require.NoError(t, err)
				from += size
			}
			next := 0
			for v := range tl.CIs(asOf(1, 1)) {
				require.Equal(t, wideID(next), v.ID())
				next++
			}
			require.Equal(t, n, next)
			for i := range n {
				_, known := tl.At(wideID(i), asOf(1, 1))
				require.True(t, known)
			}
			_, known := tl.At(wideID(n), asOf(1, 1))
			require.False(t, known)
		})
	}
}

// TestTimelineOfALongHistory: of a hundred thousand values of one attribute each is
// found, and what is of one hour only among them.
func TestTimelineOfALongHistory(t *testing.T) {
	const n = 100_000
	var facts []config.Fact
	for i := range n {
		facts = append(facts, said(1, "data_size", number(int64(i)), i, -1, i))
	}
	tl := timeline(t, facts...)
	tl, err := tl.With(slices.Values([]config.Fact{said(1, "data_size", number(-1), 500, 501, n/2), said(1, "data_size", number(-2), 500, 502, n/2+1)}), nil)
	require.NoError(t, err)
	for i := 0; i < n; i += 7 {
		require.Equal(t, number(int64(i)), tl.Value(id(1), "data_size", asOf(i, i)))
		require.Equal(t, number(int64(i)), tl.Value(id(1), "data_size", asOf(n, i)))
		if i < 500 || i > 501 {
			require.Equal(t, number(int64(i)), tl.Value(id(1), "data_size", asOf(i, n)))
		}
	}
	require.Equal(t, number(500), tl.Value(id(1), "data_size", asOf(500, n/2-1)))
	require.Equal(t, number(-1), tl.Value(id(1), "data_size", asOf(500, n/2)))
	require.Equal(t, number(-2), tl.Value(id(1), "data_size", asOf(500, n/2+1)))
	require.Equal(t, number(501), tl.Value(id(1), "data_size", asOf(501, n/2)))

	late := slices.Values([]config.Fact{said(1, "data_size", number(-3), 0, 1, 0)})
	told, err := tl.With(late, nil)
	require.NoError(t, err)
	require.Equal(t, number(-3), told.Value(id(1), "data_size", asOf(0, 0)), "given last of those recorded then")
	require.Equal(t, number(0), tl.Value(id(1), "data_size", asOf(0, 0)), "the other knows as much as before")
	require.Equal(t, n+3, len(told.Blame(id(1), "data_size", config.AsOf{})))
	require.Less(t, testing.AllocsPerRun(10, func() { _, _ = tl.With(late, nil) }), 100.0, "nothing recorded later is copied")
}

// TestTimelineGivesEveryRecordThatWas leads CIs through random commands and keeps a
// copy of the record after each. The timeline of their events gives every copy again.
func TestTimelineGivesEveryRecordThatWas(t *testing.T) {
	lc := lifecycle(t, nil)
	names := append(config.OwnAttributes(), config.DefaultModel().AttributeNames()...)
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 21))
		w := itsmtest.New(t, lc)
		w.Do(ann, server())
		records := []config.CI{*w.Record()}
		for range 60 {
			w.Wait(time.Duration(1+rng.IntN(50)) * hour)
			by, cmd := someCommand(rng, w)
			if _, err := w.Fire(cmd, w.Stamp(by)); err == nil {
				records = append(records, *w.Record())
			}
		}
		tl := new(config.Timeline)
		for _, e := range w.Events() {
			var err error
			tl, err = tl.With(slices.Values(config.FactsOf(e)), nil)
			require.NoError(t, err)
		}
		require.Greater(t, len(records), 20)
		for i, ci := range records {
			recorded := w.Events()[i].Stamp.At
			at := config.AsOf{Valid: recorded, Recorded: recorded}
			v, known := tl.At(ci.ID, at)
			require.True(t, known)
			require.Equal(t, []any{ci.State, ci.Name, ci.Class}, []any{v.State(), v.Name(), v.Class()})
			require.Equal(t, len(ci.Needs), len(v.Needs()))
			for _, name := range names {
				require.True(t, ci.Value(name).Equal(v.Value(name)), "seed %d, after event %d: %s", seed, i, name)
			}
			for b := range v.Beliefs() {
				if a, is := ci.Attributes[b.Attribute()]; is && a.Since.Equal(b.Fact().From) {
					require.Equal(t, []any{a.Source, a.Change}, []any{b.Source(), b.Change()}, "seed %d, after event %d: %s", seed, i, b.Attribute())
				}
			}
		}
	}
}

func TestR34_AFactOfThePastKeepsReasonAndWhatItReplaced(t *testing.T) {
	w := registered(t, nil)
	registered := w.Now().Add(-hour)
	w.Wait(10 * day)
	w.Do(ann, config.SetAttributes{Values: values{"memory": number(128)}, Change: change, Since: registered.Add(day), Reason: "The upgrade was forgotten."})
	w.Wait(day)
	w.Do(ann, config.SetAttributes{
		Values: values{"memory": number(96)}, Change: change, Since: registered.Add(2 * day), Until: registered.Add(3 * day), Reason: "One bank was broken.",
	})
	var facts []config.Fact
	for _, e := range w.Events() {
		facts = append(facts, config.FactsOf(e)...)
	}
	ci := w.Record().ID
	tl := timeline(t, facts...)
	list := tl.Blame(ci, "memory", config.AsOf{Valid: registered.Add(2 * day)})
	var told []string
	for _, b := range list {
		told = append(told, fmt.Sprintf("%s was %s: %s %t", b.Value, b.Replaced.Value, b.Reason, b.InForce))
		require.Equal(t, "ann", b.By)
		require.Equal(t, change, b.Change)
	}
	require.Equal(t, []string{"64 was :  false", "128 was 64: The upgrade was forgotten. false", "96 was 128: One bank was broken. true"}, told)
	require.Equal(t, w.Now(), list[2].Recorded)

	then := config.AsOf{Valid: registered.Add(2 * day), Recorded: registered.Add(5 * day)}
	require.Equal(t, number(64), tl.Value(ci, "memory", then), "what was believed then stays")
	require.Len(t, tl.Blame(ci, "memory", then), 1)
	require.True(t, tl.Blame(ci, "memory", then)[0].InForce)
	require.Equal(t, `* memory: "96" until 2026-03-05T09:00:00Z, was "128"; since 2026-03-04T09:00:00Z, recorded 2026-03-13T10:00:00Z by ann under change:CHG1: "One bank was broken."`,
		list[2].String())
}

// Which attributes a CI has is kept once for many; a name with what parts the names
// there is still another.
func TestTimelineKeepsNamesApart(t *testing.T) {
	one, other := wideID(1), wideID(2)
	f := config.Fact{From: monday, Recorded: monday, By: "ann", Value: number(1)}
	var list []config.Fact
	for _, of := range []struct {
		ci   uuid.UUID
		name string
	}{{one, "a"}, {one, "b"}, {other, "a\x00b"}} {
		f.Subject, f.Attribute = of.ci, of.name
		list = append(list, f)
	}
	tl, err := config.NewTimeline(slices.Values(list), nil, nil)
	require.NoError(t, err)
	require.Equal(t, number(1), tl.Value(one, "b", config.AsOf{}))
	require.True(t, tl.Value(one, "a\x00b", config.AsOf{}).IsZero())
	require.Equal(t, number(1), tl.Value(other, "a\x00b", config.AsOf{}))
	require.True(t, tl.Value(other, "a", config.AsOf{}).IsZero())
}
