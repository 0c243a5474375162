package itsm_test

import (
	"os"
	"slices"
	"testing"

	"github.com/itsmkit/itsm/internal/arch"
)

// The house rules, as tables. A rule that is in your way has its reason beside
// it: either the reason holds, or the table changes in a commit that says why.
// The checks are in internal/arch and are tested there.

const modulePath = "github.com/itsmkit/itsm"

// What the rooms may import beside the standard library.
const (
	uuids    = "github.com/google/uuid"
	decimals = "github.com/shopspring/decimal"
	exp      = "golang.org/x/exp"
)

// processRooms are the rooms of floor 2. None of them knows another: what happens
// across processes is desk's work.
var processRooms = []string{
	"incident", "problem", "change", "release", "availability", "capacity", "continuity", "security",
}

// domainRooms is what a process builds on.
var domainRooms = []string{".", "sla", "config/topology", "config"}

// rooms is the import table, from the ground floor up: a room imports only rooms
// named before it.
func rooms() []arch.Room {
	list := []arch.Room{
		{Dir: ".", Holds: "the vocabulary, and lifecycles: process rules as data", Modules: []string{uuids, decimals, exp}},
		{Dir: "sla", Holds: "business calendars, clocks and agreements", Rooms: []string{"."}, Modules: []string{uuids, decimals, exp}},
		{Dir: "config/topology", Holds: "dense graphs of numbered nodes", Rooms: []string{"."}},
		{Dir: "config", Holds: "CIs and the relationship graph", Rooms: []string{".", "config/topology"}, Modules: []string{uuids, decimals, exp}},
	}
	for _, dir := range processRooms {
		list = append(list, arch.Room{Dir: dir, Holds: "one process", Rooms: domainRooms, Modules: []string{uuids, decimals, exp}})
	}
	return append(list,
		arch.Room{Dir: "store", Kind: arch.Outer, Holds: "what a host implements to bring its database; knows no process", Modules: []string{uuids}},
		arch.Room{Dir: "store/memory", Kind: arch.Outer, Holds: "the backend without a database", Rooms: []string{"store"}, Modules: []string{uuids}},
		arch.Room{Dir: "store/storetest", Kind: arch.Tool, Holds: "the conformance suite; linked into a host's tests, so it brings nothing along", Rooms: []string{"store"}, Modules: []string{uuids}},
		arch.Room{Dir: "register", Kind: arch.Outer, Holds: "any process over any backend", Rooms: []string{".", "store"}, Modules: []string{uuids}},
		arch.Room{Dir: "desk", Kind: arch.Outer, Holds: "the processes wired together", Rooms: roomsBelow("desk"), Modules: []string{uuids, decimals, exp}},
		arch.Room{Dir: "audit", Kind: arch.Outer, Holds: "evidence for ISO/IEC 20000-1", Rooms: roomsBelow("audit"), Modules: []string{uuids, decimals, exp}},
		arch.Room{Dir: "itsmtest", Kind: arch.Tool, Holds: "the test harness", Rooms: roomsBelow("itsmtest"), Modules: []string{uuids, decimals, exp}},
		arch.Room{Dir: "internal/arch", Kind: arch.Tool, Holds: "the checker of these rules"},
		arch.Room{Dir: "internal/naivegraph", Kind: arch.Tool, Holds: "what a graph is asked, answered by definition; config's tests and others hold the fast answers against it", Rooms: []string{".", "config/topology"}},
	)
}

// roomsBelow is all rooms that the rooms of the top floor may import.
func roomsBelow(top string) []string {
	list := slices.Concat(domainRooms, processRooms, []string{"store", "store/memory", "register"})
	switch top {
	case "audit":
		list = append(list, "desk")
	case "itsmtest":
		list = append(list, "store/storetest", "desk", "audit")
	}
	return list
}

