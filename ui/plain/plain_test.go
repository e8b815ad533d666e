package plain

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// steady has replies come token by token.
func steady(s config.Settings) config.Settings {
	s.Speculation = false
	return s
}

func TestRun(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	settings := steady(config.Defaults())
	seed := uint64(42)
	settings.Seed = &seed
	o := session.Options{
		Settings: &config.Config{Settings: settings},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.New(512, enginetest.Replies(func(q string) string { return "You said \x1b[2J" + q + "\nThat was it." })), nil
		}},
		Store: chat.NewVolatile(),
	}
	var out bytes.Buffer
	input := "hello\n/temp 0.5\n/hlep\n/retry\n/sessions\n/quit\nnever read\n"
	if err := Run(context.Background(), o, strings.NewReader(input), &out); err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`\d+/s`).ReplaceAllString(out.String(), "N/s")
	got = regexp.MustCompile(`prefill [\d.]+ s`).ReplaceAllString(got, "prefill N s")
	expected := strings.Join([]string{
		"> You said hello",
		"That was it.",
		"[32 tokens · N/s · prefill N s · T 0.80 · end of text · seed 42]",
		"> * temperature is now 0.5",
		"> * unknown command /hlep; did you mean /help?",
		"> You said hello",
		"That was it.",
		"[version 2 of 2 · 32 tokens · N/s · prefill N s · T 0.50 · end of text · seed 42, attempt 1]",
		"> 1  hello (3 turns)",
		"/sessions NUMBER opens one",
		"> ",
	}, "\n")
	if got != expected {
		t.Errorf("written:\n%s\nexpected:\n%s", got, expected)
	}
}

// Whatever is asked for, no escape sequence comes out.
func TestNoEscapeSequenceComesOut(t *testing.T) {
	o := session.Options{
		Settings: &config.Config{Settings: steady(config.Defaults())},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.New(512, enginetest.Replies(func(string) string { return "\x1b[31mred\x07" })), nil
		}},
		Store: chat.NewVolatile(),
	}
	var out bytes.Buffer
	input := "hello\n/help\n/show\n/prompt\n/sessions\n/set top_k\n/mode story\nOnce\n/copy\n"
	if err := Run(context.Background(), o, strings.NewReader(input), &out); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\x07") || !strings.Contains(out.String(), "repetition_penalty") || !strings.Contains(out.String(), "Assistant: ␛[31mred␇␊\n") {
		t.Errorf("%q", out.String())
	}
}

// The end of the input ends the chat; a reply that is being written is kept.
func TestTheEndOfTheInputEndsTheChat(t *testing.T) {
	o := session.Options{
		Settings: &config.Config{Settings: steady(config.Defaults())},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.New(512, enginetest.Replies(func(q string) string { return "You said: " + q + "." })), nil
		}},
		Store: chat.NewVolatile(),
	}
	if err := Run(context.Background(), o, strings.NewReader("hello"), io.Discard); err != nil {
		t.Fatal(err)
	}
	id, _ := o.Store.Last(context.Background())
	c, err := o.Store.Load(context.Background(), id)
	if err != nil || c.Leaf().Text != "You said: hello." {
		t.Errorf("%+v, %v", c, err)
	}
}

// Help lists what works on such a terminal, and what does not says so.
func TestHelp(t *testing.T) {
	settings := config.Defaults()
	o := session.Options{
		Settings: &config.Config{Settings: settings},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.New(512, enginetest.Replies(func(string) string { return "Yes." })), nil
		}},
		Store: chat.NewVolatile(),
	}
	var out bytes.Buffer
	if err := Run(context.Background(), o, strings.NewReader("/help\nhello\n/copy\n"), &out); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	for _, never := range []string{"/copy ", "Ctrl", "PgUp", "sent to the terminal"} {
		if strings.Contains(got, never) {
			t.Errorf("%q is told of:\n%s", never, got)
		}
	}
	if !strings.Contains(got, "/save") || !strings.Contains(got, "this terminal has no clipboard") {
		t.Errorf("written:\n%s", got)
	}
}

