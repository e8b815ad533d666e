package main

import (
	"fmt"
	"html"
	"image/color"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// A terminal has inkling running on it.
type terminal struct {
	look   look
	home   string
	cmd    *exec.Cmd
	master *os.File

	mu     sync.Mutex
	screen *vt.Emulator
}

// open starts the program in a home of its own, with the same seed for every picture.
func open(program string, l look, width, height int) (*terminal, error) {
	home, err := os.MkdirTemp("", "screens")
	if err != nil {
		return nil, err
	}
	t := &terminal{look: l, home: home, screen: vt.NewEmulator(width, height)}
	t.cmd = exec.Command(program, "--theme", l.theme, "--seed", "7", "--pace", "20")
	t.cmd.Dir = home
	t.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home}, l.env...)
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"} {
		t.cmd.Env = append(t.cmd.Env, name+"="+filepath.Join(home, name))
	}
	if t.master, err = pty.StartWithSize(t.cmd, &pty.Winsize{Cols: uint16(width), Rows: uint16(height)}); err != nil {
		return nil, err
	}
	go func() { _, _ = io.Copy(io.Discard, t.screen) }() // the emulator's own answers
	go func() {
		var block [4096]byte
		for {
			n, err := t.master.Read(block[:])
			t.mu.Lock()
			_, _ = t.screen.Write(block[:n])
			t.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	time.Sleep(calm)
	return t, nil
}

// press sends a key or a line, and leaves the program the time that a hand needs for the next.
func (t *terminal) press(keys string) {
	if keys == rest {
		time.Sleep(calm)
		return
	}
	_, _ = t.master.WriteString(keys)
	time.Sleep(300 * time.Millisecond)
}

func (t *terminal) close() {
	_ = t.cmd.Process.Kill()
	_ = t.cmd.Wait()
	_ = t.master.Close()
	_ = os.RemoveAll(t.home)
}

// The size of a cell, in pixels.
const (
	cellWidth  = 9.0
	cellHeight = 20.0
)

// frame is what the screen shows, as SVG. Words stand where their columns are, and what lines and blocks are made of is drawn, so that
// columns align in every font.
func (t *terminal) frame() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	for y := range t.screen.Height() {
		for x := 0; x < t.screen.Width(); {
			style, cells := t.at(x, y).Style, []uv.Cell{}
			start := x
			for x < t.screen.Width() {
				c := t.at(x, y)
				if !c.Style.Equal(&style) {
					break
				}
				cells = append(cells, c)
				x += max(c.Width, 1)
			}
			t.run(&b, start, y, x-start, cells, style)
		}
	}
	if !t.screen.CursorHidden() {
		at := t.screen.CursorPosition()
		fmt.Fprintf(&b, `<rect x="%g" y="%g" width="2" height="18" fill="%s"/>`, float64(at.X)*cellWidth, float64(at.Y)*cellHeight+1, t.look.ink)
	}
	return b.String()
}

func (t *terminal) at(x, y int) uv.Cell {
	c := t.screen.CellAt(x, y)
	if c == nil || c.Content == "" {
		blank := uv.EmptyCell
		if c != nil {
			blank.Style = c.Style
		}
		return blank
	}
	return *c
}

// run draws cells of one style that follow each other, on a rectangle where they have a background.
func (t *terminal) run(b *strings.Builder, x, y, width int, cells []uv.Cell, style uv.Style) {
	ink, paper := hex(style.Fg, t.look.ink), hex(style.Bg, "")
	if style.Attrs&uv.AttrReverse != 0 {
		if paper == "" {
			paper = t.look.paper
		}
		ink, paper = paper, ink
	}
	left, top := float64(x)*cellWidth, float64(y)*cellHeight
	if paper != "" {
		fmt.Fprintf(b, `<rect x="%g" y="%g" width="%g" height="%g" fill="%s"/>`, left, top, float64(width)*cellWidth, cellHeight, paper)
	}
	words, shapes := split(cells, left, top)
	if shapes != "" {
		fmt.Fprintf(b, `<path fill="%s" d="%s"/>`, ink, shapes)
	}
	if words == "" {
		return
	}
	more := ""
	if style.Attrs&uv.AttrBold != 0 {
		more += ` font-weight="bold"`
	}
	if style.Attrs&uv.AttrFaint != 0 {
		more += ` opacity=".6"`
	}
	if style.Attrs&uv.AttrItalic != 0 {
		more += ` font-style="italic"`
	}
	if style.Underline != 0 {
		more += ` text-decoration="underline"`
	}
	fmt.Fprintf(b, `<text y="%g" fill="%s"%s>%s</text>`, top+15, ink, more, words)
}

// split makes cells into words, each at its place, and the shapes between them.
func split(cells []uv.Cell, left, top float64) (words, shapes string) {
	const end = "</tspan>"
	open := false
	for i := 0; i < len(cells); {
		c, again := cells[i], 1
		for i+again < len(cells) && cells[i+again].Content == c.Content {
			again++
		}
		shape := shaped(c.Content, left, top, again)
		if open && (shape != "" || c.Content == " " || c.Width > 1) {
			words, open = words+end, false
		}
		if shape != "" || c.Content == " " {
			shapes += shape
			left += float64(again) * cellWidth
			i += again
			continue
		}
		if !open {
			words += fmt.Sprintf(`<tspan x="%g">`, left)
		}
		words += html.EscapeString(c.Content)
		if open = c.Width <= 1; !open { // fonts differ in how wide such a sign is
			words += end
		}
		left += float64(max(c.Width, 1)) * cellWidth
		i++
	}
	if open {
		words += end
	}
	return words, shapes
}

// hex is a colour as SVG writes it.
func hex(c color.Color, none string) string {
	if c == nil {
		return none
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// still is a whole SVG of what a screen shows.
func still(inner string, l look, width, height int) string {
	w, h := float64(width)*cellWidth+24, float64(height)*cellHeight+24
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="-12 -12 %g %g" `+
		`font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="15">`+
		`<rect x="-12" y="-12" width="%g" height="%g" rx="8" fill="%s"/>`+"\n%s</svg>\n", w, h, w, h, w, h, l.paper, inner)
}
