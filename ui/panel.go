package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/config"
	"inkling/ui/safe"
)

// panel stands in place of the chat until it closes itself by setting program.panel to nil.
type panel interface {
	// view returns at most height lines of at most width columns.
	view(look *look, width, height int) []string
	press(p *program, key tea.KeyPressMsg) tea.Cmd
}

// textPanel shows entries that can be scrolled.
type textPanel struct {
	title   string
	entries []entry
	top     int
	shown   int // lines in the last view
}

// entry is a line of a panel: a name, and what there is to say of it.
type entry struct {
	name, text string
	exact      bool // the name is shown to the letter, every space of it
}

func (t *textPanel) add(name, text string) {
	t.entries = append(t.entries, entry{name: name, text: text})
}

// rows lays the entries out in two columns, or, where there is no room for that, one below the other.
func (t *textPanel) rows(width int) []string {
	column := 0
	for _, e := range t.entries {
		if e.text != "" {
			column = max(column, ansi.StringWidth(e.name)+2)
		}
	}
	beside := width-column >= 30
	indent := column
	if !beside {
		indent = 4
	}
	var rows []string
	for _, e := range t.entries {
		name := e.name
		if e.exact {
			rows = append(rows, strings.Split(ansi.Hardwrap(name, width, true), "\n")...)
			continue
		}
		if e.text == "" {
			rows = append(rows, wrap(name, width)...)
			continue
		}
		lines := wrap(e.text, max(width-indent, 1))
		if beside {
			rows = append(rows, name+strings.Repeat(" ", column-ansi.StringWidth(name))+lines[0])
			lines = lines[1:]
		} else {
			rows = append(rows, wrap(name, width)...)
		}
		for _, l := range lines {
			rows = append(rows, strings.Repeat(" ", indent)+l)
		}
	}
	return rows
}

func (t *textPanel) view(look *look, width, height int) []string {
	rows := t.rows(max(min(width-len(margin), widest), 1))
	t.shown = max(height-3, 1)
	t.top = max(min(t.top, len(rows)-t.shown), 0)
	lines := []string{margin + look.Title.Render(ansi.Truncate(t.title, max(width-len(margin), 1), "…")), ""}
	for _, r := range rows[t.top:min(t.top+t.shown, len(rows))] {
		lines = append(lines, margin+r)
	}
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	hint := "Esc closes"
	if len(rows) > t.shown {
		hint += ", Up and Down scroll"
	}
	return append(lines, look.Dim.Render(rule(hint, width)))
}

func (t *textPanel) scroll(n int) { t.top += n }

func (t *textPanel) press(p *program, key tea.KeyPressMsg) tea.Cmd {
	switch key.String() {
	case "esc", "q", "enter", "f1", "?", "ctrl+c":
		p.panel = nil
	case "ctrl+d":
		return tea.Quit
	case "up", "k":
		t.scroll(-1)
	case "down", "j":
		t.scroll(+1)
	case "pgup":
		t.scroll(-t.shown)
	case "pgdown", "space":
		t.scroll(+t.shown)
	case "home", "g":
		t.top = 0
	case "end", "G":
		t.scroll(1 << 20)
	}
	return nil
}

// helpPanel lists keys and commands.
func helpPanel(p *program) panel {
	t := &textPanel{title: "Keys and commands"}
	for _, k := range p.keys.listed() {
		h := k.Help()
		if h.Key == p.keys.Newline.Help().Key && p.shiftEnter {
			h.Key = "Shift+Enter, Ctrl+J"
		}
		t.add(h.Key, h.Desc)
	}
	t.add("", "")
	for _, c := range p.commands {
		t.add(strings.TrimSpace(c.names[0]+" "+c.args), c.help)
	}
	t.add("", "")
	t.add("A message that begins with a slash: put a blank before it.", "")
	return t
}

// from says where the value of a setting comes from, unless it is the default.
func (p *program) from(key string) string {
	o := p.settings.Origin(key)
	if o.Source == config.Default {
		return ""
	}
	return " (" + safe.Line(o.String()) + ")"
}

// showPanel lists the settings and how the context is filled.
func showPanel(p *program) panel {
	t := &textPanel{title: "Settings"}
	for _, s := range config.Table() {
		help := s.Help
		if p.settings.Origin(s.Key).Source == config.Model {
			help += p.from(s.Key)
		}
		t.add(s.Key+" "+safe.Line(s.Format(p.settings.Settings)), p.look.Dim.Render(help))
	}
	t.add("", "")
	if p.model == nil {
		t.add("The model is not open yet.", "")
		return t
	}
	info, plan := p.model.Info(), p.plan
	t.add("the model now", fmt.Sprintf("%s, %s parameters in %s, kernel %s, %d threads", safe.Line(info.Name), info.Size(), info.Weights, info.Kernel, info.Threads))
	if p.format != nil {
		t.add("prompt format", p.format.Name())
	}
	if plan.Note != "" {
		t.add("", safe.Line(plan.Note))
	}
	t.add("mode", string(p.conv.Mode))
	if p.conv.System != "" {
		t.add("system text", safe.Line(p.conv.System))
	}
	t.add("context", tokens(plan.Context))
	t.add("  system, preamble", tokens(plan.Prefix))
	t.add("  of the chat", tokens(plan.History))
	t.add("  left out", fmt.Sprintf("%s, %d whole turns", tokens(plan.Dropped), plan.DroppedTurns))
	t.add("  kept for the reply", tokens(plan.Reserve))
	return t
}

// promptPanel shows the prompt to the letter: that of the reply that is being written, or that the next one would have.
// Special tokens are shown as their text.
func promptPanel(p *program) panel {
	t := &textPanel{title: "Prompt"}
	if p.model == nil {
		t.add("The model is not open yet.", "")
		return t
	}
	plan := p.plan
	if p.reply == nil {
		var err error
		if plan, err = p.makePlan(p.conv.Path(), false); err != nil {
			t.add(safe.Line(err.Error()), "")
			return t
		}
	}
	t.title = fmt.Sprintf("Prompt: %s, format %s", tokens(len(plan.Prompt)), p.format.Name())
	if plan.Note != "" {
		t.add(safe.Line(plan.Note), "")
		t.add("", "")
	}
	for line := range strings.SplitSeq(safe.Visible(p.model.Show(plan.Prompt)), "\n") {
		t.entries = append(t.entries, entry{name: line, exact: true})
	}
	return t
}
