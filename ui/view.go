package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/chat/wrap"
	"inkling/ui/pane"
	"inkling/ui/safe"
	"inkling/ui/style"
)

// View implements tea.Model: the transcript or a panel, a rule, the input, the status line.
func (p *program) View() tea.View {
	var v tea.View
	v.AltScreen = true
	v.WindowTitle = "inkling"
	if title := safe.Line(p.session.Chat.Conversation().Title); title != "" {
		v.WindowTitle = "inkling: " + title
	}
	v.ProgressBar = progress(p.session)
	v.MouseMode = mouse(p)
	width, height := p.screen.width, p.screen.height
	if width == 0 || height == 0 {
		return v
	}
	if top := p.dock.Dialogs.Top(); top != nil {
		lines := top.Draw(p.look.Look, width, height, true)
		if told := p.notice.over(p.look, width, len(lines)); len(told) > 0 {
			lines = append(lines[:len(lines)-len(told)], told...)
		}
		v.SetContent(frame(lines[:min(len(lines), height)], width))
		v.Cursor = onScreen(top.Cursor(), width, height)
		return v
	}
	if p.screen.alone && p.dock.Find == nil {
		lines := p.dock.Alone(p.look.Look, width, height)
		if told := p.notice.over(p.look, width, len(lines)); len(told) > 0 {
			lines = append(lines[:len(lines)-len(told)], told...)
		}
		p.screen.below, p.screen.input = height, height
		v.SetContent(frame(lines, width))
		v.Cursor = onScreen(p.dock.Cursor(), width, height)
		return v
	}
	input, cursor := p.composer.view(p.look, width)
	if p.dock.Find != nil {
		input, cursor = p.dock.Find.Draw(p.look.Look, width)
	}
	room := max(height-len(input)-3, 0)
	above := append(p.suggest.lines(p.look, width, room), queued(p.session.Chat.Queued(), p.look, width, room)...)
	above = append(above, p.notice.lines(p.look, width, room)...)
	if strip := stripLine(p.session, p.look, width); strip != "" && room > len(above)+least {
		above = append(above, strip)
	}
	body := max(height-len(input)-len(above)-2, 0)
	lines := append(make([]string, 0, height), p.dock.Draw(p.look.Look, width, body)...)
	lines = append(lines, above...)
	lines = append(lines, p.ruleLine())
	top := len(lines)
	over := max(top+len(input)+1-height, 0)
	p.screen.below, p.screen.input = body-over, top-over
	lines = append(lines, input...)
	lines = append(lines, statusOf(p.session, p.warmth.turns > 0).line(width, p.look.Look))
	v.SetContent(frame(lines[max(len(lines)-height, 0):], width))
	if p.dock.Focused() != nil && p.dock.Find == nil {
		cursor = p.dock.Cursor()
	} else {
		cursor.Y += top
	}
	if cursor != nil {
		cursor.Y -= max(len(lines)-height, 0)
	}
	v.Cursor = onScreen(cursor, width, height)
	return v
}

// least is how many lines the text has at least, where there is a line about the context.
const least = 4

// progress is what the terminal shows beside its title, or on its tab: how much of a download has come, or that something is on;
// nil for nothing.
func progress(s *session.Session) *tea.ProgressBar {
	switch d := s.Engine.Download(); {
	case d != nil && d.Progress.Total > 0:
		return tea.NewProgressBar(tea.ProgressBarDefault, int(100*d.Progress.Done/d.Progress.Total))
	case d != nil || s.Busy():
		return tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	}
	return nil
}

// margins take room that a narrow screen does not have.
const narrow = 20 // columns

// frame joins lines. On a screen too narrow for margins they are cut.
func frame(lines []string, width int) string {
	if width < narrow {
		for i, l := range lines {
			lines[i] = ansi.Truncate(l, width, "")
		}
	}
	return strings.Join(lines, "\n")
}

