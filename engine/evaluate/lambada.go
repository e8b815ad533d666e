package evaluate

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"inkling/engine"
	"inkling/engine/jsonfile"
)

// A passage of LAMBADA (Paperno et al. 2016) is to be continued with its last word.
type passage struct {
	line  int   // in the file
	ids   []int // tokens of all of it
	from  int   // the first of the last word
	bytes int   // of the last word, with the blank before it
}

// lambada scores the last words of the passages, each by itself: every token of it after all that is before, whatever the
// model would have said. It is right where each of these tokens is the likeliest at its place, so that a greedy choice
// spells the word. No word is kept from the model, as the paper's filter of stop words does.
func lambada(ctx context.Context, m *engine.Model, text string, o Options) (Result, error) {
	var result Result
	passages, err := passages(m, text)
	if err != nil {
		return result, err
	}
	for _, p := range passages {
		result.Tokens += len(p.ids)
		result.ToScore += len(p.ids) - p.from
		if word := len(p.ids) - p.from; word > o.Window {
			return result, fmt.Errorf("line %d: the last word has %d tokens, more than the window of %d", p.line, word, o.Window)
		}
	}
	scorer := m.NewScorer()
	start := time.Now()
	for _, p := range passages {
		cut := max(len(p.ids)-1-o.Window, 0) // of a passage that is longer than the window
		loss, correct := 0.0, 1
		err := scorer.Predict(ctx, p.ids[cut:], p.from-cut, func(predictions []engine.Prediction) {
			for _, t := range predictions {
				loss -= t.Logprob
				if !t.Greedy {
					correct = 0
				}
			}
		})
		if err != nil {
			return result, err
		}
		result.Scored += len(p.ids) - p.from
		result.Loss += loss
		result.Words++
		result.Bytes += p.bytes
		result.Passages++
		result.Correct += correct
		result.Elapsed = time.Since(start)
		if o.Progress != nil {
			o.Progress(result)
		}
	}
	return result, nil
}

// passages reads a file: every line is a JSON object with the key "text", or a passage by itself.
func passages(m *engine.Model, text string) ([]passage, error) {
	format, err := LAMBADA.check(text)
	if err != nil {
		return nil, err
	}
	var all []passage
	n := 0
	for line := range strings.Lines(text) {
		n++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if format == jsonLines {
			var object struct {
				Text *string `json:"text"`
			}
			if err := jsonfile.Unmarshal([]byte(line), &object); err != nil {
				return nil, fmt.Errorf("line %d: expected an object such as {\"text\": \"a passage\"}: %w", n, err)
			}
			if object.Text == nil {
				return nil, fmt.Errorf("line %d: the object has no \"text\", expected {\"text\": \"a passage\"}", n)
			}
			line = strings.TrimSpace(*object.Text)
		}
		before, word := lastWord(line)
		if before == "" || word == "" {
			return nil, fmt.Errorf("line %d: a passage of a single word, expected text and the word that ends it", n)
		}
		p := passage{line: n, ids: m.Encode(before), bytes: len(word)}
		p.from = len(p.ids)
		p.ids = append(p.ids, m.Encode(word)...)
		all = append(all, p)
	}
	if len(all) == 0 {
		return nil, errEmpty
	}
	return all, nil
}

// lastWord cuts a text, which does not end with white space, before its last word. A blank before that goes with the word,
// as GPT-2's tokenizer has it.
func lastWord(text string) (before, word string) {
	i := strings.LastIndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return "", text
	}
	if text[i] == ' ' {
		return text[:i], text[i:]
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	return text[:i+size], text[i+size:]
}
