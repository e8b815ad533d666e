package session

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"inkling/chat"
	"inkling/chat/prompt"
)

// Notes are texts beside the chat that the model sees too: of one kind, for the front end to show and to edit.
type Notes struct {
	Kind string // as chat.Note has it
	All  []chat.Note
}

// Text has a line for each note, and says how to change them.
func (n Notes) Text() string {
	var b strings.Builder
	for i, note := range n.All {
		if n.Kind == prompt.WorldNote {
			fmt.Fprintf(&b, "%d  %s", i+1, strings.Join(note.Keys, ", "))
			if len(note.Keys) == 0 {
				b.WriteString("always")
			}
			if !note.Enabled {
				b.WriteString(" (off)")
			}
			if note.Depth > 0 {
				fmt.Fprintf(&b, " (depth %d)", note.Depth)
			}
			b.WriteString(": ")
		}
		b.WriteString(note.Text + "\n")
	}
	switch {
	case n.Kind == prompt.WorldNote && len(n.All) == 0:
		b.WriteString("no world notes; /world KEY, KEY: TEXT adds one\n")
	case n.Kind == prompt.WorldNote:
		b.WriteString("/world KEY, KEY: TEXT adds one; /world on, off or delete NUMBER; /world depth NUMBER DEPTH\n")
	case n.Kind == prompt.MemoryNote && len(n.All) == 0:
		b.WriteString("no memory; /memory TEXT sets it\n")
	case n.Kind == prompt.MemoryNote:
		b.WriteString("/memory TEXT changes the memory; /memory off removes it\n")
	case len(n.All) == 0:
		b.WriteString("no author's note; /note TEXT sets one\n")
	default:
		fmt.Fprintf(&b, "depth %d; /note TEXT changes it, /note depth NUMBER moves it, /note off removes it\n", n.All[0].Depth)
	}
	return b.String()
}

// Notes are those of a kind.
func (c *Chat) Notes(kind string) Notes {
	n := Notes{Kind: kind}
	for _, note := range c.conv.Notes {
		if note.Kind == kind {
			n.All = append(n.All, note)
		}
	}
	return n
}

// SetNote adds a note, or puts it in place of the one with its ID. It is saved at once.
func (c *Chat) SetNote(n chat.Note) (id int) {
	n.ID = c.conv.Note(n)
	c.saveHeader()
	c.journal.SaveNote(c.conv.ID, n)
	c.notebook = nil
	c.changed()
	return n.ID
}

// DropNote takes a note away.
func (c *Chat) DropNote(id int) {
	c.conv.Unnote(id)
	c.saveHeader()
	c.journal.DeleteNote(c.conv.ID, id)
	c.notebook = nil
	c.changed()
}

// book is the notes made ready for prompts.
func (c *Chat) book() *prompt.Notebook {
	if c.notebook == nil {
		c.notebook = prompt.NewNotebook(c.conv.Notes)
	}
	return c.notebook
}

// SetOnly sets the text of a kind of which there is one note, or removes it with "".
func (c *Chat) SetOnly(kind, text string) {
	all := c.Notes(kind).All
	n := chat.Note{Kind: kind, Enabled: true}
	if kind == prompt.AuthorNote {
		n.Depth = prompt.NoteDepth
	}
	if len(all) > 0 {
		n = all[0]
	}
	switch n.Text = strings.TrimSpace(text); {
	case n.Text != "":
		c.SetNote(n)
	case len(all) > 0:
		c.DropNote(n.ID)
	}
}

// SetDepth has the author's note stand so many turns, or lines of a story, before the end.
func (c *Chat) SetDepth(depth int) {
	for _, n := range c.Notes(prompt.AuthorNote).All {
		n.Depth = max(min(depth, prompt.MostDepth), 0)
		c.SetNote(n)
	}
}

