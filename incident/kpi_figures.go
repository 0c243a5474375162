package incident

import (
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// KPIs are the figures of a period, of all incidents and broken down by fields.
// Its text has one figure a line, its JSON form reads back as the same figures.
type KPIs struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Zone string    `json:"zone"` // whose days are counted

	Figures

	By []Breakdown `json:"by,omitempty"` // in the order asked for
}

// Breakdown is the figures by the values of one declared field. An incident counts
// under the value that it has now.
type Breakdown struct {
	Field  string  `json:"field"`
	Groups []Group `json:"groups,omitempty"` // in the order of the values, those without one first
}

// Group is the figures of the incidents with one value of a field.
type Group struct {
	Key string `json:"key"` // the value's text; empty: without one
	Figures
}

// Figures are what ISO/IEC 20000-1:2018, 9.1 has monitored and 9.4 reported of the
// process of 8.6.1, in the terms of ITIL (Service Operation, 2011, 4.2.8: number of
// incidents, size of the backlog, mean elapsed time to resolution, percentages
// within target, reopened, and resolved without being passed on).
//
// An incident is resolved when it is in a phase Done, or Final with a solution: at
// its last resolution, Times.Resolved. A resolution that was taken back by
// reopening counts nowhere, and the incident was open all the while. A host's
// command that leads to a Done state of its own without setting Solution and
// Times.Resolved has it resolved since it entered that state, for as long as it
// stays there. Final without a solution is cancelled, whatever the host calls it.
// All else is open. Nothing at or after the end of the period counts: what was
// resolved or cancelled then is open.
//
// Volumes (all up to Days, and Ages) count every incident, so that they balance:
//
//	Before + Opened = Resolved + Cancelled + Backlog
//
// Times and rates leave out those that were cancelled, or resolved as duplicates
// of another, before the end of the period: nobody worked on them, or not here.
// Majors, parents and the children resolved with them count like all others; one
// that follows up a closed incident is an incident of its own.
//
// What is not to be had is no data, which is neither none nor all of it (R27).
type Figures struct {
	Opened     int64 `json:"opened"`
	Resolved   int64 `json:"resolved"`
	Closed     int64 `json:"closed"`     // ended for good after a resolution
	Cancelled  int64 `json:"cancelled"`  // ended without one
	Duplicates int64 `json:"duplicates"` // of the resolved ones: as duplicates
	Majors     int64 `json:"majors"`     // of the opened ones: major incidents, also if declared later
	Before     int64 `json:"before"`     // open when the period began
	Backlog    int64 `json:"backlog"`    // open when it ended
	Days       []Day `json:"days"`

	// Response is the time from opening to the first response by a person (MTTA,
	// mean time to acknowledge), of the incidents responded to in the period. One
	// that was resolved without a response on record has none.
	Response Spans `json:"response"`

	// Resolution is the time from opening to the last resolution (MTTR; ITIL 4
	// says mean time to restore service), of the incidents resolved in the period.
	// Holds and the time until a reopening are part of it.
	Resolution Spans `json:"resolution"`

	// The rates are of the incidents resolved in the period.
	FirstAssignment itsm.Ratio `json:"first_assignment"` // of those assigned: by the first group, not reopened
	Reopened        itsm.Ratio `json:"reopened"`         // reopened at least once
	Reopens         itsm.Ratio `json:"reopens"`          // reopenings an incident; may exceed one
	Reassigned      itsm.Ratio `json:"reassigned"`       // moved to another group at least once
	Reassignments   itsm.Ratio `json:"reassignments"`    // moves an incident; may exceed one
	Breached        itsm.Ratio `json:"breached"`         // of those promised something: not kept

	// Ages are the incidents of the backlog by how long they had been open, in
	// calendar time, when the period ended.
	Ages []Age `json:"ages"`

	// Holds is how much of the time to resolution, in calendar time, was spent
	// waiting for each reason, over the incidents resolved in the period: the
	// process's own reasons in their order, then those of the host by name.
	Holds []HoldShare `json:"holds"`
}

// Day is what happened on one date, and what was open when it ended. The first and
// the last are cut at the ends of the period. A day begins when its date is first
// shown; one that a zone skipped is not there.
type Day struct {
	Date      sla.Date `json:"date"`
	Opened    int64    `json:"opened"`
	Resolved  int64    `json:"resolved"`
	Closed    int64    `json:"closed"`
	Cancelled int64    `json:"cancelled"`
	Backlog   int64    `json:"backlog"`
}

// Spans are elapsed times, in calendar and in business time.
type Spans struct {
	Calendar itsm.Spread `json:"calendar"`
	Business itsm.Spread `json:"business"`
}

// Age is how many incidents had been open for From or longer, and less than Below.
type Age struct {
	From  time.Duration `json:"from"`
	Below time.Duration `json:"below,omitzero"` // zero: without bound
	Count int64         `json:"count"`
}

// HoldShare is how long incidents waited for a reason, of how long they were open.
type HoldShare struct {
	Reason HoldReason     `json:"reason"`
	Held   itsm.TotalTime `json:"held"`
	Open   itsm.TotalTime `json:"open"` // zero: no data
}

// Percent is the share as [itsm.Ratio.Percent] writes it.
func (h HoldShare) Percent() string { return h.Held.PercentOf(h.Open) }
