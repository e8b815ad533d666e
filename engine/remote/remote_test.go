package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"inkling/engine"
	"inkling/engine/sample"
)

// fake is a server that answers as it is told, request by request; the last answer is given again and again.
type fake struct {
	*httptest.Server
	mu      sync.Mutex
	answers []http.HandlerFunc
	bodies  []map[string]any
	headers []http.Header
	models  string
}

func serve(t *testing.T, answers ...http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{answers: answers, models: `{"data":[{"id":"m","owned_by":"vllm","max_model_len":2048}]}`}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/models") {
			io.WriteString(w, f.models)
			return
		}
		if r.URL.Path == "/api/ps" || r.URL.Path == "/api/show" { // the context of its models, which it does not tell
			http.NotFound(w, r)
			return
		}
		body := map[string]any{}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Errorf("body: %v", err)
		}
		body["path"] = r.URL.Path
		f.mu.Lock()
		f.bodies, f.headers = append(f.bodies, body), append(f.headers, r.Header)
		answer := f.answers[min(len(f.bodies), len(f.answers))-1]
		f.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// body is what the nth request said.
func (f *fake) body(n int) map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bodies[n]
}

func (f *fake) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.bodies)
}

// stream answers with events, each given its data.
func stream(data ...string) http.HandlerFunc {
	return raw("data: " + strings.Join(data, "\n\ndata: ") + "\n\n")
}

// raw answers with a stream of these bytes.
func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, text)
	}
}

// says is the event of a piece of a reply.
func says(text string) string {
	quoted, _ := json.Marshal(text)
	return fmt.Sprintf(`{"choices":[{"index":0,"delta":{"content":%s}}]}`, quoted)
}

func completes(text string) string {
	quoted, _ := json.Marshal(text)
	return fmt.Sprintf(`{"choices":[{"index":0,"text":%s}]}`, quoted)
}

