package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// TestAssertionOfEveryAttribute: since when, from where, when last seen and under
// which change, of its own attributes as of those of its class.
func TestAssertionOfEveryAttribute(t *testing.T) {
	w := registered(t, nil)
	ci := w.Record()
	born := ci.Opened
	for _, name := range append(config.OwnAttributes(), "memory") {
		a, has := ci.Assertion(name)
		if name == "description" || name == "version" {
			require.False(t, has, name)
			continue
		}
		require.True(t, has, name)
		require.Equal(t, config.Assertion{Value: ci.Value(name), Since: born, Source: "ann", Seen: born, Change: change}, a, name)
	}
	require.Empty(t, ci.Known, "all is as it was registered")

	second := itsm.Ref{Kind: "change", ID: "CHG2"}
	expect := func(name string, want config.Assertion) {
		t.Helper()
		a, has := ci.Assertion(name)
		require.True(t, has)
		require.Equal(t, want, a)
	}
	w.Wait(day).Do(ann, config.Describe{Version: "2", Change: second, Since: born, Reason: "Told late."})
	told := w.Now()
	expect("version", config.Assertion{Value: word("2"), Since: born, Source: "ann", Seen: told, Change: second})
	w.Wait(day).Do(probe, config.Observe{Source: "scan", Values: values{"version": word("2"), "name": word("WEB-1")}})
	expect("version", config.Assertion{Value: word("2"), Since: born, Source: "ann", Seen: w.Now(), Change: second})
	expect("name", config.Assertion{Value: word("WEB-1"), Since: w.Now(), Source: "scan", Seen: w.Now()})
	w.Wait(day).Do(mia, config.Own{Owner: "eve"})
	expect("owner", config.Assertion{Value: word("eve"), Since: w.Now(), Source: "mia", Seen: w.Now()})
	w.Wait(day).Do(ann, config.Reclassify{Class: "virtual machine", Values: values{"serial_number": {}}, Change: second})
	expect("class", config.Assertion{Value: word("virtual machine"), Since: w.Now(), Source: "ann", Seen: w.Now(), Change: second})
	expect("serial_number", config.Assertion{Since: w.Now(), Source: "ann", Seen: w.Now(), Change: second})
	w.Wait(day).Do(mia, config.Maintain{Change: second, Since: told, Reason: "Told late."})
	expect("state", config.Assertion{Value: state(config.InMaintenance), Since: told, Source: "mia", Seen: w.Now(), Change: second})
	expect("environment", config.Assertion{Value: word("production"), Since: born, Source: "ann", Seen: born, Change: change})
	for name, a := range ci.Known {
		require.True(t, a.Value.IsZero(), "%s: no value is kept twice", name)
	}
}

// TestStaleObservationOfItsOwn: of its own attributes, too, each has its own time.
func TestStaleObservationOfItsOwn(t *testing.T) {
	w := registered(t, nil)
	looked := w.Now()
	w.Wait(hour).Do(ann, config.Describe{Name: "robot-2", Version: "2", Change: change})
	w.Wait(hour)
	e := w.Do(probe, config.Observe{Source: "scan", Seen: looked, Values: values{"name": word("r2"), "version": word("1"), "environment": word("test")}})
	require.Equal(t, []string{"name", "version"}, e.Command.(config.Observe).Stale)
	require.Equal(t, []string{"environment"}, w.Record().Drifting())
	require.Equal(t, "robot-2", w.Record().Name)

	w = registered(t, nil)
	looked = w.Now()
	w.Wait(hour).Do(probe, config.Observe{Source: "scan", Values: values{"hostname": word("h")}})
	w.Wait(hour)
	e = w.Do(probe, config.Observe{Source: "late scan", Seen: looked, Values: values{"version": word("9"), "name": word("r2")}})
	require.Empty(t, e.Command.(config.Observe).Stale, "nothing newer is known of either")
	require.Equal(t, []string{"version"}, w.Record().Drifting())
	require.Equal(t, "r2", w.Record().Name)
}

// TestWhatIsGoneStaysGone: an older look does not bring back what was seen to be gone
// or was taken away since; a newer one does.
func TestWhatIsGoneStaysGone(t *testing.T) {
	for name, take := range map[string]func(w *walk){
		"seen": func(w *walk) { w.Do(probe, config.Observe{Source: "scan", Values: values{"hostname": {}}}) },
		"told": func(w *walk) { w.Do(ann, config.SetAttributes{Values: values{"hostname": {}}}) },
		"no class": func(w *walk) {
			w.Do(ann, config.Reclassify{Class: "virtual machine", Values: values{"hostname": {}, "serial_number": {}}, Change: change})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := registered(t, nil)
			looked := w.Now()
			w.Wait(hour)
			take(w)
			gone := w.Now()
			a, has := w.Record().Assertion("hostname")
			require.True(t, has)
			require.Equal(t, []any{itsm.Value{}, gone}, []any{a.Value, a.Seen})
			w.Wait(hour)
			old := config.Observe{Source: "late scan", Seen: looked, Values: values{"hostname": word("h3old")}}
			require.Equal(t, []string{"hostname"}, w.Do(probe, old).Command.(config.Observe).Stale)
			require.NotContains(t, w.Record().Attributes, "hostname")
			w.Do(probe, config.Observe{Source: "scan", Values: values{"hostname": word("h4")}})
			require.Equal(t, word("h4"), w.Record().Value("hostname"))
			require.NotContains(t, w.Record().Known, "hostname")
		})
	}
}
