package incident

import (
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Kind is the kind of record, as references name it.
const Kind = "incident"

// Incident is an unplanned interruption to a service, a reduction in its quality,
// or an event that has not yet impacted it (ISO/IEC 20000-1, 3.2.5). It changes
// only through a lifecycle's Fire. Texts of any length (the description, notes,
// the workings of a resolution) are in its events, not here.
type Incident struct {
	itsm.Header

	Title          string        `json:"title"`
	Caller         string        `json:"caller,omitzero"` // whom it concerns
	Reporter       string        `json:"reporter"`        // who recorded it
	Source         string        `json:"source,omitzero"` // how it came in: "phone", "monitoring"
	Service        itsm.Ref      `json:"service,omitzero"`
	ServiceUnknown bool          `json:"service_unknown,omitzero"` // said so when it was reported
	Category       string        `json:"category,omitzero"`
	Subcategory    string        `json:"subcategory,omitzero"`
	Impact         itsm.Level    `json:"impact"`
	Urgency        itsm.Level    `json:"urgency"`
	Priority       itsm.Priority `json:"priority"`
	Override       string        `json:"override,omitzero"` // why the priority is not that of the matrix (R10)

	Group    string      `json:"group,omitzero"`
	Assignee string      `json:"assignee,omitzero"`
	Hold     *OnHoldFor  `json:"hold,omitempty"` // while it waits
	Major    *Major      `json:"major,omitempty"`
	Solution *Resolution `json:"solution,omitempty"` // while resolved, and for good once closed
	Times    Times       `json:"times,omitzero"`
	Counts   Counts      `json:"counts,omitzero"`
	Held     []Held      `json:"held,omitempty"` // by reason

	Parent      uuid.UUID    `json:"parent,omitzero"`  // the incident this one is part of (R18)
	Follows     uuid.UUID    `json:"follows,omitzero"` // the closed incident this one follows up (R13)
	Links       []RecordLink `json:"links,omitempty"`
	CIs         []AffectedCI `json:"cis,omitempty"`
	Tasks       itsm.Tasks   `json:"tasks,omitempty"`
	Watchers    []string     `json:"watchers,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`

	Satisfaction int `json:"satisfaction,omitzero"` // 1 to 5, by the caller; 0: not rated
}

// Times are the instants that figures are made of; the opening is in the header.
// Each is zero until it has come.
type Times struct {
	Detected      time.Time `json:"detected,omitzero"`       // when it was noticed, before or at the opening
	Assigned      time.Time `json:"assigned,omitzero"`       // first to a group
	Responded     time.Time `json:"responded,omitzero"`      // first by a person
	RepairStarted time.Time `json:"repair_started,omitzero"` // first work on it
	Resolved      time.Time `json:"resolved,omitzero"`       // last
	Closed        time.Time `json:"closed,omitzero"`
}

// Counts are running totals over the events.
type Counts struct {
	Reassignments int           `json:"reassignments,omitzero"` // changes from one group to another
	Escalations   int           `json:"escalations,omitzero"`   // functional and hierarchical
	Reopens       int           `json:"reopens,omitzero"`
	Holds         int           `json:"holds,omitzero"` // times it was put on hold
	Notes         int           `json:"notes,omitzero"` // public and private
	PublicNotes   int           `json:"public_notes,omitzero"`
	Spent         time.Duration `json:"spent,omitzero"` // time booked with the notes, in nanoseconds
	LastNote      time.Time     `json:"last_note,omitzero"`
}

// OnHoldFor says why an incident is on hold and what ends it.
type OnHoldFor struct {
	Reason     HoldReason `json:"reason"`
	Since      time.Time  `json:"since,omitzero"`      // when it began to wait for that reason
	Awaits     itsm.Ref   `json:"awaits,omitzero"`     // the record waited for
	ReviewBy   time.Time  `json:"review_by,omitzero"`  // it resumes then by itself (R11)
	Extensions int        `json:"extensions,omitzero"` // of ReviewBy
	Back       itsm.State `json:"back"`                // where it was
}

// HoldReason says for whom or what an incident waits. Agreements name those that
// stop their clocks.
type HoldReason string

// The reasons to hold.
const (
	AwaitingCaller   HoldReason = "caller"
	AwaitingVendor   HoldReason = "vendor"
	AwaitingProblem  HoldReason = "problem"
	AwaitingChange   HoldReason = "change"
	AwaitingEvidence HoldReason = "evidence"
)

// HoldReasons lists every reason to hold.
func HoldReasons() []HoldReason {
	return []HoldReason{AwaitingCaller, AwaitingVendor, AwaitingProblem, AwaitingChange, AwaitingEvidence}
}

// Held is for how long an incident waited for one reason, over all its holds that
// have ended.
type Held struct {
	Reason HoldReason    `json:"reason"`
	For    time.Duration `json:"for"` // nanoseconds, in calendar time
}

// Resolution says how an incident was resolved.
type Resolution struct {
	Code        string    `json:"code"`
	By          string    `json:"by"`
	DuplicateOf uuid.UUID `json:"duplicate_of,omitzero"`
	Cascade     uuid.UUID `json:"cascade,omitzero"` // the parent whose resolution resolved this one (R18)
}

// Major is what a major incident has besides (ISO/IEC 20000-1 8.6.1; R14).
type Major struct {
	Criteria           []string  `json:"criteria"` // those that it meets
	Owner              string    `json:"owner"`
	Declared           time.Time `json:"declared"`
	ManagementInformed time.Time `json:"management_informed,omitzero"` // last
	Updates            int       `json:"updates,omitzero"`             // times that any audience was informed
	Report             itsm.Ref  `json:"report,omitzero"`
	Reviewed           time.Time `json:"reviewed,omitzero"`
}

// Audience is who is kept informed of a major incident.
type Audience string

// The audiences.
const (
	Management Audience = "management"
	Users      Audience = "users"
	Customers  Audience = "customers"
	Staff      Audience = "staff"
)

// Audiences lists every audience.
func Audiences() []Audience { return []Audience{Management, Users, Customers, Staff} }

// LinkType says what another record is to the incident.
type LinkType string

// The types of links.
const (
	ToProblem    LinkType = "problem"
	ToKnownError LinkType = "known error"
	CausedBy     LinkType = "caused by" // the change that caused it
	FixedBy      LinkType = "fixed by"  // the change that mends it
	Related      LinkType = "related"
)

// LinkTypes lists every type of link.
func LinkTypes() []LinkType { return []LinkType{ToProblem, ToKnownError, CausedBy, FixedBy, Related} }

// RecordLink points at another record.
type RecordLink struct {
	As LinkType `json:"as"`
	To itsm.Ref `json:"to"`
}

// Involvement says how a CI came to be among the affected ones, or that it turned
// out not to be.
type Involvement string

// The involvements.
const (
	Manual   Involvement = "manual"    // somebody named it
	Computed Involvement = "computed"  // the relationship graph did
	RuledOut Involvement = "ruled out" // looked at and found not affected; stays so until named by hand
)

// Involvements lists every involvement.
func Involvements() []Involvement { return []Involvement{Manual, Computed, RuledOut} }

// AffectedCI is a configuration item that the incident affects, or does not.
type AffectedCI struct {
	CI  itsm.Ref    `json:"ci"`
	How Involvement `json:"how"`
}

// Attachment refers to a file that the host keeps.
type Attachment struct {
	File   itsm.Ref `json:"file"`
	Name   string   `json:"name"`
	Media  string   `json:"media,omitzero"`  // media type: "image/png"
	Size   int64    `json:"size,omitzero"`   // bytes
	SHA256 string   `json:"sha256,omitzero"` // hexadecimal
}

// Linked lists the records that the incident is linked to in one way.
func (inc *Incident) Linked(as LinkType) []itsm.Ref {
	var refs []itsm.Ref
	for _, l := range inc.Links {
		if l.As == as {
			refs = append(refs, l.To)
		}
	}
	return refs
}

// Affected lists the CIs that the incident affects: those not ruled out.
func (inc *Incident) Affected() []itsm.Ref {
	var refs []itsm.Ref
	for _, a := range inc.CIs {
		if a.How != RuledOut {
			refs = append(refs, a.CI)
		}
	}
	return refs
}

// IsMajor reports whether it is a major incident now.
func (inc *Incident) IsMajor() bool { return inc.Major != nil }
