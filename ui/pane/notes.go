package pane

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"inkling/chat"
	"inkling/chat/prompt"
	"inkling/chat/session"
	"inkling/ui/list"
	"inkling/ui/safe"
	"inkling/ui/style"
	"inkling/ui/text"
)

// Notes edits the notes of a chat that are of one kind. Of memory and the author's note there is one, which is a text; world notes are
// a list, and the first line of such a note has its keys.
type Notes struct {
	session *session.Session
	kind    string
	area    *text.Area // the note that is edited, nil while the list is shown
	note    chat.Note
	list    list.List[chat.Note]
	failure string // why what was written is no note
	asked   bool   // whether to delete the chosen one
	at      *tea.Cursor
}

// NewNotes shows the notes of a kind.
func NewNotes(of *session.Session, kind string) *Notes {
	n := &Notes{session: of, kind: kind}
	all := of.Chat.Notes(kind).All
	n.list.Set(all)
	switch {
	case kind == prompt.WorldNote:
	case len(all) > 0:
		n.edit(all[0])
	default:
		n.edit(chat.Note{Kind: kind, Enabled: true, Depth: map[string]int{prompt.AuthorNote: prompt.NoteDepth}[kind]})
	}
	return n
}

// edit opens a note.
func (n *Notes) edit(note chat.Note) {
	n.note, n.area, n.failure = note, text.NewArea(), ""
	words := note.Text
	if n.kind == prompt.WorldNote {
		words = strings.Join(note.Keys, ", ") + "\n" + words
	}
	n.area.Set(safe.Text(words))
	if n.kind == prompt.WorldNote && note.ID == 0 {
		n.area.Set("")
	}
}

// Title implements Pane.
func (n *Notes) Title() string {
	return map[string]string{prompt.MemoryNote: "Memory", prompt.AuthorNote: "Author's note", prompt.WorldNote: "World notes"}[n.kind]
}

// Text implements Pane.
func (n *Notes) Text() string { return n.session.Chat.Notes(n.kind).Text() }

// Cursor implements Pane.
func (n *Notes) Cursor() *tea.Cursor { return n.at }

// Handle implements Pane.
func (n *Notes) Handle(msg tea.Msg) (o Action) {
	n.sync()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		if n.area != nil {
			rows := Wheel(msg)
			for range max(rows, -rows) {
				n.area.Press(map[bool]string{true: "up", false: "down"}[rows < 0], "")
			}
		} else {
			n.list.Move(Wheel(msg) / wheelLines)
		}
	case tea.MouseClickMsg:
		switch {
		case msg.Button != tea.MouseLeft:
		case n.area != nil:
			n.area.Point(msg.X-len(style.Margin), msg.Y)
		case picks(&n.list, msg, 0):
			return n.choose(enter)
		}
	case tea.PasteMsg:
		if n.area != nil {
			n.area.Insert(safe.Text(msg.Content))
			n.keep()
		}
	case tea.KeyPressMsg:
		if n.area != nil {
			return n.write(msg)
		}
		return n.choose(msg)
	}
	return o
}

// sync shows the note that is edited as it is now: what was written may have been undone.
func (n *Notes) sync() {
	if n.area == nil || n.failure != "" {
		return
	}
	all := n.session.Chat.Notes(n.kind).All
	i := slices.IndexFunc(all, func(other chat.Note) bool {
		return other.ID == n.note.ID || n.note.ID == 0 && n.kind != prompt.WorldNote
	})
	switch {
	case i >= 0 && (all[i].Text != n.note.Text || !slices.Equal(all[i].Keys, n.note.Keys)):
		n.edit(all[i])
	case i < 0 && n.note.ID != 0:
		n.edit(chat.Note{Kind: n.kind, Enabled: true, Depth: n.note.Depth})
	}
}

// choose takes a key in the list of world notes.
func (n *Notes) choose(key tea.KeyPressMsg) (o Action) {
	chosen, some := n.list.Chosen()
	asked := n.asked
	n.asked = false
	switch name := key.String(); {
	case name == "esc":
		o.Leave = true
	case name == "n" || name == "enter" && !some:
		n.edit(chat.Note{Kind: n.kind, Enabled: true})
	case n.list.Press(name):
	case !some:
		o.Passed = true
	case name == "enter" || name == "e":
		n.edit(chosen)
	case name == "space":
		chosen.Enabled = !chosen.Enabled
		n.session.Chat.SetNote(chosen)
	case (name == "delete" || name == "backspace") && asked:
		n.session.Chat.DropNote(chosen.ID)
	case name == "delete" || name == "backspace":
		n.asked = true
	default:
		o.Passed = true
	}
	return o
}

