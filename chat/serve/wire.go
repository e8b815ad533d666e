package serve

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"inkling/engine"
)

// answer is that to a request, or a piece of it in a stream.
type answer struct {
	ID      string   `json:"id"`
	Object  string   `json:"object"`
	Created int64    `json:"created"`
	Model   string   `json:"model"`
	Choices []choice `json:"choices"`
	Usage   *usage   `json:"usage,omitempty"`
	Seed    uint64   `json:"seed"` // that gives the same texts again; not part of the protocol
}

// choice is a text, or a piece of one.
type choice struct {
	Index    int      `json:"index"`
	Message  *message `json:"message,omitempty"` // of a chat
	Delta    *message `json:"delta,omitempty"`   // of a chat's stream
	Text     *string  `json:"text,omitempty"`    // of a completion
	Logprobs any      `json:"logprobs"`
	Finish   *string  `json:"finish_reason"`
}

type message struct {
	Role    string  `json:"role,omitempty"`
	Content *string `json:"content,omitempty"`
	Refusal *string `json:"refusal,omitempty"`
}

type usage struct {
	Prompt     int            `json:"prompt_tokens"`
	Completion int            `json:"completion_tokens"`
	Total      int            `json:"total_tokens"`
	Details    promptsDetails `json:"prompt_tokens_details"`
}

type promptsDetails struct {
	Cached int `json:"cached_tokens"`
}

// chatLogprobs are those of a chat.
type chatLogprobs struct {
	Content []scored `json:"content"`
	Refusal *string  `json:"refusal"`
}

// scored is a token with the natural logarithm of its probability in the model's own distribution.
type scored struct {
	Token   string   `json:"token"`
	Logprob float64  `json:"logprob"`
	Bytes   []int    `json:"bytes"`
	Top     []scored `json:"top_logprobs,omitempty"`
}

// textLogprobs are those of a completion, in parallel lists.
type textLogprobs struct {
	Tokens  []string             `json:"tokens"`
	Scores  []*float64           `json:"token_logprobs"` // null for a token that nothing comes before
	Likely  []map[string]float64 `json:"top_logprobs"`
	Offsets []int                `json:"text_offset"` // runes
}

// lowest stands for a probability of zero, as in OpenAI's answers: JSON has no infinity.
const lowest = -9999.0

func finite(logprob float64) float64 {
	if math.IsNaN(logprob) {
		return lowest
	}
	return max(logprob, lowest)
}

// score writes a token of a chat down.
func (s *Server) score(id int, logprob float64) scored {
	piece := s.Model.Piece(id)
	t := scored{Token: s.Model.Decode([]int{id}), Logprob: finite(logprob), Bytes: make([]int, len(piece))}
	for i, b := range piece {
		t.Bytes[i] = int(b)
	}
	return t
}

// chatScores writes tokens of a chat down with their alternatives.
func (s *Server) chatScores(tokens ...engine.Token) chatLogprobs {
	l := chatLogprobs{Content: make([]scored, len(tokens))}
	for i, t := range tokens {
		l.Content[i] = s.score(t.ID, t.Logprob)
		for _, a := range t.Top {
			l.Content[i].Top = append(l.Content[i].Top, s.score(a.ID, a.Logprob))
		}
	}
	return l
}

// name is a token of a completion: bytes that are no whole runes as OpenAI writes them, so that no two are alike.
func (s *Server) name(id int) string {
	piece := s.Model.Piece(id)
	if utf8.Valid(piece) {
		return string(piece)
	}
	var b strings.Builder
	b.WriteString("bytes:")
	for _, c := range piece {
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	return b.String()
}

// textScores writes tokens of a completion down. offset is how many runes come before them; it returns how many come before what follows.
func (s *Server) textScores(offset, top int, tokens ...engine.Token) (*textLogprobs, int) {
	l := &textLogprobs{}
	for _, t := range tokens {
		l.Tokens = append(l.Tokens, s.name(t.ID))
		l.Offsets = append(l.Offsets, offset)
		offset += utf8.RuneCountInString(t.Text)
		if math.IsInf(t.Logprob, 1) { // the first of a prompt
			l.Scores, l.Likely = append(l.Scores, nil), append(l.Likely, nil)
			continue
		}
		logprob := finite(t.Logprob)
		l.Scores = append(l.Scores, &logprob)
		var likely map[string]float64
		if top > 0 {
			likely = map[string]float64{s.name(t.ID): logprob}
			for _, a := range t.Top {
				likely[s.name(a.ID)] = finite(a.Logprob)
			}
		}
		l.Likely = append(l.Likely, likely)
	}
	return l, offset
}

// finish is why a text ended, in the words of the protocol.
func finish(reason engine.StopReason) *string {
	word := "stop"
	if reason == engine.Length || reason == engine.ContextFull {
		word = "length"
	}
	return &word
}
