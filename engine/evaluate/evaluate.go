// Package evaluate measures how well a model foretells a text, also for the test sets of table 3 of the GPT-2 paper
// (Radford et al. 2019, "Language Models are Unsupervised Multitask Learners").
package evaluate

import (
	"context"
	"math"
	"strings"
	"time"

	"inkling/engine"
)

// Options says how a text is evaluated.
type Options struct {
	Task     Task
	Window   int          // tokens that the model sees at once, 1 to its context
	Stride   int          // tokens that a window moves on by, 1 to Window; LAMBADA has no use for it
	Progress func(Result) // if not nil, told the result so far every few tokens
}

// Result is how well a model foretells a text, or what is known of it so far.
type Result struct {
	Tokens   int     // of the text
	ToScore  int     // of these, tokens whose probability is asked for
	Scored   int     // of these, tokens whose probability was taken
	Loss     float64 // the negative log-likelihood of those, in nats, added up
	Words    int     // that the text is counted as, see Task
	Bytes    int     // of the text as it is in the file; of LAMBADA's last words with the blank before them
	Passages int     // of LAMBADA that were scored
	Correct  int     // of these, passages whose last word a greedy choice of its tokens gives
	Elapsed  time.Duration
}

// NLL is the mean negative log-likelihood of a token, in nats.
func (r Result) NLL() float64 { return r.Loss / float64(r.Scored) }

// Perplexity is that of a token.
func (r Result) Perplexity() float64 { return math.Exp(r.NLL()) }

// WordPerplexity is the perplexity of a word: the negative log-likelihood of all tokens is shared out over the words. It is
// +Inf where it cannot be told with a float64, or there are no words.
func (r Result) WordPerplexity() float64 { return math.Exp(r.Loss / float64(r.Words)) }

// BitsPerByte is the negative log-likelihood of all tokens in bits, shared out over the bytes.
func (r Result) BitsPerByte() float64 { return r.Loss / math.Ln2 / float64(r.Bytes) }

// Accuracy is the part of LAMBADA's passages whose last word a greedy choice gives.
func (r Result) Accuracy() float64 { return float64(r.Correct) / float64(r.Passages) }

// TokensPerSecond is the rate of scoring. Tokens that are computed once more as context do not count.
func (r Result) TokensPerSecond() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Scored) / r.Elapsed.Seconds()
}

// Run evaluates a text, which may be any bytes. When ctx ends, the result so far comes with its error.
func Run(ctx context.Context, m *engine.Model, text string, o Options) (Result, error) {
	if o.Task == LAMBADA {
		return lambada(ctx, m, text, o)
	}
	prepared, words, err := o.Task.prepare(text)
	if err != nil {
		return Result{}, err
	}
	ids := m.Encode(prepared)
	if err := enough(len(ids)); err != nil {
		return Result{}, err
	}
	result := Result{Tokens: len(ids), ToScore: len(ids) - 1, Words: words, Bytes: len(text)}
	start := time.Now()
	take := func(s engine.Score) {
		result.Scored, result.Loss, result.Elapsed = s.Scored, s.Loss, time.Since(start)
		if o.Progress != nil {
			o.Progress(result)
		}
	}
	_, err = m.Score(ctx, ids, o.Window, o.Stride, take)
	return result, err
}

// words counts what white space separates.
func words(text string) int {
	n := 0
	for range strings.FieldsSeq(text) {
		n++
	}
	return n
}
