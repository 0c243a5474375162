package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// runner runs the statements of this package: on a connection of a backend, or in
// a transaction of the host. It is for one goroutine at a time.
type runner interface {
	// exec runs a statement that returns no rows.
	exec(ctx context.Context, s statement, args ...any) (driver.Result, error)

	// query runs a statement and calls row for each row it returns. The slice is
	// valid until row returns, the bytes in it for ever. Row runs no statement.
	query(ctx context.Context, s statement, row func([]driver.Value), args ...any) error
}

// conn is a connection of the driver, used without database/sql: a unit keeps one
// for itself anyhow, and what stays away are locks, reflection and copies.
type conn struct {
	raw      driver.Conn
	prepared [statements]preparedStatement

	// Memory that is used again.
	args []driver.NamedValue
	row  []driver.Value
}

type preparedStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

var _ runner = (*conn)(nil)

// prepare returns the statement, which is prepared when it is first used.
func (c *conn) prepare(s statement) (preparedStatement, error) {
	if p := c.prepared[s]; p != nil {
		return p, nil
	}
	raw, err := c.raw.Prepare(s.text())
	if err != nil {
		return nil, err
	}
	p, ok := raw.(preparedStatement)
	if !ok {
		return nil, fmt.Errorf("sqlite: the driver's statement is a %T, which takes no context", raw)
	}
	c.prepared[s] = p
	return p, nil
}

func (c *conn) exec(ctx context.Context, s statement, args ...any) (driver.Result, error) {
	p, err := c.prepare(s)
	if err != nil {
		return nil, err
	}
	return p.ExecContext(ctx, c.named(args))
}

func (c *conn) query(ctx context.Context, s statement, row func([]driver.Value), args ...any) (err error) {
	p, err := c.prepare(s)
	if err != nil {
		return err
	}
	rows, err := p.QueryContext(ctx, c.named(args))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	return each(rows, &c.row, row)
}

// each calls row for each row, with values in buf.
func each(rows driver.Rows, buf *[]driver.Value, row func([]driver.Value)) error {
	n := len(rows.Columns())
	if cap(*buf) < n {
		*buf = make([]driver.Value, n)
	}
	values := (*buf)[:n]
	defer clear(values)
	for {
		switch err := rows.Next(values); err {
		case nil:
			row(values)
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}

func (c *conn) named(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, arg := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return c.args
}

// text runs a statement that is used once, such as a pragma, and returns the
// first column of its last row.
func (c *conn) text(ctx context.Context, sql string) (value driver.Value, err error) {
	q, ok := c.raw.(driver.QueryerContext)
	if !ok {
		return nil, fmt.Errorf("sqlite: the driver's connection is a %T, which runs no queries", c.raw)
	}
	rows, err := q.QueryContext(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var buf []driver.Value
	err = each(rows, &buf, func(values []driver.Value) {
		if len(values) > 0 {
			value = values[0]
		}
	})
	return value, err
}

// script runs the statements of a text, one after the other.
func (c *conn) script(ctx context.Context, sql string) error {
	e, ok := c.raw.(driver.ExecerContext)
	if !ok {
		return fmt.Errorf("sqlite: the driver's connection is a %T, which runs no scripts", c.raw)
	}
	_, err := e.ExecContext(ctx, sql, nil)
	return err
}

// close closes the connection and what was prepared on it.
func (c *conn) close() error {
	for _, p := range c.prepared {
		if p != nil {
			p.Close()
		}
	}
	return c.raw.Close()
}
