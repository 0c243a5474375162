package sla_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

func TestProcessesAreVerified(t *testing.T) {
	agreements, err := sla.AgreementProcess(nil)
	require.NoError(t, err)
	require.Empty(t, agreements.Lifecycle.Warnings())
	services, err := sla.ServiceProcess(nil)
	require.NoError(t, err)
	require.Empty(t, services.Lifecycle.Warnings())
}

func TestBadAgreementPolicy(t *testing.T) {
	for field, spoil := range map[string]func(*sla.AgreementPolicy){
		"managers":       func(p *sla.AgreementPolicy) { p.Managers = nil },
		"managers[0]":    func(p *sla.AgreementPolicy) { p.Managers = []itsm.Role{itsm.SystemRole} },
		"approvers[1]":   func(p *sla.AgreementPolicy) { p.Approvers = append(p.Approvers, sla.ResponsiblePerson) },
		"schema[0].name": func(p *sla.AgreementPolicy) { p.Schema = sla.Schema{{Type: itsm.Text}} },
		"assessed[1]":    func(p *sla.AgreementPolicy) { p.Assessed = append(p.Assessed, "treaty") },
		"review_every":   func(p *sla.AgreementPolicy) { p.ReviewEvery = itsm.Wait{} },
	} {
		policy := sla.DefaultAgreementPolicy()
		spoil(policy)
		_, err := sla.AgreementProcess(policy)
		itsmtest.RequireField(t, err, field)
	}
	_, err := sla.AgreementProcess(&sla.AgreementPolicy{ReviewEvery: itsm.Wait{Days: -1}})
	itsmtest.RequireField(t, err, "review_every")
	_, err = sla.AgreementProcess(&sla.AgreementPolicy{ReviewEvery: itsm.Wait{Time: 101 * 365 * oneDay}})
	itsmtest.RequireField(t, err, "review_every")
}

// TestAgreementPolicyIsCopied changes a policy after the process was made of it.
func TestAgreementPolicyIsCopied(t *testing.T) {
	policy := sla.DefaultAgreementPolicy()
	process, err := sla.AgreementProcess(policy)
	require.NoError(t, err)
	policy.Schema[0] = sla.Schema{{Name: "other", Type: itsm.Text}}[0]
	policy.Managers[0], policy.Assessed[0] = "nobody", sla.ServiceLevel
	w := itsmtest.New(t, process.Lifecycle)
	w.Do(smith, draftOf(sla.ServiceLevel))
	w.Do(boss, signed())
	w.Do(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "Faster."})
	w.Do(boss, signedFrom(w.Now().Add(oneDay)))
}

