package sqlite_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/examples/sqlite"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/store"
)

var crashRounds = flag.Int("crash.rounds", 6, "how often TestKilled kills the process that writes")

// roundsAFile is how often the same file is written and its writer killed. Each
// round looks at the whole file.
const roundsAFile = 6

// acknowledged is what writers said of a file before they were killed.
type acknowledged struct {
	revisions map[uuid.UUID]int
	numbers   map[uuid.UUID]string
	highest   string // number
}

// TestKilled: a process that writes through a register is killed at random
// instants. Nothing that it was told to be committed is lost, nothing is half
// written, the journals verify, and no number comes twice; with NORMAL as with
// FULL, since the operating system lives on.
func TestKilled(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var path string
	var said acknowledged
	total, killed := 0, 0
	for round := range *crashRounds {
		if round%roundsAFile == 0 {
			path = filepath.Join(t.TempDir(), fmt.Sprint(round, ".db"))
			said = acknowledged{revisions: map[uuid.UUID]int{}, numbers: map[uuid.UUID]string{}}
		}
		s := []sqlite.Synchronous{sqlite.Normal, sqlite.Full}[round/roundsAFile%2]
		// The last one is killed at work for certain: chance could have none of them be.
		early := random.IntN(4) == 0 && round+1 < *crashRounds
		lines, after := killWriter(t, path, s, random, early)
		for _, line := range lines {
			said.hear(t, line)
		}
		total += len(lines)
		if after > 0 {
			killed++
		}
		said.check(t, path)
		if t.Failed() {
			t.Fatalf("round %d, %s, killed after %d lines", round, s, after)
		}
	}
	require.Positive(t, killed, "no writer was killed at work; all ended before they said anything")
	t.Logf("%d rounds, %d commits acknowledged, %d writers killed at work", *crashRounds, total, killed)
}

// killWriter runs a writer and kills it: early, after a random time, which may be
// before it has opened the file, or a random time after it has said a random number
// of lines. It returns all that the writer said.
func killWriter(t *testing.T, path string, s sqlite.Synchronous, random *rand.Rand, early bool) (lines []string, after int) {
	t.Helper()
	executable, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(executable)
	cmd.Env = append(os.Environ(), crashFile+"="+path, crashSync+"="+string(s))
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())

	if !early {
		after = 1 + random.IntN(150)
	}
	pause := time.Duration(random.IntN(3000)) * time.Microsecond
	if after == 0 {
		pause *= 20
		time.AfterFunc(pause, func() { cmd.Process.Kill() })
	}
	for scan := bufio.NewScanner(out); scan.Scan(); {
		lines = append(lines, scan.Text())
		if len(lines) == after {
			time.AfterFunc(pause, func() { cmd.Process.Kill() })
		}
	}
	err = cmd.Wait() // killed is what it should be
	require.ErrorContains(t, err, "signal: killed", "%s", complaints.String())
	return lines, after
}

// hear takes a line of a writer. There are no halves of one: a pipe takes so short
// a text whole.
func (said *acknowledged) hear(t *testing.T, line string) {
	t.Helper()
	var text, number string
	var revision int
	_, err := fmt.Sscan(line, &text, &number, &revision)
	require.NoError(t, err, line)
	id, err := uuid.Parse(text)
	require.NoError(t, err)
	said.revisions[id] = max(said.revisions[id], revision)
	said.numbers[id] = number
	said.highest = max(said.highest, number)
}

// check opens the file and looks at everything in it.
func (said *acknowledged) check(t *testing.T, path string) {
	t.Helper()
	b, err := sqlite.Open(t.Context(), path, nil)
	require.NoError(t, err)
	defer b.Close()
	desk, err := incidents(b)
	require.NoError(t, err)

	found := map[uuid.UUID]incident.Incident{}
	holders := map[string]uuid.UUID{}
	children := map[uuid.UUID]int{}
	revisions := 0
	for inc, err := range desk.Find(t.Context(), agent(), itsm.Selection[incident.Incident]{}) {
		require.NoError(t, err)
		require.NotContains(t, holders, inc.Number, "two records have the number")
		found[inc.ID], holders[inc.Number] = inc, inc.ID
		children[inc.Parent]++
		revisions += inc.Revision

		seal, err := desk.Verify(t.Context(), agent(), inc.ID)
		require.NoError(t, err)
		require.EqualValues(t, inc.Revision, seal.Entries)
		again, err := desk.Replay(t.Context(), agent(), inc.ID)
		require.NoError(t, err)
		require.Equal(t, inc, again, "the record is the fold of its events")
		byNumber, err := desk.ByNumber(t.Context(), agent(), inc.Number)
		require.NoError(t, err)
		require.Equal(t, inc.ID, byNumber.ID)
	}
	for id, revision := range said.revisions {
		require.GreaterOrEqual(t, found[id].Revision, revision, "acknowledged, and lost: %s", said.numbers[id])
		require.Equal(t, said.numbers[id], found[id].Number)
	}
	for id, inc := range found {
		if inc.Title == "parent" {
			require.Equal(t, 1, children[id], "a parent and its child come together: %s", inc.Number)
		} else {
			require.Contains(t, found, inc.Parent, "%s", inc.Number)
		}
	}
	inState := 0
	for _, state := range desk.Lifecycle().States() {
		for inc, err := range desk.Find(t.Context(), agent(), incident.InState(state.State)) {
			require.NoError(t, err)
			require.Equal(t, found[inc.ID], inc)
			inState++
		}
	}
	require.Equal(t, len(found), inState, "the index has every record once")
	require.Equal(t, revisions, tail(t, b), "the journal has every event once")
	said.next(t, b)
	integrity(t, path)
}

// tail counts the entries of the journal, from the beginning and in small steps.
func tail(t *testing.T, b *sqlite.Backend) int {
	t.Helper()
	seen := map[string]bool{}
	var from store.Position
	for {
		entries, next, err := b.Journal(t.Context(), crashTenant, store.JournalQuery{From: from, Limit: 97})
		require.NoError(t, err)
		for _, e := range entries {
			key := fmt.Sprint(e.Kind, e.ID, e.Revision)
			require.False(t, seen[key], "twice in the journal: %s", key)
			seen[key] = true
		}
		if len(entries) == 0 {
			return len(seen)
		}
		from = next
	}
}

// next takes a number that nobody can have had, in a unit that is given up.
func (said *acknowledged) next(t *testing.T, b *sqlite.Backend) {
	t.Helper()
	desk, err := incidents(b)
	require.NoError(t, err)
	o, err := desk.Try(t.Context(), agent(), uuid.Nil, outage("parent"))
	require.NoError(t, err)
	require.Greater(t, o.Record.Number, said.highest)
}

// integrity lets SQLite look at every page and index of the file.
func integrity(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	var verdict string
	require.NoError(t, db.QueryRow("PRAGMA integrity_check").Scan(&verdict))
	require.Equal(t, "ok", verdict)
}
