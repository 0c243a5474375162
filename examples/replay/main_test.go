package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/examples/replay/eventlog"
	"github.com/itsmkit/itsm/store"
)

const export = "id,status,when\n1,open,2026-03-01 10:00\n1,done,2026-03-01 12:00\n"

const mapping = `{
	"name": "a small export", "source": "made for this test", "time": "2006-01-02 15:04",
	"columns": {"incident": "id", "state": "status", "at": "when"},
	"constants": {"impact": "high", "urgency": "high"},
	"states": {"open": {"state": "new"}, "done": {"state": "resolved"}},
	"policy": {"matrix": {"impacts": ["high"], "urgencies": ["high"], "priorities": [["P1"]]}, "window_days": 5, "hold_days": 30}
}`

func files(t *testing.T, log, mapping string) []string {
	t.Helper()
	dir := t.TempDir()
	logFile, mappingFile := filepath.Join(dir, "log.csv"), filepath.Join(dir, "log.json")
	require.NoError(t, os.WriteFile(logFile, []byte(log), 0o600))
	require.NoError(t, os.WriteFile(mappingFile, []byte(mapping), 0o600))
	return []string{"-log", logFile, "-mapping", mappingFile}
}

func TestRunPrintsTables(t *testing.T) {
	for _, backend := range []string{"memory", "none"} {
		var out, errs bytes.Buffer
		require.Zero(t, run(context.Background(), append(files(t, export, mapping), "-backend", backend), &out, &errs), errs.String())
		require.Contains(t, out.String(), "a small export\n2 events of 1 incidents as 2 commands in")
		require.Empty(t, errs.String(), "no bar where there is no terminal")
	}
}

func TestALogFromStandardInput(t *testing.T) {
	args := files(t, export, mapping)
	s := settings{log: "-", mapping: args[3], stdin: strings.NewReader(export)}
	log, _, err := load(context.Background(), s)
	require.NoError(t, err)
	require.Equal(t, 2, log.Len())

	s.stdin = strings.NewReader("")
	_, _, err = load(context.Background(), s)
	require.EqualError(t, err, "standard input: is empty")
}

func TestRunPrintsJSON(t *testing.T) {
	var out, errs bytes.Buffer
	require.Zero(t, run(context.Background(), append(files(t, export, mapping), "-json"), &out, &errs), errs.String())
	var result eventlog.Result
	require.NoError(t, json.Unmarshal(out.Bytes(), &result))
	require.Equal(t, 2, result.Events)
}

func TestRunFailsWithOneLine(t *testing.T) {
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	good := files(t, export, mapping)
	for name, test := range map[string]struct {
		ctx  context.Context
		args []string
		code int
		want string
	}{
		"stray argument":  {nil, []string{"log.csv"}, exitUsage, `unexpected argument "log.csv"`},
		"half a pair":     {nil, good[:2], exitUsage, "-log and -mapping go together"},
		"unknown backend": {nil, []string{"-backend", "paper"}, exitUsage, `-backend is "paper"; give memory, none or sqlite`},
		"no file":         {nil, []string{"-backend", "sqlite"}, exitUsage, "-backend sqlite needs a -file"},
		"a file too many": {nil, []string{"-file", "replay.db"}, exitUsage, "-file and -sync go with -backend sqlite, not with memory"},
		"sync of nothing": {nil, []string{"-backend", "none", "-sync", "full"}, exitUsage, "not with none"},
		"unknown sync":    {nil, []string{"-backend", "sqlite", "-file", "replay.db", "-sync", "never"}, exitUsage, `-sync is "never"; give normal or full`},
		"no such file":    {nil, []string{"-log", "/nowhere/log.csv", "-mapping", good[3]}, exitFailed, "/nowhere/log.csv: no such file"},
		"no such mapping": {nil, []string{"-log", good[1], "-mapping", "/nowhere/m.json"}, exitFailed, "/nowhere/m.json: no such file"},
		"a folder":        {nil, []string{"-log", filepath.Dir(good[1]), "-mapping", good[3]}, exitFailed, "is a directory"},
		"wrong mapping":   {nil, files(t, "number,state\n1,open\n", mapping), exitFailed, `log.csv: line 1: column "id": is not in the header`},
		"broken mapping":  {nil, files(t, export, "{"), exitFailed, "log.json: mapping"},
		"empty log":       {nil, files(t, "", mapping), exitFailed, "log.csv: is empty"},
		"interrupted":     {canceled, good, exitFailed, "interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if test.ctx == nil {
				test.ctx = context.Background()
			}
			require.Equal(t, test.code, run(test.ctx, test.args, &out, &errs))
			require.Empty(t, out.String())
			require.Contains(t, errs.String(), test.want)
			require.Equal(t, 1, strings.Count(errs.String(), "\n"), errs.String())
		})
	}
}

func TestAnErrorSaysWhatToDo(t *testing.T) {
	stopped := fmt.Errorf("stopped after 2 of 3 events: %w", context.Canceled)
	unknown := fmt.Errorf("stopped after 2 of 3 events: %w", &store.UnknownError{Err: errors.New("the disk is gone")})
	kept := settings{backend: "sqlite", file: "replay.db"}
	for _, test := range []struct {
		err  error
		s    settings
		want string
	}{
		{stopped, settings{}, "interrupted; stopped after 2 of 3 events: context canceled"},
		{stopped, kept, "interrupted; stopped after 2 of 3 events: context canceled; run it again to go on"},
		{unknown, kept, "stopped after 2 of 3 events: store: the unit may have been committed or not: the disk is gone; run it again to go on"},
		{&eventlog.ResumeError{Problem: "holds the replay of another log or mapping"}, kept,
			"replay.db holds the replay of another log or mapping; give another -file, or remove this one to begin again"},
	} {
		require.Equal(t, test.want, explain(test.err, test.s))
	}
}

func TestTheReportSaysWhatWasStoredBefore(t *testing.T) {
	r := &eventlog.Result{Log: "a log", Events: 3000, Incidents: 10, Commands: 4000, Elapsed: 2 * time.Second}
	for resumed, want := range map[int]string{
		0:    "3,000 events of 10 incidents as 4,000 commands in 2s: 1,500 events a second",
		1000: "3,000 events of 10 incidents as 4,000 commands after 1,000 events that were stored before, in 2s: 1,000 events a second",
		3000: "3,000 events of 10 incidents as 4,000 commands were stored before: what follows is from the rules again",
	} {
		r.Resumed = resumed
		var out bytes.Buffer
		require.NoError(t, report(&out, r))
		require.Contains(t, out.String(), "\n"+want+"\n")
	}
}
