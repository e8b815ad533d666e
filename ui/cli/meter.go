package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// meter is a line on a terminal that tells how far a measurement is. It does nothing without one.
type meter struct {
	out   io.Writer        // nil for none
	now   func() time.Time // the clock
	start time.Time        // of the measurement
	drawn time.Time        // when the line last changed
	width int              // cells of the line that is shown
}

// meter returns one on standard error, where that is a terminal that can write a line over.
func (a *app) meter() *meter {
	m := &meter{now: time.Now, start: time.Now()}
	if name, _ := a.lookup("TERM"); terminal(a.Err) && name != "dumb" {
		m.out = a.Err
	}
	return m
}

const (
	meterPace = 100 * time.Millisecond // between two lines
	meterBar  = 24                     // cells
)

// show draws the line for done of all, unless it has just been drawn.
func (m *meter) show(done, all int, perplexity float64) {
	now := m.now()
	if m.out == nil || now.Sub(m.drawn) < meterPace || done < 1 {
		return
	}
	m.drawn = now
	full := meterBar * done / all
	left := time.Duration(float64(now.Sub(m.start)) / float64(done) * float64(all-done))
	m.draw(fmt.Sprintf("%s%s %3d%%  perplexity %s  %s left", strings.Repeat("━", full), strings.Repeat("─", meterBar-full),
		100*done/all, shown(perplexity), clock(left)))
}

// clear takes the line away.
func (m *meter) clear() {
	if m.width > 0 {
		m.draw("")
		fmt.Fprint(m.out, "\r")
		m.width = 0
	}
}

// draw writes a line over the one that is shown.
func (m *meter) draw(line string) {
	width := ansi.StringWidth(line)
	fmt.Fprint(m.out, "\r", line, strings.Repeat(" ", max(m.width-width, 0)))
	m.width = width
}

// clock is a duration as 1:05 or 2:00:05.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
