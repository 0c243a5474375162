package config_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// serialed is a known CI with a serial number.
func serialed(n byte, class, name, serial string, state itsm.State) *config.CI {
	return knownCI(n, class, name, func(ci *config.CI) {
		ci.State = state
		ci.Attributes = map[string]config.Assertion{"serial_number": {Value: word(serial)}}
	})
}

// withoutColumns is the text of all faults by their lines.
func withoutColumns(in *config.Intake) string {
	return regexp.MustCompile(`(?m)^(\d+):\d+:`).ReplaceAllString(faultTexts(in), "$1:")
}

// bladed is the default model with a class of servers in racks.
func bladed(t testing.TB) *config.Policy {
	return under(func(p *config.Policy) {
		var err error
		p.Model, err = p.Model.With([]config.Class{{Name: "blade", Parent: "server", Identifiers: [][]string{{"rack", "slot"}}, Attributes: []config.Attribute{
			attr("rack", itsm.Text), attr("slot", itsm.Number),
			attr("chassis", itsm.Reference, func(a *config.Attribute) { a.Refers, a.Classes = []string{config.Kind}, []string{"server"} }),
		}}}, nil)
		require.NoError(t, err)
	})
}

// TestIntakeIdentifies: what a row is about is found by its identifiers in order, then
// by class and name.
func TestIntakeIdentifies(t *testing.T) {
	row := func(class, name string, attributes ...string) string {
		return fmt.Sprintf(`{"register":{"name":%q,"class":%q,"attributes":{%s},"change":"change:1"}}`, name, class, strings.Join(attributes, ","))
	}
	own := func(n byte, name, serial string) string {
		return fmt.Sprintf(`{"register":{"id":%q,"name":%q,"class":"server","attributes":{"serial_number":%q},"change":"change:1"}}`, id(n), name, serial)
	}
	s := func(serial string) string { return fmt.Sprintf(`"serial_number":%q`, serial) }
	slot := func(rack string, slot int) string { return fmt.Sprintf(`"rack":%q,"slot":%d`, rack, slot) }
	blade := func(n byte, name, serial, rack string, slot int64) *config.CI {
		ci := serialed(n, "blade", name, serial, config.Live)
		ci.Attributes["rack"], ci.Attributes["slot"] = config.Assertion{Value: word(rack)}, config.Assertion{Value: number(slot)}
		return ci
	}
	one := serialed(1, "server", "web-1", "S-1", config.Live)
	two := serialed(2, "server", "web-2", "S-2", config.Live)
	three := knownCI(3, "server", "web-3", nil)
	again := serialed(4, "server", "web-4", "s-1", config.Live)
	const sharing = "give the id of the one that is meant, or say in the model that the value is a placeholder"
	for name, c := range map[string]struct {
		known  []*config.CI
		rows   []string
		about  []int // the known CI of each row; 0: a new one; -1: none
		faults string
	}{
		"another name":                        {[]*config.CI{one, two}, []string{row("server", "web-9", s("S-1"))}, []int{1}, ""},
		"in other letters":                    {[]*config.CI{one, two}, []string{row("server", "web-9", s(" s-1 "))}, []int{1}, ""},
		"another serial number of a name":     {[]*config.CI{one, two}, []string{row("server", "web-1", s("S-9"))}, []int{1}, ""},
		"names that were exchanged":           {[]*config.CI{one, two}, []string{row("server", "web-2", s("S-1")), row("server", "web-1", s("S-2"))}, []int{1, 2}, ""},
		"a name that another has now":         {[]*config.CI{one}, []string{row("server", "web-1", s("S-9")), row("server", "web-9", s("S-1"))}, []int{0, 1}, ""},
		"precedence before a name":            {[]*config.CI{one, two}, []string{row("server", "web-1", s("S-2"))}, []int{2}, ""},
		"two of a name, one by its number":    {[]*config.CI{one, serialed(2, "server", "web-1", "S-2", config.Live)}, []string{row("server", "web-1", s("S-2"), `"firmware":"7"`)}, []int{2}, ""},
		"placeholder":                         {[]*config.CI{serialed(1, "server", "web-1", "None", config.Live)}, []string{row("server", "web-9", s("none"))}, []int{0}, ""},
		"another class":                       {[]*config.CI{serialed(1, "network device", "gate", "S-1", config.Live)}, []string{row("server", "web-9", s("S-1"))}, []int{0}, ""},
		"one that is told to be less":         {[]*config.CI{blade(1, "b", "S-1", "r", 1)}, []string{row("server", "web-9", s("S-1"))}, []int{1}, ""},
		"own identifier first":                {[]*config.CI{blade(1, "b", "S-1", "r", 1), blade(2, "c", "S-2", "r", 2)}, []string{row("blade", "x", s("S-1"), slot("R", 2))}, []int{2}, ""},
		"half an identifier":                  {[]*config.CI{blade(1, "b", "S-1", "r", 1), blade(2, "c", "S-2", "r", 2)}, []string{row("blade", "x", s("S-1"), `"slot":2`)}, []int{1}, ""},
		"a shared one before one that is not": {[]*config.CI{blade(1, "b", "S-1", "r", 1), blade(2, "c", "S-2", "r", 1)}, []string{row("blade", "x", s("S-2"), slot("r", 1))}, []int{2}, ""},
		"shared, and a name":                  {[]*config.CI{one, again}, []string{row("server", "web-4", s("S-1"))}, []int{4}, ""},
		"shared, and a name of a third":       {[]*config.CI{one, again, two}, []string{row("server", "web-2", s("S-1"))}, []int{2}, ""},
		"shared":                              {[]*config.CI{one, again}, []string{row("server", "web-9", s("S-1"))}, []int{-1}, "1: attributes.serial_number: is that of several CIs, " + id(1).String() + " and " + id(4).String() + "; " + sharing + "\n"},
		"shared by many": {[]*config.CI{one, again, serialed(5, "server", "web-5", "S-1", config.Live), serialed(6, "server", "web-6", "S-1", config.Live), serialed(7, "server", "web-7", "s-1", config.Live)},
			[]string{row("server", "web-9", s("S-1"))}, []int{-1}, "1: attributes.serial_number: is that of several CIs, " + id(1).String() + ", " + id(4).String() + " and others; " + sharing + "\n"},
		"shared by values together": {[]*config.CI{blade(1, "b", "S-1", "r", 1), blade(2, "c", "S-2", "r", 1)}, []string{row("blade", "x", slot("r", 1))}, []int{-1},
			"1: attributes.rack: is, with slot, that of several CIs, " + id(1).String() + " and " + id(2).String() + "; " + sharing + "\n"},
		"disposed of":              {[]*config.CI{serialed(1, "server", "web-1", "S-1", config.Disposed)}, []string{row("server", "web-1", s("S-1"))}, []int{0}, ""},
		"retired":                  {[]*config.CI{serialed(1, "server", "web-1", "S-1", config.Retired)}, []string{row("server", "web-9", s("S-1"))}, []int{1}, ""},
		"retired, and one in use":  {[]*config.CI{serialed(1, "server", "web-1", "S-1", config.Retired), serialed(2, "server", "web-1", "S-1", config.Live)}, []string{row("server", "web-9", s("S-1"))}, []int{2}, ""},
		"by name, but not retired": {[]*config.CI{serialed(1, "server", "web-1", "S-1", config.Retired), two, serialed(3, "server", "web-1", "", config.Planned)}, []string{row("server", "web-1", s("S-8"))}, []int{3}, ""},
		"two rows":                 {nil, []string{row("server", "a", s("S-1")), row("server", "b", s("s-1"))}, []int{0, -1}, "2: attributes.serial_number: is that of line 1 too; give ids to both if they are two\n"},
		"two rows about one":       {[]*config.CI{one}, []string{row("server", "a", s("S-1")), row("server", "b", s("S-1"))}, []int{1, -1}, "2: name: server/b is the CI of line 1 again\n"},
		"two rows about two":       {[]*config.CI{three, two}, []string{row("server", "web-3", s("S-9")), row("server", "b", s("S-9"))}, []int{3, -1}, "2: attributes.serial_number: is that of line 1 too; give ids to both if they are two\n"},
		"two share it already":     {[]*config.CI{one, again}, []string{row("server", "web-4", s("S-1")), row("server", "web-1", s("S-1"), `"firmware":"7"`)}, []int{4, 1}, ""},
		"a third that did not":     {[]*config.CI{one, again, two}, []string{row("server", "web-2", s("S-1")), row("server", "web-1", s("S-1"), `"firmware":"7"`)}, []int{-1, 1}, "1: attributes.serial_number: is that of line 2 too; give ids to both if they are two\n"},
		"ids":                      {[]*config.CI{one}, []string{own(8, "a", "S-1"), own(9, "b", "S-1")}, []int{0, 0}, ""},
		"one has an id":            {nil, []string{row("server", "a", s("S-1")), own(9, "b", "S-1")}, []int{-1, 0}, "1: attributes.serial_number: is that of line 2 too; give ids to both if they are two\n"},
		"renamed by its id":        {[]*config.CI{one, two}, []string{row("server", "web-1", s("S-8")), own(1, "web-9", "S-1")}, []int{0, 1}, ""},
	} {
		for _, observe := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, observe %t", name, observe), func(t *testing.T) {
				o := &config.IntakeOptions{Known: slices.Values(c.known), Observe: observe, Lenient: true}
				in, err := config.NewIntake(bladed(t), itsm.Stamp{At: time0, By: ann}, []config.Source{lines(strings.Join(c.rows, "\n"))}, o)
				require.NoError(t, err)
				require.Equal(t, c.faults, withoutColumns(in))
				about := slices.Repeat([]int{-1}, len(c.rows))
				for s, err := range in.Steps() {
					require.NoError(t, err)
					about[s.Line-1] = 0
					if !s.New {
						about[s.Line-1] = int(s.ID[15])
					}
				}
				require.Equal(t, c.about, about)
			})
		}
	}
}

