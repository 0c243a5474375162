package register

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// What is stored is JSON, and not everything that Go can hold comes back from
// JSON as it went in: a time keeps its nanoseconds but loses its monotonic
// reading, broken UTF-8 silently turns into U+FFFD, an empty slice may or may not
// become nil. A command is therefore brought to its normal form first.
//
// This is the one place with reflection: commands are plain structs of the
// process's own, and a method that each must write to normalise itself would be
// forgotten in some. The walk over a type is worked out once, when its first
// command comes, and then costs what looking at its texts, times, slices and maps
// costs.

// fixer brings the value at v, which is addressable, to its normal form and
// reports whether it had to change anything. It may change what v itself holds
// and replaces what v points to: a slice, a map or a pointer may be the caller's.
// A nil fixer has nothing to do.
type fixer func(v reflect.Value, depth int) (changed bool, err error)

// maxDepth ends the walk over a value that contains itself.
const maxDepth = 200

// normal is a command in normal form, and the command itself if it has it
// already. Text that is not UTF-8, times outside the years 1 to 9999 and decimals
// of more than 60 digits are an [itsm.FieldError] with the path of the field.
func (c *core[R]) normal(cmd itsm.Command[R]) (itsm.Command[R], error) {
	typ := reflect.TypeOf(cmd)
	if typ == nil || typ.Kind() == reflect.Pointer {
		return cmd, nil // for the lifecycle to refuse
	}
	fix, known := c.forms.Load(typ)
	if !known {
		fix, _ = c.forms.LoadOrStore(typ, make(plan).fixer(typ))
	}
	if fix.(fixer) == nil {
		return cmd, nil
	}
	v := reflect.New(typ).Elem()
	v.Set(reflect.ValueOf(cmd))
	changed, err := fix.(fixer)(v, 0)
	if err != nil || !changed {
		return cmd, err
	}
	return v.Interface().(itsm.Command[R]), nil
}

// plan works out the fixers of a type and those it contains.
type plan map[reflect.Type]*fixer

func (p plan) fixer(t reflect.Type) fixer {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return fixTime
	case t == reflect.TypeFor[itsm.Value]():
		return fixValue
	case t == reflect.TypeFor[uuid.UUID]():
		return nil
	case isDecimal(t):
		return fixDecimal
	}
	switch t.Kind() {
	case reflect.String:
		return fixString
	case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map, reflect.Pointer, reflect.Interface:
	default:
		return nil
	}
	if later, begun := p[t]; begun { // t contains itself
		return func(v reflect.Value, depth int) (bool, error) { return (*later)(v, depth) }
	}
	slot := new(fixer)
	p[t] = slot
	switch t.Kind() {
	case reflect.Struct:
		*slot = bounded(p.fixStruct(t))
	case reflect.Slice:
		*slot = bounded(fixSlice(p.fixer(t.Elem()), changes(t.Elem())))
	case reflect.Array:
		*slot = bounded(fixArray(t.Len(), p.fixer(t.Elem())))
	case reflect.Map:
		*slot = bounded(fixMap(p.fixer(t.Key()), p.fixer(t.Elem())))
	case reflect.Pointer:
		*slot = bounded(fixPointer(p.fixer(t.Elem())))
	case reflect.Interface:
		*slot = bounded(fixInterface)
	}
	return *slot
}

// bounded ends a walk that goes too deep.
func bounded(fix fixer) fixer {
	if fix == nil {
		return nil
	}
	return func(v reflect.Value, depth int) (bool, error) {
		if depth > maxDepth {
			return false, &itsm.FieldError{Field: "", Problem: fmt.Sprintf("is nested deeper than %d levels", maxDepth)}
		}
		return fix(v, depth+1)
	}
}

// changes reports whether normalising a value of the type can change it, and not
// only refuse it.
func changes(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return false
	case reflect.Array:
		return changes(t.Elem())
	case reflect.Struct:
		if t == reflect.TypeFor[itsm.Value]() || isDecimal(t) {
			return false
		}
		for i := range t.NumField() {
			if changes(t.Field(i).Type) {
				return true
			}
		}
		return t == reflect.TypeFor[time.Time]()
	}
	return true
}

// jsonName is the name of a field as JSON writes it, "" for one it leaves out.
// Embedded structs are part of the struct around them and have none either.
func jsonName(f reflect.StructField) (name string, written bool) {
	tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case f.Tag.Get("json") == "-", !f.IsExported() && !f.Anonymous:
		return "", false
	case tag != "":
		return tag, true
	case f.Anonymous:
		return "", true
	}
	return f.Name, true
}

func (p plan) fixStruct(t reflect.Type) fixer {
	type part struct {
		index int
		name  string
		fix   fixer
	}
	var parts []part
	for i := range t.NumField() {
		f := t.Field(i)
		name, written := jsonName(f)
		var fix fixer
		switch {
		case !written:
		case f.IsExported():
			fix = p.fixer(f.Type)
		case f.Type.Kind() == reflect.Struct: // embedded: its exported fields count
			fix = p.fixStruct(f.Type)
		}
		if fix != nil {
			parts = append(parts, part{i, name, fix})
		}
	}
	if parts == nil {
		return nil
	}
	return func(v reflect.Value, depth int) (changed bool, err error) {
		for i := range parts {
			c, err := parts[i].fix(v.Field(parts[i].index), depth)
			if err != nil {
				return false, within(parts[i].name, err)
			}
			changed = changed || c
		}
		return changed, nil
	}
}

// within puts a step in front of the path that an error names.
func within(step string, err error) error {
	inner, ok := err.(*itsm.FieldError)
	if !ok || step == "" {
		return err
	}
	path := step
	if inner.Field != "" && inner.Field[0] != '[' {
		path += "."
	}
	return &itsm.FieldError{Field: path + inner.Field, Problem: inner.Problem}
}

