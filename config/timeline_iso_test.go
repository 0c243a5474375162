package config_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// What the standard asks of configuration management, and where timelines, baselines
// and reports show it. The numbers are those of the project's list of requirements.

// told is the timeline of all that the registers of an estate hold.
func (e *estate) told() *config.Timeline {
	e.t.Helper()
	var cis, relations []config.Fact
	for ci, err := range e.cis.Find(e.ctx, ann, itsm.Selection[config.CI]{}) {
		require.NoError(e.t, err)
		for entry, err := range e.cis.History(e.ctx, ann, ci.ID) {
			require.NoError(e.t, err)
			cis = append(cis, config.FactsOf(*entry.Event)...)
		}
	}
	for r, err := range e.relations.Find(e.ctx, ann, itsm.Selection[config.Relation]{}) {
		require.NoError(e.t, err)
		for entry, err := range e.relations.History(e.ctx, ann, r.ID) {
			require.NoError(e.t, err)
			relations = append(relations, config.RelationFactsOf(*entry.Event)...)
		}
	}
	tl, err := config.NewTimeline(slices.Values(cis), slices.Values(relations), nil)
	require.NoError(e.t, err)
	return tl
}

// small is an estate of an application on a server, and a service.
func small(t *testing.T) (e *estate, host, app, shop config.CI) {
	t.Helper()
	e = newEstate(t, nil)
	host = e.register(ann, server())
	app = e.register(ann, config.Register{Name: "shop-app", Class: "application", Owner: "bob", State: config.Live, Change: change, Criticality: itsm.High})
	shop = e.register(ann, config.Register{Name: "shop", Class: "business service", Owner: "eve", State: config.Live, Change: change})
	for _, c := range []config.Relate{
		{Type: "runs on", From: app.End(), To: host.End()}, {Type: "depends on", From: shop.End(), To: app.End()},
	} {
		_, err := e.relations.Create(e.ctx, ann, c)
		require.NoError(t, err)
	}
	e.now = e.now.Add(day)
	return e, host, app, shop
}

func TestISO_8_2_5_Item17_TheLifeOfAnAssetIsKept(t *testing.T) {
	e, host, _, _ := small(t)
	e.now = e.now.Add(day)
	e.do(mia, host.ID, config.Retire{Change: change})
	var states []string
	for _, b := range e.told().Blame(host.ID, "state", config.AsOf{}) {
		states = append(states, b.Value.Text())
	}
	require.Equal(t, []string{"live", "retired"}, states)
}

func TestISO_8_2_6_Item18_ServicesAreCIsWithOwners(t *testing.T) {
	e, _, _, shop := small(t)
	services := 0
	for v := range e.told().CIs(config.AsOf{}) {
		if config.DefaultModel().IsService(v.Class()) {
			services++
			require.Equal(t, shop.ID, v.ID())
		}
	}
	require.Equal(t, 1, services)
}

func TestISO_8_2_6_Item19_DetailSuitsCriticality(t *testing.T) {
	e, host, app, _ := small(t)
	v, err := config.VerificationsOf(nil, slices.Values([]*config.CI{&host, &app}), e.now, e.now.Add(90*day))
	require.NoError(t, err)
	require.Equal(t, "high", v.Measures[0].By[0].Of)
	require.Len(t, v.Due, 2)
}

