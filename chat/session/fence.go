package session

import "strings"

// Fence stands at the beginning and at the end of a message of several lines, as in ollama.
const Fence = `"""`

// Unfinished says that a text begins with three quotes and does not end with three more: lines are still to come.
func Unfinished(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, Fence) && (len(text) < 2*len(Fence) || !strings.HasSuffix(text, Fence))
}

// Fenced is a text between such quotes: none of it is a command.
func Fenced(text string) string { return Fence + "\n" + text + "\n" + Fence }

// unfenced is a text without such quotes around it.
func unfenced(text string) string {
	inside := strings.TrimSpace(text)
	if !strings.HasPrefix(inside, Fence) || Unfinished(text) || blank(inside[len(Fence):len(inside)-len(Fence)]) {
		return text
	}
	inside = inside[len(Fence) : len(inside)-len(Fence)]
	inside = strings.TrimPrefix(strings.TrimPrefix(inside, "\r"), "\n")
	return strings.TrimSuffix(strings.TrimSuffix(inside, "\n"), "\r")
}
