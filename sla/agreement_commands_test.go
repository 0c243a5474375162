package sla_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

// fullTerms is terms with every field filled, whether that makes sense or not.
func fullTerms() sla.Terms {
	price, err := itsm.ParseMoney("1000 EUR")
	if err != nil {
		panic(err)
	}
	windows := []sla.Span{{"09:00", "17:00"}}
	when := sla.OneOf("phase", itsm.Open)
	when.All, when.Any, when.Not = []sla.Condition{sla.Given("group")}, []sla.Condition{sla.Given("group")}, &sla.Condition{Field: "group", Given: true}
	when.Given, when.Missing, when.Changed = true, true, true
	when.From, when.Below = itsm.IntValue(1), itsm.IntValue(2)
	return sla.Terms{
		Scope: "Support of mail", Services: []itsm.Ref{mailService}, When: when, Requirements: []string{"REQ-1"},
		Authorities: []sla.Authority{{Who: "olga", May: "agree"}}, Interfaces: []string{"incidents"},
		Calendars: map[string]sla.Hours{"office": {
			Zone: "UTC", Week: sla.EveryDay(windows...), Holidays: []sla.Date{"2026-12-25"}, Exceptions: map[sla.Date][]sla.Span{"2026-12-24": windows},
		}},
		Calendar: "office", Zone: "UTC",
		Metrics: []sla.Metric{{Name: "visit", Start: when, Stop: when, Cancel: when, Reset: when, Pause: when, Since: "responded", Reopened: sla.Never}},
		Targets: []sla.Target{{
			Name: "visit", Metric: "visit", When: when, Within: "4h", By: sla.Deadline{Field: "responded", Days: 1, At: "16:00"},
			Calendar: "office", Objective: "95",
			Levels: []sla.Level{{Name: "warn", Share: "75", Before: "1h", After: "1h", Wall: true, Repeat: sla.Repeat{Every: "1h", Times: 2}, Who: []string{"boss"}, What: "notify"}},
		}},
		Workload:   []sla.Workload{{Name: "incidents", When: when, Limit: 100, Per: sla.Monthly}},
		Exceptions: []sla.Exception{{Name: "move", When: when, From: monday, Until: monday.AddDate(0, 1, 0)}},
		Notice:     "72h",
		Credits: []sla.Credit{{
			Name: "late", Targets: []string{"visit"}, Per: sla.Monthly, Fee: price, Tiers: []sla.Tier{{Below: "99.5", Owed: "5"}}, Cap: "10", Decimals: 2, Rounding: sla.HalfEven,
		}},
	}
}

func agreementSamples() []itsm.Command[sla.Agreement] {
	at := time.Date(2026, time.March, 2, 8, 59, 59, 123456000, time.UTC)
	return []itsm.Command[sla.Agreement]{
		sla.Draft{Kind: sla.ServiceLevel, Party: "Sales", Title: "Mail for Zürich", Owner: "olga", Terms: fullTerms(), Until: at, Signatories: []string{"olga"}},
		sla.Revise{Terms: fullTerms(), Until: at, Summary: "Faster.", Signatories: []string{"olga"}},
		sla.Assess{Impact: "Costs rise."},
		sla.Withdraw{Reason: "Too dear."},
		sla.Agree{From: at, Signed: []string{"olga"}, Late: "Agreed by telephone.", NextReview: at, Was: at},
		sla.Activate{Version: 2},
		sla.Review{},
		sla.FinishReview{Outcome: sla.ChangeAgreement, Changes: []string{"Shorter hours."}, NextReview: at},
		sla.Extend{Until: at, Reason: "Renewed.", Was: at},
		sla.Terminate{Reason: "Moved.", At: at},
		sla.End{},
		sla.Expire{},
		sla.RaiseDispute{About: "The invoice."},
		sla.SettleDispute{Dispute: 1, Settlement: "Paid."},
		sla.HandOver{To: "pia", Reason: "Holidays."},
	}
}

// TestAgreementCommandForms pins how each command is written.
func TestAgreementCommandForms(t *testing.T) {
	itsmtest.CommandsIn(t, "testdata/commands/agreement", agreementsUnder(t, nil), agreementSamples()...)
}

// TestAgreementCommandsAreReadStrictly puts an unknown member into each command: the
// error names it. So does one in the terms.
func TestAgreementCommandsAreReadStrictly(t *testing.T) {
	lc := agreementsUnder(t, nil)
	for _, c := range agreementSamples() {
		name, version, data, err := lc.Encode(c)
		require.NoError(t, err)
		odd := strings.Replace(string(data), "{", `{"odd":1`, 1)
		if string(data) != "{}" {
			odd = strings.Replace(odd, `"odd":1`, `"odd":1,`, 1)
		}
		_, err = lc.Decode(name, version, []byte(odd))
		itsmtest.RequireField(t, err, "odd")
	}
	_, err := lc.Decode("draft", 1, []byte(`{"kind": "sla", "terms": {"targets": [{"name": "a", "goal": "4h"}]}}`))
	itsmtest.RequireField(t, err, "terms.targets[0].goal")
}

// TestTermsThatFitSurviveTheirJSONForm has terms that a process accepts come back.
func TestTermsThatFitSurviveTheirJSONForm(t *testing.T) {
	for _, terms := range []sla.Terms{{}, supportTerms("8h")} {
		data, err := json.Marshal(terms)
		require.NoError(t, err)
		var again sla.Terms
		require.NoError(t, json.Unmarshal(data, &again))
		require.True(t, reflect.DeepEqual(terms, again), "%s", data)
	}
}
