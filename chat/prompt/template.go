package prompt

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"inkling/chat"
	"inkling/chat/template"
)

// A Template writes a conversation down as the model's own chat template says.
// The whole view is rendered at once and encoded as one text: what comes before
// a message and after it is the template's to decide.
//
// Special tokens count where the template writes them. Text of a message that
// spells one stays text.
type Template struct {
	compiled *template.Program
	problem  error // why it cannot be used; nil where it can

	tokens  map[string]string // bos_token and so on
	special map[byte][]string // special tokens by their first byte
	source  string
	now     time.Time

	base   int      // tokens around everything, about
	around int      // tokens around one message, about
	frame  []int    // as many
	stop   []string // strings that end a reply
	ends   []int    // tokens that do
}

// NewTemplate reads a model's chat template. tokens are the special tokens by
// the names that templates have for them. For one that cannot be used
// Choose has a transcript stand in.
func NewTemplate(tok Tokenizer, source string, tokens map[string]string, now time.Time) *Template {
	t := &Template{tokens: tokens, special: map[byte][]string{}, source: source, now: now}
	for _, text := range tok.SpecialTokens() {
		t.special[text[0]] = append(t.special[text[0]], text)
	}
	t.compiled, t.problem = template.Compile(source)
	if t.problem == nil {
		t.problem = t.probe(tok)
	}
	return t
}

// Name implements Format.
func (*Template) Name() string { return "template" }

// Ends implements Format.
func (t *Template) Ends() ([]string, []int) { return t.stop, t.ends }

// Clean implements Format.
func (*Template) Clean(text string) string { return strings.TrimSpace(text) }

// probe learns from a short conversation what the template writes around
// messages, and what ends a reply.
func (t *Template) probe(tok Tokenizer) error {
	// Words that no template has, and that no filter changes.
	words := []string{"Qzjxone", "Qzjxtwo", "Qzjxthree"}
	all := []template.Message{{Role: string(chat.User), Content: words[0]}, {Role: string(chat.Assistant), Content: words[1]}, {Role: string(chat.User), Content: words[2]}}
	short, err := t.render(all[:1], true)
	if err != nil {
		return err
	}
	if !strings.Contains(short, words[0]) {
		return errors.New("it leaves out what the user says")
	}
	long, err := t.render(all, true)
	if err != nil {
		return err
	}
	reply, next := strings.Index(long, words[1]), strings.LastIndex(long, words[2])
	if reply < 0 || next < reply {
		return errors.New("it leaves out messages, or changes their order")
	}
	count := func(text string) int { return len(tok.EncodeGuarded(text, guards[0])) }
	t.base = count(short) - count(words[0])
	t.around = max(0, count(long)-count(short)-count(words[1]+words[2])+1) / 2
	t.frame = make([]int, t.around)
	t.learnEnds(tok, long[reply+len(words[1]):next])
	return nil
}

// learnEnds finds what ends a reply in what the template writes between a reply
// and the next message: its special tokens, or else its text.
func (t *Template) learnEnds(tok Tokenizer, between string) {
	end, _ := tok.EndOfText()
	rest := between
	found := false
	for rest != "" {
		text := longestPrefix(rest, t.special[rest[0]])
		if text == "" {
			rest = rest[1:]
			continue
		}
		found = true
		if id, ok := tok.SpecialID(text); ok && id != end && !slices.Contains(t.ends, id) {
			t.ends = append(t.ends, id)
		}
		rest = rest[len(text):]
	}
	if found {
		return
	}
	text := strings.TrimRightFunc(between, unicode.IsSpace)
	if eos := t.tokens["eos_token"]; eos != "" && strings.HasPrefix(strings.TrimSpace(text), eos) {
		text = eos // no token of the vocabulary
	}
	if text != "" {
		t.stop = []string{text}
	}
}

// longestPrefix returns the longest of the texts that s begins with.
func longestPrefix(s string, texts []string) (longest string) {
	for _, text := range texts {
		if len(text) > len(longest) && strings.HasPrefix(s, text) {
			longest = text
		}
	}
	return longest
}

// guards are characters that no text has a use for (Unicode noncharacters).
var guards = []string{"\uFDD0", "\uFDD1", "\uFDD2", "\uFDD3", "\uFDD4", "\uFDD5", "\uFDD6", "\uFDD7"}

// encode renders messages and returns the ids. Text of theirs that spells a
// special token is marked by a guard before it.
func (t *Template) encode(tok Tokenizer, messages []template.Message, reply bool) ([]int, error) {
	free := slices.IndexFunc(guards, func(g string) bool {
		return !strings.Contains(t.source, g) && !slices.ContainsFunc(messages, func(m template.Message) bool { return strings.Contains(m.Content, g) })
	})
	if free < 0 {
		return nil, errors.New("a message has every character that could mark special tokens in it")
	}
	guard := guards[free]
	marked := make([]template.Message, len(messages))
	for i, m := range messages {
		marked[i] = template.Message{Role: m.Role, Content: t.mark(m.Content, guard)}
	}
	text, err := t.render(marked, reply)
	if err != nil {
		return nil, err
	}
	return tok.EncodeGuarded(text, guard), nil
}

