package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/itsmkit/itsm"
)

// Identity is attributes, of its own or of its class, that together tell one CI from
// others. Letter case in a text makes no difference there, nor does white space around
// or between its words beyond one space; a CI that lacks one of them, or has but a
// placeholder there, is not compared by it.
type Identity struct {
	Class      string   // from whose CIs, those of descendants included; "": those of its very own class
	Attributes []string // no two of them share the values of all of these
}

// Identifiers are what identifies a CI of a class, in the order in which it is asked:
// those that the class declares, then those of its parent, and so on. Each holds among
// the CIs of the class that declares it and its descendants. Nil for an unknown class.
func (m *Model) Identifiers(class string) []Identity {
	var list []Identity
	for _, i := range m.identifiersOf(class) {
		id := m.identities[i]
		list = append(list, Identity{id.Class, slices.Clone(id.Attributes)})
	}
	return list
}

// identifiersOf are the places of a class's identifiers among all.
func (m *Model) identifiersOf(class string) []int {
	if at, known := m.classAt[class]; known {
		return m.identifiers[at]
	}
	return nil
}

// identifyingOfOwn are those of its own attributes that may identify a CI. The rest
// changes in its life, as owner and state do, or says the same of many.
func identifyingOfOwn() []string { return []string{nameName, environmentName, versionName} }

// resolveIdentifiers gives a class its identifiers and those of its parent, when the
// attributes are resolved.
func (b *builder) resolveIdentifiers(i int) {
	c := &b.m.classes[i]
	var all []int
	if p := b.m.parents[i]; p >= 0 {
		all = b.m.identifiers[p]
	}
	inherited := all
	for j, names := range c.Identifiers {
		at := fmt.Sprintf("classes[%d].identifiers[%d]", i, j)
		faults := len(b.wrong)
		if len(names) == 0 {
			b.fault(at, "is empty; name an attribute")
		}
		for k, name := range names {
			b.checkIdentifying(fmt.Sprintf("%s[%d]", at, k), i, name, names[:k])
		}
		if len(b.wrong) > faults {
			continue
		}
		id := Identity{c.Name, slices.Clone(names)}
		if same := slices.IndexFunc(all, func(o int) bool { return sameNames(b.m.identities[o].Attributes, names) }); same >= 0 {
			b.fault(at, "is what identifies CIs of the class %q already", b.m.identities[all[same]].Class)
			continue
		}
		b.m.identities = append(b.m.identities, id)
		all = slices.Insert(slices.Clone(all), len(all)-len(inherited), len(b.m.identities)-1)
	}
	b.m.identifiers[i] = all
}

func (b *builder) checkIdentifying(path string, class int, name string, before []string) {
	switch r := b.m.attributes[class].find(name); {
	case slices.Contains(before, name):
		b.fault(path, "%q is listed before", name)
	case slices.Contains(identifyingOfOwn(), name):
	case slices.Contains(OwnAttributes(), name):
		b.fault(path, "%q identifies no CI; of what all have give one of: %s", name, strings.Join(identifyingOfOwn(), ", "))
	case r != nil && r.Type != itsm.Text && r.Type != itsm.Number:
		b.fault(path, "%q is of type %s; give texts and numbers", name, r.Type)
	case r == nil && !slices.ContainsFunc(b.m.classes[class].Attributes, func(a Attribute) bool { return a.Name == name }): // else it has its own fault
		b.fault(path, "%q is no attribute of the class; they are: %s", name, strings.Join(b.m.attributes[class].names(), ", "))
	}
}

// sameNames reports whether two lists without doubles hold the same, in any order.
func sameNames(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(name string) bool { return !slices.Contains(b, name) })
}

// checkPlaceholders refuses what could never stand for a value, or is there twice.
func (a *Attribute) checkPlaceholders(fault attributeFault) {
	for i, v := range a.Placeholders {
		part := fmt.Sprintf("placeholders[%d]", i)
		switch {
		case v.Type() != a.Type:
			fault(part, "is of type %s; give one of type %s", v.Type(), a.Type)
		case asCompared(v) == "":
			fault(part, "is blank, which identifies nothing anyway")
		case isAmong(a.Placeholders[:i], v):
			fault(part, "%s is listed before, as it is compared", shown(v))
		}
	}
}

// morePlaceholders are those inherited and its own.
func (a *Attribute) morePlaceholders(inherited []itsm.Value) []itsm.Value {
	list := slices.Clone(inherited)
	for _, v := range a.Placeholders {
		if !isAmong(list, v) {
			list = append(list, v)
		}
	}
	return list
}

func isAmong(list []itsm.Value, v itsm.Value) bool {
	return slices.ContainsFunc(list, func(o itsm.Value) bool { return asCompared(o) == asCompared(v) })
}

// asCompared is a value as identities compare it; "" is none. A letter may have two small
// ones, as a sigma has, which only its large one makes the same.
func asCompared(v itsm.Value) string {
	if v.Type() == itsm.Text {
		return strings.ToLower(strings.ToUpper(strings.Join(strings.Fields(v.Text()), " ")))
	}
	return v.String()
}

// identityKey is what values say of an identity: the same of two CIs that it does not
// tell apart, and different of all others, as each part is led by its length. False if
// one is missing. An identity that no class has declared is held against the CI's own.
func (m *Model) identityKey(id Identity, class string, value func(name string) itsm.Value) (string, bool) {
	l := m.rulesOf(class)
	room := make([]byte, 0, 96)
	part := func(s string) {
		room = strconv.AppendInt(room, int64(len(s)), 10)
		room = append(append(room, ':'), s...)
	}
	if id.Class == "" {
		part("")
		part(class)
	} else {
		part(id.Class)
	}
	for _, name := range id.Attributes {
		v := value(name)
		text := asCompared(v)
		if text == "" {
			return "", false
		}
		if r := l.find(name); r != nil && slices.Contains(r.placeholders, text) {
			return "", false
		}
		part(name)
		part(string(v.Type()))
		part(text)
	}
	return string(room), true
}

// identityTerm is an identity's key as an index has it: a digest, as the values may be
// longer than the keys of an index.
func identityTerm(key string) itsm.Value {
	sum := sha256.Sum256([]byte(key))
	return itsm.TextValue(hex.EncodeToString(sum[:]))
}
