package register

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Change is one event and the record after it.
type Change[R any] struct {
	Record R
	Event  itsm.Event[R]

	// Migration is set if it was [Register.Migrate] that changed the record. The
	// event then has neither name nor command.
	Migration *Migration
}

// Outcome is everything that came of one command.
type Outcome[R any] struct {
	Record  R             // as it stands when all is done
	Event   itsm.Event[R] // what the command made happen
	Follow  []Change[R]   // what the system did to other records because of it, in order
	Refused []Refusal     // what the system wanted to do because of it and could not (R18)

	// Repeated says that the command had been carried out before, under the same
	// [Call] Key: Record and Event are those of that time.
	Repeated bool
}

// Refusal is a command that the system gave and a record refused: one that
// followed from another record's change, or one of a time-driven rule. It is
// kept in the journal of the record that refused.
type Refusal struct {
	ID       uuid.UUID
	Number   string // "" when there is no such record
	Revision int    // of the record, which the refusal did not change
	State    itsm.State
	At       time.Time
	By       itsm.Actor
	Command  string // its name
	Data     []byte // its JSON form
	Timer    string // the time-driven rule that gave it; "" when it followed from a change
	Rule     string // that refused, as in [itsm.TransitionError]; "" for invalid input
	Problem  string // in words

	// Err is the error itself. It is not kept: nil when read from the journal.
	Err error
}

// refusalJSON is the encoded form of a refusal. The record's id is the entry's.
type refusalJSON struct {
	Number   string          `json:"number"`
	Revision int             `json:"revision"`
	State    itsm.State      `json:"state"`
	At       time.Time       `json:"at"`
	By       itsm.Actor      `json:"by"`
	Command  string          `json:"command,omitzero"`
	Data     json.RawMessage `json:"data,omitempty"`
	Timer    string          `json:"timer,omitzero"`
	Rule     string          `json:"rule,omitzero"`
	Problem  string          `json:"problem"`
}

func (f Refusal) encode() ([]byte, error) {
	return json.Marshal(refusalJSON{f.Number, f.Revision, f.State, f.At, f.By, f.Command, f.Data, f.Timer, f.Rule, f.Problem})
}

func decodeRefusal(id uuid.UUID, data []byte) (Refusal, error) {
	var j refusalJSON
	if err := strictJSON(data, &j); err != nil {
		return Refusal{}, err
	}
	return Refusal{ID: id, Number: j.Number, Revision: j.Revision, State: j.State, At: itsm.Normal(j.At), By: j.By,
		Command: j.Command, Data: j.Data, Timer: j.Timer, Rule: j.Rule, Problem: j.Problem}, nil
}

// because fills in what an error says.
func (f Refusal) because(err error) Refusal {
	f.Err, f.Problem = err, err.Error()
	var refused *itsm.TransitionError
	if errors.As(err, &refused) {
		f.Rule = refused.Rule
	}
	return f
}
