package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain is the text itself, without roles, for writing stories: system text and
// a blank line, then the turns one after the other as StoryText joins them.
// When the model begins the text, it begins after end-of-text, as a document
// does.
type plain struct{}

func (plain) Name() string { return "plain" }

func (plain) Stop() []string { return nil }

func (plain) CleanReply(text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return text
}

func (plain) opening(tok Tokenizer, system string, modelFirst bool) ([]int, error) {
	first := begin(tok)
	if system = strings.TrimSpace(system); system != "" {
		return append(first, paragraph(tok, system)...), nil
	}
	if end, ok := tok.EndOfText(); ok && modelFirst && first == nil {
		return []int{end}, nil
	}
	return first, nil
}

func (f plain) segment(tok Tokenizer, t *Turn, before string) segment {
	if t.Role == Assistant {
		if ids := replyIDs(tok, f, t); ids != nil {
			return segment{body: ids}
		}
	}
	return segment{body: tok.Encode(seam(before, t) + t.Text)}
}

func (plain) cue(Tokenizer) []int { return nil }

func (plain) roles() bool { return false }

// StoryText joins the turns of a path to one text, exactly as the plain format
// shows it to the model. A user turn is set off by a space where neither side
// has white space; a reply follows as the model wrote it, since it may go on in
// the middle of a word. Blank turns are left out.
func StoryText(path []*Turn) string {
	var b strings.Builder
	before := ""
	for _, t := range path {
		if t.blank() {
			continue
		}
		b.WriteString(seam(before, t))
		b.WriteString(t.Text)
		before = t.Text
	}
	return b.String()
}

// seam returns what stands between the text before a turn and the turn.
func seam(before string, t *Turn) string {
	if before == "" || t.Role == Assistant {
		return ""
	}
	left, _ := utf8.DecodeLastRuneInString(before)
	right, _ := utf8.DecodeRuneInString(t.Text)
	if unicode.IsSpace(left) || unicode.IsSpace(right) {
		return ""
	}
	return " "
}
