package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat/session"
	"inkling/ui/safe"
	"inkling/ui/text"
)

// modelsPanel lists the models that are here, those that can be fetched, and the one whose name is typed. What is typed
// filters the others.
type modelsPanel struct {
	session.Models
	session *session.Session
	filter  text.Field
	rows    []session.ModelRow // what the filter leaves
	chosen  int
	at      *tea.Cursor
}

func newModelsPanel(of *session.Session, models session.Models) *modelsPanel {
	m := &modelsPanel{Models: models, session: of, filter: text.Field{Prompt: margin + "Filter or name: "}}
	m.sift()
	m.chosen = max(slices.IndexFunc(m.rows, func(r session.ModelRow) bool { return m.InUse(r.Choice) }), 0)
	return m
}

// sift works out the rows.
func (m *modelsPanel) sift() { m.rows, m.chosen = m.Sift(m.filter.String()) }

func (m *modelsPanel) choose(step int) {
	m.chosen = max(min(m.chosen+step, len(m.rows)-1), 0)
}

func (m *modelsPanel) scroll(n int) { m.choose(n / wheelLines) }

// paste puts text into the filter: a name from elsewhere.
func (m *modelsPanel) paste(pasted string) {
	m.filter.Insert(safe.Line(pasted))
	m.sift()
}

func (m *modelsPanel) press(key tea.KeyPressMsg) (o outcome) {
	switch key.String() {
	case "esc", "ctrl+c":
		o.close = true
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
			o.close, o.work = true, m.session.Switch(m.rows[m.chosen].Name)
		}
	default:
		if m.filter.Update(key) {
			m.sift()
		}
	}
	return o
}

func (m *modelsPanel) view(look *look, width, height int) []string {
	title := "Models"
	if info, ok := m.session.Engine.Info(); ok {
		title += ": now " + safe.Line(session.Describe(info))
	}
	filter, x := m.filter.View(width)
	m.at = tea.NewCursor(x, 1)
	lines := []string{margin + look.Title.Render(ansi.Truncate(title, max(width-len(margin), 1), "…")), filter, ""}
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

func (m *modelsPanel) cursor() *tea.Cursor { return m.at }

// hint says what Enter does.
func (m *modelsPanel) hint() string {
	switch {
	case len(m.rows) == 0:
		return "type owner/name, a folder or a GGUF file; Esc closes"
	case m.rows[m.chosen].Here:
		return "Enter chooses, Esc closes"
	case m.rows[m.chosen].Heading == session.ThereHeading:
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
		if r.Heading != heading {
			heading = r.Heading
			lines = append(lines, ansi.Truncate(margin+look.Dim.Render(heading), width, "…"))
		}
		mark, name := "  ", pad(ansi.Truncate(safe.Line(r.Name), column, "…"), column)
		if i == m.chosen {
			at = len(lines)
			mark, name = look.Selected.Render("› "), look.Selected.Render(name)
		}
		inParameters, inBytes := r.Figures()
		figures := ""
		if wide {
			figures += padLeft(inParameters, parameters)
		}
		figures += padLeft(inBytes, size)
		lines = append(lines, ansi.Truncate(mark+name+look.Dim.Render(figures+"  "+m.Note(r.Choice)), width, "…"))
	}
	return lines, at
}

// pad fills text up to a number of columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-ansi.StringWidth(text), 0))
}

// padLeft does the same, on the left.
func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(width-ansi.StringWidth(text), 0)) + text
}
