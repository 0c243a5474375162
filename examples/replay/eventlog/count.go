package eventlog

import (
	"strconv"
	"time"

	"github.com/itsmkit/itsm/incident"
)

// tally counts the rows of one incident as they stand, without any rules. Where a
// log carries no figure of its own, this is what the replay is compared with.
type tally struct {
	over     bool   // the last row says that it is resolved or ended
	state    uint32 // of the last row
	group    uint32 // the last one named
	returns  int    // steps out of resolved and ended
	moves    int    // steps from one group to another
	resolved time.Time
	closed   time.Time
}

// ofRows says in an [Comparison] that the other side are counted rows.
const ofRows = " (rows counted)"

func (j *judge) tally(c *tally, row *Row) {
	state := row.cells[cell(State)]
	standing := j.t.mapping.States[j.t.log.texts[state]]
	if standing.Skip {
		return
	}
	over := j.t.over(standing.State)
	if c.over && !over {
		c.returns++
	}
	if standing.State == incident.Resolved && j.t.mapping.States[j.t.log.texts[c.state]].State != incident.Resolved {
		c.resolved = row.At
	}
	if standing.State == incident.Closed && c.closed.IsZero() {
		c.closed = row.At
	}
	if group := row.cells[cell(Group)]; group != 0 {
		if c.group != 0 && c.group != group {
			c.moves++
		}
		c.group = group
	}
	c.over, c.state = over, state
}

// figure is what the log says of a whole incident: in a column, or else in its
// rows. Of is what to add to the name of what is compared.
func (j *judge) figure(s *story, row *Row, o Oracle) (theirs, of string, ok bool) {
	if j.t.mapping.Oracles[o] != "" {
		theirs, ok = j.said(row, o)
		return theirs, "", ok
	}
	switch o {
	case OracleReopens:
		theirs = strconv.Itoa(s.rows.returns)
	case OracleReassignments:
		if s.rows.group == 0 {
			return "", "", false
		}
		theirs = strconv.Itoa(s.rows.moves)
	case OracleClosed:
		theirs = j.instant(s.rows.closed)
	case OracleResolved:
		theirs = j.instant(s.rows.resolved)
	}
	return theirs, ofRows, theirs != ""
}
