package sample

import (
	"errors"
	"slices"
)

// ErrNoCandidate means that no token is left to draw.
var ErrNoCandidate = errors.New("no token can be drawn: every logit is banned, -Inf or NaN (see ban, bias and no_repeat_ngram)")

// A Draw is one draw on its way through the stages.
type Draw struct {
	Params   *Params             // valid
	History  []int               // the tokens so far
	Random   Random              // the place of the token
	Padding  []int               // ids that are no tokens, ascending: they are never drawn, nor told of
	Banned   []int               // tokens that are not to be drawn here, beside those of the parameters
	Pieces   func(id int) []byte // the text of a token, for sequence breakers; nil: there are none
	Progress float64             // how much of the reply is written, from 0 to 1, for a ramp
	Tired    []int               // tokens of a span that repeats, made less likely by Weary
	Weary    float64
	Memo     float64 // what mirostat has come to, see After; 0 at the beginning of a text

	Candidates *Candidates // what is left

	chain *Chain
}

// A Chain draws tokens. What it holds is room to work in: it serves one draw at a time, of any text.
type Chain struct {
	candidates Candidates
	counts     []int32 // (V), all 0
	order      []*Stage
	named      []string // of order
	seen       seen
	same       []int32 // room for DRY
	breaks     breakers
}

// runs reports whether a stage is in the order of the last draw.
func (c *Chain) runs(name string) bool {
	return slices.ContainsFunc(c.order, func(s *Stage) bool { return s.Name == name })
}

// Draw passes all candidates through the stages that are on, in the order of d.Params.Samplers, and picks one. logits has one for
// each token id and is not changed. With a trace it also says what happened, from the same run. It allocates when the vocabulary is
// larger than ever before, and never otherwise. The error is ErrNoCandidate.
func (c *Chain) Draw(logits []float32, d *Draw, t *Trace) (id int, err error) {
	if len(c.counts) < len(logits) {
		c.counts = make([]int32, len(logits))
	}
	if names := d.Params.Samplers; c.order == nil || !slices.Equal(names, c.named) {
		c.order, c.named = order(append(c.order[:0], bans), names), append(c.named[:0], names...)
	}
	d.chain, d.Candidates = c, &c.candidates
	left := d.Candidates
	left.reset(logits)
	for _, id := range d.Padding {
		d.drop(id)
	}
	if t != nil {
		t.begin(c, logits, d)
	}
	for _, s := range c.order {
		if !s.On(d.Params) {
			continue
		}
		if t != nil {
			t.stage(s, d)
			continue
		}
		s.Apply(d)
	}
	i := left.pick(d.Random.Uniform(forDraw))
	if i < 0 {
		return -1, ErrNoCandidate
	}
	id = left.ID(i)
	if t != nil {
		t.end(c, logits, d, id)
	}
	return id, nil
}
