package register_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// TestReplayIsTheStoredRecord gives random commands, many of them refused, with
// values in every form but the normal one, and compares after each what was
// returned, what is stored, and what the journal alone gives.
func TestReplayIsTheStoredRecord(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		for seed := range uint64(20) {
			f := setup(t, b)
			g := generator{rand.New(rand.NewPCG(seed, 7)), nil}
			accepted, refused := 0, 0
			for range 60 {
				f.clock.add(time.Duration(g.IntN(3600)) * time.Second)
				if g.IntN(10) == 0 {
					_, err := f.Tick(ctx, ann.Tenant, f.clock.Now(), 100)
					require.NoError(t, err)
					continue
				}
				var rec Ticket
				var err error
				if len(g.ids) == 0 || g.IntN(8) == 0 {
					rec, err = f.Create(ctx, ann, g.open())
					g.ids = append(g.ids, rec.ID)
					require.NoError(t, err)
				} else {
					rec, err = f.Do(ctx, ann, g.id(), g.command())
				}
				if err != nil {
					require.ErrorIs(t, err, itsm.ErrRefused)
					refused++
					continue
				}
				accepted++
				require.Equal(t, asJSON(t, rec), string(f.body(rec.ID).Body))
			}
			require.Greater(t, accepted, 20)
			require.Greater(t, refused, 2)
			for _, id := range g.ids {
				stored := string(f.body(id).Body)
				replayed, err := f.Replay(ctx, ann, id)
				require.NoError(t, err)
				require.Equal(t, stored, asJSON(t, replayed))
				require.Equal(t, stored, asJSON(t, f.get(id)))
				_, err = f.Verify(ctx, ann, id)
				require.NoError(t, err)
			}
		}
	})
}

// generator makes commands that hurt.
type generator struct {
	*rand.Rand
	ids []uuid.UUID
}

func (g *generator) id() uuid.UUID { return g.ids[g.IntN(len(g.ids))] }

func (g *generator) time() time.Time {
	zones := []*time.Location{time.UTC, time.Local, time.FixedZone("odd", 5*3600+45*60), time.FixedZone("", -1)}
	return time.Unix(g.Int64N(4e9)-2e9, g.Int64N(1e9)).In(zones[g.IntN(len(zones))])
}

func (g *generator) text() string {
	return []string{"", "plain", "Größe 漢字 \U0001F600", "<b>&amp;\u2028", "a\x00b\"\\", "\uFFFD"}[g.IntN(6)]
}

func (g *generator) texts() []string {
	list := make([]string, g.IntN(4))
	for i := range list {
		list[i] = g.text()
	}
	return list
}

func (g *generator) money() itsm.Money {
	m := money([]string{"", "12.50 EUR", "0.00 USD", "1000 EUR", "-0.10 CHF"}[g.IntN(5)])
	m.Amount = m.Amount.Shift(int32(g.IntN(7) - 3))
	return m
}

func (g *generator) custom() map[string]itsm.Value {
	m := make(map[string]itsm.Value)
	for range g.IntN(5) {
		m[fmt.Sprint("k", g.IntN(3))] = []itsm.Value{
			{}, itsm.TextValue(g.text()), itsm.NumberValue(g.money().Amount), itsm.InstantValue(g.time()),
			itsm.SpanValue(time.Duration(g.Int64())), itsm.TruthValue(g.IntN(2) == 0),
			itsm.ReferenceValue(itsm.Ref{Kind: "ci", ID: "4711"}),
		}[g.IntN(7)]
	}
	return m
}

func (g *generator) open() Open {
	c := Open{Title: "t", Group: g.text(), Watchers: g.texts(), Budget: g.money(), Custom: g.custom()}
	if g.IntN(2) == 0 {
		c.Deadline = g.time()
	}
	if len(g.ids) > 0 && g.IntN(2) == 0 {
		c.Parent = g.id()
	}
	return c
}

