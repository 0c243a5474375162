package config

import (
	"fmt"
	"slices"
	"strings"
)

// DOT writes the drawing in the language of Graphviz. Names are always quoted, so
// none is taken for a keyword or for HTML. The text is the same each time.
func (d *Drawing) DOT() string {
	var b strings.Builder
	b.WriteString("digraph cis {\n\trankdir=TB;\n\tcompound=true;\n\tnode [style=filled, fontname=\"sans-serif\", fontsize=10];\n\tedge [fontname=\"sans-serif\", fontsize=8];\n")
	for i, name := range d.frames {
		fmt.Fprintf(&b, "\tsubgraph cluster_e%d {\n\t\tlabel=%s;\n", i, inDOT(name))
		d.dotNodes(&b, i, 2)
		b.WriteString("\t}\n")
	}
	d.dotNodes(&b, -1, 1)
	for _, a := range d.arrows {
		label, more := a.label, ""
		if a.group != "" {
			label += "\n" + a.group
		}
		if a.faint {
			more = ", style=dashed"
		}
		for _, end := range []struct {
			name string
			node int
		}{{"ltail", a.from}, {"lhead", a.to}} {
			if d.nodes[end.node].frame {
				more += fmt.Sprintf(", %s=cluster_n%d", end.name, end.node)
			}
		}
		fmt.Fprintf(&b, "\tn%d -> n%d [label=%s%s];\n", a.from, a.to, inDOT(label), more)
	}
	if text := d.leftOutText(); text != "" {
		fmt.Fprintf(&b, "\tmore [shape=plaintext, style=\"\", label=%s];\n", inDOT(text))
	}
	b.WriteString("}\n")
	return b.String()
}

// dotNodes writes the CIs in a frame, and the frames in it with theirs. It keeps a
// list of what is still to be written: frames may lie in one another as deep as
// they will.
func (d *Drawing) dotNodes(b *strings.Builder, frame, depth int) {
	inside := d.insides()
	open := []int{frame}
	at := []int{0}
	for len(open) > 0 {
		top := len(open) - 1
		list := inside[open[top]]
		if at[top] == len(list) {
			if top > 0 {
				fmt.Fprintf(b, "%s}\n", indent(depth+top-1))
			}
			open, at = open[:top], at[:top]
			continue
		}
		i := list[at[top]]
		at[top]++
		n := &d.nodes[i]
		if !n.frame {
			fmt.Fprintf(b, "%sn%d [label=%s, %s];\n", indent(depth+top), i, inDOT(n.label("\n")), n.dotStyle())
			continue
		}
		fmt.Fprintf(b, "%ssubgraph cluster_n%d {\n", indent(depth+top), i)
		fmt.Fprintf(b, "%slabel=%s;\n", indent(depth+top+1), inDOT(n.label("\n")))
		if c := markColor(n.mark); c != "" {
			fmt.Fprintf(b, "%scolor=%q;\n", indent(depth+top+1), c)
		}
		// An arrow to a frame needs a node within to end at.
		fmt.Fprintf(b, "%sn%d [shape=point, style=invis, label=\"\"];\n", indent(depth+top+1), i)
		open, at = append(open, i), append(at, 0)
	}
}

func indent(depth int) string { return strings.Repeat("\t", min(depth, 12)) }

// insides lists the CIs of each frame; -1: of none.
func (d *Drawing) insides() map[int][]int {
	lists := make(map[int][]int)
	for i, n := range d.nodes {
		lists[n.inside] = append(lists[n.inside], i)
	}
	return lists
}

func (n *drawnCI) label(lineBreak string) string {
	parts := append([]string{n.name, n.class}, n.needs...)
	if n.mark != "" {
		parts = append(parts, string(n.mark))
	}
	return strings.Join(parts, lineBreak)
}

func (n *drawnCI) dotStyle() string {
	style := fmt.Sprintf("shape=%s, fillcolor=%q", n.family.shape, n.family.color)
	if c := markColor(n.mark); c != "" {
		style = fmt.Sprintf("shape=%s, fillcolor=%q, color=%q, penwidth=3", n.family.shape, n.family.color, c)
		if n.mark == MarkLost {
			style += ", fontcolor=\"#b00020\""
		}
	}
	return style
}

func markColor(m Mark) string {
	switch m {
	case MarkLost:
		return "#b00020"
	case MarkDegraded:
		return "#e08000"
	case MarkSinglePoint:
		return "#6a1b9a"
	}
	return ""
}

// inDOT quotes a text; a line break within becomes one of the label. What could not
// be read, or drawn by XML, is left out.
func inDOT(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range drawable(s) {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '&': // Graphviz reads entities in labels
			b.WriteString("&amp;")
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// longestLabel is how many characters of a text are drawn.
const longestLabel = 200

// drawable is a text as labels can have it: of characters that XML may hold, and not
// too long.
func drawable(s string) []rune {
	list := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	if len(list) > longestLabel {
		list = append(list[:longestLabel:longestLabel], '…')
	}
	return slices.DeleteFunc(list, func(r rune) bool {
		return r < ' ' && r != '\n' || r == 0x7f || r == 0xFFFE || r == 0xFFFF
	})
}
