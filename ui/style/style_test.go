package style

import (
	"fmt"
	"image/color"
	"math"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// luminance is the relative luminance of WCAG 2.2.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// grounds are backgrounds that terminals have: black and white, and those of widespread themes.
var grounds = map[bool][]string{
	true:  {"#000000", "#0c0c0c", "#1e1e1e", "#1d1f21", "#282828", "#1e1e2e"},
	false: {"#ffffff", "#fafafa", "#fdf6e3"},
}

// Text can be read on every ground in every theme, hints too, and so can a temperature of any value. The terminal's own colours are
// taken to be xterm's on its black or white.
func TestContrast(t *testing.T) {
	for _, base := range Bases() {
		for dark, backgrounds := range grounds {
			theme := Theme{Base: base}
			if on := theme.on(dark); on != dark {
				continue
			}
			text, hint := 4.5, 3.0
			switch base {
			case "terminal":
				backgrounds = backgrounds[:1]
			case "high-contrast":
				text, hint = 6, 4.5
			}
			look := theme.Look(dark, false)
			paints := map[string]color.Color{}
			for _, token := range Tokens() {
				paints[token.Name] = theme.Colour(token.Name, dark)
			}
			for at := 0.0; at <= Hottest; at += 0.05 {
				paints[fmt.Sprintf("T %.2f", at)] = look.Heat(at).GetForeground()
				for age := 0.0; age < 1; age += 0.25 {
					if paint, fades := look.Breath(at, age); fades {
						paints[fmt.Sprintf("T %.2f, fading %.2f", at, age)] = paint.GetForeground()
					}
				}
			}
			for name, paint := range paints {
				least := text
				if name == "subtle" {
					least = hint
				}
				for _, ground := range backgrounds {
					if got := contrast(xterm(paint), lipgloss.Color(ground)); got < least {
						t.Errorf("%s, %s on %s: contrast %.2f, want %.1f at least", base, name, ground, got, least)
					}
				}
			}
		}
	}
}

// xterm is a colour as xterm shows it, whose blues are brighter than those of the first PCs.
func xterm(c color.Color) color.Color {
	own, ok := c.(ansi.BasicColor)
	if !ok {
		return c
	}
	return lipgloss.Color([]string{"#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
		"#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"}[own])
}

// A gauge has its width at every share, and more of it is filled the larger the share is.
func TestGauge(t *testing.T) {
	look, last := Theme{}.Look(true, false), -1
	for share := -0.5; share <= 1.5; share += 0.01 {
		text := ansi.Strip(look.Gauge(share, 6, look.Dim))
		if ansi.StringWidth(text) != 6 {
			t.Fatalf("share %.2f: %q is not 6 columns wide", share, text)
		}
		filled := 0
		for _, r := range text {
			switch r {
			case '━':
				filled += 2
			case '╸':
				filled++
			}
		}
		if filled < last {
			t.Errorf("share %.2f: %q is emptier than a smaller share", share, text)
		}
		last = filled
	}
	if last != 12 {
		t.Errorf("a full gauge has %d halves, want 12", last)
	}
}

// The large thermometer has its width at every temperature, its marks stand where they belong, and its columns have the colours of
// the scale, each that of its own temperature.
func TestScale(t *testing.T) {
	look := Theme{}.Look(true, false)
	for width := 24; width < 120; width++ {
		for _, at := range []float64{-1, 0, 0.01, 0.8, 1.3, 2, 5} {
			if line := look.Scale(at, width); ansi.StringWidth(line) != width {
				t.Fatalf("T %v in %d columns: %q", at, width, line)
			}
		}
		if marks := ansi.Strip(look.Marks(width)); ansi.StringWidth(marks) != width || marks[0] != '0' || marks[width-1] != '2' {
			t.Fatalf("%d columns: %q", width, marks)
		}
	}
	full := look.Scale(Hottest, 40)
	for _, at := range []float64{0.025, 0.975, 1.975} {
		if !strings.Contains(full, look.Heat(at).Render("█")) {
			t.Errorf("no column of %q has the colour of T %v", full, at)
		}
	}
}
