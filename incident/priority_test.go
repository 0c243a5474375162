package incident_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

func TestR10_PriorityOfImpactAndUrgency(t *testing.T) {
	lc := lifecycle(t, nil)
	matrix := itsm.DefaultMatrix()
	w := reported(t, lc)
	for i, impact := range matrix.Impacts {
		for j, urgency := range matrix.Urgencies {
			report := outage()
			report.Impact, report.Urgency = impact, urgency
			report.Priority = 9 // what the decision derives cannot be given
			other := w.Another()
			other.Do(ann, report)
			require.Equal(t, matrix.Priorities[i][j], other.Record().Priority)

			w.Do(ann, incident.Classify{Impact: impact, Urgency: urgency, Priority: 9})
			require.Equal(t, matrix.Priorities[i][j], w.Record().Priority)
		}
	}
}

func TestR10_OneOfBothIsEnough(t *testing.T) {
	w := reported(t, lifecycle(t, nil))
	w.Do(ann, incident.Classify{Impact: itsm.Low})
	require.Equal(t, itsm.Priority(3), w.Record().Priority)
	require.Equal(t, itsm.High, w.Record().Urgency)
	w.Do(ann, incident.Classify{Urgency: itsm.Low})
	require.Equal(t, itsm.Priority(5), w.Record().Priority)
}

func TestR10_OverrideNeedsReason(t *testing.T) {
	w := reported(t, lifecycle(t, nil))
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Override: 4}), "reason")
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Override: 4, Reason: " "}), "reason")
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Override: 4, Reason: "two\nlines"}), "reason")
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Override: 4, Reason: strings.Repeat("x", 256)}), "reason")
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Reason: "For nothing."}), "override")
	w.Do(ann, incident.Classify{Override: 4, Reason: "Only the test server."})
	require.Equal(t, itsm.Priority(4), w.Record().Priority)
	require.Equal(t, "Only the test server.", w.Record().Override)

	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Reason: "Another."}), "override")
}

func TestR10_OverrideIsKeptUntilGradedAgain(t *testing.T) {
	w := reported(t, lifecycle(t, nil))
	w.Do(ann, incident.Classify{Override: 4, Reason: "Only the test server."})

	w.Do(ann, incident.Classify{Title: "Test mail is down"})
	require.Equal(t, itsm.Priority(4), w.Record().Priority, "another title leaves it")
	require.Equal(t, "Only the test server.", w.Record().Override)

	w.Do(ann, incident.Classify{Impact: itsm.High, Override: 2, Reason: "The test is tomorrow."})
	require.Equal(t, itsm.Priority(2), w.Record().Priority, "another takes its place")
	require.Equal(t, "The test is tomorrow.", w.Record().Override)

	w.Do(ann, incident.Classify{Impact: itsm.High})
	require.Equal(t, itsm.Priority(1), w.Record().Priority, "grading again, even the same, puts it aside")
	require.Empty(t, w.Record().Override)
}

// TestR10_OtherPolicyLater changes the policy between two commands: what a command
// does not touch stays as it was decided.
func TestR10_OtherPolicyLater(t *testing.T) {
	w := reported(t, under(t, func(p *incident.Policy) { p.Categories = map[string][]string{"mail": {"queue"}} }))
	w.Do(ann, incident.Classify{Category: "mail", Subcategory: "queue"})
	later := under(t, func(p *incident.Policy) {
		p.Matrix = itsm.Matrix{
			Impacts:    []itsm.Level{"wide", itsm.High},
			Urgencies:  []itsm.Level{itsm.High},
			Priorities: [][]itsm.Priority{{1}, {2}},
		}
		p.Categories = map[string][]string{"e-mail": nil}
	})
	w = w.On(later)
	w.Do(ann, incident.Classify{Title: "Mail is slow"})
	require.Equal(t, itsm.Priority(1), w.Record().Priority)
	require.Equal(t, "mail", w.Record().Category)

	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Subcategory: "spam"}), "category")
	w.Do(ann, incident.Classify{Urgency: itsm.High})
	require.Equal(t, itsm.Priority(2), w.Record().Priority)
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Impact: itsm.Low}), "impact")
}

func TestCategories(t *testing.T) {
	w := reported(t, under(t, func(p *incident.Policy) {
		p.Categories = map[string][]string{"mail": {"queue", "spam"}, "other": nil}
	}))
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Category: "print"}), "category")
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Subcategory: "queue"}), "category")
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Category: "mail", Subcategory: "paper"}), "subcategory")
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Category: "other", Subcategory: "two\nlines"}), "subcategory")

	w.Do(ann, incident.Classify{Category: "mail", Subcategory: "queue"})
	w.Do(ann, incident.Classify{Subcategory: "spam"})
	require.Equal(t, "mail/spam", w.Record().Category+"/"+w.Record().Subcategory)
	w.Do(ann, incident.Classify{Title: "Still down"})
	require.Equal(t, "mail/spam", w.Record().Category+"/"+w.Record().Subcategory)
	w.Do(ann, incident.Classify{Category: "other"})
	require.Equal(t, "other/", w.Record().Category+"/"+w.Record().Subcategory, "another category comes without the old subcategory")
	w.Do(ann, incident.Classify{Subcategory: "anything"})

	report := outage()
	report.Category = "print"
	itsmtest.RequireField(t, w.Another().Refused(ann, report), "category")
}

func TestClassifyTheService(t *testing.T) {
	w := reported(t, lifecycle(t, nil)).Another()
	report := outage()
	report.Service, report.ServiceUnknown = itsm.Ref{}, true
	w.Do(ann, report)
	require.True(t, w.Record().ServiceUnknown)
	itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Service: itsm.Ref{Kind: "ci"}}), "service")
	w.Do(ann, incident.Classify{Service: mail})
	require.Equal(t, mail, w.Record().Service)
	require.False(t, w.Record().ServiceUnknown)
}
