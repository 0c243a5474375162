package incident_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
)

// world is a set of incidents that random people do random things to, run as a
// register does: with what a command needs near, and with what follows.
type world struct {
	t         testing.TB
	lc        *itsm.Lifecycle[incident.Incident]
	rng       *rand.Rand
	now       time.Time
	incidents []*incident.Incident
	events    map[uuid.UUID][]itsm.Event[incident.Incident]
	fired     map[string]int
	unwise    bool // a host's rules, under which the invariants do not hold
}

func newWorld(t testing.TB, lc *itsm.Lifecycle[incident.Incident], seed uint64) *world {
	return &world{
		t: t, lc: lc, rng: rand.New(rand.NewPCG(seed, 7)),
		now:    time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		events: make(map[uuid.UUID][]itsm.Event[incident.Incident]),
		fired:  make(map[string]int),
	}
}

// step gives one random command to one random incident, or reports another.
func (w *world) step() {
	w.now = w.now.Add(time.Duration(w.rng.ExpFloat64() * float64(hour)))
	if w.rng.IntN(100) == 0 {
		w.now = w.now.Add(time.Duration(w.rng.IntN(10)) * day)
	}
	var inc *incident.Incident
	if len(w.incidents) < 8 || w.rng.IntN(30) == 0 {
		inc = w.another()
	} else {
		inc = w.incidents[w.rng.IntN(len(w.incidents))]
	}
	by := choose(w.rng, ann, bob, mia, carl, otto, system)
	w.do(inc, w.random(w.name(inc, by), by, inc), by)
	if len(w.incidents) > 12 { // forget the oldest: its id now points nowhere
		w.incidents = slices.Delete(w.incidents, 0, 1)
	}
}

// another is an incident that nobody has reported yet.
func (w *world) another() *incident.Incident {
	inc := &incident.Incident{Header: itsm.Header{ID: id(byte(len(w.events) + 1)), Number: "INC"}}
	inc.ID[14] = byte((len(w.events) + 1) >> 8)
	return inc
}

// name is mostly that of a command that is open, and seldom the end of it all.
func (w *world) name(inc *incident.Incident, by itsm.Actor) string {
	var open []string
	for _, o := range w.lc.Permitted(inc, itsm.Stamp{At: w.now, By: by}) {
		if o.Refusal == nil && (o.Name != "cancel" || w.rng.IntN(10) == 0) {
			open = append(open, o.Name)
		}
	}
	switch n := w.rng.IntN(5); {
	case len(open) == 0 || n == 0:
		return choose(w.rng, w.lc.Commands()...)
	case n < 3: // what has seldom happened
		return slices.MinFunc(open, func(a, b string) int { return w.fired[a] - w.fired[b] })
	}
	return choose(w.rng, open...)
}

func choose[T any](rng *rand.Rand, list ...T) T { return list[rng.IntN(len(list))] }

// do gives a command, checks what came of it, and does what follows.
func (w *world) do(inc *incident.Incident, cmd itsm.Command[incident.Incident], by itsm.Actor) {
	w.t.Helper()
	var near []*incident.Incident
	for {
		n := len(near)
		for _, sel := range w.lc.Needs(inc, cmd, near) {
			near = w.find(near, inc, sel)
		}
		if len(near) == n {
			break
		}
	}
	before, was := *inc, text(w.t, inc)
	e, err := w.lc.Fire(inc, cmd, itsm.Stamp{At: w.now, By: by}, near...)
	if err != nil {
		require.True(w.t, typed(err), "%T: %v", cmd, err)
		require.Equal(w.t, was, text(w.t, inc), "%T was refused and changed the incident", cmd)
		return
	}
	require.Equal(w.t, was, text(w.t, before), "%T changed a copy from before", cmd)
	if before.State == itsm.None {
		w.incidents = append(w.incidents, inc)
	}
	w.events[inc.ID] = append(w.events[inc.ID], e)
	w.fired[e.Name]++
	if !w.unwise {
		w.check(&before, inc, e)
	}
	for _, f := range w.lc.Follow(inc, e, near) {
		i := slices.IndexFunc(w.incidents, func(o *incident.Incident) bool { return o.ID == f.ID })
		w.do(w.incidents[i], f.Command, system)
	}
}

// find adds to near what a selection selects.
func (w *world) find(near []*incident.Incident, self *incident.Incident, sel itsm.Selection[incident.Incident]) []*incident.Incident {
	for _, inc := range w.incidents {
		child := sel.Index == "parent" && itsm.RefTo(incident.Kind, inc.Parent).String() == sel.Equal[0].Text()
		if (child || slices.Contains(sel.IDs, inc.ID)) && inc != self && !slices.Contains(near, inc) {
			near = append(near, inc)
		}
	}
	return near
}

