package weights_test

import (
	"encoding/binary"
	"fmt"
	"testing/fstest"

	"inkling/engine/weights"
)

// A folder with one tensor of two half-precision elements. One on disk is opened with
// os.DirFS.
func ExampleOpen() {
	header := `{"transformer.wte.weight": {"dtype": "F16", "shape": [2, 1], "data_offsets": [0, 4]}}`
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	file = append(file, header...)
	file = append(file, 0x00, 0x3c, 0x00, 0xc1) // 1 and -2.5

	folder, err := weights.Open(fstest.MapFS{
		"config.json":       {Data: []byte(`{"vocab_size": 2, "n_embd": 1}`)},
		"model.safetensors": {Data: file},
		"vocab.json":        {Data: []byte(`{"a": 0, "<|endoftext|>": 1}`)},
		"merges.txt":        {Data: []byte("#version: 0.2\n")},
	}, "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer folder.Close()

	fmt.Println(folder.Tensor("wte.weight", 2, 1))
	fmt.Println(folder.Tensor("wte.weight", 3, 1))
	vocabulary, err := folder.Vocabulary()
	fmt.Println(vocabulary.Special, err)
	// Output:
	// [1 -2.5] <nil>
	// [] example/model.safetensors: tensor transformer.wte.weight: shape [2 1], expected [3 1]; the file does not match its config.json
	// map[<|endoftext|>:1] <nil>
}
