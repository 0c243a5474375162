package eventlog

import (
	"maps"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// Turn is how an incident stood and who had it, from an instant until the next
// turn.
type Turn struct {
	From     time.Time           `json:"from"`
	State    itsm.State          `json:"state"`
	Reason   incident.HoldReason `json:"reason,omitzero"` // of a hold
	Group    string              `json:"group,omitzero"`
	Assignee string              `json:"assignee,omitzero"`
	By       string              `json:"by,omitzero"` // who made it so
}

// Standing is the state, and what an incident on hold waits for: "on hold for
// caller".
func (t Turn) Standing() string {
	if t.Reason == "" {
		return string(t.State)
	}
	return string(t.State) + " for " + string(t.Reason)
}

// course is what becomes of one incident, as far as the terms of the agreement ask
// for it. What follows it up is another incident and no longer the agreement's
// business.
type course struct {
	facts   sla.Facts // as they are now; no one else's
	moments []sla.Moment
	over    bool
}

// first is the incident that the agreement is about: not one that follows it up.
func (s *story) first() *incident.Incident {
	if len(s.past) > 0 {
		return s.past[0]
	}
	return s.inc
}

// follow notes what a row has changed of the incident, or of that which it has
// followed up.
func (a *agreement) follow(s *story, by string) {
	inc, c := s.first(), &s.course
	if inc == nil || c.over {
		return
	}
	if changes := a.view.Changes(c.facts, inc); changes != nil {
		c.moments = append(c.moments, sla.Moment{At: inc.Updated, By: by, Facts: changes})
		if c.facts == nil {
			c.facts = make(sla.Facts)
		}
		maps.Copy(c.facts, changes)
	}
	c.over = len(s.past) > 0
}

// turns are those of the incidents with some keys, by key. They are told once more
// from their rows: few are asked for, and only in the end it is known which.
func (t *translator) turns(keys map[uint32]bool) (map[uint32][]Turn, error) {
	again := &translator{log: t.log, mapping: t.mapping, rules: t.rules, desk: newRulesOnly(t.rules)}
	stories, turns := make(map[uint32]*story), make(map[uint32][]Turn)
	for i := range t.log.rows {
		row := &t.log.rows[i]
		if !keys[row.key] {
			continue
		}
		s := stories[row.key]
		if s == nil {
			s = new(story)
			stories[row.key] = s
		}
		over := len(s.past) > 0
		if err := again.row(s, row); err != nil {
			return nil, err
		}
		if inc := s.first(); inc != nil && !over {
			turns[row.key] = addTurn(turns[row.key], inc, t.by(row))
		}
	}
	return turns, nil
}

// addTurn adds how an incident now stands, if that is new.
func addTurn(list []Turn, inc *incident.Incident, by string) []Turn {
	turn := Turn{From: inc.Updated, State: inc.State, Group: inc.Group, Assignee: inc.Assignee, By: by}
	if inc.Hold != nil {
		turn.Reason = inc.Hold.Reason
	}
	if len(list) == 0 {
		turn.From = inc.Opened
		return append(list, turn)
	}
	same := list[len(list)-1]
	same.From, same.By = turn.From, turn.By
	if turn == same {
		return list
	}
	return append(list, turn)
}
