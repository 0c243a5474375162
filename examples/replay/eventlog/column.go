package eventlog

import (
	"encoding/json"
	"errors"
	"strings"
)

// Column is where a field is found: one column of the export, or several whose
// texts are joined by a slash, in this order: a status and a sub-status, a date
// and a time of day. In JSON it is a name or a list of names.
type Column []string

// UnmarshalJSON reads a name or a list of names.
func (c *Column) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*c = Column{one}
		return nil
	}
	var several []string
	if json.Unmarshal(data, &several) != nil {
		return errors.New("a column is a name, or a list of names whose texts are joined")
	}
	*c = several
	return nil
}

// String names the column in messages: "Status/Sub Status".
func (c Column) String() string { return strings.Join(c, "/") }

// isNamed reports whether it names at least one column, and each.
func (c Column) isNamed() bool {
	for _, name := range c {
		if name == "" {
			return false
		}
	}
	return len(c) > 0
}
