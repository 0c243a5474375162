package sla

import (
	"slices"
	"time"

	"github.com/itsmkit/itsm"
)

// The states of an [Agreement].
const (
	InDraft     itsm.State = "draft"        // nothing has been agreed yet
	Agreed      itsm.State = "agreed"       // the first version is, and takes effect later
	Active      itsm.State = "active"       // in force
	UnderReview itsm.State = "under review" // in force, and looked at
	Expired     itsm.State = "expired"      // over at the end that was agreed
	Terminated  itsm.State = "terminated"   // over before that, or never agreed
)

// AgreementProcess makes agreements under a policy; nil means
// [DefaultAgreementPolicy]. A bad policy is an error that names the field.
//
//	draft                     ┌─ review ─▶ under review
//	  │                       │            │   │     │
//	  ▼     agree    activate │ ◀─ finish ─┘   │     │
//	draft ───────▶ agreed ──▶ active ─ expire ─┴▶ expired
//	  │ withdraw     │          │                    │
//	  └──────────────┴──────────┴─ terminate, end ───┴▶ terminated
//
// Draft, agreed, active and under review take a revised next version (revise,
// assess, withdraw, agree) and another owner. A version that is in force at once makes
// the agreement active without more ado. These are the system's, each at its date:
// activate, expire and end.
//
// All but a draft take disputes. An open one does not keep an agreement in force, but
// it keeps its record from being over: expire and end are refused until it is settled,
// and then happen by themselves (8.3.4.1: disputes are recorded to closure; R35). The
// last invoice and the credits of the last period come after the end, and so disputes
// are raised and settled then too; nothing else of the record changes any more.
func AgreementProcess(policy *AgreementPolicy) (itsm.Process[Agreement], error) {
	if policy == nil {
		policy = DefaultAgreementPolicy()
	}
	if err := policy.check(); err != nil {
		return itsm.Process[Agreement]{}, err
	}
	lifecycle, err := itsm.NewLifecycle(policy.clone().definition())
	if err != nil {
		return itsm.Process[Agreement]{}, err
	}
	return itsm.Process[Agreement]{Prefix: "AGR", Lifecycle: lifecycle, Indexes: agreementIndexes()}, nil
}

func (p *AgreementPolicy) definition() itsm.Definition[Agreement] {
	from, to, stay := itsm.From, itsm.To, itsm.Stay()
	managers, approvers := itsm.By(p.Managers...), itsm.By(p.Approvers...)
	owners := itsm.By(append(slices.Clone(p.Managers), ResponsiblePerson)...)
	system := itsm.By(itsm.SystemRole)
	settled := itsm.Guard("8.3.4.1 disputes", disputesSettled)
	proposed, assessed := itsm.Guard("proposal", isProposed), itsm.Guard("8.3.4.1 assessment", p.isAssessed)
	standing := from(InDraft, Agreed, Active, UnderReview)
	disputable := from(Agreed, Active, UnderReview, Expired, Terminated)
	return itsm.Definition[Agreement]{
		Kind: AgreementKind,
		States: []itsm.StateDef{
			{State: InDraft, Phase: itsm.Open},
			{State: Agreed, Phase: itsm.Open},
			{State: Active, Phase: itsm.Active},
			{State: UnderReview, Phase: itsm.Active},
			{State: Expired, Phase: itsm.Final},
			{State: Terminated, Phase: itsm.Final},
		},
		Roles:     slices.Concat(p.Managers, p.Approvers),
		Relations: []itsm.Relation[Agreement]{{Role: ResponsiblePerson, Holds: func(a *Agreement, by itsm.Actor) bool { return a.Owner != "" && a.Owner == by.ID }}},
		Fields:    agreementFields(),
		Transitions: []itsm.Transition[Agreement]{
			itsm.On("draft", Draft{}, from(itsm.None), to(InDraft), managers, itsm.Sets("kind", "party", "title", "owner"), itsm.Decide(p.draft)),
			itsm.On("revise", Revise{}, standing, stay, owners, itsm.Decide(p.revise)),
			itsm.On("assess", Assess{}, standing, stay, owners, proposed),
			itsm.On("withdraw", Withdraw{}, from(InDraft), to(Terminated), owners, proposed),
			itsm.On("withdraw", Withdraw{}, from(Agreed, Active, UnderReview), stay, owners, proposed),
			itsm.On("agree", Agree{}, from(InDraft), to(Agreed, Active), approvers, proposed, itsm.Sets("next_review"), itsm.Decide(p.agree), itsm.Pick(afterAgree)),
			itsm.On("agree", Agree{}, from(Agreed), to(Agreed, Active), approvers, proposed, assessed, itsm.Sets("next_review"), itsm.Decide(p.agree), itsm.Pick(afterAgree)),
			itsm.On("agree", Agree{}, from(Active, UnderReview), stay, approvers, proposed, assessed, itsm.Sets("next_review"), itsm.Decide(p.agree)),
			itsm.On("activate", Activate{}, from(Agreed), to(Active), system, itsm.Decide(activate)),
			itsm.On("activate", Activate{}, from(Active, UnderReview), stay, system, itsm.Decide(activate)),
			itsm.On("review", Review{}, from(Active), to(UnderReview), owners),
			itsm.On("finish review", FinishReview{}, from(UnderReview), to(Active), owners, itsm.Sets("next_review"), itsm.Decide(p.finishReview)),
			itsm.On("extend", Extend{}, from(Agreed, Active, UnderReview), stay, approvers, itsm.Decide(extend)),
			itsm.On("terminate", Terminate{}, from(Agreed, Active, UnderReview), to(Agreed, Active, UnderReview, Terminated), approvers,
				itsm.Decide(terminate), itsm.Pick(afterTerminate)),
			itsm.On("end", End{}, from(Agreed, Active, UnderReview), to(Terminated), system, settled, itsm.Guard("date", noticeOver)),
			itsm.On("expire", Expire{}, from(Active, UnderReview), to(Expired), system, settled, itsm.Guard("date", termOver)),
			itsm.On("raise dispute", RaiseDispute{}, disputable, stay, owners, itsm.Guard("agreement", wasAgreed)),
			itsm.On("settle dispute", SettleDispute{}, disputable, stay, owners, itsm.Decide(settleDispute)),
			itsm.On("hand over", HandOver{}, standing, stay, owners, itsm.Sets("owner")),
		},
		Timers: []itsm.Timer[Agreement]{
			{Name: "take effect", In: []itsm.State{Agreed, Active, UnderReview}, Since: (*Agreement).Next, Command: Activate{}},
			{Name: "end of notice", In: []itsm.State{Agreed, Active, UnderReview}, Since: noticeEnd, Command: End{}},
			{Name: "end of term", In: []itsm.State{Active, UnderReview}, Since: termEnd, Command: Expire{}},
		},
	}
}

