package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// checkBackend refuses settings that do not go together.
func checkBackend(s settings) error {
	switch s.backend {
	case "memory", "none":
		if s.file != "" || s.sync != "" {
			return fmt.Errorf("-file and -sync go with -backend sqlite, not with %s", s.backend)
		}
	case "sqlite":
		if s.file == "" {
			return errors.New("-backend sqlite needs a -file to keep the records in")
		}
		if s.sync != "" && s.sync != "normal" && s.sync != "full" {
			return fmt.Errorf("-sync is %q; give normal or full", s.sync)
		}
	default:
		return fmt.Errorf("-backend is %q; give memory, none or sqlite", s.backend)
	}
	return nil
}

// openBackend opens what the records are kept in; nil for the rules alone. The
// function closes it.
func openBackend(ctx context.Context, s settings) (store.Backend, func() error, error) {
	switch s.backend {
	case "memory":
		backend := memory.New()
		return backend, backend.Close, nil
	case "none":
		return nil, func() error { return nil }, nil
	}
	options := &sqlite.Options{Synchronous: sqlite.Normal}
	if s.sync == "full" {
		options.Synchronous = sqlite.Full
	}
	backend, err := sqlite.Open(ctx, s.file, options)
	if err != nil {
		return nil, nil, err
	}
	return backend, backend.Close, nil
}