// TestISO_8_3_3_AVersionInForceIsNeverEdited takes an agreement to its second and
// third version: each takes the place of the one before on its date.
func TestISO_8_3_3_AVersionInForceIsNeverEdited(t *testing.T) {
	w := drafted(t, sla.ServiceLevel)
	june, july, august := monday.AddDate(0, 3, 0), monday.AddDate(0, 4, 0), monday.AddDate(0, 5, 0)
	require.Equal(t, sla.InDraft, w.Record().State)
	require.Empty(t, w.Record().InForce())

	w.Do(olga, sla.Revise{Terms: supportTerms("6h"), Summary: "Six hours."})
	require.Equal(t, []string{"olga", "mr sales"}, w.Record().Proposal.Signatories, "they stay")
	require.Equal(t, 1, w.Record().Proposal.Revisions)
	w.Do(boss, signedFrom(june))
	require.Equal(t, sla.Agreed, w.Record().State)
	require.Equal(t, june, w.Record().Next())
	require.Nil(t, w.Record().Proposal)
	require.Equal(t, []int{0, 1, 1}, numbersInForce(w.Record(), june.Add(-1), june, august))

	require.Empty(t, timersDue(agreementsUnder(t, nil), w.Record(), june.Add(-1)))
	require.Equal(t, []string{"take effect"}, timersDue(agreementsUnder(t, nil), w.Record(), june))
	itsmtest.RequireRule(t, w.Refused(timer, sla.Activate{}), "date")
	w.Wait(june.Sub(w.Now())).Do(timer, sla.Activate{})
	require.Equal(t, sla.Active, w.Record().State)
	require.Equal(t, 1, w.Record().Current)

	first := w.Record().Versions[0]
	w.Do(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "Four hours."})
	require.Equal(t, []string{"olga", "mr sales"}, w.Record().Proposal.Signatories, "who agreed before")
	require.Equal(t, first, w.Record().Versions[0], "a proposal is beside what is in force")
	w.Do(smith, sla.Withdraw{Reason: "Too dear."})
	w.Do(smith, sla.Revise{Terms: supportTerms("5h"), Summary: "Five hours."})
	e := w.Do(boss, signedFrom(july))
	require.Zero(t, e.Command.(sla.Agree).Was, "the first was open")
	require.Equal(t, first.Terms, w.Record().Versions[0].Terms)
	require.Equal(t, july, w.Record().Versions[0].Until)
	require.Equal(t, 1, w.Record().Current, "not yet")

	w.Do(smith, sla.Revise{Terms: supportTerms("3h"), Summary: "Three hours."})
	w.Do(boss, signedFrom(august))
	at := []time.Time{june.Add(-1), june, july.Add(-1), july, august.Add(-1), august, august.AddDate(50, 0, 0)}
	require.Equal(t, []int{0, 1, 1, 2, 2, 3, 3}, numbersInForce(w.Record(), at...))
	require.Equal(t, []int{0, 1, 1, 2, 2, 3, 3}, bookNumbers(t, w.Record(), at...))

	// A late tick has all versions take effect that did in the meantime.
	fork := w.Fork()
	fork.Wait(august.Sub(fork.Now())).Do(timer, sla.Activate{})
	require.Equal(t, 3, fork.Record().Current)
	w.Wait(july.Sub(w.Now())).Do(timer, sla.Activate{})
	require.Equal(t, 2, w.Record().Current)
	require.Equal(t, august, w.Record().Next())
}

func TestAgreeRefuses(t *testing.T) {
	w := inForceUntil(t, sla.ServiceLevel, monday.AddDate(1, 0, 0))
	itsmtest.RequireRule(t, w.Refused(boss, signed()), "proposal")
	w.Wait(oneDay).Do(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "Faster.", Until: monday.AddDate(2, 0, 0), Signatories: []string{"zoe"}})
	agree := func(change func(*sla.Agree)) sla.Agree {
		a := sla.Agree{From: w.Now().Add(oneDay), Signed: []string{"zoe"}}
		change(&a)
		return a
	}
	for field, c := range map[string]sla.Agree{
		"signed":      agree(func(a *sla.Agree) { a.Signed = nil }),
		"signed[1]":   agree(func(a *sla.Agree) { a.Signed = []string{"zoe", "zoe"} }),
		"late":        agree(func(a *sla.Agree) { a.From = w.Now().Add(-oneHour) }),
		"from":        agree(func(a *sla.Agree) { a.From = monday.AddDate(1, 0, 1) }), // a gap
		"until":       agree(func(a *sla.Agree) { a.From = monday.AddDate(2, 0, 0) }), // ends as it starts
		"next_review": agree(func(a *sla.Agree) { a.NextReview = w.Now() }),
	} {
		if field == "signed" {
			itsmtest.RequireRule(t, w.Refused(boss, c), "signatories")
			continue
		}
		itsmtest.RequireField(t, w.Refused(boss, c), field)
	}
	itsmtest.RequireField(t, w.Refused(boss, agree(func(a *sla.Agree) { a.Late = "Forgotten." })), "late")
	itsmtest.RequireField(t, w.Refused(boss, agree(func(a *sla.Agree) { a.From, a.Late = monday, "Forgotten." })), "from")
	itsmtest.RequireField(t, w.Refused(boss, agree(func(a *sla.Agree) { a.From, a.Late = year2026.AddDate(-127, 0, 0), "Forgotten." })), "from")
	itsmtest.RequireField(t, w.Refused(boss, agree(func(a *sla.Agree) { a.NextReview = w.Now().AddDate(2, 0, 0) })), "next_review")
	itsmtest.RequireRule(t, w.Refused(boss, agree(func(a *sla.Agree) { a.Signed = []string{"olga"} })), "signatories")
	w.Do(boss, agree(func(a *sla.Agree) { a.Signed = append(a.Signed, "olga") }))

	// A first draft that nobody has to sign is still agreed by somebody.
	open := w.Another()
	d := draftOf(sla.ServiceLevel)
	d.Signatories = nil
	open.Do(smith, d)
	itsmtest.RequireField(t, open.Refused(boss, sla.Agree{}), "signed")
	open.Do(boss, sla.Agree{Signed: []string{"boss"}})
	require.Equal(t, open.Now(), open.Record().Versions[0].From, "at once")
}

