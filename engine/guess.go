package engine

import "time"

// Prompt-lookup decoding (Saxena 2023, https://github.com/apoorvumang/prompt-lookup-decoding): where the end of the text
// has occurred before, the tokens that followed there are guessed to follow again. They are computed together with the token
// that was drawn, in one pass that hardly takes longer, as it waits for the same weights. Each next token is then drawn from
// its own scores as ever, and as long as it is the guessed one, its scores are there already. A pass gives the same scores
// for a position however many there are beside it, so the text is the same, bit for bit, as without guesses.

const (
	shortestMatch = 2 // tokens that have occurred before
	longestMatch  = 8 // as many are compared
	fewestGuesses = 2
	mostGuesses   = 7 // with the drawn token a pass of 8
	longestPause  = 64

	smoothing = 8 // passes that an average goes back on
)

// A guesser guesses for one track. It watches what guessing costs and brings, and pauses where it does not pay.
type guesser struct {
	logits  []float32 // (1+mostGuesses, V) scores after the drawn token and after each guess
	guesses []int     // in the cache after the track's ids, as far as they have not come true
	ahead   int       // of these, how many have come true
	step    [1 + mostGuesses]int

	length int // guesses to make at once
	rest   int // tokens to come without a guess
	pause  int // how many that will be the next time that guessing does not pay

	plain time.Duration // what a pass of one token takes, smoothed
	cost  float64       // what a pass with guesses takes, in plain ones, smoothed
	gain  float64       // how many tokens it brings, smoothed

	made, right int // guesses, of the generation under way
}

func newGuesser() *guesser {
	return &guesser{length: fewestGuesses, pause: 1, cost: 1, gain: fewestGuesses}
}

// row is the room for the scores after the n-th token of a pass.
func (g *guesser) row(n, vocab int) []float32 {
	if len(g.logits) < (n+1)*vocab {
		rows := 1
		if n > 0 {
			rows = 1 + mostGuesses
		}
		g.logits = append(make([]float32, 0, rows*vocab), g.logits...)[:rows*vocab]
	}
	return g.logits[n*vocab:][:vocab]
}

// forget drops the guesses.
func (g *guesser) forget() { g.guesses, g.ahead = g.guesses[:0], 0 }

// advance adds a token to the track and sets the scores after it. guess allows guesses.
func (t *track) advance(id int, guess bool) error {
	g, vocab := t.guesser, t.model.info.Vocab
	if g.ahead < len(g.guesses) && g.guesses[g.ahead] == id {
		g.ahead++
		g.right++
		t.ids = append(t.ids, id)
		t.logits = g.row(g.ahead, vocab)
		return nil
	}
	g.judge()
	t.truncate(len(t.ids))
	ids := append(g.step[:0], id)
	if room := t.model.info.Context - len(t.ids) - 1; guess && g.pays() {
		ids = lookUp(ids, t.ids, min(g.length, room))
	}
	g.row(len(ids)-1, vocab)
	t.step[0] = Step{State: t.state, IDs: ids, Scores: len(ids)}
	start := time.Now()
	if err := t.model.lm.Forward(t.step[:], g.logits[:len(ids)*vocab]); err != nil {
		return err
	}
	g.note(time.Since(start), ids[1:])
	t.ids = append(t.ids, id)
	t.logits = g.row(0, vocab)
	return nil
}

// lookUp appends up to n tokens to ids, which follow text: those that came after the last occurrence of what ids ends with,
// of the longest one that there is.
func lookUp(ids, text []int, n int) []int {
	at := func(i int) int {
		if i < len(text) {
			return text[i]
		}
		return ids[i-len(text)]
	}
	end := len(text) + len(ids)
	from, longest := 0, shortestMatch-1
	for i := end - 1; i > longest && longest < longestMatch; i-- {
		match := 0
		for match < min(i, longestMatch) && at(i-1-match) == at(end-1-match) {
			match++
		}
		if match > longest {
			from, longest = i, match
		}
	}
	if longest < shortestMatch {
		return ids
	}
	for range n {
		ids = append(ids, at(from)) // which may be one that was just appended: text that repeats itself
		from++
	}
	return ids
}

// pays reports whether to guess now.
func (g *guesser) pays() bool {
	if g.rest > 0 {
		g.rest--
		return false
	}
	return true
}

// note takes down how long a pass took.
func (g *guesser) note(took time.Duration, guesses []int) {
	g.guesses = append(g.guesses[:0], guesses...)
	g.made += len(guesses)
	switch {
	case len(guesses) > 0:
		if g.plain > 0 {
			g.cost += (float64(took)/float64(g.plain) - g.cost) / smoothing
		}
	case g.plain == 0:
		g.plain = took
	default:
		g.plain += (took - g.plain) / smoothing
	}
}

// judge draws conclusions from the last guesses: those that came true saved a pass each.
func (g *guesser) judge() {
	n := len(g.guesses)
	if n == 0 {
		return
	}
	g.gain += (float64(1+g.ahead) - g.gain) / smoothing
	switch {
	case g.gain < g.cost:
		g.rest, g.pause = g.pause, min(2*g.pause, longestPause)
		g.length = fewestGuesses
	case g.ahead == n:
		g.length, g.pause = min(2*g.length, mostGuesses), 1
	default:
		g.length = max(g.ahead, fewestGuesses)
	}
}
