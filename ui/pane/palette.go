package pane

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat/wrap"
	"inkling/ui/list"
	"inkling/ui/style"
	"inkling/ui/text"
)

// An Entry is something that the palette does: what a key does, or the line of a command.
type Entry struct {
	Words string // what it does
	Keys  string // that do the same, or the command
	Do    string // name of the key's action; "" for a line
	Line  string // a command; one that ends with a blank waits in the input for the rest
}

// A Palette lists everything that can be done, and does what is chosen.
type Palette struct {
	list   list.List[Entry]
	filter text.Field
	at     *tea.Cursor
}

// NewPalette offers those entries.
func NewPalette(all []Entry) *Palette {
	p := &Palette{filter: text.Field{Prompt: style.Margin + "Do: "}}
	p.list.Words = func(e Entry) string { return e.Words + "\n" + e.Keys }
	p.list.Set(all)
	return p
}

// Title implements Pane.
func (p *Palette) Title() string { return "Commands and keys" }

// Text implements Pane.
func (p *Palette) Text() string {
	var b strings.Builder
	for _, e := range p.list.Shown() {
		b.WriteString(e.Words + ": " + e.Keys + "\n")
	}
	return b.String()
}

// Cursor implements Pane.
func (p *Palette) Cursor() *tea.Cursor { return p.at }

// Draw implements Pane.
func (p *Palette) Draw(look *style.Look, width, height int, _ bool) []string {
	filter, x := p.filter.View(width)
	p.at = tea.NewCursor(x, 1)
	lines := []string{style.Margin + look.Title.Render(p.Title()), filter, ""}
	columns := min(width-len(style.Margin), style.Widest)
	whole := p.whole(columns, height)
	lines = append(lines, p.list.Lines(max(height-len(lines)-len(whole)-1, 1), func(e Entry, chosen bool) string {
		words, keys := e.row(columns - len(style.Margin))
		if chosen {
			return look.Selected.Render("› "+words) + look.Dim.Render(keys)
		}
		return style.Margin + words + look.Dim.Render(keys)
	}, nil)...)
	if len(p.list.Shown()) == 0 {
		lines = append(lines, style.Margin+look.Dim.Render("none"))
	}
	lines = filled(lines, width, height-len(whole)-1)
	for _, l := range whole {
		lines = append(lines, look.Dim.Render(style.Margin+l))
	}
	return append(lines, look.Dim.Render(style.Rule("Enter does it, Esc closes", width)))
}

// row is an entry in so many columns: what it does, and on the right the keys, as many of them as there is room for.
func (e Entry) row(columns int) (words, keys string) {
	const apart = 2 // blanks between the two
	all := strings.Split(e.Keys, ", ")
	for len(all) > 1 && ansi.StringWidth(strings.Join(all, ", ")) > columns/2 {
		all = all[:len(all)-1]
	}
	keys = style.Shorten(strings.Join(all, ", "), columns-apart)
	words = style.Shorten(e.Words, max(columns-ansi.StringWidth(keys)-apart, 0))
	return words, style.PadLeft(keys, columns-ansi.StringWidth(words))
}

// whole is what the chosen entry does, where its row has no room for all of it and the dialog has.
func (p *Palette) whole(columns, height int) []string {
	const most, fewest = 3, 12 // lines of it, and of the dialog
	chosen, ok := p.list.Chosen()
	if words, _ := chosen.row(columns - len(style.Margin)); !ok || words == chosen.Words || height < fewest {
		return nil
	}
	lines := wrap.Text(chosen.Words, columns)
	return append([]string{""}, lines[:min(len(lines), most)]...)
}

// Handle implements Pane.
func (p *Palette) Handle(msg tea.Msg) (o Action) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		p.list.Move(Wheel(msg) / wheelLines)
	case tea.MouseClickMsg:
		if picks(&p.list, msg, aboveList) {
			return p.press(enter)
		}
	case tea.PasteMsg:
		p.filter.Insert(strings.ReplaceAll(msg.Content, "\n", " "))
		p.list.Filter(p.filter.String())
	case tea.KeyPressMsg:
		return p.press(msg)
	}
	return o
}

func (p *Palette) press(key tea.KeyPressMsg) (o Action) {
	switch name := key.String(); {
	case name == "esc" || name == "ctrl+c":
		o.Close = true
	case name == "enter":
		if e, ok := p.list.Chosen(); ok {
			o.Close, o.Do = true, e
		}
	case !p.list.Press(name) && p.filter.Update(key):
		p.list.Filter(p.filter.String())
	}
	return o
}
