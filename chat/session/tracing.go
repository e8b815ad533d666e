package session

import (
	"bytes"
	"encoding/json"
	"math"

	"inkling/chat"
	"inkling/engine"
	"inkling/engine/sample"
)

// tracing is the trace of a reply that is being written.
type tracing struct {
	trace  []chat.TraceToken
	params []*sample.Params // that each was drawn with, nil where not known
	begins int              // tokens that were there before
	queued int              // tokens that the journal has
	from   int              // rewritings of the chat that the journal has had then
	back   bool             // the next token takes the place of one that was taken back
	forced []chat.Origin    // of the tokens that the request begins with
	chosen []chat.Origin    // of the next tokens that the person chooses
	shown  Trace
}

// begin has the trace begin with the tokens that a reply goes on from: as far as old tells of them.
func (t *tracing) begin(ids []int, old []chat.TraceToken) {
	for i, id := range ids {
		if i < len(old) && old[i].ID == id && old[i].Text == nil {
			t.trace = append(t.trace, old[i])
		} else {
			old = nil
			t.trace = append(t.trace, chat.TraceToken{ID: id})
		}
	}
	t.begins, t.params = len(ids), make([]*sample.Params, len(ids))
}

// add adds a token. ids says that the engine tells of them.
func (t *tracing) add(token engine.Token, ids bool) {
	x := chat.TraceToken{ID: token.ID, Logprob: float32(token.Logprob), Entropy: float32(token.Entropy), Back: t.back}
	t.back = false
	if token.Params != nil {
		x.Temperature = float32(token.Params.Temperature)
	}
	if ids {
		x.Temperature = float32(token.Temperature) // with the ramp
		x.Rank = token.Rank + 1
	} else {
		x.ID, x.Text = 0, []byte(token.Text)
	}
	switch next := len(t.trace) - t.begins; {
	case next < len(t.forced):
		x.Origin = t.forced[next]
	case token.By != engine.ByModel:
		x.Origin = chat.Picked
		if len(t.chosen) > 0 {
			x.Origin, t.chosen = t.chosen[0], t.chosen[1:]
		}
	}
	x.Alternatives = make([]chat.TraceAlternative, len(token.Top))
	for i, a := range token.Top {
		x.Alternatives[i] = chat.TraceAlternative{ID: a.ID, Logprob: float32(a.Logprob)}
		if !ids {
			x.Alternatives[i].ID, x.Alternatives[i].Text = 0, []byte(a.Text)
		}
	}
	t.trace, t.params = append(t.trace, x), append(t.params, token.Params)
}

// remove takes the last n tokens back.
func (t *tracing) remove(n int) {
	left := max(len(t.trace)-n, t.begins)
	t.trace, t.params = t.trace[:left:left], t.params[:left] // what the journal has stays as it is
	t.queued, t.back = min(t.queued, left), true
}

// mean is the mean log-probability of the tokens that were written, 0 where it is not known.
func (t *tracing) mean() (mean float64, known bool) {
	sum, n := 0.0, 0
	for _, token := range t.trace[t.begins:] {
		if token.Rank > 0 || token.Logprob != 0 {
			sum += float64(token.Logprob)
			n++
		}
	}
	if n == 0 || math.IsInf(sum, 0) || math.IsNaN(sum) {
		return 0, false
	}
	return sum / float64(n), true
}

// changes are the parameters over the reply; nil where they did not change.
func (t *tracing) changes() (all []chat.Change) {
	var last *sample.Params
	for i, p := range t.params {
		switch {
		case p == nil || p == last:
		case last == nil:
			all = append(all, chat.Change{At: i, Params: encode(p)})
		default:
			if diff := differing(last, p); diff != nil {
				all = append(all, chat.Change{At: i, Params: diff})
			}
		}
		if p != nil {
			last = p
		}
	}
	if len(all) < 2 {
		return nil
	}
	return all
}

// differing are the parameters that next has otherwise, a JSON object; nil for none.
func differing(last, next *sample.Params) json.RawMessage {
	var before, after map[string]json.RawMessage
	_, _ = json.Unmarshal(encode(last), &before), json.Unmarshal(encode(next), &after) // they were encoded just now
	diff := map[string]json.RawMessage{}
	for key, value := range after {
		if !bytes.Equal(value, before[key]) {
			diff[key] = value
		}
	}
	for key := range before {
		if _, ok := after[key]; !ok {
			diff[key] = json.RawMessage("null")
		}
	}
	if len(diff) == 0 {
		return nil
	}
	data, _ := json.Marshal(diff) // valid values
	return data
}

// save has the journal write the turn, and the tokens that have come since the last time.
func (r *Reply) save(w *writing, t *chat.Turn) {
	if w.from != r.chat.rewritten {
		w.from, w.queued = r.chat.rewritten, 0
	}
	r.chat.journal.SaveTraced(r.chat.conv.ID, t, w.queued, w.trace[w.queued:])
	w.queued = len(w.trace)
}