const (
	stops = `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
	over  = "[DONE]"
)

// refuses answers with a status and a body.
func refuses(code int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

// server is the fake as the config would name it. Waiting takes no time; slept collects what it would.
func (f *fake) server(slept *[]time.Duration) Server {
	return Server{Name: "home", URL: f.URL + "/v1", clock: clock{sleep: func(_ context.Context, d time.Duration) error {
		if slept != nil {
			*slept = append(*slept, d)
		}
		return nil
	}}}
}

func (f *fake) open(t *testing.T, s Server) *Engine {
	t.Helper()
	e, err := Open(t.Context(), s, "m")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// write runs a request to its end.
func write(t *testing.T, e *Engine, r engine.Request) (engine.Result, []engine.Event) {
	t.Helper()
	if r.Text == "" && r.Messages == nil {
		r.Messages = []engine.Message{{Role: "user", Text: "Hi"}}
	}
	g, err := e.Generate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var all []engine.Event
	for event := range g.Events() {
		all = append(all, event)
	}
	return g.Result(), all
}

func TestReply(t *testing.T) {
	f := serve(t, stream(`{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}`, says("Once "), says("upon"), stops,
		`{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":4}}}`, over))
	e := f.open(t, f.server(nil))
	if e.Info().Context != 2048 || e.Info().Name != "home:m" || e.kind != VLLM {
		t.Errorf("info %+v, kind %s", e.Info(), e.kind)
	}
	p := sample.Neutral()
	p.Temperature, p.TopK, p.RepetitionPenalty, p.MaxTokens, p.Stop = 0.5, 7, 1.25, 30, []string{"END"}
	seed := uint64(41)
	r, all := write(t, e, engine.Request{Controls: sample.NewControls(p), Seed: &seed, Attempt: 1,
		Messages: []engine.Message{{Role: "system", Text: "Be kind."}, {Role: "user", Text: "Hi"}}})
	if r.Text != "Once upon" || r.Reason != engine.EndOfText || r.Err != nil || len(all) != 2 || r.Seed != 41 {
		t.Errorf("result %+v, %d events", r, len(all))
	}
	if r.Timings.PromptTokens != 12 || r.Timings.CachedTokens != 4 || r.Timings.Tokens != 5 {
		t.Errorf("usage %+v", r.Timings)
	}
	want := map[string]any{"path": "/v1/chat/completions", "model": "m", "stream": true, "temperature": 0.5, "top_k": 7.0,
		"repetition_penalty": 1.25, "max_tokens": 30.0, "seed": 42.0, "top_p": 1.0, "min_p": 0.0}
	for name, value := range want {
		if got := f.body(0)[name]; got != value {
			t.Errorf("%s: found %v, expected %v", name, got, value)
		}
	}
	if got := fmt.Sprint(f.body(0)["messages"]); got != "[map[content:Be kind. role:system] map[content:Hi role:user]]" {
		t.Error(got)
	}
}

// Each kind of server gets the parameters that it takes, by its own names.
func TestParameters(t *testing.T) {
	p := sample.Neutral()
	p.TopK, p.MinP, p.RepetitionPenalty, p.PenaltyRange, p.TypicalP, p.Temperature = 3, 0.1, 1.2, 0, 0.9, 0.7
	p.DryMultiplier, p.MirostatTau = 0.8, 5
	tests := map[Kind]string{
		OpenAI: "temperature",
		Ollama: "frequency_penalty min_p presence_penalty repeat_last_n repeat_penalty temperature top_k top_p typical_p",
		VLLM:   "frequency_penalty min_p presence_penalty repetition_penalty temperature top_k top_p",
		LlamaServer: "dry_allowed_length dry_base dry_multiplier dry_penalty_last_n dry_sequence_breakers dynatemp_range frequency_penalty min_p mirostat " +
			"mirostat_eta mirostat_tau presence_penalty repeat_last_n repeat_penalty temperature top_k top_n_sigma top_p typical_p xtc_probability",
	}
	for kind, want := range tests {
		fields := parameters(kind, &p)
		var names []string
		for name := range fields {
			names = append(names, name)
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: found %s, expected %s", kind, got, want)
		}
		e := &Engine{kind: kind}
		if (kind == OpenAI || kind == VLLM) && e.takes("typical_p") || e.takes("pace") || !e.takes("max_tokens") {
			t.Errorf("%s: abilities differ from what is sent", kind)
		}
	}
	if fields := parameters(LlamaServer, &p); fields["repeat_last_n"] != -1 {
		t.Errorf("all of the text is %v", fields["repeat_last_n"])
	}
}

func TestKinds(t *testing.T) {
	tests := []struct {
		models, server string
		want           Kind
	}{
		{`{"data":[{"id":"m","owned_by":"vllm"}]}`, "", VLLM},
		{`{"data":[{"id":"m","owned_by":"llamacpp"}]}`, "", LlamaServer},
		{`{"data":[{"id":"m"}]}`, "llama.cpp", LlamaServer},
		{`{"data":[{"id":"m","owned_by":"library"}]}`, "", Ollama},
		{`{"data":[{"id":"m","owned_by":"openai"}]}`, "", OpenAI},
		{`{"data":[]}`, "", OpenAI},
	}
	for _, test := range tests {
		var all models
		if err := json.Unmarshal([]byte(test.models), &all); err != nil {
			t.Fatal(err)
		}
		s := Server{Kind: Auto, URL: "http://localhost:1/v1"}
		if got := s.kind(all, http.Header{"Server": {test.server}}); got != test.want {
			t.Errorf("%s: found %s, expected %s", test.models, got, test.want)
		}
	}
}

func TestSplit(t *testing.T) {
	for name, want := range map[string]string{"home:m": "home m", "home:llama3:8b": "home llama3:8b", `C:\models\x`: "", "C:/m": "",
		"gpt2": "", "home:": "", ":m": "", "./a:b": "", "org/a:b": "", "ab:org/x": "ab org/x"} {
		server, model, ok := Split(name)
		if got := strings.TrimSpace(server + " " + model); got != want || ok != (want != "") {
			t.Errorf("%s: found %q, %v", name, got, ok)
		}
	}
}

// The stream is read however its lines end, and whatever stands between its events.
func TestEvents(t *testing.T) {
	long := strings.Repeat("ab ", 500_000)
	tests := []struct{ name, text, want string }{
		{"line feeds", "data: " + says("a") + "\n\ndata: " + says("b") + "\n\ndata: [DONE]\n\n", "ab"},
		{"CRLF", "data: " + says("a") + "\r\n\r\ndata: " + says("b") + "\r\n\r\ndata: [DONE]\r\n\r\n", "ab"},
		{"carriage returns", "data: " + says("a") + "\r\rdata: " + says("b") + "\r\rdata: [DONE]\r\r", "ab"},
		{"no blank", "data:" + says("a") + "\n\ndata:[DONE]\n\n", "a"},
		{"comments, other fields, a mark", "\ufeff: ping\n\nid: 4\nretry: 5\n\nevent: x\ndata: " + says("a") + "\n\n: ping\n\ndata: [DONE]\n\n", "a"},
		{"two lines of data", "data: {\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n", "a"},
		{"no end of the last event", "data: " + says("a") + "\n\ndata: [DONE]", "a"},
		{"no [DONE]", "data: " + says("a") + "\n\ndata: " + stops + "\n\n", "a"},
		{"over 1 MB", "data: " + says(long) + "\n\ndata: [DONE]\n\n", long},
		{"no UTF-8", "data: " + says("a\u2713") + "\n\ndata: " + strings.Replace(says("X"), "X", "\xff\xc3", 1) + "\n\ndata: [DONE]\n\n", "a\u2713\ufffd\ufffd"},
		{"null and parts", `data: {"choices":[{"index":0,"delta":{"content":null}}]}` + "\n\n" +
			`data: {"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"a"}]}}]}` + "\n\ndata: [DONE]\n\n", "a"},
		{"another choice", `data: {"choices":[{"index":1,"delta":{"content":"x"}},{"index":0,"delta":{"content":"a"}}]}` + "\n\ndata: [DONE]\n\n", "a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := serve(t, raw(test.text))
			r, _ := write(t, f.open(t, f.server(nil)), engine.Request{})
			if r.Text != test.want || r.Err != nil {
				t.Errorf("found %.80q, %v; expected %.80q", r.Text, r.Err, test.want)
			}
			if told := strings.Contains(test.text, "finish_reason"); told == (len(r.Notes) > 0) {
				t.Errorf("that the server gave a reason is %v, and the notes are %q", told, r.Notes)
			}
		})
	}
}

