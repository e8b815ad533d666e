package cli

import (
	"fmt"
	"strings"
	"time"
)

// An evalMeter is a line on standard error that tells how far a measurement is.
type evalMeter struct {
	line  line
	now   func() time.Time // the clock
	start time.Time        // of the measurement
	drawn time.Time        // when the line last changed
}

func newEvalMeter(l line) *evalMeter {
	return &evalMeter{line: l, now: time.Now, start: time.Now()}
}

const (
	meterPace = 100 * time.Millisecond // between two lines
	meterBar  = 24                     // cells
)

// show draws the line for done of all, unless it has just been drawn.
func (m *evalMeter) show(done, all int, perplexity float64) {
	now := m.now()
	if m.line.out == nil || now.Sub(m.drawn) < meterPace || done < 1 {
		return
	}
	m.drawn = now
	full := meterBar * done / all
	left := time.Duration(float64(now.Sub(m.start)) / float64(done) * float64(all-done))
	m.line.write(fmt.Sprintf("%s%s %3d%%  perplexity %s  %s left", strings.Repeat("━", full), strings.Repeat("─", meterBar-full),
		100*done/all, shown(perplexity), clock(left)))
}

// end takes the line away again.
func (m *evalMeter) end() { m.line.write("") }

// clock is a duration as 1:05 or 2:00:05.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
