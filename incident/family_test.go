package incident_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

func duplicateOf(w *walk) incident.Resolve {
	return incident.Resolve{Code: "duplicate", Notes: "The same.", DuplicateOf: w.Record().ID}
}

func TestR17_NotOfItself(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	itsmtest.RequireRule(t, w.Refused(ann, duplicateOf(w)), "R17")
	itsmtest.RequireRule(t, w.Refused(ann, duplicateOf(w), w.Record()), "R17")
}

func TestR17_TargetMissing(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.InProgress)
	stray := incident.Resolve{Code: "duplicate", Notes: "The same.", DuplicateOf: id(99)}
	itsmtest.RequireField(t, w.Refused(ann, stray), "duplicate_of")
	other := w.Another()
	other.Do(ann, outage())
	itsmtest.RequireField(t, w.Refused(ann, stray, other.Record()), "duplicate_of")
}

// chain makes n incidents, each resolved as a duplicate of the next but the last,
// which is open.
func chain(t *testing.T, n int) []*walk {
	t.Helper()
	lc := lifecycle(t, nil)
	walks := []*walk{in(t, lc, incident.InProgress)}
	for range n - 1 {
		w := walks[0].Another()
		w.Do(ann, outage())
		walks = append(walks, w)
	}
	for i := range n - 1 {
		walks[i].Do(ann, duplicateOf(walks[i+1]), walks[i+1].Record())
	}
	return walks
}

func records(walks ...*walk) []*incident.Incident {
	list := make([]*incident.Incident, len(walks))
	for i, w := range walks {
		list[i] = w.Record()
	}
	return list
}

// TestR17_NoCycle closes chains of two and more, with the others near in any order
// and with the incident itself among them.
func TestR17_NoCycle(t *testing.T) {
	for n := 2; n <= 6; n++ {
		walks := chain(t, n)
		last := walks[n-1]
		for i := range n - 1 {
			near := append(records(walks[:i]...), records(walks[i:n-1]...)...)
			itsmtest.RequireRule(t, last.Refused(ann, duplicateOf(walks[i]), near...), "R17")
			itsmtest.RequireRule(t, last.Refused(ann, duplicateOf(walks[i]), records(walks...)...), "R17")
		}
		other := last.Another()
		other.Do(ann, outage())
		last.Do(ann, duplicateOf(other), append(records(walks[:n-1]...), other.Record())...)
	}
}

// TestR17_NeedsTheChain asks for one after the other until the chain is known.
func TestR17_NeedsTheChain(t *testing.T) {
	walks := chain(t, 4)
	lc := lifecycle(t, nil)
	last := walks[3].Record()
	cmd := duplicateOf(walks[0])
	var near []*incident.Incident
	for i := range 3 {
		var asked []uuid.UUID
		for _, sel := range lc.Needs(last, cmd, near) {
			asked = append(asked, sel.IDs...)
		}
		require.Equal(t, []uuid.UUID{walks[i].Record().ID}, asked)
		near = append(near, walks[i].Record())
	}
	require.Empty(t, lc.Needs(last, cmd, near), "it leads back here; no more is needed")

	// A circle elsewhere, which should not be, does not hang.
	a, b := *walks[0].Record(), *walks[1].Record()
	b.Solution = &incident.Resolution{DuplicateOf: a.ID}
	require.Empty(t, lc.Needs(last, cmd, []*incident.Incident{&a, &b}))
}

// TestR17_NotOfAChild: the cascade would resolve what is to be worked on instead.
func TestR17_NotOfAChild(t *testing.T) {
	parent, child := family(t)
	itsmtest.RequireRule(t, parent.Refused(ann, duplicateOf(child), child.Record()), "R17")
	child.Do(ann, incident.Join{})
	parent.Do(ann, duplicateOf(child), child.Record())
}

