package register_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// resealed gives lines the sums that they should have, as lines.go describes them:
// what a person who knows the format can do.
func resealed(list []string) []byte {
	var out bytes.Buffer
	var running []byte
	for _, line := range list {
		content, _, _ := strings.Cut(line, `,"sum":"`)
		if at := strings.Index(content, `,"sha256":"`); at >= 0 && strings.HasPrefix(content, `{"end"`) {
			content = content[:at] + `,"sha256":"` + hex.EncodeToString(running) + `"}`
		}
		sum := sha256.Sum256(append(slices.Clone(running), content...))
		running = sum[:]
		fmt.Fprintf(&out, "%s,\"sum\":\"%x\"}\n", content, running[:8])
	}
	return out.Bytes()
}

// edited replaces in the first line that has it.
func edited(list []string, old, new string) []string {
	list = slices.Clone(list)
	for i := range list {
		if strings.Contains(list[i], old) {
			list[i] = strings.Replace(list[i], old, new, 1)
			return list
		}
	}
	panic("no line has " + old)
}

// small is a tenant with one ticket, an erased entry and a key.
func small(t testing.TB) (desk, Ticket) {
	d := newDesk(t, memory.New())
	rec := d.create(Open{Title: "first", Slug: "s"})
	rec, err := d.With(register.Call{Key: "k"}).Do(ctx, ann, rec.ID, Edit{Title: "second", Slug: "s"})
	require.NoError(t, err)
	d.do(rec.ID, Lock{On: true})
	require.NoError(t, d.Erase(ctx, dpo, rec.ID, 1, "asked"))
	return d, rec
}

func TestResealedIsTheSame(t *testing.T) {
	d, _ := small(t)
	assert.Equal(t, string(d.dump()), string(resealed(lines(d.dump()))))
}

