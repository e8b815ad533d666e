package engine

import "strings"

// heldText keeps back the end of a text while it may still be the beginning of a stop string.
type heldText struct {
	text string
}

// push adds text and returns what can be shown. stopped says that one of stops is complete; the text before the
// earliest of them is returned then and the rest is dropped. stops may differ from call to call.
func (h *heldText) push(text string, stops []string) (show string, stopped bool) {
	h.text += text
	first := -1
	for _, stop := range stops {
		if i := strings.Index(h.text, stop); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	if first >= 0 {
		show, h.text = h.text[:first], ""
		return show, true
	}
	keep := 0
	for _, stop := range stops {
		keep = max(keep, overlap(h.text, stop))
	}
	cut := len(h.text) - keep
	show, h.text = h.text[:cut], h.text[cut:]
	return show, false
}

// flush returns what is still held.
func (h *heldText) flush() string {
	text := h.text
	h.text = ""
	return text
}

// overlap is the length of the longest end of text that is a beginning, but not all, of stop.
func overlap(text, stop string) int {
	for n := min(len(text), len(stop)-1); n > 0; n-- {
		if strings.HasSuffix(text, stop[:n]) {
			return n
		}
	}
	return 0
}
