package sla_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// bytesSource is chance that bytes decide, one for each choice; after them, a
// fixed sequence.
type bytesSource struct {
	bytes []byte
	rest  *rand.PCG
}

func (s *bytesSource) Uint64() uint64 {
	if len(s.bytes) == 0 {
		return s.rest.Uint64()
	}
	b := uint64(s.bytes[0])
	s.bytes = s.bytes[1:]
	return b * 0x0101010101010101 // in the high bits and in the low ones
}

// FuzzTrack makes a small book and a story of bytes, and has all laws hold: on a
// grid of ten minutes also that walking minute by minute comes to the same, off it,
// with instants from the first year to the last, all but that.
func FuzzTrack(f *testing.F) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 9))
		data := make([]byte, 200)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		f.Add(data)
	}
	f.Add([]byte{})
	days := taleDays()
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1000 {
			return
		}
		r := tales{rand.New(&bytesSource{data, rand.NewPCG(1, 1)})}
		wild := r.one(2)
		versions, tale := r.book(), r.story()
		if wild {
			r.wilder(tale)
		}
		b, err := sla.NewBook(schema(), versions...)
		require.NoError(t, err)
		l := liveThrough(t, b, versions, tale)
		l.r23()
		l.r24()
		l.r25()
		l.r26()
		l.r33()
		l.once()
		l.registered(r)
		l.explained(r)
		if wild {
			return
		}
		n := teller{book: versions, days: days}
		for i, m := range tale {
			n.tell(m)
			require.Equal(t, n.reports(), reports(&l.states[i]), "%s", l)
		}
	})
}

// wilder moves the moments of a story by less than a minute, and has some instants
// in it lie far away.
func (r tales) wilder(tale []sla.Moment) {
	far := []time.Time{
		time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), time.Date(1850, 6, 1, 12, 0, 0, 1000, time.UTC), time.Date(1999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2199, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	}
	shift := time.Duration(0)
	for i := range tale {
		m := &tale[i]
		if shift += time.Duration(r.Int64N(int64(time.Second))); r.one(3) {
			shift += time.Duration(r.Int64N(int64(time.Minute)))
		}
		m.At = m.At.Add(shift)
		for _, name := range []string{"opened", "due"} {
			if v := m.Facts[name]; !v.IsZero() && r.one(2) {
				m.Facts[name] = itsm.InstantValue(far[r.IntN(len(far))])
			}
		}
		if r.one(6) && m.Facts != nil {
			m.Facts["hold_reason"] = itsm.TextValue("caller")
			m.Facts["group"] = itsm.TextValue(pick(r, "two\nlines", " ", "\x00", "long long long long long long long long long long long long long long long"))
		}
	}
}
