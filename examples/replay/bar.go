package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// bar draws how far the replay is, on a terminal only.
type bar struct {
	out   io.Writer
	total int
	drawn int // per cent, -1 before the first
}

func newBar(out io.Writer, total int) *bar {
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return &bar{out, total, -1}
		}
	}
	return &bar{io.Discard, total, -1}
}

func (b *bar) show(done int) {
	percent := 100 * done / max(b.total, 1)
	if percent == b.drawn {
		return
	}
	b.drawn = percent
	const width = 40
	full := width * percent / 100
	fmt.Fprintf(b.out, "\r[%s%s] %3d %%  %d of %d events", strings.Repeat("#", full), strings.Repeat(".", width-full), percent, done, b.total)
}

// clear takes the bar away.
func (b *bar) clear() { fmt.Fprint(b.out, "\r\x1b[K") }
