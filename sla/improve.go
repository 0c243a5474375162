package sla

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/itsmkit/itsm"
)

// Improvement is a reason to improve something (ISO/IEC 20000-1, 8.3.3: where a
// target is not met, an opportunity for improvement is identified), with what a
// person needs to decide on it.
type Improvement struct {
	Why  Shortfall `json:"why"`
	What string    `json:"what"` // "AGR0000042 P1 resolution, month 2026-11"

	// Short is by how much, in per cent, exactly: how many per cent of the work were
	// missing to the objective; by how many per cent of a limit it was exceeded; by
	// how many per cent of the work a share falls from one cycle to the next.
	Short *big.Rat `json:"short"`

	Objective string        `json:"objective,omitzero"` // of a target, in per cent
	Met       itsm.Ratio    `json:"met,omitzero"`       // of a target
	Needed    int64         `json:"needed,omitzero"`    // how many more would have had to be met; of a limit, how many were too many
	Missed    []Judged      `json:"missed,omitempty"`   // of a target
	Causes    []MissedCause `json:"causes,omitempty"`   // of a target, the most frequent first
	Above     []Opened      `json:"above,omitempty"`    // of a limit
	Trend     *Trend        `json:"trend,omitempty"`
}

// Shortfall says what fell short.
type Shortfall string

// What falls short.
const (
	TargetMissed  Shortfall = "target missed"      // the share of the work is below the objective
	LimitExceeded Shortfall = "limit exceeded"     // more work came than was agreed
	ShareFalling  Shortfall = "compliance falling" // over three cycles or more
)

// Shortfalls lists every shortfall.
func Shortfalls() []Shortfall { return []Shortfall{TargetMissed, LimitExceeded, ShareFalling} }

// Improvements lists what falls short in the reports of a period, either of which
// may be nil: each cell whose objective was missed, each cycle with more work than a
// limit allows, and each share that falls over three cycles or more. What falls
// short most comes first in each of these. A report that no meter makes, as JSON may
// hold one, is an *[itsm.FieldError].
func Improvements(c *Compliance, w *WorkloadReport) ([]Improvement, error) {
	if err := errors.Join(c.checkForm(), w.checkForm()); err != nil {
		return nil, err
	}
	var list []Improvement
	if c != nil {
		if !slices.ContainsFunc(c.By, func(t Breakdown) bool { return slices.Equal(t.By, []Dimension{ByTarget}) }) {
			list = c.Cell.improve(list, "all clocks")
		}
		for i := range c.By {
			table := &c.By[i]
			for j := range table.Cells {
				list = table.Cells[j].improve(list, table.label(&table.Cells[j]))
			}
			var err error
			if list, err = table.improve(list); err != nil {
				return nil, err
			}
		}
	}
	if w != nil {
		for i := range w.Limits {
			list = w.Limits[i].improve(list)
		}
	}
	slices.SortStableFunc(list, func(a, b Improvement) int {
		return cmp.Or(cmp.Compare(slices.Index(Shortfalls(), a.Why), slices.Index(Shortfalls(), b.Why)), b.Short.Cmp(a.Short), strings.Compare(a.What, b.What))
	})
	return list, nil
}

// checkForm refuses a report that cannot be reckoned with.
func (c *Compliance) checkForm() error {
	if c == nil {
		return nil
	}
	var wrong problems
	wrong.share("met", c.Met)
	for i := range c.By {
		table := &c.By[i]
		for j := range table.Cells {
			at := fmt.Sprintf("by[%d].cells[%d]", i, j)
			if n := len(table.Cells[j].Key); n != len(table.By) {
				wrong.add(at+".key", "has %d values; the breakdown has %d dimensions", n, len(table.By))
			}
			wrong.share(at+".met", table.Cells[j].Met)
		}
	}
	return errors.Join(wrong...)
}

// checkForm refuses a report that cannot be reckoned with.
func (r *WorkloadReport) checkForm() error {
	if r == nil {
		return nil
	}
	var wrong problems
	for i := range r.Limits {
		if l := &r.Limits[i]; l.Limit < 1 {
			wrong.add(fmt.Sprintf("limits[%d].limit", i), "is %d; give 1 or more", l.Limit)
		}
	}
	return errors.Join(wrong...)
}

// share asks for so many of as many or more.
func (p *problems) share(field string, r itsm.Ratio) {
	if r.Num < 0 || r.Num > r.Den {
		p.add(field, "is %d of %d; give a share", r.Num, r.Den)
	}
}

