module github.com/itsmkit/itsm/examples

go 1.26.0

require (
	github.com/google/uuid v1.6.0
	github.com/itsmkit/itsm v0.0.0
	github.com/itsmkit/itsm/examples/sqlite v0.0.0
	github.com/stretchr/testify v1.11.1
	github.com/ulikunitz/xz v0.5.17
)

require (
	github.com/davecgh/go-spew v1.1.1 // indirect
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/shopspring/decimal v1.4.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
	modernc.org/libc v1.80.1 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
	modernc.org/sqlite v1.62.0 // indirect
)

replace github.com/itsmkit/itsm => ../

replace github.com/itsmkit/itsm/examples/sqlite => ./sqlite
