package itsm_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// A ticket is about the size of an incident: 600 bytes.
type ticket struct {
	itsm.Header
	Assignee string
	Moves    int
	_        [600 - unsafe.Sizeof(itsm.Header{}) - unsafe.Sizeof("") - unsafe.Sizeof(0)]byte
}

type take struct{ To string }

func (c take) Check(*ticket, itsm.Stamp) error {
	if c.To == "" {
		return errors.New("to whom?")
	}
	return nil
}

func (c take) Apply(r *ticket, _ itsm.Stamp) { r.Assignee, r.Moves = c.To, r.Moves+1 }

type file struct{}

func (file) Check(*ticket, itsm.Stamp) error { return nil }
func (file) Apply(*ticket, itsm.Stamp)       {}

type drop struct{}

func (drop) Check(*ticket, itsm.Stamp) error { return nil }
func (drop) Apply(*ticket, itsm.Stamp)       {}

// tickets is a lifecycle whose command take goes round between two states, for
// roles, a required field and a guard.
func tickets(tb testing.TB) *itsm.Lifecycle[ticket] {
	few := func(r *ticket, _ itsm.Stamp) error {
		if r.Moves < 0 {
			return errors.New("too many moves")
		}
		return nil
	}
	caller := itsm.Relation[ticket]{Role: "caller", Holds: func(r *ticket, a itsm.Actor) bool { return a.ID == "caller" }}
	lc, err := itsm.NewLifecycle(itsm.Definition[ticket]{
		Kind: "ticket", States: states("new", "assigned", "Z"), Relations: []itsm.Relation[ticket]{caller},
		Fields: []itsm.Field[ticket]{itsm.TextField("number", func(r *ticket) string { return r.Number })},
		Transitions: []itsm.Transition[ticket]{
			itsm.On("file", file{}, from(""), to("new"), anyone(), itsm.Sets("number")),
			itsm.On("take", take{}, from("new"), to("assigned"), itsm.By("caller", "manager", "agent"), itsm.Requires("number"), itsm.Guard("few", few)),
			itsm.On("take", take{}, from("assigned"), to("new"), itsm.By("caller", "manager", "agent"), itsm.Requires("number"), itsm.Guard("few", few)),
			itsm.On("drop", drop{}, from("new", "assigned"), to("Z"), itsm.By("agent")),
		},
	})
	require.NoError(tb, err)
	return lc
}

func newTicket() *ticket {
	return &ticket{Header: itsm.Header{Number: "T1", State: "new", Revision: 1, Opened: monday, Updated: monday}}
}

// agentStamp is an agent's with a few roles, of which the second counts.
func agentStamp() itsm.Stamp {
	return itsm.Stamp{At: monday.Add(time.Hour), By: itsm.Actor{ID: "bob", Tenant: "acme", Roles: []itsm.Role{"reader", "agent"}}}
}

func BenchmarkFire(b *testing.B) {
	lc, r, s := tickets(b), newTicket(), agentStamp()
	var cmd itsm.Command[ticket] = take{To: "bob"} // boxed once
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lc.Fire(r, cmd, s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFireRefused(b *testing.B) {
	lc, r, s := tickets(b), newTicket(), agentStamp()
	s.By.Roles = s.By.Roles[:1]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lc.Fire(r, take{To: "bob"}, s); err == nil {
			b.Fatal("not refused")
		}
	}
}

func BenchmarkPermitted(b *testing.B) {
	lc, r, s := tickets(b), newTicket(), agentStamp()
	b.ReportAllocs()
	for b.Loop() {
		if len(lc.Permitted(r, s)) != 3 {
			b.Fatal("not all listed")
		}
	}
}

func BenchmarkEncodeEvent(b *testing.B) {
	lc, r := tickets(b), newTicket()
	e, err := lc.Fire(r, take{To: "bob"}, agentStamp())
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lc.EncodeEvent(e); err != nil {
			b.Fatal(err)
		}
	}
}

// Decoding is on the way of each command given and of each read of a journal.
func BenchmarkDecode(b *testing.B) {
	lc := parcels(b)
	for _, cmd := range []itsm.Command[parcel]{deliver{To: "bob"}, fullPost()} {
		name, version, data, err := lc.Encode(cmd)
		require.NoError(b, err)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := lc.Decode(name, version, data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecodeEvent(b *testing.B) {
	lc, r := tickets(b), newTicket()
	e, err := lc.Fire(r, take{To: "bob"}, agentStamp())
	require.NoError(b, err)
	data, err := lc.EncodeEvent(e)
	require.NoError(b, err)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lc.DecodeEvent(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewLifecycle(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		tickets(b)
	}
}

// The size is that of the goal, and firing allocates nothing.
func TestFireAllocates(t *testing.T) {
	require.EqualValues(t, 600, unsafe.Sizeof(ticket{}))
	lc, r, s := tickets(t), newTicket(), agentStamp()
	var cmd itsm.Command[ticket] = take{To: "bob"}
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		if _, err := lc.Fire(r, cmd, s); err != nil {
			t.Fatal(err)
		}
	}))
	// A command made on the spot costs its box, and an empty one not even that.
	require.LessOrEqual(t, testing.AllocsPerRun(1000, func() {
		if _, err := lc.Fire(r, take{To: "bob"}, s); err != nil {
			t.Fatal(err)
		}
	}), 1.0)
	_, err := json.Marshal(r)
	require.NoError(t, err)
}