func fixString(v reflect.Value, _ int) (bool, error) {
	if !utf8.ValidString(v.String()) {
		return false, &itsm.FieldError{Problem: "is not valid UTF-8"}
	}
	return false, nil
}

func fixTime(v reflect.Value, _ int) (bool, error) {
	t := v.Addr().Interface().(*time.Time)
	if t.IsZero() {
		changed := *t != time.Time{}
		*t = time.Time{}
		return changed, nil
	}
	if err := itsm.CheckTime("", *t); err != nil {
		return false, err
	}
	normal := itsm.Normal(*t)
	changed := normal != *t // as structs: zone and monotonic reading count
	*t = normal
	return changed, nil
}

// decimalNumber is what the size of a decimal is seen by. It spares the register
// an import, and covers decimals of other packages alike.
type decimalNumber interface {
	Exponent() int32
	NumDigits() int
	IsZero() bool
}

func isDecimal(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.Implements(reflect.TypeFor[decimalNumber]())
}

// fixDecimal only refuses: JSON writes a decimal plainly, 1e3 as 1000 and 1.50 as
// 1.5, so that decoding gives the one canonical form. Written so, 1e999999999
// would fill the memory.
func fixDecimal(v reflect.Value, _ int) (bool, error) {
	return false, checkDecimal(v.Addr().Interface().(decimalNumber))
}

func checkDecimal(d decimalNumber) error {
	const most = 60 // as itsm.ParseDecimal
	if digits, exponent := d.NumDigits(), int64(d.Exponent()); digits > most || math.Abs(float64(exponent)) > most || int64(digits)+exponent > most {
		return &itsm.FieldError{Problem: fmt.Sprintf("is a number of %d digits times 10^%d; it must be written in %d digits", digits, exponent, most)}
	}
	return nil
}

// fixValue only refuses: a Value cannot hold what is not normal, except by size.
func fixValue(v reflect.Value, _ int) (bool, error) {
	value := v.Addr().Interface().(*itsm.Value)
	switch value.Type() {
	case itsm.Text, itsm.Reference:
		if !utf8.ValidString(value.Text()) {
			return false, &itsm.FieldError{Problem: "is not valid UTF-8"}
		}
	case itsm.Instant:
		return false, itsm.CheckTime("", value.Instant())
	case itsm.Number:
		return false, checkDecimal(value.Number())
	}
	return false, nil
}

func fixSlice(fix fixer, changes bool) fixer {
	return func(v reflect.Value, depth int) (changed bool, err error) {
		if v.Len() == 0 {
			if v.IsNil() {
				return false, nil
			}
			v.SetZero()
			return true, nil
		}
		if fix == nil {
			return false, nil
		}
		if changes { // not in the caller's slice
			own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(own, v)
			v.Set(own)
		}
		return fixElements(v, v.Len(), fix, depth)
	}
}

func fixArray(n int, fix fixer) fixer {
	if fix == nil || n == 0 {
		return nil
	}
	return func(v reflect.Value, depth int) (bool, error) { return fixElements(v, n, fix, depth) }
}

func fixElements(v reflect.Value, n int, fix fixer, depth int) (changed bool, err error) {
	for i := range n {
		c, err := fix(v.Index(i), depth)
		if err != nil {
			return false, within(fmt.Sprintf("[%d]", i), err)
		}
		changed = changed || c
	}
	return changed, nil
}

func fixMap(fixKey, fixElem fixer) fixer {
	return func(v reflect.Value, depth int) (bool, error) {
		if v.Len() == 0 {
			if v.IsNil() {
				return false, nil
			}
			v.SetZero()
			return true, nil
		}
		if fixKey == nil && fixElem == nil {
			return false, nil
		}
		t := v.Type()
		own := reflect.MakeMapWithSize(t, v.Len())
		key, elem := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		changed := false
		var first error // of the least key, so that the same map gives the same error
		var firstKey string
		for entries := v.MapRange(); entries.Next(); {
			key.SetIterKey(entries)
			elem.SetIterValue(entries)
			for _, part := range []struct {
				fix fixer
				v   reflect.Value
			}{{fixKey, key}, {fixElem, elem}} {
				if part.fix == nil {
					continue
				}
				c, err := part.fix(part.v, depth)
				changed = changed || c
				if err == nil {
					continue
				}
				if name := fmt.Sprint(key); first == nil || name < firstKey {
					first, firstKey = err, name
				}
			}
			own.SetMapIndex(key, elem)
		}
		if first != nil {
			return false, within(strings.ToValidUTF8(firstKey, "\uFFFD"), first)
		}
		if changed {
			v.Set(own)
		}
		return changed, nil
	}
}

func fixPointer(fix fixer) fixer {
	if fix == nil {
		return nil
	}
	return func(v reflect.Value, depth int) (bool, error) {
		if v.IsNil() {
			return false, nil
		}
		own := reflect.New(v.Type().Elem())
		own.Elem().Set(v.Elem())
		changed, err := fix(own.Elem(), depth)
		if changed && err == nil {
			v.Set(own)
		}
		return changed, err
	}
}

// fixInterface looks into whatever the interface holds. Such a field rarely
// survives decoding; its type is worked out anew each time.
func fixInterface(v reflect.Value, depth int) (bool, error) {
	if v.IsNil() {
		return false, nil
	}
	fix := make(plan).fixer(v.Elem().Type())
	if fix == nil {
		return false, nil
	}
	own := reflect.New(v.Elem().Type()).Elem()
	own.Set(v.Elem())
	changed, err := fix(own, depth)
	if changed && err == nil {
		v.Set(own)
	}
	return changed, err
}
