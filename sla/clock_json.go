package sla

import (
	"bytes"
	"encoding/json"
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
	if p.State != (State{}) {
		if err := p.State.checkForm(); err != nil {
			return err
		}
	}
	*c = Clock(p)
	return nil
}
