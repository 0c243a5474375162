module github.com/itsmkit/itsm/examples

go 1.26.0

require github.com/itsmkit/itsm v0.0.0

replace github.com/itsmkit/itsm => ../
