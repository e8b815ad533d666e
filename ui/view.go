package ui

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/engine"
	"inkling/engine/sample"
	"inkling/ui/safe"
)

// View implements tea.Model: the transcript or a panel, a rule, the input, the status line.
func (p *program) View() tea.View {
	var v tea.View
	v.AltScreen = true
	v.WindowTitle = "inkling"
	if title := safe.Line(p.conv.Title); title != "" {
		v.WindowTitle = "inkling: " + title
	}
	if p.settings.Mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if p.width == 0 || p.height == 0 {
		return v
	}
	if p.panel != nil {
		lines := p.panel.view(p.look, p.width, p.height)
		if p.notice.text != "" && len(lines) > 0 {
			lines[len(lines)-1] = p.noticeStyle().Render(rule(safe.Line(p.notice.text), p.width))
		}
		v.SetContent(p.frame(lines[:min(len(lines), p.height)]))
		return v
	}
	input := strings.Split(p.composer.area.View(), "\n")
	room := max(p.height-len(input)-3, 0)
	above := append(p.suggest.lines(p.look, p.width, room), p.longNotice(room)...)
	body := max(p.height-len(input)-len(above)-2, 0)
	p.transcript.height = body

	lines := make([]string, 0, p.height)
	if len(p.transcript.items) == 0 {
		lines = append(lines, p.welcome(body)...)
	} else {
		lines = append(lines, p.transcript.lines()...)
	}
	for len(lines) < body {
		lines = append(lines, "")
	}
	lines = append(lines, above...)
	lines = append(lines, p.ruleLine())
	top := len(lines)
	lines = append(lines, input...)
	lines = append(lines, p.statusLine())
	v.SetContent(p.frame(lines[max(len(lines)-p.height, 0):]))
	if c := p.composer.area.Cursor(); c != nil {
		c.Y += top - max(len(lines)-p.height, 0)
		v.Cursor = c
	}
	return v
}

// frame joins lines. On a screen too narrow for margins they are cut.
func (p *program) frame(lines []string) string {
	if p.width < narrow {
		for i, l := range lines {
			lines[i] = ansi.Truncate(l, p.width, "")
		}
	}
	return strings.Join(lines, "\n")
}

const narrow = 20 // columns

// ruleLine divides transcript and input; it carries notices.
func (p *program) ruleLine() string {
	switch {
	case p.notice.text != "" && p.fits(p.notice.text):
		return p.noticeStyle().Render(rule(safe.Line(p.notice.text), p.width))
	case p.reply != nil && p.transcript.follow:
		return p.look.Dim.Render(rule("writing; Esc stops", p.width))
	case !p.transcript.follow && len(p.transcript.items) > 0:
		return p.look.Dim.Render(rule("more below: PgDn, or Ctrl+End", p.width))
	case p.pull != nil:
		return p.look.Dim.Render(rule(p.pull.line(), p.width))
	case p.opening != "":
		return p.look.Dim.Render(rule("opening "+safe.Line(p.opening)+" …", p.width))
	}
	return p.look.Dim.Render(rule("", p.width))
}

// fits says whether a notice has room in the rule.
func (p *program) fits(notice string) bool {
	return ansi.StringWidth(rule(safe.Line(notice), 0)) <= p.width
}

// longNotice is a notice that does not fit into the rule, on lines of its own.
func (p *program) longNotice(limit int) []string {
	if p.notice.text == "" || p.fits(p.notice.text) {
		return nil
	}
	lines := wrap(safe.Line(p.notice.text), max(p.width, 1))
	if len(lines) > limit {
		lines = lines[:limit]
	}
	for i, l := range lines {
		lines[i] = p.noticeStyle().Render(l)
	}
	return lines
}

func (p *program) noticeStyle() lipgloss.Style {
	if p.notice.problem {
		return p.look.Problem
	}
	return p.look.Notice
}

