package plain

import (
	"bytes"
	"strings"
	"testing"

	"inkling/chat"
	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// What a service says has no escape sequence on the terminal, in whatever sheet it is shown.
func TestNoEscapeSequenceOfAService(t *testing.T) {
	o := session.Options{
		Settings: &config.Config{Settings: config.Defaults()},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.Remote{Name: "home:\x1b[2Jbig", Answer: func([]engine.Message) string { return "fine \x1b[31mred\x07 \x1b]0;title\x07end" }}, nil
		}},
		Store: chat.NewVolatile(),
	}
	var out bytes.Buffer
	input := "hello\n/show\n/prompt\n/sessions\n/copy\n"
	if err := Run(t.Context(), o, strings.NewReader(input), &out); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if strings.ContainsAny(got, "\x1b\x07") || !strings.Contains(got, "fine red end") || !strings.Contains(got, "counts of tokens are about") || !strings.Contains(got, "user: hello") {
		t.Errorf("written:\n%q", got)
	}
}

// What a model thinks before it replies is told apart by words, and a message that the end of the input leaves open is sent.
func TestThoughtAndOpenMessage(t *testing.T) {
	asked := ""
	o := session.Options{
		Settings: &config.Config{Settings: config.Defaults()},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.Remote{Name: "home:big", Thinks: "Hm,\nwell. \x1b[2m", Answer: func(all []engine.Message) string {
				asked = all[len(all)-1].Text
				return "so it is"
			}}, nil
		}},
		Store: chat.NewVolatile(),
	}
	for input, want := range map[string]string{"\"\"\"one\n/quit\ntwo\n": "one\n/quit\ntwo", "\"\"\"\none\n\ntwo": "one\n\ntwo", "plain": "plain", "\"\"\"\n\n": ""} {
		var out bytes.Buffer
		asked = ""
		if err := Run(t.Context(), o, strings.NewReader(input), &out); err != nil {
			t.Fatal(err)
		}
		if asked != want || want != "" && !strings.Contains(out.String(), "[thinking: Hm,\nwell.]\nso it is\n") {
			t.Errorf("%q: asked %q, written:\n%q", input, asked, out.String())
		}
	}
}
