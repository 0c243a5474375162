package incident_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

func TestBadPolicy(t *testing.T) {
	for field, spoil := range map[string]func(*incident.Policy){
		"agents":              func(p *incident.Policy) { p.Agents = nil },
		"agents[0]":           func(p *incident.Policy) { p.Agents = []itsm.Role{itsm.SystemRole} },
		"managers":            func(p *incident.Policy) { p.Managers = []itsm.Role{} },
		"managers[1]":         func(p *incident.Policy) { p.Managers = append(p.Managers, incident.Caller) },
		"managers[2]":         func(p *incident.Policy) { p.Managers = append(p.Managers, "m", "") },
		"matrix.impacts":      func(p *incident.Policy) { p.Matrix = itsm.Matrix{} },
		"matrix.priorities":   func(p *incident.Policy) { p.Matrix.Priorities = p.Matrix.Priorities[:2] },
		"categories":          func(p *incident.Policy) { p.Categories = map[string][]string{"": nil} },
		"categories.mail[1]":  func(p *incident.Policy) { p.Categories = map[string][]string{"mail": {"queue", "queue"}} },
		"sources[0]":          func(p *incident.Policy) { p.Sources = []string{""} },
		"codes[1]":            func(p *incident.Policy) { p.Codes = []string{"fixed", "\xff"} },
		"criteria[4]":         func(p *incident.Policy) { p.Criteria = append(p.Criteria, p.Criteria[0]) },
		"window":              func(p *incident.Policy) { p.Window = itsm.Wait{} },
		"hold_review":         func(p *incident.Policy) { p.HoldReview = itsm.Wait{Days: 1, Time: -time.Hour} },
		"hold_limit":          func(p *incident.Policy) { p.HoldLimit = itsm.Wait{Days: 36501} },
		"extensions":          func(p *incident.Policy) { p.Extensions = -1 },
		"custom[0].name":      func(p *incident.Policy) { p.Custom = itsm.CustomFields{{Type: itsm.Text}} },
		"custom[1].name":      func(p *incident.Policy) { p.Custom = twice("site") },
		"custom[0].type":      func(p *incident.Policy) { p.Custom = itsm.CustomFields{{Name: "site", Type: "place"}} },
		"custom[0].domain[1]": func(p *incident.Policy) { p.Custom = offices(itsm.TextValue("Bern"), itsm.IntValue(3)) },
	} {
		policy := incident.DefaultPolicy()
		spoil(policy)
		_, err := incident.Process(policy)
		itsmtest.RequireField(t, err, field)
	}
}

func twice(name string) itsm.CustomFields {
	return itsm.CustomFields{{Name: name, Type: itsm.Text}, {Name: name, Type: itsm.Number}}
}

func offices(domain ...itsm.Value) itsm.CustomFields {
	return itsm.CustomFields{{Name: "site", Type: itsm.Text, Domain: domain}}
}

// TestBadPolicyNamesEveryField takes the zero policy: nothing in it is usable.
func TestBadPolicyNamesEveryField(t *testing.T) {
	_, err := incident.Process(&incident.Policy{})
	for _, field := range []string{"agents", "managers", "matrix.impacts", "window", "hold_review", "hold_limit"} {
		itsmtest.RequireField(t, err, field)
	}
}

func TestCustomFieldsLeaveTheProcessesOwnAlone(t *testing.T) {
	process, err := incident.Process(nil)
	require.NoError(t, err)
	for _, f := range process.Lifecycle.Fields() {
		policy := incident.DefaultPolicy()
		policy.Custom = itsm.CustomFields{{Name: f.Name, Type: itsm.Text}}
		_, err := incident.Process(policy)
		itsmtest.RequireField(t, err, "custom[0].name")
	}
}

// TestPolicyIsCopied edits a policy after the process was built from it.
func TestPolicyIsCopied(t *testing.T) {
	policy := incident.DefaultPolicy()
	policy.Categories = map[string][]string{"mail": {"queue"}}
	policy.Codes, policy.Sources = []string{"fixed"}, []string{"phone"}
	policy.Custom = offices(itsm.TextValue("Bern"))
	lc := lifecycle(t, policy)

	policy.Agents[0], policy.Managers[0] = "x", "x"
	policy.Matrix.Priorities[0][0] = 5
	policy.Categories["mail"][0] = "x"
	delete(policy.Categories, "mail")
	policy.Codes[0], policy.Sources[0], policy.Criteria[1] = "x", "x", "x"
	policy.Custom[0].Domain[0] = itsm.TextValue("x")
	policy.Window, policy.Extensions = itsm.Wait{Days: 100}, 100

	w := in(t, lc, incident.New)
	require.Equal(t, itsm.Priority(1), w.Record().Priority)
	w.Do(ann, incident.Classify{Category: "mail", Subcategory: "queue", Custom: site("Bern")})
	w.Do(mia, major())
	w.Do(mia, fixed())
	require.Equal(t, w.Now().Add(5*day), lc.Due(w.Record())[0].At)
}

func site(name string) map[string]itsm.Value {
	return map[string]itsm.Value{"site": itsm.TextValue(name)}
}

func TestCustomFields(t *testing.T) {
	lc := under(t, func(p *incident.Policy) {
		p.Custom = itsm.CustomFields{
			{Name: "site", Type: itsm.Text, Domain: []itsm.Value{itsm.TextValue("Bern"), itsm.TextValue("Zürich")}},
			{Name: "users", Type: itsm.Number},
			{Name: "since", Type: itsm.Instant},
			{Name: "asset", Type: itsm.Reference},
			{Name: "vip", Type: itsm.Truth},
			{Name: "lost", Type: itsm.Span},
		}
	})
	w := reported(t, lc).Another()
	report := outage()
	report.Custom = site("Zürich")
	w.Do(ann, report)
	all := map[string]itsm.Value{
		"users": itsm.NumberValue(decimal.RequireFromString("2.5")), "since": itsm.InstantValue(w.Now()),
		"asset": itsm.ReferenceValue(mail), "vip": itsm.TruthValue(false), "lost": itsm.SpanValue(hour),
	}
	w.Do(ann, incident.Classify{Custom: all})
	require.Len(t, w.Record().Custom, 6)
	field, known := lc.Field("site")
	require.True(t, known)
	require.Equal(t, "Zürich", field.Get(w.Record()).Text())

	w.Do(ann, incident.Classify{Custom: map[string]itsm.Value{"site": {}, "vip": {}}})
	require.Len(t, w.Record().Custom, 4, "a missing value removes the field")
	w.Do(ann, incident.Classify{Custom: map[string]itsm.Value{"users": {}, "since": {}, "asset": {}, "lost": {}}})
	require.Nil(t, w.Record().Custom)

	for name, bad := range map[string]map[string]itsm.Value{
		"custom.floor": {"floor": itsm.IntValue(3)},
		"custom.site":  site("Basel"),
		"custom.users": {"users": itsm.TextValue("many")},
	} {
		itsmtest.RequireField(t, w.Refused(ann, incident.Classify{Custom: bad}), name)
		report.Custom = bad
		itsmtest.RequireField(t, w.Another().Refused(ann, report), name)
	}
	none := reported(t, lifecycle(t, nil))
	itsmtest.RequireField(t, none.Refused(ann, incident.Classify{Custom: site("Bern")}), "custom.site")
}
