package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"inkling/engine"
)

// status is what the last line of the screen tells.
type status struct {
	next      []string // what there is to tell of another model that is on its way: what it is, the rate, the time left
	model     string
	rate      float64 // tokens per second, 0: not known
	params    engine.Params
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
	for _, p := range activeParams(s.params) {
		parts = append(parts, part{text: p, rank: 7})
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

// activeParams names the parameters, other than the temperature, that change anything.
func activeParams(p engine.Params) []string {
	var active []string
	add := func(on bool, name string, value any) {
		if on {
			active = append(active, fmt.Sprintf("%s %v", name, value))
		}
	}
	add(p.TopK > 0, "top-k", p.TopK)
	add(p.TopP < 1, "top-p", p.TopP)
	add(p.MinP > 0, "min-p", p.MinP)
	add(p.TypicalP < 1, "typical-p", p.TypicalP)
	add(p.RepetitionPenalty != 1, "rep", p.RepetitionPenalty)
	add(p.PresencePenalty != 0, "presence", p.PresencePenalty)
	add(p.FrequencyPenalty != 0, "frequency", p.FrequencyPenalty)
	add(p.NoRepeatNgram > 0, "no-repeat", p.NoRepeatNgram)
	return active
}
