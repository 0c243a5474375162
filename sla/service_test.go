package sla_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

type serviceWalk = itsmtest.Walk[sla.Service]

func servicesUnder(t testing.TB, change func(*sla.ServicePolicy)) *itsm.Lifecycle[sla.Service] {
	t.Helper()
	policy := sla.DefaultServicePolicy()
	if change != nil {
		change(policy)
	}
	process, err := sla.ServiceProcess(policy)
	require.NoError(t, err)
	return process.Lifecycle
}

func mailProposal() sla.Propose {
	return sla.Propose{
		Name: "Mail", Description: "Mail and calendars.", Outcomes: []string{"people can write to each other"},
		Owner: "olga", Criticality: itsm.High, CI: mailService, Audiences: []string{"sales", "staff"},
	}
}

func mailRequirement() sla.Require {
	return sla.Require{ID: "REQ-1", Text: "Mail arrives within a minute.", Source: "Sales", Agreed: monday.Add(-oneDay)}
}

// live begins a walk with a service that is offered.
func live(t testing.TB) *serviceWalk {
	t.Helper()
	w := itsmtest.New(t, servicesUnder(t, nil))
	w.Do(smith, mailProposal())
	w.Do(smith, mailRequirement())
	w.Do(boss, sla.Launch{})
	return w
}

// TestR21_ISO_8_2_2_WhatALaunchAsksFor leaves out one thing after the other.
func TestR21_ISO_8_2_2_WhatALaunchAsksFor(t *testing.T) {
	for rule, spoil := range map[string]func(*sla.Propose){
		"R21 owner":          func(p *sla.Propose) { p.Owner = "" },
		"R21 CI":             func(p *sla.Propose) { p.CI = itsm.Ref{} },
		"8.2.2 criticality":  func(p *sla.Propose) { p.Criticality = "" },
		"8.2.2 requirements": nil,
	} {
		w := itsmtest.New(t, servicesUnder(t, nil))
		p := mailProposal()
		if spoil != nil {
			spoil(&p)
		}
		w.Do(smith, p)
		if spoil != nil {
			w.Do(smith, mailRequirement())
		}
		itsmtest.RequireRule(t, w.Refused(boss, sla.Launch{}), rule)
	}
}

// TestR21_WhatIsOfferedKeepsWhatItHas takes nothing away that a launch asked for.
func TestR21_WhatIsOfferedKeepsWhatItHas(t *testing.T) {
	w := live(t)
	require.Equal(t, w.Now(), w.Record().Launched)
	d := sla.Describe{Name: "Mail", Description: "Mail.", Criticality: itsm.Low, CI: mailService}
	w.Do(olga, d)
	require.Empty(t, w.Record().Outcomes, "what is left out is removed")
	no := d
	no.CI = itsm.Ref{}
	itsmtest.RequireRule(t, w.Refused(olga, no), "R21 CI")
	no = d
	no.Criticality = ""
	itsmtest.RequireRule(t, w.Refused(olga, no), "8.2.2 criticality")
	itsmtest.RequireRule(t, w.Refused(olga, sla.DropRequirement{ID: "REQ-1", Reason: "Done."}), "8.2.2 requirements")
	itsmtest.RequireField(t, w.Refused(boss, sla.Transfer{Reason: "Nobody."}), "to")
	itsmtest.RequireField(t, w.Refused(boss, sla.Transfer{To: "olga", Reason: "Same."}), "to")
	itsmtest.RequireRule(t, w.Refused(olga, sla.Transfer{To: "pia", Reason: "Gone."}), itsm.RuleRole)
	w.Do(boss, sla.Transfer{To: "pia", Reason: "Gone."})
	w.Do(itsm.Actor{ID: "pia", Tenant: "acme"}, d)
	itsmtest.RequireRule(t, w.Refused(olga, d), itsm.RuleRole)
}

// TestISO_8_2_2_Requirements documents, changes and drops them.
func TestISO_8_2_2_Requirements(t *testing.T) {
	w := live(t)
	second := sla.Require{ID: "REQ-2", Text: "Calendars can be shared.", Source: "Staff", Agreed: monday}
	w.Do(olga, second)
	changed := mailRequirement()
	changed.Text = "Mail arrives within ten seconds."
	w.Do(olga, changed)
	require.Equal(t, []sla.Requirement{sla.Requirement(changed), sla.Requirement(second)}, w.Record().Requirements)
	for field, c := range map[string]sla.Require{
		"id":     {Text: "x", Source: "y", Agreed: monday},
		"text":   {ID: "x", Source: "y", Agreed: monday},
		"source": {ID: "x", Text: "y", Agreed: monday},
		"agreed": {ID: "x", Text: "y", Source: "z", Agreed: monday.Add(oneDay)},
	} {
		itsmtest.RequireField(t, w.Refused(olga, c), field)
	}
	itsmtest.RequireField(t, w.Refused(olga, sla.Require{ID: "x", Text: "y", Source: "z"}), "agreed")
	itsmtest.RequireField(t, w.Refused(olga, sla.DropRequirement{ID: "REQ-3", Reason: "Done."}), "id")
	itsmtest.RequireField(t, w.Refused(olga, sla.DropRequirement{ID: "REQ-2"}), "reason")
	w.Do(olga, sla.DropRequirement{ID: "REQ-1", Reason: "Done."})
	require.Equal(t, []sla.Requirement{sla.Requirement(second)}, w.Record().Requirements)
}

