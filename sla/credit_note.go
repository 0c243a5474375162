package sla

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
)

// CreditNote is what is owed under one version of an agreement for a period. Its
// text explains each amount on a line.
type CreditNote struct {
	Agreement string       `json:"agreement"`
	Version   int          `json:"version"`
	From      time.Time    `json:"from"`
	To        time.Time    `json:"to"`
	Lines     []CreditLine `json:"lines,omitempty"` // by credit, in the agreement's order, and cycle
	Total     []itsm.Money `json:"total,omitempty"` // of the rounded amounts; one of each currency, by its name
}

// Credits is what is owed under a version of an agreement for the cycles of a
// report that begin while the version is in force. The report is by the agreement's
// zone, of whole cycles of each credit, and broken down by that cycle and
// [ByTarget]; if it is of one cycle, ByTarget alone will do. Else it is an
// *[itsm.FieldError] that says what is missing.
func (b *Book) Credits(c *Compliance, agreement string, number int) (*CreditNote, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	v := b.version(agreement, number)
	if v == nil {
		return nil, &itsm.FieldError{Field: "version", Problem: fmt.Sprintf("%d of %s is not in the book", number, itsm.Quoted(agreement))}
	}
	if c == nil {
		return nil, &itsm.FieldError{Field: "compliance", Problem: "is nil; give a report"}
	}
	if err := c.checkForm(); err != nil {
		return nil, errors.Join(placed("compliance", err)...)
	}
	if zone := v.terms.zone.String(); c.Zone != zone {
		return nil, &itsm.FieldError{Field: "compliance.zone", Problem: fmt.Sprintf("is %s; the agreement's is %s", itsm.Quoted(c.Zone), zone)}
	}
	note := &CreditNote{Agreement: agreement, Version: number, From: c.From, To: c.To}
	for i := range v.terms.Credits {
		lines, err := v.credit(c, &v.terms.Credits[i])
		if err != nil {
			return nil, err
		}
		note.Lines = append(note.Lines, lines...)
	}
	for _, l := range note.Lines {
		note.add(l.Amount)
	}
	return note, nil
}

// add adds an amount to the total of its currency.
func (n *CreditNote) add(m itsm.Money) {
	i, found := slices.BinarySearchFunc(n.Total, m.Currency, func(t itsm.Money, c string) int { return strings.Compare(t.Currency, c) })
	if !found {
		n.Total = slices.Insert(n.Total, i, itsm.Money{Currency: m.Currency})
	}
	n.Total[i].Amount = n.Total[i].Amount.Add(m.Amount)
}

// credit is what one credit owes, by cycle.
func (v *version) credit(c *Compliance, credit *Credit) ([]CreditLine, error) {
	period := Period{c.From, c.To, v.terms.zone}
	cycles := period.Cycles(credit.Per)
	for _, x := range []Period{cycles[0], cycles[len(cycles)-1]} {
		if !x.IsWhole(credit.Per) {
			return nil, &itsm.FieldError{Field: "compliance", Problem: fmt.Sprintf("has only a part of the %s %s; the credit %s is for whole ones", credit.Per, credit.Per.Name(x.From, x.Zone), itsm.Quoted(credit.Name))}
		}
	}
	table, at, err := c.creditable(credit, len(cycles) == 1)
	if err != nil {
		return nil, err
	}
	var lines []CreditLine
	for _, x := range cycles {
		if !v.inForce(x.From) {
			continue
		}
		name := credit.Per.Name(x.From, x.Zone)
		var met itsm.Ratio
		for i := range table.Cells {
			cell := &table.Cells[i]
			if cell.Agreement == v.Agreement && (at < 0 || cell.Key[at] == name) && (len(credit.Targets) == 0 || slices.Contains(credit.Targets, cell.Target)) {
				met.Num, met.Den = met.Num+cell.Met.Num, met.Den+cell.Met.Den
			}
		}
		line, err := credit.Owed(met)
		if err != nil {
			return nil, err
		}
		line.Cycle = name
		lines = append(lines, line)
	}
	return lines, nil
}

// creditable finds the breakdown that a credit is reckoned from, and which of its
// dimensions is the cycle; less than zero: none.
func (c *Compliance) creditable(credit *Credit, one bool) (*Breakdown, int, error) {
	cycle := Dimension(credit.Per)
	for i := range c.By {
		by := c.By[i].By
		if len(by) == 2 && slices.Contains(by, cycle) && slices.Contains(by, ByTarget) {
			return &c.By[i], slices.Index(by, cycle), nil
		}
		if one && len(by) == 1 && by[0] == ByTarget {
			return &c.By[i], -1, nil
		}
	}
	return nil, 0, &itsm.FieldError{Field: "compliance.by", Problem: fmt.Sprintf("has no breakdown by %s and target, of which the credit %s is reckoned", credit.Per, itsm.Quoted(credit.Name))}
}

// String explains each amount on a line, and gives the total last.
func (n *CreditNote) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "credits under %s version %d from %s to %s\n", n.Agreement, n.Version, n.From.Format(time.RFC3339), n.To.Format(time.RFC3339))
	for _, l := range n.Lines {
		fmt.Fprintf(&b, "  %s\n", l)
	}
	for _, m := range n.Total {
		places := 0
		for _, l := range n.Lines {
			if l.Amount.Currency == m.Currency {
				places = max(places, l.Places)
			}
		}
		fmt.Fprintf(&b, "  total %s %s\n", m.Amount.StringFixed(int32(places)), m.Currency)
	}
	return b.String()
}
