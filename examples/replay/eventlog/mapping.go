package eventlog

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/sla"
)

// Mapping says how another system's export reads as incidents: which column holds
// what, and how its states stand in the incident process.
type Mapping struct {
	Name   string `json:"name"`
	Source string `json:"source"` // where the log is from, and under which licence

	// Notes are remarks for those who read the mapping: what it takes on trust.
	Notes []string `json:"notes,omitempty"`

	Delimiter string `json:"delimiter,omitzero"` // between columns; a comma if missing
	Missing   string `json:"missing,omitzero"`   // the text that stands for no value, besides an empty one
	Time      string `json:"time"`               // layout of instants, as Go's package time writes them
	Zone      string `json:"zone,omitzero"`      // of those without an offset; UTC if missing

	Columns     map[Field]Column            `json:"columns"`                // the column that holds a field
	Constants   map[Field]string            `json:"constants,omitempty"`    // fields that no column holds
	KeepMissing []Field                     `json:"keep_missing,omitempty"` // fields whose missing text is a value like others
	Values      map[Field]map[string]string `json:"values,omitempty"`       // their texts in our terms; unlisted ones stay
	States      map[string]Standing         `json:"states"`
	Awaits      map[string]string           `json:"awaits,omitempty"` // by hold reason: what is awaited where the row does not say
	System      []string                    `json:"system,omitempty"` // by whom the other system closes by itself; if missing, whatever is closed after the window

	Policy    Policy            `json:"policy"`
	Agreement *sla.Version      `json:"agreement,omitempty"` // what was promised for its incidents, as made_sla follows it
	Oracles   map[Oracle]string `json:"oracles,omitempty"`   // the columns that carry the log's own answers

	location *time.Location
}

// Field names what a column may hold.
type Field string

// The fields. Incident, State and At are needed.
const (
	Incident    Field = "incident"
	State       Field = "state"
	At          Field = "at"
	Order       Field = "order" // a number that orders the rows of one incident; without it they are ordered by time
	By          Field = "by"
	Opened      Field = "opened"
	Reporter    Field = "reporter"
	Caller      Field = "caller"
	Source      Field = "source"
	Service     Field = "service"
	Category    Field = "category"
	Subcategory Field = "subcategory"
	Impact      Field = "impact"
	Urgency     Field = "urgency"
	Group       Field = "group"
	Assignee    Field = "assignee"
	CI          Field = "ci"
	Problem     Field = "problem"
	Change      Field = "change"
	CausedBy    Field = "caused_by"
	Vendor      Field = "vendor"
	Code        Field = "code"
)

// Fields lists every field.
func Fields() []Field {
	return []Field{Incident, State, At, Order, By, Opened, Reporter, Caller, Source, Service, Category, Subcategory,
		Impact, Urgency, Group, Assignee, CI, Problem, Change, CausedBy, Vendor, Code}
}

// Oracle names a figure that the log carries itself.
type Oracle string

// The oracles.
const (
	OraclePriority      Oracle = "priority"
	OracleReopens       Oracle = "reopen_count"
	OracleReassignments Oracle = "reassignment_count"
	OracleActive        Oracle = "active"
	OracleClosed        Oracle = "closed_at"
	OracleResolved      Oracle = "resolved_at"
	OracleMadeSLA       Oracle = "made_sla"
)

// Oracles lists every oracle.
func Oracles() []Oracle {
	return []Oracle{OraclePriority, OracleReopens, OracleReassignments, OracleActive, OracleClosed, OracleResolved, OracleMadeSLA}
}

// Standing is where a state of the log stands in the incident process.
type Standing struct {
	State  itsm.State          `json:"state,omitzero"`
	Reason incident.HoldReason `json:"reason,omitzero"` // of a hold
	Skip   bool                `json:"skip,omitzero"`   // the row says nothing

	// Fields whose column does not hold them in a row of this state. Those kept are
	// as in the incident's row before, those cleared are missing.
	Keeps  []Field `json:"keeps,omitempty"`
	Clears []Field `json:"clears,omitempty"`
}

// Policy is what of the incident policy a log needs.
type Policy struct {
	Matrix     itsm.Matrix `json:"matrix"`
	WindowDays int         `json:"window_days"` // from resolution to closing
	HoldDays   int         `json:"hold_days"`   // the longest hold

	// ClosesItself: an incident that is still resolved when the window ends is
	// closed then, as the process does by itself, where the log goes on with it
	// later. Without it such a return is a refusal (R13).
	ClosesItself bool `json:"closes_itself,omitzero"`
}

// ParseMapping reads a mapping; what is unknown, missing or malformed is an error
// that names the field.
func ParseMapping(data []byte) (*Mapping, error) {
	m, err := itsm.ParseJSON[Mapping](data)
	if err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	return &m, nil
}

func bad(field, format string, args ...any) error {
	return &itsm.FieldError{Field: field, Problem: fmt.Sprintf(format, args...)}
}

