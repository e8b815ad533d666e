package chat

import (
	"errors"
	"strings"
)

// dialogpt joins the turns and ends each with end-of-text, as DialoGPT was
// trained (Zhang et al., 2020, section 3.1). A system text goes first as a
// turn. White space around a text is dropped.
type dialogpt struct{}

func (dialogpt) Name() string { return "dialogpt" }

func (dialogpt) Stop() []string { return nil }

func (dialogpt) CleanReply(text string) string { return strings.TrimSpace(text) }

func (dialogpt) opening(tok Tokenizer, system string, modelFirst bool) ([]int, error) {
	end, ok := tok.EndOfText()
	if !ok {
		return nil, errors.New("prompt format dialogpt: the model's vocabulary has no end-of-text token; choose transcript or plain")
	}
	first := begin(tok)
	if system = strings.TrimSpace(system); system != "" {
		return append(append(first, tok.Encode(system)...), end), nil
	}
	if modelFirst && first == nil {
		return []int{end}, nil
	}
	return first, nil
}

func (f dialogpt) segment(tok Tokenizer, t *Turn, _ string) segment {
	var s segment
	if t.Role == Assistant {
		s.body = replyIDs(tok, f, t)
	}
	if s.body == nil {
		s.body = tok.Encode(strings.TrimSpace(t.Text))
	}
	if end, ok := tok.EndOfText(); ok {
		s.tail = []int{end}
	}
	return s
}

func (dialogpt) cue(Tokenizer) []int { return nil }

func (dialogpt) roles() bool { return true }
