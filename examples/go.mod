module github.com/itsmkit/itsm/examples

go 1.26.0

require (
	github.com/google/uuid v1.6.0
	github.com/itsmkit/itsm v0.0.0
	github.com/stretchr/testify v1.11.1
	github.com/ulikunitz/xz v0.5.17
)

require (
	github.com/davecgh/go-spew v1.1.1 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	github.com/shopspring/decimal v1.4.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)

replace github.com/itsmkit/itsm => ../
