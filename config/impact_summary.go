package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// ImpactSummary is an impact in numbers, those that it began with included.
type ImpactSummary struct {
	CIs           int
	Services      int
	Classes       []ImpactCount // by name
	Owners        []ImpactCount // by name; "" for those without one
	Criticalities []ImpactCount // by name; "" for those without one
}

// ImpactCount is how many lost CIs have something in common.
type ImpactCount struct {
	Name     string
	CIs      int
	Services int // of them
}

// Summary counts what is lost.
func (i *Impact) Summary() ImpactSummary {
	s := ImpactSummary{CIs: i.Len()}
	classes, owners, levels := map[string]*ImpactCount{}, map[string]*ImpactCount{}, map[string]*ImpactCount{}
	count := func(m map[string]*ImpactCount, name string, services int) {
		c := m[name]
		if c == nil {
			c = &ImpactCount{Name: name}
			m[name] = c
		}
		c.CIs++
		c.Services += services
	}
	for _, v := range i.fall.queue {
		services := 0
		if i.g.isService(v) {
			services = 1
		}
		s.Services += services
		count(classes, i.g.model.classes[i.g.classOf(v)].Name, services)
		count(owners, i.g.ownerOf(v), services)
		count(levels, string(i.g.criticalityOf(v)), services)
	}
	list := func(m map[string]*ImpactCount) []ImpactCount {
		var all []ImpactCount
		for _, c := range m {
			all = append(all, *c)
		}
		slices.SortFunc(all, func(a, b ImpactCount) int { return cmp.Compare(a.Name, b.Name) })
		return all
	}
	s.Classes, s.Owners, s.Criticalities = list(classes), list(owners), list(levels)
	return s
}

func (g *Graph) ownerOf(v uint32) string {
	if n := g.changed(v); n != nil {
		return n.Owner
	}
	return g.base.owners[g.base.owner[v]]
}

func (g *Graph) criticalityOf(v uint32) itsm.Level {
	if n := g.changed(v); n != nil {
		return n.Criticality
	}
	return g.base.criticalities[g.base.criticality[v]]
}

func (g *Graph) nameOf(v uint32) string {
	if n := g.changed(v); n != nil {
		return n.Name
	}
	return g.base.names[v]
}

// changed is a CI that is not as in the base; nil: it is.
func (g *Graph) changed(v uint32) *Node {
	if g.patch != nil {
		if p := g.patch.nodes.at(v); p != nil {
			return p.node
		}
	}
	return nil
}

// Explain tells a chain of losses to a person, by the names of CIs: "shop ← web (1
// of 2 needed, lost: web-1, web-2) ← switch" says that the shop is lost, for it needs
// one of two in the group web, which are lost for lack of the switch.
func (g *Graph) Explain(chain []Loss) string {
	var b strings.Builder
	for i := len(chain) - 1; i >= 0; i-- {
		l := chain[i]
		b.WriteString(g.called(l.CI))
		if i == 0 {
			break
		}
		b.WriteString(" ← ")
		if l.Group.Size > 0 {
			b.WriteString(g.ExplainGroup(l.Group) + " ← ")
		}
	}
	return b.String()
}

// ExplainGroup tells what is left of a group: "web (1 of 2 needed, lost: web-1)"; of
// suppliers needed softly "soft suppliers (0 of 2 needed, lost: mail)".
func (g *Graph) ExplainGroup(s GroupState) string {
	var lost []string
	for _, id := range s.Lost {
		lost = append(lost, g.called(id))
	}
	name := s.Need.Group
	if s.Soft() {
		name = "soft suppliers"
	}
	return fmt.Sprintf("%s (%d of %d needed, lost: %s)", name, s.Need.AtLeast, s.Size, itsm.Listed(lost))
}

// called is the name of a CI, or its id if it has none.
func (g *Graph) called(id uuid.UUID) string {
	if v := g.find(id); v != none && g.nameOf(v) != "" {
		return g.nameOf(v)
	}
	return id.String()
}
