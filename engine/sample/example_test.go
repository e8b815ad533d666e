package sample_test

import (
	"fmt"

	"inkling/engine/sample"
)

func Example() {
	logits := []float32{2.5, 1.0, 2.4, -3.0} // one per token of the vocabulary
	params := sample.Neutral()
	params.Temperature = 0.8
	params.TopK = 3
	params.RepetitionPenalty = 1.3
	if err := params.Validate(); err != nil {
		fmt.Println(err)
		return
	}

	var sampler sample.Sampler
	var history []int
	for i := range uint32(8) {
		id, err := sampler.Draw(logits, history, &params, sample.Random{Seed: 7, Position: i})
		if err != nil {
			fmt.Println(err)
			return
		}
		history = append(history, id)
	}
	fmt.Println(history)
	// Output: [1 0 2 0 0 0 2 0]
}

// Each processor is a function of its own, so the effect of one setting can be shown.
func ExampleTopP() {
	candidates := []sample.Candidate{{ID: 0, Logit: 0}, {ID: 1, Logit: 3}, {ID: 2, Logit: 2}, {ID: 3, Logit: -1}}
	for _, c := range sample.TopP(candidates, 0.9) {
		fmt.Println(c.ID, c.Logit)
	}
	// Output:
	// 1 3
	// 2 2
}