func (m *Mapping) check() error {
	for _, f := range []Field{Incident, State, At} {
		if len(m.Columns[f]) == 0 {
			return bad("columns."+string(f), "is missing; name the column")
		}
	}
	for _, f := range keys(m.Columns) {
		if !m.Columns[f].isNamed() {
			return bad("columns."+string(f), "names no column, or an empty one")
		}
	}
	for _, list := range []struct {
		name string
		keys []Field
	}{{"columns", keys(m.Columns)}, {"constants", keys(m.Constants)}, {"values", keys(m.Values)}, {"keep_missing", m.KeepMissing}} {
		for _, f := range list.keys {
			if !slices.Contains(Fields(), f) && !(list.name == "values" && slices.Contains(Oracles(), Oracle(f))) {
				return bad(list.name, "%q is none of: %s", f, names(Fields()))
			}
		}
	}
	for _, o := range keys(m.Oracles) {
		if !slices.Contains(Oracles(), o) {
			return bad("oracles", "%q is none of: %s", o, names(Oracles()))
		}
	}
	if r := []rune(m.Delimiter); len(r) > 1 {
		return bad("delimiter", "%q is more than one character", m.Delimiter)
	} else if len(r) == 1 && (strings.ContainsRune("\"\r\n\x00", r[0]) || r[0] == utf8.RuneError) {
		return bad("delimiter", "%q cannot stand between columns; give a comma, a semicolon or a tab, say", m.Delimiter)
	}
	if m.Time == "" {
		return bad("time", "is missing; give the layout of instants, as in %q", "2006-01-02 15:04:05")
	}
	var err error
	if m.location, err = time.LoadLocation(m.Zone); err != nil {
		return bad("zone", "%q is no time zone that is known here", m.Zone)
	}
	if len(m.States) == 0 {
		return bad("states", "is empty; say where each state stands")
	}
	for _, text := range keys(m.States) {
		if err := m.States[text].check(fmt.Sprintf("states[%q]", text)); err != nil {
			return err
		}
	}
	for _, reason := range keys(m.Awaits) {
		if _, err := itsm.ParseRef(m.Awaits[reason]); err != nil {
			return bad("awaits."+reason, "%q is not of the form kind:id", m.Awaits[reason])
		}
	}
	for _, wait := range []struct {
		field string
		days  int
	}{{"window_days", m.Policy.WindowDays}, {"hold_days", m.Policy.HoldDays}} {
		if wait.days < 1 || wait.days > mostDays {
			return bad("policy."+wait.field, "is %d; give 1 to %d", wait.days, mostDays)
		}
	}
	if err := m.Policy.Matrix.Check("policy.matrix"); err != nil {
		return err
	}
	process, err := m.process()
	if err == nil {
		_, err = m.agreed(process.Lifecycle)
	}
	return err
}

// mostDays is what the incident process takes for a wait.
const mostDays = 100 * 365

func (s Standing) check(field string) error {
	known := []itsm.State{incident.New, incident.Assigned, incident.InProgress, incident.OnHold, incident.Resolved, incident.Closed, incident.Cancelled}
	switch {
	case s.Skip:
	case !slices.Contains(known, s.State):
		return bad(field+".state", "%q is none of: %s", s.State, names(known))
	case (s.State == incident.OnHold) != (s.Reason != ""):
		return bad(field+".reason", "belongs to the state %q and only to it", incident.OnHold)
	case s.Reason != "" && !slices.Contains(incident.HoldReasons(), s.Reason):
		return bad(field+".reason", "%q is none of: %s", s.Reason, names(incident.HoldReasons()))
	}
	needed := []Field{Incident, State, At, Order}
	for _, list := range []struct {
		name   string
		fields []Field
	}{{".keeps", s.Keeps}, {".clears", s.Clears}} {
		for _, f := range list.fields {
			switch {
			case !slices.Contains(Fields(), f):
				return bad(field+list.name, "%q is none of: %s", f, names(Fields()))
			case slices.Contains(needed, f):
				return bad(field+list.name, "%q is what places a row; its column always holds it", f)
			case slices.Contains(s.Keeps, f) && slices.Contains(s.Clears, f):
				return bad(field+list.name, "%q is both kept and cleared", f)
			}
		}
	}
	return nil
}

// process is incident management as the log's owner runs it.
func (m *Mapping) process() (itsm.Process[incident.Incident], error) {
	p := incident.DefaultPolicy()
	p.Matrix = m.Policy.Matrix
	p.Window = itsm.Wait{Days: m.Policy.WindowDays}
	p.HoldReview = itsm.Wait{Days: m.Policy.HoldDays}
	p.HoldLimit = p.HoldReview
	return incident.Process(p)
}

func keys[K ~string, V any](m map[K]V) []K {
	list := make([]K, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

func names[S ~string](list []S) string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = string(s)
	}
	return strings.Join(texts, ", ")
}
