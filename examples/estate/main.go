// Estate loads the configuration of a web shop, 61 CIs and the relations between
// them, from JSON Lines and CSV, checks it against the model, and says what it is
// made of, where a single failure stops a service and how, where redundancy is only
// apparent, and how sound the records are.
//
//	go run ./examples/estate
//	go run ./examples/estate -lost switch-a1
//	go run ./examples/estate -draw mermaid
//	go run ./examples/estate -draw dot -lost san | go run ./examples/graphviz > estate.svg
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// now is when the estate is taken over: the example says the same every day.
var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("estate", flag.ContinueOnError)
	flags.SetOutput(out)
	draw := flags.String("draw", "", "write a drawing and no report: dot or mermaid")
	lost := flags.String("lost", "", "the name of a CI that is lost: only what follows from that")
	if err := flags.Parse(args); err != nil {
		return err
	}
	e, err := load(now)
	if err != nil {
		return err
	}
	a, err := e.analyse()
	if err != nil {
		return err
	}
	w := &printer{w: out}
	switch {
	case *draw != "":
		text, err := e.draw(a, *draw, *lost)
		if err != nil {
			return err
		}
		w.line("%s", text)
	case *lost != "":
		ci, err := e.named(*lost)
		if err != nil {
			return err
		}
		if err := a.loss(w, ci); err != nil {
			return err
		}
	default:
		e.contents(w)
		if err := a.report(w); err != nil {
			return err
		}
		if err := e.health(w); err != nil {
			return err
		}
	}
	return w.err
}

// printer keeps the first error of writing.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}
