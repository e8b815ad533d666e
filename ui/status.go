package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"inkling/engine/sample"
)

// status is what the last line of the screen tells.
type status struct {
	next      []string // what there is to tell of another model that is on its way: what it is, the rate, the time left
	model     string
	rate      float64 // tokens per second, 0: not known
	params    sample.Params
	used      int // tokens in the model's view
	context   int
	seed      uint64
	seeded    bool // a reply has been drawn, or the user fixed the seed
	fixedSeed bool
	unsaved   bool
	changed   bool // the temperature has just been changed
}

const separator = " · "

// line fits the most important parts into width columns, in a fixed order.
func (s status) line(width int, look *styles) string {
	type part struct {
		text string
		rank int // the highest go first where there is no room
		hot  bool
		more bool // it belongs to the part before
	}
	var parts []part
	for i, text := range s.next {
		parts = append(parts, part{text: text, rank: []int{0, 2, 1}[i], more: i > 0})
	}
	parts = append(parts, part{text: s.model, rank: 5})
	if s.unsaved {
		parts = append(parts, part{text: "unsaved", rank: 4})
	}
	if s.rate > 0 {
		parts = append(parts, part{text: fmt.Sprintf("%.0f tok/s", s.rate), rank: 4})
	}
	parts = append(parts, part{text: fmt.Sprintf("T %.2f", s.params.Temperature), hot: s.changed})
	for _, row := range sample.Table() {
		if row.Short != "" && row.Key != "temperature" && !row.IsOff(&s.params) {
			parts = append(parts, part{text: row.Short + " " + row.Text(&s.params), rank: 7})
		}
	}
	if s.context > 0 {
		parts = append(parts, part{text: fmt.Sprintf("ctx %d/%d", s.used, s.context), rank: 3})
	}
	if s.seeded {
		seed := "seed " + strconv.FormatUint(s.seed, 10)
		if s.fixedSeed {
			seed += " fixed"
		}
		parts = append(parts, part{text: seed, rank: 6})
	}
	before := func(i int) string {
		switch {
		case i == 0:
			return ""
		case parts[i].more:
			return " "
		}
		return separator
	}
	size := func() int {
		n := 0
		for i, p := range parts {
			n += ansi.StringWidth(before(i)) + ansi.StringWidth(p.text)
		}
		return n
	}
	for size() > width && len(parts) > 1 {
		worst := len(parts) - 1
		for i, p := range slices.Backward(parts) {
			if p.rank > parts[worst].rank {
				worst = i
			}
		}
		parts = slices.Delete(parts, worst, worst+1)
	}
	var b strings.Builder
	for i, p := range parts {
		b.WriteString(look.Dim.Render(before(i)))
		if p.hot {
			b.WriteString(look.Hot.Render(p.text))
		} else {
			b.WriteString(look.Dim.Render(p.text))
		}
	}
	return ansi.Truncate(b.String(), width, "…")
}