// TestR34_AVersionAgreedLateSaysWhy has a version take effect in the past: it keeps
// the reason and when it was agreed, and the event the end that it replaced.
func TestR34_AVersionAgreedLateSaysWhy(t *testing.T) {
	end := monday.AddDate(1, 0, 0)
	w := inForceUntil(t, sla.ServiceLevel, end)
	w.Wait(30*oneDay).Do(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "Faster."})
	c := signedFrom(monday.Add(20 * oneDay))
	itsmtest.RequireField(t, w.Refused(boss, c), "late")
	c.Late = "Agreed by telephone, signed today."
	e := w.Do(boss, c)
	require.Equal(t, end, e.Command.(sla.Agree).Was)
	v := w.Record().Versions[1]
	require.Equal(t, "Agreed by telephone, signed today.", v.Late)
	require.Equal(t, w.Now(), v.Agreed)
	require.Equal(t, 2, w.Record().Current, "it has taken effect")
	require.Equal(t, []int{1, 2}, bookNumbers(t, w.Record(), c.From.Add(-1), c.From))
}

// TestISO_8_3_4_1_ChangesOfContractsAreAssessed refuses a later version of a contract
// until somebody knows what it affects; a revision asks anew.
func TestISO_8_3_4_1_ChangesOfContractsAreAssessed(t *testing.T) {
	w := inForceUntil(t, sla.Underpinning, time.Time{})
	itsmtest.RequireRule(t, w.Refused(smith, sla.Assess{Impact: "None."}), "proposal")
	w.Do(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "Faster."})
	itsmtest.RequireRule(t, w.Refused(boss, signedFrom(w.Now().Add(oneDay))), "8.3.4.1 assessment")
	w.Do(olga, sla.Assess{Impact: "Costs rise by a tenth."})
	fork := w.Fork()
	fork.Do(boss, signedFrom(w.Now().Add(oneDay)))
	require.Equal(t, "Costs rise by a tenth.", fork.Record().Versions[1].Assessment.Impact)
	require.Equal(t, "olga", fork.Record().Versions[1].Assessment.By)
	w.Do(smith, sla.Revise{Terms: supportTerms("2h"), Summary: "Faster still."})
	itsmtest.RequireRule(t, w.Refused(boss, signedFrom(w.Now().Add(oneDay))), "8.3.4.1 assessment")

	// A policy that asks for none, and one that asks for that of an SLA.
	w.On(agreementsUnder(t, func(p *sla.AgreementPolicy) { p.Assessed = nil })).Do(boss, signedFrom(w.Now().Add(oneDay)))
	plain := inForceUntil(t, sla.ServiceLevel, time.Time{})
	plain.Do(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "Faster."})
	strict := plain.On(agreementsUnder(t, func(p *sla.AgreementPolicy) { p.Assessed = sla.Kinds() }))
	itsmtest.RequireRule(t, strict.Refused(boss, signedFrom(w.Now().Add(oneDay))), "8.3.4.1 assessment")
	plain.Do(boss, signedFrom(w.Now().Add(oneDay)))
}

