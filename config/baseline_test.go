package config_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// digestOf is the digest as somebody else computes it, from the words of its
// documentation.
func digestOf(b *config.Baseline) string {
	var all strings.Builder
	write := func(texts ...string) {
		for _, s := range texts {
			fmt.Fprintf(&all, "%d:%s", len(s), s)
		}
	}
	write("config baseline 1")
	for _, kind := range []string{"ci", "relation"} {
		items := make(map[string]map[string]itsm.Value)
		list := b.CIs
		if kind == "relation" {
			list = b.Relations
		}
		for _, i := range list {
			items[i.ID.String()] = i.Values
		}
		for _, id := range slices.Sorted(maps.Keys(items)) {
			write(kind, id, fmt.Sprint(len(items[id])))
			for _, name := range slices.Sorted(maps.Keys(items[id])) {
				v := items[id][name]
				write(name, string(v.Type()), v.String())
			}
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(all.String())))
}

// TestBaselineNaive holds baselines at random points against snapshots, and their
// digests against one another: facts in another order give the same one.
func TestBaselineNaive(t *testing.T) {
	relations := 0
	for seed := range uint64(40) {
		s := newStory(seed)
		for range 150 {
			s.edit()
		}
		timelines := s.timelines(t)
		byContent := make(map[string]string)
		for range 25 {
			at := config.AsOf{Valid: s.then(), Recorded: s.then()}
			ids, not := []uuid.UUID{id(1), id(2), id(3), id(5)}, "b"
			scope := config.Scope{IDs: ids, Where: func(v config.CIView) bool { return v.Name() != "b" }}
			if s.rng.IntN(3) > 0 {
				ids, not, scope = nil, "nobody", config.Scope{}
			}
			b, err := timelines["whole"].Baseline("release 7", scope, at)
			require.NoError(t, err)
			require.Equal(t, naiveItems(s, ids, not, at), [2][]config.Item{b.CIs, b.Relations}, "seed %d: %s", seed, at)
			require.Equal(t, digestOf(b), b.Digest())
			relations += len(b.Relations)
			for name, tl := range timelines {
				other, err := tl.Baseline("release 8", scope, at)
				require.NoError(t, err)
				require.Equal(t, b.Digest(), other.Digest(), name)
			}

			content := text(t, [2][]config.Item{b.CIs, b.Relations})
			if was, known := byContent[b.Digest()]; known {
				require.Equal(t, was, content)
			}
			byContent[b.Digest()] = content

			data, err := json.Marshal(b)
			require.NoError(t, err)
			back, err := config.ParseBaseline(data)
			require.NoError(t, err)
			require.Equal(t, b.Digest(), back.Digest())
			again, err := json.Marshal(back)
			require.NoError(t, err)
			require.Equal(t, string(data), string(again))
			slices.Reverse(b.CIs)
			slices.Reverse(b.Relations)
			require.Equal(t, back.Digest(), b.Digest(), "the order of the items is free")
			reversed, err := json.Marshal(b)
			require.NoError(t, err)
			back, err = config.ParseBaseline(reversed)
			require.NoError(t, err)
			require.Equal(t, b.Digest(), back.Digest())
		}
	}
	require.Greater(t, relations, 40)
}

func naiveItems(s *story, ids []uuid.UUID, not string, at config.AsOf) [2][]config.Item {
	item := func(p picture, id uuid.UUID) config.Item {
		i := config.Item{ID: id, Values: make(values)}
		for name, f := range p[id] {
			if !f.Value.IsZero() && !strings.HasPrefix(name, "drift:") {
				i.Values[name] = f.Value
			}
		}
		return i
	}
	var lists [2][]config.Item
	within := make(map[string]bool)
	cis, relations := pictureOf(s.cis, at), pictureOf(s.relations, at)
	for _, ci := range cis.present(config.Disposed) {
		if (ids == nil || slices.Contains(ids, ci)) && cis[ci]["name"].Value.Text() != not {
			lists[0] = append(lists[0], item(cis, ci))
			within["ci:"+ci.String()] = true
		}
	}
	for _, r := range relations.present(config.Ended) {
		if within[relations[r]["from"].Value.Text()] && within[relations[r]["to"].Value.Text()] {
			lists[1] = append(lists[1], item(relations, r))
		}
	}
	return lists
}

