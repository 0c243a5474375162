package config_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

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
