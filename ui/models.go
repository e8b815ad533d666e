package ui

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/engine"
	"inkling/engine/hub"
	"inkling/ui/safe"
)

// A Model is one that can be chosen in the chat.
type Model struct {
	Name       string    // by which it is opened, and pulled where it is not here
	Here       bool      // all of it is on this machine
	Parameters int64     // 0: not known
	Size       int64     // bytes of all its files; 0: not known
	Begun      bool      // a part of one that is not all here is on this machine
	Licence    string    // "": not known
	Used       time.Time // when it was last read; zero: not known
}

// modelsPanel lists the models that are here, those that can be fetched, and the one whose name is typed. What is typed
// filters the others.
type modelsPanel struct {
	p      *program
	all    []Model
	filter textinput.Model
	rows   []modelRow // what the filter leaves
	chosen int
}

// modelRow is a model, below a heading.
type modelRow struct {
	Model
	heading string
}

const (
	hereHeading  = "On this machine"
	thereHeading = "To download"
	typedHeading = "As typed"
)

// modelsMsg brings the list of models.
type modelsMsg struct {
	models []Model
	err    error
}

// listModels shows the models to choose from.
func (p *program) listModels() tea.Cmd {
	if p.Models == nil {
		return func() tea.Msg { return modelsMsg{} }
	}
	return func() tea.Msg {
		models, err := p.Models()
		return modelsMsg{models, err}
	}
}

// offered opens the panel. A cache that cannot be read leaves the models that do not need it.
func (p *program) offered(msg modelsMsg) {
	p.fail(msg.err)
	m := &modelsPanel{p: p, all: msg.models, filter: textinput.New()}
	if p.model != nil && !slices.ContainsFunc(m.all, func(o Model) bool { return o.Here && m.inUse(o) }) {
		info := p.model.Info()
		m.all = append([]Model{{Name: info.Name, Here: true, Parameters: int64(info.Parameters)}}, m.all...)
	}
	m.filter.Prompt = "Filter or name: "
	m.filter.SetVirtualCursor(true)
	m.filter.Focus()
	m.sift()
	m.chosen = max(slices.IndexFunc(m.rows, func(r modelRow) bool { return m.inUse(r.Model) }), 0)
	p.panel = m
}

// inUse says whether the chat is with that model.
func (m *modelsPanel) inUse(o Model) bool { return m.p.model != nil && m.p.model.Info().Name == o.Name }

// sift works out the rows: the models that have every word of the filter in their names or licence, and the one that it
// names itself.
func (m *modelsPanel) sift() {
	m.rows, m.chosen = nil, 0
	typed := strings.TrimSpace(m.filter.Value())
	words := strings.Fields(strings.ToLower(typed))
	for _, heading := range []string{hereHeading, thereHeading} {
		for _, o := range m.all {
			known, _ := hub.Lookup(o.Name)
			text := strings.ToLower(o.Name + "\n" + known.ID + "\n" + o.Licence)
			if o.Here == (heading == hereHeading) && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
				m.rows = append(m.rows, modelRow{o, heading})
			}
		}
	}
	if typed == "" {
		return
	}
	name := typed
	// Folders elsewhere are not looked for while a name is typed: they may be on a disk that does not answer.
	if !filepath.IsAbs(home(typed)) && !strings.HasPrefix(typed, ".") {
		if ref, err := hub.Parse(typed); err == nil {
			name = ref.String()
		} else if _, err := os.Stat(typed); err != nil {
			return
		}
	}
	m.chosen = slices.IndexFunc(m.rows, func(r modelRow) bool { return r.Name == name })
	if m.chosen < 0 {
		m.rows = append(m.rows, modelRow{Model{Name: name}, typedHeading})
		m.chosen = 0
	}
}

func (m *modelsPanel) choose(step int) {
	m.chosen = max(min(m.chosen+step, len(m.rows)-1), 0)
}

func (m *modelsPanel) scroll(n int) { m.choose(n / wheelLines) }

// paste puts text into the filter: a name from elsewhere.
func (m *modelsPanel) paste(text string) {
	m.filter.SetValue(m.filter.Value() + safe.Line(strings.TrimSpace(text)))
	m.filter.CursorEnd()
	m.sift()
}

func (m *modelsPanel) press(p *program, key tea.KeyPressMsg) tea.Cmd {
	switch key.String() {
	case "esc", "ctrl+c":
		p.panel = nil
	case "ctrl+d":
		return tea.Quit
	case "up", "ctrl+p":
		m.choose(-1)
	case "down", "ctrl+n":
		m.choose(+1)
	case "pgup":
		m.choose(-10)
	case "pgdown":
		m.choose(+10)
	case "enter":
		if len(m.rows) > 0 {
			p.panel = nil
			return p.switchModel(m.rows[m.chosen].Name)
		}
	default:
		before := m.filter.Value()
		var cmd tea.Cmd
		m.filter, cmd = m.filter.Update(key)
		if m.filter.Value() != before {
			m.sift()
		}
		return cmd
	}
	return nil
}

