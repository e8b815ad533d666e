package remote

import (
	"slices"

	"inkling/engine/sample"
)

// wire are the names of parameters in requests to each kind of server; llama.cpp's are in the rows. What a kind lacks it would ignore, or
// refuse.
var wire = map[Kind]map[string]string{
	inkling: table(),
	OpenAI:  common(nil),
	// https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx, valid parameters and values
	Ollama: common(map[string]string{"max_tokens": "num_predict", "top_k": "top_k", "min_p": "min_p", "typical_p": "typical_p",
		"repetition_penalty": "repeat_penalty", "penalty_range": "repeat_last_n"}),
	// https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html, extra parameters
	VLLM: common(map[string]string{"top_k": "top_k", "min_p": "min_p", "repetition_penalty": "repetition_penalty", "min_tokens": "min_tokens"}),
}

// table are the names of the table, which inkling's own server reads.
func table() map[string]string {
	names := map[string]string{}
	for _, row := range sample.Table() {
		if !row.Chat {
			names[row.Key] = row.Key
		}
	}
	return names
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

// named is the name of a parameter in requests to a kind of server.
func named(kind Kind, key string) (name string, ok bool) {
	if kind != LlamaServer {
		name, ok = wire[kind][key]
		return name, ok
	}
	// https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md, /completion
	table := sample.Table()
	i := slices.IndexFunc(table, func(r sample.Row) bool { return r.Key == key })
	return table[i].Wire, table[i].Wire != ""
}

// parameters are the fields of a request that parameters make. A service of OpenAI has nothing on by itself, and some of its models
// refuse what they cannot change: what changes nothing is left out there. Others have defaults of their own, and are told all; to
// inkling's own server -1 says that there is no limit.
func parameters(kind Kind, p *sample.Params) map[string]any {
	fields := map[string]any{}
	for _, row := range sample.Table() {
		name, ok := named(kind, row.Key)
		if !ok || row.Waits(p) || row.IsOff(p) && (kind == OpenAI || row.Key == "max_tokens" || row.Key == "stop" || row.Key == "min_tokens") {
			continue
		}
		switch at := row.At(p).(type) {
		case *float64:
			fields[name] = *at
			if row.Key == "mirostat_tau" && *at > 0 {
				fields["mirostat"] = 2
			}
			if row.Key == "top_n_sigma" && *at == 0 && kind == LlamaServer {
				fields[name] = -1 // off
			}
		case *int:
			fields[name] = *at
			if (row.Key == "penalty_range" || row.Key == "dry_range") && *at == 0 || row.Key == "top_k" && *at == 0 && kind == VLLM {
				fields[name] = -1 // all
			}
		case *[]string:
			fields[name] = slices.Clone(*at)
		}
	}
	return fields
}
