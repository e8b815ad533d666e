package pane

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/safe"
	"inkling/ui/style"
	"inkling/ui/text"
)

// A Story is the text of a story, which the user and the model write.
type Story struct {
	session *session.Session
	empty   func(width, height int) []string // what stands in place of no text
	page    text.Page
	shown   *chat.Conversation
	dirty   bool              // the page has what is not in the story yet
	keys    []tea.KeyPressMsg // that wait for the end of the reply
	version int               // of the session, for which unseen is
	unseen  int
	counted string // the text that words are of
	words   int
	dotted  int // the line after which the model's view begins, from 1; 0: none
	at      *tea.Cursor
	found   found
	alone   bool // it has the whole screen: there is the text and nothing else
	left    int  // columns before the text in what was drawn last
}

// NewStory shows the story of a session. empty is what stands in place of no text while nobody writes.
func NewStory(of *session.Session, empty func(width, height int) []string) *Story {
	return &Story{session: of, empty: empty, version: -1}
}

// Title implements Pane.
func (s *Story) Title() string { return "Story" }

// Text implements Pane.
func (s *Story) Text() string { return s.session.Chat.Story().Text }

// Cursor implements Pane.
func (s *Story) Cursor() *tea.Cursor { return s.at }

// At is where the cursor is in the story.
func (s *Story) At() int {
	s.sync()
	return s.page.At()
}

// sync brings the page in line with the story, unless the user is ahead of it.
func (s *Story) sync() chat.Fold {
	fold := s.session.Chat.Story()
	if conv := s.session.Chat.Conversation(); conv != s.shown {
		s.shown, s.dirty, s.keys = conv, false, nil
		s.page.Set(fold.Text, len(fold.Text))
	}
	if version := s.session.Version(); version != s.version {
		s.version, s.unseen = version, s.session.Unseen()
		s.dirty = s.dirty && s.session.Chat.Typing()
	}
	if fold.Text == s.page.String() {
		return fold
	}
	if !s.dirty {
		at, removed, in := chat.Difference(s.page.String(), fold.Text)
		s.page.Replace(at, removed, in)
		return fold
	}
	at, removed, in := chat.Difference(fold.Text, s.page.String())
	return fold.With(&chat.Turn{Role: chat.User, Place: &at, Removed: removed, Text: in})
}

// GoTo puts the cursor behind what a turn has changed, where that is the last change.
func (s *Story) GoTo(turn *chat.Turn) {
	s.sync()
	if turn.Place != nil && turn == s.session.Chat.Conversation().Leaf() {
		s.page.Set(s.page.String(), *turn.Place+len(turn.Text))
	}
}

// Handle implements Pane.
func (s *Story) Handle(msg tea.Msg) (o Action) {
	s.sync()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		rows := Wheel(msg)
		for range max(rows, -rows) {
			s.page.Press(map[bool]string{true: "up", false: "down"}[rows < 0], "")
		}
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft && len(s.page.String()) > 0 {
			x, y := s.below(msg.X, msg.Y)
			s.page.Point(x, y, false)
		}
	case tea.MouseMotionMsg:
		if msg.Button == tea.MouseLeft {
			x, y := s.below(msg.X, msg.Y)
			s.page.Point(x, y, true)
		}
	case tea.MouseReleaseMsg:
		if from, to := s.page.Selected(); from < to {
			o.Copy = s.page.String()[from:to]
		}
	case tea.PasteMsg:
		s.session.Preview.Drop()
		return s.change(func() { s.page.Insert(safe.Text(msg.Content)) })
	case tea.KeyPressMsg:
		return s.press(msg)
	}
	return o
}

// below is what of the page is below a place of the pane.
func (s *Story) below(x, y int) (column, row int) {
	if s.dotted > 0 && y >= s.dotted {
		y--
	}
	return x - s.left, y
}

// ghost is the preview of the next words, which stands behind the cursor at the end of the text; "" for none.
func (s *Story) ghost() string {
	if s.dirty || s.page.At() < len(s.page.String()) {
		return ""
	}
	return s.session.Preview.Words()
}

// foresee does what a key does with the preview. It reports false where the key is none of the preview's: then the preview goes.
func (s *Story) foresee(name string) (work []session.Work, ok bool) {
	preview := s.session.Preview
	words := s.ghost()
	switch {
	case words == "":
	case name == "tab":
		return preview.Take(len(words)), true
	case name == "ctrl+right":
		return preview.Take(preview.Word()), true
	case name == "esc":
		if work, ok = preview.Another(); ok {
			return work, true
		}
	}
	if !strings.HasSuffix(name, "+enter") && name != "alt+s" && name != "alt+p" { // a reply begins with what is shown
		preview.Drop()
	}
	return nil, false
}

func (s *Story) press(key tea.KeyPressMsg) (o Action) {
	reply := s.session.Reply
	name := key.String()
	if work, ok := s.foresee(name); ok {
		o.Work = work
		return o
	}
	switch name {
	case "esc":
		if !reply.Writing() || !reply.Stop() {
			o.Leave = true
		}
	case "alt+enter", "ctrl+enter":
		s.dirty = false
		o.Work = reply.WriteAt(s.page.At())
	case "alt+left":
		reply.Version(-1)
	case "alt+right":
		reply.Version(+1)
	default:
		if reply.Writing() && (key.Text != "" || slices.Contains([]string{"enter", "backspace", "delete"}, name)) {
			s.keys = append(s.keys, key)
			reply.Stop()
			return o
		}
		o = s.change(func() { o.Passed = !s.page.Press(name, key.Text) }, &o)
		if !o.Passed && s.page.At() == len(s.page.String()) {
			o.Work = append(o.Work, s.session.Preview.Wait()...)
		}
	}
	return o
}

