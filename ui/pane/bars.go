package pane

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"inkling/chat/session"
	"inkling/ui/safe"
	"inkling/ui/style"
)

// leastBars is how many lines bars are worth.
const leastBars = 6

// mostBars is how many lines they take at most while the parameters above them want the room, and leastRows what is left to those.
const mostBars, leastRows = 16, 10

// bars show the likeliest next tokens, each with its probability before and after sampling at a temperature, on exactly height lines.
func bars(look *style.Look, odds session.Odds, course session.Course, temperature float64, width, height int) []string {
	const most, share = 24, 5 // columns of a token's name; and of a percentage
	bar := max((min(width, 80)-most/2-2*share-4)/2, 1)
	name := max(min(width-2*(bar+share)-4, most), 1)
	told := fmt.Sprintf("%.2f bits · %d left · %s kept", odds.Entropy, odds.Left, percent(odds.Kept))
	if width >= 50 {
		told = "entropy " + told
	}
	lines := []string{
		look.Dim.Render(style.Margin + told),
		look.Dim.Render(style.Margin + style.Pad("next token", name) + " " + style.Pad("model", bar+share) + " sampled"),
	}
	below := steps(odds, width)
	for i, l := range below {
		below[i] = look.Dim.Render(l)
	}
	below = append(below[:min(len(below), max(height-len(lines)-leastBars-1, 0))], sparks(look, course, width)...)
	below = below[:min(len(below), max(height-len(lines)-leastBars, 0))]
	for _, o := range odds.Tokens[:min(len(odds.Tokens), max(height-len(lines)-len(below), 0))] {
		after := look.Heat(temperature).Render(blocks(o.After, bar)) + style.PadLeft(percent(o.After), share)
		if o.After == 0 {
			after = look.Dim.Render(o.Dropped)
		}
		word := ansi.Truncate(shown(o.Text), name, "…")
		lines = append(lines, style.Margin+style.Pad(word, name)+" "+
			look.Dim.Render(blocks(o.Before, bar)+style.PadLeft(percent(o.Before), share))+" "+after)
	}
	for _, l := range below {
		lines = append(lines, style.Margin+l)
	}
	return filled(lines, width, height)
}

// steps tell what each step of sampling left, in order.
func steps(odds session.Odds, width int) (lines []string) {
	line := ""
	for _, s := range odds.Steps {
		part := fmt.Sprintf("%s %d", s.Name, s.Left)
		if s.Kept < 1 {
			part += " " + percent(s.Kept)
		}
		switch {
		case line == "":
			line = part
		case ansi.StringWidth(line)+ansi.StringWidth(part)+3 > width-len(style.Margin):
			lines = append(lines, line)
			line = "› " + part
		default:
			line += " › " + part
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// sparks show the temperature of the last tokens of a reply on the scale of the thermometer, and their surprise from its smallest to
// its largest.
func sparks(look *style.Look, c session.Course, width int) []string {
	each := (width - len(style.Margin) - len("T   surprise ")) / 2
	if len(c.Surprise) == 0 || each < 4 {
		return nil
	}
	low, high := slices.Min(c.Surprise), slices.Max(c.Surprise)
	if low == high {
		low, high = low-1, high+1
	}
	return []string{look.Dim.Render("T ") + spark(look, c.Temperature, each, 0, style.Hottest) + look.Dim.Render("  surprise ") + spark(look, c.Surprise, each, low, high)}
}

// spark is a line of blocks, one for each of the last numbers, as high and as warm as it is from low to high.
func spark(look *style.Look, numbers []float64, width int, low, high float64) string {
	numbers = numbers[max(len(numbers)-width, 0):]
	line, heat := make([]rune, len(numbers)), make([]float64, len(numbers))
	for i, x := range numbers {
		level := max(min(int(math.Round((x-low)/(high-low)*7)), 7), 0)
		line[i], heat[i] = []rune("▁▂▃▄▅▆▇█")[level], float64(level)/7*style.Hottest
	}
	return style.Pad(look.Heated(string(line), heat), width)
}

// shown is the text of a token with its white space in sight.
func shown(text string) string {
	return strings.NewReplacer(" ", "␣", "\n", "").Replace(safe.Visible(text)) // which leaves a line break after its sign
}

// blocks is a bar of so many columns, filled to an eighth.
func blocks(share float64, width int) string {
	return style.Pad(style.Blocks(int(math.Round(max(min(share, 1), 0)*float64(8*width)))), width)
}

// percent is a share for people: a small one is not nothing, and nearly all is not all.
func percent(share float64) string {
	switch {
	case share > 0 && share < 0.005:
		return "<1%"
	case share < 1 && share >= 0.995:
		return ">99%"
	}
	return fmt.Sprintf("%.0f%%", 100*share)
}
