package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// knownCI is a CI that is there already.
func knownCI(n byte, class, name string, more func(*config.CI)) *config.CI {
	ci := &config.CI{Header: itsm.Header{ID: id(n), Number: fmt.Sprint("CI", n), State: config.Live}, Class: class, Name: name, InState: time0}
	if more != nil {
		more(ci)
	}
	return ci
}

// A name that several CIs have is that of none: a row without an id would register
// one more of them.
func TestIntakeOfANameThatSeveralHave(t *testing.T) {
	const bare = `{"register":{"name":"web","class":"server"}}`
	own := func(n byte) string {
		return fmt.Sprintf(`{"register":{"id":%q,"name":"web","class":"server"}}`, id(n))
	}
	one := []*config.CI{knownCI(1, "server", "web", nil)}
	two := append(one, knownCI(2, "server", "web", nil))
	for name, c := range map[string]struct {
		known []*config.CI
		rows  []string
		wrong int // the line
		want  config.Counts
	}{
		"two known":                 {two, []string{bare}, 1, config.Counts{Refused: 1}},
		"two known, one by its id":  {two, []string{own(2)}, 0, config.Counts{Changed: 1}},
		"one known":                 {one, []string{bare}, 0, config.Counts{Changed: 1}},
		"one known, then another":   {one, []string{bare, own(3)}, 1, config.Counts{CIs: 1, Refused: 1}},
		"another, then one known":   {one, []string{own(3), bare}, 2, config.Counts{CIs: 1, Refused: 1}},
		"one with an id, then bare": {nil, []string{own(3), bare}, 2, config.Counts{CIs: 1, Refused: 1}},
		"bare, then with an id":     {nil, []string{bare, own(3)}, 1, config.Counts{CIs: 1, Refused: 1}},
		"bare between two":          {nil, []string{own(3), bare, own(4)}, 2, config.Counts{CIs: 2, Refused: 1}},
		"two with ids":              {nil, []string{own(3), own(4)}, 0, config.Counts{CIs: 2}},
	} {
		for _, observe := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, observe %t", name, observe), func(t *testing.T) {
				o := &config.IntakeOptions{Known: slices.Values(c.known), Observe: observe, Lenient: true}
				in, err := config.NewIntake(nil, itsm.Stamp{At: time0, By: ann}, []config.Source{lines(strings.Join(c.rows, "\n"))}, o)
				require.NoError(t, err)
				want := ""
				if c.wrong > 0 {
					want = fmt.Sprintf("%d:21: name: server/web is what several CIs are, here or there already; give the id of the one that is meant, or of its own to a new one\n", c.wrong)
				}
				require.Equal(t, want, faultTexts(in))
				require.Equal(t, c.want, in.Counts())
			})
		}
	}
}

// A CI that was renamed has the id that its old name gives.
func TestIntakeOfTheOldNameOfACI(t *testing.T) {
	const row = `{"register":{"name":"db","class":"server"}}`
	cis, _ := registers(t, intake(t, nil, lines(row)), nil, probe)
	cis[0].Name = "db-old"
	in := intake(t, &config.IntakeOptions{Known: pointers(cis)}, lines(row))
	require.Equal(t, "1:21: name: server/db is what server/db-old was when it got its id, and that is called otherwise now; give the id of that if it is meant, or of its own to a new one\n", faultTexts(in))
}
