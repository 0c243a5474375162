package sla

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestChangesCloseTogether puts clocks back and forth within days, which no zone
// has done so far: what overlaps then overlaps by more than one change.
func TestChangesCloseTogether(t *testing.T) {
	const begin, end = 1_767_225_600, 1_767_225_600 + 16*daySeconds // from 1 January 2026 on
	const step = 15 * 60
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 9))
		z := zone{at: []int64{math.MinInt64}, offset: []int32{0}, rule: math.MaxInt64}
		most, apart := 1+r.IntN(60), 1+r.Int64N(3*daySeconds/step)
		for at := int64(begin + 4*daySeconds); at < end-6*daySeconds; {
			at += step * (1 + r.Int64N(apart))
			z.add(at, int32(step*(r.IntN(2*most)-most)))
		}
		p := &plan{}
		for day := range p.week {
			if from := int32(step * r.IntN(80)); r.IntN(3) > 0 {
				p.week[day] = []span{{from, from + int32(step*(1+r.IntN(15)))}}
			}
		}
		p.week[6] = []span{{23 * 3600, 25 * 3600}}
		p.specials = []special{{day: dayOf(begin) + 7, spans: []span{{3600, 7200}}}}

		// What is open, step by step, from what the clock shows before and after.
		open := make([]bool, (end-begin)/step)
		for day := dayOf(begin) - 2; day.midnight() < end+2*daySeconds; day++ {
			for _, w := range p.on(day) {
				from, to := len(open), 0
				for i := range open {
					shown := z.wall(int64(begin + i*step))
					if shown >= day.midnight()+int64(w.from) {
						from = min(from, i)
					}
					if shown <= day.midnight()+int64(w.to) {
						to = i
						if shown < day.midnight()+int64(w.to) {
							to++ // a later step jumps over the closing, which is at its beginning
						}
					}
				}
				for i := from; i < min(to, len(open)); i++ {
					open[i] = true
				}
			}
		}
		pieces := expand(p, &z)
		from, _ := pieces.at(begin + 2*daySeconds)
		sum := int64(0)
		for i := 2 * daySeconds / step; i < len(open)-2*daySeconds/step; i++ {
			at := int64(begin + i*step)
			count, isOpen := pieces.at(at)
			if isOpen != open[i] || count-from != sum {
				t.Fatalf("seed %d: open at %d: %v, want %v; %d seconds until then, want %d; changes %v, offsets %v", seed, at, isOpen, open[i], count-from, sum, z.at, z.offset)
			}
			if open[i] {
				sum += step
			}
		}
	}
}
