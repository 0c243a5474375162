package eventlog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
)

// judge compares what the replay makes of the events with the figures that the
// log carries itself.
type judge struct {
	t      *translator
	result *Result
}

// said is the log's own figure in a row; false when the log has none.
func (j *judge) said(row *Row, o Oracle) (string, bool) {
	text := j.t.log.texts[row.cells[cell(o)]]
	return text, text != ""
}

// compare counts one comparison under an oracle and what it is of.
func (j *judge) compare(row *Row, o Oracle, of, ours, theirs string) {
	list := &j.result.Oracles
	i := slices.IndexFunc(*list, func(c Comparison) bool { return c.Oracle == o && c.Of == of })
	if i < 0 {
		i = len(*list)
		*list = append(*list, Comparison{Oracle: o, Of: of})
	}
	c := &(*list)[i]
	c.Compared++
	if ours == theirs {
		c.Agree++
	} else if c.First == "" {
		c.First = fmt.Sprintf("%s, line %d: %s here, %s in the log", j.t.text(row, Incident), row.Line, cmp.Or(ours, "none"), theirs)
	}
}

// row judges what the log says in every row.
func (j *judge) row(s *story, row *Row) {
	j.tally(&s.rows, row)
	if s.inc == nil {
		return
	}
	if theirs, ok := j.said(row, OraclePriority); ok {
		j.compare(row, OraclePriority, "rows", s.inc.Priority.String(), theirs)
	}
	if theirs, ok := j.said(row, OracleActive); ok {
		active := j.t.rules.Phase(s.inc.State) != itsm.Final
		j.compare(row, OracleActive, "rows", strconv.FormatBool(active), theirs)
	}
	if theirs, ok := j.said(row, OracleReassignments); ok {
		moves, refused := s.reassigned(), s.reassigned()+s.refusedMoves
		if !row.opens {
			j.compare(row, OracleReassignments, "steps: reassigned", strconv.Itoa(moves-s.moves), step(s.logMoves, theirs))
			j.compare(row, OracleReassignments, "steps: reassigned or refused", strconv.Itoa(refused-s.refused), step(s.logMoves, theirs))
		}
		s.moves, s.refused, s.logMoves = moves, refused, theirs
	}
}

// reassigned is how often the incident, and those it followed up, changed the
// group.
func (s *story) reassigned() int {
	n := s.inc.Counts.Reassignments
	for _, inc := range s.past {
		n += inc.Counts.Reassignments
	}
	return n
}

// incident judges what the log says of a whole incident, in its last row.
func (j *judge) incident(s *story, row *Row) {
	if s.inc == nil {
		return
	}
	all := append(slices.Clone(s.past), s.inc)
	if theirs, of, ok := j.figure(s, row, OracleReopens); ok {
		reopens := 0
		for _, inc := range all {
			reopens += inc.Counts.Reopens
		}
		j.compare(row, OracleReopens, "incidents: reopened"+of, strconv.Itoa(reopens), theirs)
		reopens += len(s.past)
		j.compare(row, OracleReopens, "incidents: reopened or followed up (R13)"+of, strconv.Itoa(reopens), theirs)
		reopens += s.refusedReopens
		j.compare(row, OracleReopens, "incidents: reopened, followed up or refused (R13)"+of, strconv.Itoa(reopens), theirs)
	}
	if theirs, of, ok := j.figure(s, row, OracleReassignments); ok {
		moves := s.reassigned()
		j.compare(row, OracleReassignments, "incidents: reassigned"+of, strconv.Itoa(moves), theirs)
		j.compare(row, OracleReassignments, "incidents: reassigned or refused"+of, strconv.Itoa(moves+s.refusedMoves), theirs)
	}
	first := all[0]
	if theirs, of, ok := j.figure(s, row, OracleClosed); ok {
		j.compare(row, OracleClosed, "incidents"+of, j.instant(first.Times.Closed), theirs)
	}
	if theirs, of, ok := j.figure(s, row, OracleResolved); ok {
		resolved := lastResolved(all)
		j.compare(row, OracleResolved, "incidents: resolved"+of, j.instant(resolved), theirs)
		if s.refusedReopens > 0 && s.rows.resolved.After(resolved) {
			resolved = s.rows.resolved
		}
		j.compare(row, OracleResolved, "incidents: resolved, or again after a refused reopening (R13)"+of, j.instant(resolved), theirs)
	}
}

// step is the difference between two counts.
func step(from, to string) string {
	a, _ := strconv.Atoi(from)
	b, err := strconv.Atoi(to)
	if err != nil {
		return to
	}
	return strconv.Itoa(b - a)
}

func lastResolved(all []*incident.Incident) time.Time {
	var last time.Time
	for _, inc := range all {
		if inc.Times.Resolved.After(last) {
			last = inc.Times.Resolved
		}
	}
	return last
}

// instant is a time as the log writes it.
func (j *judge) instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(j.t.mapping.location).Format(j.t.mapping.Time)
}