func TestWholeAnswer(t *testing.T) {
	f := serve(t, refuses(200, `{"choices":[{"index":0,"message":{"role":"assistant","content":"all"},"finish_reason":"length"}]}`, "Content-Type", "application/json"))
	if r, _ := write(t, f.open(t, f.server(nil)), engine.Request{}); r.Text != "all" || r.Reason != engine.Length {
		t.Errorf("found %+v", r)
	}
}

// Faults are one line that says what to do, and what has come is kept.
func TestFaults(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		kept   string
		want   []string
		asked  int
	}{
		{"401", refuses(401, `{"error":{"message":"Bad key"}}`), "", []string{"Bad key", "key_env"}, 1},
		{"403", refuses(403, ``), "", []string{"choose another model"}, 1},
		{"404", refuses(404, `{"error":{"message":"The model m does not exist"}}`), "", []string{"does not exist", "/model"}, 1},
		{"408", refuses(408, ``), "", []string{"try again"}, 4},
		{"413", refuses(413, ``), "", []string{"shorten"}, 1},
		{"429", refuses(429, `{"error":{"message":"Slow down."}}`, "Retry-After", "7"), "", []string{"Slow down", "in 7s"}, 4},
		{"429 for long", refuses(429, ``, "Retry-After", "3600"), "", []string{"in 1h"}, 1},
		{"quota", refuses(429, `{"error":{"message":"No money","code":"insufficient_quota"}}`), "", []string{"No money"}, 1},
		{"500", refuses(500, `{"error":"boom"}`), "", []string{"boom", "try again"}, 4},
		{"502", refuses(502, "<html><body>Bad Gateway</body></html>"), "", []string{"502 Bad Gateway", "try again"}, 4},
		{"301", refuses(301, "", "Location", "/elsewhere"), "", []string{"correct url"}, 1},
		{"too long", refuses(400, `{"error":{"message":"This model's maximum context length is 2048 tokens.","code":"context_length_exceeded"}}`), "",
			[]string{"too long", "begin a new one"}, 1},
		{"a page", refuses(200, "<html>", "Content-Type", "text/html"), "", []string{"web page", "check url"}, 1},
		{"cut", raw("data: " + says("half a ") + "\n\n"), "half a ", []string{"ended before the reply did", "kept"}, 1},
		{"half an event", raw("data: " + says("half a ") + "\n\ndata: " + says("word")[:20]), "half a ", []string{"ended before the reply did"}, 1},
		{"given up for another request", stream(`{"choices":[{"index":0,"delta":{"role":"assistant"},"finish_reason":null}]}`, over), "", []string{"ended before the reply did"}, 4},
		{"cut at once", raw(""), "", []string{"ended before the reply did"}, 4},
		{"wrong type", stream(says("a"), `{"choices":[{"index":0,"delta":{"content":5}}]}`, over), "a", []string{"protocol", "found 5"}, 1},
		{"wrong shape", stream(`{"choices":"none"}`, over), "", []string{"protocol", "choices"}, 1},
		{"no JSON", stream(says("a"), `oops`, over), "a", []string{"protocol"}, 1},
		{"an error inside", stream(says("a"), `{"error":{"message":"out of memory","code":500}}`), "a", []string{"out of memory"}, 1},
		{"an error event", raw("data: " + says("a") + "\n\nevent: error\ndata: {\"message\":\"lost\"}\n\n"), "a", []string{"lost"}, 1},
		{"filter", stream(says("a"), `{"choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}`, over), "a", []string{"content filter", "kept"}, 1},
		{"filter before", refuses(400, `{"error":{"message":"Your prompt violates our policy","code":"content_filter"}}`), "", []string{"content filter", "change the message"}, 1},
		{"a tool", stream(`{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`, over), "", []string{"tool"}, 1},
		{"escapes", refuses(403, `{"error":{"message":"red \u001b[31m\u0007alert\r\nline"}}`), "", []string{"red [31malert line"}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := serve(t, test.answer)
			r, _ := write(t, f.open(t, f.server(nil)), engine.Request{})
			if r.Reason != engine.Failed || r.Err == nil || r.Text != test.kept {
				t.Fatalf("found %q, %s, %v", r.Text, r.Reason, r.Err)
			}
			line := r.Err.Error()
			for _, want := range append(test.want, "home: ") {
				if !strings.Contains(line, want) {
					t.Errorf("%q lacks %q", line, want)
				}
			}
			if strings.ContainsAny(line, "\n\r\x1b\a<>") {
				t.Errorf("%q is no line for people", line)
			}
			if f.asked() != test.asked {
				t.Errorf("asked %d times, expected %d", f.asked(), test.asked)
			}
		})
	}
}