// Lines between three quotes are one message, and a file goes before the line that follows it.
func TestLinesAndFiles(t *testing.T) {
	store := chat.NewVolatile()
	o := session.Options{
		Settings: &config.Config{Settings: steady(config.Defaults())},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.New(512, enginetest.Replies(func(string) string { return "Yes." })), nil
		}},
		Store: store,
	}
	name := filepath.Join(t.TempDir(), "note.txt")
	if err := os.WriteFile(name, []byte("/quit is\r\na word\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	input := "\"\"\"one\n/temp 2\ntwo\"\"\"\n/read " + name + "\nwhat is it?\n/read " + name + ".gone\n\"\"\"short\"\"\"\n"
	if err := Run(context.Background(), o, strings.NewReader(input), &out); err != nil {
		t.Fatal(err)
	}
	all, err := store.Sessions(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%v %v", all, err)
	}
	c, err := store.Load(t.Context(), all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, turn := range c.Path() {
		if turn.Role == chat.User {
			asked = append(asked, turn.Text)
		}
	}
	if want := []string{"one\n/temp 2\ntwo", "/quit is\na word\n\nwhat is it?", "short"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, expected %q\n%s", asked, want, out.String())
	}
	if !strings.Contains(out.String(), "... ") || !strings.Contains(out.String(), "there is no such file") {
		t.Errorf("written:\n%s", out.String())
	}
}

// A reply that begins as soon as another ends stands on lines of its own, below the footer of the first.
func TestRepliesInTurn(t *testing.T) {
	o := session.Options{
		Settings: &config.Config{Settings: steady(config.Defaults())},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.New(512, enginetest.Replies(func(string) string { return "No." })), nil
		}},
		Store: chat.NewVolatile(),
	}
	var out bytes.Buffer
	input := "/task headline a goat\n/task summary --extract The goat is old.\n"
	if err := Run(t.Context(), o, strings.NewReader(input), &out); err != nil {
		t.Fatal(err)
	}
	if got := regexp.MustCompile(` · .*\]`).ReplaceAllString(out.String(), "]"); got != "> No.\n[version 1 of 2]\nNo.\n[version 2 of 3]\nNo.\n[version 3 of 3]\n"+
		"* headline: 1 word, expected 3 to 16; not about \"a goat\", after 3 tries\n> The goat is old.\n> " {
		t.Errorf("written:\n%s", got)
	}
}

// told hands on what is written.
type told chan<- string

func (t told) Write(b []byte) (int, error) {
	t <- string(b)
	return len(b), nil
}

// Every command has an answer in words, where nothing is written yet, after a reply, and while one waits.
func TestEveryCommandAnswers(t *testing.T) {
	for name, before := range map[string][]string{"at first": nil, "after a reply": {"hello"}, "while a reply waits": {"hello", "/step 2"}} {
		for _, c := range session.Commands() {
			if c.Names[0] == "/quit" {
				continue
			}
			t.Run(name+c.Names[0], func(t *testing.T) {
				t.Chdir(t.TempDir())
				o := session.Options{
					Settings: &config.Config{Settings: steady(config.Defaults())},
					Sources: session.Sources{
						Open:   func(string) (engine.Engine, error) { return enginetest.New(512, enginetest.Alphabet), nil },
						Models: func() ([]session.Choice, error) { return []session.Choice{{Name: "starter", Here: true}}, nil },
					},
					Store: chat.NewVolatile(),
				}
				seed := uint64(3)
				o.Settings.MaxTokens, o.Settings.Seed = 5, &seed
				in, keys := io.Pipe()
				out := make(chan string, 100)
				ended := make(chan error, 1)
				go func() { ended <- Run(t.Context(), o, in, told(out)); close(out) }()
				said := ""
				for _, line := range append(before, c.Names[0]) {
					for !strings.HasSuffix(said, "> ") { // it waits for a line
						said += <-out
					}
					said = ""
					io.WriteString(keys, line+"\n")
				}
				silence := time.AfterFunc(10*time.Second, func() {
					t.Error("nothing is said")
					keys.Close()
				})
				for more := range out {
					if said += more; strings.Trim(said, "> \n") != "" {
						silence.Stop()
						keys.Close()
					}
				}
				if err := <-ended; err != nil {
					t.Error(err)
				}
			})
		}
	}
}
