package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// promising is the small mapping with an agreement: two hours for P1, from opening
// to closing, by the wall.
func promising(t *testing.T) string {
	t.Helper()
	const agreement = `"done": {"state": "closed"}, "wait": {"state": "on hold", "reason": "caller"}},
	"agreement": {"agreement": "AGR1", "number": 1, "kind": "sla", "party": "acme", "from": "2026-01-01T00:00:00Z", "terms": {
		"metrics": [{"name": "resolution", "since": "opened", "stop": {"field": "closed", "given": true}, "pause": {"field": "hold_reason", "given": true}}],
		"targets": [{"name": "fast", "metric": "resolution", "within": "2h"}]}},
	"oracles": {"made_sla": "made"}`
	changed := strings.Replace(mapping, `"done": {"state": "resolved"}}`, agreement, 1)
	require.NotEqual(t, mapping, changed)
	return changed
}

func TestThePromisesArePrinted(t *testing.T) {
	var out, errs bytes.Buffer
	require.Zero(t, run(context.Background(), files(t, "id,status,when,made\n"+
		"1,open,2026-03-01 10:00,true\n1,done,2026-03-01 12:00,true\n"+
		"2,open,2026-03-01 10:00,true\n2,wait,2026-03-01 11:00,true\n2,open,2026-03-01 15:00,true\n2,done,2026-03-02 12:00,true\n"+
		"3,open,2026-03-02 10:00,true\n", promising(t)), &out, &errs), errs.String())
	require.Empty(t, errs.String())
	for _, want := range []string{
		"\nWhere made_sla says something else than the clock\n" +
			"  incident  line  priority  made_sla  elapsed  of    not counted  what may explain it\n" +
			"  2         7     P1        true      22h00    2h00  4h00 paused  nothing that the log shows\n",
		"\nPromises kept, by the month in which the work was done and the priority then\n" +
			"    month  P1  of           90 % in\n" +
			"  2026-03   1   2  50.00 %    22h00\n" +
			"      all   1   2  50.00 %    22h00\n" +
			"  still running at the end: 1, late already: 1\n",
		"\nThe worst of 1 breaches; times are of the agreement's calendar, but for what was not counted\n" +
			"  1. 2  P1  no group  2026-03-01 10:00 to 2026-03-02 12:00\n" +
			"     22h00 elapsed of 2h00, 20h00 too much; not counted: 4h00 paused\n" +
			"     breached 2026-03-01 16:00 as fast: new with nobody of no group\n" +
			"     new 22h00; no group 22h00\n",
	} {
		require.Contains(t, out.String(), want)
	}
}
