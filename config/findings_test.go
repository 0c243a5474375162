package config_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

func deficiencies(list []config.Finding) []config.Deficiency {
	var found []config.Deficiency
	for _, f := range list {
		found = append(found, f.Deficiency)
	}
	return found
}

func TestFindings(t *testing.T) {
	w := registered(t, nil)
	require.Equal(t, []config.Deficiency{config.Recommended}, deficiencies(config.Findings(nil, w.Record(), w.Now())))
	w.Do(ann, config.SetAttributes{Values: values{"operating_system": word("linux")}, Change: change})
	require.Empty(t, config.Findings(nil, w.Record(), w.Now()))
	due := w.Record().NextVerify
	require.Empty(t, config.Findings(nil, w.Record(), due.Add(-time.Microsecond)))
	require.Equal(t, []config.Deficiency{config.Unverified}, deficiencies(config.Findings(nil, w.Record(), due)))

	w.Do(probe, config.Observe{Source: "scan", Values: values{"memory": number(128)}})
	w.Do(ann, config.Verify{Against: "survey", Result: config.Failed, Found: "Memory.", Action: "Find the change", Due: w.Now().Add(day)})
	w.Wait(day)
	found := config.Findings(nil, w.Record(), w.Now())
	require.Equal(t, []config.Deficiency{config.Drifted, config.Unfinished}, deficiencies(found))
	require.Equal(t, w.Record().Number+" memory: drifted: is recorded as 64 and seen as 128 by scan since "+
		w.Record().Drifts["memory"].First.Format(time.RFC3339), found[0].String())

	m, err := config.NewModel([]config.Class{{Name: "server", Attributes: []config.Attribute{
		{Name: "memory", Type: itsm.Number, Below: number(10)}, {Name: "cpus", Type: itsm.Number},
		{Name: "operating_system", Type: itsm.Text}, {Name: "asset_tag", Type: itsm.Text, Required: true},
	}}}, nil)
	require.NoError(t, err)
	later := under(func(p *config.Policy) { p.Model = m })
	var attributes []string
	for _, f := range config.Findings(later, w.Record(), w.Now()) {
		if f.Deficiency == config.Missing || f.Deficiency == config.Misfit {
			attributes = append(attributes, f.Attribute)
		}
	}
	require.Equal(t, []string{"asset_tag", "hostname", "memory", "serial_number"}, attributes)
	for class, problem := range map[string]string{"computer": `"computer" is abstract`, "toaster": `"toaster" is no class`} {
		misfit := *w.Record()
		misfit.Class = class
		found := config.Findings(nil, &misfit, w.Now())
		require.Contains(t, found, config.Finding{Deficiency: config.Misfit, CI: misfit.Ref(), Number: misfit.Number, Attribute: "class", Problem: problem})
	}

	w.Do(ann, config.CompleteAction{Action: 1, Text: "Done."})
	w.Do(mia, config.Retire{Change: change})
	w.Wait(hour).Do(probe, config.Observe{Source: "scan"})
	require.Contains(t, deficiencies(config.Findings(nil, w.Record(), w.Now())), config.Revived)
	require.NotContains(t, deficiencies(config.Findings(nil, w.Record(), due)), config.Unverified)
	w.Do(mia, config.Dispose{})
	require.Empty(t, config.Findings(nil, w.Record(), due))
	require.Empty(t, config.Findings(nil, nil, due))
}

// TestR20_FoundWithoutAChange: what a program registers as live is a finding.
func TestR20_FoundWithoutAChange(t *testing.T) {
	c := server()
	c.Change = itsm.Ref{}
	c.Source = "scan"
	w := itsmtest.New(t, lifecycle(t, nil))
	both := ann
	both.Roles = []itsm.Role{config.Discovery, config.Administrator}
	itsmtest.RequireRule(t, w.Refused(both, c), "R20") // who also is a keeper is one
	w.Do(probe, c)
	require.Contains(t, deficiencies(config.Findings(nil, w.Record(), w.Now())), config.Uncovered)
	w.Do(ann, config.SetAttributes{Values: values{"memory": number(64)}, Change: change})
	require.NotContains(t, deficiencies(config.Findings(nil, w.Record(), w.Now())), config.Uncovered)
}

