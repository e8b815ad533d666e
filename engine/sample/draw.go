package sample

import "errors"

// ErrNoCandidate means that no token is left to draw.
var ErrNoCandidate = errors.New("no token can be drawn: every logit is banned, -Inf or NaN (see ban, bias and no_repeat_ngram)")

// Sampler draws tokens. What it holds is room to work in; it is not for concurrent use.
type Sampler struct {
	candidates []Candidate // room for one per token of the vocabulary
	best       []Candidate // room for those of a shortlist
	named      []int       // room for the tokens whose logits are changed
	seen       []Count     // room for one per token of the penalty range
}

// Draw returns the token drawn from logits, which holds one logit per token id. The history is the tokens so far, for the
// penalties and no-repeat-ngram. Neither is changed. Draw allocates only when one of them is longer than ever before. The
// error is that of p.Validate, or ErrNoCandidate.
func (s *Sampler) Draw(logits []float32, history []int, p *Params, r Random) (id int, err error) {
	if err := p.Validate(); err != nil {
		return -1, err
	}
	return Pick(s.process(logits, history, p), r.Uniform(forDraw))
}

// process passes the candidates through every processor. The result is valid until the next call.
func (s *Sampler) process(logits []float32, history []int, p *Params) []Candidate {
	s.candidates = s.shortlist(logits, history, p)
	return s.processAll(s.candidates, history, p)
}

func (s *Sampler) processAll(c []Candidate, history []int, p *Params) []Candidate {
	if p.RepetitionPenalty != 1 || p.PresencePenalty != 0 || p.FrequencyPenalty != 0 {
		s.seen = Counts(s.seen[:0], history, p.PenaltyRange)
		c = Repetition(c, s.seen, p.RepetitionPenalty)
		c = PresenceFrequency(c, s.seen, p.PresencePenalty, p.FrequencyPenalty)
	}
	c = NoRepeatNgram(c, history, p.NoRepeatNgram)
	c = Bias(c, p.Bias)
	c = Ban(c, p.Ban)
	c = Temperature(c, p.Temperature)
	c = TopK(c, p.TopK)
	c = Typical(c, p.TypicalP)
	c = TopP(c, p.TopP)
	return MinP(c, p.MinP)
}

// Pick maps u, uniform in [0,1), to a candidate: with the probabilities laid end to end on [0,1) in the order of c, it
// returns the id of the candidate whose stretch holds u. The error is ErrNoCandidate.
func Pick(c []Candidate, u float64) (id int, err error) {
	c, top := possible(c)
	if len(c) == 0 {
		return -1, ErrNoCandidate
	}
	target, sum := u*mass(c, top), 0.0
	for _, x := range c {
		sum += weight(x, top)
		id = x.ID
		if target < sum { // true of the last at the latest: the sum is then the mass, bit for bit
			break
		}
	}
	return id, nil
}
