module github.com/itsmkit/itsm/examples/ical

go 1.26.0

replace github.com/itsmkit/itsm => ../../

require (
	github.com/itsmkit/itsm v0.0.0
	github.com/rickar/cal/v2 v2.1.13
	github.com/stretchr/testify v1.11.1
	github.com/teambition/rrule-go v1.8.2
)

require (
	github.com/davecgh/go-spew v1.1.1 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	github.com/shopspring/decimal v1.4.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
