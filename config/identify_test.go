package config_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store/memory"
)

// A scan finds a server that was given another name since: it is the known one, which
// learns its new name. What it finds besides is registered.
func ExampleIdentify() {
	ctx, policy := context.Background(), config.DefaultPolicy()
	process, err := config.Process(policy)
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	cis, err := register.New(memory.New(), process, &register.Options[config.CI]{Now: func() time.Time { return at }})
	if err != nil {
		fmt.Println(err)
		return
	}
	scan := itsm.Actor{ID: "scan", Tenant: "acme", Roles: []itsm.Role{config.Discovery}}
	find := func(sel itsm.Selection[config.CI]) iter.Seq2[config.CI, error] { return cis.Find(ctx, scan, sel) }
	for _, seen := range []map[string]itsm.Value{
		{"name": itsm.TextValue("web-1"), "serial_number": itsm.TextValue("CZ1234")},
		{"name": itsm.TextValue("web-2"), "serial_number": itsm.TextValue("To be filled by O.E.M.")},
		{"name": itsm.TextValue("shop-1"), "serial_number": itsm.TextValue("cz1234")},
	} {
		ci, err := config.Identify(policy, "server", seen, find)
		if err != nil {
			fmt.Println(err)
			return
		}
		if ci == nil {
			r := config.Register{Class: "server", Name: seen["name"].Text(), Attributes: map[string]itsm.Value{"serial_number": seen["serial_number"]}}
			created, err := cis.Create(ctx, scan, r)
			fmt.Println(created.Number, "is new:", created.Name, err)
			continue
		}
		now, err := cis.Do(ctx, scan, ci.ID, config.Observe{Source: "scan", Values: seen})
		fmt.Println(now.Number, "was", ci.Name, "and is", now.Name, err)
	}
	// Output:
	// CI0000001 is new: web-1 <nil>
	// CI0000002 is new: web-2 <nil>
	// CI0000001 was web-1 and is shop-1 <nil>
}

// TestIdentify: over a register, by the identifiers in their order, then by name.
func TestIdentify(t *testing.T) {
	policy := bladed(t)
	e := newEstate(t, policy)
	put := func(class, name, serial string, more ...itsm.Command[config.CI]) config.CI {
		ci := e.register(ann, config.Register{Class: class, Name: name, Attributes: values{"serial_number": word(serial)}, Change: change, State: config.Live})
		return e.do(mia, ci.ID, more...)
	}
	put("server", "one", "S-1")
	put("blade", "two", "S-2")
	put("server", "three", "S-3")
	put("server", "three", "S 3", config.Retire{Change: change, Reason: "old"})
	put("server", "four", "s-3")
	put("server", "gone", "S-5", config.Retire{Change: change, Reason: "old"}, config.Dispose{Change: change, Reason: "old"})
	put("server", "old", "S-6", config.Retire{Change: change, Reason: "old"})
	put("server", "none", "n/a")
	e.register(ann, config.Register{Class: "cluster", Name: "one"})
	for _, c := range []struct{ class, name, serial, want, wrong string }{
		{"server", "one", "S-1", "one", ""},
		{"server", "x", " s-1", "one", ""},
		{"server", "one", "S-2", "two", ""},
		{"blade", "x", "S-1", "one", ""},
		{"server", "x", "S-3", "", "serial_number"},
		{"server", "one", "S-3", "one", ""},
		{"server", "four", "S-3", "four", ""},
		{"server", "three", "", "three", ""},
		{"server", "x", "s  3", "three", ""},
		{"server", "gone", "S-5", "", ""},
		{"server", "x", "S-6", "old", ""},
		{"server", "x", "N/A", "", ""},
		{"network device", "x", "S-1", "", ""},
		{"virtual machine", "one", "", "", ""},
		{"sever", "one", "", "", "class"},
	} {
		ci, err := config.Identify(policy, c.class, values{"name": word(c.name), "serial_number": word(c.serial)}, func(sel itsm.Selection[config.CI]) iter.Seq2[config.CI, error] {
			return e.cis.Find(e.ctx, ann, sel)
		})
		if c.wrong != "" {
			itsmtest.RequireField(t, err, c.wrong)
			require.Nil(t, ci)
			continue
		}
		require.NoError(t, err, "%v", c)
		if c.want == "" {
			require.Nil(t, ci, "%v", c)
		} else {
			require.Equal(t, c.want, ci.Name, "%v", c)
		}
	}
	broken := errors.New("broken")
	for _, serial := range []string{"S-1", ""} {
		_, err := config.Identify(nil, "server", values{"name": word("x"), "serial_number": word(serial)}, func(itsm.Selection[config.CI]) iter.Seq2[config.CI, error] {
			return func(yield func(config.CI, error) bool) { yield(config.CI{}, broken) }
		})
		require.ErrorIs(t, err, broken)
	}
	_, err := config.Identify(&config.Policy{}, "server", nil, nil)
	itsmtest.RequireField(t, err, "model")
}

