package bpe_test

import (
	"fmt"
	"log"

	"inkling/engine/bpe"
)

func Example() {
	v := gpt2Vocabulary() // of GPT-2's vocab.json and merges.txt
	tok, err := bpe.New(v.pieces, v.merges, map[string]int{"<|endoftext|>": 50256})
	if err != nil {
		log.Fatal(err)
	}

	ids := tok.Encode("Barometers don't lie.<|endoftext|>", true)
	fmt.Println(ids)
	for _, id := range ids {
		fmt.Printf("%q\n", tok.Bytes(id))
	}
	fmt.Println(tok.Decode(ids))
	// Output:
	// [10374 40077 836 470 6486 13 50256]
	// "Bar"
	// "ometers"
	// " don"
	// "'t"
	// " lie"
	// "."
	// "<|endoftext|>"
	// Barometers don't lie.<|endoftext|>
}

func ExampleDecoder() {
	tok := gpt2()
	decoder := tok.NewDecoder()
	for _, id := range tok.Encode("Ink 🖋", false) {
		fmt.Printf("%q ", decoder.Push(id))
	}
	fmt.Printf("%q\n", decoder.Flush())
	// Output:
	// "In" "k" " " "" "🖋" ""
}
