package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Measure is how many of so many are as the aspect says, exactly, and which.
type Measure struct {
	Aspect Aspect      `json:"aspect"`
	Ratio  itsm.Ratio  `json:"ratio"`         // no data when there is nothing that could be so
	IDs    []uuid.UUID `json:"ids,omitempty"` // of those that are, ascending; as many as are counted
	By     []Share     `json:"by,omitempty"`  // the same by class, type or criticality, in order
}

// Share is a measure's ratio within one class, type or criticality.
type Share struct {
	Of    string     `json:"of"` // "": of none
	Ratio itsm.Ratio `json:"ratio"`
}

// String is the measure in a line, and a line each for its shares.
func (m Measure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", m.Aspect, m.Ratio)
	for _, s := range m.By {
		of := s.Of
		if of == "" {
			of = "none"
		}
		fmt.Fprintf(&b, "  %s: %s\n", of, s.Ratio)
	}
	return b.String()
}

// reckoning counts towards a measure.
type reckoning struct {
	Measure
	by map[string]*itsm.Ratio
}

func newReckoning(a Aspect) *reckoning {
	return &reckoning{Measure{Aspect: a}, make(map[string]*itsm.Ratio)}
}

// count counts one that could be so, and whether it is.
func (t *reckoning) count(id uuid.UUID, of string, is bool) {
	share := t.by[of]
	if share == nil {
		share = new(itsm.Ratio)
		t.by[of] = share
	}
	t.Ratio.Den++
	share.Den++
	if is {
		t.Ratio.Num++
		share.Num++
		t.IDs = append(t.IDs, id)
	}
}

// measure is what was counted.
func (t *reckoning) measure(order func(a, b string) int) Measure {
	m := t.Measure
	slices.SortFunc(m.IDs, compareIDs)
	for _, of := range namesOf(t.by) {
		m.By = append(m.By, Share{of, *t.by[of]})
	}
	if order != nil {
		slices.SortStableFunc(m.By, func(a, b Share) int { return order(a.Of, b.Of) })
	}
	return m
}
