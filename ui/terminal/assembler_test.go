package terminal

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
)

// line feeds an assembler at the pace of a line.
type line struct {
	assembler
	now time.Time
	out []byte
}

func newLine() *line { return &line{now: time.Unix(1_000_000_000, 0)} }

// send sends text in pieces with a gap before each, in which what is due comes out.
func (l *line) send(text string, size int, gap time.Duration) {
	for text != "" {
		n := min(size, len(text))
		l.wait(gap)
		l.out = l.add(l.out, []byte(text[:n]), l.now)
		text = text[n:]
	}
}

// wait lets time pass.
func (l *line) wait(d time.Duration) {
	end := l.now.Add(d)
	for due, ok := l.deadline(); ok && !due.After(end); due, ok = l.deadline() {
		l.now = due
		l.out = l.expire(l.out)
	}
	l.now = end
}

// events are what Bubble Tea's reader makes of what has come out.
func (l *line) events(t *testing.T) (events []string) {
	t.Helper()
	return decoded(t, string(l.out))
}

func decoded(t testing.TB, text string) (events []string) {
	var d uv.EventDecoder
	for buf := []byte(text); len(buf) > 0; {
		n, e := d.Decode(buf)
		if n == 0 {
			t.Fatalf("%q is not decoded", buf)
		}
		if key, ok := e.(uv.KeyPressEvent); ok {
			events = append(events, key.String()+key.Text)
		} else {
			events = append(events, fmt.Sprintf("%T %v", e, e))
		}
		buf = buf[n:]
	}
	return events
}

// What terminals send: replies of xterm, kitty, foot and tmux, and keys.
var sequences = []string{
	"\x1b]11;rgb:0000/0000/0000\x07", "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", "\x1b]10;rgb:cdcd/d6d6/f4f4\x1b\\",
	"\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c", "\x1b[?62;52;c", "\x1b[?1;2c", "\x1b[>41;390;0c",
	"\x1b[?2026;2$y", "\x1b[?2027;0$y", "\x1b[4;2$y", "\x1b[?1u", "\x1b[?0u", "\x1b[>4;2m",
	"\x1bP>|XTerm(390)\x1b\\", "\x1bP1+r524742=382F382F38\x1b\\", "\x1bP0+r5463\x1b\\", "\x1b[0n", "\x1b[24;80R",
	"\x1b[8;24;80t", "\x1b_Gi=31;OK\x1b\\", "\x1b]52;c;aGVsbG8=\x07",
	"\x1b[A", "\x1bOA", "\x1b[1;5A", "\x1b[3~", "\x1b[15;2~", "\x1b[Z", "\x1b[97;5u", "\x1b[13;2u", "\x1b[27;5;105~", "\x1bOP",
	"\x1b[<64;10;5M", "\x1b[I", "\x1b[1;1:3A",
}

func TestSequencesInPieces(t *testing.T) {
	for _, size := range []int{1, 4, 12} {
		for _, gap := range []time.Duration{0, 15 * time.Millisecond, 60 * time.Millisecond, 400 * time.Millisecond} {
			for _, seq := range sequences {
				l := newLine()
				l.slow = true // a line that is known
				if gap > escSlowWait && size == 1 {
					continue // the first byte is the key Esc
				}
				l.send("a"+seq+"b", size, gap)
				if want := decoded(t, "a"+seq+"b"); !reflect.DeepEqual(l.events(t), want) {
					t.Errorf("%q in pieces of %d every %v: %q, expected %q", seq, size, gap, l.events(t), want)
				}
			}
		}
	}
}

// On a line of which nothing is known, an Esc may be taken for a key; nothing becomes text all the same.
func TestFirstSequenceInPieces(t *testing.T) {
	for _, seq := range sequences {
		l := newLine()
		l.send(seq, 1, 60*time.Millisecond)
		want := append([]string{"esc"}, decoded(t, seq)...)
		if !reflect.DeepEqual(l.events(t), want) {
			t.Errorf("%q: %q, expected %q", seq, l.events(t), want)
		}
		l.out = nil
		l.send(seq, 1, 60*time.Millisecond)
		if want := decoded(t, seq); !reflect.DeepEqual(l.events(t), want) {
			t.Errorf("%q once more: %q, expected %q", seq, l.events(t), want)
		}
	}
}

