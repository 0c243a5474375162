package eventlog

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// translator turns rows into commands: it compares what a row says with how the
// incident stands, and goes the way that leads from one to the other.
type translator struct {
	log     *Log
	mapping *Mapping
	rules   *itsm.Lifecycle[incident.Incident]
	desk    desk
	books   books // of the row at work

	refusedLast bool // the command given last
}

// books is what one row adds to the counts.
type books struct {
	skipped, commands, filledIn, followUps int
	refusals                               []Refusal
}

// story is what is known of one incident of the log while it is replayed.
type story struct {
	inc  *incident.Incident // the one its rows are about now
	last *Row
	past []*incident.Incident // those it followed up, the first of them first

	clock sla.Clock // of the agreement, for the first of them

	stuck          bool // the way to the row's state was refused
	refusedReopens int  // steps of the log from its resolved or closed
	refusedMoves   int  // steps of the log to another group

	// Reassignments at the row before: ours, those with the refused ones, the log's.
	moves, refused int
	logMoves       string
}

// text is what a row says in a field, "" when missing.
func (t *translator) text(row *Row, f Field) string { return t.log.texts[row.cells[cell(f)]] }

// row replays one row. An error is one that ends the replay; what the rules
// refuse is in the result.
func (t *translator) row(s *story, row *Row) error {
	standing := t.mapping.States[t.text(row, State)]
	if standing.Skip {
		t.books.skipped++
		return nil
	}
	given := t.books.commands
	if s.inc == nil {
		if err := t.report(s, row); err != nil || s.inc == nil {
			return err
		}
	}
	moves := !s.stuck || t.changed(s, row, State)
	if moves {
		s.stuck = false
	}
	steps := 0
	if moves && t.over(s.inc.State) && !t.over(standing.State) {
		// It goes on first: what an ended incident would refuse may then come.
		done, err := t.step(s, row, standing)
		if err != nil {
			return err
		}
		if done {
			steps++
		}
	}
	if err := t.content(s, row); err != nil {
		return err
	}
	if moves && !s.stuck {
		if err := t.state(s, row, standing, steps); err != nil {
			return err
		}
	}
	if t.books.commands == given {
		if _, err := t.give(s, row, incident.Log{Text: "Updated without a visible change."}); err != nil {
			return err
		}
	}
	s.last = row
	return nil
}

// report opens the incident, at the time the log says it was opened if that is
// not after its first row.
func (t *translator) report(s *story, row *Row) error {
	at := row.At
	if opened, err := t.time(row, cell(Opened)); err == nil && !opened.IsZero() && opened.Before(at) {
		at = opened
	}
	c := incident.Report{
		Title:       cmp.Or(t.text(row, Subcategory), t.text(row, Category), "Incident "+t.text(row, Incident)),
		Caller:      t.text(row, Caller),
		Source:      cmp.Or(t.text(row, Source), "log"),
		Category:    t.text(row, Category),
		Subcategory: t.text(row, Subcategory),
		Impact:      itsm.Level(t.text(row, Impact)),
		Urgency:     itsm.Level(t.text(row, Urgency)),
		Service:     ref("service", t.text(row, Service)),
		Group:       t.text(row, Group),
		To:          t.text(row, Assignee),
	}
	if c.Group == "" {
		c.To = "" // a person has it within a group
	}
	c.ServiceUnknown = c.Service.IsZero()
	inc, err := t.desk.create(at, t.agent(cmp.Or(t.text(row, Reporter), t.text(row, By))), c)
	if err = t.count(row, "report", itsm.None, err); err == nil && !t.refusedLast {
		s.inc = inc
	}
	return err
}

