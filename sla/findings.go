package sla

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
)

// Finding is something that a service or an agreement lacks, as [Examine] found it.
type Finding struct {
	Flaw    Flaw      `json:"flaw"`
	Rule    string    `json:"rule"`    // the clause of ISO/IEC 20000-1, "8.3.3", or the rule, "R21"
	Subject itsm.Ref  `json:"subject"` // the service's or the agreement's record
	Number  string    `json:"number"`  // of that record
	Problem string    `json:"problem"` // what is wrong, and what would be right
	Since   time.Time `json:"since"`   // since when
}

// String is the finding on one line.
func (f Finding) String() string {
	return f.Number + ": " + f.Rule + " " + string(f.Flaw) + ": " + f.Problem + " (since " + stamped(f.Since) + ")"
}

// Flaw says what was found.
type Flaw string

// The flaws of services that are offered, and of dependencies between all that may
// be.
const (
	NoOwner          Flaw = "no owner"             // R21; of a contract: no responsible person (8.3.4.1)
	NoCI             Flaw = "no CI"                // R21
	NoCriticality    Flaw = "no criticality"       // 8.2.2
	NoRequirements   Flaw = "no requirements"      // 8.2.2; of a contract: it answers none (8.3.4.1)
	NoSLA            Flaw = "no SLA in force"      // 8.3.3
	BadDependency    Flaw = "bad dependency"       // 8.2.2: on a service that is retired or unknown
	DependencyCycle  Flaw = "cycle"                // R22: services depend on each other
	DuplicateService Flaw = "duplicate of another" // 8.2.2: a service of the same name, CI or outcomes
)

// The flaws of agreements. Their clause is that of the agreement's kind: 8.3.3 for an
// SLA, 8.3.4.1 for a contract, 8.3.4.2 for an OLA.
const (
	ReviewOverdue  Flaw = "review overdue"
	OldDispute     Flaw = "dispute open too long"
	UnknownService Flaw = "unknown service" // it is for one that is retired or unknown
	AnswersNothing Flaw = "answers no documented requirement"
	NoTargets      Flaw = "no targets"
	NoWorkload     Flaw = "no workload limits" // of an SLA
	NoScope        Flaw = "no scope"           // of a contract
	NoAuthorities  Flaw = "no authorities"     // of a contract
	NoInterfaces   Flaw = "no interfaces"      // of a contract or an OLA
)

// Flaws lists every flaw, those of services first.
func Flaws() []Flaw {
	return []Flaw{
		NoOwner, NoCI, NoCriticality, NoRequirements, NoSLA, BadDependency, DependencyCycle, DuplicateService,
		ReviewOverdue, OldDispute, UnknownService, AnswersNothing, NoTargets, NoWorkload, NoScope, NoAuthorities, NoInterfaces,
	}
}

// ExamineOptions is what [Examine] may be told. Nil means the zero options.
type ExamineOptions struct {
	// Dispute is how long a dispute may be open. Zero: 30 days.
	Dispute itsm.Wait
}

// Examine says what services and agreements lack at an instant (ISO/IEC 20000-1,
// 8.2.2, 8.2.4, 8.3.3 and 8.3.4; R21 and R22). It takes all of a tenant, in any
// order, since services are looked up in agreements and the other way round; of what
// is over, only that it is there, and open disputes. Of an agreement the version in
// force counts. The findings come by services and then agreements, each in the order
// of the numbers, and for one record in that of [Flaws].
//
// An agreement that names no service is for any, and so for each.
func Examine(services iter.Seq[*Service], agreements iter.Seq[*Agreement], at time.Time, o *ExamineOptions) []Finding {
	e := examination{at: at, dispute: itsm.Wait{Days: 30}}
	if o != nil && (o.Dispute.Days != 0 || o.Dispute.Time != 0) {
		e.dispute = o.Dispute
	}
	e.services = sortedRecords(services)
	e.agreements = sortedRecords(agreements)
	e.index()
	for _, s := range e.services {
		e.service(s)
	}
	for _, a := range e.agreements {
		e.agreement(a)
	}
	return e.findings
}

// examination is the state of one Examine.
type examination struct {
	at         time.Time
	dispute    itsm.Wait
	services   []*Service
	agreements []*Agreement

	known    map[itsm.Ref]*Service // by record and by CI
	slas     map[itsm.Ref][]covered
	anything []covered // SLAs for any service
	twins    map[string]*Service

	documented map[string]bool         // the IDs of requirements of all services that are not over
	cycles     map[*Service][]*Service // by the first of its services

	findings []Finding
}

// covered is a span in which an SLA is in force.
type covered struct{ from, until time.Time }

func sortedRecords[R any, P interface {
	*R
	itsm.Headed
}](records iter.Seq[P]) []P {
	var list []P
	for r := range records {
		if r != nil {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b P) int {
		return cmp.Or(cmp.Compare(a.Head().Number, b.Head().Number), cmp.Compare(a.Head().ID.String(), b.Head().ID.String()))
	})
	return list
}

