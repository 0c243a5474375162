package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/itsmkit/itsm"
)

// update is what a row says of a CI that is known, as commands that the process
// takes; none when it says nothing new.
func (in *Intake) update(known *CI, r *CIRow) ([]itsm.Command[CI], error) {
	var list []itsm.Command[CI]
	var wrong []error
	m := in.policy.Model
	less := r.Class == "" || r.Class == known.Class || m.IsA(known.Class, r.Class)
	if more := m.IsA(r.Class, known.Class); !less && !(more && in.o.Observe) { // see unseen
		wrong = append(wrong, &itsm.FieldError{Field: className, Problem: fmt.Sprintf("is %s, and there it is a %s; reclassify it", itsm.Quoted(r.Class), known.Class)})
	}
	if in.o.Observe {
		seen := Observe{Values: maps.Clone(r.Attributes), Source: in.sourceOf(r.Source), Seen: r.Since}
		for name, v := range map[string]itsm.Value{nameName: itsm.TextValue(r.Name), environmentName: itsm.TextValue(r.Environment), versionName: itsm.TextValue(r.Version)} {
			if !v.IsZero() {
				if seen.Values == nil {
					seen.Values = make(map[string]itsm.Value)
				}
				seen.Values[name] = v
			}
		}
		list = append(list, seen)
	} else {
		if r.State != itsm.None && r.State != known.State {
			wrong = append(wrong, &itsm.FieldError{Field: stateName, Problem: fmt.Sprintf("is %s, and there it is %s; a command of its own moves it", r.State, known.State)})
		}
		list = in.said(known, r)
	}
	ci := *known
	s := in.stamp
	for _, c := range list {
		_, err := in.process.Fire(&ci, c, s)
		wrong = append(wrong, asRow(err, r))
	}
	return list, errors.Join(wrong...)
}

// asRow is what a process says of a command, by the fields of the row that it is from.
func asRow(err error, r *CIRow) error {
	var list []error
	for _, f := range faultsOf(err) {
		head, tail, _ := strings.Cut(f.Field, ".")
		switch {
		case head == "values" && r != nil && slices.Contains(observable(), tail):
			f.Field = tail
		case head == "values":
			f.Field = attributesName + "." + tail
		case head == "seen":
			f.Field = sinceName
		}
		list = append(list, f)
	}
	return errors.Join(list...)
}

// said is what people say of a known CI and is new.
func (in *Intake) said(known *CI, r *CIRow) []itsm.Command[CI] {
	var list []itsm.Command[CI]
	differs := func(name, s string) string {
		if known.Value(name).Text() == s {
			return ""
		}
		return s
	}
	set := func(values map[string]itsm.Value) {
		if len(values) > 0 {
			list = append(list, SetAttributes{Values: values, Change: r.Change, Since: r.Since, Reason: r.Reason})
		}
	}
	level := itsm.Level(differs(criticalityName, string(r.Criticality)))
	asked := in.policy.Model.rulesAt(known.Class, known.Criticality)
	first, last := make(map[string]itsm.Value), make(map[string]itsm.Value)
	for name, v := range r.Attributes {
		rule := asked.find(name)
		switch {
		case v.Equal(known.Value(name)):
		case level != "" && v.IsZero() && rule != nil && asked.requires(rule):
			last[name] = v
		default:
			first[name] = v
		}
	}
	set(first) // for the criticality to come may ask for them
	d := Describe{
		Name: differs(nameName, r.Name), Description: differs(descriptionName, r.Description), Criticality: level,
		Environment: differs(environmentName, r.Environment), Version: differs(versionName, r.Version),
		Change: r.Change, Since: r.Since, Reason: r.Reason,
	}
	if len(d.said()) > 0 {
		list = append(list, d)
	}
	set(last) // which the criticality that was asked for
	if owner := differs(ownerName, r.Owner); owner != "" {
		list = append(list, Own{Owner: owner, Change: r.Change, Since: r.Since, Reason: r.Reason})
	}
	for _, n := range r.Needs {
		if known.Need(n.Group) != n.AtLeast {
			list = append(list, SetNeed{Need: n, Change: r.Change, Since: r.Since, Reason: r.Reason})
		}
	}
	return list
}
