package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"

	"inkling/engine"
	"inkling/engine/sample"
	"inkling/ui/safe"
)

// continuation is one line of "inkling generate --json".
type continuation struct {
	Text         string            `json:"text"` // of all tokens
	PromptTokens []int             `json:"prompt_tokens"`
	Tokens       []token           `json:"tokens"`
	StopReason   engine.StopReason `json:"stop_reason"`
	Seed         uint64            `json:"seed"`
	Attempt      uint32            `json:"attempt"`
	Random       int               `json:"random"`
	Parameters   sample.Params     `json:"parameters"`
	Timings      timings           `json:"timings"`
}

type token struct {
	ID      int                  `json:"id"`
	Text    string               `json:"text"` // what became certain with this token
	Logprob float64              `json:"logprob"`
	Top     []engine.Alternative `json:"top"`
}

type timings struct {
	PromptTokens    int     `json:"prompt_tokens"`
	CachedTokens    int     `json:"cached_tokens"`
	Tokens          int     `json:"tokens"`
	PrefillMS       float64 `json:"prefill_ms"`
	DecodeMS        float64 `json:"decode_ms"`
	TokensPerSecond float64 `json:"tokens_per_second"`
	Drafted         int     `json:"guessed,omitempty"`
	Accepted        int     `json:"accepted,omitempty"`
}

// jsonWriter writes each continuation as one object on a line of its own when it is complete.
type jsonWriter struct {
	out    io.Writer
	prompt []int
	params sample.Params

	current continuation
}

func (w *jsonWriter) begin(_ int, seed uint64, attempt uint32) error {
	w.current = continuation{PromptTokens: w.prompt, Tokens: []token{}, Seed: seed, Attempt: attempt, Random: engine.RandomVersion,
		Parameters: w.params}
	return nil
}

func (w *jsonWriter) token(t engine.Token) error {
	top := t.Top
	if top == nil {
		top = []engine.Alternative{}
	}
	w.current.Text += t.Text
	w.current.Tokens = append(w.current.Tokens, token{ID: t.ID, Text: t.Text, Logprob: t.Logprob, Top: top})
	return nil
}

func (w *jsonWriter) end(r engine.Result) error {
	c := &w.current
	c.Text += r.Rest
	if n := len(c.Tokens); n > 0 {
		c.Tokens[n-1].Text += r.Rest // the texts of the tokens make up the whole
	}
	c.StopReason = r.Reason
	c.Timings = timings{
		PromptTokens:    r.Timings.PromptTokens,
		CachedTokens:    r.Timings.CachedTokens,
		Tokens:          r.Timings.Tokens,
		PrefillMS:       milliseconds(r.Timings.Prefill),
		DecodeMS:        milliseconds(r.Timings.Decode),
		TokensPerSecond: r.Timings.TokensPerSecond(),
		Drafted:         r.Timings.Drafted,
		Accepted:        r.Timings.Accepted,
	}
	return writeJSON(w.out, c)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// writeJSON writes v and a line feed. Text stays as it is where JSON allows it, but for what a terminal would obey and nobody
// would see, which JSON need not escape: DEL, C1, and the characters that change the order of a text.
func writeJSON(out io.Writer, v any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	var line strings.Builder
	for _, r := range text.String() {
		if one := string(r); r >= 0x7f && safe.Text(one) != one {
			for _, half := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&line, "\\u%04x", half)
			}
			continue
		}
		line.WriteRune(r)
	}
	_, err := io.WriteString(out, line.String())
	return outputError(err)
}