func TestTermsAreCheckedAgainstTheSchema(t *testing.T) {
	w := drafted(t, sla.ServiceLevel)
	bad := supportTerms("8h")
	bad.Targets[0].When = sla.OneOf("colour", "red")
	d := draftOf(sla.ServiceLevel)
	d.Terms = bad
	itsmtest.RequireField(t, w.Another().Refused(smith, d), "terms.targets[0].when.field")
	itsmtest.RequireField(t, w.Refused(smith, sla.Revise{Terms: bad, Summary: "Red."}), "terms.targets[0].when.field")
	zero := supportTerms("0s")
	itsmtest.RequireField(t, w.Refused(smith, sla.Revise{Terms: zero, Summary: "None."}), "terms.targets[0].within")

	// What was proposed under another schema is checked again when it is agreed.
	other := w.On(agreementsUnder(t, func(p *sla.AgreementPolicy) { p.Schema = p.Schema[1:] }))
	itsmtest.RequireField(t, other.Refused(boss, signed()), "terms.services")
}

// TestTermsAreProvedBeforeTheyAreAgreed drafts terms of which one target is never
// chosen: they may be discussed, and not agreed.
func TestTermsAreProvedBeforeTheyAreAgreed(t *testing.T) {
	w := itsmtest.New(t, agreementsUnder(t, nil))
	d := draftOf(sla.ServiceLevel)
	d.Terms.Targets = append(d.Terms.Targets, sla.Target{Name: "again", Metric: sla.Resolution, Within: "8h"})
	w.Do(smith, d)
	err := w.Refused(boss, signed())
	var defects *sla.DefectsError
	require.ErrorAs(t, err, &defects)
	require.ErrorIs(t, err, itsm.ErrInvalid)
	w.Do(smith, sla.Revise{Terms: supportTerms("8h"), Summary: "Once."})
	w.Do(boss, signed())
}

// TestISO_8_3_4_1_Reviews reviews an agreement that stays in force meanwhile.
func TestISO_8_3_4_1_Reviews(t *testing.T) {
	w := inForceUntil(t, sla.Underpinning, time.Time{})
	require.Equal(t, monday.AddDate(0, 0, 365), w.Record().NextReview, "as the policy says")
	w.Wait(100*oneDay).Do(olga, sla.Review{})
	require.Equal(t, sla.UnderReview, w.Record().State)
	require.NotNil(t, w.Record().At(w.Now()), "in force")
	w.Wait(oneDay)
	for field, c := range map[string]sla.FinishReview{
		"outcome":     {Outcome: "good"},
		"changes":     {Outcome: sla.ChangeAgreement},
		"changes[1]":  {Outcome: sla.ChangeAgreement, Changes: []string{"Shorter hours.", " "}},
		"next_review": {Outcome: sla.KeepAgreement, NextReview: w.Now().AddDate(0, 0, 366)},
	} {
		itsmtest.RequireField(t, w.Refused(olga, c), field)
	}
	itsmtest.RequireField(t, w.Refused(olga, sla.FinishReview{Outcome: sla.KeepAgreement, Changes: []string{"None."}}), "changes")
	next := w.Now().AddDate(0, 6, 0)
	w.Do(olga, sla.FinishReview{Outcome: sla.ChangeAgreement, Changes: []string{"Shorter hours."}, NextReview: next})
	require.Equal(t, sla.Active, w.Record().State)
	require.Equal(t, next, w.Record().NextReview)
	require.Equal(t, []sla.AgreementReview{{
		Began: w.Now().Add(-oneDay), Finished: w.Now(), By: "olga", Outcome: sla.ChangeAgreement, Changes: []string{"Shorter hours."},
	}}, w.Record().Reviews)
	w.Do(smith, sla.Review{})
	w.Do(smith, sla.FinishReview{Outcome: sla.EndAgreement})
	require.Len(t, w.Record().Reviews, 2)
}

