package text

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// show writes an area down: its text with | for the cursor.
func show(a *Area) string {
	mark := a.cursor()
	var lines []string
	for i, p := range a.paragraphs {
		if i == mark.paragraph {
			lines = append(lines, strings.Join(p.parts[:p.at], "")+"|"+strings.Join(p.parts[p.at:], ""))
		} else {
			lines = append(lines, p.String())
		}
	}
	return strings.Join(lines, "\n")
}

func TestAreaKeys(t *testing.T) {
	for _, c := range []struct{ text, keys, want string }{
		{"one\ntwo", "home backspace", "one|two"},
		{"one\ntwo", "up end delete", "one|two"},
		{"one\ntwo", "left left left left", "one|\ntwo"},
		{"one\ntwo", "alt+< right right right right", "one\n|two"},
		{"one\ntwo", "home ctrl+w", "one|two"},
		{"one\ntwo", "home ctrl+u", "one|two"},
		{"one\ntwo", "up ctrl+k", "one|two"},
		{"one\ntwo", "up end ctrl+k alt+d", "one|"},
		{"one\ntwo", "home alt+left", "|one\ntwo"},
		{"one\ntwo", "up end alt+right", "one\ntwo|"},
		{"one", "up down home left backspace ctrl+w ctrl+u", "|one"},
		{"one", "right delete ctrl+k alt+d down", "one|"},
		{"long line\nx\nlong line", "up up", "long line|\nx\nlong line"},
		{"long line\nx\nlong line", "home right right up up", "lo|ng line\nx\nlong line"},
		{"a\U0001F1EB\U0001F1F7", "backspace", "a|"},
		{"e\u0301x", "left backspace", "|x"},
		{"one two", "shift+left shift+left shift+left backspace", "one |"},
		{"one two", "alt+shift+left delete", "one |"},
		{"one\ntwo", "shift+up backspace", "one|"},
		{"one\ntwo", "alt+< alt+shift+> backspace", "|"},
		{"one two", "shift+left left right backspace", "one t|o"},
		{"one two", "home alt+u alt+c", "ONE Two|"},
		{"one", "ctrl+t", "oen|"},
		{"o", "ctrl+t home ctrl+t", "|o"},
		{"", "ctrl+t alt+u alt+shift+< backspace delete ctrl+k up down", "|"},
	} {
		a := NewArea()
		a.Resize(40, 10)
		a.Set(c.text)
		for key := range strings.FieldsSeq(c.keys) {
			if !a.Press(key, "") {
				t.Errorf("%s means nothing", key)
			}
		}
		if show(a) != c.want {
			t.Errorf("%q, %s: %q, expected %q", c.text, c.keys, show(a), c.want)
		}
	}
}

func TestAreaInserts(t *testing.T) {
	a := NewArea()
	a.Set("one three")
	a.Press("alt+left", "")
	a.Insert("two\r\n\tand\x1b\x07 a \rhalf ")
	if want := "one two\n    and a \nhalf |three"; show(a) != want {
		t.Errorf("%q, expected %q", show(a), want)
	}
	a.Press("alt+<", "")
	a.Press("alt+shift+>", "")
	if a.Selection() != "one two\n    and a \nhalf three" {
		t.Errorf("selected: %q", a.Selection())
	}
	a.Press("x", "x")
	if show(a) != "x|" {
		t.Errorf("%q", show(a))
	}
}

func TestRows(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"the quick brown fox", 10, []string{"the quick ", "brown fox"}},
		{"the quick brown", 9, []string{"the ", "quick ", "brown"}}, // a blank after a word has room, too
		{"0123456789", 10, []string{"0123456789", ""}},
		{"01234567890", 10, []string{"0123456789", "0"}},
		{strings.Repeat("x", 77) + "你", 78, []string{strings.Repeat("x", 77), "你"}},
		{"你好世界", 5, []string{"你好", "世界"}},
		{"ab 你好世界", 6, []string{"ab 你", "好世界", ""}},
		{"word 你", 6, []string{"word ", "你"}},
		{"", 5, []string{""}},
		{"a\u202eb", 12, []string{"a<U+202E>b"}},
		{"👨‍👩‍👧👨‍👩‍👧", 4, []string{"👨‍👩‍👧👨‍👩‍👧", ""}},
	} {
		a := NewArea()
		a.Resize(c.width, 10)
		a.Set(c.text)
		if rows, _, _, _ := a.View(lipgloss.NewStyle()); !slices.Equal(rows, c.want) {
			t.Errorf("%q in %d columns: %q, expected %q", c.text, c.width, rows, c.want)
		}
	}
}

