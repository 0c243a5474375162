package sla_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// reportedWork is made-up work under agreements of all kinds, in any order.
func reportedWork(rng *rand.Rand, n int) ([]sla.Version, []*sla.Work) {
	from, middle := dated("2020-01-01 00:00"), dated("2026-11-10 12:00")
	a1, a2 := gasWorks(1, from, middle), gasWorks(2, middle, time.Time{})
	a2.Terms.Targets[1].Objective = "50"
	b := gasWorks(1, from, time.Time{})
	b.Agreement, b.Kind, b.Party = "AGR2", sla.OperationalLevel, "network team"
	c := gasWorks(1, from, time.Time{})
	c.Agreement, c.Kind, c.Party = "AGR3", sla.Underpinning, "carrier"
	c.Terms.Targets[0].Metric, c.Terms.Targets[0].When = sla.Update, sla.Condition{}
	c.Terms.Exceptions = nil
	versions := []sla.Version{b, a2, c, a1}

	var work []*sla.Work
	for i := range n {
		w := &sla.Work{Item: itsm.Ref{Kind: "incident", ID: fmt.Sprint(i)}, Facts: sla.Facts{}}
		w.ID = uuid.UUID{14: byte(i >> 8), 15: byte(i)}
		if rng.IntN(5) > 0 {
			w.Facts["priority"] = itsm.IntValue(rng.Int64N(12))
		}
		if rng.IntN(5) > 0 {
			w.Facts["group"] = itsm.TextValue(fmt.Sprint("g", rng.IntN(3)))
		}
		if rng.IntN(8) == 0 {
			w.Facts["cause"] = itsm.TextValue("flood")
		}
		for id := range rng.IntN(4) {
			v := &versions[rng.IntN(len(versions))]
			target := v.Terms.Targets[rng.IntN(2)]
			at := dated("2026-10-20 00:00").Add(time.Duration(rng.Int64N(int64(60 * 24 * time.Hour)))).Truncate(time.Microsecond)
			p := stoppedPromise(v.Agreement, v.Number, target.Name, at, time.Duration(rng.Int64N(int64(48*time.Hour))))
			p.ID, p.Kind, p.Party, p.Metric, p.Reopened = id+1, v.Kind, v.Party, target.Metric, rng.IntN(2)
			switch rng.IntN(6) {
			case 0:
				p.Status, p.Ending, p.Reason = sla.Cancelled, sla.Void, "over"
			case 1:
				p.Status, p.Ending = sla.Running, ""
			case 2:
				p.Status, p.Ending, p.Reason = sla.Paused, "", "caller"
			}
			w.Promises = append(w.Promises, p)
		}
		work = append(work, w)
	}
	rng.Shuffle(len(work), func(i, j int) { work[i], work[j] = work[j], work[i] })
	return versions, work
}

// naiveCell is the figures of the clocks with one key, reckoned the long way.
type naiveCell struct {
	met, judged, cancelled, cancelledLate, running int64

	missed, kept, excused, late []string
	elapsed                     []time.Duration
	targets, objectives         map[string]bool
}

func naiveCompliance(versions []sla.Version, work []*sla.Work, p sla.Period, by []sla.Dimension) map[string]*naiveCell {
	cells := make(map[string]*naiveCell)
	if len(by) == 0 {
		cells[""] = &naiveCell{targets: map[string]bool{}, objectives: map[string]bool{}}
	}
	for _, w := range work {
		for _, c := range w.Promises {
			i := slices.IndexFunc(versions, func(v sla.Version) bool { return v.Agreement == c.Agreement && v.Number == c.Version })
			v := versions[i]
			runs := c.Status == sla.Running || c.Status == sla.Paused || !c.Last.Before(p.To)
			if !c.Started.Before(p.To) || !runs && c.Last.Before(p.From) {
				continue
			}
			at := c.Last
			if runs {
				at = p.To.Add(-time.Microsecond)
			}
			var key []string
			for _, d := range by {
				switch d {
				case sla.ByTarget:
					key = append(key, c.Agreement+" "+c.Target)
				case sla.ByAgreement:
					key = append(key, c.Agreement)
				case sla.ByVersion:
					key = append(key, fmt.Sprintf("%s version %d", c.Agreement, c.Version))
				case sla.ByKind:
					key = append(key, string(c.Kind))
				case sla.ByMetric:
					key = append(key, c.Metric)
				case sla.ByParty:
					key = append(key, c.Party)
				case sla.ByDay, sla.ByWeek, sla.ByMonth, sla.ByQuarter, sla.ByYear:
					key = append(key, sla.Cycle(d).Name(at, p.Zone))
				default:
					key = append(key, w.Facts[strings.TrimPrefix(string(d), "facts.")].String())
				}
			}
			k := strings.Join(key, "|")
			n := cells[k]
			if n == nil {
				n = &naiveCell{targets: map[string]bool{}, objectives: map[string]bool{}}
				cells[k] = n
			}
			name := fmt.Sprintf("%s %s.%d", c.Last.Format(time.RFC3339Nano), w.Item.ID, c.ID)
			n.targets[c.Agreement+"|"+c.Target] = true
			for _, target := range v.Terms.Targets {
				if target.Name == c.Target {
					n.objectives[target.Objective] = true
				}
			}
			flooded := w.Facts["cause"].Text() == "flood" && v.Terms.Exceptions != nil
			switch {
			case runs:
				n.running++
				elapsed := c.Elapsed
				if c.Status == sla.Running && c.Last.Before(p.To) {
					elapsed += p.To.Sub(c.Last)
				}
				if c.Last.After(p.To) {
					elapsed -= c.Last.Sub(p.To)
				}
				if elapsed > c.Goal && !flooded {
					n.late = append(n.late, fmt.Sprintf("%s.%d", w.Item.ID, c.ID))
				}
			case c.Status == sla.Cancelled:
				n.cancelled++
				if !c.Breached.IsZero() {
					n.cancelledLate++
				}
			case flooded:
				n.excused = append(n.excused, name)
			default:
				n.judged++
				n.elapsed = append(n.elapsed, c.Elapsed)
				if c.Elapsed <= c.Goal {
					n.met++
					n.kept = append(n.kept, name)
				} else {
					n.missed = append(n.missed, name)
				}
			}
		}
	}
	return cells
}

