package itsmtest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/itsmtest"
)

var (
	ann  = itsm.Actor{ID: "ann"}
	paul = itsm.Actor{ID: "paul", Roles: []itsm.Role{"postman"}}
)

// recorder stands in for a test and keeps its complaints.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(r)
}

// watch runs a walk that may fail and gives what was complained about.
func watch(t *testing.T, walk func(testing.TB)) (said []string) {
	t.Helper()
	r := &recorder{TB: t}
	defer func() {
		if stopped := recover(); stopped != nil && stopped != any(r) {
			panic(stopped)
		}
		said = r.said
	}()
	walk(r)
	return r.said
}

// Each fault is found, and by the check meant for it.
func TestWalkFindsFaults(t *testing.T) {
	lc, err := parcels()
	require.NoError(t, err)
	for how, complaint := range map[string]string{
		"clone":   "",
		"nothing": "",
		"append":  "mark appends to record.Marks in place",
		"element": "edits a slice, a map or a pointer's target in place",
		"map":     "edits a slice, a map or a pointer's target in place",
		"pointer": "edits a slice, a map or a pointer's target in place",
		"header":  "touches header.Updated",
		"sets":    `changes the field "to" from "ann" to "x"; name it in Sets`,
		"secret":  "record.Secret is lost or changed by the record's JSON form",
		"lost":    "does not survive its JSON form: command.Lost is lost",
		"chance":  "replaying the events gives another record",
		"near":    "changed a record near it",
		"own":     "",
		"kept":    "mark.Labels is kept as it was passed in",
	} {
		t.Run(how, func(t *testing.T) {
			said := watch(t, func(t testing.TB) {
				w := itsmtest.New(t, lc)
				w.Do(ann, post{To: "ann"})
				other := w.Another()
				other.Do(ann, post{To: "bob"})
				c := mark{Text: "x", How: how}
				switch how {
				case "lost":
					c.Lost = "y"
				case "own", "kept":
					c.Labels, c.Marks = map[string]string{"c": "d"}, []string{"e"}
				}
				w.Do(ann, c, other.Record())
			})
			if complaint == "" {
				require.Empty(t, said)
				return
			}
			require.Contains(t, strings.Join(said, "\n"), complaint)
			if how == "kept" {
				require.Contains(t, strings.Join(said, "\n"), "mark.Marks is kept as it was passed in")
			}
		})
	}
}

func TestWalkFindsChangeOnRefusal(t *testing.T) {
	lc, err := parcels()
	require.NoError(t, err)
	said := watch(t, func(t testing.TB) {
		w := itsmtest.New(t, lc)
		w.Do(ann, post{To: "ann"})
		w.Refused(ann, mark{How: "check and refuse"})
	})
	require.Len(t, said, 1)
	require.Contains(t, said[0], "was refused and changed the record all the same")
}

func TestWalkStops(t *testing.T) {
	lc, err := parcels()
	require.NoError(t, err)
	require.Equal(t, []string{"itsmtest_test.post by ann: T0000001: post: to: is missing"},
		watch(t, func(t testing.TB) { itsmtest.New(t, lc).Do(ann, post{}) })[:1])
	require.Equal(t, []string{`itsmtest_test.post by ann: not refused, but led to "posted"`},
		watch(t, func(t testing.TB) { itsmtest.New(t, lc).Refused(ann, post{To: "x"}) }))
}

func TestWalk(t *testing.T) {
	lc, err := parcels()
	require.NoError(t, err)
	w := itsmtest.New(t, lc)
	require.Equal(t, "T0000001", w.Record().Number)
	require.ErrorIs(t, w.Refused(ann, post{To: "\xff"}), itsm.ErrInvalid)
	require.ErrorIs(t, w.Refused(ann, deliver{}), itsm.ErrRefused)
	w.Do(ann, post{To: "ann"})
	require.Equal(t, []string{`mark from "posted"`, `deliver from "posted"`}, w.NotFired())

	fork := w.Fork()
	e := fork.Wait(time.Hour).Do(paul, deliver{})
	require.Equal(t, w.Now().Add(time.Hour), e.Stamp.At)
	require.Equal(t, itsm.State("delivered"), fork.Record().State)
	require.Equal(t, itsm.State("posted"), w.Record().State)
	require.Len(t, fork.Events(), 2)
	require.Len(t, w.Events(), 1)

	other := w.Another()
	require.NotEqual(t, w.Record().ID, other.Record().ID)
	require.Equal(t, "T0000002", other.Record().Number)

	tight, err := lc.Tighten("deliver", itsm.Guard("never", func(*parcel, itsm.Stamp) error { return errors.New("no") }))
	require.NoError(t, err)
	require.ErrorContains(t, w.On(tight).Refused(paul, deliver{}), "never: no")

	back := itsm.Stamp{At: w.Now().Add(time.Minute), By: paul, Recorded: w.Now().Add(time.Hour), Reason: "paper"}
	_, err = w.Fire(mark{Text: "x", How: "clone"}, back)
	require.NoError(t, err)
	require.Equal(t, back.At, w.Now())
	require.Empty(t, w.NotFired())
}
