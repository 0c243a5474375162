package config_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// TestR20_ControlledAttributes: people change them only under a change.
func TestR20_ControlledAttributes(t *testing.T) {
	w := registered(t, nil)
	itsmtest.RequireRule(t, w.Refused(ann, config.SetAttributes{Values: values{"memory": number(128)}}), "R20")
	itsmtest.RequireRule(t, w.Refused(ann, config.SetAttributes{Values: values{"memory": {}}}), "R20")
	itsmtest.RequireRule(t, w.Refused(system, config.SetAttributes{Values: values{"memory": number(128)}}), "R20")
	itsmtest.RequireRule(t, w.Refused(probe, config.SetAttributes{Values: values{"memory": number(128)}}), itsm.RuleRole)
	w.Do(ann, config.SetAttributes{Values: values{"memory": number(64), "firmware": word("1.2")}})
	require.Equal(t, change, w.Record().Change, "the change that last touched it stays")

	second := itsm.Ref{Kind: "change", ID: "CHG2"}
	w.Do(ann, config.SetAttributes{Values: values{"memory": number(128)}, Change: second})
	require.Equal(t, number(128), w.Record().Value("memory"))
	require.Equal(t, second, w.Record().Change)
	require.Equal(t, second, w.Record().Attributes["memory"].Change)

	for _, c := range []itsm.Command[config.CI]{
		config.Describe{Version: "2"}, config.Describe{Environment: "test"},
		config.Reclassify{Class: "virtual machine", Values: values{"serial_number": {}, "firmware": {}}},
		config.Maintain{}, config.Retire{},
	} {
		itsmtest.RequireRule(t, w.Refused(mia, c), "R20")
	}
	w.Do(ann, config.Describe{Name: "web-01", Description: "Serves the shop."})
	w.Do(ann, config.Describe{Version: "2", Change: second})
	require.Equal(t, "2", w.Record().Version)

	itsmtest.RequireRule(t, itsmtest.New(t, lifecycle(t, nil)).Refused(ann, func() config.Register { c := server(); c.Change = itsm.Ref{}; return c }()), "R20")
}

// TestR20_ChangeThatMayNot: the host says under which changes something may be done.
func TestR20_ChangeThatMayNot(t *testing.T) {
	w := registered(t, under(func(p *config.Policy) {
		p.Change = func(u config.ChangeUse) error {
			if u.Stamp.By.Tenant != "acme" || u.Change != change {
				return errors.New("is not approved")
			}
			return nil
		}
	}))
	other := itsm.Ref{Kind: "change", ID: "CHG9"}
	itsmtest.RequireRule(t, w.Refused(ann, config.SetAttributes{Values: values{"firmware": word("2")}, Change: other}), "R20")
	itsmtest.RequireRule(t, w.Refused(ann, config.Maintain{Change: other}), "R20")
	w.Do(ann, config.Maintain{Change: change})
}

// TestR20_AChangeIsAskedWhatItCovers: the host is told what is to be done, to what and
// for when, by every command that may name a change.
func TestR20_AChangeIsAskedWhatItCovers(t *testing.T) {
	var asked []config.ChangeUse
	var refuse error
	policy := under(func(p *config.Policy) {
		p.Change = func(u config.ChangeUse) error { asked = append(asked, u); return refuse }
	})
	w := itsmtest.New(t, lifecycle(t, policy))
	w.Do(ann, server())
	w.Wait(hour)
	me := w.Record().Ref()
	use := func(command string, since time.Time, before itsm.State) config.ChangeUse {
		return config.ChangeUse{Change: change, Command: command, Since: since, Subject: me, Name: "web-1", Class: "server", State: before}
	}
	told := func(want config.ChangeUse) {
		t.Helper()
		require.Len(t, asked, 1)
		require.Equal(t, "ann", asked[0].Stamp.By.ID)
		asked[0].Stamp = itsm.Stamp{}
		require.Equal(t, want, asked[0])
		asked = nil
	}
	told(use("register", w.Now().Add(-hour), itsm.None))
	since := w.Now().Add(-hour / 2)
	refuse = errors.New("is not in its scope")
	for _, c := range []struct {
		name  string
		c     itsm.Command[config.CI]
		since time.Time
	}{
		{"describe", config.Describe{Version: "2", Change: change}, w.Now()},
		{"own", config.Own{Owner: "eve", Change: change, Since: since, Reason: "Late."}, since},
		{"set attributes", config.SetAttributes{Values: values{"memory": number(1)}, Change: change}, w.Now()},
		{"reclassify", config.Reclassify{Class: "virtual machine", Values: values{"serial_number": {}}, Change: change}, w.Now()},
		{"set need", config.SetNeed{Need: config.Need{Group: "a", AtLeast: 1}, Change: change}, w.Now()},
		{"drop need", config.DropNeed{Group: "a", Change: change}, w.Now()},
		{"maintain", config.Maintain{Change: change, Since: since, Reason: "Late."}, since},
	} {
		itsmtest.RequireRule(t, w.Refused(ann, c.c), "R20")
		told(use(c.name, c.since, config.Live))
	}
	refuse = nil
	r := related(t, policy, ann, locatedIn(1, 9))
	asked[0].Stamp = itsm.Stamp{}
	cis := config.ChangeUse{Change: change, Command: "relate", Since: r.Events()[0].Stamp.At, Subject: r.Record().Ref(), Class: "located in",
		From: itsm.RefTo(config.Kind, id(1)), To: itsm.RefTo(config.Kind, id(9))}
	require.Equal(t, cis, asked[0])
	asked, refuse = nil, errors.New("its window is over")
	itsmtest.RequireRule(t, r.Refused(ann, config.Unrelate{Change: change}), "R20")
	cis.Command, cis.Since, cis.State = "unrelate", r.Now(), config.Active
	told(cis)
}

// TestR20_ControlledNeeds: how redundant something must be changes under a change.
func TestR20_ControlledNeeds(t *testing.T) {
	two, one := config.Need{Group: "nodes", AtLeast: 2}, config.Need{Group: "nodes", AtLeast: 1}
	c := server()
	c.Needs = []config.Need{two}
	w := itsmtest.New(t, lifecycle(t, nil))
	w.Do(ann, c)
	require.Equal(t, number(2), w.Record().Value("need:nodes"))
	require.True(t, w.Record().Value("need:power").IsZero())
	for _, by := range []itsm.Actor{ann, mia, system} {
		itsmtest.RequireRule(t, w.Refused(by, config.SetNeed{Need: one}), "R20")
		itsmtest.RequireRule(t, w.Refused(by, config.DropNeed{Group: "nodes"}), "R20")
		itsmtest.RequireRule(t, w.Refused(by, config.SetNeed{Need: config.Need{Group: "power", AtLeast: 1}}), "R20")
	}
	w.Do(ann, config.SetNeed{Need: two})
	w.Do(ann, config.SetNeed{Need: one, Change: change})
	w.Do(ann, config.DropNeed{Group: "nodes", Change: change})
	require.Empty(t, w.Record().Needs)

	free := registered(t, under(func(p *config.Policy) { p.Controlled = []string{"version"} }))
	free.Do(ann, config.SetNeed{Need: one})
	free.Do(ann, config.DropNeed{Group: "nodes"})
	itsmtest.RequireRule(t, registered(t, under(func(p *config.Policy) { p.Controlled = []string{"needs"} })).Refused(ann, config.SetNeed{Need: one}), "R20")
}
