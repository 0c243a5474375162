package config_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// The people and programs of the tests.
var (
	ann    = itsm.Actor{ID: "ann", Tenant: "acme", Roles: []itsm.Role{config.Administrator}}
	mia    = itsm.Actor{ID: "mia", Tenant: "acme", Roles: []itsm.Role{config.Manager}}
	bob    = itsm.Actor{ID: "bob", Tenant: "acme"} // the owner
	otto   = itsm.Actor{ID: "otto", Tenant: "acme"}
	probe  = itsm.Actor{ID: "probe", Tenant: "acme", Roles: []itsm.Role{config.Discovery}}
	system = itsm.System("acme")
)

var change = itsm.Ref{Kind: "change", ID: "CHG1"}

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

type (
	walk         = itsmtest.Walk[config.CI]
	relationWalk = itsmtest.Walk[config.Relation]
	values       = map[string]itsm.Value
)

func id(n byte) uuid.UUID { return uuid.UUID{6: 0x80, 8: 0x80, 15: n} }

func lifecycle(t testing.TB, policy *config.Policy) *itsm.Lifecycle[config.CI] {
	t.Helper()
	process, err := config.Process(policy)
	require.NoError(t, err)
	return process.Lifecycle
}

func relations(t testing.TB, policy *config.Policy) *itsm.Lifecycle[config.Relation] {
	t.Helper()
	process, err := config.RelationProcess(policy)
	require.NoError(t, err)
	return process.Lifecycle
}

// under is the default policy with changes.
func under(edit func(*config.Policy)) *config.Policy {
	policy := config.DefaultPolicy()
	edit(policy)
	return policy
}

func number(n int64) itsm.Value     { return itsm.IntValue(n) }
func word(s string) itsm.Value      { return itsm.TextValue(s) }
func in(t time.Time) itsm.Value     { return itsm.InstantValue(t) }
func ref(n byte) itsm.Value         { return itsm.ReferenceValue(itsm.RefTo(config.Kind, id(n))) }
func state(s itsm.State) itsm.Value { return itsm.TextValue(s) }

// server is a live server, as an administrator registers it.
func server() config.Register {
	return config.Register{
		Name: "web-1", Class: "server", Owner: "bob", Criticality: itsm.High, Environment: "production",
		State: config.Live, Change: change,
		Attributes: values{"memory": number(64), "cpus": number(8), "hostname": word("web-1.example"), "serial_number": word("S-1")},
	}
}

// registered begins a walk with a live server.
func registered(t testing.TB, policy *config.Policy) *walk {
	t.Helper()
	w := itsmtest.New(t, lifecycle(t, policy))
	w.Do(ann, server())
	w.Wait(hour)
	return w
}

func text(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

// typed reports whether an error is wrong input or a refusal, as all are that a
// lifecycle gives.
func typed(err error) bool {
	return errors.Is(err, itsm.ErrInvalid) || errors.Is(err, itsm.ErrRefused)
}
