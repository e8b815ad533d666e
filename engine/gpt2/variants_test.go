package gpt2_test

import (
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"strconv"
	"testing"
	"testing/fstest"

	"inkling/engine/gpt2"
	"inkling/engine/kernel"
)

// A variant is a configuration with weights for it, and what transformers computes with them. testdata/make_fixtures.py has
// written them; no size is a multiple of 16.
type variant struct {
	Name    string          `json:"name"`
	Weights string          `json:"weights"` // a file beside variants.json, or a folder of several
	Config  json.RawMessage `json:"config"`
	reference
}

func variants(t *testing.T) []variant {
	t.Helper()
	data, err := os.ReadFile("testdata/variants/variants.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []variant
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// load opens the variant as the folder that it would be published as.
func (v variant) load(t *testing.T, format kernel.Format) *gpt2.Model {
	t.Helper()
	folder := fstest.MapFS{"config.json": {Data: v.Config}}
	names := map[string]string{".safetensors": "model.safetensors", ".bin": "pytorch_model.bin"}
	err := fs.WalkDir(os.DirFS("testdata/variants"), v.Weights, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile("testdata/variants/" + file)
		name := path.Base(file) // of a shard, or of the index
		if file == v.Weights {
			name = names[path.Ext(file)]
		}
		folder[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return load(t, folder, format)
}

// last are transformers' logits after the last id.
func (v variant) last() []float32 { return v.Logits[strconv.Itoa(len(v.IDs)-1)] }

func distance(a, b []float32) float64 {
	largest := 0.0
	for i := range a {
		largest = max(largest, math.Abs(float64(a[i]-b[i])))
	}
	return largest
}

// The weights are stored in 16 bits, which F16 holds exactly.
func TestVariantsEqualTransformers(t *testing.T) {
	for _, v := range variants(t) {
		t.Run(v.Name, func(t *testing.T) {
			for _, format := range []kernel.Format{kernel.F32, kernel.F16} {
				m := v.load(t, format)
				for _, block := range []int{1, 7, gpt2.Block} {
					rows := everyLogits(t, m, v.IDs, block)
					if d := distance(rows[len(rows)-1], v.last()); !(d <= tolerance) {
						t.Errorf("%v, blocks of %d: logits are off by %g", format, block, d)
					}
					for i, want := range v.Logprobs {
						next := v.IDs[i+1]
						got := float64(rows[i][next]) - kernel.LogSumExp(rows[i])
						if d := math.Abs(got - want); !(d <= tolerance) {
							t.Fatalf("%v, blocks of %d: log-probability of token %d after position %d: %v, want %v", format, block, next, i, got, want)
						}
					}
				}
			}
		})
	}
}

// The fixtures tell variants apart: models that compute the same have the same logits, to the bit whatever file they come
// from, and others have others.
func TestVariantsDiffer(t *testing.T) {
	first, logits := make(map[gpt2.Config]variant), make(map[gpt2.Config][]float32)
	for _, v := range variants(t) {
		if v.Weights == loud {
			continue
		}
		m := v.load(t, kernel.F32)
		rows := everyLogits(t, m, v.IDs, gpt2.Block)
		got := rows[len(rows)-1]
		if same, ok := first[m.Config]; ok {
			if d := distance(same.last(), v.last()); d > tolerance/10 {
				t.Errorf("%s is read as %s, but transformers' logits are %g apart", v.Name, same.Name, d)
			}
			if !slices.Equal(got, logits[m.Config]) {
				t.Errorf("%s has other logits than %s", v.Name, same.Name)
			}
			continue
		}
		for _, other := range first {
			if d := distance(other.last(), v.last()); d < 5*tolerance {
				t.Errorf("%s and %s are only %g apart", v.Name, other.Name, d)
			}
		}
		first[m.Config], logits[m.Config] = v, got
	}
	if len(first) != 16 {
		t.Errorf("%d models, want 16: eleven activations, three scales of attention, an epsilon and an output head", len(first))
	}
}

// Shards say themselves which tensors they have: an index is not needed.
func TestShardsWithoutIndex(t *testing.T) {
	folder := fstest.MapFS{"config.json": {Data: variants(t)[0].Config}}
	for _, name := range []string{"model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors"} {
		data, err := os.ReadFile("testdata/variants/sharded/" + name)
		if err != nil {
			t.Fatal(err)
		}
		folder[name] = &fstest.MapFile{Data: data}
	}
	v := variants(t)[0]
	rows := everyLogits(t, load(t, folder, kernel.F32), v.IDs, gpt2.Block)
	if d := distance(rows[len(rows)-1], v.last()); !(d <= tolerance) {
		t.Errorf("logits are off by %g", d)
	}
}

// loud are weights with which the bounds of activations tell.
const loud = "loud.safetensors"

func TestBoundsOfActivations(t *testing.T) {
	var all []variant
	for _, v := range variants(t) {
		if v.Weights == loud {
			all = append(all, v)
		}
	}
	if len(all) != 4 {
		t.Errorf("%d variants, want 4", len(all))
	}
	for i, v := range all {
		for _, other := range all[:i] {
			if d := distance(other.last(), v.last()); d < 5*tolerance {
				t.Errorf("%s and %s are only %g apart", v.Name, other.Name, d)
			}
		}
	}
}

// Quantised, the odd sizes give about the same: what remains of the error is that of the weights.
func TestVariantsQuantised(t *testing.T) {
	for _, v := range variants(t) {
		for format, least := range map[kernel.Format]float64{kernel.Q8: 0.998, kernel.Q4: 0.93} {
			m := v.load(t, format)
			alone, together := everyLogits(t, m, v.IDs, 1), everyLogits(t, m, v.IDs, gpt2.Block)
			for i := range alone {
				if !slices.Equal(alone[i], together[i]) {
					t.Errorf("%s in %v: position %d depends on the block", v.Name, format, i)
				}
			}
			if c := correlation(alone[len(alone)-1], v.last()); v.Weights != loud && !(c >= least) {
				t.Errorf("%s in %v: logits correlate %.4f with transformers', want at least %v", v.Name, format, c, least)
			}
		}
	}
}

// correlation is Pearson's.
func correlation(a, b []float32) float64 {
	var meanA, meanB, products, squaresA, squaresB float64
	for i := range a {
		meanA += float64(a[i]) / float64(len(a))
		meanB += float64(b[i]) / float64(len(b))
	}
	for i := range a {
		x, y := float64(a[i])-meanA, float64(b[i])-meanB
		products += x * y
		squaresA += x * x
		squaresB += y * y
	}
	return products / math.Sqrt(squaresA*squaresB)
}
