package itsmtest_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
)

func TestRequireField(t *testing.T) {
	to, text := &itsm.FieldError{Field: "to", Problem: "is missing"}, &itsm.FieldError{Field: "text", Problem: "is odd"}
	both := fmt.Errorf("parcel 7: %w", errors.Join(to, fmt.Errorf("deeper: %w", text)))
	for _, c := range []struct {
		err  error
		said []string
	}{
		{text, nil},
		{both, nil},
		{&itsm.TransitionError{Rule: "weight", Err: both}, nil},
		{to, []string{`the error is about ["to"]; one about "text" was due: to: is missing`}},
		{errors.Join(to, to), []string{"the error is about [\"to\" \"to\"]; one about \"text\" was due: to: is missing\nto: is missing"}},
		{itsm.ErrInvalid, []string{`the error is about no field; one about "text" was due: itsm: invalid input`}},
		{nil, []string{`no error; one about the field "text" was due`}},
	} {
		assert.Equal(t, c.said, watch(t, func(t testing.TB) { itsmtest.RequireField(t, c.err, "text") }), "%v", c.err)
	}
	assert.Equal(t, []string{"to", "text"}, itsmtest.Fields(both))
}

func TestRequireRule(t *testing.T) {
	for _, c := range []struct {
		err  error
		said []string
	}{
		{itsm.Refuse("weight", "is 40 kg; 31 are the most"), nil},
		{fmt.Errorf("parcel 7: %w", itsm.Refuse("weight", "is 40 kg; 31 are the most")), nil},
		{itsm.Refuse("size", "is 3 m"), []string{`the rule "size" refused; a refusal by "weight" was due: size: is 3 m`}},
		{&itsm.FieldError{Field: "to", Problem: "is missing"}, []string{`the error is no refusal; one by the rule "weight" was due: to: is missing`}},
		{nil, []string{`no error; a refusal by the rule "weight" was due`}},
	} {
		assert.Equal(t, c.said, watch(t, func(t testing.TB) { itsmtest.RequireRule(t, c.err, "weight") }), "%v", c.err)
	}
}
