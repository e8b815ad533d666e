package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/safe"
	"inkling/ui/style"
)

// status is what the last line of the screen tells.
type status struct {
	next      []string // what there is to tell of another model that is on its way: what it is, the rate, the time left
	model     string
	rate      float64  // tokens per second, 0: not known
	warmth    float64  // temperature
	active    []string // the other parameters that change anything
	used      int      // tokens in the model's view
	context   int
	seed      uint64
	seeded    bool // a reply has been drawn, or the user fixed the seed
	fixedSeed bool
	unsaved   bool
	changed   bool // the temperature has just been changed
}

// statusOf is the status of a session. hot is set where the temperature has just been changed.
func statusOf(of *session.Session, hot bool) status {
	s := status{
		model: "no model yet", rate: of.Reply.Rate(), warmth: of.Settings.Values().Temperature, active: of.Settings.Active(),
		unsaved: of.Chat.Unsaved() != "", changed: hot,
	}
	s.seed, s.fixedSeed, s.seeded = of.Reply.Seed()
	info, open := of.Engine.Info()
	if open {
		seen := of.Context()
		s.model, s.context, s.used = safe.Line(shortName(info.Name)), seen.Size, seen.Used
	}
	switch download := of.Engine.Download(); {
	case !open:
	case download != nil:
		s.next = append([]string{strings.TrimSpace("↓ " + brief(download.Name) + " " + download.Progress.Share())}, download.Progress.Speed()...)
	case of.Engine.Opening() != "":
		s.next = []string{"loading " + brief(of.Engine.Opening())}
	case of.Engine.Coming() != "":
		s.next = []string{"next: " + brief(of.Engine.Coming())}
	}
	if of.Chat.Conversation().Mode == chat.Story {
		s.model += " (story)"
	}
	return s
}

// brief is the name of another model in the status line.
func brief(name string) string {
	const widest = 16 // columns: the rest of what there is to tell has room on a screen of 40
	return ansi.Truncate(safe.Line(shortName(name)), widest, "…")
}

// shortName is the last part of a model's path.
func shortName(name string) string {
	trimmed := strings.TrimRight(name, `/\`)
	if i := strings.LastIndexAny(trimmed, `/\`); i >= 0 {
		return trimmed[i+1:]
	}
	return trimmed
}

// line fits the most important parts into width columns, in a fixed order.
func (s status) line(width int, look *style.Look) string {
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
	parts = append(parts, part{text: fmt.Sprintf("T %.2f", s.warmth), hot: s.changed})
	for _, text := range s.active {
		parts = append(parts, part{text: text, rank: 7})
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
		return session.Separator
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