// check asks for what holds after every step, whatever it was.
func (w *world) check(before, inc *incident.Incident, e itsm.Event[incident.Incident]) {
	w.t.Helper()
	holds := func(what bool, message string) {
		w.t.Helper()
		if !what {
			w.t.Fatalf("not so that %s, after %s from %q: %s", message, e.Name, e.From, text(w.t, inc))
		}
	}
	ended := inc.State == incident.Closed || inc.State == incident.Cancelled
	holds((inc.Hold != nil) == (inc.State == incident.OnHold), "a hold is set just while on hold")
	holds((inc.Solution != nil) == (inc.State == incident.Resolved || inc.State == incident.Closed), "a solution is set just when resolved or closed")
	holds(ended == !inc.Times.Closed.IsZero(), "the end has a time")
	holds(inc.State != incident.InProgress || inc.Group != "" && inc.Assignee != "", "somebody is at work")
	holds(!ended || len(inc.Tasks.Unfinished()) == 0 || inc.State == incident.Cancelled, "no task is left (R8)")
	holds(inc.Hold == nil || inc.Hold.ReviewBy.After(inc.Since) && inc.Hold.Extensions <= 3, "a hold has a review (R11)")
	if m := inc.Major; m != nil {
		holds(!m.Declared.IsZero() && len(m.Criteria) > 0 && m.Owner != "", "a major incident was declared (R14)")
		holds(inc.State != incident.Closed || !m.Reviewed.IsZero() && !m.Report.IsZero(), "and reviewed before it closed (R14)")
		holds(inc.State != incident.Cancelled, "and not cancelled (R14)")
	}
	derived, err := itsm.DefaultMatrix().Of(inc.Impact, inc.Urgency)
	holds(err == nil && (inc.Priority == derived || inc.Override != ""), "the priority is derived or overridden (R10)")

	ordered := []time.Time{inc.Times.Detected, inc.Opened, inc.Times.Assigned, inc.Times.Responded, inc.Times.RepairStarted, inc.Times.Resolved, inc.Times.Closed, inc.Since}
	for i, at := range ordered {
		holds(at.IsZero() || !at.After(inc.Updated), "nothing is later than the latest event")
		holds(i < 2 || at.IsZero() || !at.Before(inc.Opened), "nothing is earlier than the opening")
	}
	holds(!inc.Times.Detected.IsZero() && !inc.Times.Detected.After(inc.Opened), "but the detection")
	holds(inc.Hold == nil || slices.Contains(states()[:3], inc.Hold.Back), "a hold leads back to work")

	c, was := inc.Counts, before.Counts
	holds(c.Reassignments >= was.Reassignments && c.Escalations >= was.Escalations && c.Reopens >= was.Reopens &&
		c.Holds >= was.Holds && c.Notes >= was.Notes && c.PublicNotes >= was.PublicNotes && c.Spent >= was.Spent, "counts never fall")
	holds(c.PublicNotes <= c.Notes, "public notes are notes")
	holds(unique(inc.Watchers) && unique(inc.Links), "watchers and links are there once")
	if w.lc.Phase(before.State) == itsm.Final {
		after := *inc
		after.Satisfaction, after.Updated, after.Revision = before.Satisfaction, before.Updated, before.Revision
		holds(e.Name == "rate" && text(w.t, after) == text(w.t, before), "what has ended changes only in satisfaction (R5)")
	}
	for next := range 2 {
		holds(!w.circle(inc, next == 0), "no chain is a circle (R17, R18)")
	}
}

// circle follows the parents or the duplicates of an incident.
func (w *world) circle(inc *incident.Incident, parents bool) bool {
	for range len(w.incidents) {
		next := inc.Parent
		if !parents {
			if inc.Solution == nil {
				return false
			}
			next = inc.Solution.DuplicateOf
		}
		i := slices.IndexFunc(w.incidents, func(o *incident.Incident) bool { return o.ID == next })
		if i < 0 {
			return false
		}
		inc = w.incidents[i]
	}
	return true
}

func unique[T comparable](list []T) bool {
	for i, v := range list {
		if slices.Contains(list[:i], v) {
			return false
		}
	}
	return true
}

// random is a command that makes sense, or one of which some fields were changed
// to something else, sensible or not.
func (w *world) random(name string, by itsm.Actor, inc *incident.Incident) itsm.Command[incident.Incident] {
	v := reflect.New(reflect.TypeOf(sample(name, by, inc))).Elem()
	v.Set(reflect.ValueOf(sample(name, by, inc)))
	for i := range v.NumField() {
		if f := v.Field(i); f.CanSet() && w.rng.IntN(5) == 0 {
			f.Set(w.value(f.Type()))
		}
	}
	if name == "join" || name == "follow up" {
		v.Field(0).Set(w.value(v.Field(0).Type()))
	}
	if i := slices.IndexFunc(w.incidents, func(o *incident.Incident) bool { return o.State == incident.Closed }); name == "follow up" && i >= 0 {
		v.FieldByName("Of").Set(reflect.ValueOf(w.incidents[i].ID))
	}
	return v.Interface().(itsm.Command[incident.Incident])
}