// TestR21_ServicesAreOwnedCIs: in what is used as a service, and when one goes live.
func TestR21_ServicesAreOwnedCIs(t *testing.T) {
	w := itsmtest.New(t, lifecycle(t, nil))
	w.Do(ann, config.Register{Name: "shop", Class: "business service"})
	require.Contains(t, deficiencies(config.Findings(nil, w.Record(), w.Now())), config.NoOwner)
	itsmtest.RequireRule(t, w.Refused(ann, config.Deploy{Change: change}), "R21 owner")
	itsmtest.RequireRule(t, w.Another().Refused(ann, config.Register{Name: "mail", Class: "business service", State: config.Live, Change: change}), "R21")
	unowned := *w.Record()
	w.Do(ann, config.Own{Owner: "bob"})
	require.NotContains(t, deficiencies(config.Findings(nil, w.Record(), w.Now())), config.NoOwner)
	w.Do(ann, config.Deploy{Change: change})
	owned := *w.Record()

	host := *registered(t, nil).Record()
	unowned.ID, owned.ID, host.ID = id(1), id(2), id(3)
	look := func(ci uuid.UUID) *config.CI {
		return map[uuid.UUID]*config.CI{id(1): &unowned, id(2): &owned, id(3): &host}[ci]
	}
	to := func(n byte) itsm.Ref { return itsm.RefTo(config.Kind, id(n)) }
	elsewhere := itsm.Ref{Kind: "product", ID: "7"}
	used := []itsm.Ref{to(2), to(3), to(1), {}, to(4), to(1), elsewhere}
	found := config.DefaultModel().ServiceFindings(slices.Values(used), look)
	require.Equal(t, []config.Deficiency{config.NoService, config.NoOwner, config.NoCI, config.NoCI}, deficiencies(found))
	require.Equal(t, []itsm.Ref{to(3), to(1), to(4), elsewhere}, []itsm.Ref{found[0].CI, found[1].CI, found[2].CI, found[3].CI})
}

func TestLists(t *testing.T) {
	require.Len(t, config.Deficiencies(), 12)
	require.Equal(t, []config.Result{config.Passed, config.Failed}, config.Results())
	require.Equal(t, []config.Carries{config.ToFirst, config.ToSecond, config.Nowhere}, config.Directions())
	config.OwnAttributes()[0] = "x"
	require.Equal(t, "state", config.OwnAttributes()[0])
	require.Contains(t, config.OwnRelationAttributes(), "group")
}

// TestPolicy: a bad policy is an error that names the field.
func TestPolicy(t *testing.T) {
	for field, edit := range map[string]func(*config.Policy){
		"administrators":          func(p *config.Policy) { p.Administrators = nil },
		"managers[0]":             func(p *config.Policy) { p.Managers = []itsm.Role{itsm.SystemRole} },
		"discoverers[1]":          func(p *config.Policy) { p.Discoverers = []itsm.Role{"a", "a"} },
		"model":                   func(p *config.Policy) { p.Model = nil },
		"criticalities[1]":        func(p *config.Policy) { p.Criticalities[1].Level = itsm.High },
		"criticalities[2].verify": func(p *config.Policy) { p.Criticalities[2].Verify.Days = -1 },
		"ungraded":                func(p *config.Policy) { p.Ungraded.Days = 1 << 20 },
		"action_due":              func(p *config.Policy) { p.ActionDue = itsm.Wait{} },
		"environments[0]":         func(p *config.Policy) { p.Environments = []string{""} },
		"controlled[0]":           func(p *config.Policy) { p.Controlled = []string{"state"} },
		"controlled[1]":           func(p *config.Policy) { p.Controlled = []string{"name", "memory"} },
		"under_change[1]":         func(p *config.Policy) { p.UnderChange = []itsm.State{config.Live, config.Live} },
	} {
		_, err := config.Process(under(edit))
		itsmtest.RequireField(t, err, field)
		_, err = config.RelationProcess(under(edit))
		itsmtest.RequireField(t, err, field)
	}
	policy := under(func(*config.Policy) {})
	lc := lifecycle(t, policy)
	policy.Controlled[0] = "description"
	policy.UnderChange[0] = config.Planned
	w := itsmtest.New(t, lc)
	w.Do(ann, config.Register{Name: "a", Class: "server"})
	w.Do(ann, config.Describe{Description: "A server."}) // the policy was copied
	itsmtest.RequireRule(t, w.Refused(ann, config.Deploy{}), "R20")

	never := under(func(p *config.Policy) {
		p.Ungraded, p.Criticalities, p.Controlled, p.UnderChange = itsm.Wait{}, nil, nil, nil
	})
	w = itsmtest.New(t, lifecycle(t, never))
	w.Do(ann, config.Register{Name: "a", Class: "server", Criticality: "any", State: config.Live})
	require.True(t, w.Record().NextVerify.IsZero())
	w.Do(ann, config.Describe{Version: "2"})
}