// An answer that is waited for is put together from the first byte on.
func TestAnswerInPieces(t *testing.T) {
	l := newLine()
	l.asking = func() bool { return true }
	l.send("\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\", 1, 60*time.Millisecond)
	if got := l.events(t); len(got) != 1 || !strings.Contains(got[0], "BackgroundColor") {
		t.Errorf("%q", got)
	}
}

func TestWhatNeverEnds(t *testing.T) {
	for _, begun := range []string{"\x1b]11;rgb:1e", "\x1bP1+r52", "\x1b[?20", "\x1b[", "\x1b]", "\x1bO", "\x1b_G", "\xe4\xbd",
		"\x1b]11;" + strings.Repeat("rgb:", 5000)} {
		l := newLine()
		l.send("a"+begun, 1000, 0)
		l.wait(wholeWait + time.Millisecond)
		l.send("b", 1, 0)
		if got := l.events(t); !reflect.DeepEqual(got, []string{"aa", "bb"}) {
			t.Errorf("%.20q: %q", begun, got)
		}
	}
}

// Keys that are pressed while a sequence has not ended are keys, and another sequence ends it.
func TestBrokenOff(t *testing.T) {
	for _, c := range []struct {
		sent string
		want []string
	}{
		{"\x1b]11;rgb\r", []string{"enter"}},
		{"\x1b]11;rgb\x1b[A", []string{"up"}},
		{"\x1b[1;\x1b[B", []string{"down"}},
		{"\x1b[1;\r", []string{"enter"}},
		{"\x1b]hello", []string{"alt+]", "hh", "ee", "ll", "ll", "oo"}},
		{"\x1bPlot", []string{"alt+shift+p", "ll", "oo", "tt"}},
		{"\x1b_x", []string{"alt+_", "xx"}},
		{"\x1b]11;x\x18y", []string{"yy"}},
		{"\x1b\x1b[A", []string{"alt+up"}},
		{"\x1b[[A", decoded(nil, "\x1b[[A")},
		{"\xe4\xbda", []string{"aa"}},
		{"\x9b5~", []string{"pgup"}},
		{"\x80a\xffb", []string{"aa", "bb"}},
		{"\x1b你x", []string{"alt+你", "xx"}},
	} {
		l := newLine()
		l.send(c.sent, len(c.sent), 0)
		l.wait(time.Second / 10)
		if got := l.events(t); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %q, expected %q", c.sent, got, c.want)
		}
	}
}

func TestEscape(t *testing.T) {
	for _, c := range []struct {
		how  string
		set  func(*line)
		wait time.Duration
	}{
		{"alone", func(*line) {}, 50 * time.Millisecond},
		{"on a slow line", func(l *line) { l.slow = true }, 90 * time.Millisecond},
		{"with an answer on its way", func(l *line) { l.asking = func() bool { return true } }, 90 * time.Millisecond},
	} {
		l := newLine()
		c.set(l)
		l.send("\x1b", 1, 0)
		l.wait(c.wait - time.Millisecond)
		if len(l.out) > 0 {
			t.Errorf("%s: a key too early", c.how)
		}
		l.wait(time.Millisecond)
		if got := l.events(t); !reflect.DeepEqual(got, []string{"esc"}) {
			t.Errorf("%s: %q", c.how, got)
		}
		l.send("[OK]", 4, 60*time.Millisecond)
		if got := l.events(t); len(got) != 5 {
			t.Errorf("%s: what is typed later: %q", c.how, got)
		}
	}
}

// Alt and a key are what they were, in an encoding to which nothing can be added.
func TestAlt(t *testing.T) {
	for b := byte(0); b < 128; b++ {
		raw := string([]byte{esc, b})
		if got, want := decoded(t, string(appendAlt(nil, b))), decoded(t, raw); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %q, expected %q", raw, got, want)
		}
	}
}

