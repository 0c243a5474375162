package sla_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// busy is a book of three agreements with nine slots and levels of all kinds, and
// work to which so much happens: every third moment a public note, which resets a
// clock, every fourth a pause or its end, every hundredth another priority.
func busy(t testing.TB, n int) (*sla.Book, []sla.Moment) {
	t.Helper()
	levels := []sla.Level{{Name: "half", Share: "50"}, {Name: "soon", Before: "30m"}, {Name: "late", After: "0s", Repeat: sla.Repeat{Every: "4h", Times: 5}}, {Name: "wall", After: "2h", Wall: true}}
	for i := range levels {
		levels[i].Who, levels[i].What = []string{"lead"}, "notify"
	}
	var versions []sla.Version
	for i, kind := range sla.Kinds() {
		v := agreement(fmt.Sprintf("AGR%d", i), nil)
		v.Kind = kind
		for _, m := range sla.Metrics() {
			for p := range int64(3) {
				v.Terms.Targets = append(v.Terms.Targets, sla.Target{
					Name: fmt.Sprintf("%s %d", m.Name, p+1), Metric: m.Name, When: sla.Is("priority", itsm.IntValue(p+1)), Within: fmt.Sprintf("%dh", 4*(p+1)), Levels: levels,
				})
			}
		}
		versions = append(versions, v)
	}
	b, err := sla.NewBook(schema(), versions...)
	require.NoError(t, err)
	tale := []sla.Moment{{At: at(t, "23 09:00"), By: "ann", Facts: facts(t, "phase open, priority 2, customer acme, service service:mail")}}
	for i := 1; i < n; i++ {
		m := sla.Moment{At: tale[i-1].At.Add(7 * time.Minute), By: "bob", Facts: sla.Facts{}}
		switch {
		case i%3 == 0:
			m.Facts["public_notes"] = itsm.IntValue(int64(i))
		case i%4 == 1:
			m.Facts = facts(t, "phase paused, hold_reason caller")
		case i%4 == 3:
			m.Facts = facts(t, "phase active, -hold_reason")
		case i%100 == 2:
			m.Facts["priority"] = itsm.IntValue(int64(1 + i/100%3))
		default:
			m.Facts["group"] = itsm.TextValue(fmt.Sprint(i % 5))
		}
		tale = append(tale, m)
	}
	return b, tale
}

func BenchmarkTrack(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 5000} {
		book, tale := busy(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := book.Track(item(), tale...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/moment")
		})
	}
}

// BenchmarkObserve is one more moment after so many.
func BenchmarkObserve(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 5000} {
		book, tale := busy(b, n)
		w, err := book.Track(item(), tale[:n-1]...)
		require.NoError(b, err)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := book.Observe(&w, tale[n-1]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// longestLadder is the longest one that a target may have.
func longestLadder(t testing.TB) *sla.Book {
	var levels []sla.Level
	for i := range 50 {
		levels = append(levels, sla.Level{Name: fmt.Sprintf("L%02d", i), Share: fmt.Sprint(i + 1), Repeat: sla.Repeat{Every: "1s", Times: 1000}})
	}
	book, err := sla.NewBook(schema(), ladder(levels...))
	require.NoError(t, err)
	return book
}

// TestTheLongestLadder is climbed at once, in the order of its instants.
func TestTheLongestLadder(t *testing.T) {
	w, err := longestLadder(t).Track(item(), story(t, "23 09:00 ann: start\n24 16:00 bob: stop")...)
	require.NoError(t, err)
	p := only(t, w)
	require.Len(t, p.Fired, 50*1001)
	for i, f := range p.Fired[1:] {
		require.False(t, f.At.Before(p.Fired[i].At))
	}
}

func BenchmarkLadder(b *testing.B) {
	book := longestLadder(b)
	tale := story(b, "23 09:00 ann: start\n24 16:00 bob: stop")
	for b.Loop() {
		if _, err := book.Track(item(), tale...); err != nil {
			b.Fatal(err)
		}
	}
}
