package sla_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// BenchmarkExamine looks at a thousand services, each with an SLA and a contract.
func BenchmarkExamine(b *testing.B) {
	var services []*sla.Service
	var agreements []*sla.Agreement
	for i := range 1000 {
		s := listedService(i, fmt.Sprint("s", i))
		s.ID = uuid.UUID{0: 1, 14: byte(i >> 8), 15: byte(i)}
		s.DependsOn = []itsm.Ref{{Kind: "ci", ID: fmt.Sprint("s", i/2)}}
		services = append(services, s)
		agreements = append(agreements, listedAgreement(2*i, sla.ServiceLevel, s.CI), listedAgreement(2*i+1, sla.Underpinning, s.Ref()))
	}
	for b.Loop() {
		sla.Examine(slices.Values(services), slices.Values(agreements), monday, nil)
	}
}

// BenchmarkAlign compares two agreements of four targets each over a year.
func BenchmarkAlign(b *testing.B) {
	targets := func(name string, factor int) []sla.Target {
		var list []sla.Target
		for p := range 4 {
			list = append(list, sla.Target{Name: fmt.Sprint(name, p), When: sla.Is("priority", itsm.IntValue(int64(p))), Within: fmt.Sprintf("%dh", factor*(p+1))})
		}
		return list
	}
	book, err := sla.NewBook(sla.DefaultAgreementPolicy().Schema,
		promiseOf("SLA", sla.ServiceLevel, berlinOffice(), targets("a", 4)...), promiseOf("UC", sla.Underpinning, berlinOffice(), targets("b", 5)...))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		found, err := book.Align(year2026, year2026.AddDate(1, 0, 0))
		if err != nil || len(found) != 4 {
			b.Fatal(found, err)
		}
	}
}
