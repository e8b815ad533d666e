// Screens draws the pictures of this folder: it builds inkling, uses it on a pseudo terminal as a person does, and writes what
// the terminal shows as SVG. Run it at the top of the repository:
//
//	go run ./docs/screens
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A look is what a terminal shows colours with.
type look struct {
	name, theme string
	env         []string
	ink, paper  string // the terminal's own colours
}

var looks = []look{
	{"dark", "dark", []string{"TERM=xterm-256color", "COLORTERM=truecolor"}, "#d8d8d8", "#16161e"},
	{"light", "light", []string{"TERM=xterm-256color", "COLORTERM=truecolor"}, "#24242c", "#fcfcfa"},
	{"16", "terminal", []string{"TERM=xterm"}, "#e5e5e5", "#000000"},
}

const (
	dialKey = "\x14" // Ctrl+T
	helpKey = "\x1bOP"
	treeKey = "\x0f" // Ctrl+O
	rest    = ""     // waits for as long as a few sentences take
)

// calm is how long a screen is let be before its picture: pictures are taken by the clock, as nothing depends on the moment.
const calm = 1500 * time.Millisecond

// A scene is what is done before a picture, a key or a line at a time.
type scene struct {
	name string
	keys []string
}

var scenes = []scene{
	{"first", nil},
	{"chat", []string{"tell me a story about a brave fox", "\r"}},
	{"dial", []string{"tell me a story about a brave fox", "\r", dialKey}},
	{"tree", []string{"tell me a story about a brave fox", "\r", rest, "\x12", rest, "\x12", rest, treeKey}},
	{"story", []string{"/mode story", "\r", "Once upon a time, in a house by the sea,", "\x1b\r"}},
	{"models", []string{"/model", "\r"}},
	{"help", []string{helpKey}},
}

func main() {
	if err := draw(filepath.Join("docs", "screens")); err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
		os.Exit(1)
	}
}

// draw makes all pictures in a folder.
func draw(folder string) error {
	bin, err := os.MkdirTemp("", "screens")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(bin) }()
	program := filepath.Join(bin, "inkling")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("build inkling: %w\n%s", err, out)
	}
	for _, l := range looks {
		for _, size := range [][2]int{{80, 24}, {120, 36}} {
			failed := make(chan error)
			for _, s := range scenes {
				go func() { failed <- picture(program, folder, s, l, size[0], size[1]) }()
			}
			for range scenes {
				err = errors.Join(err, <-failed)
			}
			if err != nil {
				return err
			}
		}
	}
	return record(program, filepath.Join(folder, "dial.svg"))
}

// picture draws one scene.
func picture(program, folder string, s scene, l look, width, height int) error {
	t, err := open(program, l, width, height)
	if err != nil {
		return err
	}
	defer t.close()
	for _, k := range s.keys {
		t.press(k)
	}
	time.Sleep(2 * calm)
	name := fmt.Sprintf("%s-%s-%dx%d.svg", s.name, l.name, width, height)
	return os.WriteFile(filepath.Join(folder, name), []byte(still(t.frame(), l, width, height)), 0o644)
}

// record makes the moving picture: the dial turned in mid-reply, and a token chosen by hand.
func record(program, file string) error {
	const width, height = 80, 24
	t, err := open(program, looks[0], width, height)
	if err != nil {
		return err
	}
	defer t.close()
	var frames []string
	watch := func(n int) { // quarters of a second
		for range n {
			time.Sleep(250 * time.Millisecond)
			frames = append(frames, t.frame())
		}
	}
	t.press("tell me a story about a brave fox")
	watch(2)
	t.press("\r")
	watch(6)
	t.press(dialKey)
	watch(4)
	for range 6 {
		t.press("\x1b[C") // Right: warmer
		watch(2)
	}
	t.press("\x1b")
	watch(2)
	t.press(" ")
	watch(8)
	t.press("3")
	watch(6)
	t.press(" ")
	watch(10)
	return os.WriteFile(file, []byte(moving(frames, looks[0], width, height)), 0o644)
}

// moving is an SVG that shows frames one after the other, a quarter of a second each, for ever.
func moving(frames []string, l look, width, height int) string {
	var b strings.Builder
	total := float64(len(frames)) / 4
	for i := 0; i < len(frames); {
		end := i + 1
		for end < len(frames) && frames[end] == frames[i] {
			end++
		}
		from, to := float64(i)/float64(len(frames)), float64(end)/float64(len(frames))
		values, times := "none;inline;none", fmt.Sprintf("0;%.4f;%.4f", from, to)
		if i == 0 {
			values, times = "inline;none", fmt.Sprintf("0;%.4f", to)
		} else if end == len(frames) {
			values, times = "none;inline", fmt.Sprintf("0;%.4f", from)
		}
		hidden := ` display="none"`
		if still := len(frames) / 2; i <= still && still < end { // what is seen where nothing moves
			hidden = ""
		}
		fmt.Fprintf(&b, `<g%s><animate attributeName="display" calcMode="discrete" values="%s" keyTimes="%s" dur="%gs" repeatCount="indefinite"/>%s</g>`+"\n",
			hidden, values, times, total, frames[i])
		i = end
	}
	return still(b.String(), l, width, height)
}
