package bench

import (
	"slices"
	"strings"
	"testing"

	"inkling/engine/gpt2"
)

var (
	gpt2Small = gpt2.Config{Vocab: 50257, Context: 1024, Width: 768, Layers: 12, Heads: 12, Inner: 3072, Tied: true}
	gpt2XL    = gpt2.Config{Vocab: 50257, Context: 1024, Width: 1600, Layers: 48, Heads: 25, Inner: 6400, Tied: true}
)

func TestPlan(t *testing.T) {
	all := []string{"q8", "q4", "f16", "f32"}
	for _, test := range []struct {
		name              string
		config            gpt2.Config
		formats           []string
		caches, available int
		weights           []string
		apart             bool
		buffer            int
	}{
		{"all together", gpt2Small, all, 32 << 20, 16 << 30, all, false, gpt2Small.Size(formatOf("f32"))},
		{"little memory", gpt2Small, all, 0, 2 << 30, all, true, gpt2Small.Size(formatOf("f32"))},
		{"memory unknown", gpt2Small, []string{"q8"}, 0, 0, []string{"q8"}, false, gpt2Small.Size(formatOf("q8"))},
		{"large model", gpt2XL, all, 0, 24 << 30, all, true, mostBuffer},
		{"not all fit", gpt2XL, all, 0, 6 << 30, []string{"q8", "q4", "f16"}, true, mostBuffer},
		{"one large format", gpt2XL, []string{"f16"}, 0, 32 << 30, []string{"f16"}, true, mostBuffer},
		{"one large format, little memory", gpt2XL, []string{"f16"}, 0, 8 << 30, []string{"f16"}, true, mostBuffer},
		{"one small format", gpt2Small, []string{"f16"}, 0, 8 << 30, []string{"f16"}, false, gpt2Small.Size(formatOf("f16"))},
		{"small weights", gpt2Small, []string{"q4"}, 32 << 20, 16 << 30, []string{"q4"}, false, leastBuffer},
		{"large caches", gpt2Small, []string{"q4"}, 512 << 20, 64 << 30, []string{"q4"}, false, 1 << 30},
		{"nothing fits", gpt2XL, all, 0, 1 << 30, nil, false, leastBuffer},
	} {
		p := Options{Weights: test.formats, Sequences: 4}.plan(test.config, test.caches, test.available)
		if !slices.Equal(p.weights, test.weights) || p.apart != test.apart || p.buffer != test.buffer {
			t.Errorf("%s: %q, apart %t, buffer %d; want %q, %t, %d", test.name, p.weights, p.apart, p.buffer, test.weights, test.apart, test.buffer)
		}
		// What is not as asked for is said.
		for _, w := range test.formats {
			noted := slices.ContainsFunc(p.notes, func(n string) bool { return strings.HasPrefix(n, w+" is left out") })
			if noted == slices.Contains(test.weights, w) {
				t.Errorf("%s: %s in %q", test.name, w, p.notes)
			}
		}
		said := slices.ContainsFunc(p.notes, func(n string) bool { return strings.Contains(n, "one after the other") })
		if said != test.apart {
			t.Errorf("%s: apart is %t, the notes %q", test.name, test.apart, p.notes)
		}
	}
}