// TestIntakeFindsByTheNameInTheSources: relations and references name a CI as the rows
// do, wherever these stand; the name that it had is that of nothing, or of what has it
// now.
func TestIntakeFindsByTheNameInTheSources(t *testing.T) {
	known := []*config.CI{
		serialed(1, "server", "web-1", "S-1", config.Live), knownCI(2, "application", "shop", nil),
		knownCI(3, "blade", "b-1", func(ci *config.CI) {
			ci.Attributes = map[string]config.Assertion{"chassis": {Value: ref(1)}}
		}),
	}
	take := func(rows ...string) *config.Intake {
		in, err := config.NewIntake(bladed(t), itsm.Stamp{At: time0, By: ann}, []config.Source{lines(strings.Join(rows, "\n"))}, &config.IntakeOptions{Known: slices.Values(known), Lenient: true})
		require.NoError(t, err)
		return in
	}
	const (
		renamed = `{"register":{"name":"web-9","class":"server","attributes":{"serial_number":"S-1"}}}`
		refers  = `{"register":{"name":"b-1","class":"blade","attributes":{"chassis":{"reference":"ci:server/web-9"}}}}`
		runs    = `{"relate":{"type":"runs on","from":"application/shop","to":"server/web-9"}}`
		old     = `{"relate":{"type":"runs on","from":"application/shop","to":"server/web-1"}}`
		other   = `{"register":{"name":"web-1","class":"server","attributes":{"serial_number":"S-7"}}}`
	)
	for _, rows := range [][]string{{renamed, refers, runs}, {runs, refers, renamed}} {
		in := take(rows...)
		require.Empty(t, withoutColumns(in))
		require.Equal(t, config.Counts{Changed: 2, Relations: 1}, in.Counts())
		for s, err := range in.Steps() {
			require.NoError(t, err)
			switch {
			case len(s.Relation) > 0:
				require.Equal(t, id(1), s.Relation[0].(config.Relate).To.ID)
			case s.ID == id(1):
				require.Equal(t, []itsm.Command[config.CI]{config.Describe{Name: "web-9"}}, s.CI)
			default:
				require.Fail(t, "the reference says what is known", "%v", s.CI)
			}
		}
	}
	require.Equal(t, "1: to: is no CI, neither here nor there already\n", withoutColumns(take(old, renamed)))
	for _, rows := range [][]string{{renamed, other, old}, {old, other, renamed}} {
		in := take(rows...)
		require.Empty(t, withoutColumns(in))
		for s, err := range in.Steps() {
			require.NoError(t, err)
			if len(s.Relation) > 0 {
				require.NotEqual(t, id(1), s.Relation[0].(config.Relate).To.ID)
			}
		}
	}
}

