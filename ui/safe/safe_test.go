package safe

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Hello, world.\nSecond line", "Hello, world.\nSecond line"},
		{"chinese", "你好，世界", "你好，世界"},
		{"colour", "a\x1b[1;31mred\x1b[0mb", "aredb"},
		{"cursor movement", "a\x1b[2J\x1b[Hb", "ab"},
		{"private mode", "a\x1b[?1049hb", "ab"},
		{"intermediate", "a\x1b[2 qb", "ab"},
		{"8-bit CSI", "a\u009b31mb", "ab"},
		{"CSI cut by a letter of another script", "a\x1b[31你", "a你"},
		{"unterminated CSI", "a\x1b[31", "a"},
		{"lone escape at the end", "a\x1b", "a"},
		{"escape before escape", "a\x1b\x1b[31mb", "ab"},
		{"sequence inside a sequence", "a\x1b[\x1b[31m31mb", "a31mb"},
		{"character set", "a\x1b(Bb", "ab"},
		{"reset", "a\x1bcb", "ab"},
		{"title ended by bell", "a\x1b]0;title\ab", "ab"},
		{"title ended by ST", "a\x1b]0;title\x1b\\b", "ab"},
		{"title ended by 8-bit ST", "a\x1b]0;title\u009cb", "ab"},
		{"8-bit OSC", "a\u009d0;title\u009cb", "ab"},
		{"clipboard", "a\x1b]52;c;aGk=\ab", "ab"},
		{"link", "\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\", "text"},
		{"DCS", "a\x1bPq#0;2\x1b\\b", "ab"},
		{"DCS is not ended by bell", "a\x1bPq\a#0\x1b\\b", "ab"},
		{"APC", "a\x1b_Gf=100;AAAA\x1b\\b", "ab"},
		{"8-bit APC", "a\u009fGf=100\u009cb", "ab"},
		{"PM", "a\x1b^secret\x1b\\b", "ab"},
		{"SOS", "a\x1bXsecret\x1b\\b", "ab"},
		{"string cut by cancel", "a\x1b]0;t\x18b", "ab"},
		{"string cut by another sequence", "a\x1b]0;t\x1b[31mb", "ab"},
		{"unterminated OSC takes its line only", "a\x1b]0;title\nb", "a\nb"},
		{"unterminated OSC at the end", "a\x1b]0;title", "a"},
		{"C1 from a wrong character set", "â€\u009d he said", "â€ he said"},
		{"C0", "a\x00\x07\x08\x0b\x0c\x0e\x7fb", "ab"},
		{"C1", "a\u0080\u0085\u0099b", "ab"},
		{"invalid UTF-8", "a\xff\xe4\xbdb", "a\ufffd\ufffd\ufffdb"},
		{"replacement character itself", "a\ufffdb\x00", "a\ufffdb"},
		{"bytes around a sequence do not join", "\xe4\x1b[m\xbd\xa0", "\ufffd\ufffd\ufffd"},
		{"windows lines", "a\r\nb\r\n", "a\nb\n"},
		{"mac lines", "a\rb", "a\nb"},
		{"mixed line ends", "a\r\r\nb\n\rc", "a\n\nb\n\nc"},
		{"tab at the start", "\tx", "    x"},
		{"tab to the next stop", "ab\tx\ty", "ab  x   y"},
		{"tab at a stop", "abcd\tx", "abcd    x"},
		{"tab after a newline", "abc\n\tx", "abc\n    x"},
		{"tab after wide characters", "你\tx", "你  x"},
		{"tab after removed characters", "a\x1b[31mb\tx", "ab  x"},
		{"tab after a carriage return", "abc\r\tx", "abc\n    x"},
		{"bidi override", "a\u202eb\u202c\u2066c\u2069\u200e\u200f", "abc"},
		{"byte order mark", "\ufeffa", "a"},
		{"separators", "a\u2028b\u2029c", "a\nb\nc"},
		{"tags", "a\U000e0041\U000e007fb", "ab"},
		{"joined emoji", "👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"},
		{"variation selector", "❤\ufe0f", "❤\ufe0f"},
		{"persian", "می\u200cخواهم", "می\u200cخواهم"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Text(test.in); got != test.want {
				t.Errorf("Text(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

func TestLine(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{" \n\t ", ""},
		{"A title", "A title"},
		{"  A\n\n title\t\x1b]0;x\aof  things ", "A title of things"},
		{"两\u3000行\r\n字", "两 行 字"},
	}
	for _, test := range tests {
		if got := Line(test.in); got != test.want {
			t.Errorf("Line(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

func TestCleanTextIsNotCopied(t *testing.T) {
	s := strings.Repeat("Ordinary text, 普通文字, emoji 👍🏽.\n", 50)
	if n := testing.AllocsPerRun(20, func() { Text(s) }); n != 0 {
		t.Errorf("Text allocates %v times for clean text, want 0", n)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"plain", "a\x1b[31mb", "\x1b]0;t\a", "\u009d\u009c", "\x1bP\x1b\x1b\\", "\ta\t你\t",
		"\r\n\r", "\xff\xc2", "\u202e\u2028\U000e0001", "\x1b\x1b[\x1b]", "\xc2\x1b[m\x9b31m",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if !utf8.ValidString(got) {
			t.Errorf("Text(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029') {
				t.Errorf("Text(%q) = %q contains %U", s, got, r)
			}
		}
		if again := Text(got); again != got {
			t.Errorf("Text(%q) = %q, but cleaned again it is %q", s, got, again)
		}
		line := Line(s)
		if strings.ContainsAny(line, "\n\t") || strings.Contains(line, "  ") || strings.TrimSpace(line) != line {
			t.Errorf("Line(%q) = %q", s, line)
		}
	})
}

func BenchmarkText(b *testing.B) {
	for _, bench := range []struct{ name, unit string }{
		{"ascii", "The quick brown fox jumps over the lazy dog.\n"},
		{"chinese", "今天天气很好，我们去公园走一走。\n"},
		{"colour", "The \x1b[1mquick\x1b[0m brown\tfox\r\n"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := strings.Repeat(bench.unit, 100_000/len(bench.unit))
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				Text(s)
			}
		})
	}
}

func TestVisible(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"plain, 字, é, 👩‍🚀 ❤️", "plain, 字, é, 👩‍🚀 ❤️"},
		{"a\nb\r\n\n", "a␊\nb␍␊\n␊\n"},
		{"\x00\t\x1b[2J\x7f", "␀␉␛[2J␡"},
		{"\u009b2J\u0085", "<U+009B>2J<U+0085>"},
		{"a\u202eb\u200b\ufeff\u2028\U000e0041", "a<U+202E>b<U+200B><U+FEFF><U+2028><U+E0041>"},
		{"\xff", "\ufffd"},
	} {
		got := Visible(test.text)
		if got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
		if Text(got) != got {
			t.Errorf("%q: %q is not safe", test.text, got)
		}
	}
}
