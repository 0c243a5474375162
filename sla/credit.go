package sla

import (
	"errors"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/itsmkit/itsm"
)

// Credit is what the provider owes when targets are met too seldom, as a share of
// the fee of a period. It is owed by the last tier that the share of the work that
// met its target falls below; see [Credit.Owed].
type Credit struct {
	Name     string     `json:"name"`
	Targets  []string   `json:"targets"` // whose work counts, together; empty: all targets of the agreement
	Per      Cycle      `json:"per"`
	Fee      itsm.Money `json:"fee"`               // for one period
	Tiers    []Tier     `json:"tiers"`             // from the highest share to the lowest
	Cap      string     `json:"cap,omitzero"`      // the most that is owed, also after rounding, in per cent of the fee; unset: no cap
	Decimals int        `json:"decimals,omitzero"` // of the amount, 0 to 6: 2 for cents
	Rounding Rounding   `json:"rounding"`
}

// Tier is what is owed when less than a share of the work met its target.
type Tier struct {
	Below string `json:"below"` // per cent of the work: "99.5"
	Owed  string `json:"owed"`  // per cent of the fee: "5"
}

// Rounding says how an amount is rounded to its decimals. The share that was met
// never is.
type Rounding string

// The ways to round.
const (
	HalfUp   Rounding = "half up"
	HalfEven Rounding = "half even"
	Down     Rounding = "down" // in the provider's favour
	Up       Rounding = "up"   // in the customer's
)

// Roundings lists every way.
func Roundings() []Rounding { return []Rounding{HalfUp, HalfEven, Down, Up} }

// round rounds an amount, which is none or more.
func (r Rounding) round(d decimal.Decimal, places int32) decimal.Decimal {
	switch r {
	case HalfUp:
		return d.Round(places)
	case HalfEven:
		return d.RoundBank(places)
	case Down:
		return d.RoundDown(places)
	default:
		return d.RoundUp(places)
	}
}

const (
	mostTiers    = 100
	mostDecimals = 6
)

// Check says everything that is wrong with the credit, each as an *[itsm.FieldError]
// with its path. Whether there are targets of those names, only the agreement knows.
func (c *Credit) Check() error {
	_, err := c.compile("")
	return err
}

// check is Check, for a credit of an agreement.
func (c *Credit) check(t *compiled, field string) error {
	_, err := c.compile(field)
	wrong := problems{err}
	for i, name := range c.Targets {
		if !slices.ContainsFunc(t.Targets, func(o Target) bool { return o.Name == name }) {
			wrong.add(fmt.Sprintf("%s.targets[%d]", field, i), "%s is no target of the agreement", itsm.Quoted(name))
		}
	}
	for i := range t.Credits {
		if &t.Credits[i] == c {
			break
		}
		if t.Credits[i].Name == c.Name {
			wrong.add(field+".name", "%s is the name of a credit before", itsm.Quoted(c.Name))
		}
	}
	return errors.Join(wrong...)
}

// ladder is a credit ready to be reckoned with.
type ladder struct {
	below, owed []decimal.Decimal // by tier
	cap         decimal.Decimal
}

// compile checks a credit and reads its texts.
func (c *Credit) compile(field string) (ladder, error) {
	at := func(part string) string { return below(field, part) }
	wrong := problems{itsm.CheckLine(at("name"), c.Name), itsm.CheckOneOf(at("per"), c.Per, Cycles()), itsm.CheckOneOf(at("rounding"), c.Rounding, Roundings())}
	for i, name := range c.Targets {
		if slices.Contains(c.Targets[:i], name) {
			wrong.add(fmt.Sprintf("%s[%d]", at("targets"), i), "%s is named before", itsm.Quoted(name))
		}
	}
	if err := c.Fee.Check(at("fee")); err != nil {
		wrong = append(wrong, err)
	} else if _, err := itsm.NumberValue(c.Fee.Amount).MarshalJSON(); err != nil {
		wrong.add(at("fee"), "has more digits than can be kept")
	} else if c.Fee.Amount.Sign() <= 0 {
		wrong.add(at("fee"), "is %s; give more than none", c.Fee)
	}
	if c.Decimals < 0 || c.Decimals > mostDecimals {
		wrong.add(at("decimals"), "is %d; give 0 to %d", c.Decimals, mostDecimals)
	}
	l := ladder{cap: hundred()}
	if c.Cap != "" {
		var err error
		if l.cap, err = parsePercent(at("cap"), c.Cap); err != nil {
			wrong, l.cap = append(wrong, err), hundred()
		}
	}
	wrong.tiers(c, &l, at("tiers"))
	return l, errors.Join(wrong...)
}

