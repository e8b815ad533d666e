package pretokenize

import (
	"strings"
	"unicode/utf8"
)

// A Behavior says what becomes of the matches at which a word is divided.
type Behavior int

const (
	Removed            Behavior = iota // they are dropped
	Isolated                           // each is a word
	MergedWithPrevious                 // each ends the word before it
	MergedWithNext                     // each begins the word after it
	Contiguous                         // those that stand together are a word
)

// Behaviors are their names in tokenizer.json.
var Behaviors = map[string]Behavior{
	"Removed": Removed, "Isolated": Isolated, "MergedWithPrevious": MergedWithPrevious, "MergedWithNext": MergedWithNext,
	"Contiguous": Contiguous,
}

// A Matcher calls found for every match in a text, from left to right; they do not overlap.
type Matcher func(text string, found func(start, end int))

// runes matches single runes.
func runes(is func(rune) bool) Matcher {
	return func(text string, found func(start, end int)) {
		for i, r := range text {
			if is(r) {
				_, n := utf8.DecodeRuneInString(text[i:])
				found(i, i+n)
			}
		}
	}
}

// literal matches a text that is not empty.
func literal(pattern string) Matcher {
	return func(text string, found func(start, end int)) {
		for at := 0; pattern != ""; {
			i := strings.Index(text[at:], pattern)
			if i < 0 {
				return
			}
			found(at+i, at+i+len(pattern))
			at += i + len(pattern)
		}
	}
}

// Literal is the matcher of a text.
func Literal(pattern string) Matcher { return literal(pattern) }

// Split divides words at matches; with invert, matches and what is between them change places.
func Split(matches Matcher, behavior Behavior, invert bool) Func {
	return func(words []Word) []Word {
		var out []Word
		for _, w := range words {
			for _, p := range behavior.join(parts(matches, w.Text, invert)) {
				if p.start < p.end && !(p.match && behavior == Removed) {
					out = append(out, Word{w.Text[p.start:p.end], w.Start && p.start == 0})
				}
			}
		}
		return out
	}
}

// part is a piece of a word: a match, or what is between two.
type part struct {
	start, end int
	match      bool
}

func parts(matches Matcher, text string, invert bool) []part {
	var all []part
	done := 0
	matches(text, func(start, end int) {
		if start > done {
			all = append(all, part{done, start, invert})
		}
		all = append(all, part{start, end, !invert})
		done = end
	})
	if done < len(text) {
		all = append(all, part{done, len(text), invert})
	}
	return all
}

// join puts parts together that become one word.
func (b Behavior) join(all []part) []part {
	if b == Removed || b == Isolated || len(all) == 0 {
		return all
	}
	joined := []part{all[0]}
	for i, p := range all[1:] {
		before := all[i] // the part before p
		together := false
		switch b {
		case Contiguous:
			together = p.match == before.match
		case MergedWithPrevious:
			together = p.match && !before.match
		case MergedWithNext:
			together = !p.match && before.match
		}
		if together {
			joined[len(joined)-1].end = p.end
		} else {
			joined = append(joined, p)
		}
	}
	return joined
}
