package sla_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

// TestISO_8_3_3_AVersionIsReplacedBeforeItTakesEffect has the parties think again of
// what they agreed: for the same date, for an earlier one, and for now.
func TestISO_8_3_3_AVersionIsReplacedBeforeItTakesEffect(t *testing.T) {
	june, july := monday.AddDate(0, 3, 0), monday.AddDate(0, 4, 0)
	again := func(w *agreementWalk, within string, from time.Time) itsm.Event[sla.Agreement] {
		w.Do(smith, sla.Revise{Terms: supportTerms(within), Summary: "Within " + within + "."})
		return w.Do(boss, signedFrom(from))
	}
	inForce := inForceUntil(t, sla.ServiceLevel, monday.AddDate(1, 0, 0))
	inForce.Wait(oneDay)
	again(inForce, "4h", july)

	same := inForce.Fork()
	again(same, "5h", july)
	require.Equal(t, []int{1, 1, 3, 3}, numbersInForce(same.Record(), monday, july.Add(-1), july, july.AddDate(1, 0, 0)))
	require.Equal(t, []int{1, 1, 3, 3}, bookNumbers(t, same.Record(), monday, july.Add(-1), july, july.AddDate(1, 0, 0)))
	same.Wait(july.Sub(same.Now())).Do(timer, sla.Activate{})
	require.Equal(t, 3, same.Record().Current)
	require.Zero(t, same.Record().Next())

	earlier := inForce.Fork()
	again(earlier, "5h", june)
	require.Equal(t, june, earlier.Record().Next())
	require.Equal(t, []int{1, 3, 3, 3}, bookNumbers(t, earlier.Record(), june.Add(-1), june, july, july.AddDate(1, 0, 0)))
	earlier.Wait(june.Sub(earlier.Now())).Do(timer, sla.Activate{})
	require.Equal(t, 3, earlier.Record().Current)
	require.Empty(t, agreementsUnder(t, nil).Due(earlier.Record()))
	itsmtest.RequireRule(t, earlier.Wait(july.Sub(earlier.Now())).Refused(timer, sla.Activate{}), "date")

	late := signedFrom(june.Add(oneDay)) // where the second was to be in force
	late.Late = "Signed today."
	earlier.Do(smith, sla.Revise{Terms: supportTerms("6h"), Summary: "Six hours."})
	earlier.Do(boss, late)
	require.Equal(t, []int{3, 4, 4}, bookNumbers(t, earlier.Record(), june, june.Add(oneDay), july))

	now := inForce.Fork()
	again(now, "8h", now.Now()) // as before
	require.Equal(t, 3, now.Record().Current)
	require.Zero(t, now.Record().Next())

	// What has taken effect stays, whether or not the record has followed, and if it is
	// only recorded now that it was agreed before.
	inForce.Wait(july.Sub(inForce.Now())).Do(smith, sla.Revise{Terms: supportTerms("5h"), Summary: "Five hours."})
	itsmtest.RequireField(t, inForce.Refused(boss, signedFrom(july)), "from")
	stamp := inForce.Stamp(boss)
	stamp.Recorded, stamp.Reason = stamp.At.Add(oneHour), "Signed an hour ago."
	backdated := signedFrom(july.Add(oneHour))
	_, err := inForce.Fire(backdated, stamp)
	require.NoError(t, err)
	inForce.Do(smith, sla.Revise{Terms: supportTerms("6h"), Summary: "Six hours."})
	stamp.Recorded = stamp.At.Add(2 * oneHour)
	_, err = inForce.Fire(signedFrom(july.Add(oneHour)), stamp)
	itsmtest.RequireField(t, err, "from")

	// The first version too, and then the agreement is in force when the next one is.
	first := drafted(t, sla.ServiceLevel)
	first.Do(boss, signedFrom(july))
	sooner := first.Fork()
	again(sooner, "4h", june)
	require.Equal(t, sla.Agreed, sooner.Record().State)
	require.Equal(t, june, sooner.Record().Next())
	again(first, "4h", first.Now())
	require.Equal(t, sla.Active, first.Record().State)
	require.Equal(t, []int{2, 2}, bookNumbers(t, first.Record(), first.Now(), july))
	require.Len(t, first.Record().InForce(), 1)
}

// TestAReplacedVersionIsForNothing finds an agreement by the services that it is for.
func TestAReplacedVersionIsForNothing(t *testing.T) {
	process, err := sla.AgreementProcess(nil)
	require.NoError(t, err)
	w := inForceUntil(t, sla.ServiceLevel, time.Time{})
	services := func() (list []string) {
		for _, index := range process.Indexes {
			for _, key := range index.Keys(w.Record()) {
				if index.Name == "service" {
					list = append(list, key[0].Text())
				}
			}
		}
		return list
	}
	terms := supportTerms("4h")
	terms.Services = []itsm.Ref{{Kind: "ci", ID: "fax"}}
	w.Do(smith, sla.Revise{Terms: terms, Summary: "Fax instead."})
	w.Do(boss, signedFrom(monday.Add(oneDay)))
	require.Equal(t, []string{"ci:mail", "ci:fax"}, services())
	w.Do(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "No fax after all."})
	w.Do(boss, signedFrom(monday.Add(oneDay)))
	require.Equal(t, []string{"ci:mail"}, services())
}

// TestALateTickDoesNotKeepAnAgreementOutOfForce agrees to a second version that takes
// effect at once, while the record has not yet followed the first.
func TestALateTickDoesNotKeepAnAgreementOutOfForce(t *testing.T) {
	w := drafted(t, sla.ServiceLevel)
	w.Do(boss, signedFrom(monday.Add(oneDay)))
	w.Wait(2*oneDay).Do(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "Faster."})
	w.Do(boss, signed())
	require.Equal(t, sla.Active, w.Record().State)
	require.Equal(t, 2, w.Record().Current)
}

// TestVersionsAgainstANaiveRule agrees to versions for random dates. In force is the
// one agreed last of those that have begun.
func TestVersionsAgainstANaiveRule(t *testing.T) {
	replaced := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := drafted(t, sla.ServiceLevel)
		w.Do(boss, signedFrom(monday.Add(time.Duration(r.IntN(5))*oneDay)))
		for range 8 {
			w.Wait(time.Duration(r.IntN(4)) * oneDay)
			if r.IntN(2) == 0 {
				_, _ = w.Fire(sla.Activate{}, w.Stamp(timer))
			}
			w.Do(smith, sla.Revise{Terms: supportTerms("4h"), Summary: "Other."})
			_, _ = w.Fire(signedFrom(w.Now().Add(time.Duration(r.IntN(10))*oneDay)), w.Stamp(boss))
			a := w.Record()
			var at []time.Time
			var want []int
			for day := range 60 {
				at, want = append(at, monday.Add(time.Duration(day)*oneDay)), append(want, 0)
				for _, v := range a.Versions {
					if !v.From.After(at[day]) {
						want[day] = v.Number
					}
				}
			}
			name := fmt.Sprintf("seed %d", seed)
			require.Equal(t, want, numbersInForce(a, at...), name)
			require.Equal(t, want, bookNumbers(t, a, at...), name)
			replaced += len(a.Versions) - len(a.InForce())
		}
		for w.Record().Next() != (time.Time{}) {
			w.Wait(max(0, w.Record().Next().Sub(w.Now()))).Do(timer, sla.Activate{})
			require.Equal(t, w.Record().At(w.Now()).Number, w.Record().Current)
		}
		require.Equal(t, sla.Active, w.Record().State)
	}
	require.Greater(t, replaced, 100)
}
