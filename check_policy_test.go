package itsm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// What policies of all processes ask of their roles, choices and waits.
func TestPolicyChecks(t *testing.T) {
	const caller itsm.Role = "caller"
	for want, err := range map[string]error{
		"r: is empty; name a role that may":                 itsm.CheckRoles("r", nil),
		"r[1]: is missing":                                  itsm.CheckRoles("r", []itsm.Role{"agent", " "}),
		`r[0]: is "system"; name a role that is handed out`: itsm.CheckRoles("r", []itsm.Role{itsm.SystemRole}),
		`r[1]: "agent" is listed before`:                    itsm.CheckRoles("r", []itsm.Role{"agent", "agent"}),
		`r[0]: is "caller"; name a role that is handed out`: itsm.CheckRoles("r", []itsm.Role{caller}, caller),
		"c[0]: is missing":                                  itsm.CheckChoices("c", []string{""}),
		`c[2]: "a" is listed before`:                        itsm.CheckChoices("c", []string{"a", "b", "a"}),
		"w: is negative":                                    itsm.Wait{Days: -1, Time: 1}.Check("w"),
		"w: is zero; give days or time":                     itsm.Wait{}.Check("w"),
		"w: is longer than a hundred years":                 itsm.Wait{Days: 36_501}.Check("w"),
	} {
		require.EqualError(t, err, want)
		require.ErrorIs(t, err, itsm.ErrInvalid)
	}
	require.NoError(t, itsm.CheckRoles("r", []itsm.Role{"agent", itsm.Anyone}, caller))
	require.NoError(t, itsm.CheckChoices("c", []itsm.Level{}))
	require.NoError(t, itsm.CheckOptional(itsm.CheckLine, "o", ""))
	require.EqualError(t, itsm.CheckOptional(itsm.CheckLine, "o", " "), "o: is missing")
	require.NoError(t, itsm.Wait{Time: time.Nanosecond}.Check("w"))
	require.NoError(t, itsm.Wait{Days: 36_500}.Check("w"))
	require.Error(t, itsm.Wait{Time: 36_501 * 24 * time.Hour}.Check("w"))
}
