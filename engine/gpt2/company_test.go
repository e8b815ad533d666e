package gpt2_test

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"

	"inkling/engine/gpt2"
	"inkling/engine/kernel"
)

// Texts that share nothing give in one pass the bits that each gives alone, whatever joins and leaves: as single tokens, as blocks of a
// prompt beside them, and as forks.
func TestSameBitsInAnyCompany(t *testing.T) {
	for format := kernel.F32; format <= kernel.Q4; format++ {
		t.Run(format.String(), func(t *testing.T) {
			m := load(t, os.DirFS("testdata/small"), format)
			random := rand.New(rand.NewPCG(uint64(format), 1))
			texts := make([][]int, 4)
			alone := make([][]float32, len(texts)) // after the last id of each
			for i := range texts {
				for range 30 + 25*i {
					texts[i] = append(texts[i], random.IntN(m.Vocab))
				}
				rows := everyLogits(t, m, texts[i], 1)
				alone[i] = rows[len(rows)-1]
			}
			w := m.NewWorkspace()
			for range 3 {
				states := make([]*gpt2.State, len(texts))
				fed := make([]int, len(texts))
				for i := range states {
					states[i] = m.NewState()
				}
				for {
					var steps []gpt2.Step
					var last []int
					room := gpt2.Block
					for i, ids := range texts {
						n := min(len(ids)-fed[i], 1+random.IntN(20), room)
						if n == 0 || random.IntN(3) == 0 {
							continue
						}
						if random.IntN(4) == 0 {
							states[i] = states[i].Fork()
						}
						step := gpt2.Step{State: states[i], IDs: ids[fed[i] : fed[i]+n]}
						if fed[i] += n; fed[i] == len(ids) {
							step.Scores = 1
							last = append(last, i)
						}
						steps = append(steps, step)
						room -= n
					}
					if len(steps) == 0 {
						if slices.Equal(fed, []int{30, 55, 80, 105}) {
							break
						}
						continue
					}
					logits := make([]float32, len(last)*m.Vocab)
					if err := m.Forward(w, steps, logits); err != nil {
						t.Fatal(err)
					}
					for n, i := range last {
						if !slices.Equal(logits[n*m.Vocab:][:m.Vocab], alone[i]) {
							t.Errorf("text %d has other logits in company than alone", i)
						}
					}
				}
			}
		})
	}
}

// watcher keeps what a probe is shown.
type watcher struct {
	mu        sync.Mutex
	residuals map[[2]int][]float32 // by layer and position
	weights   map[[3]int][]float32 // by layer, head and position
	width     int
}

func (w *watcher) Residual(layer, from int, x []float32) {
	for i := 0; i < len(x); i += w.width {
		w.residuals[[2]int{layer, from + i/w.width}] = slices.Clone(x[i : i+w.width])
	}
}

func (w *watcher) Attention(layer, head, position int, weights []float32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.weights[[3]int{layer, head, position}] = slices.Clone(weights)
}

// A probe sees each layer and position once, weights that add up to 1, and the same in any blocks; it changes no bit.
func TestProbe(t *testing.T) {
	for _, format := range []kernel.Format{kernel.F32, kernel.Q8} {
		m := load(t, os.DirFS("testdata/small"), format)
		ids := []int{5, 7, 1, 300, 2, 9, 8, 12, 55, 1000, 3, 4}
		want := everyLogits(t, m, ids, len(ids))[len(ids)-1]
		var first *watcher
		for _, block := range []int{1, 5, len(ids)} {
			seen := &watcher{residuals: map[[2]int][]float32{}, weights: map[[3]int][]float32{}, width: m.Width}
			w, s, logits := m.NewWorkspace(), m.NewState(), make([]float32, m.Vocab)
			w.Watch(seen)
			for from := 0; from < len(ids); from += block {
				step := gpt2.Step{State: s, IDs: ids[from:min(from+block, len(ids))], Scores: 1}
				if err := m.Forward(w, []gpt2.Step{step}, logits); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.Equal(logits, want) {
				t.Errorf("%v: the probe changed the logits", format)
			}
			if len(seen.residuals) != (m.Layers+1)*len(ids) || len(seen.weights) != m.Layers*m.Heads*len(ids) {
				t.Fatalf("%v: %d residuals and %d rows of weights", format, len(seen.residuals), len(seen.weights))
			}
			for at, weights := range seen.weights {
				sum := 0.0
				for _, v := range weights {
					sum += float64(v)
				}
				if len(weights) != at[2]+1 || math.Abs(sum-1) > 1e-5 {
					t.Errorf("%v: layer, head, position %d: %d weights that add up to %g", format, at, len(weights), sum)
				}
			}
			if first == nil {
				first = seen
				continue
			}
			for at, x := range first.residuals {
				if !slices.Equal(x, seen.residuals[at]) {
					t.Errorf("%v, blocks of %d: another residual at layer, position %d", format, block, at)
				}
			}
			// In q8 a position's weights are packed beside those of its block, but shown before that.
			for at, x := range first.weights {
				if !slices.Equal(x, seen.weights[at]) {
					t.Errorf("%v, blocks of %d: other weights at layer, head, position %d", format, block, at)
				}
			}
			w.Watch(nil)
			before := len(seen.residuals)
			s.Truncate(0)
			clear(seen.residuals)
			if err := m.Forward(w, []gpt2.Step{{State: s, IDs: ids[:1]}}, nil); err != nil || len(seen.residuals) > 0 {
				t.Errorf("a probe that was taken away still sees, or %v (%d before)", err, before)
			}
		}
	}
}
