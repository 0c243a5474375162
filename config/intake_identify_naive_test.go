package config_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// naiveThing is a known CI, or a row about one.
type naiveThing struct {
	id                  byte // of a row; 0: none
	class, name, serial string
	rack                string // of blades
	slot                int
	state               itsm.State
}

func (n *naiveThing) row(line int) string {
	id := ""
	if n.id > 0 {
		id = fmt.Sprintf(`"id":%q,`, id2(n.id))
	}
	attributes := []string{fmt.Sprintf(`"firmware":"f%d"`, line)} // so that each changes something
	if n.serial != "" {
		attributes = append(attributes, fmt.Sprintf(`"serial_number":%q`, n.serial))
	}
	if n.class == "blade" && n.rack != "" {
		attributes = append(attributes, fmt.Sprintf(`"rack":%q,"slot":%d`, n.rack, n.slot))
	}
	return fmt.Sprintf(`{"register":{%s"name":%q,"class":%q,"attributes":{%s},"change":"change:1"}}`, id, n.name, n.class, strings.Join(attributes, ","))
}

func id2(n byte) string { return id(n).String() }

// values are all that it says, as a host would tell them.
func (n *naiveThing) values() values {
	v := values{"name": word(n.name)}
	if n.serial != "" {
		v["serial_number"] = word(n.serial)
	}
	if n.class == "blade" && n.rack != "" {
		v["rack"], v["slot"] = word(n.rack), number(int64(n.slot))
	}
	return v
}

// same reports whether two are one by the identifier: 0: place in a rack, 1: serial number.
func (n *naiveThing) same(o *naiveThing, identifier int) bool {
	if identifier == 0 {
		return n.class == "blade" && o.class == "blade" && n.rack != "" && strings.EqualFold(n.rack, o.rack) && n.slot == o.slot
	}
	plain := func(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }
	switch plain(n.serial) {
	case "", "NONE":
		return false
	}
	return plain(n.serial) == plain(o.serial)
}

