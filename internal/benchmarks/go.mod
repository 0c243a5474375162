module github.com/itsmkit/itsm/internal/benchmarks

go 1.26.0

require (
	github.com/google/uuid v1.6.0
	github.com/hashicorp/go-memdb v1.3.5
	github.com/itsmkit/itsm v0.0.0
	github.com/itsmkit/itsm/examples v0.0.0
	github.com/looplab/fsm v1.0.3
	github.com/qmuntal/stateless v1.7.2
	github.com/rickar/cal/v2 v2.1.13
)

require (
	github.com/hashicorp/go-immutable-radix v1.3.1 // indirect
	github.com/hashicorp/golang-lru v0.5.4 // indirect
	github.com/shopspring/decimal v1.4.0 // indirect
)

replace (
	github.com/itsmkit/itsm => ../../
	github.com/itsmkit/itsm/examples => ../../examples
)
