package style

import (
	"image/color"
	"math"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Hottest is the temperature at which the scale of [Look.Heat] ends.
const Hottest = 2.0

// Heat is how a temperature is written: from cold at 0 through warm at the middle of the scale to hot at its end.
func (l *Look) Heat(temperature float64) lipgloss.Style {
	at := max(min(temperature/Hottest, 1), 0) * 2
	if _, ok := l.scale[0].(ansi.BasicColor); ok { // nothing lies between colours of the terminal's own
		return lipgloss.NewStyle().Foreground(l.scale[int(math.Round(at))])
	}
	if at < 1 {
		return lipgloss.NewStyle().Foreground(mix(l.scale[0], l.scale[1], at))
	}
	return lipgloss.NewStyle().Foreground(mix(l.scale[1], l.scale[2], at-1))
}

// Breath is how words are written after a turn of the temperature: in its colour at 0, nearly as all text at 1. It is false where
// they are as all text.
func (l *Look) Breath(temperature, age float64) (lipgloss.Style, bool) {
	if l.Tokens.Plain || age >= 1 {
		return lipgloss.NewStyle(), false
	}
	paint := l.Heat(temperature)
	if _, ok := l.scale[0].(ansi.BasicColor); ok {
		return paint, age < 0.5
	}
	return paint.Foreground(mix(paint.GetForeground(), l.scale[3], age)), true
}

// Thermometer is a gauge of that many columns on the same scale.
func (l *Look) Thermometer(temperature float64, width int) string {
	return l.Gauge(temperature/Hottest, width, l.Heat(temperature))
}

// Scale is a large thermometer of that many columns, in which every column has the colour of the temperature that it stands for.
func (l *Look) Scale(temperature float64, width int) string {
	eighths := int(math.Round(max(min(temperature/Hottest, 1), 0) * float64(8*width)))
	filled := Blocks(eighths)
	heat := make([]float64, len([]rune(filled)))
	for i := range heat {
		heat[i] = Hottest * (float64(i) + 0.5) / float64(width)
	}
	return l.Heated(filled, heat) + l.Dim.Render(strings.Repeat("─", width-len(heat)))
}

// Marks are the temperatures of a [Look.Scale], below their columns.
func (l *Look) Marks(width int) string {
	marks := []string{"0", "0.5", "1", "1.5", "2"}
	line := ""
	for i, mark := range marks {
		at := i * (width - 1) / (len(marks) - 1)
		line = Pad(line, at-(len(mark)-1)*i/(len(marks)-1)) + mark
	}
	return l.Dim.Render(line)
}

// Heated is a text in which every letter has the colour of a temperature.
func (l *Look) Heated(text string, temperatures []float64) string {
	var b strings.Builder
	letters := []rune(text)
	for i := 0; i < len(letters); {
		end := i + 1
		for end < len(letters) && temperatures[end] == temperatures[i] {
			end++
		}
		b.WriteString(l.Heat(temperatures[i]).Render(string(letters[i:end])))
		i = end
	}
	return b.String()
}

// Blocks is a bar of so many eighths of a column.
func Blocks(eighths int) string {
	bar := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		bar += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return bar
}

// Gauge is a line of which the share is filled, in the paint given, and the rest is dim.
func (l *Look) Gauge(share float64, width int, paint lipgloss.Style) string {
	halves := int(math.Round(max(min(share, 1), 0) * float64(2*width)))
	filled := strings.Repeat("━", halves/2)
	if halves%2 == 1 {
		filled += "╸"
	}
	rest := l.Dim.Render(strings.Repeat("─", width-(halves+1)/2))
	if filled == "" {
		return rest
	}
	return paint.Render(filled) + rest
}

// Pulse is a gauge of that many columns in which something goes to and fro, a column with every beat.
func (l *Look) Pulse(beat, width int) string {
	const long = 2
	way := max(width-long, 1)
	at := beat % (2 * way)
	if at > way {
		at = 2*way - at
	}
	var b strings.Builder
	for i := range width {
		if i >= at && i < at+long {
			b.WriteString(l.Heat(Hottest * float64(i) / float64(max(width-1, 1))).Render("━"))
		} else {
			b.WriteString(l.Dim.Render("─"))
		}
	}
	return b.String()
}

// mix is the colour between two, at 0 the first, at 1 the second. Without colours there is nothing to mix.
func mix(a, b color.Color, at float64) color.Color {
	if a == nil || b == nil {
		return lipgloss.NoColor{}
	}
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	between := func(a, b uint32) uint8 { return uint8((float64(a)*(1-at) + float64(b)*at) / 257) }
	return color.RGBA{between(ar, br), between(ag, bg), between(ab, bb), 255}
}

// Gradient paints lines of one width from the cold end of the scale on the left to its hot end on the right.
func (l *Look) Gradient(lines []string) []string {
	painted := make([]string, len(lines))
	for i, line := range lines {
		var b strings.Builder
		runes := []rune(line)
		for at, r := range runes {
			if r == ' ' {
				b.WriteRune(r)
				continue
			}
			b.WriteString(l.Heat(Hottest * float64(at) / float64(len(runes)-1)).Render(string(r)))
		}
		painted[i] = b.String()
	}
	return painted
}
