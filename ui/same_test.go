package ui

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// flow is what a person does in both front ends: lines, of which one that begins with "#" is a key of the screen.
var flow = []string{"hello there", "#retry", "#left", "", "/temp 0.5", "and you?", "/undo", "and  you, then?", "/system Be kind.",
	"/mode story", "Once upon", "", "/mode chat", "/new", "another chat", "/retry", "/set top_k 3", "/new", "/mode story", "The end", "/quit"}

// One flow leaves the same store whether it goes through the keys of a screen or through Drive.
func TestOneFlowTwoFrontEnds(t *testing.T) {
	onScreen, driven := chat.NewVolatile(), chat.NewVolatile()

	u := newUser(t, 80, 24, echo, func(o *session.Options) { o.Store = onScreen })
	for _, line := range flow {
		switch line {
		case "#retry":
			u.press("ctrl+r")
		case "#left":
			u.press("left")
		default:
			for range u.p.composer.text() {
				u.press("backspace")
			}
			u.types(line)
			u.press("enter")
			if line == "/mode story" {
				u.press("esc") // to the input
			}
		}
		u.idle()
	}
	u.flush()

	settings := steady(config.Defaults())
	seed := uint64(42)
	settings.Seed = &seed
	s, work := session.New(session.Options{
		Settings: &config.Config{Settings: settings},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.New(512, enginetest.Replies(echo)), nil
		}},
		Store: driven,
	})
	t.Cleanup(func() { s.Close() })
	drive := func(work []session.Work) {
		t.Helper()
		if err := session.Drive(t.Context(), s, work, func(session.Event) bool { return false }); err != nil {
			t.Fatal(err)
		}
	}
	drive(work)
	for _, line := range flow {
		switch line {
		case "#retry":
			drive(s.Reply.Retry())
		case "#left":
			s.Reply.Version(-1)
		default:
			work, taken := s.Enter(line)
			if !taken {
				t.Fatalf("%q was not taken", line)
			}
			drive(work)
		}
	}
	drive(s.Chat.List())

	want, got := contents(t, driven), contents(t, onScreen)
	if len(want) != 2*3 {
		t.Fatalf("%d chats, want 3", len(want)/2)
	}
	if a, b := encoded(t, got), encoded(t, want); a != b {
		t.Errorf("on the screen:\n%s\ndriven:\n%s", a, b)
	}
}

// contents are the chats in a store, the latest first, without what differs from run to run.
func contents(t *testing.T, store chat.Store) (all []any) {
	t.Helper()
	list, err := store.Sessions(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		c, err := store.Load(context.Background(), s.ID)
		if err != nil {
			t.Fatal(err)
		}
		h := c.Header()
		h.ID, h.Created, h.Updated = "", time.Time{}, time.Time{}
		for _, turn := range c.Turns() {
			turn.Created = time.Time{}
			if turn.Reply != nil {
				turn.Reply.TokensPerSecond = 0
				turn.Reply.Prefill = 0
			}
		}
		all = append(all, h, c.Turns())
	}
	return all
}

func encoded(t *testing.T, v any) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
