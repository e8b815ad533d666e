//go:build linux || darwin

package cli

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"inkling/ui/cli/ptytest"
)

// A chat on three terminals and one that answers nothing, from the first screen to the shell.
func TestTerminal(t *testing.T) {
	for _, terminal := range append(ptytest.Terminals, ptytest.Silent) {
		t.Run(terminal.Name, func(t *testing.T) {
			t.Parallel()
			p := ptytest.Start(t, ptytest.Options{Terminal: terminal, Args: []string{"--seed", "1"}})
			p.Shows("You are talking to starter")
			p.Say("hello")
			p.Shows(" tokens")
			p.Resize(60, 15)
			p.Until("the input is on the last line but one", func(s ptytest.Screen) bool { return s.Y == 13 && s.CursorShown })
			p.Type("\x04")
			if status := p.Ends(); status != 0 {
				t.Errorf("status %d", status)
			}
			if s := p.Screen(); s.Alternate || !s.CursorShown || !p.Cooked() {
				t.Errorf("the terminal is not as it was: %+v, cooked %t", s, p.Cooked())
			}
			if left := p.Unread(); left != "" {
				t.Errorf("the shell finds %q", left)
			}
		})
	}
}

// A slow line brings a terminal's answers in pieces. None of them becomes text.
func TestAnswersInPieces(t *testing.T) {
	for _, terminal := range ptytest.Terminals {
		for _, size := range []int{1, 4, 12} {
			t.Run(fmt.Sprintf("%s/%d", terminal.Name, size), func(t *testing.T) {
				t.Parallel()
				gap := 60 * time.Millisecond
				if size == 1 {
					gap /= 3 // there are many
				}
				p := ptytest.Start(t, ptytest.Options{Terminal: terminal, Piece: size, Gap: gap})
				p.Shows("You are talking to starter")
				p.Answered()
				for _, more := range []string{ptytest.AskVersion, ptytest.AskColours, ptytest.AskAttributes} {
					p.TypeSlowly(terminal.Answers[more], size, gap)
				}
				p.TypeSlowly("hello\x1b[D\x1b[D", size, gap)
				p.Type("p")
				p.Shows("❯ helplo")
			})
		}
	}
}

// leave is what leaves the alternate screen: the first that a terminal hears of the end.
const leave = "\x1b[?1049l"

// What the terminal says after the end does not become a command line.
func TestAnswersAtTheEnd(t *testing.T) {
	for _, terminal := range append(ptytest.Terminals, ptytest.Silent) {
		for _, end := range []string{"quit", "terminated"} {
			t.Run(terminal.Name+"/"+end, func(t *testing.T) {
				t.Parallel()
				p := ptytest.Start(t, ptytest.Options{Terminal: terminal, Held: true})
				p.Until("the background is asked for", func(ptytest.Screen) bool { return strings.Contains(p.Output(), ptytest.AskBackground) })
				if end == "quit" {
					p.Type("\x04")
				} else {
					p.Signal(syscall.SIGTERM)
				}
				p.Until("the screen is given back", func(ptytest.Screen) bool { return strings.Contains(p.Output(), leave) })
				p.Answer()
				p.Ends()
				p.Answered()
				if left := p.Unread(); left != "" {
					t.Errorf("the shell finds %q", left)
				}
				// The emulator keeps a cursor for each of its two screens; terminals have one.
				cursor := strings.LastIndex(p.Output(), "\x1b[?25h") > strings.LastIndex(p.Output(), "\x1b[?25l")
				if s := p.Screen(); s.Shows("rgb:") || s.Alternate || !cursor {
					t.Errorf("the screen after the end, cursor shown %t:\n%s", cursor, s)
				}
			})
		}
	}
}

// Several lines that come at once are one message, though nothing marks them as a paste.
func TestPasteWithoutMarks(t *testing.T) {
	p := ptytest.Start(t, ptytest.Options{Args: []string{"--seed", "1", "--max-tokens", "8"}})
	p.Shows("You are talking to starter")
	p.Type("first line\rsecond line\rthird line")
	lines := func(first, rest string) func(s ptytest.Screen) bool {
		return func(s ptytest.Screen) bool {
			at := s.Line(first + "first line")
			return at >= 0 && at+2 < len(s.Lines) && s.Lines[at+1] == rest+"second line" && s.Lines[at+2] == rest+"third line"
		}
	}
	s := p.Until("three lines are in the input", lines("❯ ", "  "))
	if s.Y != len(s.Lines)-2 {
		t.Errorf("the cursor is in line %d, expected the last of the input:\n%s", s.Y, s)
	}
	p.Press("\r")
	p.Shows(" tokens")
	p.Until("three lines are a message", lines("▌ ", "▌ "))

	p.Type("/help\r")
	p.Shows("Keys and commands")
	p.Press("\x1b")
	p.Hides("Keys and commands")
}

// A line that is sent during a reply waits for its end, and what is typed after it is another message.
func TestEnterDuringAReply(t *testing.T) {
	p := ptytest.Start(t, ptytest.Options{Args: []string{"--pace", "3"}})
	p.Shows("You are talking to starter")
	p.Say("first line")
	p.Shows("writing; Esc stops")
	p.Say("second line")
	p.Shows("queued: second line")
	p.Type("third line")
	p.Shows("❯ third line")
	p.Press("\x1b")
	p.Until("the message is back in the input", func(s ptytest.Screen) bool {
		at := s.Line("❯ second line")
		return at >= 0 && at+1 < len(s.Lines) && s.Lines[at+1] == "  third line"
	})
}

