package sla_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/sla"
)

// mailAgreement promises to solve incidents of priority 1 in four hours and all
// others in a day, and owes a part of the fee if it does not.
func mailAgreement() (*sla.Book, error) {
	schema := sla.Schema{
		{Name: "phase", Type: itsm.Text},
		{Name: "hold_reason", Type: itsm.Text},
		{Name: "priority", Type: itsm.Number},
		{Name: "group", Type: itsm.Text},
	}
	return sla.NewBook(schema, sla.Version{
		Agreement: "AGR0000042", Number: 1, Kind: sla.ServiceLevel, Party: "gas works",
		From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Terms: sla.Terms{
			Targets: []sla.Target{
				{Name: "P1 resolution", Metric: sla.Resolution, When: sla.Is("priority", itsm.IntValue(1)), Within: "4h", Objective: "95"},
				{Name: "resolution", Metric: sla.Resolution, Within: "24h", Objective: "90"},
			},
			Workload: []sla.Workload{{Name: "incidents", Limit: 3, Per: sla.Monthly}},
			Credits: []sla.Credit{{
				Name: "late incidents", Per: sla.Monthly, Fee: itsm.Money{Amount: decimal.NewFromInt(1000), Currency: "EUR"},
				Tiers:    []sla.Tier{{Below: "95", Owed: "5"}, {Below: "70", Owed: "12.5"}},
				Decimals: 2, Rounding: sla.HalfUp,
			}},
		},
	})
}

// incidentsOfNovember are four, of which the second and the third took too long.
func incidentsOfNovember(b *sla.Book) ([]*sla.Work, error) {
	var work []*sla.Work
	for i, of := range []struct {
		priority int64
		group    string
		hours    int
	}{{1, "messaging", 3}, {1, "network", 5}, {3, "network", 25}, {3, "messaging", 24}} {
		opened := time.Date(2026, 11, 2+i, 9, 0, 0, 0, time.UTC)
		w, err := b.Track(itsm.Ref{Kind: "incident", ID: fmt.Sprintf("INC%07d", i+1)},
			sla.Moment{At: opened, Facts: sla.Facts{"phase": itsm.TextValue(itsm.Active), "priority": itsm.IntValue(of.priority), "group": itsm.TextValue(of.group)}},
			sla.Moment{At: opened.Add(time.Duration(of.hours) * time.Hour), Facts: sla.Facts{"phase": itsm.TextValue(itsm.Done)}},
		)
		if err != nil {
			return nil, err
		}
		work = append(work, &w)
	}
	return work, nil
}

// The compliance of a month by priority, with the incidents that were missed and
// what they have in common.
func ExampleMeasureCompliance() {
	book, err := mailAgreement()
	if err != nil {
		fmt.Println(err)
		return
	}
	work, err := incidentsOfNovember(book)
	if err != nil {
		fmt.Println(err)
		return
	}
	november, err := sla.ParsePeriod("2026-11", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := sla.MeasureCompliance(slices.Values(work), book, november, &sla.ComplianceOptions{
		By:     [][]sla.Dimension{{sla.ByMonth, sla.ByFact("priority")}},
		Causes: []string{"group"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(report)
	// Output:
	// compliance from 2026-11-01T00:00:00Z to 2026-12-01T00:00:00Z, days of UTC
	//   met            2/4, 50.00 %
	//   elapsed        4, mean 14h15m0s, 50 % in 5h0m0s, 90 % in 25h0m0s, 95 % in 25h0m0s
	//   missed         incident:INC0000002 promise 1, 5h0m0s of 4h0m0s, too late
	//   missed         incident:INC0000003 promise 1, 25h0m0s of 24h0m0s, too late
	//   missed by      cause too late, 2
	//   missed by      group network, 2
	// month 2026-11, priority 1
	//   met            1/2, 50.00 %, objective 95 %: missed
	//   elapsed        2, mean 4h0m0s, 50 % in 3h0m0s, 90 % in 5h0m0s, 95 % in 5h0m0s
	//   missed         incident:INC0000002 promise 1, 5h0m0s of 4h0m0s, too late
	//   missed by      cause too late, 1
	//   missed by      group network, 1
	// month 2026-11, priority 3
	//   met            1/2, 50.00 %, objective 90 %: missed
	//   elapsed        2, mean 24h30m0s, 50 % in 24h0m0s, 90 % in 25h0m0s, 95 % in 25h0m0s
	//   missed         incident:INC0000003 promise 1, 25h0m0s of 24h0m0s, too late
	//   missed by      cause too late, 1
	//   missed by      group network, 1
}

// What is owed for a month, explained, and what there is to improve.
func ExampleBook_Credits() {
	book, err := mailAgreement()
	if err != nil {
		fmt.Println(err)
		return
	}
	work, err := incidentsOfNovember(book)
	if err != nil {
		fmt.Println(err)
		return
	}
	november, err := sla.ParsePeriod("2026-11", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := sla.MeasureCompliance(slices.Values(work), book, november, nil) // by target
	if err != nil {
		fmt.Println(err)
		return
	}
	note, err := book.Credits(report, "AGR0000042", 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(note)

	loads, err := sla.MeasureWorkload(slices.Values(work), book, november)
	if err != nil {
		fmt.Println(err)
		return
	}
	improvements, err := sla.Improvements(report, loads)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, i := range improvements {
		fmt.Println(i)
	}
	// Output:
	// credits under AGR0000042 version 1 from 2026-11-01T00:00:00Z to 2026-12-01T00:00:00Z
	//   late incidents 2026-11: 50.00 % of 4 met, below 70: 12.5 % of 1000 EUR = 125.00 EUR
	//   total 125.00 EUR
	// target missed: AGR0000042 P1 resolution: 1/2, 50.00 % of 95 %, short of it by 45 %, 1 more needed
	// target missed: AGR0000042 resolution: 1/2, 50.00 % of 90 %, short of it by 40 %, 1 more needed
	// limit exceeded: AGR0000042 incidents, month 2026-11: 1 over, 100/3 % of the limit
}

// The trend of a share that falls, in a month without data too.
func ExampleTrendOf() {
	trend, err := sla.TrendOf(
		sla.Point{Name: "2026-06", Value: itsm.Ratio{Num: 99, Den: 100}},
		sla.Point{Name: "2026-07", Value: itsm.Ratio{Num: 196, Den: 200}},
		sla.Point{Name: "2026-08"},
		sla.Point{Name: "2026-09", Value: itsm.Ratio{Num: 97, Den: 100}},
		sla.Point{Name: "2026-10", Value: itsm.Ratio{Num: 90, Den: 100}},
		sla.Point{Name: "2026-11", Value: itsm.Ratio{Num: 94, Den: 100}},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(trend)
	// Output:
	// falling, -1/100 a cycle (S -8 of 5 points), 2026-08 without data
}

// The month of an instant in Berlin, and a week by its name.
func ExampleParsePeriod() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sla.Monthly.Name(time.Date(2026, 10, 31, 23, 30, 0, 0, time.UTC), berlin))
	week, err := sla.ParsePeriod("2026-W48", berlin)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(week.From, "to", week.To)
	// Output:
	// 2026-11
	// 2026-11-23 00:00:00 +0100 CET to 2026-11-30 00:00:00 +0100 CET
}
