package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// intakeIdentity is what a CI, or a row about it, says of one of its identifiers.
type intakeIdentity struct {
	key      intakeKey
	ci       uint32
	identity int32 // its place in the model
}

// mostSharers bounds how many of those that share an identifier are kept: two show
// that it is shared, and one more that there are others.
const mostSharers = 3

// identities adds what values of a CI of a class say of its identifiers.
func (in *Intake) identities(list []intakeIdentity, v uint32, class string, value func(string) itsm.Value) []intakeIdentity {
	m := in.policy.Model
	for _, i := range m.identifiersOf(class) {
		if key, has := m.identityKey(m.identities[i], class, value); has {
			list = append(list, intakeIdentity{keyFor("", key), v, int32(i)})
		}
	}
	return list
}

// value is what a row says of an attribute.
func (r *CIRow) value(name string) itsm.Value {
	switch name {
	case nameName:
		return itsm.TextValue(r.Name)
	case environmentName:
		return itsm.TextValue(r.Environment)
	case versionName:
		return itsm.TextValue(r.Version)
	}
	return r.Attributes[name]
}

// takeIdentities notes what identifies the known CIs. What is disposed of is not to be
// found any more.
func (in *Intake) takeIdentities() {
	for v, ci := range in.known {
		if !in.gone(&in.cis[v]) {
			in.identified = in.identities(in.identified, uint32(v), ci.Class, ci.Value)
		}
	}
	slices.SortFunc(in.identified, func(a, b intakeIdentity) int {
		return cmp.Or(byKey(a, b.key), cmp.Compare(in.tier(a.ci), in.tier(b.ci)), cmp.Compare(a.ci, b.ci))
	})
	kept := in.identified[:0]
	for _, id := range in.identified {
		if n := len(kept); n < mostSharers || kept[n-mostSharers].key != id.key {
			kept = append(kept, id)
		}
	}
	in.identified = slices.Clip(kept)
}

func byKey(a intakeIdentity, key intakeKey) int { return slices.Compare(a.key[:], key[:]) }

// The tiers of CIs: one that is not out of use is found before those that are.
const (
	present = iota
	retired
	disposed
	tiers
)

func (in *Intake) tier(v uint32) int {
	switch c := &in.cis[v]; {
	case in.gone(c):
		return disposed
	case in.policy.over(in.states[c.state]):
		return retired
	}
	return present
}

// identify is the known CI that a row names by its id, or that its identifiers find,
// the first that finds one; none: there is none. What several known CIs share finds
// none of them; the first such is told too.
func (in *Intake) identify(r *CIRow) (v uint32, shared []intakeIdentity) {
	if r.ID != uuid.Nil {
		if h, there := in.ids[r.ID]; there && in.handles[h] < ambiguous && in.cis[in.handles[h]].known > 0 {
			return in.handles[h], nil
		}
		return none, nil
	}
	if len(in.identified) == 0 {
		return none, nil
	}
	var room [4]intakeIdentity
	for _, id := range in.identities(room[:0], none, r.Class, r.value) {
		first, found := slices.BinarySearchFunc(in.identified, id.key, byKey)
		if !found {
			continue
		}
		after := first + 1
		for after < len(in.identified) && in.identified[after].key == id.key {
			after++
		}
		all := in.identified[first:after]
		if len(all) == 1 || in.tier(all[0].ci) != in.tier(all[1].ci) {
			return all[0].ci, nil
		}
		if shared == nil {
			shared = all
		}
	}
	return none, shared
}

