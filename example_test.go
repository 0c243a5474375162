package itsm_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// A door is the smallest process: a record, its commands, and a table.
type Door struct {
	itsm.Header
	Colour string
}

type Hang struct{ Colour string }

func (c Hang) Check(d *Door, s itsm.Stamp) error {
	if c.Colour == "" {
		return &itsm.FieldError{Field: "colour", Problem: "is missing"}
	}
	return nil
}
func (c Hang) Apply(d *Door, s itsm.Stamp) { d.Colour = c.Colour }

type Unlock struct{}

func (Unlock) Check(*Door, itsm.Stamp) error { return nil }
func (Unlock) Apply(*Door, itsm.Stamp)       {}

type Remove struct{}

func (Remove) Check(*Door, itsm.Stamp) error { return nil }
func (Remove) Apply(*Door, itsm.Stamp)       {}

func doors() (*itsm.Lifecycle[Door], error) {
	daytime := func(d *Door, s itsm.Stamp) error {
		if h := s.At.Hour(); h < 8 || h >= 20 {
			return errors.New("come back between 8 and 20 o'clock")
		}
		return nil
	}
	return itsm.NewLifecycle(itsm.Definition[Door]{
		Kind: "door",
		States: []itsm.StateDef{
			{State: "locked", Phase: itsm.Open},
			{State: "unlocked", Phase: itsm.Active},
			{State: "removed", Phase: itsm.Final},
		},
		Transitions: []itsm.Transition[Door]{
			itsm.On("hang", Hang{}, itsm.From(itsm.None), itsm.To("locked"), itsm.By("carpenter")),
			itsm.On("unlock", Unlock{}, itsm.From("locked"), itsm.To("unlocked"), itsm.By("porter"), itsm.Guard("daytime", daytime)),
			itsm.On("remove", Remove{}, itsm.From("locked", "unlocked"), itsm.To("removed"), itsm.By("carpenter")),
		},
	})
}

func ExampleNewLifecycle() {
	lc, err := doors()
	if err != nil {
		fmt.Println(err)
		return
	}
	carpenter := itsm.Actor{ID: "cara", Roles: []itsm.Role{"carpenter"}}
	porter := itsm.Actor{ID: "paul", Roles: []itsm.Role{"porter"}}
	evening := time.Date(2026, 3, 2, 21, 0, 0, 0, time.UTC)

	door := Door{Header: itsm.Header{ID: uuid.UUID{15: 1}, Number: "DOOR1"}}
	event, err := lc.Fire(&door, Hang{Colour: "red"}, itsm.Stamp{At: evening, By: carpenter})
	fmt.Println(event.Name, door.State, door.Revision, err)

	_, err = lc.Fire(&door, Unlock{}, itsm.Stamp{At: evening, By: porter})
	fmt.Println(err)
	for _, o := range lc.Permitted(&door, itsm.Stamp{At: evening.Add(12 * time.Hour), By: porter}) {
		fmt.Println(o.Name, o.To, o.Refusal == nil)
	}
	// Output:
	// hang locked 1 <nil>
	// DOOR1: unlock refused: daytime: come back between 8 and 20 o'clock
	// hang [] false
	// unlock [unlocked] true
	// remove [removed] false
}

// Doors are not unlocked by hand any more; what was unlocked once is still read, and
// a door that stands unlocked can still be removed.
func ExampleLifecycle_Retire() {
	lc, _ := doors()
	lc, err := lc.Retire("unlock")
	fmt.Println(lc.Commands(), lc.Warnings(), err)

	past, err := lc.Decode("unlock", 1, []byte(`{}`))
	fmt.Printf("%T %v\n", past, err)
	door := Door{Header: itsm.Header{Number: "DOOR1", State: "locked"}}
	porter := itsm.Actor{ID: "paul", Roles: []itsm.Role{"porter"}}
	_, err = lc.Fire(&door, Unlock{}, itsm.Stamp{At: time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC), By: porter})
	fmt.Println(err)
	// Output:
	// [hang remove] [unreachable: "unlocked"] <nil>
	// itsm_test.Unlock <nil>
	// DOOR1: unlock refused: not open from "locked", as it is retired; open are: remove
}

func ExampleLifecycle_Without() {
	lc, _ := doors()
	_, err := lc.Without("remove")
	fmt.Println(err)
	// Output:
	// lifecycle of "door" refused
	// 	no end: "locked"; shortest way there: hang → locked
	// 	trap: "unlocked"; shortest way there: hang → locked, unlock → unlocked
}
