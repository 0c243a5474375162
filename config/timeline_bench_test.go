package config_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

func wideID(n int) uuid.UUID {
	id := uuid.UUID{6: 0x70, 8: 0x80}
	binary.BigEndian.PutUint64(id[8:], uint64(n)*0x9e3779b97f4a7c15|1<<63)
	binary.BigEndian.PutUint32(id[:4], uint32(n))
	return id
}

// fiftyFacts is a CI with 20 attributes besides name, class and state, of which 50
// assertions were made: one of each, and later corrections.
func fiftyFacts(ci uuid.UUID) []config.Fact {
	f := config.Fact{Subject: ci, From: monday, Recorded: monday, By: "ann", Source: "inventory", Change: change}
	var list []config.Fact
	say := func(attribute string, v itsm.Value) {
		f.Attribute, f.Value = attribute, v
		list = append(list, f)
	}
	say("state", state(config.Live))
	say("class", word("server"))
	say("name", word("web-1"))
	for i := range 20 {
		say(fmt.Sprintf("attribute_%02d", i), number(int64(i)))
	}
	for i := range 27 {
		f.Recorded = f.Recorded.Add(hour)
		f.From, f.By, f.Reason = f.Recorded, "bob", ""
		if i%3 == 0 {
			f.From, f.Reason = monday.Add(time.Duration(i)*time.Minute), "Miscounted."
		}
		say(fmt.Sprintf("attribute_%02d", i*7%20), number(int64(100+i)))
	}
	return list
}

func manyCIs(b *testing.B, n int) *config.Timeline {
	b.Helper()
	tl, err := config.NewTimeline(func(yield func(config.Fact) bool) {
		for i := range n {
			for _, f := range fiftyFacts(wideID(i)) {
				if !yield(f) {
					return
				}
			}
		}
	}, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	return tl
}

// BenchmarkTimelineAt reads a CI of 20 attributes and 50 assertions as of an instant:
// class, state, and every attribute with its source and change.
func BenchmarkTimelineAt(b *testing.B) {
	for _, n := range []int{1, 20_000} {
		tl := manyCIs(b, n)
		at := config.AsOf{Valid: monday.Add(10 * hour), Recorded: monday.Add(20 * hour)}
		b.Run(fmt.Sprintf("cis=%d/of=state", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if v, known := tl.At(wideID(i*7919%n), at); !known || v.Class() != "server" {
					b.Fatal("lost")
				}
			}
		})
		b.Run(fmt.Sprintf("cis=%d/of=beliefs", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				v, _ := tl.At(wideID(i*7919%n), at)
				seen := 0
				for f := range v.Beliefs() {
					if !f.Value().IsZero() && f.Source() != "" && !f.Change().IsZero() {
						seen++
					}
				}
				if seen != 23 {
					b.Fatal(seen)
				}
			}
		})
		b.Run(fmt.Sprintf("cis=%d/of=facts", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				v, _ := tl.At(wideID(i*7919%n), at)
				seen := 0
				for f := range v.Beliefs() {
					if f := f.Fact(); !f.Recorded.IsZero() {
						seen++
					}
				}
				if seen != 23 {
					b.Fatal(seen)
				}
			}
		})
		b.Run(fmt.Sprintf("cis=%d/of=all", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				seen := 0
				for v := range tl.CIs(at) {
					if v.Class() != "" {
						seen++
					}
				}
				if seen != n {
					b.Fatal(seen)
				}
			}
		})
		b.Run(fmt.Sprintf("cis=%d/of=with", n), func(b *testing.B) {
			b.ReportAllocs()
			f := fiftyFacts(wideID(0))[49:]
			for i := 0; b.Loop(); i++ {
				f[0].Subject = wideID(i * 7919 % n)
				if _, err := tl.With(slices.Values(f), nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkTimelineLate tells a fact that was recorded before a hundred thousand others
// of its attribute.
func BenchmarkTimelineLate(b *testing.B) {
	var facts []config.Fact
	for i := range 100_000 {
		facts = append(facts, said(1, "data_size", number(int64(i)), i+1, -1, i+1))
	}
	tl, late := timeline(b, facts...), slices.Values([]config.Fact{said(1, "data_size", number(0), 0, -1, 0)})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tl.With(late, nil); err != nil {
			b.Fatal(err)
		}
	}
}
