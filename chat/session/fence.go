package session

import "strings"

// fence stands at the beginning and at the end of a message of several lines, as in ollama.
const fence = `"""`

// Unfinished says that a text begins with three quotes and does not end with three more: lines are still to come.
func Unfinished(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, fence) && (len(text) < 2*len(fence) || !strings.HasSuffix(text, fence))
}

// Fenced is a text between such quotes: none of it is a command.
func Fenced(text string) string { return fence + "\n" + text + "\n" + fence }

// unfenced is a text without such quotes around it.
func unfenced(text string) string {
	inside := strings.TrimSpace(text)
	if !strings.HasPrefix(inside, fence) || Unfinished(text) || blank(inside[len(fence):len(inside)-len(fence)]) {
		return text
	}
	inside = inside[len(fence) : len(inside)-len(fence)]
	inside = strings.TrimPrefix(strings.TrimPrefix(inside, "\r"), "\n")
	return strings.TrimSuffix(strings.TrimSuffix(inside, "\n"), "\r")
}
