package config

import (
	"errors"
	"fmt"

	"github.com/itsmkit/itsm"
)

// rowPlace is where faults of a row are.
type rowPlace struct {
	in     *Intake
	source int
	row    *incoming
}

func (at rowPlace) add(f *Fault) {
	f.Source = at.in.sources[at.source].Name
	if f.Line == 0 {
		f.Line = at.row.number
	}
	if f.Column == 0 && at.row.place != nil && f.Field != "" {
		at.row.place(f)
	}
	at.in.faults.add(at.source, f)
}

func (at rowPlace) wrong(field, format string, args ...any) {
	at.add(&Fault{Field: field, Problem: fmt.Sprintf(format, args...)})
}

// addAll adds what a process said, and reports whether it said anything.
func (at rowPlace) addAll(err error) bool {
	for _, f := range faultsOf(err) {
		at.add(f)
	}
	return err != nil
}

// faultsOf lists what an error is made of.
func faultsOf(err error) []*Fault {
	if err == nil {
		return nil
	}
	var list []*Fault
	switch e := err.(type) {
	case *Fault:
		return []*Fault{e}
	case *itsm.FieldError:
		return []*Fault{{Field: e.Field, Problem: e.Problem}}
	case *itsm.TransitionError:
		problem := e.Rule
		if e.Err != nil {
			problem += ": " + e.Err.Error()
		} else {
			problem = e.Error()
		}
		return []*Fault{{Problem: problem}}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			list = append(list, faultsOf(one)...)
		}
		return list
	}
	if inner := errors.Unwrap(err); inner != nil && inner != itsm.ErrInvalid {
		return faultsOf(inner)
	}
	return []*Fault{{Problem: err.Error()}}
}