func TestExtendAndExpire(t *testing.T) {
	end := monday.AddDate(1, 0, 0)
	w := inForceUntil(t, sla.ServiceLevel, end)
	lc := agreementsUnder(t, nil)
	itsmtest.RequireField(t, w.Refused(boss, sla.Extend{Until: end, Reason: "Renewed."}), "until")
	itsmtest.RequireField(t, w.Refused(boss, sla.Extend{Until: end.AddDate(200, 0, 0), Reason: "Renewed."}), "until")
	itsmtest.RequireField(t, w.Refused(boss, sla.Extend{Until: end.AddDate(1, 0, 0)}), "reason")
	later := end.AddDate(1, 0, 0)
	e := w.Do(boss, sla.Extend{Until: later, Reason: "Renewed."})
	require.Equal(t, end, e.Command.(sla.Extend).Was)
	require.Equal(t, later, w.Record().End())
	itsmtest.RequireRule(t, w.Refused(timer, sla.Expire{}), "date")
	require.Equal(t, []string{"end of term"}, timersDue(lc, w.Record(), later))

	// The dates decide, also before the record's state has followed them.
	w.Wait(later.Sub(w.Now()))
	require.Nil(t, w.Record().At(w.Now()))
	itsmtest.RequireRule(t, w.Refused(boss, sla.Extend{Until: later.AddDate(1, 0, 0), Reason: "Too late."}), "term")
	itsmtest.RequireRule(t, w.Refused(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "Too late."}), "term")
	w.Do(timer, sla.Expire{})
	require.Equal(t, sla.Expired, w.Record().State)
	itsmtest.RequireRule(t, w.Refused(olga, sla.Review{}), itsm.RuleState)

	open := inForceUntil(t, sla.ServiceLevel, time.Time{})
	itsmtest.RequireRule(t, open.Refused(boss, sla.Extend{Until: later, Reason: "Renewed."}), "term")
	require.Empty(t, lc.Due(open.Record()))
}

func TestTerminate(t *testing.T) {
	end := monday.AddDate(1, 0, 0)
	lc := agreementsUnder(t, nil)
	w := inForceUntil(t, sla.ServiceLevel, end)
	at := monday.AddDate(0, 3, 0)
	itsmtest.RequireField(t, w.Refused(boss, sla.Terminate{At: at}), "reason")
	itsmtest.RequireField(t, w.Refused(boss, sla.Terminate{Reason: "Moved.", At: end}), "at")
	itsmtest.RequireField(t, w.Refused(boss, sla.Terminate{Reason: "Moved.", At: monday.Add(-1 * oneHour)}), "at")
	itsmtest.RequireRule(t, w.Refused(olga, sla.Terminate{Reason: "Moved."}), itsm.RuleRole)

	now := w.Fork()
	now.Do(boss, sla.Terminate{Reason: "Moved."})
	require.Equal(t, sla.Terminated, now.Record().State)
	require.Empty(t, now.Record().InForce(), "it was never in force for any time")

	// A version that would take effect after the end never does.
	w.Do(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "Faster."})
	w.Do(boss, signedFrom(at.Add(oneDay)))
	w.Do(boss, sla.Terminate{Reason: "Moved.", At: at})
	require.Equal(t, sla.Active, w.Record().State)
	require.Equal(t, []int{1, 0, 0}, numbersInForce(w.Record(), at.Add(-1), at, at.Add(oneDay)))
	require.Equal(t, []int{1, 0, 0}, bookNumbers(t, w.Record(), at.Add(-1), at, at.Add(oneDay)))
	require.Equal(t, []string{"end of notice"}, timersDue(lc, w.Record(), end.AddDate(9, 0, 0)))
	itsmtest.RequireRule(t, w.Refused(boss, sla.Extend{Until: end.AddDate(1, 0, 0), Reason: "Renewed."}), "notice")
	itsmtest.RequireRule(t, w.Refused(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "Faster."}), "notice")
	itsmtest.RequireRule(t, w.Refused(timer, sla.End{}), "date")
	itsmtest.RequireRule(t, w.Refused(timer, sla.Activate{}), "date")
	itsmtest.RequireRule(t, w.Refused(timer, sla.Expire{}), "date")
	itsmtest.RequireField(t, w.Refused(boss, sla.Terminate{Reason: "Later.", At: at}), "at")
	w.Do(boss, sla.Terminate{Reason: "Earlier.", At: at.Add(-oneDay)})
	w.Wait(at.Add(-oneDay).Sub(w.Now())).Do(timer, sla.End{})
	require.Equal(t, sla.Terminated, w.Record().State)

	// Before it took effect.
	early := drafted(t, sla.ServiceLevel)
	early.Do(boss, signedFrom(at))
	early.Do(boss, sla.Terminate{Reason: "Moved.", At: at.Add(-oneHour)})
	require.Equal(t, sla.Agreed, early.Record().State)
	require.Equal(t, []string{"end of notice"}, timersDue(lc, early.Record(), end))
	early.Wait(at.Sub(early.Now())).Do(timer, sla.End{})

	// At once, so that it never takes effect.
	never := drafted(t, sla.ServiceLevel)
	never.Do(boss, signedFrom(at))
	never.Do(boss, sla.Terminate{Reason: "Moved."})
	require.Equal(t, sla.Terminated, never.Record().State)
	require.Empty(t, never.Record().InForce())

	// A draft that is withdrawn has ended.
	draft := drafted(t, sla.ServiceLevel)
	draft.Do(olga, sla.Withdraw{Reason: "No need."})
	require.Equal(t, sla.Terminated, draft.Record().State)
	itsmtest.RequireRule(t, draft.Refused(olga, sla.RaiseDispute{About: "The invoice."}), "agreement")
}

