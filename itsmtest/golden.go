package itsmtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/itsmkit/itsm"
)

// updateVariable is the environment variable that has golden files written.
const updateVariable = "ITSM_UPDATE"

// Golden compares a text with a golden file. With ITSM_UPDATE=1 in the
// environment it writes the file instead:
//
//	ITSM_UPDATE=1 go test ./incident
func Golden(t testing.TB, path string, got []byte) {
	t.Helper()
	if os.Getenv(updateVariable) != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s does not exist; write it with %s=1 and read it before it is committed", path, updateVariable)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; if that is meant, write it with %s=1\ngot:\n%s\nwant:\n%s", path, updateVariable, got, want)
	}
}

// Commands pins the encoded forms of a lifecycle's commands in golden files,
// testdata/commands/<name>.v<version>.json. It takes one sample of each command,
// every field of it filled. It fails when a form has changed without a new
// [itsm.Version], and when any golden file, of whatever version, can no longer be
// read. Within a value of a type that contains itself, such as a condition, another
// of the type is filled when it is not zero.
func Commands[R any](t testing.TB, lc *itsm.Lifecycle[R], samples ...itsm.Command[R]) {
	t.Helper()
	CommandsIn(t, filepath.Join("testdata", "commands"), lc, samples...)
}

// CommandsIn is [Commands] with golden files in a directory of their own, for a
// package with several kinds of records: testdata/commands/<kind>, say. The
// directory holds those of this lifecycle only.
func CommandsIn[R any](t testing.TB, dir string, lc *itsm.Lifecycle[R], samples ...itsm.Command[R]) {
	t.Helper()
	missing := make(map[string]bool)
	for _, name := range lc.Commands() {
		missing[name] = true
	}
	for _, sample := range samples {
		name, version, data := encoded(t, lc, sample)
		if !missing[name] {
			t.Errorf("%s has more than one sample", name)
		}
		delete(missing, name)
		if path := emptyField(reflect.ValueOf(sample), name); path != "" {
			t.Errorf("the sample leaves %s empty, so that its form is not pinned", path)
		}
		Golden(t, filepath.Join(dir, fmt.Sprintf("%s.v%d.json", name, version)), data)
		again, err := lc.Decode(name, version, data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if path := difference(reflect.ValueOf(sample), reflect.ValueOf(again), name); path != "" {
			t.Errorf("%s is lost or changed by the JSON form:\n%s", path, data)
		}
	}
	for _, name := range lc.Commands() {
		if missing[name] {
			t.Errorf("%s has no sample", name)
		}
	}
	readAll(t, lc, dir)
}

// encoded is a command as an event carries it, with one field on a line.
func encoded[R any](t testing.TB, lc *itsm.Lifecycle[R], cmd itsm.Command[R]) (name string, version int, data []byte) {
	t.Helper()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	event, err := lc.EncodeEvent(itsm.Event[R]{Revision: 1, Stamp: itsm.Stamp{At: at}, Command: cmd})
	if err != nil {
		t.Fatalf("%T cannot be encoded: %v", cmd, err)
	}
	var parts struct {
		Name string          `json:"name"`
		V    int             `json:"v"`
		Data json.RawMessage `json:"data"`
	}
	var lines bytes.Buffer
	if err := errors.Join(json.Unmarshal(event, &parts), json.Indent(&lines, parts.Data, "", "\t")); err != nil {
		t.Fatal(err)
	}
	lines.WriteByte('\n')
	return parts.Name, parts.V, lines.Bytes()
}

// readAll decodes every golden file, those of earlier versions too.
func readAll[R any](t testing.TB, lc *itsm.Lifecycle[R], dir string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		base := strings.TrimSuffix(filepath.Base(path), ".json")
		i := strings.LastIndex(base, ".v")
		if i < 0 {
			t.Errorf("%s is not named <command>.v<version>.json", path)
			continue
		}
		version, err := strconv.Atoi(base[i+len(".v"):])
		data, readErr := os.ReadFile(path)
		if err := errors.Join(err, readErr); err != nil {
			t.Error(err)
			continue
		}
		if _, err := lc.Decode(base[:i], version, data); err != nil {
			t.Errorf("%s can no longer be read; what was written once needs an itsm.Legacy: %v", path, err)
		}
	}
}

// emptyField is the path of the first exported field that has its zero value. The
// types are those of the structs around v.
func emptyField(v reflect.Value, path string, around ...reflect.Type) string {
	switch {
	case v.Kind() == reflect.Struct && hasExported(v.Type()) && !slices.Contains(around, v.Type()):
		around = append(slices.Clip(around), v.Type())
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				if empty := emptyField(v.Field(i), path+"."+f.Name, around...); empty != "" {
					return empty
				}
			}
		}
		return ""
	case v.Kind() == reflect.Slice && v.Len() > 0:
		return emptyField(v.Index(0), path+"[0]", around...)
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return emptyField(v.Elem(), path, around...)
	case v.IsZero(), v.Kind() == reflect.Slice, v.Kind() == reflect.Map && v.Len() == 0:
		return path
	}
	return ""
}

func hasExported(t reflect.Type) bool {
	for i := range t.NumField() {
		if t.Field(i).IsExported() {
			return true
		}
	}
	return t.NumField() == 0
}
