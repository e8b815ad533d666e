package ui

import (
	"strings"
	"testing"

	"inkling/chat"
)

// Any turn is edited, a message or a reply: the edit is a version beside the old one, and the model goes on from it.
func TestEditAnyTurn(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	conv := u.p.session.Chat.Conversation
	u.says("/edit")
	u.shows("nothing to edit")
	u.says("hello")
	u.shows("You said: hello.")
	u.idle()
	u.says("/edit")
	u.shows("❯ hello")
	u.shows("being edited")
	u.types(" there")
	u.press("enter")
	u.shows("You said: hello there.")
	u.idle()
	if roots := conv().Children(0); len(roots) != 2 || roots[0].Text != "hello" || roots[1].Text != "hello there" {
		t.Fatalf("messages %+v, want the old one and the edited one", roots)
	}

	u.says("/edit reply")
	u.press("esc")
	if u.says(""); len(conv().Children(conv().Path()[0].ID)) != 2 { // the blank line continues it
		t.Errorf("Esc did not leave the edit")
	}
	u.idle()
	u.press("shift+tab", "e")
	u.press("ctrl+u")
	u.types("I never said")
	u.press("enter")
	u.shows("edited; the old version is kept")
	leaf := conv().Leaf()
	if leaf.Role != chat.Assistant || leaf.Text != "I never said" || leaf.Reply != nil || leaf.State != chat.Done {
		t.Fatalf("%+v", leaf)
	}
	u.press("enter")
	u.idle()
	if next := conv().Leaf(); next == leaf || next.Parent != leaf.Parent || len(next.Text) < len(leaf.Text) || next.Text[:len(leaf.Text)] != leaf.Text {
		t.Errorf("%q does not continue the edited reply", next.Text)
	}
	all := len(conv().Turns())
	u.says("/edit")
	u.press("enter")
	u.shows("nothing is changed")
	if len(conv().Turns()) != all {
		t.Error("an edit without a change is a version")
	}
}

// Alt+Z undoes and Alt+Shift+Z, by either of its names, does again; the message goes into the input and leaves it.
func TestUndoAndRedoKeys(t *testing.T) {
	u := newUser(t, 80, 24, echo)
	u.says("hello")
	u.idle()
	reply := u.leaf()
	for _, redo := range []string{"alt+shift+z", "alt+Z"} {
		u.press("alt+z")
		if got := u.p.composer.text(); got != "hello" || len(u.path()) != 0 {
			t.Fatalf("input %q, %d turns", got, len(u.path()))
		}
		u.press(redo)
		if got := u.p.composer.text(); got != "" || u.leaf() != reply {
			t.Fatalf("%s: input %q, at %+v", redo, got, u.leaf())
		}
	}
	u.says("/redo")
	u.shows("nothing to redo")
}

// The cursor in the text goes over whole messages too, and over replies that a person has written: any turn is edited in place.
func TestEditEarlierTurns(t *testing.T) {
	u := newUser(t, 60, 20, echo)
	u.says("first")
	u.says("second")
	u.says("/edit reply")
	u.press("ctrl+u")
	u.types("Mine.")
	u.press("enter")
	u.idle()
	u.says("third")
	u.press("tab", "left")
	u.press("up")
	u.shows("› third")
	u.shows("E edits this turn; Ctrl+G, in your own editor")
	u.press("up")
	u.shows("› Mine.")
	u.press("up")
	u.shows("› second")
	u.press("down", "up", "up")
	u.until("its tokens are there", func() bool { u.press("up"); return strings.Contains(u.screen(), "› first") })
	u.press("enter", "7") // there is nothing to choose
	u.shows("› first")
	u.press("e")
	u.hides("› first")
	u.types(" of all")
	u.press("enter")
	u.shows("You said: first of all.")
	u.idle()
	if len(u.path()) != 2 || len(u.conv().Children(0)) != 2 {
		t.Errorf("%d turns", len(u.path()))
	}
	u.press("tab", "left", "up", "right")
	u.shows("'Y' ")
	if i, _ := u.p.transcript.pointed(); i != 1 {
		t.Errorf("Right from the message is in turn %d", i)
	}
}

// The cursor leaves a turn that another version has taken the place of.
func TestTheCursorLeavesAnOldVersion(t *testing.T) {
	u := newUser(t, 60, 20, echo)
	u.says("first")
	u.press("tab", "left", "up")
	u.shows("› first")
	u.press("ctrl+r")
	u.idle()
	u.shows("› first") // it is in both
	u.press("alt+z", "alt+z")
	u.hides("E edits")
	if u.p.transcript.at.Turn != nil {
		t.Errorf("the cursor is on %+v", u.p.transcript.at)
	}
}

// While a reply is written the input is not handed to an editor; for a turn the reply is stopped, as by E.
func TestAnEditorWhileWriting(t *testing.T) {
	model, gate := gated("one two three four five")
	u := newUserOf(t, 80, 24, model)
	u.types("hi")
	u.press("enter")
	let(gate, 5)
	u.until("it writes", func() bool { return u.reply() != "" })
	u.press("ctrl+g")
	u.shows("still writing; press Esc to stop")
	u.press("tab", "ctrl+g")
	close(gate)
	u.idle()
	if got := u.leaf(); got.State != chat.Stopped || got.Text == "one two three four five" {
		t.Errorf("%+v", got)
	}
}
