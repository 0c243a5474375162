package itsm_test

import (
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// attempt is a command somebody tries, in terms of the table.
type attempt struct {
	name string
	body do[n0]
	by   itsm.Actor
	at   time.Time
}

// naiveFire walks the table and says what should become of a record: which rule
// refuses, in what detail, or the record afterwards.
func naiveFire(def itsm.Definition[thing], r thing, a attempt) (after thing, rule string, detail []string) {
	if a.at.Before(r.Updated) {
		return r, "at", nil
	}
	var row *itsm.Transition[thing]
	var open []string
	for i, t := range def.Transitions {
		if slices.Contains(t.From, r.State) {
			if !slices.Contains(open, t.Name) {
				open = append(open, t.Name)
			}
			if t.Name == a.name {
				row = &def.Transitions[i]
			}
		}
	}
	if row == nil {
		// In the order of the table's names, which need not be that of the rows.
		var names []string
		for _, t := range def.Transitions {
			if slices.Contains(open, t.Name) && !slices.Contains(names, t.Name) {
				names = append(names, t.Name)
			}
		}
		return r, itsm.RuleState, names
	}
	role := ""
	for _, allowed := range row.Roles {
		holds := allowed == itsm.Anyone || allowed == "owner" && a.by.ID == "olga" || allowed != "owner" && slices.Contains(a.by.Roles, allowed)
		if holds && role == "" {
			role = string(allowed)
		}
		detail = append(detail, string(allowed))
	}
	if role == "" {
		return r, itsm.RuleRole, detail
	}
	detail = nil
	for _, f := range row.Requires {
		if r.Fields[f] == "" {
			detail = append(detail, f)
		}
	}
	if detail != nil {
		return r, itsm.RuleFields, detail
	}
	if len(row.Guards) > 0 && r.Fields["f"] == "odd" {
		return r, "f is not odd", nil
	}
	if a.body.Bad != "" {
		return r, "bad", nil
	}
	next := r.State
	switch {
	case len(row.To) == 1:
		next = row.To[0]
	case len(row.To) > 1:
		if !slices.Contains(row.To, a.body.To) {
			return r, "pick", nil
		}
		next = a.body.To
	}
	if len(a.body.Set) > 0 {
		set := make(map[string]string)
		maps.Copy(set, r.Fields)
		maps.Copy(set, a.body.Set)
		r.Fields = set
	}
	if a.body.Note != "" {
		r.Trail = append(append([]string{}, r.Trail...), a.body.Note)
	}
	if r.Revision == 0 {
		r.Opened = a.at
	}
	if next != r.State {
		r.Since = a.at
	}
	r.State, r.Updated, r.Revision = next, a.at, r.Revision+1
	return r, "", []string{role}
}

func ruleOf(err error) (rule string, detail []string) {
	var refusal *itsm.TransitionError
	var field *itsm.FieldError
	switch {
	case err == nil:
		return "", nil
	case errors.As(err, &refusal):
		for _, role := range refusal.Roles {
			detail = append(detail, string(role))
		}
		return refusal.Rule, slices.Concat(detail, refusal.Missing, refusal.Permitted)
	case errors.As(err, &field):
		return field.Field, nil
	}
	return err.Error(), nil
}

// someAttempt makes one up; most of them fit the record.
func someAttempt(rng *rand.Rand, lc *itsm.Lifecycle[thing], r *thing) (attempt, itsm.Command[thing]) {
	actors := []itsm.Actor{{ID: "ann", Roles: []itsm.Role{"agent"}}, {ID: "bob", Roles: []itsm.Role{"boss", "agent"}},
		{ID: "olga"}, itsm.System("acme"), {ID: "eve"}}
	names := lc.Commands()
	i := rng.IntN(len(names))
	a := attempt{name: names[i], by: actors[rng.IntN(len(actors))], at: r.Updated.Add(time.Duration(rng.IntN(5)) * time.Minute)}
	if r.Updated.IsZero() {
		a.at = monday
	} else if rng.IntN(20) == 0 {
		a.at = r.Updated.Add(-time.Microsecond)
	}
	all := lc.States()
	a.body.To = all[rng.IntN(len(all))].State
	if rng.IntN(2) == 0 {
		a.body.Note = names[i]
	}
	if rng.IntN(10) == 0 {
		a.body.Bad = "today"
	}
	for _, row := range lc.Transitions() {
		if row.Name != a.name || !slices.Contains(row.From, r.State) {
			continue
		}
		for _, f := range row.Sets {
			if a.body.Set == nil {
				a.body.Set = make(map[string]string)
			}
			a.body.Set[f] = []string{"odd", "even"}[rng.IntN(2)]
		}
		if len(row.To) > 0 && rng.IntN(4) > 0 {
			a.body.To = row.To[rng.IntN(len(row.To))]
		}
	}
	// The generator names verbs in order; those without a row are not in names.
	var number int
	for n, v := range verbs() {
		if lc.NameOf(v.command(do[n0]{})) == a.name {
			number = n
		}
	}
	return a, verbs()[number].command(a.body)
}

// Random records under random lifecycles go where the table says. Their events
// give them back, and what Permitted says is what happens.
func TestFireNaively(t *testing.T) {
	seen := make(map[string]int)
	for seed := range uint64(1000) {
		rng := rand.New(rand.NewPCG(seed, 3))
		def, _ := someLifecycle(rng)
		lc, err := itsm.NewLifecycle(def)
		if err != nil {
			continue
		}
		for range 5 {
			r := unborn(byte(seed))
			var history []itsm.Event[thing]
			for range 15 {
				a, cmd := someAttempt(rng, lc, &r)
				agree(t, lc, r, itsm.Stamp{At: monday.AddDate(1, 0, 0), By: a.by})
				want, rule, detail := naiveFire(def, r, a)
				before := r
				e, err := lc.Fire(&r, cmd, itsm.Stamp{At: a.at, By: a.by})
				gotRule, gotDetail := ruleOf(err)
				require.Equal(t, rule, gotRule, "seed %d: %v", seed, err)
				require.Equal(t, want, r, "seed %d", seed)
				seen[rule]++
				if rule != "" {
					require.Equal(t, detail, gotDetail, "seed %d: %v", seed, err)
					continue
				}
				require.Equal(t, itsm.Event[thing]{ID: r.ID, Number: r.Number, Revision: r.Revision, Name: a.name, Version: 1,
					From: before.State, To: r.State, Stamp: itsm.Stamp{At: a.at, By: a.by}, Role: itsm.Role(detail[0]), Command: cmd}, e)
				history = append(history, e)
			}
			if len(history) > 0 {
				givesBack(t, lc, history, r)
			}
		}
	}
	for _, rule := range []string{"", "at", itsm.RuleState, itsm.RuleRole, itsm.RuleFields, "f is not odd", "bad", "pick"} {
		require.GreaterOrEqual(t, seen[rule], 50, "too few examples of %q: %v", rule, seen)
	}
}

// agree compares every option of Permitted with what Fire does with a complete
// command.
func agree(t *testing.T, lc *itsm.Lifecycle[thing], r thing, s itsm.Stamp) {
	t.Helper()
	before := deep(t, &r)
	options := lc.Permitted(&r, s)
	require.Equal(t, before, deep(t, &r))
	var names []string
	for _, o := range options {
		names = append(names, o.Name)
		body := do[n0]{}
		if len(o.To) > 0 {
			body.To = o.To[len(o.To)-1]
		}
		for _, v := range verbs() {
			cmd := v.command(body)
			if lc.NameOf(cmd) != o.Name {
				continue
			}
			tried := r
			e, err := lc.Fire(&tried, cmd, s)
			if o.Refusal != nil {
				require.Equal(t, error(o.Refusal), err)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, o.Role, e.Role)
			require.Contains(t, o.To, e.To)
		}
	}
	require.Equal(t, lc.Commands(), names)
}

// givesBack replays a history, as it is and through JSON.
func givesBack(t *testing.T, lc *itsm.Lifecycle[thing], history []itsm.Event[thing], r thing) {
	t.Helper()
	again, err := lc.Replay(history...)
	require.NoError(t, err)
	require.Equal(t, r, again)
	decoded := make([]itsm.Event[thing], len(history))
	for i, e := range history {
		data, err := lc.EncodeEvent(e)
		require.NoError(t, err)
		decoded[i], err = lc.DecodeEvent(data)
		require.NoError(t, err)
		require.Equal(t, e, decoded[i])
		twice, err := lc.EncodeEvent(decoded[i])
		require.NoError(t, err)
		require.Equal(t, string(data), string(twice))
	}
	again, err = lc.Replay(decoded...)
	require.NoError(t, err)
	require.Equal(t, r, again)
	want, err := json.Marshal(r)
	require.NoError(t, err)
	got, err := json.Marshal(again)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}
