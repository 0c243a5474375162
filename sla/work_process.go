package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// The states of [Work].
const (
	Measured itsm.State = "measured" // clocks live, or may begin
	Settled  itsm.State = "settled"  // all clocks that began have ended; some may be reopened
	Filed    itsm.State = "filed"    // over
)

// Books gives the book of a tenant, nil if there is none, at any time and from several
// goroutines. It is asked for each command, so that a host whose agreements change
// gives a new one.
type Books func(tenant string) *Book

// of is the book of the tenant that a command is given in.
func (b Books) of(s itsm.Stamp) (*Book, error) {
	book := b(s.By.Tenant)
	if book == nil {
		return nil, &itsm.FieldError{Field: "book", Problem: fmt.Sprintf("is missing for the tenant %s", itsm.Quoted(s.By.Tenant))}
	}
	return book, nil
}

// WorkPolicy is what differs from host to host in how work is tracked. [WorkProcess]
// copies it.
type WorkPolicy struct {
	Recorders []itsm.Role // who may say what happened to work, beside the system
	Managers  []itsm.Role // who may have clocks taken anew
}

// The roles of [DefaultWorkPolicy].
const (
	Recorder itsm.Role = "sla.recorder"
	Manager  itsm.Role = "sla.manager"
)

// DefaultWorkPolicy has the roles [Recorder] and [Manager].
func DefaultWorkPolicy() *WorkPolicy {
	return &WorkPolicy{Recorders: []itsm.Role{Recorder}, Managers: []itsm.Role{Manager}}
}

// WorkProcess keeps track of work under the agreements of the books: its records are
// [Work], and register.Tick has levels of escalation fire. A nil policy means
// [DefaultWorkPolicy]. No books and a bad policy are errors that name the field.
func WorkProcess(books Books, policy *WorkPolicy) (itsm.Process[Work], error) {
	if policy == nil {
		policy = DefaultWorkPolicy()
	}
	wrong := []error{itsm.CheckRoles("recorders", policy.Recorders), itsm.CheckRoles("managers", policy.Managers)}
	if books == nil {
		wrong = append(wrong, &itsm.FieldError{Field: "books", Problem: "are missing; give the agreements of a tenant"})
	}
	if err := errors.Join(wrong...); err != nil {
		return itsm.Process[Work]{}, err
	}
	lifecycle, err := itsm.NewLifecycle(policy.definition(books))
	if err != nil {
		return itsm.Process[Work]{}, err
	}
	return itsm.Process[Work]{Prefix: "WRK", Lifecycle: lifecycle, Indexes: workIndexes()}, nil
}

func (p *WorkPolicy) definition(books Books) itsm.Definition[Work] {
	recorders := itsm.By(append([]itsm.Role{itsm.SystemRole}, p.Recorders...)...)
	return itsm.Definition[Work]{
		Kind: WorkKind,
		States: []itsm.StateDef{
			{State: Measured, Phase: itsm.Active},
			{State: Settled, Phase: itsm.Done},
			{State: Filed, Phase: itsm.Final},
		},
		Roles:  slices.Concat(p.Recorders, p.Managers),
		Fields: workFields(),
		Transitions: []itsm.Transition[Work]{
			itsm.On("begin", Begin{}, itsm.From(itsm.None), itsm.To(Measured, Settled), recorders, itsm.Sets("item"), itsm.Decide(books.begin), itsm.Pick(afterBegin)),
			itsm.On("observe", Observe{}, itsm.From(Measured, Settled), itsm.To(Measured, Settled), recorders, itsm.Decide(books.observe), itsm.Pick(afterObserve)),
			itsm.On("reach", Reach{}, itsm.From(Measured), itsm.Stay(), itsm.By(itsm.SystemRole), itsm.Decide(books.reach)),
			itsm.On("recompute", Recompute{}, itsm.From(Measured), itsm.To(Measured, Settled), itsm.By(p.Managers...), itsm.Decide(books.recompute), itsm.Pick(afterRecompute)),
			itsm.On("file", File{}, itsm.From(Measured, Settled), itsm.To(Filed), recorders, itsm.Guard("clocks", noneLives)),
		},
		Timers: []itsm.Timer[Work]{
			{Name: "reach", In: []itsm.State{Measured}, Since: func(w *Work) time.Time { return w.Next() }, Command: Reach{}},
		},
	}
}

// noneLives asks that all clocks have ended, as they have where none ever began.
func noneLives(w *Work, _ itsm.Stamp) error {
	if live := w.Live(); len(live) > 0 {
		return fmt.Errorf("%d still lives, that of %s", len(live), itsm.Quoted(live[0].Target))
	}
	return nil
}

func workFields() []itsm.Field[Work] {
	return []itsm.Field[Work]{
		{Name: "item", Type: itsm.Reference, Get: func(w *Work) itsm.Value { return itsm.ReferenceValue(w.Item) }},
		{Name: "breached", Type: itsm.Truth, Get: func(w *Work) itsm.Value {
			return itsm.TruthValue(slices.ContainsFunc(w.Promises, func(p Promise) bool { return !p.Breached.IsZero() }))
		}},
	}
}

const (
	byItem      = "item"
	byStopped   = "stopped"
	byAgreement = "agreement"
)

func workIndexes() []itsm.Index[Work] {
	return []itsm.Index[Work]{
		{Name: byItem, Unique: true, Keys: func(w *Work) []itsm.Key { return []itsm.Key{{itsm.ReferenceValue(w.Item)}} }},
		{Name: byStopped, Keys: func(w *Work) []itsm.Key {
			var keys []itsm.Key
			for i := range w.Promises {
				if p := &w.Promises[i]; p.IsFinished() {
					keys = append(keys, itsm.Key{itsm.InstantValue(p.Last)})
				}
			}
			return keys
		}},
		{Name: byAgreement, Keys: func(w *Work) []itsm.Key {
			var keys []itsm.Key
			for i := range w.Promises {
				p := &w.Promises[i]
				keys = append(keys, itsm.Key{itsm.TextValue(p.Agreement), itsm.TruthValue(p.Status.IsLive()), itsm.InstantValue(w.Opened)})
			}
			return keys
		}},
	}
}

// OfItem selects the work that a record is.
func OfItem(item itsm.Ref) itsm.Selection[Work] {
	return itsm.Selection[Work]{Index: byItem, Equal: itsm.Key{itsm.ReferenceValue(item)}}
}

// StoppedIn selects the work of which a clock was stopped in [from, to); a zero time
// is no bound. Work of which several were comes once for each instant.
func StoppedIn(from, to time.Time) itsm.Selection[Work] {
	return itsm.Selection[Work]{Index: byStopped, From: itsm.InstantValue(from), To: itsm.InstantValue(to)}
}

// UnderAgreement selects the work that an agreement promises something for, with
// clocks that live or with ended ones.
func UnderAgreement(number string, live bool) itsm.Selection[Work] {
	return itsm.Selection[Work]{Index: byAgreement, Equal: itsm.Key{itsm.TextValue(number), itsm.TruthValue(live)}}
}
