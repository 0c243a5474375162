package store

import (
	"fmt"
	"math"
)

// NextParams names the sequence to take a number from; see [Tx] Next.
type NextParams struct {
	Sequence string

	// After is a number that the sequence must have passed, as when records that
	// were numbered elsewhere are brought in. 0 asks for nothing.
	After uint64
}

// maxAfter leaves every sequence more numbers than can be taken from it, within
// an int64.
const maxAfter = math.MaxInt64 / 2

// Validate returns a [ParamError] for the first field that is invalid.
func (p NextParams) Validate() error {
	if err := validateName("Sequence", p.Sequence); err != nil {
		return err
	}
	if p.After > maxAfter {
		return &ParamError{Field: "After", Problem: fmt.Sprintf("is %d, at most %d is allowed", p.After, uint64(maxAfter))}
	}
	return nil
}
