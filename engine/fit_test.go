package engine

import "testing"

func TestFits(t *testing.T) {
	m := Memory{Format: "q8", Weights: 1_700_000_000, Cache: 300_000_000}
	for _, available := range []int{2_000_000_000, 1 << 40} {
		if err := m.fits("gpt2-xl", available); err != nil {
			t.Errorf("%d bytes: %v", available, err)
		}
	}
	const want = "gpt2-xl does not fit into memory: it takes 1.70 GB for the weights in q8 and 300 MB for the context, but 900 MB are available; " +
		"close other programs, or choose a smaller model or weight format"
	if err := m.fits("gpt2-xl", 900_000_000); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if m.fits("gpt2-xl", 1_999_999_999) == nil {
		t.Error("a byte is missing and it fits")
	}
}