func (p *program) statusLine() string {
	s := status{
		model: "no model yet", rate: p.rate, params: p.settings.Params, seed: p.lastSeed, seeded: p.seeded,
		fixedSeed: p.settings.Seed != nil, unsaved: p.Unsaved != "", changed: p.hot > 0,
	}
	if p.settings.Seed != nil {
		s.seed, s.seeded = *p.settings.Seed, true
	}
	if p.model != nil {
		info := p.model.Info()
		s.model, s.context = safe.Line(shortName(info.Name)), info.Context
		s.used = len(p.plan.Prompt)
		if p.reply != nil {
			s.used += p.reply.tokens
		} else {
			s.used -= p.plan.Cue
		}
	}
	switch {
	case p.model == nil:
	case p.pull != nil:
		s.next = append([]string{strings.TrimSpace("↓ " + brief(p.pull.name) + " " + p.pull.shown.Share())}, p.pull.shown.Speed()...)
	case p.opening != "":
		s.next = []string{"opening " + brief(p.opening)}
	case p.coming != nil:
		s.next = []string{"next: " + brief(p.coming.name)}
	}
	if p.conv.Mode == chat.Story {
		s.model += " (story)"
	}
	return s.line(p.width, p.look.styles)
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

// welcome fills the empty transcript.
func (p *program) welcome(height int) []string {
	name := "the model"
	if p.model != nil {
		info := p.model.Info()
		name = fmt.Sprintf("%s, a GPT-2 of %s parameters", safe.Line(shortName(info.Name)), info.Size())
	}
	lines := []string{
		p.look.Title.Render("inkling"),
		"",
		"You are talking to " + name + ", on your own machine.",
		"Small models make things up. Play with them, do not believe them.",
		"",
		p.look.Dim.Render("Try:  Write a poem about nature"),
		p.look.Dim.Render("      tell me a story about a brave fox"),
		p.look.Dim.Render("      /mode story, then: Once upon a time"),
		"",
		p.look.Dim.Render("Ctrl+Up and Ctrl+Down turn the temperature while it writes."),
		p.look.Dim.Render("? shows all keys and commands."),
	}
	if p.conv.Mode == chat.Story {
		lines = append(lines[:4], "", p.look.Dim.Render("Begin a story, and the model goes on. Enter on an empty line: more."))
	}
	var wrapped []string
	for _, l := range lines {
		for _, w := range strings.Split(ansi.Wrap(l, max(p.width-len(margin), 1), ""), "\n") {
			wrapped = append(wrapped, margin+w)
		}
	}
	return wrapped[:min(len(wrapped), height)]
}

// cutLine is the line above the first turn that the model sees, when it does not see all.
func (p *program) cutLine(t *chat.Turn) string {
	if p.plan.FirstKept != t.ID {
		return ""
	}
	return p.cutText()
}

func (p *program) cutText() string {
	text := "the model sees from here on"
	if p.plan.CutTurn && p.conv.Mode == chat.Chat {
		text = "the model sees the end of this and what follows"
	}
	return fmt.Sprintf("%s; %s before it left out", text, tokens(p.plan.Dropped))
}

func tokens(n int) string {
	if n == 1 {
		return "1 token"
	}
	return strconv.Itoa(n) + " tokens"
}

// footer says how a reply was made and which version it is.
func (p *program) footer(t *chat.Turn) string {
	var parts []string
	if ids, i := p.conv.Siblings(t.ID); len(ids) > 1 {
		parts = append(parts, fmt.Sprintf("version %d of %d", i+1, len(ids)))
	}
	switch {
	case t.State == chat.Stopped && t.Reply != nil && t.Reply.StopReason == "":
		parts = append(parts, "interrupted")
	case t.State == chat.Stopped:
		parts = append(parts, "stopped")
	}
	if t.Role == chat.User || t.State == chat.Writing || t.Reply == nil {
		return strings.Join(parts, separator)
	}
	switch engine.StopReason(t.Reply.StopReason) {
	case engine.Length:
		parts = append(parts, "cut at max_tokens, Enter goes on")
	case engine.ContextFull:
		parts = append(parts, "the context is full, Enter goes on")
	}
	if strings.TrimSpace(t.Text) == "" {
		parts = append(parts, "empty, Ctrl+R tries again")
	}
	parts = append(parts, tokens(t.Reply.Tokens))
	if t.Reply.TokensPerSecond > 0 {
		parts = append(parts, fmt.Sprintf("%.0f/s", t.Reply.TokensPerSecond))
	}
	if t.Reply.Guessed > 0 {
		parts = append(parts, fmt.Sprintf("%d guessed", t.Reply.Guessed))
	}
	var made sample.Params
	if json.Unmarshal(t.Reply.Params, &made) == nil {
		parts = append(parts, fmt.Sprintf("T %.2f", made.Temperature))
	}
	parts = append(parts, "seed "+strconv.FormatUint(t.Reply.Seed, 10))
	return strings.Join(parts, separator)
}
