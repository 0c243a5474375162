package config_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// kept is a baseline at hour 10 of a server and a service on it, and a timeline that
// goes on from there.
type kept struct {
	t        *testing.T
	timeline *config.Timeline
	baseline *config.Baseline
}

func keep(t *testing.T) *kept {
	t.Helper()
	k := &kept{t: t, timeline: new(config.Timeline)}
	for ci, attributes := range map[byte]values{
		1: {"state": state(config.Live), "name": word("web-1"), "class": word("server"), "memory": number(64), "firmware": word("1")},
		2: {"state": state(config.Live), "name": word("shop"), "class": word("business service"), "owner": word("bob"), "criticality": word("low")},
		3: {"state": state(config.Live), "name": word("db-1"), "class": word("database"), "criticality": word("high"), "data_size": number(10), "engine": word("x")},
	} {
		for name, v := range attributes {
			k.say(said(ci, name, v, 0, -1, 0))
		}
	}
	k.relate(100, "runs on", config.Active, 3, 1, 0, change)
	k.relate(101, "depends on", config.Active, 2, 3, 0, change)
	var err error
	k.baseline, err = k.timeline.Baseline("release 7", config.Scope{}, asOf(10, 10))
	require.NoError(t, err)
	return k
}

func (k *kept) say(facts ...config.Fact) {
	k.t.Helper()
	var err error
	k.timeline, err = k.timeline.With(slices.Values(facts), nil)
	require.NoError(k.t, err)
}

func (k *kept) relate(n byte, relation string, s itsm.State, from, to byte, hour int, under itsm.Ref) {
	k.t.Helper()
	var facts []config.Fact
	for name, v := range (values{"state": state(s), "type": word(relation), "from": ref(from), "to": ref(to)}) {
		f := said(n, name, v, hour, -1, hour)
		f.Change = under
		facts = append(facts, f)
	}
	k.tell(facts...)
}

func (k *kept) tell(ofRelations ...config.Fact) {
	k.t.Helper()
	var err error
	k.timeline, err = k.timeline.With(nil, slices.Values(ofRelations))
	require.NoError(k.t, err)
}

func (k *kept) sees(ci byte, attribute string, v itsm.Value) {
	k.t.Helper()
	k.say(said(ci, "drift:"+attribute, v, 30, -1, 30))
}

func (k *kept) drift() []config.DriftFinding {
	k.t.Helper()
	list, err := k.timeline.Drift(config.DriftQuestion{Baseline: k.baseline, Now: asOf(50, 50)})
	require.NoError(k.t, err)
	return list
}

func under5(f config.Fact) config.Fact {
	f.Change = itsm.Ref{Kind: "change", ID: "CHG5"}
	return f
}

