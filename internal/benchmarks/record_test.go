package benchmarks

import (
	"errors"
	"testing"
	"time"
	"unsafe"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// ticket is the record that all peers work on: about as large as an incident,
// and on the heap, as a record that comes from a store is.
type ticket struct {
	itsm.Header
	Title         string    `json:"title,omitzero"`
	Service       string    `json:"service,omitzero"`
	Category      string    `json:"category,omitzero"`
	Subcategory   string    `json:"subcategory,omitzero"`
	Symptom       string    `json:"symptom,omitzero"`
	Group         string    `json:"group,omitzero"`
	Assignee      string    `json:"assignee,omitzero"`
	Caller        string    `json:"caller,omitzero"`
	Source        string    `json:"source,omitzero"`
	Location      string    `json:"location,omitzero"`
	Impact        string    `json:"impact,omitzero"`
	Urgency       string    `json:"urgency,omitzero"`
	Priority      string    `json:"priority,omitzero"`
	Vendor        string    `json:"vendor,omitzero"`
	Contract      string    `json:"contract,omitzero"`
	Cause         string    `json:"cause,omitzero"`
	Solution      string    `json:"solution,omitzero"`
	Report        string    `json:"report,omitzero"`
	Due           time.Time `json:"due,omitzero"`
	Responded     time.Time `json:"responded,omitzero"`
	Resolved      time.Time `json:"resolved,omitzero"`
	Reassignments int       `json:"reassignments,omitzero"`
	Holds         int       `json:"holds,omitzero"`
	Watchers      []string  `json:"watchers,omitempty"`
	Tasks         []string  `json:"tasks,omitempty"`
	Links         []string  `json:"links,omitempty"`
	Site          string    `json:"site,omitzero"`
}

func TestTicketIsAsLargeAsAnIncident(t *testing.T) {
	if size := unsafe.Sizeof(ticket{}); size < 590 || size > 610 {
		t.Errorf("a ticket has %d bytes, want about 600", size)
	}
}

const (
	working itsm.State = "working"
	waiting itsm.State = "waiting"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newTicket() *ticket {
	return &ticket{
		Header: itsm.Header{
			ID: uuid.UUID{15: 1}, Number: "INC0000001", State: working, Since: noon, Revision: 1, Opened: noon, Updated: noon,
		},
		Title: "Mail is down on the third floor since this morning", Service: "mail", Category: "messaging", Subcategory: "delivery",
		Symptom: "nothing arrives", Group: "messaging", Assignee: "bob", Caller: "ann", Source: "phone", Location: "Berlin",
		Impact: "high", Urgency: "high", Priority: "1", Vendor: "acme", Contract: "C-17",
		Due: noon.Add(4 * time.Hour), Responded: noon, Watchers: []string{"cyd", "dan"},
	}
}

var (
	bob        = itsm.Actor{ID: "bob", Tenant: "acme", Roles: []itsm.Role{"caller", "agent"}}
	errNobody  = errors.New("nobody is assigned")
	errNoAgent = errors.New("the actor is no agent")
)

// hold and resume lead back and forth, so that a record never runs out of steps.
type hold struct {
	Reason string
	Until  time.Time
}

func (c hold) Check(*ticket, itsm.Stamp) error {
	if c.Reason == "" {
		return &itsm.FieldError{Field: "reason", Problem: "is missing"}
	}
	return nil
}

func (c hold) Apply(t *ticket, _ itsm.Stamp) { t.Holds++ }

type resume struct {
	Note string
}

func (c resume) Check(*ticket, itsm.Stamp) error { return nil }

func (c resume) Apply(*ticket, itsm.Stamp) {}

type open struct{}

func (open) Check(*ticket, itsm.Stamp) error { return nil }

func (open) Apply(t *ticket, _ itsm.Stamp) {
	h := t.Header
	*t = *newTicket()
	t.Header = h
}

type end struct{}

func (end) Check(*ticket, itsm.Stamp) error { return nil }
func (end) Apply(*ticket, itsm.Stamp)       {}

func tickets(tb testing.TB) *itsm.Lifecycle[ticket] {
	tb.Helper()
	assigned := itsm.Guard("assigned", func(t *ticket, _ itsm.Stamp) error {
		if t.Assignee == "" {
			return errNobody
		}
		return nil
	})
	lc, err := itsm.NewLifecycle(itsm.Definition[ticket]{
		Kind: "ticket",
		States: []itsm.StateDef{
			{State: working, Phase: itsm.Active},
			{State: waiting, Phase: itsm.Paused},
			{State: "ended", Phase: itsm.Final},
		},
		Transitions: []itsm.Transition[ticket]{
			itsm.On("open", open{}, itsm.From(itsm.None), itsm.To(working), itsm.By("agent")),
			itsm.On("hold", hold{}, itsm.From(working), itsm.To(waiting), itsm.By("agent"), assigned),
			itsm.On("resume", resume{}, itsm.From(waiting), itsm.To(working), itsm.By("agent"), assigned),
			itsm.On("end", end{}, itsm.From(working, waiting), itsm.To("ended"), itsm.By("agent")),
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return lc
}
