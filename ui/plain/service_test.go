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
