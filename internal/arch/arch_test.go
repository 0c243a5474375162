package arch

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const testModule = "example.org/house"

// A small house with every kind of room.
var (
	testRooms = []Room{
		{Dir: ".", Holds: "the vocabulary", Modules: []string{"example.com/uuid"}},
		{Dir: "left", Holds: "one process", Rooms: []string{"."}},
		{Dir: "right", Holds: "another", Rooms: []string{"."}},
		{Dir: "store", Holds: "the contract", Kind: Outer},
		{Dir: "tool", Holds: "test help", Kind: Tool},
	}
	testTests = []Reason{{"example.com/testify", "tests"}, {testModule + "/tool", "tests"}}
	testStd   = []string{"errors", "fmt", "math/rand/v2", "time"}
	testUsual = []Reason{{"os", "no I/O"}, {"net/*", "no network"}}
	testBans  = []Ban{
		{Path: "time", Name: "Now", Why: "time is an argument"},
		{Path: "time", Name: "After*", Why: "never waits"},
		{Path: "math/rand/v2", Name: "*", Except: []string{"Rand", "New", "NewPCG"}, Why: "the global source"},
		{Path: "example.com/uuid", Name: "New*", Except: []string{"NewSHA1"}, Why: "identity is an argument"},
	}
	testOuterBans = []Ban{{Path: "os", Name: "Exit", Why: "ends the host"}}
	testMethods   = []Reason{{"Local", "the machine's zone"}}
	testKnown     = []Reason{{"Error", "error"}}
)

// check runs every check on one module, as the test at the root does.
func check(t *testing.T, files map[string]string) []Finding {
	t.Helper()
	m, err := Load(source(files), testModule)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(
		Imports(m, testRooms, testTests),
		PureImports(m, testRooms, testStd, testUsual),
		Calls(m, testRooms, Pure, testBans),
		Calls(m, testRooms, Outer, testOuterBans),
		Methods(m, testRooms, testMethods),
		Statements(m, testRooms),
		State(m),
		Docs(m, testKnown),
		Lengths(m, 20),
	)
}

func source(files map[string]string) fs.FS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

const head = "// Package p is documented.\npackage p\n"

