package incident_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

// TestFieldsOfTheCourse asks, by name, for what agreements on service levels ask.
func TestFieldsOfTheCourse(t *testing.T) {
	lc := lifecycle(t, nil)
	w := in(t, lc, incident.InProgress)
	value := func(name string) itsm.Value {
		f, known := lc.Field(name)
		require.True(t, known, name)
		return f.Get(w.Record())
	}
	require.Equal(t, itsm.InstantValue(w.Record().Times.Detected), value("detected"))
	require.Equal(t, itsm.InstantValue(w.Record().Times.Responded), value("responded"))
	require.False(t, value("responded").IsZero())
	require.True(t, value("resolved").IsZero())
	require.True(t, value("closed").IsZero())
	require.Equal(t, itsm.IntValue(0), value("public_notes"))

	w.Do(ann, incident.Log{Text: "We are on it.", Public: true})
	w.Do(ann, incident.Log{Text: "It is the queue."})
	require.Equal(t, itsm.IntValue(1), value("public_notes"))
	w.Do(ann, fixed())
	require.Equal(t, itsm.InstantValue(w.Now()), value("resolved"))
	w.Do(mia, incident.Close{})
	require.Equal(t, itsm.InstantValue(w.Now()), value("closed"))
}

// TestDomainOfPriority: an override may give a priority that no cell of the matrix
// has.
func TestDomainOfPriority(t *testing.T) {
	lc := lifecycle(t, nil)
	field, known := lc.Field("priority")
	require.True(t, known)
	require.Len(t, field.Domain, int(itsm.MaxPriority))
	w := reported(t, lc)
	for p := itsm.Priority(1); p <= itsm.MaxPriority; p++ {
		w.Do(ann, incident.Classify{Override: p, Reason: "For the test."})
		require.Equal(t, field.Domain[p-1], field.Get(w.Record()))
		require.NoError(t, field.Def().Check("priority", field.Get(w.Record())))
	}
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Override: itsm.MaxPriority + 1, Reason: "Less than nothing."}), "override")
}
