package bpe_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"inkling/engine/bpe"
)

// byteVocabulary has a piece for each byte, whose id is the byte, and no
// merges.
func byteVocabulary() (pieces map[string]int, merges [][2]string) {
	pieces = make(map[string]int)
	for b, letter := range letters {
		pieces[letter] = b
	}
	return pieces, nil
}

// simpleMerge is byte-pair encoding by its definition: while any neighbours
// merge, the pair of lowest rank does, the leftmost of equals.
func simpleMerge(word string, pieces map[string]int, merges [][2]string) (ids []int) {
	ranks := make(map[[2]string]int)
	for rank, m := range merges {
		ranks[m] = rank
	}
	var parts []string
	for i := range len(word) {
		parts = append(parts, letters[word[i]])
	}
	for {
		best, at := len(merges), -1
		for i := range len(parts) - 1 {
			if rank, ok := ranks[[2]string{parts[i], parts[i+1]}]; ok && rank < best {
				best, at = rank, i
			}
		}
		if at < 0 {
			break
		}
		parts = slices.Replace(parts, at, at+2, parts[at]+parts[at+1])
	}
	for _, part := range parts {
		ids = append(ids, pieces[part])
	}
	return ids
}

// Merges in any order, which no training would give: a later one may be part
// of an earlier one, and several may lead to the same piece.
func TestMergesOfAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		pieces, merges := byteVocabulary()
		known := []string{"a", "b", "c"}
		for range 1 + random.IntN(30) {
			left, right := known[random.IntN(len(known))], known[random.IntN(len(known))]
			if len(left+right) > 100 {
				continue
			}
			if _, ok := pieces[left+right]; !ok {
				pieces[left+right] = 256 + len(pieces)
				known = append(known, left+right)
			}
			merges = append(merges, [2]string{left, right})
		}
		random.Shuffle(len(merges), func(i, j int) { merges[i], merges[j] = merges[j], merges[i] })
		tok, err := bpe.New(pieces, merges, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 2, 5, 20, 63, 64, 65, 150} {
			var word strings.Builder
			for range n {
				word.WriteByte("abc"[random.IntN(3)])
			}
			got, want := tok.Encode(word.String(), false), simpleMerge(word.String(), pieces, merges)
			if !slices.Equal(got, want) {
				t.Fatalf("merges %q: Encode(%q) = %v; want %v", merges, word.String(), got, want)
			}
		}
	}
}

func TestLastOfEqualMergesCounts(t *testing.T) {
	pieces, _ := byteVocabulary()
	pieces["ab"], pieces["bc"] = 256, 257
	tok, err := bpe.New(pieces, [][2]string{{"a", "b"}, {"b", "c"}, {"a", "b"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tok.Encode("abc", false), []int{'a', 257}; !slices.Equal(got, want) {
		t.Errorf("Encode(%q) = %v; want %v", "abc", got, want)
	}
}
