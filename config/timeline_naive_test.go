package config_test

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// story is a random history of edits, as facts in the order in which they were
// recorded: of the present, of the past, corrections of corrections, relations that
// move. Times are whole hours, so that many meet.
type story struct {
	rng            *rand.Rand
	now            time.Time
	few            bool // of one CI and two attributes, of which much is said
	cis, relations []config.Fact
}

const (
	storyCIs       = 6
	storyRelations = 6
)

func newStory(seed uint64) *story {
	return &story{rng: rand.New(rand.NewPCG(seed, 5)), now: monday}
}

// then is an instant between a while before the story and now.
func (s *story) then() time.Time {
	hours := int(s.now.Sub(monday)/hour) + 20
	return s.now.Add(-time.Duration(s.rng.IntN(hours)) * hour)
}

func (s *story) pick(list ...itsm.Value) itsm.Value { return list[s.rng.IntN(len(list))] }

// edit tells something new about something.
func (s *story) edit() {
	s.now = s.now.Add(time.Duration(s.rng.IntN(3)) * hour)
	f := config.Fact{From: s.now, Recorded: s.now, By: []string{"ann", "bob"}[s.rng.IntN(2)], Source: "ann"}
	if s.rng.IntN(3) == 0 {
		f.From, f.Reason = s.then(), "Told late."
		if s.rng.IntN(2) == 0 {
			f.Until = f.From.Add(time.Duration(1+s.rng.IntN(15)) * hour)
		}
	}
	if s.rng.IntN(2) == 0 {
		f.Change = change
	}
	if s.rng.IntN(3) > 0 {
		cis, attributes := storyCIs, []string{"state", "state", "class", "name", "memory", "need:power", "drift:memory"}
		if s.few {
			cis, attributes = 1, []string{"state", "memory"}
		}
		f.Subject = id(byte(1 + s.rng.IntN(cis)))
		switch f.Attribute = attributes[s.rng.IntN(len(attributes))]; f.Attribute {
		case "state":
			f.Value = s.pick(state(config.Live), state(config.Retired), state(config.Live), state(config.Disposed), itsm.Value{})
		case "class":
			f.Value = s.pick(word("server"), word("application"))
		case "name":
			f.Value = s.pick(word("a"), word("b"))
		default:
			f.Value = s.pick(number(1), number(2), itsm.Value{})
		}
		s.cis = append(s.cis, f)
		return
	}
	f.Subject = id(byte(100 + s.rng.IntN(storyRelations)))
	switch f.Attribute = []string{"state", "state", "type", "from", "to", "group", "strength"}[s.rng.IntN(7)]; f.Attribute {
	case "state":
		f.Value = s.pick(state(config.Active), state(config.Active), state(config.Proposed), state(config.Ended))
	case "type":
		f.Value = s.pick(word("runs on"), word("depends on"))
	case "from", "to":
		f.Value = ref(byte(1 + s.rng.IntN(storyCIs)))
	default:
		f.Value = s.pick(word("hard"), word("soft"), itsm.Value{})
	}
	s.relations = append(s.relations, f)
}

// picture is a full snapshot: what each has, at each hour, as believed at one time.
type picture map[uuid.UUID]map[string]config.Fact

// pictureOf is the naive timeline: facts are laid one over the other, hour by hour,
// in the order in which they were recorded.
func pictureOf(facts []config.Fact, at config.AsOf) picture {
	p := make(picture)
	for _, f := range facts {
		if f.Recorded.After(at.Recorded) || f.From.After(at.Valid) || !f.Until.IsZero() && !at.Valid.Before(f.Until) {
			continue
		}
		if p[f.Subject] == nil {
			p[f.Subject] = make(map[string]config.Fact)
		}
		p[f.Subject][f.Attribute] = f
	}
	return p
}

func (p picture) present(gone itsm.State) []uuid.UUID {
	var list []uuid.UUID
	for id, attributes := range p {
		if s := attributes["state"].Value; !s.IsZero() && s.Text() != string(gone) {
			list = append(list, id)
		}
	}
	slices.SortFunc(list, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return list
}

// requirePicture holds a timeline against a snapshot.
func requirePicture(t *testing.T, tl *config.Timeline, at config.AsOf, cis, relations picture) {
	t.Helper()
	var ids []uuid.UUID
	for v := range tl.CIs(at) {
		ids = append(ids, v.ID())
		requireFacts(t, cis[v.ID()], factsOf(v.Beliefs()), at)
		require.Equal(t, cis[v.ID()]["class"].Value.Text(), v.Class())
		require.Equal(t, cis[v.ID()]["name"].Value.Text(), v.Name())
		var needs []config.Need
		if n := cis[v.ID()]["need:power"].Value; !n.IsZero() {
			needs = []config.Need{{Group: "power", AtLeast: int(n.Number().IntPart())}}
		}
		require.Equal(t, needs, v.Needs())
	}
	require.Equal(t, cis.present(config.Disposed), ids, "%s", at)
	ids = nil
	for v := range tl.Relations(at) {
		ids = append(ids, v.ID())
		requireFacts(t, relations[v.ID()], factsOf(v.Beliefs()), at)
		require.Equal(t, relations[v.ID()]["type"].Value.Text(), v.Type())
		require.Equal(t, relations[v.ID()]["group"].Value.Text(), v.Group())
		for name, end := range map[string]uuid.UUID{"from": v.From(), "to": v.To()} {
			want := relations[v.ID()][name].Value
			require.True(t, want.IsZero() && end == uuid.Nil || want.Equal(itsm.ReferenceValue(itsm.RefTo(config.Kind, end))))
		}
	}
	require.Equal(t, relations.present(config.Ended), ids, "%s", at)
	for n := range byte(storyCIs) {
		want := cis[id(n+1)]
		v, known := tl.At(id(n+1), at)
		require.Equal(t, !want["state"].Value.IsZero(), known)
		require.Equal(t, want["state"].Value.Text(), string(v.State()))
		for _, name := range []string{"state", "memory", "drift:memory", "nothing"} {
			require.Equal(t, want[name].Value, tl.Value(id(n+1), name, at))
			f, said := v.Fact(name)
			require.Equal(t, want[name], f)
			require.Equal(t, !want[name].Recorded.IsZero(), said)
		}
	}
}

func factsOf(beliefs iter.Seq[config.Belief]) []config.Fact {
	var list []config.Fact
	for b := range beliefs {
		list = append(list, b.Fact())
	}
	return list
}

func requireFacts(t *testing.T, want map[string]config.Fact, got []config.Fact, at config.AsOf) {
	t.Helper()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !want[name].Value.IsZero() {
			names = append(names, name)
		}
	}
	require.Len(t, got, len(names), "%s", at)
	for i, name := range names {
		require.Equal(t, want[name], got[i], "%s", at)
	}
}

