package eventlog

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/store"
)

// Options of a replay; nil means all of them zero.
type Options struct {
	// Progress is called now and then with the rows done.
	Progress func(rows int)
}

// Rules replays a log through the lifecycle alone; nothing is stored.
func Rules(ctx context.Context, log *Log, m *Mapping, o *Options) (*Result, error) {
	process, err := m.process()
	if err != nil {
		return nil, err
	}
	d := &rulesOnly{rules: process.Lifecycle, byID: make(map[uuid.UUID]*incident.Incident)}
	return replay(ctx, log, m, o, &translator{log: log, mapping: m, rules: process.Lifecycle, desk: d})
}

// Register replays a log through a register over a backend, one transaction per
// command.
func Register(ctx context.Context, backend store.Backend, log *Log, m *Mapping, o *Options) (*Result, error) {
	process, err := m.process()
	if err != nil {
		return nil, err
	}
	d, err := newRegistered(ctx, backend, process)
	if err != nil {
		return nil, err
	}
	return replay(ctx, log, m, o, &translator{log: log, mapping: m, rules: process.Lifecycle, desk: d})
}

func replay(ctx context.Context, log *Log, m *Mapping, o *Options, t *translator) (*Result, error) {
	result := newResult(m)
	judge, err := newJudge(t, result)
	if err != nil {
		return nil, err
	}
	t.result = result
	began := time.Now()
	stories := make(map[uint32]*story)
	for i := range log.rows {
		row := &log.rows[i]
		if i%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("stopped after %d of %d events: %w", i, len(log.rows), err)
			}
			if o != nil && o.Progress != nil {
				o.Progress(i)
			}
		}
		s := stories[row.key]
		if s == nil {
			s = new(story)
			stories[row.key] = s
			result.Incidents++
		}
		if err := t.row(s, row); err != nil {
			return nil, err
		}
		if err := judge.clock(s, row); err != nil {
			return nil, err
		}
		result.Events++
		judge.row(s, row)
		if row.ends {
			judge.incident(s, row)
			delete(stories, row.key)
		}
	}
	if o != nil && o.Progress != nil {
		o.Progress(len(log.rows))
	}
	result.finish(time.Since(began))
	return result, nil
}
