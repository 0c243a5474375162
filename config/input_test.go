package config_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
	"github.com/itsmkit/itsm/itsmtest"
)

// anybody holds every role there is.
var anybody = itsm.Actor{ID: "bob", Roles: []itsm.Role{config.Administrator, config.Manager, config.Discovery, itsm.SystemRole}}

// TestBadUTF8 spoils every text of every command, one at a time: the error names
// it. What a decision fills in it fills in whatever was given.
func TestBadUTF8(t *testing.T) {
	filledIn := []string{"was[0]", "changed[0]", "settled[0]", "stale[0]", "drifts[0]", "agreed[0]", "told[0]", "by_hand[0]"}
	lc := lifecycle(t, nil)
	for i, name := range lc.Commands() {
		row := lc.Transitions()[slices.IndexFunc(lc.Transitions(), func(r itsm.Transition[config.CI]) bool { return r.Name == name })]
		ci := config.CI{
			Header: itsm.Header{ID: id(1), State: row.From[0]}, Class: "server", Owner: "bob", InState: noon.Add(-2 * day),
			Needs: []config.Need{{Group: "power", AtLeast: 1}}, Actions: []config.Action{{ID: 1}},
		}
		if name == "dispose" {
			ci.Actions = nil
		}
		fire := func(cmd itsm.Command[config.CI]) error {
			record := ci
			_, err := lc.Fire(&record, cmd, itsm.Stamp{At: noon.Add(hour), By: anybody})
			return err
		}
		spoilEach(t, name, samples()[i], filledIn, fire)
	}
	rel := relations(t, nil)
	for i, name := range rel.Commands() {
		row := rel.Transitions()[i]
		r := config.Relation{Header: itsm.Header{ID: id(1), State: row.From[0]}, Type: "depends on", InState: noon.Add(-2 * day)}
		spoilEach(t, name, relationSamples()[i], filledIn, func(cmd itsm.Command[config.Relation]) error {
			record := r
			_, err := rel.Fire(&record, cmd, itsm.Stamp{At: noon.Add(hour), By: anybody})
			return err
		})
	}
}

// spoilEach fires copies of a command in each of which one text is not UTF-8.
func spoilEach[R any](t *testing.T, name string, good itsm.Command[R], filledIn []string, fire func(itsm.Command[R]) error) {
	t.Helper()
	n := 0
	for {
		at := n
		bad := reflect.New(reflect.TypeOf(good)).Elem()
		path, found := spoil(bad, reflect.ValueOf(good), "", &at)
		if !found {
			break
		}
		n++
		path = strings.TrimPrefix(path, ".")
		err := fire(bad.Interface().(itsm.Command[R]))
		if slices.ContainsFunc(filledIn, func(f string) bool { return strings.HasPrefix(path, f) }) {
			continue
		}
		require.Error(t, err, "%s.%s", name, path)
		itsmtest.RequireField(t, err, path)
	}
	require.Positive(t, n, name)
}

// spoil copies a value and makes its n-th text, counted from 0, one that is not
// UTF-8. It gives the path of it.
func spoil(to, from reflect.Value, path string, n *int) (string, bool) {
	to.Set(from)
	switch from.Kind() {
	case reflect.String:
		*n--
		if *n == -1 {
			to.SetString("a\xff")
			return path, true
		}
	case reflect.Slice:
		list := reflect.MakeSlice(from.Type(), from.Len(), from.Len())
		for i := range from.Len() {
			if at, found := spoil(list.Index(i), from.Index(i), fmt.Sprintf("%s[%d]", path, i), n); found {
				to.Set(list)
				return at, true
			}
		}
	case reflect.Struct:
		for i := range from.NumField() {
			f := from.Type().Field(i)
			if !f.IsExported() {
				continue
			}
			at := path
			if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "" { // a Ref is a text as a whole
				at += "." + tag
			}
			if at, found := spoil(to.Field(i), from.Field(i), at, n); found {
				return at, true
			}
		}
	}
	return "", false
}
