package config_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

func bySubject(a, b config.Fact) int {
	return cmp.Or(bytes.Compare(a.Subject[:], b.Subject[:]), cmp.Compare(a.Attribute, b.Attribute))
}

// TestTimelineOfItsOwnFacts: the facts of a timeline are those it was given, in order,
// and make the same timeline again, also from JSON.
func TestTimelineOfItsOwnFacts(t *testing.T) {
	for seed := range uint64(10) {
		s := newStory(seed)
		s.few = seed%4 == 3
		for range 200 {
			s.edit()
		}
		wantCIs := slices.SortedStableFunc(slices.Values(s.cis), bySubject) // which are in the order recorded
		wantRelations := slices.SortedStableFunc(slices.Values(s.relations), bySubject)
		for name, tl := range s.timelines(t) {
			cis, relations := tl.Facts()
			require.Equal(t, wantCIs, slices.Collect(cis), name)
			require.Equal(t, wantRelations, slices.Collect(relations), name)

			var back []config.Fact
			data, err := json.Marshal(slices.Collect(cis))
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(data, &back))
			again, err := config.NewTimeline(slices.Values(back), relations, nil)
			require.NoError(t, err)
			require.Equal(t, tl.Len(), again.Len())
			for range 10 {
				at := config.AsOf{Valid: s.then(), Recorded: s.then()}
				requirePicture(t, again, at, pictureOf(s.cis, at), pictureOf(s.relations, at))
			}
			cis, relations = again.Facts()
			require.Equal(t, wantCIs, slices.Collect(cis))
			require.Equal(t, wantRelations, slices.Collect(relations))
			for range cis {
				break // may stop at once
			}
		}
	}
}

// TestTimelineAbout: all that was said of one, as it was told.
func TestTimelineAbout(t *testing.T) {
	for seed := range uint64(10) {
		s := newStory(seed)
		s.few = seed%4 == 3
		for range 200 {
			s.edit()
		}
		for _, tl := range s.timelines(t) {
			for _, told := range [][]config.Fact{s.cis, s.relations} {
				subject := told[s.rng.IntN(len(told))].Subject
				var want []config.Fact
				for _, f := range told {
					if f.Subject == subject {
						want = append(want, f)
					}
				}
				slices.SortStableFunc(want, func(a, b config.Fact) int {
					return cmp.Or(a.Recorded.Compare(b.Recorded), cmp.Compare(a.Attribute, b.Attribute))
				})
				require.Equal(t, want, tl.About(subject))
			}
			require.Empty(t, tl.About(id(99)))
		}
	}
}

// TestTimelineUnderNaive: what a change did is each assertion under it as blame shows
// it, of everything.
func TestTimelineUnderNaive(t *testing.T) {
	seen := 0
	for seed := range uint64(10) {
		s := newStory(seed)
		s.few = seed%4 == 3
		for range 200 {
			s.edit()
		}
		for _, tl := range s.timelines(t) {
			at := config.AsOf{Valid: s.then(), Recorded: s.then()}
			var want []config.Blamed
			for _, told := range [][]config.Fact{s.cis, s.relations} {
				last := config.Fact{}
				for _, f := range slices.SortedStableFunc(slices.Values(told), bySubject) {
					if bySubject(last, f) == 0 {
						continue
					}
					last = f
					for _, b := range tl.Blame(f.Subject, f.Attribute, at) {
						if b.Change == change {
							want = append(want, b)
						}
					}
				}
			}
			slices.SortStableFunc(want, func(a, b config.Blamed) int { return a.Recorded.Compare(b.Recorded) })
			require.Equal(t, want, tl.Under(change, at))
			seen += len(want)
			require.Empty(t, tl.Under(itsm.Ref{}, at))
			require.Empty(t, tl.Under(itsm.Ref{Kind: "change", ID: "CHG2"}, at))
		}
	}
	require.Greater(t, seen, 500)
}

func TestTimelineUnderAChange(t *testing.T) {
	link := func(name string, v itsm.Value, recorded int) config.Fact {
		f := said(100, name, v, recorded, -1, recorded)
		f.Change = change
		return f
	}
	raised := said(1, "memory", number(128), 5, -1, 5)
	raised.Change = change
	tl, err := config.NewTimeline(slices.Values([]config.Fact{
		said(1, "memory", number(64), 1, -1, 1), raised, said(1, "memory", number(256), 9, -1, 9),
	}), slices.Values([]config.Fact{link("state", state(config.Active), 4), link("to", ref(2), 5)}), nil)
	require.NoError(t, err)
	var told []string
	for _, b := range tl.Under(change, asOf(6, 10)) {
		told = append(told, b.Attribute+" "+b.Value.String()+" was "+b.Replaced.Value.String())
		require.True(t, b.InForce)
	}
	require.Equal(t, []string{"state active was ", "memory 128 was 64", "to " + ref(2).String() + " was "}, told)
	require.False(t, tl.Under(change, config.AsOf{})[1].InForce, "another change came")
	require.Len(t, tl.Under(change, asOf(6, 4)), 1)
}

// TestTimelineInstantsNaive holds the instants against looking at every hour.
func TestTimelineInstantsNaive(t *testing.T) {
	for seed := range uint64(20) {
		s := newStory(seed)
		s.few = seed%4 == 3
		for range 200 {
			s.edit()
		}
		for name, tl := range s.timelines(t) {
			recorded := s.then()
			for _, told := range [][]config.Fact{s.cis, s.relations} {
				subject := told[s.rng.IntN(len(told))].Subject
				var want []time.Time
				was := values{}
				for valid := monday.Add(-100 * hour); valid.Before(s.now.Add(100 * hour)); valid = valid.Add(hour) {
					is := seenIn(pictureOf(told, config.AsOf{Valid: valid, Recorded: recorded}), subject)
					if !sameValues(was, is) {
						want = append(want, valid)
					}
					was = is
				}
				require.Equal(t, want, tl.Instants(subject, recorded), "seed %d, %s", seed, name)
			}
		}
	}
}

// seenIn is what a picture shows of one, but for what was only seen to differ.
func seenIn(p picture, subject uuid.UUID) values {
	is := values{}
	for name, f := range p[subject] {
		if !f.Value.IsZero() && name != "drift:memory" {
			is[name] = f.Value
		}
	}
	return is
}

func sameValues(a, b values) bool {
	if len(a) != len(b) {
		return false
	}
	for name, v := range a {
		if !v.Equal(b[name]) {
			return false
		}
	}
	return true
}

func TestTimelineInstants(t *testing.T) {
	tl := timeline(t,
		said(1, "state", state(config.Live), 1, -1, 1),
		said(1, "memory", number(64), 1, -1, 1),
		said(1, "memory", number(64), 3, -1, 3),    // confirms
		said(1, "memory", number(128), 5, 7, 8),    // for a while
		said(1, "memory", number(128), 6, 7, 9),    // within it
		said(1, "drift:cpus", number(4), 4, -1, 4)) // only seen
	require.Equal(t, []time.Time{at(1)}, tl.Instants(id(1), at(7)))
	require.Equal(t, []time.Time{at(1), at(5), at(7)}, tl.Instants(id(1), time.Time{}))
	require.Empty(t, tl.Instants(id(1), at(0)))
	require.Empty(t, tl.Instants(id(2), time.Time{}))
}
