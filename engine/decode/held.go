package decode

import "strings"

// heldText keeps back the end of a text while it may still be the beginning of a stop string or of an unwanted word.
type heldText struct {
	text string
}

// push adds text and returns what can be shown. stopped says that one of stops is complete; the text before the
// earliest of them is returned then and the rest is dropped. unwanted is where the earliest unwanted word begins in what is held,
// -1 for nowhere; nothing changes then but that the text is added. Both lists may differ from call to call.
func (h *heldText) push(text string, stops, words []string) (show string, stopped bool, unwanted int) {
	if h.text == "" && len(stops) == 0 && len(words) == 0 {
		return text, false, -1
	}
	h.text += text
	stop := earliest(h.text, stops)
	if unwanted = earliest(h.text, words); unwanted >= 0 && (stop < 0 || unwanted < stop) {
		return "", false, unwanted
	}
	if stop >= 0 {
		show, h.text = h.text[:stop], ""
		return show, true, -1
	}
	cut := len(h.text) - max(overlaps(h.text, stops), overlaps(h.text, words))
	show, h.text = h.text[:cut], h.text[cut:]
	return show, false, -1
}

// flush returns what is still held.
func (h *heldText) flush() string {
	text := h.text
	h.text = ""
	return text
}

// earliest is where the first of the words begins in text, -1 where none is in it.
func earliest(text string, words []string) int {
	first := -1
	for _, word := range words {
		if i := strings.Index(text, word); i >= 0 && (first < 0 || i < first) {
			first = i
		}
	}
	return first
}

// overlaps is the length of the longest end of text that is a beginning, but not all, of a word.
func overlaps(text string, words []string) int {
	longest := 0
	for _, word := range words {
		for n := min(len(text), len(word)-1); n > longest; n-- {
			if strings.HasSuffix(text, word[:n]) {
				longest = n
			}
		}
	}
	return longest
}