// Each source breaks one rule once. want is how the finding begins.
var breaches = []struct {
	name, file, source, want string
}{
	{"a room that no one knows", "attic/p.go", head, `attic/p.go: imports: attic: which room`},
	{"a room beside", "left/p.go", head + `import r "example.org/house/right"; var _ r.T`, `left/p.go:3: imports: example.org/house/right: room "left" may import only: .`},
	{"a room above", "store/p.go", head + `import "example.org/house/left"; var _ left.T`, `store/p.go:3: imports: example.org/house/left: room "store" may import only: nothing`},
	{"an import of an unknown room", "left/p.go", head + `import "example.org/house/attic"; var _ attic.T`, `left/p.go:3: imports: example.org/house/attic: which room`},
	{"a module that is not the room's", "left/p.go", head + `import "example.com/uuid"; var _ uuid.UUID`, `left/p.go:3: imports: example.com/uuid: beside the standard library, room "left" may import only: nothing`},
	{"a test library outside tests", "p.go", head + `import "example.com/testify/require"; var _ require.T`, `p.go:3: imports: example.com/testify/require`},
	{"a room beside, in a test", "left/p_test.go", head + `import "example.org/house/right"; var _ right.T`, `left/p_test.go:3: imports: example.org/house/right`},
	{"a room beside, behind a build tag", "left/p.go", "//go:build plan9\n\n" + head + `import "example.org/house/right"; var _ right.T`, `left/p.go:5: imports: example.org/house/right`},
	{"a dot import", "p.go", head + `import . "time"; var _ Duration`, `p.go:3: imports: time: a dot import`},
	{"a blank import", "store/p.go", head + `import _ "image/png"`, `store/p.go:3: imports: image/png: a blank import`},

	{"a usual suspect in a pure room", "p.go", head + `import "os"; var _ os.File`, `p.go:3: pure imports: os: no I/O`},
	{"a usual suspect below a path", "p.go", head + `import "net/http"; var _ http.Client`, `p.go:3: pure imports: net/http: no network`},
	{"an unlisted package in a pure room", "p.go", head + `import "image"; var _ image.Image`, `p.go:3: pure imports: image: is not among`},

	{"the clock", "p.go", head + `import "time"; func f() time.Time { return time.Now() }`, `p.go:3: calls: time.Now: time is an argument`},
	{"the clock under another name", "p.go", head + `import watch "time"; func f() { _ = watch.Now() }`, `p.go:3: calls: time.Now`},
	{"the clock in brackets", "p.go", head + `import "time"; func f() { _ = (time).Now() }`, `p.go:3: calls: time.Now`},
	{"the clock as a value", "p.go", head + `import "time"; type t struct { now func() time.Time }; func f() t { return t{now: time.Now} }`, `p.go:3: calls: time.Now`},
	{"the clock in a function literal", "p.go", head + `import "time"; func f() any { return func() any { return undefined(time.Now()) } }`, `p.go:3: calls: time.Now`},
	{"the clock beside a shadow", "p.go", head + `import "time"; func f() { { time := 1; _ = time }; _ = time.Now() }`, `p.go:3: calls: time.Now`},
	{"names by pattern", "p.go", head + `import "time"; func f() { time.AfterFunc(1, nil) }`, `p.go:3: calls: time.AfterFunc`},
	{"the global source of chance", "p.go", head + `import "math/rand/v2"; func f() int { return rand.IntN(6) }`, `p.go:3: calls: rand.IntN`},
	{"a type argument from the global source", "p.go", head + `import "math/rand/v2"; func f() int { return rand.N[int](6) }`, `p.go:3: calls: rand.N`},
	{"a new identity", "p.go", head + `import "example.com/uuid"; func f() { _ = uuid.Must(uuid.NewV7()) }`, `p.go:3: calls: uuid.NewV7`},
	{"an exit in an outer room", "store/p.go", head + `import "os"; func f() { os.Exit(1) }`, `store/p.go:3: calls: os.Exit`},
	{"the machine's zone", "p.go", head + `import "time"; func f(t time.Time) time.Time { return t.Local() }`, `p.go:3: calls: .Local`},

	{"a goroutine in a pure room", "p.go", head + `func f() { go f() }`, `p.go:3: statements: go in f`},
	{"a goroutine in an outer room", "store/p.go", head + `type t struct{}; func (x *t) f() { go x.f() }`, `store/p.go:3: statements: go in t.f`},
	{"a goroutine in a package variable", "store/p.go", head + `var _ = func() int { go f(); return 0 }; func f() {}`, `store/p.go:3: statements: go in a variable`},
	{"a panic", "p.go", head + `func f() { panic("no") }`, `p.go:3: statements: panic in f`},
	{"a panic in a generic method", "p.go", head + `type t[K, V any] struct{}; func (t[K, V]) f() { panic("no") }`, `p.go:3: statements: panic in t.f`},
	{"a print", "p.go", head + `func f() { println("here") }`, `p.go:3: statements: println in f`},

	{"an init function", "p.go", head + `func init() {}`, `p.go:3: state: init`},
	{"an init function of a tool", "tool/p.go", head + `func init() {}`, `tool/p.go:3: state: init`},
	{"a package variable", "p.go", head + `var table = map[string]int{}`, `p.go:3: state: table: is a package variable`},
	{"a package variable without a value", "p.go", head + `var a int`, `p.go:3: state: a`},
	{"a false sentinel", "p.go", head + `var errA = errors{}.New(); type errors struct{}; func (errors) New() int { return 0 }`, `p.go:3: state: errA`},
	{"an assigned sentinel", "p.go", head + `import "errors"; var errA = errors.New("a"); func f() { errA = nil }`, `p.go:3: state: write to errA`},
	{"another package's variable", "p.go", head + `import "example.com/uuid"; func f() { uuid.Strict = true }`, `p.go:3: state: write to uuid.Strict`},
	{"the address of another package's variable", "store/p.go", head + `import "flag"; func f() any { return &flag.CommandLine }`, `store/p.go:3: state: write to flag.CommandLine`},

	{"a type without a comment", "p.go", head + `type T int`, `p.go:3: docs: T`},
	{"a function without a comment", "p.go", head + `func F() {}`, `p.go:3: docs: F`},
	{"a method without a comment", "p.go", head + "// T is.\ntype T int\nfunc (*T) M() {}", `p.go:5: docs: M`},
	{"a constant without a comment", "p.go", head + `const C = 1`, `p.go:3: docs: C`},
	{"one of a group", "p.go", head + "const (\n// A is.\nA = 1\n\nB = 2\n)", `p.go:7: docs: B`},
	{"a package without a comment", "p.go", `package p`, `p.go: docs: package p`},
	{"a long file", "p.go", head + strings.Repeat("\n", 20), `p.go: lengths: lines: has 22, more than 20`},
}

func TestEveryRuleBites(t *testing.T) {
	for _, b := range breaches {
		t.Run(b.name, func(t *testing.T) {
			found := check(t, map[string]string{b.file: b.source})
			if len(found) != 1 || !strings.HasPrefix(found[0].String(), b.want) {
				t.Errorf("found %q, want one that begins %q", found, b.want)
			}
		})
	}
}