// TestISO_8_2_4_TheRightAudienceGetsTheRightPart shows a service to several audiences.
func TestISO_8_2_4_TheRightAudienceGetsTheRightPart(t *testing.T) {
	proposed := itsmtest.New(t, servicesUnder(t, nil))
	proposed.Do(smith, mailProposal())
	_, ok := proposed.Record().Visible("sales")
	require.False(t, ok, "not offered yet")

	w := live(t)
	w.Do(olga, sla.Offer{Name: "Mailbox", Description: "A mailbox.", Hours: "around the clock"})
	w.Do(olga, sla.Offer{Name: "Shared mailbox", Description: "For a team.", Audiences: []string{"sales"}})
	names := func(audience string) []string {
		entry, ok := w.Record().Visible(audience)
		if !ok {
			return nil
		}
		require.Equal(t, "Mail", entry.Name)
		list := []string{}
		for _, o := range entry.Offerings {
			list = append(list, o.Name)
		}
		return list
	}
	require.Equal(t, []string{"Mailbox", "Shared mailbox"}, names("sales"))
	require.Equal(t, []string{"Mailbox"}, names("staff"))
	require.Nil(t, names("the public"))
	require.Nil(t, names(""))

	itsmtest.RequireField(t, w.Refused(olga, sla.Offer{Name: "List", Description: "A list.", Audiences: []string{"the public"}}), "audiences")
	for _, audiences := range [][]string{{"staff"}, {"staff", "the public"}} {
		itsmtest.RequireField(t, w.Refused(olga, sla.Describe{Name: "Mail", Description: "Mail.", Criticality: itsm.Low, CI: mailService, Audiences: audiences}), "audiences")
	}
	w.Do(olga, sla.Describe{Name: "Mail", Description: "Mail.", Criticality: itsm.Low, CI: mailService})
	require.Equal(t, []string{"Mailbox"}, names("the public"), "everybody")
	w.Do(olga, sla.Offer{Name: "Mailbox", Description: "A mailbox.", Audiences: []string{"sales"}})
	require.Empty(t, names("the public"))
	itsmtest.RequireField(t, w.Refused(olga, sla.WithdrawOffering{Name: "List", Reason: "Gone."}), "name")
	w.Do(olga, sla.WithdrawOffering{Name: "Mailbox", Reason: "Gone."})
	require.Equal(t, []string{"Shared mailbox"}, names("sales"))

	strict := itsmtest.New(t, servicesUnder(t, func(p *sla.ServicePolicy) { p.Audiences = []string{"sales"} }))
	itsmtest.RequireField(t, strict.Refused(smith, mailProposal()), "audiences[1]")
}

func TestServiceDependencies(t *testing.T) {
	w := live(t)
	dns := itsm.Ref{Kind: "ci", ID: "dns"}
	itsmtest.RequireField(t, w.Refused(olga, sla.Depend{On: mailService}), "on")
	itsmtest.RequireField(t, w.Refused(olga, sla.Depend{On: w.Record().Ref()}), "on")
	itsmtest.RequireField(t, w.Refused(olga, sla.Depend{}), "on")
	itsmtest.RequireField(t, w.Refused(olga, sla.Depend{On: dns, Stop: true}), "on")
	w.Do(olga, sla.Depend{On: dns})
	itsmtest.RequireField(t, w.Refused(olga, sla.Depend{On: dns}), "on")
	require.Equal(t, []itsm.Ref{dns}, w.Record().DependsOn)
	w.Do(olga, sla.Depend{On: dns, Stop: true})
	require.Empty(t, w.Record().DependsOn)
}

func TestRetire(t *testing.T) {
	w := live(t)
	day := monday.AddDate(0, 1, 0)
	itsmtest.RequireField(t, w.Refused(boss, sla.Retire{Reason: "Replaced."}), "on")
	itsmtest.RequireField(t, w.Refused(boss, sla.Retire{On: monday.Add(-1 * oneHour), Reason: "Replaced."}), "on")
	itsmtest.RequireField(t, w.Refused(boss, sla.Retire{On: day}), "reason")
	w.Do(boss, sla.Retire{On: day.AddDate(0, 1, 0), Reason: "Replaced."})
	w.Do(boss, sla.Retire{On: day, Reason: "Sooner."})
	_, ok := w.Record().Visible("sales")
	require.True(t, ok, "offered until then")
	itsmtest.RequireRule(t, w.Refused(timer, sla.Remove{}), "date")
	w.Wait(day.Sub(w.Now())).Do(timer, sla.Remove{})
	require.Equal(t, sla.Retired, w.Record().State)
	_, ok = w.Record().Visible("sales")
	require.False(t, ok)
}