// A file with good sums is not believed for that.
func TestForgedLinesAreRefused(t *testing.T) {
	d, rec := small(t)
	all := lines(d.dump())
	// 1 export, 2 to 5 entries, 6 record, 7 key, 8 end
	require.Len(t, all, 8)
	id := rec.ID.String()
	another := "01a20ab1-6a44-7d16-8a93-b66d8a094d14"
	hash := regexp.MustCompile(`"hash":"([0-9a-f]{64})"`)
	second, third := hash.FindStringSubmatch(all[2])[1], hash.FindStringSubmatch(all[3])[1]
	drop := func(at ...int) []string {
		var kept []string
		for i, line := range all {
			if !slices.Contains(at, i+1) {
				kept = append(kept, line)
			}
		}
		return kept
	}
	in := func(line int, old, new string) []string {
		list := slices.Clone(all)
		require.Contains(t, list[line-1], old)
		list[line-1] = strings.Replace(list[line-1], old, new, 1)
		return list
	}
	for name, c := range map[string]struct {
		file  []string
		line  int
		field string
		is    error
	}{
		"no header":             {drop(1), 1, "export", nil},
		"header twice":          {slices.Insert(slices.Clone(all), 1, all[0]), 2, "export", nil},
		"version":               {in(1, `"version":1`, `"version":2`), 1, "export.version", nil},
		"tenant":                {in(1, `"acme"`, `"evil"`), 1, "export.tenant", nil},
		"kinds unknown":         {in(1, `["case",`, `["bug","case",`), 1, "export.kinds", nil},
		"kinds out of order":    {in(1, `["case","ticket"]`, `["ticket","case"]`), 1, "export.kinds", nil},
		"kinds twice":           {in(1, `["case",`, `["case","case",`), 1, "export.kinds", nil},
		"no kinds":              {in(1, `["case","ticket"]`, `[]`), 1, "export.kinds", nil},
		"kind not named":        {in(1, `,"ticket"`, ``), 2, "entry.kind", nil},
		"unknown member":        {in(2, `{"entry"`, `{"entrée"`), 2, "", nil},
		"unknown field":         {in(2, `"place":`, `"rank":1,"place":`), 2, "entry.place", nil},
		"field twice":           {in(2, `"place":1`, `"place":1,"place":1`), 2, "entry.type", nil},
		"field in capitals":     {in(2, `"place":`, `"Place":`), 2, "entry.place", nil},
		"space":                 {in(2, `"place":1`, `"place": 1`), 2, "entry.place", nil},
		"number":                {in(2, `"place":1`, `"place":01`), 2, "entry.place", nil},
		"number with fraction":  {in(2, `"place":1`, `"place":1.0`), 2, "entry.type", nil},
		"huge number":           {in(2, `"place":1`, `"place":9999999999999999999`), 2, "entry.place", nil},
		"place 0":               {in(2, `"place":1`, `"place":0`), 2, "entry", store.ErrInvalid},
		"another place":         {in(2, `"place":1`, `"place":2`), 2, "entry", register.ErrTampered},
		"id not in form":        {in(2, id, strings.ToUpper(id)), 2, "entry.id", nil},
		"id of nothing":         {in(2, id, uuid.Nil.String()), 2, "entry", store.ErrInvalid},
		"escape":                {in(2, `"ticket"`, `"\u0074icket"`), 2, "entry.kind", nil},
		"type":                  {in(3, `"type":"event"`, `"type":"rumour"`), 3, "entry.payload", register.ErrUnreadable},
		"type, sealed":          {in(2, `"type":"event"`, `"type":"refusal"`), 2, "entry", register.ErrTampered},
		"time":                  {in(2, `:01Z"`, `:02Z"`), 2, "entry", register.ErrTampered},
		"time in a zone":        {in(2, `:01Z"`, `:01+00:00"`), 2, "entry.time", nil},
		"time too fine":         {in(2, `:01Z"`, `:01.0000001Z"`), 2, "entry.time", nil},
		"time that is none":     {in(2, `2026-03-02T`, `2026-02-30T`), 2, "entry.time", nil},
		"digest":                {in(2, `"digest":"`, `"digest":"00`), 2, "entry", register.ErrTampered},
		"capitals in a hash":    {in(3, second, strings.ToUpper(second)), 3, "entry.hash", nil},
		"hash":                  {in(3, second, third), 3, "entry", register.ErrTampered},
		"empty previous":        {in(2, `,"digest"`, `,"previous":"","digest"`), 2, "entry.previous", nil},
		"previous":              {in(4, second, third), 4, "entry", register.ErrTampered},
		"erased as false":       {in(2, `"erased":true`, `"erased":false`), 2, "entry.erased", nil},
		"more after erased":     {in(2, `"erased":true`, `"erased":true,"x":1`), 2, "entry", nil},
		"payload":               {in(3, `"title":"second"`, `"title":"other"`), 3, "entry", register.ErrTampered},
		"payload of a process":  {in(3, `"name":"edit"`, `"name":"leap"`), 3, "entry.payload", register.ErrUnreadable},
		"payload field":         {in(3, `"title":`, `"headline":`), 3, "entry.payload", register.ErrUnreadable},
		"payload no JSON":       {in(3, `"title":"second"`, `"title":"second`), 3, "entry.payload", nil},
		"payload of another":    {in(3, `"payload":{"id":"`+id, `"payload":{"id":"`+another), 3, "entry.payload", register.ErrUnreadable},
		"payload of its own":    {in(3, `"payload":{`, `"payload":{}, "x":{`), 3, "entry.payload", nil},
		"salt":                  {in(3, `"salt":"`, `"salt":"00`), 3, "entry", register.ErrTampered},
		"entry dropped":         {drop(4), 4, "entry", register.ErrTampered},
		"first entry dropped":   {drop(2), 2, "entry", register.ErrTampered},
		"last entry dropped":    {drop(5), 5, "record", register.ErrTampered},
		"entry doubled":         {slices.Insert(slices.Clone(all), 2, all[2]), 4, "entry", register.ErrTampered},
		"record before entries": {slices.Concat(all[:1], all[5:6], all[1:5], all[6:]), 2, "record", register.ErrTampered},
		"record dropped":        {drop(6), 6, "key.id", store.ErrNotFound},
		"record and key gone":   {drop(6, 7), 6, "end.records", nil},
		"all but the count":     {in(8, `"records":1`, `"records":2`), 8, "end.records", nil},
		"entries counted":       {in(8, `"entries":4`, `"entries":5`), 8, "end.entries", nil},
		"keys counted":          {drop(7), 7, "end.keys", nil},
		"record's entries":      {in(6, `"entries":4`, `"entries":3`), 6, "record", register.ErrTampered},
		"record of nothing":     {in(6, `"entries":4`, `"entries":0`), 6, "record", register.ErrTampered},
		"record of no entries": {slices.Concat(all[:1], []string{regexp.MustCompile(`"entries":4,"hash":"[0-9a-f]*"`).
			ReplaceAllString(all[5], `"entries":0,"hash":"`+strings.Repeat("0", 64)+`"`)}, all[7:]), 2, "record.entries", nil},
		"record left out": {slices.Concat(all[:5], []string{strings.NewReplacer(`"records":1`, `"records":0`, `"keys":1`, `"keys":0`).
			Replace(all[7])}), 6, "end.records", nil},
		"record's hash":        {in(6, `"hash":"`, `"hash":"00`), 6, "record.hash", nil},
		"another hash":         {in(6, hash.FindString(all[4]), hash.FindString(all[3])), 6, "record", register.ErrTampered},
		"empty silence":        {in(6, `,"body"`, `,"silent":[],"body"`), 6, "record.silent", nil},
		"body no JSON":         {in(6, `"title":"second"`, `"title":`), 6, "record.body", nil},
		"body not strict":      {in(6, `"title":`, `"headline":`), 6, "record.body", register.ErrUnreadable},
		"body of another":      {in(6, `"body":{"id":"`+id, `"body":{"id":"`+another), 6, "record.body", register.ErrUnreadable},
		"body in no state":     {in(6, `"state":"open"`, `"state":"limbo"`), 6, "record.body", register.ErrUnreadable},
		"body beyond indexes":  {in(6, `"slug":"s"`, `"slug":"`+strings.Repeat("s", 2000)+`"`), 6, "record.body", itsm.ErrInvalid},
		"number beyond counts": {in(6, `"TKT0000001"`, `"TKT9999999999999999999"`), 6, "record.body", nil},
		"body changed":         {in(6, `"title":"second"`, `"title":"forged"`), 0, "", nil},
		"key of nothing":       {in(7, id, another), 7, "key.id", store.ErrNotFound},
		"key from the future":  {in(7, `"revision":2`, `"revision":4`), 7, "key.revision", nil},
		"key of no time":       {in(7, `"revision":2`, `"revision":0`), 7, "key.revision", nil},
		"key not strict":       {in(7, `"revision":2`, `"revision":2,"x":1`), 7, "key", nil},
		"key in another form":  {in(7, `"revision":2`, `"revision": 2`), 7, "key", nil},
		"key of another kind":  {in(7, `"ticket"`, `"bug"`), 7, "key.kind", nil},
		"keys in front":        {slices.Concat(all[:5], all[6:7], all[5:6], all[7:]), 6, "key.id", store.ErrNotFound},
		"keys in the middle":   {slices.Concat(all[:7], all[5:6], all[7:]), 8, "record", nil},
		"spaces at the end":    {in(8, `{"end":{`, `{"end": {`), 8, "end.entries", nil},
	} {
		to := newDesk(t, memory.New())
		_, err := to.load(resealed(c.file), &register.ImportOptions{Unit: 1})
		if c.line == 0 { // only Rebuild tells, and no journal is complete here
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, register.ErrImport, name)
		wrong := requireAs[*register.LineError](t, err)
		assert.Equal(t, fmt.Sprint(c.line, " ", c.field), fmt.Sprint(wrong.Line, " ", wrong.Field), "%s: %v", name, err)
		if c.is != nil {
			require.ErrorIs(t, err, c.is, name)
		}
	}
	// The end must have the running hash that its line goes on from.
	content, _, _ := strings.Cut(all[7], `,"sum":"`)
	content = regexp.MustCompile(`"sha256":"..`).ReplaceAllString(content, `"sha256":"00`)
	before, err := hex.DecodeString(regexp.MustCompile(`"sha256":"([0-9a-f]*)"`).FindStringSubmatch(all[7])[1])
	require.NoError(t, err)
	sum := sha256.Sum256(append(before, content...))
	forged := strings.Join(all[:7], "") + fmt.Sprintf("%s,\"sum\":\"%x\"}\n", content, sum[:8])
	_, err = newDesk(t, memory.New()).load([]byte(forged), nil)
	assert.Equal(t, "end.sha256", requireAs[*register.LineError](t, err).Field)

	to := newDesk(t, memory.New())
	_, err = register.Import(ctx, bytes.NewReader(d.dump()), "evil", to.kinds(), nil)
	assert.Equal(t, "export.tenant", requireAs[*register.LineError](t, err).Field)
	_, err = register.Import(ctx, bytes.NewReader(d.dump()), "acme", []register.Kind{to.cases}, nil)
	assert.Contains(t, requireAs[*register.LineError](t, err).Problem, `"ticket"; give its register too`)
	_, err = to.load(d.dump(), &register.ImportOptions{MaxLine: 300})
	assert.Contains(t, err.Error(), "line 2: is longer than 300 bytes")
	_, err = to.load(nil, nil)
	assert.Equal(t, 1, requireAs[*register.LineError](t, err).Line)
	_, err = to.load(nil, &register.ImportOptions{Unit: -1})
	assert.Equal(t, "options", requireAs[*itsm.FieldError](t, err).Field)
	_, err = newDesk(t, memory.New()).load(resealed(edited(all, `"title":"second"`, "\"title\":\"sec\xffond\"")), nil)
	assert.Contains(t, err.Error(), "line 3: is not valid UTF-8")
}

