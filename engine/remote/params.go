package remote

import (
	"slices"

	"inkling/engine/sample"
)

// wire are the names of parameters in requests to each kind of server. What a kind lacks it would ignore, or refuse.
var wire = map[Kind]map[string]string{
	OpenAI: common(nil),
	Ollama: common(nil),
	// https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html, extra parameters
	VLLM: common(map[string]string{"top_k": "top_k", "min_p": "min_p", "repetition_penalty": "repetition_penalty", "min_tokens": "min_tokens"}),
	// https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md, /completion
	LlamaServer: common(map[string]string{"top_k": "top_k", "min_p": "min_p", "repetition_penalty": "repeat_penalty",
		"penalty_range": "repeat_last_n", "typical_p": "typical_p", "top_n_sigma": "top_n_sigma"}),
}

// common are the names that all kinds have, and more.
func common(more map[string]string) map[string]string {
	names := map[string]string{"temperature": "temperature", "top_p": "top_p", "presence_penalty": "presence_penalty",
		"frequency_penalty": "frequency_penalty", "max_tokens": "max_tokens", "stop": "stop"}
	for key, name := range more {
		names[key] = name
	}
	return names
}

// parameters are the fields of a request that parameters make. A service of OpenAI has nothing on by itself, and some of its models
// refuse what they cannot change: what changes nothing is left out there. Others have defaults of their own, and are told all.
func parameters(kind Kind, p *sample.Params) map[string]any {
	fields := map[string]any{}
	for _, row := range sample.Table() {
		name, ok := wire[kind][row.Key]
		if !ok || row.IsOff(p) && (kind == OpenAI || row.Key == "max_tokens" || row.Key == "stop" || row.Key == "min_tokens") {
			continue
		}
		switch at := row.At(p).(type) {
		case *float64:
			fields[name] = *at
			if row.Key == "top_n_sigma" && *at == 0 {
				fields[name] = -1 // off
			}
		case *int:
			fields[name] = *at
			if row.Key == "penalty_range" && *at == 0 || row.Key == "top_k" && *at == 0 && kind == VLLM {
				fields[name] = -1 // all
			}
		case *[]string:
			fields[name] = slices.Clone(*at)
		}
	}
	return fields
}
