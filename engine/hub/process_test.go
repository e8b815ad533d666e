package hub_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"inkling/engine/hub"
	"inkling/engine/hub/hubtest"
)

// child is a process of its own that pulls name into cache.
func child(endpoint, cache, name string, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+name, "HF_ENDPOINT="+endpoint, "HF_HUB_CACHE="+cache, "HF_HOME="+cache,
		"HF_TOKEN=", "HF_HUB_OFFLINE=")
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// Two pulls of one model at once, from two clients or two processes, fetch every byte once between them: the second one
// waits for the first, which is held up in the middle of the weights until it does.
func TestTwoAtOnce(t *testing.T) {
	const size = 3 << 20
	files := hubtest.Model(40, size)
	for name, second := range map[string]func(t *testing.T, s *hubtest.Server, cache string, waits func()) error{
		"clients": func(t *testing.T, s *hubtest.Server, cache string, waits func()) error {
			report := func(p hub.Progress) {
				if p.Phase == hub.Waiting {
					waits()
				}
			}
			_, err := clientOf(t, s, cache).Pull(t.Context(), parse(t, id), hub.PullOptions{Progress: report})
			return err
		},
		"processes": func(t *testing.T, s *hubtest.Server, cache string, waits func()) error {
			cmd := child(s.URL, cache, id)
			out, err := cmd.StdoutPipe()
			if err != nil {
				return err
			}
			if err := cmd.Start(); err != nil {
				return err
			}
			lines := bufio.NewScanner(out)
			for lines.Scan() {
				if lines.Text() == "waiting" {
					waits()
				}
			}
			return cmd.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := hubtest.New(t)
			s.Add(id, files)
			c := newClient(t, s)
			var sent atomic.Int64
			reached, waiting := make(chan struct{}), make(chan struct{})
			var reach, wait sync.Once
			waits := func() { wait.Do(func() { close(waiting) }) }
			s.Use(bytesOnly(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
				reach.Do(func() { close(reached) })
				<-waiting
				next(counter{w, &sent}, r)
			}))
			results := make(chan error, 2)
			go func() {
				_, err := tryPull(c, id)
				results <- err
			}()
			<-reached
			go func() {
				results <- second(t, s, c.Cache.Dir, waits)
				waits() // or the first one would wait for ever
			}()
			for range 2 {
				if err := <-results; err != nil {
					t.Error(err)
				}
			}
			if sent.Load() != size {
				t.Errorf("%d bytes of the weights were sent, want %d", sent.Load(), size)
			}
			found, err := c.Cache.Find(parse(t, id))
			if err != nil {
				t.Fatal(err)
			}
			expect(t, found, files, wanted()...)
		})
	}
}

// Processes that are killed at any moment leave nothing behind that is taken for the model, and the next one goes on.
func TestKilledProcesses(t *testing.T) {
	const size, rounds = 4 << 20, 12
	s := hubtest.New(t)
	files := hubtest.Model(41, size)
	commit := s.Add(id, files)
	cache := t.TempDir()
	var sent atomic.Int64
	// Slow enough to be caught in the act, a little further each time.
	s.Use(bytesOnly(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		next(hubtest.Slow(counter{w, &sent}, 16<<10, time.Millisecond), r)
	}))
	killed := 0
	for range rounds {
		cmd := child(s.URL, cache, id)
		before := sent.Load()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		target := before + rand.Int64N(size/4)
	running:
		for {
			select {
			case <-ended:
				break running
			case <-time.After(time.Millisecond):
				if sent.Load() > target {
					time.Sleep(rand.N(20 * time.Millisecond))
					cmd.Process.Kill()
					<-ended
					killed++
					break running
				}
			}
		}
		found, err := hub.Cache{Dir: cache}.Find(parse(t, id))
		switch {
		case err == nil:
			expect(t, found, files, wanted()...)
			if _, err := (hub.Cache{Dir: cache}).Remove(parse(t, id)); err != nil {
				t.Error(err)
			}
		case !errors.Is(err, hub.ErrNotLocal):
			t.Error(err)
		}
	}
	if killed < rounds/3 {
		t.Errorf("only %d of %d processes were killed", killed, rounds)
	}
	s.Use(nil)
	out, err := child(s.URL, cache, id).Output()
	if err != nil || !strings.Contains(string(out), commit) {
		t.Errorf("the last process says %q, %v", out, err)
	}
	found, err := hub.Cache{Dir: cache}.Find(parse(t, id))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, found, files, wanted()...)
}