// TestOneMutationShows: whatever single thing is changed in a baseline, its digest is
// another, and what is changed in one assertion that is believed shows in the diff.
func TestOneMutationShows(t *testing.T) {
	s := newStory(3)
	for range 400 {
		s.edit()
	}
	for n := range byte(storyCIs) { // all there at the end, and one relation between two
		s.cis = append(s.cis, config.Fact{Subject: id(n + 1), Attribute: "state", Value: state(config.Live), From: s.now, Recorded: s.now})
	}
	for name, v := range map[string]itsm.Value{"state": state(config.Active), "from": ref(1), "to": ref(2)} {
		s.relations = append(s.relations, config.Fact{Subject: id(100), Attribute: name, Value: v, From: s.now, Recorded: s.now})
	}
	at := config.AsOf{Valid: s.now, Recorded: s.now}
	whole, err := config.NewTimeline(slices.Values(s.cis), slices.Values(s.relations), nil)
	require.NoError(t, err)
	b, err := whole.Baseline("b", config.Scope{}, at)
	require.NoError(t, err)
	require.NotEmpty(t, b.Relations)
	data, err := json.Marshal(b)
	require.NoError(t, err)
	seen := map[string]bool{b.Digest(): true}
	for range 2000 {
		other, err := config.ParseBaseline(data)
		require.NoError(t, err)
		s.mutate(other)
		require.False(t, seen[other.Digest()] && text(t, other) == text(t, b))
		require.NotEqual(t, b.Digest(), other.Digest())
	}

	shown := 0
	for i := range s.cis {
		if strings.HasPrefix(s.cis[i].Attribute, "drift:") || s.cis[i].Attribute == "state" {
			continue
		}
		facts := slices.Clone(s.cis)
		facts[i].Value = word("mutated")
		other, err := config.NewTimeline(slices.Values(facts), slices.Values(s.relations), nil)
		require.NoError(t, err)
		f, was := whole.At(facts[i].Subject, at)
		changed, err := other.Baseline("b", config.Scope{}, at)
		require.NoError(t, err)
		v, _ := other.At(facts[i].Subject, at)
		name := facts[i].Attribute
		believed := was && v.Present() && !f.Value(name).Equal(v.Value(name))
		require.Equal(t, believed, changed.Digest() != b.Digest(), "%+v", facts[i])
		if believed {
			shown++
		}
	}
	require.Greater(t, shown, 3)
}

// mutate changes one thing: a bit of an id, a value, a name, or an item.
func (s *story) mutate(b *config.Baseline) {
	list := &b.CIs
	if s.rng.IntN(2) == 0 {
		list = &b.Relations
	}
	n := s.rng.IntN(len(*list))
	i := &(*list)[n]
	names := slices.Sorted(maps.Keys(i.Values))
	name := names[s.rng.IntN(len(names))]
	v := i.Values[name]
	switch s.rng.IntN(7) {
	case 0:
		i.ID[s.rng.IntN(16)] ^= 1 << s.rng.IntN(8)
	case 1:
		delete(i.Values, name)
	case 2:
		i.Values[name+"x"] = v
		delete(i.Values, name)
	case 3:
		i.Values["another"] = v
	case 4:
		*list = slices.Delete(*list, n, n+1)
	case 5:
		if v.Type() == itsm.Number {
			i.Values[name] = itsm.TextValue(v.String()) // the same to read, of another type
		} else {
			i.Values[name] = itsm.NumberValue(decimal.New(1, -7))
		}
	default:
		text := []byte(v.String())
		text[s.rng.IntN(len(text))] ^= 1 << s.rng.IntN(7)
		i.Values[name] = itsm.TextValue(string(text))
	}
}

