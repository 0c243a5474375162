package config

import (
	"fmt"
	"iter"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Deficiency names what [Findings] looks for in the record of one CI.
type Deficiency string

// The deficiencies.
const (
	Drifted     Deficiency = "drifted"              // a controlled attribute was seen to differ (R20)
	Disagreed   Deficiency = "sources disagree"     // a lower source saw an observed attribute to be otherwise, see [Precedence]
	Uncovered   Deficiency = "no change"            // in a state into which people bring a CI only by a change, and no change ever touched it (R20)
	NoCI        Deficiency = "no CI"                // what is used as a service is no CI (R21)
	NoService   Deficiency = "no service"           // what is used as a service is a CI of another class (R21)
	NoOwner     Deficiency = "no owner"             // a service without one (R21)
	Revived     Deficiency = "seen though retired"  // it is said to be out of use
	Unverified  Deficiency = "verification overdue" // 8.2.6
	Unfinished  Deficiency = "action overdue"       // 8.2.6: a deficiency that nobody acted on
	Missing     Deficiency = "required missing"     // an attribute that the model requires
	Recommended Deficiency = "recommended missing"  // an attribute that the model recommends
	Misfit      Deficiency = "does not fit"         // class or attribute are not, or no longer, as the model allows
)

// Deficiencies lists every deficiency.
func Deficiencies() []Deficiency {
	return []Deficiency{Drifted, Disagreed, Uncovered, NoCI, NoService, NoOwner, Revived, Unverified, Unfinished, Missing, Recommended, Misfit}
}

// Finding is a deficiency of one CI.
type Finding struct {
	Deficiency Deficiency
	CI         itsm.Ref
	Number     string // of the CI, if there is one
	Attribute  string // which one, if one is concerned
	Problem    string // in words, with the values
}

// String is the finding in one line.
func (f Finding) String() string {
	subject := f.Number
	if subject == "" {
		subject = f.CI.String()
	}
	if f.Attribute != "" {
		subject += " " + f.Attribute
	}
	return subject + ": " + string(f.Deficiency) + ": " + f.Problem
}

// Findings lists what is deficient in the record of a CI at a time, in the order of
// [Deficiencies], then of the model's attributes or by name. Of what is disposed of
// there is nothing to find; a verification is overdue only of what is in use or on
// the way there. A nil policy means [DefaultPolicy].
func Findings(policy *Policy, ci *CI, at time.Time) []Finding {
	if policy == nil {
		policy = DefaultPolicy()
	}
	if ci == nil || policy.Model == nil || ci.State == itsm.None || policy.gone(ci.State) {
		return nil
	}
	var list []Finding
	find := func(d Deficiency, attribute, format string, args ...any) {
		list = append(list, Finding{d, ci.Ref(), ci.Number, attribute, fmt.Sprintf(format, args...)})
	}
	for _, name := range ci.Drifting() {
		find(Drifted, name, "%s", ci.drifted(name))
	}
	for _, name := range ci.Outranked() {
		l, _ := outranked(ci.Looks[name])
		find(Disagreed, name, "is %s (%s), and was seen as %s by %s since %s", worded(ci.Value(name)), ci.Looks[name][0].Source, worded(l.Value), l.Source, l.First.Format(time.RFC3339))
	}
	for _, s := range policy.UnderChange {
		if s == ci.State && ci.Change.IsZero() {
			find(Uncovered, "", "is %s, and %s registered it without a change", ci.State, ci.Source)
		}
	}
	if ci.Owner == "" && policy.Model.IsService(ci.Class) {
		find(NoOwner, ownerName, "%q is a service and belongs to nobody", ci.Name)
	}
	if policy.over(ci.State) && ci.Seen.After(ci.InState) {
		find(Revived, "", "is %s since %s and was seen at %s", ci.State, ci.InState.Format(time.RFC3339), ci.Seen.Format(time.RFC3339))
	}
	if policy.inUse(ci.State) && !ci.NextVerify.IsZero() && !at.Before(ci.NextVerify) {
		find(Unverified, "", "was to be verified by %s", ci.NextVerify.Format(time.RFC3339))
	}
	for _, a := range ci.OpenActions() {
		if !at.Before(a.Due) {
			find(Unfinished, "", "action %d (%s) of %s was due by %s", a.ID, a.Title, a.Owner, a.Due.Format(time.RFC3339))
		}
	}
	policy.Model.fit(ci, find)
	return list
}

// fit holds the attributes of a CI against the model as it is now.
func (m *Model) fit(ci *CI, find func(d Deficiency, attribute, format string, args ...any)) {
	at, known := m.classAt[ci.Class]
	if !known {
		find(Misfit, className, "%q is no class", ci.Class)
		return
	}
	l := m.rulesAt(ci.Class, ci.Criticality)
	has := func(r *rule) bool { return !ci.Attributes[r.Name].Value.IsZero() }
	for i := range l.list {
		if r := &l.list[i]; l.requires(r) && !has(r) {
			find(Missing, r.Name, "a %s has one", ci.graded(r.Required))
		}
	}
	for i := range l.list {
		if r := &l.list[i]; l.recommends(r) && !l.requires(r) && !has(r) {
			find(Recommended, r.Name, "a %s should have one", ci.graded(r.Recommended))
		}
	}
	if m.classes[at].Abstract {
		find(Misfit, className, "%q is abstract", ci.Class)
	}
	for _, name := range namesOf(ci.Attributes) {
		r := l.find(name)
		if r == nil {
			find(Misfit, name, "a %s has no such attribute", ci.Class)
		} else if err := r.check(name, ci.Attributes[name].Value); err != nil {
			find(Misfit, name, "%s", problemOf(err))
		}
	}
}

// graded names the class, and the criticality if that is why something is asked.
func (ci *CI) graded(always bool) string {
	if always {
		return ci.Class
	}
	return ci.Class + " of criticality " + string(ci.Criticality)
}

// problemOf is what a FieldError says without the field.
func problemOf(err error) string {
	if f, ok := err.(*itsm.FieldError); ok {
		return f.Problem
	}
	return err.Error()
}

// ServiceFindings holds what others use as services, such as the services of
// incidents and agreements, against the CIs: each is one, of a class of services,
// and has an owner (R21; ISO/IEC 20000-1 8.2.6). Each reference is looked at once,
// in the order it comes first. Look gives the CI of an id, nil if there is none;
// a nil look knows none.
func (m *Model) ServiceFindings(services iter.Seq[itsm.Ref], look func(uuid.UUID) *CI) []Finding {
	var list []Finding
	seen := make(map[itsm.Ref]bool)
	for ref := range orNothing(services) {
		if ref.IsZero() || seen[ref] {
			continue
		}
		seen[ref] = true
		var ci *CI
		if id, ok := ref.UUID(); ok && ref.Kind == Kind && look != nil {
			ci = look(id)
		}
		switch {
		case ci == nil:
			list = append(list, Finding{Deficiency: NoCI, CI: ref, Problem: "is used as a service and is no CI"})
		case !m.IsService(ci.Class):
			list = append(list, Finding{NoService, ref, ci.Number, className, fmt.Sprintf("is used as a service and is a %s", ci.Class)})
		case ci.Owner == "":
			list = append(list, Finding{NoOwner, ref, ci.Number, ownerName, fmt.Sprintf("%q is a service and belongs to nobody", ci.Name)})
		}
	}
	return list
}
