package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"go.uber.org/goleak"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"inkling/config"
	"inkling/engine"
	"inkling/engine/enginetest"
)

// says is a model that writes text, byte by byte, after any prompt of one token, and then ends it.
func says(text string) *engine.Model {
	return enginetest.New(64, func(ids []int, logits []float32) {
		next := enginetest.EndOfText
		if n := len(ids) - 1; n < len(text) {
			next = int(text[n])
		}
		logits[next] = 50
	})
}

func job(m *engine.Model, sequences int) continuations {
	return continuations{model: m, prompt: []int{'?'}, params: config.Defaults().Params, seed: 7, sequences: sequences}
}

func TestJSONLine(t *testing.T) {
	c := job(says("h\xffé\xc3"), 1) // a stray byte, a rune in two tokens, and half a rune at the end
	c.top = 1
	var out bytes.Buffer
	if err := c.write(t.Context(), &jsonWriter{out: &out, prompt: c.prompt, params: c.params}); err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`"logprob":[-0-9.e]+`).ReplaceAllString(out.String(), `"logprob":L`)
	got = regexp.MustCompile(`"(prefill_ms|decode_ms|tokens_per_second)":[0-9.e+]+`).ReplaceAllString(got, `"$1":T`)
	want := `{"text":"h�é�","prompt_tokens":[63],"tokens":[` +
		`{"id":104,"text":"h","logprob":L,"top":[{"id":104,"text":"h","logprob":L}]},` +
		`{"id":255,"text":"�","logprob":L,"top":[{"id":255,"text":"�","logprob":L}]},` +
		`{"id":195,"text":"","logprob":L,"top":[{"id":195,"text":"�","logprob":L}]},` +
		`{"id":169,"text":"é","logprob":L,"top":[{"id":169,"text":"�","logprob":L}]},` +
		`{"id":195,"text":"�","logprob":L,"top":[{"id":195,"text":"�","logprob":L}]}],` +
		`"stop_reason":"end_of_text","seed":7,"attempt":0,"random":2,"parameters":{"temperature":0.8,"top_k":40,"typical_p":1,"top_p":0.95,` +
		`"min_p":0,"repetition_penalty":1,"presence_penalty":0,"frequency_penalty":0,"penalty_range":64,` +
		`"no_repeat_ngram":0,"max_tokens":200,"min_tokens":0,"stop":[]},` +
		`"timings":{"prompt_tokens":1,"cached_tokens":0,"tokens":5,"prefill_ms":T,"decode_ms":T,"tokens_per_second":T}}` + "\n"
	if got != want {
		t.Errorf("found\n%s\nexpected\n%s", got, want)
	}
}

func TestJSONWithoutTokens(t *testing.T) {
	c := job(says(""), 1)
	var out bytes.Buffer
	if err := c.write(t.Context(), &jsonWriter{out: &out, prompt: c.prompt, params: c.params}); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), `{"text":"","prompt_tokens":[63],"tokens":[],"stop_reason":"end_of_text"`) {
		t.Error(out.String())
	}
}

