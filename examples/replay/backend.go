package main

import (
	"context"
	"errors"
	"fmt"

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
func openBackend(_ context.Context, s settings) (store.Backend, func() error, error) {
	switch s.backend {
	case "memory":
		backend := memory.New()
		return backend, backend.Close, nil
	case "none":
		return nil, func() error { return nil }, nil
	}
	return nil, nil, fmt.Errorf("there is no -backend %s in this build", s.backend)
}