// improve adds a cell whose objective was missed.
func (c *Cell) improve(list []Improvement, label string) []Improvement {
	if c.Verdict != ObjectiveMissed || !c.Met.HasData() {
		return list
	}
	objective, err := itsm.ParseDecimal("objective", c.Objective)
	if err != nil {
		return list
	}
	const percent = -2
	needed := objective.Mul(decimal.NewFromInt(c.Met.Den)).Shift(percent).Ceil().IntPart() - c.Met.Num
	target := c.Agreement + " " + c.Target
	if label != "target "+target {
		target += ", " + label
	}
	return append(list, Improvement{
		Why: TargetMissed, What: target, Short: new(big.Rat).Sub(objective.Rat(), percentOf(c.Met)),
		Objective: c.Objective, Met: c.Met, Needed: needed, Missed: c.Missed, Causes: c.Causes,
	})
}

// improve adds the cycles in which a limit was exceeded.
func (l *LimitCount) improve(list []Improvement) []Improvement {
	for _, c := range l.Cycles {
		if c.Over > 0 {
			list = append(list, Improvement{
				Why: LimitExceeded, What: fmt.Sprintf("%s %s, %s %s", l.Agreement, l.Name, l.Per, c.Name),
				Short: big.NewRat(100*int64(c.Over), int64(l.Limit)), Needed: int64(c.Over), Above: c.Above,
			})
		}
	}
	return list
}

// fewest is of how many points a trend is worth looking at.
const fewest = 3

// improve adds the shares that fall.
func (t *Breakdown) improve(list []Improvement) ([]Improvement, error) {
	all, err := t.Series()
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.Trend.Direction == Falling && s.Trend.Points >= fewest {
			list = append(list, Improvement{
				Why: ShareFalling, What: s.label(t.By),
				Short: new(big.Rat).Mul(s.Trend.Slope, big.NewRat(-100, 1)), Trend: &s.Trend,
			})
		}
	}
	return list, nil
}

// Series is the share that was met over the cycles of a breakdown, of the clocks
// with one key on its other dimensions.
type Series struct {
	Key    []string `json:"key,omitempty"` // without the cycle
	Points []Point  `json:"points"`
	Trend  Trend    `json:"trend"`
}

// Series are the series of a breakdown that has a cycle among its dimensions, in the
// order in which their cells come; none for any other. A cycle without a cell has no
// data. More cycles than [TrendOf] takes are an *[itsm.FieldError].
func (t *Breakdown) Series() ([]Series, error) {
	at := slices.IndexFunc(t.By, func(d Dimension) bool { _, ok := d.cycle(); return ok })
	if at < 0 {
		return nil, nil
	}
	var list []Series
	places := make(map[string]int)
	for i := range t.Cells {
		c := &t.Cells[i]
		key := slices.Delete(slices.Clone(c.Key), at, at+1)
		joined := fmt.Sprintf("%q", key)
		n, known := places[joined]
		if !known {
			n = len(list)
			places[joined] = n
			s := Series{Key: key, Points: make([]Point, len(t.Cycles))}
			for j, name := range t.Cycles {
				s.Points[j].Name = name
			}
			list = append(list, s)
		}
		if j := slices.Index(t.Cycles, c.Key[at]); j >= 0 {
			list[n].Points[j].Value = c.Met
		}
	}
	for i := range list {
		var err error
		if list[i].Trend, err = TrendOf(list[i].Points...); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// label is the series for people: "priority 1, by month".
func (s *Series) label(by []Dimension) string {
	var list []string
	var cycle Dimension
	for _, d := range by {
		if _, ok := d.cycle(); ok {
			cycle = d
			continue
		}
		key := s.Key[len(list)]
		if key == "" {
			key = "(none)"
		}
		list = append(list, d.label()+" "+key)
	}
	return strings.Join(append(list, "by "+string(cycle)), ", ")
}

// String is the improvement on one line.
func (i Improvement) String() string {
	text := fmt.Sprintf("%s: %s", i.Why, i.What)
	if i.Short == nil {
		return text
	}
	switch i.Why {
	case TargetMissed:
		text += fmt.Sprintf(": %s of %s %%, short of it by %s %%, %d more needed", i.Met, i.Objective, i.Short.RatString(), i.Needed)
	case LimitExceeded:
		text += fmt.Sprintf(": %d over, %s %% of the limit", i.Needed, i.Short.RatString())
	default:
		text += fmt.Sprintf(": %s %% of the work a cycle", i.Short.RatString())
	}
	return text
}
