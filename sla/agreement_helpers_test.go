package sla_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

// The people who make agreements.
var (
	smith = itsm.Actor{ID: "smith", Tenant: "acme", Roles: []itsm.Role{sla.Manager}}
	boss  = itsm.Actor{ID: "boss", Tenant: "acme", Roles: []itsm.Role{sla.Approver}}
	olga  = itsm.Actor{ID: "olga", Tenant: "acme"} // responsible
	guest = itsm.Actor{ID: "guest", Tenant: "acme"}
	timer = itsm.System("acme")
)

var (
	mailService = itsm.Ref{Kind: "ci", ID: "mail"}
	year2026    = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	monday      = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC) // when walks begin
)

const (
	oneHour = time.Hour
	oneDay  = 24 * time.Hour
)

type agreementWalk = itsmtest.Walk[sla.Agreement]

// agreementsUnder is the lifecycle of the default policy with changes.
func agreementsUnder(t testing.TB, change func(*sla.AgreementPolicy)) *itsm.Lifecycle[sla.Agreement] {
	t.Helper()
	policy := sla.DefaultAgreementPolicy()
	if change != nil {
		change(policy)
	}
	process, err := sla.AgreementProcess(policy)
	require.NoError(t, err)
	return process.Lifecycle
}

// supportTerms promise a resolution within some time.
func supportTerms(within string) sla.Terms {
	return sla.Terms{
		Scope:        "Support of mail",
		Services:     []itsm.Ref{mailService},
		Requirements: []string{"REQ-1"},
		Authorities:  []sla.Authority{{Who: "olga", May: "agree to changes of the scope"}},
		Interfaces:   []string{"incidents are handed over by the ticket system"},
		Calendars:    map[string]sla.Hours{"office": {Zone: "UTC", Week: sla.Weekdays(sla.Span{"09:00", "17:00"})}},
		Calendar:     "office",
		Targets:      []sla.Target{{Name: "resolution", Metric: sla.Resolution, Within: within}},
		Workload:     []sla.Workload{{Name: "incidents", Limit: 100, Per: sla.Monthly}},
	}
}

func draftOf(kind sla.Kind) sla.Draft {
	return sla.Draft{Kind: kind, Party: "Sales", Title: "Mail for Sales", Owner: "olga", Terms: supportTerms("8h"), Signatories: []string{"olga", "mr sales"}}
}

func signed() sla.Agree { return sla.Agree{Signed: []string{"olga", "mr sales"}} }

func signedFrom(from time.Time) sla.Agree {
	a := signed()
	a.From = from
	return a
}

// drafted begins a walk with a draft.
func drafted(t testing.TB, kind sla.Kind) *agreementWalk {
	t.Helper()
	w := itsmtest.New(t, agreementsUnder(t, nil))
	w.Do(smith, draftOf(kind))
	return w
}

// inForceUntil begins a walk with an agreement that is in force, until an end or
// for good.
func inForceUntil(t testing.TB, kind sla.Kind, until time.Time) *agreementWalk {
	t.Helper()
	w := itsmtest.New(t, agreementsUnder(t, nil))
	d := draftOf(kind)
	d.Until = until
	w.Do(smith, d)
	w.Do(boss, signed())
	require.Equal(t, sla.Active, w.Record().State)
	return w
}

// numbersInForce is the versions in force at instants; 0 for none.
func numbersInForce(a *sla.Agreement, at ...time.Time) []int {
	list := make([]int, 0, len(at))
	for _, t := range at {
		n := 0
		if v := a.At(t); v != nil {
			n = v.Number
		}
		list = append(list, n)
	}
	return list
}

// bookNumbers is what a book of the agreement has in force at instants.
func bookNumbers(t testing.TB, a *sla.Agreement, at ...time.Time) []int {
	t.Helper()
	book, err := sla.NewBook(sla.DefaultAgreementPolicy().Schema, a.InForce()...)
	require.NoError(t, err)
	list := make([]int, 0, len(at))
	for _, instant := range at {
		n := 0
		for _, v := range book.Versions() {
			if !instant.Before(v.From) && (v.Until.IsZero() || instant.Before(v.Until)) {
				require.Zero(t, n, "two versions at %s", instant)
				n = v.Number
			}
		}
		list = append(list, n)
	}
	return list
}

// timersDue names the timers of a record that are due by an instant.
func timersDue[R any](lc *itsm.Lifecycle[R], r *R, by time.Time) []string {
	var names []string
	for _, d := range lc.Due(r) {
		if !d.At.After(by) {
			names = append(names, d.Timer)
		}
	}
	slices.Sort(names)
	return names
}
