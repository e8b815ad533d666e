package evaluate_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"inkling/engine"
	"inkling/engine/enginetest"
	"inkling/engine/evaluate"
)

// flat takes every token for equally likely.
func flat(context int) *engine.Model { return enginetest.New(context, func([]int, []float32) {}) }

// token is the loss of a token to flat, in nats.
var token = math.Log(257)

func run(t *testing.T, m *engine.Model, text string, task evaluate.Task) evaluate.Result {
	t.Helper()
	r, err := evaluate.Run(t.Context(), m, text, evaluate.Options{Task: task, Window: m.Info().Context, Stride: 1})
	if err != nil {
		t.Fatalf("%s %q: %v", task, text, err)
	}
	return r
}

// What the losses of the tokens are shared out over.
func TestCounts(t *testing.T) {
	for _, c := range []struct {
		task                 evaluate.Task
		text                 string
		tokens, words, bytes int
	}{
		{evaluate.Plain, "ab", 2, 1, 2},
		{evaluate.Plain, " two  words\n", 12, 2, 12},
		{evaluate.Plain, "é \xff\u00a0x", 7, 3, 7},
		{evaluate.Plain, "\n\n ", 3, 0, 3},
		{evaluate.Plain, "<|endoftext|>", 13, 1, 13},
		// "\n= A =\n\nA, b.\n"
		{evaluate.WikiText2, " \n = A = \n \n A , b . \n", 14, 3 + 4 + 4, 22},
		{evaluate.WikiText103, " = A = \n a @-@ b", 9, 3 + 1 + 3, 16},
		// "it isn't <unk>\n1%\n"
		{evaluate.PTB, " it is n't <unk> \n N % \n", 18, 4 + 2 + 2, 24},
		{evaluate.PTB, " a <unk> \r\n", 8, 2 + 1, 11},
	} {
		r := run(t, flat(64), c.text, c.task)
		if r.Tokens != c.tokens || r.Words != c.words || r.Bytes != c.bytes || r.Scored != c.tokens-1 || r.ToScore != r.Scored {
			t.Errorf("%s %q: %+v", c.task, c.text, r)
		}
		loss := float64(c.tokens-1) * token
		for name, pair := range map[string][2]float64{
			"nll":             {r.NLL(), token},
			"perplexity":      {r.Perplexity(), 257},
			"word perplexity": {math.Log(r.WordPerplexity()), loss / float64(c.words)},
			"bits per byte":   {r.BitsPerByte(), loss / math.Ln2 / float64(c.bytes)},
		} {
			if got, want := pair[0], pair[1]; !(math.Abs(got-want) <= 1e-4*want) && got != want {
				t.Errorf("%s %q: %s %v, want %v", c.task, c.text, name, got, want)
			}
		}
	}
}

// speller finds out, byte by byte, that "the " goes on with "end" and anything else with "x".
func speller(context int) *engine.Model {
	return enginetest.New(context, func(ids []int, logits []float32) {
		text := string(enginetest.Bytes(ids))
		next := byte('x')
		for said, word := "", " end"; said != word; {
			if strings.HasSuffix(text, "the"+said) {
				next = word[len(said)]
			}
			said = word[:len(said)+1]
		}
		logits[next] = 5
	})
}

func TestLambada(t *testing.T) {
	right, wrong := math.Log(256+math.Exp(5))-5, math.Log(256+math.Exp(5))
	for _, c := range []struct {
		name, text      string
		passages, right int
		losses          []float64
		bytes           int
	}{
		{"JSON", `{"text": "this is the end"}` + "\n" + `{"text": "was the enz"}` + "\n\n", 2, 1,
			[]float64{right, right, right, right, right, right, right, wrong}, 8},
		{"plain", "this is the end\nwas the enz", 2, 1, []float64{right, right, right, right, right, right, right, wrong}, 8},
		{"white space around", " this is the end \r\n\r\n", 1, 1, []float64{right, right, right, right}, 4},
		{"other keys", `{"id": 1, "text": "the end\n", "x": null}`, 1, 1, []float64{right, right, right, right}, 4},
		{"the word in another line", `{"text": "some\nxx"}`, 1, 1, []float64{right, right}, 2},
		{"two blanks", "the  end", 1, 0, []float64{wrong, wrong, wrong, wrong}, 4},
		{"the right end is not enough", "at bend", 1, 0, []float64{wrong, wrong, wrong, wrong, wrong}, 5},
	} {
		r := run(t, speller(64), c.text, evaluate.LAMBADA)
		loss := 0.0
		for _, l := range c.losses {
			loss += l
		}
		if r.Passages != c.passages || r.Words != c.passages || r.Correct != c.right || r.Scored != len(c.losses) ||
			r.ToScore != r.Scored || r.Bytes != c.bytes || math.Abs(r.Loss-loss) > 1e-4 {
			t.Errorf("%s: %+v, want a loss of %v", c.name, r, loss)
		}
		if want := float64(c.right) / float64(c.passages); r.Accuracy() != want {
			t.Errorf("%s: accuracy %v, want %v", c.name, r.Accuracy(), want)
		}
		if want := math.Exp(loss / float64(c.passages)); math.Abs(r.WordPerplexity()-want) > 1e-3*want {
			t.Errorf("%s: perplexity of a word %v, want %v", c.name, r.WordPerplexity(), want)
		}
	}
}