// write takes a key in a note.
func (n *Notes) write(key tea.KeyPressMsg) (o Action) {
	switch name := key.String(); name {
	case "esc":
		if !n.keep() && n.failure != "" && n.kind == prompt.WorldNote {
			break // it tells why
		}
		if n.kind == prompt.WorldNote {
			n.area = nil
		} else {
			o.Leave = true
		}
	case "pgup", "pgdown":
		if n.kind != prompt.MemoryNote {
			n.note.Depth = max(min(n.note.Depth+map[string]int{"pgup": 1, "pgdown": -1}[name], prompt.MostDepth), 0)
			n.keep()
		}
	case "enter":
		n.area.Insert("\n")
		n.keep()
	default:
		before := n.area.String()
		if !n.area.Press(name, key.Text) {
			o.Passed = true
		}
		if n.area.String() != before {
			n.keep()
		}
	}
	return o
}

// keep saves the note as it is now. It reports false where it is none.
func (n *Notes) keep() bool {
	words := n.area.String()
	n.failure = ""
	if n.kind != prompt.WorldNote {
		n.note.Text = strings.TrimSpace(words)
	} else {
		first, rest, _ := strings.Cut(words, "\n")
		n.note.Keys, n.note.Text = prompt.SplitKeys(first), strings.TrimSpace(rest)
		for _, key := range n.note.Keys {
			if err := prompt.KeyError(key); err != nil {
				n.failure = err.Error()
			}
		}
		if n.note.ID == 0 && (n.failure != "" || len(n.note.Keys) == 0 || n.note.Text == "") {
			return false
		}
	}
	switch {
	case n.note.Text == "" && n.note.ID == 0:
	case n.note.Text == "" && n.kind != prompt.WorldNote:
		n.session.Chat.DropNote(n.note.ID)
		n.note.ID = 0
	case n.failure == "":
		n.note.ID = n.session.Chat.SetNote(n.note)
	}
	return n.failure == ""
}

// Draw implements Pane.
func (n *Notes) Draw(look *style.Look, width, height int, focused bool) []string {
	n.at = nil
	n.sync()
	n.list.Set(n.session.Chat.Notes(n.kind).All)
	rows := max(height-1, 1)
	var lines []string
	hint := ""
	if n.area != nil {
		n.area.Resize(max(width-len(style.Margin), 1), rows)
		shown, _, x, y := n.area.View(lipgloss.NewStyle().Reverse(true))
		for _, row := range shown {
			lines = append(lines, style.Margin+row)
		}
		n.at = tea.NewCursor(len(style.Margin)+x, y)
		hint = n.about(width - len(style.Margin))
		if n.area.Empty() && n.kind == prompt.WorldNote {
			lines = []string{look.Dim.Render(style.Shorten(style.Margin+"keys on the first line: dragon, /wyrms?/", width)),
				look.Dim.Render(style.Shorten(style.Margin+"the note below them", width))}
		}
	} else {
		lines, hint = n.rows(look, rows, focused), fitting(width-len(style.Margin), "n new, Enter edits, Space on or off, Delete", "n new, Enter, Space on/off, Delete")
		if n.asked {
			hint = "Delete again deletes it"
		}
		if len(lines) == 0 {
			lines = []string{look.Dim.Render(style.Shorten(style.Margin+"no world notes yet; n writes one", width))}
		}
	}
	lines = filled(lines, width, rows)
	if height > 1 {
		lines = append(lines, look.Dim.Render(style.Shorten(style.Margin+hint, width)))
	}
	return filled(lines, width, height)
}

// about says what becomes of the note that is edited.
func (n *Notes) about(width int) string {
	if n.failure != "" {
		return safe.Line(n.failure)
	}
	size := n.session.Count(n.note.Text)
	switch n.kind {
	case prompt.MemoryNote:
		return "always in the context; " + size
	case prompt.AuthorNote:
		return fitting(width, fmt.Sprintf("%d before the end (PgUp, PgDn); %s", n.note.Depth, size), fmt.Sprintf("%d before the end; %s", n.note.Depth, size))
	}
	depth := n.note.Depth
	if depth == 0 {
		depth = prompt.WorldDepth
	}
	return fitting(width, fmt.Sprintf("keys looked for in the last %d (PgUp, PgDn); %s", depth, size),
		fmt.Sprintf("keys in the last %d (PgUp, PgDn); %s", depth, size), fmt.Sprintf("in the last %d; %s", depth, size))
}

// rows list the world notes.
func (n *Notes) rows(look *style.Look, height int, focused bool) []string {
	return n.list.Lines(height, func(note chat.Note, chosen bool) string {
		mark, paint := "  ", lipgloss.NewStyle().Render
		if !note.Enabled {
			mark, paint = "- ", look.Dim.Render
		}
		if chosen && focused {
			mark, paint = "› ", look.Selected.Render
		}
		row := strings.Join(note.Keys, ", ") + ": " + note.Text
		if !note.Enabled {
			row = "(off) " + row
		}
		return paint(mark + safe.Line(row))
	}, nil)
}
