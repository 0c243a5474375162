package itsm_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// A thing is the record of these tests: it has whatever fields a test wants, all
// of them texts.
type thing struct {
	itsm.Header
	Fields map[string]string `json:"fields,omitempty"`
	Trail  []string          `json:"trail,omitempty"` // the notes of its commands
}

func field(name string) itsm.Field[thing] {
	return itsm.TextField(name, func(r *thing) string { return r.Fields[name] })
}

func fields(names ...string) []itsm.Field[thing] {
	var list []itsm.Field[thing]
	for _, name := range names {
		list = append(list, field(name))
	}
	return list
}

// do is a command; each number makes another type of it, and so another command.
type do[N any] struct {
	Set  map[string]string `json:"set,omitempty"`
	Note string            `json:"note,omitzero"`
	To   itsm.State        `json:"to,omitzero"`  // what pick picks
	Bad  string            `json:"bad,omitzero"` // what is wrong with it
}

func (c do[N]) Check(*thing, itsm.Stamp) error {
	if c.Bad != "" {
		return &itsm.FieldError{Field: "bad", Problem: c.Bad}
	}
	return nil
}

func (c do[N]) Apply(r *thing, _ itsm.Stamp) {
	if len(c.Set) > 0 {
		merged := maps.Clone(r.Fields)
		if merged == nil {
			merged = make(map[string]string)
		}
		maps.Copy(merged, c.Set)
		r.Fields = merged
	}
	if c.Note != "" {
		r.Trail = append(slices.Clip(r.Trail), c.Note)
	}
}

func pick[N any](_ *thing, c do[N], _ itsm.Stamp) itsm.State { return c.To }

type (
	n0  struct{}
	n1  struct{}
	n2  struct{}
	n3  struct{}
	n4  struct{}
	n5  struct{}
	n6  struct{}
	n7  struct{}
	n8  struct{}
	n9  struct{}
	n10 struct{}
	n11 struct{}
)

// verb is one of the commands, when a test chooses by number.
type verb struct {
	row     func(name string, clauses ...itsm.Clause) itsm.Transition[thing]
	command func(c do[n0]) itsm.Command[thing]
	pick    itsm.Clause
	follow  itsm.Clause // does nothing
}

func verbOf[N any]() verb {
	return verb{
		row: func(name string, clauses ...itsm.Clause) itsm.Transition[thing] {
			return itsm.On(name, do[N]{}, clauses...)
		},
		command: func(c do[n0]) itsm.Command[thing] { return do[N](c) },
		pick:    itsm.Pick(pick[N]),
		follow:  itsm.Follow(func(*thing, do[N], itsm.Stamp, []*thing) []itsm.FollowUp[thing] { return nil }),
	}
}

// verbs are twelve.
func verbs() []verb {
	return []verb{
		verbOf[n0](), verbOf[n1](), verbOf[n2](), verbOf[n3](), verbOf[n4](), verbOf[n5](),
		verbOf[n6](), verbOf[n7](), verbOf[n8](), verbOf[n9](), verbOf[n10](), verbOf[n11](),
	}
}

// states declares states by name: those in capitals are final, those that end in a
// question mark are paused, the others active.
func states(names ...itsm.State) []itsm.StateDef {
	var list []itsm.StateDef
	for _, s := range names {
		phase := itsm.Active
		switch {
		case s[0] >= 'A' && s[0] <= 'Z':
			phase = itsm.Final
		case s[len(s)-1] == '?':
			phase = itsm.Paused
		}
		list = append(list, itsm.StateDef{State: s, Phase: phase})
	}
	return list
}

func from(states ...itsm.State) itsm.Clause { return itsm.From(states...) }
func to(states ...itsm.State) itsm.Clause   { return itsm.To(states...) }
func anyone() itsm.Clause                   { return itsm.By(itsm.Anyone) }

// monday is when things happen.
var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func at(d time.Duration, by string, roles ...itsm.Role) itsm.Stamp {
	return itsm.Stamp{At: monday.Add(d), By: itsm.Actor{ID: by, Roles: roles}}
}

// unborn is a thing with an id and a number.
func unborn(n byte) thing {
	return thing{Header: itsm.Header{ID: uuid.UUID{15: n}, Number: fmt.Sprintf("T%d", n)}}
}

// moreVerbs are 24 besides those of verbs.
func moreVerbs() []verb {
	return []verb{
		verbOf[*n0](), verbOf[*n1](), verbOf[*n2](), verbOf[*n3](), verbOf[*n4](), verbOf[*n5](),
		verbOf[*n6](), verbOf[*n7](), verbOf[*n8](), verbOf[*n9](), verbOf[*n10](), verbOf[*n11](),
		verbOf[[]n0](), verbOf[[]n1](), verbOf[[]n2](), verbOf[[]n3](), verbOf[[]n4](), verbOf[[]n5](),
		verbOf[[]n6](), verbOf[[]n7](), verbOf[[]n8](), verbOf[[]n9](), verbOf[[]n10](), verbOf[[]n11](),
	}
}
