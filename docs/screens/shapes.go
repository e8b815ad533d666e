package main

import (
	"fmt"
	"strings"
)

// arms are the lines from the middle of a cell that a sign of Unicode's box drawing has: up, right, down, left; 1 is light, 2 heavy.
var arms = map[string][4]float64{
	"─": {0, 1, 0, 1}, "━": {0, 2, 0, 2}, "│": {1, 0, 1, 0}, "┃": {2, 0, 2, 0},
	"╴": {0, 0, 0, 1}, "╵": {1, 0, 0, 0}, "╶": {0, 1, 0, 0}, "╷": {0, 0, 1, 0},
	"╸": {0, 0, 0, 2}, "╹": {2, 0, 0, 0}, "╺": {0, 2, 0, 0}, "╻": {0, 0, 2, 0},
	"┌": {0, 1, 1, 0}, "┐": {0, 0, 1, 1}, "└": {1, 1, 0, 0}, "┘": {1, 0, 0, 1},
	"╭": {0, 1, 1, 0}, "╮": {0, 0, 1, 1}, "╰": {1, 1, 0, 0}, "╯": {1, 0, 0, 1},
	"┏": {0, 2, 2, 0}, "┓": {0, 0, 2, 2}, "┗": {2, 2, 0, 0}, "┛": {2, 0, 0, 2},
	"├": {1, 1, 1, 0}, "┤": {1, 0, 1, 1}, "┬": {0, 1, 1, 1}, "┴": {1, 1, 0, 1}, "┼": {1, 1, 1, 1},
	"┣": {2, 2, 2, 0}, "┫": {2, 0, 2, 2}, "┳": {0, 2, 2, 2}, "┻": {2, 2, 0, 2}, "╋": {2, 2, 2, 2},
}

// shaped is the path of a sign that is made of lines or blocks, so many times beside each other; "" for any other.
func shaped(sign string, left, top float64, times int) string {
	wide := float64(times) * cellWidth
	if a, ok := arms[sign]; ok {
		return armed(a, left, top, times)
	}
	if i := blockOf("▏▎▍▌▋▊▉█", sign); i > 0 {
		if i == 8 {
			return rectangle(left, top, wide, cellHeight)
		}
		var b strings.Builder
		for n := range times {
			b.WriteString(rectangle(left+float64(n)*cellWidth, top, cellWidth*float64(i)/8, cellHeight))
		}
		return b.String()
	}
	if i := blockOf("▁▂▃▄▅▆▇", sign); i > 0 {
		height := cellHeight * float64(i) / 8
		return rectangle(left, top+cellHeight-height, wide, height)
	}
	return ""
}

// blockOf is the number of a sign among signs, from 1; 0: it is none of them.
func blockOf(signs, sign string) int {
	for i, r := range []rune(signs) {
		if string(r) == sign {
			return i + 1
		}
	}
	return 0
}

// armed draws the lines of a sign; those that run through are one.
func armed(a [4]float64, left, top float64, times int) string {
	const thin = 1.4
	up, right, down, to := a[0]*thin, a[1]*thin, a[2]*thin, a[3]*thin
	if up == 0 && down == 0 && right == to {
		return rectangle(left, top+(cellHeight-right)/2, float64(times)*cellWidth, right)
	}
	var b strings.Builder
	for n := range times {
		x, y := left+float64(n)*cellWidth+cellWidth/2, top+cellHeight/2
		joint := max(up, down, right, to) / 2 // corners have no notch
		if up > 0 {
			b.WriteString(rectangle(x-up/2, top, up, cellHeight/2+joint))
		}
		if down > 0 {
			b.WriteString(rectangle(x-down/2, y-joint, down, cellHeight/2+joint))
		}
		if right > 0 {
			b.WriteString(rectangle(x-joint, y-right/2, cellWidth/2+joint, right))
		}
		if to > 0 {
			b.WriteString(rectangle(x-cellWidth/2, y-to/2, cellWidth/2+joint, to))
		}
	}
	return b.String()
}

func rectangle(x, y, width, height float64) string {
	return fmt.Sprintf("M%s %sh%sv%sh-%sz", short(x), short(y), short(width), short(height), short(width))
}

// short is a number with as few digits as a picture needs.
func short(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), ".")
}
