package itsmtest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/itsmkit/itsm"
)

// headOf is the header of a record, which a lifecycle has checked to be there.
func headOf[R any](r *R) *itsm.Header { return any(r).(itsm.Headed).Head() }

func encode[R any](t testing.TB, r *R) string {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatalf("the record cannot be encoded: %v", err)
	}
	return string(data)
}

func encodeAll[R any](t testing.TB, records []*R) []string {
	t.Helper()
	list := make([]string, len(records))
	for i, r := range records {
		list[i] = encode(t, r)
	}
	return list
}

// copyOf is a copy that shares nothing, by way of JSON.
func copyOf[R any](t testing.TB, r *R) R {
	t.Helper()
	var c R
	if err := json.Unmarshal([]byte(encode(t, r)), &c); err != nil {
		t.Fatalf("the record cannot be decoded: %v\n%s", err, encode(t, r))
	}
	return c
}

// padded is a copy that shares nothing and in which every slice has room to grow,
// so that an append in place always happens in place.
func padded[R any](t testing.TB, r *R) R {
	t.Helper()
	c := copyOf(t, r)
	pad(reflect.ValueOf(&c).Elem())
	return c
}

func pad(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				pad(v.Field(i))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			pad(v.Elem())
		}
	case reflect.Slice:
		if v.Len() > 0 {
			roomy := reflect.MakeSlice(v.Type(), v.Len(), v.Len()+4)
			reflect.Copy(roomy, v)
			v.Set(roomy)
		}
		for i := range v.Len() {
			pad(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			elem := reflect.New(v.Type().Elem()).Elem()
			elem.Set(v.MapIndex(key))
			pad(elem)
			v.SetMapIndex(key, elem)
		}
	}
}

// array tells one array behind slices from another.
type array struct {
	at   uintptr
	elem reflect.Type
}

func arrayOf(s reflect.Value) array { return array{s.Pointer(), s.Type().Elem()} }

// eachSlice visits the slices in a value that hold something.
func eachSlice(v reflect.Value, path string, visit func(path string, s reflect.Value)) {
	eachHeld(v, path, func(path string, held reflect.Value) {
		if held.Kind() == reflect.Slice {
			visit(path, held)
		}
	})
}

// eachHeld visits the slices and maps in a value that hold something, the outer before
// the inner.
func eachHeld(v reflect.Value, path string, visit func(path string, held reflect.Value)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				eachHeld(v.Field(i), path+"."+f.Name, visit)
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			eachHeld(v.Elem(), path, visit)
		}
	case reflect.Slice:
		if v.Len() > 0 {
			visit(path, v)
		}
		for i := range v.Len() {
			eachHeld(v.Index(i), fmt.Sprintf("%s[%d]", path, i), visit)
		}
	case reflect.Map:
		if v.Len() > 0 {
			visit(path, v)
		}
		for _, key := range v.MapKeys() {
			eachHeld(v.MapIndex(key), fmt.Sprintf("%s[%v]", path, key), visit)
		}
	}
}

// difference is the path of the first difference between two values of one type,
// "" when there is none. Values that have an Equal method are asked; nil and empty
// are the same.
func difference(a, b reflect.Value, path string) string {
	if a.IsValid() != b.IsValid() || a.IsValid() && a.Type() != b.Type() {
		return path
	}
	if !a.IsValid() {
		return ""
	}
	if equal, asked := askEqual(a, b); asked {
		return unless(equal, path)
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if d := difference(a.Field(i), b.Field(i), path+"."+a.Type().Field(i).Name); d != "" {
				return d
			}
		}
		return ""
	case reflect.Pointer, reflect.Interface:
		return difference(a.Elem(), b.Elem(), path)
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return path
		}
		for i := range a.Len() {
			if d := difference(a.Index(i), b.Index(i), fmt.Sprintf("%s[%d]", path, i)); d != "" {
				return d
			}
		}
		return ""
	case reflect.Map:
		if a.Len() != b.Len() {
			return path
		}
		for _, key := range a.MapKeys() {
			if d := difference(a.MapIndex(key), b.MapIndex(key), fmt.Sprintf("%s[%v]", path, key)); d != "" {
				return d
			}
		}
		return ""
	case reflect.Func, reflect.Chan:
		return unless(a.IsNil() && b.IsNil(), path)
	}
	return unless(a.Equal(b), path)
}

// askEqual calls the method Equal of a type that compares itself, such as
// time.Time.
func askEqual(a, b reflect.Value) (equal, asked bool) {
	if !a.CanInterface() || !b.CanInterface() {
		return false, false
	}
	m := a.MethodByName("Equal")
	if !m.IsValid() || m.Type().NumIn() != 1 || m.Type().In(0) != a.Type() || m.Type().NumOut() != 1 || m.Type().Out(0).Kind() != reflect.Bool {
		return false, false
	}
	return m.Call([]reflect.Value{b})[0].Bool(), true
}

func unless(same bool, path string) string {
	if same {
		return ""
	}
	return path
}
