package itsmtest

import (
	"reflect"

	"github.com/itsmkit/itsm"
)

// checkKept empties the slices and maps of the command that was passed in, one after
// the other, as a caller may who goes on with what is his: neither record nor event
// may notice.
func (w *Walk[R]) checkKept(record *R, e *itsm.Event[R], passed itsm.Command[R]) {
	w.t.Helper()
	was, wasEvent := encode(w.t, record), w.encoded(e)
	eachHeld(reflect.ValueOf(passed), e.Name, func(path string, held reflect.Value) {
		w.t.Helper()
		restore := empty(held)
		if encode(w.t, record) != was || w.encoded(e) != wasEvent {
			w.t.Errorf("%s is kept as it was passed in, and the caller may edit it; complete the command with a clone", path)
		}
		restore()
	})
}

// encoded is the event in its JSON form, or why it has none.
func (w *Walk[R]) encoded(e *itsm.Event[R]) string {
	data, err := w.lc.EncodeEvent(*e)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// empty empties a slice or map in place, and gives what fills it again.
func empty(held reflect.Value) (restore func()) {
	if held.Kind() == reflect.Slice {
		kept := reflect.MakeSlice(held.Type(), held.Len(), held.Len())
		reflect.Copy(kept, held)
		held.Clear()
		return func() { reflect.Copy(held, kept) }
	}
	kept := reflect.MakeMap(held.Type())
	for _, key := range held.MapKeys() {
		kept.SetMapIndex(key, held.MapIndex(key))
	}
	held.Clear()
	return func() {
		for _, key := range kept.MapKeys() {
			held.SetMapIndex(key, kept.MapIndex(key))
		}
	}
}
