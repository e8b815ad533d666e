package session

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"sync"
	"testing"

	"inkling/chat"
	"inkling/engine/enginetest"
	"inkling/engine/sample"
)

// The very next token obeys, by what the store keeps of it: tokens before a turn have the old parameters, all after it the new ones;
// with drafted tokens, a pace, four replies at once, and stepped out of a pause.
func TestTheVeryNextTokenObeysInTheStore(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Options)
		logits enginetest.Logits
		many   string
		drafts bool
	}{
		{"drafts", func(o *Options) { o.Settings.Speculation = true }, func(ids []int, logits []float32) { logits["abcd"[len(ids)%4]] = 40 }, "/n 1", true},
		{"pace", func(o *Options) { o.Settings.Pace, o.Settings.Speculation = 200, false }, enginetest.Alphabet, "/n 1", false},
		{"four", func(o *Options) {}, enginetest.Alphabet, "/n 4", false},
		{"pause", func(o *Options) { o.Settings.Speculation = false }, enginetest.Alphabet, "/n 1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := chat.NewVolatile()
			entered, gate := make(chan struct{}), make(chan struct{})
			begin, once := 0, sync.Once{}
			b := benchOf(t, store, func(ids []int, logits []float32) { // it waits in mid-reply until somebody has paused it
				if begin == 0 {
					begin = len(ids)
				}
				if c.logits(ids, logits); len(ids) > begin+6 {
					once.Do(func() {
						close(entered)
						<-gate
					})
				}
			}, func(o *Options) {
				o.Settings.Temperature, o.Settings.MaxTokens = 0.25, 48
				c.change(o)
			})
			b.loop.Do(b.Run(c.many))
			b.loop.Do(b.Reply.Send("hello"))
			for waiting := true; waiting; {
				select {
				case e := <-b.loop.Events():
					b.loop.Take(e)
				case <-entered:
					waiting = false
				}
			}
			b.loop.Do(b.Reply.Pause())
			all := b.Reply.together()
			b.until("the orders are given", func() bool {
				return !slices.ContainsFunc(all, func(w *writing) bool { return w.ordering || len(w.orders) > 0 })
			})
			close(gate)
			b.until("all wait", func() bool {
				for _, w := range all {
					if !w.paused {
						return false
					}
				}
				return b.Reply.Ready()
			})
			var at []int
			for _, w := range all {
				at = append(at, w.tokens)
			}
			b.loop.Do(b.Run("/set temperature 0.75"))
			if c.name == "pause" {
				b.loop.Do(b.Reply.Step(1))
				b.until("one token", func() bool { return b.Reply.Ready() && all[0].tokens == at[0]+1 })
			}
			b.loop.Do(b.Reply.Pause())
			b.until("the end", func() bool { return !b.Reply.Writing() })
			if err := b.Chat.flush(t.Context(), b.Chat.conv.ID, storePatience); err != nil {
				t.Fatal(err)
			}
			kept, err := store.Load(t.Context(), b.Chat.conv.ID)
			if err != nil {
				t.Fatal(err)
			}
			for i, w := range all {
				turn := kept.Turn(w.turn.ID)
				if changes := turn.Reply.Changes; len(changes) != 2 || changes[1].At != at[i] || string(changes[1].Params) != `{"temperature":0.75}` {
					t.Errorf("reply %d, turned at %d: changes %+v", i, at[i], changes)
				}
				var last sample.Params
				if err := json.Unmarshal(turn.Reply.Params, &last); err != nil || last.Temperature != 0.75 {
					t.Errorf("reply %d ended at temperature %v, %v", i, last.Temperature, err)
				}
				if c.drafts && turn.Reply.Drafted == 0 {
					t.Error("nothing was drafted")
				}
				b.Traces.reset()
				b.loop.Do(b.Traces.Read(w.turn))
				b.until("the trace is read", func() bool { return b.Traces.Of(w.turn) != nil })
				tokens := b.Traces.Of(w.turn).Tokens
				if len(tokens) != 48 || at[i] == 0 || at[i] == 48 {
					t.Fatalf("%d tokens, turned at %d", len(tokens), at[i])
				}
				for k, token := range tokens {
					want := 0.25
					if k >= at[i] {
						want = 0.75
					}
					if math.Abs(float64(token.Temperature)-want) > 1e-3 {
						t.Errorf("reply %d, token %d of %d: temperature %v, want %v", i, k, at[i], token.Temperature, want)
					}
				}
			}
		})
	}
}

// What the dial shows of the next token is what its draw uses, candidate by candidate: the shares are those of the model's scores after
// the cut and the temperature in force, and what is said to be dropped is never drawn.
func TestTheOddsAreThoseOfTheDraw(t *testing.T) {
	var mu sync.Mutex
	var scores []float32 // of the last pass
	b := benchOf(t, chat.NewVolatile(), func(ids []int, logits []float32) {
		enginetest.Alphabet(ids, logits)
		mu.Lock()
		defer mu.Unlock()
		scores = slices.Clone(logits)
	}, func(o *Options) {
		o.Settings.TopP, o.Settings.MaxTokens, o.Settings.Speculation = 1, 40, false
	})
	b.Chat.add("hello")
	b.loop.Do(b.Reply.Step(1))
	for n := range 20 {
		b.until("it waits", func() bool { return b.Reply.Ready() && b.Reply.writing.tokens == n+1 })
		temperature, k := 0.5+float64(n)/10, 2+n%7
		b.loop.Do(b.Run("/set temperature " + strconv.FormatFloat(temperature, 'g', -1, 64)))
		b.loop.Do(b.Run("/set top_k " + strconv.Itoa(k)))
		b.loop.Do(b.Reply.Peek())
		b.until("the odds are those", func() bool { return !b.Reply.watch.asked && b.Reply.Odds().Left == k })
		mu.Lock()
		ids := make([]int, len(scores))
		for i := range ids {
			ids[i] = i
		}
		slices.SortStableFunc(ids, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
		total := 0.0
		for _, id := range ids[:k] {
			total += math.Exp(float64(scores[id]-scores[ids[0]]) / temperature)
		}
		odds := b.Reply.Odds()
		for i, odd := range odds.Tokens {
			want, dropped := 0.0, "top_k"
			if i < k {
				want, dropped = math.Exp(float64(scores[ids[i]]-scores[ids[0]])/temperature)/total, ""
			}
			if odd.ID != ids[i] || math.Abs(odd.After-want) > 1e-5 || odd.Dropped != dropped {
				t.Errorf("place %d of token %d: %+v, want token %d with %v, dropped by %q", i, n+1, odd, ids[i], want, dropped)
			}
		}
		mu.Unlock()
		b.loop.Do(b.Reply.Step(1))
		b.until("it has stepped", func() bool { return b.Reply.Ready() && b.Reply.writing.tokens == n+2 })
		drawn := b.Reply.writing.trace[n+1].ID
		if i := slices.IndexFunc(odds.Tokens, func(o Odd) bool { return o.ID == drawn }); i < 0 || odds.Tokens[i].After == 0 {
			t.Errorf("token %d is %d, which could not be drawn by %+v", n+1, drawn, odds.Tokens)
		}
	}
}
