package task

import (
	"math"
	"slices"
	"strings"
)

// Extract picks the count sentences of a text that say most of it, in the order of the text. The method is TextRank
// (Mihalcea and Tarau 2004, "TextRank: Bringing Order into Texts", section 4): sentences vote for those that share words
// with them, and votes of much-voted sentences count more.
func Extract(text string, count int) []string {
	all := Sentences(text)
	if len(all) > maxSentences {
		all = all[:maxSentences]
	}
	if count >= len(all) {
		return all
	}
	ranks := rank(similarities(all))
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case ranks[a] > ranks[b]:
			return -1
		case ranks[a] < ranks[b]:
			return 1
		}
		return 0
	})
	chosen := order[:count]
	slices.Sort(chosen)
	picked := make([]string, count)
	for i, at := range chosen {
		picked[i] = all[at]
	}
	return picked
}

// maxSentences bounds the matrix of votes to 128 MB.
const maxSentences = 4000

// similarities is how much each pair of sentences shares: common words over the logarithms of both lengths (equation in
// section 4.1). Words that tell nothing are left out.
func similarities(all []string) [][]float64 {
	words := make([]map[string]bool, len(all))
	for i, s := range all {
		words[i] = map[string]bool{}
		for _, w := range plainTokens(s) {
			if !small[w] {
				words[i][stem(w)] = true
			}
		}
	}
	m := make([][]float64, len(all))
	for i := range m {
		m[i] = make([]float64, len(all))
		for j := range i {
			common := 0
			for w := range words[i] {
				if words[j][w] {
					common++
				}
			}
			if length := math.Log(float64(len(words[i]))) + math.Log(float64(len(words[j]))); common > 0 && length > 0 {
				m[i][j] = float64(common) / length
				m[j][i] = m[i][j]
			}
		}
	}
	return m
}

// rank is the weighted PageRank of section 2.2, by iteration until it stands still.
func rank(weights [][]float64) []float64 {
	const damping, enough, most = 0.85, 1e-4, 100
	n := len(weights)
	sums := make([]float64, n)
	for i, row := range weights {
		for _, w := range row {
			sums[i] += w
		}
	}
	ranks, next := make([]float64, n), make([]float64, n)
	for i := range ranks {
		ranks[i] = 1
	}
	for range most {
		moved := 0.0
		for i := range next {
			votes := 0.0
			for j, w := range weights[i] {
				if w > 0 {
					votes += w / sums[j] * ranks[j]
				}
			}
			next[i] = 1 - damping + damping*votes
			moved = max(moved, math.Abs(next[i]-ranks[i]))
		}
		ranks, next = next, ranks
		if moved < enough {
			break
		}
	}
	return ranks
}

// Pieces cuts a text into pieces of at most room tokens each, at paragraphs where they fit, else at sentences, else between
// words. count tells the tokens of a text.
func Pieces(text string, room int, count func(string) int) (pieces []string) {
	current := ""
	add := func(part, gap string) {
		joined := part
		if current != "" {
			joined = current + gap + part
		}
		if current != "" && count(joined) > room {
			pieces = append(pieces, current)
			joined = part
		}
		current = joined
	}
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph == "" {
			continue
		}
		if count(paragraph) <= room {
			add(paragraph, "\n\n")
			continue
		}
		for _, s := range Sentences(paragraph) {
			if count(s) <= room {
				add(s, " ")
				continue
			}
			for _, w := range strings.Fields(s) {
				add(w, " ")
			}
		}
	}
	if current != "" {
		pieces = append(pieces, current)
	}
	return pieces
}
