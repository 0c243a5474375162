package eventlog

import (
	"cmp"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// Result is what a replay found.
type Result struct {
	Log       string        `json:"log"`
	Events    int           `json:"events"`             // rows of the log
	Incidents int           `json:"incidents"`          // of the log
	Skipped   int           `json:"skipped"`            // rows that say nothing
	Lifted    int           `json:"lifted"`             // rows whose time ran backwards and was taken for that of the row before
	LiftedAt  int           `json:"lifted_at,omitzero"` // line of the first of them
	Commands  int           `json:"commands"`           // given, refused ones included
	FilledIn  int           `json:"filled_in"`          // steps that the log skipped
	FollowUps int           `json:"follow_ups"`
	Resumed   int           `json:"resumed,omitzero"` // events that an earlier run had stored
	Elapsed   time.Duration `json:"elapsed_ns"`       // for the others
	Refusals  []Refusal     `json:"refusals"`         // most frequent first
	Oracles   []Comparison  `json:"oracles"`

	// Of what the agreement promised, if there is one.
	Disagreements []Disagreement  `json:"disagreements,omitempty"` // with made_sla, in the order of the log
	Outgrown      int             `json:"outgrown,omitzero"`       // incidents that became another than the target is for, so that made_sla is no answer
	Compliance    *sla.Compliance `json:"compliance,omitempty"`    // by month and priority; without the clocks one by one
	Worst         []Breach        `json:"worst,omitempty"`         // by how much the goal was exceeded

	KPIs *incident.KPIs `json:"kpis,omitempty"` // of all incidents, follow-ups too; groups without their days
}

// Refusal is what the rules refused in one state: how often, and the first time.
type Refusal struct {
	From     itsm.State `json:"from"`
	Command  string     `json:"command"`
	Count    int        `json:"count"`
	Incident string     `json:"incident"` // the first, as the log numbers it
	Line     int        `json:"line"`     // where
	Why      string     `json:"why"`
}

// Comparison is how often a figure recomputed from the events is the log's own.
type Comparison struct {
	Oracle   Oracle `json:"oracle"`
	Of       string `json:"of"` // what was compared: "rows", "incidents", …
	Compared int    `json:"compared"`
	Agree    int    `json:"agree"`
	First    string `json:"first,omitzero"` // the first disagreement
}

// Percent is Agree of Compared, never rounded up to 100: "99.91 %".
func (c Comparison) Percent() string {
	return itsm.Ratio{Num: int64(c.Agree), Den: int64(c.Compared)}.Percent()
}

// PerSecond is how many events were replayed in a second.
func (r *Result) PerSecond() int {
	if r.Elapsed <= 0 {
		return 0
	}
	return int(float64(r.Events-r.Resumed) / r.Elapsed.Seconds())
}

func newResult(m *Mapping) *Result { return &Result{Log: m.Name} }

// add counts what a row has given.
func (r *Result) add(b *books) {
	r.Skipped += b.skipped
	r.Commands += b.commands
	r.FilledIn += b.filledIn
	r.FollowUps += b.followUps
	for _, f := range b.refusals {
		r.refuse(f)
	}
}

func (r *Result) refuse(f Refusal) {
	i := slices.IndexFunc(r.Refusals, func(g Refusal) bool { return g.From == f.From && g.Command == f.Command })
	if i < 0 {
		i = len(r.Refusals)
		r.Refusals = append(r.Refusals, f)
	}
	r.Refusals[i].Count++
}

func (r *Result) finish(elapsed time.Duration) {
	r.Elapsed = elapsed
	slices.SortStableFunc(r.Refusals, func(a, b Refusal) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.Command, b.Command))
	})
	slices.SortStableFunc(r.Oracles, func(a, b Comparison) int {
		return cmp.Or(cmp.Compare(cell(a.Oracle), cell(b.Oracle)), cmp.Compare(a.Of, b.Of))
	})
}
