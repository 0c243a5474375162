// Package eventlog replays the event log of another system through incident
// management.
//
// A [Mapping] says how the export reads. [Read] reads it, checking every row, and
// lays the incidents out along time. [Rules] and [Register] then turn each row
// into commands: they compare what the row says with how the incident stands, and
// give the commands that lead from one to the other, filling in the steps that the
// log skipped. What the rules refuse is counted and shown, not bent. Where the log
// carries figures of its own, the [Result] sets those recomputed from the events
// beside them; where it does not, a plain count of its rows.
//
// # The log
//
// A log is a CSV file in UTF-8 with a header, plain or compressed by gzip or xz.
// Each row tells how an incident stands after something happened to it: which
// incident, in which state, when; and whatever else of it the export has. The rows
// of an incident need not stand together nor in order.
//
// # A mapping for your own export
//
// A mapping is a JSON object. What it does not know is an error that names the
// field, and so is a row that does not fit, with its line and column: begin with
// the least that is needed, and add what the errors ask for.
//
//	{
//	  "name": "Service desk of Example Ltd, 2025",
//	  "source": "export of 2026-01-15, internal",
//	  "time": "2006-01-02 15:04:05",
//	  "zone": "Europe/Berlin",
//	  "columns": {"incident": "Number", "state": "Status", "at": "Updated", "group": "Team", "assignee": "Owner"},
//	  "constants": {"impact": "medium", "urgency": "medium"},
//	  "states": {
//	    "Open": {"state": "new"},
//	    "Working": {"state": "in progress"},
//	    "Waiting": {"state": "on hold", "reason": "caller"},
//	    "Done": {"state": "closed"}
//	  },
//	  "policy": {
//	    "matrix": {"impacts": ["medium"], "urgencies": ["medium"], "priorities": [["P3"]]},
//	    "window_days": 5,
//	    "hold_days": 30
//	  }
//	}
//
// name and source say what the log is and under which terms it may be used; notes
// are remarks for those who read the mapping.
//
// delimiter is the character between columns, a comma if missing. missing is the
// text that stands for no value, besides an empty one; keep_missing lists fields
// in which that text is a value like others.
//
// time is the layout of instants, as Go's package time writes them: how the export
// would write 2 January 2006, 15:04:05. An offset in it ("Z07:00") says what the
// instants mean; without one they are of zone, an IANA name, or else UTC.
//
// columns names the column that holds a [Field], or a list of columns whose texts
// are joined by a slash: a status and a sub-status give "Accepted/Wait - User", and
// a date and a time of day are read with the layout "2006-01-02/15:04". incident,
// state and at are needed, and impact and urgency have to come from somewhere:
// constants are fields that no column holds. With order, a number, the rows of an
// incident stand in its order; otherwise in that of their times, and of the file
// where these are equal. by is who acted, and assignee who has the incident. opened
// is the time of the opening, by reporter, if that is not the first row.
//
// values translates the texts of a field, or of an oracle, into those of the
// matrix and of priorities: {"impact": {"1 - High": "high"}}. Texts that it does
// not list stay as they are, and "" makes one missing.
//
// states says where each text of the state column stands in the incident process,
// by a [Standing]: the state "new" (whether or not a group has it), "assigned" (to
// the group and person of the row), "in progress", "on hold" with a reason (caller,
// vendor, problem, change, evidence), "resolved", "closed" or "cancelled"; or
// "skip": true, for rows that say nothing. Some columns hold something else in some
// states, such as who closed it where otherwise stands who has it: keeps lists the
// fields that then stay as they were in the row before, clears those that are
// missing then.
//
// awaits gives, by reason, the record that a hold waits for where the row does not
// name it ("vendor:not recorded"); vendor, problem, change and evidence need one.
//
// policy is what of incident.Policy a log needs: the matrix of impact and urgency,
// with the levels that the log has; window_days, for how long a resolved incident
// may be reopened; hold_days, the longest hold. With closes_itself, an incident
// that is still resolved when the window ends was closed then, if the log goes on
// with it later: what comes is a follow-up. Without it the return is refused (R13).
// system lists who, in the by column, is the other system itself: what it closes
// is closed by the system, which rule R13 lets it do only after the window. Where
// the list is missing, everything closed after the window is.
//
// oracles names the columns that carry the log's own answers, by [Oracle].
//
// agreement is what was promised for the incidents, one version of an agreement as
// sla.Version has it: number, kind and party say which, from and until when it is
// in force, terms what it promises. A target is found by what the incident is when
// its clock begins, and later by what it becomes; an incident that becomes another
// than any target is for keeps the promise that it has. Conditions ask for the
// fields that package incident declares, and for kind, number, state and phase:
//
//	"agreement": {
//	  "agreement": "AGR1", "number": 1, "kind": "sla", "party": "all callers", "from": "2025-01-01T00:00:00+01:00",
//	  "terms": {
//	    "calendars": {"office": {"tz": "Europe/Berlin", "schedule": {"mon": [["09:00", "17:00"]], "tue": [["09:00", "17:00"]]}}},
//	    "calendar": "office",
//	    "metrics": [{
//	      "name": "resolution", "since": "opened", "stop": {"field": "resolved", "given": true},
//	      "pause": {"field": "hold_reason", "is": ["caller"]}
//	    }],
//	    "targets": [{"name": "P3", "metric": "resolution", "when": {"field": "priority", "is": [3]}, "within": "16h"}]
//	  }
//	}
//
// With since, a clock counts from the opening, also when the first row comes later.
// What the agreement is about is the first incident of its number in the log: what
// follows it up is promised nothing. The oracle made_sla is compared with the time
// that elapsed, and again with what was kept, since a goal that was exceeded once
// stays so (R33).
//
// # Reading what comes of it
//
// A refusal is either something that did happen and the process forbids, or a
// mistake in the mapping, and its first case is shown with line and reason. Many
// steps filled in, or a command that is refused in a state in which the log surely
// did not mean it, speak for the mistake: look for a column that does not hold in
// every state what its name says. The two mappings here are examples:
// incident_event_log.json, of the built-in log, and bpic2013_incidents.json, of
// the incidents of Volvo IT that were published for the BPI Challenge 2013 and may
// not be handed on with this repository.
package eventlog
