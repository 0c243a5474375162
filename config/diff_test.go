package config_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// there reports whether something was there in a snapshot.
func (p picture) there(id uuid.UUID, gone itsm.State) bool {
	s := p[id]["state"].Value
	return !s.IsZero() && s.Text() != string(gone)
}

// naiveDifferences are the differences of all attributes of two snapshots of one.
func naiveDifferences(a, b map[string]config.Fact) []string {
	names := make(map[string]bool)
	for name := range a {
		names[name] = true
	}
	for name := range b {
		names[name] = true
	}
	var list []string
	for name := range names {
		if from, to := a[name].Value, b[name].Value; !from.Equal(to) && !strings.HasPrefix(name, "drift:") {
			list = append(list, fmt.Sprintf("%s: %s → %s by %s at %s under %s", name, from, to, b[name].By, b[name].Recorded, b[name].Change))
		}
	}
	slices.Sort(list)
	return list
}

func differencesOf(list []config.Difference) []string {
	var texts []string
	for _, d := range list {
		texts = append(texts, fmt.Sprintf("%s: %s → %s by %s at %s under %s", d.Attribute, d.From, d.To, d.Origin.By, d.Origin.Recorded, d.Origin.Change))
	}
	return texts
}

// originOf is where a fact comes from.
func originOf(f config.Fact) config.Origin {
	return config.Origin{By: f.By, Source: f.Source, Since: f.From, Recorded: f.Recorded, Change: f.Change, Reason: f.Reason}
}

// naiveDiff lists what a diff has to say, a line each.
func naiveDiff(s *story, from, to config.AsOf, ids []uuid.UUID) []string {
	within := func(ci uuid.UUID) bool { return ids == nil || slices.Contains(ids, ci) }
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	a, b := pictureOf(s.cis, from), pictureOf(s.cis, to)
	for n := range byte(storyCIs) {
		ci := id(n + 1)
		was, is := a.there(ci, config.Disposed), b.there(ci, config.Disposed)
		list := naiveDifferences(a[ci], b[ci])
		switch {
		case !within(ci):
		case was && !is:
			add("ci removed %s%s", ci, originOf(b[ci]["state"]))
		case is && !was:
			add("ci added %s%s", ci, originOf(b[ci]["state"]))
		case was && is && len(list) > 0:
			add("ci changed %s %q", ci, list)
		}
	}
	inScope := make(map[uuid.UUID]bool)
	for n := range byte(storyCIs) {
		ci := id(n + 1)
		inScope[ci] = within(ci) && (a.there(ci, config.Disposed) || b.there(ci, config.Disposed))
	}
	a, b = pictureOf(s.relations, from), pictureOf(s.relations, to)
	touches := func(p picture, r uuid.UUID) bool {
		if ids == nil {
			return true
		}
		for n := range byte(storyCIs) {
			ci := id(n + 1)
			if inScope[ci] && (p[r]["from"].Value.Equal(itsm.ReferenceValue(itsm.RefTo(config.Kind, ci))) || p[r]["to"].Value.Equal(itsm.ReferenceValue(itsm.RefTo(config.Kind, ci)))) {
				return true
			}
		}
		return false
	}
	var gone, come []uuid.UUID
	for n := range byte(storyRelations) {
		r := id(100 + n)
		was, is := a.there(r, config.Ended), b.there(r, config.Ended)
		if !(was && touches(a, r)) && !(is && touches(b, r)) {
			continue
		}
		list := naiveDifferences(a[r], b[r])
		switch {
		case was && !is:
			gone = append(gone, r)
		case is && !was:
			come = append(come, r)
		case was && is && len(list) > 0:
			step := "changed"
			if slices.ContainsFunc(list, func(d string) bool { return strings.HasPrefix(d, "from:") || strings.HasPrefix(d, "to:") }) {
				step = "rewired"
			}
			add("relation %s %s %s %q", step, r, uuid.Nil, list)
		}
	}
	for _, shared := range [][]string{{"type", "group", "from", "to"}, {"type", "group", "from"}, {"type", "group", "to"}} {
		for _, r := range slices.Clone(come) {
			i := slices.IndexFunc(gone, func(old uuid.UUID) bool {
				return !slices.ContainsFunc(shared, func(name string) bool { return !a[old][name].Value.Equal(b[r][name].Value) })
			})
			if i < 0 {
				continue
			}
			add("relation rewired %s %s %q", r, gone[i], naiveDifferences(a[gone[i]], b[r]))
			gone = slices.Delete(gone, i, i+1)
			come = slices.DeleteFunc(come, func(other uuid.UUID) bool { return other == r })
		}
	}
	for _, r := range gone {
		add("relation removed %s%s", r, originOf(b[r]["state"]))
	}
	for _, r := range come {
		add("relation added %s%s", r, originOf(b[r]["state"]))
	}
	slices.Sort(lines)
	return lines
}

