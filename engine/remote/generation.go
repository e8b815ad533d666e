package remote

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"inkling/engine"
	"inkling/engine/sample"
)

const (
	tries    = 4                      // of a request before its first token
	patient  = 30 * time.Second       // the longest that a reply waits because a server has asked for it
	gather   = 300 * time.Millisecond // how long a parameter rests before the reply goes on with it
	interval = time.Second            // between two such requests, at least

	mostTop    = 20 // alternatives, of messages
	mostOfText = 5  // of a text, at OpenAI; all others give as many as of messages
)

// generation is a text that a server is writing, by one request or, where its parameters change meanwhile, by several.
type generation struct {
	*Engine
	request engine.Request
	live    bool
	events  chan engine.Event
	done    chan struct{}
	result  engine.Result
	hidden  secrets
	feed    *feed // of the request that it shares with others; nil for none

	text      strings.Builder // all that was told
	told      int             // events
	seam      string          // blanks at the end of the text that the server was not sent, and may begin with
	began     time.Time       // first token
	params    *sample.Params  // of the request that goes on
	wanted    *sample.Params  // in place of those
	turned    time.Time       // since when
	restarted time.Time
}

// prepare returns a text that nobody writes yet.
func (e *Engine) prepare(r engine.Request) *generation {
	if r.Controls == nil {
		r.Controls = sample.NewControls(sample.Neutral())
	}
	const room = 16
	g := &generation{Engine: e, request: r, events: make(chan engine.Event, max(r.Room, room)), done: make(chan struct{})}
	g.live = (e.server.Live || e.server.Near()) && (r.Text != "" || e.continues())
	g.result.Seed = engine.RandomSeed()
	if r.Seed != nil {
		g.result.Seed = *r.Seed
	}
	g.params = r.Controls.Load()
	return g
}

// Events tells of each token as it comes, and is closed at the end.
func (g *generation) Events() <-chan engine.Event { return g.events }

// Seed is that of the first request.
func (g *generation) Seed() uint64 { return g.result.Seed } // not written once it has begun

// Result waits for the end.
func (g *generation) Result() engine.Result {
	<-g.done
	return g.result
}

func (g *generation) run(ctx context.Context) {
	defer close(g.done)
	defer close(g.events)
	reason, err := g.write(ctx)
	g.result.Reason = reason
	switch {
	case ctx.Err() != nil:
		g.result.Reason = engine.Cancelled
	case err != nil:
		g.result.Reason, g.result.Err = engine.Failed, err
	}
	g.result.Text = g.text.String()
	if !g.began.IsZero() {
		g.result.Timings.Decode = g.server.now().Sub(g.began)
	}
}

// errTurned ends a request whose parameters are no longer those wanted.
var errTurned = errors.New("parameters have changed")

// write sends requests until the text has ended.
func (g *generation) write(ctx context.Context) (engine.StopReason, error) {
	if g.feed != nil {
		reason, err := g.listen(ctx)
		switch err {
		default:
			return reason, err
		case errTurned:
			g.restarted = g.server.now()
		case errAlone:
		}
	}
	key, err := g.server.key(ctx)
	if err != nil {
		return engine.Failed, err
	}
	g.hidden = g.server.secrets(key)
	for {
		g.params, g.wanted = g.request.Controls.Load(), nil
		if limit := g.params.MaxTokens; limit > 0 && g.result.Timings.Tokens >= limit {
			return engine.Length, nil
		}
		reason, err := g.attempt(ctx, func(body map[string]any) (engine.StopReason, error) { return g.stream(ctx, key, body) })
		if err != errTurned {
			return reason, err
		}
		g.restarted = g.server.now()
	}
}

// attempt sends a request, again where that may help and nothing has come of it.
func (g *generation) attempt(ctx context.Context, send func(body map[string]any) (engine.StopReason, error)) (engine.StopReason, error) {
	before := g.told
	for try := 1; ; try++ {
		body := g.body()
		reason, err := send(body)
		f, ok := errors.AsType[*fault](err)
		if !ok || g.told > before {
			return reason, err
		}
		if name := offending(f, body); name != "" {
			g.leaveOut(name, body)
			try--
			continue
		}
		wait := max(f.after, time.Second/2<<(try-1))
		if !f.again || try == tries || wait > patient {
			return reason, err
		}
		if err := g.server.sleep(ctx, wait); err != nil {
			return engine.Cancelled, err
		}
	}
}