// testImports is what test files may import whatever their room.
var testImports = []arch.Reason{
	{Name: "github.com/stretchr/testify", Why: "assertions; only tests link it"},
	{Name: modulePath + "/store", Why: "several registers act in one of its units"},
	{Name: modulePath + "/store/memory", Why: "a backend to try things on"},
	{Name: modulePath + "/store/storetest", Why: "backends that fail on purpose"},
	{Name: modulePath + "/register", Why: "examples show a process the way a host runs it"},
	{Name: modulePath + "/itsmtest", Why: "the harness is made for it"},
	{Name: modulePath + "/internal/arch", Why: "this file"},
	{Name: modulePath + "/internal/naivegraph", Why: "the slow and certain answers about graphs"},
}

// pureImports is the part of the standard library that only computes.
var pureImports = []string{
	"bufio", "bytes", "cmp", "container/heap",
	"crypto/sha256",
	"encoding", "encoding/base32", "encoding/base64", "encoding/binary", "encoding/csv", "encoding/hex", "encoding/json",
	"errors", "fmt", "hash", "hash/crc32", "hash/fnv",
	"io", "iter", "maps",
	"math", "math/big", "math/bits",
	"math/rand/v2", // its generators; see pureBans
	"regexp", "slices", "sort", "strconv", "strings",
	"time", // its types and arithmetic; see pureBans
	"unicode", "unicode/utf16", "unicode/utf8",
}

// notPure says why the usual suspects are missing from pureImports.
var notPure = []arch.Reason{
	{Name: "context", Why: "nothing in the domain waits, so there is nothing to cancel"},
	{Name: "crypto/rand", Why: "chance is an argument: a seeded *rand.Rand"},
	{Name: "database/*", Why: "the domain does no I/O; data arrives as values"},
	{Name: "embed", Why: "data that belongs to the domain is code or an argument"},
	{Name: "hash/maphash", Why: "its seeds are random; a result must repeat"},
	{Name: "io/*", Why: "the domain does no I/O; data arrives as values"},
	{Name: "log", Why: "what happened is in the event; the host decides what to log"},
	{Name: "log/*", Why: "what happened is in the event; the host decides what to log"},
	{Name: "math/rand", Why: "its functions draw from one global source; pass a seeded *rand.Rand of math/rand/v2"},
	{Name: "net", Why: "the domain does no I/O; data arrives as values"},
	{Name: "net/*", Why: "the domain does no I/O; data arrives as values"},
	{Name: "os", Why: "the domain does no I/O; data arrives as values"},
	{Name: "os/*", Why: "the domain does no I/O; data arrives as values"},
	{Name: "path/filepath", Why: "the domain knows no files"},
	{Name: "reflect", Why: "engines over any are refused; say the type"},
	{Name: "runtime", Why: "a result must not depend on the machine"},
	{Name: "runtime/*", Why: "a result must not depend on the machine"},
	{Name: "sync", Why: "values are complete when built and never change; there is nothing to lock"},
	{Name: "sync/*", Why: "values are complete when built and never change; there is nothing to lock"},
	{Name: "syscall", Why: "the domain does no I/O; data arrives as values"},
	{Name: "testing", Why: "would be linked into the host's binary"},
	{Name: "testing/*", Why: "would be linked into the host's binary"},
	{Name: "time/tzdata", Why: "450 KB that the host decides about"},
	{Name: "unsafe", Why: "nothing here is worth it"},
}

