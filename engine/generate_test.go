package engine_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"inkling/engine"
	"inkling/engine/enginetest"
	"inkling/engine/sample"
)

// says is a scripted model that continues every prompt with text, as far as its bytes go, and then ends it.
func says(prompt, text string) *engine.Model {
	return enginetest.New(512, func(ids []int, logits []float32) {
		next := enginetest.EndOfText
		if at := len(ids) - len(prompt); at >= 0 && at < len(text) {
			next = int(text[at])
		}
		logits[next] = 50
	})
}

func greedy() sample.Params {
	p := sample.Neutral()
	p.Temperature = 0
	return p
}

func generate(m *engine.Model, prompt string, p sample.Params) ([]engine.Token, engine.Result) {
	seed := uint64(1)
	return collect(join(m, context.Background(), engine.Request{
		Prompt: m.Encode(prompt), Controls: sample.NewControls(p), Seed: &seed}))
}

// join generates with a model, which takes any request of ids.
func join(m *engine.Model, ctx context.Context, r engine.Request) engine.Generation {
	g, err := m.Generate(ctx, r)
	if err != nil {
		panic(err)
	}
	return g
}

func collect(g engine.Generation) ([]engine.Token, engine.Result) {
	var tokens []engine.Token
	for e := range g.Events() {
		if e.Kind == engine.Drawn {
			tokens = append(tokens, e.Token)
		}
	}
	return tokens, g.Result()
}

func text(tokens []engine.Token, r engine.Result) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.Text)
	}
	return b.String() + r.Rest
}

func TestStopReasons(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, c := range []struct {
		name, says string
		change     func(*sample.Params)
		want       string
		reason     engine.StopReason
	}{
		{"end of text", "hello", nil, "hello", engine.EndOfText},
		{"length", "hello", func(p *sample.Params) { p.MaxTokens = 3 }, "hel", engine.Length},
		{"stop string across tokens", "hello User: you", func(p *sample.Params) { p.Stop = []string{"User:"} }, "hello ", engine.StopString},
		{"earliest stop string", "abcdef", func(p *sample.Params) { p.Stop = []string{"def", "bcd"} }, "a", engine.StopString},
		{"stop string at once", "User: you", func(p *sample.Params) { p.Stop = []string{"User:"} }, "", engine.StopString},
		{"almost a stop string", "hello User", func(p *sample.Params) { p.Stop = []string{"User:"} }, "hello User", engine.EndOfText},
		{"stop string that begins twice", "aab", func(p *sample.Params) { p.Stop = []string{"ab"} }, "a", engine.StopString},
		{"length inside a rune", "a\u20ac", func(p *sample.Params) { p.MaxTokens = 2 }, "a\ufffd", engine.Length},
		{"invalid bytes", "a\xffb", nil, "a\ufffdb", engine.EndOfText},
	} {
		p := greedy()
		if c.change != nil {
			c.change(&p)
		}
		tokens, r := generate(says("prompt", c.says), "prompt", p)
		if got := text(tokens, r); got != c.want || r.Reason != c.reason || r.Err != nil {
			t.Errorf("%s: %q, %s, %v, want %q, %s", c.name, got, r.Reason, r.Err, c.want, c.reason)
		}
		if r.Text != text(tokens, r) {
			t.Errorf("%s: Result.Text is %q, the tokens have %q", c.name, r.Text, text(tokens, r))
		}
	}
}

func TestContextFull(t *testing.T) {
	m := enginetest.New(8, func(_ []int, logits []float32) { logits['x'] = 50 })
	tokens, r := generate(m, "12345", greedy())
	// The last position's logits still give a token.
	if got := text(tokens, r); got != "xxxx" || r.Reason != engine.ContextFull {
		t.Errorf("%q, %s, want xxxx, %s", got, r.Reason, engine.ContextFull)
	}
	_, r = generate(m, "123456789", greedy())
	var tooLong *engine.ContextError
	if !errors.As(r.Err, &tooLong) || r.Reason != engine.Failed || tooLong.Tokens != 9 || tooLong.Context != 8 {
		t.Errorf("a prompt of 9 in a context of 8: %s, %v", r.Reason, r.Err)
	}
	_, r = generate(m, "", greedy())
	if !errors.Is(r.Err, engine.ErrEmptyPrompt) {
		t.Errorf("an empty prompt: %v", r.Err)
	}
}