// TestISO_8_2_6_Item19_AttributesAreRequiredByCriticality: what is critical is recorded
// in more detail, and that is asked wherever what is required is.
func TestISO_8_2_6_Item19_AttributesAreRequiredByCriticality(t *testing.T) {
	model, err := config.DefaultModel().With([]config.Class{
		{Name: "appliance", Parent: "item", Attributes: []config.Attribute{
			{Name: "recovery", Type: itsm.Text, RequiredAt: []itsm.Level{itsm.High}, RecommendedAt: []itsm.Level{itsm.Medium}},
		}},
		{Name: "vault", Parent: "appliance", Attributes: []config.Attribute{{Name: "recovery", Type: itsm.Text, RequiredAt: []itsm.Level{itsm.Medium, itsm.High}}}},
	}, nil)
	require.NoError(t, err)
	narrowed, _ := model.Attribute("vault", "recovery")
	require.Equal(t, []itsm.Level{itsm.High, itsm.Medium}, narrowed.RequiredAt, "a class asks for more, never for less")
	read, err := config.ParseModel([]byte(text(t, model)))
	require.NoError(t, err)
	require.Equal(t, text(t, model), text(t, read))
	require.Contains(t, model.Mermaid(), "~text recovery* (high)\n")
	policy := under(func(p *config.Policy) { p.Model = model })

	born := func(class string, level itsm.Level, attributes values) config.Register {
		return config.Register{Name: "x", Class: class, Criticality: level, Attributes: attributes}
	}
	plan := values{"recovery": word("the plan")}
	w := itsmtest.New(t, lifecycle(t, policy))
	itsmtest.RequireField(t, w.Refused(ann, born("appliance", itsm.High, nil)), "attributes.recovery")
	itsmtest.RequireField(t, w.Refused(ann, born("vault", itsm.Medium, nil)), "attributes.recovery")
	w.Another().Do(ann, born("appliance", itsm.High, plan))
	w.Do(ann, born("appliance", itsm.Medium, nil))
	found := func() []config.Deficiency { return deficiencies(config.Findings(policy, w.Record(), w.Now())) }
	require.Equal(t, []config.Deficiency{config.Recommended}, found())
	itsmtest.RequireField(t, w.Refused(ann, config.Describe{Criticality: itsm.High}), "criticality")
	itsmtest.RequireField(t, w.Refused(ann, config.Reclassify{Class: "vault", Change: change}), "values.recovery")
	w.Do(ann, config.SetAttributes{Values: plan})
	w.Do(ann, config.Describe{Criticality: itsm.High})
	itsmtest.RequireField(t, w.Refused(ann, config.SetAttributes{Values: values{"recovery": {}}}), "values.recovery")
	itsmtest.RequireField(t, w.Refused(probe, config.Observe{Source: "scan", Values: values{"recovery": {}}}), "values.recovery")
	require.Empty(t, found())
	w.Do(ann, config.Describe{Criticality: itsm.Low})
	w.Do(ann, config.SetAttributes{Values: values{"recovery": {}}})
	require.Empty(t, found())

	critical := *w.Record()
	critical.Criticality = itsm.High
	require.Contains(t, config.Findings(policy, &critical, w.Now())[0].Problem, "appliance of criticality high")
	h, err := config.HealthOf(&config.HealthRules{Policy: policy}, slices.Values([]*config.CI{&critical}), nil, w.Now())
	require.NoError(t, err)
	require.Equal(t, itsm.Ratio{Num: 1, Den: 1}, h.Measure(config.Incomplete).Ratio)

	_, err = config.Process(under(func(p *config.Policy) { p.Model, p.Criticalities = model, p.Criticalities[1:] }))
	at := len(model.Classes()) - 2
	itsmtest.RequireField(t, err, fmt.Sprintf("model.classes[%d].attributes[0].required_at[0]", at))
}

func TestISO_8_2_6_Item20_EachCIHasItsParts(t *testing.T) {
	e, host, app, _ := small(t)
	tl := e.told()
	v, known := tl.At(host.ID, config.AsOf{})
	require.True(t, known)
	require.Equal(t, []any{host.ID, "server", "web-1", config.Live}, []any{v.ID(), v.Class(), v.Name(), v.State()})
	r := slices.Collect(tl.Relations(config.AsOf{}))
	require.Len(t, r, 2)
	runs := r[slices.IndexFunc(r, func(r config.RelationView) bool { return r.Type() == "runs on" })]
	require.Equal(t, []uuid.UUID{app.ID, host.ID}, []uuid.UUID{runs.From(), runs.To()})
}

