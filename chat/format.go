package chat

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// A Tokenizer turns text into the token ids of a model and back.
type Tokenizer interface {
	// Encode never gives special tokens, whatever the text spells.
	Encode(text string) []int
	Decode(ids []int) string
	// BeginOfText is the token that every text begins with; ok is false where
	// texts begin without one.
	BeginOfText() (id int, ok bool)
	EndOfText() (id int, ok bool)

	// EncodeGuarded does give special tokens, but not where guard, which is not
	// empty, stands before their text. Guards are no part of the text.
	EncodeGuarded(text, guard string) []int
	// SpecialTokens are the texts of the special tokens.
	SpecialTokens() []string
	// SpecialID is the id of a special token by its text.
	SpecialID(text string) (id int, ok bool)
}

// A Format is a way of writing a conversation down for a model. The formats of
// this package are transcript, dialogpt and plain, and template where a model
// has one.
type Format interface {
	Name() string

	// Stop returns the strings at which a reply ends. They are no part of it.
	Stop() []string

	// CleanReply returns the visible text of what the model wrote so far. It may
	// be applied to a growing reply after every token, and to its own result.
	CleanReply(text string) string

	// opening returns the ids before the first turn; the model itself begins
	// the conversation when modelFirst is set.
	opening(tok Tokenizer, system string, modelFirst bool) ([]int, error)

	// segment returns the ids of one turn that is not blank; before is the text
	// of the turn ahead of it, "" for the first.
	segment(tok Tokenizer, t *Turn, before string) segment

	// cue returns the ids after the last turn that ask for a reply.
	cue(tok Tokenizer) []int

	// roles reports whether the model sees where one turn ends and the next
	// begins.
	roles() bool
}

// A segment is a turn in token ids. Only the body may be cut.
type segment struct {
	head []int // label
	body []int // text
	tail []int // what ends the turn; left out while the reply is being continued
}

func (s segment) size() int { return len(s.head) + len(s.body) + len(s.tail) }

// FormatNames returns the names that FormatByName knows.
func FormatNames() []string { return []string{"transcript", "dialogpt", "plain"} }

// FormatByName returns a format; transcript comes without a preamble.
func FormatByName(name string) (Format, error) {
	switch name {
	case "transcript":
		return transcript{}, nil
	case "dialogpt":
		return dialogpt{}, nil
	case "plain":
		return plain{}, nil
	}
	return nil, fmt.Errorf("unknown prompt format %q: choose %s, or template where the model has one", name, strings.Join(FormatNames(), ", "))
}

// ModelHint is what a model folder tells about the prompts it expects.
type ModelHint struct {
	Template       *Template // chat template, nil when the folder has none
	PromptFormat   string    // format that the folder names, "" when it names none
	Preamble       string    // preamble for transcript, "" when the folder has none
	Conversational bool      // config.json has the conversational task of DialoGPT
}

// ChooseFormat returns the format to use: the one that the user asked for, else
// plain in story mode, else the folder's chat template, else the format that it
// names, else dialogpt for conversational models, else transcript. A transcript
// stands in for a template that cannot be used; plans tell that. It has the
// folder's preamble; for a folder that does not name the format, and so was not
// trained on it, BasePreamble stands in.
func ChooseFormat(override string, mode Mode, hint ModelHint) (Format, error) {
	name := override
	switch {
	case override != "":
	case mode == Story:
		name = "plain"
	case hint.Template != nil:
		name = "template"
	case hint.PromptFormat != "":
		name = hint.PromptFormat
	case hint.Conversational:
		name = "dialogpt"
	default:
		name = "transcript"
	}
	told := ""
	if name == "template" {
		switch {
		case hint.Template == nil:
			return nil, fmt.Errorf("the model has no chat template: choose another prompt format, %s", strings.Join(FormatNames(), ", "))
		case hint.Template.problem == nil:
			return hint.Template, nil
		}
		name, told = "transcript", note(hint.Template.problem)
	}
	f, err := FormatByName(name)
	if err != nil {
		if override == "" {
			return nil, fmt.Errorf("the model folder names its prompt format: %w", err)
		}
		return nil, err
	}
	if _, ok := f.(transcript); ok {
		preamble := hint.Preamble
		if preamble == "" && hint.PromptFormat != "transcript" {
			preamble = BasePreamble
		}
		return transcript{preamble: preamble, note: told}, nil
	}
	return f, nil
}

// begin returns the ids that every text begins with.
func begin(tok Tokenizer) []int {
	if id, ok := tok.BeginOfText(); ok {
		return []int{id}
	}
	return nil
}

// replyIDs returns the ids that the model generated for the turn, up to the end
// of its text, so that the prompt goes on exactly as the key/value cache does.
// It returns nil when there are none or they do not spell the text: the text
// was changed, or the ids are another model's.
func replyIDs(tok Tokenizer, f Format, t *Turn) []int {
	if t.Reply == nil {
		return nil
	}
	ids := t.Reply.IDs
	text := func(n int) string { return f.CleanReply(tok.Decode(ids[:n])) }
	if !strings.HasPrefix(text(len(ids)), t.Text) {
		return nil
	}
	// Find the fewest ids with as many runes as the text. Few ids, if any, come
	// after those: a stop string, white space. So the search goes back from the
	// end, in growing steps.
	runes := utf8.RuneCountInString(t.Text)
	enough := func(n int) bool { return utf8.RuneCountInString(text(n)) >= runes }
	low := len(ids) - 1
	for step := 1; low > 0 && enough(low); step *= 2 {
		low = max(0, low-step)
	}
	n := low + 1 + sort.Search(len(ids)-low-1, func(i int) bool { return enough(low + 1 + i) })
	for ; n <= len(ids); n++ { // the last rune may be spread over several ids
		switch spelled := text(n); {
		case spelled == t.Text:
			return slices.Clip(ids[:n])
		case utf8.RuneCountInString(spelled) > runes:
			return nil
		}
	}
	return nil
}

// wholeRunes returns ids without those at the end that leave a rune incomplete,
// which Decode shows as U+FFFD.
func wholeRunes(tok Tokenizer, ids []int) []int {
	for len(ids) > 0 && strings.HasSuffix(tok.Decode(ids[max(0, len(ids)-utf8.UTFMax):]), "\uFFFD") {
		ids = ids[:len(ids)-1]
	}
	return ids
}