// What looks like a breach and is none.
var harmless = map[string]string{
	"a local variable named like a package": head + `import "time"; type clock struct{}; func (clock) Now() int { return 0 }
		func f() { var _ time.Time; { time := clock{}; _ = time.Now() } }`,
	"a package variable named like a package": head + `func f() { _ = time.Now() }; type clock struct{}; func (clock) Now() int { return 0 }
		const time = clock(0)`,
	"a field named like a package":      head + `type clock struct{}; func (clock) Now() int { return 0 }; type t struct{ time clock }; func f(x t) { _ = x.time.Now() }`,
	"a seeded source":                   head + `import "math/rand/v2"; func f(r *rand.Rand) { _ = r.IntN(6); _ = rand.New(rand.NewPCG(1, 2)) }`,
	"an identity made of a name":        head + `import "example.com/uuid"; func f() { _ = uuid.NewSHA1(uuid.Nil, nil) }`,
	"a panic where it is announced":     head + `func mustParse() { func() { panic("no") }() }`,
	"a function called panic":           head + `func f(panic func(string)) { panic("yes") }`,
	"sentinels and assertions":          head + "import \"errors\"\nvar (\n\terrA = errors.New(\"a\")\n\t_ error = t{}\n)\ntype t struct{}\nfunc (t) Error() string { return \"\" }",
	"a local assignment":                head + `import "fmt"; func f() { var err error; err = fmt.Errorf("x"); p := &err; *p = nil }`,
	"a parameter named like a variable": head + `import "errors"; var errA = errors.New("a"); func f(errA error) error { errA = nil; return errA }`,
	"comments":                          head + "// A and B are.\nconst (\nA = 1\nB = 2\n)\n\n// T is.\ntype T int\n\nfunc (T) Error() string { return \"\" }\n\ntype t int\n\nfunc (t) M() {}",
}

func TestHarmlessSource(t *testing.T) {
	for name, text := range harmless {
		t.Run(name, func(t *testing.T) {
			for _, f := range check(t, map[string]string{"p.go": text}) {
				t.Error(f)
			}
		})
	}
}

func TestTestsAndToolsMayDoMore(t *testing.T) {
	found := check(t, map[string]string{
		"p.go":               head,
		"p_test.go":          "package p_test\nimport (\"os\"; \"time\"; \"example.com/testify/assert\"; \"example.org/house\"; \"example.org/house/tool\")\nvar a = time.Now()\nfunc init() { go os.Exit(1) }",
		"tool/p.go":          head + `import ("os"; "time"); func f() { go time.Now(); panic(os.Args) }`,
		"testdata/p.go":      "package broken {",
		".hidden/p.go":       "package broken {",
		"nested/go.mod":      "module example.org/house/nested",
		"nested/deep/p.go":   head + `import "example.org/unknown"`,
		"store/empty/README": "no Go here",
	})
	for _, f := range found {
		t.Error(f)
	}
}

func TestTheTableIsChecked(t *testing.T) {
	m := &Module{Path: testModule}
	found := Imports(m, []Room{
		{Dir: "low", Holds: "something", Rooms: []string{"high"}},
		{Dir: "high", Rooms: []string{"low"}},
	}, nil)
	want := []string{
		"low: imports: high: the table lets the room import one that is not below it",
		"high: imports: high: the table does not say what the room holds",
	}
	if got := lines(found); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestSourceThatDoesNotParse(t *testing.T) {
	_, err := Load(source(map[string]string{"p.go": "package p\nfunc {"}), testModule)
	if err == nil || !strings.HasPrefix(err.Error(), "p.go:2:6: ") {
		t.Errorf("Load: %v, want an error at p.go:2:6", err)
	}
}

func TestExceptions(t *testing.T) {
	found := []Finding{
		{"calls", "b/z.go", 3, "time.Now", "reads the clock"},
		{"calls", "a/z.go", 9, "time.Now", "reads the clock"},
		{"calls", "a/y.go", 7, "time.Now", "reads the clock"},
		{"calls", "a/y.go", 5, "time.Tick", "waits"},
	}
	got := lines(Except(found, []Exception{
		{"calls", "a", "time.Now", "the clock's own room"},
		{"calls", "b/z.go", "time.Now", ""},
		{"calls", "c/z.go", "time.Now", "was there once"},
	}))
	want := []string{
		"a/y.go:5: calls: time.Tick: waits",
		"b/z.go: exceptions: calls time.Now: has no reason; write it beside the exception",
		"b/z.go:3: calls: time.Now: reads the clock",
		"c/z.go: exceptions: calls time.Now: is not needed any more; remove the exception",
	}
	if !slices.Equal(got, want) {
		t.Errorf("left %q, want %q", got, want)
	}
}

func lines(found []Finding) []string {
	var list []string
	for _, f := range found {
		list = append(list, fmt.Sprint(f))
	}
	return list
}