func TestISO_8_2_6_Item21_ChangesAreTraceableAndAuditable(t *testing.T) {
	e, host, _, _ := small(t)
	before := config.AsOf{Valid: e.now, Recorded: e.now}
	e.now = e.now.Add(day)
	e.do(ann, host.ID, config.SetAttributes{Values: values{"memory": number(128)}, Change: change})
	after := config.AsOf{Valid: e.now, Recorded: e.now}
	d, err := e.told().Diff(before, after, config.Scope{})
	require.NoError(t, err)
	require.Equal(t, `changed "web-1" (server) `+host.ID.String()+` memory: "64" → "128"; since 2026-03-04T09:00:00Z, recorded 2026-03-04T09:00:00Z by ann under change:CHG1`+"\n", d.String())
}

func TestISO_8_2_6_Item22_AccuracyIsVerifiedAndDeficienciesAreActedOn(t *testing.T) {
	e, host, _, _ := small(t)
	host = e.do(ann, host.ID, config.Verify{Against: "survey", Result: config.Failed, Found: "Memory.", Action: "Find the change", Due: e.now.Add(day)})
	v, err := config.VerificationsOf(nil, slices.Values([]*config.CI{&host}), e.now.Add(2*day), e.now)
	require.NoError(t, err)
	require.Len(t, v.Actions, 1)
	require.Equal(t, "bob", v.Actions[0].Owner)
}

func TestISO_8_2_6_Item23_InformationIsAvailableToOthers(t *testing.T) {
	e, _, app, shop := small(t)
	b, err := e.told().Baseline("for the release", config.Scope{IDs: []uuid.UUID{app.ID, shop.ID}}, config.AsOf{Valid: e.now, Recorded: e.now})
	require.NoError(t, err)
	require.Len(t, b.CIs, 2)
	require.Len(t, b.Relations, 1)
	data, err := json.Marshal(b)
	require.NoError(t, err)
	_, err = config.ParseBaseline(data)
	require.NoError(t, err)
}

func TestISO_8_5_2_1_Item53_WhatAChangeDidToCIsIsKnown(t *testing.T) {
	e, host, app, _ := small(t)
	b, err := e.told().Baseline("before", config.Scope{}, config.AsOf{Valid: e.now, Recorded: e.now})
	require.NoError(t, err)
	e.now = e.now.Add(day)
	e.do(ann, host.ID, config.SetAttributes{Values: values{"memory": number(128)}, Change: itsm.Ref{Kind: "change", ID: "CHG9"}})
	e.do(probe, app.ID, config.Observe{Source: "scan", Values: values{"version": word("8")}})
	list, err := e.told().Drift(config.DriftQuestion{Baseline: b, Now: config.AsOf{Valid: e.now, Recorded: e.now}})
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, []any{"version", config.Unrecorded, false, itsm.High}, []any{list[0].Attribute, list[0].Departure, list[0].Covered, list[0].Severity})
	require.Equal(t, []any{"memory", config.Redefined, true, "CHG9"}, []any{list[1].Attribute, list[1].Departure, list[1].Covered, list[1].Origin.Change.ID})
}

// TestTimelineListsAreComplete reads the constants from the source.
func TestTimelineListsAreComplete(t *testing.T) {
	aspects := append(config.HealthAspects(), config.VerificationAspects()...)
	for _, row := range []struct {
		typ   string
		files []string
		list  []string
	}{
		{"Step", []string{"diff.go"}, strs(config.Steps())},
		{"Departure", []string{"drift.go"}, strs(config.Departures())},
		{"Aspect", []string{"health.go", "verify_due.go"}, strs(aspects)},
	} {
		var declared []string
		for _, path := range row.files {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			require.NoError(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				spec, ok := n.(*ast.ValueSpec)
				if ok {
					if name, ok := spec.Type.(*ast.Ident); ok && name.Name == row.typ {
						text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
						require.NoError(t, err)
						declared = append(declared, text)
					}
				}
				return true
			})
		}
		require.Equal(t, declared, row.list, row.typ)
	}
}

func strs[S ~string](list []S) []string {
	var texts []string
	for _, s := range list {
		texts = append(texts, string(s))
	}
	return texts
}