// Text is held back until runes are whole and no stop string can begin in it.
func TestTextIsHeldBack(t *testing.T) {
	p := greedy()
	p.Stop = []string{"\nUser:"}
	tokens, _ := generate(says("p", "é\nUsed\nUser: x"), "p", p)
	var shown []string
	for _, token := range tokens {
		shown = append(shown, token.Text)
	}
	want := []string{"", "é", "", "", "", "", "\nUsed", "", "", "", "", "", ""}
	if !slices.Equal(shown, want) {
		t.Errorf("shown %q, want %q", shown, want)
	}
}

// noise is a model whose logits differ from position to position, so that sampling has something to choose.
func noise(hook func(ids []int)) *engine.Model {
	return enginetest.New(256, func(ids []int, logits []float32) {
		if hook != nil {
			hook(ids)
		}
		for i := range 64 {
			logits[32+i] = 4 * float32(math.Sin(float64(len(ids)*64+i)*1.7))
		}
		logits[enginetest.EndOfText] = -50
	})
}

func TestParametersChangeWhileGenerating(t *testing.T) {
	const prompt, change = "prompt", 10
	start, after := sample.Neutral(), sample.Neutral()
	start.MaxTokens, after.MaxTokens = 40, 30
	start.Temperature, after.Temperature = 1.5, 0

	run := func(swap bool) []engine.Token {
		controls := sample.NewControls(start)
		m := noise(func(ids []int) {
			if swap && len(ids) == len(prompt)+change {
				controls.Store(after)
			}
		})
		seed := uint64(7)
		tokens, r := collect(join(m, context.Background(), engine.Request{Prompt: m.Encode(prompt), Controls: controls, Seed: &seed}))
		if r.Reason != engine.Length {
			t.Fatalf("%s, %v", r.Reason, r.Err)
		}
		return tokens
	}
	steady, changed := run(false), run(true)
	if len(steady) != 40 || len(changed) != 30 {
		t.Fatalf("%d and %d tokens, want 40 and 30", len(steady), len(changed))
	}
	same := true
	for i, token := range changed {
		want := start.Temperature
		if i >= change {
			want = after.Temperature
		}
		if token.Params.Temperature != want {
			t.Errorf("token %d was drawn at temperature %v, want %v", i, token.Params.Temperature, want)
		}
		if i < change && token.ID != steady[i].ID {
			t.Errorf("token %d differs before the change", i)
		}
		same = same && token.ID == steady[i].ID
	}
	if same {
		t.Error("the change had no effect")
	}
}

func TestStopStringsChangeWhileGenerating(t *testing.T) {
	controls := sample.NewControls(greedy())
	m := enginetest.New(64, func(ids []int, logits []float32) {
		if len(ids) == 5 {
			p := greedy()
			p.Stop = []string{"efg"}
			controls.Store(p)
		}
		logits['a'+len(ids)-1] = 50
	})
	tokens, r := collect(join(m, context.Background(), engine.Request{Prompt: m.Encode("p"), Controls: controls}))
	if got := text(tokens, r); got != "abcd" || r.Reason != engine.StopString {
		t.Errorf("%q, %s", got, r.Reason)
	}
}

