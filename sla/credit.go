package sla

import (
	"slices"

	"github.com/itsmkit/itsm"
)

// Credit is what the provider owes when a target is met too seldom, as a share of
// the fee of a period.
type Credit struct {
	Name     string     `json:"name"`
	Targets  []string   `json:"targets"` // whose work counts, together; empty: all targets of the agreement
	Per      Cycle      `json:"per"`
	Fee      itsm.Money `json:"fee"` // for one period
	Tiers    []Tier     `json:"tiers"`
	Cap      string     `json:"cap,omitzero"`      // the most, in per cent of the fee; unset: "100"
	Decimals int        `json:"decimals,omitzero"` // of the amount: 2 for cents
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

func (c *Credit) check(t *compiled, field string) error { return nil }

func (c Credit) clone() Credit {
	c.Targets, c.Tiers = slices.Clone(c.Targets), slices.Clone(c.Tiers)
	return c
}
