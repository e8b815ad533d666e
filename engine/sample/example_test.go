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

	var chain sample.Chain
	var history []int
	for i := range uint32(8) {
		id, err := chain.Draw(logits, &sample.Draw{Params: &params, History: history, Random: sample.Random{Seed: 7, Position: i}}, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		history = append(history, id)
	}
	fmt.Println(history)
	// Output: [2 0 0 0 0 0 2 0]
}
