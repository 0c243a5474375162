// Package eventlog replays the event log of another system through incident
// management.
//
// A [Mapping] says how the export reads. [Read] reads it, checking every row, and
// lays the incidents out along time. [Rules] and [Register] then turn each row
// into commands: they compare what the row says with how the incident stands, and
// give the commands that lead from one to the other, filling in the steps that the
// log skipped. What the rules refuse is counted and shown, not bent. Where the log
// carries figures of its own, the [Result] sets those recomputed from the events
// beside them.
package eventlog
