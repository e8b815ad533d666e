package plain

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// An edit is told with the text that it replaces: the next line takes its place.
func TestEditInLines(t *testing.T) {
	o := session.Options{
		Settings: &config.Config{Settings: steady(config.Defaults())},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.New(512, enginetest.Replies(func(q string) string { return "You said " + q })), nil
		}},
		Store: chat.NewVolatile(),
	}
	var out bytes.Buffer
	if err := Run(context.Background(), o, strings.NewReader("hello\n/edit\ngood day\n/edit reply\nNo.\n/edit 1\n\n/edit 5\n/quit\n"), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"takes the place of: hello\n", "> You said good day\n", "takes the place of: You said good day\n", "no turn 5; this chat has 2", "edited; the old version is kept"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// A message is written in the user's editor, and turns are edited in it, where standard input is a terminal.
func TestEditorInLines(t *testing.T) {
	t.Setenv("VISUAL", "not for this terminal")
	t.Setenv("TERM", "dumb")
	t.Setenv("EDITOR", `printf 'hello\nyou\n' >`)
	o := session.Options{
		Settings: &config.Config{Settings: steady(config.Defaults())},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.New(512, enginetest.Replies(func(q string) string { return "You said " + q })), nil
		}},
		Store: chat.NewVolatile(),
	}
	run := func(input string, from *os.File) string {
		t.Helper()
		var out bytes.Buffer
		tele := &teletype{out: bufio.NewWriter(&out), outside: outside{in: from}}
		if err := tele.chat(context.Background(), o, strings.NewReader(input)); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer nothing.Close()
	got := run("/editor\n\nno\n/editor 3\n/editor 9\n/editor x\n/quit\n", nothing)
	for _, want := range []string{"* your next line follows what you wrote; an empty one sends it\n> You said hello\nyou\n", "> You said no\n",
		"* no turn 9; this chat has 4\n", "* usage: /editor [number of a turn]; -1 is the last\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if got := strings.Count(got, "You said hello\nyou\n"); got != 2 {
		t.Errorf("the edited message has %d replies", got-1)
	}
	if got := run("/editor\n/quit\n", nil); !strings.Contains(got, "* an editor needs a terminal as standard input; type the text instead\n") {
		t.Errorf("%s", got)
	}
}
