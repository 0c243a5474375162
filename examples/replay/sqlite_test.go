package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/examples/replay/eventlog"
)

// asProgram makes the test binary the program itself, so that it can be killed.
const asProgram = "REPLAY_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// long is a log of n incidents, each worked on, put on hold, resolved and closed.
func long(n int) string {
	var b strings.Builder
	b.WriteString("id,status,when\n")
	for i := range n {
		day := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC).AddDate(0, 0, i%50)
		for j, status := range []string{"open", "work", "ask", "work", "done", "over"} {
			fmt.Fprintf(&b, "%d,%s,%s\n", i, status, day.AddDate(0, 0, j).Format("2006-01-02 15:04"))
		}
	}
	return b.String()
}

// inFile is a run into a file: its arguments.
func inFile(t *testing.T, n int) []string {
	t.Helper()
	more := strings.Replace(mapping, `"done":`, `"work": {"state": "in progress"}, "ask": {"state": "on hold", "reason": "caller"}, "over": {"state": "closed"}, "done":`, 1)
	return append(files(t, long(n), more), "-backend", "sqlite", "-file", filepath.Join(t.TempDir(), "replay.db"), "-json")
}

func resultOf(t *testing.T, text []byte) *eventlog.Result {
	t.Helper()
	r := new(eventlog.Result)
	require.NoError(t, json.Unmarshal(text, r), string(text))
	r.Elapsed = 0
	return r
}

// A replay into a file is killed, again and again; the figures in the end are those
// of a replay in memory.
func TestAKilledReplayGoesOn(t *testing.T) {
	const incidents = 500
	args := inFile(t, incidents)
	var out, errs bytes.Buffer
	require.Zero(t, run(context.Background(), append(args[:4:4], "-json"), &out, &errs), errs.String())
	want := resultOf(t, out.Bytes())

	resumed, kills := 0, 0
	for {
		require.Less(t, kills, 100)
		program := exec.Command(os.Args[0], args...)
		program.Env = append(os.Environ(), asProgram+"=1")
		var out, errs bytes.Buffer
		program.Stdout, program.Stderr = &out, &errs
		require.NoError(t, program.Start())
		timer := time.AfterFunc(time.Duration(100+50*kills)*time.Millisecond, func() { program.Process.Kill() })
		err := program.Wait()
		if !timer.Stop() && err != nil {
			kills++
			continue
		}
		require.NoError(t, err, errs.String())
		got := resultOf(t, out.Bytes())
		resumed, got.Resumed = got.Resumed, 0
		require.Equal(t, want, got)
		break
	}
	t.Logf("complete after %d kills, the last run from event %d", kills, resumed)

	out.Reset()
	require.Zero(t, run(context.Background(), args, &out, &errs), errs.String())
	require.Equal(t, want.Events, resultOf(t, out.Bytes()).Resumed, "complete")

	out.Reset()
	require.Equal(t, exitFailed, run(context.Background(), append(files(t, export, mapping), args[4:]...), &out, &errs))
	require.Contains(t, errs.String(), "replay.db holds the replay of another log or mapping; give another -file")
	require.Equal(t, 1, strings.Count(errs.String(), "\n"))
}
