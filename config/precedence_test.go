package config_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// ranking is the default policy with rows of precedence.
func ranking(rows ...config.Precedence) *config.Policy {
	return under(func(p *config.Policy) { p.Precedence = rows })
}

func saw(source string, seen time.Time, v string) config.Observe {
	return config.Observe{Source: source, Seen: seen, Values: values{"firmware": word(v)}}
}

// TestPrecedenceFaults: a row that makes no sense, or never counts, is named.
func TestPrecedenceFaults(t *testing.T) {
	agent := []string{"agent"}
	for field, rows := range map[string][]config.Precedence{
		"precedence[0].sources":       {{}},
		"precedence[0].sources[1]":    {{Sources: []string{"a", "a"}}},
		"precedence[0].class":         {{Class: "toaster", Sources: agent}},
		"precedence[0].attributes[1]": {{Class: "server", Attributes: []string{"firmware", "colour"}, Sources: agent}},
		"precedence[0].attributes[0]": {{Attributes: []string{"memory"}, Sources: agent}}, // controlled
		"precedence[1].attributes[0]": {{Sources: agent}, {Class: "server", Attributes: []string{"firmware"}, Sources: agent}},
		"precedence[1]":               {{Sources: agent}, {Class: "server", Sources: agent}},
		"precedence[0].yields":        {{Sources: agent, Yields: itsm.Wait{Days: -1}}},
	} {
		_, err := config.Process(ranking(rows...))
		itsmtest.RequireField(t, err, field)
		_, err = config.RelationProcess(ranking(rows...))
		itsmtest.RequireField(t, err, field)
	}
	fine := ranking(
		config.Precedence{Class: "server", Attributes: []string{"firmware"}, Sources: agent},
		config.Precedence{Class: "computer", Sources: []string{"scan"}, Yields: itsm.Wait{Days: 30}},
		config.Precedence{Attributes: []string{"name"}, Sources: agent},
	)
	lc := lifecycle(t, fine)
	fine.Precedence[0].Sources[0], fine.Precedence[0].Attributes[0] = "scan", "hostname" // the policy was copied
	w := itsmtest.New(t, lc)
	w.Do(ann, server())
	w.Wait(hour).Do(probe, saw("agent", time.Time{}, "1"))
	w.Wait(hour).Do(probe, saw("scan", time.Time{}, "2"))
	require.Equal(t, word("1"), w.Record().Value("firmware"))
}

// everyDay is a calendar of which every day and hour counts.
type everyDay struct{}

func (everyDay) Add(t time.Time, d time.Duration) time.Time { return t.Add(d) }
func (everyDay) AddDays(t time.Time, n int) time.Time       { return t.AddDate(0, 0, n) }

