package prompt

import (
	"slices"
	"strings"
	"testing"

	"inkling/chat"
)

func world(text string, depth int, keys ...string) chat.Note {
	return chat.Note{Kind: WorldNote, Keys: keys, Text: text, Depth: depth, Enabled: true}
}

// A key is found as a whole word in any case, wherever it stands in scripts without spaces, and by a regular expression.
func TestKeys(t *testing.T) {
	for _, c := range []struct {
		key, text string
		found     bool
	}{
		{"dragon", "A Dragon!", true}, {"dragon", "dragonfly", false}, {"dragon", "a dragonfly, a dragon", true},
		{"old king", "the OLD KING sleeps", true}, {"龙", "一条龙来了", true}, {"é", "café", false}, {"c++", "I write c++ here", true},
		{"/dragons?/", "dragons", true}, {"/Dragon/", "dragon", false}, {"/Dragon/i", "dragon", true}, {`/a\/b/`, "a/b", true},
	} {
		k, err := newKey(c.key)
		if err != nil || k.in(c.text, strings.ToLower(c.text)) != c.found {
			t.Errorf("%s in %q: %v, want %v", c.key, c.text, !c.found, c.found)
		}
	}
	for _, bad := range []string{"", "/(/", "/(?=x)/", "/x*/", "/x/q"} {
		if KeyError(bad) == nil {
			t.Errorf("key %q is taken", bad)
		}
	}
}

// Every format shows the model memory and world notes first and the author's note so far from the end; a world note comes only while its
// key is among the last turns. The account adds up.
func TestNotesInPrompts(t *testing.T) {
	notes := NewNotebook([]chat.Note{
		{ID: 1, Kind: MemoryNote, Text: "MEMORY", Enabled: true},
		{ID: 2, Kind: AuthorNote, Text: "ASIDE", Depth: 1, Enabled: true},
		world("DRAGONS", 2, "dragon"), world("KINGS", 2, "king"), {Kind: WorldNote, Keys: []string{"dragon"}, Text: "OFF"},
	})
	path := talk("a king", "yes?", "a dragon\nroars", "it does\nindeed")
	for _, name := range []string{"transcript", "dialogpt", "plain", "template"} {
		var tok Tokenizer = byteTokenizer{}
		hint := Hint{}
		if name == "template" {
			tok, hint.Template = marks, newTemplate(t, chatML)
		}
		choice, err := Choose(name, chat.Chat, hint)
		if err != nil {
			t.Fatal(err)
		}
		p, packed, err := NewWriter(choice, tok).Write(notes.Add(choice.Blocks("SYSTEM", path, false)), 1000, 100)
		if err != nil {
			t.Fatal(err)
		}
		text := tok.Decode(p.IDs)
		at := -1
		for _, want := range []string{"SYSTEM", "MEMORY", "DRAGONS", "a dragon", "ASIDE", "indeed"} {
			next := strings.Index(text, want)
			if next <= at {
				t.Errorf("%s: %q is not where it should be in %q", name, want, text)
			}
			at = next
		}
		if strings.Contains(text, "KINGS") || strings.Contains(text, "OFF") {
			t.Errorf("%s: a note came in without its key: %q", name, text)
		}
		if packed.Memory <= 0 || packed.World <= 0 || packed.Note <= 0 || packed.Worlds != 1 ||
			packed.Prefix+packed.History+packed.Note+packed.Cue != len(p.IDs) {
			t.Errorf("%s: %+v for %d tokens", name, packed, len(p.IDs))
		}
	}
	p, packed, err := Elsewhere(notes.Add(Choice{}.Blocks("SYSTEM", path, false)), false, 1000, 100)
	if err != nil || !packed.About || p.Messages[0].Text != "SYSTEM\n\nMEMORY\n\nDRAGONS" || !slices.ContainsFunc(p.Messages, func(m Message) bool { return strings.HasSuffix(m.Text, "\n\nASIDE") }) {
		t.Errorf("%+v, %v", p.Messages, err)
	}
}

// A world note that takes more than its share stays out, and that is told; memory stays whatever the chat has.
func TestWorldNotesGoFirst(t *testing.T) {
	notes := NewNotebook([]chat.Note{{Kind: MemoryNote, Text: "MEMORY", Enabled: true}, world(strings.Repeat("w", 300), 2, "dragon"), world("SMALL", 2, "dragon")})
	choice := Choice{Format: transcript{}}
	p, packed, err := NewWriter(choice, byteTokenizer{}).Write(notes.Add(choice.Blocks("", talk(strings.Repeat("dragon ", 200)), false)), 600, 100)
	text := byteTokenizer{}.Decode(p.IDs)
	if err != nil || packed.Worlds != 1 || packed.WorldsOut != 1 || !strings.Contains(text, "MEMORY") || !strings.Contains(text, "SMALL") || len(p.IDs) > 500 {
		t.Errorf("%+v, %v", packed, err)
	}
}

// An author's note stands so many lines before the end of a story.
func TestAsideInAStory(t *testing.T) {
	choice := Choice{Format: plain{}}
	for depth, want := range map[int]string{1: "one\ntwo\n\nthree\nASIDE\nfour", 2: "one\ntwo\n\nASIDE\nthree\nfour", 9: "ASIDE\none\ntwo\n\nthree\nfour"} {
		notes := NewNotebook([]chat.Note{{Kind: AuthorNote, Text: "ASIDE", Depth: depth, Enabled: true}})
		blocks := notes.Add(choice.Blocks("", talk("one\ntwo\n\nthree\nfour"), false))
		p, _, err := NewWriter(choice, byteTokenizer{}).Write(blocks, 600, 100)
		if got := (byteTokenizer{}).Decode(p.IDs); err != nil || got != want {
			t.Errorf("depth %d: %q, %v", depth, got, err)
		}
		e, _, err := Elsewhere(blocks, true, 600, 100)
		if err != nil || e.Text != want {
			t.Errorf("depth %d, elsewhere: %q, %v", depth, e.Text, err)
		}
	}
}
