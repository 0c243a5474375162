package incident_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

// A host that changes the lifecycle gets refusals where the record does not fit,
// never a panic.

func TestHostLeadsOnHoldByItself(t *testing.T) {
	own := lifecycle(t, nil)
	lc, err := own.With(itsm.Definition[incident.Incident]{Transitions: []itsm.Transition[incident.Incident]{
		itsm.On("wait", Watching{}, itsm.From(incident.InProgress), itsm.To(incident.OnHold), itsm.By(incident.Agent)),
	}})
	require.NoError(t, err)
	w := in(t, lc, incident.InProgress)
	w.Do(ann, Watching{})
	require.Equal(t, incident.OnHold, w.Record().State)
	require.Empty(t, lc.Due(w.Record()), "there is no review date")
	for _, by := range []itsm.Actor{ann, carl, system} {
		require.ErrorIs(t, w.Refused(by, incident.Resume{Reply: "Yes."}), itsm.ErrRefused)
	}
	w.Do(ann, fixed())
}

func TestHostOpensCommandsElsewhere(t *testing.T) {
	own := lifecycle(t, nil)
	with := func(rows ...itsm.Transition[incident.Incident]) *itsm.Lifecycle[incident.Incident] {
		lc, err := own.With(itsm.Definition[incident.Incident]{Transitions: rows})
		require.NoError(t, err)
		return lc
	}
	resume := in(t, with(also(t, own, "resume", incident.Assigned)), incident.Assigned)
	itsmtest.RequireRule(t, resume.Refused(ann, incident.Resume{}), "R11")

	reopen := also(t, own, "reopen", incident.Assigned)
	reopen.Guards = nil
	w := in(t, with(reopen), incident.Assigned)
	itsmtest.RequireRule(t, w.Refused(ann, incident.Reopen{Reason: "It came back."}), "R13")
	itsmtest.RequireRule(t, w.Refused(system, incident.Reopen{Reason: "It came back.", Cascade: id(9)}), "R13")

	hold := itsm.On("hold", incident.Hold{}, itsm.From(incident.New), itsm.To(incident.OnHold), itsm.By(incident.Agent))
	w = in(t, with(hold), incident.New)
	itsmtest.RequireField(t, w.Refused(ann, incident.Hold{Reason: incident.AwaitingVendor, Awaits: ticket, ReviewBy: w.Now().Add(day)}), "back")

	classify := itsm.On("classify", incident.Classify{}, itsm.From(incident.New), itsm.Stay(), itsm.By(incident.Agent))
	itsmtest.RequireField(t, in(t, with(classify), incident.New).Refused(ann, incident.Classify{Title: "Mail is slow"}), "priority")
}

// TestHostWithoutCommands takes each command out; what is left is sound or is
// refused with what would be wrong.
func TestHostWithoutCommands(t *testing.T) {
	own := lifecycle(t, nil)
	var refused []string
	for _, command := range own.Commands() {
		lc, err := own.Without(command)
		if err != nil {
			require.ErrorIs(t, err, itsm.ErrInvalid)
			refused = append(refused, command)
			continue
		}
		require.NotContains(t, lc.Commands(), command)
	}
	require.Empty(t, refused, "hosts leave out what they do not use")
}

// TestHostRetiresCommands: each may go out of use alone, and is read as before.
func TestHostRetiresCommands(t *testing.T) {
	own := lifecycle(t, nil)
	for _, command := range own.Commands() {
		data, err := os.ReadFile(filepath.Join("testdata", "commands", command+".v1.json"))
		require.NoError(t, err)
		lc, err := own.Retire(command)
		require.NoError(t, err, command)
		require.NotContains(t, lc.Commands(), command)
		was, err := own.Decode(command, 1, data)
		require.NoError(t, err)
		is, err := lc.Decode(command, 1, data)
		require.NoError(t, err)
		require.Equal(t, was, is)
	}
	lc, err := own.Retire("acknowledge")
	require.NoError(t, err)
	w := in(t, lc, incident.New)
	itsmtest.RequireRule(t, w.Refused(bob, incident.Acknowledge{}), itsm.RuleRetired)
}