// What never answers, for reasons below HTTP.
func TestUnreached(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	plain := serve(t, stream(over))
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // the client's refusal is what is wanted
	secure.StartTLS()
	defer secure.Close()
	tests := []struct{ name, url, want string }{
		{"refused", "http://" + closed.Addr().String(), "start the server"},
		{"DNS", "http://nowhere.invalid/v1", "check url"},
		{"no TLS", strings.Replace(plain.URL, "http:", "https:", 1), "begin url with http://"},
		{"certificate", secure.URL, "certificate"},
		{"a password", strings.Replace(plain.URL, "http://", "http://me:hush@", 1), "key_env"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(t.Context(), Server{Name: "home", URL: test.url}, "m")
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "\n") {
				t.Errorf("found %v", err)
			}
		})
	}
}

// A server that falls silent is given up, and what it said is kept.
func TestSilence(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		raw("data: "+says("so")+"\n\n")(w, r)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	s := f.server(nil)
	e := f.open(t, s)
	e.server.Timeout = 200 * time.Millisecond
	r, _ := write(t, e, engine.Request{})
	if r.Text != "so" || r.Err == nil || !strings.Contains(r.Err.Error(), "said nothing for") {
		t.Errorf("found %q, %v", r.Text, r.Err)
	}
}

func TestStop(t *testing.T) {
	gone := make(chan struct{})
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		raw("data: "+says("so far")+"\n\n")(w, r)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(gone)
	})
	ctx, cancel := context.WithCancel(t.Context())
	g, err := f.open(t, f.server(nil)).Generate(ctx, engine.Request{Messages: []engine.Message{{Role: "user", Text: "Hi"}}})
	if err != nil {
		t.Fatal(err)
	}
	<-g.Events()
	cancel()
	if r := g.Result(); r.Reason != engine.Cancelled || r.Text != "so far" || r.Err != nil {
		t.Errorf("found %+v", r)
	}
	<-gone
}

