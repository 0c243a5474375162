package sla_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// listedService is a service that lacks nothing, but an SLA.
func listedService(n int, name string) *sla.Service {
	return &sla.Service{
		Header: itsm.Header{ID: uuid.UUID{0: 1, 15: byte(n)}, Number: fmt.Sprintf("SVC%07d", n), State: sla.Live, Since: year2026, Opened: year2026},
		Name:   name, Description: name, Outcomes: []string{name + " works"}, Owner: "olga", Criticality: itsm.High,
		CI: itsm.Ref{Kind: "ci", ID: name}, Launched: year2026,
		Requirements: []sla.Requirement{{ID: "REQ-1", Text: "It works.", Source: "Sales", Agreed: year2026}},
	}
}

// listedAgreement is one in force since the beginning of the year that lacks nothing.
func listedAgreement(n int, kind sla.Kind, services ...itsm.Ref) *sla.Agreement {
	terms := supportTerms("8h")
	terms.Services = services
	return &sla.Agreement{
		Header: itsm.Header{ID: uuid.UUID{0: 2, 15: byte(n)}, Number: fmt.Sprintf("AGR%07d", n), State: sla.Active, Since: year2026, Opened: year2026},
		Kind:   kind, Party: "Sales", Title: "Support", Owner: "olga", Current: 1, NextReview: year2026.AddDate(1, 0, 0),
		Versions: []sla.AgreementVersion{{Number: 1, From: year2026, Terms: terms, Signed: []string{"olga"}, Agreed: year2026}},
	}
}

// examined lists what is found, by number and flaw.
func examined(services []*sla.Service, agreements []*sla.Agreement, at time.Time) []sla.Finding {
	return sla.Examine(slices.Values(services), slices.Values(agreements), at, nil)
}

func flawsOf(findings []sla.Finding) []string {
	list := []string{}
	for _, f := range findings {
		list = append(list, f.Number+" "+f.Rule+" "+string(f.Flaw))
	}
	return list
}

func TestNothingIsFoundWhereNothingIsMissing(t *testing.T) {
	mail := listedService(1, "mail")
	require.Empty(t, examined([]*sla.Service{mail}, []*sla.Agreement{
		listedAgreement(1, sla.ServiceLevel, mail.CI), listedAgreement(2, sla.Underpinning, mail.Ref()), listedAgreement(3, sla.OperationalLevel),
	}, monday))
	require.Empty(t, examined(nil, nil, monday))
	require.Empty(t, examined([]*sla.Service{nil}, []*sla.Agreement{nil}, monday))
}

// TestR21_R22_ISO_8_2_2_FindingsOfServices spoils one thing after the other.
func TestR21_R22_ISO_8_2_2_FindingsOfServices(t *testing.T) {
	launched := year2026.AddDate(0, 1, 0)
	for want, spoil := range map[string]func(mail, dns *sla.Service, a *sla.Agreement){
		"SVC0000001 R21 no owner":          func(m, _ *sla.Service, _ *sla.Agreement) { m.Owner = "" },
		"SVC0000001 R21 no CI":             func(m, _ *sla.Service, a *sla.Agreement) { m.CI = itsm.Ref{} },
		"SVC0000001 8.2.2 no criticality":  func(m, _ *sla.Service, _ *sla.Agreement) { m.Criticality = "" },
		"SVC0000002 8.2.2 no requirements": func(_, d *sla.Service, _ *sla.Agreement) { d.Requirements = nil },
		"SVC0000002 8.3.3 no SLA in force": func(_, d *sla.Service, a *sla.Agreement) {
			a.Versions[0].Terms.Services = a.Versions[0].Terms.Services[:1]
		},
		"SVC0000001 8.2.2 bad dependency": func(m, _ *sla.Service, _ *sla.Agreement) { m.DependsOn = []itsm.Ref{{Kind: "ci", ID: "moon"}} },
		"SVC0000001 R22 cycle": func(m, d *sla.Service, _ *sla.Agreement) {
			m.DependsOn, d.DependsOn = []itsm.Ref{d.CI}, []itsm.Ref{m.Ref()}
		},
		"SVC0000002 8.2.2 duplicate of another": func(m, d *sla.Service, _ *sla.Agreement) { d.Name = " MAIL " },
	} {
		mail, dns := listedService(1, "mail"), listedService(2, "dns")
		mail.Launched, dns.Launched = launched, launched
		a := listedAgreement(1, sla.ServiceLevel, mail.Ref(), dns.Ref())
		spoil(mail, dns, a)
		found := examined([]*sla.Service{dns, mail}, []*sla.Agreement{a}, monday)
		require.Equal(t, []string{want}, flawsOf(found))
		if found[0].Flaw != sla.DuplicateService {
			require.Equal(t, launched, found[0].Since, want)
		}
		require.Equal(t, sla.ServiceKind, found[0].Subject.Kind)
	}
}

