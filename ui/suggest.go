package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// suggestions are completions of the command in the input.
type suggestions struct {
	rows   []suggestion
	chosen int  // -1: none yet
	moved  bool // the user picked it
}

type suggestion struct {
	line string // what the input becomes
	text string // what is shown
	help string
}

const mostRows = 6

// suggestions works out what could complete the input.
func (p *program) suggestions() suggestions {
	text := p.composer.text()
	if !strings.HasPrefix(text, "/") || strings.Contains(text, "\n") {
		return suggestions{}
	}
	var rows []suggestion
	name, arg, hasArg := strings.Cut(text, " ")
	name = strings.ToLower(name)
	for _, c := range p.commands {
		if !hasArg {
			for _, n := range c.names {
				if strings.HasPrefix(n, name) {
					rows = append(rows, suggestion{line: n + " ", text: strings.TrimSpace(n + " " + c.args), help: c.help})
					break
				}
			}
			continue
		}
		if c.values == nil || !slices.Contains(c.names, name) {
			continue
		}
		for _, v := range c.values(p, arg) {
			if strings.HasPrefix(v, strings.ReplaceAll(arg, "-", "_")) && v != arg {
				rows = append(rows, suggestion{line: name + " " + v + c.after, text: v})
			}
		}
	}
	return suggestions{rows: rows, chosen: -1}
}

func (s *suggestions) open() bool { return len(s.rows) > 0 }

// accepted says that Enter takes the chosen row.
func (s *suggestions) accepted() bool { return s.open() && s.moved }

// move chooses another row; it reports false when there are none.
func (s *suggestions) move(step int) bool {
	if !s.open() {
		return false
	}
	s.moved = true
	s.chosen += step
	if s.chosen < 0 {
		s.chosen = len(s.rows) - 1
	}
	s.chosen %= len(s.rows)
	return true
}

// complete puts the chosen row, or the first, into the input.
func (p *program) complete() tea.Cmd {
	s := p.suggest
	if !s.open() {
		return nil
	}
	p.composer.set(s.rows[max(s.chosen, 0)].line)
	return p.edited()
}

// lines shows at most limit rows, the chosen one among them.
func (s *suggestions) lines(look *look, width, limit int) []string {
	limit = min(limit, mostRows, len(s.rows))
	if limit <= 0 {
		return nil
	}
	first := min(max(s.chosen-limit+1, 0), len(s.rows)-limit)
	column := 0
	for _, r := range s.rows {
		column = max(column, ansi.StringWidth(r.text))
	}
	var lines []string
	for i, r := range s.rows[first : first+limit] {
		text := r.text + strings.Repeat(" ", column-ansi.StringWidth(r.text))
		if first+i == s.chosen {
			text = look.Selected.Render("› " + text)
		} else {
			text = "  " + text
		}
		lines = append(lines, ansi.Truncate(text+"  "+look.Dim.Render(r.help), width, "…"))
	}
	return lines
}
