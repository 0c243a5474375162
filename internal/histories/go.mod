module github.com/itsmkit/itsm/internal/histories

go 1.26.0

require (
	github.com/anishathalye/porcupine v1.3.1
	github.com/google/uuid v1.6.0
	github.com/itsmkit/itsm v0.0.0
	pgregory.net/rapid v1.3.0
)

replace github.com/itsmkit/itsm => ../../
