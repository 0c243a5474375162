package itsm

import (
	"fmt"
	"slices"
	"strings"
)

// Mermaid draws the lifecycle as a Mermaid state diagram: states with their
// phase, one arrow for all commands between two states, and what does not move
// the record as a note beside its state. The text is the same each time.
func (lc *Lifecycle[R]) Mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	ids := map[State]string{None: "[*]"}
	for i, s := range lc.def.States {
		ids[s.State] = fmt.Sprintf("s%d", i)
		fmt.Fprintf(&b, "    state \"%s (%s)\" as s%d\n", s.State, s.Phase, i)
	}
	froms := []State{None}
	for _, s := range lc.def.States {
		froms = append(froms, s.State)
	}
	for _, from := range froms {
		var stay []string
		for _, to := range froms {
			names := lc.between(from, to)
			switch {
			case len(names) == 0:
			case from == to:
				stay = names
			default:
				fmt.Fprintf(&b, "    %s --> %s: %s\n", ids[from], ids[to], strings.Join(names, ", "))
			}
		}
		if lc.phases[from] == Final {
			fmt.Fprintf(&b, "    %s --> [*]\n", ids[from])
		}
		if len(stay) > 0 {
			fmt.Fprintf(&b, "    note right of %s: %s\n", ids[from], strings.Join(stay, ", "))
		}
	}
	return b.String()
}

// between lists the commands that lead from one state to another.
func (lc *Lifecycle[R]) between(from, to State) []string {
	var names []string
	for _, name := range lc.names {
		t := lc.byName[name].row(from)
		if t != nil && slices.Contains(t.targets(from), to) {
			names = append(names, name)
		}
	}
	return names
}
