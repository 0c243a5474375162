package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// What the standard asks of configuration management, and where the records show it.

func TestISO_8_2_5_AssetsAreManaged(t *testing.T) {
	e := newEstate(t, nil)
	licence := e.register(ann, config.Register{
		Name: "Database licence", Class: "licence", Owner: "bob", State: config.Live, Change: change,
		Attributes: values{"supplier": word("Example Ltd"), "seats": number(50), "ends": in(e.now.Add(300 * day))},
	})
	licence = e.do(probe, licence.ID, config.Observe{Source: "licence scan", Values: values{"seats_used": number(61)}})
	require.Equal(t, number(61), licence.Value("seats_used"))
	require.Equal(t, []string{"Database licence"}, e.names(config.ByOwner("bob")))
}

func TestISO_8_2_6_TypesAreDefinedAndServicesAreCIs(t *testing.T) {
	m := config.DefaultModel()
	require.NotEmpty(t, m.Classes())
	require.True(t, m.IsService("business service"))
	w := itsmtest.New(t, lifecycle(t, nil))
	w.Do(ann, config.Register{Name: "shop", Class: "business service", Owner: "bob"})
	itsmtest.RequireField(t, w.Another().Refused(ann, config.Register{Name: "x", Class: "no class"}), "class")
}

func TestISO_8_2_6_DetailSuitsCriticalityAndAccessIsControlled(t *testing.T) {
	high, low := registered(t, nil).Record().NextVerify, registered(t, nil)
	low.Do(ann, config.Describe{Criticality: itsm.Low})
	require.True(t, high.Before(low.Record().NextVerify))
	for _, c := range samples() {
		itsmtest.RequireRule(t, registered(t, nil).Refused(otto, c), ruleFor(c))
	}
}

// ruleFor is the rule that refuses a stranger's command to a live CI.
func ruleFor(c itsm.Command[config.CI]) string {
	switch c.(type) {
	case config.Register, config.Order, config.Build, config.Test, config.Deploy, config.Return, config.Reinstate, config.Dispose:
		return itsm.RuleState
	}
	return itsm.RuleRole
}

func TestISO_8_2_6_EachCIIsIdentifiedTypedDescribedRelatedAndHasAStatus(t *testing.T) {
	e := newEstate(t, nil)
	c := server()
	c.Description = "Serves the shop."
	host := e.register(ann, c)
	app := e.register(ann, config.Register{Name: "shop", Class: "application"})
	require.NotEqual(t, host.ID, app.ID)
	require.NotEqual(t, host.Number, app.Number)
	require.Equal(t, []string{"server", "Serves the shop.", "live"}, []string{host.Class, host.Description, string(host.State)})
	_, err := e.relations.Create(e.ctx, ann, config.Relate{Type: "runs on", From: app.End(), To: host.End()})
	require.NoError(t, err)
	require.Len(t, e.numbers(config.RelationsTo(host.ID)), 1)
}

func TestISO_8_2_6_ChangesAreTraceable(t *testing.T) {
	w := registered(t, nil)
	e := w.Do(ann, config.SetAttributes{Values: values{"memory": number(128)}, Change: change})
	f := config.FactsOf(e)[0]
	require.Equal(t, []any{"ann", change, w.Now()}, []any{f.By, f.Change, f.Recorded})
	require.Equal(t, number(64), e.Command.(config.SetAttributes).Was[0].Value)
	require.Equal(t, change, w.Record().Change)
}

func TestISO_8_2_6_VerifiedAtPlannedIntervalsAndActedOn(t *testing.T) {
	w := registered(t, nil)
	require.False(t, w.Record().NextVerify.IsZero())
	w.Wait(90 * day)
	require.Contains(t, deficiencies(config.Findings(nil, w.Record(), w.Now())), config.Unverified)
	w.Do(ann, config.Verify{Against: "survey", Result: config.Failed, Found: "Memory.", Action: "Find the change"})
	require.NotContains(t, deficiencies(config.Findings(nil, w.Record(), w.Now())), config.Unverified)
	a := w.Record().OpenActions()[0]
	require.Equal(t, "bob", a.Owner)
	require.False(t, a.Due.IsZero())
	w.Wait(31 * day)
	require.Contains(t, deficiencies(config.Findings(nil, w.Record(), w.Now())), config.Unfinished)
}

func TestISO_8_2_6_InformationIsAvailableToOthers(t *testing.T) {
	for _, f := range lifecycle(t, nil).Fields() {
		require.NotNil(t, f.Get, f.Name)
	}
	w := registered(t, nil)
	field, known := lifecycle(t, nil).Field("memory")
	require.True(t, known)
	require.Equal(t, number(64), field.Get(w.Record()))
}
