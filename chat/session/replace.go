package session

import (
	"fmt"
	"strings"

	"inkling/chat"
)

// A change of a story: so many bytes go, and a text of the user comes in.
type change struct {
	at, removed int
	in          string
}

// end are changes with one at the end that changes nothing: the story goes on there.
func end(text string, changes []change) []change {
	if len(changes) == 0 {
		return nil
	}
	size := len(text)
	for _, x := range changes {
		size += len(x.in) - x.removed
	}
	return append(changes, change{at: size})
}

// put makes changes of the story, one after the other: one step for undo.
func (c *Chat) put(changes ...change) {
	if len(changes) == 0 {
		return
	}
	parent := 0
	if leaf := c.conv.Leaf(); leaf != nil {
		parent = leaf.ID
	}
	var turns []*chat.Turn
	for _, x := range changes {
		turn := c.conv.Add(parent, chat.User, x.in, c.now())
		turn.Place, turn.Removed = &x.at, x.removed
		turns, parent = append(turns, turn), turn.ID
	}
	c.saveHeader() // a store has no turns of a story that it does not know
	for _, t := range turns {
		c.journal.SaveTurn(c.conv.ID, t)
	}
	c.changed()
}

// replace puts a text in place of another one wherever the story has it. It returns how often.
func (c *Chat) replace(old, text string) int {
	story := c.Story().Text
	var changes []change
	for at, moved := 0, 0; ; {
		i := strings.Index(story[at:], old)
		if i < 0 {
			c.put(end(story, changes)...)
			return len(changes)
		}
		changes = append(changes, change{at + i + moved, len(old), text})
		at, moved = at+i+len(old), moved+len(text)-len(old)
	}
}

// runReplace is the command /replace.
func runReplace(s *Session, arg string) []Work {
	words, ok := quoted(arg)
	switch {
	case s.Chat.conv.Mode != chat.Story:
		s.say("/replace is for stories; /mode story makes this one")
		return nil
	case !ok || len(words) == 0 || len(words) > 2 || words[0] == "":
		s.problem(`usage: /replace old new; quotes around several words: /replace "the fox" "a cat"`)
		return nil
	}
	return s.stopAnd(func() []Work {
		s.Chat.commit()
		if len(words) == 1 {
			s.say(fmt.Sprintf("%s of %q in the story", times(strings.Count(s.Chat.Story().Text, words[0])), words[0]))
			return nil
		}
		n := s.Chat.replace(words[0], words[1])
		if n == 0 {
			s.say(fmt.Sprintf("the story has no %q", words[0]))
			return nil
		}
		s.say(fmt.Sprintf("%s replaced; /undo takes it back", times(n)))
		return nil
	})
}

// times is a number of places in words.
func times(n int) string {
	if n == 1 {
		return "1 place"
	}
	return fmt.Sprintf("%d places", n)
}

// quoted are the words of a line; what is in double quotes is one. It reports false where quotes are not closed.
func quoted(line string) (words []string, ok bool) {
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimLeft(line, " ") {
		word := line
		if rest, begun := strings.CutPrefix(line, `"`); begun {
			if word, line, ok = strings.Cut(rest, `"`); !ok {
				return nil, false
			}
		} else {
			word, line, _ = strings.Cut(line, " ")
		}
		words = append(words, word)
	}
	return words, true
}

// Focus asks for the text alone on the screen.
type Focus struct{ Words string }

// Text is the text itself.
func (f Focus) Text() string { return f.Words + "\n" }

// runFocus is the command /focus.
func runFocus(s *Session, _ string) []Work {
	text := s.Chat.Story().Text
	if s.Chat.conv.Mode != chat.Story {
		var b strings.Builder
		if s.fail(chat.Export(&b, chat.Record{Conversation: s.Chat.conv}, chat.ExportOptions{Kind: "txt"})) {
			return nil
		}
		text = b.String()
	}
	s.tell(Focus{text})
	return nil
}
