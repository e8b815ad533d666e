package session

import "inkling/chat"

// A Stretch is how far the model goes on: "" until it ends or has max_tokens.
type Stretch string

// The stretches that are asked for.
const (
	ToSentence  Stretch = "sentence"  // to the end of a sentence
	ToParagraph Stretch = "paragraph" // to the end of a paragraph
)

// room is how many tokens a stretch has at least.
func (s Stretch) room() int { return map[Stretch]int{ToSentence: 120, ToParagraph: 400}[s] }

// end is how many bytes of a text the stretch is; -1 while it has not come to its end.
func (s Stretch) end(text string) int {
	switch s {
	case ToSentence:
		return chat.Sentence(text)
	case ToParagraph:
		return chat.Paragraph(text)
	}
	return -1
}

// reached ends a reply that has come to the end of its stretch.
func (w *writing) reached(until Stretch) {
	if w.paused || w.cut > 0 {
		return
	}
	if n := until.end(w.raw[len(w.begun):]); n > 0 {
		w.cut = len(w.begun) + n
		w.cancel()
	}
}

// trim takes back what was written after the end of the stretch, and returns how many tokens that is.
func (w *writing) trim(piece func(chat.TraceToken) []byte) (removed int) {
	if w.cut == 0 || w.cut > len(w.raw) {
		w.cut = 0
		return 0
	}
	w.raw = w.raw[:w.cut]
	bytes := len(w.begun)
	for i, token := range w.trace[w.begins:] {
		if bytes += len(piece(token)); bytes > w.cut {
			removed = len(w.trace) - w.begins - i
			w.tracing.remove(removed)
			break
		}
	}
	return removed
}

// runContinue is the command /continue.
func runContinue(s *Session, arg string) []Work {
	switch until := Stretch(arg); until {
	case "", ToSentence, ToParagraph:
		return s.Reply.Continue(until)
	}
	s.problem("usage: /continue [sentence|paragraph]")
	return nil
}