// nameKnown binds the names of known CIs: those that rows give them, and of the others
// those that they have. It reads the rows for that, so that a row, a reference and a
// relation find by name what is called so in the sources, wherever they stand.
func (in *Intake) nameKnown() error {
	if len(in.known) == 0 {
		return nil
	}
	in.takeIdentities()
	in.called = make(map[uint32]Handle)
	told := make([]bool, len(in.cis))
	for i := range in.sources {
		err := in.again(i, onlyCIs, func(at rowPlace) error {
			r := at.row.ciRow()
			if v, _ := in.identify(r); v != none && !told[v] {
				told[v] = true
				now := in.known[v]
				h := Handle{Class: cmp.Or(r.Class, now.Class), Name: r.Name}
				if r.Name != "" && (h.Name != now.Name || h.Class != now.Class) {
					in.called[v] = h
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for tier := range tiers {
		for v, ci := range in.known {
			if v := uint32(v); in.tier(v) == tier {
				now, otherwise := in.called[v]
				if !otherwise {
					now = Handle{Class: ci.Class, Name: ci.Name}
				}
				in.bindKnown(v, tier, ci.Class, now.Name)
				if now.Class != ci.Class {
					in.bindKnown(v, tier, now.Class, now.Name)
				}
			}
		}
	}
	return nil
}

// bindKnown makes a known CI the one of a class and name, unless one of an earlier tier
// is, or another of its own: then neither is. The name of what is disposed of is free,
// and is kept to say so where something is to be done to that.
func (in *Intake) bindKnown(v uint32, tier int, class, name string) {
	h := in.handleOfKey(class, name)
	if was := in.handles[h]; was == none {
		in.handles[h] = v
	} else if was < ambiguous && was != v && in.tier(was) == tier && tier != disposed {
		in.handles[h] = ambiguous
	}
}

// sharedWrong says that an identifier is that of several known CIs.
func (in *Intake) sharedWrong(at rowPlace, shared []intakeIdentity) {
	var ids []string
	for _, id := range shared[:min(len(shared), mostSharers-1)] {
		ids = append(ids, in.cis[id.ci].id.String())
	}
	if len(shared) >= mostSharers {
		ids = append(ids, "others")
	}
	field, verb := in.identityField(shared[0].identity)
	at.wrong(field, "%s that of several CIs, %s; give the id of the one that is meant, or say in the model that the value is a placeholder",
		verb, strings.Join(ids[:len(ids)-1], ", ")+" and "+ids[len(ids)-1])
}

// identityField is the field of a row where faults of an identifier stand, and how they
// begin.
func (in *Intake) identityField(place int32) (field, verb string) {
	names := in.policy.Model.identities[place].Attributes
	verb = "is"
	if len(names) > 1 {
		verb += ", with " + strings.Join(names[1:], " and ") + ","
	}
	if slices.Contains(identifyingOfOwn(), names[0]) {
		return names[0], verb
	}
	return attributesName + "." + names[0], verb
}

// checkIdentities finds rows that are the same by an identifier though they are about
// different CIs. Whoever gives ids knows that they are two; and what known CIs share
// already is a finding about them, and nothing that these rows brought.
func (in *Intake) checkIdentities() {
	earlier := func(a, b intakeIdentity) int {
		x, y := &in.cis[a.ci], &in.cis[b.ci]
		return cmp.Or(cmp.Compare(x.source, y.source), cmp.Compare(x.line, y.line))
	}
	slices.SortFunc(in.told, func(a, b intakeIdentity) int { return cmp.Or(byKey(a, b.key), earlier(a, b)) })
	for len(in.told) > 0 {
		after := 1
		for after < len(in.told) && in.told[after].key == in.told[0].key {
			after++
		}
		same := in.told[:after]
		in.told = in.told[after:]
		first := max(0, slices.IndexFunc(same, in.settled))
		for i, id := range same {
			if i != first && !in.settled(id) {
				of := &in.cis[same[first].ci]
				field, verb := in.identityField(id.identity)
				in.ciWrong(id.ci, field, "%s that of %s too; give ids to both if they are two", verb, in.place(of.source, of.line))
			}
		}
	}
	in.told = nil
}

// settled reports whether nothing is new in what a row says of an identifier, or who says
// it knows better.
func (in *Intake) settled(id intakeIdentity) bool {
	c := &in.cis[id.ci]
	if c.given || c.known <= 0 {
		return c.given
	}
	known, m := in.known[c.known-1], in.policy.Model
	key, has := m.identityKey(m.identities[id.identity], known.Class, known.Value)
	return has && keyFor("", key) == id.key
}

// differs reports whether a row says of an identifier something else than is known.
func (in *Intake) differs(known *CI, r *CIRow) bool {
	m := in.policy.Model
	for _, i := range m.identifiersOf(r.Class) {
		id := m.identities[i]
		was, had := m.identityKey(id, known.Class, known.Value)
		is, has := m.identityKey(id, r.Class, r.value)
		if had && has && was != is {
			return true
		}
	}
	return false
}

// idOf is the id of a row's CI. Of one that its class and name would give an id which
// another has, as what is disposed of or what is shown to be another by an identifier,
// it is the next that is free.
func (in *Intake) idOf(r *CIRow) uuid.UUID {
	if r.ID != uuid.Nil {
		return r.ID
	}
	said := []byte(Kind + "\x00" + r.Class + "\x00" + r.Name)
	id := uuid.NewSHA1(in.o.Namespace, said)
	for n := 2; in.anothers(id, r); n++ {
		id = uuid.NewSHA1(in.o.Namespace, fmt.Appendf(said[:len(said):len(said)], "\x00%d", n))
	}
	return id
}

func (in *Intake) anothers(id uuid.UUID, r *CIRow) bool {
	h, there := in.ids[id]
	if !there || in.handles[h] >= ambiguous {
		return false
	}
	c := &in.cis[in.handles[h]]
	return c.known > 0 && (in.gone(c) || in.differs(in.known[c.known-1], r))
}
