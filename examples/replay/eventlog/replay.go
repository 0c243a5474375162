package eventlog

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/itsmkit/itsm/store"
)

// Options of a replay; nil means all of them zero.
type Options struct {
	// Progress is called now and then with the rows done.
	Progress func(rows int)

	// salt gives the salts of a row's journal entries; nil: they are random.
	salt func(row int) io.Reader
}

// Rules replays a log through the lifecycle alone; nothing is stored.
func Rules(ctx context.Context, log *Log, m *Mapping, o *Options) (*Result, error) {
	process, err := m.process()
	if err != nil {
		return nil, err
	}
	return replay(ctx, log, m, o, &translator{log: log, mapping: m, rules: process.Lifecycle, desk: newRulesOnly(process.Lifecycle)}, nil)
}

// Register replays a log through a register over a backend. Everything that comes
// of one row is one unit, and how far the replay is, is kept in the same unit. A
// replay that was interrupted, however, is taken up where it was by calling
// Register again: the rows done are replayed through the rules alone, which gives
// the figures again and the records to compare the stored ones with, and the
// register goes on after them. Result.Resumed tells how many they were; a replay
// that is complete gives its figures again.
//
// A backend that holds something else than the beginning of this replay is a
// [ResumeError]. After store.ErrUnknown, call Register again too: whether the last
// row was committed shows then.
func Register(ctx context.Context, backend store.Backend, log *Log, m *Mapping, o *Options) (*Result, error) {
	process, err := m.process()
	if err != nil {
		return nil, err
	}
	of, err := digest(log, m)
	if err != nil {
		return nil, err
	}
	done, err := findProgress(ctx, backend, of)
	if err != nil {
		return nil, err
	}
	if done.Rows > len(log.rows) {
		return nil, &ResumeError{fmt.Sprintf("holds a replay of %d events; the log has %d", done.Rows, len(log.rows))}
	}
	d, err := newRegistered(backend, process, done, o)
	if err != nil {
		return nil, err
	}
	return replay(ctx, log, m, o, &translator{log: log, mapping: m, rules: process.Lifecycle, desk: newRulesOnly(process.Lifecycle)}, d)
}

// replay goes through a log. With a register, the rows that it has done already go
// through the rules that the translator comes with, and the register takes over.
func replay(ctx context.Context, log *Log, m *Mapping, o *Options, t *translator, d *registered) (*Result, error) {
	result := newResult(m)
	result.Lifted, result.LiftedAt = log.lifted, log.first
	judge, period := &judge{t, result}, t.period()
	promises, err := newPromises(judge, period)
	if err != nil {
		return nil, err
	}
	figures, err := newFigures(t, promises.agreement, period)
	if err != nil {
		return nil, err
	}
	if d != nil {
		result.Resumed = d.done.Rows
	}
	began, resumed := time.Now(), result.Resumed
	stories := make(map[uint32]*story)
	// A unit that is run again begins with the story as it was, and only one that
	// was committed counts.
	var s *story
	var row *Row
	next := new(story)
	give := func() error {
		*next, t.books = *s, books{}
		return t.row(next, row)
	}
	for i := range log.rows {
		row = &log.rows[i]
		if i%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("stopped after %d of %d events: %w", i, len(log.rows), err)
			}
			if o != nil && o.Progress != nil {
				o.Progress(i)
			}
		}
		if d != nil && i == resumed {
			if err := t.handOver(ctx, d); err != nil {
				return nil, err
			}
			began = time.Now()
		}
		s = stories[row.key]
		if s == nil {
			s = new(story)
			stories[row.key] = s
			result.Incidents++
		}
		if err := t.desk.unit(ctx, i+1, give); err != nil {
			return nil, fmt.Errorf("stopped after %d of %d events: %w", i, len(log.rows), err)
		}
		*s = *next
		result.add(&t.books)
		promises.row(s, row)
		result.Events++
		judge.row(s, row)
		if row.ends {
			judge.incident(s, row)
			outcome, err := promises.incident(s, row)
			if err == nil {
				err = figures.add(s, outcome)
			}
			if err != nil {
				return nil, err
			}
			delete(stories, row.key)
		}
	}
	if d != nil && resumed == len(log.rows) { // all of it was done before
		if err := t.handOver(ctx, d); err != nil {
			return nil, err
		}
		began = time.Now()
	}
	if o != nil && o.Progress != nil {
		o.Progress(len(log.rows))
	}
	if err := promises.finish(); err != nil {
		return nil, err
	}
	result.KPIs = figures.kpis()
	result.finish(time.Since(began))
	return result, nil
}

// handOver makes the register go on where the rules are, if what it has stored is
// what they have made.
func (t *translator) handOver(ctx context.Context, d *registered) error {
	rules := t.desk.(*rulesOnly)
	if d.done.Rows > 0 {
		if err := agree(ctx, d.backend, d.done.Rows, rules); err != nil {
			return err
		}
	}
	d.ids = rules.last
	t.desk = d
	return nil
}
