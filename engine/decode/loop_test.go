package decode

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"inkling/engine/sample"
)

func seed(n uint64) *uint64 { return &n }

// alone is what a request gives when nothing else runs, token by token.
func alone(t testing.TB, f func(ids []int, logits []float32), r Request) Result {
	l, _ := newScripted(t, f)
	r.NoDrafts = true
	_, _, result := drain(t, l.Join(context.Background(), r))
	return result
}

func request(prompt string, n int) Request {
	return Request{Prompt: tokens(prompt), Seed: seed(7), Controls: params(func(p *sample.Params) { p.MaxTokens, p.TopK = n, 8 })}
}

// A robot pauses, looks, picks, goes back and lets the text run on.
func TestRobot(t *testing.T) {
	defer goleak.VerifyNone(t)
	l, _ := newScripted(t, noise)
	r := request("once upon", 60)
	want := alone(t, noise, r)
	r.Paused, r.Top = true, 5
	g := l.Join(context.Background(), r)
	text, ids := "", []int(nil)
	until := func(kind Kind) {
		t.Helper()
		for e := range g.Events() {
			if text, ids = apply(text, ids, e); e.Kind == kind {
				return
			}
		}
		t.Fatalf("the text ended before an event of kind %d", kind)
	}
	// One step at a time, and each is what Peek foretold.
	for range 5 {
		trace := &sample.Trace{Want: 5}
		if err := g.Peek(trace); err != nil {
			t.Fatal(err)
		}
		g.Resume(1)
		until(Paused)
		if last := ids[len(ids)-1]; last != trace.Drawn.ID {
			t.Fatalf("drew %d, Peek said %d", last, trace.Drawn.ID)
		}
	}
	if !slices.Equal(ids, want.IDs[:5]) {
		t.Fatalf("five steps gave %d, want %d", ids, want.IDs[:5])
	}
	// Another token, and where it leads.
	if err := g.Pick('z'); err != nil {
		t.Fatal(err)
	}
	g.Resume(4)
	until(Paused)
	if len(ids) != 10 || ids[5] != 'z' {
		t.Fatalf("after picking z: %q", text)
	}
	// Five back, the same choices again: as if nothing had been.
	if err := g.Back(5); err != nil {
		t.Fatal(err)
	}
	until(Back)
	if !slices.Equal(ids, want.IDs[:5]) || text != want.Text[:5] {
		t.Fatalf("five back: %q", text)
	}
	if err := g.Back(6); err == nil {
		t.Error("went back further than the text")
	}
	g.Resume(0)
	for e := range g.Events() {
		text, ids = apply(text, ids, e)
	}
	if got := g.Result(); got.Text != want.Text || text != want.Text || !slices.Equal(got.IDs, want.IDs) {
		t.Errorf("%q, want %q", got.Text, want.Text)
	}
	if err := g.Pick('z'); !errors.Is(err, errEnded) {
		t.Errorf("picked a token of a text that had ended: %v", err)
	}
}

// Wherever a text is stopped, going on with it in another request gives what an uninterrupted one gives.
func TestStopAndContinue(t *testing.T) {
	want := alone(t, noise, request("p", 40))
	l, _ := newScripted(t, noise)
	for stop := 1; stop < 40; stop += 3 {
		_, first, _ := drain(t, l.Join(context.Background(), request("p", stop)))
		r := request("p"+string(spell(first)), 40-stop)
		r.Position = uint32(stop)
		_, second, _ := drain(t, l.Join(context.Background(), r))
		if got := append(first, second...); !slices.Equal(got, want.IDs) {
			t.Fatalf("stopped after %d: %q, want %q", stop, spell(got), want.Text)
		}
	}
}

// Replaying a text is forcing its tokens; their log-probabilities are the same, and the text goes on as it would have.
func TestForcedTokens(t *testing.T) {
	r := request("again and again", 80)
	r.Top = 3
	l, n := newScripted(t, noise)
	var first, second []Token
	for e := range l.Join(context.Background(), r).Events() {
		first = append(first, e.Token)
	}
	for _, token := range first[:50] {
		r.Forced = append(r.Forced, token.ID)
	}
	before := n.passes.Load()
	for e := range l.Join(context.Background(), r).Events() {
		second = append(second, e.Token)
	}
	if len(first) != 80 || len(second) != 80 {
		t.Fatalf("%d tokens, then %d", len(first), len(second))
	}
	for i := range first {
		a, b := first[i], second[i]
		if a.ID != b.ID || a.Text != b.Text || a.Logprob != b.Logprob || a.Rank != b.Rank || (b.By == Record) != (i < 50) {
			t.Fatalf("token %d was %+v, is %+v", i, a, b)
		}
	}
	if passes := n.passes.Load() - before; passes > 60 {
		t.Errorf("%d passes for 50 forced tokens and 30 others", passes)
	}
}

