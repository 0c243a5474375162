package sla_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/sla"
	"github.com/itsmkit/itsm/store/memory"
)

// filing is a register over the memory backend, with a clock that stands still until
// it is set.
type filing[R any] struct {
	*register.Register[R]
	t   *testing.T
	now time.Time
}

func newFiling[R any](t *testing.T, process itsm.Process[R]) *filing[R] {
	t.Helper()
	f := &filing[R]{t: t, now: monday}
	var err error
	f.Register, err = register.New(memory.New(), process, &register.Options[R]{Now: func() time.Time { return f.now }})
	require.NoError(t, err)
	return f
}

func (f *filing[R]) do(by itsm.Actor, id uuid.UUID, commands ...itsm.Command[R]) R {
	f.t.Helper()
	var r R
	for _, c := range commands {
		var err error
		r, err = f.Do(f.t.Context(), by, id, c)
		require.NoError(f.t, err, "%T", c)
	}
	return r
}

// tick lets the clock come to an instant and fires what is due: the timers' names.
func (f *filing[R]) tick(at time.Time) (fired, refused []string) {
	f.t.Helper()
	f.now = at
	done, err := f.Tick(f.t.Context(), "acme", at, 100)
	require.NoError(f.t, err)
	for _, d := range done.Fired {
		fired = append(fired, d.Timer)
	}
	for _, r := range done.Refused {
		refused = append(refused, r.Timer+": "+r.Rule)
	}
	return fired, refused
}

// found lists the numbers of what a selection finds.
func (f *filing[R]) found(sel itsm.Selection[R]) []string {
	f.t.Helper()
	list := []string{}
	for r, err := range f.Find(f.t.Context(), smith, sel) {
		require.NoError(f.t, err)
		list = append(list, any(&r).(itsm.Headed).Head().Number)
	}
	return list
}

// TestAgreementsInARegister takes an agreement through a store: versions take effect
// and the agreement expires by Tick, and selections find it.
func TestAgreementsInARegister(t *testing.T) {
	agreements, err := sla.AgreementProcess(nil)
	require.NoError(t, err)
	f := newFiling(t, agreements)
	june, july, end := monday.AddDate(0, 3, 0), monday.AddDate(0, 4, 0), monday.AddDate(1, 0, 0)
	d := draftOf(sla.ServiceLevel)
	d.Until = end
	a, err := f.Create(t.Context(), smith, d)
	require.NoError(t, err)
	other := draftOf(sla.Underpinning)
	other.Party, other.Owner, other.Terms.Services = "Carrier", "pia", nil
	b, err := f.Create(t.Context(), smith, other)
	require.NoError(t, err)
	draft := draftOf(sla.OperationalLevel)
	draft.Party, draft.Terms.Services = "Operations", []itsm.Ref{{Kind: "ci", ID: "dns"}}
	c, err := f.Create(t.Context(), smith, draft)
	require.NoError(t, err)
	require.Equal(t, []string{c.Number}, f.found(sla.AgreementsFor(draft.Terms.Services[0])))

	f.do(boss, a.ID, signedFrom(june), sla.Extend{Until: end.AddDate(0, 1, 0), Reason: "A month more."})
	fired, _ := f.tick(june.Add(-time.Microsecond))
	require.Empty(t, fired)
	fired, _ = f.tick(june)
	require.Equal(t, []string{"take effect"}, fired)
	fired, _ = f.tick(june.Add(oneHour))
	require.Empty(t, fired, "once")

	f.do(smith, a.ID, sla.Revise{Terms: supportTerms("4h"), Summary: "Faster.", Until: end})
	f.do(boss, a.ID, signedFrom(july))
	f.do(olga, a.ID, sla.Review{}, sla.RaiseDispute{About: "The report."})
	fired, _ = f.tick(july)
	require.Equal(t, []string{"take effect"}, fired)
	got, err := f.Get(t.Context(), smith, a.ID)
	require.NoError(t, err)
	require.Equal(t, sla.UnderReview, got.State)
	require.Equal(t, 2, got.Current)
	require.Equal(t, july, got.Updated)
	again, err := f.Replay(t.Context(), smith, a.ID)
	require.NoError(t, err)
	require.Equal(t, got, again)

	require.Equal(t, []string{a.Number}, f.found(sla.AgreementsWith("Sales")))
	require.Equal(t, []string{a.Number}, f.found(sla.AgreementsIn(sla.ServiceLevel, sla.UnderReview)))
	require.Equal(t, []string{b.Number}, f.found(sla.AgreementsIn(sla.Underpinning, sla.InDraft)))
	require.Empty(t, f.found(sla.AgreementsIn(sla.ServiceLevel, sla.InDraft)))
	require.Equal(t, []string{a.Number}, f.found(sla.AgreementsFor(mailService)))
	require.Equal(t, []string{b.Number}, f.found(sla.AgreementsOwnedBy("pia")))
	review := got.NextReview
	require.Equal(t, []string{a.Number}, f.found(sla.AgreementsToReview(time.Time{}, review.Add(1000))))
	require.Empty(t, f.found(sla.AgreementsToReview(time.Time{}, review)))

	// R35: the dispute holds the end up; it is told once, and tried again when settled.
	fired, refused := f.tick(end)
	require.Empty(t, fired)
	require.Equal(t, []string{"end of term: 8.3.4.1 disputes"}, refused)
	_, refused = f.tick(end.Add(oneDay))
	require.Empty(t, refused, "once")
	f.do(olga, a.ID, sla.SettleDispute{Dispute: 1, Settlement: "Corrected."})
	fired, _ = f.tick(end.Add(2 * oneDay))
	require.Equal(t, []string{"end of term"}, fired)
	require.Empty(t, f.found(sla.AgreementsToReview(time.Time{}, time.Time{})))
	got, err = f.Get(t.Context(), smith, a.ID)
	require.NoError(t, err)
	require.Equal(t, sla.Expired, got.State)
	require.Equal(t, end, got.InForce()[1].Until, "not when the record came to it")
}