// TestTimelineNaive holds timelines against lists of snapshots, at random pairs of
// instants, however the facts came in.
func TestTimelineNaive(t *testing.T) {
	for seed := range uint64(30) {
		s := newStory(seed)
		s.few = seed%4 == 3
		for range 200 {
			s.edit()
		}
		for name, tl := range s.timelines(t) {
			t.Run(fmt.Sprintf("%d/%s", seed, name), func(t *testing.T) {
				require.Equal(t, 200, tl.Len())
				for range 30 {
					at := config.AsOf{Valid: s.then(), Recorded: s.then()}
					if s.rng.IntN(4) == 0 {
						at.Valid = at.Valid.Add(time.Duration(s.rng.IntN(60)) * time.Minute)
					}
					requirePicture(t, tl, at, pictureOf(s.cis, at), pictureOf(s.relations, at))
				}
				always := config.AsOf{Valid: s.now.Add(1000 * hour), Recorded: s.now}
				requirePicture(t, tl, config.AsOf{}, pictureOf(s.cis, always), pictureOf(s.relations, always))
			})
		}
	}
}

// TestBlameNaive: each assertion replaces what was believed, by all recorded before it,
// of the instant from which it holds.
func TestBlameNaive(t *testing.T) {
	for seed := range uint64(20) {
		s := newStory(seed)
		s.few = seed%4 == 3
		for range 200 {
			s.edit()
		}
		for _, tl := range s.timelines(t) {
			at := config.AsOf{Valid: s.then(), Recorded: s.then()}
			for _, name := range []string{"state", "memory"} {
				var before, told []config.Fact
				for _, f := range s.cis {
					if f.Subject == id(1) && f.Attribute == name && !f.Recorded.After(at.Recorded) {
						told = append(told, f)
					}
				}
				list := tl.Blame(id(1), name, at)
				require.Len(t, list, len(told))
				inForce := pictureOf(told, at)[id(1)][name]
				for i, f := range told {
					require.Equal(t, f, list[i].Fact)
					require.Equal(t, pictureOf(before, config.AsOf{Valid: f.From, Recorded: at.Recorded})[id(1)][name], list[i].Replaced)
					before = append(before, f)
					if list[i].InForce {
						require.Equal(t, inForce, f)
						inForce = config.Fact{}
					}
				}
				require.Zero(t, inForce)
			}
		}
	}
}

// timelines builds one timeline in several ways.
func (s *story) timelines(t *testing.T) map[string]*config.Timeline {
	t.Helper()
	whole, err := config.NewTimeline(slices.Values(s.cis), slices.Values(s.relations), nil)
	require.NoError(t, err)
	shuffled, err := config.NewTimeline(slices.Values(s.shuffled(s.cis)), slices.Values(s.shuffled(s.relations)), nil)
	require.NoError(t, err)
	single, chunks := new(config.Timeline), new(config.Timeline)
	for _, f := range s.shuffled(s.cis) {
		single, err = single.With(slices.Values([]config.Fact{f}), nil)
		require.NoError(t, err)
	}
	for _, f := range s.relations {
		single, err = single.With(nil, slices.Values([]config.Fact{f}))
		require.NoError(t, err)
	}
	cis, relations := s.shuffled(s.cis), s.shuffled(s.relations)
	for len(cis)+len(relations) > 0 {
		n, m := min(s.rng.IntN(40), len(cis)), min(s.rng.IntN(40), len(relations))
		chunks, err = chunks.With(slices.Values(cis[:n]), slices.Values(relations[:m]))
		require.NoError(t, err)
		cis, relations = cis[n:], relations[m:]
	}
	return map[string]*config.Timeline{"whole": whole, "shuffled": shuffled, "single": single, "chunks": chunks}
}

// shuffled is the facts in another order, but for those about the same that were
// recorded at the same time: among them the order says which is believed.
func (s *story) shuffled(facts []config.Fact) []config.Fact {
	type about struct {
		subject   uuid.UUID
		attribute string
		recorded  time.Time
	}
	groups := make(map[about][]config.Fact)
	order := make([]about, 0, len(facts))
	for _, f := range facts {
		a := about{f.Subject, f.Attribute, f.Recorded}
		groups[a] = append(groups[a], f)
		order = append(order, a)
	}
	s.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	list := make([]config.Fact, 0, len(facts))
	for _, a := range order {
		list = append(list, groups[a][0])
		groups[a] = groups[a][1:]
	}
	return list
}
