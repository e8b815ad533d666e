package engine

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"inkling/engine/gpt2"
)

// The published sizes, as Hugging Face counts the parameters.
func TestRandomSizes(t *testing.T) {
	want := map[string]int{"gpt2": 124439808, "gpt2-medium": 354823168, "gpt2-large": 774030080, "gpt2-xl": 1557611200}
	if len(randomSizes) != len(want) {
		t.Errorf("%d sizes, want %d", len(randomSizes), len(want))
	}
	for name, n := range want {
		if got := randomSizes[name].Parameters(); got != n {
			t.Errorf("%s has %d parameters, want %d", name, got, n)
		}
	}
	if got, want := RandomSizes(), []string{"gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"}; !slices.Equal(got, want) {
		t.Errorf("named %q, want %q", got, want)
	}
}

// Whatever piece is asked for, a number is the same.
func TestRandomTensorsDependOnPlaceAlone(t *testing.T) {
	const rows, cols = 13, 7 // odd, so that pieces begin within a pair
	whole := make([]float32, rows*cols)
	if err := (randomTensors{}).Rows("h.0.attn.c_attn.weight", 0, rows, whole); err != nil {
		t.Fatal(err)
	}
	for lo := range rows {
		for hi := lo + 1; hi <= rows; hi++ {
			part := make([]float32, (hi-lo)*cols)
			if err := (randomTensors{}).Rows("h.0.attn.c_attn.weight", lo, hi, part); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(part, whole[lo*cols:hi*cols]) {
				t.Fatalf("rows %d to %d differ from those of the whole", lo, hi)
			}
		}
	}
	other := make([]float32, rows*cols)
	if err := (randomTensors{}).Rows("h.1.attn.c_attn.weight", 0, rows, other); err != nil {
		t.Fatal(err)
	}
	if slices.Equal(other, whole) {
		t.Error("another tensor has the same numbers")
	}
}

func TestRandomTensorsAreNearlyNormal(t *testing.T) {
	for name, mean := range map[string]float64{"wte.weight": 0, "h.3.ln_1.weight": 1, "h.3.ln_1.bias": 0} {
		x := make([]float32, 1<<16)
		if err := (randomTensors{}).Rows(name, 0, 1<<8, x); err != nil {
			t.Fatal(err)
		}
		var sum, squares float64
		within := 0
		for _, v := range x {
			d := float64(v) - mean
			sum += d
			squares += d * d
			if math.Abs(d) < 0.02 {
				within++
			}
		}
		n := float64(len(x))
		deviation := math.Sqrt(squares / n)
		// Of a normal distribution 68.3 % are within one deviation, of a sum of four bytes 66.9 %, of one byte 57.7 %. The
		// standard error of the mean is 0.00008.
		if math.Abs(sum/n) > 0.0004 || math.Abs(deviation-0.02) > 0.0005 || math.Abs(float64(within)/n-0.669) > 0.01 {
			t.Errorf("%s: mean %v off, deviation %v, %v within one", name, sum/n, deviation, float64(within)/n)
		}
	}
}

func TestOpenRandom(t *testing.T) {
	folder := t.TempDir()
	open := func(format string, caching Caching) *Model {
		t.Helper()
		m, err := openRandom("small", smallRandom, folder, Options{Threads: 2, Weights: format, Cache: caching})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(m.Close)
		return m
	}
	score := func(m *Model) []float32 {
		t.Helper()
		logits := make([]float32, m.Info().Vocab)
		network := m.Network()
		if err := network.Forward(network.NewWorkspace(), []Step{{State: network.NewState(), IDs: []int{1, 2, 3}, Scores: 1}}, logits); err != nil {
			t.Fatal(err)
		}
		return logits
	}
	first := open("q8", CacheIgnored)
	info := first.Info()
	if info.Cached || info.Name != "random small" || info.Weights != "q8" || info.Threads != 2 || info.Inner != smallRandom.Inner || !info.Tied {
		t.Errorf("%+v", info)
	}
	want := score(first)
	if files, _ := filepath.Glob(filepath.Join(folder, "*")); len(files) != 0 {
		t.Errorf("ignoring the cache wrote %q", files)
	}
	written := open("q8", CacheWritten)
	if written.Info().Cached {
		t.Error("mapped before it was written")
	}
	mapped := open("q8", CacheUsed)
	if !mapped.Info().Cached {
		t.Error("not mapped after it was written")
	}
	if again := open("q8", CacheIgnored); again.Info().Cached {
		t.Error("mapped although the cache is to be ignored")
	}
	for _, m := range []*Model{written, mapped} {
		if !slices.Equal(score(m), want) {
			t.Error("the same random model computes something else")
		}
	}
	if open("f32", CacheWritten); !open("q8", CacheUsed).Info().Cached {
		t.Error("f32 took the place of q8 in the cache")
	}
	// Every id has a piece, so that none is banned.
	for id := range info.Vocab {
		if first.Piece(id) == nil {
			t.Fatalf("id %d has no piece", id)
		}
	}
	if end, ok := first.EndOfText(); !ok || end != info.Vocab-1 {
		t.Errorf("end-of-text is %d, %t", end, ok)
	}
	if ids := first.Encode("né"); first.Decode(ids) != "né" || len(ids) != 3 {
		t.Errorf("encoded as %v, decoded as %q", ids, first.Decode(ids))
	}
}

var smallRandom = gpt2.Config{Vocab: 300, Context: 32, Width: 64, Layers: 2, Heads: 2, Inner: 128, Epsilon: 1e-5, Tied: true}

func TestOpenRandomExplainsWhatIsWrong(t *testing.T) {
	if _, err := OpenRandom("gpt3", "", Options{}); err == nil || err.Error() != `no random model "gpt3", expected gpt2, gpt2-medium, gpt2-large, gpt2-xl` {
		t.Errorf("found %v", err)
	}
	// A file where the folder should be: the cache cannot be written.
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openRandom("small", smallRandom, file, Options{Cache: CacheWritten}); err == nil {
		t.Error("no error where the cache cannot be written")
	}
	m, err := openRandom("small", smallRandom, file, Options{Cache: CacheUsed})
	if err != nil {
		t.Fatalf("a cache that cannot be written in the background: %v", err)
	}
	m.Close()
}