func TestBaselineOfAPoint(t *testing.T) {
	tl := timeline(t, said(1, "state", state(config.Live), 0, -1, 0))
	for field, ask := range map[string]func() error{
		"name":        func() error { _, err := tl.Baseline("", config.Scope{}, asOf(1, 1)); return err },
		"at.valid":    func() error { _, err := tl.Baseline("b", config.Scope{}, config.AsOf{Recorded: at(1)}); return err },
		"at.recorded": func() error { _, err := tl.Baseline("b", config.Scope{}, config.AsOf{Valid: at(1)}); return err },
		"scope.ids[0]": func() error {
			_, err := tl.Baseline("b", config.Scope{IDs: make([]uuid.UUID, 1)}, asOf(1, 1))
			return err
		},
	} {
		itsmtest.RequireField(t, ask(), field)
	}
	b, err := tl.Baseline("b", config.Scope{}, asOf(1, 1))
	require.NoError(t, err)
	later, err := tl.With(slices.Values([]config.Fact{said(1, "state", state(config.Retired), 1, -1, 2)}), nil)
	require.NoError(t, err)
	again, err := later.Baseline("b", config.Scope{}, asOf(1, 1))
	require.NoError(t, err)
	require.Equal(t, b, again, "what is recorded later does not change what a baseline was")
}

// sampleBaseline has a value of each type.
func sampleBaseline(t testing.TB) *config.Baseline {
	t.Helper()
	r := said(100, "state", state(config.Active), 0, -1, 0)
	relation := func(name string, v itsm.Value) config.Fact {
		f := r
		f.Attribute, f.Value = name, v
		return f
	}
	tl, err := config.NewTimeline(slices.Values([]config.Fact{
		said(1, "state", state(config.Live), 0, -1, 0), said(1, "name", word("web-1"), 0, -1, 0), said(1, "need:power", number(1), 0, -1, 0),
		said(2, "state", state(config.Live), 0, -1, 0), said(2, "n", itsm.NumberValue(decimal.New(-1250, -2)), 0, -1, 0),
		said(2, "t", itsm.TruthValue(false), 0, -1, 0), said(2, "i", in(noon), 0, -1, 0), said(2, "s", itsm.SpanValue(90*time.Minute), 0, -1, 0),
	}), slices.Values([]config.Fact{r, relation("type", word("runs on")), relation("from", ref(1)), relation("to", ref(2))}), nil)
	require.NoError(t, err)
	b, err := tl.Baseline("release 7", config.Scope{}, asOf(1, 1))
	require.NoError(t, err)
	return b
}

// TestBaselineForm pins how a baseline is written, and its digest.
func TestBaselineForm(t *testing.T) {
	const (
		one = `{"id":"00000000-0000-8000-8000-000000000001","values":{"name":"web-1","need:power":1,"state":"live"}}`
		two = `{"id":"00000000-0000-8000-8000-000000000002","values":{"i":{"instant":"2026-03-02T12:00:00.123456Z"},"n":-12.5,"s":{"span":"1h30m0s"},"state":"live","t":false}}`
		rel = `{"id":"00000000-0000-8000-8000-000000000064","values":{"from":{"reference":"ci:00000000-0000-8000-8000-000000000001"},"state":"active","to":{"reference":"ci:00000000-0000-8000-8000-000000000002"},"type":"runs on"}}`
	)
	b := sampleBaseline(t)
	require.Equal(t, goldenDigest, digestOf(b))
	require.Equal(t, `{"name":"release 7","at":{"valid":"2026-03-02T01:00:00Z","recorded":"2026-03-02T01:00:00Z"},"digest":"`+goldenDigest+
		`","cis":[`+one+`,`+two+`],"relations":[`+rel+`]}`, text(t, b))
	empty, err := timeline(t).Baseline("b", config.Scope{}, asOf(1, 1))
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("%x", sha256.Sum256([]byte("17:config baseline 1"))), empty.Digest())
	require.Contains(t, text(t, empty), `"cis":[],"relations":[]`)
}

