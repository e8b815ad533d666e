package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// StoryText joins the turns of a path to one text, exactly as the plain format
// shows it to the model, but for blanks at the end. Blank turns are left out.
func StoryText(path []*Turn) string {
	var b strings.Builder
	var ahead *Turn
	for _, t := range path {
		if t.Blank() {
			continue
		}
		b.WriteString(Seam(ahead, t))
		b.WriteString(Seen(t))
		ahead = t
	}
	if ahead != nil {
		b.WriteString(blanks(ahead))
	}
	return b.String()
}

// Seen is a turn of a story as the model sees it. It writes the blank before a
// word with the word, and goes on badly from a text that ends with one, so a
// user's text goes without the blanks at its end.
func Seen(t *Turn) string { return strings.TrimSuffix(t.Text, blanks(t)) }

// blanks are those at the end of a user turn.
func blanks(t *Turn) string {
	if t.Role != User {
		return ""
	}
	return t.Text[len(strings.TrimRight(t.Text, " \t")):]
}

// Seam returns what stands between two turns of a story, ahead being nil at its
// beginning. A user turn is set off by a space where neither side has white
// space; a reply follows as the model wrote it, since it may go on in the middle
// of a word. The blanks at the end of a user turn stand here where what follows
// has none.
func Seam(ahead, t *Turn) string {
	if ahead == nil {
		return ""
	}
	left, _ := utf8.DecodeLastRuneInString(ahead.Text)
	right, _ := utf8.DecodeRuneInString(t.Text)
	switch end := blanks(ahead); {
	case unicode.IsSpace(right):
		return ""
	case end != "":
		return end
	case t.Role == Assistant || unicode.IsSpace(left):
		return ""
	}
	return " "
}