// TestIntakeOfAnotherClass: a row may say less of what a CI is than is known, and a
// program that sees more is told that observing cannot say so.
func TestIntakeOfAnotherClass(t *testing.T) {
	known := []*config.CI{serialed(1, "server", "web-1", "S-1", config.Live), serialed(2, "blade", "b-1", "S-2", config.Live)}
	row := func(class, serial string) string {
		return fmt.Sprintf(`{"register":{"name":"x","class":%q,"attributes":{"serial_number":%q}}}`, class, serial)
	}
	for name, c := range map[string]struct {
		row     string
		observe bool
		ignored []string
		faults  string
	}{
		"less":           {row("server", "S-2"), false, nil, ""},
		"less, observed": {row("server", "S-2"), true, nil, ""},
		"more":           {row("blade", "S-1"), false, nil, "1: class: is \"blade\", and there it is a server; reclassify it\n"},
		"more, observed": {row("blade", "S-1"), true, []string{"class"}, ""},
		"another": {fmt.Sprintf(`{"register":{"id":%q,"name":"x","class":"cluster"}}`, id(1)), true, nil,
			"1: class: is \"cluster\", and there it is a server; reclassify it\n"},
	} {
		in, err := config.NewIntake(bladed(t), itsm.Stamp{At: time0, By: ann}, []config.Source{lines(c.row)}, &config.IntakeOptions{Known: slices.Values(known), Observe: c.observe})
		require.NoError(t, err)
		require.Equal(t, c.faults, withoutColumns(in), name)
		if c.faults == "" {
			_, ignored := comesTo(t, in)
			require.Equal(t, c.ignored, ignored, name)
		}
	}
}

