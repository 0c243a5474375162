package config

import (
	"github.com/itsmkit/itsm"
)

// Class is a kind of CI. Its CIs have the attributes of its parent's besides its
// own; it may narrow one of those by declaring it again, see [NewModel].
type Class struct {
	Name        string      `json:"name"`
	Parent      string      `json:"parent,omitzero"`
	Abstract    bool        `json:"abstract,omitzero"` // only its descendants have CIs
	Service     bool        `json:"service,omitzero"`  // its CIs, and its descendants', are services: each has an owner (R21)
	Description string      `json:"description,omitzero"`
	Attributes  []Attribute `json:"attributes,omitempty"`

	// Identifiers are what identifies a CI among those of the class and its
	// descendants, what tells most first: each the names of attributes whose values no
	// two of them share, all taken together. They go before those inherited, see
	// [Model.Identifiers]. That two share one is not refused, since only one of their
	// records may be wrong: it is a finding ([Duplicated]), and [Identify] finds neither.
	Identifiers [][]string `json:"identifiers,omitempty"`
}

// Attribute declares one attribute of the CIs of a class, or of the relations of a
// type.
type Attribute struct {
	Name   string       `json:"name"`
	Type   itsm.Type    `json:"type"`
	Domain []itsm.Value `json:"domain,omitempty"` // every value it may have; empty: any of the type

	Required    bool `json:"required,omitzero"`    // there from the start
	Recommended bool `json:"recommended,omitzero"` // its absence is a finding
	Controlled  bool `json:"controlled,omitzero"`  // changes only through a change record (R20); else it is observed
	Indexed     bool `json:"indexed,omitzero"`     // CIs are found by its value

	// RequiredAt and RecommendedAt are the criticalities at which a CI has to have the
	// attribute too, or should: detail suited to criticality (ISO/IEC 20000-1 8.2.6).
	RequiredAt    []itsm.Level `json:"required_at,omitempty"`
	RecommendedAt []itsm.Level `json:"recommended_at,omitempty"`

	// Placeholders are values that stand for none and so identify nothing, as "To be
	// filled by O.E.M." for a serial number. They may be had.
	Placeholders []itsm.Value `json:"placeholders,omitempty"`

	Pattern string     `json:"pattern,omitzero"`  // of texts: a regular expression (RE2) for all of it
	Refers  []string   `json:"refers,omitempty"`  // of references: the kinds of records it may lead to; empty: any
	Classes []string   `json:"classes,omitempty"` // of references to CIs: their classes, descendants included; empty: any
	From    itsm.Value `json:"from,omitzero"`     // of numbers, instants and spans: the least value
	Below   itsm.Value `json:"below,omitzero"`    // … and the least that is too much
	Unit    string     `json:"unit,omitzero"`     // of numbers, for people: "GiB"
}

// RelationType is a kind of relation, which leads from one CI to another.
type RelationType struct {
	Name    string `json:"name"`    // as read from the first: "runs on"
	Inverse string `json:"inverse"` // as read from the second: "hosts"; the name again when there is no difference

	// Pairs are the classes that it may join, descendants included.
	Pairs []Pair `json:"pairs"`

	// MostFrom and MostTo are how many active relations of the type may lead from
	// one CI, and to one; 0: any number.
	MostFrom int `json:"most_from,omitzero"`
	MostTo   int `json:"most_to,omitzero"`

	// Carries says in which direction the loss of a CI travels along the relation.
	Carries Carries `json:"carries"`

	// Cycles says that cycles of relations of the type, alone or with others that say
	// so too, are meant (R22); else each is a finding.
	Cycles bool `json:"cycles,omitzero"`

	// Controlled says that relations of the type come and go only through a change
	// record (R20); else they are observed.
	Controlled bool `json:"controlled,omitzero"`

	Attributes []Attribute `json:"attributes,omitempty"`
}

// Pair is two classes that a relation may join.
type Pair struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Carries is the direction in which loss travels along a relation.
type Carries string

// The directions.
const (
	ToFirst  Carries = "to first"  // the first CI needs the second: "runs on", "depends on"
	ToSecond Carries = "to second" // the second needs the first: "offers", "feeds"
	Nowhere  Carries = "nowhere"   // the relation says nothing about need: "documented by"
)

// Directions lists every direction.
func Directions() []Carries { return []Carries{ToFirst, ToSecond, Nowhere} }

// Model is the classes and types of relations of an organisation, verified. It
// never changes and is safe for concurrent use.
type Model struct {
	classes []Class
	types   []RelationType

	// Resolved by NewModel, by position.
	classAt    map[string]int
	typeAt     map[string]reading
	parents    []int // -1: none
	services   []bool
	attributes []rules // of each class, inherited ones first
	ofTypes    []rules // of each type of relation
	columns    []Attribute

	identities  []Identity // of all classes, as declared
	identifiers [][]int    // of each class: their places among those, its own first
}

// reading is how a name of a relation type is meant.
type reading struct {
	at      int
	inverse bool
}