func TestEnter(t *testing.T) {
	for _, c := range []struct {
		how  string
		send func(*line)
		want string
	}{
		{"a paste at once", func(l *line) { l.send("first\rsecond\rthird", 100, 0) }, "first+second+third"},
		{"with its line feeds", func(l *line) { l.send("first\r\nsecond\r\n", 100, 0) }, "first+second+"},
		{"a line typed by a program", func(l *line) { l.send("first\r", 100, 0) }, "first-"},
		{"with a line feed", func(l *line) { l.send("first\r\n", 100, 0) }, "first-"},
		{"two, one after the other", func(l *line) { l.send("first\r", 100, 0); l.send("second\r", 100, 50*time.Millisecond) }, "first-second-"},
		{"one, and the next at once", func(l *line) { l.send("first\r", 100, 0); l.send("second\r", 100, 5*time.Millisecond) }, "first+second+"},
		{"that begins with it", func(l *line) { l.send("\rfirst", 100, 0) }, "+first"},
		{"byte by byte", func(l *line) { l.send("first\rsecond\r", 1, 2*time.Millisecond) }, "first+second+"},
		{"from a hand", func(l *line) { l.send("first", 5, 0); l.send("\r", 1, 11*time.Millisecond) }, "first-"},
		{"twice from a hand", func(l *line) { l.send("\r\r", 1, 30*time.Millisecond) }, "--"},
		{"after a key that is no text", func(l *line) { l.send("\x1b[B\r", 9, 0) }, "~-"},
		{"before one", func(l *line) { l.send("\r\x04", 9, 0) }, "-\x04"},
		{"in a marked paste", func(l *line) { l.send("\x1b[200~first\rsecond\x1b[201~", 100, 0) }, "<first-second>"},
	} {
		l := newLine()
		c.send(l)
		l.wait(burst)
		got := strings.NewReplacer(breakKey, "+", "\r", "-", "\x1b[B", "~", pasteStart, "<", pasteEnd, ">").Replace(string(l.out))
		if got != c.want {
			t.Errorf("%s: %q, expected %q", c.how, got, c.want)
		}
	}
}

func TestPaste(t *testing.T) {
	text := "one 两 \x1b[31mthree\x1b[0m\x1b \x1b\x1b"
	for _, size := range []int{1, 4, 12, 100} {
		l := newLine()
		l.slow = true
		l.send("a"+pasteStart+text+pasteEnd+"b", size, 60*time.Millisecond)
		if got, want := string(l.out), "a"+pasteStart+text+pasteEnd+"b"; got != want {
			t.Errorf("in pieces of %d: %q, expected %q", size, got, want)
		}
	}

	l := newLine()
	l.send(pasteStart+"text \x1b[2", 100, 0)
	l.wait(pasteWait)
	l.send("key", 1, 0)
	l.send(pasteEnd, 100, 0) // much too late
	if got, want := string(l.out), pasteStart+"text \x1b[2"+pasteEnd+"key"; got != want {
		t.Errorf("a paste without an end: %q, expected %q", got, want)
	}
}

func TestTextIsUnchanged(t *testing.T) {
	text := "Hello, 世界! 👨‍👩‍👧 e\u0301 \t\n\x01\x05\x7f"
	for _, size := range []int{1, 2, 3, 5, 100} {
		for _, gap := range []time.Duration{0, 50 * time.Millisecond, 500 * time.Millisecond} {
			l := newLine()
			l.send(text, size, gap)
			if string(l.out) != text {
				t.Errorf("in pieces of %d: %q", size, l.out)
			}
		}
	}
}

// Whatever comes, what comes out is bounded and can be decoded, and after a pause keys are keys.
func TestNoise(t *testing.T) {
	alphabet := []byte("\x1b\x1b\x1b[]OP_^X\\;:?<>~$0129mMuyrcA \r\n\a\x18\x1a\x9b\x9d\xe4\xbd\xa0\xf0\xffab")
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		text := make([]byte, 1+random.IntN(40))
		for i := range text {
			text[i] = alphabet[random.IntN(len(alphabet))]
		}
		l := newLine()
		l.send(string(text), 1+random.IntN(len(text)), time.Duration(random.IntN(80))*time.Millisecond)
		if len(l.out) > growth*len(text) {
			t.Fatalf("%q becomes %d bytes", text, len(l.out))
		}
		decoded(t, string(l.out))
		l.wait(pasteWait + time.Millisecond)
		l.out = nil
		l.send("k", 1, 0)
		if got := l.events(t); !reflect.DeepEqual(got, []string{"kk"}) {
			t.Fatalf("after %q the key is %q", text, got)
		}
	}
}
