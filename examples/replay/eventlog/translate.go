package eventlog

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
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

	course course // of the first of them
	rows   tally

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
	// It goes on first: what an ended incident would refuse may then come.
	for moves && !s.stuck && t.over(s.inc.State) && !t.over(standing.State) {
		if _, err := t.step(s, row, standing); err != nil {
			return err
		}
		if !s.stuck {
			steps++
		}
	}
	if err := t.content(s, row, standing); err != nil {
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
func (t *translator) content(s *story, row *Row, standing Standing) error {
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
	if standing.State == incident.Assigned && !s.stuck {
		return nil // the way there assigns
	}
	group, to := t.text(row, Group), t.text(row, Assignee)
	if (group != s.inc.Group || to != s.inc.Assignee) && group+to != "" && t.changed(s, row, Group, Assignee) {
		done, err := t.give(s, row, incident.Assign{Group: group, To: to})
		if err != nil {
			return err
		}
		t.moved(s, row, done)
	}
	return nil
}

// moved counts a step of the log to another group that was refused.
func (t *translator) moved(s *story, row *Row, done bool) {
	if !done && s.last != nil && t.changed(s, row, Group) {
		s.refusedMoves++
	}
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

// give gives one command and reports whether it was carried out.
func (t *translator) give(s *story, row *Row, c itsm.Command[incident.Incident]) (bool, error) {
	from, by := s.inc.State, t.agent(t.by(row))
	var inc *incident.Incident
	var err error
	switch c := c.(type) {
	case incident.FollowUp:
		inc, err = t.desk.create(row.At, by, c)
	case incident.Close:
		at := row.At
		if t.mapping.States[t.text(row, State)].State != incident.Closed { // not the log's doing
			at, by = later(t.windowEnd(s.inc), s.inc.Updated), itsm.System(tenant)
		} else if t.closesItself(s.inc, row) {
			by = itsm.System(tenant)
		}
		inc, err = t.desk.do(at, by, s.inc, c)
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
