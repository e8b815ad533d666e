package prompt

import (
	"errors"
	"strings"

	"inkling/chat"
)

// dialogpt joins the turns and ends each with end-of-text, as DialoGPT was
// trained (Zhang et al., 2020, section 3.1). A system text goes first as a
// turn. White space around a text is dropped.
type dialogpt struct{}

func (dialogpt) Name() string { return "dialogpt" }

func (dialogpt) Ends() ([]string, []int) { return nil, nil }

func (dialogpt) Clean(text string) string { return strings.TrimSpace(text) }

// opened returns the ids before the first turn.
func (dialogpt) opened(tok Tokenizer, o opening) ([]int, error) {
	end, ok := tok.EndOfText()
	if !ok {
		return nil, errors.New("prompt format dialogpt: the model's vocabulary has no end-of-text token; choose transcript or plain")
	}
	first := begin(tok)
	if system := o.front(); system != "" {
		return append(append(first, tok.Encode(system)...), end), nil
	}
	if o.modelFirst && first == nil {
		return []int{end}, nil
	}
	return first, nil
}

func (f dialogpt) open(tok Tokenizer, o opening) (int, error) {
	ids, err := f.opened(tok, o)
	return len(ids), err
}

func (f dialogpt) write(tok Tokenizer, o opening, v *view) ([]int, error) {
	ids, err := f.opened(tok, o)
	return v.join(ids, nil, true), err
}

func (f dialogpt) turn(tok Tokenizer, t, _ *chat.Turn, goesOn bool) segment {
	var s segment
	if t.Role == chat.Assistant {
		s.body = replyIDs(tok, f, t)
	}
	if s.body == nil {
		s.body = tok.Encode(strings.TrimSpace(t.Text))
	}
	if end, ok := tok.EndOfText(); ok && !goesOn {
		s.tail = []int{end}
	}
	return s
}

// aside is a turn of nobody.
func (dialogpt) aside(tok Tokenizer, text string) []int {
	ids := tok.Encode(text)
	if end, ok := tok.EndOfText(); ok {
		ids = append(ids, end)
	}
	return ids
}

func (dialogpt) cue(Tokenizer) []int { return nil }

func (dialogpt) roles() bool { return true }