// body is the request.
func (g *generation) body() map[string]any {
	body := parameters(g.kind, g.params)
	limit, _ := named(g.kind, "max_tokens")
	if n, ok := body[limit].(int); ok && n >= 0 {
		body[limit] = n - g.result.Timings.Tokens
	}
	body["model"], body["stream"], body["stream_options"] = g.model, true, map[string]any{"include_usage": true}
	body["seed"] = (g.result.Seed + uint64(g.request.Attempt)) & (1<<53 - 1) // what all JSON readers read exactly
	if g.kind == inkling {                                                   // which has attempts, and reads all of a number
		body["seed"], body["attempt"] = g.result.Seed, g.request.Attempt
	}
	if top := min(g.request.Top, g.Can().Top); top > 0 {
		body["logprobs"] = true
		if body["top_logprobs"] = top; g.request.Text != "" {
			delete(body, "top_logprobs")
			body["logprobs"] = top
			if g.kind == OpenAI {
				body["logprobs"] = min(top, mostOfText)
			}
		}
	}
	g.mu.Lock()
	if max := body["max_tokens"]; g.refused["max_tokens"] && max != nil && g.request.Text == "" {
		body["max_completion_tokens"] = max
	}
	for name := range g.refused {
		delete(body, name)
	}
	g.mu.Unlock()
	written := g.text.String()
	if g.request.Text != "" {
		text := g.request.Text
		if written != "" {
			text = g.cut(text + written)
		}
		body["prompt"] = text
		return body
	}
	var messages []message
	for _, m := range g.request.Messages {
		messages = append(messages, message{m.Role, m.Text})
	}
	last := len(messages) - 1
	if messages[last].Role != "assistant" && written != "" {
		messages, last = append(messages, message{Role: "assistant"}), last+1
	}
	if messages[last].Role == "assistant" {
		if messages[last].Content = g.cut(messages[last].Content + written); messages[last].Content == "" {
			messages = messages[:last]
		} else if g.kind == VLLM {
			body["continue_final_message"], body["add_generation_prompt"] = true, false
		}
	}
	body["messages"] = messages
	return body
}

// cut leaves the blanks at the end of a text away, which chat templates cut off too, and which models write with the next word.
func (g *generation) cut(text string) string {
	sent := strings.TrimRightFunc(text, unicode.IsSpace)
	g.seam = text[len(sent):]
	return sent
}

// join returns what a text adds behind the seam: blanks that are there already are left out once.
func (g *generation) join(text string) string {
	for g.seam != "" && text != "" {
		r, size := utf8.DecodeRuneInString(text)
		if !strings.HasPrefix(g.seam, text[:size]) {
			g.seam = ""
			if !unicode.IsSpace(r) {
				break
			}
			continue
		}
		g.seam, text = g.seam[size:], text[size:]
	}
	return text
}

// essential are the fields without which a request is none.
var essential = map[string]bool{"model": true, "stream": true, "messages": true, "prompt": true,
	"continue_final_message": true, "add_generation_prompt": true}

// offending is the field of the request that the fault names, "" for none.
func offending(f *fault, body map[string]any) string {
	if f.param == "" && f.told == "" {
		return ""
	}
	field, _, _ := strings.Cut(f.param, ".")
	if _, ok := body[field]; ok && !essential[field] {
		return field
	}
	name, first := "", len(f.told)
	for field := range body {
		at := strings.Index(f.told, "'"+field+"'")
		for _, quote := range []string{`"`, "`"} {
			if at < 0 {
				at = strings.Index(f.told, quote+field+quote)
			}
		}
		if at < 0 && strings.Contains(field, "_") || at < 0 && field == "temperature" {
			at = strings.Index(f.told, field)
		}
		if at >= 0 && at < first && !essential[field] {
			name, first = field, at
		}
	}
	return name
}

// leaveOut has this request and later ones go without a field, or with fewer alternatives.
func (g *generation) leaveOut(field string, body map[string]any) {
	asked, _ := body[field].(int)
	if (field == "top_logprobs" || field == "logprobs") && asked > mostOfText {
		g.mu.Lock()
		g.top = mostOfText
		g.mu.Unlock()
		return
	}
	g.mu.Lock()
	g.refused[field] = true
	g.mu.Unlock()
	if field == "n" {
		return // a request each makes up for it
	}
	if field != "max_tokens" && field != "stream_options" { // the one has another name, the other changes nothing
		g.result.Notes = append(g.result.Notes, g.info.Name+" does not take "+field+"; the request went without it")
	}
}

// tell passes on a token. The error is errTurned where the text is to go on with other parameters.
func (g *generation) tell(ctx context.Context, t engine.Token) error {
	if t.Text = g.join(t.Text); g.began.IsZero() {
		g.began = g.server.now()
	}
	t.ID, t.Params = -1, g.params
	g.text.WriteString(t.Text)
	g.result.Timings.Tokens++
	if err := g.send(ctx, engine.Event{Token: t}); err != nil {
		return err
	}
	if g.turnedAway() {
		return errTurned
	}
	return nil
}

func (g *generation) send(ctx context.Context, e engine.Event) error {
	select {
	case g.events <- e:
		g.told++
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// turnedAway reports whether other parameters are wanted, and have been for long enough.
func (g *generation) turnedAway() bool {
	wanted := g.request.Controls.Load()
	if !g.live || wanted == g.params || same(g.kind, wanted, g.params) {
		g.wanted = nil
		return false
	}
	now := g.server.now()
	if wanted != g.wanted {
		g.wanted, g.turned = wanted, now
	}
	return now.Sub(g.turned) >= gather && now.Sub(g.restarted) >= interval
}

// same reports whether requests have the same parameters, but for the length.
func same(kind Kind, a, b *sample.Params) bool {
	x, y := parameters(kind, a), parameters(kind, b)
	delete(x, "max_tokens")
	delete(y, "max_tokens")
	return reflect.DeepEqual(x, y)
}