// A pace slows the drawing down, and a cancel need not wait for the next token.
func TestPace(t *testing.T) {
	p := greedy()
	p.Pace = 0.01
	ctx, cancel := context.WithCancel(context.Background())
	m := says("p", "hello")
	g := join(m, ctx, engine.Request{Prompt: m.Encode("p"), Controls: sample.NewControls(p)})
	first := (<-g.Events()).Token // is not waited for
	cancel()
	if r := g.Result(); first.Text != "h" || r.Text != "h" || r.Reason != engine.Cancelled {
		t.Errorf("%q, then %q, %s", first.Text, r.Text, r.Reason)
	}
	if p.Pace = -1; p.Validate() == nil {
		t.Error("a negative pace is valid")
	}
}

func TestControlsKeepACopy(t *testing.T) {
	p := sample.Neutral()
	p.Stop = []string{"a"}
	c := sample.NewControls(p)
	p.Stop[0] = "b"
	if c.Load().Stop[0] != "a" {
		t.Error("the caller's slice is shared")
	}
}

func TestSeeds(t *testing.T) {
	m := noise(nil)
	p := sample.Neutral()
	p.MaxTokens = 20
	first := join(m, context.Background(), engine.Request{Prompt: m.Encode("p"), Controls: sample.NewControls(p)})
	a, ra := collect(first)
	if first.Seed() != ra.Seed {
		t.Errorf("seed %d while running, %d at the end", first.Seed(), ra.Seed)
	}
	b, rb := collect(join(m, context.Background(), engine.Request{Prompt: m.Encode("p"), Controls: sample.NewControls(p), Seed: &ra.Seed}))
	if text(a, ra) != text(b, rb) {
		t.Errorf("the random seed told does not give the text again: %q, %q", text(a, ra), text(b, rb))
	}
	other := ra.Seed + 1
	c, rc := collect(join(m, context.Background(), engine.Request{Prompt: m.Encode("p"), Controls: sample.NewControls(p), Seed: &other}))
	if text(a, ra) == text(c, rc) {
		t.Errorf("two seeds give the same text %q", text(a, ra))
	}
}

// A reply that goes on from what has been written of it is the reply that was not interrupted.
func TestStopAndContinue(t *testing.T) {
	m := noise(nil)
	p, seed := sample.Neutral(), uint64(9)
	p.MaxTokens = 40
	run := func(prompt []int, position, tokens int) engine.Result {
		p.MaxTokens = tokens
		_, r := collect(join(m, context.Background(), engine.Request{
			Prompt: prompt, Controls: sample.NewControls(p), Seed: &seed, Attempt: 3, Position: uint32(position)}))
		return r
	}
	whole := run(m.Encode("p"), 0, 40)
	for stop := range 40 {
		first := run(m.Encode("p"), 0, stop)
		if stop == 0 {
			first.IDs = nil // 0 is no limit
		}
		second := run(append(m.Encode("p"), first.IDs...), stop, 40-stop)
		if got := append(first.IDs, second.IDs...); !slices.Equal(got, whole.IDs) {
			t.Fatalf("stopped after %d: %d, want %d", stop, got, whole.IDs)
		}
	}
}

func TestMinTokensKeepsTheModelTalking(t *testing.T) {
	m := enginetest.New(64, func(_ []int, logits []float32) {
		logits[enginetest.EndOfText], logits['y'] = 50, 40
	})
	p := greedy()
	p.MinTokens = 1
	tokens, r := generate(m, "p", p)
	if got := text(tokens, r); got != "y" || r.Reason != engine.EndOfText {
		t.Errorf("%q, %s, want y, %s", got, r.Reason, engine.EndOfText)
	}
}

// A stop string at the very beginning would leave nothing of the reply.
func TestMinTokensKeepsStopStringsAway(t *testing.T) {
	m := enginetest.New(64, func(ids []int, logits []float32) {
		logits['\n'], logits[' '], logits['y'] = 50, 40, 0
		if len(ids) > 1 {
			logits[' '], logits['y'] = 0, 40
		}
	})
	p := greedy()
	p.MinTokens, p.Stop = 1, []string{"\n"}
	tokens, r := generate(m, "p", p)
	if got := text(tokens, r); got != " y" || r.Reason != engine.StopString {
		t.Errorf("%q, %s, want a blank and y, %s", got, r.Reason, engine.StopString)
	}
	p.Stop = []string{"END"}
	p.MaxTokens = 1
	if tokens, r = generate(m, "p", p); text(tokens, r) != "\n" {
		t.Errorf("%q: white space that begins no stop string is the model's own", text(tokens, r))
	}
}

