package hub

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"inkling/engine/hub/hubtest"
)

func testClient(t *testing.T, s *hubtest.Server) *Client {
	t.Helper()
	c, err := New(Settings{Endpoint: s.URL, Cache: Cache{t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	c.Pause = time.Millisecond
	t.Cleanup(c.Close)
	return c
}

const repository = "someone/model"

// A server that says when to come back is taken at its word, within bounds.
func TestRetryWaitsAsLongAsTheServerAsks(t *testing.T) {
	for name, test := range map[string]struct {
		waits []time.Duration
		want  time.Duration // in all; with growing pauses of 1 to 1.5 seconds, then twice that, and so on, where nothing is said
		most  time.Duration
		fails bool
	}{
		"once":              {[]time.Duration{90 * time.Second}, 90 * time.Second, 90 * time.Second, false},
		"twice":             {[]time.Duration{2 * time.Second, 30 * time.Second}, 32 * time.Second, 32 * time.Second, false},
		"nothing said":      {[]time.Duration{0, 0}, 3 * time.Second, 4500 * time.Millisecond, false},
		"too long":          {[]time.Duration{time.Hour}, 0, 0, true},
		"too often":         {[]time.Duration{1, 1, 1, 1, 1}, 4, 4, true},
		"often, with pause": {[]time.Duration{0, 0, 0, 0, 0}, 15 * time.Second, 22500 * time.Millisecond, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &pull{client: &Client{Pause: time.Second}}
				p.reached.Store(true)
				start, i := time.Now(), 0
				err := p.retry(t.Context(), func() (bool, error) {
					if i == len(test.waits) {
						return true, nil
					}
					i++
					return false, &transient{error: fail(ErrRateLimited, "later"), wait: test.waits[i-1]}
				})
				if waited := time.Since(start); waited < test.want || waited > test.most {
					t.Errorf("waited %s, want %s to %s", waited, test.want, test.most)
				}
				if test.fails != errors.Is(err, ErrRateLimited) {
					t.Errorf("%v", err)
				}
			})
		})
	}
}

// A line that gives a byte at a time is given up in the end.
func TestRetryDoesNotGoOnForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pull{client: &Client{Pause: time.Second}}
		p.reached.Store(true)
		n := 0
		err := p.retry(t.Context(), func() (bool, error) {
			n++
			return true, &transient{error: fail(ErrUnreachable, "cut")}
		})
		if !errors.Is(err, ErrUnreachable) || n != allAttempts+1 {
			t.Errorf("%v after %d attempts", err, n)
		}
	})
}

func TestRetryEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pull{client: &Client{Pause: time.Second}}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		err := p.retry(ctx, func() (bool, error) { return false, &transient{error: fail(ErrServer, "later"), wait: time.Minute} })
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, "-7": 0, "soon": 0, "99999999999999999999": 0, "4000000000": (1 << 20) * time.Second,
		"Fri, 02 Jan 2026 03:05:05 GMT": time.Minute, "Fri, 02 Jan 2026 03:00:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
	if got := retryAfter(http.Header{"Ratelimit": {`"api";r=0;t=55`}}, now); got != 55*time.Second {
		t.Errorf("%s, want 55s", got)
	}
	if got := retryAfter(http.Header{"Ratelimit": {`"api";r=10;t=55`}}, now); got != 0 {
		t.Errorf("%s, want none while there is room", got)
	}
}

func TestRedirection(t *testing.T) {
	from, _ := url.Parse("https://hub.example/a/b")
	for location, want := range map[string]string{
		"/c":                   "https://hub.example/c",
		"https://other/x?y=z":  "https://other/x?y=z",
		"//other/x":            "https://other/x",
		"https://user:p@o/x":   "https://o/x",
		"http://hub.example/c": "",
		"ftp://other/x":        "",
		"https:///x":           "",
		"":                     "",
		"%zz":                  "",
	} {
		target, err := redirection(&http.Response{StatusCode: 302, Header: http.Header{"Location": {location}}}, from)
		if want == "" {
			if !errors.Is(err, ErrProtocol) {
				t.Errorf("%q: %v, %v, want an error", location, target, err)
			}
		} else if err != nil || target.String() != want {
			t.Errorf("%q: %v, %v, want %s", location, target, err, want)
		}
	}
	if target, err := redirection(&http.Response{StatusCode: 200, Header: http.Header{"Location": {"/c"}}}, from); target != nil || err != nil {
		t.Errorf("%v, %v for an answer that does not redirect", target, err)
	}
}