// Retries wait longer each time, or as long as the server asks, and end with the first that works.
func TestRetries(t *testing.T) {
	var slept []time.Duration
	f := serve(t, refuses(503, ``), refuses(429, ``, "Retry-After", "9"), stream(says("ok"), stops, over))
	if r, _ := write(t, f.open(t, f.server(&slept)), engine.Request{}); r.Text != "ok" || r.Err != nil {
		t.Errorf("found %+v", r)
	}
	if want := []time.Duration{500 * time.Millisecond, 9 * time.Second}; !slices.Equal(slept, want) {
		t.Errorf("slept %v, expected %v", slept, want)
	}
}

// A parameter that a server refuses is left out, of later requests as well, and that is said.
func TestRefusedParameter(t *testing.T) {
	for _, refusal := range []http.HandlerFunc{
		refuses(400, `{"error":{"message":"Unsupported value: 'temperature' does not support 0.5 with this model.","param":"temperature"}}`),
		refuses(400, `{"error":{"message":"Unsupported value: 'temperature' does not support 0.5 with this model."}}`),
		refuses(422, `{"detail":[{"loc":["body","temperature"],"msg":"extra fields not permitted"}]}`),
	} {
		f := serve(t, refusal, stream(says("ok"), stops, over))
		e := f.open(t, f.server(nil))
		p := sample.Neutral()
		p.Temperature = 0.5
		r, _ := write(t, e, engine.Request{Controls: sample.NewControls(p)})
		if r.Text != "ok" || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "temperature") || e.Can().Param("temperature") {
			t.Errorf("found %+v", r)
		}
		r, _ = write(t, e, engine.Request{Controls: sample.NewControls(p)})
		if _, sent := f.body(2)["temperature"]; sent || f.asked() != 3 || len(r.Notes) != 0 {
			t.Errorf("sent again: %v", f.body(2))
		}
	}
	f := serve(t, refuses(400, `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens"}}`),
		stream(says("ok"), stops, over))
	p := sample.Neutral()
	p.MaxTokens = 9
	e := f.open(t, f.server(nil))
	if r, _ := write(t, e, engine.Request{Controls: sample.NewControls(p)}); r.Text != "ok" || f.body(1)["max_completion_tokens"] != 9.0 || !e.Can().Param("max_tokens") {
		t.Errorf("found %+v, sent %v", r, f.body(1))
	}
}

// What a model thinks is no part of its reply.
func TestReasoning(t *testing.T) {
	f := serve(t, stream(`{"choices":[{"index":0,"delta":{"reasoning_content":"Hm, "}}]}`, `{"choices":[{"index":0,"delta":{"reasoning":"yes."}}]}`,
		says("Yes"), stops, over))
	r, all := write(t, f.open(t, f.server(nil)), engine.Request{})
	thought := ""
	for _, e := range all {
		if e.Kind == engine.Thought {
			thought += e.Token.Text
		}
	}
	if r.Text != "Yes" || thought != "Hm, yes." {
		t.Errorf("found %q, thought %q", r.Text, thought)
	}
}

func TestLogprobs(t *testing.T) {
	f := serve(t, stream(`{"choices":[{"index":0,"delta":{"content":"ab"},"logprobs":{"content":[
data: {"token":"a","logprob":-0.5,"top_logprobs":[{"token":"x","logprob":-1.5},{"token":"a","logprob":-0.5}]},{"token":"b","logprob":-2}]}}]}`, stops, over),
		stream(`{"choices":[{"index":0,"text":" c","logprobs":{"tokens":[" c"],"token_logprobs":[-1],"top_logprobs":[{" c":-1," d":-3}]}}]}`, over))
	e := f.open(t, f.server(nil))
	_, all := write(t, e, engine.Request{Top: 3})
	if len(all) != 2 || all[0].Token.Text != "a" || all[0].Token.Logprob != -0.5 || all[0].Token.Top[0].Text != "a" || all[0].Token.Top[1].Text != "x" || all[1].Token.Text != "b" {
		t.Errorf("found %+v", all)
	}
	if f.body(0)["logprobs"] != true || f.body(0)["top_logprobs"] != 3.0 {
		t.Errorf("sent %v", f.body(0))
	}
	_, all = write(t, e, engine.Request{Top: 3, Text: "ab"})
	if len(all) != 1 || all[0].Token.Text != " c" || len(all[0].Token.Top) != 2 || all[0].Token.Top[1].Text != " d" {
		t.Errorf("found %+v", all)
	}
	if f.body(1)["logprobs"] != 3.0 || f.body(1)["prompt"] != "ab" || f.body(1)["path"] != "/v1/completions" {
		t.Errorf("sent %v", f.body(1))
	}
}

