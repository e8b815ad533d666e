package sample

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"testing"
)

// FuzzDraw draws from arbitrary logits, given as the bits of float32s, under arbitrary parameters: the result is a token
// that every processor let through, or an error that is true.
func FuzzDraw(f *testing.F) {
	bits := func(logits ...float32) []byte {
		var data []byte
		for _, x := range logits {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
		}
		return data
	}
	f.Add(bits(1, 2, 3), []byte{0, 1}, uint64(1), 1.0, 0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0, 0, 0, 0.0, -1)
	f.Add(bits(1, nan, inf, -inf, 0), []byte{0, 1, 0}, uint64(2), 0.7, 2, 0.9, 0.9, 0.1, 1.2, 0.5, 0.5, 2, 2, 3, 5.0, 2)
	f.Add(bits(-inf, nan, -inf), []byte{}, uint64(3), 0.0, 1, 0.5, 0.5, 0.5, 0.5, -1.0, 1.0, 1, 1, 0, 1e308, 0)
	f.Add(bits(3e38, -3e38, 1e-45, 0), []byte{3, 1, 3}, uint64(4), 1e-310, 100, 1e-9, 1e-9, 0.999, 100.0, 100.0, -100.0, 9, 1, 1, -1e300, 1)
	f.Add(bits(1, 2), []byte{1}, uint64(5), math.NaN(), -1, 2.0, -1.0, 1.0, 0.0, math.Inf(1), 0.0, -1, -1, -1, math.Inf(-1), -1)
	f.Fuzz(func(t *testing.T, data, past []byte, seed uint64, temperature float64, topK int, typicalP, topP, minP,
		repetition, presence, frequency float64, span, ngram, biased int, bias float64, banned int) {
		var logits []float32
		for len(data) >= 4 {
			logits = append(logits, math.Float32frombits(binary.LittleEndian.Uint32(data)))
			data = data[4:]
		}
		var history []int
		for _, id := range past {
			history = append(history, int(int8(id)))
		}
		p := Params{Temperature: temperature, TopK: topK, TypicalP: typicalP, TopP: topP, MinP: minP, RepetitionPenalty: repetition,
			PresencePenalty: presence, FrequencyPenalty: frequency, PenaltyRange: span, NoRepeatNgram: ngram,
			Bias: map[int]float64{biased: bias}, Ban: []int{banned}}

		if p.Validate() != nil {
			return
		}
		id, err := new(Chain).Draw(logits, at(p, history, Random{Seed: seed}), nil)
		if again, errAgain := new(Chain).Draw(logits, at(p, history, Random{Seed: seed}), nil); again != id || errAgain != err {
			t.Fatalf("token %d, error %v, and the second time %d, %v", id, err, again, errAgain)
		}
		allowed := func(id int) bool {
			return logits[id] >= -math.MaxFloat32 && id != banned && !repeats(history, id, ngram)
		}
		if err != nil {
			if id != -1 || !errors.Is(err, ErrNoCandidate) {
				t.Fatalf("token %d, error %v, want -1, %v", id, err, ErrNoCandidate)
			}
			for id := range logits {
				if allowed(id) {
					t.Fatalf("no candidate, but token %d is possible", id)
				}
			}
			return
		}
		if id < 0 || id >= len(logits) || !allowed(id) {
			t.Fatalf("token %d is not possible", id)
		}
		if !slices.Contains(ids(processed(logits, history, p)), id) {
			t.Fatalf("token %d did not survive the truncations", id)
		}
		if topK > 0 && len(processed(logits, history, p)) > topK {
			t.Fatalf("more than %d candidates survive", topK)
		}
	})
}

// repeats reports whether history followed by id ends in n tokens that history holds.
func repeats(history []int, id, n int) bool {
	if n <= 0 || n > len(history) {
		return false
	}
	next := append(slices.Clone(history[len(history)-n+1:]), id)
	for i := range len(history) - n + 1 {
		if slices.Equal(history[i:i+n], next) {
			return true
		}
	}
	return false
}