func TestDuplicates(t *testing.T) {
	for what, spoil := range map[string]func(*sla.Service){
		"name":     func(s *sla.Service) { s.Name = "Mail" },
		"CI":       func(s *sla.Service) { s.CI = itsm.Ref{Kind: "ci", ID: "mail"} },
		"outcomes": func(s *sla.Service) { s.Outcomes = []string{"MAIL  works", "mail works"} },
	} {
		mail, post := listedService(1, "mail"), listedService(2, "post")
		spoil(post)
		a := listedAgreement(1, sla.ServiceLevel)
		found := examined([]*sla.Service{post, mail}, []*sla.Agreement{a}, monday)
		require.Len(t, found, 1)
		require.Equal(t, "it has the same "+what+" as SVC0000001", found[0].Problem)
		mail.State = sla.Retired
		require.Empty(t, examined([]*sla.Service{post, mail}, []*sla.Agreement{a}, monday), "one is gone")
	}
	none, other := listedService(1, "mail"), listedService(2, "post")
	none.Outcomes, other.Outcomes = nil, nil
	require.Empty(t, examined([]*sla.Service{none, other}, []*sla.Agreement{listedAgreement(1, sla.ServiceLevel)}, monday))
}

// TestISO_8_3_3_NoSLAInForceSince says since when.
func TestISO_8_3_3_NoSLAInForceSince(t *testing.T) {
	mail := listedService(1, "mail")
	since := func(agreements ...*sla.Agreement) string {
		for _, f := range examined([]*sla.Service{mail}, agreements, monday) {
			if f.Flaw == sla.NoSLA {
				return f.Since.Format(time.DateOnly)
			}
		}
		return ""
	}
	require.Equal(t, "2026-01-01", since())
	require.Equal(t, "2026-01-01", since(listedAgreement(1, sla.Underpinning, mail.CI)), "of another kind")
	ended := listedAgreement(1, sla.ServiceLevel, mail.CI)
	ended.State, ended.Versions[0].Until = sla.Expired, year2026.AddDate(0, 1, 0)
	require.Equal(t, "2026-02-01", since(ended))
	stopped := listedAgreement(2, sla.ServiceLevel, mail.Ref())
	stopped.Notice = &sla.Termination{At: year2026.AddDate(0, 1, 14)}
	require.Equal(t, "2026-02-15", since(ended, stopped))
	future := listedAgreement(3, sla.ServiceLevel, mail.Ref())
	future.Versions[0].From = monday.Add(1)
	require.Equal(t, "2026-02-15", since(ended, stopped, future))
	future.Versions[0].From = monday
	require.Empty(t, since(ended, stopped, future))
	require.Empty(t, since(listedAgreement(4, sla.ServiceLevel)), "one for any service")
	mail.State = sla.Proposed
	require.Empty(t, since(), "not offered yet")
}