// While a reply is written, lines that come at once are not sent either, and stay apart.
func TestPasteDuringReply(t *testing.T) {
	p := ptytest.Start(t, ptytest.Options{Args: []string{"--pace", "3"}})
	p.Shows("You are talking to starter")
	p.Say("first line")
	p.Shows("writing; Esc stops")
	p.Type("second line\rthird line")
	p.Until("the lines are apart", func(s ptytest.Screen) bool {
		at := s.Line("❯ second line")
		return at >= 0 && at+1 < len(s.Lines) && s.Lines[at+1] == "  third line"
	})
}

// Without a shell to return to, Ctrl+Z gives the terminal back for a moment.
func TestSuspend(t *testing.T) {
	p := ptytest.Start(t, ptytest.Options{Terminal: ptytest.Terminals[0]})
	p.Shows("You are talking to starter")
	p.Type("\x1a")
	p.Until("the screen is given back", func(ptytest.Screen) bool { return strings.Contains(p.Output(), "\x1b[?1049l") })
	p.Until("the chat is there again", func(s ptytest.Screen) bool { return s.Alternate && s.Shows("You are talking to starter") })
	p.Type("hello")
	p.Shows("❯ hello")
	p.Press("\x15\x04") // clear the line, quit
	if status := p.Ends(); status != 0 || !p.Cooked() {
		t.Errorf("status %d, cooked %t", status, p.Cooked())
	}
}

// The user's editor has the terminal as the shell left it, and Ctrl+C in it; then the chat is there again, with what was edited.
func TestEditorOnTheTerminal(t *testing.T) {
	p := ptytest.Start(t, ptytest.Options{Terminal: ptytest.Terminals[0], Env: []string{"VISUAL=",
		`EDITOR=trap 'echo held' INT; echo EDITING; read a || read a; printf %s "$a" >>`}})
	p.Shows("You are talking to starter")
	p.Type("hello\x07")
	p.Until("the editor runs", func(s ptytest.Screen) bool { return !s.Alternate && s.CursorShown && s.Shows("EDITING") })
	if !p.Cooked() {
		t.Error("the editor's terminal is raw")
	}
	p.Type("\x03")
	p.Shows("held")
	p.Type("there\r")
	p.Until("the chat is there again", func(s ptytest.Screen) bool { return s.Alternate && s.Shows("❯ hellothere") })
	p.Press("\x15\x04") // clear the line, quit
	if status := p.Ends(); status != 0 || !p.Cooked() {
		t.Errorf("status %d, cooked %t", status, p.Cooked())
	}
}

// The terminal's cursor stands where the next character goes, in lists too: input methods show there what they offer.
func TestCursorInLists(t *testing.T) {
	p := ptytest.Start(t, ptytest.Options{Args: []string{"--max-tokens", "4"}})
	p.Shows("You are talking to starter")
	p.Say("你好")
	p.Until("the chat is kept", func(s ptytest.Screen) bool { return s.Shows("4 tokens") && !s.Shows("writing") })
	at := func(x, y int) func(ptytest.Screen) bool {
		return func(s ptytest.Screen) bool { return s.CursorShown && s.X == x && s.Y == y }
	}
	p.Type("\x13") // Ctrl+S
	p.Shows("Chats (1)")
	p.Until("the cursor is in the filter", at(10, 1))
	p.Type("你a")
	p.Shows("Chats (0)")
	p.Until("the cursor is behind it", at(13, 1))
	p.Type("\x15\x12") // Ctrl+U, Ctrl+R
	p.Until("the cursor is behind the title", at(len("New title: ")+4, 23))
	p.Type("\x1b")
	p.Until("the cursor is in the filter again", at(10, 1))
	p.Press("\x1b")
	p.Hides("Chats (1)")
	p.Say("/model")
	p.Shows("Filter or name:")
	p.Type("世界\x1b[D")
	p.Until("the cursor is between two characters", at(len("  Filter or name: ")+2, 1))
}

// In the input a wide character at the right edge is seen, and a sign of several code points is deleted whole.
func TestWideInput(t *testing.T) {
	p := ptytest.Start(t, ptytest.Options{})
	p.Shows("You are talking to starter")
	p.Type(strings.Repeat("x", 77) + "你")
	p.Until("the character is in the next row", func(s ptytest.Screen) bool {
		at := s.Line("❯ " + strings.Repeat("x", 77))
		return at >= 0 && s.Lines[at+1] == "  你" && s.X == 4 && s.Y == at+1
	})
	p.Press("\x15")
	p.Type("a👍🏽🇫🇷e\u0301")
	p.Press("\x7f\x7f")
	p.TypeSlowly("你好", 1, 50*time.Millisecond) // its bytes one by one
	p.Press("\x1b[D\x1b[D\x7f")
	p.Type("b")
	p.Shows("❯ ab你好")
	p.Press("\x05\x15")
	p.TypeSlowly("\x1b[200~one\rtwo\x1b[201~!", 5, 50*time.Millisecond) // the marks of a paste in pieces
	p.Until("the paste is over", func(s ptytest.Screen) bool { return s.Line("  two!") > 0 && s.Line("❯ one") > 0 })
}