// ruleLine divides transcript and input; it carries notices.
func (p *program) ruleLine() string {
	width := p.screen.width
	switch {
	case p.notice.text != "" && p.notice.fits(width):
		return p.notice.style(p.look).Render(style.Rule(safe.Line(p.notice.text), width))
	case p.dock.Find != nil:
		return p.look.Title.Render(style.Rule(p.dock.Find.Hint(), width))
	case p.transcript.told(width) != "":
		return p.look.Title.Render(style.Rule(p.transcript.told(width), width))
	case p.dock.Focused() == p.dock.Main && p.session.Chat.Conversation().Mode == chat.Story && p.session.Reply.Writing():
		return p.transcript.alive("writing; Esc, or typing, stops", width)
	case p.dock.Focused() == p.dock.Main && inStory(p, width) != "":
		return p.look.Title.Render(style.Rule(inStory(p, width), width))
	case p.dock.Focused() == p.dock.Main && p.session.Preview.Words() != "":
		return p.look.Dim.Render(style.Rule("Tab takes it, Ctrl+Right a word; Esc another", width))
	case p.dock.Focused() == p.dock.Main && p.session.Chat.Conversation().Mode == chat.Story && !p.transcript.coloured:
		return p.look.Dim.Render(style.Rule("Alt+Enter continues here; Esc, then /, for commands", width))
	case p.dock.Focused() == p.dock.Main && p.session.Chat.Conversation().Mode != chat.Story:
		return p.look.Title.Render(style.Rule("text: Up, Down scroll; Left, Right choose a token; Esc", width))
	case p.session.Reply.Paused():
		return p.look.Notice.Render(style.Rule(p.keys.says("paused: %s goes on, %s puts your words in, %s ends", actPause, actSend, actStop), width))
	case len(p.session.Chat.Queued()) > 0:
		return p.look.Dim.Render(style.Rule(p.keys.says("writing; %s takes the queued message back", actStop), width))
	case p.session.Reply.Writing() && p.transcript.follow && p.dock.Focused() != nil:
		return p.look.Dim.Render(style.Rule(p.keys.says("writing; %s stops", actInterrupt), width))
	case p.session.Reply.Writing() && p.transcript.follow:
		return p.look.Dim.Render(style.Rule(p.keys.says("writing; %s stops", actStop), width))
	case !p.transcript.follow && len(p.transcript.items) > 0:
		return p.look.Dim.Render(style.Rule(p.keys.says("more below: %s, or %s", actPageDown, actBottom), width))
	case p.session.Engine.Download() != nil:
		return p.look.Dim.Render(style.Rule(safe.Line(p.session.Engine.Download().Line()), width))
	case p.session.Engine.Opening() != "":
		return p.transcript.alive("loading "+safe.Line(p.session.Engine.Opening())+" …", width)
	}
	if p.transcript.coloured {
		line := legend(p.look.Look, p.session.Traces.Colours(), width)
		return line + p.look.Dim.Render(strings.Repeat("─", max(width-ansi.StringWidth(line), 0)))
	}
	return p.look.Dim.Render(style.Rule("", width))
}

// alive is a rule that tells what is going on, with the sign of it.
func (t *transcript) alive(text string, width int) string {
	line := style.Rule(text, 0)
	if room := width - ansi.StringWidth(line) - gauge - 1; t.life.beat > 0 && room >= 0 {
		return t.look.Dim.Render(line) + t.look.Pulse(t.life.beat, gauge) + t.look.Dim.Render(" "+style.Rule("", room))
	}
	return t.look.Dim.Render(style.Rule(text, width))
}

// inStory is what there is to tell of the token under the cursor of a story with colours, "" for nothing.
func inStory(p *program, width int) string {
	story, ok := p.dock.Main.(*pane.Story)
	if !ok || !p.transcript.coloured || p.session.Reply.Writing() {
		return ""
	}
	return told(p.session.Traces, story.Place(), width)
}

// queued shows the messages that wait, the last of them at least.
func queued(texts []string, look *look, width, limit int) (lines []string) {
	const most = 3
	hidden := max(len(texts)-min(most, limit), 0)
	for _, text := range texts[hidden:] {
		line := "queued: " + safe.Line(text)
		if hidden > 0 {
			line, hidden = fmt.Sprintf("%d more, ", hidden)+line, 0
		}
		lines = append(lines, look.Dim.Render(style.Shorten(line, width)))
	}
	return lines
}

// fits says whether a notice has room in the rule.
func (n notice) fits(width int) bool {
	return ansi.StringWidth(style.Rule(safe.Line(n.text), 0)) <= width
}

// lines are those of a notice that does not fit into the rule.
func (n notice) lines(look *look, width, limit int) []string {
	if n.text == "" || n.fits(width) {
		return nil
	}
	lines := wrap.Text(safe.Line(n.text), max(width, 1))
	if len(lines) > limit {
		lines = lines[:limit]
	}
	for i, l := range lines {
		lines[i] = n.style(look).Render(l)
	}
	return lines
}

// over are the lines of a notice in a panel, over its last ones.
func (n notice) over(look *look, width, limit int) []string {
	if n.text != "" && n.fits(width) && limit > 0 {
		return []string{n.style(look).Render(style.Rule(safe.Line(n.text), width))}
	}
	return n.lines(look, width, limit)
}

func (n notice) style(look *look) lipgloss.Style {
	if n.problem {
		return look.Problem
	}
	return look.Notice
}

// cutText says where the model's view begins.
func cutText(seen session.Context, mode chat.Mode) string {
	text := "context starts here"
	if seen.Cut && mode == chat.Chat {
		text = "context starts in this message"
	}
	if seen.Dropped == 1 {
		return text + "; 1 earlier token left out"
	}
	return fmt.Sprintf("%s; %d earlier tokens left out", text, seen.Dropped)
}
