package itsm

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// Stamp says when something happened and who did it. Time and identity always
// come in from outside: the domain packages read no clock.
//
// A back-dated fact sets Recorded, the time it was written down, and must give
// its Reason (R34); otherwise both stay zero.
type Stamp struct {
	At       time.Time `json:"at"`
	By       Actor     `json:"by"`
	Recorded time.Time `json:"recorded,omitzero"`
	Reason   string    `json:"reason,omitzero"`
}

// Normal is the form in which every time is kept: UTC, whole microseconds, no
// monotonic reading. What is in memory then equals what comes back from a store.
func Normal(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	const micro = int(time.Microsecond)
	t = t.UTC() // without a monotonic reading
	if odd := t.Nanosecond() % micro; odd != 0 {
		t = t.Add(-time.Duration(odd))
	}
	return t
}

func (s *Stamp) normalize() { s.At, s.Recorded = Normal(s.At), Normal(s.Recorded) }

// check tells what is wrong with the stamp of an event after last, the time of
// the record's latest event.
func (s *Stamp) check(last time.Time) error {
	if err := CheckTime("at", s.At); err != nil {
		return err
	}
	if s.At.Before(last) {
		return &FieldError{"at", fmt.Sprintf("%s is before the record's last event at %s", text(s.At), text(last))}
	}
	if !s.Recorded.IsZero() || s.Reason != "" {
		if err := s.checkBackdate(); err != nil {
			return err
		}
	}
	return s.By.Check()
}

func (s *Stamp) checkBackdate() error {
	if s.Recorded.IsZero() {
		return &FieldError{"recorded", "is missing; a reason belongs to a back-dated fact, which says when it was recorded"}
	}
	if err := CheckTime("recorded", s.Recorded); err != nil {
		return err
	}
	switch {
	case !utf8.ValidString(s.Reason):
		return &FieldError{"reason", "is not valid UTF-8"}
	case s.Recorded.Before(s.At):
		return &FieldError{"recorded", fmt.Sprintf("%s is before the fact itself at %s", text(s.Recorded), text(s.At))}
	case s.Recorded.After(s.At) && s.Reason == "":
		return &FieldError{"reason", "is missing; a back-dated fact says why (R34)"}
	}
	return nil
}

// The seconds since 1970 at which the years 1 and 10000 begin: between them are
// the times that RFC 3339, and so JSON, can write.
const (
	beginning = -62135596800
	end       = 253402300800
)

// CheckTime refuses a zero time and one outside the years 1 to 9999, naming the
// field.
func CheckTime(field string, t time.Time) error {
	if t.IsZero() {
		return &FieldError{field, "is the zero time; give an instant"}
	}
	if s := t.Unix(); s < beginning || s >= end {
		return &FieldError{field, fmt.Sprintf("is in the year %d; years 1 to 9999 can be kept", t.UTC().Year())}
	}
	return nil
}

func text(t time.Time) string { return t.Format(time.RFC3339Nano) }
