package config

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Diff lists what differs from the baseline to another, without the timeline of either:
// both may have been kept as JSON. It is as [Timeline.Diff] of what is in the two. A
// baseline does not keep who said what, so every origin is zero; and of two that were
// taken of different scopes, what is only in the one shows as removed or added. Nil is
// a baseline of nothing.
func (b *Baseline) Diff(to *Baseline) *Diff {
	if b == nil {
		b = new(Baseline)
	}
	if to == nil {
		to = new(Baseline)
	}
	d := &Diff{From: b.At, To: to.At}
	was, is := viewsOf(b.CIs), viewsOf(to.CIs)
	for _, id := range idsOf(was, is) {
		d.ci(CIView{was[id]}, CIView{is[id]})
	}
	name := func(of map[uuid.UUID]view) func(uuid.UUID) string {
		return func(id uuid.UUID) string { return CIView{of[id]}.Name() }
	}
	r := rewiring{diff: d, whole: true, wasName: name(was), isName: name(is)}
	was, is = viewsOf(b.Relations), viewsOf(to.Relations)
	for _, id := range idsOf(was, is) {
		r.look(RelationView{was[id]}, RelationView{is[id]})
	}
	r.pair()
	return d
}

// idsOf are the ids of either, ascending.
func idsOf(a, b map[uuid.UUID]view) []uuid.UUID {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.SortedFunc(maps.Keys(all), compareIDs)
}

// viewsOf are the items as views of a timeline that knows nothing else.
func viewsOf(list []Item) map[uuid.UUID]view {
	views := make(map[uuid.UUID]view, len(list))
	for _, i := range list {
		h := &history{id: i.ID, names: namesOf(i.Values)}
		for _, name := range h.names {
			h.newest = append(h.newest, newest{said: said{until: forever, value: i.Values[name]}})
		}
		views[i.ID] = view{of: h, valid: latest, recorded: latest, phase: there}
	}
	return views
}

// there is the phase of what is in a baseline, whatever its state is called.
func there(itsm.State) itsm.Phase { return itsm.Active }