func TestDependencyOnARetiredService(t *testing.T) {
	mail, dns := listedService(1, "mail"), listedService(2, "dns")
	mail.DependsOn = []itsm.Ref{dns.CI}
	dns.State, dns.Since = sla.Retired, monday.Add(-oneDay)
	found := examined([]*sla.Service{mail, dns}, []*sla.Agreement{listedAgreement(1, sla.ServiceLevel)}, monday)
	require.Equal(t, []string{"SVC0000001 8.2.2 bad dependency"}, flawsOf(found))
	require.Equal(t, dns.Since, found[0].Since)
	require.Equal(t, "it depends on SVC0000002, which is retired", found[0].Problem)
	again := listedService(3, "dns")
	require.Empty(t, examined([]*sla.Service{mail, dns, again}, []*sla.Agreement{listedAgreement(1, sla.ServiceLevel)}, monday), "its CI has a new service")
}

// TestISO_8_3_4_FindingsOfAgreements spoils one thing after the other.
func TestISO_8_3_4_FindingsOfAgreements(t *testing.T) {
	type spoil = func(a *sla.Agreement, terms *sla.Terms)
	for _, c := range []struct {
		kind  sla.Kind
		spoil spoil
		want  string
	}{
		{sla.Underpinning, func(a *sla.Agreement, _ *sla.Terms) { a.Owner = "" }, "8.3.4.1 no owner"},
		{sla.Underpinning, func(_ *sla.Agreement, t *sla.Terms) { t.Requirements = nil }, "8.3.4.1 no requirements"},
		{sla.Underpinning, func(_ *sla.Agreement, t *sla.Terms) { t.Targets = nil }, "8.3.4.1 no targets"},
		{sla.Underpinning, func(_ *sla.Agreement, t *sla.Terms) { t.Scope = "" }, "8.3.4.1 no scope"},
		{sla.Underpinning, func(_ *sla.Agreement, t *sla.Terms) { t.Authorities = nil }, "8.3.4.1 no authorities"},
		{sla.Underpinning, func(_ *sla.Agreement, t *sla.Terms) { t.Interfaces = nil }, "8.3.4.1 no interfaces"},
		{sla.Underpinning, func(_ *sla.Agreement, t *sla.Terms) { t.Workload = nil }, ""},
		{sla.OperationalLevel, func(_ *sla.Agreement, t *sla.Terms) { t.Interfaces = nil }, "8.3.4.2 no interfaces"},
		{sla.OperationalLevel, func(_ *sla.Agreement, t *sla.Terms) { t.Targets = nil }, "8.3.4.2 no targets"},
		{sla.OperationalLevel, func(_ *sla.Agreement, t *sla.Terms) { t.Scope, t.Authorities = "", nil }, ""},
		{sla.ServiceLevel, func(_ *sla.Agreement, t *sla.Terms) { t.Targets = nil }, "8.3.3 no targets"},
		{sla.ServiceLevel, func(_ *sla.Agreement, t *sla.Terms) { t.Workload = nil }, "8.3.3 no workload limits"},
		{sla.ServiceLevel, func(_ *sla.Agreement, t *sla.Terms) { t.Interfaces = nil }, ""},
		{sla.ServiceLevel, func(_ *sla.Agreement, t *sla.Terms) { t.Requirements = nil }, "8.3.3 answers no documented requirement"},
		{sla.ServiceLevel, func(_ *sla.Agreement, t *sla.Terms) { t.Requirements = []string{"REQ-9"} }, "8.3.3 answers no documented requirement"},
		{sla.ServiceLevel, func(_ *sla.Agreement, t *sla.Terms) { t.Requirements = []string{"REQ-9", "REQ-1"} }, ""},
		{sla.ServiceLevel, func(_ *sla.Agreement, t *sla.Terms) { t.Services = nil }, ""},
		{sla.ServiceLevel, func(_ *sla.Agreement, t *sla.Terms) { t.Services, t.Requirements = nil, []string{"REQ-9"} }, "8.3.3 answers no documented requirement"},
		{sla.ServiceLevel, func(_ *sla.Agreement, t *sla.Terms) {
			t.Services = append(t.Services, itsm.Ref{Kind: "ci", ID: "moon"})
		}, "8.3.3 unknown service"},
		{sla.ServiceLevel, func(a *sla.Agreement, _ *sla.Terms) { a.NextReview = monday.Add(-1) }, "8.3.3 review overdue"},
		{sla.ServiceLevel, func(a *sla.Agreement, _ *sla.Terms) { a.NextReview = monday }, ""},
		{sla.Underpinning, dispute(31 * oneDay), "8.3.4.1 dispute open too long"},
		{sla.Underpinning, dispute(30 * oneDay), ""},
		{sla.Underpinning, func(a *sla.Agreement, t *sla.Terms) {
			a.State, t.Targets, a.Owner, a.NextReview = sla.Terminated, nil, "", year2026
		}, ""},
		{sla.Underpinning, func(a *sla.Agreement, t *sla.Terms) {
			t.Targets, t.Scope, a.Versions[0].From = nil, "", monday.Add(1)
		}, ""},
	} {
		mail := listedService(1, "mail")
		a := listedAgreement(9, c.kind, mail.CI)
		c.spoil(a, &a.Versions[0].Terms)
		found := examined([]*sla.Service{mail}, []*sla.Agreement{a, listedAgreement(1, sla.ServiceLevel, mail.CI)}, monday)
		if c.want == "" {
			require.Empty(t, found)
			continue
		}
		require.Equal(t, []string{"AGR0000009 " + c.want}, flawsOf(found))
		require.Equal(t, itsm.RefTo(sla.AgreementKind, a.ID), found[0].Subject)
		require.False(t, found[0].Since.After(monday))
	}
}

