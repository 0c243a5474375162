package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/examples/replay/eventlog"
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
		"unknown backend": {nil, []string{"-backend", "paper"}, exitUsage, `-backend is "paper"`},
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