// change does something to the page, of which the session is told.
func (s *Story) change(do func(), o ...*Action) (done Action) {
	before := s.page.String()
	if s.session.Reply.Writing() {
		s.session.Reply.Stop()
	}
	do()
	if len(o) > 0 {
		done = *o[0]
	}
	if s.page.String() != before {
		s.dirty = true
		done.Work = s.session.Chat.Type(s.page.String())
	}
	return done
}

// Replay does what was typed while the model wrote, which stopped it.
func (s *Story) Replay() (work []session.Work) {
	if s.session.Reply.Writing() || len(s.keys) == 0 {
		return nil
	}
	s.sync()
	keys := s.keys
	s.keys = nil
	for _, key := range keys {
		work = append(work, s.press(key).Work...)
	}
	return work
}

// Draw implements Pane.
func (s *Story) Draw(look *style.Look, width, height int, focused bool) []string {
	fold := s.sync()
	margin, body := page(width, s.session.Settings.Values().TextWidth)
	foot, room := height > 1 && !s.alone, max(height, 1)
	if foot {
		room--
	}
	if s.alone {
		margin = strings.Repeat(" ", max((width-body)/2, 0))
	}
	s.left = len(margin)
	s.page.Resize(body, room)
	ghost := ""
	if focused {
		ghost = s.ghost()
	}
	ahead := s.page.Ahead(ghost)
	rows, x, y := ahead.View()
	s.page.Follow(ahead)
	paint := painter{look: look, page: ahead, traces: s.session.Traces, colours: s.session.Traces.Colours(), unseen: s.unseen,
		end: len(fold.Text), spans: fold.Spans}
	var lines []string
	if len(fold.Text) == 0 && !focused {
		return filled(s.empty(width, height), width, height)
	}
	if len(fold.Text) == 0 {
		lines = []string{look.Dim.Render(margin + "Write, then Alt+Enter.")}
	}
	if len(lines) > 0 {
		rows = nil
	}
	s.dotted = 0
	for i, row := range rows {
		if s.unseen > 0 && s.unseen >= row.From && (s.unseen < row.To || s.unseen == row.To && i+1 < len(rows) && rows[i+1].From > s.unseen) {
			s.dotted = len(lines) + 1
			lines = append(lines, look.Cut.Render(ansi.Truncate("┄┄ context starts here "+strings.Repeat("┄", width), width, "")))
			if y >= i {
				y++
			}
		}
		lines = append(lines, margin+s.marked(look, paint.row(row), row))
	}
	if over := len(lines) - room; over > 0 {
		if y >= len(lines)-over {
			lines, y, s.dotted = lines[over:], y-over, max(s.dotted-over, 0)
		}
		lines = lines[:room]
	}
	s.at = tea.NewCursor(len(margin)+x, y)
	lines = filled(lines, width, room)
	if foot {
		lines = append(lines, look.Dim.Render(style.Shorten(margin+s.foot(fold), width)))
	}
	return filled(lines, width, height)
}

// page is what stands before each line of a story, and how wide its lines are. Where there is room, the margins are those of a page.
func page(width, most int) (margin string, body int) {
	side := len(style.Margin)
	if width >= 60 {
		side = min(width/12, 12)
		return strings.Repeat(" ", side), max(min(width-2*side, most), 1)
	}
	return style.Margin, max(min(width-side-1, most), 1)
}

// count counts the words of a text, of those that have changed since the last time.
func (s *Story) count(text string) {
	at, removed, in := chat.Difference(s.counted, text)
	from := max(strings.LastIndexFunc(text[:at], unicode.IsSpace), 0)
	after := strings.IndexFunc(text[at+len(in):], unicode.IsSpace)
	if after < 0 {
		after = len(text) - at - len(in)
	}
	s.words += len(strings.Fields(text[from:at+len(in)+after])) - len(strings.Fields(s.counted[from:at+removed+after]))
	s.counted = text
}

// foot counts the words, and says whose they are and how the last stretch was made.
func (s *Story) foot(fold chat.Fold) string {
	s.count(fold.Text)
	own, all := 0, 0
	for _, span := range fold.Spans {
		all += span.Bytes
		if span.Role == chat.User {
			own += span.Bytes
		}
	}
	parts := []string{fmt.Sprintf("%d words", s.words)}
	if s.words == 1 {
		parts[0] = "1 word"
	}
	if all > 0 {
		parts = append(parts, fmt.Sprintf("%d%% yours", (own*100+all/2)/all))
	}
	if leaf := s.session.Chat.Conversation().Leaf(); leaf != nil {
		if foot := s.session.Chat.Footer(leaf, false); foot != "" {
			parts = append(parts, safe.Line(foot))
		}
	}
	return strings.Join(parts, session.Separator)
}