// TestComplianceAgainstANaiveOne, over random work and breakdowns.
func TestComplianceAgainstANaiveOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(2026, 11))
	berlin := zoneOf(t, "Europe/Berlin")
	dimensions := append(sla.Dimensions(), sla.ByFact("priority"), sla.ByFact("group"), sla.ByFact("cause"))
	for range 60 {
		versions, work := reportedWork(rng, rng.IntN(300))
		b := bookWith(t, versions...)
		p := sla.Period{From: dated("2026-10-31 23:00"), To: dated("2026-12-05 10:30"), Zone: berlin}
		o := &sla.ComplianceOptions{Kept: true, By: [][]sla.Dimension{}}
		for range 3 {
			var by []sla.Dimension
			cycle := false
			for _, i := range rng.Perm(len(dimensions))[:1+rng.IntN(4)] {
				isCycle := slices.Contains(sla.Cycles(), sla.Cycle(dimensions[i]))
				if !isCycle || !cycle {
					by = append(by, dimensions[i])
				}
				cycle = cycle || isCycle
			}
			o.By = append(o.By, by)
		}
		c, err := sla.MeasureCompliance(slices.Values(work), b, p, o)
		require.NoError(t, err)
		sameAsNaive(t, naiveCompliance(versions, work, p, nil), []sla.Cell{c.Cell})
		for _, table := range c.By {
			sameAsNaive(t, naiveCompliance(versions, work, p, table.By), table.Cells)
		}
		rng.Shuffle(len(work), func(i, j int) { work[i], work[j] = work[j], work[i] })
		again, err := sla.MeasureCompliance(slices.Values(work), b, p, o)
		require.NoError(t, err)
		require.Equal(t, c.String(), again.String(), "in whatever order it comes")
	}
}

func sameAsNaive(t *testing.T, want map[string]*naiveCell, cells []sla.Cell) {
	t.Helper()
	require.Len(t, cells, len(want))
	for _, c := range cells {
		n := want[strings.Join(c.Key, "|")]
		require.NotNil(t, n, c.Key)
		require.Equal(t, []int64{n.met, n.judged, n.cancelled, n.cancelledLate, n.running}, []int64{c.Met.Num, c.Met.Den, c.Cancelled, c.CancelledLate, c.Running}, c.Key)
		require.Equal(t, len(n.targets) == 1, c.Target != "", c.Key)
		require.Equal(t, len(n.targets) == 1 && len(n.objectives) == 1, c.Objective != "", c.Key)
		require.Equal(t, sorted(n.missed), sorted(shown(c.Missed)), c.Key)
		require.Equal(t, sorted(n.kept), sorted(shown(c.Kept)), c.Key)
		require.Len(t, c.Excused, len(n.excused))
		require.ElementsMatch(t, n.late, shown(c.Late), c.Key)
		slices.Sort(n.elapsed)
		for _, rank := range c.Elapsed.Percentiles {
			require.Equal(t, n.elapsed[(len(n.elapsed)*rank.Rank+99)/100-1], rank.Time)
		}
		require.Equal(t, n.judged, c.Elapsed.Count)
		causes := int64(0)
		for _, m := range c.Causes {
			if m.Field == "cause" {
				causes += m.Count
			}
		}
		require.Len(t, c.Missed, int(causes))
	}
}

func sorted(list []string) []string {
	var plain []string
	for _, s := range list {
		plain = append(plain, s[strings.LastIndex(s, " ")+1:])
	}
	slices.Sort(plain)
	return plain
}

func shown(list []sla.Judged) []string {
	var names []string
	for _, j := range list {
		names = append(names, fmt.Sprintf("%s.%d", j.Item.ID, j.Promise))
	}
	return names
}
