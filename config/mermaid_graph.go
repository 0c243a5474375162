package config

import (
	"fmt"
	"strings"
)

// Mermaid writes the drawing as a Mermaid flowchart. Whatever could mean something
// there is written by its number. The text is the same each time.
func (d *Drawing) Mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart TB\n")
	for i, name := range d.frames {
		fmt.Fprintf(&b, "    subgraph e%d[\"%s\"]\n", i, mermaidLabel(name))
		d.mermaidNodes(&b, i, 2)
		b.WriteString("    end\n")
	}
	d.mermaidNodes(&b, -1, 1)
	for _, a := range d.arrows {
		label := mermaidLabel(a.label)
		if a.group != "" {
			label += "<br/>" + mermaidLabel(a.group)
		}
		arrow := "-->"
		if a.faint {
			arrow = "-.->"
		}
		fmt.Fprintf(&b, "    n%d %s|\"%s\"| n%d\n", a.from, arrow, label, a.to)
	}
	if text := d.leftOutText(); text != "" {
		fmt.Fprintf(&b, "    more[\"%s\"]\n", mermaidLabel(text))
	}
	for k, mark := range Marks() {
		var marked []string
		for i, n := range d.nodes {
			if n.mark == mark {
				marked = append(marked, fmt.Sprintf("n%d", i))
			}
		}
		if marked != nil {
			fmt.Fprintf(&b, "    classDef mark%d stroke:%s,stroke-width:3px\n    class %s mark%d\n", k, markColor(mark), strings.Join(marked, ","), k)
		}
	}
	return b.String()
}

// mermaidNodes writes the CIs in a frame, and the frames in it, as dotNodes does.
func (d *Drawing) mermaidNodes(b *strings.Builder, frame, depth int) {
	inside := d.insides()
	open, at := []int{frame}, []int{0}
	for len(open) > 0 {
		top := len(open) - 1
		room := strings.Repeat("    ", min(depth+top, 12))
		list := inside[open[top]]
		if at[top] == len(list) {
			if top > 0 {
				fmt.Fprintf(b, "%send\n", strings.Repeat("    ", min(depth+top-1, 12)))
			}
			open, at = open[:top], at[:top]
			continue
		}
		i := list[at[top]]
		at[top]++
		n := &d.nodes[i]
		var parts []string
		for _, part := range strings.Split(n.label("\n"), "\n") {
			parts = append(parts, mermaidLabel(part))
		}
		label := strings.Join(parts, "<br/>")
		if n.frame {
			fmt.Fprintf(b, "%ssubgraph n%d[\"%s\"]\n", room, i, label)
			open, at = append(open, i), append(at, 0)
			continue
		}
		fmt.Fprintf(b, "%sn%d%s%s%s\n", room, i, n.family.open, label, n.family.close)
	}
}

// mermaidLabel is a text of one line of a label.
func mermaidLabel(s string) string { return inMermaid(string(drawable(s))) }
