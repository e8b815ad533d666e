package serve

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"inkling/engine/enginetest"
)

// begin asks for a stream and returns it when its first event has come.
func begin(t *testing.T, ctx context.Context, url, body string) *bufio.Reader {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, "POST", url+"/v1/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	in := bufio.NewReader(response.Body)
	if line, err := in.ReadString('\n'); err != nil || !strings.HasPrefix(line, "data: ") {
		t.Fatalf("%q %v", line, err)
	}
	return in
}

// endless is a network that never ends a text.
func endless(ids []int, logits []float32) { logits['a'] = 50 }

const long = `{"prompt": "x", "max_tokens": 400, "stream": true}`

// A gate lets a model compute: a token for each value, or all once it is open.
type gate struct {
	ticks chan struct{}
	once  sync.Once
}

func newGate(t *testing.T) *gate {
	g := &gate{ticks: make(chan struct{})}
	t.Cleanup(g.open)
	return g
}

func (g *gate) open() { g.once.Do(func() { close(g.ticks) }) }

// A full queue answers 429 and when to come again; a client that leaves frees its place for the next one.
func TestQueue(t *testing.T) {
	g := newGate(t)
	server, _ := offer(t, enginetest.Gate(endless, g.ticks), func(o *Options) { o.Parallel, o.Queue = 1, 1 })
	t.Cleanup(g.open)
	gone := noticed(server)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	go func() { g.ticks <- struct{}{} }()
	begin(t, ctx, server.URL, long)
	second := make(chan int, 1)
	go func() {
		status, _ := post(t, server, "/v1/completions", `{"prompt": "y", "max_tokens": 2}`)
		second <- status
	}()
	for !strings.Contains(counts(t, server), "inkling_requests_waiting 1\n") {
		runtime.Gosched()
	}
	r := send(t, server, "POST", "/v1/completions", `{"prompt": "z"}`, map[string]string{"Content-Type": "application/json"})
	if r.StatusCode != 429 || r.Header.Get("Retry-After") == "" {
		t.Errorf("with a full queue: %d %v", r.StatusCode, r.Header)
	}
	leave()
	<-gone
	g.open()
	if status := <-second; status != 200 {
		t.Errorf("after the first one left: %d", status)
	}
	if text := counts(t, server); !strings.Contains(text, `inkling_texts_total{reason="cancelled"} 1`) || !strings.Contains(text, `status="429"} 1`) {
		t.Errorf("counts: %s", text)
	}
}

// noticed returns a channel that closes when the server knows that the client of the first text it was asked for has left.
// Call it before the first request.
func noticed(server *httptest.Server) <-chan struct{} {
	gone, inner := make(chan struct{}), server.Config.Handler
	var once sync.Once
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			once.Do(func() { context.AfterFunc(r.Context(), func() { close(gone) }) })
		}
		inner.ServeHTTP(w, r)
	})
	return gone
}

func counts(t *testing.T, server *httptest.Server) string {
	t.Helper()
	text, err := io.ReadAll(send(t, server, "GET", "/metrics", "", nil).Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// serving runs a server until stop is called. ended gives what it ends with.
func serving(t *testing.T, f enginetest.Logits, change func(*Options)) (url string, stop func(), ended chan error) {
	t.Helper()
	m := enginetest.New(512, f)
	t.Cleanup(m.Close)
	o := Options{Model: m, ID: "scripted", Params: params(), Parallel: 1, Queue: 4, Access: Access{Near: true}}
	change(&o)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended = make(chan error, 1)
	go func() { ended <- New(o).Serve(ctx, listener) }()
	return "http://" + listener.Addr().String(), stop, ended
}

// A server that is told to stop finishes what it is writing.
func TestStopFinishes(t *testing.T) {
	g := newGate(t)
	url, stop, ended := serving(t, enginetest.Gate(endless, g.ticks), func(*Options) {})
	t.Cleanup(g.open)
	go func() { g.ticks <- struct{}{} }()
	in := begin(t, t.Context(), url, long)
	stop()
	g.open()
	rest, err := io.ReadAll(in)
	if err != nil || !strings.HasSuffix(string(rest), "data: [DONE]\n\n") {
		t.Errorf("the stream ended with %q (%v)", rest[max(0, len(rest)-80):], err)
	}
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

// It gives up what takes longer than the time of grace, and says so to the client.
func TestStopGivesUp(t *testing.T) {
	g := newGate(t)
	url, stop, ended := serving(t, enginetest.Gate(endless, g.ticks), func(o *Options) { o.Limits.Grace = time.Nanosecond })
	t.Cleanup(g.open)
	go func() { g.ticks <- struct{}{} }()
	in := begin(t, t.Context(), url, long)
	stop()
	go func() {
		time.Sleep(20 * time.Millisecond) // the pass under way is a long one
		g.ticks <- struct{}{}
	}()
	rest, _ := io.ReadAll(in)
	if !strings.Contains(string(rest), `"error"`) || strings.Contains(string(rest), "[DONE]") {
		t.Errorf("the stream ended with %q", rest[max(0, len(rest)-200):])
	}
	if err := <-ended; !errors.Is(err, ErrGivenUp) {
		t.Errorf("ended with %v", err)
	}
}

// However clients leave and whatever they send, each request that stays is answered, and nothing stays behind.
func TestManyClients(t *testing.T) {
	requests := 120
	if os.Getenv("INKLING_LONG") != "" {
		requests = 1000
	}
	server, _ := offer(t, murmur, func(o *Options) { o.Parallel, o.Queue = 4, requests })
	bodies := []string{`{"prompt": "%d", "max_tokens": 20}`, `{"prompt": "%d", "max_tokens": 30, "stream": true, "n": 2}`, `{"prompt": "same", "max_tokens": 9, "seed": %d}`,
		`{"prompt": %d`, `{"messages": "%d"}`, `{"prompt": "%d", "temperature": -1}`}
	client := &http.Client{Transport: &http.Transport{}}
	random := rand.New(rand.NewPCG(1, 2))
	var clients sync.WaitGroup
	room := make(chan struct{}, 24)
	before := runtime.NumGoroutine()
	for i := range requests {
		body, leaves, reads := fmt.Sprintf(bodies[i%len(bodies)], i), random.IntN(3) == 0, random.IntN(200)
		room <- struct{}{}
		clients.Go(func() {
			defer func() { <-room }()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, "POST", server.URL+"/v1/completions", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/json")
			if leaves && reads < 100 {
				go cancel()
			}
			response, err := client.Do(r)
			if err != nil {
				if !leaves {
					t.Errorf("request %d: %v", i, err)
				}
				return
			}
			defer response.Body.Close()
			if leaves {
				_, _ = io.CopyN(io.Discard, response.Body, int64(reads))
				return
			}
			text, err := io.ReadAll(response.Body)
			want := 200
			if i%len(bodies) >= 3 {
				want = 400
			}
			if err != nil || response.StatusCode != want || len(text) == 0 {
				t.Errorf("request %d: %d %.80s (%v)", i, response.StatusCode, text, err)
			}
		})
	}
	clients.Wait()
	client.CloseIdleConnections()
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		text := counts(t, server)
		http.DefaultClient.CloseIdleConnections()
		if strings.Contains(text, "inkling_places_taken 0\n") && strings.Contains(text, "inkling_requests_waiting 0\n") && runtime.NumGoroutine() <= before+4 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines after %d before\n%s", runtime.NumGoroutine(), before, text)
		}
	}
	if status, text := post(t, server, "/v1/completions", `{"prompt": "x"}`); status != 200 {
		t.Errorf("afterwards: %d %s", status, text)
	}
}
