package config_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// TestIntakeGradesInOneRow: one row says the criticality and what it asks for, gives it
// and takes away what only the one before asked for, and is refused only if what it ends
// with lacks something.
func TestIntakeGradesInOneRow(t *testing.T) {
	asks := map[string][]itsm.Level{"always": {itsm.Low, itsm.Medium, itsm.High}, "high only": {itsm.High}, "medium only": {itsm.Medium}}
	model, err := config.NewModel([]config.Class{{Name: "vault", Attributes: []config.Attribute{
		{Name: "always", Type: itsm.Text, Required: true},
		{Name: "high only", Type: itsm.Text, RequiredAt: asks["high only"]},
		{Name: "medium only", Type: itsm.Text, RequiredAt: asks["medium only"]},
	}}}, nil)
	require.NoError(t, err)
	policy := under(func(p *config.Policy) { p.Model, p.Controlled = model, nil })
	names := []string{"always", "high only", "medium only"}
	levels := []itsm.Level{itsm.Low, itsm.Medium, itsm.High}
	for _, was := range levels {
		for _, is := range append([]itsm.Level{""}, levels...) {
			for said := range 27 { // of each attribute nothing, a value or that it is taken away
				known := &config.CI{Header: itsm.Header{ID: id(1), Number: "CI1", State: config.Live}, Class: "vault", Name: "v", Criticality: was}
				known.Attributes = map[string]config.Assertion{}
				row := config.CIRow{ID: id(1), Register: config.Register{Name: "v", Class: "vault", Criticality: is, Attributes: map[string]itsm.Value{}, Change: change}}
				ends := was
				if is != "" {
					ends = is
				}
				complete, want := true, map[string]itsm.Value{}
				for i, name := range names {
					if slices.Contains(asks[name], was) {
						known.Attributes[name] = config.Assertion{Value: word("old")}
						want[name] = word("old")
					}
					switch (said / []int{1, 3, 9}[i]) % 3 {
					case 1:
						row.Attributes[name], want[name] = word("new"), word("new")
					case 2:
						row.Attributes[name] = itsm.Value{}
						delete(want, name)
					}
					if _, has := want[name]; !has && slices.Contains(asks[name], ends) {
						complete = false
					}
				}
				text, err := json.Marshal(config.Line{Register: &row})
				require.NoError(t, err)
				in, err := config.NewIntake(policy, itsm.Stamp{At: noon, By: ann}, []config.Source{lines(string(text))}, &config.IntakeOptions{Known: slices.Values([]*config.CI{known})})
				require.NoError(t, err)
				require.Equal(t, complete, in.FaultCount() == 0, "%s: %s\n%s", was, text, faultTexts(in))
				if !complete {
					continue
				}
				ci := *known
				for step, err := range in.Steps() {
					require.NoError(t, err)
					require.LessOrEqual(t, len(step.CI), 3, "%s", text)
					for _, c := range step.CI {
						_, err := lifecycle(t, policy).Fire(&ci, c, itsm.Stamp{At: noon, By: ann})
						require.NoError(t, err, fmt.Sprintf("%s: %s", was, text))
					}
				}
				require.Equal(t, ends, ci.Criticality)
				for _, name := range names {
					require.True(t, want[name].Equal(ci.Value(name)), "%s: %s: %s", was, text, name)
				}
			}
		}
	}
}
