package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config"
)

// An error on the last line but one of many keeps everything out, or itself.
func TestIntakeOfManyWithOneError(t *testing.T) {
	const n = 50_000
	var b strings.Builder
	for i := range n {
		class := "server"
		if i == n-2 {
			class = "sever"
		}
		fmt.Fprintf(&b, `{"register":{"name":"web-%d","class":%q}}`+"\n", i, class)
	}
	for _, lenient := range []bool{false, true} {
		in := intake(t, &config.IntakeOptions{Lenient: lenient}, lines(b.String()))
		require.Equal(t, 1, in.FaultCount())
		require.Equal(t, [2]int{n - 1, 41}, [2]int{in.Faults()[0].Line, in.Faults()[0].Column})
		steps, errs := 0, 0
		for _, err := range in.Steps() {
			if err != nil {
				errs++
			} else {
				steps++
			}
		}
		if lenient {
			require.Equal(t, [2]int{n - 1, 0}, [2]int{steps, errs})
		} else {
			require.Equal(t, [2]int{0, 1}, [2]int{steps, errs})
		}
	}
}
