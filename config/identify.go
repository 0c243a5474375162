package config

import (
	"fmt"
	"iter"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Identify is the known CI that a thing is, of which a class and values are told: those
// of attributes, and of its own name, environment and version; nil: it is none that is
// known. It is what an intake does with each row ([NewIntake]), for who has a register
// and one thing at a time, as a program that finds machines does:
//
//   - the identifiers of the class are asked in their order ([Model.Identifiers]), and
//     the first that finds one CI has found it, whatever the others would find, and
//     whatever else that CI is called;
//   - an identifier that several CIs share finds none of them;
//   - then the class and the name are asked, exactly;
//   - by each of these a CI that is out of use is found where it finds none that is not,
//     and one that is disposed of is not found.
//
// When nothing else finds one, several that share an identifier, or the name, are an
// error that names two: to register one more would not make it better. Find gives the
// CIs of a selection, as a register's does, which has to index its records anew, with
// Reindex, when a model identifies them otherwise; nil policy means [DefaultPolicy].
func Identify(policy *Policy, class string, values map[string]itsm.Value, find func(itsm.Selection[CI]) iter.Seq2[CI, error]) (*CI, error) {
	if policy == nil {
		policy = DefaultPolicy()
	}
	m := policy.Model
	if m == nil {
		return nil, &itsm.FieldError{Field: "model", Problem: "is missing; give one"}
	}
	if _, known := m.classAt[class]; !known {
		return nil, &itsm.FieldError{Field: className, Problem: fmt.Sprintf("%s is no class", itsm.Quoted(class))}
	}
	if find == nil {
		return nil, &itsm.FieldError{Field: "find", Problem: "is missing; give what finds in a register"}
	}
	value := func(name string) itsm.Value { return values[name] }
	var shared error
	for _, i := range m.identifiersOf(class) {
		id := m.identities[i]
		key, has := m.identityKey(id, class, value)
		if !has {
			continue
		}
		s := sought{policy: policy}
		if err := s.among(find(selection(byIdentity, identityTerm(key))), func(*CI) bool { return true }); err != nil {
			return nil, err
		}
		if found := s.found(); found != nil {
			return found, nil
		}
		if s.first != nil && shared == nil {
			shared = s.several(id.Attributes[0])
		}
	}
	if name := values[nameName].Text(); name != "" {
		s := sought{policy: policy}
		if err := s.among(find(ByName(name)), func(ci *CI) bool { return ci.Class == class }); err != nil {
			return nil, err
		}
		if found := s.found(); found != nil {
			return found, nil
		}
		if s.first != nil && shared == nil {
			shared = s.several(nameName)
		}
	}
	return nil, shared
}

// sought is what was found of something that is to be one CI.
type sought struct {
	policy *Policy
	first  *CI
	second uuid.UUID // another that is as much in use; zero: none
}

// among looks at CIs, some perhaps twice, as a record may move in an index meanwhile. It
// ends with the second that is in use: what many share is not read to its end.
func (s *sought) among(cis iter.Seq2[CI, error], is func(*CI) bool) error {
	for ci, err := range cis {
		if err != nil {
			return err
		}
		if !is(&ci) || s.policy.gone(ci.State) {
			continue
		}
		switch over := s.policy.over(ci.State); {
		case s.first == nil, !over && s.policy.over(s.first.State):
			s.first, s.second = &ci, uuid.Nil
		case over == s.policy.over(s.first.State) && ci.ID != s.first.ID:
			if s.second = ci.ID; !over {
				return nil
			}
		}
	}
	return nil
}

func (s *sought) found() *CI {
	if s.second != uuid.Nil {
		return nil
	}
	return s.first
}

func (s *sought) several(field string) error {
	return &itsm.FieldError{Field: field, Problem: fmt.Sprintf("is that of several CIs, %s and %s; make them one or tell them apart, or say in the model that the value is a placeholder", s.first.ID, s.second)}
}
