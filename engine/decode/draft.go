package decode

import "time"

// Prompt-lookup decoding (Saxena 2023, https://github.com/apoorvumang/prompt-lookup-decoding): where the end of the text
// has occurred before, the tokens that followed there are drafted to follow again. They are computed together with the token
// that was drawn, in one pass that hardly takes longer, as it waits for the same weights. Each next token is then drawn from
// its own scores as ever, and as long as it is the drafted one, its scores are there already. A pass gives the same scores
// for a position however many there are beside it, so the text is the same, bit for bit, as without drafts.

const (
	shortestMatch = 2 // tokens that have occurred before
	longestMatch  = 8 // as many are compared
	fewestDrafts  = 2
	mostDrafts    = 7 // with the drawn token a pass of 8
	longestPause  = 64

	smoothing = 8 // passes that an average goes back on
)

// A drafter drafts for one text. It watches what drafting costs and brings, and pauses where it does not pay.
type drafter struct {
	drafts []int // in the cache after the text's ids, as far as they have not been drawn
	ahead  int   // of these, how many have been
	step   [1 + mostDrafts]int

	length int // drafts to make at once
	rest   int // tokens to come without a draft
	pause  int // how many that will be the next time that drafting does not pay

	plain time.Duration // what a pass of one token takes, smoothed
	cost  float64       // what a pass with drafts takes, in plain ones, smoothed
	gain  float64       // how many tokens it brings, smoothed

	made, right int // drafts of the text
}

func newDrafter() drafter {
	return drafter{length: fewestDrafts, pause: 1, cost: 1, gain: fewestDrafts}
}

// forget drops the drafts.
func (d *drafter) forget() { d.drafts, d.ahead = d.drafts[:0], 0 }

// lookUp appends up to n tokens to ids, which is what text ends with: those that came after the last occurrence of its end, of the
// longest one that there is.
func lookUp(ids, text []int, n int) []int {
	from, longest, end := 0, shortestMatch-1, len(text)
	for i := end - 1; i > longest && longest < longestMatch; i-- {
		match := 0
		for match < min(i, longestMatch) && text[i-1-match] == text[end-1-match] {
			match++
		}
		if match > longest {
			from, longest = i, match
		}
	}
	if longest < shortestMatch {
		return ids
	}
	first := end - len(ids)
	for range n {
		if from < end {
			ids = append(ids, text[from])
		} else {
			ids = append(ids, ids[from-first]) // one that was just appended: text that repeats itself
		}
		from++
	}
	return ids
}

// pays reports whether to draft now.
func (d *drafter) pays() bool {
	if d.rest > 0 {
		d.rest--
		return false
	}
	return true
}

// note takes down how long a pass took.
func (d *drafter) note(took time.Duration, drafts []int) {
	d.drafts, d.ahead = append(d.drafts[:0], drafts...), 0
	d.made += len(drafts)
	switch {
	case len(drafts) > 0:
		if d.plain > 0 {
			d.cost += (float64(took)/float64(d.plain) - d.cost) / smoothing
		}
	case d.plain == 0:
		d.plain = took
	default:
		d.plain += (took - d.plain) / smoothing
	}
}

// judge draws conclusions from the last drafts: those that were drawn saved a pass each.
func (d *drafter) judge() {
	n := len(d.drafts)
	if n == 0 {
		return
	}
	d.gain += (float64(1+d.ahead) - d.gain) / smoothing
	switch {
	case d.gain < d.cost:
		d.rest, d.pause = d.pause, min(2*d.pause, longestPause)
		d.length = fewestDrafts
	case d.ahead == n:
		d.length, d.pause = min(2*d.length, mostDrafts), 1
	default:
		d.length = max(d.ahead, fewestDrafts)
	}
}