// Rebuild finds the body that does not come of its journal.
func TestRebuildComparesWithTheJournal(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		d := newDesk(t, memory.New())
		d.create(Open{Title: "true"})
		list := lines(d.dump())
		at := slices.IndexFunc(list, func(s string) bool { return strings.HasPrefix(s, `{"record"`) })
		list[at] = strings.Replace(list[at], `"title":"true"`, `"title":"forged"`, 1)
		to := newDesk(t, b)
		_, err := to.load(resealed(list), &register.ImportOptions{Rebuild: true})
		wrong := requireAs[*register.LineError](t, err)
		assert.Equal(t, "record.body", wrong.Field)
		assert.Empty(t, to.find(itsm.Selection[Ticket]{}), "nothing of its unit is there")
		to.mustLoad(resealed(list), nil)
		assert.Equal(t, []string{"forged"}, to.find(itsm.Selection[Ticket]{}))
	})
}

// What is there and differs is a conflict, whichever side has moved on.
func TestImportOverWhatHasChanged(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		from, rec := small(t)
		old := from.dump()
		from.do(rec.ID, Edit{Title: "third"})
		file := from.dump()

		older := newDesk(t, b)
		older.mustLoad(old, nil)
		done, err := older.load(file, &register.ImportOptions{Unit: 1})
		require.ErrorIs(t, err, store.ErrConflict)
		assert.Equal(t, "record", requireAs[*register.LineError](t, err).Field)
		assert.Equal(t, 5, done.Entries)

		newer := newDesk(t, memory.New())
		newer.mustLoad(file, nil)
		_, err = newer.load(old, nil)
		require.ErrorIs(t, err, store.ErrConflict)
		assert.Equal(t, "third", newer.get(rec.ID).Title)

		// A record that only looks the same is another.
		other := newDesk(t, memory.New())
		other.mustLoad(file, nil)
		good := other.body(rec.ID)
		for _, change := range []func(*store.PutParams){
			func(p *store.PutParams) { p.Head = append(bytes.Clone(p.Head), "\x06resume"...) },
			func(p *store.PutParams) { p.Body = bytes.Replace(p.Body, []byte("third"), []byte("other"), 1) },
			func(p *store.PutParams) {},
		} {
			other.tamper(rec.ID, func(p *store.PutParams) { p.Head, p.Body = good.Head, good.Body; change(p) })
			_, err = other.load(file, nil)
			if now := other.body(rec.ID); bytes.Equal(now.Head, good.Head) && bytes.Equal(now.Body, good.Body) {
				require.NoError(t, err)
				continue
			}
			require.ErrorIs(t, err, store.ErrConflict)
			assert.Equal(t, "record", requireAs[*register.LineError](t, err).Field)
		}

		// What was erased here stays so.
		require.NoError(t, newer.Erase(ctx, dpo, rec.ID, 2, "asked again"))
		_, err = newer.load(file, nil)
		require.ErrorIs(t, err, store.ErrConflict)
		wrong := requireAs[*register.LineError](t, err)
		assert.Equal(t, []any{3, "entry"}, []any{wrong.Line, wrong.Field})
		assert.True(t, newer.history(rec.ID)[1].Erased)

		// The entries of a newer file, without its record, are not older ones'.
		torn := newDesk(t, &plugged{Backend: memory.New(), n: 6})
		_, err = torn.load(file, &register.ImportOptions{Unit: 1})
		require.ErrorIs(t, err, errPlug)
		_, err = torn.load(old, nil)
		require.ErrorIs(t, err, store.ErrConflict)
		assert.Contains(t, err.Error(), "is older than its journal")
		torn.mustLoad(file, nil)
		assert.Equal(t, file, torn.dump())

		// A key that was used for something else since, a number that is taken.
		keyed := newDesk(t, memory.New())
		mine := keyed.create(Open{Title: "mine"})
		_, err = keyed.load(file, nil)
		taken := requireAs[*store.ExistsError](t, err)
		require.ErrorIs(t, err, register.ErrImport)
		assert.Equal(t, mine.ID, taken.Holder)
		keyed = newDesk(t, memory.New())
		keyed.mustLoad(file, nil)
		_, err = keyed.ForgetKeys(ctx, "acme", start.Add(day), 9)
		require.NoError(t, err)
		_, err = keyed.With(register.Call{Key: "k"}).Do(ctx, ann, rec.ID, Ping{})
		require.NoError(t, err)
		_, err = keyed.load(file, nil)
		require.ErrorIs(t, err, store.ErrConflict)
	})
}

