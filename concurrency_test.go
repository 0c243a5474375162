package itsm_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/itsmkit/itsm"
)

// A lifecycle is for any number of goroutines, each with a record of its own; the
// race detector watches. They also ask about one record that none of them changes.
func TestConcurrency(t *testing.T) {
	lc := repairs(t)
	shared := thing{Header: itsm.Header{State: "wait?", Since: monday}, Trail: []string{"shared"}}
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			for range 50 {
				r := unborn(byte(n))
				var events []itsm.Event[thing]
				for _, step := range []struct {
					cmd itsm.Command[thing]
					by  itsm.Stamp
				}{
					{do[n0]{Set: map[string]string{"what": "pump"}}, at(0, "ann")},
					{do[n1]{Set: map[string]string{"who": "bob"}, Note: "taken"}, at(time.Hour, "bob", "agent")},
					{do[n2]{}, at(time.Hour, "bob")},
					{do[n3]{}, itsm.Stamp{At: monday.AddDate(0, 0, 6), By: itsm.System("")}},
				} {
					lc.Permitted(&r, step.by)
					e, err := lc.Fire(&r, step.cmd, step.by)
					if !assert.NoError(t, err) {
						return
					}
					events = append(events, e)
				}
				again, err := lc.Replay(events...)
				assert.NoError(t, err)
				assert.Equal(t, r, again)
				assert.Len(t, lc.Due(&shared), 1)
				assert.Len(t, lc.Permitted(&shared, at(0, "ann")), 6)
				assert.Empty(t, lc.Verify())
				assert.NotEmpty(t, lc.Mermaid())
			}
		})
	}
	wait.Wait()
}
