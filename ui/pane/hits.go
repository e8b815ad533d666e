package pane

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/list"
	"inkling/ui/safe"
	"inkling/ui/style"
	"inkling/ui/text"
)

// Hits searches all chats for what is typed, lists what was found, and opens a chat at the place.
type Hits struct {
	session *session.Session

	list  list.List[chat.Hit]
	words text.Field
	found session.Found
	at    *tea.Cursor
}

// NewHits shows what a search of a session has found.
func NewHits(of *session.Session, found session.Found) *Hits {
	h := &Hits{session: of, words: text.Field{Prompt: style.Margin + "Search: "}, found: found}
	h.words.Set(safe.Line(found.Query))
	h.list.Set(found.Hits)
	return h
}

// Set shows what was found, unless something else has been typed since.
func (h *Hits) Set(found session.Found) {
	if found.Query == h.words.String() {
		h.found = found
		h.list.Set(found.Hits)
	}
}

// Title implements Pane.
func (h *Hits) Title() string {
	if n := len(h.found.Hits); n == chat.Hits {
		return fmt.Sprintf("Found (the newest %d)", n)
	}
	return fmt.Sprintf("Found (%d)", len(h.found.Hits))
}

// Text implements Pane.
func (h *Hits) Text() string { return h.found.Text() }

// Cursor implements Pane.
func (h *Hits) Cursor() *tea.Cursor { return h.at }

// Draw implements Pane.
func (h *Hits) Draw(look *style.Look, width, height int, _ bool) []string {
	words, x := h.words.View(width)
	h.at = tea.NewCursor(x, 1)
	lines := []string{style.Margin + look.Title.Render(h.Title()), words, ""}
	finder := chat.NewWordFinder(h.found.Query)
	// A hit takes two rows: whose it is, and its text.
	rows := max((height-len(lines)-1)/2, 1)
	for _, l := range h.list.Lines(rows, func(hit chat.Hit, chosen bool) string { return h.hit(look, hit, chosen, finder, width) }, nil) {
		lines = append(lines, strings.Split(l, "\n")...)
	}
	if len(h.found.Hits) == 0 && h.words.String() != "" && h.found.Query == h.words.String() {
		lines = append(lines, style.Margin+look.Dim.Render("none"))
	}
	hint := "Enter opens it there, Esc closes"
	if h.found.Partial {
		hint = "old chats are still being read: some may be missing"
	}
	return append(filled(lines, width, height-1), look.Dim.Render(style.Rule(hint, width)))
}

// hit is what a hit looks like: two rows.
func (h *Hits) hit(look *style.Look, hit chat.Hit, chosen bool, finder *chat.Finder, width int) string {
	mark, title := style.Margin, safe.Line(session.TitleOf(hit.Title))
	if chosen {
		mark, title = look.Selected.Render("› "), look.Selected.Render(title)
	}
	when := fmt.Sprintf("%-13s", session.Ago(h.found.Now.Sub(hit.Created)))
	first := ansi.Truncate(mark+look.Dim.Render(when)+title, width, "…")
	who := "  model: "
	if hit.Role == chat.User {
		who = "  you: "
	}
	snippet := safe.Line(hit.Snippet)
	room := max(width-len(style.Margin+who), 1)
	if finder != nil {
		found := finder.In(snippet)
		if len(found) > 0 { // the first match is in sight
			const before = 12
			if lead := ansi.StringWidth(snippet[:found[0].From]); lead+ansi.StringWidth(snippet[found[0].From:found[0].To]) > room {
				snippet = ansi.TruncateLeft(snippet, max(lead-before, 0), "…")
				found = finder.In(snippet)
			}
		}
		var ranges []lipgloss.Range
		for _, f := range found {
			ranges = append(ranges, lipgloss.NewRange(ansi.StringWidth(snippet[:f.From]), ansi.StringWidth(snippet[:f.To]), look.Tokens.Match))
		}
		snippet = lipgloss.StyleRanges(snippet, ranges...)
	}
	return first + "\n" + style.Margin + look.Dim.Render(who) + ansi.Truncate(snippet, room, "…")
}

// open opens the chosen hit.
func (h *Hits) open() (o Action) {
	if hit, ok := h.list.Chosen(); ok {
		o.Close, o.Work = true, h.session.Jump(hit, h.words.String())
	}
	return o
}

// Handle implements Pane.
func (h *Hits) Handle(msg tea.Msg) (o Action) {
	before := h.words.String()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		h.list.Move(Wheel(msg) / wheelLines)
	case tea.MouseClickMsg:
		msg.Y = aboveList + max(msg.Y-aboveList, 0)/2 // a hit has two rows
		if picks(&h.list, msg, aboveList) {
			return h.open()
		}
	case tea.PasteMsg:
		h.words.Insert(safe.Line(msg.Content))
	case tea.KeyPressMsg:
		switch name := msg.String(); {
		case name == "esc" || name == "ctrl+c":
			o.Close = true
		case name == "enter":
			return h.open()
		case !h.list.Press(name):
			h.words.Update(msg)
		}
	}
	switch now := h.words.String(); {
	case now == before:
	case strings.TrimSpace(now) == "":
		h.found = session.Found{Query: now, Now: time.Now()}
		h.list.Set(nil)
	default:
		o.Work = h.session.Search(now)
	}
	return o
}
