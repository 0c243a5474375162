package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io/fs"

	"github.com/itsmkit/itsm/store"
)

// Join gives a store.Tx for a tenant in a transaction of the host, in a database
// file that [Open] has made or, with Options.Shared, added its tables to. Give it
// to register.In to change records and the host's own tables together.
//
// Join never migrates and never commits: tables that are missing, older or newer
// are a [SchemaError], and what becomes of the transaction is the host's business.
// In return the host promises:
//
//   - A transaction that is to write began with BEGIN IMMEDIATE; with this driver,
//     by _txlock=immediate in the name of the database. One that begins with a
//     read may find that it cannot write any more, which is store.ErrRetry.
//   - After an error that loses the unit, as store.Tx says, it rolls back.
//   - After a failed commit it knows no more than any SQL program does.
//   - It does not use the Tx after the transaction, which is store.ErrEnded, or
//     while it reads rows of the transaction.
//
// The connection's own settings hold: its synchronous, its busy timeout. A Backend
// may have the same file open; its units and the host's transactions take turns as
// those of two processes do.
func Join(ctx context.Context, t *sql.Tx, tenant store.Tenant) (store.Tx, error) {
	if err := tenant.Validate(); err != nil {
		return nil, err
	}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var tables, version int
	err = t.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'itsm_schema'").Scan(&tables)
	if err == nil && tables > 0 {
		err = t.QueryRowContext(ctx, "SELECT version FROM itsm_schema").Scan(&version)
	}
	if err != nil {
		return nil, explain("", err)
	}
	if version != len(names) {
		return nil, &SchemaError{Version: version, Known: len(names)}
	}
	return &tx{run: hostTx{t}, tenant: tenant}, nil
}

// hostTx runs statements in a transaction of the host.
type hostTx struct{ tx *sql.Tx }

var _ runner = hostTx{}

func (h hostTx) exec(ctx context.Context, s statement, args ...any) (driver.Result, error) {
	return h.tx.ExecContext(ctx, s.text(), args...)
}

func (h hostTx) query(ctx context.Context, s statement, row func([]driver.Value), args ...any) error {
	rows, err := h.tx.QueryContext(ctx, s.text(), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, found := make([]driver.Value, len(columns)), make([]any, len(columns))
	pointers := make([]any, len(columns))
	for i := range found {
		pointers[i] = &found[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		for i, v := range found {
			values[i] = v
		}
		row(values)
	}
	return rows.Err()
}
