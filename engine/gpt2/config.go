package gpt2

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"inkling/engine/jsonfile"
)

// Config holds the sizes of a model, and what it computes.
type Config struct {
	Vocab   int     // V
	Context int     // C
	Width   int     // W
	Layers  int     // L
	Heads   int     // H
	Inner   int     // I
	Epsilon float32 // added to the variance in every layer norm
	Tied    bool    // the output head may be the token embedding

	Activation   Activation
	Unscaled     bool // the scores of attention are not divided by √D
	ScaleByLayer bool // they are divided by the number of the layer, from 1 on
}

// maxSize bounds every size of a configuration, so that products of two of them cannot overflow.
const maxSize = 1 << 24

// ParseConfig reads the config.json of a Hugging Face folder (transformers, GPT2Config). Absent keys have GPT2Config's
// defaults, and where a size has two names the other one goes before GPT-2's own (its attribute_map). A model that asks for
// something this package does not compute is refused by name. Passed over is what changes no result: settings for training,
// n_ctx, reorder_and_upcast_attn, which is about the precision within attention, and add_cross_attention, which is for a text
// beside an encoder's.
func ParseConfig(data []byte) (Config, error) {
	file := struct {
		ModelType    string   `json:"model_type"`
		Vocab        int      `json:"vocab_size"`
		Context      int      `json:"n_positions"`
		Width        int      `json:"n_embd"`
		Layers       int      `json:"n_layer"`
		Heads        int      `json:"n_head"`
		Inner        *int     `json:"n_inner"`
		Epsilon      *float64 `json:"layer_norm_epsilon"`
		Activation   string   `json:"activation_function"`
		ScaleWeights bool     `json:"scale_attn_weights"`
		ScaleByLayer bool     `json:"scale_attn_by_inverse_layer_idx"`
		Tied         bool     `json:"tie_word_embeddings"`
		Quantised    any      `json:"quantization_config"`

		OtherContext *int `json:"max_position_embeddings"`
		OtherWidth   *int `json:"hidden_size"`
		OtherLayers  *int `json:"num_hidden_layers"`
		OtherHeads   *int `json:"num_attention_heads"`
	}{ModelType: "gpt2", Vocab: 50257, Context: 1024, Width: 768, Layers: 12, Heads: 12,
		Activation: GeluTanh.String(), ScaleWeights: true, Tied: true}
	if err := jsonfile.Unmarshal(data, &file); err != nil {
		return Config{}, fmt.Errorf("config.json: %w", err)
	}
	c := Config{Vocab: file.Vocab, Context: either(file.OtherContext, file.Context), Width: either(file.OtherWidth, file.Width),
		Layers: either(file.OtherLayers, file.Layers), Heads: either(file.OtherHeads, file.Heads),
		Epsilon: 1e-5, Tied: file.Tied, Unscaled: !file.ScaleWeights, ScaleByLayer: file.ScaleByLayer}
	c.Inner = either(file.Inner, 4*c.Width)
	if file.Epsilon != nil {
		c.Epsilon = float32(*file.Epsilon)
	}
	activation, known := activations[file.Activation]
	switch {
	case file.ModelType != "gpt2":
		return Config{}, fmt.Errorf("config.json: model_type is %q, expected \"gpt2\": only GPT-2 models can be opened", file.ModelType)
	case !known:
		return Config{}, fmt.Errorf("config.json: activation_function is %.40q, supported are %s",
			file.Activation, strings.Join(slices.Sorted(maps.Keys(activations)), ", "))
	case file.Quantised != nil:
		return Config{}, fmt.Errorf("config.json: quantization_config is not supported; take the model that is not quantised, or a GGUF file")
	}
	c.Activation = activation
	return c, c.check()
}

// either is *first, or second where there is no first.
func either(first *int, second int) int {
	if first != nil {
		return *first
	}
	return second
}

// scale is what the scores of attention in layer i are multiplied with.
func (c Config) scale(i int) float32 {
	scale := 1.0
	if !c.Unscaled {
		scale = 1 / math.Sqrt(float64(c.Width/c.Heads))
	}
	if c.ScaleByLayer {
		scale /= float64(i + 1)
	}
	return float32(scale)
}

func (c Config) check() error {
	for _, size := range []struct {
		key   string
		value int
	}{
		{"vocab_size", c.Vocab}, {"n_positions", c.Context}, {"n_embd", c.Width},
		{"n_layer", c.Layers}, {"n_head", c.Heads}, {"n_inner", c.Inner},
	} {
		if size.value < 1 || size.value > maxSize {
			return fmt.Errorf("config.json: %s is %d, expected 1 to %d", size.key, size.value, maxSize)
		}
	}
	if c.Width%c.Heads != 0 {
		return fmt.Errorf("config.json: n_embd %d is not a multiple of n_head %d", c.Width, c.Heads)
	}
	if !(c.Epsilon > 0 && c.Epsilon < 1) {
		return fmt.Errorf("config.json: layer_norm_epsilon is %g, expected more than 0 and less than 1", c.Epsilon)
	}
	return nil
}