// TestPrecedence goes case by case: after the looks the value is that, and what else
// was seen stands beside it.
func TestPrecedence(t *testing.T) {
	order := config.Precedence{Sources: []string{"agent", "scan"}}
	yielding, never := order, order
	yielding.Yields, never.Yields = itsm.Wait{Days: 10}, itsm.Wait{Calendar: everyDay{}}
	type look struct {
		source string
		day    int
		value  string // "": it saw none
	}
	for name, row := range map[string]struct {
		row    config.Precedence
		looks  []look
		want   string
		beside string
		by     string
	}{
		"a lower one does not set":                    {order, []look{{"agent", 1, "a"}, {"scan", 2, "s"}}, "a", "s", "agent"},
		"nor does one that is not listed":             {order, []look{{"scan", 1, "s"}, {"other", 2, "o"}}, "s", "o", "scan"},
		"nor does it see that there is none":          {order, []look{{"agent", 1, "a"}, {"scan", 2, ""}}, "a", "none", "agent"},
		"a higher one sets":                           {order, []look{{"scan", 1, "s"}, {"agent", 2, "a"}}, "a", "", "agent"},
		"though it looked before":                     {order, []look{{"scan", 2, "s"}, {"agent", 1, "a"}}, "a", "s", "agent"},
		"that there is none, too":                     {order, []look{{"scan", 2, "s"}, {"agent", 1, ""}}, "", "s", "agent"},
		"not if it looked again since":                {order, []look{{"agent", 2, "b"}, {"agent", 1, "a"}}, "b", "", "agent"},
		"those not listed are equal":                  {order, []look{{"x", 1, "x"}, {"y", 2, "y"}}, "y", "", "y"},
		"and the older says nothing":                  {order, []look{{"x", 2, "x"}, {"y", 1, "y"}}, "x", "", "x"},
		"the lower one agrees":                        {order, []look{{"agent", 1, "a"}, {"scan", 2, "s"}, {"scan", 3, "a"}}, "a", "", "agent"},
		"the higher one comes to agree":               {order, []look{{"agent", 1, "a"}, {"scan", 2, "s"}, {"agent", 3, "s"}}, "s", "", "agent"},
		"the higher one insists":                      {order, []look{{"agent", 1, "a"}, {"scan", 2, "s"}, {"agent", 3, "a"}}, "a", "s", "agent"},
		"that it was so before is not learnt late":    {order, []look{{"agent", 3, "a"}, {"scan", 2, "s"}, {"agent", 1, "a"}}, "a", "", "agent"},
		"the higher one sees something else":          {order, []look{{"agent", 1, "a"}, {"scan", 2, "s"}, {"agent", 3, "b"}}, "b", "", "agent"},
		"what was before is no contradiction":         {order, []look{{"scan", 1, "s"}, {"agent", 2, "a"}, {"scan", 1, "t"}}, "a", "", "agent"},
		"a confirmation takes the attribute over":     {order, []look{{"scan", 1, "a"}, {"agent", 2, "a"}, {"scan", 3, "s"}}, "a", "s", "scan"},
		"nor ever, in whatever calendar":              {never, []look{{"agent", 1, "a"}, {"scan", 90, "s"}}, "a", "s", "agent"},
		"it yields not":                               {yielding, []look{{"agent", 1, "a"}, {"scan", 10, "s"}}, "a", "s", "agent"},
		"it yields":                                   {yielding, []look{{"agent", 1, "a"}, {"scan", 11, "s"}}, "s", "", "scan"},
		"it yields although a lower one confirmed":    {yielding, []look{{"agent", 1, "a"}, {"scan", 9, "a"}, {"scan", 11, "s"}}, "s", "", "scan"},
		"and does not as it looked again":             {yielding, []look{{"agent", 1, "a"}, {"agent", 9, "a"}, {"scan", 11, "s"}}, "a", "s", "agent"},
		"and comes back":                              {yielding, []look{{"agent", 1, "a"}, {"scan", 11, "s"}, {"agent", 12, "a"}}, "a", "", "agent"},
		"it yields to the next, whoever looks":        {yielding, []look{{"agent", 1, "a"}, {"scan", 9, "s"}, {"other", 12, "o"}}, "s", "o", "scan"},
		"the next that confirmed holds it":            {yielding, []look{{"agent", 1, "a"}, {"scan", 9, "a"}, {"other", 12, "o"}}, "a", "o", "agent"},
		"a look that would have yielded says nothing": {yielding, []look{{"scan", 12, "s"}, {"agent", 1, "a"}}, "s", "", "scan"},
		"what is seen otherwise is forgotten":         {yielding, []look{{"agent", 1, "a"}, {"scan", 2, "s"}, {"agent", 12, "a"}}, "a", "", "agent"},
	} {
		t.Run(name, func(t *testing.T) {
			w := itsmtest.New(t, lifecycle(t, ranking(row.row)))
			w.Do(ann, server())
			began := w.Now()
			w.Wait(100 * day)
			for _, l := range row.looks {
				o := saw(l.source, began.Add(time.Duration(l.day)*day), l.value)
				if l.value == "" {
					o.Values["firmware"] = itsm.Value{}
				}
				w.Wait(hour).Do(probe, o)
			}
			ci := w.Record()
			require.Equal(t, row.want, ci.Value("firmware").Text())
			a, _ := ci.Assertion("firmware")
			require.Equal(t, row.by, a.Source)
			require.Empty(t, ci.Drifts)
			if row.beside == "" {
				require.Empty(t, ci.Outranked())
				require.NotContains(t, deficiencies(config.Findings(nil, ci, w.Now())), config.Disagreed)
				return
			}
			require.Equal(t, []string{"firmware"}, ci.Outranked())
			var newest config.Look
			for _, l := range ci.Looks["firmware"][1:] {
				if l.Seen.After(newest.Seen) {
					newest = l
				}
			}
			if row.beside == "none" {
				row.beside = ""
			}
			require.Equal(t, row.beside, newest.Value.Text())
			require.Contains(t, deficiencies(config.Findings(nil, ci, w.Now())), config.Disagreed)
		})
	}
}