// TestISO_8_3_3_RequirementsAreThoseOfItsServices names what another service documents,
// and what a retired one did.
func TestISO_8_3_3_RequirementsAreThoseOfItsServices(t *testing.T) {
	mail, dns := listedService(1, "mail"), listedService(2, "dns")
	dns.Requirements[0].ID = "REQ-7"
	both, ofDNS := listedAgreement(1, sla.ServiceLevel, mail.CI, dns.CI), listedAgreement(2, sla.ServiceLevel, mail.CI)
	ofDNS.Versions[0].Terms.Requirements = []string{"REQ-7"}
	found := flawsOf(examined([]*sla.Service{mail, dns}, []*sla.Agreement{both, ofDNS}, monday))
	require.Equal(t, []string{"AGR0000002 8.3.3 answers no documented requirement"}, found)
	ofDNS.Versions[0].Terms.Services = []itsm.Ref{dns.CI}
	require.Empty(t, examined([]*sla.Service{mail, dns}, []*sla.Agreement{both, ofDNS}, monday))
	dns.State = sla.Retired
	found = flawsOf(examined([]*sla.Service{mail, dns}, []*sla.Agreement{ofDNS, listedAgreement(3, sla.ServiceLevel, mail.CI)}, monday))
	require.Equal(t, []string{"AGR0000002 8.3.3 unknown service", "AGR0000002 8.3.3 answers no documented requirement"}, found)
}

func dispute(ago time.Duration) func(*sla.Agreement, *sla.Terms) {
	return func(a *sla.Agreement, _ *sla.Terms) {
		a.Disputes = []sla.Dispute{
			{ID: 1, About: "Old.", Raised: year2026, Settled: monday, Settlement: "Paid."},
			{ID: 2, About: "The invoice.", Raised: monday.Add(-ago)},
		}
	}
}

func TestDisputesMayBeOpenForLonger(t *testing.T) {
	a := listedAgreement(1, sla.Underpinning)
	dispute(40*oneDay)(a, nil)
	examine := func(o *sla.ExamineOptions) []sla.Finding {
		return sla.Examine(slices.Values([]*sla.Service{}), slices.Values([]*sla.Agreement{a}), monday, o)
	}
	require.Len(t, examine(nil), 1)
	require.Equal(t, monday.Add(-10*oneDay), examine(nil)[0].Since)
	require.Len(t, examine(&sla.ExamineOptions{}), 1)
	require.Empty(t, examine(&sla.ExamineOptions{Dispute: itsm.Wait{Days: 60}}))
	a.State = sla.Expired
	require.Len(t, examine(nil), 1, "disputes are recorded to closure")
}

