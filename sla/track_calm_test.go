package sla_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// calm is a book in which nothing depends on when it is asked: no condition on a
// change, no reset, no version that begins or ends.
func (r tales) calm() []sla.Version {
	versions := slices.DeleteFunc(r.book(), func(v sla.Version) bool { return v.Number > 1 })
	for i := range versions {
		v := &versions[i]
		v.From, v.Until = atMinute(0), time.Time{}
		for j := range v.Terms.Metrics {
			m := &v.Terms.Metrics[j]
			m.Reset, m.Since = sla.Condition{}, ""
			if slices.Contains(m.Pause.Fields(), "group") {
				m.Pause = isSet("pause")
			}
		}
	}
	return versions
}

// TestMomentsThatChangeNothing leave no trace but themselves: not in what is
// counted, nor in the levels and when they fired. So does splitting a moment, as
// far as time is concerned.
func TestMomentsThatChangeNothing(t *testing.T) {
	for seed := range uint64(120) {
		r := newTales(7<<40 + seed)
		versions := r.calm()
		b, err := sla.NewBook(schema(), versions...)
		require.NoError(t, err)
		for range 5 {
			tale := slices.DeleteFunc(r.story(), func(m sla.Moment) bool { return m.Recompute != "" })
			var more []sla.Moment
			known := sla.Facts(nil)
			for i, m := range tale {
				more = append(more, m)
				known = known.With(m.Facts)
				for at := m.At; i+1 < len(tale) && r.one(2); more = append(more, sla.Moment{At: at, Facts: pick(r, nil, known, sla.Facts{"customer": itsm.TextValue(fmt.Sprint(at))})}) {
					at = at.Add(time.Duration(r.Int64N(1 + int64(tale[i+1].At.Sub(at)))))
				}
			}
			l, long := liveThrough(t, b, versions, tale), liveThrough(t, b, versions, more)
			require.Equal(t, l.last().Promises, long.last().Promises, "%s", long)
		}
	}
}

// TestSplitMoments: no time passes at an instant, in however many moments it is
// told. What they do may depend on it, as on a stop between a start and a reset.
func TestSplitMoments(t *testing.T) {
	throughLives(t, 40, 8, func(t *testing.T, r tales, l *life) {
		for i, m := range l.tale[1:] {
			one, two := m, m
			one.Facts, two.Facts = sla.Facts{}, sla.Facts{}
			for _, name := range schema().Names() {
				if v, ok := m.Facts[name]; ok {
					pick(r, one.Facts, two.Facts)[name] = v
				}
			}
			was := &l.states[i]
			first, err := l.book.Observe(was, one)
			require.NoError(t, err)
			both, err := l.book.Observe(&first, two)
			require.NoError(t, err)
			for j := range was.Promises {
				if was.Promises[j].Status.IsLive() {
					a, b := &l.states[i+1].Promises[j], &both.Promises[j]
					require.Equal(t, []time.Duration{a.Elapsed, a.Paused}, []time.Duration{b.Elapsed, b.Paused}, "%v\n%s", m, l)
				}
			}
		}
	})
}
