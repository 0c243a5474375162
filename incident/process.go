package incident

import (
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Process is incident management under a policy; nil means [DefaultPolicy]. The
// policy is copied. A bad one is an error that names the field.
func Process(policy *Policy) (itsm.Process[Incident], error) {
	if policy == nil {
		policy = DefaultPolicy()
	}
	if err := policy.check(); err != nil {
		return itsm.Process[Incident]{}, err
	}
	lifecycle, err := itsm.NewLifecycle(policy.clone().definition())
	if err != nil {
		return itsm.Process[Incident]{}, err
	}
	return itsm.Process[Incident]{Prefix: "INC", Lifecycle: lifecycle, Indexes: indexes()}, nil
}

// fields declares what rules, conditions and mappings may ask for by name.
func fields(p *Policy) []itsm.Field[Incident] {
	return append(ownFields(p), itsm.FieldsOf[Incident](p.Custom)...)
}

func ownFields(p *Policy) []itsm.Field[Incident] {
	text := itsm.TextField[Incident, string]
	instant := func(name string, get func(*Incident) time.Time) itsm.Field[Incident] {
		return itsm.Field[Incident]{Name: name, Type: itsm.Instant, Get: func(i *Incident) itsm.Value { return itsm.InstantValue(get(i)) }}
	}
	return []itsm.Field[Incident]{
		text("title", func(i *Incident) string { return i.Title }),
		text("caller", func(i *Incident) string { return i.Caller }),
		text("source", func(i *Incident) string { return i.Source }, p.Sources...),
		{Name: "service", Type: itsm.Reference, Get: func(i *Incident) itsm.Value { return itsm.ReferenceValue(i.Service) }},
		text("category", func(i *Incident) string { return i.Category }),
		text("subcategory", func(i *Incident) string { return i.Subcategory }),
		itsm.TextField("impact", func(i *Incident) itsm.Level { return i.Impact }, p.Matrix.Impacts...),
		itsm.TextField("urgency", func(i *Incident) itsm.Level { return i.Urgency }, p.Matrix.Urgencies...),
		{Name: "priority", Type: itsm.Number, Domain: priorities(), Get: func(i *Incident) itsm.Value { return itsm.IntValue(int64(i.Priority)) }},
		text("group", func(i *Incident) string { return i.Group }),
		text("assignee", func(i *Incident) string { return i.Assignee }),
		itsm.TextField("hold_reason", holdReason, HoldReasons()...),
		text("resolution_code", resolutionCode, p.Codes...),
		{Name: "major", Type: itsm.Truth, Get: func(i *Incident) itsm.Value { return itsm.TruthValue(i.Major != nil) }},
		{Name: "parent", Type: itsm.Reference, Get: parent},
		instant("opened", func(i *Incident) time.Time { return i.Opened }),
		instant("detected", func(i *Incident) time.Time { return i.Times.Detected }),
		instant("responded", func(i *Incident) time.Time { return i.Times.Responded }),
		instant("resolved", resolvedAt),
		instant("closed", func(i *Incident) time.Time { return i.Times.Closed }),
		{Name: "public_notes", Type: itsm.Number, Get: func(i *Incident) itsm.Value { return itsm.IntValue(int64(i.Counts.PublicNotes)) }},
	}
}

// priorities are all there are: an override may give one that the matrix has not.
func priorities() []itsm.Value {
	var list []itsm.Value
	for p := itsm.Priority(1); p <= itsm.MaxPriority; p++ {
		list = append(list, itsm.IntValue(int64(p)))
	}
	return list
}

func holdReason(inc *Incident) HoldReason {
	if inc.Hold == nil {
		return ""
	}
	return inc.Hold.Reason
}

func resolutionCode(inc *Incident) string {
	if inc.Solution == nil {
		return ""
	}
	return inc.Solution.Code
}

func parent(inc *Incident) itsm.Value {
	if inc.Parent == uuid.Nil {
		return itsm.Value{}
	}
	return itsm.ReferenceValue(itsm.RefTo(Kind, inc.Parent))
}

// The indexes. Within each the oldest incident comes first.
const (
	byState    = "state"
	byAssignee = "assignee"
	byGroup    = "group"
	byCaller   = "caller"
	byService  = "service"
	byParent   = "parent"
	byCI       = "ci"
	byLink     = "link"
)

func indexes() []itsm.Index[Incident] {
	single := func(name string, get func(*Incident) itsm.Value) itsm.Index[Incident] {
		return itsm.Index[Incident]{Name: name, Keys: func(inc *Incident) []itsm.Key {
			v := get(inc)
			if v.IsZero() {
				return nil
			}
			return []itsm.Key{{v, itsm.InstantValue(inc.Opened)}}
		}}
	}
	return []itsm.Index[Incident]{
		single(byState, func(i *Incident) itsm.Value { return itsm.TextValue(i.State) }),
		single(byAssignee, func(i *Incident) itsm.Value { return itsm.TextValue(i.Assignee) }),
		single(byGroup, func(i *Incident) itsm.Value { return itsm.TextValue(i.Group) }),
		single(byCaller, func(i *Incident) itsm.Value { return itsm.TextValue(i.Caller) }),
		single(byService, func(i *Incident) itsm.Value { return itsm.ReferenceValue(i.Service) }),
		single(byParent, parent),
		{Name: byCI, Keys: func(inc *Incident) []itsm.Key {
			var keys []itsm.Key
			for _, ci := range inc.Affected() {
				keys = append(keys, itsm.Key{itsm.ReferenceValue(ci), itsm.InstantValue(inc.Opened)})
			}
			return keys
		}},
		{Name: byLink, Keys: func(inc *Incident) []itsm.Key {
			var keys []itsm.Key
			for _, l := range inc.Links {
				keys = append(keys, itsm.Key{itsm.TextValue(l.As), itsm.ReferenceValue(l.To), itsm.InstantValue(inc.Opened)})
			}
			return keys
		}},
	}
}

func selection(index string, values ...itsm.Value) itsm.Selection[Incident] {
	return itsm.Selection[Incident]{Index: index, Equal: values}
}

// InState selects the incidents in a state.
func InState(s itsm.State) itsm.Selection[Incident] { return selection(byState, itsm.TextValue(s)) }

// ByAssignee selects what somebody was last assigned, ended or not.
func ByAssignee(who string) itsm.Selection[Incident] {
	return selection(byAssignee, itsm.TextValue(who))
}

// ByGroup selects what a group was last assigned, ended or not.
func ByGroup(group string) itsm.Selection[Incident] {
	return selection(byGroup, itsm.TextValue(group))
}

// ByCaller selects the incidents of one caller.
func ByCaller(who string) itsm.Selection[Incident] { return selection(byCaller, itsm.TextValue(who)) }

// ByService selects the incidents of one service.
func ByService(service itsm.Ref) itsm.Selection[Incident] {
	return selection(byService, itsm.ReferenceValue(service))
}

// ByParent selects the incidents that are part of another.
func ByParent(id uuid.UUID) itsm.Selection[Incident] {
	return selection(byParent, itsm.ReferenceValue(itsm.RefTo(Kind, id)))
}

// AffectingCI selects the incidents that affect a CI.
func AffectingCI(ci itsm.Ref) itsm.Selection[Incident] {
	return selection(byCI, itsm.ReferenceValue(ci))
}

// LinkedTo selects the incidents that are linked to a record in one way.
func LinkedTo(as LinkType, to itsm.Ref) itsm.Selection[Incident] {
	return selection(byLink, itsm.TextValue(as), itsm.ReferenceValue(to))
}
