package serve

import (
	"encoding/json"
	"strconv"
	"strings"

	"inkling/engine/sample"
)

// otherNames are names that servers have for parameters beside those of the table.
var otherNames = map[string][]string{
	"max_tokens":         {"max_completion_tokens"},
	"repetition_penalty": {"repeat_penalty"},
	"penalty_range":      {"repeat_last_n"},
}

// params reads every parameter of the table; those that are left out stay what they are. -1 turns a whole number off, as it does for
// vLLM and llama-server.
func (f *fields) params(p *sample.Params) {
	for _, row := range sample.Table() {
		if row.Chat {
			continue
		}
		for _, name := range append([]string{row.Key}, otherNames[row.Key]...) {
			switch at := row.At(p).(type) {
			case *float64:
				f.take(name, at, row.Numbers())
			case *int:
				if !f.take(name, at, row.Wholes()) {
					break
				}
				if row.Key == "max_tokens" {
					asked := *at
					f.limit = &asked
				}
				if *at == -1 {
					*at = int(row.Off)
				}
			case *[]string:
				list := texts(nil)
				if f.take(name, &list, "a text or a list of texts") {
					*at = list
				}
			}
		}
	}
}

// bias reads what is added to the scores of tokens.
func (f *fields) bias(p *sample.Params, vocab int) {
	const most = 100 // as in OpenAI's reference
	var all map[string]float64
	if !f.take("logit_bias", &all, `an object such as {"50256": -100}`) {
		return
	}
	p.Bias = make(map[int]float64, len(all))
	for key, value := range all {
		id, err := strconv.Atoi(key)
		switch {
		case err != nil || id < 0 || id >= vocab:
			f.fail(wrong("logit_bias", "found %q, expected a token id from 0 to %d", short([]byte(key)), vocab-1))
		case value < -most || value > most:
			f.fail(wrong("logit_bias", "found %v, expected a number from %d to %d", value, -most, most))
		}
		p.Bias[id] = value
	}
}

// validate looks at the ranges of all parameters.
func (f *fields) validate(p *sample.Params) {
	if err := p.Validate(); err != nil {
		name, rest, _ := strings.Cut(err.Error(), ": ")
		f.fail(wrong(name, "%s", rest))
	}
}

// texts is a text, or a list of them.
type texts []string

func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}
