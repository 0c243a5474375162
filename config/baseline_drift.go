package config

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// drifting holds a baseline against the record and reality.
type drifting struct {
	timeline *Timeline
	question DriftQuestion
	policy   *Policy
	within   map[uuid.UUID]bool // the CIs of the baseline, and those new in its scope
	list     []DriftFinding
}

// cis finds what differs of CIs, by id.
func (d *drifting) cis() {
	was := itemsByID(d.question.Baseline.CIs)
	for id := range was {
		d.within[id] = true
	}
	for h := range d.timeline.listed(d.question.Scope) {
		if d.question.Scope.holds(CIView{d.timeline.view(h, d.question.Now)}) {
			d.within[h.id] = true
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(d.within), compareIDs) {
		d.ci(id, was[id])
	}
}

func itemsByID(list []Item) map[uuid.UUID]Item {
	byID := make(map[uuid.UUID]Item, len(list))
	for _, i := range list {
		byID[i.ID] = i
	}
	return byID
}

func (d *drifting) ci(id uuid.UUID, was Item) {
	now := CIView{d.timeline.view(d.timeline.cis.find(id), d.question.Now)}
	if !now.Present() {
		d.whole(d.aboutCI(id, was.Values), now.view, was)
		return
	}
	f := d.aboutCI(id, now.item().Values)
	if was.Values == nil {
		d.whole(f, now.view, was)
		return
	}
	d.compare(f, now.view, was, func(class, name string) bool { return name == stateName || d.policy.controlled(class, name) })
}

// aboutCI is a finding of a CI with these values.
func (d *drifting) aboutCI(id uuid.UUID, values map[string]itsm.Value) DriftFinding {
	f := DriftFinding{
		Subject: itsm.RefTo(Kind, id), Name: values[nameName].Text(), Class: values[className].Text(),
		Criticality: itsm.Level(values[criticalityName].Text()), Controlled: true,
	}
	f.Service = d.policy.Model.IsService(f.Class)
	return f
}

// whole finds that something is new or gone.
func (d *drifting) whole(f DriftFinding, now view, was Item) {
	f.Baseline, f.Current, f.Discovered = was.Values[stateName], now.Value(stateName), now.Value(stateName)
	f.Origin = now.origin(stateName)
	if f.depart(d.question.Baseline.At) {
		d.list = append(d.list, f)
	}
}

// compare finds in which attributes something differs.
func (d *drifting) compare(f DriftFinding, now view, was Item, controlled func(class, name string) bool) {
	is, seen := now.item().Values, now.seen()
	names := make(map[string]bool)
	for name := range was.Values {
		names[name] = true
	}
	for name := range is {
		names[name] = true
	}
	for name := range seen {
		names[name] = true
	}
	for _, name := range namesOf(names) {
		one := f
		one.Attribute, one.Controlled = name, controlled(f.Class, name)
		one.Baseline, one.Current, one.Discovered = was.Values[name], is[name], is[name]
		if observed, differs := seen[name]; differs {
			one.Discovered, one.Seen = observed, !observed.Equal(is[name])
		}
		one.Origin = now.origin(name)
		if one.depart(d.question.Baseline.At) {
			d.list = append(d.list, one)
		}
	}
}

// seen is what was observed to differ, by attribute; missing: it was seen to have none.
func (v view) seen() map[string]itsm.Value {
	seen := make(map[string]itsm.Value)
	for b := range v.Beliefs() {
		name, is := strings.CutPrefix(b.attribute, driftPrefix)
		switch {
		case !is:
		case b.said.value.Equal(Absent()):
			seen[name] = itsm.Value{}
		default:
			seen[name] = b.said.value
		}
	}
	return seen
}

// relations finds what differs of relations between two CIs of the baseline or the
// scope, by id.
func (d *drifting) relations() {
	was := itemsByID(d.question.Baseline.Relations)
	ids := make(map[uuid.UUID]bool)
	for id := range was {
		ids[id] = true
	}
	for v := range d.timeline.Relations(d.question.Now) {
		if d.within[v.From()] && d.within[v.To()] {
			ids[v.ID()] = true
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(ids), compareIDs) {
		d.relation(id, was[id])
	}
}

func (d *drifting) relation(id uuid.UUID, was Item) {
	now := RelationView{d.timeline.view(d.timeline.relations.find(id), d.question.Now)}
	if !now.Present() {
		d.whole(d.aboutRelation(id, was.Values), now.view, was)
		return
	}
	f := d.aboutRelation(id, now.item().Values)
	seen := now.Value(driftPrefix + stateName) // found and only proposed, or gone
	switch {
	case was.Values != nil:
		controlled := f.Controlled
		d.compare(f, now.view, was, func(_, name string) bool {
			r := d.policy.Model.rulesOfType(f.Class).find(name)
			return controlled && slices.Contains(OwnRelationAttributes(), name) || r != nil && r.Controlled
		})
	case !seen.IsZero(): // and nobody has accounted for it
		f.Current, f.Discovered, f.Seen, f.Departure, f.Origin = now.Value(stateName), seen, true, Unrecorded, now.origin(stateName)
		if seen.Text() == string(Ended) {
			f.Departure = Unrealised // it is not there, as it was not
		}
		d.list = append(d.list, f)
	default:
		d.whole(f, now.view, was)
	}
}

// aboutRelation is a finding of a relation with these values.
func (d *drifting) aboutRelation(id uuid.UUID, values map[string]itsm.Value) DriftFinding {
	f := DriftFinding{Subject: itsm.RefTo(RelationKind, id), Class: values[typeName].Text()}
	f.Controlled = d.policy.typeControlled(f.Class)
	var names [2]string
	for i, name := range []string{fromName, toName} {
		end := ciOf(values[name])
		v := CIView{d.timeline.view(d.timeline.cis.find(end), d.question.Now)}
		names[i] = v.Name()
		if names[i] == "" {
			names[i] = end.String()
		}
		f.Service = f.Service || d.policy.Model.IsService(v.Class())
		if level := itsm.Level(v.Value(criticalityName).Text()); level != "" && (f.Criticality == "" || d.policy.rank(level) < d.policy.rank(f.Criticality)) {
			f.Criticality = level
		}
	}
	f.Name = names[0] + " " + f.Class + " " + names[1]
	return f
}