// TestFlawsIsComplete reads the source.
func TestFlawsIsComplete(t *testing.T) {
	source, err := os.ReadFile("findings.go")
	require.NoError(t, err)
	declared := 0
	for line := range strings.Lines(string(source)) {
		if strings.Contains(line, " Flaw = ") {
			declared++
		}
	}
	require.Len(t, sla.Flaws(), declared)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(sla.Flaws()))), declared)
}

// TestR22_CyclesAreFoundAsANaiveSearchDoes holds random catalogues against a search
// for ways from each service to itself: something is found if and only if there is
// one, and what is found is a way.
func TestR22_CyclesAreFoundAsANaiveSearchDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 1))
	cyclic := 0
	for range 2000 {
		n := 1 + rng.IntN(7)
		var services []*sla.Service
		for i := range n {
			services = append(services, listedService(i+1, fmt.Sprint("s", i)))
		}
		edges := make(map[[2]string]bool)
		for range rng.IntN(2 * n) {
			a, b := services[rng.IntN(n)], services[rng.IntN(n)]
			if a != b {
				a.DependsOn = append(a.DependsOn, b.CI)
				edges[[2]string{a.Number, b.Number}] = true
			}
		}
		reach := make(map[[2]string]bool)
		for e := range edges {
			reach[e] = true
		}
		for range n {
			for _, a := range services {
				for _, b := range services {
					for _, c := range services {
						if reach[[2]string{a.Number, b.Number}] && edges[[2]string{b.Number, c.Number}] {
							reach[[2]string{a.Number, c.Number}] = true
						}
					}
				}
			}
		}
		inCycle := 0
		for _, s := range services {
			if reach[[2]string{s.Number, s.Number}] {
				inCycle++
			}
		}
		found := examined(services, []*sla.Agreement{listedAgreement(1, sla.ServiceLevel)}, monday)
		shown := make(map[string]bool)
		for _, f := range found {
			if f.Flaw != sla.DependencyCycle {
				continue
			}
			way := strings.Split(strings.TrimPrefix(f.Problem, "services depend on each other: "), " → ")
			require.Equal(t, way[0], way[len(way)-1])
			for i := 1; i < len(way); i++ {
				require.True(t, edges[[2]string{way[i-1], way[i]}], f.Problem)
				shown[way[i]] = true
			}
		}
		require.Equal(t, inCycle > 0, len(shown) > 0)
		require.Equal(t, inCycle, len(shown), "each is in one that is shown")
		if inCycle > 0 {
			cyclic++
		}
	}
	require.Greater(t, cyclic, 200)
}

// TestFindingsDoNotDependOnTheOrder shuffles what is examined.
func TestFindingsDoNotDependOnTheOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 2))
	var services []*sla.Service
	var agreements []*sla.Agreement
	for i := range 30 {
		s := listedService(i+1, fmt.Sprint("s", i/2))
		s.DependsOn = []itsm.Ref{{Kind: "ci", ID: fmt.Sprint("s", rng.IntN(17))}}
		if rng.IntN(4) == 0 {
			s.State = sla.Retired
		}
		services = append(services, s)
		a := listedAgreement(i+1, sla.Kinds()[rng.IntN(3)], itsm.Ref{Kind: "ci", ID: fmt.Sprint("s", rng.IntN(17))})
		a.NextReview = monday.AddDate(0, 0, rng.IntN(9)-4)
		agreements = append(agreements, a)
	}
	want := examined(services, agreements, monday)
	require.Greater(t, len(want), 20)
	for range 50 {
		rng.Shuffle(len(services), func(i, j int) { services[i], services[j] = services[j], services[i] })
		rng.Shuffle(len(agreements), func(i, j int) { agreements[i], agreements[j] = agreements[j], agreements[i] })
		require.Equal(t, want, examined(services, agreements, monday))
	}
}