// A pull through a proxy, in a process of its own since Go reads the variables once.
func TestProxyFromTheEnvironment(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(42, 2<<20)
	s.Add(id, files)
	hubURL, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		if r.Out.URL.Host == "hub.invalid" {
			r.Out.URL.Host = hubURL.Host
		}
	}}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		forward.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	cache := t.TempDir()
	out, err := child("http://hub.invalid", cache, id, "HTTP_PROXY="+proxy.URL, "http_proxy=", "NO_PROXY=", "no_proxy=").Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	found, err := hub.Cache{Dir: cache}.Find(parse(t, id))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, found, files, wanted()...)
	if asked.Load() == 0 {
		t.Error("the proxy was not asked")
	}
}

// storm is a hub on a bad day. It cuts, refuses and changes what it sends, but not for ever.
type storm struct {
	mu     sync.Mutex
	random *rand.Rand
	left   int    // misfortunes
	stop   func() // the client
}

func (s *storm) hook(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
	s.mu.Lock()
	what, n := s.random.IntN(11), s.random.Int64N(50_000)
	if s.left--; s.left < 0 {
		what = 99
	}
	stop := s.stop
	s.mu.Unlock()
	switch what {
	case 0:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case 1:
		w.WriteHeader(http.StatusTooManyRequests)
		return
	case 2:
		panic(http.ErrAbortHandler)
	case 3, 4, 5:
		w = hubtest.Cut(w, n)
	case 6:
		w = hubtest.Flip(w, n)
	case 7:
		w = hubtest.Header(w, "Content-Length", "")
	case 8:
		r.Header.Del("Range")
	case 9:
		stop()
	}
	next(w, r)
}

// Every one of many pulls over a line that cuts, refuses and changes bytes, with clients that give up in the middle and
// partial files in which a byte changes, ends with the right bytes or with an error, and the right bytes come in the end.
func TestManyPullsInAStorm(t *testing.T) {
	rounds := 80
	if os.Getenv("INKLING_LONG") == "1" {
		rounds = 1000
	}
	s := hubtest.New(t)
	random := rand.New(rand.NewPCG(50, 50))
	failed, restarts := 0, 0
	for round := range rounds {
		size := 20_000 + random.IntN(60_000)
		if round%10 == 0 {
			size += 2 << 20 // several ranges
		}
		files := hubtest.Model(uint64(1000+round), size)
		s.Add(id, files)
		cache := filepath.Join(t.TempDir(), "hub")
		bad := &storm{random: rand.New(rand.NewPCG(51, uint64(round))), left: random.IntN(50)}
		s.Use(bad.hook)
		done := false
		for range 60 {
			c := clientOf(t, s, cache)
			c.Pause = 10 * time.Microsecond
			ctx, cancel := context.WithCancel(t.Context())
			bad.mu.Lock()
			bad.stop = cancel
			bad.mu.Unlock()
			snapshot, err := c.Pull(ctx, parse(t, id), hub.PullOptions{})
			cancel()
			if err == nil {
				expect(t, snapshot, files, wanted()...)
				done = true
				break
			}
			failed++
			oneLine(t, err)
			if found, err := c.Cache.Find(parse(t, id)); err == nil {
				expect(t, found, files.With(nil), found.Files...)
			}
			if partial := leftovers(t, cache); len(partial) > 0 && random.IntN(4) > 0 {
				flipByte(t, partial[random.IntN(len(partial))], random)
				restarts++
			}
		}
		if !done {
			t.Fatalf("round %d has no end", round)
		}
		if left := leftovers(t, cache); len(left) > 0 {
			t.Errorf("round %d: left behind: %q", round, left)
		}
	}
	t.Logf("%d pulls failed on the way, %d partial files were changed", failed, restarts)
	if failed == 0 {
		t.Error("the storm did nothing")
	}
}

func flipByte(t *testing.T, path string, random *rand.Rand) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(content) == 0 {
		return
	}
	content[random.IntN(len(content))] ^= 1 << random.IntN(8)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// The lock of a blob is one that other programs see.
func TestTheLockIsHeldWhileABlobIsFetched(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(43, 1<<20)
	s.Add(id, files)
	cache := t.TempDir()
	holding, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	s.Use(bytesOnly(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		once.Do(func() { close(holding) })
		<-release
		next(w, r)
	}))
	cmd := child(s.URL, cache, id)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-holding
	// A model that is being fetched is not removed.
	if _, err := (hub.Cache{Dir: cache}).Remove(parse(t, id)); !errors.Is(err, hub.ErrBusy) {
		t.Errorf("removed: %v", err)
	}
	close(release)
	said, err := io.ReadAll(bufio.NewReader(out))
	if err := errors.Join(err, cmd.Wait()); err != nil {
		t.Errorf("%v: %s", err, said)
	}
	if _, err := (hub.Cache{Dir: cache}).Remove(parse(t, id)); err != nil {
		t.Error(err)
	}
}
