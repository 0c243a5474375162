package sla

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/itsmkit/itsm"
)

// Version is one version of an agreement: what was agreed with whom, and from when
// until when it is in force. A version in force is never edited; another takes its
// place on a date, and clocks keep the version that was in force when they began.
type Version struct {
	Agreement string    `json:"agreement"` // its number: "AGR0000042"
	Number    int       `json:"number"`    // from 1 on
	Kind      Kind      `json:"kind"`
	Party     string    `json:"party"` // with whom: a customer, a team, a supplier
	From      time.Time `json:"from"`
	Until     time.Time `json:"until,omitzero"` // the first instant at which it is not in force any more; zero: open
	Terms     Terms     `json:"terms"`

	// Known is when the version was agreed, where that was after From (R34): work was
	// tracked without it until then, and stays as it was. Zero: before From.
	Known time.Time `json:"known,omitzero"`
}

// inForce reports whether the version is in force at an instant, by its dates.
func (v *Version) inForce(at time.Time) bool {
	return !at.Before(v.From) && (v.Until.IsZero() || at.Before(v.Until))
}

// Check says everything that is wrong with the version, each as an
// *[itsm.FieldError] with its path.
func (v *Version) Check(s Schema) error {
	_, err := v.compile(s)
	return err
}

func (v *Version) compile(s Schema) (*version, error) {
	wrong := problems{
		itsm.CheckLine("agreement", v.Agreement), itsm.CheckLine("party", v.Party),
		itsm.CheckOneOf("kind", v.Kind, Kinds()), checkSpan("", v.From, v.Until, true),
	}
	if !v.Known.IsZero() {
		wrong = append(wrong, checkDate("known", v.Known))
	}
	if v.Number < 1 {
		wrong.add("number", "is %d; the first is 1", v.Number)
	}
	terms, err := v.Terms.compile(s)
	if err != nil {
		wrong = append(wrong, placed("terms", err)...)
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	own := &version{Version: *v, terms: terms}
	own.Terms = terms.Terms
	for i := range terms.Targets {
		own.rules = append(own.rules, newPromised(own, &terms.Targets[i]))
	}
	return own, nil
}

// checkSpan asks for a beginning, and an end after it, in the years that
// agreements may lie in.
func checkSpan(field string, from, until time.Time, open bool) error {
	if field != "" {
		field += "."
	}
	wrong := []error{checkDate(field+"from", from)}
	if !until.IsZero() || !open {
		wrong = append(wrong, checkDate(field+"until", until))
		if !until.IsZero() && !until.After(from) {
			wrong = append(wrong, &itsm.FieldError{Field: field + "until", Problem: fmt.Sprintf("%s is not after the beginning at %s", until.Format(time.RFC3339), from.Format(time.RFC3339))})
		}
	}
	return errors.Join(wrong...)
}

func checkDate(field string, t time.Time) error {
	if err := itsm.CheckTime(field, t); err != nil {
		return err
	}
	if y := t.UTC().Year(); y < firstYear || y > lastYear {
		return &itsm.FieldError{Field: field, Problem: fmt.Sprintf("is in the year %d; give one from %d to %d", y, firstYear, lastYear)}
	}
	return nil
}

// Book is all versions of the agreements that clocks are measured against, checked
// and ready for use. It never changes and is safe for concurrent use.
type Book struct {
	schema   Schema
	versions []*version
	slots    []slot // in the order of their keys
}

// version is a version ready for use.
type version struct {
	Version
	next  *version // that takes effect when this one ends; nil: none does
	terms *compiled
	rules []*promised
}

// promised is a target ready for use.
type promised struct {
	version  *version
	target   *Target
	slot     int // of the book
	metric   *Metric
	calendar *Calendar
	within   time.Duration // 0: by the target's deadline
	levels   []level
	fields   []string // that tell its work from other work
	pausedBy []string // the fields that have its clock pause
}

// slot is what at most one clock lives for: the targets for one metric in the
// agreements of one kind with one party.
type slot struct {
	slotKey
	rules []*promised
}

type slotKey struct {
	kind          Kind
	party, metric string
}

// compare orders slots as a reader expects them: kinds and the usual metrics in
// their order, all else by name.
func (a slotKey) compare(b slotKey) int {
	return cmp.Or(
		cmp.Compare(a.kind.rank(), b.kind.rank()), cmp.Compare(a.party, b.party),
		cmp.Compare(metricRank(a.metric), metricRank(b.metric)), cmp.Compare(a.metric, b.metric))
}

func (k Kind) rank() int {
	switch k {
	case ServiceLevel:
		return 0
	case OperationalLevel:
		return 1
	default:
		return 2
	}
}

func metricRank(name string) int {
	switch name {
	case Response:
		return 0
	case Update:
		return 1
	case Resolution:
		return 2
	default:
		return 3
	}
}

// inForceThen reports whether the version was in force at an instant, as far as was
// known at another: one that was agreed late is not there before, and one that it
// ended goes on until then.
func (v *version) inForceThen(at, known time.Time) bool {
	if v.Known.After(known) {
		return false
	}
	return v.inForce(at) || v.next != nil && v.next.Known.After(known) && !at.Before(v.From)
}

// NewBook checks versions of agreements and makes them ready for use. What is wrong
// comes as *[itsm.FieldError] values with the place, joined: a malformed version,
// two of one number, two of one agreement that are in force at once.
func NewBook(s Schema, versions ...Version) (*Book, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	b := &Book{schema: slices.Clone(s)}
	var wrong problems
	for i := range versions {
		field := "versions[" + strconv.Itoa(i) + "]"
		v, err := versions[i].compile(b.schema)
		if err != nil {
			wrong = append(wrong, placed(field, err)...)
			continue
		}
		for _, o := range b.versions {
			switch {
			case o.Agreement != v.Agreement:
			case o.Number == v.Number:
				wrong.add(field+".number", "is %d, as that of another version of %s", v.Number, v.Agreement)
			case (v.Until.IsZero() || o.From.Before(v.Until)) && (o.Until.IsZero() || v.From.Before(o.Until)):
				wrong.add(field+".from", "overlaps version %d of %s; end that first", o.Number, v.Agreement)
			case o.Kind != v.Kind || o.Party != v.Party:
				wrong.add(field+".party", "and kind are not those of version %d of %s; that is another agreement", o.Number, v.Agreement)
			}
		}
		b.versions = append(b.versions, v)
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	slices.SortFunc(b.versions, func(a, c *version) int {
		return cmp.Or(cmp.Compare(a.Agreement, c.Agreement), cmp.Compare(a.Number, c.Number))
	})
	for i, v := range b.versions[:max(len(b.versions)-1, 0)] {
		if next := b.versions[i+1]; next.Agreement == v.Agreement && next.From.Equal(v.Until) {
			v.next = next
		}
	}
	b.index()
	return b, nil
}

// index puts the targets into their slots.
func (b *Book) index() {
	for _, v := range b.versions {
		for _, r := range v.rules {
			key := slotKey{v.Kind, v.Party, r.metric.Name}
			i, found := b.slot(key)
			if !found {
				b.slots = slices.Insert(b.slots, i, slot{slotKey: key})
			}
			b.slots[i].rules = append(b.slots[i].rules, r)
		}
	}
	for i := range b.slots {
		for _, r := range b.slots[i].rules {
			r.slot = i
		}
	}
}

func newPromised(v *version, t *Target) *promised {
	r := &promised{version: v, target: t, metric: v.terms.metrics[t.Metric], calendar: v.terms.calendarOf(t)}
	if t.Within != "" {
		r.within, _ = parseDuration("within", t.Within) // checked
	}
	for i := range t.Levels {
		l, _ := t.Levels[i].compile("") // checked
		r.levels = append(r.levels, l)
	}
	r.fields = append(v.Terms.When.Fields(), t.When.Fields()...)
	if len(v.Terms.Services) > 0 {
		r.fields = append(r.fields, serviceField)
	}
	r.pausedBy = r.metric.Pause.Fields()
	slices.Sort(r.fields)
	r.fields = slices.Compact(r.fields)
	return r
}

// Schema is the fields that the conditions of the book may ask for.
func (b *Book) Schema() Schema {
	if b == nil {
		return nil
	}
	return slices.Clone(b.schema)
}

// check refuses what is no book, as NewBook gives beside an error.
func (b *Book) check() error {
	if b == nil {
		return &itsm.FieldError{Field: "book", Problem: "is nil; make one with NewBook"}
	}
	return nil
}

// Fields lists the fields that the terms of the book ask for, in order. An event
// that changes none of them makes no difference to a piece of work, and facts of
// other fields need not be kept.
func (b *Book) Fields() []string {
	if b == nil {
		return nil
	}
	var names []string
	add := func(list ...string) { names = append(names, list...) }
	for _, v := range b.versions {
		for _, r := range v.rules {
			add(r.fields...)
			add(r.target.By.Field, r.metric.Since)
			for _, c := range r.metric.conditions() {
				add(c.condition.Fields()...)
			}
		}
		add(v.Terms.When.Fields()...)
		if len(v.Terms.Services) > 0 {
			add(serviceField)
		}
		for i := range v.Terms.Workload {
			add(v.Terms.Workload[i].When.Fields()...)
		}
		for i := range v.Terms.Exceptions {
			add(v.Terms.Exceptions[i].When.Fields()...)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 0 && names[0] == "" { // no deadline by a field, say
		names = names[1:]
	}
	return names
}

// Versions lists the versions, by agreement and number.
func (b *Book) Versions() []Version {
	if b == nil {
		return nil
	}
	list := make([]Version, len(b.versions))
	for i, v := range b.versions {
		list[i] = v.Version
		list[i].Terms = v.Terms.clone()
	}
	return list
}

// version finds a version; nil if the book does not have it.
func (b *Book) version(agreement string, number int) *version {
	i, found := slices.BinarySearchFunc(b.versions, number, func(v *version, n int) int {
		return cmp.Or(cmp.Compare(v.Agreement, agreement), cmp.Compare(v.Number, n))
	})
	if !found {
		return nil
	}
	return b.versions[i]
}

// rule finds what a promise is measured by.
func (b *Book) rule(p *Promise) (*promised, error) {
	v := b.version(p.Agreement, p.Version)
	if v != nil {
		for _, r := range v.rules {
			if r.target.Name == p.Target {
				return r, nil
			}
		}
	}
	return nil, &itsm.FieldError{Field: fmt.Sprintf("promises[%d]", p.ID), Problem: fmt.Sprintf(
		"was made by the target %s of %s, version %d, which is not in the book; versions stay for as long as there are clocks", itsm.Quoted(p.Target), itsm.Quoted(p.Agreement), p.Version)}
}

// Clock is the clock of a promise, with the calendar that counts. A promise that
// the book knows nothing of is an *[itsm.FieldError].
func (b *Book) Clock(p Promise) (Clock, error) {
	if err := b.check(); err != nil {
		return Clock{}, err
	}
	r, err := b.rule(&p)
	if err != nil {
		return Clock{}, err
	}
	return Clock{r.calendar, p.State}, nil
}
