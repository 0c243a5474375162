package sla_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/sla"
)

// BenchmarkProve proves a usual agreement, and the largest: 1,000 targets of one
// metric that differ by the group, and one for the rest.
func BenchmarkProve(b *testing.B) {
	usual, large := sane(), sla.Terms{}
	for i := range 999 {
		large.Targets = append(large.Targets, sla.Target{Name: fmt.Sprint(i), Metric: sla.Resolution, When: sla.OneOf("group", fmt.Sprint(i)), Within: "4h"})
	}
	large.Targets = append(large.Targets, sla.Target{Name: "rest", Metric: sla.Resolution, Within: "8h"})
	for _, c := range []struct {
		name  string
		terms *sla.Terms
	}{{"usual", &usual}, {"large", &large}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := c.terms.Prove(desk())
				require.NoError(b, err)
			}
		})
	}
}
