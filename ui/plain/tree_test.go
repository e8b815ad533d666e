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

// The tree is printed with numbers, by which a version is shown, named, pruned and copied.
func TestTreeInLines(t *testing.T) {
	o := session.Options{
		Settings: &config.Config{Settings: steady(config.Defaults())},
		Sources: session.Sources{Open: func(string) (engine.Engine, error) {
			return enginetest.New(512, enginetest.Replies(func(q string) string { return "You said " + q })), nil
		}},
		Store: chat.NewVolatile(),
	}
	var out bytes.Buffer
	in := "/tree\nhello\n/retry\nmore\n/tree label 3 the good one\n/tree bookmark 3\n/tree show 2\n/tree\n/tree prune 3\n/tree\n/undo\n/tree copy\n/tree 9\n/tree fell 2\n/quit\n"
	if err := Run(context.Background(), o, strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, want := range []string{
		"nothing in the tree yet",
		"turn 3 is named “the good one”", "turn 3 is bookmarked", "turn 2, version 1 of 2, is shown",
		`Tree: 5 turns; * is shown, /tree NUMBER shows another
*    1  you: hello
*    2  model (1 of 2): You said hello
     3    model (2 of 2) ★ the good one: You said hello
     4    you: more
     5    model: You said more
`,
		"pruned 3 turns; /undo brings them back",
		"Tree: 2 turns; * is shown, /tree NUMBER shows another\n*    1  you: hello\n*    2  model: You said hello\n",
		"undone: pruning", "copied 2 turns to a new chat, “hello (copy)”",
		"no turn 9 in this chat", "usage: /tree [show|prune|label|bookmark|copy] [number]",
	} {
		i := strings.Index(out.String()[at:], want)
		if i < 0 {
			t.Fatalf("no %q in\n%s", want, out.String()[at:])
		}
		at += i
	}
}
