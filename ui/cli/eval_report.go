package cli

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"

	"inkling/engine"
	"inkling/engine/evaluate"
	"inkling/ui/safe"
)

// report is what "inkling eval" found out.
type report struct {
	info    engine.Info
	file    string // as the user named it
	options evaluate.Options
	result  evaluate.Result
}

// json writes the report as one object. A number that is too large for a float64, or the perplexity of a word in a text
// without any, is null.
func (r *report) json(out io.Writer) error {
	object := struct {
		Model           string        `json:"model"`
		Weights         string        `json:"weights"`
		File            string        `json:"file"`
		Task            evaluate.Task `json:"task"` // "" for none
		Tokens          int           `json:"tokens"`
		Scored          int           `json:"scored"`
		NLL             float64       `json:"nll"`
		Perplexity      number        `json:"perplexity"`
		BitsPerByte     float64       `json:"bits_per_byte"`
		WordPerplexity  number        `json:"word_perplexity"`
		Accuracy        *float64      `json:"accuracy,omitempty"`
		Window          int           `json:"window"`
		Stride          int           `json:"stride"` // 0 where there is none
		Seconds         float64       `json:"seconds"`
		TokensPerSecond float64       `json:"tokens_per_second"`
	}{
		Model: r.info.Name, Weights: r.info.Weights, File: r.file, Task: r.options.Task,
		Tokens: r.result.Tokens, Scored: r.result.Scored,
		NLL: r.result.NLL(), Perplexity: number(r.result.Perplexity()), BitsPerByte: r.result.BitsPerByte(),
		WordPerplexity: number(r.result.WordPerplexity()),
		Window:         r.options.Window, Stride: r.options.Stride,
		Seconds: r.result.Elapsed.Seconds(), TokensPerSecond: r.result.TokensPerSecond(),
	}
	if r.options.Task == evaluate.LAMBADA {
		accuracy := r.result.Accuracy()
		object.Accuracy = &accuracy
	}
	return writeJSON(out, object)
}

// number is a float64 that JSON has a null for where it is infinite.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

// text writes the report as a table.
func (r *report) text(out io.Writer) error {
	words := "words"
	switch r.options.Task {
	case evaluate.WikiText2, evaluate.WikiText103, evaluate.PTB:
		words = "words and line ends"
	case evaluate.LAMBADA:
		words = "last words"
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) {
		fmt.Fprintf(table, name+"\t"+format+"\n", args...) // a failed write shows when the table is flushed
	}
	if r.info.Weights == "" { // of a service
		row("model", "%s", safe.Line(r.info.Name))
	} else {
		row("model", "%s (%s)", safe.Line(r.info.Name), r.info.Weights)
	}
	row("text", "%s", safe.Line(named(r.file)))
	if r.options.Task != evaluate.Plain {
		row("task", "%s", r.options.Task)
	}
	row("tokens", "%d, %d of them scored", r.result.Tokens, r.result.Scored)
	switch {
	case r.options.Task == evaluate.LAMBADA:
		row("window", "%d tokens", r.options.Window)
	case r.options.Window > 0:
		row("window", "%d tokens, moved on by %d", r.options.Window, r.options.Stride)
	}
	row("loss", "%.4f nats a token", r.result.NLL())
	row("perplexity", "%s", shown(r.result.Perplexity()))
	row("bits per byte", "%.4f", r.result.BitsPerByte())
	row("word perplexity", "%s (%d %s)", shown(r.result.WordPerplexity()), r.result.Words, words)
	if r.options.Task == evaluate.LAMBADA {
		row("accuracy", "%.2f%% (%d of %d passages)", 100*r.result.Accuracy(), r.result.Correct, r.result.Passages)
	}
	row("speed", "%.0f tokens/s (%.1f s)", r.result.TokensPerSecond(), r.result.Elapsed.Seconds())
	return outputError(table.Flush())
}

// partial writes what was measured before an interrupt. How many bytes and words that is, nobody has counted.
func (r *report) partial(out io.Writer) error {
	if r.result.Scored == 0 {
		_, err := fmt.Fprintln(out, "interrupted before anything was measured")
		return err
	}
	_, err := fmt.Fprintf(out, "interrupted; partial result: %d of %d tokens scored, loss %.4f nats a token, perplexity %s, %.0f tokens/s\n",
		r.result.Scored, r.result.ToScore, r.result.NLL(), shown(r.result.Perplexity()), r.result.TokensPerSecond())
	return err
}

// shown is a perplexity for people.
func shown(perplexity float64) string {
	switch {
	case math.IsInf(perplexity, 0):
		return "not defined or too large"
	case perplexity >= 1e9:
		return fmt.Sprintf("%.4g", perplexity)
	}
	return fmt.Sprintf("%.4f", perplexity)
}