// TestR17_NotOfAGrandchild: nor a child's child, directly or through a duplicate.
func TestR17_NotOfAGrandchild(t *testing.T) {
	parent, child := family(t)
	grandchild := child.Another()
	grandchild.Do(ann, outage())
	grandchild.Do(ann, incident.Join{Parent: child.Record().ID}, child.Record())
	elsewhere := child.Another()
	elsewhere.Do(ann, outage())
	elsewhere.Do(ann, duplicateOf(grandchild), grandchild.Record())
	lc := lifecycle(t, nil)
	all := records(child, grandchild, elsewhere)
	for _, target := range []*walk{grandchild, elsewhere} {
		cmd := duplicateOf(target)
		var near []*incident.Incident
		for range all { // as a register asks: by id, until there is nothing new
			for _, sel := range lc.Needs(parent.Record(), cmd, near) {
				for _, inc := range all {
					if slices.Contains(sel.IDs, inc.ID) {
						near = append(near, inc)
					}
				}
			}
		}
		require.Contains(t, near, child.Record(), "the parents of the one worked on are asked for")
		itsmtest.RequireRule(t, parent.Refused(ann, cmd, near...), "R17")
	}
	grandchild.Do(ann, incident.Join{})
	parent.Do(ann, duplicateOf(elsewhere), records(elsewhere, grandchild)...)
}

// family is an incident in progress and a new one that is part of it.
func family(t *testing.T) (parent, child *walk) {
	t.Helper()
	parent = in(t, lifecycle(t, nil), incident.InProgress)
	child = parent.Another()
	child.Do(ann, outage())
	child.Do(ann, incident.Join{Parent: parent.Record().ID}, parent.Record())
	return parent, child
}

func TestR18_Join(t *testing.T) {
	parent, child := family(t)
	require.Equal(t, parent.Record().ID, child.Record().Parent)
	itsmtest.RequireField(t, child.Refused(ann, incident.Join{Parent: id(99)}), "parent")
	itsmtest.RequireRule(t, child.Refused(ann, incident.Join{Parent: child.Record().ID}, child.Record()), "R18")
	itsmtest.RequireRule(t, parent.Refused(ann, incident.Join{Parent: child.Record().ID}, child.Record()), "R18")

	grandchild := parent.Another()
	grandchild.Do(ann, outage())
	grandchild.Do(ann, incident.Join{Parent: child.Record().ID}, records(child, parent)...)
	itsmtest.RequireRule(t, parent.Refused(ann, incident.Join{Parent: grandchild.Record().ID}, records(grandchild, child)...), "R18")
	itsmtest.RequireRule(t, child.Refused(ann, incident.Join{Parent: grandchild.Record().ID}, grandchild.Record()), "R18")

	child.Do(ann, incident.Join{})
	require.Equal(t, uuid.Nil, child.Record().Parent)
	closed := in(t, lifecycle(t, nil), incident.Closed).Record()
	closed.ID = id(77)
	itsmtest.RequireRule(t, child.Refused(ann, incident.Join{Parent: closed.ID}, closed), "R18")
}

func TestR18_JoinNeedsTheParents(t *testing.T) {
	parent, child := family(t)
	grandchild := parent.Another()
	grandchild.Do(ann, outage())
	join := incident.Join{Parent: child.Record().ID}
	lc := lifecycle(t, nil)
	needs := lc.Needs(grandchild.Record(), join, nil)
	require.Equal(t, []uuid.UUID{child.Record().ID}, needs[0].IDs)
	needs = lc.Needs(grandchild.Record(), join, records(child))
	require.Equal(t, []uuid.UUID{parent.Record().ID}, needs[0].IDs)
	require.Empty(t, lc.Needs(grandchild.Record(), join, records(child, parent)))
	require.Empty(t, lc.Needs(grandchild.Record(), incident.Join{}, nil))
}