// pureBans is what pure rooms may not use of packages that they may import.
var pureBans = append([]arch.Ban{
	{Path: "time", Name: "Now", Why: "time arrives in a Stamp or as an argument"},
	{Path: "time", Name: "Since", Why: "reads the clock; subtract two given instants"},
	{Path: "time", Name: "Until", Why: "reads the clock; subtract two given instants"},
	{Path: "time", Name: "After*", Why: "the domain never waits; say when something is due"},
	{Path: "time", Name: "Tick*", Why: "the domain never waits; say when something is due"},
	{Path: "time", Name: "NewTi*", Why: "the domain never waits; say when something is due"},
	{Path: "time", Name: "Sleep", Why: "the domain never waits; say when something is due"},
	{Path: "time", Name: "Local", Why: "depends on the machine's zone; name the zone"},
	{Path: "time", Name: "LoadLocation", Why: "reads the zone files; only where a calendar is decoded"},
	{Path: uuids, Name: "New*", Except: []string{"NewMD5", "NewSHA1", "NewHash"}, Why: "identity arrives as an argument"},
	{Path: uuids, Name: "NodeI*", Why: "a result must not depend on the machine"},
	{Path: uuids, Name: "GetTime", Why: "reads the clock"},
	{Path: "math/rand/v2", Name: "*", Except: []string{"Rand", "Source", "New", "PCG", "NewPCG", "ChaCha8", "NewChaCha8", "Zipf", "NewZipf"},
		Why: "draws from the global source; use the seeded *rand.Rand that was passed in"},
	{Path: "fmt", Name: "Print*", Why: "writes to the host's standard output; return the text"},
	{Path: "fmt", Name: "Scan*", Why: "reads the host's standard input"},
}, outerBans...)

// outerBans is what no room of the library may use.
var outerBans = []arch.Ban{
	{Path: "os", Name: "Exit", Why: "ends the host"},
	{Path: "time", Name: "Now", Why: "the clock is an option, so that a test can turn it"},
	{Path: "time", Name: "Since", Why: "the clock is an option, so that a test can turn it"},
	{Path: "time", Name: "Until", Why: "the clock is an option, so that a test can turn it"},
	{Path: uuids, Name: "New*", Except: []string{"NewMD5", "NewSHA1", "NewHash"}, Why: "where ids come from is an option, so that a test can foretell them"},
	{Path: "log", Name: "*", Except: []string{"Logger"}, Why: "a process-wide logger; take one in the options"},
	{Path: "log/slog", Name: "Default", Why: "a process-wide logger; take one in the options"},
	{Path: "log/slog", Name: "Set*", Why: "a process-wide knob"},
	{Path: "math/rand", Name: "*", Why: "its functions draw from one global source; use math/rand/v2"},
	{Path: uuids, Name: "Set*", Why: "a process-wide knob"},
	{Path: uuids, Name: "*RandPool", Why: "a process-wide knob"},
}

// pureMethods is what pure rooms may not call, on whatever it is.
var pureMethods = []arch.Reason{
	{Name: "Local", Why: "depends on the machine's zone; use In with a named zone"},
}

// knownMethods need no comment of their own.
var knownMethods = []arch.Reason{
	{Name: "Error", Why: "error"},
	{Name: "Unwrap", Why: "package errors"},
	{Name: "Check", Why: "itsm.Command says what it does for every command"},
	{Name: "Apply", Why: "itsm.Command says what it does for every command"},
}

// longest is how many lines a file may have.
const longest = 500

// exceptions is what is permitted all the same, one place and one thing each.
var exceptions = []arch.Exception{
	{Rule: "calls", In: "register/register.go", What: "time.Now", Why: "the default of Options.Now"},
	{Rule: "calls", In: "register/register.go", What: "uuid.NewV7", Why: "the default of Options.NewID"},
	{Rule: "calls", In: "sla/plan.go", What: "time.LoadLocation", Why: "a calendar's definition names its zone; the one place that reads them"},
	{Rule: "pure imports", In: ".", What: "reflect", Why: "one name stands for one Go type: a lifecycle decodes a command into its prototype's type and refuses pointers; names in JSON are held against those that a type declares"},
}

