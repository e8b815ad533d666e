package serve

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"

	"inkling/engine"
	"inkling/engine/sample"
)

const (
	mostTexts = 64 // of a request
	mostTop   = 20 // alternatives, as in OpenAI's reference
)

// asked is what a request asks for, whatever it is to go on from.
type asked struct {
	params   sample.Params
	seed     *uint64
	attempt  int // of the first text with this seed
	n        int
	stream   bool
	usage    bool // told at the end of a stream
	logprobs bool
	top      int // alternatives
}

// ask reads the fields that both endpoints have. params are those of requests that name none.
func (s *Server) ask(f *fields, params sample.Params) *asked {
	a := &asked{params: params, n: 1}
	var model string
	if f.take("model", &model, "the id of the model") && model != s.ID && model != s.Model.Info().Name {
		f.fail(s.unknown(model))
	}
	f.take("stream", &a.stream, "true or false")
	var options struct {
		Usage       bool  `json:"include_usage"`
		Obfuscation *bool `json:"include_obfuscation"`
	}
	if f.take("stream_options", &options, `an object such as {"include_usage": true}`) && !a.stream {
		f.fail(wrong("stream_options", "it belongs to requests with stream"))
	}
	a.usage = options.Usage
	f.whole("n", &a.n, 1, mostTexts)
	f.whole("attempt", &a.attempt, 0, math.MaxInt32)
	a.seed = f.seed()
	if a.seed == nil {
		seed := engine.RandomSeed()
		a.seed = &seed
	}
	f.params(&a.params)
	f.bias(&a.params, s.Model.Info().Vocab)
	f.idle("user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key")
	return a
}

// seed reads a seed: any whole number of 64 bits, of which -1 asks for a random one, as it does for llama-server.
func (f *fields) seed() *uint64 {
	var number json.Number
	if !f.take("seed", &number, "a whole number") {
		return nil
	}
	if seed, err := strconv.ParseUint(number.String(), 10, 64); err == nil {
		return &seed
	}
	signed, err := strconv.ParseInt(number.String(), 10, 64)
	switch {
	case err != nil:
		f.fail(wrong("seed", "found %s, expected a whole number", short([]byte(number))))
		return nil
	case signed == -1:
		return nil
	}
	seed := uint64(signed)
	return &seed
}

// unknown is the fault of a model that is not here.
func (s *Server) unknown(model string) *fault {
	f := failing(http.StatusNotFound, "model_not_found", "there is no model %q; this server has %q", short([]byte(model)), s.ID)
	field := "model"
	f.Param = &field
	return f
}

// texts are those that go on from a prompt, which has the given place among those of the request.
func (a *asked) texts(place int, prompt []int, ends []int, noDrafts bool) []*text {
	controls := sample.NewControls(a.params)
	all := make([]*text, a.n)
	for i := range all {
		all[i] = &text{index: place*a.n + i, request: engine.Request{Prompt: prompt, Controls: controls, Seed: a.seed,
			Attempt: uint32(a.attempt + i), Ends: ends, Top: a.top, NoDrafts: noDrafts}}
	}
	return all
}

// tooLong is the fault of a prompt that does not fit, nil where it does.
func (s *Server) tooLong(field string, prompt []int) *fault {
	context := s.Model.Info().Context
	if len(prompt) <= context {
		return nil
	}
	f := failing(http.StatusBadRequest, "context_length_exceeded", "%s: the prompt has %d tokens, and the model's context length is %d; shorten it",
		field, len(prompt), context)
	f.Param = &field
	return f
}
