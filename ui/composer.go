package ui

import (
	"strings"

	"charm.land/bubbles/v2/textarea"
)

// composer is the input: a text area that grows, and the messages sent before.
type composer struct {
	area textarea.Model

	sent  []string // earlier messages, oldest first
	at    int      // which of them is shown; len(sent): the draft
	draft string   // what was in the input before going back
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

func (c *composer) text() string { return c.area.Value() }

func (c *composer) empty() bool { return c.area.Value() == "" }

func (c *composer) set(text string) {
	c.area.SetValue(text)
	c.area.MoveToEnd()
}

func (c *composer) clear() {
	c.area.Reset()
	c.at, c.draft = len(c.sent), ""
}

// resize gives the input the width and at most a third of the height of the screen.
func (c *composer) resize(width, height int) {
	c.area.MaxHeight = max(height/3, 1)
	c.area.SetWidth(width)
}

// remember adds a message to those that Up brings back.
func (c *composer) remember(text string) {
	if n := len(c.sent); n == 0 || c.sent[n-1] != text {
		c.sent = append(c.sent, text)
	}
	c.at = len(c.sent)
}

// recall shows the message step places later (earlier where negative). It reports false when there is none, or when the
// cursor has lines to move to in that direction.
func (c *composer) recall(step int) bool {
	lines := strings.Count(c.text(), "\n")
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