func TestR18_ResolvingFollows(t *testing.T) {
	parent, child := family(t)
	lc := lifecycle(t, nil)
	stranger, closed, cancelled := parent.Another(), *child.Record(), *child.Record()
	stranger.Do(ann, outage())
	closed.ID, cancelled.ID = id(80), id(81)
	closed.Solution = &incident.Resolution{Code: "fixed", By: "ann"}
	cancelled.Times.Closed = cancelled.Updated
	near := append(records(child, stranger), &closed, &cancelled)

	e := parent.Do(bob, fixed(), near...)
	follow := lc.Follow(parent.Record(), e, near)
	require.Len(t, follow, 1, "only its own child, and only an open one")
	require.Equal(t, child.Record().ID, follow[0].ID)
	child.Do(system, follow[0].Command)
	require.Equal(t, &incident.Resolution{Code: "fixed", By: "system", Cascade: parent.Record().ID}, child.Record().Solution)

	e = parent.Do(carl, incident.Reopen{Reason: "It came back."}, child.Record())
	follow = lc.Follow(parent.Record(), e, records(child))
	require.Len(t, follow, 1)
	child.Do(system, follow[0].Command)
	require.Equal(t, incident.Assigned, child.Record().State)
}

// TestR18_ReopeningTouchesOnlyItsOwn looks at children that were resolved before,
// resolved again by somebody, or closed in the meantime.
func TestR18_ReopeningTouchesOnlyItsOwn(t *testing.T) {
	parent, child := family(t)
	lc := lifecycle(t, nil)
	cascade := incident.Resolve{Code: "fixed", Notes: "With its parent.", Cascade: parent.Record().ID}
	parent.Do(bob, fixed(), child.Record())

	before := child.Fork()
	before.Do(ann, fixed())
	again := child.Fork()
	again.Do(system, cascade)
	again.Do(carl, incident.Reopen{Reason: "Not for me."})
	again.Do(ann, fixed())
	closed := child.Fork()
	closed.Do(system, cascade)
	closed.Do(carl, incident.Close{})

	reopen := incident.Reopen{Reason: "It came back."}
	for _, other := range []*walk{before, again, closed} {
		w := parent.Fork()
		e := w.Do(carl, reopen, other.Record())
		require.Empty(t, lc.Follow(w.Record(), e, records(other)))
		if other != closed {
			itsmtest.RequireRule(t, other.Refused(system, incident.Reopen{Reason: "With it.", Cascade: parent.Record().ID}), "R18")
		}
	}
}

// TestR18_OnlyTheSystemCascades keeps people from passing for a parent, and the
// system from acting without one.
func TestR18_OnlyTheSystemCascades(t *testing.T) {
	parent, child := family(t)
	p := parent.Record().ID
	itsmtest.RequireField(t, child.Refused(ann, incident.Resolve{Code: "fixed", Notes: "Done.", Cascade: p}), "cascade")
	itsmtest.RequireField(t, child.Refused(system, fixed()), "cascade")
	itsmtest.RequireRule(t, child.Refused(system, incident.Resolve{Code: "fixed", Notes: "Done.", Cascade: id(99)}), "R18")
	child.Do(ann, fixed())
	itsmtest.RequireField(t, child.Refused(carl, incident.Reopen{Reason: "It came back.", Cascade: p}), "cascade")
	itsmtest.RequireField(t, child.Refused(system, incident.Reopen{Reason: "It came back."}), "cascade")
}

func TestCancelLeavesNoChildOpen(t *testing.T) {
	parent, child := family(t)
	cancel := incident.Cancel{Reason: "It was a drill."}
	itsmtest.RequireField(t, parent.Refused(ann, incident.Cancel{}), "reason")
	itsmtest.RequireRule(t, parent.Refused(ann, cancel, child.Record()), "open children")
	require.NotEmpty(t, lifecycle(t, nil).Needs(parent.Record(), cancel, nil))

	other := parent.Fork()
	child.Do(ann, cancel)
	other.Do(ann, cancel, child.Record())
	require.Equal(t, incident.Cancelled, other.Record().State)
}