// A thousand texts join and leave at random, share beginnings, are paused, sent back and cancelled. Each that ends by itself is what it is
// alone, and nothing is left behind.
func TestJoinsAndLeaves(t *testing.T) {
	defer goleak.VerifyNone(t)
	joins := 1000
	if testing.Short() {
		joins = 200
	}
	random := rand.New(rand.NewPCG(1, 2))
	l, _ := newScripted(t, noise)
	prompts := []string{"once", "once upon a time there was", "once upon a time there was a very long beginning of a tale, which was read in several blocks", "x"}
	want := map[string]Result{}
	limit := make(chan struct{}, 12)
	ended := make(chan string, joins)
	for range joins {
		prompt, n, attempt := prompts[random.IntN(len(prompts))], 1+random.IntN(30), uint32(random.IntN(3))
		key := fmt.Sprint(prompt, n, attempt)
		r := request(prompt, n)
		r.Attempt, r.NoDrafts = attempt, random.IntN(2) == 0
		if _, known := want[key]; !known {
			want[key] = alone(t, noise, r)
		}
		expected := want[key]
		kind := random.IntN(6)
		limit <- struct{}{}
		go func() {
			defer func() { <-limit }()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			g := l.Join(ctx, r)
			switch kind {
			case 0: // leaves without reading
				cancel()
			case 1: // leaves in the middle
				<-g.Events()
				cancel()
			case 2: // goes back and forth
				g.Pause()
				g.Back(1)
				g.Resume(2)
				g.Back(1)
				g.Resume(0)
			}
			var ids []int
			for e := range g.Events() {
				_, ids = apply(strings.Repeat(" ", 1000), ids, e)
			}
			result := g.Result()
			if kind < 2 && result.Reason == Cancelled {
				ended <- ""
				return
			}
			if result.Text != expected.Text || result.Reason != expected.Reason || result.Err != nil {
				ended <- fmt.Sprintf("%s: %q, %s, %v, want %q, %s", key, result.Text, result.Reason, result.Err, expected.Text, expected.Reason)
				return
			}
			ended <- ""
		}()
	}
	for range joins {
		if wrong := <-ended; wrong != "" {
			t.Error(wrong)
		}
	}
	l.Close()
	if g := l.Join(context.Background(), request("p", 1)); !errors.Is(g.Result().Err, ErrClosed) {
		t.Errorf("a text joined a closed loop: %v", g.Result().Err)
	}
	free := 0
	for _, c := range l.caches {
		if c.owner != nil {
			t.Error("a cache belongs to a text that has ended")
		}
		if c.forks == 0 {
			free++
		}
	}
	if free > usuallyKept || len(l.going)+len(l.waiting) > 0 {
		t.Errorf("%d caches are kept, %d texts go on, %d wait", free, len(l.going), len(l.waiting))
	}
}

// Texts that are read by nobody stop nobody, and wait for their reader.
func TestSlowReader(t *testing.T) {
	l, _ := newScripted(t, noise)
	slow := l.Join(context.Background(), request("slow", 200))
	for range 3 {
		if _, _, r := drain(t, l.Join(context.Background(), request("quick", 100))); r.Reason != Length {
			t.Fatalf("%s, %v", r.Reason, r.Err)
		}
	}
	want := alone(t, noise, request("slow", 200))
	if _, _, r := drain(t, slow); r.Text != want.Text {
		t.Errorf("%q, want %q", r.Text, want.Text)
	}
}

