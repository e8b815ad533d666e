package sample

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestValidateAcceptsTheEndsOfTheRanges(t *testing.T) {
	low := Params{TypicalP: 5e-324, TopP: 5e-324, RepetitionPenalty: 0.01, PresencePenalty: -100, FrequencyPenalty: -100, DryBase: 1,
		Bias: map[int]float64{0: -math.MaxFloat64}, Ban: []int{0}}
	high := Params{Temperature: 100, TopK: Unlimited, TypicalP: 1, TopP: 1, MinP: math.Nextafter(1, 0), RepetitionPenalty: 100,
		PresencePenalty: 100, FrequencyPenalty: 100, PenaltyRange: Unlimited, NoRepeatNgram: Unlimited, DryBase: 10,
		Bias: map[int]float64{math.MaxInt: math.MaxFloat64}, Ban: []int{math.MaxInt}}
	for name, p := range map[string]Params{"neutral": Neutral(), "low": low, "high": high} {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestValidateNamesTheParameterTheValueAndTheRange(t *testing.T) {
	tests := []struct {
		change func(*Params)
		want   string
	}{
		{func(p *Params) { p.Temperature = -0.5 }, "temperature: found -0.5, expected a number from 0 to 100"},
		{func(p *Params) { p.Temperature = 101 }, "temperature: found 101, expected a number from 0 to 100"},
		{func(p *Params) { p.TopK = -1 }, "top_k: found -1, expected a whole number, 0 or more"},
		{func(p *Params) { p.TopK = Unlimited + 1 }, "top_k: found 2147483648, expected a whole number, 0 or more"},
		{func(p *Params) { p.TypicalP = 0 }, "typical_p: found 0, expected a number above 0, at most 1"},
		{func(p *Params) { p.TypicalP = 1.1 }, "typical_p: found 1.1, expected a number above 0, at most 1"},
		{func(p *Params) { p.TopP = 0 }, "top_p: found 0, expected a number above 0, at most 1"},
		{func(p *Params) { p.TopP = 2 }, "top_p: found 2, expected a number above 0, at most 1"},
		{func(p *Params) { p.MinP = -0.1 }, "min_p: found -0.1, expected a number of 0 or more, below 1"},
		{func(p *Params) { p.MinP = 1 }, "min_p: found 1, expected a number of 0 or more, below 1"},
		{func(p *Params) { p.RepetitionPenalty = 0 }, "repetition_penalty: found 0, expected a number from 0.01 to 100"},
		{func(p *Params) { p.RepetitionPenalty = 101 }, "repetition_penalty: found 101, expected a number from 0.01 to 100"},
		{func(p *Params) { p.PresencePenalty = -101 }, "presence_penalty: found -101, expected a number from -100 to 100"},
		{func(p *Params) { p.FrequencyPenalty = 101 }, "frequency_penalty: found 101, expected a number from -100 to 100"},
		{func(p *Params) { p.PenaltyRange = -1 }, "penalty_range: found -1, expected a whole number, 0 or more"},
		{func(p *Params) { p.NoRepeatNgram = -1 }, "no_repeat_ngram: found -1, expected a whole number, 0 or more"},
		{func(p *Params) { p.MaxTokens = -1 }, "max_tokens: found -1, expected a whole number, 0 or more"},
		{func(p *Params) { p.MinTokens = -1 }, "min_tokens: found -1, expected a whole number, 0 or more"},
		{func(p *Params) { p.Pace = 0.001 }, "pace: found 0.001, expected 0, or a number from 0.01 to 1000000"},
		{func(p *Params) { p.Stop = []string{"a", ""} }, "stop: an empty string would stop everything; leave it out"},
		{func(p *Params) { p.Bias = map[int]float64{-3: 1} }, "bias: found -3, expected token ids of 0 or more"},
		{func(p *Params) { p.Bias = map[int]float64{3: math.Inf(1)} }, "bias of token 3: found +Inf, expected a finite number"},
		{func(p *Params) { p.Ban = []int{1, -2} }, "ban: found -2, expected token ids of 0 or more"},
	}
	for _, test := range tests {
		p := Neutral()
		test.change(&p)
		if err := p.Validate(); err == nil || err.Error() != test.want {
			t.Errorf("error %v, want %s", err, test.want)
		}
	}
}

func TestValidateRejectsNaNAndInfinity(t *testing.T) {
	for _, key := range []string{"temperature", "typical_p", "top_p", "min_p", "repetition_penalty", "presence_penalty",
		"frequency_penalty", "bias"} {
		for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			p := Neutral()
			switch key {
			case "temperature":
				p.Temperature = x
			case "typical_p":
				p.TypicalP = x
			case "top_p":
				p.TopP = x
			case "min_p":
				p.MinP = x
			case "repetition_penalty":
				p.RepetitionPenalty = x
			case "presence_penalty":
				p.PresencePenalty = x
			case "frequency_penalty":
				p.FrequencyPenalty = x
			case "bias":
				p.Bias = map[int]float64{3: x}
			}
			err := p.Validate()
			if err == nil || !strings.HasPrefix(err.Error(), key) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s = %g: error %v, want one line that begins with the name", key, x, err)
			}
		}
	}
}

func TestParamsJSON(t *testing.T) {
	p := Params{1, 2, 0.3, 0.4, 0.5, 0.6, 6, 7, 8, 9, 10, 18, 19, 20, 21, []string{"22"}, 0.23, 0.24, 25, 26, 29, 27, 28,
		map[int]float64{11: 12}, []int{13}, nil, 14, 15, []string{"16"}, []string{"30"}, 31, 17}
	got, err := json.Marshal(p)
	want := `{"temperature":1,"top_k":2,"typical_p":0.3,"top_p":0.4,"min_p":0.5,"top_n_sigma":0.6,"repetition_penalty":6,"presence_penalty":7,` +
		`"frequency_penalty":8,"penalty_range":9,"no_repeat_ngram":10,"dry_multiplier":18,"dry_range":21,` +
		`"xtc_probability":0.24,"mirostat_tau":25,"ramp":29,"dynatemp_range":27,"bias":{"11":12},"ban":[13],` +
		`"max_tokens":14,"min_tokens":15,"stop":["16"],"unwanted":["30"],"loop_guard":31,"pace":17,` +
		`"dry_base":19,"dry_allowed_length":20,"dry_breakers":["22"],"xtc_threshold":0.23,"mirostat_eta":26,"dynatemp_exponent":28}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	got, err = json.Marshal(Neutral())
	want = `{"temperature":1,"top_k":0,"typical_p":1,"top_p":1,"min_p":0,"repetition_penalty":1,"presence_penalty":0,` +
		`"frequency_penalty":0,"penalty_range":0,"no_repeat_ngram":0,"max_tokens":0,"min_tokens":0,"stop":[]}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}