// mark puts a guard before everything in a text that spells a special token.
func (t *Template) mark(text, guard string) string {
	var out strings.Builder
	for i, r := range text {
		if longestPrefix(text[i:], t.special[text[i]]) != "" {
			out.WriteString(guard)
		}
		out.WriteRune(r)
	}
	return out.String()
}

// render writes messages down. A template may refuse a system message, or leave
// it out, or refuse two messages of one speaker in a row; then the system text
// goes to the first message, and such messages become one.
func (t *Template) render(messages []template.Message, reply bool) (string, error) {
	run := func(messages []template.Message) (string, error) {
		return t.compiled.Render(template.Input{Messages: messages, Reply: reply, Tokens: t.tokens, Now: t.now})
	}
	whole := func(text string) bool {
		return len(messages) == 0 || messages[0].Role != systemRole || strings.Contains(text, strings.TrimSpace(messages[0].Content))
	}
	text, err := run(messages)
	if err == nil && whole(text) {
		return text, nil
	}
	if plain := simplified(messages); len(plain) < len(messages) {
		if text, again := run(plain); again == nil && whole(text) {
			return text, nil
		}
	}
	return text, err
}

// simplified returns messages in which user and assistant speak by turns, with
// the system text at the beginning of the first.
func simplified(messages []template.Message) []template.Message {
	var plain []template.Message
	for i, m := range messages {
		last := len(plain) - 1
		switch {
		case m.Role == systemRole && i+1 < len(messages):
			m.Role = messages[i+1].Role
			plain = append(plain, m)
		case last >= 0 && plain[last].Role == m.Role:
			plain[last].Content += "\n\n" + m.Content
		default:
			plain = append(plain, m)
		}
	}
	return plain
}

// systemRole is the role of the system text in templates.
const systemRole = "system"

// A refusal says that a format does not write a conversation down.
type refusal struct{ error }

// warning says that another format stands in for a template.
func warning(err error) string {
	return fmt.Sprintf("cannot use the model's chat template (%v); using a transcript", err)
}

// open returns about how many tokens the template writes around the turns.
func (t *Template) open(tok Tokenizer, o opening) (int, error) {
	if o.blank {
		return 0, errors.New("there is nothing to answer yet: write something first")
	}
	n := t.base
	if system := o.front(); system != "" {
		n += len(tok.Encode(system)) + t.around
	}
	return n, nil
}

// turn returns the ids of a turn's text, after about as many as the template
// writes around it. A reply that goes on has its own alone.
func (t *Template) turn(tok Tokenizer, turn, _ *chat.Turn, goesOn bool) segment {
	if !goesOn {
		return segment{head: t.frame, body: tok.Encode(strings.TrimSpace(turn.Text))}
	}
	if ids := replyIDs(tok, t, turn); ids != nil {
		return segment{body: ids}
	}
	return segment{body: tok.Encode(turn.Text)}
}

// aside is about what a note takes that stands at the beginning of a message.
func (*Template) aside(tok Tokenizer, text string) []int { return tok.Encode(text + "\n\n") }

// cue returns nothing: what asks for a reply is among what open counts.
func (*Template) cue(Tokenizer) []int { return nil }

func (*Template) roles() bool { return true }

// write renders the view. A reply that goes on stands after what asks for it.
func (t *Template) write(tok Tokenizer, o opening, v *view) ([]int, error) {
	var messages []template.Message
	if system := o.front(); system != "" {
		messages = append(messages, template.Message{Role: systemRole, Content: system})
	}
	end := v.end
	if v.begun != nil {
		end--
	}
	notes := "" // that stand before the next message
	for i := v.first; i < end; i++ {
		turn := v.turns[i].Turn
		text := strings.TrimSpace(turn.Text)
		if i == v.first && v.cut > 0 {
			text = tok.Decode(v.segments[i].body[v.cut:])
		}
		for _, n := range v.before(i) {
			notes += n.text + "\n\n"
		}
		if !turn.Blank() {
			messages = append(messages, template.Message{Role: string(turn.Role), Content: notes + text})
			notes = ""
		}
	}
	for _, n := range v.before(end) {
		notes += n.text + "\n\n"
	}
	if last := len(messages) - 1; notes != "" && last >= 0 {
		messages[last].Content += "\n\n" + strings.TrimSpace(notes)
	}
	ids, err := t.encode(tok, messages, true)
	if err != nil {
		return nil, refusal{err}
	}
	begun := v.begun
	if v.first == end {
		begun = begun[v.cut:]
	}
	return append(ids, begun...), nil
}
