package chat

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// sample returns a conversation with two replies, of which the first is current.
func sample() *Conversation {
	c := New(noon)
	c.ID = "0001"
	c.System = "Be kind.\nBe short."
	c.Model = "starter"
	c.Add(0, User, "hello", noon)
	a := c.Add(1, Assistant, "Hi.\n\n- one\n- two", noon)
	a.State = Done
	a.Reply = &Reply{Model: "starter", Seed: 18446744073709551615, Params: json.RawMessage(`{"top_k":40,"temperature":0.7,"stop":["<x>"]}`), IDs: []int{5, 6}}
	b := c.Add(1, Assistant, "Good", noon)
	b.State = Stopped
	b.Reply = &Reply{Seed: 7}
	c.Select(2)
	return c
}

// described has Export tell of replies what it can.
func described(kind string) ExportOptions {
	return ExportOptions{Kind: kind, Describe: func(params json.RawMessage) []string { return []string{string(params)} }}
}

func exported(t *testing.T, c *Conversation, kind string) string {
	t.Helper()
	var b bytes.Buffer
	if err := Export(&b, Record{Conversation: c}, described(kind)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestExportMarkdown(t *testing.T) {
	c := sample()
	want := `# hello

> Be kind.
> Be short.

**You**

hello

**Assistant**

Hi.

- one
- two

---

Written with starter: {"top_k":40,"temperature":0.7,"stop":["<x>"]}; seed 18446744073709551615.

`
	if got := exported(t, c, "md"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	c.Select(3)
	if got := exported(t, c, "md"); !strings.HasSuffix(got, "Good\n\n---\n\nWritten with an unknown model; seed 7.\n\n") {
		t.Errorf("another reply:\n%s", got)
	}
}

func TestExportText(t *testing.T) {
	want := "hello\n=====\n\nBe kind.\nBe short.\n\nYou: hello\n\nAssistant: Hi.\n\n- one\n- two\n\n"
	if got := exported(t, sample(), "txt"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestExportedStoryIsOneText(t *testing.T) {
	c := New(noon)
	c.Mode = Story
	c.Add(0, User, "Once", noon)
	c.Add(1, Assistant, " upon a", noon).Reply = &Reply{Seed: 3}
	c.Add(2, User, "time", noon)
	if got, want := exported(t, c, "txt"), "Once\n====\n\nOnce upon a time\n\n"; got != want {
		t.Errorf("text: %q, want %q", got, want)
	}
	if got, want := exported(t, c, "md"), "# Once\n\nOnce upon a time\n\n---\n\nWritten with an unknown model; seed 3.\n\n"; got != want {
		t.Errorf("Markdown: %q, want %q", got, want)
	}
}

func TestExportJSONHoldsTheWholeTree(t *testing.T) {
	c := sample()
	var a Archive
	if err := json.Unmarshal([]byte(exported(t, c, "json")), &a); err != nil {
		t.Fatal(err)
	}
	if a.ID != c.ID || a.Title != "hello" || a.System != c.System || !a.Created.Equal(noon) || a.Version != 2 {
		t.Errorf("archive %+v", a)
	}
	if !reflect.DeepEqual(a.Current, []int{1, 2}) || len(a.Turns) != 3 {
		t.Fatalf("current %v, %d turns", a.Current, len(a.Turns))
	}
	for i, turn := range c.Turns() {
		var params bytes.Buffer
		if r := a.Turns[i].Reply; r != nil && r.Params != nil {
			if err := json.Compact(&params, r.Params); err != nil {
				t.Fatal(err)
			}
			r.Params = params.Bytes()
		}
		if !reflect.DeepEqual(a.Turns[i], turn) {
			t.Errorf("turn %+v, want %+v", a.Turns[i], turn)
		}
	}
}

func TestExportAnEmptyConversation(t *testing.T) {
	for _, kind := range ExportKinds() {
		exported(t, New(noon), kind)
	}
	var a struct {
		Current []int
		Turns   []Turn
	}
	if err := json.Unmarshal([]byte(exported(t, New(noon), "json")), &a); err != nil || a.Current == nil || a.Turns == nil {
		t.Errorf("%+v, %v: want empty lists, not null", a, err)
	}
}

func TestExportKind(t *testing.T) {
	for name, want := range map[string]string{"a.md": "md", "a.b.TXT": "txt", "/x/c.json": "json", "a.markdown": "md", "a.HTML": "html"} {
		if got, err := ExportKind(name); got != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"a.pdf", "md", "a.md/b", ""} {
		if got, err := ExportKind(name); err == nil {
			t.Errorf("%q is taken as %q", name, got)
		}
	}
	if err := Export(&bytes.Buffer{}, Record{Conversation: sample()}, described("pdf")); err == nil || !strings.Contains(err.Error(), "md, txt, json") {
		t.Errorf("kind pdf: %v", err)
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestExportReportsWriteErrors(t *testing.T) {
	full := errors.New("disk full")
	for _, kind := range ExportKinds() {
		if err := Export(brokenWriter{full}, Record{Conversation: sample()}, described(kind)); !errors.Is(err, full) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