// The rows that are shown have the cursor among them, and move no further than they have to.
func TestAreaScrolls(t *testing.T) {
	a := NewArea()
	a.Resize(10, 3)
	a.Set("1\n2\n3\n4\n5")
	for _, c := range []struct {
		keys  string
		first int
		y     int
	}{{"", 2, 2}, {"up up", 2, 0}, {"up", 1, 0}, {"down down", 1, 2}, {"alt+<", 0, 0}, {"alt+>", 2, 2}, {"alt+shift+< backspace", 0, 0}} {
		for key := range strings.FieldsSeq(c.keys) {
			a.Press(key, "")
		}
		if rows, first, _, y := a.View(lipgloss.NewStyle()); first != c.first || y != c.y || len(rows) == 0 {
			t.Errorf("%s: rows from %d, cursor in %d, expected %d and %d", c.keys, first, y, c.first, c.y)
		}
	}
}

// Random keys, texts and sizes: the cursor stays in the text and on the screen, rows are as wide as they may be and make up the
// text, and what has been kept of the layout is what would be found anew.
func TestAreaRandom(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	names := append([]string{"up", "down", "alt+<", "alt+>", "shift+left", "shift+up", "shift+down", "alt+shift+right", "alt+shift+<", "alt+shift+>",
		"alt+c", "alt+l", "alt+u", "ctrl+t", "ctrl+h"}, keys...)
	texts := []string{"a", "b ", " ", "你", "好，", "e\u0301", "\u0301", "\u200d", "🇫", "🇷", "👨‍👩‍👧", "ไทย", "words and words ", "\n", "x\ny\n\nz",
		"\u202e", "\t", "ß", strings.Repeat("long", 9)}
	a := NewArea()
	for round := range 5000 {
		switch random.IntN(10) {
		case 0, 1, 2, 3:
			text := texts[random.IntN(len(texts))]
			a.Press(text, text)
		case 4:
			a.Resize(1+random.IntN(30), 1+random.IntN(6))
		case 5:
			if random.IntN(50) == 0 {
				a.Set(texts[random.IntN(len(texts))])
			}
		default:
			a.Press(names[random.IntN(len(names))], "")
		}
		rows, _, x, y := a.View(lipgloss.NewStyle())
		if !utf8.ValidString(a.String()) || len(rows) == 0 || len(rows) > a.height || y < 0 || y >= len(rows) {
			t.Fatalf("round %d: %q in %d rows, cursor in %d", round, show(a), len(rows), y)
		}
		if a.width >= 10 { // the widest cluster fits
			if x < 0 || x >= a.width {
				t.Fatalf("round %d: cursor in column %d of %d: %q", round, x, a.width, show(a))
			}
			for _, row := range rows {
				if ansi.StringWidth(row) > a.width {
					t.Fatalf("round %d: %q in %d columns", round, row, a.width)
				}
			}
		}
		for _, p := range a.paragraphs {
			fresh := &paragraph{Line: Line{parts: clusters(p.String())}}
			fresh.layOut(a.width)
			if p.layOut(a.width); !slices.Equal(p.rows, fresh.rows) || !slices.Equal(p.parts, fresh.parts) {
				t.Fatalf("round %d: %q is laid out as %v, anew as %v", round, p.parts, p.rows, fresh.rows)
			}
		}
	}
}

func BenchmarkAreaKey(b *testing.B) {
	a := NewArea()
	a.Resize(78, 8)
	a.Set(strings.Repeat("Some words of a text that is long.\n", 200))
	for b.Loop() {
		a.Press("x", "x")
		a.Press("backspace", "")
		a.View(lipgloss.NewStyle())
	}
}
