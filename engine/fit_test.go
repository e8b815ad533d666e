package engine

import "testing"

func TestFits(t *testing.T) {
	m := Footprint{Format: "q8", Weights: 1_700_000_000, Cache: 300_000_000}
	for _, available := range []int{2_000_000_000, 1 << 40} {
		if err := m.fits("gpt2-xl", available); err != nil {
			t.Errorf("%d bytes: %v", available, err)
		}
	}
	const want = "not enough memory for gpt2-xl: needs 1.70 GB for weights (q8) and 300 MB for the context, 900 MB available; " +
		"close other programs, or choose a smaller model or weight format"
	if err := m.fits("gpt2-xl", 900_000_000); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if m.fits("gpt2-xl", 1_999_999_999) == nil {
		t.Error("a byte is missing and it fits")
	}
}
