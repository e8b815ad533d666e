package gpt2

import (
	"strings"
	"testing"
)

func TestParseConfig(t *testing.T) {
	c, err := ParseConfig([]byte(`{"model_type": "gpt2", "vocab_size": 300, "n_positions": 64, "n_embd": 80, "n_layer": 3, "n_head": 5}`))
	want := Config{Vocab: 300, Context: 64, Width: 80, Layers: 3, Heads: 5, Inner: 320, Epsilon: 1e-5, Tied: true}
	if err != nil || c != want {
		t.Errorf("got %+v, %v, want %+v", c, err, want)
	}
	c, err = ParseConfig([]byte(`{}`))
	want = Config{Vocab: 50257, Context: 1024, Width: 768, Layers: 12, Heads: 12, Inner: 3072, Epsilon: 1e-5, Tied: true}
	if err != nil || c != want {
		t.Errorf("defaults: got %+v, %v, want %+v", c, err, want)
	}
	c, err = ParseConfig([]byte(`{"n_inner": 100, "tie_word_embeddings": false, "layer_norm_epsilon": 1e-6}`))
	if err != nil || c.Inner != 100 || c.Tied || c.Epsilon != 1e-6 {
		t.Errorf("got %+v, %v", c, err)
	}
	// null is what transformers writes for a default.
	c, err = ParseConfig([]byte(`{"n_inner": null, "activation_function": "gelu", "scale_attn_weights": false,
		"scale_attn_by_inverse_layer_idx": true, "reorder_and_upcast_attn": true, "attn_pdrop": 0.1, "use_cache": true}`))
	want = Config{Vocab: 50257, Context: 1024, Width: 768, Layers: 12, Heads: 12, Inner: 3072, Epsilon: 1e-5, Tied: true,
		Activation: GeluErf, Unscaled: true, ScaleByLayer: true}
	if err != nil || c != want {
		t.Errorf("variants: got %+v, %v, want %+v", c, err, want)
	}
	// transformers' GPT2Config (attribute_map) takes these names before its own, wherever they stand.
	c, err = ParseConfig([]byte(`{"hidden_size": 36, "num_attention_heads": 3, "num_hidden_layers": 2, "max_position_embeddings": 24,
		"n_embd": 48, "n_head": 4, "n_ctx": 12, "quantization_config": null}`))
	want = Config{Vocab: 50257, Context: 24, Width: 36, Layers: 2, Heads: 3, Inner: 144, Epsilon: 1e-5, Tied: true}
	if err != nil || c != want {
		t.Errorf("other names: got %+v, %v, want %+v", c, err, want)
	}
	// The positions are n_positions, whatever n_ctx says.
	c, err = ParseConfig([]byte(`{"n_ctx": 512, "n_positions": 2048}`))
	if err != nil || c.Context != 2048 {
		t.Errorf("n_ctx: got %+v, %v", c, err)
	}
}

// Every name is one that is read as what it stands for.
func TestActivationNames(t *testing.T) {
	for a := GeluTanh; a <= Identity; a++ {
		c, err := ParseConfig([]byte(`{"activation_function": "` + a.String() + `"}`))
		if err != nil || c.Activation != a {
			t.Errorf("%v: got %v, %v", a, c.Activation, err)
		}
	}
}

func TestParseConfigRefusesByName(t *testing.T) {
	for config, name := range map[string]string{
		`{"model_type": "llama"}`:                                      "model_type",
		`{"activation_function": "laplace"}`:                           `activation_function is "laplace"`,
		`{"activation_function": "GELU"}`:                              `activation_function is "GELU"`,
		`{"activation_function": ""}`:                                  `activation_function is ""`,
		`{"activation_function": "x\ny"}`:                              `activation_function is "x\ny"`,
		`{"scale_attn_weights": "no"}`:                                 "scale_attn_weights",
		`{"quantization_config": {"quant_method": "gptq", "bits": 4}}`: "quantization_config",
		`{"num_attention_heads": 7}`:                                   "n_head",
		`{"n_head": 7}`:                                                "n_head",
		`{"n_layer": 0}`:                                               "n_layer",
		`{"vocab_size": -5}`:                                           "vocab_size",
		`{"n_positions": 99999999999}`:                                 "n_positions",
		`{"layer_norm_epsilon": 0}`:                                    "layer_norm_epsilon",
		`{"n_embd": "wide"}`:                                           "n_embd",
		`[`:                                                            "config.json",
	} {
		_, err := ParseConfig([]byte(config))
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line that names %s", config, err, name)
		}
	}
}