// dependencies is every module that a module of this repository requires
// directly, and why it is worth it.
var dependencies = []arch.Dependency{
	{Module: ".", Path: uuids, Why: "record ids; the type hosts already use"},
	{Module: ".", Path: decimals, Why: "money and percentages compared with a promise are never floats"},
	{Module: ".", Path: "github.com/stretchr/testify", Why: "tests only"},
	{Module: ".", Path: exp, Why: "cmd/apidiff as a tool; stats and constraints, which the standard library lacks"},
	{Module: "examples", Path: uuids, Why: "record ids"},
	{Module: "examples", Path: "github.com/stretchr/testify", Why: "tests only"},
	{Module: "examples", Path: "github.com/ulikunitz/xz", Why: "event logs are published in xz, which the standard library does not read; no dependencies of its own"},
	{Module: "examples/graphviz", Path: "github.com/goccy/go-graphviz", Why: "draws DOT as SVG: Graphviz itself as WebAssembly, without a C compiler; see decision 13"},
	{Module: "examples/graphviz", Path: "github.com/stretchr/testify", Why: "tests only"},
	{Module: "examples/ical", Path: "github.com/teambition/rrule-go", Why: "the dates of a recurrence; no dependencies of its own; see decision 12"},
	{Module: "examples/ical", Path: "github.com/rickar/cal/v2", Why: "tests only: an example takes holidays from it"},
	{Module: "examples/ical", Path: "github.com/stretchr/testify", Why: "tests only"},
	{Module: "examples/sqlite", Path: "modernc.org/sqlite", Why: "SQLite without a C compiler; see decision 6"},
	{Module: "examples/sqlite", Path: uuids, Why: "record ids"},
	{Module: "examples/sqlite", Path: "github.com/stretchr/testify", Why: "tests only"},
	{Module: "internal/benchmarks", Path: uuids, Why: "record ids"},
	{Module: "internal/benchmarks", Path: "github.com/rickar/cal/v2", Why: "peer: business calendar"},
	{Module: "internal/benchmarks", Path: "github.com/qmuntal/stateless", Why: "peer: state machine"},
	{Module: "internal/benchmarks", Path: "github.com/looplab/fsm", Why: "peer: state machine"},
	{Module: "internal/benchmarks", Path: "github.com/hashicorp/go-memdb", Why: "peer: memory store with snapshots"},
	{Module: "internal/benchmarks", Path: "gonum.org/v1/gonum", Why: "peer: graph algorithms"},
	{Module: "internal/benchmarks", Path: "github.com/dominikbraun/graph", Why: "peer: graph algorithms"},
	{Module: "internal/benchmarks", Path: "github.com/ulikunitz/xz", Why: "tests only: real call graphs are kept in xz"},
	{Module: "internal/histories", Path: uuids, Why: "record ids"},
	{Module: "internal/histories", Path: "github.com/anishathalye/porcupine", Why: "tests only: searches a concurrent history for an order in which it is right"},
	{Module: "internal/histories", Path: "pgregory.net/rapid", Why: "tests only: generates programs, and shrinks one that fails"},
}

func TestArchitecture(t *testing.T) {
	m, err := arch.Load(os.DirFS("."), modulePath)
	if err != nil {
		t.Fatal(err)
	}
	found := slices.Concat(
		arch.Imports(m, rooms(), testImports),
		arch.PureImports(m, rooms(), pureImports, notPure),
		arch.Calls(m, rooms(), arch.Pure, pureBans),
		arch.Calls(m, rooms(), arch.Outer, outerBans),
		arch.Methods(m, rooms(), pureMethods),
		arch.Statements(m, rooms()),
		arch.State(m),
		arch.Docs(m, knownMethods),
		arch.Lengths(m, longest),
	)
	for _, f := range arch.Except(found, exceptions) {
		t.Error(f)
	}
}

func TestWorkspace(t *testing.T) {
	root := os.DirFS(".")
	modules, err := arch.Modules(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) == 1 {
		return // the module as the go command downloads it, without the others
	}
	workspace, err := arch.Workspace(root)
	if err != nil {
		t.Fatal(err)
	}
	required, err := arch.Dependencies(root, dependencies)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range slices.Concat(workspace, required) {
		t.Error(f)
	}
}