func TestSameOrigin(t *testing.T) {
	for _, pair := range []struct {
		a, b string
		want bool
	}{
		{"https://a/x", "https://A:443/y", true}, {"http://a", "http://a:80", true}, {"http://a", "https://a", false},
		{"http://a:1", "http://a:2", false}, {"https://a", "https://b.a", false}, {"https://a.b", "https://a", false},
	} {
		a, _ := url.Parse(pair.a)
		b, _ := url.Parse(pair.b)
		if sameOrigin(a, b) != pair.want {
			t.Errorf("%s and %s: want %t", a, b, pair.want)
		}
	}
}

func TestTheDiskIsCheckedFirst(t *testing.T) {
	s := hubtest.New(t)
	s.Add(repository, hubtest.Model(80, 3<<20))
	c := testClient(t, s)
	c.space = func(string) (int64, error) { return 16<<20 + 3<<20, nil } // the small files are too much
	_, err := c.Pull(t.Context(), Ref{ID: repository}, PullOptions{})
	if !errors.Is(err, ErrDiskFull) || !strings.Contains(err.Error(), "HF_HOME") || !strings.Contains(err.Error(), "20 MB free") {
		t.Errorf("%v", err)
	}
	for _, r := range s.Requests() {
		if r.Stored {
			t.Errorf("fetched %s", r.Path)
		}
	}
	c.space = func(string) (int64, error) { return 0, errors.New("unknown") }
	if _, err := c.Pull(t.Context(), Ref{ID: repository}, PullOptions{}); err != nil {
		t.Error(err)
	}
	// What is there needs no room.
	c.space = func(string) (int64, error) { return 0, nil }
	if _, err := c.Pull(t.Context(), Ref{ID: repository}, PullOptions{}); err != nil {
		t.Error(err)
	}
}