// TestISO_8_3_4_1_DisputesAreRecordedToClosure keeps a record open until its disputes
// are settled, but not in force.
func TestISO_8_3_4_1_DisputesAreRecordedToClosure(t *testing.T) {
	end := monday.AddDate(0, 1, 0)
	w := inForceUntil(t, sla.Underpinning, end)
	w.Do(olga, sla.RaiseDispute{About: "The invoice of March."})
	w.Do(smith, sla.RaiseDispute{About: "The invoice of April."})
	itsmtest.RequireField(t, w.Refused(olga, sla.SettleDispute{Dispute: 3, Settlement: "Paid."}), "dispute")
	itsmtest.RequireField(t, w.Refused(olga, sla.SettleDispute{Dispute: 0, Settlement: "Paid."}), "dispute")
	itsmtest.RequireField(t, w.Refused(olga, sla.SettleDispute{Dispute: 1}), "settlement")
	w.Do(olga, sla.SettleDispute{Dispute: 2, Settlement: "Paid."})
	itsmtest.RequireRule(t, w.Refused(olga, sla.SettleDispute{Dispute: 2, Settlement: "Paid."}), "settled")
	require.Len(t, w.Record().OpenDisputes(), 1)

	now := w.Fork()
	now.Wait(oneHour).Do(boss, sla.Terminate{Reason: "Broken."})
	require.Equal(t, sla.Active, now.Record().State)
	require.Nil(t, now.Record().At(now.Now()))
	itsmtest.RequireRule(t, now.Refused(timer, sla.End{}), "8.3.4.1 disputes")
	now.Do(olga, sla.SettleDispute{Dispute: 1, Settlement: "Waived."})
	now.Do(timer, sla.End{})

	w.Wait(end.Sub(w.Now()))
	itsmtest.RequireRule(t, w.Refused(timer, sla.Expire{}), "8.3.4.1 disputes")
	require.Empty(t, w.Record().At(w.Now()))
	w.Do(olga, sla.SettleDispute{Dispute: 1, Settlement: "Waived."})
	w.Do(timer, sla.Expire{})

	// The last invoice comes after the end.
	for _, over := range []*agreementWalk{w, now} {
		over.Do(olga, sla.RaiseDispute{About: "The last invoice."})
		require.Len(t, over.Record().OpenDisputes(), 1)
		require.Empty(t, agreementsUnder(t, nil).Due(over.Record()))
		itsmtest.RequireRule(t, over.Refused(guest, sla.RaiseDispute{About: "The last invoice."}), itsm.RuleRole)
		over.Do(olga, sla.SettleDispute{Dispute: 3, Settlement: "Paid."})
	}
}

