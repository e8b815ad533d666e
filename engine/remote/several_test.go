package remote

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"inkling/engine"
	"inkling/engine/sample"
)

// of is the event of a piece of one of several texts.
func of(index int, text, finish string) string {
	end := "null"
	if finish != "" {
		end = `"` + finish + `"`
	}
	return fmt.Sprintf(`{"choices":[{"index":%d,"delta":{"content":%q},"finish_reason":%s}]}`, index, text, end)
}

// requests are n that differ in their attempts alone.
func requests(n int) (ctx []context.Context, all []engine.Request) {
	seed, controls := uint64(7), sample.NewControls(sample.Neutral())
	for i := range n {
		ctx = append(ctx, context.Background())
		all = append(all, engine.Request{Messages: []engine.Message{{Role: "user", Text: "Hi"}}, Seed: &seed, Attempt: uint32(i), Controls: controls})
	}
	return ctx, all
}

// results reads all texts to their ends, one after the other.
func results(t *testing.T, begun []engine.Generation) (texts []string, all []engine.Result) {
	t.Helper()
	for _, g := range begun {
		text := ""
		for e := range g.Events() {
			text += e.Token.Text
		}
		r := g.Result()
		if text != r.Text {
			t.Errorf("events %q, result %q", text, r.Text)
		}
		texts, all = append(texts, text), append(all, r)
	}
	return texts, all
}

// Several texts come by one request, in any order, and more of one than its reader has room for stops no other.
func TestSeveral(t *testing.T) {
	var events []string
	for i := range 50 {
		events = append(events, of(2, fmt.Sprint(i, " "), ""))
	}
	events = append(events, of(0, "a", ""), of(1, "b", "stop"), of(2, "c", "length"), of(0, "a", "stop"),
		`{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":54}}`, over)
	f := serve(t, stream(events...))
	ctx, all := requests(3)
	begun, err := engine.GenerateAll(f.open(t, f.server(nil)), ctx, all)
	if err != nil {
		t.Fatal(err)
	}
	texts, rs := results(t, begun)
	if f.asked() != 1 || f.body(0)["n"] != 3.0 || f.body(0)["seed"] != 7.0 {
		t.Errorf("asked %d times, %v", f.asked(), f.body(0))
	}
	if texts[0] != "aa" || texts[1] != "b" || !strings.HasPrefix(texts[2], "0 1 2 ") || !strings.HasSuffix(texts[2], "49 c") {
		t.Errorf("found %q", texts)
	}
	for i, want := range []engine.StopReason{engine.EndOfText, engine.EndOfText, engine.Length} {
		if rs[i].Reason != want || rs[i].Err != nil || rs[i].Timings.PromptTokens != 9 || rs[i].Timings.Tokens != []int{2, 1, 51}[i] {
			t.Errorf("text %d: %+v", i, rs[i])
		}
	}
}

