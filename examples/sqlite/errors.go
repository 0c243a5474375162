package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/itsmkit/itsm/store"
)

// ForeignError says that a file is not one of this package. It has not been
// touched.
type ForeignError struct {
	Path    string
	Problem string
}

func (e *ForeignError) Error() string {
	return fmt.Sprintf("sqlite: %s is not a store of this package: %s", e.Path, e.Problem)
}

// SchemaError says that the tables in a file are of a version that cannot be
// used: newer than this package knows or, in a transaction that was joined and
// never migrates, older or not there.
type SchemaError struct {
	Path    string // empty for a transaction
	Version int    // 0: there are no tables
	Known   int    // the version that this package works with
}

func (e *SchemaError) Error() string {
	where := e.Path
	if where == "" {
		where = "the transaction's database"
	}
	switch {
	case e.Version == 0:
		return fmt.Sprintf("sqlite: %s has no tables of this package: Open makes them", where)
	case e.Version > e.Known:
		return fmt.Sprintf("sqlite: %s has tables of version %d, this program knows versions up to %d: use a newer one", where, e.Version, e.Known)
	default:
		return fmt.Sprintf("sqlite: %s has tables of version %d, %d is needed: Open brings them up to date", where, e.Version, e.Known)
	}
}

// Result codes of SQLite: https://www.sqlite.org/rescode.html
const (
	codeError      = 1 // among others: there is no transaction to roll back
	codeBusy       = 5
	codeLocked     = 6
	codeFull       = 13
	codeProtocol   = 15 // lost a race for a lock too often
	codeConstraint = 19
)

// code returns the primary result code of an error of the driver, or 0.
func code(err error) int {
	var coded interface{ Code() int }
	if errors.As(err, &coded) {
		return coded.Code() & 0xff
	}
	return 0
}

// explain gives an error of the driver the form that the contract asks for, and
// the name of the file.
func explain(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, sql.ErrTxDone):
		return store.ErrEnded
	case errors.As(err, new(*SchemaError)) || errors.As(err, new(*ForeignError)):
		return err // it names the file itself
	}
	if path != "" {
		err = fmt.Errorf("sqlite: %s: %w", path, err)
	} else {
		err = fmt.Errorf("sqlite: %w", err)
	}
	switch code(err) {
	case codeBusy, codeLocked, codeProtocol:
		return &store.RetryError{Err: err}
	}
	return err
}