func TestAgreementInput(t *testing.T) {
	w := itsmtest.New(t, agreementsUnder(t, nil))
	for field, spoil := range map[string]func(*sla.Draft){
		"kind":           func(d *sla.Draft) { d.Kind = "treaty" },
		"party":          func(d *sla.Draft) { d.Party = "" },
		"title":          func(d *sla.Draft) { d.Title = "a\nb" },
		"owner":          func(d *sla.Draft) { d.Owner = " " },
		"until":          func(d *sla.Draft) { d.Until = monday.AddDate(-200, 0, 0) },
		"signatories[1]": func(d *sla.Draft) { d.Signatories[1] = "\xff" },
	} {
		d := draftOf(sla.ServiceLevel)
		spoil(&d)
		_, err := agreementsUnder(t, nil).Fire(w.Another().Record(), d, w.Stamp(smith))
		itsmtest.RequireField(t, err, field)
	}
	itsmtest.RequireRule(t, w.Refused(guest, draftOf(sla.ServiceLevel)), itsm.RuleRole)
	w.Do(smith, draftOf(sla.ServiceLevel))
	itsmtest.RequireField(t, w.Refused(smith, sla.Revise{Terms: supportTerms("4h")}), "summary")
	itsmtest.RequireField(t, w.Refused(smith, sla.Withdraw{}), "reason")
	itsmtest.RequireField(t, w.Refused(smith, sla.Assess{}), "impact")
	itsmtest.RequireField(t, w.Refused(smith, sla.HandOver{To: "olga", Reason: "Holidays."}), "to")
	itsmtest.RequireField(t, w.Refused(smith, sla.HandOver{To: "pia"}), "reason")
	w.Do(olga, sla.HandOver{To: "pia", Reason: "Holidays."})
	itsmtest.RequireRule(t, w.Refused(olga, sla.Review{}), itsm.RuleState)
	itsmtest.RequireRule(t, w.Refused(olga, sla.Revise{Terms: supportTerms("4h"), Summary: "Faster."}), itsm.RuleRole)
	require.Equal(t, "pia", w.Record().Owner)
	w.Do(boss, signed())
	itsmtest.RequireField(t, w.Refused(smith, sla.RaiseDispute{}), "about")
}

// TestEveryAgreementRow fires what the other tests leave out.
func TestEveryAgreementRow(t *testing.T) {
	start := itsmtest.New(t, agreementsUnder(t, nil))
	d := draftOf(sla.ServiceLevel)
	d.Until = monday.AddDate(1, 0, 0)
	start.Do(smith, d)
	faster := sla.Revise{Terms: supportTerms("4h"), Summary: "Faster.", Until: monday.AddDate(2, 0, 0)}
	june := monday.AddDate(0, 3, 0)
	withdrawn := start.Fork()
	withdrawn.Do(smith, sla.Withdraw{Reason: "No need."})
	disputed := func(w *agreementWalk) {
		w.Do(smith, sla.RaiseDispute{About: "The invoice."})
		w.Do(smith, sla.SettleDispute{Dispute: len(w.Record().Disputes), Settlement: "Paid."})
	}
	everywhere := func(w *agreementWalk) {
		f := w.Fork()
		f.Do(smith, faster)
		f.Do(smith, sla.Assess{Impact: "None."})
		f.Do(smith, sla.HandOver{To: "pia", Reason: "Holidays."})
		if w.Record().State == sla.InDraft {
			return
		}
		g := f.Fork()
		g.Do(smith, sla.Withdraw{Reason: "No need."})
		g.Do(boss, sla.Extend{Until: monday.AddDate(1, 1, 0), Reason: "Renewed."})
		disputed(g)
		g.Fork().Do(boss, sla.Terminate{Reason: "Moved."})
		g.Do(boss, sla.Terminate{Reason: "Moved.", At: g.Now().Add(oneHour)})
		g.Wait(oneHour).Do(timer, sla.End{})
		disputed(g)
		f.Do(boss, signedFrom(june.AddDate(0, 1, 0)))
		f.Wait(june.AddDate(0, 1, 0).Sub(f.Now())).Do(timer, sla.Activate{})
		if f.Record().State != sla.Agreed {
			f.Wait(monday.AddDate(2, 0, 0).Sub(f.Now())).Do(timer, sla.Expire{})
			disputed(f)
		}
	}
	everywhere(start)
	w := start.Fork()
	w.Do(boss, signedFrom(june))
	everywhere(w)
	w.Wait(june.Sub(w.Now())).Do(timer, sla.Activate{})
	everywhere(w)
	w.Do(smith, sla.Review{})
	everywhere(w)
	w.Do(smith, sla.FinishReview{Outcome: sla.KeepAgreement})
	require.Empty(t, w.NotFired())
}