// A server that pays no heed to n, or refuses it, gets a request for each text, and at once from then on. Requests that differ otherwise get
// one each anyway.
func TestSeveralElsewhere(t *testing.T) {
	for name, first := range map[string]http.HandlerFunc{
		"no heed": stream(of(0, "x", "stop"), over),
		"refused": refuses(400, `{"error":{"message":"Only one completion is allowed","param":"n"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			f := serve(t, first, stream(of(0, "x", "stop"), over))
			e := f.open(t, f.server(nil))
			for round := range 2 {
				ctx, all := requests(3)
				begun, err := e.GenerateAll(ctx, all)
				if err != nil {
					t.Fatal(err)
				}
				texts, rs := results(t, begun)
				if fmt.Sprint(texts) != "[x x x]" || rs[0].Err != nil || len(rs[0].Notes) > 0 {
					t.Errorf("round %d: %q, %+v", round, texts, rs)
				}
			}
			for i := range f.asked() {
				if _, sent := f.body(i)["n"]; sent != (i == 0) {
					t.Errorf("request %d: %v", i, f.body(i))
				}
			}
		})
	}
	f := serve(t, stream(of(0, "x", "stop"), over))
	e := f.open(t, f.server(nil))
	ctx, all := requests(2)
	all[1].Attempt = 5
	begun, _ := e.GenerateAll(ctx, all)
	if results(t, begun); f.asked() != 2 {
		t.Errorf("asked %d times", f.asked())
	}
}

// Whoever leaves one of several texts leaves the others alone; when all have left, the request ends.
func TestSeveralLeave(t *testing.T) {
	var told sync.Once
	gone, left := make(chan struct{}), make(chan struct{})
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		stream(of(0, "a", ""), of(1, "b", ""))(w, r)
		w.(http.Flusher).Flush()
		<-left
		io.WriteString(w, "data: "+of(1, "b", "")+"\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		told.Do(func() { close(gone) })
	})
	_, all := requests(2)
	one, leaveOne := context.WithCancel(t.Context())
	other, leaveOther := context.WithCancel(t.Context())
	begun, err := f.open(t, f.server(nil)).GenerateAll([]context.Context{one, other}, all)
	if err != nil {
		t.Fatal(err)
	}
	<-begun[0].Events()
	leaveOne()
	if r := begun[0].Result(); r.Text != "a" || r.Reason != engine.Cancelled || r.Err != nil {
		t.Errorf("found %+v", r)
	}
	close(left)
	<-begun[1].Events()
	<-begun[1].Events()
	leaveOther()
	if r := begun[1].Result(); r.Text != "bb" || r.Reason != engine.Cancelled {
		t.Errorf("found %+v", r)
	}
	<-gone
}

// What goes wrong with a request for several texts goes wrong with each; what has come is kept, and one that is complete is.
func TestSeveralFail(t *testing.T) {
	var slept []time.Duration
	f := serve(t, refuses(503, ""), stream(of(0, "a", "stop"), of(1, "b", "")))
	ctx, all := requests(2)
	begun, err := f.open(t, f.server(&slept)).GenerateAll(ctx, all)
	if err != nil {
		t.Fatal(err)
	}
	texts, rs := results(t, begun)
	if texts[0] != "a" || rs[0].Err != nil || rs[0].Reason != engine.EndOfText {
		t.Errorf("the complete one: %q, %+v", texts[0], rs[0])
	}
	if texts[1] != "b" || rs[1].Err == nil || !strings.Contains(rs[1].Err.Error(), "kept") || len(slept) != 1 {
		t.Errorf("the other: %q, %+v, slept %v", texts[1], rs[1], slept)
	}
}

// With another temperature each of several texts goes on by itself, from what it has.
func TestSeveralTurned(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	var mu sync.Mutex
	turned := make(chan struct{})
	f := serve(t, func(w http.ResponseWriter, r *http.Request) {
		stream(of(0, "a", ""), of(1, "b", ""))(w, r)
		w.(http.Flusher).Flush()
		<-turned
		for range 3 {
			io.WriteString(w, "data: "+of(0, "a", "")+"\n\ndata: "+of(1, "b", "")+"\n\n")
		}
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}, stream(of(0, ".", "stop"), over))
	s := f.server(nil)
	s.clock.now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(gather)
		return now
	}
	ctx, all := requests(2)
	begun, err := f.open(t, s).GenerateAll(ctx, all)
	if err != nil {
		t.Fatal(err)
	}
	first := (<-begun[0].Events()).Token.Text
	second := (<-begun[1].Events()).Token.Text
	p := sample.Neutral()
	p.Temperature = 0.3
	all[0].Controls.Store(p)
	close(turned)
	texts, rs := endings(begun)
	if !strings.HasSuffix(texts[0], ".") || !strings.HasSuffix(texts[1], ".") || rs[0].Err != nil || rs[1].Err != nil || f.asked() != 3 {
		t.Errorf("found %q %q, %q, %+v, asked %d times", first, second, texts, rs, f.asked())
	}
	for i := 1; i < f.asked(); i++ {
		b := f.body(i)
		messages := b["messages"].([]any)
		content := messages[len(messages)-1].(map[string]any)["content"].(string)
		if _, several := b["n"]; several || b["temperature"] != 0.3 || strings.Trim(content, "a") != "" && strings.Trim(content, "b") != "" {
			t.Errorf("sent %v", b)
		}
	}
}

// endings are the results of texts of which somebody has read the beginning.
func endings(begun []engine.Generation) (texts []string, all []engine.Result) {
	for _, g := range begun {
		for range g.Events() {
		}
		all = append(all, g.Result())
		texts = append(texts, g.Result().Text)
	}
	return texts, all
}

// As many alternatives as the server gives: fewer are asked for where it refuses many, and that is no loss worth a note.
func TestFewerAlternatives(t *testing.T) {
	f := serve(t, refuses(400, `{"error":{"message":"top_logprobs must be at most 5","param":"top_logprobs"}}`), stream(says("ok"), stops, over))
	e := f.open(t, f.server(nil))
	r, _ := write(t, e, engine.Request{Top: 10})
	if r.Text != "ok" || len(r.Notes) != 0 || f.body(0)["top_logprobs"] != 10.0 || f.body(1)["top_logprobs"] != 5.0 || e.Can().Top != 5 {
		t.Errorf("found %+v, sent %v", r, f.body(1))
	}
}
