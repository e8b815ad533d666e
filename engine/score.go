package engine

import (
	"context"
	"fmt"
	"math"
	"sync"

	"inkling/engine/decode"
	"inkling/engine/kernel"
)

// Score is how well a model foretells a text.
type Score struct {
	Tokens int     // of the text
	Scored int     // of these, tokens whose probability was taken
	Loss   float64 // the negative log-likelihood of those, in nats, added up
}

// Score takes the probability of every token but the first, which nothing precedes, in windows of so many tokens that
// move on by stride. A window scores the tokens that the one before has not, so each is scored once and has window-stride
// tokens before it where the text has that many, and one where stride is all of the window. See "Perplexity of
// fixed-length models" in the documentation of Hugging Face's transformers.
//
// progress, if not nil, is told the score so far after every pass. The result does not depend on the number of threads.
// When ctx ends, the score so far comes with its error.
func (m *Model) Score(ctx context.Context, ids []int, window, stride int, progress func(Score)) (Score, error) {
	score := Score{Tokens: len(ids)}
	switch {
	case len(ids) < 2:
		return score, fmt.Errorf("a text of %d tokens cannot be scored, expected 2 or more", len(ids))
	case window < 1 || window > m.info.Context:
		return score, fmt.Errorf("a window of %d tokens, expected 1 to %d, the model's context", window, m.info.Context)
	case stride < 1 || stride > window:
		return score, fmt.Errorf("a stride of %d tokens, expected 1 to %d, the window", stride, window)
	}
	scorer := m.NewScorer()
	for begin, scored := 0, 1; scored < len(ids); begin += stride {
		end := min(begin+window, len(ids))
		if end == scored {
			continue // a window of the first token alone
		}
		from := min(begin, scored-1) // at least one token before those to score
		err := scorer.Predict(ctx, ids[from:end], scored-from, func(predictions []Prediction) {
			for _, p := range predictions {
				score.Loss -= p.Logprob
			}
			score.Scored += len(predictions)
			if progress != nil {
				progress(score)
			}
		})
		if err != nil {
			return score, err
		}
		scored = end
	}
	return score, nil
}

// Prediction is what a model took one token of a text for.
type Prediction struct {
	Logprob float64 // natural logarithm of the token's probability
	Greedy  bool    // it is the token that a greedy choice takes: the likeliest with a text, and of equals the one with the lowest id
}

// Scorer takes the probabilities of tokens, in room that is allocated once. It serves one goroutine at a time.
type Scorer struct {
	model       *Model
	state       State
	step        [1]Step
	logits      []float32    // (Block, V)
	predictions []Prediction // (Block)
}

// NewScorer returns a Scorer of the model.
func (m *Model) NewScorer() *Scorer {
	return &Scorer{
		model:       m,
		state:       m.network.NewState(),
		logits:      make([]float32, Block*m.info.Vocab),
		predictions: make([]Prediction, Block),
	}
}

// Predict calls each with the predictions of ids[from:], at least one and each after all that is before it in ids, in
// order and as many at once as a pass computes. What each is given is valid during the call. All of ids but the last have
// to fit into the model's context. Cancelling ctx ends it after the pass under way.
func (s *Scorer) Predict(ctx context.Context, ids []int, from int, each func([]Prediction)) error {
	if from < 1 || from >= len(ids) {
		return fmt.Errorf("predictions from token %d on of %d, expected 1 to %d", from, len(ids), len(ids)-1)
	}
	if last := ids[len(ids)-1]; last < 0 || last >= s.model.info.Vocab {
		return fmt.Errorf("token id %d, expected 0 to %d", last, s.model.info.Vocab-1)
	}
	s.state.Truncate(0)
	// A token is scored by the pass that computes the one before it.
	for begin := 0; begin < len(ids)-1; {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := min(begin+Block, len(ids)-1)
		next := ids[max(from, begin+1):max(from, end+1)]
		logits := s.logits[:len(next)*s.model.info.Vocab]
		s.step[0] = Step{State: s.state, IDs: ids[begin:end], Scores: len(next)}
		err := s.model.loop.Between(ctx, func(w Workspace) error { return s.model.network.Forward(w, s.step[:], logits) })
		if err != nil {
			return err
		}
		if len(next) > 0 {
			predictions, err := s.judge(next)
			if err != nil {
				return err
			}
			each(predictions)
		}
		begin = end
	}
	return nil
}

// judge compares rows of logits with the tokens that follow them in the text. A row of GPT-2 is a sum of 50,257
// exponentials, so rows are shared out over as many goroutines as the model has threads.
func (s *Scorer) judge(next []int) ([]Prediction, error) {
	vocab := s.model.info.Vocab
	row := func(i int) {
		logits, id := s.logits[i*vocab:][:vocab], next[i]
		logprob := float64(logits[id]) - kernel.LogSumExp(logits)
		for _, padding := range s.model.padding {
			logits[padding] = float32(math.Inf(-1)) // no choice takes them
		}
		s.predictions[i] = Prediction{Logprob: logprob, Greedy: highest(logits, id)}
	}
	workers := min(max(s.model.info.Threads, 1), len(next))
	var others sync.WaitGroup
	for first := 1; first < workers; first++ {
		others.Go(func() {
			for i := first; i < len(next); i += workers {
				row(i)
			}
		})
	}
	for i := 0; i < len(next); i += workers {
		row(i)
	}
	others.Wait()
	for _, p := range s.predictions[:len(next)] {
		if math.IsNaN(p.Logprob) || math.IsInf(p.Logprob, 0) {
			return nil, decode.ErrDamaged
		}
	}
	return s.predictions[:len(next)], nil
}

// highest reports whether no other logit is above that of id, nor equal to it at a lower id.
func highest(logits []float32, id int) bool {
	for i, v := range logits {
		if v > logits[id] || v == logits[id] && i < id {
			return false
		}
	}
	return true
}
