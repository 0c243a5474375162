package eventlog

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// Case is one incident of a log and the account of what was promised for it.
type Case struct {
	Incident string        `json:"incident"` // as the log numbers it
	Line     int           `json:"line"`     // of its last row
	Priority itsm.Priority `json:"priority"` // in the end
	Group    string        `json:"group,omitzero"`
	Opened   time.Time     `json:"opened"`
	Closed   time.Time     `json:"closed"`
	Turns    []Turn        `json:"turns"`
	Account  sla.Account   `json:"account"`
}

// Disagreement is an incident of which made_sla says something else than the clock.
type Disagreement struct {
	Case
	Says   string `json:"says"`    // what the log says: "true", "false"
	InTime bool   `json:"in_time"` // whether no more has elapsed than the goal allows
	Why    string `json:"why"`     // what may explain it
}

// Breach is a promise that was not kept.
type Breach struct {
	Case
	Target  string  `json:"target"`   // the one whose goal was exceeded
	Then    Turn    `json:"then"`     // how it stood then, and who had it
	ByState []Share `json:"by_state"` // where its time went, the most first
	ByGroup []Share `json:"by_group"`
}

// Over is by how much the goal was exceeded.
func (b *Breach) Over() time.Duration { return excess(&b.Account.Promise) }

// Share is how long an incident was in one state, or with one group.
type Share struct {
	Name    string        `json:"name,omitzero"`
	Elapsed time.Duration `json:"elapsed"` // on the clock
	Total   time.Duration `json:"total"`   // by the wall
}

// candidate is an incident that may be a case.
type candidate struct {
	number   string
	row      *Row // its last
	incident *incident.Incident
	work     *sla.Work
	promise  *sla.Promise // the one in question
	turns    []Turn       // in the end
}

// disputed is one of which the log says something else.
type disputed struct {
	candidate
	inTime bool
	says   string
}

// account makes a case of a candidate.
func (p *promises) account(c candidate) (Case, error) {
	account, err := p.book.Explain(c.work, c.promise.ID, c.row.At)
	inc := c.incident
	return Case{c.number, c.row.Line, inc.Priority, inc.Group, inc.Opened, inc.Times.Closed, c.turns, account}, err
}

func (p *promises) disagreement(c disputed) (Disagreement, error) {
	own, err := p.account(c.candidate)
	if err != nil {
		return Disagreement{}, err
	}
	d := Disagreement{Case: own, Says: c.says, InTime: c.inTime}
	d.Why = p.why(&d)
	return d, nil
}

// why is what in the log may explain a disagreement.
func (p *promises) why(d *Disagreement) string {
	o := &d.Account.Promise
	local := func(t time.Time) string { return t.In(p.judge.t.mapping.location).Format(minute) }
	isDone := func(t Turn) bool { return p.judge.t.rules.Phase(t.State) == itsm.Done }
	resolved := len(d.Turns) - 1
	for resolved >= 0 && !isDone(d.Turns[resolved]) {
		resolved--
	}
	switch {
	case d.InTime && d.Says == "true": // but not kept
		return fmt.Sprintf("exceeded on %s, as %s; the log forgets it with the new priority", local(o.Breached), d.targetAt(o.Breached))
	case excess(o).Abs() < time.Minute:
		return "closed in the minute in which it was due"
	case resolved >= 0 && d.Says == "true":
		t := d.Turns[resolved]
		if spent := d.elapsed(o.Started, t.From); spent <= o.Goal {
			return fmt.Sprintf("resolved in time, after %s, by %q; the log's clock may have stopped then", short(spent), cmp.Or(t.By, "somebody"))
		}
	case len(d.Account.Choices) > 1:
		return fmt.Sprintf("%s from %s on", o.Target, local(d.Account.Choices[len(d.Account.Choices)-1].At))
	}
	return "nothing that the log shows"
}

// targetAt is the target that the promise had at an instant, that of its beginning
// before it.
func (c *Case) targetAt(at time.Time) string {
	name := c.Account.Promise.Target
	for i, choice := range c.Account.Choices {
		if i == 0 || choice.At.Before(at) {
			name = choice.Candidates[0].Target
		}
	}
	return name
}

// minute is how times are written for people.
const minute = "2006-01-02 15:04"

// short is a time to the minute, cut: "61h04".
func short(d time.Duration) string {
	return fmt.Sprintf("%dh%02d", d/time.Hour, d%time.Hour/time.Minute)
}

// elapsed is how much the clock counted between two instants.
func (c *Case) elapsed(from, to time.Time) time.Duration {
	var sum time.Duration
	for _, i := range c.Account.Intervals {
		if i.As != sla.AsElapsed {
			continue
		}
		if i.From.Before(from) {
			i.From = from
		}
		if i.To.After(to) {
			i.To = to
		}
		sum += max(i.Duration(), 0)
	}
	return sum
}

// breach explains a breach.
func (p *promises) breach(c candidate) (Breach, error) {
	own, err := p.account(c)
	if err != nil {
		return Breach{}, err
	}
	b := Breach{Case: own, Target: own.targetAt(own.Account.Promise.Breached)}
	for i, t := range b.Turns {
		end := b.Account.Promise.Last
		if i+1 < len(b.Turns) {
			end = b.Turns[i+1].From
		}
		if !t.From.After(b.Account.Promise.Breached) {
			b.Then = t
		}
		spent := Share{Elapsed: b.elapsed(t.From, end), Total: max(end.Sub(t.From), 0)}
		b.ByState = addShare(b.ByState, t.Standing(), spent)
		b.ByGroup = addShare(b.ByGroup, t.Group, spent)
	}
	for _, list := range [][]Share{b.ByState, b.ByGroup} {
		slices.SortStableFunc(list, func(a, b Share) int {
			return cmp.Or(cmp.Compare(b.Elapsed, a.Elapsed), cmp.Compare(b.Total, a.Total))
		})
	}
	return b, nil
}

// addShare adds to the share of a name; one of no time is left out.
func addShare(list []Share, name string, more Share) []Share {
	if more.Total == 0 {
		return list
	}
	i := slices.IndexFunc(list, func(s Share) bool { return s.Name == name })
	if i < 0 {
		i = len(list)
		list = append(list, Share{Name: name})
	}
	list[i].Elapsed += more.Elapsed
	list[i].Total += more.Total
	return list
}
