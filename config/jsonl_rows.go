package config

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// row reads the fields of a row; a name in other letter case is none of them.
func (s *jsonScanner) row(r rowFields, kind string) *Fault {
	return s.object("", func(name string, at int) (fault *Fault) {
		switch p := r.field(name).(type) {
		case *string:
			*p, fault = s.text(name)
		case *itsm.Level:
			*p, fault = named[itsm.Level](s, name)
		case *itsm.State:
			*p, fault = named[itsm.State](s, name)
		case *uuid.UUID:
			*p, fault = s.id(name)
		case *itsm.Ref:
			*p, fault = s.ref(name)
		case *time.Time:
			*p, fault = s.time(name)
		case *bool:
			*p, fault = s.truth(name)
		case *Handle:
			*p, fault = s.handle(name)
		case *map[string]itsm.Value:
			*p, fault = s.values(name)
		case *[]Need:
			*p, fault = s.needs(name)
		default:
			fault = s.fault(at, name, "is not a field here; they are: %s", strings.Join(rowFieldNames(kind), ", "))
		}
		return fault
	})
}

func named[S ~string](s *jsonScanner, path string) (S, *Fault) {
	text, fault := s.text(path)
	return S(text), fault
}

// short reads a string that is read once, and so need not be kept.
func (s *jsonScanner) short(path string) ([]byte, int, *Fault) {
	at := s.at
	raw, fault := s.rawText(path)
	if fault != nil {
		return nil, at, fault
	}
	if slices.Contains(raw, '\\') {
		text, fault := s.unquoted(raw, path, at)
		return []byte(text), at, fault
	}
	return raw[1 : len(raw)-1], at, nil
}

func (s *jsonScanner) id(path string) (uuid.UUID, *Fault) {
	text, at, fault := s.short(path)
	if fault != nil {
		return uuid.Nil, fault
	}
	id, ok := plainUUID(string(text))
	if !ok {
		return id, s.fault(at, path, "%s is no UUID", itsm.Quoted(string(text)))
	}
	return id, nil
}

func (s *jsonScanner) handle(path string) (Handle, *Fault) {
	text, at, fault := s.short(path)
	if fault != nil {
		return Handle{}, fault
	}
	h, err := ParseHandle(string(text))
	if err != nil {
		return h, s.fault(at, path, "%s", problemOf(err))
	}
	return h, nil
}

func (s *jsonScanner) ref(path string) (itsm.Ref, *Fault) {
	text, at, fault := s.short(path)
	if fault != nil {
		return itsm.Ref{}, fault
	}
	r, err := itsm.ParseRef(string(text))
	if err != nil {
		return r, s.fault(at, path, "%s", problemOf(err))
	}
	return r, nil
}

func (s *jsonScanner) time(path string) (time.Time, *Fault) {
	text, at, fault := s.short(path)
	if fault != nil {
		return time.Time{}, fault
	}
	v, err := itsm.ParseValue(itsm.Instant, string(text))
	if err != nil {
		return time.Time{}, s.fault(at, path, "%s", problemOf(err))
	}
	return v.Instant(), nil
}

func (s *jsonScanner) values(path string) (map[string]itsm.Value, *Fault) {
	var values map[string]itsm.Value
	fault := s.object(path, func(name string, _ int) *Fault {
		v, fault := s.value(within(path, name))
		if fault != nil {
			return fault
		}
		if values == nil {
			values = make(map[string]itsm.Value)
		}
		values[name] = v
		return nil
	})
	return values, fault
}

func (s *jsonScanner) needs(path string) ([]Need, *Fault) {
	at := s.at
	raw, fault := s.raw(path)
	if fault != nil {
		return nil, fault
	}
	list, err := itsm.ParseJSON[[]Need](raw)
	var field *itsm.FieldError
	if errors.As(err, &field) {
		name := path
		if field.Field != "data" {
			name += "." + field.Field
		}
		return nil, s.fault(at, strings.Replace(name, ".[", "[", 1), "%s", field.Problem)
	}
	if err != nil {
		return nil, s.fault(at, path, "%s", err)
	}
	return list, nil
}
