package ui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"inkling/chat/session"
	"inkling/engine/enginetest"
	"inkling/ui/pane"
)

// copies waits for a text on the clipboard.
func (u *user) copies(want string) {
	u.t.Helper()
	u.until(fmt.Sprintf("%q is copied", want), func() bool { return u.clip == want })
}

// answered is a chat in which a message has been answered.
func answered(t *testing.T, width, height int, message, reply string) *user {
	u := newUserOf(t, width, height, enginetest.New(4096, enginetest.Replies(func(string) string { return reply })),
		func(o *session.Options) { o.Settings.MaxTokens = 2000 })
	u.says(message)
	return u
}

// What is dragged over is copied as it was written: a line that the screen broke is whole, without bar and margin, and wide characters are
// taken whole, wherever in them the mouse is.
func TestDragCopies(t *testing.T) {
	long := "The quick brown fox jumps over the lazy dog and runs away.\n我喜欢小说，也喜欢诗歌，还喜欢散步。"
	u := answered(t, 30, 24, "a message that takes more than one row", long)
	from, row := u.find("quick")
	to, last := u.find("away")
	u.drag(from, row, to+3, last)
	u.copies("quick brown fox jumps over the lazy dog and runs away")
	u.shows("copied 53 characters")
	if u.p.dock.Focused() != nil {
		t.Error("the input has lost the keys")
	}
	u.clip = ""
	u.drag(to+3, last, from, row) // backwards
	u.copies("quick brown fox jumps over the lazy dog and runs away")

	x, y := u.find("我喜欢")
	u.drag(x+3, y, x+4, y) // from the right half of the second to the left half of the third
	u.copies("喜欢")
	end, bottom := u.find("散步")
	u.drag(x+2, y, end, bottom)
	u.copies("喜欢小说，也喜欢诗歌，还喜欢散")

	left, top := u.find("message")
	u.drag(left, top, x+1, y)
	u.copies("message that takes more than one row\n\nThe quick brown fox jumps over the lazy dog and runs away.\n我")
	if reversed := strings.Count(u.view(), "\x1b[7m"); reversed < 4 {
		t.Errorf("%d rows are marked:\n%q", reversed, u.view())
	}
	u.types("x")
	if strings.Contains(u.view(), "\x1b[7m") {
		t.Error("the mark stays after a key")
	}
	u.clip = ""
	u.send(tea.MouseClickMsg{X: left, Y: top, Button: tea.MouseLeft, Mod: tea.ModShift})
	u.send(tea.MouseMotionMsg{X: left + 5, Y: top, Button: tea.MouseLeft, Mod: tea.ModShift})
	u.send(tea.MouseReleaseMsg{X: left + 5, Y: top, Button: tea.MouseLeft, Mod: tea.ModShift})
	if u.clip != "" {
		t.Error("Shift does not leave the mouse to the terminal")
	}
}

// Whatever the text and the width: dragged over from its first cell to its last, a text is copied as it stands; and a part of it is a part
// of it.
func TestDragCopiesWhole(t *testing.T) {
	words := []string{"a", "well-known", "words", "一", "小说", "👨\u200d👩\u200d👧", "🇫🇷", "ไทย", "é", "e\u0301", "antidisestablishmentarianism", "\n", "x\ny"}
	random := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		var parts []string
		for range 1 + random.IntN(25) {
			parts = append(parts, words[random.IntN(len(words))])
		}
		text := "z" + strings.Join(parts, " ") + "z"
		for strings.Contains(text, " \n") || strings.Contains(text, "\n ") || strings.Contains(text, "\n\n") {
			text = strings.NewReplacer(" \n", "\n", "\n ", "\n", "\n\n", "\n").Replace(text)
		}
		u := newUser(t, 12+random.IntN(60), 60, echo)
		u.send(tea.PasteMsg{Content: text})
		u.press("enter")
		u.idle()
		u.press("ctrl+home")
		width := u.p.screen.width
		last := u.p.transcript.items[0].laid.first + len(u.p.transcript.items[0].laid.rows) - 1
		u.drag(0, 0, width-1, last)
		u.copies(text)
		u.clip = ""
		u.drag(random.IntN(width), random.IntN(last+1), random.IntN(width), random.IntN(last+1))
		if !strings.Contains(text, u.clip) {
			t.Fatalf("%q is no part of %q", u.clip, text)
		}
	}
}

// A window that the mouse is dragged out of scrolls, until the button is let go.
func TestDragScrolls(t *testing.T) {
	var lines []string
	for i := range 60 {
		lines = append(lines, fmt.Sprintf("line %02d", i))
	}
	u := answered(t, 60, 16, "go", strings.Join(lines, "\n"))
	_, y := u.find("line 59")
	u.send(tea.MouseClickMsg{X: 2, Y: y, Button: tea.MouseLeft})
	u.send(tea.MouseMotionMsg{X: 2, Y: -1, Button: tea.MouseLeft})
	u.until("it has scrolled", func() bool { return strings.Contains(u.screen(), "line 40") })
	u.send(tea.MouseReleaseMsg{X: 2, Y: 0, Button: tea.MouseLeft})
	u.until("it is copied", func() bool { return strings.HasSuffix(u.clip, "\nline 58\nl") })
	if !strings.HasPrefix(u.clip, "line ") {
		t.Errorf("copied: %q", u.clip)
	}
}

