package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
)

var sizes = []struct {
	name          string
	width, height int
}{{"40x12", 40, 12}, {"80x24", 80, 24}, {"140x40", 140, 40}}

func poem(string) string {
	return "A new day comes by,\nThe sun is in the *evening* glow.\n\nThe end."
}

func TestScreens(t *testing.T) {
	for _, size := range sizes {
		for name, play := range map[string]func(u *user){
			"welcome": func(u *user) {},
			"reply":   func(u *user) { u.says("Write a poem about nature") },
			"versions": func(u *user) {
				u.says("Write a poem about nature")
				u.press("ctrl+r")
				u.idle()
				u.press("left")
			},
			"input": func(u *user) {
				u.types("one")
				u.press("ctrl+j")
				u.types("two " + strings.Repeat("words and ", 12))
			},
			"commands":    func(u *user) { u.types("/s") },
			"unknown":     func(u *user) { u.types("/hlep"); u.press("enter") },
			"help":        func(u *user) { u.press("?") },
			"show":        func(u *user) { u.types("/show"); u.press("enter") },
			"temperature": func(u *user) { u.press("ctrl+up", "ctrl+up", "alt+down") },
			"chats": func(u *user) {
				u.says("Write a poem about nature")
				u.press("ctrl+n")
				u.says("你好，世界")
				u.press("ctrl+s")
				u.shows("Chats (2)")
			},
		} {
			t.Run(size.name+"/"+name, func(t *testing.T) {
				u := newUser(t, size.width, size.height, poem)
				play(u)
				golden.RequireEqual(t, []byte(u.steady()))
			})
		}
	}
}