const goldenDigest = "ae4c142bad7fc9e4d16676abb90109f3a19525eaf09590ed0f2e5a3648528815"

func TestParseBaselineIsStrict(t *testing.T) {
	good := text(t, sampleBaseline(t))
	_, err := config.ParseBaseline([]byte(good))
	require.NoError(t, err)
	for _, row := range []struct{ old, new, field string }{
		{`"name":"release 7"`, `"name":""`, "name"},
		{`"name":"release 7"`, `"title":"release 7"`, "title"},
		{`"valid":"2026-03-02T01:00:00Z",`, ``, "at.valid"},
		{`,"recorded":"2026-03-02T01:00:00Z"`, ``, "at.recorded"},
		{`"digest":"`, `"digest":"0`, "digest"},
		{`"web-1"`, `"web-2"`, "digest"},
		{`"need:power":1`, `"need:power":2`, "digest"},
		{`-12.5`, `-12.6`, "digest"},
		{`"t":false`, `"t":true`, "digest"},
		{`"name":"web-1"`, `"name":null`, "cis[0].values.name"},
		{`"name":"web-1"`, `"name":""`, "cis[0].values.name"},
		{`"name":"web-1"`, `"":"web-1"`, "cis[0].values"},
		{`"name":"web-1"`, `"name":"web-1","name":"web-1"`, "cis[0].values.name"},
		{`"name":"web-1","need:power":1,"state":"live"`, `"name":"web-1"`, "cis[0].values.state"},
		{`"state":"live","t"`, `"state":1,"t"`, "cis[1].values.state"},
		{`"id":"00000000-0000-8000-8000-000000000002"`, `"id":"00000000-0000-8000-8000-000000000001"`, "cis[1].id"},
		{`"id":"00000000-0000-8000-8000-000000000002"`, `"id":"00000000000080008000000000000002"`, "cis[1].id"},
		{`"id":"00000000-0000-8000-8000-000000000002"`, `"id":"00000000-0000-0000-0000-000000000000"`, "cis[1].id"},
		{`"to":{"reference":"ci:00000000-0000-8000-8000-000000000002"}`, `"to":{"reference":"ci:00000000-0000-8000-8000-000000000003"}`, "relations[0].values.to"},
		{`"from":{"reference":"ci:00000000-0000-8000-8000-000000000001"}`, `"from":"x"`, "relations[0].values.from"},
		{`"relations":[`, `"relations":null,"x":[`, "relations"},
	} {
		bad := strings.Replace(good, row.old, row.new, 1)
		require.NotEqual(t, good, bad, row.old)
		_, err := config.ParseBaseline([]byte(bad))
		require.Error(t, err, row.new)
		itsmtest.RequireField(t, err, row.field)
	}
}

func FuzzParseBaseline(f *testing.F) {
	f.Add([]byte(text(f, sampleBaseline(f))))
	f.Add([]byte(`{"name":"b","at":{"valid":"2026-03-02T01:00:00Z","recorded":"2026-03-02T01:00:00Z"},"digest":"","cis":[],"relations":[]}`))
	f.Add([]byte(`{"name":"b","cis":[{"id":"00000000-0000-8000-8000-000000000001","values":{"state":{"span":"1s"}}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := config.ParseBaseline(data)
		if err != nil {
			require.ErrorIs(t, err, itsm.ErrInvalid)
			return
		}
		written, err := json.Marshal(b)
		require.NoError(t, err)
		back, err := config.ParseBaseline(written)
		require.NoError(t, err)
		require.Equal(t, digestOf(b), back.Digest())
		again, err := json.Marshal(back)
		require.NoError(t, err)
		require.True(t, bytes.Equal(written, again))
	})
}
