package remote

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"inkling/engine"
	"inkling/engine/sample"
)

// lines answers with lines of JSON.
func lines(all ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		io.WriteString(w, strings.Join(all, "\n"))
	}
}

// ollama is a fake whose models are ollama's.
func ollama(t *testing.T, answers ...http.HandlerFunc) (*fake, *Engine) {
	f := serve(t, answers...)
	f.models = `{"data":[{"id":"m:latest","owned_by":"library"}]}`
	return f, f.open(t, f.server(nil))
}

// ollama is spoken to in its own form, where it takes all its parameters; what it thinks, what it has weighed and what it counts comes through.
func TestOllama(t *testing.T) {
	f, e := ollama(t, lines(`{"message":{"role":"assistant","content":"","thinking":"Hm."},"logprobs":[{"token":"Hm.","logprob":-9}],"done":false}`,
		`{"message":{"role":"assistant","content":"Ye"},"logprobs":[{"token":"Ye","logprob":-0.5,"top_logprobs":[{"token":"Ye","logprob":-0.5},{"token":"No","logprob":-1}]}],"done":false}`,
		`{"message":{"role":"assistant","content":""},"logprobs":[{"token":"s","logprob":-2}],"done":false}`,
		`{"message":{"role":"assistant","content":"s"},"done":false}`,
		`{"message":{"role":"assistant","content":""},"done":true,"done_reason":"length","prompt_eval_count":11,"eval_count":4}`))
	p := sample.Neutral()
	p.TopK, p.MinP, p.RepetitionPenalty, p.MaxTokens, p.Stop = 7, 0.1, 1.2, 30, []string{"END"}
	seed := uint64(3)
	r, all := write(t, e, engine.Request{Controls: sample.NewControls(p), Top: 10, Seed: &seed})
	if r.Text != "Yes" || r.Reason != engine.Length || r.Err != nil || r.Timings.PromptTokens != 11 || r.Timings.Tokens != 4 {
		t.Errorf("found %+v", r)
	}
	if len(all) != 3 || all[0].Kind != engine.Thought || all[0].Token.Text != "Hm." || all[1].Token.Top[1].Text != "No" || all[2].Token.Text != "s" || all[2].Token.Logprob != -2 {
		t.Errorf("events %+v", all)
	}
	b := f.body(0)
	if b["path"] != "/api/chat" || b["truncate"] != false || b["logprobs"] != true || b["top_logprobs"] != 10.0 || b["stream"] != true {
		t.Errorf("sent %v", b)
	}
	options := b["options"].(map[string]any)
	for name, want := range map[string]any{"top_k": 7.0, "min_p": 0.1, "repeat_penalty": 1.2, "num_predict": 30.0, "seed": 3.0, "temperature": 1.0} {
		if options[name] != want {
			t.Errorf("%s: %v, expected %v", name, options[name], want)
		}
	}
	for _, name := range []string{"temperature", "seed", "stream_options", "stop"} {
		if _, there := b[name]; there {
			t.Errorf("%s stands beside the options: %v", name, b)
		}
	}
	if !e.Can().Param("top_k") || e.Can().Param("mirostat_tau") || e.Can().Param("dry_multiplier") {
		t.Error("tells of other parameters than it sends")
	}
}

func TestOllamaText(t *testing.T) {
	f, e := ollama(t, lines(`{"response":" upon","done":false}`, `{"response":" a time","done":true,"done_reason":"stop"}`, ""))
	r, _ := write(t, e, engine.Request{Text: "Once", Top: 3})
	if r.Text != " upon a time" || r.Reason != engine.EndOfText || r.Err != nil {
		t.Errorf("found %+v", r)
	}
	if b := f.body(0); b["path"] != "/api/generate" || b["raw"] != true || b["prompt"] != "Once" || b["logprobs"] != true || b["top_logprobs"] != 3.0 {
		t.Errorf("sent %v", b)
	}
}

func TestOllamaFails(t *testing.T) {
	for name, c := range map[string]struct {
		answer     http.HandlerFunc
		kept, want string
	}{
		"cut":        {lines(`{"message":{"content":"half"},"done":false}`), "half", "ended before the reply did"},
		"half":       {lines(`{"message":{"content":"half"},"done":false}`, `{"message":{"con`), "half", "ended before the reply did"},
		"within":     {lines(`{"message":{"content":"half"},"done":false}`, `{"error":"runner terminated"}`), "half", "runner terminated"},
		"no model":   {refuses(404, `{"error":"model 'm' not found"}`), "", "model 'm' not found"},
		"too long":   {refuses(400, `{"error":"the input length exceeds the context length"}`), "", "too long"},
		"wrong type": {lines(`{"message":{"content":5},"done":false}`), "", "protocol"},
	} {
		_, e := ollama(t, c.answer)
		if r, _ := write(t, e, engine.Request{}); r.Text != c.kept || r.Err == nil || !strings.Contains(r.Err.Error(), c.want) {
			t.Errorf("%s: %q, %v", name, r.Text, r.Err)
		}
	}
}

// Its models are found without the /v1, too, and the context is that which it gives a model.
func TestOllamaModels(t *testing.T) {
	answers := map[string]string{"/api/tags": `{"models":[{"name":"m:latest","size":5}]}`, "/api/ps": `{"models":[]}`,
		"/api/show": `{"parameters":"stop \"x\"\nnum_ctx    8192\n","model_info":{"llama.context_length":131072}}`}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer, ok := answers[r.URL.Path]; ok {
			io.WriteString(w, answer)
			return
		}
		http.NotFound(w, r)
	}))
	defer server.Close()
	s := Server{Name: "home", URL: server.URL, Kind: Ollama}
	for _, url := range []string{server.URL, server.URL + "/v1", server.URL + "/v1/"} {
		s.URL = url
		if ids, err := s.List(t.Context()); err != nil || len(ids) != 1 || ids[0] != "m:latest" {
			t.Errorf("%s: %q, %v", url, ids, err)
		}
	}
	for _, c := range []struct {
		path, answer string
		want         int
	}{{"", "", 8192}, {"/api/ps", `{"models":[{"name":"m:latest","context_length":16384}]}`, 16384},
		{"/api/ps", `{"models":[{"name":"other","context_length":16384}]}`, 8192},
		{"/api/show", `{"model_info":{"general.parameter_count":5,"llama.context_length":131072}}`, usualWindow},
		{"/api/show", `{"model_info":{"gpt2.context_length":1024}}`, 1024}, {"/api/show", `{}`, usualWindow}, {"/api/show", `nothing`, 0}} {
		if c.path != "" {
			answers[c.path] = c.answer
		}
		e, err := Open(t.Context(), s, "m")
		if err != nil {
			t.Fatal(err)
		}
		if e.kind != Ollama || e.Info().Context != c.want {
			t.Errorf("%s %s: kind %s, context %d, expected %d", c.path, c.answer, e.kind, e.Info().Context, c.want)
		}
	}
}
