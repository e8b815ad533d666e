package serve

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// usualTokens is how long a completion is at most where the request does not say, as in OpenAI's reference.
const usualTokens = 16

// complete answers /v1/completions: texts that go on from a prompt as it is.
func (s *Server) complete(w http.ResponseWriter, r *http.Request) {
	f, fault := s.read(w, r)
	if fault != nil {
		fault.write(w)
		return
	}
	params := s.Params
	params.MaxTokens = usualTokens
	a := s.ask(f, params)
	var prompts prompts
	if !f.take("prompt", &prompts, "a text, a list of token ids, or a list of either") && f.err == nil {
		f.fail(wrong("prompt", "it is missing"))
	}
	echo := false
	f.take("echo", &echo, "true or false")
	if f.whole("logprobs", &a.top, 0, mostTop) {
		a.logprobs = true
	}
	f.unless("best_of", "1", strconv.Itoa(a.n))
	f.unless("suffix", `""`)
	f.validate(&a.params)
	if len(prompts)*a.n > mostTexts {
		f.fail(wrong("prompt", "found %d prompts with %d texts each, expected %d texts at most", len(prompts), a.n, mostTexts))
	}
	var texts []*text
	for i, p := range prompts {
		ids, fault := s.prompt(p)
		if fault != nil {
			f.fail(fault)
			break
		}
		for _, t := range a.texts(i, ids, nil, s.NoDrafts) {
			t.none = f.limit != nil && *f.limit == 0
			if echo {
				if t.echo = p.text; p.ids != nil {
					t.echo = s.Model.Decode(p.ids)
				}
				if a.logprobs {
					t.scored = ids
				}
			}
			texts = append(texts, t)
		}
	}
	if fault := f.end(); fault != nil {
		fault.write(w)
		return
	}
	s.answer(w, r, s.form(a, false, time.Now().Unix()), texts)
}

// prompt returns the ids of a prompt.
func (s *Server) prompt(p aPrompt) ([]int, *fault) {
	ids := p.ids
	if ids == nil {
		ids = s.Model.Prompt(p.text, false)
	}
	if len(ids) == 0 {
		return nil, wrong("prompt", "it is empty, expected some text")
	}
	for _, id := range p.ids {
		if s.Model.Piece(id) == nil {
			return nil, wrong("prompt", "token id %d, expected ids below %d", id, s.Model.Info().Vocab)
		}
	}
	return ids, s.tooLong("prompt", ids)
}

// aPrompt is a text, or ids where they are not nil.
type aPrompt struct {
	text string
	ids  []int
}

// prompts are those of a completion, in any of the four forms of the protocol.
type prompts []aPrompt

func (p *prompts) UnmarshalJSON(data []byte) error {
	var list texts
	if json.Unmarshal(data, &list) == nil {
		for _, one := range list {
			*p = append(*p, aPrompt{text: one})
		}
		if len(list) == 0 {
			*p = append(*p, aPrompt{})
		}
		return nil
	}
	var ids []int
	if json.Unmarshal(data, &ids) == nil {
		*p = prompts{{ids: ids}}
		return nil
	}
	var many [][]int
	if err := json.Unmarshal(data, &many); err != nil {
		return err
	}
	for _, ids := range many {
		*p = append(*p, aPrompt{ids: append([]int{}, ids...)})
	}
	return nil
}
