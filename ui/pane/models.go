package pane

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat/session"
	"inkling/ui/list"
	"inkling/ui/safe"
	"inkling/ui/style"
	"inkling/ui/text"
)

// Models lists the models that are here, those that can be fetched, and the one whose name is typed. What is typed
// filters the others.
type Models struct {
	session.Models
	session *session.Session
	filter  text.Field
	list    list.List[session.ModelRow] // what the filter leaves
	at      *tea.Cursor
}

// NewModels lists models to choose from.
func NewModels(of *session.Session, models session.Models) *Models {
	m := &Models{Models: models, session: of, filter: text.Field{Prompt: style.Margin + "Filter or name: "}}
	m.list.Heading = func(r session.ModelRow) string { return r.Heading }
	m.sift()
	m.list.Choose(max(slices.IndexFunc(m.list.Shown(), func(r session.ModelRow) bool { return m.InUse(r.Choice) }), 0))
	return m
}

// sift works out the rows.
func (m *Models) sift() {
	rows, chosen := m.Sift(m.filter.String())
	m.list.Set(rows)
	m.list.Choose(chosen)
}

func (m *Models) scroll(n int) { m.list.Move(n / wheelLines) }

// paste puts text into the filter: a name from elsewhere.
func (m *Models) paste(pasted string) {
	m.filter.Insert(safe.Line(pasted))
	m.sift()
}

// Handle implements Pane.
func (m *Models) Handle(msg tea.Msg) (o Action) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		m.scroll(Wheel(msg))
	case tea.MouseClickMsg:
		if picks(&m.list, msg, aboveList) {
			return m.press(enter)
		}
	case tea.PasteMsg:
		m.paste(msg.Content)
	case tea.KeyPressMsg:
		return m.press(msg)
	}
	return o
}

func (m *Models) press(key tea.KeyPressMsg) (o Action) {
	switch key.String() {
	case "esc", "ctrl+c":
		o.Close = true
	case "enter":
		if chosen, ok := m.list.Chosen(); ok {
			o.Close, o.Work = true, m.session.Switch(chosen.Name)
		}
	default:
		if !m.list.Press(key.String()) && m.filter.Update(key) {
			m.sift()
		}
	}
	return o
}

// Title implements Pane.
func (m *Models) Title() string {
	title := "Models"
	if info, ok := m.session.Engine.Info(); ok {
		title += ": now " + safe.Line(session.Describe(info))
	}
	return title
}

// Draw implements Pane.
func (m *Models) Draw(look *style.Look, width, height int, _ bool) []string {
	filter, x := m.filter.View(width)
	m.at = tea.NewCursor(x, 1)
	lines := []string{style.Margin + look.Title.Render(style.Shorten(m.Title(), max(width-len(style.Margin), 1))), filter, ""}
	lines = append(lines, m.lines(look, width, max(height-len(lines)-1, 1))...)
	for len(lines) < height-1 {
		lines = append(lines, "")
	}
	return append(lines, look.Dim.Render(style.Rule(m.hint(), width)))
}

// Cursor implements Pane.
func (m *Models) Cursor() *tea.Cursor { return m.at }

// hint says what Enter does.
func (m *Models) hint() string {
	chosen, ok := m.list.Chosen()
	switch {
	case !ok:
		return "type owner/name, a folder or a GGUF file; Esc closes"
	case chosen.Here:
		return "Enter chooses, Esc closes"
	case chosen.Heading == session.ThereHeading:
		return "Enter downloads, Esc closes; or type owner/name"
	}
	return "Enter opens or downloads, Esc closes"
}

// lines are the rows with their headings.
func (m *Models) lines(look *style.Look, width, height int) []string {
	if len(m.list.Shown()) == 0 {
		return []string{style.Margin + look.Dim.Render("none")}
	}
	// The mark, the name, parameters where there is room, the size, and what else there is to tell.
	const parameters, size = 7, 9
	wide := width >= 60
	rest := len(style.Margin) + size + 12
	if wide {
		rest += parameters + 8
	}
	column := 0
	for _, r := range m.list.Shown() {
		column = max(column, ansi.StringWidth(safe.Line(r.Name)))
	}
	column = min(column, max(width-rest, 8))
	return m.list.Lines(height, func(r session.ModelRow, chosen bool) string {
		mark, name := "  ", style.Pad(brief(safe.Line(r.Name), column), column)
		if chosen {
			mark, name = look.Selected.Render("› "), look.Selected.Render(name)
		}
		inParameters, inBytes := r.Figures()
		figures := ""
		if wide {
			figures += style.PadLeft(inParameters, parameters)
		}
		figures += style.PadLeft(inBytes, size)
		if room := width - ansi.StringWidth(mark+name+figures) - 2; room > 0 {
			figures += "  " + style.Shorten(m.Note(r.Choice), room)
		}
		return ansi.Truncate(mark+name+look.Dim.Render(figures), width, "…")
	}, func(heading string) string { return look.Dim.Render(style.Shorten(style.Margin+heading, width)) })
}

// brief is a model's name in so many columns, cut where one of its parts ends.
func brief(name string, width int) string {
	if ansi.StringWidth(name) <= width {
		return name
	}
	name = ansi.Truncate(name, max(width-1, 0), "")
	if i := strings.LastIndexAny(name, "-/_. "); i > len(name)/2 {
		name = name[:i+1]
	}
	return name + "…"
}
