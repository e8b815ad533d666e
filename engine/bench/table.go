package bench

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Table writes the report as Markdown: the machine, its limits, and a table in the manner of llama.cpp's llama-bench.
func (r *Report) Table(w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n\n", r.Machine)
	limits := [][]string{{"limit", "median (min-max)"}}
	for _, f := range limitsInOrder {
		limit := r.Limits[f.name]
		limits = append(limits, []string{f.title, limit.in(1e9, f.unit)})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Limits)) {
		if weights, ok := strings.CutPrefix(name, "memory "); ok {
			limits = append(limits, []string{"as many bytes as the weights have in " + weights, r.Limits[name].in(1e9, "GB/s")})
		}
	}
	writeTable(&text, limits, 1)
	text.WriteString("\n")

	rows := [][]string{{"model", "size", "params", "weights", "threads", "test", "t/s median (min-max)", "% of limit"}}
	for _, result := range r.Results {
		percent := "-"
		if result.Percent != nil {
			percent = fmt.Sprintf("%.0f (%s)", *result.Percent, *result.Limit)
		}
		rows = append(rows, []string{label(result.Model), amount(result.Bytes), millions(result.Parameters), result.Weights,
			fmt.Sprint(result.Threads), result.Test, result.value(), percent})
	}
	writeTable(&text, rows, 1, 2, 4, 6, 7)
	text.WriteString("\n")
	for _, note := range r.Notes {
		fmt.Fprintf(&text, "- %s\n", note)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

var limitsInOrder = []struct{ name, title, unit string }{
	{"memory", "memory read by all threads", "GB/s"},
	{"fma", "float32 multiply-adds in registers", "GFLOP/s"},
	{"integer", "8-bit multiply-adds in registers", "GOP/s"},
}

// value is the median with its unit, unless that is tokens a second, and the range.
func (r Result) value() string {
	switch r.Unit {
	case tokensPerSecond:
		return r.in(1, "")
	case milliseconds:
		return r.in(1, "ms")
	case inBytes:
		return r.in(1<<20, "MiB")
	}
	return r.in(1, "x")
}

func (s Spread) in(scale float64, unit string) string {
	if unit != "" {
		unit = " " + unit
	}
	return fmt.Sprintf("%s%s (%s-%s)", number(s.Median/scale), unit, number(s.Min/scale), number(s.Max/scale))
}

// number has three digits or more.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// label is a model's name as a cell of a table: the folder alone of a path, and nothing that would end the cell.
func label(name string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ").Replace(filepath.Base(filepath.Clean(name)))
}

func amount(n int) string {
	if n < 1<<30 {
		return fmt.Sprintf("%.2f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.2f GiB", float64(n)/(1<<30))
}

func millions(n int) string {
	if n < 1e9 {
		return fmt.Sprintf("%.2f M", float64(n)/1e6)
	}
	return fmt.Sprintf("%.2f B", float64(n)/1e9)
}

// writeTable writes rows, the first of which is the head, with their columns one below the other. The columns named are
// set to the right.
func writeTable(text *strings.Builder, rows [][]string, right ...int) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	toRight := make([]bool, len(widths))
	for _, i := range right {
		toRight[i] = true
	}
	for n, row := range rows {
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if toRight[i] {
				cell = pad + cell
			} else {
				cell += pad
			}
			fmt.Fprintf(text, "| %s ", cell)
		}
		text.WriteString("|\n")
		if n > 0 {
			continue
		}
		for i, width := range widths {
			if toRight[i] {
				fmt.Fprintf(text, "| %s: ", strings.Repeat("-", width-1))
			} else {
				fmt.Fprintf(text, "| %s ", strings.Repeat("-", width))
			}
		}
		text.WriteString("|\n")
	}
}
