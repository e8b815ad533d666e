package chat

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Stories of before, whose turns say no place, read as they always did.
func TestFoldOfAppends(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	parts := []string{"a fox", " ran", "ran ", "\n", "  ", "über ", ".", "字", "\tx"}
	for range 2000 {
		var path []*Turn
		for i := range r.IntN(7) {
			path = append(path, &Turn{ID: i + 1, Role: []Role{User, Assistant}[r.IntN(2)], Text: parts[r.IntN(len(parts))] + parts[r.IntN(len(parts))]})
		}
		if got, want := FoldStory(path).Text, StoryText(path); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	}
}

// Random edits equal those of a plain string; each is the difference between two texts; spans cover the text.
func TestFoldEqualsAPlainString(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	letters := []rune("ab \n字é🙂")
	for range 300 {
		var path []*Turn
		text := []rune{}
		own := []Role{}
		for i := range 60 {
			at := r.IntN(len(text) + 1)
			gone := r.IntN(min(len(text)-at, 4) + 1)
			in := make([]rune, r.IntN(5))
			role := []Role{User, Assistant}[r.IntN(2)]
			roles := make([]Role, len(in))
			for j := range in {
				in[j], roles[j] = letters[r.IntN(len(letters))], role
			}
			place := len(string(text[:at]))
			path = append(path, &Turn{ID: i + 1, Role: role, Text: string(in), Place: &place, Removed: len(string(text[at : at+gone]))})
			before := string(text)
			text = append(text[:at:at], append(in, text[at+gone:]...)...)
			own = append(own[:at:at], append(roles, own[at+gone:]...)...)
			if at, gone, in := Difference(before, string(text)); before[:at]+in+before[at+gone:] != string(text) {
				t.Fatalf("difference of %q and %q: %d, %d, %q", before, string(text), at, gone, in)
			}
		}
		fold := FoldStory(path)
		if with := FoldStory(path[:len(path)-1]).With(path[len(path)-1]); with.Text != fold.Text || !slices.Equal(with.Spans, fold.Spans) {
			t.Fatalf("%+v, want %+v", with, fold)
		}
		if fold.Text != string(text) {
			t.Fatalf("%q, want %q", fold.Text, string(text))
		}
		i, left := 0, 0
		for j, c := range text {
			for left == 0 {
				left = fold.Spans[i].Bytes
				i++
			}
			if fold.Spans[i-1].Role != own[j] {
				t.Fatalf("rune %d is said to be the %s's: %v", j, fold.Spans[i-1].Role, fold.Spans)
			}
			left -= len(string(c))
		}
	}
}

// A place that is not in the text, as a damaged file has it, is brought within.
func TestFoldOfDamage(t *testing.T) {
	far, before := 99, -3
	path := []*Turn{{ID: 1, Role: User, Text: "字"}, {ID: 2, Role: User, Text: "a", Place: &far, Removed: 7}, {ID: 3, Role: User, Text: "b", Place: &before, Removed: -1}}
	if got := FoldStory(path).Text; got != "b字a" {
		t.Errorf("%q", got)
	}
}

func BenchmarkFold(b *testing.B) {
	c := New(time.Now())
	r := rand.New(rand.NewPCG(1, 2))
	size := 0
	for i := range 20000 {
		place := size
		if i%10 == 0 && size > 0 {
			place = r.IntN(size)
		}
		c.Add(i, User, "some words that somebody typed in the evening, and then a few more. ", time.Now()).Place = &place
		size += len(c.Leaf().Text)
	}
	for b.Loop() {
		FoldStory(c.Path())
	}
}
