package benchmarks

import (
	"context"
	"testing"

	"github.com/looplab/fsm"
	"github.com/qmuntal/stateless"

	"github.com/itsmkit/itsm"
)

// Each peer is used the leanest way it knows: one machine for one record, set up
// beforehand, with states and triggers that need no boxing, and guards that reach
// the record and the actor directly. Each asks for the role and the assignee and
// counts the holds. Only itsm carries a command, checks it, keeps the record's own
// header, and says afterwards what happened.

func statelessMachine(r *ticket, by *itsm.Actor) *stateless.StateMachine {
	m := stateless.NewStateMachineWithMode("working", stateless.FiringImmediate)
	agent := func(context.Context, ...any) bool { return by.Has("agent") }
	assigned := func(context.Context, ...any) bool { return r.Assignee != "" }
	m.Configure("working").Permit("hold", "waiting", agent, assigned)
	m.Configure("waiting").Permit("resume", "working", agent, assigned).
		OnEntry(func(context.Context, ...any) error { r.Holds++; return nil })
	return m
}

func looplabMachine(r *ticket, by *itsm.Actor) *fsm.FSM {
	return fsm.NewFSM("working",
		fsm.Events{
			{Name: "hold", Src: []string{"working"}, Dst: "waiting"},
			{Name: "resume", Src: []string{"waiting"}, Dst: "working"},
		},
		fsm.Callbacks{
			"before_event": func(_ context.Context, e *fsm.Event) {
				switch {
				case !by.Has("agent"):
					e.Cancel(errNoAgent)
				case r.Assignee == "":
					e.Cancel(errNobody)
				}
			},
			"enter_waiting": func(context.Context, *fsm.Event) { r.Holds++ },
		})
}

func BenchmarkFire(b *testing.B) {
	triggers := [2]string{"hold", "resume"}
	run := func(impl string, machine func(r *ticket) (fire func(step int) error)) {
		b.Run("impl="+impl, func(b *testing.B) {
			b.ReportAllocs()
			r := newTicket()
			fire := machine(r)
			for steps := 0; b.Loop(); steps++ {
				if err := fire(steps % 2); err != nil {
					b.Fatal(err)
				}
			}
			if r.Holds == 0 {
				b.Error("nothing was put on hold")
			}
		})
	}
	run("itsm", func(r *ticket) func(int) error {
		lc, stamp := tickets(b), itsm.Stamp{At: noon, By: bob}
		texts := [2]string{"vendor", "they called"}
		return func(step int) error {
			var cmd itsm.Command[ticket] // boxing it is the one allocation
			if step == 0 {
				cmd = hold{Reason: texts[step], Until: noon}
			} else {
				cmd = resume{Note: texts[step]}
			}
			_, err := lc.Fire(r, cmd, stamp)
			return err
		}
	})
	run("stateless", func(r *ticket) func(int) error {
		m := statelessMachine(r, &bob)
		boxed := [2]stateless.Trigger{triggers[0], triggers[1]}
		return func(step int) error { return m.Fire(boxed[step]) }
	})
	run("looplab", func(r *ticket) func(int) error {
		m := looplabMachine(r, &bob)
		return func(step int) error { return m.Event(context.Background(), triggers[step]) }
	})
}

// TestFireAllocatesNothing: once the caller has boxed a command, firing it costs
// no allocation.
func TestFireAllocatesNothing(t *testing.T) {
	lc, r, stamp := tickets(t), newTicket(), itsm.Stamp{At: noon, By: bob}
	commands := [2]itsm.Command[ticket]{hold{Reason: "vendor", Until: noon}, resume{Note: "they called"}}
	steps := 0
	allocations := testing.AllocsPerRun(100, func() {
		if _, err := lc.Fire(r, commands[steps%2], stamp); err != nil {
			t.Fatal(err)
		}
		steps++
	})
	if allocations != 0 {
		t.Errorf("Fire makes %v allocations, want none", allocations)
	}
}
