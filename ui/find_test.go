package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/chat/session"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// long is a chat of so many turns, each of some lines; every tenth speaks of a fox.
func long(t *testing.T, store chat.Store, turns int) *chat.Conversation {
	t.Helper()
	c := chat.New(noon)
	parent := 0
	for i := range turns {
		role := chat.User
		if i%2 == 1 {
			role = chat.Assistant
		}
		text := fmt.Sprintf("Turn %d is about nothing.\n\nIt has *lines*.", i)
		if i%10 == 3 {
			text = fmt.Sprintf("Turn %d tells of a **Fox** in 北京 who ran, and of another fox.", i)
		}
		turn := c.Add(parent, role, text, noon)
		turn.State = chat.Done
		parent = turn.ID
	}
	if _, err := chat.Put(t.Context(), store, chat.Record{Conversation: c}, ""); err != nil {
		t.Fatal(err)
	}
	return c
}

// opened has a chat of that length open.
func opened(t *testing.T, width, height, turns int) *user {
	store := chat.NewVolatile()
	c := long(t, store, turns)
	u := newUser(t, width, height, echo, func(o *session.Options) { o.Store, o.Resume = store, c.ID })
	u.until("the chat is open", func() bool { return u.conv().ID == c.ID })
	return u
}

// lit is what of the screen is marked as the match that is shown.
func (u *user) lit() string {
	open, shut, _ := strings.Cut(lipgloss.NewStyle().Reverse(true).Render("|"), "|")
	_, rest, _ := strings.Cut(u.view(), open)
	text, _, _ := strings.Cut(rest, shut)
	return ansi.Strip(text)
}

func TestFindInChat(t *testing.T) {
	u := opened(t, 80, 24, 100)
	u.types("half a message")
	u.press("ctrl+f")
	u.types("FOX")
	u.shows("Find: FOX")
	u.shows("20 of 20") // the nearest to the end, where the chat stands
	u.shows("Turn 93")
	if u.lit() != "fox" {
		t.Errorf("%q is marked\n%s", u.lit(), u.screen())
	}
	u.press("up")
	u.shows("19 of 20")
	if u.lit() != "Fox" {
		t.Errorf("%q is marked", u.lit())
	}
	u.press("down", "enter")
	u.shows("1 of 20")
	u.shows("Turn 3 ")
	u.press("up", "up")
	u.shows("19 of 20")
	u.press("shift+enter", "shift+enter", "shift+enter")
	u.shows("16 of 20")
	u.shows("Turn 73")
	u.press("esc")
	u.hides("Find:")
	u.shows("Turn 73") // the text stays where it is
	u.shows("half a message")
	if u.lit() != "" {
		t.Errorf("%q is still marked", u.lit())
	}
}

func TestFindChineseAndNothing(t *testing.T) {
	u := opened(t, 40, 12, 30)
	u.press("ctrl+f")
	u.types("北京")
	u.shows("3 of 3")
	if u.lit() != "北京" {
		t.Errorf("%q is marked\n%s", u.lit(), u.screen())
	}
	u.types("?")
	u.shows("none")
	u.shows("Turn 29") // where it began
	u.press("backspace", "backspace", "backspace")
	u.hides("none")
	u.types("ran, and")
	u.shows("3 of 3")
	u.press("ctrl+c")
	u.hides("Find:")
}

func TestFindInStory(t *testing.T) {
	u := newUser(t, 60, 16, echo, func(o *session.Options) { o.Settings.Settings.Mode = "story" })
	for i := range 40 {
		u.types(fmt.Sprintf("Line %d of the tale.", i))
		if i%10 == 5 {
			u.types(" A lamp.")
		}
		u.press("enter")
	}
	u.press("ctrl+f")
	u.types("lamp")
	u.shows("4 of 4")
	u.press("enter", "enter")
	u.shows("2 of 4")
	u.shows("Line 15 of the tale. A lamp.")
	if u.lit() != "lamp" {
		t.Errorf("%q is marked\n%s", u.lit(), u.screen())
	}
	u.press("esc")
	u.types("bright ")
	u.shows("Line 15 of the tale. A bright lamp.")
}

// A chat of 5,000 turns is not laid out to be searched.
func TestFindLaysNothingOut(t *testing.T) {
	u := opened(t, 80, 24, 2000)
	u.press("ctrl+f")
	u.types("fox")
	u.shows("400 of 400")
	laid := 0
	for _, it := range u.p.transcript.items {
		if it.width != 0 {
			laid++
		}
	}
	if laid > 50 {
		t.Errorf("%d of 2000 turns were laid out", laid)
	}
}

func TestJumpFromSearch(t *testing.T) {
	u := opened(t, 80, 24, 100)
	u.press("ctrl+n")
	u.types("/search 北京")
	u.press("enter")
	u.shows("Found (10)")
	u.shows("model: Turn 93 tells of a **Fox** in 北京")
	u.press("down", "enter")
	u.shows("Find: 北京")
	u.shows("Turn 83")
	u.shows("9 of 10")
	if u.lit() != "北京" {
		t.Errorf("%q is marked\n%s", u.lit(), u.screen())
	}
	u.press("esc")
	u.hides("Find:")
	u.types("/search")
	u.press("enter")
	u.shows("Found (0)")
	u.types("another fo")
	u.shows("Found (10)")
	u.press("enter")
	u.shows("28 of 30")
	if u.lit() != "Fox" {
		t.Errorf("%q is marked\n%s", u.lit(), u.screen())
	}
}

func TestFindWhereTheTextIsAlone(t *testing.T) {
	u := opened(t, 80, 24, 30)
	u.press("tab", "f4")
	u.hides("scripted ·")
	u.press("ctrl+f")
	u.types("fox")
	u.shows("6 of 6")
	u.press("esc")
	u.hides("scripted ·")
}
