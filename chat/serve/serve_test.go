package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"inkling/chat"
	"inkling/chat/prompt"
	"inkling/engine"
	"inkling/engine/enginetest"
	"inkling/engine/remote"
	"inkling/engine/sample"
)

// murmur is a network whose scores depend on the last tokens alone: several letters are likely everywhere, and the end now and then.
func murmur(ids []int, logits []float32) {
	last, before := ids[len(ids)-1], 0
	if len(ids) > 1 {
		before = ids[len(ids)-2]
	}
	for i := range logits {
		logits[i] = -30
	}
	for i := range 26 {
		logits['a'+i] = float32((last*31+before*7+i*17)%23) / 4
	}
	logits[' '], logits[enginetest.EndOfText] = 4, 1
}

func params() sample.Params {
	p := sample.Neutral()
	p.MaxTokens = 40
	return p
}

// offer starts a server with a scripted model.
func offer(t *testing.T, f enginetest.Logits, change func(*Options)) (*httptest.Server, *engine.Model) {
	t.Helper()
	m := enginetest.New(512, f)
	o := Options{Model: m, ID: "scripted", Params: params(), Parallel: 4, Queue: 4, Access: Access{Near: true}}
	choice, err := prompt.Choose("transcript", chat.Chat, prompt.Hint{PromptFormat: "transcript"})
	if err != nil {
		t.Fatal(err)
	}
	o.Choice = choice
	if change != nil {
		change(&o)
	}
	m.Serve(o.Parallel)
	server := httptest.NewServer(New(o).handler)
	t.Cleanup(m.Close)
	t.Cleanup(server.Close)
	return server, m
}

// post asks a server and returns the status and the answer.
func post(t *testing.T, server *httptest.Server, path, body string) (int, string) {
	t.Helper()
	response, err := http.Post(server.URL+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(data)
}

// object reads an answer.
func object(t *testing.T, text string) (o struct {
	Choices []struct {
		Text    string
		Message struct{ Role, Content string }
		Delta   struct{ Role, Content string }
		Finish  string `json:"finish_reason"`
		Scores  struct {
			Content []struct {
				Token   string
				Logprob float64
				Top     []struct{ Token string } `json:"top_logprobs"`
			}
			Tokens []string
			Values []*float64 `json:"token_logprobs"`
		} `json:"logprobs"`
		Index int
	}
	Usage struct {
		Prompt     int `json:"prompt_tokens"`
		Completion int `json:"completion_tokens"`
	}
	Seed  uint64
	Error struct{ Message, Type, Param, Code string }
}) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return o
}

func TestCompletion(t *testing.T) {
	server, m := offer(t, murmur, nil)
	seed := uint64(7)
	p := params()
	p.MaxTokens = 12
	g, err := m.Generate(t.Context(), engine.Request{Text: "once", Controls: sample.NewControls(p), Seed: &seed})
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	for e := range g.Events() {
		want += e.Token.Text
	}
	status, text := post(t, server, "/v1/completions", `{"model": "scripted", "prompt": "once", "seed": 7, "max_tokens": 12, "n": 2, "logprobs": 2, "echo": true}`)
	got := object(t, text)
	if status != 200 || len(got.Choices) != 2 || got.Choices[0].Text != "once"+want || got.Seed != 7 {
		t.Fatalf("%d %s, expected once%s", status, text, want)
	}
	if got.Choices[1].Text == got.Choices[0].Text {
		t.Error("both choices are the same text")
	}
	scores := got.Choices[0].Scores
	if len(scores.Tokens) != 4+len(want) || scores.Values[0] != nil || scores.Values[1] == nil || strings.Join(scores.Tokens, "") != "once"+want {
		t.Errorf("tokens %q with scores of the prompt %v", scores.Tokens, scores.Values)
	}
	if got.Usage.Prompt != 4 || got.Usage.Completion < len(want) {
		t.Errorf("usage %+v", got.Usage)
	}
	if status, text = post(t, server, "/v1/completions", `{"prompt": [["x"]]}`); status != 400 {
		t.Errorf("a prompt of lists of texts: %d %s", status, text)
	}
	if _, text = post(t, server, "/v1/completions", `{"prompt": ["a", "b"], "max_tokens": 0, "echo": true}`); len(object(t, text).Choices) != 2 || object(t, text).Choices[1].Text != "b" {
		t.Errorf("echo of two prompts: %s", text)
	}
	if _, text = post(t, server, "/v1/completions", `{"prompt": [97, 98], "temperature": 0, "logit_bias": {"122": 100}, "max_tokens": 3}`); object(t, text).Choices[0].Text != "zzz" {
		t.Errorf("with a bias: %s", text)
	}
}

