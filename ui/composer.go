package ui

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"

	"inkling/chat/session"
)

// composer is the input: a text area that grows, and the messages sent before.
type composer struct {
	area textarea.Model

	sent  []string // earlier messages, oldest first
	at    int      // which of them is shown; len(sent): the draft
	draft string   // what was in the input before going back

	dirty bool // the text has changed since the draft was saved

	pastes map[string]string // long texts, by what stands for them in the input
}

func newComposer() *composer {
	area := textarea.New()
	area.Prompt = ownMark
	area.SetPromptFunc(len(margin), func(line textarea.PromptInfo) string {
		if line.LineNumber == 0 {
			return ownMark
		}
		return margin
	})
	area.ShowLineNumbers = false
	area.CharLimit = 0
	area.MaxWidth = 0
	area.DynamicHeight = true
	area.MinHeight, area.MaxHeight = 1, 1
	area.MaxContentHeight = 100_000 // lines; the default is the height of the box
	area.Placeholder = "Write a message (? for help)"
	area.SetVirtualCursor(false)

	// Keys that the chat has for itself.
	keys := &area.KeyMap
	keys.InsertNewline.SetEnabled(false)
	keys.PageUp.SetEnabled(false)
	keys.PageDown.SetEnabled(false)
	keys.LineNext.SetKeys("down")
	keys.LinePrevious.SetKeys("up")
	keys.DeleteCharacterForward.SetKeys("delete")
	keys.InputBegin.SetKeys("alt+<")
	keys.InputEnd.SetKeys("alt+>")
	area.Focus()
	return &composer{area: area}
}

// text is the message: the input with every long text in place of what stands for it.
func (c *composer) text() string {
	text := c.area.Value()
	for mark, long := range c.pastes {
		text = strings.ReplaceAll(text, mark, long)
	}
	return text
}

func (c *composer) empty() bool { return c.area.Value() == "" }

func (c *composer) set(text string) {
	c.area.Reset()
	c.paste(text)
}

func (c *composer) clear() {
	c.area.Reset()
	c.at, c.draft = len(c.sent), ""
	c.pastes = nil
}

// update hands a message to the text area. What changes the text leaves the earlier messages behind.
func (c *composer) update(msg tea.Msg) tea.Cmd {
	before := c.area.Value()
	var cmd tea.Cmd
	c.area, cmd = c.area.Update(msg)
	if c.area.Value() != before {
		c.at = len(c.sent)
	}
	return cmd
}

// insert puts text at the cursor, as the user's own change: it leaves the earlier messages behind.
func (c *composer) insert(text string) {
	c.paste(text)
	c.at = len(c.sent)
}

// longPaste is how many bytes are too many for the text area, which lays out all of its text at every key: at 4 KB a key
// takes about 10 ms.
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
	c.area.InsertString(text)
}

// resize gives the input the width and at most a third of the height of the screen.
func (c *composer) resize(width, height int) {
	c.area.MaxHeight = max(height/3, 1)
	c.area.SetWidth(width)
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
	lines := c.area.LineCount() - 1
	if step < 0 && (c.area.Line() > 0 || c.area.LineInfo().RowOffset > 0) || step > 0 && c.area.Line() < lines {
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
