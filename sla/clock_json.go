package sla

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

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
	read := Clock(p)
	if err := read.checkForm(); err != nil {
		return err
	}
	*c = read
	return nil
}

// checkForm refuses what no sequence of events makes of a clock.
func (c *Clock) checkForm() error {
	if c.Started.IsZero() {
		if c.Target.Goal != 0 || !c.Last.IsZero() || c.Elapsed != 0 || c.Paused != 0 || c.Hold != "" || c.Stopped {
			return &itsm.FieldError{Field: "started", Problem: "is missing"}
		}
		return nil
	}
	wrong := []error{c.Target.Check(), itsm.CheckTime("started", c.Started)}
	complain := func(field, format string, args ...any) {
		wrong = append(wrong, &itsm.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)})
	}
	if c.Last.Before(c.Started) {
		complain("last", "%s is before the start at %s", c.Last.Format(time.RFC3339Nano), c.Started.Format(time.RFC3339Nano))
	}
	if c.Elapsed < 0 {
		complain("elapsed", "is %v; time passes", c.Elapsed)
	}
	if c.Paused < 0 {
		complain("paused", "is %v; time passes", c.Paused)
	}
	if c.Hold != "" {
		wrong = append(wrong, itsm.CheckLine("hold", c.Hold))
		if c.Stopped {
			complain("hold", "is %s on a clock that is stopped", quoted(c.Hold))
		}
	}
	if c.Elapsed > c.Target.Goal && c.Breached.IsZero() {
		complain("breached", "is missing; %v have elapsed of %v", c.Elapsed, c.Target.Goal)
	}
	return errors.Join(wrong...)
}