// TestR21_WhatIsLiveBecomesNoServiceWithoutOwner: neither by another class nor on its
// way back from maintenance.
func TestR21_WhatIsLiveBecomesNoServiceWithoutOwner(t *testing.T) {
	service := config.Reclassify{Class: "business service", Change: change}
	w := itsmtest.New(t, lifecycle(t, nil))
	w.Do(ann, config.Register{Name: "mail", Class: "application", State: config.Live, Change: change})
	itsmtest.RequireRule(t, w.Refused(ann, service), "R21")
	resting := w.Fork()
	resting.Do(ann, config.Maintain{Change: change})
	resting.Do(ann, service)
	itsmtest.RequireRule(t, resting.Refused(ann, config.Return{Change: change}), "R21 owner")
	w.Do(ann, config.Own{Owner: "bob"})
	w.Do(ann, service)
	require.Equal(t, "business service", w.Record().Class)
}

// TestNothingToFind: what is nil is empty, as everywhere.
func TestNothingToFind(t *testing.T) {
	m := config.DefaultModel()
	require.Empty(t, m.ServiceFindings(nil, nil))
	found := m.ServiceFindings(slices.Values([]itsm.Ref{itsm.RefTo(config.Kind, id(1))}), nil)
	require.Equal(t, []config.Deficiency{config.NoCI}, deficiencies(found))
	itsmtest.RequireField(t, m.CheckRelation(nil, config.End{}, config.End{}, nil), "relation")
	r := config.Relation{Type: "runs on", From: id(1), To: id(2)}
	r.State = config.Active
	from, to := config.End{ID: id(1), Class: "application"}, config.End{ID: id(2), Class: "server"}
	require.NoError(t, m.CheckRelation(&r, from, to, []*config.Relation{nil}))
}

// TestPolicyWithoutDiscovery: a host that has none names no role for it.
func TestPolicyWithoutDiscovery(t *testing.T) {
	policy := under(func(p *config.Policy) { p.Discoverers = nil })
	w := registered(t, policy)
	itsmtest.RequireRule(t, w.Refused(probe, config.Observe{Source: "scan"}), itsm.RuleRole)
	w.Do(system, config.Observe{Source: "scan", Values: values{"memory": number(65)}})
	require.Equal(t, []string{"memory"}, w.Record().Drifting())
	for field, edit := range map[string]func(*config.Policy){
		"administrators": func(p *config.Policy) { p.Administrators = nil }, "managers": func(p *config.Policy) { p.Managers = nil },
		"model": func(p *config.Policy) { p.Model = nil }, "action_due": func(p *config.Policy) { p.ActionDue = itsm.Wait{} },
	} {
		_, err := config.Process(under(edit))
		itsmtest.RequireField(t, err, field)
	}
	bare := config.Policy{Administrators: policy.Administrators, Managers: policy.Managers, Model: policy.Model, ActionDue: policy.ActionDue}
	_, err := config.Process(&bare)
	require.NoError(t, err, "of all else zero is none")
	_, err = config.RelationProcess(&bare)
	require.NoError(t, err)
}