// The texts of the tokens make up the whole, whatever ends it.
func TestJSONConcatenation(t *testing.T) {
	for _, test := range []struct {
		reply, stop, text string
		max               int
		reason            engine.StopReason
	}{
		{"one two three", "two", "one ", 0, engine.StopString},
		{"one two three", "tower", "one two three", 0, engine.EndOfText},
		{"one tw", "two", "one tw", 0, engine.EndOfText}, // held back until the end
		{"one tw", "two", "one t", 5, engine.Length},
		{strings.Repeat("x", 100), "two", strings.Repeat("x", 64), 0, engine.ContextFull},
	} {
		c := job(says(test.reply), 1)
		c.params.Stop = []string{test.stop}
		c.params.MaxTokens = test.max
		var out bytes.Buffer
		if err := c.write(t.Context(), &jsonWriter{out: &out, prompt: c.prompt, params: c.params}); err != nil {
			t.Fatal(err)
		}
		var line continuation
		if err := json.Unmarshal(out.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		whole := ""
		for _, token := range line.Tokens {
			whole += token.Text
		}
		if line.Text != test.text || whole != test.text || line.StopReason != test.reason {
			t.Errorf("%q until %q: found %q, tokens %q, %s; expected %q, %s",
				test.reply, test.stop, line.Text, whole, line.StopReason, test.text, test.reason)
		}
	}
}

func TestSequences(t *testing.T) {
	var out bytes.Buffer
	c := job(says("hi"), 3)
	if err := c.write(t.Context(), &textWriter{out: &out}); err != nil {
		t.Fatal(err)
	}
	if want := "hi\n--- 2 (seed 7, attempt 1)\nhi\n--- 3 (seed 7, attempt 2)\nhi\n"; out.String() != want {
		t.Errorf("found %q, expected %q", out.String(), want)
	}

	out.Reset()
	c.seed, c.attempt = 1<<64-1, 5
	if err := c.write(t.Context(), &jsonWriter{out: &out, prompt: c.prompt, params: c.params}); err != nil {
		t.Fatal(err)
	}
	var attempts []uint32
	for line := range bytes.Lines(out.Bytes()) {
		var found continuation
		if err := json.Unmarshal(line, &found); err != nil {
			t.Fatal(err)
		}
		if found.Seed != c.seed || found.Random != 2 {
			t.Errorf("seed %d, random %d, expected %d, 2", found.Seed, found.Random, c.seed)
		}
		attempts = append(attempts, found.Attempt)
	}
	if want := []uint32{5, 6, 7}; !slices.Equal(attempts, want) {
		t.Errorf("attempts %d, expected %d", attempts, want)
	}
}

// Text ends with one line feed, and reaches a terminal without what could steer it.
func TestText(t *testing.T) {
	for _, test := range []struct {
		reply       string
		clean       bool
		out, detail string
	}{
		{"two\nlines", false, "two\nlines\n", ""},
		{"ended\n", false, "ended\n", ""},
		{"", false, "\n", ""},
		{"\x1b[31mred\x07", false, "\x1b[31mred\x07\n", "a file gets the text as it is"},
		{"\x1b[31mred\x07", true, "[31mred\n", "a terminal gets no control characters"},
		{"\xc2\x9b31mred", true, "31mred\n", "nor 8-bit ones"},
		{"é\xff", true, "é�\n", ""},
	} {
		var out bytes.Buffer
		if err := job(says(test.reply), 1).write(t.Context(), &textWriter{out: &out, clean: test.clean}); err != nil {
			t.Fatal(err)
		}
		if out.String() != test.out {
			t.Errorf("%q: found %q, expected %q %s", test.reply, out.String(), test.out, test.detail)
		}
	}
}

// after calls f once so many bytes were written.
type after struct {
	io.Writer
	bytes int
	f     func() error
}

func (a *after) Write(p []byte) (int, error) {
	if a.bytes -= len(p); a.bytes <= 0 {
		if err := a.f(); err != nil {
			return 0, err
		}
	}
	return a.Writer.Write(p)
}

// endless never ends its text.
func endless() *engine.Model {
	return enginetest.New(1<<20, func(_ []int, logits []float32) { logits['x'] = 50 })
}

func TestInterrupt(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(t.Context())
	var text bytes.Buffer
	c := job(endless(), 3)
	c.params.MaxTokens = 0
	err := c.write(ctx, &textWriter{out: &after{&text, 10, func() error { cancel(); return nil }}})
	if !errors.Is(err, errInterrupted) {
		t.Errorf("found %v, expected %v", err, errInterrupted)
	}
	if !regexp.MustCompile(`^x{10,}\n$`).Match(text.Bytes()) {
		t.Errorf("the text was not kept and ended: %.20q", text.String())
	}

	// Interrupted before it began.
	var line bytes.Buffer
	err = c.write(ctx, &jsonWriter{out: &line, prompt: c.prompt, params: c.params})
	if !errors.Is(err, errInterrupted) {
		t.Errorf("found %v, expected %v", err, errInterrupted)
	}
	var found continuation
	if err := json.Unmarshal(line.Bytes(), &found); err != nil || found.StopReason != engine.Cancelled {
		t.Errorf("%v, %s", err, line.String())
	}
}

// Output that fails ends the generation, and nothing else is done.
func TestOutputFails(t *testing.T) {
	defer goleak.VerifyNone(t)
	full := errors.New("disk full")
	for name, start := range map[string]func(io.Writer, continuations) writer{
		"text": func(w io.Writer, _ continuations) writer { return &textWriter{out: w} },
		"json": func(w io.Writer, c continuations) writer {
			return &jsonWriter{out: w, prompt: c.prompt, params: c.params}
		},
	} {
		c := job(endless(), 3)
		c.params.MaxTokens = 1000
		calls := 0
		err := c.write(t.Context(), start(&after{io.Discard, 10, func() error { calls++; return full }}, c))
		if !errors.Is(err, full) || !strings.HasPrefix(err.Error(), "cannot write to standard output: ") {
			t.Errorf("%s: %v", name, err)
		}
		if calls != 1 {
			t.Errorf("%s: tried to write %d times after the failure", name, calls)
		}
	}
}

func TestPromptIDs(t *testing.T) {
	m := says("")
	for prompt, want := range map[string][]int{
		"":              {enginetest.EndOfText},
		"a\n":           {'a', '\n'},
		"\xff":          {0xff},
		"<|endoftext|>": {'<', '|', 'e', 'n', 'd', 'o', 'f', 't', 'e', 'x', 't', '|', '>'},
	} {
		if got, err := promptIDs(m, prompt, false); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: found %d, %v; expected %d", prompt, got, err, want)
		}
	}
	if got, err := promptIDs(m, "a<|endoftext|>", true); err != nil || !slices.Equal(got, []int{'a', enginetest.EndOfText}) {
		t.Errorf("with special tokens: found %d, %v", got, err)
	}
}

func TestPromptTooLong(t *testing.T) {
	c := job(says(""), 1)
	c.prompt = make([]int, 65)
	var out bytes.Buffer
	err := c.write(t.Context(), &jsonWriter{out: &out, prompt: c.prompt, params: c.params})
	if _, ok := errors.AsType[*engine.ContextError](err); !ok {
		t.Errorf("found %v, expected a ContextError", err)
	}
	if out.Len() > 0 {
		t.Errorf("printed %q all the same", out.String())
	}
}

// JSON goes to terminals too: what they obey is escaped, and means the same.
func TestJSONHasNoControlCharacters(t *testing.T) {
	const text = "a\x7f\u0080\u009b31m\u00a0é\n<&>\u202e\u2066\U000e0041👨‍👩‍👧"
	var out bytes.Buffer
	if err := writeJSON(&out, text); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != `"a\u007f\u0080\u009b31m`+"\u00a0"+`é\n<&>\u202e\u2066\udb40\udc41👨‍👩‍👧"`+"\n" {
		t.Errorf("%q", got)
	}
	var back string
	if err := json.Unmarshal(out.Bytes(), &back); err != nil || back != text {
		t.Errorf("%q, %v", back, err)
	}
}
