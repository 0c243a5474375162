package incident

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Link links the incident to another record, or takes the link back.
type Link struct {
	As     LinkType `json:"as"`
	To     itsm.Ref `json:"to"`
	Remove bool     `json:"remove,omitzero"`
}

// Check asks for both ends, and that a link taken back exists.
func (c Link) Check(inc *Incident, _ itsm.Stamp) error {
	if err := errors.Join(itsm.CheckOneOf("as", c.As, LinkTypes()), c.To.Check("to")); err != nil {
		return err
	}
	if c.Remove && !slices.Contains(inc.Links, RecordLink{c.As, c.To}) {
		return &itsm.FieldError{Field: "to", Problem: fmt.Sprintf("%s is not linked as %s", c.To, itsm.Quoted(c.As))}
	}
	return nil
}

// Apply adds the link, once, or removes it.
func (c Link) Apply(inc *Incident, _ itsm.Stamp) {
	link := RecordLink{c.As, c.To}
	if c.Remove {
		inc.Links = without(inc.Links, link)
	} else {
		inc.Links = with(inc.Links, link)
	}
}

// with is a list that holds the item, once.
func with[T comparable](list []T, item T) []T {
	if slices.Contains(list, item) {
		return list
	}
	return append(slices.Clip(list), item)
}

// without is a new list that does not hold the item; nil when nothing is left.
func without[T comparable](list []T, item T) []T {
	var rest []T
	for _, have := range list {
		if have != item {
			rest = append(rest, have)
		}
	}
	return rest
}

// Join makes the incident part of another, which then is worked on for both
// (R18); a zero parent takes it out again.
type Join struct {
	Parent uuid.UUID `json:"parent,omitzero"`
}

// aroundJoin asks for the chain of parents from the new one on.
func aroundJoin(inc *Incident, c Join, near []*Incident) []itsm.Selection[Incident] {
	if next := chainEnd(inc, c.Parent, near, parentOf); next != uuid.Nil && next != inc.ID {
		return []itsm.Selection[Incident]{{IDs: []uuid.UUID{next}}}
	}
	return nil
}

// chainEnd follows a chain from id through the incidents at hand. It is inc's own
// id when the chain leads back there, the first id that is not at hand, or
// uuid.Nil where the chain ends.
func chainEnd(inc *Incident, id uuid.UUID, near []*Incident, next func(*Incident) uuid.UUID) uuid.UUID {
	for range len(near) + 1 {
		at := find(near, id)
		if id == inc.ID || at == nil {
			return id
		}
		id = next(at)
	}
	return uuid.Nil // a circle that does not lead through inc
}

func parentOf(inc *Incident) uuid.UUID { return inc.Parent }

func duplicateOf(inc *Incident) uuid.UUID {
	if inc.Solution == nil {
		return uuid.Nil
	}
	return inc.Solution.DuplicateOf
}

func join(inc *Incident, c Join, _ itsm.Stamp, near []*Incident) (Join, error) {
	if c.Parent == uuid.Nil {
		return c, nil
	}
	if c.Parent == inc.ID {
		return c, itsm.Refuse("R18", "cannot be part of itself")
	}
	parent := find(near, c.Parent)
	if parent == nil {
		return c, &itsm.FieldError{Field: "parent", Problem: fmt.Sprintf("%s is no incident", c.Parent)}
	}
	if !isOpen(parent) {
		return c, itsm.Refuse("R18", "%s is %s; only an open incident takes others in", parent.Number, parent.State)
	}
	if chainEnd(inc, c.Parent, near, parentOf) == inc.ID {
		return c, itsm.Refuse("R18", "%s is part of this one, directly or not", parent.Number)
	}
	return c, nil
}

// Check refuses nothing; the decision looked at the parents.
func (Join) Check(*Incident, itsm.Stamp) error { return nil }

// Apply sets the parent.
func (c Join) Apply(inc *Incident, _ itsm.Stamp) { inc.Parent = c.Parent }

// Affect names a CI as affected, or as looked at and ruled out. What a person
// said stands against what was computed.
type Affect struct {
	CI  itsm.Ref    `json:"ci"`
	How Involvement `json:"how"`
}

// Check asks for both.
func (c Affect) Check(*Incident, itsm.Stamp) error {
	return errors.Join(c.CI.Check("ci"), itsm.CheckOneOf("how", c.How, Involvements()))
}

// Apply adds the CI or changes how it is involved.
func (c Affect) Apply(inc *Incident, _ itsm.Stamp) { inc.CIs = withCI(inc.CIs, AffectedCI(c)) }

func withCI(list []AffectedCI, item AffectedCI) []AffectedCI {
	i := slices.IndexFunc(list, func(a AffectedCI) bool { return a.CI == item.CI })
	if i < 0 {
		return append(slices.Clip(list), item)
	}
	if item.How == Computed {
		return list
	}
	next := slices.Clone(list)
	next[i] = item
	return next
}

// Watch lets somebody follow the incident, or no longer.
type Watch struct {
	Who  string `json:"who"`
	Stop bool   `json:"stop,omitzero"`
}

// Check asks for whom.
func (c Watch) Check(*Incident, itsm.Stamp) error { return itsm.CheckLine("who", c.Who) }

// Apply adds or removes the watcher.
func (c Watch) Apply(inc *Incident, _ itsm.Stamp) {
	if c.Stop {
		inc.Watchers = without(inc.Watchers, c.Who)
	} else {
		inc.Watchers = with(inc.Watchers, c.Who)
	}
}

// Attach refers to a file that the host keeps.
type Attach Attachment

// Check asks for the file and its name.
func (c Attach) Check(*Incident, itsm.Stamp) error {
	wrong := []error{c.File.Check("file"), itsm.CheckLine("name", c.Name), itsm.CheckOptional(itsm.CheckLine, "media", c.Media)}
	if c.Size < 0 {
		wrong = append(wrong, &itsm.FieldError{Field: "size", Problem: fmt.Sprintf("is %d bytes", c.Size)})
	}
	if sum, err := hex.DecodeString(c.SHA256); c.SHA256 != "" && (err != nil || len(sum) != 32) {
		wrong = append(wrong, &itsm.FieldError{Field: "sha256", Problem: "is not 64 hexadecimal digits"})
	}
	return errors.Join(wrong...)
}

// Apply adds the reference.
func (c Attach) Apply(inc *Incident, _ itsm.Stamp) {
	inc.Attachments = append(slices.Clip(inc.Attachments), Attachment(c))
}
