package decode

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"inkling/engine/kernel"
	"inkling/engine/sample"
)

// A Request asks for the continuation of a prompt.
type Request struct {
	Prompt   []int
	Controls *sample.Controls // nil: sample.Neutral
	Seed     *uint64          // nil: a random one, told in Result.Seed
	Attempt  uint32           // tells texts apart that have the same prompt and seed
	Position uint32           // of the first token within its reply: how many tokens of it the prompt ends with
	Forced   []int            // tokens that the text begins with: they are appended, not drawn
	Ends     []int            // tokens that end the text, as end-of-text does
	Endless  bool             // tokens that end the text are not drawn
	Unwanted []string         // words that the text does not have: it goes back before one is told of
	Top      int              // how many of the likeliest tokens to tell of with each token
	Room     int              // how many events may wait for their reader; 0: a few
	Paused   bool             // it begins by waiting for an order
	Memo     float64          // what mirostat had come to at the end of the prompt, see Result.Memo
	NoDrafts bool             // every token is computed on its own; the text is the same, at most later
}

// A Stepper is a text in the making: ids, the scores of the token after them, and what has been said. It computes nothing.
type Stepper struct {
	text    *Text
	request *Request
	seed    uint64
	chain   *sample.Chain // shared with other texts

	ids     []int     // of the prompt and the text
	prompt  int       // how many are the prompt's
	context int       // most ids
	logits  []float32 // the scores of the next token; nil until they are computed

	decoder Decoder
	held    heldText
	said    []byte // the text of the tokens that have been released
	decoded int    // bytes of all tokens
	starts  []int  // where in them each token of the text begins
	waiting []Token
	visible bool // more than white space has come
	barred  []bar
	banned  []int // room for a list
	draw    sample.Draw
	loops   loops
	words   []string      // room for a list
	memos   []float64     // what mirostat has come to after each token of the text
	tops    []Alternative // room for those of tokens to come
}

// A bar is a token that is not to be drawn at a place, because an unwanted word began with it.
type bar struct{ position, id int }

func newStepper(text *Text, r *Request, seed uint64, chain *sample.Chain, context int) *Stepper {
	s := &Stepper{text: text, request: r, seed: seed, chain: chain, prompt: len(r.Prompt), context: context}
	s.ids = append(make([]int, 0, max(context+1, len(r.Prompt))), r.Prompt...)
	s.memos = make([]float64, 0, max(context+1-len(r.Prompt), 1))
	s.decoder = text.Decoder(r.Prompt...)
	s.draw.Pieces = text.Piece
	return s
}

// Len is the number of tokens of the text, without the prompt.
func (s *Stepper) Len() int { return len(s.ids) - s.prompt }

// Draw draws the next token, without taking it. With a trace it tells what happened.
func (s *Stepper) Draw(p *sample.Params, t *sample.Trace) (id int, err error) {
	s.banned = s.banned[:0]
	early := s.Len() < p.MinTokens || p.MinTokens > 0 && !s.visible
	if early || s.request.Endless {
		s.banned = append(append(s.banned, s.text.Ends...), s.request.Ends...)
	}
	if early {
		if slices.ContainsFunc(p.Stop, endsLine) {
			s.banned = append(s.banned, s.text.Blank...)
		}
	}
	for _, sequence := range s.text.Banned {
		if last := len(sequence) - 1; endsWith(s.ids, sequence[:last]) {
			s.banned = append(s.banned, sequence[last])
		}
	}
	for _, b := range s.barred {
		if b.position == len(s.ids) {
			s.banned = append(s.banned, b.id)
		}
	}
	s.draw.Params, s.draw.History, s.draw.Padding, s.draw.Banned = p, s.ids, s.text.Padding, s.banned
	s.draw.Memo, s.draw.Progress = s.memo(), s.progress(p)
	s.draw.Tired, s.draw.Weary = s.loops.tired(len(s.ids))
	s.draw.Random = sample.Random{Seed: s.seed, Attempt: s.request.Attempt, Position: s.request.Position + uint32(s.Len())}
	return s.chain.Draw(s.logits, &s.draw, t)
}

// progress is how much is written of the reply that the text belongs to, if it gets as long as it may.
func (s *Stepper) progress(p *sample.Params) float64 {
	most := p.MaxTokens
	if most == 0 {
		most = s.context - s.prompt
	}
	last := int(s.request.Position) + most - 1
	return min(float64(int(s.request.Position)+s.Len())/float64(max(last, 1)), 1)
}

// memo is what mirostat has come to.
func (s *Stepper) memo() float64 {
	if n := len(s.memos); n > 0 {
		return s.memos[n-1]
	}
	return s.request.Memo
}

func endsWith(ids, last []int) bool {
	return len(last) <= len(ids) && slices.Equal(ids[len(ids)-len(last):], last)
}

func endsLine(stop string) bool { return strings.HasPrefix(stop, "\n") }

// ends reports whether a token ends the text.
func (s *Stepper) ends(id int) bool {
	return slices.Contains(s.text.Ends, id) || slices.Contains(s.request.Ends, id)
}

