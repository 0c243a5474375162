package register_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// Workers with registers of their own, whose clocks differ and step back, tick one
// store while it is used: each due rule fires once, none is missed.
func TestTickOfSeveralRegisters(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		const n, workers = 60, 5
		var ids []uuid.UUID
		for i := range n {
			rec := f.create(Open{Title: fmt.Sprint(i)})
			ids = append(ids, rec.ID)
			if i%2 == 0 {
				f.do(rec.ID, Wait{Until: start.Add(time.Duration(i) * time.Hour)})
			} else {
				f.do(rec.ID, Finish{Code: "x"})
			}
			if i%5 == 0 {
				f.do(rec.ID, Lock{On: true})
			}
		}
		busy := f.create(Open{Title: "busy"})
		var mu sync.Mutex
		fired, refused, committed := make(map[uuid.UUID]int), make(map[uuid.UUID]int), 0
		count := func(ticked register.Ticked[Ticket], err error) {
			mu.Lock()
			defer mu.Unlock()
			for _, f := range ticked.Fired {
				fired[f.Record.ID]++
			}
			for _, r := range ticked.Refused {
				refused[r.ID]++
			}
			if err != nil {
				t.Error(err)
			}
		}
		atOnce(workers, func(w int) {
			own := setup(t, b, func(o *register.Options[Ticket]) {
				o.Committed = func(_ context.Context, list []register.Change[Ticket]) {
					mu.Lock()
					committed += len(list)
					mu.Unlock()
				}
			})
			for round := range 6 {
				// From day to day, one worker ahead of the other, and now and then back.
				now := start.Add(time.Duration(round*2+w) * day)
				if round%2 == 1 {
					now = now.Add(-3 * day)
				}
				count(own.Tick(ctx, "acme", now, 7))
				if _, err := f.Do(ctx, ann, busy.ID, Ping{N: round}); err != nil {
					t.Error(err)
				}
			}
			for more := true; more; {
				ticked, err := own.Tick(ctx, "acme", start.Add(40*day), 7)
				count(ticked, err)
				more = ticked.More
			}
		})
		assert.Equal(t, n-n/5, committed)
		for i, id := range ids {
			want := []string{"open", []string{"wait", "finish"}[i%2]}
			command := []string{"resume", "close"}[i%2]
			if i%5 == 0 {
				want = append(want, "lock", "refusal of "+command)
				assert.Equal(t, []int{0, 1}, []int{fired[id], refused[id]}, i)
			} else {
				want = append(want, command)
				assert.Equal(t, []int{1, 0}, []int{fired[id], refused[id]}, i)
			}
			assert.Equal(t, want, f.told(id), i)
			f.checked(id)
		}
		assert.Equal(t, workers*6+1, f.checked(busy.ID).Revision)
	})
}

// meeting is a backend whose first readers wait for each other after they have
// read: all of them have then picked the same records.
type meeting struct {
	store.Backend
	mu     sync.Mutex
	missed int
	here   chan struct{}
}

func (b *meeting) Read(ctx context.Context, t store.Tenant, fn func(context.Context, store.Tx) error) error {
	err := b.Backend.Read(ctx, t, fn)
	b.mu.Lock()
	if b.missed--; b.missed == 0 {
		close(b.here)
	}
	b.mu.Unlock()
	<-b.here
	return err
}

func TestTickWorkersThatMeetOnOneRecord(t *testing.T) {
	const workers = 4
	b := &meeting{Backend: memory.New(), missed: workers, here: make(chan struct{})}
	f := setup(t, b.Backend)
	rec := f.do(f.create(Open{Title: "x"}).ID, Wait{Until: start})
	locked := f.do(f.create(Open{Title: "y"}).ID, Wait{Until: start}, Lock{On: true})
	var mu sync.Mutex
	fired, refused := 0, 0
	atOnce(workers, func(i int) {
		own := setup(t, b)
		ticked, err := own.Tick(ctx, "acme", start.Add(day-time.Duration(i)*time.Hour), 10)
		if err != nil {
			t.Error(err) // to lose is no error
		}
		mu.Lock()
		defer mu.Unlock()
		fired += len(ticked.Fired)
		refused += len(ticked.Refused)
	})
	assert.Equal(t, []int{1, 1}, []int{fired, refused})
	assert.Equal(t, []string{"open", "wait", "resume"}, f.told(rec.ID))
	assert.Equal(t, []string{"open", "wait", "lock", "refusal of resume"}, f.told(locked.ID))
	f.checked(rec.ID)
	f.checked(locked.ID)
}