func TestAFullDisk(t *testing.T) {
	const full = "/dev/full"
	if _, err := os.Stat(full); err != nil {
		t.Skip(err)
	}
	s := hubtest.New(t)
	files := hubtest.Model(81, 3<<20)
	s.Add(repository, files)
	c := testClient(t, s)
	blob := c.Cache.blobPath(repository, hubtest.Etag("model.safetensors", files["model.safetensors"]))
	if err := errors.Join(os.MkdirAll(filepath.Dir(blob), 0o700), os.Symlink(full, partialPath(blob))); err != nil {
		t.Fatal(err)
	}
	_, err := c.Pull(t.Context(), Ref{ID: repository}, PullOptions{})
	if !errors.Is(err, ErrDiskFull) || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("%v", err)
	}
	if err := os.Remove(partialPath(blob)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Pull(t.Context(), Ref{ID: repository}, PullOptions{}); err != nil {
		t.Error(err)
	}
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	s := hubtest.New(t)
	s.Add(repository, hubtest.Model(82, 1000))
	c := testClient(t, s)
	file := filepath.Join(c.Cache.Dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.Cache.Dir = filepath.Join(file, "hub")
	_, err := c.Pull(t.Context(), Ref{ID: repository}, PullOptions{})
	if !errors.Is(err, ErrDisk) || errors.Is(err, ErrDiskFull) || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
}

// A server that accepts and then says nothing is given up.
func TestAServerThatSaysNothing(t *testing.T) {
	s := hubtest.New(t)
	s.Add(repository, hubtest.Model(83, 3<<20))
	for name, when := range map[string]func(*http.Request) bool{
		"to the listing":  func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/models") },
		"after the bytes": func(r *http.Request) bool { return r.URL.Query().Has("signature") },
	} {
		t.Run(name, func(t *testing.T) {
			c := testClient(t, s)
			c.Stall = 20 * time.Millisecond
			s.Use(func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
				if !when(r) {
					next(w, r)
					return
				}
				if r.Header.Get("Range") != "" {
					w.Header().Set("Content-Range", strings.Replace(r.Header.Get("Range"), "=", " ", 1)+"/3145728")
					w.WriteHeader(http.StatusPartialContent)
					http.NewResponseController(w).Flush()
				}
				<-r.Context().Done()
			})
			_, err := c.Pull(t.Context(), Ref{ID: repository}, PullOptions{})
			if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), errStalled.Error()) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	s := hubtest.New(t)
	files := hubtest.Model(84, 3<<20)
	s.Add(repository, files)
	c := testClient(t, s)
	var last Progress
	seen := map[Phase]bool{}
	snapshot, err := c.Pull(t.Context(), Ref{ID: repository}, PullOptions{Progress: func(p Progress) {
		last = p
		seen[p.Phase] = true
		if p.Done < 0 || p.Total > 0 && p.Done > p.Total || p.Rate < 0 {
			t.Errorf("%+v", p)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if last.Done != snapshot.Size || last.Total != snapshot.Size || last.Left > 0 || !seen[Asking] {
		t.Errorf("at the end %+v, want %d bytes", last, snapshot.Size)
	}
	// A second time all is there, and counts.
	if _, err := c.Pull(t.Context(), Ref{ID: repository}, PullOptions{Progress: func(p Progress) { last = p }}); err != nil || last.Done != last.Total || last.Rate != 0 {
		t.Errorf("%+v, %v", last, err)
	}
}

func TestRateAndTimeLeft(t *testing.T) {
	tr := newTracker(nil)
	at := time.Unix(0, 0)
	tr.total.Store(1000)
	if p := tr.progress(at); p.Rate != 0 || p.Left != -1 {
		t.Errorf("at first %+v", p)
	}
	for range 8 {
		tr.fetched(50)
		at = at.Add(progressStep)
		tr.progress(at)
	}
	if p := tr.progress(at); p.Done != 400 || p.Rate != 500 || p.Left != 1200*time.Millisecond {
		t.Errorf("%+v, want 500/s and 1.2s", p)
	}
	// A pause shows in the rate once it fills the window.
	for range progressSteps {
		at = at.Add(progressStep)
		tr.progress(at)
	}
	if p := tr.progress(at); p.Rate != 0 || p.Left != -1 {
		t.Errorf("after a pause %+v", p)
	}
}

// The lock is gone with the file that it was on.
func TestALockOnAFileThatWasRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lock")
	release, err := tryAcquire(path)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := tryAcquire(path); !errors.Is(err, errHeld) {
		t.Errorf("taken twice: %v", err)
	}
	if err := os.Remove(path); err != nil {
		if runtime.GOOS == "windows" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	second, err := tryAcquire(path)
	if err != nil {
		t.Fatal(err)
	}
	second()
	ctx, cancel := context.WithCancel(t.Context())
	release, err = tryAcquire(path)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := acquire(ctx, path, cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func FuzzJournal(f *testing.F) {
	whole := encodeRecord(journalMark, 3<<20)
	for i := range int64(3) {
		whole = append(whole, extent{offset: i << 20, length: 1 << 20, sum: 7}.record()...)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)-3])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, content []byte) {
		blob := filepath.Join(t.TempDir(), "b")
		if err := os.WriteFile(journalPath(blob), content, 0o600); err != nil {
			t.Fatal(err)
		}
		const size = 3 << 20
		for _, e := range readJournal(blob, size) {
			if e.offset < 0 || e.length <= 0 || e.length > maxExtent || e.end() > size {
				t.Errorf("%+v", e)
			}
		}
		if n := recorded(blob, size); n < 0 || n > size {
			t.Errorf("%d bytes recorded", n)
		}
		p, err := openPartial(context.Background(), blob, size, func(int64) {})
		if err != nil {
			t.Fatal(err)
		}
		defer p.close()
		if missing := p.missing(); len(missing) != 1 || missing[0] != (span{0, size}) {
			t.Errorf("of a file that is not there, %+v is missing", missing)
		}
	})
}

func FuzzIndex(f *testing.F) {
	f.Add(`{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "../x.safetensors"}}`)
	f.Add(`{"weight_map": {"a": "C:\\x.safetensors"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		shards, err := parseIndex("model.safetensors.index.json", []byte(text))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("%q", err)
			}
			return
		}
		for _, name := range shards {
			if !fs.ValidPath(name) || strings.ContainsAny(name, `/\:`) || name == "." || name == ".." {
				t.Errorf("%q", name)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"gpt2", "a/b@refs/pr/1", "../..", "a/b@../x"} {
		f.Add(name)
	}
	cache := Cache{f.TempDir()}
	f.Fuzz(func(t *testing.T, name string) {
		ref, err := Parse(name)
		if err != nil {
			return
		}
		again, err := Parse(ref.String())
		if err != nil || again != ref {
			t.Errorf("%q is %+v, and %q is %+v, %v", name, ref, ref.String(), again, err)
		}
		for _, path := range []string{cache.repoPath(ref.ID), cache.refPath(ref.ID, ref.revision())} {
			if relative, err := filepath.Rel(cache.Dir, path); err != nil || !filepath.IsLocal(relative) || strings.HasPrefix(relative, ".") {
				t.Errorf("%q leads to %s", name, path)
			}
		}
	})
}