// TestPrecedenceOfWhatIsSaidByHand: it is always set, and counts from then on for what
// the policy says.
func TestPrecedenceOfWhatIsSaidByHand(t *testing.T) {
	correct := config.SetAttributes{Values: values{"firmware": word("mine")}}
	high := lifecycle(t, ranking(config.Precedence{Sources: []string{config.ByHand, "agent", "scan"}}))
	w := itsmtest.New(t, high)
	w.Do(ann, server())
	w.Wait(hour).Do(probe, saw("agent", time.Time{}, "1"))
	w.Wait(hour).Do(probe, saw("scan", time.Time{}, "2"))
	e := w.Wait(hour).Do(ann, correct)
	require.Equal(t, []string{"firmware"}, e.Command.(config.SetAttributes).ByHand)
	require.Equal(t, []string{"firmware"}, e.Command.(config.SetAttributes).Agreed, "somebody said what is so")
	w.Wait(hour).Do(probe, saw("agent", time.Time{}, "1"))
	require.Equal(t, word("mine"), w.Record().Value("firmware"))
	require.Equal(t, []string{"firmware"}, w.Record().Outranked())
	a, _ := w.Record().Assertion("firmware")
	require.Equal(t, "ann", a.Source, "blame names who said it")
	w.Wait(hour).Do(probe, config.Observe{Source: "scan", Values: values{"name": word("r2"), "hostname": word("r2")}})
	require.Equal(t, "web-1", w.Record().Name, "so it was registered, by hand")
	w.Wait(hour).Do(ann, config.Describe{Name: "robot"})
	require.Equal(t, []string{"firmware", "hostname"}, w.Record().Outranked())
	before := w.Now()
	w.Wait(hour).Do(ann, config.SetAttributes{Values: values{"firmware": {}}}) // and so it is left to the sources
	late := w.Wait(hour).Do(probe, saw("agent", before, "1"))
	require.Equal(t, []string{"firmware"}, late.Command.(config.Observe).Stale, "but not to what they saw before")
	w.Wait(hour).Do(probe, saw("other", time.Time{}, "3"))
	require.Equal(t, word("3"), w.Record().Value("firmware"))

	moved := w.Fork()
	moved.Wait(hour).Do(ann, config.Reclassify{Class: "virtual machine", Values: values{"serial_number": {}, "firmware": {}, "hostname": word("vm")}, Change: change})
	require.Empty(t, moved.Record().Outranked())
	moved.Wait(hour).Do(probe, config.Observe{Source: "agent", Values: values{"hostname": word("x")}})
	require.Equal(t, word("vm"), moved.Record().Value("hostname"))

	first := itsmtest.New(t, lifecycle(t, ranking(config.Precedence{Sources: []string{"agent", config.ByHand}})))
	first.Do(ann, server())
	for _, row := range [][2]string{{"scan", "web-1.example"}, {"agent", "x"}} { // both looked before it was registered
		first.Wait(hour).Do(probe, config.Observe{Source: row[0], Seen: first.Record().Opened.Add(-hour), Values: values{"hostname": word("x")}})
		require.Equal(t, word(row[1]), first.Record().Value("hostname"))
	}

	// It is not ranked: it holds until somebody looks.
	low := itsmtest.New(t, lifecycle(t, ranking(config.Precedence{Sources: []string{"agent"}})))
	low.Do(ann, server())
	low.Wait(hour).Do(probe, saw("agent", time.Time{}, "1"))
	low.Wait(hour).Do(ann, correct)
	require.Equal(t, word("mine"), low.Record().Value("firmware"))
	low.Wait(hour).Do(probe, saw("scan", time.Time{}, "2"))
	require.Equal(t, word("2"), low.Record().Value("firmware"))

	// What a program says is of the program, and what was told from elsewhere of that.
	told := itsmtest.New(t, high)
	c := server()
	c.Source, c.Attributes["firmware"] = "scan", word("0")
	require.Empty(t, told.Do(ann, c).Command.(config.Register).ByHand)
	told.Wait(hour).Do(probe, saw("agent", time.Time{}, "1"))
	require.Equal(t, word("1"), told.Record().Value("firmware"))
	told.Wait(hour).Do(system, correct)
	told.Wait(hour).Do(probe, saw("agent", time.Time{}, "1"))
	require.Equal(t, word("1"), told.Record().Value("firmware"))
}

