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
}

func TestParseConfigRefusesByName(t *testing.T) {
	for config, name := range map[string]string{
		`{"model_type": "llama"}`:                   "model_type",
		`{"activation_function": "relu"}`:           "activation_function",
		`{"scale_attn_weights": false}`:             "scale_attn_weights",
		`{"scale_attn_by_inverse_layer_idx": true}`: "scale_attn_by_inverse_layer_idx",
		`{"add_cross_attention": true}`:             "add_cross_attention",
		`{"n_head": 7}`:                             "n_head",
		`{"n_layer": 0}`:                            "n_layer",
		`{"vocab_size": -5}`:                        "vocab_size",
		`{"n_positions": 99999999999}`:              "n_positions",
		`{"layer_norm_epsilon": 0}`:                 "layer_norm_epsilon",
		`{"n_embd": "wide"}`:                        "n_embd",
		`[`:                                         "config.json",
	} {
		_, err := ParseConfig([]byte(config))
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want one line that names %s", config, err, name)
		}
	}
}