// The key goes to the server and nowhere else: not into results, errors, or the engine's words, even where the server repeats it.
func TestKey(t *testing.T) {
	const key, token = "sk-very-secret-1234", "header-secret-99"
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command := "cat '" + file + "'"
	if os.PathSeparator == '\\' {
		command = `type "` + file + `"`
	}
	for name, s := range map[string]Server{
		"environment": {KeyEnv: "HOME_KEY", Lookup: func(name string) (string, bool) { return key, name == "HOME_KEY" }},
		"command":     {KeyCommand: command},
	} {
		t.Run(name, func(t *testing.T) {
			echo := `{"error":{"message":"Incorrect API key provided: ` + key + ` (` + token + `)"}}`
			f := serve(t, refuses(401, echo), refuses(400, echo), stream(`{"error":{"message":"`+key+`"}}`), stream(`{"choices":"`+key+`"}`), refuses(302, "", "Location", "/"+key),
				refuses(500, echo), refuses(500, echo), refuses(500, echo), refuses(500, echo))
			o := f.server(nil)
			s.Name, s.URL, s.clock, s.Headers = o.Name, o.URL, o.clock, map[string]string{"X-Token": "Bearer " + token}
			e := f.open(t, s)
			for range 5 {
				r, all := write(t, e, engine.Request{})
				shown := fmt.Sprintf("%v %s %+v %+v %v", r, r.Err, all, e.Info(), r.Notes)
				if strings.Contains(shown, key) || strings.Contains(shown, token) {
					t.Errorf("shows a secret: %s", shown)
				}
			}
			for i, h := range f.headers {
				if h.Get("Authorization") != "Bearer "+key || h.Get("X-Token") != "Bearer "+token {
					t.Errorf("request %d has not the key", i)
				}
				if body, _ := json.Marshal(f.body(i)); bytes.Contains(body, []byte(key)) {
					t.Error("the body has the key")
				}
			}
		})
	}
	for name, s := range map[string]Server{
		"no variable": {KeyEnv: "NONE", Lookup: func(string) (string, bool) { return "", false }},
		"failing":     {KeyCommand: "echo " + key + " && exit 3"},
		"nothing":     {KeyCommand: "exit 0"},
	} {
		if _, err := s.key(t.Context()); err == nil || strings.Contains(err.Error(), key) {
			t.Errorf("%s: found %v", name, err)
		}
	}
}

