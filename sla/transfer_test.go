package sla_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/sla"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// TestATenantComesBackAsItWentIn takes services, agreements and work with clocks that
// run, pause and have fired out of one store and into another, and back.
func TestATenantComesBackAsItWentIn(t *testing.T) {
	services, err := sla.ServiceProcess(nil)
	require.NoError(t, err)
	agreements, err := sla.AgreementProcess(nil)
	require.NoError(t, err)
	target := eightHours()
	target.Levels = []sla.Level{{Name: "half", Share: "50", Who: []string{"lead"}, What: "notify"}, {Name: "due", After: "0s", Who: []string{"lead"}, What: "call"}}
	version := agreement("AGR0000001", flags(), target)

	backend := memory.New()
	over := func(b store.Backend) []register.Kind {
		s, err := register.New(b, services, nil)
		require.NoError(t, err)
		a, err := register.New(b, agreements, nil)
		require.NoError(t, err)
		return []register.Kind{s, a, keep(t, b, version).Register}
	}
	s, err := register.New(backend, services, nil)
	require.NoError(t, err)
	mail, err := s.Create(t.Context(), smith, mailProposal())
	require.NoError(t, err)
	_, err = s.Do(t.Context(), smith, mail.ID, mailRequirement())
	require.NoError(t, err)
	a, err := register.New(backend, agreements, nil)
	require.NoError(t, err)
	sale, err := a.Create(t.Context(), smith, draftOf(sla.ServiceLevel))
	require.NoError(t, err)
	_, err = a.Do(t.Context(), boss, sale.ID, signed())
	require.NoError(t, err)
	work := keep(t, backend, version)
	work.tell("23 09:00 ann: start\n23 11:00 ann: pause\n23 12:00 ann: pause false")
	require.Len(t, work.tick("23 15:00").Fired, 1)

	there := itsmtest.RoundTrip(t, "acme", over(backend), over, func() store.Backend { return memory.New() })
	moved := there[2].(*register.Register[sla.Work])
	done, err := moved.Tick(t.Context(), "acme", at(t, "23 15:01"), 10)
	require.NoError(t, err)
	require.Empty(t, done.Fired, "what fired there does not fire here")
	done, err = moved.Tick(t.Context(), "acme", at(t, "24 10:00"), 10)
	require.NoError(t, err)
	require.Len(t, done.Fired, 1, "and what was to come comes")
}
