package config

import (
	"slices"

	"github.com/google/uuid"
)

// rewiring collects what differs of relations.
type rewiring struct {
	diff            *Diff
	within          map[uuid.UUID]bool     // the CIs of the scope
	whole           bool                   // it is all CIs
	wasName, isName func(uuid.UUID) string // of CIs, at either point

	gone, come []RelationView     // there at one point only, by id
	after      map[uuid.UUID]view // of what has gone, what is said of it afterwards
}

// has reports whether a relation that is there has an end within the scope.
func (r *rewiring) has(v RelationView) bool {
	return v.Present() && (r.whole || r.within[v.From()] || r.within[v.To()])
}

// look holds a relation at the one point against itself at the other.
func (r *rewiring) look(a, b RelationView) {
	if !r.has(a) && !r.has(b) {
		return
	}
	switch was, is := a.Present(), b.Present(); {
	case was && !is:
		r.gone = append(r.gone, a)
		if r.after == nil {
			r.after = make(map[uuid.UUID]view)
		}
		r.after[a.ID()] = b.view
	case !was && is:
		r.come = append(r.come, b)
	default:
		list := differences(a.view, b.view)
		if len(list) == 0 {
			return
		}
		d := RelationDiff{Step: Changed, ID: b.ID(), Type: b.Type(), Ends: ends(b, r.isName), Attributes: list}
		for _, one := range list {
			if one.Attribute == fromName || one.Attribute == toName {
				d.Step, d.WasEnds, d.Origin = Rewired, ends(a, r.wasName), one.Origin
			}
		}
		r.diff.Relations = append(r.diff.Relations, d)
	}
}

// place is what one relation takes over from another.
type place struct {
	relation, group string
	from, to        uuid.UUID
}

// pair takes what has come for what has gone, as far as one has the place of the
// other; what is left was added and removed. All are by id then.
func (r *rewiring) pair() {
	both := func(v RelationView) place { return place{v.Type(), v.Group(), v.From(), v.To()} }
	near := func(v RelationView) place { return place{v.Type(), v.Group(), v.From(), uuid.Nil} }
	far := func(v RelationView) place { return place{v.Type(), v.Group(), uuid.Nil, v.To()} }
	for _, of := range []func(RelationView) place{both, near, far} {
		r.come, r.gone = r.paired(of)
	}
	for _, v := range r.come {
		r.add(RelationDiff{Step: Added, ID: v.ID(), Type: v.Type(), Ends: ends(v, r.isName), Origin: v.origin(stateName)})
	}
	for _, v := range r.gone {
		r.add(RelationDiff{Step: Removed, ID: v.ID(), Type: v.Type(), Ends: ends(v, r.wasName), Origin: r.after[v.ID()].origin(stateName)})
	}
	slices.SortFunc(r.diff.Relations, func(a, b RelationDiff) int { return compareIDs(a.ID, b.ID) })
}

// paired pairs by one kind of place and gives what is left.
func (r *rewiring) paired(of func(RelationView) place) (come, gone []RelationView) {
	free := make(map[place][]RelationView)
	for _, v := range r.gone {
		free[of(v)] = append(free[of(v)], v)
	}
	taken := make(map[uuid.UUID]bool)
	for _, v := range r.come {
		at := of(v)
		list := free[at]
		if len(list) == 0 {
			come = append(come, v)
			continue
		}
		was := list[0]
		free[at], taken[was.ID()] = list[1:], true
		r.add(RelationDiff{
			Step: Rewired, ID: v.ID(), Was: was.ID(), Type: v.Type(), Ends: ends(v, r.isName), WasEnds: ends(was, r.wasName),
			Origin: v.origin(stateName), Attributes: differences(was.view, v.view),
		})
	}
	for _, v := range r.gone {
		if !taken[v.ID()] {
			gone = append(gone, v)
		}
	}
	return come, gone
}

func (r *rewiring) add(d RelationDiff) { r.diff.Relations = append(r.diff.Relations, d) }

// ends is what a relation joins, by the names of then.
func ends(v RelationView, name func(uuid.UUID) string) Ends {
	return Ends{v.From(), v.To(), name(v.From()), name(v.To())}
}
