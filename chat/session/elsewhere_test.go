package session

import (
	"math"
	"strings"
	"testing"

	"inkling/chat"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// A chat with a service: messages go there, the reply comes, another version of it is a sibling, and what it cannot do is said.
func TestChatWithAService(t *testing.T) {
	asked := ""
	service := enginetest.Remote{Name: "home:big", Thinks: "Hm, well.", Counts: 7, Answer: func(messages []engine.Message) string {
		asked = ""
		for _, m := range messages {
			asked += m.Role + ": " + m.Text + "; "
		}
		return "so it is"
	}}
	settings := config.Defaults()
	settings.System = "Be kind."
	settings.TopK = 40
	s, work := New(Options{
		Settings: &config.Config{Settings: settings},
		Sources:  Sources{Open: func(string) (engine.Engine, error) { return service, nil }},
		Store:    chat.NewVolatile(),
	})
	defer s.Close()
	idle := func(Event) bool { return !s.Busy() }
	told := func() (all string) {
		for _, a := range s.Answers() {
			all += a.Text() + "\n"
		}
		return all
	}
	drive := func(work []Work) {
		t.Helper()
		if err := Drive(t.Context(), s, work, idle); err != nil {
			t.Fatal(err)
		}
	}
	drive(work)
	if all := told(); !strings.Contains(all, "not available with this model: top_k") {
		t.Errorf("told %q", all)
	}
	for _, dial := range s.Dials().All {
		has := dial.Key == "temperature" || dial.Key == "top_p" || dial.Key == "max_tokens" || dial.Key == "seed"
		if chats := dial.Key == "pace" || dial.Key == "loop_guard"; !chats && dial.Missing == has || dial.Missing != strings.Contains(dial.Help, "not available") {
			t.Errorf("dial %+v", dial)
		}
	}
	drive(s.Reply.Send("Hi"))
	leaf := s.Chat.conv.Leaf()
	if leaf.Text != "so it is" || leaf.State != chat.Done || leaf.Reply.Model != "home:big" || leaf.Reply.Tokens != 3 || leaf.Reply.Random != 0 {
		t.Errorf("found %+v, %+v", leaf, leaf.Reply)
	}
	if s.Chat.Thought(leaf) != "Hm, well." || !strings.Contains(s.Chat.Footer(leaf, false), "3 tokens · 7 tokens of prompt") {
		t.Errorf("thought %q, footer %q", s.Chat.Thought(leaf), s.Chat.Footer(leaf, false))
	}
	if asked != "system: Be kind.; user: Hi; " {
		t.Errorf("asked %q", asked)
	}
	told()
	s.Reply.Continue("")
	if all := told(); !strings.Contains(all, "cannot continue") {
		t.Errorf("told %q", all)
	}
	drive(s.Reply.Retry())
	if ids, _ := s.Chat.versions(); len(ids) != 2 {
		t.Errorf("%d versions", len(ids))
	}
	drive(s.Reply.Send("And?"))
	if asked != "system: Be kind.; user: Hi; assistant: so it is; user: And?; " {
		t.Errorf("asked %q", asked)
	}
	work, _ = s.Enter("/n 2")
	drive(work)
	if all := s.Reply.Candidates().All; len(all) != 2 || !math.IsNaN(all[0].Score) || strings.Contains(all[0].About(), "log-prob") {
		t.Errorf("candidates of a service without log-probabilities: %+v", all)
	}
	if c := s.Context(); c.Size != 4096 || c.Used < 10 {
		t.Errorf("context %+v", c)
	}
}
