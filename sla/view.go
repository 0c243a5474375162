package sla

import (
	"slices"

	"github.com/itsmkit/itsm"
)

// View reads the records of a process as facts. It never changes and is safe for
// concurrent use.
type View[R any] struct {
	lifecycle *itsm.Lifecycle[R]
	fields    []itsm.Field[R]
}

// NewView reads the records of a lifecycle: their kind, number, state, phase and
// opening, unless the lifecycle declares fields of those names; all fields that it
// declares; and those of linked records, which are the host's to read as they are
// at the event, {Name: "service.criticality", …}. A linked field of a name that is
// there is an *[itsm.FieldError].
func NewView[R any](lc *itsm.Lifecycle[R], linked ...itsm.Field[R]) (*View[R], error) {
	if lc == nil {
		return nil, &itsm.FieldError{Field: "lifecycle", Problem: "is nil; give that of the process"}
	}
	v := &View[R]{lifecycle: lc}
	own := lc.Fields()
	for _, f := range headFields(lc) {
		if _, declared := lc.Field(f.Name); !declared {
			v.fields = append(v.fields, f)
		}
	}
	v.fields = slices.Concat(v.fields, own, linked)
	return v, v.Schema().Check()
}

// headFields are what every record has.
func headFields[R any](lc *itsm.Lifecycle[R]) []itsm.Field[R] {
	var states []itsm.State
	for _, s := range lc.States() {
		states = append(states, s.State)
	}
	return []itsm.Field[R]{
		itsm.TextField("kind", func(*R) string { return lc.Kind() }, lc.Kind()),
		itsm.TextField("number", func(r *R) string { return head(r).Number }),
		itsm.TextField("state", func(r *R) itsm.State { return head(r).State }, states...),
		itsm.TextField("phase", func(r *R) itsm.Phase { return lc.Phase(head(r).State) }, itsm.Phases()...),
		{Name: "opened", Type: itsm.Instant, Get: func(r *R) itsm.Value { return itsm.InstantValue(head(r).Opened) }},
	}
}

// head is the header of a record whose type a lifecycle has checked.
func head[R any](r *R) *itsm.Header { return any(r).(itsm.Headed).Head() }

// Schema is the fields that conditions may ask for of such records.
func (v *View[R]) Schema() Schema {
	s := make(Schema, len(v.fields))
	for i, f := range v.fields {
		s[i] = f.Def()
	}
	return s
}

// Facts are the values of a record as it is. A field without one is there all the
// same, as missing, so that observing the facts takes away what it had before.
func (v *View[R]) Facts(r *R) Facts {
	f := make(Facts, len(v.fields))
	for i := range v.fields {
		f[v.fields[i].Name] = v.fields[i].Get(r)
	}
	return f
}

// Changes is what [Facts.With] needs to make the facts of a record of those of it
// before; nil when nothing has changed. It is Facts and [Facts.Changes] in one, at
// a fraction of the cost.
func (v *View[R]) Changes(before Facts, r *R) Facts {
	var changes Facts
	for i := range v.fields {
		f := &v.fields[i]
		value := f.Get(r)
		if compare(before[f.Name], value) == 0 {
			continue
		}
		if changes == nil {
			changes = make(Facts)
		}
		changes[f.Name] = value
	}
	return changes
}

// Only reads some of the fields and no others, as [Book.Fields] lists those that
// matter. A name that the view does not know is left out.
func (v *View[R]) Only(names ...string) *View[R] {
	some := &View[R]{lifecycle: v.lifecycle}
	for _, f := range v.fields {
		if slices.Contains(names, f.Name) {
			some.fields = append(some.fields, f)
		}
	}
	return some
}

// Moments are the moments of a record's life, from its events in order and from the
// first. Linked fields are read as their records are now: where they may have
// changed since, observe each event when it happens.
func (v *View[R]) Moments(events ...itsm.Event[R]) ([]Moment, error) {
	moments := make([]Moment, 0, len(events))
	var last Facts
	for r, err := range v.lifecycle.Course(events...) {
		if err != nil {
			return nil, err
		}
		stamp := events[len(moments)].Stamp
		now := v.Facts(&r)
		moments = append(moments, Moment{At: stamp.At, By: stamp.By.ID, Facts: last.Changes(now)})
		last = now
	}
	return moments, nil
}