func TestChatStream(t *testing.T) {
	server, _ := offer(t, enginetest.Replies(func(q string) string { return "You said " + q + "." }), nil)
	const body = `{"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": [{"type": "text", "text": "hello"}]}], "logprobs": true, "top_logprobs": 1`
	_, text := post(t, server, "/v1/chat/completions", body+`}`)
	whole := object(t, text).Choices[0]
	if whole.Message.Content != "You said hello." || whole.Message.Role != "assistant" || whole.Finish != "stop" || len(whole.Scores.Content) == 0 {
		t.Fatalf("%s", text)
	}
	_, text = post(t, server, "/v1/chat/completions", body+`, "stream": true, "stream_options": {"include_usage": true}}`)
	streamed, finish, done, counted := "", "", false, 0
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		switch {
		case !ok:
		case data == "[DONE]":
			done = true
		default:
			o := object(t, data)
			for _, c := range o.Choices {
				streamed += c.Delta.Content
				finish += c.Finish
			}
			counted += o.Usage.Completion
		}
	}
	if streamed != whole.Message.Content || finish != "stop" || !done || counted == 0 {
		t.Errorf("streamed %q, finish %q, done %t, usage %d", streamed, finish, done, counted)
	}
	// A last message of the assistant is gone on with.
	_, text = post(t, server, "/v1/chat/completions", `{"messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "You said"}]}`)
	if got := object(t, text).Choices[0].Message.Content; got != " hello." {
		t.Errorf("went on with %q", got)
	}
}

// What is not supported is named, in OpenAI's form.
func TestRefusals(t *testing.T) {
	server, _ := offer(t, murmur, nil)
	const chat = `{"messages": [{"role": "user", "content": "x"}], `
	for _, c := range []struct {
		path, body string
		status     int
		param      string
	}{
		{"chat/completions", chat + `"tools": [{"type": "function"}]}`, 400, "tools"},
		{"chat/completions", chat + `"response_format": {"type": "json_object"}}`, 400, "response_format"},
		{"chat/completions", chat + `"temperature": 1000}`, 400, "temperature"},
		{"chat/completions", chat + `"top_p": "high"}`, 400, "top_p"},
		{"chat/completions", chat + `"nonsense": 1}`, 400, "nonsense"},
		{"chat/completions", chat + `"model": "gpt-5"}`, 404, "model"},
		{"chat/completions", chat + `"top_logprobs": 3}`, 400, "top_logprobs"},
		{"chat/completions", `{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}`, 400, "messages[0].content[0] (image_url)"},
		{"chat/completions", `{"messages": [{"role": "tool", "content": "x"}]}`, 400, "messages[0].role"},
		{"chat/completions", `{"messages": [{"role": "user", "content": "x", "tool_calls": [1]}]}`, 400, "messages[0].tool_calls"},
		{"chat/completions", `{"messages": []}`, 400, "messages"},
		{"completions", `{"prompt": "x", "logit_bias": {"9999": 1}}`, 400, "logit_bias"},
		{"completions", `{"prompt": "x", "best_of": 3}`, 400, "best_of"},
		{"completions", `{"prompt": "x", "suffix": "y"}`, 400, "suffix"},
		{"completions", `{"prompt": "x", "n": 1000}`, 400, "n"},
		{"completions", `{"prompt": [9999]}`, 400, "prompt"},
		{"completions", `{"prompt": "` + strings.Repeat("x", 600) + `"}`, 400, "prompt"},
		{"completions", `{"prompt": "x", "stop": [""]}`, 400, "stop"},
		{"completions", `{}`, 400, "prompt"},
		{"completions", `{"prompt": "x"} more`, 400, ""},
		{"completions", `{"prompt": "` + "\xff" + `"}`, 400, ""},
		{"completions", `[1, 2]`, 400, ""},
		{"embeddings", `{}`, 404, ""},
	} {
		status, text := post(t, server, "/v1/"+c.path, c.body)
		if o := object(t, text); status != c.status || o.Error.Message == "" || o.Error.Param != c.param {
			t.Errorf("%s %.60s: %d %s, expected %d and %q", c.path, c.body, status, text, c.status, c.param)
		}
	}
}