// content gives the commands for what changed besides the state.
func (t *translator) content(s *story, row *Row) error {
	inc := s.inc
	classify := incident.Classify{}
	if v := t.text(row, Category); v != inc.Category {
		classify.Category, classify.Subcategory = v, t.text(row, Subcategory)
	}
	if v := t.text(row, Subcategory); v != inc.Subcategory {
		classify.Subcategory = v
	}
	if v := itsm.Level(t.text(row, Impact)); v != inc.Impact {
		classify.Impact = v
	}
	if v := itsm.Level(t.text(row, Urgency)); v != inc.Urgency {
		classify.Urgency = v
	}
	if (classify.Category != "" || classify.Subcategory != "" || classify.Impact != "" || classify.Urgency != "") &&
		t.changed(s, row, Category, Subcategory, Impact, Urgency) {
		if _, err := t.give(s, row, classify); err != nil {
			return err
		}
	}
	for _, link := range []struct {
		field Field
		as    incident.LinkType
	}{{Problem, incident.ToProblem}, {Change, incident.FixedBy}, {CausedBy, incident.CausedBy}} {
		to := ref(string(link.field), t.text(row, link.field))
		if to.IsZero() || !t.changed(s, row, link.field) {
			continue
		}
		if _, err := t.give(s, row, incident.Link{As: link.as, To: to}); err != nil {
			return err
		}
	}
	if ci := ref("ci", t.text(row, CI)); !ci.IsZero() && t.changed(s, row, CI) {
		if _, err := t.give(s, row, incident.Affect{CI: ci, How: incident.Manual}); err != nil {
			return err
		}
	}
	group, to := t.text(row, Group), t.text(row, Assignee)
	if (group != s.inc.Group || to != s.inc.Assignee) && group+to != "" && t.changed(s, row, Group, Assignee) {
		done, err := t.give(s, row, incident.Assign{Group: group, To: to})
		if err != nil {
			return err
		}
		if !done && s.last != nil && t.changed(s, row, Group) {
			s.refusedMoves++
		}
	}
	return nil
}

// changed reports whether the row differs from the incident's row before it in
// one of the fields; the first always does.
func (t *translator) changed(s *story, row *Row, fields ...Field) bool {
	if s.last == nil {
		return true
	}
	for _, f := range fields {
		if s.last.cells[cell(f)] != row.cells[cell(f)] {
			return true
		}
	}
	return false
}

// state goes to where the row says the incident stands, after so many steps
// already. What it must pass on the way and the log has not is counted as filled
// in.
func (t *translator) state(s *story, row *Row, to Standing, steps int) error {
	for range 8 { // more steps than the longest way has
		if arrived(s.inc, to) {
			break
		}
		done, err := t.step(s, row, to)
		if err != nil {
			return err
		}
		if !done {
			break
		}
		steps++
	}
	if steps > 0 && t.changed(s, row, State) {
		steps-- // the log's own
	}
	t.books.filledIn += steps
	return nil
}

// step gives the next command on the way. It reports whether that was carried out;
// if not, the story is stuck.
func (t *translator) step(s *story, row *Row, to Standing) (bool, error) {
	c := t.next(s, row, to)
	if c == nil {
		t.refused(row, "return to "+string(to.State), s.inc.State, fmt.Errorf("no command leads from %s to %s", s.inc.State, to.State))
		s.stuck = true
		return false, nil
	}
	done, err := t.give(s, row, c)
	if err == nil && !done {
		s.stuck = true
		if _, ok := c.(incident.Reopen); ok && s.last != nil && t.over(t.mapping.States[t.text(s.last, State)].State) {
			s.refusedReopens++
		}
	}
	return done, err
}

// over reports whether a state is one in which an incident is resolved or ended.
func (t *translator) over(state itsm.State) bool {
	phase := t.rules.Phase(state)
	return phase == itsm.Done || phase == itsm.Final
}

// arrived reports whether the incident stands where the log says. The log's "new"
// may have a group, which makes it assigned.
func arrived(inc *incident.Incident, to Standing) bool {
	switch to.State {
	case incident.New:
		return inc.State == incident.New || inc.State == incident.Assigned
	case incident.OnHold:
		return inc.State == incident.OnHold && inc.Hold.Reason == to.Reason
	}
	return inc.State == to.State
}

// next is the next command on the way, nil where there is none.
func (t *translator) next(s *story, row *Row, to Standing) itsm.Command[incident.Incident] {
	from := s.inc.State
	switch {
	case from == incident.Closed || from == incident.Cancelled:
		if to.State == incident.Resolved || to.State == incident.Closed {
			return t.toward(s, row, to) // refused: the record is immutable
		}
		return incident.FollowUp{Of: s.inc.ID, Reason: "The log goes on after closing."}
	case from == incident.Resolved && to.State != incident.Closed:
		return incident.Reopen{Reason: "The log goes on after resolving."}
	}
	return t.toward(s, row, to)
}

