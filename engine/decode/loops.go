package decode

// loops watches for a text that repeats itself without an end.
type loops struct {
	told   int    // ids when a repetition was told of last, so that one is told of once
	breaks []loop // that were broken, the newest last
}

// A loop is a span that was broken: for so many tokens its own are less likely.
type loop struct {
	from, to int // places
	span     []int
	penalty  float64
}

const (
	longestSpan  = 64  // tokens
	shortestLoop = 12  // tokens of a repetition in all
	often        = 3   // times in a row make a repetition
	weary        = 2.0 // of a logit, when a span is broken for the first time; doubled each time
	mostBreaks   = 6   // of one text at one place, then it may go on
)

// find is the shortest span that text ends with so many times in a row; n is the number of tokens after its first time, 0 for none.
func find(text []int, times int) (span []int, n int) {
	for p := 1; p <= min(longestSpan, len(text)/times); p++ {
		same := 0
		for same+p < len(text) && text[len(text)-1-same] == text[len(text)-1-same-p] {
			if same++; same >= p*(times-1) && same+p >= shortestLoop {
				return text[len(text)-p:], same
			}
		}
	}
	return nil, 0
}

// tired are the tokens that are less likely at a place, and by how much.
func (l *loops) tired(place int) (ids []int, by float64) {
	if n := len(l.breaks); n > 0 {
		if b := l.breaks[n-1]; place >= b.from && place < b.to {
			return b.span, b.penalty
		}
	}
	return nil, 0
}

// broken notes that a span is to be left at a place. It reports false where that has been tried often enough.
func (l *loops) broken(span []int, place int) bool {
	b := loop{from: place, to: place + 2*len(span) + shortestLoop, span: append([]int(nil), span...), penalty: weary}
	tries := 0
	for _, earlier := range l.breaks {
		if place >= earlier.from && place < earlier.to {
			tries++
			b.penalty *= 2
		}
	}
	if tries >= mostBreaks {
		return false
	}
	l.breaks = append(l.breaks, b)
	return true
}

// back forgets what was told of a text that is shorter now.
func (l *loops) back(length int) { l.told = min(l.told, length) }
