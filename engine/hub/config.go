package hub

import (
	"slices"
	"strings"

	"inkling/engine/jsonfile"
)

// A Config is what config.json says of a model (transformers, GPT2Config).
type Config struct {
	Type       string // model_type; "gpt2" is the one that can be opened
	Context    int    // positions; 0 where the file does not say
	Parameters int64  // computed from the sizes; 0 where they make no GPT-2
}

// gpt2Type is the model_type of a GPT-2.
const gpt2Type = "gpt2"

// parseConfig reads a config.json. One that is older than model_type tells its type by the name of the architecture.
func parseConfig(text []byte) (Config, error) {
	file := struct {
		Type          string   `json:"model_type"`
		Architectures []string `json:"architectures"`
		Vocab         int64    `json:"vocab_size"`
		Context       int64    `json:"n_positions"`
		Width         int64    `json:"n_embd"`
		Layers        int64    `json:"n_layer"`
		Inner         *int64   `json:"n_inner"`
		Tied          bool     `json:"tie_word_embeddings"`
	}{Vocab: 50257, Context: 1024, Width: 768, Layers: 12, Tied: true}
	if err := jsonfile.Unmarshal(text, &file); err != nil {
		return Config{}, err
	}
	c := Config{Type: file.Type}
	if c.Type == "" && slices.ContainsFunc(file.Architectures, func(a string) bool { return strings.HasPrefix(a, "GPT2") }) {
		c.Type = gpt2Type
	}
	if c.Type != gpt2Type {
		return c, nil
	}
	inner := 4 * file.Width
	if file.Inner != nil {
		inner = *file.Inner
	}
	const largest = 1 << 17 // no product below overflows
	for _, size := range []int64{file.Vocab / largest, file.Context / largest, file.Width, file.Layers, inner} {
		if size < 0 || size > largest {
			return c, nil
		}
	}
	c.Context = int(file.Context)
	w := file.Width
	// Two norms, the projections of attention, and the two of the feed-forward layer, each with its bias.
	layer := 4*w + 3*w*w + 3*w + w*w + w + 2*w*inner + inner + w
	c.Parameters = file.Vocab*w + file.Context*w + file.Layers*layer + 2*w
	if !file.Tied {
		c.Parameters += file.Vocab * w
	}
	return c, nil
}
