package session

import (
	"strings"
	"testing"
	"time"

	"inkling/chat"
	"inkling/engine/enginetest"
)

// A reply after a blank begins without one, also where it is written again.
func TestAReplyAfterABlank(t *testing.T) {
	s := start(t, saga(" one"))
	s.Chat.setMode(chat.Story)
	s.Chat.Type("Go|  end")
	for range 2 {
		s.drive(t, s.Reply.WriteAt(4))
		if got := s.Chat.Story().Text; got != "Go| one end" {
			t.Errorf("%q", got)
		}
		s.Chat.Undo()
	}
	s.Chat.Redo()
	s.drive(t, s.Reply.Retry())
	if got := s.Chat.Story().Text; got != "Go| one end" {
		t.Errorf("written again: %q", got)
	}
}

// The model goes on to the end of the sentence or the paragraph, and no token further; written again, as far.
func TestContinueToAnEnd(t *testing.T) {
	for until, want := range map[Stretch]string{ToSentence: "Go| to \"Mr. Fox.\" end", ToParagraph: "Go| to \"Mr. Fox.\" He sat. end"} {
		s := start(t, saga(" to \"Mr. Fox.\" He sat.\nThen more."))
		s.Chat.setMode(chat.Story)
		s.Settings.config.MaxTokens = 5
		s.Chat.Type("Go| end")
		s.Chat.Caret(3)
		s.drive(t, s.Run("/continue "+string(until)))
		for range 2 {
			leaf := s.Chat.conv.Leaf()
			if got := s.Chat.Story().Text; got != want || leaf.State != chat.Done {
				t.Errorf("%s: %q, %s", until, got, leaf.State)
			}
			trace := s.Traces.Of(leaf)
			if n := len(leaf.Text); leaf.Reply.Tokens != n || len(leaf.Reply.IDs) != n || trace == nil || len(trace.Tokens) != n {
				t.Errorf("%s: %d bytes, %d tokens, %d ids", until, n, leaf.Reply.Tokens, len(leaf.Reply.IDs))
			}
			s.drive(t, s.Reply.Retry())
		}
	}
	s := start(t, saga(""))
	s.Run("/continue page")
	if a := s.Answers(); len(a) == 0 || a[len(a)-1].(Notice).Words != "usage: /continue [sentence|paragraph]" {
		t.Errorf("%+v", a)
	}
}

// Another token in a stretch that was followed by edits: what is before and after the stretch stays, and it can be written again.
func TestAnotherTokenWithin(t *testing.T) {
	s := start(t, saga(" one two"))
	s.Chat.setMode(chat.Story)
	s.Chat.Type("Go|")
	s.drive(t, s.Reply.WriteAt(3))
	turn := s.Chat.conv.Leaf()
	for _, text := range []string{"Go| one two end", "Go| one(2) two end"} {
		s.Chat.Type(text)
		s.Chat.commit()
	}
	alternative := s.Traces.Of(turn).Alternative(s.Traces.Of(turn).Tokens[1].Alternatives[1])
	s.drive(t, s.Reply.Replace(turn, 1, 1))
	want := "Go| " + alternative + "ne two(2) two end"
	for range 2 {
		if got := s.Chat.Story().Text; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		s.drive(t, s.Reply.Retry())
		want = "Go| one two(2) two end" // nobody chose it
	}
	for range 3 {
		s.Chat.Undo()
	}
	if got := s.Chat.Story().Text; got != "Go| one(2) two end" {
		t.Errorf("undone: %q", got)
	}
	s.drive(t, s.Reply.Replace(turn, 6, 1))
	if got := s.Chat.Story().Text; !strings.HasPrefix(got, "Go| one(2) t"+alternative) || !strings.HasSuffix(got, " end") || strings.Contains(got, "two") {
		t.Errorf("behind an edit: %q", got)
	}
}

// Messages of a chat become paragraphs of a story; a story of before, whose turns say no place, stays as it was.
func TestAChatBecomesAStory(t *testing.T) {
	s := start(t, saga(""))
	add := func(role chat.Role, text string) {
		parent := 0
		if leaf := s.Chat.conv.Leaf(); leaf != nil {
			parent = leaf.ID
		}
		s.Chat.conv.Add(parent, role, text, s.now()).State = chat.Done
		s.Chat.saveHeader()
	}
	add(chat.User, "Hello?")
	add(chat.Assistant, "Who is there?")
	add(chat.User, "A fox.")
	s.Run("/mode story")
	if got := s.Chat.Story().Text; got != "Hello?\n\nWho is there?\n\nA fox." {
		t.Errorf("%q", got)
	}
	if place, ok := after(s.Chat.conv.Leaf()); !ok || place != len(s.Chat.Story().Text) {
		t.Errorf("the story goes on at %d", place)
	}
	if spans := s.Chat.Story().Spans; len(spans) != 3 || spans[1].Role != chat.Assistant {
		t.Errorf("%+v", spans)
	}
	s.Run("/mode chat")
	add(chat.Assistant, "Come in.")
	s.Run("/mode story")
	if got := s.Chat.Story().Text; got != "Hello?\n\nWho is there?\n\nA fox.\n\nCome in." {
		t.Errorf("again: %q", got)
	}
	s.Chat.Undo()
	if got := s.Chat.Story().Text; got != "Hello?\n\nWho is there?\n\nA fox.Come in." {
		t.Errorf("undone: %q", got)
	}

	s = start(t, saga(""))
	add(chat.User, "A fo")
	add(chat.Assistant, "x ran")
	add(chat.User, "away.")
	add(chat.Assistant, " The end.")
	s.Run("/mode story")
	if got := s.Chat.Story().Text; got != "A fox ran away. The end." {
		t.Errorf("an old story: %q", got)
	}
}