// toward is the next command from an open incident, or from a resolved one to
// its closing.
func (t *translator) toward(s *story, row *Row, to Standing) itsm.Command[incident.Incident] {
	from := s.inc.State
	switch to.State {
	case incident.New:
		if from == incident.OnHold {
			return incident.Resume{}
		}
	case incident.InProgress:
		switch {
		case from == incident.OnHold:
			return incident.Resume{}
		case s.inc.Assignee == "":
			return incident.Assign{Group: cmp.Or(t.text(row, Group), s.inc.Group, "unknown"), To: t.by(row)}
		}
		return incident.Start{}
	case incident.OnHold:
		return t.hold(row, to.Reason)
	case incident.Resolved:
		return t.resolve(row)
	case incident.Closed:
		if from != incident.Resolved && from != incident.Closed {
			return t.resolve(row)
		}
		return incident.Close{}
	case incident.Cancelled:
		return incident.Cancel{Reason: "Cancelled in the log."}
	}
	return nil
}

func (t *translator) resolve(row *Row) incident.Resolve {
	return incident.Resolve{Code: cmp.Or(t.text(row, Code), "unknown"), Notes: "Resolved in the log."}
}

func (t *translator) hold(row *Row, reason incident.HoldReason) incident.Hold {
	c := incident.Hold{Reason: reason}
	switch reason {
	case incident.AwaitingCaller:
		c.Question = "Asked in the log."
		return c
	case incident.AwaitingVendor:
		c.Awaits = ref("vendor", t.text(row, Vendor))
	case incident.AwaitingProblem:
		c.Awaits = ref("problem", t.text(row, Problem))
	case incident.AwaitingChange:
		c.Awaits = ref("change", t.text(row, Change))
	}
	if c.Awaits.IsZero() {
		c.Awaits, _ = itsm.ParseRef(t.mapping.Awaits[string(reason)])
	}
	return c
}

// give gives one command and reports whether it was carried out.
func (t *translator) give(s *story, row *Row, c itsm.Command[incident.Incident]) (bool, error) {
	from, by := s.inc.State, t.agent(t.by(row))
	var inc *incident.Incident
	var err error
	switch c := c.(type) {
	case incident.FollowUp:
		inc, err = t.desk.create(row.At, by, c)
	case incident.Close:
		// The log does not say who closes; after the window it is the system.
		if !row.At.Before(s.inc.Times.Resolved.AddDate(0, 0, t.mapping.Policy.WindowDays)) {
			by = itsm.System(tenant)
		}
		inc, err = t.desk.do(row.At, by, s.inc, c)
	default:
		inc, err = t.desk.do(row.At, by, s.inc, c)
	}
	err = t.count(row, t.rules.NameOf(c), from, err)
	if err != nil || t.refusedLast {
		return false, err
	}
	if _, again := c.(incident.FollowUp); again {
		t.books.followUps++
		s.past = append(s.past, s.inc)
	}
	s.inc = inc
	return true, nil
}

// count keeps the books on one command: carried out, refused by the rules, or an
// error that ends the replay.
func (t *translator) count(row *Row, name string, from itsm.State, err error) error {
	t.refusedLast = false
	t.books.commands++
	if err == nil {
		return nil
	}
	if !errors.Is(err, itsm.ErrRefused) && !errors.Is(err, itsm.ErrInvalid) {
		return fmt.Errorf("line %d: incident %s: %w", row.Line, t.text(row, Incident), err)
	}
	t.refused(row, name, from, err)
	return nil
}

func (t *translator) refused(row *Row, name string, from itsm.State, err error) {
	t.refusedLast = true
	t.books.refusals = append(t.books.refusals, Refusal{From: from, Command: name, Incident: t.text(row, Incident), Line: row.Line, Why: err.Error()})
}

func (t *translator) by(row *Row) string { return cmp.Or(t.text(row, By), "unknown") }

// agent acts for whoever the log names; it does not say in which role.
func (t *translator) agent(id string) itsm.Actor {
	return itsm.Actor{ID: cmp.Or(id, "unknown"), Tenant: tenant, Roles: []itsm.Role{incident.Agent, incident.Manager}}
}

// time is the instant in a cell, which the reader has checked.
func (t *translator) time(row *Row, c int) (time.Time, error) {
	text := t.log.texts[row.cells[c]]
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(t.mapping.Time, text, t.mapping.location)
	return at.UTC(), err
}

func ref(kind, id string) itsm.Ref {
	if id == "" {
		return itsm.Ref{}
	}
	return itsm.Ref{Kind: kind, ID: id}
}