// Append takes a token, whose log-probability and the like are in it already. What can be told of for good is released then, see
// Release. A reason says that it was the last; back is how many tokens an unwanted word takes back.
func (s *Stepper) Append(t Token) (reason StopReason, back int) {
	memo := s.memo()
	if t.Params.MirostatTau > 0 {
		memo = s.draw.After(t.ID)
	}
	s.memos = append(s.memos, memo)
	s.ids = append(s.ids, t.ID)
	s.logits = nil
	s.visible = s.visible || len(bytes.TrimSpace(s.text.Piece(t.ID))) > 0
	text := s.decoder.Push(t.ID)
	s.starts = append(s.starts, s.decoded)
	s.decoded += len(text)
	show, stopped, unwanted := s.held.push(text, t.Params.Stop, s.unwanted(t.Params))
	if unwanted >= 0 {
		// The word begins with the last token that begins no later.
		at := len(s.said) + s.unsaid() + unwanted
		first := len(s.starts) - 1
		for first > 0 && s.starts[first] > at {
			first--
		}
		s.waiting = append(s.waiting, t)
		s.barred = append(s.barred, bar{s.prompt + first, s.ids[s.prompt+first]})
		return "", len(s.starts) - first
	}
	t.Text = show
	t.Temperature = s.warmth(t.Params)
	s.waiting = append(s.waiting, t)
	if stopped {
		return StopString, 0
	}
	return "", 0
}

// unwanted are the texts that must not appear: those of the request and those of the parameters.
func (s *Stepper) unwanted(p *sample.Params) []string {
	s.words = append(append(s.words[:0], s.request.Unwanted...), p.Unwanted...)
	return s.words
}

// warmth is the temperature at the place of the last token.
func (s *Stepper) warmth(p *sample.Params) float64 {
	s.draw.Params = p
	return s.draw.Warmth()
}

// unsaid counts the bytes that waiting tokens show.
func (s *Stepper) unsaid() int {
	n := 0
	for i := range s.waiting {
		n += len(s.waiting[i].Text)
	}
	return n
}

// Release hands out the tokens that the program itself cannot take back any more, in order.
func (s *Stepper) Release(all bool, tell func(Token)) {
	if !all && overlaps(s.held.text, s.words) > 0 {
		return
	}
	for i, t := range s.waiting {
		s.said = append(s.said, t.Text...)
		tell(t)
		s.waiting[i] = Token{}
	}
	s.waiting = s.waiting[:0]
}

// Back forgets the last n tokens of the text. It returns how many of them had been released, and how many bytes of what the released
// ones said stay.
func (s *Stepper) Back(n int, p *sample.Params) (removed, kept int) {
	n = min(n, s.Len())
	removed = max(0, n-len(s.waiting))
	kept = len(s.said)
	waited := s.waiting[:max(0, len(s.waiting)-n)]
	ids := s.ids[s.prompt : len(s.ids)-n]
	s.ids, s.logits, s.memos = s.ids[:len(s.ids)-n], nil, s.memos[:len(ids)]
	s.starts, s.decoded, s.visible = s.starts[:0], 0, false
	s.decoder, s.held = s.text.Decoder(s.request.Prompt...), heldText{}
	shown := 0
	for i, id := range ids {
		s.visible = s.visible || len(bytes.TrimSpace(s.text.Piece(id))) > 0
		text := s.decoder.Push(id)
		s.starts = append(s.starts, s.decoded)
		s.decoded += len(text)
		show, _, _ := s.held.push(text, p.Stop, s.unwanted(p))
		if i < len(ids)-len(waited) {
			shown += len(show)
		}
	}
	s.waiting = waited
	if removed > 0 {
		kept = min(kept, shown)
		s.said = s.said[:kept]
		s.loops.back(len(s.ids))
		s.barred = slices.DeleteFunc(s.barred, func(b bar) bool { return b.position > len(s.ids) })
	}
	return removed, kept
}

// finish ends the text: what is held belongs to it unless a stop string ended it.
func (s *Stepper) finish(reason StopReason) (rest string) {
	if reason == StopString {
		return ""
	}
	return s.held.flush() + s.decoder.Flush()
}

// token describes an id by the scores at hand.
func (s *Stepper) token(id int, by By, p *sample.Params, t *sample.Trace, name func(id int) string) (Token, error) {
	sum := 0.0
	if t != nil {
		sum = t.LogSum
	} else {
		sum = kernel.LogSumExp(s.logits)
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) {
		return Token{}, ErrDamaged
	}
	token := Token{ID: id, By: by, Params: p, Logprob: float64(s.logits[id]) - sum}
	if t == nil {
		return token, nil
	}
	token.Entropy, token.Rank = t.Entropy, t.Drawn.Rank
	if id != t.Drawn.ID {
		token.Rank = sample.Rank(s.logits, id, s.text.Padding)
	}
	if cap(s.tops)-len(s.tops) < len(t.Top) {
		const ahead = 64 // tokens
		s.tops = make([]Alternative, 0, ahead*len(t.Top))
	}
	first := len(s.tops)
	for _, seen := range t.Top {
		a := Alternative{ID: seen.ID, Text: name(seen.ID), Logprob: seen.Logprob, Share: seen.Share}
		if seen.By >= 0 {
			a.Dropped = t.Stages[seen.By].Name
		}
		s.tops = append(s.tops, a)
	}
	token.Top = s.tops[first:len(s.tops):len(s.tops)]
	return token, nil
}

// sound reports whether the scores at hand are numbers.
func (s *Stepper) sound() bool {
	sum := kernel.LogSumExp(s.logits)
	return !math.IsNaN(sum) && !math.IsInf(sum, 1)
}