// TestR34_AnAgreementRecordedLate records what was agreed days ago as of then.
func TestR34_AnAgreementRecordedLate(t *testing.T) {
	agreements, err := sla.AgreementProcess(nil)
	require.NoError(t, err)
	f := newFiling(t, agreements)
	a, err := f.Create(t.Context(), smith, draftOf(sla.ServiceLevel))
	require.NoError(t, err)
	then := f.now.Add(oneHour)
	f.now = f.now.Add(5 * oneDay)
	_, err = f.With(register.Call{At: then, Reason: "Signed on paper."}).Do(t.Context(), boss, a.ID, signed())
	require.NoError(t, err)
	got, err := f.Get(t.Context(), smith, a.ID)
	require.NoError(t, err)
	require.Equal(t, then, got.Versions[0].From)
	require.Empty(t, got.Versions[0].Late, "the stamp says why")
}

// TestServicesInARegister takes a service through a store.
func TestServicesInARegister(t *testing.T) {
	services, err := sla.ServiceProcess(nil)
	require.NoError(t, err)
	f := newFiling(t, services)
	s, err := f.Create(t.Context(), smith, mailProposal())
	require.NoError(t, err)
	dns := mailProposal()
	dns.Name, dns.CI, dns.Owner, dns.Audiences = "DNS", itsm.Ref{Kind: "ci", ID: "dns"}, "pia", nil
	other, err := f.Create(t.Context(), smith, dns)
	require.NoError(t, err)
	require.Empty(t, f.found(sla.ServicesFor("sales")), "not offered yet")
	f.do(smith, s.ID, mailRequirement(), sla.Depend{On: dns.CI})
	f.do(smith, other.ID, mailRequirement())
	f.do(boss, s.ID, sla.Launch{})
	f.do(boss, other.ID, sla.Launch{})

	require.Equal(t, []string{s.Number, other.Number}, f.found(sla.ServicesIn(sla.Live)))
	require.Equal(t, []string{s.Number}, f.found(sla.ServicesFor("sales")))
	require.Equal(t, []string{other.Number}, f.found(sla.ServicesFor("")))
	require.Empty(t, f.found(sla.ServicesFor("all")), "is an audience as any other")
	require.Equal(t, []string{other.Number}, f.found(sla.ServicesOwnedBy("pia")))
	require.Equal(t, []string{s.Number}, f.found(sla.ServicesOn(mailService)))
	require.Equal(t, []string{s.Number}, f.found(sla.ServicesDependingOn(dns.CI)))

	day := monday.AddDate(0, 1, 0)
	f.do(boss, s.ID, sla.Retire{On: day, Reason: "Replaced."})
	fired, _ := f.tick(day.Add(-time.Microsecond))
	require.Empty(t, fired)
	fired, _ = f.tick(day)
	require.Equal(t, []string{"remove"}, fired)
	require.Equal(t, []string{s.Number}, f.found(sla.ServicesIn(sla.Retired)))
	got, err := f.Get(t.Context(), smith, s.ID)
	require.NoError(t, err)
	again, err := f.Replay(t.Context(), smith, s.ID)
	require.NoError(t, err)
	require.Equal(t, got, again)
}
