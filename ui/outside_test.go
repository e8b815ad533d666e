//go:build !windows

package ui

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"inkling/chat"
	"inkling/engine/enginetest"
)

// startOutside is start on a pipe of the system, which an editor can have too.
func startOutside(t *testing.T) *running {
	t.Helper()
	in, keys, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keys.Close() })
	return startOn(t, context.Background(), enginetest.New(512, enginetest.Replies(echo)), in, keys)
}

// edits has an editor edit texts with sed, and returns a function that presses Ctrl+G and waits until it has begun.
func (s *running) edits(editor string) (press func(keys string)) {
	begun := filepath.Join(s.t.TempDir(), "begun")
	s.t.Setenv("VISUAL", "")
	s.t.Setenv("EDITOR", "touch "+begun+"; "+editor)
	return func(keys string) {
		s.t.Helper()
		s.types(keys)
		for range 2000 {
			if os.Remove(begun) == nil {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		s.t.Fatal("no editor was run")
	}
}

// The user's editor edits the input and turns, which become versions; one that fails or changes nothing changes nothing.
func TestEditOutside(t *testing.T) {
	s := startOutside(t)
	press := s.edits("sed -i s/hello/goodbye/")
	said := func(role chat.Role, text string) *chat.Turn {
		t.Helper()
		return s.last(func(turn *chat.Turn) bool {
			return turn.Role == role && turn.Text == text && turn.State != chat.Writing
		})
	}
	press("hello you\x07") // Ctrl+G
	s.types("\r")
	said(chat.Assistant, "You said: goodbye you.")
	s.types("well hello\r")
	said(chat.Assistant, "You said: well hello.")

	press("/editor -1\r")
	edited := said(chat.Assistant, "You said: well goodbye.")
	if edited.Reply != nil {
		t.Error("the edited reply is the model's")
	}
	press("/editor 3\r")
	s.last(func(turn *chat.Turn) bool {
		return turn.Text == edited.Text && turn.State == chat.Done && turn.Reply != nil
	})

	press = s.edits("sed -i s/You/We/")
	press("\x1b[Z\x07") // to the text
	said(chat.Assistant, "We said: well goodbye.")

	s.types("\x1b[Z") // and back
	turns := len(s.conv().Turns())
	for n, editor := range []string{"false", "true", "no-such-editor"} {
		press = s.edits(editor)
		press("/editor 1\r")
		press("still\x07")
		s.types(strconv.Itoa(n) + "\r") // the input is as it was
		said(chat.Assistant, "You said: still"+strconv.Itoa(n)+".")
		if turns += 2; len(s.conv().Turns()) != turns {
			t.Errorf("%s: %d turns, want %d", editor, len(s.conv().Turns()), turns)
		}
	}
	s.types("\x04")
	if err := s.ends(); err != nil {
		t.Error(err)
	}
}

// In a story the whole text is edited; what differs in its middle is one change.
func TestEditStoryOutside(t *testing.T) {
	s := startOutside(t)
	s.types("/mode story\r")
	s.edits("sed -i s/cat/dog/")("The cat sat.\x07")
	change := s.last(func(turn *chat.Turn) bool { return turn.Removed > 0 })
	if *change.Place != 4 || change.Removed != 3 || change.Text != "dog" || chat.FoldStory(s.conv().Path()).Text != "The dog sat." {
		t.Errorf("%+v at %d", change, *change.Place)
	}
	s.types("\x04")
	if err := s.ends(); err != nil {
		t.Error(err)
	}
}