// noticeEnd is when an agreement ends early; the zero time if it is not to.
func noticeEnd(a *Agreement) time.Time {
	if a.Notice == nil {
		return time.Time{}
	}
	return a.Notice.At
}

// termEnd is when an agreement expires; the zero time if it is not to, or ends
// before.
func termEnd(a *Agreement) time.Time {
	if a.Notice != nil || a.last() == nil {
		return time.Time{}
	}
	return a.last().Until
}

func agreementFields() []itsm.Field[Agreement] {
	text := itsm.TextField[Agreement, string]
	return []itsm.Field[Agreement]{
		itsm.TextField("kind", func(a *Agreement) Kind { return a.Kind }, Kinds()...),
		text("party", func(a *Agreement) string { return a.Party }),
		text("title", func(a *Agreement) string { return a.Title }),
		text("owner", func(a *Agreement) string { return a.Owner }),
		{Name: "next_review", Type: itsm.Instant, Get: func(a *Agreement) itsm.Value { return itsm.InstantValue(a.NextReview) }},
	}
}

// The indexes. Within each the oldest agreement comes first.
const (
	agreementByParty   = "party"
	agreementByKind    = "kind"
	agreementByService = "service"
	agreementByReview  = "review"
	agreementByOwner   = "owner"
)

func agreementIndexes() []itsm.Index[Agreement] {
	single := func(name string, values func(*Agreement) itsm.Key) itsm.Index[Agreement] {
		return itsm.Index[Agreement]{Name: name, Keys: func(a *Agreement) []itsm.Key {
			key := values(a)
			if key[0].IsZero() {
				return nil
			}
			return []itsm.Key{append(key, itsm.InstantValue(a.Opened))}
		}}
	}
	return []itsm.Index[Agreement]{
		single(agreementByParty, func(a *Agreement) itsm.Key { return itsm.Key{itsm.TextValue(a.Party)} }),
		single(agreementByKind, func(a *Agreement) itsm.Key { return itsm.Key{itsm.TextValue(a.Kind), itsm.TextValue(a.State)} }),
		single(agreementByOwner, func(a *Agreement) itsm.Key { return itsm.Key{itsm.TextValue(a.Owner)} }),
		{Name: agreementByReview, Keys: func(a *Agreement) []itsm.Key {
			if a.NextReview.IsZero() || a.State == Expired || a.State == Terminated {
				return nil
			}
			return []itsm.Key{{itsm.InstantValue(a.NextReview)}}
		}},
		{Name: agreementByService, Keys: func(a *Agreement) []itsm.Key {
			var keys []itsm.Key
			for _, ref := range a.services() {
				keys = append(keys, itsm.Key{itsm.ReferenceValue(ref), itsm.InstantValue(a.Opened)})
			}
			return keys
		}},
	}
}

// AgreementsWith selects the agreements with a party, ended or not.
func AgreementsWith(party string) itsm.Selection[Agreement] {
	return itsm.Selection[Agreement]{Index: agreementByParty, Equal: itsm.Key{itsm.TextValue(party)}}
}

// AgreementsIn selects the agreements of a kind in a state.
func AgreementsIn(k Kind, s itsm.State) itsm.Selection[Agreement] {
	return itsm.Selection[Agreement]{Index: agreementByKind, Equal: itsm.Key{itsm.TextValue(k), itsm.TextValue(s)}}
}

// AgreementsFor selects the agreements that name a service in the version that took
// effect last, in a later one or in their proposal. Those that are for any service
// name none.
func AgreementsFor(service itsm.Ref) itsm.Selection[Agreement] {
	return itsm.Selection[Agreement]{Index: agreementByService, Equal: itsm.Key{itsm.ReferenceValue(service)}}
}

// AgreementsOwnedBy selects what somebody is responsible for, ended or not.
func AgreementsOwnedBy(owner string) itsm.Selection[Agreement] {
	return itsm.Selection[Agreement]{Index: agreementByOwner, Equal: itsm.Key{itsm.TextValue(owner)}}
}

// AgreementsToReview selects the agreements that have not ended and are to be
// reviewed in [from, to), in that order; a zero time is no bound.
func AgreementsToReview(from, to time.Time) itsm.Selection[Agreement] {
	return itsm.Selection[Agreement]{Index: agreementByReview, From: itsm.InstantValue(from), To: itsm.InstantValue(to)}
}