// Numbers that registers did not give move no sequence, those they gave do, once.
func TestImportMovesSequences(t *testing.T) {
	everywhere(t, func(t *testing.T, b store.Backend) {
		from := newDesk(t, memory.New())
		from.unit(from.backend.Write, func(ctx context.Context, tx store.Tx) error {
			_, err := tx.Next(ctx, store.NextParams{Sequence: "TKT", After: 9_999_990})
			return err
		})
		for range 30 {
			from.create(Open{Title: "x"})
		}
		file := from.dump()
		d := newDesk(t, b)
		for range 3 {
			d.mustLoad(file, &register.ImportOptions{Unit: 7})
		}
		last := func() (n uint64) {
			d.unit(b.Write, func(ctx context.Context, tx store.Tx) (err error) {
				n, err = tx.Next(ctx, store.NextParams{Sequence: "TKT"})
				return err
			})
			return n
		}
		got := last()
		assert.GreaterOrEqual(t, got, uint64(10_000_022))
		if _, flaky := b.(*spending); !flaky {
			assert.EqualValues(t, 10_000_022, got, "no number is left out")
		}
		cases, err := d.cases.Create(ctx, ann, Open{Title: "x"})
		require.NoError(t, err)
		assert.Regexp(t, `^CAS000000\d$`, cases.Number)

		odd := resealed(edited(lines(file), `"number":"TKT9999992","state"`, `"number":"OLD-7","state"`))
		other := newDesk(t, memory.New())
		other.mustLoad(odd, nil)
		byNumber, err := other.ByNumber(ctx, ann, "OLD-7")
		require.NoError(t, err)
		assert.Equal(t, "OLD-7", byNumber.Number)
	})
}
