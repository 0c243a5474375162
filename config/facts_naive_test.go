package config_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// believed is what facts, in the order they were recorded, say of an attribute at
// an instant, and since when without a break: the last one that covers the instant
// holds, from where no later one of another value covers it.
func believed(facts []config.Fact, attribute string, at time.Time) (v itsm.Value, since time.Time) {
	var after []config.Fact
	for i := len(facts) - 1; i >= 0; i-- {
		f := facts[i]
		if f.Attribute != attribute {
			continue
		}
		if f.From.After(at) || !f.Until.IsZero() && !f.Until.After(at) {
			after = append(after, f)
			continue
		}
		since = f.From
		for _, later := range after {
			if later.Until.After(since) && !later.Value.Equal(f.Value) {
				since = later.Until
			}
		}
		return f.Value, since
	}
	return itsm.Value{}, time.Time{}
}

// TestFactsGiveTheRecord leads CIs through random commands: what the facts of their
// events say about now is what the record says.
func TestFactsGiveTheRecord(t *testing.T) {
	lc := lifecycle(t, nil)
	done, refused := make(map[string]int), 0
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 20))
		w := itsmtest.New(t, lc)
		w.Do(ann, server())
		for range 60 {
			w.Wait(time.Duration(1+rng.IntN(50)) * hour)
			by, cmd := someCommand(rng, w)
			s := w.Stamp(by)
			before := *w.Record()
			e, err := w.Fire(cmd, s)
			if err != nil {
				require.True(t, typed(err), "%v", err)
				require.Equal(t, before, *w.Record())
				refused++
				continue
			}
			done[e.Name]++
		}
		var facts []config.Fact
		for _, e := range w.Events() {
			list := config.FactsOf(e)
			for _, f := range list {
				require.Equal(t, w.Record().ID, f.Subject)
				require.Equal(t, e.Stamp.At, f.Recorded)
				require.False(t, f.From.After(f.Recorded))
				require.True(t, f.From.Equal(f.Recorded) || f.Reason != "", "R34")
			}
			facts = append(facts, list...)
		}
		compare(t, fmt.Sprintf("seed %d", seed), w, facts)
	}
	for _, name := range []string{
		"describe", "own", "set attributes", "observe", "set need", "drop need", "reclassify", "maintain", "return", "retire", "reinstate", "correct state",
	} {
		require.Greater(t, done[name], 5, "%s: %v", name, done)
	}
	require.Greater(t, refused, 100)
}

func compare(t *testing.T, where string, w *walk, facts []config.Fact) {
	t.Helper()
	ci, now := w.Record(), w.Now()
	names := append(config.OwnAttributes(), config.DefaultModel().AttributeNames()...)
	for _, name := range names {
		v, since := believed(facts, name, now)
		require.True(t, v.Equal(ci.Value(name)), "%s: %s is %q in the record and %q in its facts", where, name, ci.Value(name), v)
		a, has := ci.Assertion(name)
		require.True(t, v.Equal(a.Value), "%s: %s", where, name)
		if !v.IsZero() {
			require.True(t, has)
			require.Equal(t, since, a.Since, "%s: %s", where, name)
		}
		drift, _ := believed(facts, "drift:"+name, now)
		d, drifts := ci.Drifts[name]
		if drifts && d.Observed.IsZero() {
			d.Observed = config.Absent()
		}
		require.True(t, drift.Equal(d.Observed), "%s: drift of %s", where, name)
	}
	_, since := believed(facts, "state", now)
	require.Equal(t, since, ci.InState, where)
	for _, group := range []string{"power", "net"} {
		n, _ := believed(facts, "need:"+group, now)
		require.Equal(t, ci.Need(group), int(n.Number().IntPart()), where)
	}
}

// someCommand is a command that may or may not be open.
func someCommand(rng *rand.Rand, w *walk) (itsm.Actor, itsm.Command[config.CI]) {
	set := make(values)
	for range 1 + rng.IntN(2) {
		name := []string{"memory", "cpus", "firmware", "hostname", "serial_number", "hypervisor_id"}[rng.IntN(6)]
		switch {
		case rng.IntN(6) == 0:
			set[name] = itsm.Value{}
		case name == "memory" || name == "cpus":
			set[name] = number(int64(1 + rng.IntN(3)))
		default:
			set[name] = word([]string{"a", "b"}[rng.IntN(2)])
		}
	}
	var since, until time.Time
	var reason string
	if rng.IntN(3) == 0 {
		since, reason = w.Now().Add(-time.Duration(rng.IntN(300))*hour), "Told late."
		if rng.IntN(2) == 0 {
			until = since.Add(time.Duration(1+rng.IntN(200)) * hour)
		}
	}
	under := change
	if rng.IntN(4) == 0 {
		under = itsm.Ref{}
	}
	move := config.Move{Change: under, Since: since, Reason: reason}
	group := []string{"power", "net"}[rng.IntN(2)]
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	switch rng.IntN(15) {
	case 0:
		c := config.Describe{Name: pick("x", "y", ""), Version: pick("1", "2", ""), Change: under, Since: since, Until: until, Reason: reason}
		if c.Version == "" && rng.IntN(2) == 0 {
			c.Clear = []string{pick("version", "description", "environment", "criticality")}
		}
		return ann, c
	case 1:
		return ann, config.Own{Owner: pick("bob", "eve"), Since: since, Until: until, Reason: reason}
	case 2, 3, 4:
		return ann, config.SetAttributes{Values: set, Change: under, Since: since, Until: until, Reason: reason}
	case 5, 6, 7:
		if rng.IntN(2) == 0 {
			set["version"] = word(pick("1", "2", "3"))
		}
		return probe, config.Observe{Source: "scan", Values: set, Seen: since}
	case 8:
		return ann, config.SetNeed{Need: config.Need{Group: group, AtLeast: 1 + rng.IntN(2)}, Change: under, Since: since, Until: until, Reason: reason}
	case 9:
		return ann, config.DropNeed{Group: group, Change: under, Since: since, Until: until, Reason: reason}
	case 10:
		return ann, config.Reclassify{
			Class: pick("server", "virtual machine"), Change: change, Since: since, Reason: reason,
			Values: values{"serial_number": {}, "hypervisor_id": {}, "firmware": {}},
		}
	case 14:
		s := []itsm.State{"", config.Live, config.InMaintenance, config.Retired}[rng.IntN(4)]
		return mia, config.CorrectState{State: s, Since: since, Until: until, Change: under, Reason: reason}
	case 11:
		return mia, config.Maintain(move)
	case 12:
		return mia, config.Return(move)
	}
	if w.Record().State == config.Retired {
		return mia, config.Reinstate(move)
	}
	return mia, config.Retire(move)
}