// only is the command for a kind of which there is one note.
func only(kind, name string) func(*Session, string) []Work {
	return func(s *Session, arg string) []Work {
		word, rest, _ := strings.Cut(arg, " ")
		depth, err := strconv.Atoi(strings.TrimSpace(rest))
		switch {
		case arg == "":
			s.tell(s.Chat.Notes(kind))
		case arg == "off":
			s.Chat.SetOnly(kind, "")
			s.say(name + " removed")
		case kind == prompt.AuthorNote && word == "depth" && err == nil && depth >= 0:
			if len(s.Chat.Notes(kind).All) == 0 {
				s.say("no author's note; /note TEXT sets one")
				return nil
			}
			s.Chat.SetDepth(depth)
			s.say(fmt.Sprintf("%s stands %d before the end", name, s.Chat.Notes(kind).All[0].Depth))
		default:
			s.Chat.SetOnly(kind, arg)
			s.say(name + " is set: " + Tokens(s.count(arg)))
		}
		return nil
	}
}

// count is how many tokens a text has, about where nobody can tell.
func (s *Session) count(text string) int {
	if s.Engine.codec == nil {
		return prompt.About(text)
	}
	return len(s.Engine.codec.Encode(text))
}

// Count is how many tokens a text has, in words.
func (s *Session) Count(text string) string {
	if s.Engine.codec == nil {
		return "about " + Tokens(prompt.About(text))
	}
	return Tokens(s.count(text))
}

// runWorld is the command /world.
func runWorld(s *Session, arg string) []Work {
	all := s.Chat.Notes(prompt.WorldNote).All
	words := strings.Fields(arg)
	if len(words) >= 2 && slices.Contains([]string{"on", "off", "delete", "depth"}, words[0]) && !strings.Contains(words[0], ":") {
		if number, err := strconv.Atoi(words[1]); err == nil {
			if number < 1 || number > len(all) {
				s.problem(fmt.Sprintf("world note %d: there are %d; /world lists them", number, len(all)))
				return nil
			}
			s.changeWorld(all[number-1], words)
			return nil
		}
	}
	if arg == "" {
		s.tell(s.Chat.Notes(prompt.WorldNote))
		return nil
	}
	keys, text, ok := cutKeys(arg)
	if !ok || blank(text) {
		s.problem("usage: /world KEY, KEY: TEXT; /world lists the notes")
		return nil
	}
	n := chat.Note{Kind: prompt.WorldNote, Keys: keys, Text: strings.TrimSpace(text), Enabled: true}
	for _, key := range keys {
		if s.fail(prompt.KeyError(key)) {
			return nil
		}
	}
	verb := "added"
	for _, other := range all {
		if slices.Equal(other.Keys, keys) {
			n.ID, n.Depth, n.Title, n.Rest, verb = other.ID, other.Depth, other.Title, other.Rest, "changed"
		}
	}
	s.Chat.SetNote(n)
	s.say("world note " + verb + ": " + strings.Join(keys, ", "))
	return nil
}

// changeWorld does what /world asks for with one note.
func (s *Session) changeWorld(n chat.Note, words []string) {
	name := strings.Join(n.Keys, ", ")
	switch words[0] {
	case "delete":
		s.Chat.DropNote(n.ID)
		s.say("world note deleted: " + name)
		return
	case "depth":
		depth := 0
		if len(words) == 3 {
			depth, _ = strconv.Atoi(words[2])
		}
		if depth < 1 || depth > prompt.MostDepth {
			s.problem(fmt.Sprintf("usage: /world depth NUMBER DEPTH, with a depth from 1 to %d", prompt.MostDepth))
			return
		}
		n.Depth = depth
		s.say(fmt.Sprintf("depth is now %d: %s", depth, name))
	default:
		n.Enabled = words[0] == "on"
		s.say("world note is " + words[0] + ": " + name)
	}
	s.Chat.SetNote(n)
}

// cutKeys takes the keys before the first colon that is in no regular expression from the text after it.
func cutKeys(arg string) (keys []string, text string, ok bool) {
	inside := false
	for i := range len(arg) {
		switch {
		case arg[i] == '/' && (i == 0 || arg[i-1] != '\\') && (inside || strings.TrimSpace(arg[lastComma(arg, i):i]) == ""):
			inside = !inside
		case arg[i] == ':' && !inside:
			return prompt.SplitKeys(arg[:i]), arg[i+1:], i > 0
		}
	}
	return nil, "", false
}

func lastComma(text string, before int) int { return strings.LastIndexByte(text[:before], ',') + 1 }
