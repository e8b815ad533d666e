package text

import (
	"strings"
	"unicode"
)

// Press does what a key does in a text. known is false for keys that mean nothing there.
func (a *Area) Press(name, text string) (known bool) {
	if move, ok := strings.CutPrefix(name, "shift+"); ok && a.moves(move) {
		return a.extend(move)
	}
	if move := strings.Replace(name, "shift+", "", 1); move != name && a.moves(move) {
		return a.extend(move)
	}
	if a.moves(name) {
		a.mark = nil
		a.move(name)
		return true
	}
	return a.change(name, text)
}

// moves says whether a key moves the cursor.
func (a *Area) moves(name string) bool {
	switch name {
	case "left", "ctrl+b", "right", "alt+left", "ctrl+left", "alt+b", "alt+right", "ctrl+right", "alt+f",
		"home", "ctrl+a", "end", "ctrl+e", "up", "down", "alt+<", "alt+>":
		return true
	}
	return false
}

// extend moves the cursor and selects what it passes.
func (a *Area) extend(move string) bool {
	if a.mark == nil {
		here := a.cursor()
		a.mark = &here
	}
	a.move(move)
	return true
}

func (a *Area) move(name string) {
	p := a.current()
	switch name {
	case "up", "down":
		a.moveRow(map[string]int{"up": -1, "down": +1}[name])
		return
	case "left", "ctrl+b":
		if !p.Move(-1) {
			a.across(-1)
		}
	case "right":
		if !p.Move(+1) {
			a.across(+1)
		}
	case "alt+left", "ctrl+left", "alt+b":
		if p.at == 0 {
			a.across(-1)
		}
		a.current().at = a.current().WordLeft()
	case "alt+right", "ctrl+right", "alt+f":
		if p.at == len(p.parts) {
			a.across(+1)
		}
		a.current().at = a.current().WordRight()
	case "alt+<":
		a.moveTo(place{})
	case "alt+>":
		last := len(a.paragraphs) - 1
		a.moveTo(place{last, len(a.paragraphs[last].parts)})
	default: // the ends of a paragraph
		p.Press(name, "")
	}
	a.column = -1
}

// across moves the cursor to the end of the paragraph before, or to the beginning of the next.
func (a *Area) across(step int) bool {
	if a.at+step < 0 || a.at+step >= len(a.paragraphs) {
		return false
	}
	a.at += step
	if step < 0 {
		a.current().End()
	} else {
		a.current().Start()
	}
	return true
}

// change does what a key changes.
func (a *Area) change(name, text string) bool {
	p := a.current()
	here := a.cursor()
	before, after := here, here // what is deleted
	switch name {
	case "backspace", "ctrl+h", "shift+backspace":
		before.cluster--
	case "delete":
		after.cluster++
	case "alt+backspace", "ctrl+w", "ctrl+backspace":
		before.cluster = p.WordLeft()
	case "alt+delete", "alt+d", "ctrl+delete":
		after.cluster = p.WordRight()
	case "ctrl+u":
		before.cluster = 0
	case "ctrl+k":
		after.cluster = len(p.parts)
	case "alt+c", "alt+l", "alt+u":
		a.recase(name)
		return true
	case "ctrl+t":
		a.transpose()
		return true
	default:
		if text == "" {
			return false
		}
		a.Insert(text)
		return true
	}
	a.column = -1
	if a.deleteSelection() {
		return true
	}
	// At the end of a paragraph the break goes.
	switch {
	case before.cluster < 0 || before == here && after == here && here.cluster == 0 && here.paragraph > 0 && backwards(name):
		if here.paragraph == 0 {
			return true
		}
		before = place{here.paragraph - 1, len(a.paragraphs[here.paragraph-1].parts)}
	case after.cluster > len(p.parts) || before == here && after == here && here.cluster == len(p.parts) && !backwards(name):
		if here.paragraph == len(a.paragraphs)-1 {
			return true
		}
		after = place{here.paragraph + 1, 0}
	}
	a.remove(before, after)
	return true
}

// backwards says whether a key deletes what stands before the cursor.
func backwards(name string) bool {
	return strings.HasSuffix(name, "backspace") || name == "ctrl+h" || name == "ctrl+w" || name == "ctrl+u"
}

// recase changes the word after the cursor to upper or lower case, or its first letter.
func (a *Area) recase(name string) {
	p := a.current()
	end, first := p.WordRight(), true
	for i := p.at; i < end; i++ {
		if blank(p.parts[i]) {
			continue
		}
		switch {
		case name == "alt+u", name == "alt+c" && first:
			p.parts[i] = strings.ToUpper(p.parts[i])
		case name == "alt+l":
			p.parts[i] = strings.Map(unicode.ToLower, p.parts[i])
		}
		first = false
	}
	all := p.String()
	rest := len(strings.Join(p.parts[end:], ""))
	p.Set(all[:len(all)-rest])
	p.Insert("")
	at := p.at
	p.Set(all)
	p.at, p.width, a.column = min(at, len(p.parts)), 0, -1
}

// transpose swaps the clusters at both sides of the cursor, at the end the last two.
func (a *Area) transpose() {
	p := a.current()
	if p.at == len(p.parts) {
		p.at--
	}
	if p.at < 1 {
		p.at = max(p.at, 0)
		return
	}
	p.parts[p.at-1], p.parts[p.at] = p.parts[p.at], p.parts[p.at-1]
	at := p.at + 1
	p.Set(p.String())
	p.at, p.width, a.column = min(at, len(p.parts)), 0, -1
}