// TestR20_PrecedenceDoesNotOutvoteADrift: what any source sees of a controlled attribute
// is kept; what is outranked of an observed one is no drift, neither of the CI nor from a
// baseline, and the timeline knows it with who saw it.
func TestR20_PrecedenceDoesNotOutvoteADrift(t *testing.T) {
	w := itsmtest.New(t, lifecycle(t, ranking(config.Precedence{Sources: []string{config.ByHand, "agent"}})))
	w.Do(ann, server())
	w.Wait(hour).Do(probe, config.Observe{Source: "agent", Values: values{"memory": number(64), "firmware": word("1")}})
	taken := w.Now()
	w.Wait(hour).Do(probe, config.Observe{Source: "scan", Values: values{"memory": number(128), "firmware": word("2")}})
	seen := w.Now()
	require.Equal(t, []string{"memory"}, w.Record().Drifting())
	require.Equal(t, []string{"firmware"}, w.Record().Outranked())
	require.Equal(t, []config.Look{{Source: "agent", Value: word("1"), First: taken, Seen: taken}, {Source: "scan", Value: word("2"), First: seen, Seen: seen}}, w.Record().Looks["firmware"])
	require.Equal(t, "is 1 (agent), and was seen as 2 by scan since "+seen.Format(time.RFC3339), config.Findings(nil, w.Record(), w.Now())[1].Problem)
	agreed := w.Wait(hour).Do(probe, saw("scan", time.Time{}, "1"))
	require.Equal(t, []string{"firmware"}, agreed.Command.(config.Observe).Agreed)

	var facts []config.Fact
	for _, e := range w.Events() {
		facts = append(facts, config.FactsOf(e)...)
	}
	tl := timeline(t, facts...)
	at := config.AsOf{Valid: seen, Recorded: seen}
	b, err := tl.Baseline("b", config.Scope{}, config.AsOf{Valid: taken, Recorded: taken})
	require.NoError(t, err)
	list, err := tl.Drift(config.DriftQuestion{Baseline: b, Now: at})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "memory", list[0].Attribute)
	v, known := tl.At(w.Record().ID, at)
	require.True(t, known)
	f, _ := v.Fact("outranked:firmware")
	require.Equal(t, config.Fact{Subject: w.Record().ID, Attribute: "outranked:firmware", Value: word("2"), From: seen, Recorded: seen, By: "probe", Source: "scan"}, f)
	f, _ = v.Fact("firmware")
	require.Equal(t, "agent", f.Source)
	require.NotContains(t, tl.Instants(w.Record().ID, time.Time{}), seen)
	v, _ = tl.At(w.Record().ID, config.AsOf{})
	require.True(t, v.Value("outranked:firmware").IsZero())
}

// TestR20_OutrankedLooksEndWhenControlled: of an attribute that has become controlled what
// was outranked is over with the next look, agreeing or not, in the timeline too.
func TestR20_OutrankedLooksEndWhenControlled(t *testing.T) {
	seen := func(source, name string) config.Observe {
		return config.Observe{Source: source, Values: values{"name": word(name)}}
	}
	w := itsmtest.New(t, lifecycle(t, ranking(config.Precedence{Sources: []string{"agent", "scan"}})))
	w.Do(ann, server())
	w.Wait(hour).Do(probe, seen("agent", "web"))
	w.Wait(hour).Do(probe, seen("scan", "r2"))
	require.Equal(t, []string{"name"}, w.Record().Outranked())
	controlled := w.On(lifecycle(t, under(func(p *config.Policy) { p.Controlled = append(p.Controlled, "name") })))
	for name, drifting := range map[string][]string{"web": {}, "r3": {"name"}} {
		one := controlled.Fork()
		e := one.Wait(hour).Do(probe, seen("scan", name))
		require.Equal(t, []string{"name"}, e.Command.(config.Observe).Agreed)
		require.Equal(t, drifting, one.Record().Drifting())
		require.Empty(t, one.Record().Looks)
		var facts []config.Fact
		for _, e := range one.Events() {
			facts = append(facts, config.FactsOf(e)...)
		}
		is, _ := believed(facts, "outranked:name", one.Now())
		require.True(t, is.IsZero())
	}
}