func (m *modelsPanel) view(look *look, width, height int) []string {
	title := "Models"
	if m.p.model != nil {
		title += ": now " + modelLine(m.p.model.Info())
	}
	lines := []string{
		margin + look.Title.Render(ansi.Truncate(title, max(width-len(margin), 1), "…")),
		ansi.Truncate(margin+m.filter.View(), width, ""), "",
	}
	room := max(height-len(lines)-1, 1)
	rows, at := m.lines(look, width)
	first := max(min(at-room+1, len(rows)-room), 0)
	if m.chosen == 0 {
		first = 0 // with its heading
	}
	lines = append(lines, rows[first:min(first+room, len(rows))]...)
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	return append(lines, look.Dim.Render(rule(m.hint(), width)))
}

// hint says what Enter does.
func (m *modelsPanel) hint() string {
	switch {
	case len(m.rows) == 0:
		return "type owner/name, a folder or a GGUF file; Esc closes"
	case m.rows[m.chosen].Here:
		return "Enter chooses, Esc closes"
	case m.rows[m.chosen].heading == thereHeading:
		return "Enter downloads, Esc closes; or type owner/name"
	}
	return "Enter opens or downloads, Esc closes"
}

// lines are the rows with their headings; at is where the chosen one is.
func (m *modelsPanel) lines(look *look, width int) (lines []string, at int) {
	if len(m.rows) == 0 {
		return []string{margin + look.Dim.Render("none")}, 0
	}
	// The mark, the name, parameters where there is room, the size, and what else there is to tell.
	const parameters, size = 7, 9
	wide := width >= 60
	rest := len(margin) + size + 12
	if wide {
		rest = len(margin) + parameters + size + 28
	}
	column := 0
	for _, r := range m.rows {
		column = max(column, ansi.StringWidth(safe.Line(r.Name)))
	}
	column = min(column, max(width-rest, 8))
	heading := ""
	for i, r := range m.rows {
		if r.heading != heading {
			heading = r.heading
			lines = append(lines, ansi.Truncate(margin+look.Dim.Render(heading), width, "…"))
		}
		mark, name := "  ", pad(ansi.Truncate(safe.Line(r.Name), column, "…"), column)
		if i == m.chosen {
			at = len(lines)
			mark, name = look.Selected.Render("› "), look.Selected.Render(name)
		}
		figures := ""
		if wide {
			figures += padLeft(inParameters(r.Parameters), parameters)
		}
		figures += padLeft(inBytes(r.Size), size)
		lines = append(lines, ansi.Truncate(mark+name+look.Dim.Render(figures+"  "+m.note(r)), width, "…"))
	}
	return lines, at
}

// note is what a row tells besides the sizes.
func (m *modelsPanel) note(r modelRow) string {
	var parts []string
	pull := m.p.pull
	switch {
	case pull != nil && same(pull.name, r.Name):
		parts = append(parts, strings.TrimSpace(pull.shown.Share()+" downloading"))
	case m.inUse(r.Model):
		parts = append(parts, "in use")
	case r.Begun:
		parts = append(parts, "begun")
	}
	if r.Licence != "" {
		parts = append(parts, strings.ToLower(r.Licence)) // as the hub writes it
	}
	if r.Here && !r.Used.IsZero() {
		parts = append(parts, "used "+ago(m.p.now().Sub(r.Used)))
	}
	return strings.Join(parts, ", ")
}

// text is the list as lines for the plain chat.
func (m *modelsPanel) text() string {
	var b strings.Builder
	heading := ""
	for _, r := range m.rows {
		if r.heading != heading {
			heading = r.heading
			b.WriteString(heading + "\n")
		}
		parts := slices.DeleteFunc([]string{inParameters(r.Parameters), inBytes(r.Size), m.note(r)}, func(s string) bool { return s == "" })
		b.WriteString("  " + safe.Line(r.Name) + ": " + cmp.Or(strings.Join(parts, ", "), "size not known") + "\n")
	}
	return b.String() + "/model NAME chooses one; any owner/name of the hub, folder or GGUF file is a name too\n"
}

// modelLine is what a model in memory is.
func modelLine(info engine.Info) string {
	format := ""
	if info.Weights != "" {
		format = " in " + info.Weights
	}
	return fmt.Sprintf("%s, %s parameters%s, context %d", safe.Line(info.Name), info.Size(), format, info.Context)
}

// inParameters is a number of parameters; "" where it is not known.
func inParameters(n int64) string {
	if n == 0 {
		return ""
	}
	return engine.Info{Parameters: int(n)}.Size()
}

// inBytes is a size; "" where it is not known.
func inBytes(n int64) string {
	if n == 0 {
		return ""
	}
	return hub.Bytes(n)
}

// pad fills text up to a number of columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-ansi.StringWidth(text), 0))
}

// padLeft does the same, on the left.
func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(width-ansi.StringWidth(text), 0)) + text
}
