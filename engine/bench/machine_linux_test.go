package bench

import "testing"

func TestField(t *testing.T) {
	const text = "processor\t: 0\nmodel\t\t: 17\nmodel name\t: Some CPU @ 3.00GHz: fast\n\nprocessor\t: 1\nmodel name\t: Other\nMemAvailable:   1234 kB\n"
	for key, want := range map[string]string{"model name": "Some CPU @ 3.00GHz: fast", "model": "17", "MemAvailable": "1234 kB", "nothing": ""} {
		if got := field(text, key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}
