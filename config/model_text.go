package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/itsmkit/itsm"
)

// modelJSON is a model as it is written.
type modelJSON struct {
	Classes []Class        `json:"classes"`
	Types   []RelationType `json:"types,omitempty"`
}

// ParseModel reads a model from JSON, as strictly as [itsm.ParseJSON], and
// verifies it as [NewModel] does.
func ParseModel(data []byte) (*Model, error) {
	j, err := itsm.ParseJSON[modelJSON](data)
	if err != nil {
		return nil, err
	}
	return NewModel(j.Classes, j.Types)
}

// MarshalJSON writes the model as [ParseModel] reads it.
func (m *Model) MarshalJSON() ([]byte, error) {
	classes := m.classes
	if classes == nil {
		classes = []Class{}
	}
	return json.Marshal(modelJSON{classes, m.types})
}

// Mermaid draws the model as a Mermaid class diagram: each class with the attributes
// that it declares, its parent, and an arrow for each pair of classes that relations
// may join. A * follows what is required, with the criticalities if it is so at
// these, a + leads what is controlled and a ~ what is observed. The text is the same
// each time.
func (m *Model) Mermaid() string {
	var b strings.Builder
	b.WriteString("classDiagram\n")
	for i, c := range m.classes {
		fmt.Fprintf(&b, "    class c%d[\"%s\"]", i, inMermaid(c.Name))
		if len(c.Attributes) == 0 && !c.Abstract {
			b.WriteString("\n")
			continue
		}
		b.WriteString(" {\n")
		if c.Abstract {
			b.WriteString("        <<abstract>>\n")
		}
		for _, a := range c.Attributes {
			a = m.attributes[i].find(a.Name).Attribute
			line := "~"
			if a.Controlled {
				line = "+"
			}
			line += string(a.Type) + " " + inMermaid(a.Name)
			if a.Required {
				line += "*"
			} else if len(a.RequiredAt) > 0 {
				line += "* (" + inMermaid(itsm.Listed(a.RequiredAt)) + ")"
			}
			if a.Unit != "" {
				line += " in " + inMermaid(a.Unit)
			}
			b.WriteString("        " + line + "\n")
		}
		b.WriteString("    }\n")
	}
	for i := range m.classes {
		if p := m.parents[i]; p >= 0 {
			fmt.Fprintf(&b, "    c%d <|-- c%d\n", p, i)
		}
	}
	for _, t := range m.types {
		for _, p := range t.Pairs {
			fmt.Fprintf(&b, "    c%d --> c%d : %s\n", m.classAt[p.From], m.classAt[p.To], inMermaid(t.Name))
		}
	}
	return b.String()
}

// inMermaid writes what could mean something there by its number.
func inMermaid(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || slices.Contains([]rune(" _-.()/"), r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