func TestCancelWhileGenerating(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(context.Background())
	const last = 5
	m := enginetest.New(512, func(ids []int, logits []float32) {
		if len(ids) == 1+last {
			cancel()
		}
		logits['x'] = 50
	})
	_, r := collect(join(m, ctx, engine.Request{Prompt: m.Encode("p"), Controls: sample.NewControls(greedy()), NoDrafts: true}))
	if r.Reason != engine.Cancelled || r.Err != nil || r.Text != strings.Repeat("x", last) || len(r.IDs) != last {
		t.Errorf("%s, %v, %q after the cancel at token %d", r.Reason, r.Err, r.Text, last)
	}
}

// Nobody reads the tokens: a cancel must still end the generation, and no text may be lost.
func TestCancelWithoutReader(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(context.Background())
	full := make(chan struct{})
	m := enginetest.New(512, func(ids []int, logits []float32) {
		if len(ids) == 17 { // the channel of tokens has taken 16
			close(full)
		}
		logits['x'] = 50
	})
	g := join(m, ctx, engine.Request{Prompt: m.Encode("p"), Controls: sample.NewControls(greedy()), NoDrafts: true})
	<-full
	cancel()
	r := g.Result()
	if r.Reason != engine.Cancelled || len(r.IDs) < 16 || r.Text != strings.Repeat("x", len(r.IDs)) {
		t.Errorf("%s, %q for %d tokens", r.Reason, r.Text, len(r.IDs))
	}
}

func TestCancelWhilePrefilling(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	blocks := 0
	m := engine.New(countingModel{context: 1024, block: func() {
		blocks++
		cancel()
	}}, enginetest.Tokenizer(), engine.Info{})
	_, r := collect(join(m, ctx, engine.Request{Prompt: make([]int, 1000), Controls: sample.NewControls(greedy())}))
	if r.Reason != engine.Cancelled || blocks != 1 {
		t.Errorf("%s after %d blocks, want %s after 1", r.Reason, blocks, engine.Cancelled)
	}
}

func TestPrefixIsKept(t *testing.T) {
	m := says("first question", " and an answer")
	run := func(prompt string) engine.Timings {
		_, r := collect(join(m, context.Background(), engine.Request{Prompt: m.Encode(prompt), Controls: sample.NewControls(greedy())}))
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		return r.Timings
	}
	if got := run("first question"); got.CachedTokens != 0 || got.PromptTokens != len("first question") {
		t.Errorf("at first: %+v", got)
	}
	// The turn goes on: question and answer are in the cache.
	const history = "first question and an answer"
	if got := run(history + ", next"); got.CachedTokens != len(history) {
		t.Errorf("next turn: %d tokens kept, want %d", got.CachedTokens, len(history))
	}
	if got := run("first word"); got.CachedTokens != len("first ") {
		t.Errorf("another end: %d tokens kept, want %d", got.CachedTokens, len("first "))
	}
	// The same prompt again needs its last logits only.
	if got := run("first word"); got.CachedTokens != len("first word")-1 {
		t.Errorf("the same again: %d tokens kept, want %d", got.CachedTokens, len("first word")-1)
	}
}

