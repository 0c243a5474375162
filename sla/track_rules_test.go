package sla_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/itsmkit/itsm/sla"
)

// TestLevelsOfAClockThatCountsFromThePast: they fire when they were reached,
// whatever happened to the work since.
func TestLevelsOfAClockThatCountsFromThePast(t *testing.T) {
	version := ladder(sla.Level{Share: "25"}, sla.Level{Before: "5h"})
	version.Terms.Metrics = flags(func(m *sla.Metric) { m.Since = "opened" })
	for _, between := range []string{"", "23 12:00 bob: group net\n", "23 11:00 bob: group net\n23 12:00 bob: group app\n"} {
		w, _ := told(t, "23 09:00 ann: opened 23 09:00\n"+between+"23 13:00 ann: start", version)
		assert.Equal(t, []string{"L0 23 11:00", "L1 23 12:00"}, fired(only(t, w)), between)
	}
	w, _ := told(t, "23 09:00 ann: opened 23 09:00\n23 10:00 ann: pause\n23 11:00 ann: pause false\n23 13:00 ann: start", version)
	assert.Equal(t, []string{"L0 23 12:00", "L1 23 13:00"}, fired(only(t, w)), "an hour later for a pause of an hour")
}

// TestALevelThatRepeatedMoreOften: what fired four times under one target has fired
// under another, where a level of that name fires twice.
func TestALevelThatRepeatedMoreOften(t *testing.T) {
	version := ladder(sla.Level{Name: "late", Share: "25", Repeat: sla.Repeat{Every: "1h", Times: 3}})
	calm := sla.Target{Name: "calm", Metric: "flags", Within: "40h", When: sla.OneOf("group", "calm"),
		Levels: []sla.Level{{Name: "late", Share: "5", Repeat: sla.Repeat{Every: "1h", Times: 1}, Who: []string{"lead"}, What: "notify"}}}
	version.Terms.Targets = append(version.Terms.Targets, calm)
	w, _ := told(t, "23 09:00 ann: start\n24 09:00 bob: group calm\n24 12:00 bob: group app", version)
	p := only(t, w)
	assert.Equal(t, []string{"late 23 11:00", "late+1 23 12:00", "late+2 23 13:00", "late+3 23 14:00"}, fired(p))
	assert.Zero(t, p.Next)
}
