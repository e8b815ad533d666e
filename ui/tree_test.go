package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/engine/enginetest"
)

// forked has a chat with two beginnings, of which one goes on, and three versions of its end.
func (u *user) forked() {
	u.says("A fox")
	u.press("ctrl+r")
	u.idle()
	u.says("and then?")
	u.press("ctrl+r")
	u.idle()
	u.press("ctrl+r")
	u.idle()
	u.press("left")
}

// A person walks in the tree with the arrows, shows a version, marks, names, prunes, copies, and undoes it.
func TestTreeByKeys(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.forked() // 1 A fox; 2, 3 replies; 4 and then?; 5, 6, 7 replies, of which 6 is shown
	u.types("half a mess")
	u.press("ctrl+o")
	if u.p.dock.Focused() == nil || u.p.dock.Focused().Title() != "Tree" {
		t.Fatal("the tree has not the keys")
	}
	u.shows("› ● 2/3 You said: and then?.")
	u.press("left", "enter") // the fork before
	u.shows("turn 3, version 2 of 2, is shown")
	u.press("down", "enter")
	u.shows("turn 2, version 1 of 2, is shown")
	if u.leaf().ID != 2 {
		t.Errorf("%+v", u.leaf())
	}
	u.shows("› ● 1/2 You said: A fox.")
	u.press("down")
	u.shows("+4 turns")
	u.press("right")
	u.hides("+4 turns")
	u.press("left")
	u.shows("+4 turns")
	u.press("b", "r")
	u.types("the good one")
	u.press("enter")
	u.shows("★ the good one  You said")
	u.press("enter")
	u.shows("  ★ the good one\n") // in the chat too
	u.press("down", "enter")
	u.press("home", "B")
	u.shows("› └ ○ 2/2 ★ the good one")
	u.press("c")
	u.shows("copied 6 turns to a new chat, “A fox (copy)”")
	u.press("d")
	u.shows("pruned 5 turns; /undo brings them back")
	u.hides("the good one")
	u.press("u")
	u.shows("★ the good one")
	u.press("d", "alt+z")
	u.shows("★ the good one")
	u.press("ctrl+o")
	u.hides("── Tree")
	if got := u.p.composer.text(); !strings.HasPrefix(got, "half a mess") {
		t.Errorf("the input is %q", got)
	}
	u.press("ctrl+o", "esc")
	u.types("age")
	if got := u.p.composer.text(); got != "half a message" {
		t.Errorf("the input is %q", got)
	}
}

// In a story the tree shows the text of another time, and Alt+Left and Alt+Right switch versions from there too.
func TestTreeOfAStoryByKeys(t *testing.T) {
	u := newUserOf(t, 80, 24, enginetest.New(512, storyteller(3, nil)))
	u.types("/mode story")
	u.press("enter")
	u.types("One fox.")
	u.press("alt+enter")
	u.idle()
	u.press("alt+enter")
	u.idle()
	u.press("ctrl+r")
	u.idle()
	text := func() string { return u.p.session.Chat.Story().Text }
	versions := text()
	u.press("ctrl+o")
	u.shows("› ● 2/2")
	u.press("alt+left")
	u.shows("› ● 1/2")
	u.press("alt+right")
	u.shows("› ● 2/2")
	u.press("esc", "left") // from the empty input
	u.shows("○ 2/2")
	u.press("right", "ctrl+o")
	u.shows("› ● 2/2")
	u.press("home", "enter")
	if got := text(); got != "One fox." {
		t.Errorf("%q", got)
	}
	u.press("tab", "tab") // the text
	u.types("!")
	u.until("it is a change", func() bool { return text() == "One fox.!" })
	u.press("alt+left")
	if got := text(); got != versions {
		t.Errorf("%q, want %q", got, versions)
	}
}

func TestTreeScreens(t *testing.T) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			u := newUser(t, size.width, size.height, echo)
			u.forked()
			u.press("ctrl+o", "b", "up", "r")
			u.types("the question 问题")
			u.press("enter", "left", "down", "enter", "down", "right", "up")
			golden.RequireEqual(t, []byte(u.steady()))
		})
	}
}

// deep is a chat of so many turns with a fork at every tenth.
func deep(turns int) *chat.Conversation {
	c := chat.New(time.Now())
	c.Title = "deep"
	for c.Leaf() == nil || c.Leaf().ID < turns {
		parent := 0
		if leaf := c.Leaf(); leaf != nil {
			parent = leaf.ID
		}
		role := chat.User
		if parent > 0 && c.Leaf().Role == chat.User {
			role = chat.Assistant
		}
		c.Add(parent, role, strings.Repeat(fmt.Sprintf("word %d and ", parent), 20), time.Now()).State = chat.Done
		if parent%10 == 1 {
			c.Add(parent, role, "another one", time.Now()).State = chat.Done
		}
	}
	return c
}

// deepUser is a person with that chat.
func deepUser(t testing.TB, turns int) *user {
	store, c := chat.NewVolatile(), deep(turns)
	if err := store.SaveSession(t.Context(), c.Header()); err != nil {
		t.Fatal(err)
	}
	for _, turn := range c.Turns() {
		if err := store.SaveTurn(t.Context(), c.ID, *turn); err != nil {
			t.Fatal(err)
		}
	}
	u := newUser(t, 140, 40, echo, func(o *session.Options) { o.Store, o.Resume = store, c.ID })
	u.until("the chat is there", func() bool { return u.conv().ID == c.ID })
	return u
}

// A deep chat costs no more to draw than a short one: only the rows in the window are made.
func TestTreeDrawsWhatShows(t *testing.T) {
	costs := map[int]float64{}
	for _, turns := range []int{100, 5000} {
		u := deepUser(t, turns)
		u.press("ctrl+o", "pgup", "up")
		tree := u.p.dock.Focused()
		costs[turns] = testing.AllocsPerRun(20, func() { tree.Draw(u.p.look.Look, 40, 36, true) })
	}
	if costs[5000] > costs[100]*1.5 {
		t.Errorf("%v allocations by the number of turns", costs)
	}
}

// BenchmarkTree is a key in the tree of a chat of 5,000 turns, and the screen after it.
func BenchmarkTree(b *testing.B) {
	u := deepUser(b, 5000)
	u.p.Update(keyNamed("ctrl+o"))
	for name, keys := range map[string][]string{"walk": {"up", "left", "down"}, "show": {"left", "down", "enter"}} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				u.p.Update(keyNamed(keys[i%len(keys)]))
				_ = u.p.View()
			}
		})
	}
}
