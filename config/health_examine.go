package config

import (
	"iter"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config/topology"
)

// examination counts the health of an estate.
type examination struct {
	rules     *HealthRules
	policy    *Policy
	model     *Model
	at        time.Time
	ends      map[uuid.UUID]*CI // all, by id
	cis       []*CI             // that are not out of use
	relations []*Relation       // that have not ended
	tallies   map[Aspect]*reckoning
}

func (e *examination) read(cis iter.Seq[*CI], relations iter.Seq[*Relation]) {
	for ci := range records(cis) {
		if ci.State == itsm.None {
			continue
		}
		e.ends[ci.ID] = ci
		if !e.policy.over(ci.State) {
			e.cis = append(e.cis, ci)
		}
	}
	for r := range records(relations) {
		if r.State != itsm.None && !e.policy.over(r.State) {
			e.relations = append(e.relations, r)
		}
	}
}

// counts reports whether a relation that is not over is more than proposed.
func (e *examination) counts(r *Relation) bool { return e.policy.relationAs(r.State) == Active }

func (e *examination) count(a Aspect, ci *CI, is bool) { e.tallies[a].count(ci.ID, ci.Class, is) }

func (e *examination) examineCIs() {
	related := make(map[uuid.UUID]bool)
	for _, r := range e.relations {
		related[r.From], related[r.To] = true, true
	}
	twins, groups := e.twins(), e.groups()
	for _, ci := range e.cis {
		e.count(Orphaned, ci, !related[ci.ID])
		if e.policy.inUse(ci.State) && !e.forEver() {
			e.count(Stale, ci, e.forLong(ci.Opened, ci.Seen, ci.Verified.At))
		}
		if same, compared := twins[ci.ID]; compared {
			e.count(Duplicated, ci, same)
		}
		e.attributes(ci)
		if e.model.IsService(ci.Class) {
			e.count(Unowned, ci, ci.Owner == "")
		}
		if len(ci.Needs) > 0 {
			e.count(Unmet, ci, groups.unmet(ci))
		}
	}
}

// attributes counts whether what the class requires and recommends is there.
func (e *examination) attributes(ci *CI) {
	l := e.model.rulesAt(ci.Class, ci.Criticality)
	requires, recommends, incomplete, sparse := false, false, false, false
	for i := range l.list {
		r := &l.list[i]
		missing := ci.Attributes[r.Name].Value.IsZero()
		switch {
		case l.requires(r):
			requires, incomplete = true, incomplete || missing
		case l.recommends(r):
			recommends, sparse = true, sparse || missing
		}
	}
	if requires {
		e.count(Incomplete, ci, incomplete)
	}
	if recommends {
		e.count(Sparse, ci, sparse)
	}
}

// twins says of each CI that is compared whether there is another that it cannot be
// told apart from.
func (e *examination) twins() map[uuid.UUID]bool {
	first := make(map[string]*CI)
	twins := make(map[uuid.UUID]bool)
	compare := func(id Identity, ci *CI) {
		key, has := e.model.identityKey(id, ci.Class, ci.Value)
		if !has {
			return
		}
		other := first[key]
		if other == nil {
			first[key] = ci
		} else if other != ci { // as of two identities that are one
			twins[other.ID] = true
		}
		twins[ci.ID] = twins[ci.ID] || other != nil && other != ci
	}
	for _, ci := range e.cis {
		for _, i := range e.model.identifiersOf(ci.Class) {
			compare(e.model.identities[i], ci)
		}
		for _, id := range e.rules.Identities {
			if id.Class == "" || e.model.IsA(ci.Class, id.Class) {
				compare(id, ci)
			}
		}
	}
	return twins
}

func (e *examination) examineRelations() error {
	type says struct {
		relation, group string
		from, to        uuid.UUID
	}
	type end struct {
		relation string
		ci       uuid.UUID
	}
	said, from, to := make(map[says]int), make(map[end]int), make(map[end]int)
	for _, r := range e.relations {
		said[says{r.Type, r.Group, r.From, r.To}]++
		if e.counts(r) {
			from[end{r.Type, r.From}]++
			to[end{r.Type, r.To}]++
		}
	}
	cyclic, err := e.cyclic()
	if err != nil {
		return err
	}
	for _, r := range e.relations {
		e.countRelation(Dangling, r, !e.there(r.From) || !e.there(r.To))
		e.countRelation(Outlived, r, e.retired(r.From) || e.retired(r.To))
		e.countRelation(Mismatched, r, e.mismatched(r))
		e.countRelation(Repeated, r, said[says{r.Type, r.Group, r.From, r.To}] > 1)
		if e.counts(r) && !e.forEver() {
			e.countRelation(Unsighted, r, e.forLong(r.Opened, r.Seen))
		}
		t := e.model.typeOf(r.Type)
		if t == nil || !e.counts(r) {
			continue
		}
		if t.MostFrom > 0 || t.MostTo > 0 {
			e.countRelation(Overfull, r, t.MostFrom > 0 && from[end{r.Type, r.From}] > t.MostFrom || t.MostTo > 0 && to[end{r.Type, r.To}] > t.MostTo)
		}
		if t.Carries != Nowhere {
			e.countRelation(Cyclic, r, cyclic(r))
		}
	}
	return nil
}

func (e *examination) countRelation(a Aspect, r *Relation, is bool) {
	e.tallies[a].count(r.ID, r.Type, is)
}

func (e *examination) there(id uuid.UUID) bool {
	ci := e.ends[id]
	return ci != nil && !e.policy.gone(ci.State)
}

// mismatched reports whether the model does not know the type, not between these
// classes, or not with these attributes. Of what dangles only the rest is looked at.
func (e *examination) mismatched(r *Relation) bool {
	if e.model.typeOf(r.Type) == nil {
		return true
	}
	if err := e.model.checkRelationValues(r); err != nil {
		return true
	}
	if !e.there(r.From) || !e.there(r.To) {
		return false
	}
	// neither end is gone, and the relation is not over, whatever the host calls that
	return e.model.checkEnds(r, e.ends[r.From].End(), e.ends[r.To].End()) != nil
}

// cyclic says of relations that count along which loss travels whether one is on a cycle
// of such relations though its type does not say that cycles are meant.
func (e *examination) cyclic() (func(*Relation) bool, error) {
	number := make(map[uuid.UUID]uint32)
	numbered := func(id uuid.UUID) uint32 {
		n, known := number[id]
		if !known {
			n = uint32(len(number))
			number[id] = n
		}
		return n
	}
	var edges []topology.Edge
	for _, r := range e.relations {
		t := e.model.typeOf(r.Type)
		if t == nil || !e.counts(r) || t.Carries == Nowhere {
			continue
		}
		edge := topology.Edge{From: numbered(r.From), To: numbered(r.To)}
		if t.Carries == ToSecond { // from what needs to what is needed
			edge.From, edge.To = edge.To, edge.From
		}
		edges = append(edges, edge)
	}
	topology, err := topology.New(len(number), edges, nil)
	if err != nil {
		return nil, err
	}
	components := topology.Components()
	return func(r *Relation) bool {
		if e.model.typeOf(r.Type).Cycles {
			return false
		}
		return components.Of(number[r.From]) == components.Of(number[r.To])
	}, nil
}