// tiers checks the tiers and reads them: shares fall from one to the next, and what
// is owed does not.
func (p *problems) tiers(c *Credit, l *ladder, field string) {
	if len(c.Tiers) < 1 || len(c.Tiers) > mostTiers {
		p.add(field, "has %d tiers; give 1 to %d", len(c.Tiers), mostTiers)
		return
	}
	for i, t := range c.Tiers {
		at := fmt.Sprintf("%s[%d]", field, i)
		share, err := parsePercent(at+".below", t.Below)
		owed, err2 := parsePercent(at+".owed", t.Owed)
		if err != nil || err2 != nil {
			*p = append(*p, err, err2)
			return // what follows can be compared with nothing
		}
		if i > 0 {
			switch last := l.below[i-1]; {
			case share.Equal(last):
				p.add(at+".below", "is %s, as that of the tier before", share)
			case share.GreaterThan(last):
				p.add(at+".below", "is %s, more than %s of the tier before; list them from the highest share to the lowest", share, last)
			}
			if owed.LessThan(l.owed[i-1]) {
				p.add(at+".owed", "is %s, less than %s of the tier before; who meets less owes no less", owed, l.owed[i-1])
			}
		}
		l.below, l.owed = append(l.below, share), append(l.owed, owed)
	}
}

// CreditLine is what is owed by one credit for one period, and why.
type CreditLine struct {
	Credit string     `json:"credit"`          // its name
	Cycle  string     `json:"cycle,omitzero"`  // "2026-11"
	Met    itsm.Ratio `json:"met"`             // of the work of its targets
	Below  string     `json:"below,omitzero"`  // of the tier by which it is owed; empty: none is, and nothing is owed
	Owed   string     `json:"owed,omitzero"`   // per cent of the fee
	Capped string     `json:"capped,omitzero"` // per cent of the fee that is owed instead, by the cap; empty: no more was owed
	Fee    itsm.Money `json:"fee"`
	Amount itsm.Money `json:"amount"`           // rounded
	Places int        `json:"places,omitempty"` // to which it is
}

// Owed is what is owed when so many of so many met their target: the fee times the
// per cent of the last tier that the exact share is below, rounded once. Nothing is
// owed without data, nor at a share that is exactly that of a tier, and never more
// than the cap. A credit with a fault is an error.
func (c *Credit) Owed(met itsm.Ratio) (CreditLine, error) {
	l, err := c.compile("")
	if err == nil && (met.Num < 0 || met.Den < 0 || met.Num > met.Den) {
		err = &itsm.FieldError{Field: "met", Problem: fmt.Sprintf("is %d of %d; give a share", met.Num, met.Den)}
	}
	if err != nil {
		return CreditLine{}, err
	}
	line := CreditLine{Credit: c.Name, Met: met, Fee: c.Fee, Amount: itsm.Money{Currency: c.Fee.Currency}, Places: c.Decimals}
	if !met.HasData() {
		return line, nil
	}
	share := percentOf(met)
	for i, below := range l.below {
		if share.Cmp(below.Rat()) < 0 {
			line.Below, line.Owed = below.String(), l.owed[i].String()
			line.Amount.Amount, line.Capped = c.amount(l.owed[i], l.cap)
		}
	}
	return line, nil
}

// amount is so many per cent of the fee, rounded, and the cap if that made it less.
func (c *Credit) amount(owed, most decimal.Decimal) (amount decimal.Decimal, capped string) {
	const percent = -2
	places := int32(c.Decimals)
	if owed.GreaterThan(most) {
		owed, capped = most, most.String()
	}
	amount = c.Rounding.round(c.Fee.Amount.Mul(owed).Shift(percent), places)
	if limit := c.Fee.Amount.Mul(most).Shift(percent); c.Cap != "" && amount.GreaterThan(limit) {
		amount = limit.RoundDown(places) // rounding up goes past no cap
	}
	return amount, capped
}

// String explains the line: "uptime 2026-11: 97.23 % of 289 met, below 98: 5 % of
// 1000 EUR = 50.00 EUR".
func (l CreditLine) String() string {
	text := l.Credit
	if l.Cycle != "" {
		text += " " + l.Cycle
	}
	switch {
	case !l.Met.HasData():
		return text + ": no data, nothing owed"
	case l.Below == "":
		return fmt.Sprintf("%s: %s of %d met, below no tier, nothing owed", text, l.Met.Percent(), l.Met.Den)
	}
	owed := l.Owed + " %"
	if l.Capped != "" {
		owed += ", capped at " + l.Capped + " %,"
	}
	return fmt.Sprintf("%s: %s of %d met, below %s: %s of %s = %s %s",
		text, l.Met.Percent(), l.Met.Den, l.Below, owed, l.Fee, l.Amount.Amount.StringFixed(int32(l.Places)), l.Amount.Currency)
}

func (c Credit) clone() Credit {
	c.Targets, c.Tiers = slices.Clone(c.Targets), slices.Clone(c.Tiers)
	return c
}
