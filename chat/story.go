package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// StoryText joins the turns of a path to one text, exactly as the plain format
// shows it to the model. A user turn is set off by a space where neither side
// has white space; a reply follows as the model wrote it, since it may go on in
// the middle of a word. Blank turns are left out.
func StoryText(path []*Turn) string {
	var b strings.Builder
	before := ""
	for _, t := range path {
		if t.Blank() {
			continue
		}
		b.WriteString(Seam(before, t))
		b.WriteString(t.Text)
		before = t.Text
	}
	return b.String()
}

// Seam returns what stands between the text before a turn of a story and the
// turn; it depends on the last character of that text alone.
func Seam(before string, t *Turn) string {
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
