package ui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"inkling/chat/session"
)

// Nothing is cut in the middle of a word, whatever is on the screen: what stands before a sign that something is left out is a whole
// word of the same screen with more room.
func TestNoWordIsCut(t *testing.T) {
	cut := regexp.MustCompile(`([\p{Latin}\pN]+)…`)
	for name, play := range map[string]func(u *user){
		"first":   func(*user) {},
		"command": func(u *user) { u.types("/") },
		"footer":  func(u *user) { u.says("Write a poem about nature"); u.press("f3") },
		"text":    func(u *user) { u.says("Write a poem about nature"); u.press("tab") },
		"dial": func(u *user) {
			u.says("hello")
			u.press("ctrl+t", "down", "down", "down")
		},
		"palette": func(u *user) { u.press("ctrl+p"); u.types("task") },
		"help":    func(u *user) { u.press("f1") },
		"models":  func(u *user) { u.types("/model"); u.press("enter"); u.shows("Models") },
		"chats":   func(u *user) { u.says("Write a poem about nature"); u.press("ctrl+s"); u.shows("Chats (") },
		"notes":   func(u *user) { u.types("/world"); u.press("enter") },
		"tree":    func(u *user) { u.says("Write a poem"); u.press("ctrl+r"); u.idle(); u.press("ctrl+o") },
		"colours": func(u *user) { u.says("Write a poem"); u.press("f2") },
		"several": func(u *user) { u.says("/n 2"); u.says("Write a poem about nature") },
		"story":   func(u *user) { u.says("/mode story"); u.types("Once upon a time"); u.press("esc") },
	} {
		t.Run(name, func(t *testing.T) {
			screen := func(width int) string {
				u := newUser(t, width, 30, poem, func(o *session.Options) { models(o) })
				play(u)
				return u.screen()
			}
			whole := map[string]bool{}
			for _, word := range regexp.MustCompile(`[\pL\pN]+`).FindAllString(screen(300), -1) {
				whole[word] = true
			}
			for _, width := range []int{40, 60, 80, 100, 140} {
				text := screen(width)
				for _, found := range cut.FindAllStringSubmatch(text, -1) {
					if !whole[found[1]] {
						t.Errorf("%d columns: %q is no whole word\n%s", width, found[1], lineWith(text, found[0]))
					}
				}
			}
		})
	}
}

func lineWith(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return fmt.Sprintf("%q", line)
		}
	}
	return ""
}