// Fields that ask for nothing are taken.
func TestHarmlessFields(t *testing.T) {
	server, _ := offer(t, murmur, nil)
	status, text := post(t, server, "/v1/chat/completions", `{"messages": [{"role": "assistant", "content": "hi", "tool_calls": null, "refusal": null},
		{"role": "user", "content": "x"}], "tools": [], "tool_choice": "none", "response_format": {"type": "text"}, "user": "u", "stop": null, "max_completion_tokens": 3,
		"top_k": 5, "min_p": 0.1, "typical_p": 0.9, "repetition_penalty": 1.1, "presence_penalty": 0.1, "frequency_penalty": 0.1}`)
	if status != 200 || object(t, text).Usage.Completion > 3 {
		t.Errorf("%d %s", status, text)
	}
}

// inkling is its own remote: what a model writes here it writes there, token for token, with the same alternatives; texts and replies, one or
// several at once.
func TestThereAndBack(t *testing.T) {
	var choice prompt.Choice
	server, m := offer(t, murmur, func(o *Options) { choice = o.Choice })
	service, err := remote.Open(t.Context(), remote.Server{Name: "own", URL: server.URL + "/v1"}, "scripted")
	if err != nil {
		t.Fatal(err)
	}
	p := sample.Defaults()
	p.TopK, p.TypicalP, p.RepetitionPenalty, p.PenaltyRange, p.NoRepeatNgram, p.Temperature, p.MaxTokens = 7, 0.9, 1.3, 9, 4, 1.2, 60
	p.MinTokens, p.Stop, p.TopNSigma = 5, []string{"qz"}, 3
	neutral, usual := sample.Neutral(), sample.Defaults()
	neutral.MaxTokens, usual.MaxTokens, usual.MinTokens = 50, 50, 1
	neutral.MinTokens = 1
	messages := []engine.Message{{Role: "system", Text: "Be brief."}, {Role: "user", Text: "Hi"}, {Role: "assistant", Text: "hello"}, {Role: "user", Text: "the fox?"}}
	turns := []*chat.Turn{{ID: 1, Role: chat.User, Text: "Hi"}, {ID: 2, Parent: 1, Role: chat.Assistant, Text: "hello"}, {ID: 3, Parent: 2, Role: chat.User, Text: "the fox?"}}
	written, _, err := prompt.NewWriter(choice, m).Write(choice.Blocks("Be brief.", turns, false), m.Info().Context, 60)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]sample.Params{"many": p, "neutral": neutral, "usual": usual} {
		for _, reply := range []bool{false, true} {
			seed := uint64(1)<<63 + 12345
			ask := func(e engine.Engine, several int) (all [][]engine.Token, ends []engine.Result) {
				var requests []engine.Request
				var contexts []context.Context
				for i := range several {
					r := engine.Request{Text: "the fox", Controls: sample.NewControls(p), Seed: &seed, Attempt: uint32(i), Top: 3, Room: 100}
					switch {
					case reply && e == engine.Engine(m):
						own := p
						own.Stop = append(slices.Clone(p.Stop), written.Stop...)
						r.Text, r.Prompt, r.Ends, r.Controls = "", written.IDs, written.Ends, sample.NewControls(own)
					case reply:
						r.Text, r.Messages = "", messages
					}
					if i > 0 {
						r.Controls = requests[0].Controls
					}
					requests, contexts = append(requests, r), append(contexts, context.Background())
				}
				begun, err := engine.GenerateAll(e, contexts, requests)
				if err != nil {
					t.Fatal(err)
				}
				for _, g := range begun {
					var tokens []engine.Token
					for e := range g.Events() {
						tokens = append(tokens, e.Token)
					}
					all, ends = append(all, tokens), append(ends, g.Result())
				}
				return all, ends
			}
			for _, several := range []int{1, 3} {
				here, end := ask(m, several)
				there, ended := ask(service, several)
				for n := range several {
					text := end[n].Text
					if reply {
						text = choice.Format.Clean(text)
					}
					if text == "" || ended[n].Err != nil || ended[n].Text != text || ended[n].Seed != end[n].Seed || len(ended[n].Notes) > 0 {
						t.Fatalf("%s, reply %v, %d of %d: %q there, %q here (%v, %q)", name, reply, n, several, ended[n].Text, text, ended[n].Err, ended[n].Notes)
					}
					if ended[n].Timings.PromptTokens != end[n].Timings.PromptTokens {
						t.Errorf("%s, reply %v: %d tokens of prompt there, %d here", name, reply, ended[n].Timings.PromptTokens, end[n].Timings.PromptTokens)
					}
					for i, h := range here[n] {
						if i >= len(there[n]) {
							t.Fatalf("%s, reply %v, %d of %d: %d tokens there, %d here", name, reply, n, several, len(there[n]), len(here[n]))
						}
						o := there[n][i]
						if math.Float64bits(o.Logprob) != math.Float64bits(h.Logprob) || len(o.Top) < len(h.Top) || o.Top[0].Logprob != h.Top[0].Logprob {
							t.Fatalf("%s, reply %v, %d of %d, token %d: %+v there, %+v here", name, reply, n, several, i, o, h)
						}
					}
				}
			}
		}
	}
}

