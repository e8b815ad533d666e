package ui

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/style"
	"inkling/ui/text"
)

// composer is the input: a text that grows, and the messages sent before.
type composer struct {
	area *text.Area

	sent  []string // earlier messages, oldest first
	at    int      // which of them is shown; len(sent): the draft
	draft string   // what was in the input before going back

	dirty bool // the text has changed since the draft was saved

	pastes map[string]string // long texts, by what stands for them in the input
}

func newComposer() *composer { return &composer{area: text.NewArea()} }

// text is the message: the input with every long text in place of what stands for it.
func (c *composer) text() string {
	text := c.area.String()
	for mark, long := range c.pastes {
		text = strings.ReplaceAll(text, mark, long)
	}
	return text
}

func (c *composer) empty() bool { return c.area.Empty() }

func (c *composer) set(text string) {
	c.area.Set("")
	c.paste(text)
}

func (c *composer) clear() {
	c.area.Set("")
	c.at, c.draft = len(c.sent), ""
	c.pastes = nil
}

// copyKey copies what is selected.
const copyKey = "ctrl+shift+c"

// update takes a key that the chat has no use for. It reports whether it has changed the text, which leaves the earlier
// messages behind.
func (c *composer) update(key tea.KeyPressMsg) (changed bool) {
	before := c.area.String()
	c.area.Press(key.String(), key.Text)
	if changed = c.area.String() != before; changed {
		c.at = len(c.sent)
	}
	return changed
}

// view is the rows of the input, and where the cursor is in them.
func (c *composer) view(look *look, width int) (rows []string, cursor *tea.Cursor) {
	if c.area.Empty() {
		hint := style.Shorten("Write a message (? for help)", max(width-len(style.Margin), 0))
		return []string{look.User.Render(prompt) + look.Dim.Render(hint)}, tea.NewCursor(len(style.Margin), 0)
	}
	rows, first, x, y := c.area.View(lipgloss.NewStyle().Reverse(true))
	for i, row := range rows {
		mark := style.Margin
		if first+i == 0 {
			mark = look.User.Render(prompt)
		}
		rows[i] = mark + row
	}
	return rows, tea.NewCursor(len(style.Margin)+x, y)
}

// insert puts text at the cursor, as the user's own change: it leaves the earlier messages behind.
func (c *composer) insert(text string) {
	c.paste(text)
	c.at = len(c.sent)
}

// longPaste is how many bytes are too many to be shown in the input.
const longPaste = 4000

// paste inserts text at the cursor. For a long one a mark is inserted that stands for it.
func (c *composer) paste(text string) {
	if len(text) > longPaste {
		if c.pastes == nil {
			c.pastes = map[string]string{}
		}
		mark := fmt.Sprintf("[text %d: %d characters]", len(c.pastes)+1, utf8.RuneCountInString(text))
		c.pastes[mark] = text
		text = mark
	}
	c.area.Insert(text)
}

// resize gives the input the width and at most a third of the height of the screen.
func (c *composer) resize(width, height int) {
	c.area.Resize(width-len(style.Margin), height/3)
}

// begin turns to another conversation: to its draft, and to what was sent in it. lost is set where the one before keeps no draft.
func (c *composer) begin(conv *chat.Conversation, lost bool) {
	if text := c.text(); lost && !blank(text) {
		c.remember(text)
	}
	for _, t := range conv.Turns() {
		if t.Role == chat.User && !slices.Contains(c.sent, t.Text) {
			c.remember(t.Text)
		}
	}
	c.clear()
	if conv.Draft != "" {
		c.set(conv.Draft)
	}
}

// remember adds a message to those that Up brings back.
func (c *composer) remember(text string) {
	c.sent = append(slices.DeleteFunc(c.sent, func(s string) bool { return s == text }), text)
	c.sent = c.sent[max(len(c.sent)-session.MostSent, 0):]
	c.at = len(c.sent)
}

// precede adds messages from before the program began.
func (c *composer) precede(texts []string) {
	texts = slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return slices.Contains(c.sent, s) })
	texts = texts[max(len(texts)+len(c.sent)-session.MostSent, 0):]
	c.sent = append(texts, c.sent...)
	c.at += len(texts)
}

// recall shows the message step places later (earlier where negative). It reports false when there is none, or when the
// cursor has lines to move to in that direction.
func (c *composer) recall(step int) bool {
	if step < 0 && !c.area.AtTop() || step > 0 && !c.area.AtBottom() {
		return false
	}
	to := c.at + step
	if to < 0 || to > len(c.sent) {
		return false
	}
	if c.at == len(c.sent) {
		c.draft = c.text()
	}
	c.at = to
	if to == len(c.sent) {
		c.set(c.draft)
	} else {
		c.set(c.sent[to])
	}
	return true
}
