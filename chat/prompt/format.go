package prompt

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"inkling/chat"
)

// A Tokenizer turns text into the token ids of a model and back.
type Tokenizer interface {
	// Encode never gives special tokens, whatever the text spells.
	Encode(text string) []int
	Decode(ids []int) string
	// BeginOfText is the token that every text begins with; ok is false where
	// texts begin without one.
	BeginOfText() (id int, ok bool)
	// StartOfText is the token that a text of the model's own begins after, where
	// none begins every text.
	StartOfText() (id int, ok bool)
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

	// Ends returns the strings and the tokens at which a reply ends, besides
	// end-of-text. They are no part of it.
	Ends() (stop []string, ids []int)

	// Clean returns the visible text of what the model wrote so far. It may be
	// applied to a growing reply after every token, and to its own result.
	Clean(text string) string

	// open returns how many tokens come before the first turn, exactly or about.
	open(tok Tokenizer, o opening) (tokens int, err error)

	// turn returns the ids of one turn that is not blank; ahead is the one before
	// it that is not, nil for the first. With goesOn nothing ends it.
	turn(tok Tokenizer, t, ahead *chat.Turn, goesOn bool) segment

	// aside returns the ids of a note between two turns, exactly or about.
	aside(tok Tokenizer, text string) []int

	// cue returns the ids after the last turn that ask for a reply.
	cue(tok Tokenizer) []int

	// roles reports whether the model sees where one turn ends and the next
	// begins.
	roles() bool

	// write returns the ids of a view.
	write(tok Tokenizer, o opening, v *view) ([]int, error)
}

// An opening is what comes before the turns.
type opening struct {
	system     string
	memory     string
	world      string
	preamble   string
	modelFirst bool // the first turn that is not blank is the model's, or there is none
	blank      bool // there is none
}

// front is the text that the model always sees first: system text, memory, world notes, with a blank line between them.
func (o opening) front() string {
	var some []string
	for _, text := range []string{o.system, o.memory, o.world} {
		if text = strings.TrimSpace(text); text != "" {
			some = append(some, text)
		}
	}
	return strings.Join(some, "\n\n")
}

// A segment is a turn in token ids. Only the body may be cut.
type segment struct {
	head []int // label
	body []int // text
	tail []int // what ends the turn; left out while the reply is being continued
}

func (s segment) size() int { return len(s.head) + len(s.body) + len(s.tail) }

// Names returns the names of the formats that every model has.
func Names() []string { return []string{"transcript", "dialogpt", "plain"} }

// named returns the format of that name.
func named(name string) (Format, error) {
	switch name {
	case "transcript":
		return transcript{}, nil
	case "dialogpt":
		return dialogpt{}, nil
	case "plain":
		return plain{}, nil
	}
	return nil, fmt.Errorf("unknown prompt format %q: choose %s, or template where the model has one", name, strings.Join(Names(), ", "))
}

// A Hint is what a model folder tells about the prompts it expects.
type Hint struct {
	Template       *Template // chat template, nil when the folder has none
	PromptFormat   string    // format that the folder names, "" when it names none
	Preamble       string    // preamble for transcript, "" when the folder has none
	Conversational bool      // config.json has the conversational task of DialoGPT
}

// A Choice is a format and what goes with it.
type Choice struct {
	Format   Format
	Preamble Block  // without text for none
	Warning  string // what the user should know of it, in one line; "" for nothing
}

// Choose returns the format to use: the one that the user asked for, else
// plain in story mode, else the folder's chat template, else the format that it
// names, else dialogpt for conversational models, else transcript. A transcript
// stands in for a template that cannot be used; the note tells that. It has the
// folder's preamble; for a folder that does not name the format, and so was not
// trained on it, BasePreamble stands in.
func Choose(override string, mode chat.Mode, hint Hint) (Choice, error) {
	name := override
	switch {
	case override != "":
	case mode == chat.Story:
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
			return Choice{}, fmt.Errorf("the model has no chat template: choose another prompt format, %s", strings.Join(Names(), ", "))
		case hint.Template.problem == nil:
			return Choice{Format: hint.Template}, nil
		}
		name, told = "transcript", warning(hint.Template.problem)
	}
	f, err := named(name)
	if err != nil {
		if override == "" {
			return Choice{}, fmt.Errorf("the model folder names its prompt format: %w", err)
		}
		return Choice{}, err
	}
	if name == "plain" {
		f = plain{labels: hint.PromptFormat == "transcript"}
	}
	c := Choice{Format: f, Warning: told}
	if name == "transcript" {
		c.Preamble = Block{Kind: Preamble, Text: hint.Preamble}
		if hint.Preamble == "" && hint.PromptFormat != name {
			c.Preamble = basePreamble
		}
	}
	return c, nil
}

// basePreamble makes a model's manner better, which is worth less than what the
// user says.
var basePreamble = Block{Kind: Preamble, Keep: IfRoom, Text: BasePreamble}

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
func replyIDs(tok Tokenizer, f Format, t *chat.Turn) []int {
	if t.Reply == nil {
		return nil
	}
	ids := t.Reply.IDs
	text := func(n int) string { return f.Clean(tok.Decode(ids[:n])) }
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
