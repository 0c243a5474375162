package eventlog

import (
	"bytes"
	"context"
	_ "embed"
)

//go:embed incident_event_log.csv.gz
var builtInLog []byte

//go:embed incident_event_log.json
var builtInMapping []byte

// BuiltIn is the log that comes with the program, and its mapping; see
// ATTRIBUTION.md.
func BuiltIn(ctx context.Context) (*Log, *Mapping, error) {
	m, err := ParseMapping(builtInMapping)
	if err != nil {
		return nil, nil, err
	}
	log, err := Read(ctx, "incident_event_log.csv.gz", bytes.NewReader(builtInLog), m)
	return log, m, err
}
