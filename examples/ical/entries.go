package ical

import (
	"errors"
	"io"
	"strings"
)

// entry is a VEVENT as it was read. Its properties are understood later, when it is
// known that they matter.
type entry struct {
	Event
	isCancelled bool
	start       *property // DTSTART
	end         *property // DTEND
	duration    *property
	rule        *property   // RRULE
	id          *property   // RECURRENCE-ID
	added       []*property // RDATE
	removed     []*property // EXDATE
	exrule      *property
}

// component is one that has begun and not ended yet.
type component struct {
	name string
	line int
}

// readEntries reads the events of all calendars of a file, in its order.
func readEntries(l *lines) ([]*entry, error) {
	var (
		list    []*entry
		open    []component
		current *entry // of VCALENDAR, VEVENT
		hasAny  bool
	)
	for {
		text, line, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, current.at(err)
		}
		p, err := parseProperty(text, line)
		if err != nil {
			return nil, current.at(err)
		}
		fail := func(format string, args ...any) error {
			return current.at(&Error{Line: line, Err: wrong(p.name, format, args...)})
		}
		value := strings.ToUpper(strings.TrimSpace(p.value))
		switch {
		case p.name == "BEGIN":
			if (len(open) == 0) != (value == "VCALENDAR") {
				return nil, fail("%.60q; a file is a sequence of VCALENDAR, and those have other components", p.value)
			}
			if open, hasAny = append(open, component{value, line}), true; len(open) == 2 && value == "VEVENT" {
				current = &entry{Event: Event{Line: line}}
				list = append(list, current)
			}
		case len(open) == 0:
			return nil, fail("stands outside of a calendar; a file begins with BEGIN:VCALENDAR")
		case p.name == "END":
			if top := open[len(open)-1]; value != top.name {
				return nil, fail("%.60q, where %s is open since line %d", p.value, top.name, top.line)
			}
			if open = open[:len(open)-1]; len(open) == 1 {
				current = nil
			}
		case current != nil && len(open) == 2:
			if err := current.set(p); err != nil {
				return nil, err
			}
		case len(open) == 1 && p.name == "CALSCALE" && value != "GREGORIAN":
			return nil, fail("%.60q; only GREGORIAN is read", p.value)
		}
	}
	if n := len(open); n > 0 {
		return nil, current.at(&Error{Line: open[n-1].line, Err: wrong("file", "ends within the %s that begins here", open[n-1].name)})
	}
	if !hasAny {
		return nil, &Error{Line: 1, Err: wrong("file", "is empty; it must have a VCALENDAR")}
	}
	return list, nil
}

// at adds to an error which event it is in; nil is none.
func (e *entry) at(err error) error {
	if where, ok := err.(*Error); ok && e != nil {
		where.UID, where.Summary = e.UID, e.Summary
	}
	return err
}

// fail is the error of a property of the event.
func (e *entry) fail(p *property, format string, args ...any) error {
	return e.at(&Error{Line: p.line, Err: wrong(p.name, format, args...)})
}

// set takes a property of the event.
func (e *entry) set(p property) error {
	var once **property
	switch p.name {
	case "UID":
		e.UID = textOf(p.value)
	case "SUMMARY":
		e.Summary = oneLine(textOf(p.value))
	case "DESCRIPTION":
		e.Description = textOf(p.value)
	case "CATEGORIES":
		e.Categories = append(e.Categories, textsOf(p.value)...)
	case "STATUS":
		e.isCancelled = strings.EqualFold(strings.TrimSpace(p.value), "CANCELLED")
	case "TRANSP":
		e.Transparent = strings.EqualFold(strings.TrimSpace(p.value), "TRANSPARENT")
	case "RDATE":
		e.added = append(e.added, &p)
	case "EXDATE":
		e.removed = append(e.removed, &p)
	case "DTSTART":
		once = &e.start
	case "DTEND":
		once = &e.end
	case "DURATION":
		once = &e.duration
	case "RRULE":
		once = &e.rule
	case "EXRULE":
		once = &e.exrule
	case "RECURRENCE-ID":
		once = &e.id
	}
	if once == nil {
		return nil
	}
	if *once != nil {
		return e.fail(&p, "given twice, also on line %d", (*once).line)
	}
	*once = &p
	return nil
}
