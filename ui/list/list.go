// Package list is the one list of the screen: rows with headings, of which one is chosen, a filter, and a window that shows
// the chosen row. Only rows that are seen are drawn.
package list

import (
	"slices"
	"strings"
)

// A List has items that can be chosen. Its zero value is empty.
type List[T any] struct {
	// Words is what the filter looks at; nil for no filter.
	Words func(T) string
	// Heading stands above the first of the items that have it in common; nil for none.
	Heading func(T) string

	items  []T
	words  []string // of each, in lower case
	filter []string
	shown  []T
	chosen int   // -1: none
	drawn  []int // the items on the lines that were drawn last, -1 for a heading
	picked int   // the item that was picked last by its line, from 1; 0: none
}

// Set replaces the items. The choice stays where it was, as far as there are so many.
func (l *List[T]) Set(items []T) {
	l.items, l.words = items, nil
	l.sift()
}

// Filter leaves the items that have every word of the text.
func (l *List[T]) Filter(text string) {
	filter := strings.Fields(strings.ToLower(text))
	if !slices.Equal(filter, l.filter) {
		l.filter = filter
		l.sift()
	}
}

// sift works out what is shown.
func (l *List[T]) sift() {
	l.shown = l.items
	if len(l.filter) > 0 && l.Words != nil {
		if l.words == nil {
			for _, item := range l.items {
				l.words = append(l.words, strings.ToLower(l.Words(item)))
			}
		}
		l.shown = nil
		for i, item := range l.items {
			if !slices.ContainsFunc(l.filter, func(w string) bool { return !strings.Contains(l.words[i], w) }) {
				l.shown = append(l.shown, item)
			}
		}
	}
	l.Move(0)
}

// Shown are the items that the filter leaves.
func (l *List[T]) Shown() []T { return l.shown }

// Chosen is the chosen item; false where none is.
func (l *List[T]) Chosen() (item T, ok bool) {
	if l.chosen < 0 || l.chosen >= len(l.shown) {
		return item, false
	}
	return l.shown[l.chosen], true
}

// Choose chooses the item of that number, none for -1.
func (l *List[T]) Choose(n int) { l.chosen = min(n, len(l.shown)-1) }

// Pick chooses the item on a line of what was drawn last. again says that it was picked before, and is chosen still; ok is false where
// there is none.
func (l *List[T]) Pick(line int) (again, ok bool) {
	if line < 0 || line >= len(l.drawn) || l.drawn[line] < 0 || l.drawn[line] >= len(l.shown) {
		return false, false
	}
	n := l.drawn[line]
	again = l.picked == n+1 && l.chosen == n
	l.chosen, l.picked = n, n+1
	return again, true
}

// Move chooses another item, as far as there are any.
func (l *List[T]) Move(step int) { l.chosen = max(min(l.chosen+step, len(l.shown)-1), 0) }

// Cycle chooses another item, the first after the last.
func (l *List[T]) Cycle(step int) {
	n := len(l.shown)
	if n == 0 {
		return
	}
	if l.chosen += step; l.chosen < 0 {
		l.chosen = n - 1
	}
	l.chosen %= n
}

// page is how many items PgUp passes.
const page = 10

// Press chooses as a key does. It reports false for keys that choose nothing.
func (l *List[T]) Press(key string) bool {
	switch key {
	case "up", "ctrl+p":
		l.Move(-1)
	case "down", "ctrl+n":
		l.Move(+1)
	case "pgup":
		l.Move(-page)
	case "pgdown":
		l.Move(+page)
	default:
		return false
	}
	return true
}

// Lines are at most height lines, the chosen item among them. draw draws an item, head a heading.
func (l *List[T]) Lines(height int, draw func(item T, chosen bool) string, head func(string) string) (lines []string) {
	// The lines of the list, by item: -1 for the heading above the next one.
	var rows []int
	at := 0
	for i, item := range l.shown {
		if l.Heading != nil && (i == 0 || l.Heading(item) != l.Heading(l.shown[i-1])) {
			rows = append(rows, -1)
		}
		if i == l.chosen {
			at = len(rows)
		}
		rows = append(rows, i)
	}
	first := max(min(at-height+1, len(rows)-height), 0)
	if l.chosen <= 0 {
		first = 0 // with its heading
	}
	l.drawn = l.drawn[:0]
	for n := first; n < min(first+max(height, 0), len(rows)); n++ {
		l.drawn = append(l.drawn, rows[n])
		if i := rows[n]; i >= 0 {
			lines = append(lines, draw(l.shown[i], i == l.chosen))
		} else {
			lines = append(lines, head(l.Heading(l.shown[rows[n+1]])))
		}
	}
	return lines
}
