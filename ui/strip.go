package ui

import (
	"fmt"
	"strconv"

	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/ui/style"
)

// stripLine says what is in the model's context, in a line; "" where that is the chat alone. What has no room is left out.
func stripLine(of *session.Session, look *look, width int) string {
	if !of.Noted() && of.Chat.Conversation().Mode != chat.Story {
		return ""
	}
	parts, about := of.Strip()
	if len(parts) == 0 {
		return ""
	}
	head := "in view: "
	if about {
		head = "in view, about: "
	}
	for lowest := 3; ; lowest-- {
		line := head
		for i, p := range parts {
			if p.Rank > lowest {
				continue
			}
			if i > 0 && line != head {
				line += session.Separator
			}
			line += p.Name + " " + strconv.Itoa(p.Count)
			if p.Of > 0 {
				line += fmt.Sprintf(" (%d)", p.Of)
			}
		}
		if ansi.StringWidth(line) <= width || lowest == 0 {
			return look.Dim.Render(style.Shorten(line, width))
		}
	}
}
