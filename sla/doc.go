// Package sla is service level management after ISO/IEC 20000-1:2018, 8.2.4, 8.3.3
// and 8.3.4: business calendars, clocks, agreements and what was promised under
// them, escalation, and performance against targets. Only the hours that were agreed
// count, a clock pauses while the agreement says so, and what is due is due at an
// exact instant.
//
// Each part can be used alone: a calendar without clocks, a clock without
// agreements, agreements without records or a store. Nothing here reads a clock or
// keeps state: every instant is an argument, every result a value. Read on from the
// part that you need; each builds on those before it.
//
//	calendar       which time counts                 [Calendar]
//	clock          how much of it has passed         [Clock], [Explain]
//	condition      a predicate over declared fields  [Condition], [Schema], [Facts]
//	agreement      what is promised for which work   [Terms], [Version], [Book], [Terms.Prove]
//	work           what became of the promises       [Work], [Promise], [Book.Explain]
//	escalation     who is to act when                [Level], [Alarm]
//	performance    how well promises were kept       [MeasureCompliance], [Credit], [Improvements]
//	records        catalogue, agreements and work    [ServiceProcess], [AgreementProcess], [WorkProcess]
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
//
// # Conditions
//
// What agreements say of work they say as data: a [Condition] is a predicate over
// declared fields, made by [Is], [OneOf], [Given], [Missing], [Range], [Changed],
// [All], [Any] and [Not], or read from JSON. A [Schema] declares the fields and what
// values they may have; [NewView] makes one of a process's lifecycle. The [Facts] of
// a piece of work are its values at an instant.
//
//	urgent := sla.All(sla.Is("priority", itsm.IntValue(1)), sla.Not(sla.OneOf("hold_reason", "caller")))
//
// Because fields are declared, conditions are decided, not tried: [Satisfy],
// [Implies] and [Overlap] are exact and give an event that shows it.
//
// # Agreements
//
// [Terms] are what is agreed: the services, calendars, metrics, targets, levels of
// escalation, workload limits, exceptions and credits, written as people write them,
// "4h", "99.5". A [Version] says with whom they were agreed and from when on they
// are in force: a service level agreement, an operational level agreement, or an
// underpinning contract. A [Book] is all versions that clocks are measured against.
//
//	terms, err := itsm.ParseJSON[sla.Terms](text)
//	defects, err := terms.Prove(view.Schema())
//	book, err := sla.NewBook(view.Schema(), sla.Version{Agreement: "AGR0000042", Number: 1, …, Terms: terms})
//
// A [Metric] says what starts, stops, cancels, resets and pauses a clock; [Metrics]
// are response, update and resolution. A [Target] says how much time there is for
// some of the work, as an amount or by a [Deadline]: "next business day 16:00", or
// the date in a field. [Terms.Prove] finds what can never happen before anybody
// relies on it: a target that never begins or is never chosen, a clock that never
// stops or is always paused, two targets that claim the same work, a level out of
// reach, each with an event that shows it.
//
// # Work
//
// [Work] is one piece of work as agreements see it: its [Moment]s, which are the
// facts that changed and when, and its [Promise]s, each with a clock. [Book.Observe]
// takes one more moment, [Book.Track] all of them. Conditions are asked on the
// values after the moment; values of linked records are those that the host gave
// with it, so what they are today changes nothing. A moment is taken in this order:
//
//  1. What has passed until then counts as things stood, and levels reached fire.
//  2. Each clock that lives: it stops if Stop holds; else is cancelled if Cancel
//     does; else, if Reset and Start do, it stops and another begins; else it takes
//     the target that now fits best, and pauses or runs.
//  3. Where none lives: a stopped one goes on, or another begins, if Start holds and
//     neither Stop nor Cancel does; it pauses if Pause holds.
//
// Agreements of different kinds and with different parties run side by side. Within
// one kind, party and metric one clock lives: that of the target which asks for the
// most fields, its agreement's included, and of those the one that is due first. A
// target of the same version takes over with elapsed and paused time as they are; one
// of another agreement cancels the clock as superseded and begins another, which
// counts from where it would have begun itself, with the pauses since then. Clocks
// keep the version that was in force at the instant from which they count, until
// [Recompute] takes them anew for a reason. A version that was agreed late is not seen
// before, so that what was tracked and reported stays as it was. What no target claims
// any more stays promised.
//
// [Book.Explain] accounts for a promise: what its target was chosen among, and each
// interval of its time. [Book.AsOf] is the work as it stood, so that a report which
// was issued can be made again as it was.
//
// # Escalation
//
// A [Level] of a target is reached at a share of the goal, or so long before or after
// the due time, in business or wall time. For one clock it fires once, or as often as
// it says. When the next is reached is kept with the work, as an index term where a
// register keeps it: register.Due finds what is due, register.Tick has it fire, from
// any number of workers. The [Alarm] in the event says who is to do what.
//
// # Performance
//
// [MeasureCompliance] says how many clocks were met of how many, by target, party,
// period or any field, with the ids of those that were not, percentiles, and what is
// late and unfinished beside. [MeasureWorkload] counts work against the limits,
// [TrendOf] tells a trend from chance, [Book.Credits] what is owed, and
// [Improvements] what is to be improved. Shares are exact and are never rounded
// across a threshold.
//
// # Records
//
// Three processes keep all this over a host's database, by package register:
// [ServiceProcess] the service catalogue, [AgreementProcess] agreements from draft to
// end, and [WorkProcess] work and its clocks. [Examine] finds what the standard asks
// for and is missing: a service without an agreement, an overdue review, an agreement
// without targets. [Book.Align] compares what suppliers promise with what is promised
// to customers.
package sla
