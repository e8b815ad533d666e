package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
)

// Memory, author's note and world notes are written in panes, stand in the prompt, and come back with the chat.
func TestNotes(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.says("hello")
	u.types("/memory")
	u.press("enter")
	u.types("The fox is red.")
	u.press("esc")
	u.types("/note")
	u.press("enter")
	u.types("Write of rain.")
	u.press("pgdown", "esc")
	u.types("/world")
	u.press("enter", "n")
	u.types("dragon, /wyrms?/")
	u.press("enter")
	u.types("Dragons sleep.")
	u.press("esc", "esc")
	u.types("/prompt")
	u.press("enter")
	u.shows("The fox is red.")
	u.shows("Write of rain.")
	u.hides("Dragons sleep.")
	u.press("esc")
	u.says("a wyrm came")
	u.types("/prompt")
	u.press("enter")
	u.shows("Dragons sleep.")
	u.press("esc")
	u.shows("in view: memory 17 · world 16 (1) · note 15 · text")
	id := u.conv().ID
	u.press("ctrl+n")
	u.flush()
	kept, err := u.store.Load(t.Context(), id)
	if err != nil || len(kept.Notes) != 3 || kept.Notes[1].Depth != 2 || strings.Join(kept.Notes[2].Keys, "|") != "dragon|/wyrms?/" {
		t.Errorf("%+v, %v", kept, err)
	}
}

// The same by commands, which have answers in words.
func TestNotesByCommands(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	for _, c := range []struct{ line, told string }{
		{"/memory The fox is red.", "memory is set: 15 tokens"},
		{"/note Rain.", "author's note is set"},
		{"/note depth 5", "stands 5 before the end"},
		{"/world dragon: Dragons sleep.", "world note added: dragon"},
		{"/world dragon: They wake.", "world note changed: dragon"},
		{"/world /a:b/: odd", "world note added: /a:b/"},
		{"/world depth 1 7", "depth is now 7"},
		{"/world off 2", "world note is off"},
		{"/world delete 3", "there are 2"},
		{"/world /(/: odd", "no regular expression"},
		{"/memory off", "memory removed"},
	} {
		u.types(c.line)
		u.press("enter")
		u.shows(c.told)
	}
	if got := u.p.session.Chat.Notes("world").Text(); !strings.HasPrefix(got, "1  dragon (depth 7): They wake.\n2  /a:b/ (off): odd\n") {
		t.Errorf("%q", got)
	}
	u.types("/context")
	u.press("enter")
	u.shows("author's note")
}

// What is typed into a note is undone from there, and done again.
func TestUndoInANote(t *testing.T) {
	for command, steps := range map[string]int{"/memory": 1, "/world": 2} { // a world note begins with its keys
		u := newUser(t, 80, 24, echo)
		u.types(command)
		u.press("enter")
		if command == "/world" {
			u.press("n")
		}
		u.types("red")
		if command == "/world" {
			u.press("enter")
			u.types("fox")
		}
		for range steps {
			u.press("alt+z")
		}
		if notes := u.conv().Notes; len(notes) != 0 {
			t.Errorf("%s: %+v", command, notes)
		}
		u.hides("  red\n")
		for range steps {
			u.press("alt+shift+z")
		}
		if notes := u.conv().Notes; len(notes) != 1 || !strings.Contains(notes[0].Text+strings.Join(notes[0].Keys, " "), "red") {
			t.Errorf("%s: %+v", command, notes)
		}
	}
}

func TestNotesScreens(t *testing.T) {
	for name, size := range map[string][2]int{"40x12": {40, 12}, "80x24": {80, 24}, "140x40": {140, 40}} {
		t.Run(name, func(t *testing.T) {
			u := newUser(t, size[0], size[1], echo)
			u.says("hello")
			u.types("/world dragon: Dragons sleep.")
			u.press("enter")
			u.types("/world")
			u.press("enter")
			golden.RequireEqual(t, u.steady())
		})
	}
}

// A character card begins a chat; world info goes into the one that is open.
func TestImport(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	world, card := filepath.Join(t.TempDir(), "world.json"), filepath.Join(t.TempDir(), "card.json")
	for name, text := range map[string]string{
		world: `{"entries": {"0": {"key": ["fox"], "keysecondary": ["den"], "content": "Foxes dig."}}}`,
		card:  `{"name": "Mira", "description": "A smith.", "first_mes": "Welcome to my forge."}`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	u.says("hello")
	first := u.conv().ID
	u.types("/import " + world)
	u.press("enter")
	u.shows("without effect here: secondary keys")
	if u.conv().ID != first || len(u.conv().Notes) != 1 {
		t.Errorf("%+v", u.conv().Notes)
	}
	u.types("/import " + card)
	u.press("enter")
	u.shows("Welcome to my forge.")
	if u.conv().ID == first || u.conv().Title != "Mira" {
		t.Errorf("%+v", u.conv().Meta)
	}
	u.says("hi")
	u.flush()
	if kept, err := u.store.Load(t.Context(), u.conv().ID); err != nil || len(kept.Notes) != 1 || len(kept.Turns()) != 3 {
		t.Errorf("%+v, %v", kept, err)
	}
	u.types("/import " + t.TempDir())
	u.press("enter")
	u.until("it is refused", func() bool { return u.p.notice.problem })
}