func linesOf(d *config.Diff) []string {
	var lines []string
	for _, c := range d.CIs {
		line := fmt.Sprintf("ci %s %s", c.Step, c.ID)
		if c.Step == config.Changed {
			line += fmt.Sprintf(" %q", differencesOf(c.Attributes))
		} else {
			line += c.Origin.String()
		}
		lines = append(lines, line)
	}
	for _, r := range d.Relations {
		line := fmt.Sprintf("relation %s %s", r.Step, r.ID)
		if r.Step == config.Changed || r.Step == config.Rewired {
			line += fmt.Sprintf(" %s %q", r.Was, differencesOf(r.Attributes))
		} else {
			line += r.Origin.String()
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

func TestDiffNaive(t *testing.T) {
	steps := make(map[string]int)
	for seed := range uint64(60) {
		s := newStory(seed)
		for range 150 {
			s.edit()
		}
		tl, err := config.NewTimeline(slices.Values(s.cis), slices.Values(s.relations), nil)
		require.NoError(t, err)
		for range 20 {
			from, to := config.AsOf{Valid: s.then(), Recorded: s.then()}, config.AsOf{Valid: s.then(), Recorded: s.then()}
			d, err := tl.Diff(from, to, config.Scope{})
			require.NoError(t, err)
			require.Equal(t, naiveDiff(s, from, to, nil), linesOf(d), "seed %d: %s to %s", seed, from, to)
			for _, line := range linesOf(d) {
				steps[strings.Join(strings.Fields(line)[:2], " ")]++
			}
			ids := []uuid.UUID{id(2), id(1), id(2)}
			d, err = tl.Diff(from, to, config.Scope{IDs: ids})
			require.NoError(t, err)
			require.Equal(t, naiveDiff(s, from, to, ids), linesOf(d), "seed %d: %s to %s", seed, from, to)

			same, err := tl.Diff(from, from, config.Scope{})
			require.NoError(t, err)
			require.True(t, same.IsZero())
			data, err := json.Marshal(d)
			require.NoError(t, err)
			var back config.Diff
			require.NoError(t, json.Unmarshal(data, &back))
			require.Equal(t, text(t, d), text(t, &back))
			require.Equal(t, d.String(), back.String())
		}
	}
	for _, step := range []string{"ci added", "ci removed", "ci changed", "relation added", "relation removed", "relation changed", "relation rewired"} {
		require.Greater(t, steps[step], 20, "%v", steps)
	}
}

func TestDiffScope(t *testing.T) {
	tl := timeline(t,
		said(1, "state", state(config.Live), 0, -1, 0), said(1, "environment", word("test"), 0, -1, 0),
		said(1, "environment", word("production"), 5, -1, 5),
		said(2, "state", state(config.Live), 5, -1, 5), said(2, "environment", word("test"), 5, -1, 5))
	production := config.Scope{Where: func(v config.CIView) bool { return v.Value("environment").Text() == "production" }}
	d, err := tl.Diff(asOf(1, 1), asOf(6, 6), production)
	require.NoError(t, err)
	require.Len(t, d.CIs, 1)
	require.Equal(t, config.Changed, d.CIs[0].Step)
	_, err = tl.Diff(asOf(1, 1), asOf(6, 6), config.Scope{IDs: []uuid.UUID{id(1), uuid.Nil}})
	itsmtest.RequireField(t, err, "scope.ids[1]")
}
