package markdown

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
)

var themes = []Theme{Dark, Light, Plain}

// strip returns lines without escape sequences.
func strip(lines []string) []string {
	lines = slices.Clone(lines)
	for i, line := range lines {
		lines[i] = ansi.Strip(line)
	}
	return lines
}

// plainText returns lines as one string without escape sequences.
func plainText(lines []string) string {
	return strings.Join(strip(lines), "\n")
}

// checkLines fails if lines break what Render promises of every text.
func checkLines(t *testing.T, theme Theme, lines []string, width int) {
	t.Helper()
	for i, line := range lines {
		if w := ansi.StringWidth(line); w > width {
			t.Errorf("line %q has %d columns, want at most %d", line, w, width)
		}
		visible := ansi.Strip(line)
		if strings.HasSuffix(visible, " ") {
			t.Errorf("line %q ends with a space", line)
		}
		if visible == "" && (i == 0 || i == len(lines)-1) {
			t.Errorf("line %d of %d is blank", i+1, len(lines))
		}
		if strings.ContainsAny(visible, "\n\x1b\x1a") || theme == Plain && visible != line {
			t.Errorf("line %q contains control characters", line)
		}
	}
}

func TestGolden(t *testing.T) {
	for _, name := range []string{"poem", "headings", "lists", "nested", "quotes", "table", "code", "html", "links", "chinese"} {
		t.Run(name, func(t *testing.T) {
			lines := New(Plain).Render(shapes[name], 40)
			golden.RequireEqual(t, strings.Join(lines, "\n")+"\n")
		})
	}
}

func TestLinesKeepTheirPromises(t *testing.T) {
	for name, source := range shapes {
		for _, theme := range themes {
			r := New(theme)
			for _, width := range []int{-1, 0, 1, 2, 3, 5, 10, 11, 40, 200} {
				t.Run(name, func(t *testing.T) {
					checkLines(t, theme, r.Render(source, width), max(width, 1))
				})
			}
		}
	}
}

func TestStylesEndWithTheirLine(t *testing.T) {
	for name, source := range shapes {
		for _, line := range New(Dark).Render(source, 12) {
			styled := false
			for i := 0; i < len(line); {
				seq, _, n, _ := ansi.DecodeSequence(line[i:], ansi.NormalState, nil)
				if strings.HasPrefix(seq, "\x1b[") {
					styled = seq != "\x1b[m" && seq != "\x1b[0m"
				}
				i += n
			}
			if styled {
				t.Errorf("%s: the style of line %q reaches over its end", name, line)
			}
		}
	}
}