func TestLogprobsAreTheModelsOwn(t *testing.T) {
	m := noise(nil)
	p := sample.Neutral()
	p.Temperature, p.TopK, p.MaxTokens, p.RepetitionPenalty = 0.3, 2, 20, 1.5
	seed := uint64(3)
	ids := m.Encode("p")
	tokens, _ := collect(join(m, context.Background(), engine.Request{Prompt: ids, Controls: sample.NewControls(p), Seed: &seed, Top: 300}))
	for n, token := range tokens {
		// Top holds the whole distribution here: its mass is one, and the token is in it.
		mass, found := 0.0, false
		for i, a := range token.Top {
			mass += math.Exp(a.Logprob)
			if i > 0 && a.Logprob > token.Top[i-1].Logprob {
				t.Fatalf("token %d: alternatives are out of order", n)
			}
			if a.ID == token.ID {
				found = true
				if a.Logprob != token.Logprob {
					t.Errorf("token %d: %v among the alternatives, %v for the token", n, a.Logprob, token.Logprob)
				}
			}
		}
		if math.Abs(mass-1) > 1e-6 || !found || len(token.Top) != 257 {
			t.Errorf("token %d: mass %v of %d alternatives, found %v", n, mass, len(token.Top), found)
		}
	}
}

// What was written before a panic is not lost.
func TestPanicBecomesAnError(t *testing.T) {
	m := enginetest.New(64, func(ids []int, logits []float32) {
		if len(ids) == 1+5 {
			panic("broken kernel")
		}
		logits['a'+len(ids)-1] = 50 // nothing is repeated, and so nothing drafted
	})
	tokens, r := generate(m, "p", greedy())
	if r.Reason != engine.Failed || r.Err == nil || !strings.Contains(r.Err.Error(), "broken kernel") {
		t.Errorf("%s, %v", r.Reason, r.Err)
	}
	if r.Text != "abcde" || len(r.IDs) != 5 || text(tokens, r) != "abcde" {
		t.Errorf("%q is left of abcde", r.Text)
	}
}

func TestDamagedWeightsAreAnError(t *testing.T) {
	m := enginetest.New(64, func(_ []int, logits []float32) { logits[7] = float32(math.NaN()) })
	_, r := generate(m, "p", greedy())
	if r.Reason != engine.Failed || r.Err == nil || !strings.Contains(r.Err.Error(), "damaged") {
		t.Errorf("%s, %v", r.Reason, r.Err)
	}
}

func TestBadParametersAreAnError(t *testing.T) {
	for _, change := range []func(*sample.Params){
		func(p *sample.Params) { p.TopP = 7 },
		func(p *sample.Params) { p.Stop = []string{""} },
		func(p *sample.Params) { p.MaxTokens = -1 },
		func(p *sample.Params) { p.Pace = 1e-11 },
	} {
		p := greedy()
		change(&p)
		if _, r := generate(says("p", "hello"), "p", p); r.Reason != engine.Failed || r.Err == nil {
			t.Errorf("%+v: %s", p, r.Reason)
		}
	}
}

// paddedModel has more ids than its tokenizer, as vocabularies rounded up for a GPU have.
type paddedModel struct{ countingModel }

func (paddedModel) Vocab() int { return enginetest.EndOfText + 1 + 50 }

func (paddedModel) Forward(_ engine.Workspace, _ []engine.Step, logits []float32) error {
	for i := range logits {
		logits[i] = float32(i) // padding is the likeliest
	}
	return nil
}

func TestPaddingIsNeverDrawn(t *testing.T) {
	m := engine.New(paddedModel{countingModel{context: 64}}, enginetest.Tokenizer(), engine.Info{})
	p := greedy()
	p.MaxTokens, p.MinTokens, p.Ban = 10, 5, []int{255}
	_, r := generate(m, "p", p)
	// 255 is banned, end-of-text too before the fifth token.
	if want := []int{254, 254, 254, 254, 254}; !slices.Equal(r.IDs, want) || r.Reason != engine.EndOfText {
		t.Errorf("%v, %s, %v, want %v and end of text", r.IDs, r.Reason, r.Err, want)
	}
}

