package ui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// speller is a person before that model, which writes slowly enough to be stopped.
func speller(t *testing.T, width, height int) *user {
	return newUserOf(t, width, height, enginetest.New(512, enginetest.Alphabet), func(o *session.Options) {
		o.Settings.Temperature, o.Settings.MaxTokens, o.Settings.Mouse, o.Settings.Pace = 0, 12, true, 30
	})
}

func (u *user) reply() string {
	if leaf := u.conv().Leaf(); leaf != nil && leaf.Role == chat.Assistant {
		return leaf.Text
	}
	return ""
}

func (u *user) replies(text string) {
	u.t.Helper()
	u.until("the reply is "+text, func() bool { return u.reply() == text && (!u.p.session.Reply.Writing() || u.p.session.Reply.Ready()) })
}

// A person pauses, picks, writes own words, goes back, steps and runs on, by keys.
func TestChoosingByKeys(t *testing.T) {
	u := speller(t, 80, 24)
	u.types("hello")
	u.press("enter")
	u.until("it writes", func() bool { return u.reply() != "" })
	u.press("space")
	u.until("it waits", func() bool { return u.p.session.Reply.Ready() })
	if u.p.dock.Focused() == nil || u.p.dock.Focused().Title() != "Choose" {
		t.Fatalf("the pane has no keys:\n%s", u.screen())
	}
	written := len(u.reply())
	for n := written; n > 2; n-- {
		u.press("backspace")
	}
	for n := written; n < 2; n++ {
		u.press("right")
	}
	u.replies("ab")
	u.press("3")
	u.replies("abe")
	u.press("down", "enter")
	u.replies("abeg")
	u.press("backspace")
	u.replies("abe")
	u.press("esc")
	u.types("!")
	u.press("enter")
	u.replies("abe!")
	u.press("space")
	u.replies("abe!abcdefgh")
}

// With the keys in the text, the cursor goes over tokens and shows what could have been there; a digit begins a version with it.
func TestChoosingInTheText(t *testing.T) {
	u := speller(t, 80, 24)
	u.says("hello")
	u.replies("abcdefghijkl")
	u.press("tab", "left", "left", "left")
	u.shows("'j' 63.2% rank 1: 1 'j' 63% 2 'k' 23%")
	u.press("2")
	u.until("a version", func() bool { return !u.p.session.Reply.Writing() && u.reply() != "abcdefghijkl" })
	if got := u.reply(); !strings.HasPrefix(got, "abcdefghikl") {
		t.Errorf("the version is %q", got)
	}
	if ids, _ := u.conv().Siblings(u.conv().Leaf().ID); len(ids) != 2 {
		t.Errorf("%d versions", len(ids))
	}
	row := -1
	for i, l := range strings.Split(u.screen(), "\n") {
		if strings.HasPrefix(l, "  abcdefghikl") {
			row = i
		}
	}
	u.click(2+4, row)
	u.shows("'e' 63.2%")
}

// Colours and marks of tokens, in each way, and the pane, at three sizes.
func TestTokenScreens(t *testing.T) {
	model := func() *engine.Model {
		return enginetest.New(512, func(ids []int, logits []float32) {
			for b := range 256 {
				logits[b] = -6
			}
			for i, b := range []byte("etaoin shrdlu\ncmfwy") {
				logits[b] = float32((i*7+len(ids)*5)%20) / 3
			}
		})
	}
	for _, size := range sizesOfScreens {
		if size[0] < 40 || size[1] < 12 {
			continue
		}
		for _, colours := range []string{"probability", "rank", "surprise", "temperature", "writer"} {
			for _, plain := range []bool{false, true} {
				name := fmt.Sprintf("%dx%d/%s", size[0], size[1], colours)
				if plain {
					name += "-marks"
				}
				t.Run(name, func(t *testing.T) {
					u := newUserOf(t, size[0], size[1], model(), func(o *session.Options) { o.Settings.Temperature, o.Settings.TopK, o.Settings.MaxTokens = 1, 0, 200 })
					if plain {
						u.send(tea.ColorProfileMsg{Profile: colorprofile.Ascii})
					}
					u.types("hello")
					u.press("enter")
					u.idle()
					u.types("/colors " + colours)
					u.press("enter")
					u.press("esc")
					u.steady()
					golden.RequireEqual(t, []byte(u.view()))
				})
			}
		}
	}
}

// The pane of choices at three sizes, for a token of a reply that has ended.
func TestChooseScreens(t *testing.T) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			u := speller(t, size.width, size.height)
			u.says("hello")
			u.press("tab", "left", "left", "enter", "down")
			u.shows("Choose")
			golden.RequireEqual(t, []byte(u.steady()))
		})
	}
}
