// Package sla counts time the way a service level agreement does: only the hours
// that were agreed count, a clock pauses while the agreement says so, and what is
// due is due at an exact instant.
//
// It can be used alone, without any record, process or store. It reads no clock and
// keeps no state: every instant is an argument, every result a value.
//
// # Calendars
//
// A [Calendar] is built once from its [Hours]: a time zone, windows per weekday,
// holidays, and exceptions that replace the windows of a date. [ParseCalendar]
// reads the same from JSON.
//
//	office, err := sla.NewCalendar(sla.Hours{
//		Zone:     "Europe/Berlin",
//		Week:     sla.Weekdays(sla.Span{"09:00", "12:00"}, sla.Span{"13:00", "17:00"}),
//		Holidays: []sla.Date{"2026-12-25"},
//	})
//	due := office.Add(opened, 4*time.Hour)
//	spent := office.Between(opened, resolved)
//
// Its questions:
//
//	Between(a, b)      the business time from a to b
//	Add(t, d)          when d of business time after t has elapsed
//	AddDays(t, n)      n business days after t, at the same time of day
//	IsOpen(t)          whether t is business time
//	NextOpen(t)        from when on it is open
//	NextClose(t)       until when it is open then
//	Windows(from, to)  each span of business time in between
//
// A calendar never changes and is safe for concurrent use. A nil one is open around
// the clock. At least one window of the week must be given, so that there is always
// a next one.
//
// # Conventions
//
// Systems differ here, so this package says what it does.
//
//   - Durations are elapsed time, to the nanosecond. A shift from 22:00 to 06:00
//     lasts seven hours on the night on which clocks are put forward and nine on
//     the night on which they are put back.
//   - A window is open at the instant at which it opens and no longer at the one at
//     which it closes. It belongs to the date on which it starts, also when it runs
//     over midnight: a holiday closes the night that begins on it, not the one that
//     ends on it.
//   - A boundary that a clock change skips moves to the first instant after the gap.
//     One that the clock shows twice means the first occurrence for an opening and
//     the last for a closing. A window all in a gap does not open, and a date that a
//     zone skipped, such as 30 December 2011 in Samoa, has no windows of its own.
//   - Windows of the weekly pattern may touch and must not overlap. Where windows
//     overlap all the same, in a repeated hour or because of an exception after a
//     night shift, the time counts once.
//   - Add returns the earliest instant: a budget that is used up at closing time ends
//     there, not at the next opening. A negative one walks backwards in the same way.
//     Add(t, 0) is t, and ranges that are reversed are negative.
//   - A business day is a date on which a window starts. AddDays counts those after
//     t's own date, or before it.
//   - Results are in the location of the instant that was given.
//
// # Every year, at one price
//
// Building a calendar expands it into pieces of time in which the weekly pattern
// holds unchanged. After the year 2100 no zone of the database has tables any more,
// only rules, and those repeat every 400 years with the Gregorian calendar; so the
// pieces end there, and all later years are folded back into them. There is no
// horizon: Between and Add cost the same for a day and for a century, allocate
// nothing, and are exact in every year. The rules of a zone are those that the
// machine knows when the calendar is built.
//
// Dates of holidays and exceptions lie in the years 1900 to 2200. A time of more
// than 292 years, which a [time.Duration] cannot hold, is cut to the longest one.
//
// # Clocks
//
// A [Clock] measures one piece of work: how much of a calendar's time has passed,
// and of how much. [NewClock] starts one; it is a value, and each event gives the
// clock after it:
//
//	clock, err := sla.NewClock(opened, 8*time.Hour, office)
//	clock, err = clock.Pause(asked, "caller")
//	clock, err = clock.Resume(answered)
//	clock, err = clock.Stop(resolved)
//	met := clock.At(resolved).Met()
//
// [Clock.At] reads it: elapsed, paused and remaining time, when it is due, and
// whether it is breached. What happens to a clock:
//
//	Start     it counts, until
//	Pause     it waits for somebody or something else; Resume ends that
//	Stop      the work is done; Reopen goes on with the same clock
//	Cancel    there is nothing to measure any more
//	Retarget  another goal and calendar count from now on
//
// Each is an [Event] too. A clock is the fold of its events, see [Fold], so one that
// is made again from a journal is the same clock. [Explain] lists all of its time:
// each interval, whether it counted and why not: closed, on a holiday, or paused, by
// whom and for what. The intervals add up to the reading, to the nanosecond.
//
// These rules hold, and the tests are named after them:
//
//   - R23: elapsed time never falls, never exceeds wall time, and does not grow while
//     the clock is paused.
//   - R24: due is the earliest instant at which elapsed time reaches the goal if no
//     further pause comes. Met means at most the goal: what is due at closing time
//     and done overnight is met. A goal of zero is due at the start, and met by work
//     that is done before any business time has passed.
//   - R26: a new target, as after a change of priority, keeps elapsed and paused
//     time. If more has elapsed than it allows, the clock is breached when it comes,
//     and says so: its [Cause] is [Tightened], not [TooLate].
//   - R33: a breach stays, with its cause, whatever comes later. What has been
//     stopped and is reopened goes on with the same clock, the time in between counts
//     as paused, and the last stop decides.
//   - Events come in the order of their times. A clock that steps back shows what it
//     showed at its last event, and an event before that one is refused.
package sla
