package ui

import (
	"strings"
	"testing"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/engine"
)

// A robot writes with the model in the binary, with nothing but keys and what is on the screen: it pauses, steps, picks, goes back, writes
// its own word, runs on, edits the reply, goes on from there, begins a version at an old token, and comes back to the first.
func TestARobotWrites(t *testing.T) {
	m, err := engine.Open(engine.Starter, engine.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	u := newUserOf(t, 80, 24, m, func(o *session.Options) {
		o.Settings.Temperature, o.Settings.TopK, o.Settings.MaxTokens, o.Settings.Pace = 0.8, 40, 12, 20
	})
	reply := u.p.session.Reply
	step := func(key string, tokens int) { // and what is written then, in tokens
		t.Helper()
		u.press(key)
		u.until(key, func() bool { return reply.Ready() && len(reply.Course(100).Surprise) == tokens })
	}
	u.types("Tell me a story about a brave fox")
	u.press("enter")
	u.until("it writes", func() bool { return u.reply() != "" })
	u.press("space")
	u.until("it waits", reply.Ready)
	u.shows("paused: Space goes on")
	n := len(reply.Course(100).Surprise)
	for ; n > 1; n-- {
		step("backspace", n-1)
	}
	step("right", 2)
	before := u.reply()
	word := reply.Odds().Tokens[2].Text
	u.shows("3 " + strings.ReplaceAll(word, " ", "␣"))
	step("3", 3)
	if got := u.reply(); strings.TrimRight(got, " \n") != strings.TrimRight(before+word, " \n") {
		t.Errorf("the third of the list makes %q of %q, want %q", got, before, word)
	}
	step("backspace", 2)
	if got := u.reply(); got != before {
		t.Errorf("back from the pick: %q, want %q", got, before)
	}
	u.press("esc")
	u.types("indeed")
	u.press("enter")
	u.until("its own word is in", func() bool { return reply.Ready() && strings.HasSuffix(u.reply(), " indeed") })
	own := u.reply()
	u.press("space")
	u.idle()
	first := u.leaf()
	if !strings.HasPrefix(first.Text, own) || len(first.Text) <= len(own) || first.State != chat.Done {
		t.Fatalf("%q does not go on from %q", first.Text, own)
	}

	u.press("tab", "e") // in the text, the last turn
	u.press("ctrl+u")
	u.types("Once there was a fox who")
	u.press("enter")
	u.shows("edited; the old version is kept")
	u.press("enter")
	u.idle()
	went := u.leaf()
	if !strings.HasPrefix(went.Text, "Once there was a fox who ") || went.Parent != first.Parent || went.Reply == nil {
		t.Fatalf("%q does not go on from the edited turn", went.Text)
	}
	u.press("tab", "left", "left", "2") // the token before the last
	u.until("a version with another token", func() bool { return !reply.Writing() && u.leaf() != went })
	if got := u.leaf().Text; !strings.HasPrefix(got, "Once there was a fox who ") || got == went.Text {
		t.Errorf("the version is %q of %q", got, went.Text)
	}
	u.press("esc")
	ids, _ := u.conv().Siblings(u.leaf().ID)
	for range len(ids) - 1 {
		u.press("left")
	}
	if len(ids) != 4 || u.leaf() != first || first.Text == "" {
		t.Errorf("%d versions, at %q", len(ids), u.leaf().Text)
	}
	u.shows("version 1 of 4")
}
