package register

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// ImportOptions are what [Import] may be told. A zero field means its default, nil
// ImportOptions all of them.
type ImportOptions struct {
	// Unit is how many lines one transaction takes. Default 20,000; it takes less
	// where lines are long.
	Unit int

	// MaxLine is the length in bytes of the longest line that is read. Default
	// 16 MiB.
	MaxLine int

	// Rebuild makes each record again from its journal and compares it with the
	// one in the file, unless an entry of it was erased. The sums of a file show
	// accidents; this shows a body that somebody has made fit.
	Rebuild bool

	// Progress is told after each unit what was read so far.
	Progress func(Transferred)

	chains int // how many are kept; 0: maxChains
	bytes  int // that end a unit; 0: unitBytes
}

// unitBytes ends a unit of long lines.
const unitBytes = 64 << 20

// Import brings in what [Export] wrote, from r to its end: records with their
// whole journals, under the keys that the processes give them now, and the keys
// of calls. Kinds are registers of at least the kinds in the file, over the one
// backend that takes it. It goes under the name of the same tenant: the hashes of
// the journal cover it.
//
// Every line is checked before anything is made of it: that the file is intact up
// to here, that the entry follows the last one of its record and says what was
// sealed, that the record is the one the journal was sealed for, that the process
// reads both. What is wrong is a [LineError], which matches [ErrImport]. Nothing
// of that line or those behind it was taken then.
//
// Import works in transactions of bounded size, and memory does not grow with the
// file. What is there already and the same is left as it is, so that an import
// which was interrupted, or met a file cut off, is simply run again. What is there
// and differs, because it has changed on either side, is a LineError that matches
// store.ErrConflict; a number or other unique key that another record holds, one
// that matches store.ErrExists.
//
// Sequences move on to the highest number that came in. Observers are not told,
// and time-driven rules of records that are in fire at the next tick: import
// before the tenant is used.
func Import(ctx context.Context, r io.Reader, tenant string, kinds []Kind, o *ImportOptions) (Transferred, error) {
	var options ImportOptions
	if o != nil {
		options = *o
	}
	if options.Unit < 0 || options.MaxLine < 0 {
		return Transferred{}, &itsm.FieldError{Field: "options", Problem: "have a negative field; 0 means the default"}
	}
	if options.Unit == 0 {
		options.Unit = 20_000
	}
	if options.MaxLine == 0 {
		options.MaxLine = 16 << 20
	}
	if options.bytes == 0 {
		options.bytes = unitBytes
	}
	c, err := carriersOf(tenant, kinds)
	if err != nil {
		return Transferred{}, err
	}
	im := &importer{
		carriers: c, tenant: tenant, options: options,
		lines:  lineReader{in: bufio.NewReaderSize(r, 1<<16), max: options.MaxLine},
		flight: newChains(options.chains), moved: make(map[string]uint64),
	}
	err = im.run(ctx)
	return im.done, err
}

// importer takes the lines of one file.
type importer struct {
	*carriers
	tenant  string
	options ImportOptions
	lines   lineReader
	hash    []byte // scratch of hashing
	scratch scratch
	flight  chains            // of records that are still to come
	begun   int               // records of which an entry came
	moved   map[string]uint64 // how far a sequence was moved
	keys    bool              // only keys may follow
	done    Transferred
}

// taken is a line that is to be taken.
type taken struct {
	exportLine
	line int
	kind carrier
}

// wrong is about the line.
func (l *taken) wrong(field, problem string, err error) error {
	return &LineError{Line: l.line, Field: field, Problem: problem, Err: err}
}

func (im *importer) run(ctx context.Context) error {
	line, err := im.next()
	if err != nil {
		return err
	}
	if err := im.header(line); err != nil {
		return err
	}
	var unit []taken
	size := 0
	for {
		line, err := im.next()
		if err != nil {
			return err
		}
		if line.end == nil {
			if err := im.check(&line); err != nil {
				return err
			}
			unit = append(unit, line)
			size += line.size()
		}
		if len(unit) > 0 && (line.end != nil || len(unit) == im.options.Unit || size >= im.options.bytes) {
			if err := im.take(ctx, unit); err != nil {
				return err
			}
			if im.options.Progress != nil {
				im.options.Progress(im.done)
			}
			unit, size = unit[:0], 0
		}
		if line.end != nil {
			return im.end(line)
		}
	}
}

// next reads the next line.
func (im *importer) next() (taken, error) {
	before := im.lines.sum.now
	content, err := im.lines.next()
	if err == io.EOF {
		return taken{}, im.lines.wrong("", "is missing: the file is cut off, and has no end")
	}
	if err != nil {
		return taken{}, err
	}
	line, field, problem := parseLine(content)
	t := taken{exportLine: line, line: im.lines.line}
	if problem != "" {
		return t, t.wrong(field, problem, nil)
	}
	if line.end != nil && line.end.sum != before {
		return t, t.wrong("end.sha256", fmt.Sprintf("is %x; the lines before give %x", line.end.sum, before), nil)
	}
	return t, nil
}

