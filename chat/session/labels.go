package session

import (
	"context"
	"slices"
	"strings"

	"inkling/chat"
)

// labelled brings what the chat is called by after a change.
type labelled struct {
	tags    []string
	starred bool
	star    bool // the star was changed, not the tags
}

func (labelled) event() {}

// relabel changes the tags and the star of the chat, in the store. without says that nothing is to be changed.
func (s *Session) relabel(star bool, change func(tags []string, starred bool) ([]string, bool)) []Work {
	index, ok := s.Chat.store.(chat.Index)
	id := s.Chat.conv.ID
	switch {
	case !ok:
		s.problem("these chats have no tags")
		return nil
	case s.Chat.conv.Leaf() == nil && len(s.Chat.conv.Turns()) == 0:
		s.problem("this chat is empty: write something first")
		return nil
	}
	return []Work{s.Chat.ask(id, func(ctx context.Context) Event {
		tags, starred, err := index.Labels(ctx, id)
		if err == nil {
			was, before := slices.Clone(tags), starred
			if tags, starred = change(tags, starred); !slices.Equal(tags, was) || starred != before {
				err = index.Label(ctx, id, tags, starred)
			}
		}
		if err != nil {
			return Notice{Words: err.Error(), Problem: true}
		}
		return labelled{tags, starred, star}
	})}
}

func (s *Session) labelled(e labelled) {
	switch {
	case e.star && e.starred:
		s.say("this chat has a star; /sessions * lists those")
	case e.star:
		s.say("this chat has no star any more")
	case len(e.tags) == 0:
		s.say("this chat has no tags; /tag WORDS adds some")
	default:
		s.say("tags: #" + strings.Join(e.tags, " #"))
	}
}

// runTag is the command /tag: words are added as tags, those with a minus before them are taken away.
func runTag(s *Session, arg string) []Work {
	return s.relabel(false, func(tags []string, starred bool) ([]string, bool) {
		for _, word := range strings.FieldsFunc(strings.ToLower(arg), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' }) {
			word, gone := strings.CutPrefix(word, "-")
			if word = strings.TrimLeft(word, "#"); word == "" {
				continue
			}
			tags = slices.DeleteFunc(tags, func(tag string) bool { return tag == word })
			if !gone {
				tags = append(tags, word)
			}
		}
		slices.Sort(tags)
		return tags, starred
	})
}

// runStar is the command /star.
func runStar(s *Session, _ string) []Work {
	return s.relabel(true, func(tags []string, starred bool) ([]string, bool) { return tags, !starred })
}

// ChatWords is what a filter of chats looks at: title, preview and model, and marks of its own for tags and the star.
func ChatWords(c chat.Summary) string {
	words := c.Title + "\n" + c.Preview + "\n" + c.Model
	if c.Starred {
		words += "\n\x00*"
	}
	for _, tag := range c.Tags {
		words += "\n\x00#" + tag
	}
	return words
}

// ChatFilter is a filter of chats as a person writes it, in the words of ChatWords: "#word" is a tag, or its beginning, "*" the star.
func ChatFilter(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if w == "*" || len(w) > 1 && w[0] == '#' {
			words[i] = "\x00" + w
		}
	}
	return strings.Join(words, " ")
}

// sift are the chats that have every word of a filter.
func sift(all []chat.Summary, filter string) (left []chat.Summary) {
	want := strings.Fields(strings.ToLower(ChatFilter(filter)))
	for _, c := range all {
		words := strings.ToLower(ChatWords(c))
		if !slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(words, w) }) {
			left = append(left, c)
		}
	}
	return left
}

// Label is the star and the tags of a chat as lists show them, "" for none.
func Label(c chat.Summary) (star, tags string) {
	if c.Starred {
		star = "* "
	}
	if len(c.Tags) > 0 {
		tags = "#" + strings.Join(c.Tags, " #")
	}
	return star, tags
}
