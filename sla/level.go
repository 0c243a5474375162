package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/itsmkit/itsm"
)

// Level is one step of escalation: once a clock has come so far, somebody is to do
// something. It fires once for a clock, or as often as Repeat says; what it then
// does is for the host to do. It is given as a share of the goal, or relative to
// the due time: one of Share, Before and After.
//
// A share, and an offset in the time of the calendar, are reached when so much time
// has elapsed: pauses hold them up. An offset in wall time is one from the due time
// itself; the clock may pause in between, but must live.
type Level struct {
	Name   string `json:"name"`
	Share  string `json:"share,omitzero"`  // of the goal, in per cent: "75"; more than 100 is after it
	Before string `json:"before,omitzero"` // the due time: "30m"
	After  string `json:"after,omitzero"`  // it: "2h"; "0s" is when it is due
	Wall   bool   `json:"wall,omitzero"`   // Before and After, and Repeat, are in wall time

	Repeat Repeat `json:"repeat,omitzero"`

	Who  []string `json:"who"`  // roles, groups or persons, as the host names them
	What string   `json:"what"` // they are to do: "notify", "take over"
}

// Repeat fires a level again: so many times more, so far apart.
type Repeat struct {
	Every string `json:"every,omitzero"` // "4h"
	Times int    `json:"times,omitzero"` // 1 to 1000
}

// IsZero reports whether nothing is repeated.
func (r Repeat) IsZero() bool { return r == Repeat{} }

const (
	mostLevels  = 50   // of a target
	mostRepeats = 1000 // of a level
)

// checkLevels says everything that is wrong with a ladder. One without a fault
// ends: each level fires a bounded number of times.
func checkLevels(levels []Level, field string) error {
	if len(levels) > mostLevels {
		return &itsm.FieldError{Field: field + ".levels", Problem: fmt.Sprintf("has %d levels; %d are the most", len(levels), mostLevels)}
	}
	var wrong []error
	for i := range levels {
		at := fmt.Sprintf("%s.levels[%d]", field, i)
		wrong = append(wrong, levels[i].check(at))
		if slices.ContainsFunc(levels[:i], func(o Level) bool { return o.Name == levels[i].Name }) {
			wrong = append(wrong, &itsm.FieldError{Field: at + ".name", Problem: itsm.Quoted(levels[i].Name) + " is the name of a level before"})
		}
	}
	return errors.Join(wrong...)
}

func (l *Level) check(field string) error {
	wrong := []error{itsm.CheckLine(field+".name", l.Name), itsm.CheckLine(field+".what", l.What)}
	if len(l.Who) == 0 {
		wrong = append(wrong, &itsm.FieldError{Field: field + ".who", Problem: "is empty; name who is to act"})
	}
	for i, who := range l.Who {
		wrong = append(wrong, itsm.CheckLine(fmt.Sprintf("%s.who[%d]", field, i), who))
	}
	_, err := l.compile(field)
	return errors.Join(append(wrong, err)...)
}

// level is a level ready to be reckoned with.
type level struct {
	*Level
	share  decimal.Decimal // of the goal, in per cent; zero: relative to the due time
	offset time.Duration
	every  time.Duration
	times  int // in all
}

// compile reads the texts of a level.
func (l *Level) compile(field string) (level, error) {
	c := level{Level: l, times: 1}
	var wrong []error
	given := 0
	for _, s := range []string{l.Share, l.Before, l.After} {
		if s != "" {
			given++
		}
	}
	if given != 1 {
		wrong = append(wrong, &itsm.FieldError{Field: field, Problem: fmt.Sprintf("has %d of share, before and after; give one", given)})
	}
	var err error
	switch {
	case l.Share != "":
		var share decimal.Decimal
		if share, err = itsm.ParseDecimal(field+".share", l.Share); err == nil && (share.Sign() <= 0 || share.GreaterThan(mostShare())) {
			err = &itsm.FieldError{Field: field + ".share", Problem: fmt.Sprintf("is %s; give more than 0 and at most %s per cent", share, mostShare())}
		}
		c.share = share
		if l.Wall {
			err = errors.Join(err, &itsm.FieldError{Field: field + ".wall", Problem: "is for offsets; a share is of the calendar's time"})
		}
	case l.Before != "":
		c.offset, err = parseDuration(field+".before", l.Before)
		c.offset = -c.offset
	case l.After != "" && l.After != "0s":
		c.offset, err = parseDuration(field+".after", l.After)
	}
	wrong = append(wrong, err)
	if !l.Repeat.IsZero() {
		c.every, err = parseDuration(field+".repeat.every", l.Repeat.Every)
		wrong = append(wrong, err)
		if l.Repeat.Times < 1 || l.Repeat.Times > mostRepeats {
			wrong = append(wrong, &itsm.FieldError{Field: field + ".repeat.times", Problem: fmt.Sprintf("is %d; give 1 to %d, so that it ends", l.Repeat.Times, mostRepeats)})
		}
		c.times += l.Repeat.Times
	}
	return c, errors.Join(wrong...)
}

func mostShare() decimal.Decimal { return decimal.NewFromInt(10_000) }

// threshold is how much time has to elapse until the n-th firing, from 0 on, of a
// level that pauses hold up: in whole microseconds, rounded up.
func (l *level) threshold(goal time.Duration, n int) time.Duration {
	base := saturated(goal, l.offset)
	if !l.share.IsZero() {
		base = shareOf(goal, l.share)
	}
	return saturated(base, time.Duration(n)*l.every)
}

// shareOf is so many per cent of a time, rounded up to whole microseconds.
func shareOf(goal time.Duration, percent decimal.Decimal) time.Duration {
	const perMicro = -5 // of a nanosecond's per cent: a thousand times a hundred
	micros := decimal.NewFromInt(int64(goal)).Mul(percent).Shift(perMicro).Ceil()
	if micros.GreaterThan(decimal.NewFromInt(longestTime.Microseconds())) {
		return longestTime
	}
	return time.Duration(micros.IntPart()) * time.Microsecond
}

func cloneLevels(levels []Level) []Level {
	levels = slices.Clone(levels)
	for i := range levels {
		levels[i].Who = slices.Clone(levels[i].Who)
	}
	return levels
}