func TestR20_DriftStandsBetweenBaselineRecordAndReality(t *testing.T) {
	require.Empty(t, keep(t).drift())
	for name, row := range map[string]struct {
		edit func(k *kept)
		want []string
	}{
		"changed under a change": {
			func(k *kept) { k.say(under5(said(1, "memory", number(128), 20, -1, 20))) },
			[]string{`low: "web-1" (server) memory: changed since the baseline, baseline "64", recorded "128", covered by change:CHG5`},
		},
		"changed without one": {
			func(k *kept) { k.say(said(1, "memory", number(128), 20, -1, 20)) },
			[]string{`medium: "web-1" (server) memory: changed since the baseline, baseline "64", recorded "128", controlled and covered by no change`},
		},
		"the past, changed under a change that was told later": {
			func(k *kept) { k.say(under5(said(1, "memory", number(128), 5, -1, 20))) },
			[]string{`low: "web-1" (server) memory: changed since the baseline, baseline "64", recorded "128", covered by change:CHG5`},
		},
		"known when the baseline was taken": {
			func(k *kept) { k.say(under5(said(1, "memory", number(128), 15, -1, 9))) },
			[]string{`medium: "web-1" (server) memory: changed since the baseline, baseline "64", recorded "128", controlled and covered by no change`},
		},
		"a need": {
			func(k *kept) { k.say(said(1, "need:nodes", number(1), 20, -1, 20)) },
			[]string{`medium: "web-1" (server) need:nodes: changed since the baseline, baseline none, recorded "1", controlled and covered by no change`},
		},
		"seen to differ": {
			func(k *kept) { k.sees(1, "memory", number(128)) },
			[]string{`medium: "web-1" (server) memory: not as recorded, baseline "64", recorded "64", seen "128", controlled and covered by no change`},
		},
		"seen to have none": {
			func(k *kept) { k.sees(1, "memory", config.Absent()) },
			[]string{`medium: "web-1" (server) memory: not as recorded, baseline "64", recorded "64", seen none, controlled and covered by no change`},
		},
		"seen to differ, and no more": {
			func(k *kept) {
				k.sees(1, "memory", number(128))
				k.say(said(1, "drift:memory", itsm.Value{}, 40, -1, 40))
			}, nil,
		},
		"seen to differ only later": {
			func(k *kept) { k.say(said(1, "drift:memory", number(128), 51, -1, 40)) }, nil,
		},
		"told only later": {
			func(k *kept) { k.say(said(1, "drift:memory", number(128), 40, -1, 51)) }, nil,
		},
		"recorded and not carried out": {
			func(k *kept) {
				k.say(under5(said(1, "memory", number(128), 20, -1, 20)))
				k.sees(1, "memory", number(64))
			},
			[]string{`medium: "web-1" (server) memory: not carried out, baseline "64", recorded "128", seen "64", controlled and covered by no change`},
		},
		"all three": {
			func(k *kept) {
				k.say(under5(said(1, "memory", number(128), 20, -1, 20)))
				k.sees(1, "memory", number(96))
			},
			[]string{`medium: "web-1" (server) memory: all three differ, baseline "64", recorded "128", seen "96", controlled and covered by no change`},
		},
		"what is observed": {
			func(k *kept) {
				k.say(said(1, "firmware", word("2"), 20, -1, 20), said(3, "data_size", number(11), 20, -1, 20))
			},
			[]string{
				`medium: "db-1" (database) data_size: changed since the baseline, baseline "10", recorded "11"`,
				`low: "web-1" (server) firmware: changed since the baseline, baseline "1", recorded "2"`,
			},
		},
		"of what is critical": {
			func(k *kept) { k.sees(3, "engine", word("y")) },
			[]string{`high: "db-1" (database) engine: not as recorded, baseline "x", recorded "x", seen "y", controlled and covered by no change`},
		},
		"another state": {
			func(k *kept) { k.say(said(1, "state", state(config.InMaintenance), 20, -1, 20)) },
			[]string{`medium: "web-1" (server) state: changed since the baseline, baseline "live", recorded "in maintenance", controlled and covered by no change`},
		},
		"of a service, gone": {
			func(k *kept) { k.say(said(2, "state", state(config.Disposed), 20, -1, 20)) },
			[]string{`high: "shop" (business service) as a whole: changed since the baseline, baseline "live", recorded "disposed", controlled and covered by no change`},
		},
		"new": {
			func(k *kept) {
				k.say(under5(said(4, "state", state(config.Live), 20, -1, 20)), said(4, "name", word("web-2"), 20, -1, 20), said(4, "class", word("server"), 20, -1, 20))
			},
			[]string{`low: "web-2" (server) as a whole: changed since the baseline, baseline none, recorded "live", covered by change:CHG5`},
		},
		"a relation gone": {
			func(k *kept) { k.relate(100, "runs on", config.Ended, 3, 1, 20, change) },
			[]string{`low: "db-1 runs on web-1" (runs on) as a whole: changed since the baseline, baseline "active", recorded "ended", covered by change:CHG1`},
		},
		"a relation found": {
			func(k *kept) {
				k.relate(102, "depends on", config.Proposed, 2, 3, 20, itsm.Ref{})
				k.tell(said(102, "drift:state", state(config.Active), 20, -1, 20))
			},
			[]string{`medium: "shop depends on db-1" (depends on) as a whole: not as recorded, baseline none, recorded "proposed", seen "active"`},
		},
		"a relation that is new": {
			func(k *kept) { k.relate(102, "member of", config.Active, 1, 3, 20, itsm.Ref{}) },
			[]string{`high: "web-1 member of db-1" (member of) as a whole: changed since the baseline, baseline none, recorded "active", controlled and covered by no change`},
		},
		"a relation that leads elsewhere": {
			func(k *kept) { k.tell(said(101, "to", ref(1), 20, -1, 20)) },
			[]string{`medium: "shop depends on web-1" (depends on) to: changed since the baseline, baseline "ci:00000000-0000-8000-8000-000000000003", recorded "ci:00000000-0000-8000-8000-000000000001"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := keep(t)
			row.edit(k)
			var lines []string
			for _, f := range k.drift() {
				lines = append(lines, f.String())
				data, err := json.Marshal(f)
				require.NoError(t, err)
				var back config.DriftFinding
				require.NoError(t, json.Unmarshal(data, &back))
				require.Equal(t, f.String(), back.String())
			}
			require.Equal(t, row.want, lines)
		})
	}
}

// TestR20_TheTimelineKnowsWhatWasSeenWhen: also that there was nothing, and that it is
// no more.
func TestR20_TheTimelineKnowsWhatWasSeenWhen(t *testing.T) {
	w := registered(t, nil)
	taken := w.Now()
	w.Wait(day).Do(probe, config.Observe{Source: "scan", Values: values{"memory": {}, "cpus": number(16)}})
	w.Wait(day).Do(probe, config.Observe{Source: "scan", Values: values{"memory": number(64)}})
	w.Wait(day).Do(ann, config.Reclassify{Class: "contract", Values: values{"memory": {}, "cpus": {}, "hostname": {}, "serial_number": {}}, Change: change})
	var facts []config.Fact
	for _, e := range w.Events() {
		facts = append(facts, config.FactsOf(e)...)
	}
	tl := timeline(t, facts...)
	b, err := tl.Baseline("b", config.Scope{}, config.AsOf{Valid: taken, Recorded: taken})
	require.NoError(t, err)
	for days, want := range [][]string{
		{},
		{`cpus: not as recorded, baseline "8", recorded "8", seen "16"`, `memory: not as recorded, baseline "64", recorded "64", seen none`},
		{`cpus: not as recorded, baseline "8", recorded "8", seen "16"`},
		{`class: changed`, `cpus: changed`, `hostname: changed`, `memory: changed`, `serial_number: changed`},
	} {
		at := taken.Add(time.Duration(days) * day)
		list, err := tl.Drift(config.DriftQuestion{Baseline: b, Now: config.AsOf{Valid: at, Recorded: at}})
		require.NoError(t, err)
		require.Len(t, list, len(want), "%v", list)
		slices.SortFunc(list, func(a, b config.DriftFinding) int { return strings.Compare(a.Attribute, b.Attribute) })
		for i, f := range list {
			require.Contains(t, f.String(), want[i])
		}
	}
}

// TestR20_ARelationProposedIsPlannedAndOneFoundIsNotAsRecorded: until somebody
// activates it; whoever proposes it under a change has it covered.
func TestR20_ARelationProposedIsPlannedAndOneFoundIsNotAsRecorded(t *testing.T) {
	from, to := end(1, "server"), end(9, "location")
	planned := config.Relate{Type: "located in", From: from, To: to, Proposed: true, Change: change}
	found := config.Relate{Type: "located in", From: from, To: to}
	active := config.Relate{Type: "located in", From: from, To: to, Change: change}
	for name, row := range map[string]struct {
		by      itsm.Actor
		relate  config.Relate
		then    func(w *relationWalk)
		already bool // in the baseline
		want    config.DriftFinding
	}{
		"planned": {by: ann, relate: planned, want: config.DriftFinding{Departure: config.Redefined, Covered: true, Current: state(config.Proposed), Discovered: state(config.Proposed)}},
		"planned, and then found": {
			by: ann, relate: planned, then: func(w *relationWalk) { w.Do(probe, config.Sight{Source: "scan"}) },
			want: config.DriftFinding{Departure: config.Unrecorded, Seen: true, Current: state(config.Proposed), Discovered: state(config.Active)},
		},
		"found": {by: probe, relate: found, want: config.DriftFinding{Departure: config.Unrecorded, Seen: true, Current: state(config.Proposed), Discovered: state(config.Active)}},
		"found, and accounted for": {
			by: probe, relate: found, then: func(w *relationWalk) { w.Do(ann, config.Activate{Change: change}) },
			want: config.DriftFinding{Departure: config.Redefined, Covered: true, Current: state(config.Active), Discovered: state(config.Active)},
		},
		"active, and gone since the baseline": {
			by: ann, relate: active, then: func(w *relationWalk) { w.Do(probe, config.Sight{Gone: true, Source: "scan"}) }, already: true,
			want: config.DriftFinding{Departure: config.Unrecorded, Seen: true, Attribute: "state", Baseline: state(config.Active), Current: state(config.Active), Discovered: state(config.Ended)},
		},
		"active, and not there as before": {
			by: ann, relate: active, then: func(w *relationWalk) { w.Do(probe, config.Sight{Gone: true, Source: "scan"}) },
			want: config.DriftFinding{Departure: config.Unrealised, Seen: true, Current: state(config.Active), Discovered: state(config.Ended)},
		},
		"gone, and accounted for": {
			by: ann, relate: active, already: true,
			then: func(w *relationWalk) {
				w.Do(probe, config.Sight{Gone: true, Source: "scan"})
				w.Wait(hour).Do(ann, config.Unrelate{Change: change})
			},
			want: config.DriftFinding{Departure: config.Redefined, Covered: true, Baseline: state(config.Active), Current: state(config.Ended), Discovered: state(config.Ended)},
		},
		"found since the baseline": {
			by: ann, relate: planned, then: func(w *relationWalk) { w.Do(probe, config.Sight{Source: "scan"}) }, already: true,
			want: config.DriftFinding{Departure: config.Unrecorded, Seen: true, Attribute: "state", Baseline: state(config.Proposed), Current: state(config.Proposed), Discovered: state(config.Active)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := itsmtest.New(t, relations(t, nil))
			began := w.Now()
			known := func(ci byte, class string) []config.Fact {
				f := config.Fact{Subject: id(ci), Attribute: "state", Value: state(config.Live), From: began, Recorded: began, By: "ann"}
				g := f
				g.Attribute, g.Value = "class", word(class)
				return []config.Fact{f, g}
			}
			cis := append(known(1, "server"), known(9, "location")...)
			if !row.already {
				w.Wait(hour)
			}
			w.Do(row.by, row.relate)
			if row.then != nil {
				w.Wait(hour)
				row.then(w)
			}
			var facts []config.Fact
			for _, e := range w.Events() {
				facts = append(facts, config.RelationFactsOf(e)...)
			}
			tl, err := config.NewTimeline(slices.Values(cis), slices.Values(facts), nil)
			require.NoError(t, err)
			b, err := tl.Baseline("b", config.Scope{}, config.AsOf{Valid: began, Recorded: began})
			require.NoError(t, err)
			list, err := tl.Drift(config.DriftQuestion{Baseline: b})
			require.NoError(t, err)
			require.Len(t, list, 1)
			got := list[0]
			require.Equal(t, w.Record().Ref(), got.Subject)
			got.Severity, got.Subject, got.Name, got.Class, got.Controlled, got.Origin = "", itsm.Ref{}, "", "", false, config.Origin{}
			require.Equal(t, row.want, got)
		})
	}
}

// TestDriftOfARelationIsAsCriticalAsItsEnds: the higher of both, whichever it is.
func TestDriftOfARelationIsAsCriticalAsItsEnds(t *testing.T) {
	for _, ends := range [][2]byte{{4, 5}, {5, 4}} {
		k := keep(t)
		for ci, level := range map[byte]itsm.Level{4: itsm.Medium, 5: itsm.Low} {
			k.say(said(ci, "state", state(config.Live), 0, -1, 0), said(ci, "criticality", word(string(level)), 0, -1, 0))
		}
		k.relate(105, "runs on", config.Active, ends[0], ends[1], 20, itsm.Ref{})
		for _, f := range k.drift() {
			if f.Subject.Kind == config.RelationKind {
				require.Equal(t, itsm.Medium, f.Criticality)
				require.Equal(t, itsm.Low, f.Severity)
			}
		}
	}
}

func TestDriftScopeAndGrade(t *testing.T) {
	k := keep(t)
	k.say(said(4, "state", state(config.Live), 20, -1, 20), said(4, "name", word("web-2"), 20, -1, 20), said(4, "class", word("server"), 20, -1, 20))
	k.sees(1, "memory", number(128))
	ask := config.DriftQuestion{Baseline: k.baseline, Now: asOf(50, 50), Scope: config.Scope{IDs: []uuid.UUID{id(1)}}}
	ask.Grade = func(f config.DriftFinding) itsm.Level {
		require.Equal(t, "memory", f.Attribute)
		require.True(t, f.Controlled)
		return "alarming"
	}
	list, err := k.timeline.Drift(ask)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, itsm.Level("alarming"), list[0].Severity)

	_, err = k.timeline.Drift(config.DriftQuestion{})
	itsmtest.RequireField(t, err, "baseline")
	ask.Policy = &config.Policy{}
	_, err = k.timeline.Drift(ask)
	itsmtest.RequireField(t, err, "model")
}

// TestDriftNaive: the findings of random histories are where baseline, record and
// reality are not all the same, one each, and how they are said to stand is so.
func TestDriftNaive(t *testing.T) {
	departures := make(map[config.Departure]int)
	for seed := range uint64(40) {
		s := newStory(seed)
		for range 150 {
			s.edit()
			if s.rng.IntN(4) == 0 {
				f := config.Fact{Subject: id(byte(1 + s.rng.IntN(storyCIs))), Attribute: "drift:memory", From: s.then(), Recorded: s.now, By: "scan"}
				f.Value = s.pick(number(1), number(2), config.Absent())
				s.cis = append(s.cis, f)
			}
		}
		tl, err := config.NewTimeline(slices.Values(s.cis), slices.Values(s.relations), nil)
		require.NoError(t, err)
		for range 10 {
			taken, now := config.AsOf{Valid: s.then(), Recorded: s.then()}, config.AsOf{Valid: s.then(), Recorded: s.then()}
			b, err := tl.Baseline("b", config.Scope{}, taken)
			require.NoError(t, err)
			list, err := tl.Drift(config.DriftQuestion{Baseline: b, Now: now})
			require.NoError(t, err)
			got := make(map[[2]string]config.DriftFinding)
			for _, f := range list {
				if f.Subject.Kind == config.Kind {
					got[[2]string{f.Subject.ID, f.Attribute}] = f
				}
			}
			is := pictureOf(s.cis, now)
			was := make(map[uuid.UUID]values)
			for _, i := range b.CIs {
				was[i.ID] = i.Values
			}
			want := 0
			expect := func(ci uuid.UUID, attribute string, baseline, current, discovered itsm.Value) {
				if baseline.Equal(current) && current.Equal(discovered) {
					return
				}
				want++
				f, found := got[[2]string{ci.String(), attribute}]
				require.True(t, found)
				require.Equal(t, [3]itsm.Value{baseline, current, discovered}, [3]itsm.Value{f.Baseline, f.Current, f.Discovered})
				departure := config.Disputed
				switch {
				case current.Equal(discovered):
					departure = config.Redefined
				case baseline.Equal(current):
					departure = config.Unrecorded
				case baseline.Equal(discovered):
					departure = config.Unrealised
				}
				require.Equal(t, departure, f.Departure)
				departures[departure]++
				if attribute != "" {
					a := is[ci][attribute]
					require.Equal(t, departure == config.Redefined && !a.Change.IsZero() && a.Recorded.After(taken.Recorded), f.Covered)
				}
			}
			for n := range byte(storyCIs) {
				ci := id(n + 1)
				there := is.there(ci, config.Disposed)
				switch {
				case was[ci] == nil && !there:
				case was[ci] == nil || !there:
					expect(ci, "", was[ci]["state"], is[ci]["state"].Value, is[ci]["state"].Value)
				default:
					for _, name := range []string{"state", "class", "name", "memory", "need:power"} {
						discovered := is[ci][name].Value
						if drift := is[ci]["drift:memory"].Value; name == "memory" && drift.Equal(config.Absent()) {
							discovered = itsm.Value{}
						} else if name == "memory" && !drift.IsZero() {
							discovered = drift
						}
						expect(ci, name, was[ci][name], is[ci][name].Value, discovered)
					}
				}
			}
			require.Len(t, got, want)
		}
	}
	for _, d := range config.Departures() {
		require.Greater(t, departures[d], 10, "%v", departures)
	}
}