// Beside texts that are being written, prompts are read in pieces, and every pass has a token for each of these texts: between two
// tokens of a text few positions are computed for others, whoever comes and however much they have to say.
func TestPromptsAreReadBesideTexts(t *testing.T) {
	for writers := 1; writers <= 6; writers++ {
		l, n := newScripted(t, noise)
		const length = 150
		requests := []Request{request(strings.Repeat("long ", 60), 5), request(strings.Repeat("other ", 40), 5)}
		for i := range writers {
			r := request(string(rune('A'+i))+"!", length)
			r.NoDrafts, r.Room = true, 2*length
			requests = append(requests, r)
		}
		var joined []*Generation
		passes, others, most := 0, 0, 0
		n.hook = func(steps []Step) error {
			writing, replying, read := 0, 0, 0
			for _, s := range steps {
				switch ids := s.State.(*scriptedState).ids; {
				case len(ids) > 1 && ids[1] == '!':
					writing++
					most = max(most, len(ids))
				case len(s.IDs) == 1 && len(ids) >= 240:
					replying++
				default:
					read += len(s.IDs)
				}
			}
			switch {
			case writing == writers && joined == nil:
				for _, r := range requests[:2] {
					joined = append(joined, l.Join(context.Background(), r))
				}
			case joined != nil && most < length && read > 0:
				passes++
				others += read
				if writing != writers || read > 3+writing+replying {
					t.Errorf("a pass with %d of %d texts and %d positions of others", writing, writers, read)
				}
			}
			return nil
		}
		var texts []*Generation
		err := l.Between(t.Context(), func(Workspace) error { // so that they begin together
			for _, r := range requests[2:] {
				texts = append(texts, l.Join(context.Background(), r))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range texts {
			if _, _, got := drain(t, g); got.Text != alone(t, noise, requests[2+i]).Text {
				t.Errorf("text %d of %d: %q", i, writers, got.Text)
			}
		}
		for i, g := range joined {
			if _, _, got := drain(t, g); got.Text != alone(t, noise, requests[i]).Text {
				t.Errorf("prompt %d beside %d: %q", i, writers, got.Text)
			}
		}
		if passes < 20 || others < 400 {
			t.Errorf("%d positions in %d passes beside %d texts", others, passes, writers)
		}
	}
}

// What a text has read is kept for the next one that begins alike, also while it is being written.
func TestBeginningsAreShared(t *testing.T) {
	l, n := newScripted(t, noise)
	prompt := strings.Repeat("the same beginning ", 10)
	drain(t, l.Join(context.Background(), request(prompt, 20)))
	_, _, r := drain(t, l.Join(context.Background(), request(prompt+"more", 5)))
	if r.Timings.CachedTokens != len(prompt) {
		t.Errorf("%d of %d tokens were kept", r.Timings.CachedTokens, len(prompt))
	}
	before := n.fed.Load()
	var all []*Generation
	for i := range 6 {
		r := request("another "+prompt, 10)
		r.Attempt = uint32(i)
		all = append(all, l.Join(context.Background(), r))
	}
	texts := map[string]bool{}
	for _, g := range all {
		_, _, r := drain(t, g)
		texts[r.Text] = true
	}
	if fed := int(n.fed.Load() - before); fed > len(prompt)+8+6*20 {
		t.Errorf("%d tokens were computed for six texts of one prompt of %d", fed, len(prompt)+8)
	}
	if len(texts) != 6 {
		t.Errorf("six attempts gave %d texts", len(texts))
	}
}

// An unwanted word is never told of, and the text goes on without it.
func TestUnwantedWords(t *testing.T) {
	f := func(ids []int, logits []float32) {
		const text = "the cat sat on the catalogue"
		if at := len(ids) - 1; at < len(text) {
			logits[text[at]] = 50
		} else {
			logits[endOfText] = 50
		}
		logits['d'], logits['D'] = 40, 30
	}
	for _, c := range []struct {
		words []string
		want  string
	}{
		{nil, "the cat sat on the catalogue"},
		{[]string{"cat"}, "the dat sat on the datalogue"},
		{[]string{"cat", "dat"}, "the Dat sat on the Datalogue"},
		{[]string{"catalogs", "on"}, "the cat sat dn the catalogue"},
	} {
		l, _ := newScripted(t, f)
		r := Request{Prompt: tokens("p"), Unwanted: c.words, Controls: params(func(p *sample.Params) { p.Temperature = 0 })}
		g := l.Join(context.Background(), r)
		for e := range g.Events() {
			if e.Kind == Back {
				t.Errorf("%q: a token was told of and taken back", c.words)
			}
		}
		if r := g.Result(); r.Text != c.want || r.Reason != EndOfText {
			t.Errorf("%q: %q, %s, %v, want %q", c.words, r.Text, r.Reason, r.Err, c.want)
		}
	}
}

// An error or a panic in a pass ends the texts that took part, and the loop goes on.
func TestFailingPasses(t *testing.T) {
	defer goleak.VerifyNone(t)
	l, n := newScripted(t, noise)
	for _, fail := range []func() error{func() error { return errors.New("broken") }, func() error { panic("broken") }} {
		n.hook = func([]Step) error {
			if n.passes.Load()%10 == 5 {
				return fail()
			}
			return nil
		}
		n.passes.Store(0)
		_, _, r := drain(t, l.Join(context.Background(), request("p", 50)))
		if r.Reason != Failed || r.Err == nil || !strings.Contains(r.Err.Error(), "broken") || len(r.IDs) == 0 {
			t.Errorf("%s, %v after %d tokens", r.Reason, r.Err, len(r.IDs))
		}
	}
	n.hook = nil
	if _, _, r := drain(t, l.Join(context.Background(), request("p", 50))); r.Reason != Length {
		t.Errorf("afterwards: %s, %v", r.Reason, r.Err)
	}
}

func TestBetween(t *testing.T) {
	defer goleak.VerifyNone(t)
	l, _ := newScripted(t, noise)
	g := l.Join(context.Background(), request("p", 300))
	for range 5 {
		ran := false
		if err := l.Between(context.Background(), func(w Workspace) error { ran = w != nil; return nil }); err != nil || !ran {
			t.Errorf("%v, ran: %t", err, ran)
		}
	}
	if err := l.Between(context.Background(), func(Workspace) error { panic("x") }); err == nil {
		t.Error("a panic is no error")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.Between(ctx, func(Workspace) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, _, r := drain(t, g); r.Reason != Length {
		t.Errorf("%s, %v", r.Reason, r.Err)
	}
	l.Close()
	if err := l.Between(context.Background(), func(Workspace) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
}

// A token costs no memory but that of its events' alternatives, which come in large pieces.
func TestTokensDoNotAllocate(t *testing.T) {
	l, n := newScripted(t, noise)
	n.context = 8192
	for _, top := range []int{0, 10} {
		r := request("p", 4000)
		r.Top, r.NoDrafts = top, true
		g := l.Join(context.Background(), r)
		for range 1500 {
			<-g.Events()
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 2000 {
			<-g.Events()
		}
		runtime.ReadMemStats(&after)
		if allocated := after.Mallocs - before.Mallocs; allocated > 2000/20 {
			t.Errorf("%d alternatives: %d allocations for 2000 tokens", top, allocated)
		}
		drain2(g)
	}
}

func drain2(g *Generation) {
	for range g.Events() {
	}
}

// Mirostat goes on where it was: after steps back that are taken again, and in a text that continues one that was stopped.
func TestMirostatIsRemembered(t *testing.T) {
	mirostat := params(func(p *sample.Params) { p.Temperature, p.MirostatTau, p.MirostatEta, p.MaxTokens = 1, 3, 0.5, 40 })
	prompt := Request{Prompt: tokens("begin"), Controls: mirostat, Seed: seed(5)}
	want := alone(t, noise, prompt)
	other := prompt
	other.Controls = params(func(p *sample.Params) { p.Temperature, p.MirostatTau, p.MirostatEta, p.MaxTokens = 1, 3, 0, 40 })
	if still := alone(t, noise, other); slices.Equal(still.IDs, want.IDs) {
		t.Fatal("the rate of mirostat changes nothing")
	}
	first := prompt
	first.Controls = params(func(p *sample.Params) { p.Temperature, p.MirostatTau, p.MirostatEta, p.MaxTokens = 1, 3, 0.5, 17 })
	begun := alone(t, noise, first)
	rest := prompt
	rest.Prompt, rest.Position, rest.Memo = append(tokens("begin"), begun.IDs...), 17, begun.Memo
	rest.Controls = params(func(p *sample.Params) { p.Temperature, p.MirostatTau, p.MirostatEta, p.MaxTokens = 1, 3, 0.5, 23 })
	if got := append(begun.IDs, alone(t, noise, rest).IDs...); !slices.Equal(got, want.IDs) {
		t.Errorf("stopped and continued: %v, want %v", got, want.IDs)
	}
	loop, _ := newScripted(t, noise)
	prompt.Paused = true
	g := loop.Join(t.Context(), prompt)
	var ids []int
	text := ""
	next := func() (paused bool) {
		e, ok := <-g.Events()
		if ok {
			text, ids = apply(text, ids, e)
		}
		return e.Kind == Paused || !ok
	}
	step := func(n int) {
		g.Resume(n)
		for !next() {
		}
	}
	step(20)
	if err := g.Back(9); err != nil {
		t.Fatal(err)
	}
	g.Resume(0)
	for range g.Events() {
	}
	if got := g.Result().IDs; !slices.Equal(got, want.IDs) {
		t.Errorf("after nine steps back: %v, want %v", got, want.IDs)
	}
}

// loopy always goes on with the same words, unless something else is not much less likely.
func loopy(ids []int, logits []float32) {
	const span = "and so on, "
	logits[span[(len(ids)-1)%len(span)]] = 20
	logits['a'+(len(ids)*7)%26] += 15
}

// A repetition without an end is told of once while it goes on, and broken where that is wanted: the text goes back to where it begins.
func TestLoops(t *testing.T) {
	run := func(guard int) (text string, told []string, backs int) {
		l, _ := newScripted(t, loopy)
		g := l.Join(t.Context(), Request{Prompt: tokens("p"), Controls: params(func(p *sample.Params) { p.Temperature, p.MaxTokens, p.LoopGuard = 0, 120, guard })})
		var ids []int
		for e := range g.Events() {
			switch e.Kind {
			case Looping:
				told = append(told, e.Token.Text)
				continue
			case Back:
				backs++
			}
			text, ids = apply(text, ids, e)
		}
		if r := g.Result(); r.Text != text || r.Reason != Length || len(r.IDs) != 120 {
			t.Errorf("guard %d: the events make %q of %q, %s", guard, text, r.Text, r.Reason)
		}
		return text, told, backs
	}
	text, told, backs := run(0)
	if want := strings.Repeat("and so on, ", 11)[:120]; text != want || backs != 0 || len(told) != 2 && len(told) != 1 {
		t.Errorf("without a guard: %q, told %q", text, told)
	}
	text, told, backs = run(3)
	if strings.Contains(text, strings.Repeat("and so on, ", 3)) || backs == 0 || len(told) == 0 {
		t.Errorf("with a guard: %q, told %q, %d times back", text, told, backs)
	}
}

func TestFindLoop(t *testing.T) {
	for _, c := range []struct {
		text  string
		times int
		span  string
		n     int
	}{
		{"once upon a time", 3, "", 0},
		{"xabcdabcdabcd", 3, "abcd", 8},
		{"ababab", 3, "", 0}, // too short to be one
		{"zzzzzzzzzzzz", 3, "z", 11},
		{"the cat sat. the cat sat. ", 2, "the cat sat. ", 13},
		{"the cat sat. the cat sat! ", 2, "", 0},
	} {
		span, n := find(tokens(c.text), c.times)
		if string(spell(span)) != c.span || n != c.n {
			t.Errorf("%q: %q, %d back, want %q, %d", c.text, spell(span), n, c.span, c.n)
		}
	}
}

// Unwanted texts of the parameters count too, from the next token.
func TestUnwantedOfParameters(t *testing.T) {
	l, _ := newScripted(t, func(ids []int, logits []float32) {
		const text = "a cat and a cat"
		if at := len(ids) - 1; at < len(text) {
			logits[text[at]] = 50
		} else {
			logits[endOfText] = 50
		}
		logits['d'] = 40
	})
	g := l.Join(t.Context(), Request{Prompt: tokens("p"), Controls: params(func(p *sample.Params) { p.Temperature, p.Unwanted = 0, []string{"cat"} })})
	for e := range g.Events() {
		if e.Kind != Drawn {
			t.Errorf("%+v was told", e)
		}
	}
	if r := g.Result(); r.Text != "a dat and a dat" {
		t.Errorf("%q", r.Text)
	}
}

// Each token tells the temperature of its place.
func TestRampOverAReply(t *testing.T) {
	l, _ := newScripted(t, noise)
	g := l.Join(t.Context(), Request{Prompt: tokens("p"), Seed: seed(1), Position: 2, Controls: params(func(p *sample.Params) { p.Temperature, p.Ramp, p.MaxTokens = 0.5, 1, 9 })})
	at := 2
	for e := range g.Events() {
		if want := 0.5 + float64(at)/10; math.Abs(e.Token.Temperature-want) > 1e-9 {
			t.Errorf("token %d: temperature %g, want %g", at, e.Token.Temperature, want)
		}
		at++
	}
}
