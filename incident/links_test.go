package incident_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

func TestLink(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	problem := itsm.Ref{Kind: "problem", ID: "P1"}
	change := itsm.Ref{Kind: "change", ID: "C1"}
	for _, link := range []incident.Link{
		{As: incident.ToProblem, To: problem}, {As: incident.ToKnownError, To: problem},
		{As: incident.CausedBy, To: change}, {As: incident.ToProblem, To: problem},
	} {
		w.Do(ann, link)
	}
	require.Len(t, w.Record().Links, 3, "each is there once")
	require.Equal(t, []itsm.Ref{problem}, w.Record().Linked(incident.ToProblem))
	require.Equal(t, []itsm.Ref{change}, w.Record().Linked(incident.CausedBy))
	require.Empty(t, w.Record().Linked(incident.FixedBy))

	itsmtest.RequireField(t, w.Refused(ann, incident.Link{As: incident.FixedBy, To: change, Remove: true}), "to")
	itsmtest.RequireField(t, w.Refused(ann, incident.Link{As: "cousin", To: change}), "as")
	itsmtest.RequireField(t, w.Refused(ann, incident.Link{As: incident.FixedBy}), "to")
	w.Do(ann, incident.Link{As: incident.ToProblem, To: problem, Remove: true})
	require.Equal(t, []incident.RecordLink{{As: incident.ToKnownError, To: problem}, {As: incident.CausedBy, To: change}}, w.Record().Links)
}

// TestAffect: what a person said stands against what was computed.
func TestAffect(t *testing.T) {
	manual, computed, out := incident.Manual, incident.Computed, incident.RuledOut
	for _, c := range []struct{ before, said, after incident.Involvement }{
		{"", manual, manual}, {"", computed, computed}, {"", out, out},
		{manual, computed, manual}, {computed, computed, computed}, {out, computed, out},
		{manual, manual, manual}, {computed, manual, manual}, {out, manual, manual},
		{manual, out, out}, {computed, out, out}, {out, out, out},
	} {
		w := in(t, lifecycle(t, nil), incident.New)
		w.Do(ann, incident.Affect{CI: itsm.Ref{Kind: "ci", ID: "other"}, How: incident.Manual})
		if c.before != "" {
			w.Do(ann, incident.Affect{CI: mail, How: c.before})
		}
		w.Do(system, incident.Affect{CI: mail, How: c.said})
		require.Equal(t, incident.AffectedCI{CI: mail, How: c.after}, w.Record().CIs[1], "%+v", c)
		if c.after == out {
			require.NotContains(t, w.Record().Affected(), mail)
		} else {
			require.Contains(t, w.Record().Affected(), mail)
		}
	}
	w := in(t, lifecycle(t, nil), incident.New)
	itsmtest.RequireField(t, w.Refused(ann, incident.Affect{How: manual}), "ci")
	itsmtest.RequireField(t, w.Refused(ann, incident.Affect{CI: mail}), "how")
	itsmtest.RequireField(t, w.Refused(ann, incident.Affect{CI: mail, How: "perhaps"}), "how")
}

func TestAttach(t *testing.T) {
	w := in(t, lifecycle(t, nil), incident.New)
	file := incident.Attach{File: paper, Name: "log.txt", Media: "text/plain", Size: 12, SHA256: strings.Repeat("0a", 32)}
	w.Do(carl, file)
	w.Do(ann, incident.Attach{File: paper, Name: "again.txt"})
	require.Len(t, w.Record().Attachments, 2)
	require.Equal(t, incident.Attachment(file), w.Record().Attachments[0])

	for field, change := range map[string]func(*incident.Attach){
		"file":   func(c *incident.Attach) { c.File = itsm.Ref{} },
		"name":   func(c *incident.Attach) { c.Name = "" },
		"media":  func(c *incident.Attach) { c.Media = "text\nplain" },
		"size":   func(c *incident.Attach) { c.Size = -1 },
		"sha256": func(c *incident.Attach) { c.SHA256 = "0a" },
	} {
		bad := file
		change(&bad)
		itsmtest.RequireField(t, w.Refused(ann, bad), field)
	}
}

func TestSelections(t *testing.T) {
	process, err := incident.Process(nil)
	require.NoError(t, err)
	w := in(t, process.Lifecycle, incident.OnHold)
	w.Do(ann, incident.Affect{CI: mail, How: incident.Manual})
	w.Do(ann, incident.Affect{CI: ticket, How: incident.RuledOut})
	w.Do(ann, incident.Link{As: incident.ToProblem, To: paper})
	inc := *w.Record()
	inc.Parent = id(9)
	for name, c := range map[string]struct {
		selection itsm.Selection[incident.Incident]
		found     bool
	}{
		"state":    {incident.InState(incident.OnHold), true},
		"assignee": {incident.ByAssignee("bob"), true},
		"nobody":   {incident.ByAssignee("otto"), false},
		"group":    {incident.ByGroup("messaging"), true},
		"caller":   {incident.ByCaller("carl"), true},
		"service":  {incident.ByService(mail), true},
		"parent":   {incident.ByParent(id(9)), true},
		"ci":       {incident.AffectingCI(mail), true},
		"ruled":    {incident.AffectingCI(ticket), false},
		"link":     {incident.LinkedTo(incident.ToProblem, paper), true},
		"other":    {incident.LinkedTo(incident.CausedBy, paper), false},
	} {
		found := false
		for _, index := range process.Indexes {
			if index.Name != c.selection.Index {
				continue
			}
			for _, key := range index.Keys(&inc) {
				same := true
				for i, v := range c.selection.Equal {
					same = same && key[i].Equal(v)
				}
				found = found || same
				require.Equal(t, inc.Opened, key[len(key)-1].Instant(), "the oldest comes first")
			}
		}
		require.Equal(t, c.found, found, name)
	}
	for _, index := range process.Indexes { // an empty record is in no index
		require.Empty(t, index.Keys(&incident.Incident{}), index.Name)
	}
}