// What a request gets does not depend on what shares its passes.
func TestSameInCompany(t *testing.T) {
	server, _ := offer(t, murmur, nil)
	bodies := make([]string, 8)
	alone := make([]string, len(bodies))
	for i := range bodies {
		bodies[i] = `{"prompt": "` + strings.Repeat("story ", 1+i%3) + string(rune('a'+i)) + `", "seed": 3, "max_tokens": 60, "logprobs": 2}`
		_, text := post(t, server, "/v1/completions", bodies[i])
		alone[i] = choices(t, text)
	}
	together := make([]chan string, len(bodies))
	for i := range bodies {
		together[i] = make(chan string, 1)
		go func() {
			_, text := post(t, server, "/v1/completions", bodies[i])
			together[i] <- text
		}()
	}
	for i := range bodies {
		if got := choices(t, <-together[i]); got != alone[i] {
			t.Errorf("request %d: %s in company, %s alone", i, got, alone[i])
		}
	}
}

// choices are those of an answer, as they are written.
func choices(t *testing.T, text string) string {
	t.Helper()
	var o struct{ Choices json.RawMessage }
	if err := json.Unmarshal([]byte(text), &o); err != nil || len(o.Choices) < 10 {
		t.Fatalf("%v in %s", err, text)
	}
	return string(bytes.TrimSpace(o.Choices))
}

// What a text is worth to a model it is worth there, too.
func TestScoreThereAndBack(t *testing.T) {
	server, m := offer(t, murmur, nil)
	service, err := remote.Open(t.Context(), remote.Server{Name: "own", URL: server.URL + "/v1"}, "scripted")
	if err != nil {
		t.Fatal(err)
	}
	const text = "the fox and the grapes"
	tokens, known, err := service.Score(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	whole, loss, n := "", 0.0, 0
	for i, token := range tokens {
		if whole += token.Text; known[i] {
			loss -= token.Logprob
			n++
		}
	}
	var want engine.Score
	if _, err := m.Score(t.Context(), m.Encode(text), 512, 256, func(s engine.Score) { want = s }); err != nil {
		t.Fatal(err)
	}
	if whole != text || n != len(tokens)-1 || n != want.Scored || math.Abs(loss-want.Loss) > 1e-6*want.Loss {
		t.Errorf("%q: %d tokens with %v there, %d with %v here", whole, n, loss, want.Scored, want.Loss)
	}
}
