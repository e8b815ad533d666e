package gpt2_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strconv"
	"testing"

	"inkling/engine/gpt2"
	"inkling/engine/kernel"
	"inkling/engine/weights"
)

// reference is what testdata/make_fixtures.py wrote with transformers' GPT2LMHeadModel.
type reference struct {
	IDs          []int                `json:"ids"`
	Logits       map[string][]float32 `json:"logits"`
	Logprobs     []float64            `json:"logprobs"`
	GreedyPrompt []int                `json:"greedy_prompt"`
	Greedy       []int                `json:"greedy"`
}

// tolerance on logits, absolute.
const tolerance = 1e-4

type subject struct {
	name  string
	model *gpt2.Model
	want  reference
}

func subjects(t testing.TB) []subject {
	t.Helper()
	return []subject{
		{"tiny", load(t, os.DirFS("testdata/tiny"), kernel.F32), readReference(t, "testdata/tiny.json")},
		{"small", load(t, os.DirFS("testdata/small"), kernel.F32), readReference(t, "testdata/small.json")},
	}
}

func load(t testing.TB, files fs.FS, format kernel.Format) *gpt2.Model {
	t.Helper()
	folder, err := weights.Open(files, "model")
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	config, err := gpt2.ParseConfig(folder.Config())
	if err != nil {
		t.Fatal(err)
	}
	pool := kernel.NewPool(2)
	t.Cleanup(pool.Close)
	if config, err = config.Tie(folder, pool); err != nil {
		t.Fatal(err)
	}
	m, err := gpt2.New(config, format, kernel.Aligned(config.Size(format)), pool)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Load(folder); err != nil {
		t.Fatal(err)
	}
	return m
}

func readReference(t testing.TB, path string) reference {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// adding computes ids after those of a sequence, in a workspace of its own, with the scores after the last or after each of them.
func adding(m *gpt2.Model) func(s *gpt2.State, ids []int, logits []float32) error {
	w, step := m.NewWorkspace(), make([]gpt2.Step, 1)
	return func(s *gpt2.State, ids []int, logits []float32) error {
		step[0] = gpt2.Step{State: s, IDs: ids, Scores: len(logits) / m.Vocab}
		return m.Forward(w, step, logits)
	}
}

// everyLogits feeds ids in blocks of the given size and returns the logits after each of them.
func everyLogits(t testing.TB, m *gpt2.Model, ids []int, block int) [][]float32 {
	t.Helper()
	s, add := m.NewState(), adding(m)
	var rows [][]float32
	for len(ids) > 0 {
		n := min(block, len(ids))
		logits := make([]float32, n*m.Vocab)
		if err := add(s, ids[:n], logits); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			rows = append(rows, logits[i*m.Vocab:][:m.Vocab])
		}
		ids = ids[n:]
	}
	return rows
}

func TestLogitsEqualTransformers(t *testing.T) {
	for _, s := range subjects(t) {
		for _, block := range []int{1, 7, gpt2.Block} {
			t.Run(fmt.Sprintf("%s/block=%d", s.name, block), func(t *testing.T) {
				rows := everyLogits(t, s.model, s.want.IDs, block)
				for position, want := range s.want.Logits {
					i, err := strconv.Atoi(position)
					if err != nil {
						t.Fatal(err)
					}
					for id := range want {
						if d := math.Abs(float64(rows[i][id] - want[id])); !(d <= tolerance) {
							t.Fatalf("position %d, token %d: logit %v, want %v", i, id, rows[i][id], want[id])
						}
					}
				}
				for i, want := range s.want.Logprobs {
					next := s.want.IDs[i+1]
					got := float64(rows[i][next]) - kernel.LogSumExp(rows[i])
					if d := math.Abs(got - want); !(d <= tolerance) {
						t.Fatalf("log-probability of token %d after position %d: %v, want %v", next, i, got, want)
					}
				}
			})
		}
	}
}

func TestGreedyEqualsTransformers(t *testing.T) {
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			state, add, logits := s.model.NewState(), adding(s.model), make([]float32, s.model.Vocab)
			next := s.want.GreedyPrompt
			for i, want := range s.want.Greedy {
				if err := add(state, next, logits); err != nil {
					t.Fatal(err)
				}
				// End-of-text, the last id of both vocabularies, was banned.
				logits[s.model.Vocab-1] = float32(math.Inf(-1))
				best := 0
				for id, v := range logits {
					if v > logits[best] {
						best = id
					}
				}
				if best != want {
					t.Fatalf("token %d is %d, want %d", i, best, want)
				}
				next = []int{best}
			}
		})
	}
}

// Truncating and going on must give what a fresh sequence gives.
func TestTruncate(t *testing.T) {
	for _, s := range subjects(t) {
		ids := s.want.IDs[:40]
		want := everyLogits(t, s.model, ids, gpt2.Block)[39]

		state, add, logits := s.model.NewState(), adding(s.model), make([]float32, s.model.Vocab)
		wrong := append(append([]int{}, ids[:20]...), 1, 2, 3, 4, 5, 6, 7, 8)
		if err := add(state, wrong, nil); err != nil {
			t.Fatal(err)
		}
		state.Truncate(20)
		if err := add(state, ids[20:], logits); err != nil {
			t.Fatal(err)
		}
		for id := range want {
			if d := math.Abs(float64(logits[id] - want[id])); !(d <= tolerance) {
				t.Fatalf("%s: token %d: logit %v, want %v", s.name, id, logits[id], want[id])
			}
		}
	}
}

func TestForwardRefusesBadInput(t *testing.T) {
	m := load(t, os.DirFS("testdata/tiny"), kernel.F32)
	state, add := m.NewState(), adding(m)
	logits := make([]float32, m.Vocab)
	for name, try := range map[string]func() error{
		"nothing":         func() error { return add(state, nil, logits) },
		"too many":        func() error { return add(state, make([]int, gpt2.Block+1), logits) },
		"negative id":     func() error { return add(state, []int{-1}, logits) },
		"unknown id":      func() error { return add(state, []int{m.Vocab}, logits) },
		"odd logits":      func() error { return add(state, []int{1}, logits[1:]) },
		"too many logits": func() error { return add(state, []int{1}, make([]float32, 2*m.Vocab)) },
	} {
		if try() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	// Nothing has been added: the whole context is there.
	if err := add(state, make([]int, m.Context), logits); err != nil {
		t.Fatal(err)
	}
	if add(state, []int{1}, logits) == nil {
		t.Error("a token beyond the context was accepted")
	}
}

func TestForwardDoesNotAllocate(t *testing.T) {
	for format := kernel.F32; format <= kernel.Q4; format++ {
		m := load(t, os.DirFS("testdata/small"), format)
		state, add, logits, id := m.NewState(), adding(m), make([]float32, m.Vocab), []int{3}
		if err := add(state, []int{1, 2, 3, 4, 5, 6, 7, 8}, logits); err != nil {
			t.Fatal(err)
		}
		n := testing.AllocsPerRun(20, func() {
			state.Truncate(8)
			if err := add(state, id, logits); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%v: %v allocations a token, want none", format, n)
		}
	}
}