// Every place is replaced by one change, which /undo takes back; who wrote the rest does not change.
func TestReplaceWords(t *testing.T) {
	s := start(t, saga(" a fox"))
	s.Chat.setMode(chat.Story)
	s.Chat.Type("A fox|")
	s.drive(t, s.Reply.WriteAt(6))
	for _, c := range []struct{ line, told, text string }{
		{`/replace fox`, `2 places of "fox" in the story`, "A fox| a fox"},
		{`/replace hen cat`, `the story has no "hen"`, "A fox| a fox"},
		{`/replace fox "red hen"`, "2 places replaced; /undo takes it back", "A red hen| a red hen"},
		{`/replace " a red"  ""`, "1 place replaced; /undo takes it back", "A red hen| hen"},
		{"/undo", "undone; the old version is kept", "A red hen| a red hen"},
		{"/undo", "undone; the old version is kept", "A fox| a fox"},
		{"/redo", "done again", "A red hen| a red hen"},
		{`/replace "x`, `usage: /replace old new; quotes around several words: /replace "the fox" "a cat"`, "A red hen| a red hen"},
	} {
		s.Answers()
		s.Run(c.line)
		if a := s.Answers(); len(a) == 0 || a[0].(Notice).Words != c.told || s.Chat.Story().Text != c.text {
			t.Errorf("%s: %+v, %q", c.line, a, s.Chat.Story().Text)
		}
	}
	own := 0
	for _, span := range s.Chat.Story().Spans {
		if span.Role == chat.User {
			own += span.Bytes
		}
	}
	if want := len("A red hen|") + len("red hen"); own != want {
		t.Errorf("%d bytes are the user's, want %d", own, want)
	}
	s.Chat.setMode(chat.Chat)
	s.Answers()
	s.Run("/replace a b")
	if a := s.Answers(); len(a) != 1 || a[0].(Notice).Words != "/replace is for stories; /mode story makes this one" {
		t.Errorf("%+v", a)
	}
}

// What was typed is in the store when it has become a change, also the first of a new story: a killed process loses no more than the last
// second.
func TestTypedTextIsKept(t *testing.T) {
	store := chat.NewVolatile()
	s := startIn(t, store, saga(""))
	s.Chat.setMode(chat.Story)
	for _, text := range []string{"Once", "Once upon", "Once upo"} {
		work := s.Chat.Type(text)
		if len(work) != 1 {
			t.Fatalf("%d timers", len(work))
		}
		s.Take(typed{s.Chat.conv}) // a second has passed
		if err := s.Chat.journal.Flush(t.Context(), s.Chat.conv.ID); err != nil {
			t.Fatal(err)
		}
		kept, err := store.Load(t.Context(), s.Chat.conv.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := chat.FoldStory(kept.Path()).Text; got != text {
			t.Errorf("the store has %q, want %q", got, text)
		}
	}
	for _, a := range s.Answers() {
		if n, ok := a.(Notice); ok && n.Problem {
			t.Errorf("told: %s", n.Words)
		}
	}
	if typingPause >= time.Second {
		t.Errorf("typed text waits %v", typingPause)
	}
}

// A story that is about to outgrow the context says so once, before; then Unseen is where the model's view of it begins.
func TestAStoryOutgrowsTheContext(t *testing.T) {
	s := start(t, saga(""))
	s.Chat.setMode(chat.Story)
	warned := 0
	for n := range 60 {
		s.Chat.Type(strings.Repeat("Go on.\nAnd on.\n", n+1))
		s.Chat.commit()
		for _, a := range s.Answers() {
			if n, ok := a.(Notice); ok && strings.Contains(n.Words, "leaves the context soon") {
				warned++
				if s.Unseen() > 0 {
					t.Error("told too late")
				}
			}
		}
		text := s.Chat.Story().Text
		seen := string(enginetest.Bytes(s.view.prompt.IDs))
		if at := s.Unseen(); at > 0 && (warned == 0 || !strings.HasSuffix(seen, strings.TrimRight(text[at:], " "))) {
			t.Fatalf("%d bytes of %d are unseen, warned %d times, seen %q", at, len(text), warned, seen)
		}
	}
	if warned != 1 || s.Unseen() == 0 {
		t.Errorf("warned %d times, %d bytes are unseen", warned, s.Unseen())
	}
}
