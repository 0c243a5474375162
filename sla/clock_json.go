package sla

import (
	"bytes"

	"github.com/itsmkit/itsm"
)

// UnmarshalJSON reads a clock as strictly as [itsm.ParseJSON] does: a name that is
// unknown, given twice or in other letter case, a null, and a clock that no events
// lead to are each an *[itsm.FieldError]. The zero clock is one that has not been
// started; null leaves the clock as it is.
func (c *Clock) UnmarshalJSON(data []byte) error {
	if string(bytes.TrimSpace(data)) == "null" {
		return nil
	}
	type plain Clock
	p, err := itsm.ParseJSON[plain](data)
	if err != nil {
		return err
	}
	if p.State != (State{}) || p.Calendar != nil {
		if err := p.State.checkForm(); err != nil {
			return err
		}
	}
	*c = Clock(p)
	return nil
}
