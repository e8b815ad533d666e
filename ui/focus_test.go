package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"inkling/chat"
	"inkling/chat/session"
)

// focused is the part of the screen that has the keys.
func (u *user) focused() string {
	if p := u.p.dock.Focused(); p != nil {
		return p.Title()
	}
	return "Input"
}

// Tab goes from the input to the text and to every open pane, and Shift+Tab back; Esc goes to the input from anywhere. What is typed
// acts on a pane only while it has the keys.
func TestFocusGoesAround(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {80, 24}, {140, 40}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			u := newUser(t, size[0], size[1], echo)
			u.says("hello")
			order := []string{"Input", "Text"}
			for _, open := range []struct{ line, title string }{{"/dial", "Dial"}, {"/memory", "Memory"}, {"/note", "Author's note"}, {"/world", "World notes"}} {
				u.types(open.line)
				u.press("enter")
				u.until("the pane is open", func() bool { return u.focused() == open.title })
				u.press("esc")
				order = append(order, open.title)
			}
			walk := func(key string) (walked []string) {
				for range order {
					walked = append(walked, u.focused())
					u.press(key)
				}
				return walked
			}
			if got := walk("tab"); !slices.Equal(got, order) {
				t.Errorf("Tab goes through %q, expected %q", got, order)
			}
			back := append([]string{"Input"}, order[1:]...)
			slices.Reverse(back[1:])
			if got := walk("shift+tab"); !slices.Equal(got, back) {
				t.Errorf("Shift+Tab goes through %q, expected %q", got, back)
			}
			before := u.p.session.Settings.Values()
			u.types("n1 e2 k 0.5")
			u.press("backspace")
			after := u.p.session.Settings.Values()
			if got := u.p.composer.text(); got != "n1 e2 k 0." {
				t.Errorf("the input has %q", got)
			}
			if before.Temperature != after.Temperature || before.TopK != after.TopK {
				t.Error("what was typed into the input has turned a dial")
			}
			u.press("ctrl+c")
			for n, title := range order[1:] {
				for range n + 1 {
					u.press("tab")
				}
				if got := u.focused(); got != title {
					t.Fatalf("%s has the keys, not %s", got, title)
				}
				u.press("esc")
				if got := u.focused(); got != "Input" {
					t.Errorf("Esc goes from %s to %s", title, got)
				}
			}
			u.press("tab")
			u.types("xyz")
			if got := u.p.composer.text(); got != "" {
				t.Errorf("what is typed with the keys in the text goes to the input: %q", got)
			}
		})
	}
}

// lasting is a store that remembers beyond a run, though in memory.
type lasting struct{ *chat.Volatile }

// The first reply that anybody ever gets comes with a hint of what to try, by the keys as they are; none after it, and none in later runs.
func TestFirstHint(t *testing.T) {
	store := lasting{chat.NewVolatile()}
	start := func() *user { return newUser(t, 90, 24, echo, func(o *session.Options) { o.Store = store }) }
	const hint = "Ctrl+R writes another, Space pauses a reply, Ctrl+T turns the dial, Ctrl+P finds the rest"
	u := start()
	u.says("hello")
	u.shows("Ctrl+R writes another")
	if !strings.Contains(strings.Join(strings.Fields(u.screen()), " "), hint) {
		t.Errorf("the hint is cut:\n%s", u.screen())
	}
	u.says("and again")
	u.hides("writes another")
	u.flush()
	u = start()
	u.says("hello")
	u.hides("writes another")
	u = newUser(t, 90, 24, echo) // keeps nothing
	u.says("hello")
	u.hides("writes another")
}
