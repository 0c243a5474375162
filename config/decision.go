package config

import (
	"errors"

	"github.com/itsmkit/itsm"
)

// decided is what a decision says of all that stands against a command: whatever
// is wrong with it in itself, together; else the first rule that refuses it.
func decided(errs ...error) error {
	var wrong, refusals []error
	var sort func(errs []error)
	sort = func(errs []error) {
		for _, err := range errs {
			var refusal *itsm.TransitionError
			switch several, ok := err.(interface{ Unwrap() []error }); {
			case err == nil:
			case ok:
				sort(several.Unwrap())
			case errors.As(err, &refusal):
				refusals = append(refusals, err)
			default:
				wrong = append(wrong, err)
			}
		}
	}
	sort(errs)
	switch {
	case len(wrong) == 1:
		return wrong[0]
	case len(wrong) > 0:
		return errors.Join(wrong...)
	case len(refusals) > 0:
		return refusals[0]
	}
	return nil
}
