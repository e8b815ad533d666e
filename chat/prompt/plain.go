package prompt

import (
	"slices"
	"strings"

	"inkling/chat"
)

// plain is the text itself, without roles, for writing stories: system text and
// a blank line, then the turns one after the other as chat.StoryText joins them.
// When the model begins the text, it begins after the token that documents
// begin after.
type plain struct {
	labels bool // the model knows transcripts: when its text is at an end it may begin one
}

func (plain) Name() string { return "plain" }

func (f plain) Ends() ([]string, []int) {
	if f.labels {
		return transcript{}.Ends()
	}
	return nil, nil
}

func (plain) Clean(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return text
}

// opened returns the ids before the first turn.
func (plain) opened(tok Tokenizer, o opening) []int {
	first := begin(tok)
	if system := o.front(); system != "" {
		return append(first, paragraph(tok, system)...)
	}
	if start, ok := tok.StartOfText(); ok && o.modelFirst && first == nil {
		return []int{start}
	}
	return first
}

func (f plain) open(tok Tokenizer, o opening) (int, error) { return len(f.opened(tok, o)), nil }

func (f plain) write(tok Tokenizer, o opening, v *view) ([]int, error) {
	opened := f.opened(tok, o)
	text := v.text()
	for _, n := range v.notes {
		text = slices.Insert(text, beforeLines(tok, text, n.depth), n.ids...)
	}
	return append(opened, text...), nil
}

// aside is a line of its own.
func (plain) aside(tok Tokenizer, text string) []int { return tok.Encode(text + "\n") }

// beforeLines is where in the ids of a text a note goes that so many lines are to follow, at least one: after a token that ends a
// line, or at the beginning.
func beforeLines(tok Tokenizer, ids []int, lines int) int {
	follows := false // something of the line that begins at i
	for i := len(ids); i > 0; i-- {
		piece := tok.Decode(ids[i-1 : i])
		if strings.HasSuffix(piece, "\n") && follows {
			if lines--; lines <= 0 {
				return i
			}
			follows = false
		}
		follows = follows || strings.TrimSpace(piece) != ""
	}
	return 0
}

func (f plain) turn(tok Tokenizer, t, ahead *chat.Turn, _ bool) segment {
	seam := chat.Seam(ahead, t)
	if t.Role == chat.Assistant {
		if ids := replyIDs(tok, f, t); ids != nil {
			return segment{head: tok.Encode(seam), body: ids}
		}
	}
	return segment{body: tok.Encode(seam + chat.Seen(t))}
}

func (plain) cue(Tokenizer) []int { return nil }

func (plain) roles() bool { return false }
