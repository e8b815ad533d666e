package ui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/engine/enginetest"
)

// storyteller goes on with the text that it is given: a letter for each token, so many of them.
func storyteller(letters int, seen chan<- string) enginetest.Logits {
	start := -1
	return func(ids []int, logits []float32) {
		if start < 0 || len(ids) < start || len(ids) > start+letters {
			start = len(ids)
			select {
			case seen <- string(enginetest.Bytes(ids)):
			default:
			}
		}
		next := enginetest.EndOfText
		if n := len(ids) - start; n < letters {
			next = 'A' + n
		}
		logits[next] = 50
	}
}

// A story is one text: Enter is a new line, the model goes on at the cursor, and the rest stays in place. Everything is a change that
// can be undone, and the store has it.
func TestStoryEditor(t *testing.T) {
	seen := make(chan string, 10)
	u := newUserOf(t, 80, 24, enginetest.New(512, storyteller(3, seen)))
	u.types("/mode story")
	u.press("enter")
	u.types("One fox.")
	u.press("enter")
	u.types("The end.")
	for range len("\nThe end.") {
		u.press("left")
	}
	u.press("alt+enter")
	u.idle()
	if got := <-seen; got != "One fox." {
		t.Errorf("the model saw %q", got)
	}
	text := func() string { return u.p.session.Chat.Story().Text }
	if got := text(); got != "One fox.ABC\nThe end." {
		t.Errorf("%q", got)
	}
	u.types("!")
	if got := u.p.dock.Main.Text(); got != "One fox.ABC\nThe end." {
		t.Errorf("typed is a change at once: %q", got)
	}
	u.until("it is a change", func() bool { return text() == "One fox.ABC!\nThe end." })
	u.shows("      One fox.ABC!\n      The end.\n")
	u.shows("4 words")
	id, want := u.conv().ID, text()
	u.press("ctrl+r")
	u.idle()
	if got := text(); got != "One fox.ABC!ABC\nThe end." {
		t.Errorf("after the last change: %q", got)
	}
	u.press("ctrl+r")
	u.idle()
	if ids, at := u.conv().Siblings(u.conv().Leaf().ID); len(ids) != 2 || at != 1 {
		t.Errorf("%d versions, at %d", len(ids), at)
	}
	u.press("alt+left")
	if _, at := u.conv().Siblings(u.conv().Leaf().ID); at != 0 {
		t.Errorf("version %d after Alt+Left", at)
	}
	u.press("esc")
	for range 6 { // the switch of versions and both replies are steps of their own
		u.types("/undo")
		u.press("enter")
	}
	if got := text(); got != "" {
		t.Errorf("undone to the beginning: %q", got)
	}
	u.conv().Select(3)
	u.flush()
	kept, err := u.store.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	kept.Select(3)
	if got := chat.FoldStory(kept.PathTo(3)).Text; got != want {
		t.Errorf("the store has %q, want %q", got, want)
	}
}

// Typing while the model writes stops it, and both are kept.
func TestTypingStopsTheModel(t *testing.T) {
	gate := make(chan struct{}, 100)
	u := newUserOf(t, 80, 24, enginetest.New(512, enginetest.Gate(storyteller(20, nil), gate)))
	u.types("/mode story")
	u.press("enter")
	u.types("Go")
	u.press("alt+enter")
	let(gate, 2)
	u.shows("GoA")
	u.types(" on")
	close(gate)
	u.idle()
	u.until("it is typed", func() bool { return strings.HasSuffix(u.p.session.Chat.Story().Text, " on") })
	if got := u.p.session.Chat.Story().Text; !strings.HasPrefix(got, "GoA") || u.conv().Turns()[1].State != chat.Stopped {
		t.Errorf("%q, %+v", got, u.conv().Turns()[1])
	}
}

func TestStoryScreens(t *testing.T) {
	for _, size := range [][2]int{{40, 12}, {80, 24}, {140, 40}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			u := newUserOf(t, size[0], size[1], enginetest.New(512, storyteller(9, nil)))
			u.types("/mode story")
			u.press("enter")
			u.types("Once upon a time there was a fox who went out to look for the sea.")
			u.press("enter", "enter")
			u.types("It was ")
			u.press("alt+enter")
			u.idle()
			golden.RequireEqual(t, u.steady())
		})
	}
}