// A click gives the keys to what is under it, and chooses a row; a second click on the row does what Enter does.
func TestClicks(t *testing.T) {
	u := answered(t, 120, 60, "hello", "abc def")
	focused := func() string {
		if p := u.p.dock.Focused(); p != nil {
			return p.Title()
		}
		return "input"
	}
	u.press("ctrl+t", "esc")
	for _, c := range []struct{ text, want string }{{"top_k", "Dial"}, {"abc", "Text"}, {"Write a message", "input"}} {
		x, y := u.find(c.text)
		u.click(x, y)
		if got := focused(); got != c.want {
			t.Errorf("a click on %s gives the keys to %s", c.text, got)
		}
	}
	u.types("some words")
	x, y := u.find("some words")
	u.click(x+4, y)
	u.types("!")
	u.shows("some! words")
	u.press("ctrl+c")
	u.types("/colo")
	_, y = u.find("/colors")
	u.click(4, y)
	if got := u.p.composer.text(); got != "/colors " {
		t.Errorf("a click on a completion makes the input %q", got)
	}
	u.press("ctrl+c", "ctrl+p")
	u.types("new ch")
	x, y = u.find("new chat")
	u.click(x, y)
	if _, open := u.p.dock.Dialogs.Top().(*pane.Palette); !open {
		t.Fatal("one click in the palette does something")
	}
	u.click(x, y)
	u.until("a new chat", func() bool { return len(u.conv().Turns()) == 0 && u.p.dock.Dialogs.Top() == nil })
}

// The wheel turns the dial under the mouse, and nothing else.
func TestWheelTurnsDial(t *testing.T) {
	u := newUser(t, 120, 30, echo)
	u.press("ctrl+t", "esc")
	before := u.p.session.Settings.Values()
	x, y := u.find("top_k")
	u.send(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelUp})
	after := u.p.session.Settings.Values()
	if after.TopK <= before.TopK || after.Temperature != before.Temperature {
		t.Errorf("top_k was %v and is %v, temperature %v and %v", before.TopK, after.TopK, before.Temperature, after.Temperature)
	}
	u.send(tea.MouseWheelMsg{X: x, Y: y, Button: tea.MouseWheelDown})
	if got := u.p.session.Settings.Values().TopK; got != before.TopK {
		t.Errorf("back: %v, was %v", got, before.TopK)
	}
}

// While tokens have colours the one under the mouse tells its alternatives; otherwise the terminal does not even tell where the mouse is.
func TestHover(t *testing.T) {
	u := speller(t, 80, 24)
	u.says("hello")
	u.replies("abcdefghijkl")
	if got := u.p.View().MouseMode; got != tea.MouseModeCellMotion {
		t.Errorf("the mouse's mode is %v", got)
	}
	u.press("f2")
	x, y := u.find("abcdef")
	if got := u.p.View().MouseMode; got != tea.MouseModeAllMotion {
		t.Errorf("with colours the mouse's mode is %v", got)
	}
	over := tea.MouseMotionMsg{X: x + 9, Y: y}
	u.send(u.p.idle(nil, over))
	u.shows("'j' 63.2% rank 1: 1 'j' 63% 2 'k' 23%")
	if u.p.idle(nil, over) != nil {
		t.Error("a mouse that has not left its token makes work")
	}
	away := tea.MouseMotionMsg{X: x, Y: y + 3}
	u.send(u.p.idle(nil, away))
	u.hides("rank 1")
	if u.p.idle(nil, tea.MouseMotionMsg{X: x + 40, Y: y + 3}) != nil {
		t.Error("a mouse that is over no token makes work")
	}
	u.types("/set mouse false")
	u.press("enter")
	if got := u.p.View().MouseMode; got != tea.MouseModeNone {
		t.Errorf("without the mouse its mode is %v:\n%s", got, u.screen())
	}
}

// In a story a drag selects as well: what it passes is marked and copied, and the next key takes the mark away.
func TestDragInStory(t *testing.T) {
	u := newUser(t, 40, 24, echo)
	u.types("/mode story")
	u.press("enter")
	u.types("Once upon a time there lived a fox who loved 小说 and verse.")
	x, y := u.find("upon")
	to, last := u.find("小说")
	u.drag(x, y, to+1, last)
	u.copies("upon a time there lived a fox who loved 小")
	if !strings.Contains(u.view(), "\x1b[7m") {
		t.Error("nothing is marked")
	}
	u.clip = ""
	u.drag(to+1, last, x, y)
	u.copies("upon a time there lived a fox who loved 小")
	u.press("right")
	if strings.Contains(u.view(), "\x1b[7m") {
		t.Error("the mark stays after a key")
	}
	u.clip = ""
	u.click(x, y)
	u.types("!")
	u.until("it is typed where the click was", func() bool { return strings.HasPrefix(u.p.dock.Main.Text(), "Once !upon") })
	if u.clip != "" {
		t.Errorf("a click copies %q", u.clip)
	}
}
