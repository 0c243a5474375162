// Command replay runs a real event log through incident management: every row
// becomes commands, the lifecycle decides, a register keeps records and journal.
// Then it says what the rules refused, and how far the figures recomputed from
// the events are those that the log carries itself.
//
//	go run ./examples/replay
//	go run ./examples/replay -log export.csv -mapping export.json
//
// Without flags it replays the log that is built in: 141,712 events of 24,918
// incidents from a ServiceNow installation (see eventlog/ATTRIBUTION.md).
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	_ "time/tzdata" // mappings name zones, and not every machine has the table

	"github.com/itsmkit/itsm/examples/replay/eventlog"
	"github.com/itsmkit/itsm/store/memory"
)

const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	// Records and journal stay in memory, so that by default as much again would
	// be garbage. Half of that costs no time that can be measured.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are what the flags say.
type settings struct {
	log, mapping, backend string
	json                  bool
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var s settings
	flags := flag.NewFlagSet("replay", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.log, "log", "", "replay this `file`, CSV, plain or gzip (default: the built-in log)")
	flags.StringVar(&s.mapping, "mapping", "", "read it under the mapping in this `file`; goes with -log")
	flags.StringVar(&s.backend, "backend", "memory", "keep the records in: memory, or none (the rules alone)")
	flags.BoolVar(&s.json, "json", false, "print the result as JSON")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return exitUsage
	}
	switch {
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "replay: unexpected argument %q; a log is given with -log\n", flags.Arg(0))
		return exitUsage
	case (s.log == "") != (s.mapping == ""):
		fmt.Fprintln(stderr, "replay: -log and -mapping go together")
		return exitUsage
	case s.backend != "memory" && s.backend != "none":
		fmt.Fprintf(stderr, "replay: -backend is %q; give memory or none\n", s.backend)
		return exitUsage
	}
	result, err := replay(ctx, s, stderr)
	if err == nil {
		err = show(stdout, result, s.json)
	}
	if err != nil {
		fmt.Fprintln(stderr, "replay:", explain(err))
		return exitFailed
	}
	return 0
}

func replay(ctx context.Context, s settings, stderr io.Writer) (*eventlog.Result, error) {
	log, mapping, err := load(ctx, s)
	if err != nil {
		return nil, err
	}
	bar := newBar(stderr, log.Len())
	defer bar.clear()
	options := &eventlog.Options{Progress: bar.show}
	if s.backend == "none" {
		return eventlog.Rules(ctx, log, mapping, options)
	}
	return eventlog.Register(ctx, memory.New(), log, mapping, options)
}

func load(ctx context.Context, s settings) (*eventlog.Log, *eventlog.Mapping, error) {
	if s.log == "" {
		return eventlog.BuiltIn(ctx)
	}
	text, err := os.ReadFile(s.mapping)
	if err != nil {
		return nil, nil, err
	}
	mapping, err := eventlog.ParseMapping(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", s.mapping, err)
	}
	file, err := os.Open(s.log)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	log, err := eventlog.Read(ctx, s.log, file, mapping)
	return log, mapping, err
}

func show(out io.Writer, result *eventlog.Result, asJSON bool) error {
	if !asJSON {
		return report(out, result)
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(result)
}

// explain is an error in one line.
func explain(err error) string {
	var path *fs.PathError
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted; " + err.Error()
	case errors.As(err, &path):
		return fmt.Sprintf("%s: %v", path.Path, path.Err)
	}
	return err.Error()
}