// Nor is it told of, or what a choice is held against; it only keeps its share of the distribution.
func TestPaddingIsNoAlternative(t *testing.T) {
	m := engine.New(paddedModel{countingModel{context: 64}}, enginetest.Tokenizer(), engine.Info{})
	p := greedy()
	p.MaxTokens, p.MinTokens = 1, 1
	ids := m.Encode("p")
	tokens, r := collect(join(m, t.Context(), engine.Request{Prompt: ids, Controls: sample.NewControls(p), Top: 3}))
	if r.Err != nil || len(tokens) != 1 {
		t.Fatalf("%d tokens, %v", len(tokens), r.Err)
	}
	sum := 0.0 // of exp(logit - highest)
	for i := range m.Network().Vocab() {
		sum += math.Exp(-float64(i))
	}
	logprob := func(id int) float64 { return float64(id-(m.Network().Vocab()-1)) - math.Log(sum) }
	for i, want := range []int{enginetest.EndOfText, 255, 254} {
		if len(tokens[0].Top) != 3 || tokens[0].Top[i].ID != want || math.Abs(tokens[0].Top[i].Logprob-logprob(want)) > 1e-4 {
			t.Fatalf("alternatives %+v, want %d at place %d with %v", tokens[0].Top, want, i, logprob(want))
		}
	}
	for id, likeliest := range map[int]bool{enginetest.EndOfText: true, 255: false} {
		err := m.NewScorer().Predict(t.Context(), append(ids, id), 1, func(got []engine.Prediction) {
			if len(got) != 1 || got[0].Greedy != likeliest || math.Abs(got[0].Logprob-logprob(id)) > 1e-4 {
				t.Errorf("id %d: %+v", id, got)
			}
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// Ids that the files of a tokenizer leave out are padding, however likely they are.
func TestPaddingOfAFolderIsNeverDrawn(t *testing.T) {
	m := scoredTiny(t) // of its 300 ids, 256 are bytes
	p := sample.Neutral()
	p.Temperature, p.MaxTokens = 100, 60
	for seed := range uint64(5) {
		_, r := collect(join(m, t.Context(), engine.Request{Prompt: []int{65}, Controls: sample.NewControls(p), Seed: &seed}))
		if r.Err != nil || len(r.IDs) != p.MaxTokens {
			t.Fatalf("%d tokens, %v", len(r.IDs), r.Err)
		}
		if highest := slices.Max(r.IDs); highest > 255 {
			t.Errorf("seed %d: id %d was drawn", seed, highest)
		}
	}
}

// A sequence that was cancelled anywhere gives the same as a fresh one.
func TestSequenceAfterCancel(t *testing.T) {
	m := open(t, engine.Starter)
	random := rand.New(rand.NewPCG(1, 2))
	p := greedy()
	p.MaxTokens = 8
	request := engine.Request{Controls: sample.NewControls(p)}
	var prompt []int
	for range 25 {
		prompt = prompt[:random.IntN(len(prompt)+1)]
		for range 1 + random.IntN(40) {
			prompt = append(prompt, random.IntN(m.Info().Vocab))
		}
		request.Prompt = prompt
		ctx, cancel := context.WithCancel(context.Background())
		g := join(m, ctx, request)
		for range random.IntN(10) {
			<-g.Events()
		}
		cancel()
		g.Result()

		_, got := collect(join(m, context.Background(), request))
		_, want := collect(join(m, context.Background(), request))
		if !slices.Equal(got.IDs, want.IDs) {
			t.Fatalf("prompt %v: %v, a fresh sequence gives %v", prompt, got.IDs, want.IDs)
		}
	}
}

func TestTwoSequencesAtOnce(t *testing.T) {
	m := open(t, engine.Starter)
	p := greedy()
	p.MaxTokens = 30
	request := engine.Request{Prompt: m.Encode("Once upon a time"), Controls: sample.NewControls(p)}
	_, want := collect(join(m, context.Background(), request))
	var running []engine.Generation
	for range 3 {
		running = append(running, join(m, context.Background(), request))
	}
	for i, g := range running {
		if _, got := collect(g); got.Text != want.Text {
			t.Errorf("sequence %d: %q, alone it is %q", i, got.Text, want.Text)
		}
	}
}
