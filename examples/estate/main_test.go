package main

import (
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

func golden(t *testing.T, name string, args ...string) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, run(args, &b))
	path := "testdata/" + name
	if *rewrite {
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
	return b.String()
}

func TestEstate(t *testing.T) {
	golden(t, "report.txt")
	golden(t, "estate.dot", "-draw", "dot")
	golden(t, "estate.mmd", "-draw", "mermaid")
	golden(t, "san.dot", "-draw", "dot", "-lost", "san")
}

// The estate has what it is there to show.
func TestEstateShowsWhatItShould(t *testing.T) {
	e, err := load(now)
	require.NoError(t, err)
	require.Equal(t, config.Counts{CIs: 61, Relations: 111}, e.counts)
	used := map[string]bool{}
	for _, ci := range e.cis {
		used[ci.Class] = true
	}
	for _, c := range e.model.Classes() {
		require.Equal(t, !c.Abstract, used[c.Name], "every class has CIs: %s", c.Name)
	}
	ofType := map[string]bool{}
	for _, r := range e.relations {
		require.Equal(t, config.Active, r.State)
		ofType[r.Type] = true
	}
	for _, r := range e.model.RelationTypes() {
		require.True(t, ofType[r.Name], "every type has relations: %s", r.Name)
	}
	report := golden(t, "report.txt")
	for _, want := range []string{
		"switch-a1 (network device) stops Customer care, Order fulfilment, Web shop",
		"hosts (2 of 3 needed, lost: hv-1, hv-2)",
		"with san it loses orders-db-a, orders-db-b",
		"orders-db-a, orders-db-b replicate to each other",
		"without relations              1 of 61: print-server",
		"not seen for long              1 of 61: test-vm-7",
	} {
		require.Contains(t, report, want)
	}
}

func TestWhatCannotBeDone(t *testing.T) {
	require.ErrorContains(t, run([]string{"-lost", "x"}, io.Discard), `there is no CI "x"`)
	require.ErrorContains(t, run([]string{"-draw", "x"}, io.Discard), "give dot or mermaid")
	require.ErrorContains(t, run([]string{"-draw", "dot", "-lost", "x"}, io.Discard), `there is no CI "x"`)
	require.Error(t, run([]string{"-x"}, io.Discard))
	require.ErrorIs(t, run(nil, full{}), io.ErrShortWrite)
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// What stops when one switch fails, with the ways.
func Example() {
	if err := run([]string{"-lost", "switch-a1"}, os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// When switch-a1 fails, it takes 27 with it, services among them: 6
	//   stops: Web shop ← checkout ← vm-checkout ← vm-cluster ← hosts (2 of 3 needed, lost: hv-1, hv-2) ← hv-1 ← switch-a1
	//   stops: Shop for dealers ← Web shop ← checkout ← vm-checkout ← vm-cluster ← hosts (2 of 3 needed, lost: hv-1, hv-2) ← hv-1 ← switch-a1
	//   stops: Shop for consumers ← Web shop ← checkout ← vm-checkout ← vm-cluster ← hosts (2 of 3 needed, lost: hv-1, hv-2) ← hv-1 ← switch-a1
	//   stops: Returns desk ← mail-relay ← vm-desk ← vm-cluster ← hosts (2 of 3 needed, lost: hv-1, hv-2) ← hv-1 ← switch-a1
	//   stops: Order fulfilment ← order management ← vm-orders ← vm-cluster ← hosts (2 of 3 needed, lost: hv-1, hv-2) ← hv-1 ← switch-a1
	//   stops: Customer care ← order management ← vm-orders ← vm-cluster ← hosts (2 of 3 needed, lost: hv-1, hv-2) ← hv-1 ← switch-a1
}