func (l *taken) size() int {
	switch {
	case l.entry != nil:
		return len(l.entry.Payload)
	case l.record != nil:
		return len(l.record.body)
	}
	return 0
}

func (im *importer) header(l taken) error {
	h := l.header
	switch {
	case h == nil:
		return l.wrong("export", "is missing: this is not the beginning of an export", nil)
	case h.version != exportVersion:
		return l.wrong("export.version", fmt.Sprintf("is %d; this version reads %d", h.version, exportVersion), nil)
	case h.tenant != im.tenant:
		return l.wrong("export.tenant", fmt.Sprintf("is %q, not %q: a tenant keeps its name, which the hashes of its journal cover", h.tenant, im.tenant), nil)
	case len(h.kinds) == 0 || !slices.IsSorted(h.kinds) || len(slices.Compact(slices.Clone(h.kinds))) < len(h.kinds):
		return l.wrong("export.kinds", "is empty, or not in order and each once", nil)
	}
	for _, kind := range h.kinds {
		if im.by[kind] == nil {
			return l.wrong("export.kinds", fmt.Sprintf("has %q; give its register too. Given are: %s", kind, strings.Join(im.names, ", ")), nil)
		}
	}
	im.names = h.kinds
	return nil
}

// check makes the checks of a line that need no database.
func (im *importer) check(l *taken) error {
	field, kind, problem := "", "", ""
	switch {
	case l.entry != nil:
		field, kind = "entry", l.entry.Kind
	case l.record != nil:
		field, kind = "record", l.record.kind
	case l.key != nil:
		im.keys = true
		k, err := parseKey(store.Document{Kind: keyKind, Body: l.key})
		if err != nil {
			return l.wrong("key", "is not one", err)
		}
		field, kind = "key", k.Kind
	default:
		return l.wrong("export", "comes a second time", nil)
	}
	switch {
	case !slices.Contains(im.names, kind):
		problem = fmt.Sprintf("is %q, which the first line does not name", kind)
	case im.keys && l.key == nil:
		return l.wrong(field, "comes after a key; keys are last", nil)
	}
	if problem != "" {
		return l.wrong(field+".kind", problem, nil)
	}
	l.kind = im.by[kind]
	if l.entry == nil {
		return nil
	}
	if err := l.entry.Validate(); err != nil {
		return l.wrong(field, "cannot be kept", err)
	}
	if l.entry.Revision == 1 {
		im.begun++
	}
	if err := l.kind.checkEntry(l.entry); err != nil {
		return l.wrong(field+".payload", "is not of this process", err)
	}
	return nil
}

// take takes lines in one transaction.
func (im *importer) take(ctx context.Context, lines []taken) error {
	var u *intake
	err := store.Retry(ctx, im.retry, func(ctx context.Context) error {
		return im.backend.Write(ctx, store.Tenant(im.tenant), func(ctx context.Context, tx store.Tx) error {
			u = &intake{importer: im, ctx: ctx, tx: tx, here: make(map[recordID]*chain), highest: make(map[string]uint64)}
			for i := range lines {
				if err := u.take(&lines[i]); err != nil {
					return err
				}
			}
			return u.sequences()
		})
	})
	var line *LineError
	if err != nil && !errors.As(err, &line) {
		return fmt.Errorf("register: lines %d to %d: %w", lines[0].line, lines[len(lines)-1].line, err)
	}
	if err != nil {
		return err
	}
	for id, c := range u.here {
		if c == nil {
			delete(im.flight.by, id)
			continue
		}
		c.fresh = false // others may write from here on
		im.flight.keep(id, c)
	}
	for sequence, n := range u.highest {
		im.moved[sequence] = max(im.moved[sequence], n)
	}
	im.done.Entries += u.done.Entries
	im.done.Records += u.done.Records
	im.done.Keys += u.done.Keys
	im.done.Present += u.done.Present
	return nil
}

// end compares what came with what the last line says.
func (im *importer) end(l taken) error {
	for _, n := range []struct {
		field      string
		says, came int
	}{
		{"end.entries", l.end.entries, im.done.Entries},
		{"end.records", l.end.records, im.done.Records},
		{"end.records", im.begun, im.done.Records},
		{"end.keys", l.end.keys, im.done.Keys},
	} {
		if n.says != n.came {
			return l.wrong(n.field, fmt.Sprintf("should be %d; %d came", n.says, n.came), nil)
		}
	}
	if _, err := im.lines.in.Peek(1); err != io.EOF {
		if err != nil {
			return fmt.Errorf("after line %d: %w", l.line, err)
		}
		return im.lines.wrong("", "follows the end")
	}
	return nil
}