func TestBadServicePolicy(t *testing.T) {
	for field, spoil := range map[string]func(*sla.ServicePolicy){
		"managers":     func(p *sla.ServicePolicy) { p.Managers = nil },
		"approvers[0]": func(p *sla.ServicePolicy) { p.Approvers = []itsm.Role{""} },
		"levels":       func(p *sla.ServicePolicy) { p.Levels = nil },
		"levels[3]":    func(p *sla.ServicePolicy) { p.Levels = append(p.Levels, itsm.Low) },
		"audiences[1]": func(p *sla.ServicePolicy) { p.Audiences = []string{"a", "a"} },
	} {
		policy := sla.DefaultServicePolicy()
		spoil(policy)
		_, err := sla.ServiceProcess(policy)
		itsmtest.RequireField(t, err, field)
	}
}

func TestServiceInput(t *testing.T) {
	w := itsmtest.New(t, servicesUnder(t, nil))
	for field, spoil := range map[string]func(*sla.Propose){
		"name":         func(p *sla.Propose) { p.Name = "" },
		"description":  func(p *sla.Propose) { p.Description = " " },
		"outcomes[0]":  func(p *sla.Propose) { p.Outcomes = []string{"a\nb"} },
		"owner":        func(p *sla.Propose) { p.Owner = "a\nb" },
		"criticality":  func(p *sla.Propose) { p.Criticality = "utmost" },
		"ci":           func(p *sla.Propose) { p.CI = itsm.Ref{Kind: "ci", ID: " "}; p.CI.Kind = "c:i" },
		"audiences[1]": func(p *sla.Propose) { p.Audiences = []string{"sales", "sales"} },
	} {
		p := mailProposal()
		spoil(&p)
		_, err := servicesUnder(t, nil).Fire(w.Record(), p, w.Stamp(smith))
		itsmtest.RequireField(t, err, field)
	}
}

// TestEveryServiceRow fires what the other tests leave out.
func TestEveryServiceRow(t *testing.T) {
	w := itsmtest.New(t, servicesUnder(t, nil))
	w.Do(smith, mailProposal())
	w.Do(smith, mailRequirement())
	everywhere := func() {
		f := w.Fork()
		f.Do(smith, sla.Describe{Name: "Mail", Description: "Mail.", Criticality: itsm.Low, CI: mailService})
		f.Do(smith, sla.Require{ID: "REQ-2", Text: "More.", Source: "Staff", Agreed: monday})
		f.Do(smith, sla.DropRequirement{ID: "REQ-2", Reason: "Less."})
		f.Do(smith, sla.Offer{Name: "Mailbox", Description: "A mailbox."})
		f.Do(smith, sla.WithdrawOffering{Name: "Mailbox", Reason: "Gone."})
		f.Do(smith, sla.Depend{On: itsm.Ref{Kind: "ci", ID: "dns"}})
		f.Do(boss, sla.Transfer{To: "pia", Reason: "Gone."})
	}
	everywhere()
	w.Fork().Do(boss, sla.Abandon{Reason: "No money."})
	w.Do(boss, sla.Launch{})
	everywhere()
	w.Do(boss, sla.Retire{On: w.Now().Add(oneHour), Reason: "Replaced."})
	everywhere()
	w.Do(boss, sla.Retire{On: w.Now(), Reason: "Now."})
	w.Do(timer, sla.Remove{})
	require.Empty(t, w.NotFired())
}

// TestServiceCommandForms pins how each command is written.
func TestServiceCommandForms(t *testing.T) {
	at := time.Date(2026, time.March, 2, 8, 59, 59, 123456000, time.UTC)
	list := []string{"sales"}
	itsmtest.CommandsIn(t, "testdata/commands/service", servicesUnder(t, nil),
		mailProposal(),
		sla.Describe{Name: "Mail", Description: "Mail.", Outcomes: list, Criticality: itsm.Low, CI: mailService, Audiences: list},
		mailRequirement(),
		sla.DropRequirement{ID: "REQ-1", Reason: "Done."},
		sla.Offer{Name: "Mailbox", Description: "A mailbox.", Outcomes: list, Audiences: list, CI: mailService, Hours: "around the clock"},
		sla.WithdrawOffering{Name: "Mailbox", Reason: "Gone."},
		sla.Depend{On: mailService, Stop: true},
		sla.Transfer{To: "pia", Reason: "Gone."},
		sla.Launch{},
		sla.Abandon{Reason: "No money."},
		sla.Retire{On: at, Reason: "Replaced."},
		sla.Remove{},
	)
}