// A passage that is longer than the window is cut at its beginning.
func TestLambadaWindow(t *testing.T) {
	seen := ""
	m := enginetest.New(64, func(ids []int, _ []float32) { seen = string(enginetest.Bytes(ids)) })
	for window, want := range map[int]string{64: "0123 567", 8: "0123 567", 7: "123 567", 5: "3 567"} {
		r, err := evaluate.Run(t.Context(), m, "0123 5678", evaluate.Options{Task: evaluate.LAMBADA, Window: window})
		if err != nil || r.Scored != 5 || seen != want {
			t.Errorf("window %d: saw %q, want %q; %+v, %v", window, seen, want, r, err)
		}
	}
	_, err := evaluate.Run(t.Context(), m, "a b\n0123 5678", evaluate.Options{Task: evaluate.LAMBADA, Window: 4})
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a word longer than the window: %v", err)
	}
}

func TestWrongTexts(t *testing.T) {
	const (
		wiki  = " \n = Title = \n \n It was <unk> . \n"
		penn  = " it was <unk> \n N % \n"
		jsonl = `{"text": "the end"}` + "\n"
		plain = "It was the best of times.\n"
	)
	for _, c := range []struct {
		task evaluate.Task
		text string
		want string // in the error
	}{
		{evaluate.Plain, "", "empty"},
		{evaluate.Plain, "x", "single token"},
		{evaluate.Plain, "\xff", "single token"},
		{evaluate.WikiText2, "", "empty"},
		{evaluate.WikiText2, jsonl, "lines of JSON"},
		{evaluate.WikiText2, penn, "the Penn Treebank"},
		{evaluate.WikiText103, plain, "plain text"},
		{evaluate.WikiText103, "PAR1\x00\x01", "Parquet"},
		{evaluate.WikiText103, "\x1f\x8b\x08", "compressed"},
		{evaluate.PTB, "", "empty"},
		{evaluate.PTB, wiki, "WikiText"},
		{evaluate.PTB, plain, "plain text"},
		{evaluate.PTB, jsonl, "lines of JSON"},
		{evaluate.LAMBADA, "", "empty"},
		{evaluate.LAMBADA, "\n\n", "empty"},
		{evaluate.LAMBADA, wiki, "WikiText"},
		{evaluate.LAMBADA, penn, "the Penn Treebank"},
		{evaluate.LAMBADA, "two words\none\n", "line 2"},
		{evaluate.LAMBADA, "PK\x03\x04", "compressed"},
		{evaluate.LAMBADA, jsonl + `{"texts": "the end"}`, `line 2: the object has no "text"`},
		{evaluate.LAMBADA, jsonl + `{"text": 5}`, "line 2"},
		{evaluate.LAMBADA, jsonl + "{\n", "line 2"},
		{evaluate.LAMBADA, jsonl + plain, "line 2"},
		{evaluate.LAMBADA, `{"text": "word"}`, "line 1"},
		{evaluate.LAMBADA, `{"text": " "}`, "line 1"},
	} {
		r, err := evaluate.Run(t.Context(), flat(64), c.text, evaluate.Options{Task: c.task, Window: 64, Stride: 32})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || r.Scored > 0 {
			t.Errorf("%s %q: %+v, %v; want an error with %q", c.task, c.text, r, err, c.want)
		}
	}
}

func TestParseTask(t *testing.T) {
	for _, name := range append(evaluate.Tasks(), "") {
		if task, err := evaluate.ParseTask(name); err != nil || string(task) != name {
			t.Errorf("%q: %q, %v", name, task, err)
		}
	}
	if _, err := evaluate.ParseTask("WikiText2"); err == nil || !strings.Contains(err.Error(), "wikitext2, wikitext103, lambada, ptb") {
		t.Error(err)
	}
}

func TestProgress(t *testing.T) {
	for task, text := range map[evaluate.Task]string{
		evaluate.Plain:   strings.Repeat("some text\n", 50),
		evaluate.LAMBADA: strings.Repeat("some text\n", 50),
	} {
		last := evaluate.Result{}
		o := evaluate.Options{Task: task, Window: 64, Stride: 32, Progress: func(r evaluate.Result) {
			if r.Scored <= last.Scored || r.Scored > r.ToScore || r.Loss <= last.Loss || r.Elapsed < last.Elapsed {
				t.Errorf("%q: %+v after %+v", task, r, last)
			}
			last = r
		}}
		r, err := evaluate.Run(t.Context(), flat(64), text, o)
		if err != nil || r != last || r.Scored != r.ToScore {
			t.Errorf("%q: %+v, %v after %+v", task, r, err, last)
		}
	}
}

func TestCancelled(t *testing.T) {
	for _, task := range []evaluate.Task{evaluate.Plain, evaluate.LAMBADA} {
		ctx, cancel := context.WithCancel(t.Context())
		o := evaluate.Options{Task: task, Window: 64, Stride: 32, Progress: func(evaluate.Result) { cancel() }}
		r, err := evaluate.Run(ctx, flat(64), strings.Repeat("some text\n", 50), o)
		if !errors.Is(err, context.Canceled) || r.Scored == 0 || r.Scored >= r.ToScore || math.Abs(r.NLL()-token) > 1e-6 {
			t.Errorf("%q: %+v, %v", task, r, err)
		}
	}
}
