//go:build linux || darwin

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"inkling/ui/cli/ptytest"
)

// full starts a program that goes on with a chat and can write no more than some 1,000 bytes to any file, as on a full disk.
func full(t *testing.T) (p *ptytest.Program, home string) {
	t.Helper()
	folder, _, _ := sharedChat(t)
	home = t.TempDir()
	p = ptytest.Start(t, ptytest.Options{
		Path: "sh",
		Args: []string{"-c", "ulimit -f 2; exec inkling --continue --max-tokens 8 --data-dir " + folder},
		Home: home,
	})
	return p, home
}

// A chat that is not saved is not left in silence: the person is asked once, can save it elsewhere, and is told at the end.
func TestQuittingAnUnsavedChat(t *testing.T) {
	quits := map[string]func(p *ptytest.Program){
		"Ctrl+D": func(p *ptytest.Program) { p.Type("\x04") },
		"/quit":  func(p *ptytest.Program) { send(p, "/quit") },
		"Ctrl+C twice": func(p *ptytest.Program) {
			p.Type("\x03")
			p.Shows("press Ctrl+C again to quit")
			p.Type("\x03")
		},
	}
	for name, quit := range quits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := full(t)
			p.Shows("the first answer")
			send(p, "hello")
			p.Shows("this chat is not saved")
			p.Shows("unsaved ·")
			p.Shows(" tokens")
			quit(p)
			p.Shows("not saved: /save FILE keeps this chat elsewhere, quitting again loses it")
			if name == "Ctrl+C twice" {
				p.Type("\x03")
			} else {
				quit(p)
			}
			if status := p.Ends(); status != 1 {
				t.Errorf("status %d, expected 1", status)
			}
			if !p.Cooked() {
				t.Error("the terminal is not as it was")
			}
			if s := p.Screen(); !s.Shows("inkling: chat not saved: ") {
				t.Errorf("the end says nothing:\n%s", s)
			}
		})
	}
}

// What is too long for the disk leaves no file behind, and what fits is enough.
func TestSavingElsewhere(t *testing.T) {
	p, home := full(t)
	p.Shows("the first answer")
	send(p, "hello")
	p.Shows("unsaved ·")
	p.Shows(" tokens")
	send(p, "/save long.json")
	p.Shows("not saved: ")
	send(p, "/save short.txt")
	p.Shows("saved to ")
	p.Type("\x04")
	if status := p.Ends(); status != 0 {
		t.Errorf("status %d, expected 0:\n%s", status, p.Screen())
	}
	text, err := os.ReadFile(filepath.Join(home, "short.txt"))
	if err != nil || !strings.Contains(string(text), "hello") {
		t.Errorf("the file has %q, %v", text, err)
	}
	files, err := filepath.Glob(filepath.Join(home, "*long*"))
	if hidden, _ := filepath.Glob(filepath.Join(home, ".*long*")); err != nil || len(files)+len(hidden) > 0 {
		t.Errorf("left behind: %q, %q, %v", files, hidden, err)
	}
}
