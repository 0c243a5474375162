package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/itsmkit/itsm"
)

// Def is the declaration as the other packages know it.
func (a Attribute) Def() itsm.FieldDef {
	return itsm.FieldDef{Name: a.Name, Type: a.Type, Domain: slices.Clone(a.Domain)}
}

// Check refuses a value that is missing, of another type, outside the domain or
// the range, that does not match the pattern, or that refers to another kind of
// record; the path names it in the error. Of which class a CI is that it refers to
// cannot be seen from the value.
func (a Attribute) Check(path string, v itsm.Value) error {
	r, err := compiled(a)
	if err != nil {
		return &itsm.FieldError{Field: path, Problem: "has a pattern that is none: " + err.Error()}
	}
	return r.check(path, v)
}

// clone shares nothing with a.
func (a Attribute) clone() Attribute {
	a.Domain, a.Refers, a.Classes = slices.Clone(a.Domain), slices.Clone(a.Refers), slices.Clone(a.Classes)
	a.Placeholders = slices.Clone(a.Placeholders)
	a.RequiredAt, a.RecommendedAt = slices.Clone(a.RequiredAt), slices.Clone(a.RecommendedAt)
	return a
}

// rule is an attribute ready to be checked.
type rule struct {
	Attribute
	pattern      *regexp.Regexp // nil: any text
	placeholders []string       // as compared
}

func compiled(a Attribute) (rule, error) {
	r := rule{Attribute: a}
	for _, v := range a.Placeholders {
		r.placeholders = append(r.placeholders, asCompared(v))
	}
	if a.Pattern == "" {
		return r, nil
	}
	if _, err := regexp.Compile(a.Pattern); err != nil { // alone first: "a)(b" would fit into the group
		return r, err
	}
	var err error
	r.pattern, err = regexp.Compile(`\A(?:` + a.Pattern + `)\z`)
	return r, err
}

func (r *rule) check(path string, v itsm.Value) error {
	def := itsm.FieldDef{Name: r.Name, Type: r.Type, Domain: r.Domain}
	if err := def.Check(path, v); err != nil {
		return err
	}
	wrong := func(format string, args ...any) error {
		return &itsm.FieldError{Field: path, Problem: fmt.Sprintf(format, args...)}
	}
	switch {
	case r.pattern != nil && !r.pattern.MatchString(v.Text()):
		return wrong("%s does not match %s", shown(v), r.Pattern)
	case !r.From.IsZero() && v.Compare(r.From) < 0:
		return wrong("is %s; give %s or more", withUnit(v, r.Unit), withUnit(r.From, r.Unit))
	case !r.Below.IsZero() && v.Compare(r.Below) >= 0:
		return wrong("is %s; give less than %s", withUnit(v, r.Unit), withUnit(r.Below, r.Unit))
	case r.Type == itsm.Reference && len(r.Refers) > 0:
		if kind, _, _ := strings.Cut(v.Text(), ":"); !slices.Contains(r.Refers, kind) {
			return wrong("refers to a record of kind %q; give one of: %s", kind, strings.Join(r.Refers, ", "))
		}
	}
	return nil
}

// shown is a value for messages, cut when long.
func shown(v itsm.Value) string {
	const most = 64
	text := []rune(v.String())
	if len(text) > most {
		return fmt.Sprintf("%q…", string(text[:most]))
	}
	return fmt.Sprintf("%q", string(text))
}

func withUnit(v itsm.Value, unit string) string {
	if unit == "" {
		return v.String()
	}
	return v.String() + " " + unit
}

// rules are the attributes of one class or type, in order.
type rules struct {
	list  []rule
	at    map[string]int
	level itsm.Level               // the criticality of the CI that is looked at
	own   func(name string) string // which commands say what the record has besides these; "": it has not
}

func (l *rules) find(name string) *rule {
	if i, known := l.at[name]; known {
		return &l.list[i]
	}
	return nil
}

// requires and recommends ask what a CI of the criticality has to have, and should.
func (l *rules) requires(r *rule) bool {
	return r.Required || slices.Contains(r.RequiredAt, l.level)
}

func (l *rules) recommends(r *rule) bool {
	return r.Recommended || slices.Contains(r.RecommendedAt, l.level)
}

func (l *rules) put(r rule) {
	if i, known := l.at[r.Name]; known {
		l.list[i] = r
		return
	}
	if l.at == nil {
		l.at = make(map[string]int)
	}
	l.at[r.Name] = len(l.list)
	l.list = append(l.list, r)
}

func (l *rules) clone() rules {
	c := rules{list: slices.Clone(l.list), at: make(map[string]int, len(l.at)), own: l.own}
	for i := range c.list {
		c.at[c.list[i].Name] = i
	}
	return c
}

func (l *rules) names() []string {
	names := make([]string, len(l.list))
	for i := range l.list {
		names[i] = l.list[i].Name
	}
	return names
}

// values refuses attributes that are not declared and values that do not fit; a
// missing value, which takes the attribute away, must not be of a required one.
// What it is asked to leave to the type, reality may break the rules of.
func (l *rules) values(path string, set map[string]itsm.Value, typeOnly func(name string) bool) error {
	var wrong []error
	for _, name := range namesOf(set) {
		at, v := path+"."+name, set[name]
		r := l.find(name)
		switch {
		case r == nil:
			wrong = append(wrong, &itsm.FieldError{Field: at, Problem: l.undeclared(name)})
		case typeOnly != nil && typeOnly(name):
			if !v.IsZero() {
				wrong = append(wrong, itsm.FieldDef{Name: name, Type: r.Type}.Check(at, v))
			}
		case v.IsZero() && l.requires(r):
			wrong = append(wrong, &itsm.FieldError{Field: at, Problem: "is required; it can be changed and not taken away"})
		case !v.IsZero():
			wrong = append(wrong, r.check(at, v))
		}
	}
	return errors.Join(wrong...)
}

// undeclared is what is wrong with the name of an attribute that there is not.
func (l *rules) undeclared(name string) string {
	if l.own != nil {
		if commands := l.own(name); commands != "" {
			return "is what every record has besides its attributes; " + commands + " it"
		}
	}
	return "is not declared; the attributes are: " + strings.Join(l.names(), ", ")
}

// ownOfCI and ownOfRelation say which commands set what every record has.
func ownOfCI(name string) string {
	switch name {
	case stateName:
		return "register and the moves, such as deploy, change"
	case className:
		return "register and reclassify say"
	case ownerName:
		return "register and own say"
	case nameName, descriptionName, criticalityName, environmentName, versionName:
		return "register and describe say"
	}
	return ""
}

func ownOfRelation(name string) string {
	switch name {
	case stateName:
		return "relate, activate and unrelate change"
	case typeName, fromName, toName, groupName:
		return "relate says"
	}
	return ""
}

// missing lists what is required and has no value.
func (l *rules) missing(path string, has func(name string) bool) error {
	var wrong []error
	for i := range l.list {
		if r := &l.list[i]; l.requires(r) && !has(r.Name) {
			wrong = append(wrong, &itsm.FieldError{Field: path + "." + r.Name, Problem: "is missing; it is required"})
		}
	}
	return errors.Join(wrong...)
}

// namesOf lists the keys of a map in order.
func namesOf[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
