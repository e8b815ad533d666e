package prompt

import (
	"strings"
	"unicode"

	"inkling/chat"
)

// Passages takes the text of a story apart for a prompt, at the ends of paragraphs, as turns that read as that text one after the
// other. A byte-level tokenizer makes the same ids of them as of the whole, since none ends in white space. Of a text that a context of
// so many tokens cannot hold by far, the beginning is left out: cut bytes. Where that ends moves forward in steps as the text grows.
func Passages(text string, context int) (turns []*chat.Turn, cut int) {
	const most, step = 12, 4 // bytes a token
	if over := len(text) - most*context; context > 0 && over > 0 {
		cut = (over + step*context - 1) / (step * context) * step * context
		if next := strings.IndexByte(text[cut:], '\n'); next >= 0 && next < step*context {
			cut += next
		}
		for cut < len(text) && text[cut]&0xc0 == 0x80 {
			cut++
		}
	}
	rest := strings.TrimRight(text[cut:], " \t")
	add := func(text string) {
		role := chat.Assistant
		if len(turns) == 0 {
			role = chat.User
		}
		turns = append(turns, &chat.Turn{ID: len(turns) + 1, Role: role, Text: text, State: chat.Done})
	}
	for rest != "" {
		end := passage(rest)
		add(rest[:end])
		rest = rest[end:]
	}
	return turns, cut
}

// passage is where the first white space begins that has a line feed, with text before it and after it.
func passage(text string) int {
	begun := len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	i := strings.IndexByte(text[begun:], '\n')
	if i < 0 || strings.TrimSpace(text[begun+i:]) == "" {
		return len(text)
	}
	return len(strings.TrimRightFunc(text[:begun+i], unicode.IsSpace))
}
