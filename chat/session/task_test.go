package session

import (
	"os"
	"path/filepath"
	"slices"
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
		"/task poem --kit a lamp":           "poem takes no --kit; its words follow its name",
		"/task summary < /no/such/file":     "/no/such/file: there is no such file",
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

// said are the texts of the chat.
func said(s *Session) (texts []string) {
	for _, t := range s.Chat.conv.Path() {
		texts = append(texts, t.Text)
	}
	return texts
}

// The options of the shell work in the chat: a kit is several tasks in turn, answers are asked for after the questions, and
// sentences that are picked cost no model.
func TestOptionsOfTasks(t *testing.T) {
	text := "The goat lives on the roof. The goat eats the roof of the old hall. Nobody minds the goat."
	for line, want := range map[string][]string{
		"/task quiz --answers the moon": {"Give me a quiz about the moon.",
			"1. What is the moon?\n2. Where is the moon?\n3. Who was on the moon?", "What are the answers?", "A stone."},
		"/task headline --kit a lamp": {"Write a headline about a lamp.", "A Lamp for You", "Write an advertisement for a lamp.",
			"This lamp wakes you as gently as the sun does, and sooner on Mondays.", "Describe a picture of a lamp.",
			"A small lamp stands on a table of wood and throws yellow light."},
		"/task summary --extract --sentences 1\n" + text: {"Summarize this text in one sentence: " + text,
			"The goat lives on the roof."},
		"/task summary --extract --points 3 " + text: {"Summarize this text in 3 points: " + text,
			"1. The goat lives on the roof.\n2. The goat eats the roof of the old hall.\n3. Nobody minds the goat."},
	} {
		s := start(t, enginetest.Replies(func(q string) string {
			for i := 0; i+1 < len(want); i += 2 {
				if q == want[i] && !strings.Contains(line, "--extract") {
					return want[i+1]
				}
			}
			return "?"
		}))
		s.drive(t, s.Run(line))
		if got := said(s); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

// A file that is longer than the context is summed up by parts, which are told; the chat has the request and the summary alone.
// Messages wait meanwhile. One that is stopped leaves no reply, and the model in peace.
func TestALongTextGoesByParts(t *testing.T) {
	var text strings.Builder
	for _, day := range []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"} {
		text.WriteString("The goat went to the market on " + day + ". " + strings.Repeat("It ate grass and slept on the hill. ", 7) + "\n\n")
	}
	path := filepath.Join(t.TempDir(), "report.txt")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, stop := range []bool{false, true} {
		s := start(t, enginetest.Replies(func(q string) string {
			_, about, summary := strings.Cut(q, "text: ")
			first, _, _ := strings.Cut(about, ".")
			if !summary {
				return "You are welcome."
			}
			return first + "."
		}))
		parts, queued := 0, false
		if err := Drive(t.Context(), s, s.Run("/task summary < "+path), func(Event) bool {
			for _, a := range s.Answers() {
				if strings.HasPrefix(a.Text(), "summary: part ") {
					parts++
				}
			}
			if parts == 1 && !queued {
				if queued = true; stop && !s.Reply.Stop() {
					t.Error("it cannot be stopped")
				} else if !stop {
					if _, taken := s.Enter("Thank you"); !taken {
						t.Error("the message is not taken")
					}
				}
			}
			return false
		}); err != nil {
			t.Fatal(err)
		}
		want := []string{"Summarize this text: " + strings.TrimSpace(text.String())}
		if !stop {
			want = append(want, "The goat went to the market on Monday.", "Thank you", "You are welcome.")
		}
		if got := said(s); !slices.Equal(got, want) || !stop && parts < 3 {
			t.Errorf("stop %v: %d parts, %q", stop, parts, got)
		}
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
