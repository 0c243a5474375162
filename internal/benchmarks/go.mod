module github.com/itsmkit/itsm/internal/benchmarks

go 1.26.0

require (
	github.com/dominikbraun/graph v0.23.0
	github.com/google/uuid v1.6.0
	github.com/hashicorp/go-memdb v1.3.5
	github.com/itsmkit/itsm v0.0.0
	github.com/itsmkit/itsm/examples v0.0.0
	github.com/looplab/fsm v1.0.3
	github.com/qmuntal/stateless v1.7.2
	github.com/rickar/cal/v2 v2.1.13
	github.com/ulikunitz/xz v0.5.17
	gonum.org/v1/gonum v0.17.0
)

require (
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	golang.org/x/sys v0.49.0 // indirect
	modernc.org/libc v1.80.1 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
	modernc.org/sqlite v1.62.0 // indirect
)

require (
	github.com/hashicorp/go-immutable-radix v1.3.1 // indirect
	github.com/hashicorp/golang-lru v0.5.4 // indirect
	github.com/itsmkit/itsm/examples/sqlite v0.0.0
	github.com/shopspring/decimal v1.4.0 // indirect
)

replace (
	github.com/itsmkit/itsm => ../../
	github.com/itsmkit/itsm/examples => ../../examples
)

replace github.com/itsmkit/itsm/examples/sqlite => ../../examples/sqlite
