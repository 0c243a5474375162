package itsm

import (
	"time"

	"github.com/google/uuid"
)

// Header is what every record of every process has. A record embeds it:
//
//	type Incident struct {
//		itsm.Header
//		Title string
//		…
//	}
//
// All but ID, Number and Custom are kept by the lifecycle, which counts and
// dates the events.
type Header struct {
	ID       uuid.UUID `json:"id"`
	Number   string    `json:"number"`   // the human one: "INC0000042"
	State    State     `json:"state"`    // "" before birth
	Since    time.Time `json:"since"`    // when it entered State
	Revision int       `json:"revision"` // how many events made it what it is
	Opened   time.Time `json:"opened"`   // its first event
	Updated  time.Time `json:"updated"`  // its latest event

	// Custom holds the host's own fields by name. Commands replace the map,
	// never edit it.
	Custom map[string]Value `json:"custom,omitempty"`
}

// Head gives the lifecycle access to the header of any record that embeds it.
func (h *Header) Head() *Header { return h }

// Headed is any record that embeds [Header].
type Headed interface{ Head() *Header }
