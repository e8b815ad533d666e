package text

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// keys that mean something in a line.
var keys = []string{"right", "left", "alt+right", "alt+b", "home", "end", "backspace", "delete", "ctrl+w", "alt+d", "ctrl+delete",
	"ctrl+u", "ctrl+k", "ctrl+a", "ctrl+e", "ctrl+left"}

func press(l *Line, names string) {
	for name := range strings.FieldsSeq(names) {
		l.Press(name, "")
	}
}

func TestKeys(t *testing.T) {
	for _, c := range []struct{ text, keys, want string }{
		{"a", "left alt+d", "|"},
		{"a", "home ctrl+delete", "|"},
		{"one two three", "ctrl+w", "one two |"},
		{"one two three", "alt+b alt+b alt+d", "one | three"},
		{"one two three", "home alt+f ctrl+k", "one|"},
		{"one two", "left left ctrl+u", "|wo"},
		{"one ", "ctrl+left delete", "|ne "},
		{"", "backspace delete left right ctrl+w alt+d ctrl+u ctrl+k", "|"},
		{"a🇫🇷", "backspace", "a|"},
		{"a👍🏽", "backspace", "a|"},
		{"👨‍👩‍👧b", "left left", "|👨‍👩‍👧b"},
		{"👨‍👩‍👧b", "home delete", "|b"},
		{"e\u0301x", "left backspace", "|x"},
		{"नमस्ते", "backspace", "नम|"},
	} {
		var l Line
		l.Set(c.text)
		press(&l, c.keys)
		l.Insert("|")
		if l.String() != c.want {
			t.Errorf("%q, %s: %q, expected %q", c.text, c.keys, l.String(), c.want)
		}
	}
}

// What is written in the middle may join with what is there.
func TestJoining(t *testing.T) {
	var l Line
	l.Set("eb")
	press(&l, "left")
	l.Insert("\u0301")
	press(&l, "backspace")
	if l.String() != "b" || l.at != 0 {
		t.Errorf("%q, cursor %d", l.String(), l.at)
	}
}

// Random keys keep the cursor in the text, the text whole, and the view within its width, the cursor at the column that what
// stands before it takes.
func TestRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"a", "b", " ", "你", "好", "e\u0301", "\u0301", "\u200d", "🇫", "🇷", "👨‍👩‍👧", "👍🏽", "ไทย", "longer words "}
	f := Field{Prompt: "Filter: "}
	for range 10_000 {
		if random.IntN(2) == 0 {
			f.Update(tea.KeyPressMsg{Code: 'x', Text: pieces[random.IntN(len(pieces))]})
		} else {
			f.Press(keys[random.IntN(len(keys))], "")
		}
		width := random.IntN(30)
		view, at := f.View(width)
		if ansi.StringWidth(view) > max(width, 0) || at < 0 || at > max(width-1, 0) {
			t.Fatalf("%d columns: %q, cursor %d", width, view, at)
		}
		if width > 12 {
			before := strings.Join(f.parts[f.first:f.at], "")
			if !strings.HasPrefix(view, f.Prompt+before) || at != ansi.StringWidth(f.Prompt+before) {
				t.Fatalf("%d columns: %q, cursor %d, which %q stands before", width, view, at, before)
			}
		}
		if !utf8.ValidString(f.String()) || f.at > len(f.parts) {
			t.Fatalf("%q, cursor %d", f.parts, f.at)
		}
	}
}

func TestFieldScrolls(t *testing.T) {
	f := Field{Prompt: "Name: "}
	f.Set(strings.Repeat("你", 20))
	for _, c := range []struct {
		keys, view string
		cursor     int
	}{
		{"", "Name: " + strings.Repeat("你", 6), 18},
		{"home", "Name: " + strings.Repeat("你", 7), 6},
		{"end backspace", "Name: " + strings.Repeat("你", 6), 18},
		{"ctrl+u", "Name: ", 6},
	} {
		press(&f.Line, c.keys)
		if view, cursor := f.View(20); view != c.view || cursor != c.cursor {
			t.Errorf("%s: %q, cursor %d, expected %q, %d", c.keys, view, cursor, c.view, c.cursor)
		}
	}
}