// A pause at the end of a story shows the next words: Tab takes them, Ctrl+Right one word, Esc shows others and then leaves the text.
func TestStoryPreview(t *testing.T) {
	u := newUserOf(t, 80, 24, enginetest.New(512, wordy))
	u.types("/mode story")
	u.press("enter")
	u.types("Once|")
	u.shows("Once| upon a time.")
	if got := u.p.session.Chat.Story().Text; got != "Once|" {
		t.Errorf("the story is %q", got)
	}
	for _, size := range [][2]int{{40, 12}, {80, 24}, {140, 40}} {
		u.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) { golden.RequireEqual(t, u.steady()) })
	}
	u.press("ctrl+right")
	if got := u.p.session.Chat.Story().Text; got != "Once| upon" {
		t.Errorf("a word taken: %q", got)
	}
	u.press("tab")
	if got := u.p.session.Chat.Story().Text; got != "Once| upon a time." {
		t.Errorf("all taken: %q", got)
	}
	u.press("ctrl+home", "ctrl+end")
	u.shows("time. Then.")
	u.press("esc")
	u.shows("time. Then.")
	u.press("esc")
	if u.p.dock.Focused() != nil {
		t.Error("the text has the keys after a second Esc")
	}
	u.hides("Then.")
}

// wordy writes a text after a story that ends with a bar, and two sentences of it one after the other.
func wordy(ids []int, logits []float32) {
	text := " upon a time. Then. "
	written := string(enginetest.Bytes(ids))
	n := len(written) - strings.LastIndexByte(written, '|') - 1
	next := enginetest.EndOfText
	if n < len(text) {
		next = int(text[n])
	}
	logits[next] = 50
}

// The tokens of a story have colours, or marks in place of blanks, where the model's words still stand; what is known of the one at the
// cursor is told, and another can be put there.
func TestStoryTokens(t *testing.T) {
	u := newUserOf(t, 80, 24, enginetest.New(512, wordy), func(o *session.Options) { o.Settings.Preview = false })
	u.types("/mode story")
	u.press("enter")
	u.types("Once|")
	u.press("alt+enter")
	u.idle()
	u.press("home")
	for range len("Once| upon") {
		u.press("right")
	}
	u.types(" (or in)")
	u.until("it is typed", func() bool { return !u.p.session.Chat.Typing() })
	u.press("f2", "f2")
	before := u.view()
	u.press("f2", "f2", "f2")
	u.press("left")
	u.shows("writer: model prompt edited you")
	if after := u.view(); after == before {
		t.Error("no colours")
	}
	u.press("right", "right")
	u.shows("'a' 100.0% rank 1:")
	for _, size := range [][2]int{{40, 12}, {80, 24}, {140, 40}} {
		u.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) { golden.RequireEqual(t, u.steady()) })
	}
	u.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	u.press("alt+a")
	u.shows("is there")
	u.press("2")
	u.idle()
	if got := u.p.session.Chat.Story().Text; !strings.HasPrefix(got, "Once| upon (or in) \x00") || strings.Contains(got, " a time") {
		t.Errorf("%q", got)
	}
}

// The focus view has the text and nothing else; F4 and Esc leave it, and the text keeps the keys.
func TestFocusView(t *testing.T) {
	u := newUserOf(t, 80, 24, enginetest.New(512, wordy), func(o *session.Options) { o.Settings.Preview = false })
	u.types("/mode story")
	u.press("enter")
	u.types("A fox and a hen.")
	u.press("f4")
	for _, size := range [][2]int{{40, 12}, {80, 24}, {140, 40}} {
		u.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) { golden.RequireEqual(t, u.steady()) })
	}
	u.types("!")
	u.shows("A fox and a hen.!")
	u.hides("Write a message")
	u.press("esc")
	u.shows("Write a message")
	u.types("?")
	u.shows("A fox and a hen.!?")
	u.press("f4", "f4")
	u.shows("Write a message")
	u.press("f4", "tab")
	u.shows("Write a message")
	u.types("/focus")
	u.press("enter")
	u.hides("Write a message")
	u.press("esc", "esc")
	if u.p.dock.Focused() != nil {
		t.Error("the text has the keys after a second Esc")
	}
	u.types("/replace fox cat")
	u.press("enter")
	u.shows("1 place replaced; /undo takes it back")
	u.shows("  A cat and a hen.!?")
}
