package incident_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store/memory"
)

// desk is a register of incidents over the memory backend, with a clock that
// stands still until it is set.
type desk struct {
	*register.Register[incident.Incident]
	t   *testing.T
	ctx context.Context
	now time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	process, err := incident.Process(nil)
	require.NoError(t, err)
	d := &desk{t: t, ctx: t.Context(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	d.Register, err = register.New(memory.New(), process, &register.Options[incident.Incident]{
		Now: func() time.Time { return d.now },
	})
	require.NoError(t, err)
	return d
}

// report brings an incident into being, as part of another or of none.
func (d *desk) report(parent uuid.UUID) uuid.UUID {
	d.t.Helper()
	inc, err := d.Create(d.ctx, ann, outage())
	require.NoError(d.t, err)
	if parent != uuid.Nil {
		d.do(ann, inc.ID, incident.Join{Parent: parent})
	}
	return inc.ID
}

func (d *desk) do(by itsm.Actor, id uuid.UUID, commands ...itsm.Command[incident.Incident]) register.Outcome[incident.Incident] {
	d.t.Helper()
	var o register.Outcome[incident.Incident]
	for _, cmd := range commands {
		var err error
		o, err = d.Perform(d.ctx, by, id, cmd)
		require.NoError(d.t, err)
	}
	return o
}

func (d *desk) state(id uuid.UUID) itsm.State {
	d.t.Helper()
	inc, err := d.Get(d.ctx, ann, id)
	require.NoError(d.t, err)
	again, err := d.Replay(d.ctx, ann, id)
	require.NoError(d.t, err)
	require.Equal(d.t, text(d.t, inc), text(d.t, again))
	return inc.State
}

func (d *desk) tick() register.Ticked[incident.Incident] {
	d.t.Helper()
	done, err := d.Tick(d.ctx, "acme", d.now, 100)
	require.NoError(d.t, err)
	return done
}

// TestR18_FamilyInARegister resolves and reopens a parent: what its children do not
// take is listed, and the parent proceeds.
func TestR18_FamilyInARegister(t *testing.T) {
	d := newDesk(t)
	parent := d.report(uuid.Nil)
	plain := d.report(parent)
	grandchild := d.report(plain)
	busy, big, solved := d.report(parent), d.report(parent), d.report(parent)
	d.do(ann, busy, incident.AddTask{Title: "Empty the queue"})
	d.do(mia, big, major())
	d.do(ann, solved, fixed())
	for _, id := range []uuid.UUID{plain, grandchild} {
		d.do(ann, id, toBob(), incident.Start{}, forVendor())
	}

	o := d.do(ann, parent, fixed())
	require.Equal(t, incident.Resolved, o.Record.State, "the parent proceeds")
	rules := map[uuid.UUID]string{}
	for _, r := range o.Refused {
		rules[r.ID] = r.Rule
	}
	require.Equal(t, map[uuid.UUID]string{busy: "R8 tasks", big: "R14 resolver"}, rules)
	require.Len(t, o.Follow, 2)
	for id, s := range map[uuid.UUID]itsm.State{
		plain: incident.Resolved, grandchild: incident.Resolved, solved: incident.Resolved,
		busy: incident.New, big: incident.New,
	} {
		require.Equal(t, s, d.state(id))
	}

	// A child that its caller closes stays closed; the parent's reopening reaches
	// the grandchild only through a child that is reopened.
	closed := d.report(uuid.Nil)
	d.do(carl, parent, incident.Reopen{Reason: "It came back."})
	d.do(ann, closed, incident.Join{Parent: parent})
	d.do(ann, parent, fixed())
	d.do(carl, closed, incident.Close{})
	d.now = d.now.Add(hour)
	o = d.do(carl, parent, incident.Reopen{Reason: "And again."})
	require.Empty(t, o.Refused)
	for id, s := range map[uuid.UUID]itsm.State{
		parent: incident.Assigned, plain: incident.InProgress, grandchild: incident.InProgress,
		solved: incident.Resolved, closed: incident.Closed, busy: incident.New, big: incident.New,
	} {
		require.Equal(t, s, d.state(id))
	}
}

func TestR17_AcrossARegister(t *testing.T) {
	d := newDesk(t)
	var ids []uuid.UUID
	for range 5 {
		ids = append(ids, d.report(uuid.Nil))
	}
	same := func(i int) incident.Resolve {
		return incident.Resolve{Code: "duplicate", Notes: "The same.", DuplicateOf: ids[i]}
	}
	for i := range 4 {
		d.do(ann, ids[i], same(i+1))
	}
	for i := range ids {
		_, err := d.Do(d.ctx, ann, ids[4], same(i))
		itsmtest.RequireRule(t, err, "R17")
	}
	_, err := d.Do(d.ctx, ann, ids[4], incident.Resolve{Code: "duplicate", Notes: "The same.", DuplicateOf: uuid.Max})
	itsmtest.RequireField(t, err, "duplicate_of")

	// The same for parents.
	a, b := d.report(uuid.Nil), d.report(uuid.Nil)
	d.do(ann, a, incident.Join{Parent: b})
	_, err = d.Do(d.ctx, ann, b, incident.Join{Parent: a})
	itsmtest.RequireRule(t, err, "R18")
}

func TestCancelInARegister(t *testing.T) {
	d := newDesk(t)
	alone := d.report(uuid.Nil)
	d.do(carl, alone, incident.Cancel{Reason: "It works."}) // without any child, none is asked for twice
	parent := d.report(uuid.Nil)
	child := d.report(parent)
	_, err := d.Do(d.ctx, ann, parent, incident.Cancel{Reason: "It was a drill."})
	itsmtest.RequireRule(t, err, "open children")
	d.do(ann, child, incident.Join{})
	d.do(ann, parent, incident.Cancel{Reason: "It was a drill."})
}

func TestR13_ClosesByItselfInARegister(t *testing.T) {
	d := newDesk(t)
	id := d.report(uuid.Nil)
	d.do(ann, id, fixed())
	d.now = d.now.Add(5*day - time.Microsecond)
	require.Empty(t, d.tick().Fired)
	d.now = d.now.Add(time.Microsecond)
	_, err := d.Do(d.ctx, carl, id, incident.Reopen{Reason: "It came back."})
	itsmtest.RequireRule(t, err, "R13 window")
	_, err = d.Create(d.ctx, carl, incident.FollowUp{Of: id, Reason: "It came back."})
	itsmtest.RequireRule(t, err, "R13")
	require.Len(t, d.tick().Fired, 1)
	require.Equal(t, incident.Closed, d.state(id))
	next, err := d.Create(d.ctx, carl, incident.FollowUp{Of: id, Reason: "It came back."})
	require.NoError(t, err)
	require.Equal(t, id, next.Follows)
}

func TestR11_ResumesByItselfInARegister(t *testing.T) {
	d := newDesk(t)
	id := d.report(uuid.Nil)
	d.do(ann, id, toBob(), incident.Start{}, forVendor())
	d.now = d.now.Add(6 * day)
	extend := forVendor()
	extend.Why = "The part is on its way."
	d.do(ann, id, extend)
	d.now = d.now.Add(day)
	require.Empty(t, d.tick().Fired, "the extension counts")
	d.now = d.now.Add(6 * day)
	require.Len(t, d.tick().Fired, 1)
	require.Equal(t, incident.InProgress, d.state(id))
	require.Empty(t, d.tick().Fired)
}

// TestR35_RefusedOnce: the closing of a major incident without a review is refused
// once, and tried again only when the incident changes.
func TestR35_RefusedOnce(t *testing.T) {
	d := newDesk(t)
	id := d.report(uuid.Nil)
	d.do(mia, id, major(), fixed())
	d.now = d.now.Add(5 * day)
	done := d.tick()
	require.Empty(t, done.Fired)
	require.Len(t, done.Refused, 1)
	require.Equal(t, []string{"close", "R14 review"}, []string{done.Refused[0].Timer, done.Refused[0].Rule})
	for range 3 {
		d.now = d.now.Add(day)
		require.Empty(t, d.tick().Refused)
	}

	d.do(mia, id, incident.Inform{Audience: incident.Staff, Text: "Please write the report."})
	require.Len(t, d.tick().Refused, 1, "the incident has changed")
	require.Empty(t, d.tick().Refused)

	d.do(mia, id, incident.Review{Report: paper, Findings: "Watch the queue."})
	require.Len(t, d.tick().Fired, 1)
	require.Equal(t, incident.Closed, d.state(id))

	problems := 0
	for entry, err := range d.History(d.ctx, ann, id) {
		require.NoError(t, err)
		if entry.Refusal != nil {
			problems++
		}
	}
	require.Equal(t, 2, problems, "each refusal is in the journal")
}

// TestFindInARegister selects by each index.
func TestFindInARegister(t *testing.T) {
	d := newDesk(t)
	first, second, other := d.report(uuid.Nil), d.report(uuid.Nil), d.report(uuid.Nil)
	for _, id := range []uuid.UUID{second, first} {
		d.do(ann, id, toBob(), incident.Affect{CI: mail, How: incident.Manual}, incident.Link{As: incident.CausedBy, To: paper})
	}
	d.do(ann, other, incident.Cancel{Reason: "It was a drill."})
	for name, sel := range map[string]itsm.Selection[incident.Incident]{
		"state": incident.InState(incident.Assigned), "assignee": incident.ByAssignee("bob"), "group": incident.ByGroup("messaging"),
		"ci": incident.AffectingCI(mail), "link": incident.LinkedTo(incident.CausedBy, paper),
	} {
		require.Equal(t, fmt.Sprint([]uuid.UUID{first, second}), fmt.Sprint(d.found(sel)), name)
	}
	require.Len(t, d.found(incident.ByCaller("carl")), 3)
	require.Len(t, d.found(incident.ByService(mail)), 3)
	require.Empty(t, d.found(incident.ByParent(first)))
}

func (d *desk) found(sel itsm.Selection[incident.Incident]) []uuid.UUID {
	d.t.Helper()
	var ids []uuid.UUID
	for inc, err := range d.Find(d.ctx, ann, sel) {
		require.NoError(d.t, err)
		ids = append(ids, inc.ID)
	}
	return ids
}

// TestRegisterAfterACommandIsRetired: what a register kept before is read, verified
// and rebuilt as it was, and goes on without the command.
func TestRegisterAfterACommandIsRetired(t *testing.T) {
	process, err := incident.Process(nil)
	require.NoError(t, err)
	backend := memory.New()
	before, err := register.New(backend, process, nil)
	require.NoError(t, err)
	inc, err := before.Create(t.Context(), ann, outage())
	require.NoError(t, err)
	inc, err = before.Do(t.Context(), ann, inc.ID, incident.Acknowledge{})
	require.NoError(t, err)

	process.Lifecycle, err = process.Lifecycle.Retire("acknowledge")
	require.NoError(t, err)
	after, err := register.New(backend, process, nil)
	require.NoError(t, err)
	again, err := after.Replay(t.Context(), ann, inc.ID)
	require.NoError(t, err)
	require.Equal(t, inc, again)
	var names []string
	for e, err := range after.History(t.Context(), ann, inc.ID) {
		require.NoError(t, err)
		names = append(names, e.Event.Name)
	}
	require.Equal(t, []string{"report", "acknowledge"}, names)
	_, err = after.Verify(t.Context(), ann, inc.ID)
	require.NoError(t, err)
	_, err = after.Do(t.Context(), ann, inc.ID, incident.Acknowledge{})
	itsmtest.RequireRule(t, err, itsm.RuleRetired)
	_, err = after.Do(t.Context(), ann, inc.ID, incident.Assign{Group: "messaging"})
	require.NoError(t, err)
}
