package session

import (
	"context"
	"strings"
	"testing"

	"inkling/chat"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// start begins a session with a model that answers as reply says.
func start(t *testing.T, logits enginetest.Logits) *Session {
	t.Helper()
	return startIn(t, chat.NewVolatile(), logits)
}

// startIn begins one that keeps its chats in a store.
func startIn(t *testing.T, store chat.Store, logits enginetest.Logits) *Session {
	t.Helper()
	settings := config.Defaults()
	settings.Speculation = false
	s, work := New(Options{
		Settings: &config.Config{Settings: settings},
		Sources:  Sources{Open: func(string) (engine.Engine, error) { return enginetest.New(512, logits), nil }},
		Store:    store,
	})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	s.drive(t, work)
	return s
}

// drive does work until nothing is left to do.
func (s *Session) drive(t *testing.T, work []Work) {
	t.Helper()
	if err := Drive(t.Context(), s, work, func(Event) bool { return false }); err != nil {
		t.Fatal(err)
	}
}

// A turn of a chat costs its own tokens: what was said is in the cache, replies as the model drew them.
func TestATurnCostsItsOwnTokens(t *testing.T) {
	s := start(t, enginetest.Replies(func(q string) string { return "You said: " + q + ".\nUser: and on" }))
	s.drive(t, s.Reply.Send("hello"))
	before := s.Context().Used
	work := s.Reply.Send("again")
	generation := s.Reply.writing.generation
	s.drive(t, work)
	if got := generation.Result().Timings; got.CachedTokens < before {
		t.Errorf("%+v, want the %d tokens of the chat so far from the cache", got, before)
	}
}

// A conversation that comes from the store while a reply is being written waits for the end of that reply.
func TestLoadingWhileAReplyIsWritten(t *testing.T) {
	gate := make(chan struct{})
	s := start(t, enginetest.Gate(enginetest.Replies(func(string) string { return "one two three" }), gate))
	other := chat.New(s.now())
	other.Add(0, chat.User, "another chat", s.now())
	mine := s.Chat.Conversation()
	work := s.Reply.Send("hello")
	go func() {
		for range 1 + 4 {
			gate <- struct{}{}
		}
	}()
	arrived := false
	if err := Drive(t.Context(), s, work, func(Event) bool {
		if arrived || mine.Leaf().Text != "one" {
			return false
		}
		arrived = true
		if work := s.Take(loaded{conv: other}); work != nil || s.Chat.Conversation() != mine {
			t.Error("the reply was left alone in the middle")
		}
		close(gate)
		return false
	}); err != nil {
		t.Fatal(err)
	}
	if s.Chat.Conversation() != other {
		t.Fatal("the other chat is not there after the reply")
	}
	if got := mine.Leaf(); got.State != chat.Stopped || !strings.HasPrefix(got.Text, "one") {
		t.Errorf("%+v", got)
	}
	if len(other.Turns()) != 1 {
		t.Errorf("%d turns in the other chat, want 1", len(other.Turns()))
	}
}

// A panic in work comes back as an event, and ends the program in order.
func TestAPanicInWorkIsAnEvent(t *testing.T) {
	s := start(t, enginetest.Replies(func(string) string { return "" }))
	s.Answers()
	s.drive(t, []Work{{do: func(context.Context) Event { panic("broken") }}})
	answers := s.Answers()
	if len(answers) != 1 {
		t.Fatalf("%+v", answers)
	}
	if quit, ok := answers[0].(Quit); !ok || quit.Err == nil || !strings.Contains(quit.Err.Error(), "broken") {
		t.Errorf("%+v", answers[0])
	}
}