func TestRender(t *testing.T) {
	tests := []struct {
		name, source string
		width        int
		want         string
	}{
		{"empty", "", 20, ""},
		{"blank", " \n\n  \n", 20, ""},
		{"line breaks", "a\nb\nc", 20, "a\nb\nc"},
		{"indentation", "a\n  b\n      c", 20, "a\n  b\n      c"},
		{"indented first line", "  a\nb", 20, "  a\nb"},
		{"indentation beside emphasis", "a\n  *b\n  c* d", 20, "a\n  *b\n  c* d"},
		{"unfenced code", "def f(x):\n    return x\n\nf(1)", 20, "def f(x):\n    return x\n\nf(1)"},
		{"blank lines fold", "a\n\n\n\nb", 20, "a\n\nb"},
		{"word wrap", "the quick brown fox", 10, "the quick\nbrown fox"},
		{"word wider than the line", "a verylongword b", 5, "a\nveryl\nongwo\nrd b"},
		{"spaces at a break", "abcd     efgh", 5, "abcd\nefgh"},
		{"chinese without spaces", "你好世界你好", 5, "你好\n世界\n你好"},
		{"chinese after english", "ab你好世界", 6, "ab你好\n世界"},
		{"chinese punctuation", "你好世界，好", 8, "你好世\n界，好"},
		{"wide in one column", "a你b", 1, "a\n…\nb"},
		{"hanging indent", "- one two three", 9, "- one two\n  three"},
		{"numbers", "9. a\n10. b", 20, "9. a\n10. b"},
		{"text after a number", "1986. It was a year.", 30, "1986. It was a year."},
		{"item with two paragraphs", "- a\n\n  b", 20, "- a\n\n  b"},
		{"numbered tasks", "1. [ ] a\n2. [x] b", 20, "1. [ ] a\n2. [x] b"},
		{"quoted paragraphs", "> a\n>\n> b", 20, "| a\n|\n| b"},
		{"list below text", "a:\n- b\n- c", 20, "a:\n- b\n- c"},
		{"code keeps everything", "```\n\\* <b> &lt; _x_\n\n  y\n```", 30, "  \\* <b> &lt; _x_\n\n    y"},
		{"long code", "```\nabcdefghij\n```", 8, "  abcdef\n  ghij"},
		{"escaped marks", `\*a\* \# b`, 20, "*a* # b"},
		{"dashes under text", "a\n---\nb", 20, "## a\nb"},
		{"dashes below a blank line", "a\n\n---\nb", 20, "a\n\n--------\nb"},
		{"lines that are underlined", "one *two*\nthree\n=======\nfour", 20, "# one *two*\nthree\nfour"},
		{"underlined in a quote", "> a\n> ===\n\n===", 20, "| # a\n\n==="},
		{"a list below text", "a\n- b", 20, "a\n- b"},
		{"references", "&lt;b&gt; &amp;amp; &copy; &#65;&#x42; &frac12;", 40, "<b> &amp; © AB ½"},
		{"references in a heading", "# R&amp;D", 20, "# R&D"},
		{"references are no marks", "&#42;a&#42; &#45; b", 20, "*a* - b"},
		{"image", "a ![the *old* &amp; grey cat](cats/c.png) b", 60, "a Image: the *old* & grey cat → cats/c.png b"},
		{"image without text", "![](c.png)", 20, "Image: c.png"},
		{"wide table", "| a long header here | b |\n|:--|--:|\n| one two three four | 2 |\n| 你好世界你好世界你好世界 | 345 |", 22,
			" a long header  |   b\n" +
				" here           |\n" +
				"----------------|-----\n" +
				" one two three  |   2\n" +
				" four           |\n" +
				" 你好世界你好世 | 345\n" +
				" 界你好世界     |"},
		{"wide table, centred", "| x | second |\n|---|:-:|\n| and so it goes | b |", 18,
			" x       | second\n" +
				"---------|--------\n" +
				" and so  |   b\n" +
				" it goes |"},
		{"table", "| a | b |\n|---|---|\n| 1 | 2 |", 20, " a | b\n---|---\n 1 | 2"},
		{"table too wide to draw", "| a | b |\n|---|---|\n| 1 | 2 |", 5, "| a |\nb |\n|---|\n---|\n| 1 |\n2 |"},
		{"table with a long row", "| a |\n|---|\n| 1 | 2 |", 20, "| a |\n|---|\n| 1 | 2 |"},
		{"table with a short row", "| a | b |\n|---|---|\n| 1 |", 20, " a | b\n---|---\n 1 |"},
		{"deep quotes", strings.Repeat(">", 20), 60, strings.Repeat("| ", 16) + ">>>>"},
		{"tab and control characters", "a\tb\x07\x1b\u0085c\xff", 20, "a bc\ufffd"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(New(Plain).Render(test.source, test.width), "\n")
			if got != test.want {
				t.Errorf("Render(%q, %d) is\n%s\nwant\n%s", test.source, test.width, got, test.want)
			}
		})
	}
}

// What a model writes is shown, even where Markdown would leave it out.
func TestNothingVanishes(t *testing.T) {
	texts := []string{
		"<b>", "<think>", "</think>", "<!-- note -->", "<div>\n<p>", "a < b", "<user:name>", "<https://example.com>",
		"&copy", "R&D", "&nosuch;", "&#27;", "&#x202e;", "`&lt;`",
		"**bold", "_under", "snake_case_name", "2 * 3 * 4", "~tilde", "`tick", "[text", "[text](url", "[Alice]: hello",
		"[a][b]", "http://example.com/%zz", "C:\\dir\\file", "- ", "#tag",
	}
	for _, theme := range themes {
		r := New(theme)
		for _, s := range texts {
			want := strings.TrimRight(s, " ")
			switch {
			case theme != Plain && s == "- ":
				want = "•"
			case theme != Plain && s == "`&lt;`":
				want = "\u00a0&lt;\u00a0"
			}
			if got := plainText(r.Render(s, 60)); got != want {
				t.Errorf("%v: Render(%q) shows %q, want %q", theme, s, got, want)
			}
		}
		if got := plainText(r.Render("[text](http://%zz)", 60)); !strings.Contains(got, "text") || !strings.Contains(got, "zz") {
			t.Errorf("%v: a link with a bad address shows %q", theme, got)
		}
	}
}

