package config

import (
	"maps"
	"slices"

	"github.com/itsmkit/itsm"
)

// takeCIRefs notes which values of a CI refer to CIs.
func (in *Intake) takeCIRefs(at rowPlace, v uint32, r *CIRow) {
	c := &in.cis[v] // of whose class they are, and not of that of a row, which may say less
	if c.class >= 0 && in.takeRefs(at, intakeRef{of: v, class: c.class}, r.Attributes) {
		c.refused = true
	}
}

// takeRefs notes which values refer to CIs, and reports whether one names none.
func (in *Intake) takeRefs(at rowPlace, ref intakeRef, values map[string]itsm.Value) (wrong bool) {
	l := in.rulesOfRef(&ref)
	for i := range l.list {
		name := l.list[i].Name
		handle, is, err := handleIn(values[name])
		if !is || l.list[i].Type != itsm.Reference {
			continue
		}
		if err != nil {
			at.wrong("attributes."+name, "%s", problemOf(err))
			wrong = true
			continue
		}
		ref.handle, ref.rule = in.handleOf(handle), int32(i)
		in.refs = append(in.refs, ref)
	}
	return wrong
}

// handleIn is how a value names the CI to which it refers; false: it refers to none.
func handleIn(v itsm.Value) (h Handle, is bool, err error) {
	if v.Type() != itsm.Reference {
		return Handle{}, false, nil
	}
	ref, err := itsm.ParseRef(v.Text())
	if err != nil || ref.Kind != Kind {
		return Handle{}, false, nil
	}
	h, err = ParseHandle(ref.ID)
	return h, true, err
}

func (in *Intake) rulesOfRef(ref *intakeRef) *rules {
	if ref.ofRelation {
		return &in.policy.Model.ofTypes[ref.class]
	}
	return &in.policy.Model.attributes[ref.class]
}

// refWrong refuses what a value that refers to a CI belongs to.
func (in *Intake) refWrong(ref *intakeRef, format string, args ...any) {
	field := "attributes." + in.rulesOfRef(ref).list[ref.rule].Name
	if ref.ofRelation {
		in.relationWrong(&in.relations[ref.of], field, format, args...)
	} else {
		in.ciWrong(ref.of, field, format, args...)
	}
}

// checkRefs asks that values refer to CIs that are there, of the classes that their
// attributes are for.
func (in *Intake) checkRefs() {
	m := in.policy.Model
	for i := range in.refs {
		ref := &in.refs[i]
		r := &in.rulesOfRef(ref).list[ref.rule]
		v := in.handles[ref.handle]
		ref.handle = none
		switch {
		case v == none:
			in.refWrong(ref, "%s", in.noCI("refers to"))
		case v == ambiguous:
			in.refWrong(ref, "refers to what several CIs are; name one by its id")
		default:
			class := in.end(v).Class
			if fits := func(c string) bool { return m.IsA(class, c) }; len(r.Classes) > 0 && !slices.ContainsFunc(r.Classes, fits) {
				in.refWrong(ref, "refers to a %s; give one of: %s", class, itsm.Listed(r.Classes))
			} else {
				ref.handle = v
			}
		}
	}
}

// resolved are values with ids where they name CIs by class and name.
func (in *Intake) resolved(values map[string]itsm.Value) map[string]itsm.Value {
	var own map[string]itsm.Value
	for name, v := range values {
		if h, is, err := handleIn(v); is && err == nil && h.Class != "" {
			if at := in.lookUp(h); at < ambiguous {
				if own == nil {
					own = maps.Clone(values)
				}
				own[name] = itsm.ReferenceValue(itsm.RefTo(Kind, in.cis[at].id))
			}
		}
	}
	if own == nil {
		return values
	}
	return own
}
