package plain

import (
	"bytes"
	"context"
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
	if err := Run(context.Background(), o, strings.NewReader("hello\n/edit\ngood day\n/edit reply\nNo.\n/quit\n"), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"takes the place of: hello\n", "> You said good day\n", "takes the place of: You said good day\n", "edited; the old version is kept"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
