package itsm

import (
	"bytes"
	"reflect"
)

// names is how a type is written in JSON, as far as the names in it go. It is made
// once for a type of which many values are read. Nil is of a type that declares none.
type names struct {
	fields map[string]fieldName // of a struct
	member *names               // of a map, slice or array
}

type fieldName struct {
	bit uint64 // its own in the struct; 0 for those after the 64th
	of  *names // the names in its value
}

// namesOf is the names of a type. Known holds those of the types found before, because
// a type may contain itself.
func namesOf(typ reflect.Type, known map[reflect.Type]*names) *names {
	if typ = declaring(typ); typ == nil {
		return nil
	}
	if n, found := known[typ]; found {
		return n
	}
	n := new(names)
	known[typ] = n
	n.member = namesOf(elementOf(typ), known)
	if fields := jsonFields(typ); fields != nil {
		n.fields = make(map[string]fieldName, len(fields))
		bit := uint64(1)
		for _, name := range sortedKeys(fields) {
			n.fields[name] = fieldName{bit, namesOf(fields[name], known)}
			bit <<= 1
		}
	}
	return n
}

// areExact reports whether each name in a JSON text is written as the type declares it
// and none stands twice in one object. It is for texts that are read all the time and
// are nearly always right: it allocates nothing, and denies a few that are right,
// those with escapes in names, with keys of a map out of order, or nested deeper than
// maxNesting.
func (n *names) areExact(data []byte) bool {
	s := nameScan{data: data}
	return s.value(n, maxNesting)
}

// nameScan walks over a text that is JSON; of another it may say anything.
type nameScan struct {
	data []byte
	at   int
}

// next is the byte that comes after blanks, 0 at the end.
func (s *nameScan) next() byte {
	for ; s.at < len(s.data); s.at++ {
		if c := s.data[s.at]; c > ' ' {
			return c
		}
	}
	return 0
}

func (s *nameScan) value(n *names, deepest int) bool {
	switch s.next() {
	case '{':
		return deepest > 0 && s.object(n, deepest-1)
	case '[':
		return deepest > 0 && s.array(n, deepest-1)
	case '"':
		s.text()
	default: // a number, or true, false or null
		for s.at < len(s.data) && s.data[s.at] != ',' && s.data[s.at] != ']' && s.data[s.at] != '}' {
			s.at++
		}
	}
	return true
}

func (s *nameScan) object(n *names, deepest int) bool {
	var given uint64
	var last []byte
	s.at++
	for c := s.next(); c != '}'; c = s.next() {
		if c == ',' {
			s.at++
			c = s.next()
		}
		if c != '"' {
			return false
		}
		name, escaped := s.text()
		if escaped {
			return false
		}
		var of *names
		switch {
		case n != nil && n.fields != nil:
			f := n.fields[string(name)]
			if f.bit == 0 || given&f.bit != 0 {
				return false
			}
			given |= f.bit
			of = f.of
		case last != nil && bytes.Compare(last, name) >= 0:
			return false
		case n != nil:
			of = n.member
		}
		last = name
		if s.next() != ':' {
			return false
		}
		s.at++
		if !s.value(of, deepest) {
			return false
		}
	}
	s.at++
	return true
}

func (s *nameScan) array(n *names, deepest int) bool {
	var of *names
	if n != nil {
		of = n.member
	}
	s.at++
	for c := s.next(); c != ']'; c = s.next() {
		if c == ',' {
			s.at++
		}
		if before := s.at; !s.value(of, deepest) || s.at == before {
			return false
		}
	}
	s.at++
	return true
}

// text is what stands between quotes, and whether there are escapes in it.
func (s *nameScan) text() (text []byte, escaped bool) {
	s.at++
	start := s.at
	for s.at < len(s.data) && s.data[s.at] != '"' {
		if s.data[s.at] == '\\' {
			escaped = true
			s.at++
		}
		s.at++
	}
	end := min(s.at, len(s.data))
	s.at = end + 1
	return s.data[start:end], escaped
}