func (g *generator) command() itsm.Command[Ticket] {
	switch g.IntN(10) {
	case 0, 1, 2:
		times := make([]time.Time, g.IntN(3))
		for i := range times {
			times[i] = g.time()
		}
		return Edit{Title: g.text(), Watchers: g.texts(), Budget: g.money(), Custom: g.custom(), Times: times, Tags: g.texts()}
	case 3:
		return Wait{Until: g.time()}
	case 4:
		return Resume{}
	case 5:
		return Finish{Code: "code", Children: 99}
	case 6:
		return Reopen{}
	case 7:
		return Lock{On: g.IntN(3) == 0}
	case 8:
		return Link{Peer: g.id()}
	}
	return Ping{N: g.IntN(3)}
}

func TestWhatIsFiredIsNormal(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		there := time.FixedZone("there", 3600)
		at := time.Date(2026, 3, 2, 10, 0, 0, 123456789, there)
		watchers := []string{}
		times := []time.Time{at}
		rec := f.create(Open{Title: "x", Watchers: watchers, Budget: itsm.Money{Amount: money("12.5 EUR").Amount.Shift(3).Truncate(0), Currency: "EUR"}, Deadline: at, Custom: map[string]itsm.Value{}})
		assert.Nil(t, rec.Watchers)
		assert.Nil(t, rec.Custom)
		assert.Equal(t, time.Date(2026, 3, 2, 9, 0, 0, 123456000, time.UTC), rec.Deadline)
		assert.Equal(t, money("12500 EUR"), rec.Budget)
		rec = f.do(rec.ID, Edit{Times: times, Tags: []string{}})
		assert.Nil(t, rec.Tags)
		assert.Equal(t, at, times[0], "the caller's slice is the caller's")

		// What a decision fills in is brought to the same form before it is applied.
		rec = f.create(Open{Title: "y"})
		assert.Equal(t, itsm.Normal(rec.Deadline), rec.Deadline)
		assert.Equal(t, rec.Opened.Add(time.Hour+time.Microsecond), rec.Deadline)
		assert.Equal(t, rec, f.get(rec.ID))
		event := f.history(rec.ID)[0].Event
		assert.Equal(t, rec.Deadline, event.Command.(Open).Deadline)
	})
}

func TestBadTextAndTimesAreNamed(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		f := setup(t, b)
		rec := f.create(Open{Title: "x"})
		far := time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
		huge := itsm.NumberValue(money("1 EUR").Amount.Shift(1_000_000_000))
		for field, cmd := range map[string]itsm.Command[Ticket]{
			"title":           Edit{Title: "a\xffb"},
			"watchers[1]":     Edit{Watchers: []string{"ok", "\xc3"}},
			"budget.Currency": Edit{Budget: itsm.Money{Currency: "\xff"}},
			"budget.Amount":   Edit{Budget: itsm.Money{Currency: "EUR", Amount: huge.Number()}},
			"custom.text":     Edit{Custom: map[string]itsm.Value{"text": itsm.TextValue("\xff"), "x": itsm.TextValue("\xff")}},
			"custom.number":   Edit{Custom: map[string]itsm.Value{"number": huge}},
			"custom.small":    Edit{Custom: map[string]itsm.Value{"small": itsm.NumberValue(money("1 EUR").Amount.Shift(-61))}},
			"custom.instant":  Edit{Custom: map[string]itsm.Value{"instant": itsm.InstantValue(far)}},
			"custom.\uFFFD":   Edit{Custom: map[string]itsm.Value{"\xff": itsm.TextValue("x")}},
			"times[2]":        Edit{Times: []time.Time{start, start, far}},
			"until":           Wait{Until: far},
		} {
			_, err := f.Do(ctx, ann, rec.ID, cmd)
			assert.Equal(t, field, requireAs[*itsm.FieldError](t, err).Field)
		}
		_, err := f.With(callAt(start.Add(time.Hour), "\xff")).Do(ctx, ann, rec.ID, Lock{})
		assert.Equal(t, "call.reason", requireAs[*itsm.FieldError](t, err).Field)
		assert.Equal(t, 1, f.get(rec.ID).Revision)
	})
}
