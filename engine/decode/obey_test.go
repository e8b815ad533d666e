package decode

import (
	"math"
	"slices"
	"sync/atomic"
	"testing"

	"inkling/engine/sample"
)

// turning is a decoder that does something at each token.
type turning struct{ turn func() }

func (d turning) Push(id int) string {
	d.turn()
	return letters[id]
}

func (turning) Flush() string { return "" }

// The very next token obeys: parameters that are replaced as soon as a token is taken are those of the token after it, by what each token
// keeps of them; with drafts, a pace, four texts at once that share them, and steps out of a pause.
func TestTheVeryNextTokenObeys(t *testing.T) {
	repeating := func(ids []int, logits []float32) { logits["abcdefgh"[(len(ids)-1)%8]] = 50 }
	const n = 60
	for _, c := range []struct {
		name  string
		texts int
		pace  float64
	}{{"drafts", 1, 0}, {"pace", 1, 5000}, {"four", 4, 0}} {
		t.Run(c.name, func(t *testing.T) {
			with := func(turns int64) sample.Params {
				p := sample.Neutral()
				p.Temperature, p.MaxTokens, p.Pace = float64(turns)*1e-3, n, c.pace
				return p
			}
			controls := sample.NewControls(with(1))
			var turns atomic.Int64
			turns.Store(1)
			text := bytesText
			text.Decoder = func(...int) Decoder { // which is given each token as it is taken
				return turning{func() { controls.Store(with(turns.Add(1))) }}
			}
			network := &scripted{t: t, f: repeating, context: 200}
			l := NewLoop(network, text, 8)
			defer l.Close()
			var all []*Generation
			for i := range c.texts {
				all = append(all, l.Join(t.Context(), Request{Prompt: tokens("p"), Controls: controls, Seed: seed(1), Attempt: uint32(i), Room: n + 1}))
			}
			var got []int
			for _, g := range all {
				for e := range g.Events() {
					if e.Kind != Drawn {
						continue
					}
					got = append(got, int(math.Round(e.Token.Params.Temperature*1e3)))
				}
				if r := g.Result(); len(r.IDs) != n {
					t.Fatalf("%d tokens, %v", len(r.IDs), r.Err)
				}
				if c.name == "drafts" && g.Result().Timings.Accepted == 0 {
					t.Error("nothing was drafted")
				}
			}
			slices.Sort(got)
			for i, turn := range got {
				if turn != i+1 {
					t.Fatalf("token %d was drawn with the parameters of turn %d: %v", i+1, turn, got)
				}
			}
		})
	}
	t.Run("pause", func(t *testing.T) {
		p := sample.Neutral()
		controls := sample.NewControls(p)
		l, _ := newScripted(t, noise)
		g := l.Join(t.Context(), Request{Prompt: tokens("p"), Controls: controls, Paused: true})
		for turn := range 20 {
			p.Temperature = 0.1 + float64(turn)
			controls.Store(p)
			g.Resume(1)
			for {
				e := <-g.Events()
				if e.Kind == Paused {
					break
				}
				if got := e.Token.Params.Temperature; got != p.Temperature {
					t.Fatalf("turn %d: drawn with %g", turn, got)
				}
			}
		}
	})
}

// What Peek tells of a place is what the draw there uses, candidate by candidate.
func TestPeekIsWhatTheDrawUses(t *testing.T) {
	controls := params(func(p *sample.Params) {
		p.Temperature, p.TopK, p.TopP, p.MinP, p.RepetitionPenalty, p.XTCProbability, p.XTCThreshold = 0.9, 8, 0.9, 0.02, 1.3, 0.5, 0.1
	})
	l, _ := newScripted(t, noise)
	g := l.Join(t.Context(), Request{Prompt: tokens("prompt"), Controls: controls, Seed: seed(3), Paused: true, Top: vocab})
	for range 25 {
		var peek sample.Trace
		peek.Want = vocab
		if err := g.Peek(&peek); err != nil {
			t.Fatal(err)
		}
		g.Resume(1)
		e := <-g.Events()
		for e.Kind != Drawn {
			e = <-g.Events()
		}
		if e.Token.ID != peek.Drawn.ID || e.Token.Rank != peek.Drawn.Rank || e.Token.Logprob != peek.Drawn.Logprob {
			t.Errorf("drew %+v, peeked %+v", e.Token, peek.Drawn)
		}
		if len(e.Token.Top) != len(peek.Top) {
			t.Fatalf("%d candidates, peeked %d", len(e.Token.Top), len(peek.Top))
		}
		for i, seen := range peek.Top {
			dropped := ""
			if seen.By >= 0 {
				dropped = peek.Stages[seen.By].Name
			}
			if a := e.Token.Top[i]; a.ID != seen.ID || a.Share != seen.Share || a.Logprob != seen.Logprob || a.Dropped != dropped {
				t.Errorf("candidate %d: %+v, peeked %+v dropped by %q", i, a, seen, dropped)
			}
		}
	}
}

// Four texts of one prompt cost what four sequences in a pass cost: the prompt is read once, and each pass has a token of each.
func TestFourTextsOfAPromptAreOneBatch(t *testing.T) {
	const n, texts = 60, 4
	p := sample.Neutral()
	p.Temperature, p.MaxTokens = 1, n
	l, network := newScripted(t, noise)
	joined := make(chan struct{})
	network.hook = func([]Step) error { <-joined; return nil } // else the first would be far ahead
	prompt := tokens("a prompt that is long enough to be noticed if it is read four times")
	var all []*Generation
	for i := range texts {
		all = append(all, l.Join(t.Context(), Request{Prompt: prompt, Controls: sample.NewControls(p), Seed: seed(1), Attempt: uint32(i), Endless: true, Room: n + 1}))
	}
	close(joined)
	said := map[string]bool{}
	for _, g := range all {
		r := g.Result()
		if len(r.IDs) != n {
			t.Fatalf("%d tokens, %v", len(r.IDs), r.Err)
		}
		said[r.Text] = true
	}
	if len(said) != texts {
		t.Errorf("%d different texts", len(said))
	}
	const slack = 8 // the first has read the prompt before the others join
	if passes := network.passes.Load(); passes > n+slack {
		t.Errorf("%d passes for %d texts of %d tokens", passes, texts, n)
	}
	if fed := network.fed.Load(); fed > int64(len(prompt)+texts*(n+1)) {
		t.Errorf("%d tokens were fed, the prompt has %d", fed, len(prompt))
	}
}