// TestIntakeOfANameThatIsFree: what an identifier shows to be another, and what comes
// after one that is disposed of, gets an id of its own though the first of its name has
// the id of that name; the same each time.
func TestIntakeOfANameThatIsFree(t *testing.T) {
	row := func(name, serial string) string {
		attributes := ""
		if serial != "" {
			attributes = fmt.Sprintf(`"serial_number":%q`, serial)
		}
		return fmt.Sprintf(`{"register":{"name":%q,"class":"server","attributes":{%s},"change":"change:1"}}`, name, attributes)
	}
	take := func(known []config.CI, rows ...string) *config.Intake {
		in, err := config.NewIntake(nil, itsm.Stamp{At: time0, By: ann}, []config.Source{lines(strings.Join(rows, "\n"))}, &config.IntakeOptions{Known: pointers(known)})
		require.NoError(t, err)
		return in
	}
	for name, c := range map[string]struct {
		edit   func(ci *config.CI)
		rows   []string
		isNew  []bool
		faults string
	}{
		"its number says it is another": {nil, []string{row("web-9", "S-1"), row("web-1", "S-9")}, []bool{false, true}, ""},
		"renamed before":                {func(ci *config.CI) { ci.Name = "web-9" }, []string{row("web-1", "S-9")}, []bool{true}, ""},
		"told by its id, without a class": {nil, []string{`{"register":{"id":"FIRST","name":"web-9"}}`, row("web-1", "")}, nil,
			"2: name: server/web-1 is what server/web-9 was when it got its id, and that is called otherwise now; give the id of that if it is meant, or of its own to a new one\n"},
		"disposed of": {func(ci *config.CI) { ci.State = config.Disposed }, []string{row("web-1", "")}, []bool{true}, ""},
		"nothing says so": {nil, []string{row("web-9", "S-1"), row("web-1", "")}, nil,
			"2: name: server/web-1 is what server/web-9 was when it got its id, and that is called otherwise now; give the id of that if it is meant, or of its own to a new one\n"},
	} {
		t.Run(name, func(t *testing.T) {
			known, _ := registers(t, take(nil, row("web-1", "S-1")), nil, ann)
			first := known[0].ID
			if c.edit != nil {
				c.edit(&known[0])
			}
			for i := range c.rows {
				c.rows[i] = strings.ReplaceAll(c.rows[i], "FIRST", first.String())
			}
			in := take(known, c.rows...)
			require.Equal(t, c.faults, withoutColumns(in))
			var isNew []bool
			var ids []string
			for s, err := range in.Steps() {
				if c.faults == "" {
					require.NoError(t, err)
					isNew, ids = append(isNew, s.New), append(ids, s.ID.String())
					require.Equal(t, s.New, s.ID != first)
				}
			}
			require.Equal(t, c.isNew, isNew)
			for s, err := range take(known, c.rows...).Steps() {
				if c.faults == "" {
					require.NoError(t, err)
					require.Contains(t, ids, s.ID.String())
				}
			}
		})
	}
}