// value is a value of a type, sensible or not.
func (w *world) value(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch v.Interface().(type) {
	case uuid.UUID:
		if len(w.incidents) > 0 && w.rng.IntN(8) > 0 {
			v.Set(reflect.ValueOf(choose(w.rng, w.incidents...).ID))
		}
		return v
	case time.Time:
		v.Set(reflect.ValueOf(w.now.Add(time.Duration(w.rng.NormFloat64() * float64(5*day)))))
		return v
	case itsm.Ref:
		v.Set(reflect.ValueOf(choose(w.rng, itsm.Ref{}, mail, ticket, paper, itsm.Ref{Kind: "ci"})))
		return v
	case incident.HoldReason:
		v.SetString(string(choose(w.rng, append(incident.HoldReasons(), "", "lunch")...)))
		return v
	case itsm.Level:
		v.SetString(string(choose(w.rng, itsm.High, itsm.Medium, itsm.Low, "", "huge")))
		return v
	case incident.Involvement:
		v.SetString(string(choose(w.rng, incident.Involvements()...)))
		return v
	case incident.Fact:
		v.SetString(string(choose(w.rng, incident.Facts()...)))
		return v
	case itsm.TaskState:
		v.SetString(string(choose(w.rng, itsm.TaskStates()...)))
		return v
	}
	switch t.Kind() {
	case reflect.String:
		v.SetString(choose(w.rng, "", "bob", "carl", "messaging", "network", "two\nlines", "\xff", "東京"))
	case reflect.Bool:
		v.SetBool(w.rng.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(w.rng.Int64N(12) - 2)
	case reflect.Slice:
		for range w.rng.IntN(3) {
			v.Set(reflect.Append(v, w.value(t.Elem())))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			v.Field(i).Set(w.value(t.Field(i).Type))
		}
	}
	return v
}

// TestRandomWalk lets random people do random things: nothing panics, what must
// hold holds after every step, and the events give each incident back to the byte.
func TestRandomWalk(t *testing.T) {
	lc := lifecycle(t, nil)
	fired := make(map[string]int)
	for seed := range uint64(3) {
		w := newWorld(t, lc, seed)
		for range 4000 {
			w.step()
		}
		for _, inc := range w.incidents {
			again, err := lc.Replay(w.events[inc.ID]...)
			require.NoError(t, err)
			require.Equal(t, text(t, inc), text(t, again))
		}
		for name, n := range w.fired {
			fired[name] += n
		}
	}
	for _, name := range lc.Commands() {
		require.Greater(t, fired[name], 20, "%s was hardly ever tried with success", name)
	}
}

// TestRandomWalkOfHosts opens every command of the process in every state but the
// final ones, without guards: such rows are unwise, but nothing panics.
func TestRandomWalkOfHosts(t *testing.T) {
	own := lifecycle(t, nil)
	var anywhere []itsm.Transition[incident.Incident]
	for _, name := range own.Commands()[2:] {
		row := also(t, own, name, itsm.None)
		row.From, row.Guards, row.Requires = states()[:5], nil, nil
		anywhere = append(anywhere, row)
	}
	randomHost(t, own, anywhere)
}

// TestRandomWalkOfBareRows has hosts make rows of their own for the process's
// commands, without the decisions that complete them.
func TestRandomWalkOfBareRows(t *testing.T) {
	from, by := itsm.From(states()[:5]...), itsm.By(itsm.Anyone)
	stay, lead := itsm.Stay(), itsm.To(incident.Assigned)
	randomHost(t, lifecycle(t, nil), []itsm.Transition[incident.Incident]{
		itsm.On("classify", incident.Classify{}, from, stay, by),
		itsm.On("join", incident.Join{}, from, stay, by),
		itsm.On("correct", incident.Correct{}, from, stay, by),
		itsm.On("assign", incident.Assign{}, from, stay, by),
		itsm.On("start", incident.Start{}, from, stay, by),
		itsm.On("hold", incident.Hold{}, from, itsm.To(incident.OnHold), by),
		itsm.On("resume", incident.Resume{}, from, lead, by),
		itsm.On("add task", incident.AddTask{}, from, stay, by),
		itsm.On("move task", incident.MoveTask{}, from, stay, by),
		itsm.On("resolve", incident.Resolve{}, from, itsm.To(incident.Resolved), by),
		itsm.On("reopen", incident.Reopen{}, from, lead, by),
		itsm.On("declare", incident.Declare{}, from, stay, by),
		itsm.On("demote", incident.Demote{}, from, stay, by),
		itsm.On("inform", incident.Inform{}, from, stay, by),
		itsm.On("review", incident.Review{}, from, stay, by),
		itsm.On("close", incident.Close{}, from, itsm.To(incident.Closed), itsm.By(incident.Agent, itsm.SystemRole)),
	})
}

// randomHost walks under the process's lifecycle with other rows.
func randomHost(t *testing.T, own *itsm.Lifecycle[incident.Incident], rows []itsm.Transition[incident.Incident]) {
	t.Helper()
	lc, err := own.With(itsm.Definition[incident.Incident]{Transitions: rows})
	require.NoError(t, err)
	for seed := range uint64(4) {
		w := newWorld(t, lc, seed)
		w.unwise = true
		for range 2000 {
			w.step()
		}
		for _, inc := range w.incidents {
			lc.Due(inc)
			lc.Permitted(inc, itsm.Stamp{})
			_, err := lc.Replay(w.events[inc.ID]...)
			require.NoError(t, err)
		}
	}
}
