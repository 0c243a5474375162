package config

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/google/uuid"
)

// DiagnosisOptions limit a search for diagnoses. Nil means the zero value.
type DiagnosisOptions struct {
	Most        int // CIs in a diagnosis; 0: two
	Unexplained int // how many of the failed a diagnosis may leave unexplained; 0: none
	Limit       int // how many are listed; 0: all

	// MaxWork is how many CIs are looked at in all; 0: 100 million. Diagnoses of fewer
	// CIs are looked for first, and each is found before those of one more.
	MaxWork int
}

// Diagnosis is CIs whose joint loss would explain failures, none of which could be
// left out.
type Diagnosis struct {
	CIs      []uuid.UUID // by id
	Explains []uuid.UUID // of the failed CIs, by id
	Alone    []uuid.UUID // of CIs: failed ones that explain nothing but themselves
	Others   int         // CIs that would be lost too, and of which it is not known that they are
	Distance int         // the sum of the distances at which those it explains are lost
}

// Diagnoses are what may have happened, the likeliest first.
type Diagnoses struct {
	List []Diagnosis
	Left int // sets of CIs that were not looked into for [DiagnosisOptions.MaxWork]; 0: there are no others of so few CIs
}

// Diagnoses lists the sets of CIs whose joint loss explains that all of some CIs have
// failed, and loses none of those known to work: they have all the failed in their
// [Graph.Impact] and none of the working. Each is minimal: without one of its CIs it
// explains too little. So it finds what [Graph.Causes] does not: both databases of
// which one is enough, a host of the one and the switch of the other, two causes of
// failures that have nothing to do with each other. A failed CI may explain itself,
// and such are told apart in [Diagnosis.Alone].
//
// First come those of the fewest CIs, then what explains most, then what has the
// fewest that are there for themselves alone, then what would have lost the fewest
// others, then the nearest, then the smaller ids. [Graph.Impact] of the CIs says how
// they explain a failure. There is none of no failures, nor where all may be left
// unexplained.
//
// It is exact until it takes more than the options allow: what is listed is a
// diagnosis, and nothing is missing unless [Diagnoses.Left] says so. There may be very
// many: of two failed services with no supplier in common, each single point of
// failure of the one makes a diagnosis with each of the other. With a limit no more
// than the likeliest are kept.
//
// These are the diagnoses of Reiter, A Theory of Diagnosis from First Principles
// (1987), where losses spread and nothing else fails: minimal sets that hit each set
// of CIs whose working would keep too many of the failed up; in reliability
// engineering, the minimal cut sets of the failures taken together.
func (g *Graph) Diagnoses(failed, working []uuid.UUID, o *DiagnosisOptions) (*Diagnoses, error) {
	if o == nil {
		o = &DiagnosisOptions{}
	}
	err := countsNotNegative(count{"most", o.Most}, count{"unexplained", o.Unexplained}, count{"limit", o.Limit}, count{"max_work", o.MaxWork})
	if err != nil {
		return nil, err
	}
	down, up, err := g.symptoms(failed, working)
	if err != nil {
		return nil, err
	}
	result := &Diagnoses{}
	if len(down) <= o.Unexplained {
		return result, nil
	}
	d := &diagnosing{g: g, down: down, up: up, fall: g.newFall(), enough: len(down) - o.Unexplained, limit: o.Limit, work: cmp.Or(o.MaxWork, defaultWork)}
	d.search(cmp.Or(o.Most, 2))
	d.sort()
	result.List, result.Left = d.found, d.left
	return result, nil
}

// sort keeps the likeliest of those found.
func (d *diagnosing) sort() {
	slices.SortFunc(d.found, compareDiagnoses)
	if d.limit > 0 && len(d.found) > d.limit {
		clear(d.found[d.limit:])
		d.found = d.found[:d.limit]
	}
}

func compareDiagnoses(a, b Diagnosis) int {
	return cmp.Or(cmp.Compare(len(a.CIs), len(b.CIs)), cmp.Compare(len(b.Explains), len(a.Explains)),
		cmp.Compare(len(a.Alone), len(b.Alone)), cmp.Compare(a.Others, b.Others), cmp.Compare(a.Distance, b.Distance),
		slices.CompareFunc(a.CIs, b.CIs, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }))
}

// diagnose makes a minimal set of local CIs that explains enough a diagnosis, unless
// it loses what works.
func (d *diagnosing) diagnose(local []uint32) {
	var set []uint32
	for _, v := range local {
		set = append(set, d.s.list[v])
	}
	slices.SortFunc(set, d.g.compare)
	if d.losesWorking(set) {
		return
	}
	explains, distance := d.fall.among(d.down)
	result := Diagnosis{CIs: d.g.ids(set), Explains: explains, Others: len(d.fall.queue) - len(explains), Distance: distance}
	for i, v := range set {
		if _, failed := slices.BinarySearchFunc(d.down, v, d.g.compare); !failed {
			continue
		}
		d.lose(slices.Delete(slices.Clone(set), i, i+1))
		if rest, _ := d.fall.among(d.down); len(rest) == len(explains)-1 {
			result.Alone = append(result.Alone, d.g.id(v))
		}
	}
	d.found = append(d.found, result)
	if d.limit > 0 && len(d.found)/2 > max(d.limit, 500) {
		d.sort() // so as not to keep millions
	}
}

// lose finds what is lost with a set.
func (d *diagnosing) lose(set []uint32) {
	d.fall.again(set...)
	d.work -= len(d.fall.queue)
}

// losesWorking loses a set and reports whether it holds what works.
func (d *diagnosing) losesWorking(set []uint32) bool {
	d.lose(set)
	return d.fall.holdsAny(d.up)
}
