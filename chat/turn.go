package chat

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Role says who wrote a turn.
type Role string

const (
	User      Role = "user"      // the person at the keyboard
	Assistant Role = "assistant" // the model
)

// State says how far a turn has come.
type State string

const (
	Writing State = "writing" // the model is still adding to it
	Done    State = "done"    // complete
	Stopped State = "stopped" // partial: the user stopped it, or its process died
)

// A Turn is one message of a conversation, or one passage of a story. Its ID
// and Parent never change; its Text and State change only while it is Writing,
// its Mark at any time.
type Turn struct {
	ID      int       `json:"id"`     // 1, 2, ... within the conversation
	Parent  int       `json:"parent"` // ID of the turn it answers; 0: a root
	Role    Role      `json:"role"`
	Text    string    `json:"text"`
	State   State     `json:"state"`
	Created time.Time `json:"created"`
	Reply   *Reply    `json:"reply,omitempty"` // how the model made it; nil for user turns

	// Of a story that is edited: the turn is a change of its text, which puts Text there in place of some bytes. Without a place it
	// is added at the end.
	Place   *int `json:"place,omitempty"`
	Removed int  `json:"removed,omitempty"`

	Mark // what a person has made of it; see Conversation.Mark
}

// A Reply records how an assistant turn was made, so that it can be made again.
type Reply struct {
	Model           string          `json:"model"`
	Seed            uint64          `json:"seed"`
	Attempt         uint32          `json:"attempt,omitempty"`     // of several with this seed
	Random          int             `json:"random,omitempty"`      // version of what the seed gives; none: the first
	Params          json.RawMessage `json:"params,omitempty"`      // sampling parameters, a JSON object
	Memo            float64         `json:"mirostat_mu,omitempty"` // what mirostat had come to at the end
	StopReason      string          `json:"stop_reason,omitempty"`
	PromptTokens    int             `json:"prompt_tokens"`
	Counted         bool            `json:"prompt_counted,omitempty"` // by the service that wrote it; about, where one wrote it that does not
	Tokens          int             `json:"tokens"`                   // generated
	TokensPerSecond float64         `json:"tokens_per_second"`        // while decoding
	Drafted         int             `json:"guessed,omitempty"`        // of the tokens, those that a draft foresaw
	Prefill         float64         `json:"prefill_seconds,omitempty"`
	Logprob         float64         `json:"mean_logprob,omitempty"` // of its tokens in the model's own distribution; 0: not known
	Changes         []Change        `json:"changes,omitempty"`      // of the parameters while it was written; Params are the last
	Vocabulary      string          `json:"vocabulary,omitempty"`   // checksum of the tokenizer's pieces, see Traces

	// IDs are the generated token ids, as the model gave them and without the
	// end-of-text that ended them, after those of the reply that this one
	// continues. Their text is the turn's before prompt.Format.Clean,
	// and a stop string may follow it. Prompts of later turns reuse them, so
	// that what the key/value cache holds stays valid. May be nil; ids that do
	// not spell the text are ignored.
	IDs []int `json:"ids,omitempty"`
}

// A Change says which parameters a reply had from a token on, counted from 0: at first all, then those that changed.
type Change struct {
	At     int             `json:"at"`
	Params json.RawMessage `json:"params"`
}

// Clone returns a copy that shares nothing with t.
func (t *Turn) Clone() Turn {
	c := *t
	if t.Reply != nil {
		r := *t.Reply
		r.Params = slices.Clone(r.Params)
		r.IDs = slices.Clone(r.IDs)
		r.Changes = slices.Clone(r.Changes)
		c.Reply = &r
	}
	return c
}

// Blank reports whether the turn holds nothing but white space. Models never
// see such turns.
func (t *Turn) Blank() bool { return strings.TrimSpace(t.Text) == "" }