// A reply whose parameters change goes on from the text so far, without a blank doubled or lost, whether the server cuts blanks at
// the end of what it continues or not, and wherever the change comes.
func TestRestart(t *testing.T) {
	words := []string{"The ", "fox", " said", "\n", "\n", "hello  ", "there", ". ", "Bye", "!"}
	whole := strings.Join(words, "")
	for _, text := range []bool{false, true} {
		for at := range len(words) - 2 { // the change rests for a word, and one more is written with the old parameters
			t.Run(fmt.Sprintf("%v/%d", text, at), func(t *testing.T) {
				now := time.Unix(1_000_000, 0)
				turned := make(chan struct{})
				sent := ""
				f := serve(t, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "text/event-stream")
					for i, word := range words {
						event := says(word)
						if text {
							event = completes(word)
						}
						io.WriteString(w, "data: "+event+"\n\n")
						w.(http.Flusher).Flush()
						if i == at {
							<-turned
						}
					}
					<-r.Context().Done()
				}, nil)
				f.answers[1] = func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/event-stream")
					body := f.body(1)
					if text {
						sent = strings.TrimPrefix(body["prompt"].(string), "Begin: ")
					} else {
						messages := body["messages"].([]any)
						sent = messages[len(messages)-1].(map[string]any)["content"].(string)
						if body["continue_final_message"] != true {
							t.Error("the message is not continued")
						}
					}
					if body["temperature"] != 0.2 || body["max_tokens"].(float64) > float64(100-(at+1)) {
						t.Errorf("sent %v", body)
					}
					if !strings.HasPrefix(whole, sent) {
						t.Errorf("sent %q", sent)
					}
					rest := whole[len(strings.TrimRight(sent, " \n")):] // as chat templates cut, and models go on
					event := says(rest)
					if text {
						event = completes(rest)
					}
					io.WriteString(w, "data: "+event+"\n\ndata: [DONE]\n\n")
				}
				s := f.server(nil)
				s.clock.now = func() time.Time {
					now = now.Add(gather) // between any two looks
					return now
				}
				p := sample.Neutral()
				p.MaxTokens = 100
				controls := sample.NewControls(p)
				q := engine.Request{Controls: controls, Messages: []engine.Message{{Role: "user", Text: "Hi"}}}
				if text {
					q.Messages, q.Text = nil, "Begin: "
				}
				g, err := f.open(t, s).Generate(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				got := ""
				for e := range g.Events() {
					got += e.Token.Text
					if n++; n == at+1 {
						p.Temperature = 0.2
						controls.Store(p)
						close(turned)
					}
				}
				if r := g.Result(); r.Text != whole || got != whole || r.Err != nil {
					t.Errorf("found %q, %v; events %q; expected %q", r.Text, r.Err, got, whole)
				}
			})
		}
	}
}

// A reply is begun again for other parameters where the server can go on within it, on this network or where the config allows it.
func TestWhereADialIsLive(t *testing.T) {
	for _, c := range []struct {
		url, kind string
		live      bool
		want      engine.Live
	}{
		{"http://127.0.0.1:8080/v1", "vllm", false, engine.Restart},
		{"http://localhost:8080/v1", "llama-server", false, engine.Restart},
		{"http://192.168.1.20/v1", "vllm", false, engine.Restart},
		{"https://api.example.com/v1", "vllm", false, engine.NextReply},
		{"https://8.8.8.8/v1", "vllm", false, engine.NextReply},
		{"https://api.example.com/v1", "vllm", true, engine.Restart},
		{"http://127.0.0.1:8080/v1", "openai", true, engine.NextReply},
		{"http://127.0.0.1:11434", "ollama", true, engine.NextReply},
	} {
		e := &Engine{server: Server{URL: c.url, Live: c.live}, kind: Kind(c.kind)}
		if got := e.Can().Live; got != c.want {
			t.Errorf("%s, %s, live %v: found %v, expected %v", c.url, c.kind, c.live, got, c.want)
		}
	}
}

// Turns of the dial are gathered until it rests, and no two requests are closer than a second.
func TestTurnsAreGathered(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	p := sample.Neutral()
	controls := sample.NewControls(p)
	g := &generation{Engine: &Engine{kind: VLLM, server: Server{clock: clock{now: func() time.Time { return now }}}}, live: true,
		request: engine.Request{Controls: controls}}
	g.params = controls.Load()
	g.restarted = now
	turn := func(temperature float64) {
		p.Temperature = temperature
		controls.Store(p)
	}
	for i, step := range []struct {
		after time.Duration
		turn  float64
		want  bool
	}{
		{time.Second, 0, false},              // nothing was turned
		{0, 0.7, false},                      // just turned
		{200 * time.Millisecond, 0.6, false}, // and again
		{200 * time.Millisecond, 0, false},   // not at rest for long
		{200 * time.Millisecond, 0, true},    // at rest
		{0, 1, false},                        // where it was
		{time.Second, 0, false},              // for good
		{0, 0.5, false},                      // turned
		{300 * time.Millisecond, 0, true},    // at rest
	} {
		now = now.Add(step.after)
		if step.turn > 0 {
			turn(step.turn)
		}
		if got := g.turnedAway(); got != step.want {
			t.Errorf("step %d: %v", i, got)
		}
	}
	g.restarted = now // just now
	if now = now.Add(900 * time.Millisecond); g.turnedAway() {
		t.Error("a second request within a second")
	}
	if now = now.Add(100 * time.Millisecond); !g.turnedAway() {
		t.Error("no request after a second")
	}
}
