package register

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/store"
)

// bodyDecoder decodes one JSON value after the other. A json.Decoder reads a
// stream of values, so one may serve for many bodies, and a body then costs no
// buffer of its own.
type bodyDecoder struct {
	source bytes.Reader
	json   *json.Decoder
}

// decodeBody reads a record strictly: a field that the type does not have would
// be lost when the record is next written.
func (c *core[R]) decodeBody(d store.Document, into *R) error {
	fail := func(err error) error { return &BodyError{Kind: d.Kind, ID: d.ID, Err: err} }
	if !utf8.Valid(d.Body) {
		return fail(errors.New("it is not valid UTF-8"))
	}
	b, _ := c.decoders.Get().(*bodyDecoder)
	if b == nil {
		b = new(bodyDecoder)
		b.json = json.NewDecoder(&b.source)
		b.json.DisallowUnknownFields()
	}
	b.source.Reset(d.Body)
	if err := b.json.Decode(into); err != nil {
		return fail(err)
	}
	if _, err := b.json.Token(); err != io.EOF {
		return fail(errors.New("it goes on after the JSON value"))
	}
	b.source.Reset(nil)
	c.decoders.Put(b) // only a decoder at the end of a body it has read in full
	if h := head(into); h.ID != d.ID {
		return fail(fmt.Errorf("it holds the record %s", h.ID))
	}
	return nil
}

// strictJSON reads one JSON value of the register's own.
func strictJSON(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("it goes on after the JSON value")
	}
	return nil
}

// head is the header of a record; that it has one, NewLifecycle has checked.
func head[R any](r *R) *itsm.Header { return any(r).(itsm.Headed).Head() }

// idOf is the id of a record.
func idOf[R any](r *R) uuid.UUID { return head(r).ID }
