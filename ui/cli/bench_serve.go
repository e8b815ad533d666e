package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"inkling/chat/serve"
	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/sample"
)

// What bench --serve measures with.
const (
	benchClients = 8
	benchPrompt  = 64  // tokens
	benchTokens  = 128 // of a text
)

// served are the figures of bench --serve. Rates are medians over the rounds.
type served struct {
	Model   string  `json:"model"`
	Weights string  `json:"weights"`
	Threads int     `json:"threads"`
	Clients int     `json:"clients"`
	Prompt  int     `json:"prompt_tokens"`
	Tokens  int     `json:"tokens"`
	Rounds  int     `json:"rounds"`
	One     float64 `json:"one"`   // tokens a second of one client
	All     float64 `json:"all"`   // of all clients at once, together
	Ratio   float64 `json:"ratio"` // median of the ratios of the rounds
	Wait    float64 `json:"wait"`  // longest for a token among all at once, in means of its text; median of the rounds
	Longest float64 `json:"worst"` // the longest of all rounds
}

// benchServe measures a server over HTTP with one client and with several at once, in turns: the prompts differ and have been read
// before, and no tokens are drafted.
func (own benchFlags) benchServe(ctx context.Context, a *app, s config.Settings, weights string) error {
	options := engine.Options{Threads: s.Threads, Weights: weights}
	var m *engine.Model
	var err error
	if own.random != "" {
		m, err = engine.OpenRandom(own.random, "", options)
	} else {
		m, err = engine.Open(s.Model, options)
	}
	if err != nil {
		return err
	}
	defer m.Close()
	defer network()()
	if m.Info().Context < benchPrompt+benchTokens {
		return fmt.Errorf("the model's context has %d tokens, and bench --serve needs %d", m.Info().Context, benchPrompt+benchTokens)
	}
	m.Serve(benchClients)
	choice, err := session.ChatFormat(&m.Codec, "plain")
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.New("cannot listen at 127.0.0.1 to measure there")
	}
	serving, stop := context.WithCancel(ctx)
	var server sync.WaitGroup
	server.Go(func() {
		_ = serve.New(serve.Options{Model: m, ID: "model", Choice: choice, Params: sample.Defaults(), NoDrafts: true, Parallel: benchClients,
			Queue: benchClients, Access: serve.Access{Near: true}}).Serve(serving, listener) // the requests tell what is wrong
	})
	defer server.Wait()
	defer stop()
	line := a.line()
	f := served{Model: m.Info().Name, Weights: m.Info().Weights, Threads: m.Info().Threads, Clients: benchClients, Prompt: benchPrompt,
		Tokens: benchTokens, Rounds: own.repetitions}
	err = f.measure(ctx, "http://"+listener.Addr().String()+"/v1/completions", m.Info().Vocab, line.write)
	line.write("")
	if err != nil {
		return interrupted(err)
	}
	if own.json {
		return writeJSON(a.Out, f)
	}
	_, err = fmt.Fprintf(a.Out, "%s in %s, %d threads; prompts of %d tokens, already read; %d tokens each; median of %d rounds\n\n"+
		"  one client      %8.1f tokens/s\n  %d at once       %8.1f tokens/s\n  ratio           %8.2f\n  longest wait    %8.2f times the mean; %.2f in the worst round\n",
		f.Model, f.Weights, f.Threads, f.Prompt, f.Tokens, f.Rounds, f.One, f.Clients, f.All, f.Ratio, f.Wait, f.Longest)
	return outputError(err)
}

// measure makes the rounds, after one to warm up.
func (f *served) measure(ctx context.Context, url string, vocab int, progress func(string)) error {
	random := rand.New(rand.NewPCG(1, 1))
	clients := make([]*benchClient, f.Clients)
	for i := range clients {
		clients[i] = &benchClient{url: url}
		for range f.Prompt {
			clients[i].prompt = append(clients[i].prompt, random.IntN(min(vocab-1, 50000)))
		}
	}
	var one, all, ratio, wait []float64
	for round := -1; round < f.Rounds; round++ {
		progress(fmt.Sprintf("round %d of %d", max(round+1, 1), f.Rounds))
		several, longest, err := together(ctx, clients)
		if err != nil {
			return err
		}
		alone, _, err := together(ctx, clients[:1])
		if err != nil {
			return err
		}
		if round >= 0 {
			one, all, ratio, wait = append(one, alone), append(all, several), append(ratio, several/alone), append(wait, longest)
		}
	}
	f.One, f.All, f.Ratio, f.Wait, f.Longest = middle(one), middle(all), middle(ratio), middle(wait), slices.Max(wait)
	return nil
}

func middle(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// together has clients ask at once and returns how many tokens a second they got in all, and the longest wait for a token, in means
// of its text.
func together(ctx context.Context, clients []*benchClient) (rate, longest float64, err error) {
	var asking sync.WaitGroup
	problems, waits := make([]error, len(clients)), make([]float64, len(clients))
	start := time.Now()
	for i, c := range clients {
		asking.Go(func() { waits[i], problems[i] = c.ask(ctx) })
	}
	asking.Wait()
	return float64(len(clients)*benchTokens) / time.Since(start).Seconds(), slices.Max(waits), errors.Join(problems...)
}

// benchClient asks for texts and watches how long its tokens take.
type benchClient struct {
	url    string
	prompt []int
}

// ask returns the longest wait for a token, in means of the text.
func (c *benchClient) ask(ctx context.Context) (longest float64, err error) {
	body, err := json.Marshal(map[string]any{"prompt": c.prompt, "max_tokens": benchTokens, "min_tokens": benchTokens, "stream": true, "seed": 1,
		"stop": []string{}})
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, errors.Join(ctx.Err(), errors.New("the server to measure does not answer"))
	}
	defer response.Body.Close()
	in := bufio.NewReader(response.Body)
	var times []time.Time
	for {
		line, err := in.ReadBytes('\n')
		if bytes.HasPrefix(line, []byte("data: [DONE]")) {
			break
		}
		if err != nil || bytes.Contains(line, []byte(`"error"`)) || response.StatusCode != http.StatusOK {
			return 0, errors.Join(ctx.Err(), fmt.Errorf("the server to measure answered %d %.80s", response.StatusCode, line))
		}
		if len(bytes.TrimSpace(line)) > 0 {
			times = append(times, time.Now())
		}
	}
	mean := times[len(times)-1].Sub(times[0]).Seconds() / float64(max(len(times)-1, 1))
	for i := 1; i < len(times); i++ {
		if mean > 0 {
			longest = max(longest, times[i].Sub(times[i-1]).Seconds()/mean)
		}
	}
	return longest, nil
}
