// Package arch checks the source of a module against the rules it was designed
// by: who may import whom, what pure code may not do, no hidden state. The rules
// themselves are tables in arch_test.go at the root of the repository; this
// package only knows how to look.
//
// It reads source, not compiled packages, so that it is quick and sees every
// file whatever its build constraints. A check is a function from a [Module] and
// a table to findings; [Except] then takes out those that have a reason.
package arch

import (
	"cmp"
	"fmt"
	"path"
	"slices"
)

// Finding is one place that breaks a rule.
type Finding struct {
	Rule    string // "imports", "calls", …: the check that found it
	File    string // path below the module's root
	Line    int    // 0: the file as a whole
	What    string // what was found, for [Exception.What]: "time.Now"
	Problem string // why that is wrong and what would be right
}

// String is one line: "sla/clock.go:12: calls: time.Now: …".
func (f Finding) String() string {
	where := f.File
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	return fmt.Sprintf("%s: %s: %s: %s", where, f.Rule, f.What, f.Problem)
}

// Exception permits what a rule forbids, in one file or one room, for a reason.
type Exception struct {
	Rule string
	In   string // a file, or a directory for the files directly in it
	What string
	Why  string
}

// Except takes out the findings that an exception covers. An exception without
// a reason, and one that covers nothing any more, is a finding itself.
func Except(findings []Finding, list []Exception) []Finding {
	used := make([]bool, len(list))
	var left []Finding
	for _, f := range findings {
		covered := false
		for i, e := range list {
			if e.Why != "" && e.Rule == f.Rule && e.What == f.What && (e.In == f.File || e.In == path.Dir(f.File)) {
				used[i], covered = true, true
			}
		}
		if !covered {
			left = append(left, f)
		}
	}
	for i, e := range list {
		switch {
		case e.Why == "":
			left = append(left, Finding{"exceptions", e.In, 0, e.Rule + " " + e.What, "has no reason; write it beside the exception"})
		case !used[i]:
			left = append(left, Finding{"exceptions", e.In, 0, e.Rule + " " + e.What, "is not needed any more; remove the exception"})
		}
	}
	slices.SortStableFunc(left, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return left
}
