package text

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Random keys equal edits of a plain string; rows cover the text, fit, and the cursor is among those that are shown.
func TestPageEqualsAPlainString(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	keys := []string{"left", "right", "up", "down", "home", "end", "pgup", "pgdown", "ctrl+left", "ctrl+right", "ctrl+home", "ctrl+end"}
	for range 60 {
		p := &Page{}
		p.Set("", 0)
		want := ""
		for range 400 {
			switch r.IntN(6) {
			case 0, 1:
				in := []string{"a", " ", "\n", "字", "🙂", "word "}[r.IntN(6)]
				want = want[:p.At()] + in + want[p.At():]
				at := p.At()
				p.Press("", in)
				if p.At() != at+len(in) {
					t.Fatalf("the cursor is at %d after %q at %d", p.At(), in, at)
				}
			case 2:
				at := p.At()
				p.Press("backspace", "")
				want = want[:p.At()] + want[at:]
			case 3:
				p.Resize(2+r.IntN(20), 1+r.IntN(6))
			case 4:
				at := r.IntN(len(want) + 1)
				for !strings.HasPrefix(want[at:], string([]rune(want[at:]))) {
					at--
				}
				p.Replace(at, 0, "xy\n")
				want = want[:at] + "xy\n" + want[at:]
			default:
				p.Press(keys[r.IntN(len(keys))], "")
			}
			if p.String() != want {
				t.Fatalf("%q, want %q", p.String(), want)
			}
			if p.width == 0 {
				continue
			}
			rows, x, y := p.View()
			if y >= len(rows) || len(rows) > p.height || p.At() < rows[y].From || p.At() > rows[y].To || x > p.width {
				t.Fatalf("the cursor at %d is not in row %d of %v, column %d of %d", p.At(), y, rows, x, p.width)
			}
			for _, row := range rows {
				if w := p.columns(row.From, row.From+len(strings.TrimRight(p.text[row.From:row.To], " "))); w > p.width {
					t.Fatalf("a row of %d columns, want %d: %q", w, p.width, p.text[row.From:row.To])
				}
			}
		}
	}
}

// novel has 200,000 words.
func novel() string {
	return strings.Repeat(strings.Repeat("The quick fox runs over a brown hill. ", 12)+"\n\n", 200_000/96)
}

func BenchmarkPageOpens(b *testing.B) {
	text := novel()
	for b.Loop() {
		p := &Page{}
		p.Resize(80, 40)
		p.Set(text, len(text))
		p.View()
	}
}

func BenchmarkPageKey(b *testing.B) {
	p := &Page{}
	p.Resize(80, 40)
	text := novel()
	p.Set(text, len(text)/2)
	for b.Loop() {
		p.Press("x", "x")
		p.View()
	}
}

// The mouse puts the cursor where it points: on the same cell that the cursor is shown on, in every row of a window; beside the text at its end.
func TestPagePoint(t *testing.T) {
	var p Page
	p.Resize(10, 4)
	p.Set("one two three four\n我喜欢小说\n\nlast", 0)
	for _, c := range []struct{ x, y, at int }{
		{0, 0, 0}, {5, 0, 5}, {0, 1, 8}, {4, 1, 12}, {90, 1, 18}, {3, 2, 22}, {2, 2, 22}, {4, 3, 35}, {0, 9, 35},
	} {
		p.Point(c.x, c.y, false)
		if p.At() != c.at {
			t.Errorf("%d, %d: the cursor is at %d, expected %d", c.x, c.y, p.At(), c.at)
		}
		p.cursor = 0
	}
}
