package ui

import (
	"fmt"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
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
	rate      float64  // tokens per second of the reply that is being written, 0: not known
	warmth    float64  // temperature
	active    []string // the other parameters that are not what they are by default
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
		model: "no model yet", rate: of.Reply.Rate(), warmth: of.Settings.Values().Temperature, active: of.Settings.Changed(),
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

// A part is something that the status line tells, with a bar before it where there is room.
type part struct {
	text  string
	paint lipgloss.Style
	rank  int
	more  bool // it belongs to the part before

	bar     string
	barRank int
}

// In this order parts get their room, whole or not at all: the seed goes first where there is too little.
const (
	rankComing = iota
	rankTemperature
	rankLeft
	rankShare
	rankContext
	rankUrgent
	rankModel
	rankThermometer
	rankParameter
	rankContextBar
	rankSeed
)

const gauge = 6 // columns of a bar

// parts are what there is to tell, in order.
func (s status) parts(look *style.Look) []part {
	var parts []part
	add := func(rank int, text string) {
		parts = append(parts, part{text: text, rank: rank, paint: look.Dim})
	}
	for i, text := range s.next {
		add([]int{rankComing, rankShare, rankLeft}[i], text)
		parts[len(parts)-1].more = i > 0
	}
	add(rankModel, s.model)
	if s.unsaved {
		add(rankUrgent, "unsaved")
		parts[len(parts)-1].paint = look.Warning
	}
	parts = append(parts, part{text: fmt.Sprintf("T %.2f", s.warmth), bar: look.Thermometer(s.warmth, gauge), paint: look.Heat(s.warmth).Bold(s.changed),
		rank: rankTemperature, barRank: rankThermometer})
	for _, text := range s.active {
		add(rankParameter, text)
	}
	if s.context > 0 {
		share, paint := float64(s.used)/float64(s.context), look.Dim
		switch {
		case share >= 0.95:
			paint = look.Problem
		case share >= 0.8:
			paint = look.Warning
		}
		parts = append(parts, part{text: fmt.Sprintf("ctx %d/%d", s.used, s.context), bar: look.Gauge(share, gauge, paint), paint: paint,
			rank: rankContext, barRank: rankContextBar})
	}
	if s.rate > 0 {
		add(rankUrgent, fmt.Sprintf("%.0f tok/s", s.rate))
	}
	if s.seeded {
		seed := "seed " + strconv.FormatUint(s.seed, 10)
		if s.fixedSeed {
			seed += " fixed"
		}
		add(rankSeed, seed)
	}
	return parts
}

// line fits the most important parts into width columns.
func (s status) line(width int, look *style.Look) string {
	parts := s.parts(look)
	shown, barred := make([]bool, len(parts)), make([]bool, len(parts))
	size := 0
	for rank := range rankSeed + 1 {
		for i, p := range parts {
			n := ansi.StringWidth(before(p, size == 0)) + ansi.StringWidth(p.text)
			switch {
			case p.rank == rank && (size == 0 || size+n <= width):
				shown[i] = true
				size += n
			case p.bar != "" && p.barRank == rank && shown[i] && size+gauge+1 <= width:
				barred[i] = true
				size += gauge + 1
			}
		}
	}
	var b strings.Builder
	for i, p := range parts {
		if !shown[i] {
			continue
		}
		b.WriteString(look.Dim.Render(before(p, b.Len() == 0)))
		if barred[i] {
			b.WriteString(p.bar + " ")
		}
		b.WriteString(p.paint.Render(p.text))
	}
	return ansi.Truncate(b.String(), width, "…")
}

// before is what stands between a part and the one before it.
func before(p part, first bool) string {
	switch {
	case first:
		return ""
	case p.more:
		return " "
	}
	return session.Separator
}
