package prompt

import (
	"strings"

	"inkling/chat"
)

// BasePreamble makes a model that was never trained on dialogue write one: it
// says what the text is and shows one exchange.
const BasePreamble = `This is a conversation between a user and a friendly assistant. The assistant gives short, clear answers.

User: What is the capital of France?
Assistant: The capital of France is Paris.`

// transcript writes a line for every turn:
//
//	User: hello
//	Assistant: Hello! How are you?
//
// The system text comes first as a paragraph of its own, then the preamble.
// White space around a text is dropped. A line inside a text that begins like a
// turn is indented by one space, so that nobody can put words into the other's
// mouth.
type transcript struct{}

const (
	userLabel      = "User:"
	assistantLabel = "Assistant:"
)

func (transcript) Name() string { return "transcript" }

func (transcript) Ends() ([]string, []int) {
	return []string{"\n" + userLabel, "\n" + assistantLabel}, nil
}

func (transcript) Clean(text string) string { return strings.TrimSpace(text) }

// opened returns the ids before the first turn.
func (transcript) opened(tok Tokenizer, o opening) []int {
	text := strings.TrimSpace(o.front() + "\n\n" + strings.TrimSpace(o.preamble))
	line := text[strings.LastIndex(text, "\n")+1:]
	if strings.HasPrefix(line, assistantLabel) || strings.HasPrefix(line, userLabel) {
		return append(begin(tok), tok.Encode(text+"\n")...) // it ends with a turn: the next one is the line below
	}
	return append(begin(tok), paragraph(tok, text)...)
}

func (f transcript) open(tok Tokenizer, o opening) (int, error) { return len(f.opened(tok, o)), nil }

func (f transcript) write(tok Tokenizer, o opening, v *view) ([]int, error) {
	return v.join(f.opened(tok, o), f.cue(tok), true), nil
}

func (f transcript) turn(tok Tokenizer, t, _ *chat.Turn, goesOn bool) segment {
	label := userLabel
	if t.Role == chat.Assistant {
		label = assistantLabel
	}
	text := oneTurn(t.Text)
	s := segment{head: tok.Encode(label)}
	if !goesOn {
		s.tail = tok.Encode("\n")
	}
	if t.Role == chat.Assistant && text == t.Text {
		s.body = replyIDs(tok, f, t)
	}
	if s.body == nil {
		s.body = tok.Encode(" " + text)
	}
	return s
}

// aside is a line of its own.
func (transcript) aside(tok Tokenizer, text string) []int { return tok.Encode(text + "\n") }

func (transcript) cue(tok Tokenizer) []int { return tok.Encode(assistantLabel) }

func (transcript) roles() bool { return true }

// oneTurn returns text in a form that a transcript shows as one turn.
func oneTurn(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimSpace(text))
	for _, label := range []string{userLabel, assistantLabel} {
		text = strings.ReplaceAll(text, "\n"+label, "\n "+label)
	}
	return text
}

// paragraph encodes text and a blank line after it; nothing when text is empty.
// The two line feeds are encoded apart, as byte-level BPE has them when a word
// follows.
func paragraph(tok Tokenizer, text string) []int {
	if text == "" {
		return nil
	}
	return append(tok.Encode(text+"\n"), tok.Encode("\n")...)
}
