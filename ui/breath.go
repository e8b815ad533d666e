package ui

import (
	"context"
	"strings"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"inkling/chat"
	"inkling/ui/style"
)

// warmth follows the temperature from one value to the next.
type warmth struct {
	last  float64 // the temperature
	turns int     // counts its changes, 0 when the last one is long ago
	fade  breath
	on    *item // the reply that it is on; nil: none
}

// A breath is the colour of a temperature on the words that follow a turn to it in mid-reply. It fades.
type breath struct {
	temperature float64
	letters     int // of the reply that were there before
	step        int // of fading
}

const (
	fadeSteps = 6                      // until the words are as all others
	fadeStep  = 300 * time.Millisecond // so that all of them are over within two seconds
)

// coolMsg is the next step after the change of the temperature of this number.
type coolMsg int

// follow begins a breath on what follows the end of the last item, where the temperature has another value in mid-reply.
// still asks for none.
func (w *warmth) follow(ctx context.Context, temperature float64, still bool, last *item) tea.Cmd {
	if temperature == w.last {
		return nil
	}
	w.last = temperature
	if last == nil || last.turn.Role == chat.User || last.turn.State != chat.Writing || still {
		return nil
	}
	w.settle()
	lines := last.lines()
	lines = lines[:max(len(lines)-len(last.foot(last.look.column(last.width))), 0)]
	w.fade = breath{temperature: temperature, letters: letters(lines)}
	w.on, last.breath = last, &w.fade
	return w.highlight(ctx)
}

// highlight marks the temperature in the status line for as long as a breath lasts.
func (w *warmth) highlight(ctx context.Context) tea.Cmd {
	w.turns++
	w.fade.step = 0
	return later(ctx, fadeStep, coolMsg(w.turns))
}

// cool is a step of fading after the change of that number. After the last one nothing is waited for.
func (w *warmth) cool(ctx context.Context, turn int) tea.Cmd {
	if w.turns == 0 || turn != w.turns {
		return nil
	}
	if w.fade.step++; w.fade.step == fadeSteps {
		w.settle()
		w.turns = 0
		return nil
	}
	if w.on != nil {
		w.on.changed()
	}
	return later(ctx, fadeStep, coolMsg(w.turns))
}

// settle ends a breath at once.
func (w *warmth) settle() {
	if w.on != nil {
		w.on.breath = nil
		w.on.changed()
		w.on = nil
	}
}

// paint colours what the breath is on in the lines of a reply.
func (b *breath) paint(look *style.Look, lines []string) {
	paint, fades := look.Breath(b.temperature, float64(b.step)/fadeSteps)
	if !fades {
		return
	}
	before := b.letters
	for i, line := range lines {
		plain := ansi.Strip(line)
		at := len(plain)
		for j, r := range plain {
			if unicode.IsSpace(r) {
				continue
			}
			if before == 0 {
				at = j
				break
			}
			before--
		}
		if at < len(plain) {
			lines[i] = ansi.Truncate(line, ansi.StringWidth(plain[:at]), "") + paint.Render(plain[at:])
		}
	}
}

// letters counts what is no blank in lines, but for the sign that text grows.
func letters(lines []string) (n int) {
	for _, line := range lines {
		for _, r := range strings.TrimSuffix(ansi.Strip(line), growing) {
			if !unicode.IsSpace(r) {
				n++
			}
		}
	}
	return n
}
