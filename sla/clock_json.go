package sla

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/itsmkit/itsm"
)

// UnmarshalJSON reads a clock, strictly: an unknown field is an error of package
// encoding/json, a clock that no events lead to an *[itsm.FieldError]. The zero
// clock is one that has not been started.
func (c *Clock) UnmarshalJSON(data []byte) error {
	type plain Clock
	var p plain
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return &itsm.FieldError{Field: "clock", Problem: "is followed by more; give one JSON object"}
	}
	if p.State != (State{}) || p.Calendar != nil {
		if err := p.State.checkForm(); err != nil {
			return err
		}
	}
	*c = Clock(p)
	return nil
}