// TestPrecedenceOfSourcesNoLongerListed: they rank as others do that are not, and of these
// the newest look counts.
func TestPrecedenceOfSourcesNoLongerListed(t *testing.T) {
	w := itsmtest.New(t, lifecycle(t, ranking(config.Precedence{Sources: []string{"agent", "scan", "import"}})))
	w.Do(ann, server())
	before := w.Now()
	for _, source := range []string{"agent", "scan", "import"} {
		w.Wait(hour).Do(probe, saw(source, time.Time{}, source))
	}
	require.Len(t, w.Record().Looks["firmware"], 3)
	w = w.On(lifecycle(t, ranking(config.Precedence{Sources: []string{"probe"}})))
	late := w.Fork()
	late.Wait(hour).Do(probe, saw("probe", before, "probe"))
	require.Equal(t, word("probe"), late.Record().Value("firmware"))
	looks := late.Record().Looks["firmware"]
	require.Len(t, looks, 2, "the one that is listed and one of the others")
	require.Equal(t, "import", looks[1].Source)
	w.Wait(hour).Do(probe, saw("scan", time.Time{}, "s"))
	require.Equal(t, word("s"), w.Record().Value("firmware"))
	require.Empty(t, w.Record().Looks)
}

// TestLookOfWhatWasCorrected: what is so only since later, as somebody corrected, was not
// seen for the first time after it was seen last. And looks are kept with their record.
func TestLookOfWhatWasCorrected(t *testing.T) {
	w := itsmtest.New(t, lifecycle(t, ranking(config.Precedence{Sources: []string{"agent", "scan"}})))
	w.Do(ann, server())
	began := w.Now()
	w.Wait(day).Do(probe, saw("agent", time.Time{}, "a"))
	w.Wait(9*day).Do(ann, config.SetAttributes{Values: values{"firmware": word("b")}, Since: began.Add(2 * day), Until: began.Add(5 * day), Reason: "The log says so."})
	w.Wait(day).Do(probe, config.Observe{Source: "scan", Seen: began.Add(6 * day), Values: values{"firmware": {}}})
	agent := config.Look{Source: "agent", Value: word("a"), First: began.Add(day), Seen: began.Add(day)}
	scan := config.Look{Source: "scan", First: began.Add(6 * day), Seen: began.Add(6 * day)}
	require.Equal(t, map[string][]config.Look{"firmware": {agent, scan}}, w.Record().Looks)
	w.Wait(day).Do(ann, config.SetAttributes{Values: values{"hostname": word("h")}})
	var line strings.Builder
	require.NoError(t, config.WriteJSONLine(&line, config.Line{CI: w.Record()}))
	for l, err := range config.ReadJSONLines(strings.NewReader(line.String()), 0) {
		require.NoError(t, err)
		require.Equal(t, w.Record(), l.CI)
	}
}

// TestIntakeObservesByPrecedence: what is observed through an intake comes to what the
// process decides, of an older look too.
func TestIntakeObservesByPrecedence(t *testing.T) {
	policy := ranking(config.Precedence{Sources: []string{"agent", "scan"}})
	w := itsmtest.New(t, lifecycle(t, policy))
	w.Do(ann, server())
	first := w.Now()
	w.Wait(day).Do(probe, saw("scan", time.Time{}, "2"))
	w.Wait(day)
	for _, row := range []struct{ source, value, want string }{{"agent", "1", "1"}, {"other", "3", "1"}} {
		known := *w.Record()
		line := `{"register":{"name":"web-1","class":"server","source":"` + row.source + `","attributes":{"firmware":"` + row.value + `"},"since":"` + first.Add(hour).Format(time.RFC3339Nano) + `"}}`
		in, err := config.NewIntake(policy, w.Stamp(probe), []config.Source{lines(line)}, &config.IntakeOptions{Known: slices.Values([]*config.CI{&known}), Observe: true})
		require.NoError(t, err)
		require.NoError(t, in.Err())
		for step, err := range in.Steps() {
			require.NoError(t, err)
			for _, c := range step.CI {
				w.Do(probe, c)
			}
		}
		require.Equal(t, word(row.want), w.Record().Value("firmware"))
	}
	require.Equal(t, []string{"firmware"}, w.Record().Outranked())
}