// A character reference must not become the control character it stands for.
func TestReferencesAreNotDecoded(t *testing.T) {
	const attack = "&#27;c&#7;&#x1b;c&#8238;&NewLine;&lt"
	for _, theme := range themes {
		r := New(theme)
		for _, form := range []string{
			"%", "a % b", "`%`", "~~%~~", "**%**", "***~~`%`~~***", "# %", "- %", "> %", "[%](http://example.com)",
			"![%](http://example.com)", "| % |\n|---|\n| % |", "```\n%\n```", "    %", "1. **%", "http://example.com/%", "$ % ^ @",
		} {
			source := strings.ReplaceAll(form, "%", attack)
			lines := r.Render(source, 200)
			checkLines(t, theme, lines, 200)
			if got := plainText(lines); !strings.Contains(got, attack) {
				t.Errorf("%v: Render(%q) shows %q", theme, source, got)
			}
		}
		const parts = "~~&#*27*;c~~" // of a reference that only the parser puts together
		got := strings.Trim(strings.ReplaceAll(plainText(r.Render(parts, 40)), "*", ""), "~")
		if want := "&#27;c"; got != want {
			t.Errorf("%v: Render(%q) shows %q, want %q", theme, parts, got, want)
		}
	}
}

func TestThemes(t *testing.T) {
	const code = "```go\nfunc f() {}\n```"
	dark, light := New(Dark).Render(code, 40), New(Light).Render(code, 40)
	if slices.Equal(dark, light) {
		t.Errorf("dark and light code have the same colours: %q", dark)
	}
	if !slices.Equal(strip(dark), strip(light)) {
		t.Errorf("dark code reads %q, light code %q", dark, light)
	}
	if got := New(Dark).Render("**bold**", 40); got[0] == "bold" || ansi.Strip(got[0]) != "bold" {
		t.Errorf("bold text is %q, want styled without its marks", got)
	}
	for _, line := range New(Dark).Render("# Title", 40) {
		if strings.Contains(line, "48;") {
			t.Errorf("heading %q has a background", line)
		}
	}
}

func TestRenderersWorkInParallel(t *testing.T) {
	want := New(Dark).Render(shapes["code"], 40)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got := New(Dark).Render(shapes["code"], 40); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
	wg.Wait()
}

// broken is a renderer that fails.
type broken struct{ fail func() error }

func (b broken) Render(io.Writer, []byte, ast.Node) error { return b.fail() }
func (broken) AddOptions(...renderer.Option)              {}

func TestFailureShowsTheSource(t *testing.T) {
	failures := map[string]func() error{
		"panic": func() error { panic("out of range") },
		"error": func() error { return errors.New("no renderer") },
	}
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			r := New(Plain)
			r.leaf = broken{fail}
			got := strings.Join(r.Render("# a long title\n\n- *b*", 10), "\n")
			if want := "# a long\ntitle\n\n- *b*"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if got := r.Render("- b", 10); !slices.Equal(got, []string{"- b"}) {
				t.Errorf("afterwards got %q", got)
			}
		})
	}
}

// letters returns the characters of s that leave a mark on the screen.
func letters(s string) []byte {
	return bytes.Map(func(r rune) rune {
		if r == ' ' || r == '\n' {
			return -1
		}
		return r
	}, []byte(s))
}

func FuzzRender(f *testing.F) {
	for _, source := range shapes {
		f.Add(source, 40, uint16(len(source)/2))
		f.Add(source, 7, uint16(len(source)/3))
	}
	renderers := map[Theme]*Renderer{}
	for _, theme := range themes {
		renderers[theme] = New(theme)
	}
	f.Fuzz(func(t *testing.T, source string, width int, cut uint16) {
		if len(source) > 4096 {
			return
		}
		width %= 200
		for theme, r := range renderers {
			lines := r.Render(source, width)
			checkLines(t, theme, lines, max(width, 1))

			stream := r.NewStream()
			stream.Render(source[:min(int(cut), len(source))], width)
			if streamed := stream.Render(source, width); !slices.Equal(strip(streamed), strip(lines)) {
				t.Errorf("Stream shows %q, Render %q", streamed, lines)
			}
		}

		prose := strings.Map(func(r rune) rune {
			if strings.ContainsRune("\n abcxyzABC,;!?'\"éñß", r) {
				return r
			}
			return 'n'
		}, source)
		shown := strings.Join(renderers[Plain].Render(prose, max(width, 10)), "\n")
		if want := letters(prose); !bytes.Equal(letters(shown), want) {
			t.Errorf("Render(%q) shows %q", prose, shown)
		}
	})
}