// TestIdentifyReadsNoMoreThanItNeeds: what many share is settled by the first two that
// are in use, and a record that a walk meets twice, as it moves in an index, is one.
func TestIdentifyReadsNoMoreThanItNeeds(t *testing.T) {
	policy := bladed(t)
	var met int
	find := func(cis ...*config.CI) func(itsm.Selection[config.CI]) iter.Seq2[config.CI, error] {
		return func(itsm.Selection[config.CI]) iter.Seq2[config.CI, error] {
			return func(yield func(config.CI, error) bool) {
				for _, ci := range cis {
					if met++; !yield(*ci, nil) {
						return
					}
				}
			}
		}
	}
	one, two := serialed(1, "server", "a", "S-1", config.Live), serialed(2, "server", "b", "S-1", config.Live)
	old, older := serialed(3, "server", "c", "S-1", config.Retired), serialed(4, "server", "d", "S-1", config.Retired)
	for name, c := range map[string]struct {
		cis  []*config.CI
		want *config.CI // nil: several
		met  int
	}{
		"two in use":               {[]*config.CI{old, one, two, older, one}, nil, 3},
		"one in use, after others": {[]*config.CI{old, older, one}, one, 3},
		"one, met twice":           {[]*config.CI{one, one}, one, 2},
		"one retired, met twice":   {[]*config.CI{old, old}, old, 2},
	} {
		met = 0
		ci, err := config.Identify(policy, "server", values{"serial_number": word("S-1")}, find(c.cis...))
		require.Equal(t, c.met, met, name)
		if c.want == nil {
			itsmtest.RequireField(t, err, "serial_number")
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, c.want.ID, ci.ID, name)
	}
	_, err := config.Identify(policy, "server", values{"name": word("a")}, nil)
	itsmtest.RequireField(t, err, "find")
}

// TestIdentifyByLongValues: what identifies a CI may be as long as its attributes may,
// for an index holds a digest of it.
func TestIdentifyByLongValues(t *testing.T) {
	policy := bladed(t)
	e := newEstate(t, policy)
	long := strings.Repeat("ж", 250)
	seen := values{"name": word(long), "rack": word(long), "slot": number(1)}
	ci := e.register(ann, config.Register{Class: "blade", Name: long, Attributes: values{"rack": word(long), "slot": number(1)}})
	seen["rack"], seen["name"] = word(strings.ToUpper(long)), word("x")
	found, err := config.Identify(policy, "blade", seen, func(sel itsm.Selection[config.CI]) iter.Seq2[config.CI, error] {
		return e.cis.Find(e.ctx, ann, sel)
	})
	require.NoError(t, err)
	require.Equal(t, ci.ID, found.ID)
}

// TestIdentityIgnoresLetterCase: of all letters, also of those of which one has several
// small or large ones, and of numbers that are written otherwise.
func TestIdentityIgnoresLetterCase(t *testing.T) {
	policy := bladed(t)
	process, err := config.Process(policy)
	require.NoError(t, err)
	same := func(known, seen string) bool {
		found, err := config.Identify(policy, "server", values{"serial_number": word(seen)}, naivelyFound(process, []*config.CI{serialed(1, "server", "a", known, config.Live)}))
		require.NoError(t, err)
		return found != nil
	}
	for _, c := range [][2]string{{"ΟΔΟΣ", "οδος"}, {"οδοσ", "οδος"}, {"\u212a-1", "k-1"}, {"ſ", "S"}, {"a\u00a0b", " A  B\u2003"}} {
		require.True(t, same(c[0], c[1]) && same(c[1], c[0]), "%q", c)
	}
	require.False(t, same("a b", "ab"))
	for r := rune('!'); r <= unicode.MaxRune; r++ {
		if other := unicode.SimpleFold(r); other != r {
			require.True(t, same(string(r), string(other)), "%U %U", r, other)
		}
	}
	blade := knownCI(1, "blade", "b", func(ci *config.CI) {
		ci.Attributes = map[string]config.Assertion{"rack": {Value: word("r")}, "slot": {Value: number(1)}}
	})
	found, err := config.Identify(policy, "blade", values{"rack": word("R"), "slot": itsm.NumberValue(decimal.RequireFromString("1.00"))}, naivelyFound(process, []*config.CI{blade}))
	require.NoError(t, err)
	require.NotNil(t, found)
}
