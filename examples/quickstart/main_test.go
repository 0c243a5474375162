package main

import (
	"context"
	"os"
)

func Example() {
	if err := run(context.Background(), os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// INC0000001 P1 new
	// INC0000001 assigned
	// INC0000001 in progress
	// INC0000001 resolved
	// INC0000001: close refused: needs one of the roles: incident.manager, system, caller
	// ann may watch
	// ann may attach
	// ann may reopen
	// ann may close
	// ann may rate
	// INC0000001 closed after 30m0s
}
