// Command replay runs a real event log through incident management: every row
// becomes commands, the lifecycle decides, a register keeps records and journal.
// Then it says what the rules refused, and how far the figures recomputed from
// the events are those that the log carries itself.
//
//	go run ./examples/replay
//	go run ./examples/replay -log export.csv.xz -mapping export.json
//	export | go run ./examples/replay -log - -mapping export.json
//	go run ./examples/replay -backend sqlite -file replay.db
//
// A replay into a file that was interrupted goes on where it was when it is run
// again.
//
// How to write a mapping for the export of another system: go doc ./examples/replay/eventlog.
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
	"github.com/itsmkit/itsm/store"
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
	context.AfterFunc(ctx, stop) // a second interrupt ends it at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are what the flags say.
type settings struct {
	log, mapping        string
	backend, file, sync string
	json                bool
	stdin               io.Reader
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	s := settings{stdin: os.Stdin}
	flags := flag.NewFlagSet("replay", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.log, "log", "", "replay this `file`, CSV, plain or in gzip or xz; - is standard input\n(default: the built-in log)")
	flags.StringVar(&s.mapping, "mapping", "", "read it under the mapping in this `file`; goes with -log")
	flags.StringVar(&s.backend, "backend", "memory", "keep the records in: memory, sqlite, or none (the rules alone)")
	flags.StringVar(&s.file, "file", "", "the SQLite database; a replay that it holds part of goes on")
	flags.StringVar(&s.sync, "sync", "", "when SQLite waits for the disk: full (every commit), or normal (checkpoints)\n(default normal)")
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
	}
	if err := checkBackend(s); err != nil {
		fmt.Fprintln(stderr, "replay:", err)
		return exitUsage
	}
	result, err := replay(ctx, s, stderr)
	if err == nil {
		err = show(stdout, result, s.json)
	}
	if err != nil {
		fmt.Fprintln(stderr, "replay:", explain(err, s))
		return exitFailed
	}
	return 0
}

func replay(ctx context.Context, s settings, stderr io.Writer) (result *eventlog.Result, err error) {
	log, mapping, err := load(ctx, s)
	if err != nil {
		return nil, err
	}
	backend, closeBackend, err := openBackend(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closing := closeBackend(); err == nil {
			err = closing
		}
	}()
	bar := newBar(stderr, log.Len())
	defer bar.clear()
	options := &eventlog.Options{Progress: bar.show}
	if backend == nil {
		return eventlog.Rules(ctx, log, mapping, options)
	}
	return eventlog.Register(ctx, backend, log, mapping, options)
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
	if s.log == "-" {
		log, err := eventlog.Read(ctx, "standard input", s.stdin, mapping)
		return log, mapping, err
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

// explain is an error in one line, with what to do about it.
func explain(err error, s settings) string {
	var path *fs.PathError
	var resume *eventlog.ResumeError
	switch {
	case errors.As(err, &resume):
		return fmt.Sprintf("%s %s; give another -file, or remove this one to begin again", s.file, resume.Problem)
	case errors.Is(err, store.ErrUnknown):
		return err.Error() + again(s)
	case errors.Is(err, context.Canceled):
		return "interrupted; " + err.Error() + again(s)
	case errors.As(err, &path):
		return fmt.Sprintf("%s: %v", path.Path, path.Err)
	}
	return err.Error()
}

// again says that what is kept in a file is not lost.
func again(s settings) string {
	if s.file == "" {
		return ""
	}
	return "; run it again to go on"
}