// index makes services and SLAs easy to find.
func (e *examination) index() {
	e.known, e.slas, e.twins = make(map[itsm.Ref]*Service), make(map[itsm.Ref][]covered), make(map[string]*Service)
	e.documented = make(map[string]bool)
	for _, s := range e.services {
		e.known[s.Ref()] = s
		for i := range s.Requirements {
			if !s.isOver() {
				e.documented[s.Requirements[i].ID] = true
			}
		}
		if s.CI.IsZero() {
			continue
		}
		if other := e.known[s.CI]; other == nil || other.isOver() && !s.isOver() {
			e.known[s.CI] = s
		}
	}
	for _, a := range e.agreements {
		if a.Kind != ServiceLevel {
			continue
		}
		a.eachInForce(func(v *AgreementVersion, until time.Time) {
			c := covered{v.From, until}
			if len(v.Terms.Services) == 0 {
				e.anything = append(e.anything, c)
			}
			for _, ref := range v.Terms.Services {
				e.slas[ref] = append(e.slas[ref], c)
			}
		})
	}
	e.cycles = e.findCycles()
}

func (s *Service) isOver() bool { return s.State == Retired || s.State == Abandoned }

func (s *Service) since() time.Time {
	if s.Launched.IsZero() {
		return s.Opened
	}
	return s.Launched
}

// service looks at one service.
func (e *examination) service(s *Service) {
	if s.isOver() {
		return
	}
	find := func(flaw Flaw, rule string, since time.Time, problem string) {
		e.findings = append(e.findings, Finding{flaw, rule, s.Ref(), s.Number, problem, since})
	}
	if s.IsOn() {
		if s.Owner == "" {
			find(NoOwner, "R21", s.since(), "nobody owns it; transfer it to somebody")
		}
		if s.CI.IsZero() {
			find(NoCI, "R21", s.since(), "it is no configuration item; describe it with one")
		}
		if s.Criticality == "" {
			find(NoCriticality, "8.2.2", s.since(), "how critical it is is not known; describe it")
		}
		if len(s.Requirements) == 0 {
			find(NoRequirements, "8.2.2", s.since(), "no requirement is documented")
		}
		if since, missing := e.uncovered(s); missing {
			find(NoSLA, "8.3.3", since, "no service level agreement for it is in force")
		}
	}
	for _, ref := range s.DependsOn {
		switch other := e.known[ref]; {
		case other == nil:
			find(BadDependency, "8.2.2", s.since(), "it depends on "+ref.String()+", which is not in the catalogue")
		case other.isOver():
			find(BadDependency, "8.2.2", laterOf(other.Since, s.since()), "it depends on "+other.Number+", which is "+string(other.State))
		}
	}
	if cycle := e.cycles[s]; cycle != nil {
		since := s.since()
		names := make([]string, 0, len(cycle)+1)
		for _, c := range cycle {
			names, since = append(names, c.Number), laterOf(since, c.since())
		}
		find(DependencyCycle, "R22", since, "services depend on each other: "+strings.Join(append(names, s.Number), " → "))
	}
	if other, what := e.twin(s); other != nil {
		find(DuplicateService, "8.2.2", s.Opened, "it has the same "+what+" as "+other.Number)
	}
}

// uncovered says since when no SLA for a service has been in force.
func (e *examination) uncovered(s *Service) (since time.Time, missing bool) {
	since = s.since()
	lists := [][]covered{e.anything, e.slas[s.Ref()]}
	if !s.CI.IsZero() {
		lists = append(lists, e.slas[s.CI])
	}
	for _, list := range lists {
		for _, c := range list {
			switch {
			case c.from.After(e.at):
			case c.until.IsZero() || c.until.After(e.at):
				return time.Time{}, false
			default:
				since = laterOf(since, c.until)
			}
		}
	}
	return since, true
}

// twin is a service before this one that has the same name, CI or outcomes; of the
// two at most one is needed (8.2.2).
func (e *examination) twin(s *Service) (other *Service, what string) {
	keys := []struct{ what, key string }{{"name", folded(s.Name)}, {"CI", s.CI.String()}, {"outcomes", foldedAll(s.Outcomes)}}
	for _, k := range keys {
		if k.key == "" {
			continue
		}
		key := k.what + " " + k.key
		switch first := e.twins[key]; {
		case first == nil:
			e.twins[key] = s
		case other == nil:
			other, what = first, k.what
		}
	}
	return other, what
}

// folded is a text without what does not tell it from another: case and spaces.
func folded(text string) string { return strings.Join(strings.Fields(strings.ToLower(text)), " ") }

func foldedAll(texts []string) string {
	list := make([]string, 0, len(texts))
	for _, t := range texts {
		list = append(list, folded(t))
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), "\n")
}
