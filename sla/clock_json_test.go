package sla_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/itsmtest"
	"github.com/itsmkit/itsm/sla"
)

func TestClockJSON(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		h := randomHistory(t, r, march(r), office(t), nil)
		for _, c := range h.clocks {
			text, err := json.Marshal(c)
			require.NoError(t, err)
			var read sla.Clock
			require.NoError(t, json.Unmarshal(text, &read), "%s", text)
			again, err := json.Marshal(read)
			require.NoError(t, err)
			require.Equal(t, string(text), string(again))
			at := h.end().Add(100 * time.Hour)
			require.Equal(t, c.At(at), read.At(at))
		}
	}
	text, err := json.Marshal(opened(t, 1, nil))
	require.NoError(t, err)
	require.JSONEq(t, `{"goal":3600000000000,"started":"2026-11-23T09:00:00+01:00","last":"2026-11-23T09:00:00+01:00",`+
		`"elapsed":0,"paused":0,"status":"running"}`, string(text))
}

func TestEventJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 6))
	h := randomHistory(t, r, march(r), office(t), nil)
	text, err := json.Marshal(h.events)
	require.NoError(t, err)
	var read []sla.Event
	require.NoError(t, json.Unmarshal(text, &read))
	c, err := sla.Fold(read...)
	require.NoError(t, err)
	require.Equal(t, h.clocks[len(h.clocks)-1].At(h.end()), c.At(h.end()))
}

// TestClockJSONRefuses reads clocks that no events lead to.
func TestClockJSONRefuses(t *testing.T) {
	var zero sla.Clock
	text, err := json.Marshal(zero)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &zero), "one that has not been started")

	good := `{"goal":3600000000000,"started":"2026-03-02T09:00:00Z","last":"2026-03-02T10:00:00Z",` +
		`"elapsed":60000000000,"paused":0,"status":"running"}`
	require.NoError(t, json.Unmarshal([]byte(good), new(sla.Clock)))
	for _, c := range []struct{ old, new, field string }{
		{`"goal":3600000000000`, `"goal":-5,"reached":"2026-03-02T09:00:00Z","breached":"2026-03-02T09:00:00Z","cause":"too late"`, "goal"},
		{`"started":"2026-03-02T09:00:00Z",`, ``, "started"},
		{`"last":"2026-03-02T10:00:00Z",`, ``, "last"},
		{`"last":"2026-03-02T10`, `"last":"2026-03-02T08`, "last"},
		{`"elapsed":60000000000`, `"elapsed":-1`, "elapsed"},
		{`"paused":0`, `"paused":3540000000001`, "elapsed"},
		{`"goal":3600000000000`, `"goal":60000000000`, "reached"},
		{`"goal":3600000000000`, `"goal":50000000000,"reached":"2026-03-02T09:30:00Z"`, "breached"},
		{`"paused":0`, `"paused":0,"reached":"2026-03-02T09:30:00Z"`, "reached"},
		{`"goal":3600000000000`, `"goal":60000000000,"reached":"2026-03-02T10:30:00Z"`, "reached"},
		{`"paused":0`, `"paused":0,"breached":"2026-03-02T08:30:00Z","cause":"too late"`, "breached"},
		{`"paused":0`, `"paused":0,"breached":"2026-03-02T09:30:00Z"`, "cause"},
		{`"paused":0`, `"paused":0,"breached":"2026-03-02T09:30:00Z","cause":"bad luck"`, "cause"},
		{`"paused":0`, `"paused":0,"cause":"too late"`, "cause"},
		{`"paused":0`, `"paused":-1`, "paused"},
		{`"status":"running"`, `"status":"asleep"`, "status"},
		{`,"status":"running"`, ``, "status"},
		{`"status":"running"`, `"status":"running","reason":"caller"`, "reason"},
		{`"status":"running"`, `"status":"stopped","reason":"caller"`, "reason"},
		{`"status":"running"`, `"status":"paused"`, "reason"},
		{`"status":"running"`, `"status":"cancelled","reason":"a\nb"`, "reason"},
		{`"goal"`, `"calendar":{"tz":"Mars","schedule":{"mon":[["09:00","17:00"]]}},"goal"`, "calendar.tz"},
		{good, `{"calendar":{"tz":"UTC","schedule":{"mon":[["09:00","17:00"]]}}}`, "started"},
		{`"goal"`, `"goal":1,"goal"`, "goal"},
		{`"goal"`, `"Goal"`, "Goal"},
		{`"paused":0`, `"paused":0,"breached":null`, "breached"},
		{`"paused":0`, `"paused":0,"odd":1`, "odd"},
	} {
		kept := opened(t, 1, nil)
		err := json.Unmarshal([]byte(strings.Replace(good, c.old, c.new, 1)), &kept)
		require.Error(t, err, c.new)
		require.Contains(t, itsmtest.Fields(err), c.field, c.new)
		require.Equal(t, opened(t, 1, nil), kept)
	}
	itsmtest.RequireField(t, new(sla.Clock).UnmarshalJSON([]byte(good+good)), "data")
	kept := opened(t, 1, nil)
	require.NoError(t, json.Unmarshal([]byte("null"), &kept))
	require.Equal(t, opened(t, 1, nil), kept)
}