// best are those of the known ones that are to be looked at: in use, or else retired.
func best(known []naiveThing, is func(k *naiveThing) bool) (list []int) {
	for _, state := range []itsm.State{config.Live, config.Retired} {
		for i := range known {
			if known[i].state == state && is(&known[i]) {
				list = append(list, i)
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// identified is the known one that the identifiers of a row find; -1: none.
func identified(known []naiveThing, r *naiveThing) (at int, shared bool) {
	for identifier := range 2 {
		list := best(known, func(k *naiveThing) bool { return r.same(k, identifier) })
		if len(list) == 1 {
			return list[0], false
		}
		shared = shared || len(list) > 1
	}
	return -1, shared
}

// naivelyIdentified says of each row which known CI it is about, with 1 added; 0: a new
// one; -1: it is wrong.
func naivelyIdentified(known, rows []naiveThing) []int {
	subject := func(r *naiveThing) (int, bool) {
		if r.id == 0 {
			return identified(known, r)
		}
		return slices.IndexFunc(known, func(k naiveThing) bool { return k.id == r.id }), false
	}
	now := slices.Clone(known) // as the rows call them
	said := make([]bool, len(known))
	classes := make([]string, len(known)) // under which rows name them besides
	for i := range rows {
		if at, _ := subject(&rows[i]); at >= 0 && !said[at] {
			said[at] = true
			now[at].name, classes[at] = rows[i].name, rows[i].class
		}
	}
	called := func(r *naiveThing) []int {
		var list []int
		for _, state := range []itsm.State{config.Live, config.Retired} {
			for i := range now {
				if now[i].state == state && now[i].name == r.name && (now[i].class == r.class || classes[i] == r.class) {
					list = append(list, i)
				}
			}
			if len(list) > 0 {
				break
			}
		}
		return list
	}
	alike := func(i, j int) bool { return rows[i].class == rows[j].class && rows[i].name == rows[j].name }

	result := make([]int, len(rows))
	counted := make([]bool, len(rows)) // it is of some CI, right or wrong
	claimed := make([]bool, len(known))
	about := slices.Repeat([]int{-1}, len(rows)) // the known one of each
	again := func(i int) bool {                  // it is a new one that another row before it is already
		for j := range i {
			if counted[j] && rows[j].id == 0 && alike(i, j) && result[j] <= 0 {
				return true
			}
		}
		return false
	}
	for i := range rows {
		r := &rows[i]
		at, shared := subject(r)
		alone := r.id == 0 && at < 0
		others, before := false, false // new ones with an id and the name, and those already read
		for j := range rows {
			if to, _ := subject(&rows[j]); j != i && rows[j].id > 0 && to < 0 && alike(i, j) {
				others, before = true, before || j < i
			}
		}
		if alone {
			names := called(r)
			if len(names) > 1 || before {
				result[i] = -1
				continue
			}
			if len(names) == 1 {
				at = names[0]
			} else if shared {
				result[i] = -1
				continue
			}
		}
		switch {
		case at >= 0 && claimed[at]:
			result[i] = -1
			continue
		case at >= 0:
			claimed[at], about[i] = true, at
			result[i] = at + 1
			if k := &known[at]; k.class != r.class && k.class != "blade" {
				result[i] = -1 // it says that it is more than is known
			}
		case alone && again(i):
			result[i] = -1
			continue
		}
		counted[i] = true
		if alone && others {
			result[i] = -1
		}
	}
	settled := func(i, identifier int) bool { // it is another for sure, or says what is known
		return rows[i].id > 0 || about[i] >= 0 && rows[i].same(&known[about[i]], identifier)
	}
	for i := range rows {
		for identifier := range 2 {
			for j := range rows {
				if i != j && counted[i] && counted[j] && !settled(i, identifier) && rows[i].same(&rows[j], identifier) && (settled(j, identifier) || j < i) {
					result[i] = -1
				}
			}
		}
	}
	return result
}

// TestIntakeIdentifiesAsNaive holds which CI each row is about against a search by eye,
// and Identify against the same.
func TestIntakeIdentifiesAsNaive(t *testing.T) {
	policy := bladed(t)
	process, err := config.Process(policy)
	require.NoError(t, err)
	outcomes := map[string]int{}
	for seed := range uint64(6000) {
		rng := rand.New(rand.NewPCG(seed, 21))
		pick := func(list ...string) string { return list[rng.IntN(len(list))] }
		few := 2 + rng.IntN(5)
		thing := func() naiveThing {
			return naiveThing{class: pick("server", "server", "blade"), name: fmt.Sprint("n", rng.IntN(few)), serial: pick("", "none", "S-1", "s-1 ", "S-2", "S-3"),
				rack: pick("", "", "r", "R"), slot: rng.IntN(2), state: config.Live}
		}
		var known, rows []naiveThing
		for i := range rng.IntN(5) {
			k := thing()
			k.id = byte(i + 1)
			k.state = itsm.State(pick(string(config.Live), string(config.Live), string(config.Live), string(config.Retired), string(config.Disposed)))
			known = append(known, k)
		}
		for i := range 1 + rng.IntN(4) {
			r := thing()
			switch at := rng.IntN(8); {
			case at < len(known) && at < 2 && known[at].state != config.Disposed:
				r.id = known[at].id
			case at == 7:
				r.id = byte(100 + i)
			}
			rows = append(rows, r)
		}
		var records []*config.CI
		for _, k := range known {
			records = append(records, knownCI(k.id, k.class, k.name, func(ci *config.CI) {
				ci.State, ci.Attributes = k.state, make(map[string]config.Assertion)
				for name, v := range k.values() {
					if name != "name" {
						ci.Attributes[name] = config.Assertion{Value: v}
					}
				}
			}))
		}
		var text strings.Builder
		for i := range rows {
			text.WriteString(rows[i].row(i) + "\n")
		}
		want := naivelyIdentified(known, rows)
		in, err := config.NewIntake(policy, itsm.Stamp{At: time0, By: ann}, []config.Source{lines(text.String())}, &config.IntakeOptions{Known: slices.Values(records), Lenient: true})
		require.NoError(t, err)
		got := slices.Repeat([]int{-1}, len(rows))
		ids := make(map[uuid.UUID]bool)
		for s, err := range in.Steps() {
			require.NoError(t, err)
			require.False(t, ids[s.ID], "seed %d", seed)
			ids[s.ID] = true
			got[s.Line-1] = 0
			if !s.New {
				got[s.Line-1] = int(s.ID[15])
			}
		}
		require.Equal(t, want, got, "seed %d\n%+v\n%s\n%s", seed, known, text.String(), faultTexts(in))

		for i := range rows {
			found, err := config.Identify(policy, rows[i].class, rows[i].values(), naivelyFound(process, records))
			at, shared := identified(known, &rows[i])
			names := best(known, func(k *naiveThing) bool { return k.class == rows[i].class && k.name == rows[i].name })
			if at < 0 && len(names) == 1 {
				at = names[0]
			}
			switch {
			case at >= 0:
				require.NoError(t, err)
				require.Equal(t, known[at].id, found.ID[15], "seed %d", seed)
				outcomes["found"]++
			case shared || len(names) > 1:
				require.Error(t, err, "seed %d", seed)
				outcomes["several"]++
			default:
				require.NoError(t, err)
				require.Nil(t, found, "seed %d", seed)
				outcomes["none"]++
			}
		}
		for _, w := range want {
			outcomes[fmt.Sprint(min(w, 1))]++
		}
	}
	for outcome, n := range outcomes {
		require.Greater(t, n, 400, outcome)
	}
	require.Len(t, outcomes, 6)
}

// naivelyFound finds by an index as a register does, in no hurry.
func naivelyFound(process itsm.Process[config.CI], cis []*config.CI) func(itsm.Selection[config.CI]) iter.Seq2[config.CI, error] {
	return func(sel itsm.Selection[config.CI]) iter.Seq2[config.CI, error] {
		return func(yield func(config.CI, error) bool) {
			index := process.Indexes[slices.IndexFunc(process.Indexes, func(i itsm.Index[config.CI]) bool { return i.Name == sel.Index })]
			for _, ci := range cis {
				for _, key := range index.Keys(ci) {
					if slices.EqualFunc(key[:len(sel.Equal)], sel.Equal, itsm.Value.Equal) && !yield(*ci, nil) {
						return
					}
				}
			}
		}
	}
}
