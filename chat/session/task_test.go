package session

import (
	"strings"
	"testing"

	"inkling/chat"
	"inkling/chat/task"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// A task in the chat is a message in the model's manner; a reply that fails its checks is written again as another version,
// and what is wrong after that is told.
func TestATaskIsCheckedAndTriedAgain(t *testing.T) {
	for _, c := range []struct {
		replies  []string
		versions int
		notice   string
	}{
		{[]string{"Goat on the Roof"}, 1, ""},
		{[]string{"no", "Goat on the Roof"}, 2, "headline: as asked for, after 2 tries"},
		{[]string{"no", "no", "no", "Goat on the Roof"}, 3, "headline: 1 word, expected 3 to 16; not about \"a goat\", after 3 tries"},
	} {
		s := start(t, inTurn(c.replies))
		s.Answers()
		s.drive(t, s.Run("/task headline a goat"))
		leaf := s.Chat.conv.Leaf()
		ids, _ := s.Chat.conv.Siblings(leaf.ID)
		if len(ids) != c.versions || leaf.Text != c.replies[c.versions-1] {
			t.Errorf("%q: %d versions, the last is %q", c.replies, len(ids), leaf.Text)
		}
		if got := s.Chat.conv.Path()[0].Text; got != "Write a headline about a goat." {
			t.Errorf("asked with %q", got)
		}
		notice := ""
		for _, a := range s.Answers() {
			if n, ok := a.(Notice); ok {
				notice = n.Words
			}
		}
		if notice != c.notice {
			t.Errorf("%q: told %q, want %q", c.replies, notice, c.notice)
		}
	}
}

// inTurn is a model that answers with the next of the replies whenever one begins.
func inTurn(replies []string) enginetest.Logits {
	n := -1
	next := enginetest.Replies(func(string) string { return replies[n] })
	return func(ids []int, logits []float32) {
		if strings.HasSuffix(string(enginetest.Bytes(ids)), "Assistant:") {
			n++
		}
		next(ids, logits)
	}
}

func TestTasksThatCannotBeDone(t *testing.T) {
	s := start(t, enginetest.Replies(func(string) string { return "yes" }))
	for line, want := range map[string]string{
		"/task poen a goat":                 "unknown task poen; did you mean poem?",
		"/task poem":                        "poem needs what the poem is about: inkling task poem \"autumn rain\"",
		"/task summary --sentences many ab": "summary: sentences: found \"many\", expected a whole number, 1 or more",
		"/task quiz --answers the moon":     "--answers: ask after the reply: What are the answers?",
		"/task copy --kit a lamp":           "--kit works in the shell: inkling task copy --kit",
		"/task summary --extract a text":    "--extract works in the shell: inkling task summary --extract",
		"/task poem --rhyme autumn":         "poem takes no --rhyme; its words follow its name",
	} {
		s.Answers()
		s.drive(t, s.Run(line))
		answers := s.Answers()
		if len(answers) != 1 || answers[0].Text() != want {
			t.Errorf("%s: %v, want %s", line, answers, want)
		}
	}
	if s.Chat.conv.Leaf() != nil {
		t.Error("something was sent")
	}
}

// The asker's chats have nothing of each other, and the model of the settings is told of where it cannot be opened.
func TestAsker(t *testing.T) {
	sources := Sources{Open: func(string) (engine.Engine, error) {
		return enginetest.New(512, enginetest.Replies(func(q string) string { return "You said: " + q })), nil
	}}
	c := &config.Config{Settings: config.Defaults()}
	a, err := NewAsker(t.Context(), c, sources)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for _, q := range []string{"one", "two"} {
		got, err := a.Write(t.Context(), task.Request{Turns: []string{q}, Params: c.Params})
		if want := "You said: " + q; err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	got, err := a.Write(t.Context(), task.Request{Turns: []string{"one", "a reply", "three"}, Params: c.Params})
	if err != nil || got != "You said: three" {
		t.Errorf("got %q, %v", got, err)
	}
	if path := a.s.Chat.conv.Path(); len(path) != 4 || path[1].Role != chat.Assistant || path[1].Text != "a reply" {
		t.Errorf("the path is %v", path)
	}

	sources.Open = func(string) (engine.Engine, error) { return nil, errBroken }
	if _, err := NewAsker(t.Context(), c, sources); err == nil || !strings.Contains(err.Error(), errBroken.Error()) {
		t.Errorf("got %v", err)
	}
}

var errBroken = chat.ErrNotFound
