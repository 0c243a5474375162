package itsmtest_test

import (
	"maps"
	"slices"

	"github.com/itsmkit/itsm"
)

// A parcel is a process small enough to be seen at once. What its command mark
// does to the record is up to each test.
type parcel struct {
	itsm.Header
	To     string            `json:"to,omitzero"`
	Marks  []string          `json:"marks,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`
	Seal   *seal             `json:"seal,omitempty"`
	Secret string            `json:"-"`
}

type seal struct {
	Colour string `json:"colour"`
}

type post struct {
	To string `json:"to"`
}

func (c post) Check(*parcel, itsm.Stamp) error { return itsm.CheckLine("to", c.To) }

func (c post) Apply(p *parcel, _ itsm.Stamp) {
	p.To, p.Marks, p.Labels, p.Seal = c.To, []string{"posted"}, map[string]string{"a": "b"}, &seal{"red"}
}

type mark struct {
	Text string `json:"text"`
	How  string `json:"how"`
	Lost string `json:"-"`

	Labels map[string]string `json:"labels,omitempty"`
	Marks  []string          `json:"marks,omitempty"`
}

func (c mark) Check(p *parcel, _ itsm.Stamp) error {
	if c.How == "check and refuse" {
		p.To = "changed"
	}
	if c.Text == "" {
		return &itsm.FieldError{Field: "text", Problem: "is missing"}
	}
	return nil
}

// Apply does it well, or in one of the ways that are wrong.
func (c mark) Apply(p *parcel, s itsm.Stamp) {
	switch c.How {
	case "clone":
		p.Marks = append(slices.Clone(p.Marks), c.Text)
	case "append":
		p.Marks = append(p.Marks, c.Text)
	case "element":
		p.Marks[0] = c.Text
	case "map":
		p.Labels["a"] = c.Text
	case "pointer":
		p.Seal.Colour = c.Text
	case "header":
		p.Updated = p.Updated.Add(1)
	case "sets":
		p.To = c.Text
	case "secret":
		p.Secret = c.Text
	case "lost":
		p.Labels = map[string]string{"lost": c.Lost}
	case "chance":
		p.Labels = map[string]string{"n": c.Text + string(rune('a'+len(applied)))}
		applied = append(applied, s)
	case "own", "kept":
		p.Labels, p.Marks = c.Labels, c.Marks
	case "nothing":
	}
}

// applied counts, for a command that is not a function of its input.
var applied []itsm.Stamp

type deliver struct{}

func (deliver) Check(*parcel, itsm.Stamp) error { return nil }
func (deliver) Apply(*parcel, itsm.Stamp)       {}

func parcels() (*itsm.Lifecycle[parcel], error) {
	meddle := func(p *parcel, c mark, _ itsm.Stamp, near []*parcel) (mark, error) {
		switch c.How {
		case "near":
			near[0].To = "changed"
		case "own":
			c.Labels, c.Marks = maps.Clone(c.Labels), slices.Clone(c.Marks)
		}
		return c, nil
	}
	return itsm.NewLifecycle(itsm.Definition[parcel]{
		Kind: "parcel",
		States: []itsm.StateDef{
			{State: "posted", Phase: itsm.Open},
			{State: "delivered", Phase: itsm.Final},
		},
		Fields: []itsm.Field[parcel]{
			itsm.TextField("to", func(p *parcel) string { return p.To }),
			itsm.TextField("state", func(p *parcel) itsm.State { return p.State }),
		},
		Transitions: []itsm.Transition[parcel]{
			itsm.On("post", post{}, itsm.From(itsm.None), itsm.To("posted"), itsm.By(itsm.Anyone), itsm.Sets("to")),
			itsm.On("mark", mark{}, itsm.From("posted"), itsm.Stay(), itsm.By(itsm.Anyone), itsm.DecideAmong(meddle)),
			itsm.On("deliver", deliver{}, itsm.From("posted"), itsm.To("delivered"), itsm.By("postman"), itsm.Requires("to")),
		},
	})
}
